// Package golden runs tests whose input and expected output stand together in one txtar file.
//
// A test gives a function from the archive to its outputs by name. Files of the archive with these names are what is
// expected, all others are input. `go test -update` writes the outputs into the archives; a reviewer then reads the
// difference in one place.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite the expected output of golden tests")

// Run runs f as a subtest on every .txtar file of dir. An output that is "" stands for no file.
func Run(t *testing.T, dir string, f func(t *testing.T, a *txtar.Archive) map[string]string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no .txtar files in %s (%v)", dir, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := f(t, archive)
			if *update {
				write(t, path, archive, got)
				return
			}
			compare(t, archive, got)
		})
	}
}

// File returns the content of the archive's file called name, "" if there is none.
func File(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func compare(t *testing.T, a *txtar.Archive, got map[string]string) {
	t.Helper()
	for _, name := range sorted(got) {
		if diff := cmp.Diff(File(a, name), ended(got[name])); diff != "" {
			t.Errorf("%s (-want +got; -update accepts):\n%s", name, diff)
		}
	}
}

// write replaces the outputs in place, so that a file keeps its order, and appends new ones sorted by name.
func write(t *testing.T, path string, a *txtar.Archive, got map[string]string) {
	t.Helper()
	kept := a.Files[:0:0]
	for _, f := range a.Files {
		if text, ok := got[f.Name]; ok {
			f.Data = []byte(text)
			delete(got, f.Name)
			if text == "" {
				continue
			}
		}
		kept = append(kept, f)
	}
	for _, name := range sorted(got) {
		if got[name] != "" {
			kept = append(kept, txtar.File{Name: name, Data: []byte(got[name])})
		}
	}
	a.Files = kept
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// ended gives a text the newline that txtar ends every file with.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, "\n") {
		return text
	}
	return text + "\n"
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
