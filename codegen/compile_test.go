package codegen_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/internal/golden"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

const goldens = "../testdata/gen"

// TestGenerated compares the Go that the programs of testdata/gen become. An archive whose comment holds the word
// `lines` asks for //line directives, and one that says `and its tests` for the tests.
func TestGenerated(t *testing.T) {
	golden.Run(t, goldens, func(t *testing.T, a *txtar.Archive) map[string]string {
		got := map[string]string{}
		out := compile(t, a, "example.com/program")
		for name, text := range out.Files {
			switch {
			case len(out.Apps) > 1:
				got[name] = string(text)
			case name != "main.go":
				got[path.Base(name)] = string(text)
			}
		}
		return got
	})
}

func TestTheSameProgramGivesTheSameBytes(t *testing.T) {
	for _, file := range archives(t) {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		first := compile(t, a, "example.com/program").Files
		for range 3 {
			for name, text := range compile(t, a, "example.com/program").Files {
				if string(first[name]) != string(text) {
					t.Fatalf("%s: %s differs from run to run", file, name)
				}
			}
		}
	}
}

// TestGeneratedGoIsGood vets all goldens in one load: what the compiler emits must compile, and pass go vet.
func TestGeneratedGoIsGood(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	dir := t.TempDir()
	module(t, dir, "generated")
	for _, file := range archives(t) {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		below := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for name, text := range compile(t, a, "generated/"+below).Files {
			write(t, filepath.Join(dir, below, name), text)
		}
	}
	cmd := exec.Command("go", "vet", "./...")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("go vet: %v\n%s", err, out)
	}
}

// module makes dir a Go module that has this one, as it stands, for its runtime.
func module(t *testing.T, dir, name string) {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	const own = "github.com/portals-lang/portals"
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile("../go.sum")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(mod), "module "+own, "module "+name, 1)
	text += "\nrequire " + own + " v0.0.0\n\nreplace " + own + " => " + root + "\n"
	write(t, filepath.Join(dir, "go.mod"), []byte(text))
	write(t, filepath.Join(dir, "go.sum"), sum)
}

func write(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func archives(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(goldens, "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no goldens (%v)", err)
	}
	return files
}

// compile compiles the .ptl files of an archive: those of a directory as an app of its name, others as one named after
// the first.
func compile(t *testing.T, a *txtar.Archive, module string) *codegen.Output {
	t.Helper()
	var apps []*codegen.App
	byDir := map[string]*codegen.App{}
	for _, f := range a.Files {
		if !strings.HasSuffix(f.Name, ".ptl") {
			continue
		}
		dir := path.Dir(f.Name)
		if byDir[dir] == nil {
			name := dir
			if dir == "." {
				name = strings.TrimSuffix(f.Name, ".ptl")
			}
			byDir[dir] = &codegen.App{Name: name, Dir: dir}
			apps = append(apps, byDir[dir])
		}
		byDir[dir].Files = append(byDir[dir].Files, source.New(f.Name, string(f.Data)))
	}
	resolve := func(dir string, _ bool) ([]*source.File, error) {
		if app := byDir[path.Clean(dir)]; app != nil {
			return app.Files, nil
		}
		return nil, fs.ErrNotExist
	}
	out, found := codegen.Compile(apps, codegen.Options{
		Module: module, Resolve: resolve,
		Lines: strings.Contains(string(a.Comment), "lines"), Tests: strings.Contains(string(a.Comment), "and its tests"),
	})
	if out == nil {
		var text strings.Builder
		_ = diag.Text(&text, found, diag.TextOptions{})
		t.Fatalf("does not compile:\n%s", text.String())
	}
	return out
}
