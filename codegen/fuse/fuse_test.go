package fuse_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/codegen/fuse"
	"github.com/portals-lang/portals/codegen/lower"
	"github.com/portals-lang/portals/internal/golden"
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/typecheck"
)

// lowered is the ir of a program, nil if it does not check by itself.
func lowered(t *testing.T, text string) *ir.Program {
	t.Helper()
	var diags diag.List
	file := parser.Parse(source.New("main.ptl", text), &diags)
	if diags.HasErrors() {
		return nil
	}
	info := typecheck.Check([]*ast.File{file}, typecheck.Options{}, &diags)
	if diags.HasErrors() {
		return nil
	}
	prog := lower.Lower(info, &diags)
	if prog == nil {
		t.Fatal(diags.Sorted()[0].Title)
	}
	return prog
}

// fuseAll fuses a program, holds the result against the rules of the ir, and tells whether there was anything to fuse.
func fuseAll(t *testing.T, prog *ir.Program) bool {
	t.Helper()
	before := ir.Print(prog)
	fuse.Program(prog)
	after := ir.Print(prog)
	if err := ir.Verify(prog); err != nil {
		t.Errorf("%v\n%s", err, after)
	}
	return after != before
}

func TestGoldens(t *testing.T) {
	golden.Run(t, filepath.Join("..", "..", "testdata", "fuse"), func(t *testing.T, a *txtar.Archive) map[string]string {
		prog := lowered(t, golden.File(a, "main.ptl"))
		if prog == nil {
			t.Fatal("the program is wrong")
		}
		changed := fuseAll(t, prog)
		if stays := strings.HasPrefix(string(a.Comment), "Stays"); changed == stays {
			t.Errorf("something was fused: %t", changed)
		}
		_, segments, _ := strings.Cut(ir.Print(prog), "\nworkflow ")
		return map[string]string{"workflows": "workflow " + segments}
	})
}

// TestEveryProgram fuses every program of the goldens of all phases that checks by itself.
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
			if prog := lowered(t, string(f.Data)); strings.HasSuffix(f.Name, ".ptl") && prog != nil {
				t.Run(filepath.Base(path)+"/"+f.Name, func(t *testing.T) { fuseAll(t, prog) })
			}
		}
	}
}
