package parser

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

// TestWindowsDoNotShow parses what there is, good programs and bad ones, with windows of one declaration and with one window
// over all.
func TestWindowsDoNotShow(t *testing.T) {
	texts := map[string]string{}
	for _, pattern := range []string{"../examples/*.ptl", "../testdata/*/*.ptl", "../testdata/*/*/*.ptl", "../testdata/*/*.txtar"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("nothing in %s (%v)", pattern, err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if filepath.Ext(path) == ".ptl" {
				texts[path] = string(text)
				continue
			}
			for _, f := range txtar.Parse(text).Files {
				if filepath.Ext(f.Name) == ".ptl" {
					texts[path+"/"+f.Name] = string(f.Data)
				}
			}
		}
	}
	for path, text := range texts {
		small, large := parsed(text, 1), parsed(text, len(text)+1)
		if diff := cmp.Diff(large, small); diff != "" {
			t.Errorf("%s (-one window +many):\n%s", path, diff)
		}
	}
}

func parsed(text string, size int) []string {
	var list diag.List
	out := []string{ast.Dump(parse(source.New("a.ptl", text), &list, size), true)}
	for _, d := range list.Sorted() {
		out = append(out, d.Title, d.Primary.Span.Text())
	}
	return out
}
