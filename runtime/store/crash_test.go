package store

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

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
	plan  string // the steps: c commits, k makes a checkpoint, r opens again; random if empty

	*model
	written atomic.Uint64 // groups that a crash of the process must not take
	durable atomic.Uint64 // groups that a power cut must not take either
}

// safe is what is promised to survive a loss of all but some percent of what was not synced.
func (c *script) safe(percent int) uint64 {
	if percent == 100 {
		return c.written.Load()
	}
	return c.durable.Load()
}

// released says that the model's groups were acknowledged.
func (c *script) released(durably bool) {
	c.written.Store(c.groups())
	if durably || c.opts.Durability == Sync {
		c.durable.Store(c.groups())
	}
}

// runToTheEnd has no error, and closes the store.
func (c *script) runToTheEnd(t *testing.T) {
	s, err := c.run()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// run goes on until an error. It gives the store, open, if there was none.
func (c *script) run() (s *Store, err error) {
	rng := rand.New(rand.NewPCG(c.seed, 1))
	if s, err = Open("app", c.opts); err != nil {
		return nil, err
	}
	c.model.cut(s.Written().Seq)
	c.released(true)
	var b Batch
	plan := c.plan
	for c.plan == "" && len(plan) < c.steps {
		plan += string("krcccccccccc"[rng.IntN(12)])
	}
	for _, step := range plan {
		switch step {
		case 'k':
			if err = s.Checkpoint(); err == nil {
				c.released(true)
			}
		case 'r':
			if err = s.Close(); err == nil {
				c.released(true)
				s, err = Open("app", c.opts)
			}
		default:
			changes := randomGroup(rng)
			fillBatch(&b, changes)
			c.apply(changes)
			if _, err = s.Commit(&b); err == nil {
				c.released(false)
			}
		}
		if err != nil {
			bury(s)
			return nil, err
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

// losses are how much of what was not synced survives, in percent of its blocks. All of it is a crash of the process
// alone.
var losses = []int{0, 50, 100}

// still is a disk as a crash left it.
type still struct {
	disk    *vfs.MemFS
	where   string
	atLeast uint64
}

// stills collects a still before every operation that writes, for every loss.
func (c *script) stills(disk *vfs.MemFS, rng *rand.Rand, into *[]still) func(int, errorfs.Op) error {
	return func(n int, op errorfs.Op) error {
		if underRace && n%8 != 0 {
			return nil
		}
		for _, percent := range losses {
			promised := c.safe(percent) // before the clone: other goroutines go on meanwhile
			*into = append(*into, still{disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: rng}),
				fmt.Sprintf("before operation %d (%v), %d%% of the unsynced kept", n, op, percent), promised})
		}
		return nil
	}
}

// eachWay runs a test for stores of each durability, with and without background tasks.
func eachWay(t *testing.T, test func(*testing.T, *script)) {
	seeds := uint64(1)
	if *long {
		seeds = 3
	}
	for seed := range seeds {
		for _, durability := range []Durability{Sync, Async} {
			for _, background := range []bool{false, true} {
				t.Run(fmt.Sprintf("durability=%d/background=%v/seed=%d", durability, background, seed), func(t *testing.T) {
					c := &script{seed: seed, steps: 30, model: newModel(), opts: testOptions(nil, durability)}
					if *long {
						c.steps = 100
					}
					if background {
						c.opts.Go = inBackground
					}
					test(t, c)
				})
			}
		}
	}
}

// TestCrashAtEveryOperation stops the world before every single disk operation of a run that does everything a store
// does, loses what was not synced, or half of it, or nothing, and opens what is left.
func TestCrashAtEveryOperation(t *testing.T) {
	eachWay(t, func(t *testing.T, c *script) {
		disk := vfs.NewCrashableMem()
		var stills []still
		p := newProcess(disk, c.stills(disk, seeded(c.seed, 2), &stills))
		c.opts.FS = p
		c.runToTheEnd(t)
		for _, still := range stills {
			c.survivor(t, still.disk, still.atLeast, still.where)
		}
		t.Logf("%d groups, %d operations, %d crashes", c.groups(), p.ops, len(stills))
	})
}

// TestCrashTwice lets a process die at some operation, with the page cache kept or lost, and then stops the one that
// comes after it before every operation of its own: of recovery, and of what it commits then. A process that crashed
// may have left what was never synced; the next one reads it, builds on it, and must not lose it to a power cut.
func TestCrashTwice(t *testing.T) {
	eachWay(t, func(t *testing.T, c *script) {
		step, crashes := 149, 0
		if underRace {
			step = 307
		}
		if *long {
			step = 31
		}
		for at := int(c.seed); ; at += step {
			first := &script{opts: c.opts, seed: c.seed, steps: c.steps, model: newModel()}
			n, over := first.crashTwice(t, at)
			crashes += n
			if over {
				break
			}
		}
		t.Logf("%d crashes", crashes)
	})
}

func (c *script) crashTwice(t *testing.T, at int) (crashes int, over bool) {
	disk := vfs.NewCrashableMem()
	rng := seeded(c.seed, uint64(at))
	p := newProcess(disk, func(n int, _ errorfs.Op) error {
		if n == at {
			return errDead
		}
		return nil
	})
	c.opts.FS = p
	s, _ := c.run()
	p.kill()
	bury(s)
	percent := losses[at%len(losses)]
	if percent < 100 {
		disk = disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: rng})
	}

	second := &script{opts: c.opts, seed: c.seed + 1000, steps: 5, model: c.model}
	second.durable.Store(c.durable.Load())
	second.written.Store(c.safe(percent))
	var stills []still
	second.opts.FS = newProcess(disk, second.stills(disk, rng, &stills))
	if s, err := second.run(); err != nil {
		t.Fatalf("first crash at %d: %v", at, err)
	} else if err := s.Close(); err != nil {
		t.Fatalf("first crash at %d: %v", at, err)
	}
	for _, still := range stills {
		second.survivor(t, still.disk, still.atLeast, fmt.Sprintf("first crash at %d, second %s", at, still.where))
	}
	return len(stills), p.ops <= at
}

