package lower

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/internal/golden"
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/typecheck"
)

// lowered lowers a program that must be right, and holds the result against the rules of the ir.
func lowered(t testing.TB, name, text string) *ir.Program {
	t.Helper()
	var diags diag.List
	file := parser.Parse(source.New(name, text), &diags)
	info := typecheck.Check([]*ast.File{file}, typecheck.Options{}, &diags)
	if diags.HasErrors() {
		t.Fatal(report(&diags))
	}
	prog := Lower(info, &diags)
	if prog == nil {
		t.Fatal(report(&diags))
	}
	if err := ir.Verify(prog); err != nil {
		t.Errorf("%v\n%s", err, ir.Print(prog))
	}
	return prog
}

func report(diags *diag.List) string {
	var text strings.Builder
	if err := diag.Text(&text, diags.Sorted(), diag.TextOptions{}); err != nil {
		return err.Error()
	}
	return text.String()
}

func TestGoldens(t *testing.T) {
	golden.Run(t, filepath.Join("..", "..", "testdata", "lower"), func(t *testing.T, a *txtar.Archive) map[string]string {
		prog := lowered(t, "main.ptl", golden.File(a, "main.ptl"))
		return map[string]string{"ir": ir.Print(prog)}
	})
}

// TestEveryProgram lowers every program of the goldens of all phases that checks by itself.
func TestEveryProgram(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "*", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no goldens", err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if strings.HasSuffix(f.Name, ".ptl") {
				t.Run(filepath.Base(path)+"/"+f.Name, func(t *testing.T) { checked(t, string(f.Data)) })
			}
		}
	}
}
