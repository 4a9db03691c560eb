package typecheck_test

import (
	"fmt"
	"testing"

	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/typecheck"
)

// TestExamplesOfBuiltins checks the example of every built-in.
func TestExamplesOfBuiltins(t *testing.T) {
	for _, e := range builtin.All() {
		_, diags := check("example.ptl", exampleProgram(e))
		if text := render(t, diags); text != "" {
			t.Errorf("%s:\n%s", e.Name(), text)
		}
	}
}

// exampleProgram is a program around an example: a test, a function for a block of statements, a task for what needs
// one.
func exampleProgram(e *builtin.Entry) string {
	switch {
	case e.TaskOnly:
		return fmt.Sprintf("stream s = list([1])\nstream out: Bool\ntask T: Int -> Bool { on event _ { emit %s } }\n"+
			"workflow w { from s |> T |> to out }\nsink out to stdout.lines()\n", e.Example)
	case e.Mutates:
		return fmt.Sprintf("fun example() -> Bool {\n%s\n}\ntest \"example\" { expect example() }\n", e.Example)
	}
	return fmt.Sprintf("test \"example\" { expect %s }\n", e.Example)
}

func TestConnectorsAreDocumented(t *testing.T) {
	for _, role := range []string{"source", "sink", "generator"} {
		for _, c := range typecheck.Connectors(role) {
			if c.Doc == "" {
				t.Errorf("%s: no sentence", c.Sig)
			}
		}
	}
}
