package store

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// TestErrorAtEveryOperation makes one disk operation after the other fail, once, in a run that does everything a store
// does. Either the run goes on as if nothing had happened, or it ends with an Error; in both cases the disk has all
// that was acknowledged, for the next process, and after a power cut.
func TestErrorAtEveryOperation(t *testing.T) {
	eachWay(t, func(t *testing.T, c *script) {
		if !*long {
			c.plan = "ccckcrcc" // short, but whole: each operation of it fails once
		}
		step, failed, n := 1, 0, 0
		if underRace {
			step = 11
		}
		for ; ; n += step {
			once := &script{opts: c.opts, seed: c.seed, steps: c.steps, plan: c.plan, model: newModel()}
			surfaced, over := once.errorAt(t, n)
			if surfaced {
				failed++
			}
			if over {
				break
			}
		}
		t.Logf("%d operations, %d made the run fail", n, failed)
	})
}

func (c *script) errorAt(t *testing.T, at int) (surfaced, over bool) {
	disk := vfs.NewCrashableMem()
	var what errorfs.Op
	p := newProcess(disk, func(n int, op errorfs.Op) error {
		if n == at {
			what = op
			return syscall.EIO
		}
		return nil
	})
	p.reads = true
	c.opts.FS = p
	s, err := c.run()
	if err == nil {
		err = s.Close()
	}
	p.kill()
	p.mu.Lock()
	where := fmt.Sprintf("error at operation %d (%v)", at, what)
	over = p.ops <= at
	p.mu.Unlock()
	var typed *Error
	if err != nil && (!errors.As(err, &typed) || typed.Path == "") {
		t.Fatalf("%s: not an Error with a place: %v", where, err)
	}
	for _, percent := range losses {
		left := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: seeded(c.seed, uint64(at))})
		c.survivor(t, left, c.safe(percent), where)
	}
	return err != nil, over
}

// TestFullDisk lets the disk fill up in the middle of a run: nothing can be written any more. The run ends with an
// Error that says so, every later commit says the same, and with room again everything is there.
func TestFullDisk(t *testing.T) {
	for at := 60; at < 400; at += 17 {
		disk := vfs.NewCrashableMem()
		p := newProcess(disk, func(n int, op errorfs.Op) error {
			switch op.Kind {
			case errorfs.OpFileWrite, errorfs.OpFileWriteAt, errorfs.OpCreate, errorfs.OpMkdirAll, errorfs.OpLink:
				if n >= at {
					return syscall.ENOSPC
				}
			}
			return nil
		})
		c := &script{seed: 7, steps: 100, model: newModel(), opts: testOptions(p, Sync)}
		_, err := c.run()
		if !fault.Is(err, fault.Full) {
			t.Fatalf("full at operation %d: %v", at, err)
		}
		c.survivor(t, disk, c.safe(100), fmt.Sprintf("full at operation %d", at))
	}
}

// TestPoison looks at a store after a failed sync: it does nothing more, says why each time, and never tries again.
func TestPoison(t *testing.T) {
	for _, kind := range []errorfs.OpKind{errorfs.OpFileWriteAt, errorfs.OpFileSyncData} {
		disk := vfs.NewCrashableMem()
		var armed bool
		tries := 0
		p := newProcess(disk, func(_ int, op errorfs.Op) error {
			if !armed || op.Kind != kind || !strings.Contains(op.Path, "app/log") {
				return nil
			}
			if tries++; tries == 1 {
				return syscall.EIO
			}
			return nil
		})
		s := mustOpen(t, testOptions(p, Sync))
		m := newModel()
		var b Batch
		commit := func() error {
			changes := []change{{'p', fmt.Sprint("key", m.groups()), "value"}}
			fillBatch(&b, changes)
			m.apply(changes)
			_, err := s.Commit(&b)
			return err
		}
		if err := commit(); err != nil {
			t.Fatal(err)
		}
		p.mu.Lock()
		armed = true
		p.mu.Unlock()
		first := commit()
		if !errors.Is(first, syscall.EIO) {
			t.Fatalf("%v: %v", kind, first)
		}
		for range 3 {
			if err := commit(); err != first {
				t.Fatalf("%v: after %v: %v", kind, first, err)
			}
		}
		if err := s.Close(); err != first {
			t.Fatalf("%v: %v", kind, err)
		}
		if tries != 1 {
			t.Errorf("%v: tried %d times", kind, tries)
		}
		opts := testOptions(disk, Sync)
		again := mustOpen(t, opts)
		if err := m.compare(again, 1); err != nil || again.Written().Seq > 2 {
			t.Fatalf("%v: %v", kind, err)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestRefusedAtEveryOperation has each disk operation fail, or the power, while a store of another version's format is refused: it is as
// good as it was, for the version that made it.
func TestRefusedAtEveryOperation(t *testing.T) {
	for format, kind := range map[int]fault.Kind{oldestFormat - 1: fault.Older, Format + 1: fault.Newer} {
		made := newProcess(vfs.NewCrashableMem(), nil)
		c := &script{seed: 5, model: newModel(), plan: "cckccrccc", opts: testOptions(made, Sync)}
		if _, err := c.run(); err != nil {
			t.Fatal(err)
		}
		made.kill()
		identity := read(t, made.disk, "app/store.json")
		other := strings.Replace(string(identity), fmt.Sprint(Format), fmt.Sprint(format), 1)
		for at, over := 0, false; !over; at++ {
			disk := made.disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: seeded(4, 4)})
			if err := overwrite(disk, "app/store.json", other); err != nil {
				t.Fatal(err)
			}
			var stills []still
			p := newProcess(disk, func(n int, op errorfs.Op) error {
				if n != at {
					return nil
				}
				_ = c.stills(disk, seeded(5, uint64(at)), &stills)(0, op)
				return syscall.EIO
			})
			p.reads = true
			c.opts.FS = p
			_, err := Open("app", c.opts)
			if over = p.ops <= at; err == nil || over && !fault.Is(err, kind) {
				t.Errorf("error at operation %d: %v", at, err)
			}
			_ = c.stills(disk, seeded(6, uint64(at)), &stills)(0, errorfs.Op{})
			for _, still := range stills {
				if err := overwrite(still.disk, "app/store.json", string(identity)); err != nil {
					t.Fatal(err)
				}
				c.survivor(t, still.disk, still.atLeast, fmt.Sprintf("format %d, %s", format, still.where))
			}
		}
	}
}
