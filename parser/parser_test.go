package parser_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/internal/golden"
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
)

// TestGoldens parses input.ptl of each archive. The tree is compared if the archive has a file tree.txt, the
// messages always.
func TestGoldens(t *testing.T) {
	golden.Run(t, "../testdata/parse", func(t *testing.T, a *txtar.Archive) map[string]string {
		file, ds := parse("input.ptl", golden.File(a, "input.ptl"))
		out := map[string]string{"errors.txt": text(t, ds)}
		if golden.File(a, "tree.txt") != "" {
			out["tree.txt"] = ast.Dump(file, false)
		}
		return out
	})
}

// programs are the texts of the sample programs.
func programs(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../testdata/programs/*.ptl")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no programs found (%v)", err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = string(data)
	}
	return texts
}

func TestProgramsParse(t *testing.T) {
	for name, input := range programs(t) {
		if _, ds := parse(name, input); len(ds) > 0 {
			t.Error(text(t, ds))
		}
	}
}

func parse(name, input string) (*ast.File, []*diag.Diagnostic) {
	var list diag.List
	file := parser.Parse(source.New(name, input), &list)
	return file, list.Sorted()
}

func text(t testing.TB, ds []*diag.Diagnostic) string {
	t.Helper()
	var out strings.Builder
	if err := diag.Text(&out, ds, diag.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
