//go:build unix

package store

import (
	"path/filepath"
	"syscall"
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

// TestLockThatWasReplaced locks a file that loses its name to another one meanwhile: it is that one which is locked.
func TestLockThatWasReplaced(t *testing.T) {
	for _, how := range []int16{syscall.F_RDLCK, syscall.F_WRLCK} {
		path := filepath.Join(t.TempDir(), "LOCK")
		opened := 0
		lock, err := lockNamed(path, func(path string) (vfs.File, error) {
			f, err := vfs.Default.OpenReadWrite(path, vfs.WriteCategoryUnspecified)
			if opened++; opened < 3 && err == nil {
				err = vfs.Default.Remove(path)
			}
			return f, err
		}, how)
		if err != nil {
			t.Fatal(err)
		}
		defer lock.Close()
		if same, err := sameFile(lock.(vfs.File), path); !same || err != nil || opened != 3 {
			t.Errorf("%v, %v, opened %d times", same, err, opened)
		}
	}
}
