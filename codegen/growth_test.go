package codegen_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/internal/golden"
	"github.com/portals-lang/portals/lang/source"
)

// TestTwiceTheProgramTakesTwice compiles programs with n and with 2n of one thing: what that allocates must grow with n, and not with
// its square. Bytes are counted and not time, so that a busy machine changes nothing; what only looks at things does not show. Each row
// was once quadratic, and fails with the compiler of that time. It takes a second, as the square shows in large programs only.
func TestTwiceTheProgramTakesTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles large programs")
	}
	const (
		app  = "stream ns = list([1])\n"
		out  = "sink ns to stdout.lines()\n"
		fits = 2.6 // a table that grows doubles, so that twice as much may take somewhat more
	)
	for name, text := range map[string]func(n int) string{
		"records of each other": func(n int) string { return app + out + "record R0(a: Int)\n" + golden.Many(n, "record R#+(a: R#)\n") },
		"records in a ring": func(n int) string {
			return app + out + fmt.Sprintf("record R0(a: Option[R%d])\n", n) + golden.Many(n, "record R#+(a: Option[R#])\n")
		},
		"params of params": func(n int) string {
			return app + out + "param p0: Int = 1\n" + golden.Many(n, "param p#+: Int = p# + 1\n")
		},
		"steps": func(n int) string {
			return app + "stream o: Int\nworkflow w {\nfrom ns\n" + golden.Many(n, "|> map(x => x + #)\n") + "|> to o\n}\nsink o to stdout.lines()\n"
		},
		"helpers that call each other": func(n int) string {
			return app + "task T: Int {\nshared state s: Int = 0\non event e { h0(e) }\n" + golden.Many(n, "fun h#(x: Int) { h#+(x) }\n") +
				fmt.Sprintf("fun h%d(x: Int) { s = x }\n}\nworkflow w { from ns |> T }\n", n)
		},
		"operands that are bound": func(n int) string {
			return app + "stream o: List[Int]\nworkflow w { from ns |> map(x => [" + golden.Many(n, "x / #+, if x > # { x / 2 } else { 3 }, ") + "]) |> to o }\nsink o to stdout.lines()\n"
		},
		"alternatives": func(n int) string {
			return app + out + "fun f(n: Int) -> Int = match n { 0" + golden.Many(n, " | #+") + " => 1, _ => 0 }\n"
		},
		"arms of pairs": func(n int) string {
			return app + out + "enum E { " + golden.Many(n, "V#, ") + "}\nfun f(e: E, g: E) -> Int = match (e, g) {\n" + golden.Many(n, "(V#, V#) => #\n") + "_ => 0\n}\n"
		},
		"arms of trees": func(n int) string {
			return app + out + "enum T { L, N(l: T, v: Int, r: T) }\nfun f(t: T) -> Int = match t {\n" + golden.Many(n, "N(N(_, #, _), x, _) => x\n") + "_ => 0\n}\n"
		},
		"arms that never match": func(n int) string {
			return app + out + "fun f(x: Int) -> Int = match x {\n" + golden.Many(n, "y# => y#\n") + "}\n"
		},
	} {
		allocated := func(n int) uint64 {
			file := source.New("p.ptl", text(n))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			codegen.Compile([]*codegen.App{{Name: "p", Files: []*source.File{file}}}, codegen.Options{Module: "m"})
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		allocated(10)
		once, twice := allocated(2000), allocated(4000)
		t.Logf("%-24s %5d MB %5d MB %.2f", name, once>>20, twice>>20, float64(twice)/float64(once))
		if float64(twice) > fits*float64(once) {
			t.Errorf("%s: %d bytes for 2000, %d for 4000", name, once, twice)
		}
	}
}
