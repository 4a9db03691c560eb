package codegen_test

import (
	"strings"
	"testing"
	"time"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/internal/golden"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

// TestLargeProgramsCompile compiles programs that have very much of one thing: what is not linear in it shows here. What
// is allowed is a hundred times what they take.
func TestLargeProgramsCompile(t *testing.T) {
	const ns = "stream ns = list([1])\n"
	for name, text := range map[string]string{
		"types made of each other": "record R0(a: Int)\n" + golden.Many(60, "record R#+(a: R#, b: List[R#])\n") + ns +
			"stream rs: R60\nstream same = split(rs, r => r == r)\nworkflow w { from ns |> task Int -> R60 { on event _ { fail \"\" } } |> to rs }\nsink same to stdout.lines()\n",
		"generic types made of each other": "record R0[T](a: T)\n" + golden.Many(40, "record R#+[T](a: R#[T], b: List[R#[T]])\n") + ns +
			"fun same[T](a: R40[T], b: R40[T]) -> Bool = a == b\nstream rs: R40[Int]\nstream some = split(rs, r => same(r, r))\n" +
			"workflow w { from ns |> task Int -> R40[Int] { on event _ { fail \"\" } } |> to rs }\nsink some to stdout.lines()\n",
		"functions that need what others need": golden.Many(1000, "fun f#[T](x: T, y: T) -> Bool = f#+(x, y)\n") + "fun f1000[T](x: T, y: T) -> Bool = x == y\n" + ns +
			"sink ns to stdout.lines()\ntest \"equal\" { expect f0(1, 1) }\n",
		"helpers that do what others do": ns + "task T: Int {\nshared state s: Int = 0\non event e { h0(e) }\n" + golden.Many(500, "fun h#(x: Int) { h#+(x) }\n") +
			"fun h500(x: Int) { s = x }\n}\nworkflow w { from ns |> T }\n",
		"awaits": ns + "portal p(Int) -> Int\ntask P { on ask p(x) { reply x } }\nworkflow p { serve P }\ntask T: Int {\non event e {\nvar x = e\n" +
			golden.Many(200, "x = x + await ask p(x)\n") + "log \"${x}\"\n}\n}\nworkflow w { from ns |> T }\n",
		"arms": "enum E { " + golden.Many(300, "V#(a: Int), ") + "}\nfun f(e: E) -> Int = match e {\n" + golden.Many(300, "V#(a) => a + #\n") + "}\n" + ns +
			"sink ns to stdout.lines()\ntest \"one\" { expect f(V7(1)) == 8 }\n",
		"a sum": ns + "stream out = split(ns, n => n == 0" + strings.Repeat(" + n", 900) + ")\nsink out to stdout.lines()\n",
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			_, ds := codegen.Compile([]*codegen.App{{Name: "large", Files: []*source.File{source.New("large.ptl", text)}}}, codegen.Options{Module: "large"})
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %v", took)
			}
			for _, d := range ds {
				if d.Severity == diag.Error {
					t.Errorf("%s: %s", d.Code, d.Title)
				}
			}
		})
	}
}
