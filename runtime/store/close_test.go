package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// TestClosingGivesUp closes a store in the middle of a checkpoint, which hardly writes anything any more, and opens it in the middle of
// folding, given up: all is there when it is opened again.
func TestClosingGivesUp(t *testing.T) {
	const keys = 100_000
	var writes atomic.Int64
	began, release := make(chan struct{}), make(chan struct{})
	opts := testOptions(errorfs.Wrap(vfs.NewMem(), errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpFileWrite && strings.HasSuffix(op.Path, "data.sst") && writes.Add(1) == 2 {
			close(began)
			<-release
		}
		return nil
	})), Async)
	var yields atomic.Int64
	opts.Pace = func(float64) func(float64) {
		return func(float64) {
			if writes.Load() >= 2 {
				yields.Add(1)
			}
		}
	}
	opts.SegmentBytes, opts.CheckpointBytes, opts.OverlayBytes, opts.foldBytes = 1<<20, -1, -1, 0
	s := mustOpen(t, opts)
	var b Batch
	for i := range uint64(keys) {
		b.Put(binary.BigEndian.AppendUint64([]byte{'k'}, i*0x9e3779b97f4a7c15), binary.BigEndian.AppendUint64(nil, i*0xbf58476d1ce4e5b9))
	}
	if _, err := s.Commit(&b); err != nil {
		t.Fatal(err)
	}
	checkpointed, closed := make(chan error), make(chan error)
	s.tasks.Go(func() { go func(err error) { checkpointed <- err }(s.Checkpoint()) })
	<-began
	go func() { closed <- s.Close() }()
	for !s.closed.Load() {
	}
	close(release)
	if err := <-checkpointed; !fault.Is(err, fault.Closed) {
		t.Errorf("the checkpoint: %v", err)
	}
	if err := <-closed; err != nil {
		t.Fatal(err)
	}
	if n := writes.Load(); n > 3 {
		t.Errorf("%d writes, where it was closed in the second", n)
	}
	if n := yields.Load(); n > 20 {
		t.Errorf("it came by %d yields before it was given up", n)
	}
	openingGivesUp(t, opts, &writes, keys)
}

