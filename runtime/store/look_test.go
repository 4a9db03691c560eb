package store

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// TestLooking looks into stores as crashes leave them, where nothing can be written: everything is there that another opening
// finds, which can be had afterwards.
func TestLooking(t *testing.T) {
	eachWay(t, func(t *testing.T, c *script) {
		var left []still
		disk, rng := vfs.NewCrashableMem(), seeded(c.seed, 5)
		collect := c.stills(disk, rng, &left)
		p := newProcess(disk, func(n int, op errorfs.Op) error {
			if n%7 == 0 {
				return collect(n, op)
			}
			return nil
		})
		c.opts.FS = p
		c.runToTheEnd(t)
		left = append(left, still{disk, "closed in order", c.groups()})
		empty := 0
		for _, l := range left {
			if c.lookedInto(t, l) == 0 {
				empty++
			}
		}
		if empty == len(left) {
			t.Fatal("there was nothing in any store")
		}
	})
}

// lookedInto looks into a store and opens it then. It gives the number of groups that were there.
func (c *script) lookedInto(t *testing.T, l still) uint64 {
	t.Helper()
	opts := c.opts
	opts.ReadOnly = true
	opts.FS = errorfs.Wrap(l.disk, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind.ReadOrWrite() == errorfs.OpIsWrite && op.Kind != errorfs.OpFileClose {
			return syscall.EROFS
		}
		return nil
	}))
	s, err := Open("app", opts)
	if fault.Is(err, fault.Missing) && l.atLeast == 0 { // a crash came before there was a store
		return 0
	}
	if err != nil {
		t.Fatalf("%s: %v", l.where, err)
	}
	if err := c.compare(s, l.atLeast); err != nil {
		t.Fatalf("%s: %v", l.where, err)
	}
	groups := s.Written().Seq
	var b Batch
	b.Put([]byte("key"), []byte("value"))
	if _, err := s.Commit(&b); !fault.Is(err, fault.Invalid) {
		t.Fatalf("%s: a commit: %v", l.where, err)
	}
	if err := s.Close(); err != nil {
		t.Fatalf("%s: %v", l.where, err)
	}
	if after := c.survivor(t, l.disk, l.atLeast, l.where); after != groups {
		t.Fatalf("%s: %d groups were seen, and %d were there", l.where, groups, after)
	}
	return groups
}

// TestLookingAtRests looks into what is left of stores of which a part is gone, or has not come yet, and is told what starting the
// app makes of it; the last of these is a removal that a crash cut short.
func TestLookingAtRests(t *testing.T) {
	disk := vfs.NewMem()
	opts := testOptions(disk, Sync)
	s := mustOpen(t, opts)
	mustCommit(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	opts.ReadOnly = true
	for _, c := range []struct {
		lose func() error
		want string
	}{
		{func() error { return disk.RemoveAll("app/state") }, "the log has groups, and there is no state"},
		{func() error { return disk.RemoveAll("app/log") }, "it was never opened to its end"},
		{func() error { return disk.Rename("app/store.json", "app/removing.json") }, "its removal was cut short"},
		{func() error { return disk.Remove("app/removing.json") }, "no run has left a store"},
		{func() error { return disk.RemoveAll("app") }, "no run has left a store"},
	} {
		if err := c.lose(); err != nil {
			t.Fatal(err)
		}
		if _, err := Open("app", opts); !fault.Is(err, fault.Missing) || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "start the app again") {
			t.Errorf("%v, and not: %s", err, c.want)
		}
	}
	opts.ReadOnly = false
	if s := mustOpen(t, opts); s.Written().Seq != 0 {
		t.Errorf("a store that was removed has %d groups", s.Written().Seq)
	}
}

// TestLookingAtWhatRuns refuses to look into a store that is open, and to open one that is looked into.
func TestLookingAtWhatRuns(t *testing.T) {
	opts := testOptions(vfs.NewMem(), Sync)
	opts.Owner = "process 1"
	reading := opts
	reading.ReadOnly = true
	if _, err := Open("app", reading); !fault.Is(err, fault.Missing) {
		t.Fatalf("there is no store: %v", err)
	}
	s := mustOpen(t, opts)
	if _, err := Open("app", reading); !fault.Is(err, fault.InUse) {
		t.Fatalf("a store that is open: %v", err)
	}
	mustCommit(t, s) // one with nothing in it would not stay
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	looking := mustOpen(t, reading)
	if _, err := Open("app", opts); !fault.Is(err, fault.InUse) {
		t.Fatalf("a store that is looked into: %v", err)
	}
	if err := looking.Close(); err != nil {
		t.Fatal(err)
	}
	reading.App = "other"
	if _, err := Open("app", reading); !fault.Is(err, fault.OtherApp) {
		t.Fatalf("a store of another app: %v", err)
	}
	if s = mustOpen(t, opts); s.Written().Epoch != 2 {
		t.Fatal(fmt.Sprint("looking has begun an epoch: ", s.Written()))
	}
}
