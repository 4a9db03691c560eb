package typecheck_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/portals-lang/portals/internal/golden"
)

// TestLargeTypes checks programs in which a type doubles at each of many steps. Each must be told of once, at the step where the type becomes
// too large, and cost no more than a few megabytes: without a limit, most would need more memory than there is.
func TestLargeTypes(t *testing.T) {
	const steps, twice = 16, "fun twice[T](x: T) -> (T, T) = (x, x)\n"
	inFun := func(lines string) string {
		return "fun f(x0: Int) -> Int {\n" + lines + "return x0\n}\ntest \"it\" { expect f(1) == 1 }\n"
	}
	inTest := func(call string) string { return "test \"it\" { expect " + call + " == 1 }\n" }
	const used = "let _ = x16\n"
	wide := "Int"
	for range 4 {
		wide = "(" + strings.Repeat(wide+", ", 3) + wide + ")"
	}
	wrapped := "record W0[T](a: T)\n" + golden.Many(steps, "record W#+[T](a: W#[(T, T)])\n")
	for name, program := range map[string]struct{ text, at string }{
		"calls in each other":          {twice + inFun("let _ = "+strings.Repeat("twice(", steps)+"x0"+strings.Repeat(")", steps)+"\n"), "twice(twice("},
		"a chain of lets":              {twice + inFun(golden.Many(steps, "let x#+ = twice(x#)\n")+used), "twice(x8)"},
		"tuples":                       {inFun(golden.Many(steps, "let x#+ = (x#, x#)\n") + used), "(x8, x8)"},
		"functions of lambdas":         {"fun on[T, U](x: T, f: fun(T) -> U) -> U = f(x)\n" + inFun(golden.Many(steps, "let x#+ = on(x#, v => (v, v))\n")+used), "(v, v)"},
		"lists whose elements come":    {inFun(golden.Many(steps+2, "var y# = []\n") + golden.Many(steps, "y# = [(y#+, y#+)]\n") + "y16 = [x0]\n"), "[]"},
		"generic records":              {"record P[A, B](a: A, b: B)\nfun pair[T](x: T) -> P[T, T] = P(x, x)\n" + inFun(golden.Many(steps, "let x#+ = pair(x#)\n")+used), "pair(x8)"},
		"functions that call the next": {"fun f0[T](x: T) -> Int = 1\n" + golden.Many(steps, "fun f#+[T](x: T) -> Int = f#((x, x))\n") + inTest("f16(1)"), "f0((x, x))"},
		"records that hold the next":   {wrapped + "fun same(a: W16[Int], b: W16[Int]) -> Bool = a == b\ntest \"it\" { let _ = (a => same(a, a)) }\n", ""},
		"lists in each other":          {"fun one[T](x: T) -> List[T] = [x]\n" + inFun("let _ = "+strings.Repeat("one(", 65)+"x0"+strings.Repeat(")", 65)+"\n"), "one(one("},
		"a type that is written":       {"fun f(x: " + strings.Repeat("List[", 64) + "Int" + strings.Repeat("]", 64) + ") -> Int = 1\ntest \"it\" { expect f(fail \"\") == 1 }\n", "List[List["},
		"what an instance holds":       {twice + "fun f[T](x: T) -> Int {\nlet _ = " + strings.Repeat("twice(", 6) + "x" + strings.Repeat(")", 6) + "\nreturn 1\n}\n" + inTest("f("+strings.Repeat("twice(", 6)+"1"+strings.Repeat(")", 6)+")"), ""},
		"places that begin alike":      {"fun f[T](x: W8[T]) -> Int {\nlet _ = x" + strings.Repeat(".a", 8) + "\nreturn 1\n}\nrecord W0[T](a: T)\n" + golden.Many(8, "record W#+[T](a: W#[(T, T)])\n") + "fun g(x: W8[" + wide + "]) -> Int = f(x)\ntest \"it\" { expect g(fail \"\") == 1 }\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, diags := check("p.ptl", program.text)
			runtime.ReadMemStats(&after)
			ds, told := diags.Sorted(), 0
			for _, d := range ds {
				if d.Code == "PTL0309" && strings.Contains(d.Title, "too large") {
					told++
					if !strings.HasPrefix(d.Primary.Span.Text(), program.at) {
						t.Errorf("told of at %s", d.Primary.Span.Text())
					}
				}
			}
			if told != 1 {
				t.Errorf("told %d times:\n%s", told, render(t, diags))
			}
			for range 16 { // maps are gone through in any order
				if _, again := check("p.ptl", program.text); render(t, again) != render(t, diags) {
					t.Fatalf("two runs do not agree:\n%s%s", render(t, diags), render(t, again))
				}
			}
			allocated := (after.TotalAlloc - before.TotalAlloc) >> 10
			t.Log(allocated, "kB")
			if allocated > 4<<10 {
				t.Errorf("%d kB to find it out", allocated)
			}
		})
	}
}

// TestTypesOfManyParts checks that types below the limit, and what deep records hold, are right.
func TestTypesOfManyParts(t *testing.T) {
	const twice = "fun twice[T](x: T) -> (T, T) = (x, x)\n"
	deep := "record R0(a: Int, b: Int)\n" + golden.Many(100, "record R#+(a: R#, b: R#)\n")
	for _, text := range []string{
		twice + "test \"it\" { let _ = " + strings.Repeat("twice(", 8) + "1" + strings.Repeat(")", 8) + " }\n",
		deep + "fun same(a: R100, b: R100) -> Bool = a == b\ntest \"it\" { expect same(fail \"\", fail \"\") }\n",
	} {
		if _, diags := check("p.ptl", text); diags.HasErrors() {
			t.Error(render(t, diags))
		}
	}
}
