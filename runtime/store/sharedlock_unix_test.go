//go:build unix

package store

import (
	"path/filepath"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestLockThatWasRemoved tells a lock that has its name from one that had it when it was opened.
func TestLockThatWasRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "LOCK")
	open := func() vfs.File {
		f, err := vfs.Default.OpenReadWrite(path, vfs.WriteCategoryUnspecified)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	want := func(f vfs.File, same bool) {
		t.Helper()
		if got, err := sameFile(f, path); got != same || err != nil {
			t.Errorf("%v, %v", got, err)
		}
	}
	first := open()
	want(first, true)
	if err := vfs.Default.Remove(path); err != nil {
		t.Fatal(err)
	}
	want(first, false)
	second := open()
	want(first, false)
	want(second, true)
}
