package typecheck_test

import (
	"fmt"
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
	"github.com/portals-lang/portals/typecheck"
)

// check parses and checks one program.
func check(name, text string) (*typecheck.Info, *diag.List) { return checkWith(name, text, nil) }

// checkWith is check with texts that can be imported, by path.
func checkWith(name, text string, beside map[string]string) (*typecheck.Info, *diag.List) {
	var diags diag.List
	file := parser.Parse(source.New(name, text), &diags)
	return typecheck.Check([]*ast.File{file}, typecheck.Options{Resolve: resolver(beside, &diags), Library: library, Go: findGo}, &diags), &diags
}

// library has one small module.
var library = typecheck.Library{Names: []string{"window"}, Module: func(name string) *ast.File {
	return parser.Parse(source.New("stdlib/"+name+".ptl", "task Join[T]: T -> T { on event e { emit e } }"), &diag.List{})
}}

// resolver finds imports among texts.
func resolver(beside map[string]string, diags *diag.List) func(path string, app bool) ([]*ast.File, error) {
	return func(path string, app bool) ([]*ast.File, error) {
		path = strings.TrimPrefix(path, "./")
		text, ok := beside[path]
		if !ok {
			return nil, fmt.Errorf("there is no %s", path)
		}
		return []*ast.File{parser.Parse(source.New(path+".ptl", text), diags)}, nil
	}
}

// render prints diagnostics as users see them.
func render(t *testing.T, diags *diag.List) string {
	t.Helper()
	var out strings.Builder
	if err := diag.Text(&out, diags.Sorted(), diag.TextOptions{Width: 100}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

const programs = "../testdata/programs"

// resolveIn finds imports among the files of a directory, as `portalsc` does on disk.
func resolveIn(t *testing.T) func(path string, app bool) ([]*ast.File, error) {
	return func(path string, app bool) ([]*ast.File, error) {
		info, err := os.Stat(path)
		if err != nil && !strings.HasSuffix(path, ".ptl") {
			path += ".ptl"
			info, err = os.Stat(path)
		}
		if err != nil {
			return nil, err
		}
		paths := []string{path}
		if info.IsDir() {
			paths, _ = filepath.Glob(filepath.Join(path, "*.ptl"))
		}
		return parseFiles(t, paths, &diag.List{}), nil
	}
}

func parseFiles(t *testing.T, paths []string, diags *diag.List) []*ast.File {
	t.Helper()
	var files []*ast.File
	for _, p := range paths {
		text, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, parser.Parse(source.New(p, string(text)), diags))
	}
	return files
}

func TestProgramsCheck(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(programs, "*.ptl"))
	apps, _ := filepath.Glob(filepath.Join(programs, "apps/*/*.ptl"))
	if paths = append(paths, apps...); len(paths) == 0 {
		t.Fatal("no programs")
	}
	for _, p := range paths {
		t.Run(filepath.Base(p), func(t *testing.T) {
			var diags diag.List
			files := parseFiles(t, []string{p}, &diags)
			typecheck.Check(files, typecheck.Options{Resolve: resolveIn(t)}, &diags)
			if text := render(t, &diags); text != "" {
				t.Error("\n" + text)
			}
		})
	}
}

// TestGoldens compares what is found out about the programs of testdata/check with what is written there.
func TestGoldens(t *testing.T) {
	golden.Run(t, "../testdata/check", func(t *testing.T, a *txtar.Archive) map[string]string {
		var diags diag.List
		var files []*ast.File
		beside := map[string]string{}
		for _, f := range a.Files {
			if name, imported := strings.CutPrefix(f.Name, "beside/"); imported {
				beside[strings.TrimSuffix(name, ".ptl")] = string(f.Data)
			} else if strings.HasSuffix(f.Name, ".ptl") {
				files = append(files, parser.Parse(source.New(f.Name, string(f.Data)), &diags))
			}
		}
		info := typecheck.Check(files, typecheck.Options{Resolve: resolver(beside, &diags), Library: library, Go: findGo}, &diags)
		return map[string]string{"info": typecheck.Dump(info), "diagnostics": render(t, &diags)}
	})
}

// TestWording compares the full text of diagnostics, where it is judged as prose.
func TestWording(t *testing.T) {
	golden.Run(t, "../testdata/diag", func(t *testing.T, a *txtar.Archive) map[string]string {
		_, diags := checkWith("input.ptl", golden.File(a, "input.ptl"), beside)
		return map[string]string{"diagnostics": render(t, diags)}
	})
}
