package store

import (
	"encoding/binary"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// behindOptions are those of a store whose checkpoints work only while a commit has to wait for them.
func behindOptions(fsys vfs.FS, open *atomic.Pointer[Store]) Options {
	opts := testOptions(fsys, Async)
	opts.SegmentBytes, opts.CheckpointBytes, opts.foldBytes = 64<<10, 256<<10, 512<<10
	opts.Go = inBackground
	made := 0
	opts.Pace = func(float64) func(float64) {
		made++
		checkpoints := made%3 == 1 // the others are compactions and the log
		return func(float64) {
			for s := open.Load(); checkpoints && s != nil && !s.backlog.owing() && !s.closed.Load(); {
				runtime.Gosched()
			}
		}
	}
	return opts
}

// commitKeys commits groups of some hundred keys each.
func commitKeys(t *testing.T, s *Store, groups int, each func(group int64)) {
	t.Helper()
	var b Batch
	for i := range uint64(groups) {
		b.Reset()
		for n := range uint64(200) {
			key := (i*200 + n) * 0x9e3779b97f4a7c15
			b.Put(binary.BigEndian.AppendUint64([]byte{'k'}, key), binary.BigEndian.AppendUint64(nil, i))
		}
		if _, err := s.Commit(&b); err != nil {
			t.Fatal(err)
		}
		each(int64(b.Bytes()))
	}
}

// TestCommitsWaitForTheirShare commits more than checkpoints keep up with: each commit waits for about as much of their work as it brings,
// never for a step or for all of a checkpoint; and the log is no longer than it may be.
func TestCommitsWaitForTheirShare(t *testing.T) {
	mem := vfs.NewMem()
	var open atomic.Pointer[Store]
	opts := behindOptions(mem, &open)
	s := mustOpen(t, opts)
	open.Store(s)
	t.Cleanup(func() { s.Close() }) // else a test that failed would leave a checkpoint that looks for who waits
	mostLog := maxBehind*opts.CheckpointBytes + int64(opts.foldBytes)
	var written, before, longest, waits, most int64
	commitKeys(t, s, 2000, func(group int64) {
		written += group
		s.backlog.mu.Lock()
		worked, bytes := s.backlog.worked, s.backlog.bytes
		s.backlog.mu.Unlock()
		if worked > before {
			waits++
		}
		longest, before = max(longest, worked-before), worked
		if most = max(most, bytes); bytes > mostLog+2*group {
			t.Fatalf("%d bytes of log are not in the state", bytes)
		}
	})
	if longest > opts.CheckpointBytes/4 {
		t.Errorf("a commit waited for %d bytes of log to be folded", longest)
	}
	if waits < 200 {
		t.Errorf("%d commits waited: the test has become too small", waits)
	}
	// A log has spare segments, and one that is made ready.
	if log := roomTaken(t, mem, "app/log", "nothing"); log > mostLog+12*opts.SegmentBytes {
		t.Errorf("the log takes %d bytes", log)
	}
	if steps := s.Stats().Checkpoints; steps*int64(opts.foldBytes) > written*5/4 {
		t.Errorf("%d steps took %d bytes: they do not go on to what was committed since they began", steps, written)
	}
	t.Logf("%d steps, %d commits waited, at most for %d bytes; at most %d were not in the state", s.Stats().Checkpoints, waits, longest, most)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// withoutTables is a file system where checkpoints fail while fails says so, and how often they have.
func withoutTables() (fsys vfs.FS, fails *atomic.Bool, failed *atomic.Int64) {
	fails, failed = &atomic.Bool{}, &atomic.Int64{}
	return errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpCreate && strings.Contains(op.Path, "staging") && fails.Load() {
			failed.Add(1)
			return syscall.ENOSPC
		}
		return nil
	})), fails, failed
}

