package resume_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/portals-lang/portals/codegen/lower"
	"github.com/portals-lang/portals/codegen/resume"
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/typecheck"
)

// TestTwiceTheAwaitsTakeTwice cuts handlers with n and with 2n awaits: what that allocates must grow with n, and not with its square.
// Each row fails where the text of the handler is printed for each await, and those in branches where blocks are counted for each that is joined.
func TestTwiceTheAwaitsTakeTwice(t *testing.T) {
	for name, await := range map[string]string{
		"one after the other": "x += await ask p(x)\n",
		"in branches":         "if x > 3 { x += await ask p(x) }\n",
		"in loops":            "for i in range(0, x) { x += await ask p(i) }\n",
		"of pairs":            "let (a, b) = await (ask p(x), ask p(1))\nx = a + b\n",
	} {
		allocated := func(n int) uint64 {
			handler, types := handlerOf(t, strings.Repeat("if x != 9 {\n"+await+"}\n", n))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			resume.Machine(handler, types)
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		allocated(10)
		once, twice := allocated(150), allocated(300)
		t.Logf("%-20s %5d kB %5d kB %.2f", name, once>>10, twice>>10, float64(twice)/float64(once))
		if float64(twice) > 2.6*float64(once) { // a table that grows doubles
			t.Errorf("awaits %s: %d bytes for 150, %d for 300", name, once, twice)
		}
	}
}

// handlerOf is a handler with a body.
func handlerOf(t *testing.T, body string) (*ir.Func, *resume.Types) {
	t.Helper()
	text := `stream ns = list([1])
stream out: Int
portal p(Int) -> Int
task Answer { on ask p(n) { reply n } }
task Ask: Int -> Int {
  on event e {
    var x = e
` + body + `
    emit x
  }
}
workflow w { from ns |> Ask |> to out }
workflow v { serve Answer }
sink out to stdout.lines()
`
	var diags diag.List
	file := parser.Parse(source.New("main.ptl", text), &diags)
	info := typecheck.Check([]*ast.File{file}, typecheck.Options{}, &diags)
	if diags.HasErrors() {
		t.Fatal(diags.Sorted()[0].Title)
	}
	prog := lower.Lower(info, &diags)
	return prog.Workflows[0].Tasks[0].OnEvent, resume.NewTypes(prog)
}
