package portals

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestSourceIsWhole finds what the patterns of //go:embed miss: packages that lie too deep, and files that the runtime
// embeds itself.
func TestSourceIsWhole(t *testing.T) {
	err := filepath.WalkDir("runtime", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if strings.Contains(string(text), "\n//go:embed ") {
			t.Errorf("%s embeds files, which the Source of package portals lacks", path)
		}
		if held, err := Source.ReadFile(filepath.ToSlash(path)); err != nil || string(held) != string(text) {
			t.Errorf("%s is not in Source: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