// TestCheckpointsThatFail: while checkpoints fail, commits go on, and one is tried for each CheckpointBytes. When they do not fail any more, the
// log becomes as short as it may be, of which no commit waits for more than its share.
func TestCheckpointsThatFail(t *testing.T) {
	var open atomic.Pointer[Store]
	fsys, fails, failed := withoutTables()
	opts := behindOptions(fsys, &open)
	s := mustOpen(t, opts)
	open.Store(s)
	t.Cleanup(func() { s.Close() }) // else a test that failed would leave a checkpoint that looks for who waits
	fails.Store(true)
	var written int64
	commitKeys(t, s, 1000, func(group int64) { written += group })
	if n := failed.Load(); n == 0 || n > written/opts.CheckpointBytes {
		t.Errorf("%d checkpoints failed while %d bytes were written", n, written)
	}
	s.backlog.mu.Lock()
	before := s.backlog.bytes
	s.backlog.mu.Unlock()
	if before < written {
		t.Errorf("%d bytes of log are not in the state, of %d that were written", before, written)
	}
	fails.Store(false)
	var longest int64
	worked := int64(-1)
	commitKeys(t, s, 4000, func(int64) {
		s.backlog.mu.Lock()
		defer s.backlog.mu.Unlock()
		if worked >= 0 {
			longest = max(longest, s.backlog.worked-worked)
		}
		worked = s.backlog.worked
	})
	if longest > opts.CheckpointBytes/4 {
		t.Errorf("a commit waited for %d bytes of log to be folded", longest)
	}
	s.backlog.mu.Lock()
	if after := s.backlog.bytes; after > maxBehind*opts.CheckpointBytes+int64(opts.foldBytes)+10_000 {
		t.Errorf("%d bytes of log are not in the state when checkpoints do not fail any more", after)
	}
	s.backlog.mu.Unlock()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestFoundLogCounts: the log that Open has found is part of the backlog until it is in the state, however often that fails before.
func TestFoundLogCounts(t *testing.T) {
	fsys, fails, _ := withoutTables()
	opts := testOptions(fsys, Async)
	opts.SegmentBytes, opts.CheckpointBytes, opts.OverlayBytes = 16<<10, 1<<20, 8<<20
	s := mustOpen(t, opts)
	var found int64
	commitKeys(t, s, 100, func(group int64) { found += group })
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, opts)
	fails.Store(true)
	check := func(least, most int64) {
		t.Helper()
		if b := &s.backlog; b.bytes < least || b.bytes > most || b.taken != 0 || b.left() != b.bytes {
			t.Errorf("%d bytes of log are not in the state, of %d; of them, %d are read, %d done", b.bytes, found, b.taken, b.done)
		}
	}
	for range 3 {
		if err := s.Checkpoint(); err == nil {
			t.Error("the checkpoint did not fail")
		}
		check(found-opts.SegmentBytes, found+2*opts.SegmentBytes)
	}
	fails.Store(false)
	if err := s.Checkpoint(); err != nil {
		t.Error(err)
	}
	check(0, 0)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestStepsThatOverwrite makes checkpoints of keys that are overwritten again and again, with memory for some of the log only: where keys repeat, a
// step goes on with what is left of it; where they do not, each makes a table of what fits.
func TestStepsThatOverwrite(t *testing.T) {
	const keys, rounds = 10_000, 20
	for _, c := range []struct {
		repeat      bool
		least, most int64
	}{{true, 1, 3}, {false, 5, 40}} {
		opts := testOptions(vfs.NewMem(), Sync)
		opts.CheckpointBytes, opts.foldBytes, opts.foldHolds = -1, 16<<20, 400<<10
		s := mustOpen(t, opts)
		key := func(round, n uint64) []byte {
			if !c.repeat {
				n += round * keys
			}
			return binary.BigEndian.AppendUint64([]byte{'k'}, n*0x9e3779b97f4a7c15)
		}
		for round := range uint64(rounds) {
			var b Batch
			for n := range uint64(keys) {
				b.Put(key(round, n), binary.BigEndian.AppendUint64(nil, round))
			}
			if _, err := s.Commit(&b); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Checkpoint(); err != nil {
			t.Fatal(err)
		}
		if n := s.Stats().Checkpoints; n < c.least || n > c.most {
			t.Errorf("keys repeat: %v: %d steps", c.repeat, n)
		}
		for n := range uint64(keys) {
			value, ok, err := s.Get(key(rounds-1, n))
			if err != nil || !ok || binary.BigEndian.Uint64(value) != rounds-1 {
				t.Fatalf("key %d has %x, %v, %v", n, value, ok, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRunsThatOweTooLittle opens a store again and again, and closes it before what its commits wait for is worth a table: all of that work is
// given up. Only since opening does not go on with too much log, the log does not grow with the number of runs.
func TestRunsThatOweTooLittle(t *testing.T) {
	mem := vfs.NewMem()
	var open atomic.Pointer[Store]
	opts := behindOptions(mem, &open)
	opts.CheckpointBytes, opts.OverlayBytes, opts.foldBytes = 1<<20, 64<<20, 0
	var begun, given int
	var most int64
	for range 60 {
		open.Store(nil)
		s := mustOpen(t, opts)
		open.Store(s)
		t.Cleanup(func() { s.Close() })
		before := s.Stats().Checkpoints
		commitKeys(t, s, 50, func(int64) {})
		s.backlog.mu.Lock()
		if s.backlog.worked > 0 {
			begun++
		}
		s.backlog.mu.Unlock()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s.Stats().Checkpoints == before {
			given++
		}
		most = max(most, roomTaken(t, mem, "app/log", "nothing"))
	}
	if most > (maxOpened+2)*opts.CheckpointBytes || given < 40 || begun < 30 {
		t.Errorf("the log takes up to %d bytes; %d runs without a checkpoint, in %d one was begun", most, given, begun)
	}
}