// openingGivesUp opens a store that has to fold before it is open, which is given up behind the second write of the table, and opens it again.
func openingGivesUp(t *testing.T, opts Options, writes *atomic.Int64, keys int) {
	t.Helper()
	before, enough := writes.Load(), errors.New("enough")
	opts.Recovering = func(int64, int64) error {
		if writes.Load() > before+2 {
			return enough
		}
		return nil
	}
	if _, err := Open("app", opts); !errors.Is(err, enough) {
		t.Errorf("opened: %v", err)
	}
	if n := writes.Load(); n > before+4 {
		t.Errorf("%d writes, where opening was given up behind the second", n-before)
	}
	opts.Recovering = nil
	s, n := mustOpen(t, opts), 0
	if err := s.Scan(nil, nil, func(_, _ []byte) error { n++; return nil }); err != nil || n != keys {
		t.Errorf("%d keys of %d, %v", n, keys, err)
	}
	if all := writes.Load() - before; all < 20 {
		t.Errorf("a table takes no more than %d writes: the test has become too small", all)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestNothingIsLeft closes a store that has no group: it is gone, with the directories that were made for it and no others.
func TestNothingIsLeft(t *testing.T) {
	for _, fsys := range []vfs.FS{vfs.Default, vfs.NewMem()} {
		base := "."
		if fsys == vfs.Default {
			base = t.TempDir()
		}
		opts := testOptions(fsys, Sync)
		above := fsys.PathJoin(base, "above")
		dir := fsys.PathJoin(above, "app")
		open := func(commit bool) {
			t.Helper()
			s, err := Open(dir, opts)
			if err != nil {
				t.Fatal(err)
			}
			if commit {
				mustCommit(t, s)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		open(false)
		if _, err := fsys.Stat(above); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is left: %v", above, err)
		}
		if err := fsys.MkdirAll(above, 0o755); err != nil {
			t.Fatal(err)
		}
		open(false)
		if left, err := fsys.List(above); err != nil || len(left) > 0 {
			t.Errorf("of a directory that was there, is left: %v, %v", left, err)
		}
		open(true)
		open(false)
		if report, err := Check(fsys, dir); err != nil || report.Durable.Seq != 1 {
			t.Errorf("a store with a group: %+v, %v", report, err)
		}
	}
}

// TestNothingIsLeftInParts has each disk operation of opening and closing a store without a group be the last, or fail: what is left can be
// opened by all, and keeps what it is given.
func TestNothingIsLeftInParts(t *testing.T) {
	step := 1
	if underRace {
		step = 4
	}
	for _, dies := range []bool{false, true} {
		for at, over := 0, false; !over; at += step {
			over = true
			disk := vfs.NewCrashableMem()
			p := newProcess(disk, func(n int, _ errorfs.Op) error {
				switch {
				case n != at:
					return nil
				case dies:
					over = false
					return errDead
				}
				over = false
				return syscall.EIO
			})
			if s, err := Open("above/app", testOptions(p, Sync)); err == nil {
				_ = s.Close()
			}
			for i, percent := range losses {
				if i != at%len(losses) && !*long {
					continue
				}
				left := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: seeded(2, uint64(at))})
				opensAgain(t, left, fmt.Sprintf("operation %d, dies %v, %d%% of the unsynced kept", at, dies, percent))
			}
			if at > 1000 {
				t.Fatal("it does not end")
			}
		}
	}
}

func opensAgain(t *testing.T, disk vfs.FS, where string) {
	t.Helper()
	opts := testOptions(disk, Sync)
	opts.ReadOnly = true
	if s, err := Open("above/app", opts); err == nil {
		err = s.Close()
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
	} else if !strings.Contains(err.Error(), "start the app again") {
		t.Fatalf("%s: looking: %v", where, err)
	}
	opts.ReadOnly = false
	for groups := range uint64(2) {
		s, err := Open("above/app", opts)
		if err != nil || s.Written().Seq != groups {
			t.Fatalf("%s: opening with %d groups: %v", where, groups, err)
		}
		var b Batch
		b.Put([]byte("key"), []byte("value"))
		if _, err = s.Commit(&b); err == nil {
			err = s.Close()
		}
		if err != nil {
			t.Fatalf("%s: %v", where, err)
		}
	}
}

// TestDirectoryThatGoes opens a store whose directory is removed, by an app that leaves nothing behind, between being made and being locked.
func TestDirectoryThatGoes(t *testing.T) {
	var mem vfs.FS = vfs.NewMem()
	gone := 0
	opts := testOptions(errorfs.Wrap(mem, errorfs.InjectorFunc(func(op errorfs.Op) error {
		if op.Kind == errorfs.OpLock && gone < 3 {
			gone++
			if err := mem.Remove("above/app"); err != nil {
				t.Error(err)
			}
			return mem.Remove("above")
		}
		return nil
	})), Sync)
	s, err := Open("above/app", opts)
	if err != nil || gone != 3 {
		t.Fatal(gone, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := mem.Stat("above"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directories that it made at last are left: %v", err)
	}
}

// driveless is a file system without the drive that paths begin with.
type driveless struct{ vfs.FS }

func (driveless) Stat(string) (vfs.FileInfo, error)  { return nil, fs.ErrNotExist }
func (driveless) MkdirAll(string, fs.FileMode) error { return fs.ErrNotExist }

func TestDriveThatIsNotThere(t *testing.T) {
	if _, err := Open("/above/app", testOptions(driveless{vfs.NewMem()}, Sync)); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestForeignDirectories: what has no identity and is called like a part of a store is somebody else's.
func TestForeignDirectories(t *testing.T) {
	for _, name := range []string{"log", "state", "staging"} {
		mem := vfs.NewMem()
		dir := mem.PathJoin("home", name)
		if err := mem.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if _, err := Open("home", testOptions(mem, Sync)); !fault.Is(err, fault.Missing) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := mem.Stat(dir); err != nil {
			t.Error(err)
		}
	}
}