// TestUnsyncedTail lets a process die that left groups in the page cache only, and cuts the power before every
// operation of the next one, which reads them. What it builds on them must not outlive them.
func TestUnsyncedTail(t *testing.T) {
	disk := vfs.NewCrashableMem()
	p := newProcess(disk, nil)
	opts := testOptions(p, Async)
	opts.CheckpointBytes = -1
	_, m := written(t, opts, 5)
	p.kill()

	next := &script{opts: opts, model: m}
	var stills []still
	next.opts.FS = newProcess(disk, next.stills(disk, seeded(1, 2), &stills))
	if _, err := next.run(); err != nil || next.groups() != 5 {
		t.Fatal(err, next.groups())
	}
	for _, still := range stills {
		next.survivor(t, still.disk, still.atLeast, still.where)
	}
}

// TestKilledAgainAndAgain has one process after the other die before the same operation of its opening, which folds much, is to read
// much, or little. However often that happens, the store takes no more room on the disk, but for the notes of some kilobytes that
// Pebble makes of its options; what these take is given back by the first process that gets on.
func TestKilledAgainAndAgain(t *testing.T) {
	const rounds = 30
	step := 5
	if underRace {
		step = 23
	}
	for _, c := range []struct {
		groups  int
		overlay int64
	}{{60, -1}, {60, 1 << 20}, {1, 1 << 20}} {
		opts := testOptions(nil, Sync)
		opts.OverlayBytes = c.overlay
		for at, over := 0, false; !over; at += step {
			disk := vfs.NewCrashableMem()
			p := newProcess(disk, nil)
			opts.FS, opts.CheckpointBytes = p, -1
			_, m := written(t, opts, c.groups)
			p.kill()
			opts.CheckpointBytes = 12 << 10
			var before int64
			for round := range rounds {
				p := newProcess(disk, func(n int, _ errorfs.Op) error {
					if n == at {
						return errDead
					}
					return nil
				})
				p.removal = 200 * time.Microsecond // enough for others to be faster, if they do not wait
				opts.FS = p
				s, _ := Open("app", opts)
				p.kill()
				bury(s)
				over = p.ops <= at
				if round == 3 {
					before = roomTaken(t, disk, "app", "OPTIONS-")
				}
			}
			if after := roomTaken(t, disk, "app", "OPTIONS-"); after > before+4*opts.SegmentBytes {
				t.Errorf("%+v, killed before operation %d: %d bytes after 4 runs, %d after %d", c, at, before, after, rounds)
			}
			last := &script{opts: opts, model: m}
			last.survivor(t, disk, m.groups(), fmt.Sprintf("killed before operation %d", at))
			if after := roomTaken(t, disk, "app", "nothing"); after > before+4*opts.SegmentBytes {
				t.Errorf("%+v, killed before operation %d: %d bytes after 4 runs, %d after one that ended", c, at, before, after)
			}
		}
	}
}

// roomTaken is how many bytes there are in a directory and those in it, without the files of that prefix.
func roomTaken(t *testing.T, disk *vfs.MemFS, dir, without string) (bytes int64) {
	t.Helper()
	names, err := disk.List(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		path := disk.PathJoin(dir, name)
		info, err := disk.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			bytes += roomTaken(t, disk, path, without)
		} else if !strings.HasPrefix(name, without) {
			bytes += info.Size()
		}
	}
	return bytes
}
