package store

import (
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestShortRuns opens a store again and again and closes it before its checkpoint comes to anything, or gives opening up as soon as that
// folds: the log, and what opening reads, do not grow with the number of runs, whether they change a few keys all the time or hardly write.
func TestShortRuns(t *testing.T) {
	for _, c := range []struct {
		groups      int
		overlay     int64 // the first has room for all keys
		impatiently bool
	}{{1, 1 << 20, false}, {20, 1 << 20, false}, {20, 1 << 20, true}, {20, -1, true}} {
		opts, m := testOptions(vfs.NewMem(), Async), newModel()
		opts.OverlayBytes, opts.Go = c.overlay, inBackground
		var closing, folding atomic.Bool
		made := 0
		opts.Pace = func(float64) func(float64) {
			made++
			checkpoints := made%3 == 1 // the others are compactions and the log
			return func(haste float64) {
				for checkpoints && haste < 1 && !closing.Load() {
					runtime.Gosched()
				}
				folding.Store(checkpoints)
			}
		}
		opts.Recovering = func(int64, int64) error {
			if c.impatiently && folding.Load() {
				return errEnough
			}
			return nil
		}
		given, most := 0, 0
		for range 40 {
			closing.Store(false)
			folding.Store(false)
			if shortRun(t, opts, m, c.groups, &closing) {
				given++
			}
			names, err := opts.FS.List("app/log")
			if err != nil {
				t.Fatal(err)
			}
			most = max(most, len(names))
		}
		if most > 24 || given < 20 {
			t.Errorf("%+v: up to %d files of the log; %d runs without a checkpoint", c, most, given)
		}
	}
}

var errEnough = errors.New("enough")

// shortRun opens a store, commits some groups and closes it. It tells whether no checkpoint was made.
func shortRun(t *testing.T, opts Options, m *model, groups int, closing *atomic.Bool) (given bool) {
	t.Helper()
	s, err := Open("app", opts)
	if errors.Is(err, errEnough) {
		return true
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := m.compare(s, m.groups()); err != nil {
		t.Fatal(err)
	}
	before := s.Stats().Checkpoints
	for range groups {
		commit(t, s, m, []change{{'p', "key", strings.Repeat("v", 400)}, {'d', "other", ""}})
	}
	go func() {
		for !s.closed.Load() {
			runtime.Gosched()
		}
		closing.Store(true)
	}()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.Stats().Checkpoints == before
}

func commit(t *testing.T, s *Store, m *model, changes []change) {
	t.Helper()
	var b Batch
	fillBatch(&b, changes)
	m.apply(changes)
	if _, err := s.Commit(&b); err != nil {
		t.Fatal(err)
	}
}
