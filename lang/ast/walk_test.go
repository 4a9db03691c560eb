package ast_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/internal/golden"
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
)

// TestInspectVisitsAllThatDumpPrints: Dump finds nodes by reflection, Inspect by a switch that somebody must keep up
// to date. Dump prints names in the line of their parent, so these are left out.
func TestInspectVisitsAllThatDumpPrints(t *testing.T) {
	golden.Run(t, "../../testdata/parse", func(t *testing.T, a *txtar.Archive) map[string]string {
		file := parser.Parse(source.New("input.ptl", golden.File(a, "input.ptl")), &diag.List{})
		var visited, printed []string
		ast.Inspect(file, func(n ast.Node) bool {
			if _, isName := n.(*ast.Name); !isName {
				visited = append(visited, n.Span().String())
			}
			return true
		})
		for line := range strings.Lines(ast.Dump(file, true)) {
			if strings.Contains(line, ": Name Text=") {
				continue
			}
			fields := strings.Fields(line)
			from, _, _ := strings.Cut(fields[len(fields)-1], "-")
			printed = append(printed, "input.ptl:"+from)
		}
		if diff := cmp.Diff(printed, visited); diff != "" {
			t.Errorf("Dump (-) and Inspect (+) differ:\n%s", diff)
		}
		return nil
	})
}
