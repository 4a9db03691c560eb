package store

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"
)

// long makes the adversities exhaustive: go test ./runtime/store -run Crash -long
var long = flag.Bool("long", false, "run every crash and error, with several seeds")

// script drives a store through commits, checkpoints, and orderly restarts, and knows what it was promised.
type script struct {
	opts  Options
	seed  uint64
	steps int

	*model
	acked     atomic.Uint64 // groups that Commit returned for
	committed atomic.Uint64 // groups that Commit was called for
}

// run goes on until an error. It leaves the store open.
func (c *script) run() (s *Store, err error) {
	if c.model == nil {
		c.model = newModel()
	}
	rng := rand.New(rand.NewPCG(c.seed, 1))
	if s, err = Open("app", c.opts); err != nil {
		return nil, err
	}
	c.model.cut(s.Written().Seq)
	var b Batch
	for range c.steps {
		switch rng.IntN(12) {
		case 0:
			err = s.Checkpoint()
		case 1:
			if err = s.Close(); err == nil {
				s, err = Open("app", c.opts)
			}
		default:
			changes := randomGroup(rng)
			fillBatch(&b, changes)
			c.apply(changes)
			c.committed.Store(c.groups())
			if _, err = s.Commit(&b); err == nil {
				c.acked.Store(c.groups())
			}
		}
		if err != nil {
			return s, err
		}
	}
	return s, nil
}

// survivor opens what a crash left and compares it with what the script was promised.
func (c *script) survivor(t *testing.T, disk vfs.FS, atLeast uint64, where string) uint64 {
	t.Helper()
	opts := c.opts
	opts.FS = disk
	s, err := Open("app", opts)
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	if err := c.compare(s, atLeast); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	groups := s.Written().Seq
	if err := s.Close(); err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return groups
}

// loss is how much of what was not synced survives a power cut, in percent of its blocks. All of it is a crash of
// the process alone.
var losses = []int{0, 50, 100}

// still is a disk as a crash left it.
type still struct {
	disk    *vfs.MemFS
	where   string
	atLeast uint64
}

// TestCrashAtEveryOperation stops the world before every single disk operation of a run that does everything a store
// does, loses what was not synced, or half of it, or nothing, and opens what is left.
func TestCrashAtEveryOperation(t *testing.T) {
	for _, durability := range []Durability{Sync, Async} {
		for seed := range seeds(3) {
			t.Run(fmt.Sprintf("durability=%d/seed=%d", durability, seed), func(t *testing.T) {
				crashEverywhere(t, durability, seed)
			})
		}
	}
}

func seeds(n uint64) uint64 {
	if *long {
		return n
	}
	return 1
}

func crashEverywhere(t *testing.T, durability Durability, seed uint64) {
	disk := vfs.NewCrashableMem()
	c := &script{seed: seed, steps: 60}
	if *long {
		c.steps = 200
	}
	rng := rand.New(rand.NewPCG(seed, 2))
	var stills []still
	p := newProcess(disk, func(n int, op errorfs.Op) error {
		for _, percent := range losses {
			atLeast := c.acked.Load()
			if durability == Async && percent < 100 {
				atLeast = 0
			}
			stills = append(stills, still{disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: rng}),
				fmt.Sprintf("before operation %d (%v), %d%% of the unsynced kept", n, op, percent), atLeast})
		}
		return nil
	})
	c.opts = testOptions(p, durability)
	s, err := c.run()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, still := range stills {
		c.survivor(t, still.disk, still.atLeast, still.where)
	}
	t.Logf("%d groups, %d operations, %d crashes", c.groups(), p.ops, len(stills))
}
