package state

import (
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	goruntime "runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// stacked is a state on which short runs lay one table after the other.
type stacked struct {
	t    *testing.T
	fs   vfs.FS
	hold atomic.Bool // compactions stand still
	full atomic.Bool // their files cannot be written
	runs uint64
	most int64 // tables that a run found above each other, before and behind settling
	left int64
}

func newStacked(t *testing.T) *stacked {
	s := &stacked{t: t}
	s.fs = errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind != errorfs.OpFileWrite || !strings.HasPrefix(op.Path, "state/") || !strings.HasSuffix(op.Path, ".sst") {
			return nil
		}
		for s.hold.Load() {
			goruntime.Gosched()
		}
		if s.full.Load() {
			return syscall.ENOSPC
		}
		return nil
	}))
	for _, dir := range []string{"state", "staging"} {
		if err := s.fs.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *stacked) open() *State {
	s.t.Helper()
	s.hold.Store(true)
	st, err := Open(Options{FS: s.fs, Dir: "state", Staging: "staging", CacheBytes: 1 << 20, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// settle lets compactions go on meanwhile, if it waits for them. What has been under way since opening goes on when it is asked, too, whether
// it is given up: it could be over before that.
func (s *stacked) settle(st *State, givenUp func() error) error {
	if st.depth.Load() <= manyTables {
		return st.Settle(givenUp)
	}
	var settled atomic.Bool
	let := make(chan bool)
	go func() {
		defer close(let)
		for st.log.gives.Load() == nil && !settled.Load() {
			goruntime.Gosched()
		}
		s.hold.Store(false)
	}()
	defer func() {
		settled.Store(true)
		<-let
		s.hold.Store(true)
	}()
	return st.Settle(givenUp)
}

// close ends a compaction under way before it comes to anything.
func (s *stacked) close(st *State) {
	s.t.Helper()
	let := make(chan bool)
	go func() {
		defer close(let)
		for !st.log.closing.Load() {
			goruntime.Gosched()
		}
		s.hold.Store(false)
	}()
	if err := st.Close(); err != nil {
		s.t.Fatal(err)
	}
	<-let // or it would let go on what the next opening begins
}

// run is a short run, which changes some keys.
func (s *stacked) run() {
	s.t.Helper()
	st := s.open()
	s.most = max(s.most, st.depth.Load())
	if err := s.settle(st, func() error { return nil }); err != nil {
		s.t.Fatal(err)
	}
	s.left = max(s.left, st.depth.Load())
	s.runs++
	var b group.Batch
	for i := range 10 { // enough for several blocks: a compaction is given up between two
		b.Put(fmt.Appendf(nil, "key %d", i), valueOf(s.runs, i))
	}
	record, err := b.Record()
	if err != nil {
		s.t.Fatal(err)
	}
	var f fold.Fold
	f.Add(record[wal.HeaderSize:])
	if err := st.Ingest(&f, wal.Mark{Position: wal.Position{Seq: s.runs}}); err != nil {
		s.t.Fatal(err)
	}
	s.close(st)
}

// valueOf is what a run writes for a key, which does not become smaller by compression.
func valueOf(run uint64, key int) []byte {
	value := make([]byte, 4<<10)
	rng := rand.New(rand.NewPCG(run, uint64(key)))
	for i := range value {
		value[i] = byte(rng.Uint32())
	}
	return value
}

// TestShortRunsStackNoTables: of runs that are over before their compactions come to anything, one waits for them now and then.
func TestShortRunsStackNoTables(t *testing.T) {
	s := newStacked(t)
	for range 3 * manyTables {
		s.run()
	}
	if s.most != manyTables+1 || s.left != manyTables {
		t.Errorf("up to %d tables above each other, and %d behind opening, where it may have %d", s.most, s.left, manyTables)
	}
	st := s.open()
	for i := range 10 {
		value, _, err := st.Get(fmt.Appendf(nil, "key %d", i))
		if err != nil || string(value) != string(valueOf(s.runs, i)) {
			t.Errorf("key %d is not what the last run has written, but %.20x: %v", i, value, err)
		}
	}
	s.close(st)
}

// TestSettlingEnds: opening does not wait for compactions that fail, nor when it is given up.
func TestSettlingEnds(t *testing.T) {
	s := newStacked(t)
	for s.full.Store(true); s.runs <= manyTables+3; {
		s.run()
	}
	if s.left <= manyTables {
		t.Errorf("%d tables above each other: the test has become too small", s.left)
	}
	s.full.Store(false)
	enough := errors.New("enough")
	st := s.open()
	if err := s.settle(st, func() error { return enough }); !errors.Is(err, enough) {
		t.Errorf("given up with %v", err)
	}
	s.close(st)
	st = s.open()
	if depth := st.depth.Load(); depth <= manyTables {
		t.Errorf("%d tables are left above each other, after compactions that were given up", depth)
	}
	if err := s.settle(st, func() error { return nil }); err != nil || st.depth.Load() > fewTables {
		t.Errorf("%d tables are left above each other: %v", st.depth.Load(), err)
	}
	s.close(st)
}

// TestDepthOfWhatIsThere: an ingestion lays a table with the mark, and most lay one of data beside it; and Pebble may merge either alone. So
// opening does not take two tables for one layer.
func TestDepthOfWhatIsThere(t *testing.T) {
	s := newStacked(t)
	s.run()
	st := s.open()
	const marks = 3 // with which there is nothing to compact
	for i := range marks {
		if err := st.Ingest(&fold.Fold{}, wal.Mark{Position: wal.Position{Seq: s.runs + uint64(i) + 1}}); err != nil {
			t.Fatal(err)
		}
	}
	known := st.depth.Load()
	s.close(st)
	st = s.open()
	if depth := st.depth.Load(); known != marks || depth != marks {
		t.Errorf("%d tables above each other are held for %d, and for %d when they have been opened", marks, known, depth)
	}
	s.close(st)
}
