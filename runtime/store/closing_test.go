package store

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// closing is a store that is closed in the middle of a checkpoint and a compaction, with trouble at its disk operations from there on.
type closing struct {
	*script
	disk    *vfs.MemFS
	began   atomic.Bool // closing has
	compact atomic.Bool // a compaction wants to write its table
	ops     int         // since closing began
}

func newClosing(seed uint64, trouble func(c *closing, n int, op errorfs.Op) error) *closing {
	c := &closing{disk: vfs.NewCrashableMem(), script: &script{seed: seed, model: newModel(), opts: testOptions(nil, Sync)}}
	p := newProcess(c.disk, func(_ int, op errorfs.Op) error {
		if !c.began.Load() {
			return nil
		}
		c.ops++
		return trouble(c, c.ops-1, op)
	})
	c.opts.FS = errorfs.Wrap(p, errorfs.InjectorFunc(func(op errorfs.Op) error {
		for op.Kind == errorfs.OpFileWrite && strings.HasPrefix(op.Path, "app/state/") && strings.HasSuffix(op.Path, ".sst") && !c.began.Load() {
			c.compact.Store(true)
			runtime.Gosched()
		}
		return nil
	}))
	made := 0
	c.opts.Go = inBackground
	c.opts.Pace = func(float64) func(float64) {
		made++
		checkpoints := made == 1
		return func(haste float64) {
			for checkpoints && haste < 1 && !c.began.Load() {
				runtime.Gosched()
			}
		}
	}
	return c
}

// run makes tables until they are compacted, begins one more, and closes the store.
func (c *closing) run(t *testing.T) error {
	t.Helper()
	c.opts.CheckpointBytes = -1
	s := mustOpen(t, c.opts)
	rng := seeded(c.seed, 3)
	write := func() {
		changes := append(randomGroup(rng), change{'p', "always", fmt.Sprint(c.groups())})
		commit(t, s, c.model, changes)
		c.released(true)
	}
	for !c.compact.Load() {
		write()
		s.awaited.Add(1)
		if err := s.Checkpoint(); err != nil {
			t.Fatal(err)
		}
		s.awaited.Add(-1)
	}
	for range 5 {
		write()
	}
	s.tasks.Go(func() { _ = s.Checkpoint() })
	go func() {
		for !s.closed.Load() {
			runtime.Gosched()
		}
		c.began.Store(true)
	}()
	return s.Close()
}

// TestCrashWhileClosing stops the world before every disk operation of closing, while a checkpoint and a compaction are given up.
func TestCrashWhileClosing(t *testing.T) {
	crashes := 0
	for seed := range uint64(4) {
		var stills []still
		var before func(int, errorfs.Op) error
		c := newClosing(seed, func(c *closing, n int, op errorfs.Op) error {
			if before == nil {
				before = c.stills(c.disk, seeded(seed, 4), &stills)
			}
			return before(n, op)
		})
		if err := c.run(t); err != nil {
			t.Fatal(err)
		}
		for _, still := range stills {
			c.survivor(t, still.disk, still.atLeast, still.where)
		}
		crashes += len(stills)
	}
	t.Logf("%d crashes", crashes)
	if !underRace && crashes < 50 {
		t.Errorf("%d crashes: the test has become too small", crashes)
	}
}

// TestErrorWhileClosing has each disk operation of closing fail once, or the disk be full from there on, while a checkpoint and a
// compaction are given up. Closing ends, with an Error that has a place if it is not in order, and what was committed is there.
func TestErrorWhileClosing(t *testing.T) {
	failed := 0
	for _, full := range []bool{false, true} {
		for at, over := 0, false; !over; at++ {
			var what errorfs.Op
			c := newClosing(uint64(at), func(_ *closing, n int, op errorfs.Op) error {
				writes := op.Kind == errorfs.OpFileWrite || op.Kind == errorfs.OpFileWriteAt || op.Kind == errorfs.OpCreate || op.Kind == errorfs.OpLink
				switch {
				case full && writes && n >= at:
					what = op
					return syscall.ENOSPC
				case !full && n == at:
					what = op
					return syscall.EIO
				}
				return nil
			})
			err := c.run(t)
			where := fmt.Sprintf("error at operation %d (%v)", at, what)
			var typed *Error
			if err != nil && (!errors.As(err, &typed) || typed.Path == "") {
				t.Fatalf("%s: not an Error with a place: %v", where, err)
			}
			if err != nil {
				failed++
			}
			for _, percent := range losses {
				left := c.disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: seeded(c.seed, uint64(at))})
				c.survivor(t, left, c.safe(percent), where)
			}
			over = c.ops <= at
		}
	}
	t.Logf("%d failures", failed)
	if failed < 3 {
		t.Errorf("%d failures: the test has become too small", failed)
	}
}
