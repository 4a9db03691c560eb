package store

import (
	"testing"
	"time"
)

// TestHaste: a checkpoint hurries from when one is due, the more the more log there is, and has no time to rest before commits wait for it.
// What it has done of its step counts.
func TestHaste(t *testing.T) {
	const due = 1000
	for _, c := range []struct {
		bytes, taken int64
		haste        float64
	}{{0, 0, 0}, {due, 0, 0}, {due * 3 / 2, 0, 0.25}, {due * 2, 0, 0.5}, {due * (maxBehind - 1), 0, 1}, {due * 100, 0, 1},
		{due * 2, due, 0.25}, {due * 2, 2 * due, 0}} {
		var b backlog
		b.init(due)
		b.add(c.bytes)
		b.took(c.taken)
		if got := b.haste(); got != c.haste {
			t.Errorf("with %d of %d bytes of log, %d of which are read, haste is %v, not %v", c.bytes, due, c.taken, got, c.haste)
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
	s := &Store{opts: Options{Go: func(func()) {}}}
	s.backlog.init(1000)
	s.backlog.add(maxBehind * 1000)
	s.backlog.asked()
	awaited := make(chan bool, 1)
	go func() {
		defer s.backlog.ended()
		for range 5000 {
			if s.awaited.Load() > 0 {
				awaited <- true
				return
			}
			time.Sleep(time.Millisecond)
		}
		awaited <- false
	}()
	s.keepUp(1)
	if !<-awaited || s.awaited.Load() != 0 {
		t.Errorf("nobody is said to wait, or %d still do", s.awaited.Load())
	}
}
