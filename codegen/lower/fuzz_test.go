package lower

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/typecheck"
)

// tooLong is a thousand times what any text of the fuzzer takes.
const tooLong = 30 * time.Second

// FuzzLower holds that every program that checks lowers to an ir that keeps its rules, and prints the same twice.
func FuzzLower(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("..", "..", "testdata", "lower", "*.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(a.Files[0].Data))
	}
	for _, c := range slices.Concat(semantics, waiting, matches) {
		f.Add(strings.Replace(around, "BODY", c.body, 1))
	}
	f.Fuzz(func(t *testing.T, text string) {
		hang := time.AfterFunc(tooLong, func() { panic(fmt.Sprintf("still lowering after %v: %q", tooLong, text)) })
		defer hang.Stop()
		first, second := checked(t, text), checked(t, text)
		if first != second {
			t.Errorf("two lowerings differ:\n%s\n%s", first, second)
		}
	})
}

// checked is the printed ir of a program, "" if it does not check.
func checked(t *testing.T, text string) string {
	var diags diag.List
	file := parser.Parse(source.New("main.ptl", text), &diags)
	if diags.HasErrors() {
		return ""
	}
	info := typecheck.Check([]*ast.File{file}, typecheck.Options{}, &diags)
	if diags.HasErrors() {
		return ""
	}
	prog := Lower(info, &diags)
	if prog == nil {
		t.Fatal(report(&diags))
	}
	if err := ir.Verify(prog); err != nil {
		t.Fatalf("%v\n%s", err, ir.Print(prog))
	}
	return ir.Print(prog)
}
