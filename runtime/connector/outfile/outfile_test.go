package outfile

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

func text(t *testing.T, fsys vfs.FS, path string) string {
	t.Helper()
	f, err := fsys.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// In memory files cannot be truncated and are copied; on disk they can.
func TestFile(t *testing.T) {
	for name, fsys := range map[string]vfs.FS{"memory": vfs.NewMem(), "disk": vfs.Default} {
		t.Run(name, func(t *testing.T) {
			path := "out"
			if fsys == vfs.Default {
				path = fsys.PathJoin(t.TempDir(), path)
			}
			for range 2 { // the second replaces the first
				f, err := Create(fsys, path, true)
				if err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(f.Append([]byte("one ")), f.Sync(), f.Append([]byte("two")), f.Close()); err != nil || f.Size() != 7 {
					t.Fatal(err, f.Size())
				}
				if got := text(t, fsys, path); got != "one two" {
					t.Fatalf("got %q", got)
				}
			}
			f, err := Reopen(fsys, path, 4, true)
			if err != nil {
				t.Fatal(err)
			}
			// Nothing is removed before Cut: the caller may find that the file is not its own.
			if got := text(t, fsys, path); got != "one two" {
				t.Fatalf("got %q", got)
			}
			if err := errors.Join(f.Cut(), f.Cut(), f.Append([]byte("2")), f.Sync(), f.Close()); err != nil {
				t.Fatal(err)
			}
			if got := text(t, fsys, path); got != "one 2" {
				t.Errorf("got %q", got)
			}
			if _, err := Reopen(fsys, path, 6, true); !errors.Is(err, ErrShort) {
				t.Errorf("got %v", err)
			}
			if _, err := Reopen(fsys, path+".no", 6, true); !errors.Is(err, fs.ErrNotExist) || strings.Count(err.Error(), path) != 1 {
				t.Errorf("got %v", err)
			}
			if _, err := fsys.Stat(path + ".cut"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the copy was left behind: %v", err)
			}
		})
	}
}
