package interp_test

import (
	"strings"
	"testing"

	"github.com/portals-lang/portals/codegen/lower"
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/ir/interp"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/typecheck"
)

// compile lowers a program that must be right.
func compile(t testing.TB, text string) *ir.Program {
	t.Helper()
	var diags diag.List
	file := parser.Parse(source.New("main.ptl", text), &diags)
	info := typecheck.Check([]*ast.File{file}, typecheck.Options{}, &diags)
	var prog *ir.Program
	if !diags.HasErrors() {
		prog = lower.Lower(info, &diags)
	}
	if prog == nil {
		var b strings.Builder
		_ = diag.Text(&b, diags.Sorted(), diag.TextOptions{})
		t.Fatalf("%s\n%s", text, b.String())
	}
	if err := ir.Verify(prog); err != nil {
		t.Fatalf("%v\n%s", err, ir.Print(prog))
	}
	return prog
}

// world answers what the tests ask of the world.
func world() *interp.World {
	return &interp.World{
		Log:    func(string) {},
		Now:    func() int64 { return 7e9 },
		Random: func(n int64) int64 { return n / 2 },
		UUID:   func() string { return "00000000-0000-4000-8000-000000000000" },
	}
}

// handled gives one event to the only task of a program, and returns what it emits.
func handled(t testing.TB, prog *ir.Program, event interp.Value) ([]interp.Value, error) {
	t.Helper()
	task := prog.Workflows[0].Tasks[0]
	w := world()
	cell, err := w.NewCell(task, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Handle(cell, task.OnEvent, event)
	return cell.Emitted, err
}

// inTask is a program whose task emits what a block of statements gives.
func inTask(result, block string) string {
	return `
stream numbers: Int = list([1])
stream out: ` + result + `
task T: Int -> ` + result + ` {
  on event _ {
    emit {
` + block + `
    }
  }
}
workflow w { from numbers |> T |> to out }
`
}

func TestExamplesOfBuiltins(t *testing.T) {
	for _, e := range builtin.All() {
		t.Run(e.Name(), func(t *testing.T) {
			emitted, err := handled(t, compile(t, inTask("Bool", e.Example)), int64(1))
			if err != nil || len(emitted) != 1 || emitted[0] != true {
				t.Errorf("%s gives %v, %v", e.Example, emitted, err)
			}
		})
	}
}
