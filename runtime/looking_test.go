//go:build unix

package runtime

import (
	"crypto/rand"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store"
)

// looks are the commands that look into a store.
var looks = [][]string{{"state", "Total"}, {"waiting"}, {"dump", "counts"}, {"store", "check"}, {"store", "stats"}, {"upgrade", "--dry-run"}}

// TestLookingTouchesNothing looks into the store of an app that was killed, also where its lock was not copied, and of one that
// runs: no file comes, goes or is written to, not even the lock.
func TestLookingTouchesNothing(t *testing.T) {
	w := newWorkplace(t, 200)
	p := w.begun("--pause", unhurried)
	lock := w.path(".portals/lines/LOCK")
	before := stamp(t, lock)
	for _, look := range looks {
		if status, _, said := w.run(look...); status != exitFailed || !strings.Contains(said, "store in use") || !strings.Contains(said, fmt.Sprint(p.Process.Pid)) {
			t.Errorf("%v: %d %s", look, status, said)
		}
	}
	if after := stamp(t, lock); after != before {
		t.Errorf("the lock of an app that runs was %s, and is %s", before, after)
	}
	p.stop(t)
	for _, locked := range []bool{true, false} {
		if !locked {
			if err := os.Remove(lock); err != nil {
				t.Fatal(err)
			}
		}
		before := stamp(t, w.dir)
		for _, look := range looks {
			w.must(look...)
			if after := stamp(t, w.dir); after != before {
				t.Fatalf("%v, with a lock: %v\n%s\nbecame\n%s", look, locked, before, after)
			}
		}
	}
	w.wantAll(200)
}

// stamp is what shows that something below a path was written to.
func stamp(t *testing.T, path string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			fmt.Fprintln(&b, path, info.Size(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestLookingTogether looks into a store that is looked into. The app does not start meanwhile, and blames nobody who is gone.
func TestLookingTogether(t *testing.T) {
	w := stopped(t)
	opts := store.Options{FS: vfs.Default, App: "lines", Random: rand.Reader, ReadOnly: true}
	dir := w.path(".portals/lines")
	s, err := store.Open(dir, opts)
	if err != nil {
		t.Fatal(err)
	}
	for _, look := range looks {
		w.must(look...)
	}
	w.refused("store in use", "another process looks into it", "try again when that one has ended")
	if _, err := store.Open(dir, store.Options{FS: vfs.Default, App: "lines", Random: rand.Reader}); err == nil {
		t.Error("who looks into a store has it opened by his own process")
	}
	w.refused("store in use") // the lock is there still
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	w.wantAll(200)
}
