package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestOverlay opens stores whose log was folded in part, or not at all: they answer for all of it, in whole and in ranges,
// while a checkpoint moves the overlay into the state, and afterwards.
func TestOverlay(t *testing.T) {
	overlaid, twice := 0, 0
	for seed := range uint64(20) {
		rng := seeded(seed, 3)
		opts := testOptions(vfs.NewMem(), Async)
		opts.CheckpointBytes = -1
		opts.OverlayBytes = []int64{-1, 14 << 10, 1 << 20}[rng.IntN(3)]
		if seed%2 == 0 {
			opts.Go, opts.OverlayBytes = inBackground, 1<<20
		}
		s, m := written(t, opts, 30)
		for range 3 {
			if rng.IntN(2) == 0 {
				if err := s.Checkpoint(); err != nil {
					t.Fatal(err)
				}
			}
			commitGroups(t, s, m, rng, rng.IntN(240))
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = mustOpen(t, opts)
			switch layers := len(s.overlay.all()); {
			case layers > 1:
				twice++
				fallthrough
			case layers > 0:
				overlaid++
			}
			if err := m.compare(s, m.groups()); err != nil {
				t.Fatalf("seed %d: opened: %v", seed, err)
			}
			if err := m.compareRanges(s, rng, m.groups()); err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			readWhileFolding(t, s, m, fmt.Sprint("seed ", seed))
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if overlaid < 20 || twice < 10 {
		t.Errorf("%d stores with an overlay, %d with two layers: the test has become too small", overlaid, twice)
	}
}

// TestALayerThatStays has a checkpoint broken off between the two layers of an overlay: the store answers for all of its log then, too,
// and when it is opened again behind that.
func TestALayerThatStays(t *testing.T) {
	for seed := range uint64(10) {
		rng := seeded(seed, 5)
		disk := vfs.NewCrashableMem()
		opts := testOptions(newProcess(disk, nil), Async)
		opts.CheckpointBytes, opts.OverlayBytes, opts.Go = -1, 1<<20, inBackground
		s, m := written(t, opts, 30)
		commitGroups(t, s, m, rng, 150)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = mustOpen(t, opts)
		if n := len(s.overlay.all()); n != 2 {
			t.Fatalf("seed %d: %d layers", seed, n)
		}
		enough, folds := errors.New("enough"), s.Stats().Checkpoints
		s.mayFold = func() error {
			if s.Stats().Checkpoints > folds {
				return enough
			}
			return nil
		}
		if err := s.Checkpoint(); err != enough || len(s.overlay.all()) != 1 {
			t.Fatalf("seed %d: %d layers behind a checkpoint that was broken off, %v", seed, len(s.overlay.all()), err)
		}
		answers := func(where string) {
			t.Helper()
			if err := errors.Join(m.compare(s, m.groups()), m.compareRanges(s, rng, m.groups())); err != nil {
				t.Fatalf("seed %d: %s: %v", seed, where, err)
			}
		}
		answers("one layer of two")
		s.mayFold = nil
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = mustOpen(t, opts)
		answers("opened again")
		readWhileFolding(t, s, m, fmt.Sprint("seed ", seed))
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func commitGroups(t *testing.T, s *Store, m *model, rng *rand.Rand, n int) {
	t.Helper()
	var b Batch
	for range n {
		changes := randomGroup(rng)
		fillBatch(&b, changes)
		m.apply(changes)
		if _, err := s.Commit(&b); err != nil {
			t.Fatal(err)
		}
	}
}

// readWhileFolding reads all that a store has, again and again, while a checkpoint is made.
func readWhileFolding(t *testing.T, s *Store, m *model, where string) {
	t.Helper()
	var folding sync.WaitGroup
	var failed error
	folding.Go(func() { failed = s.Checkpoint() })
	for range 4 {
		if err := m.compare(s, m.groups()); err != nil {
			t.Fatalf("%s: while folding: %v", where, err)
		}
	}
	if folding.Wait(); failed != nil {
		t.Fatal(failed)
	}
	if len(s.overlay.all()) > 0 {
		t.Fatalf("%s: an overlay behind a checkpoint", where)
	}
	if err := m.compare(s, m.groups()); err != nil {
		t.Fatalf("%s: folded: %v", where, err)
	}
}

// compareRanges scans between keys at random, and gets keys at random, that are there or not.
func (m *model) compareRanges(s *Store, rng *rand.Rand, groups uint64) error {
	want := m.history[groups]
	for range 20 {
		start, end := randomKey(rng), randomKey(rng)
		found := map[string]string{}
		err := s.Scan([]byte(start), []byte(end), func(key, value []byte) error {
			found[string(key)] = string(value)
			return nil
		})
		if err != nil {
			return err
		}
		n := 0
		for key, value := range want {
			if start <= key && key < end {
				if n++; found[key] != value {
					return fmt.Errorf("from %q to %q: key %q is %.20q, not %.20q", start, end, key, found[key], value)
				}
			}
		}
		if n != len(found) {
			return fmt.Errorf("from %q to %q: %d keys, not %d", start, end, len(found), n)
		}
		value, ok, err := s.Get([]byte(start))
		if is, there := want[start]; err != nil || ok != there || string(value) != is {
			return fmt.Errorf("Get(%q) is %.20q, %v, %v, not %.20q, %v", start, value, ok, err, is, there)
		}
	}
	return nil
}

// TestACheckpointBrokenOff gives up the log as far as it came.
func TestACheckpointBrokenOff(t *testing.T) {
	opts := testOptions(vfs.NewMem(), Async)
	opts.CheckpointBytes = -1
	s, m := written(t, opts, 1)
	commitGroups(t, s, m, seeded(1, 4), 300)
	enough, folds := errors.New("enough"), s.Stats().Checkpoints
	s.mayFold = func() error {
		if s.Stats().Checkpoints >= folds+12 {
			return enough
		}
		return nil
	}
	if err := s.Checkpoint(); err != enough {
		t.Fatal(err)
	}
	mark, _ := s.state.Mark()
	names, err := opts.FS.List(s.paths.log)
	if err != nil {
		t.Fatal(err)
	}
	if last := s.log.Durable().Segment; mark.Segment < 8 || last-mark.Segment < 8 || uint64(len(names)) > last-mark.Segment+1+8+1 {
		t.Errorf("%d files, of segments up to %d, where the state has those before %d", len(names), last, mark.Segment)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = mustOpen(t, opts)
	if err := m.compare(s, m.groups()); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestRecoveringGivesUp has Open given up at every point where it asks: the store is as good as before.
func TestRecoveringGivesUp(t *testing.T) {
	for readers, opts := range map[int]Options{1: {}, 2: {Go: inBackground}} {
		given := opts.Go
		opts = testOptions(vfs.NewMem(), Async)
		opts.CheckpointBytes, opts.OverlayBytes, opts.Go = -1, 14<<10, given
		s, m := written(t, opts, 1)
		commitGroups(t, s, m, seeded(1, 3), 150)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		enough := errors.New("enough")
		for n := 0; ; n++ {
			asked := 0
			opts.Recovering = func(done, all int64) error {
				if done > all {
					t.Errorf("%d bytes of %d", done, all)
				}
				if asked++; asked == n+1 { // once is enough, whichever reader was told
					return enough
				}
				return nil
			}
			s, err := Open("app", opts)
			if err != nil {
				if !errors.Is(err, enough) {
					t.Fatal(err)
				}
				continue
			}
			if asked > n {
				t.Fatalf("%d readers: what Recovering gave the time %d was not heard", readers, n)
			}
			if err := m.compare(s, m.groups()); err != nil || n < 5 {
				t.Fatalf("%d readers: given up %d times: %v", readers, n, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
}
