package store

import (
	"testing"
	"time"
)

// TestHaste: a checkpoint hurries from when the next one is due, the more the longer, and has no time to rest before commits wait for it.
func TestHaste(t *testing.T) {
	const due = 1000
	for _, c := range []struct {
		since int64
		haste float64
	}{{0, 0}, {due, 0}, {due * 3 / 2, 0.25}, {due * 2, 0.5}, {due * (maxBehind - 1), 1}, {due * 100, 1}} {
		s := &Store{opts: Options{CheckpointBytes: due}}
		s.since.Store(c.since)
		if got := s.haste(); got != c.haste {
			t.Errorf("when %d of %d bytes were written since it began, haste is %v, not %v", c.since, due, got, c.haste)
		}
	}
}

// TestAwaitedIsInHaste: work that somebody waits for does not rest.
func TestAwaitedIsInHaste(t *testing.T) {
	var told []float64
	s := &Store{opts: Options{Pace: func(float64) func(float64) { return func(haste float64) { told = append(told, haste) } }}}
	yield := s.paced(checkpointRests, func() float64 { return 0.5 })
	yield()
	s.awaited.Add(1)
	yield()
	s.awaited.Add(-1)
	yield()
	if len(told) != 3 || told[0] != 0.5 || told[1] != 1 || told[2] != 0.5 {
		t.Errorf("the pace was told of haste %v, not 0.5, 1 and 0.5", told)
	}
}

// TestCommitterInHaste: whatever works beside a commit that waits for a checkpoint does not rest: a compaction either, which has
// the manifest of the state while it does.
func TestCommitterInHaste(t *testing.T) {
	s := &Store{opts: Options{CheckpointBytes: 1000, Go: func(func()) {}}}
	s.running.Store(true)
	s.tasks.Add(1)
	awaited := make(chan bool, 1)
	go func() {
		defer s.tasks.Done()
		for range 5000 {
			if s.awaited.Load() > 0 {
				awaited <- true
				return
			}
			time.Sleep(time.Millisecond)
		}
		awaited <- false
	}()
	s.keepUp(maxBehind * s.opts.CheckpointBytes)
	if !<-awaited || s.awaited.Load() != 0 {
		t.Errorf("nobody is said to wait, or %d still do", s.awaited.Load())
	}
}
