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

// TestInUse names the one who has the store open, on a disk and in memory, and leaves that one alone.
func TestInUse(t *testing.T) {
	for _, fsys := range []vfs.FS{vfs.Default, vfs.NewMem()} {
		dir := "app"
		if fsys == vfs.Default {
			dir = t.TempDir()
		}
		opts := testOptions(fsys, Sync)
		opts.Owner = "process 4711"
		s, err := Open(dir, opts)
		if err != nil {
			t.Fatal(err)
		}
		opts.Owner = "process 4712"
		for range 2 {
			if _, err := Open(dir, opts); !fault.Is(err, fault.InUse) || !strings.Contains(err.Error(), "process 4711") {
				t.Error(err)
			}
			if _, err := Check(fsys, dir); !fault.Is(err, fault.InUse) {
				t.Error(err)
			}
			if err := Remove(fsys, dir); !fault.Is(err, fault.InUse) {
				t.Error(err)
			}
		}
		var b Batch
		b.Put([]byte("key"), []byte("value"))
		if _, err := s.Commit(&b); err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := s.Close(); !fault.Is(err, fault.Closed) {
			t.Error(err)
		}
		if _, err := s.Commit(&b); !fault.Is(err, fault.Closed) {
			t.Error(err)
		}
		if s, err = Open(dir, opts); err != nil {
			t.Error(err)
		} else if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestRemoveNothing removes what a start that failed has left, which is a directory at most, and nothing that is no store's.
func TestRemoveNothing(t *testing.T) {
	disk := vfs.NewMem()
	for range 2 { // no directory, then one with a lock
		if err := Remove(disk, "app"); err != nil {
			t.Error(err)
		}
		if err := disk.MkdirAll("app", 0o777); err != nil {
			t.Error(err)
		}
	}
	if _, err := disk.Create("app/thesis.txt", vfs.WriteCategoryUnspecified); err != nil {
		t.Fatal(err)
	}
	if err := Remove(disk, "app"); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if _, err := disk.Stat("app/thesis.txt"); err != nil {
		t.Error(err)
	}
}

// TestDenied says so where the file system refuses.
func TestDenied(t *testing.T) {
	for _, refusal := range []error{syscall.EACCES, syscall.EROFS, syscall.EPERM} {
		p := newProcess(vfs.NewCrashableMem(), func(int, errorfs.Op) error { return refusal })
		_, err := Open("app", testOptions(p, Sync))
		if !fault.Is(err, fault.Denied) || !errors.Is(err, refusal) {
			t.Error(err)
		}
	}
}

// TestInvalid refuses what has no meaning, and goes on.
func TestInvalid(t *testing.T) {
	opts := testOptions(vfs.NewMem(), Sync)
	nameless, poor := opts, opts
	nameless.App, poor.Random = "", nil
	for _, opts := range []Options{nameless, poor} {
		if _, err := Open("app", opts); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
	}
	s := mustOpen(t, opts)
	var b Batch
	b.Put(nil, []byte("value"))
	if _, err := s.Commit(&b); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	b.Reset()
	if at, err := s.Commit(&b); err != nil || at.Seq != 0 {
		t.Error("an empty group:", at, err)
	}
	b.Put([]byte("key"), nil)
	if at, err := s.Commit(&b); err != nil || at.Seq != 1 {
		t.Error(at, err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// TestRemove removes a store and crashes before every operation: what is opened next is the old store, whole, or a new
// one.
func TestRemove(t *testing.T) {
	whole := vfs.NewCrashableMem()
	s, m := written(t, testOptions(newProcess(whole, nil), Sync), 30)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	old, fresh := 0, 0
	for at := 0; ; at++ {
		disk := synced(whole)
		p := newProcess(disk, func(n int, _ errorfs.Op) error {
			if n == at {
				return errDead
			}
			return nil
		})
		removed := Remove(p, "app")
		for _, percent := range losses {
			left := disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: percent, RNG: seeded(1, uint64(at))})
			s, err := Open("app", testOptions(left, Sync))
			if err != nil {
				t.Fatalf("crash at operation %d: %v", at, err)
			}
			switch groups := s.Written().Seq; groups {
			case 0:
				fresh++
				err = newModel().compare(s, 0)
			default:
				old++
				err = m.compare(s, m.groups())
			}
			if err != nil || removed == nil && s.Written().Seq > 0 {
				t.Fatalf("crash at operation %d: removal %v: %d groups, %v", at, removed, s.Written().Seq, err)
			}
			bury(s)
		}
		if removed == nil {
			break
		}
	}
	if old == 0 || fresh == 0 {
		t.Error(old, fresh)
	}
	if err := Remove(whole, "elsewhere"); err != nil {
		t.Error("what is not there need not be removed:", err)
	}
	if err := whole.MkdirAll("home/log", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Remove(whole, "home"); !fault.Is(err, fault.Invalid) {
		t.Error("a directory that is no store:", err)
	}
}

// TestCheck finds a flipped bit in what opening would not read again, and in the state.
func TestCheck(t *testing.T) {
	disk := vfs.NewCrashableMem()
	opts := testOptions(newProcess(disk, nil), Sync)
	opts.CheckpointBytes = -1
	s, m := written(t, opts, 30)
	if err := s.Checkpoint(); err != nil {
		t.Fatal(err)
	}
	writeGroups(t, s, m, 3)
	report, err := Check(synced(disk), "app")
	if err != nil || report.Durable.Seq != 33 || report.Checkpointed.Seq != 30 || report.Behind != 3 || report.Clean || report.Cut == "" {
		t.Fatalf("%+v %v", report, err)
	}
	var files []string
	for _, dir := range []string{"app/state/", "app/log/"} {
		names, err := disk.List(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, ".sst") || dir == "app/log/" && strings.HasSuffix(name, "1.log") {
				files = append(files, dir+name)
			}
		}
	}
	for _, path := range files {
		left := synced(disk)
		data := read(t, left, path)
		write(t, left, path, 70, []byte{data[70] ^ 4})
		if _, err := Check(left, "app"); !fault.Is(err, fault.Damaged) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestFormerFormat goes on with a store of which each opening begins a segment of the log: it stays one that older versions read.
func TestFormerFormat(t *testing.T) {
	disk := vfs.NewMem()
	opts := testOptions(disk, Sync)
	for format, segments := range map[int]uint64{oldestFormat: 5, Format: 1} {
		opts.App = fmt.Sprint("format", format)
		s, err := Open(opts.App, opts)
		if err != nil {
			t.Fatal(err)
		}
		m := newModel()
		writeGroups(t, s, m, 2)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		path := opts.App + "/store.json"
		identity := strings.Replace(string(read(t, disk, path)), fmt.Sprintf(`"format": %d`, Format), fmt.Sprintf(`"format": %d`, format), 1)
		if err := overwrite(disk, path, identity); err != nil {
			t.Fatal(err)
		}
		for range 4 {
			if s, err = Open(opts.App, opts); err != nil {
				t.Fatal(err)
			}
			if err := m.compare(s, m.groups()); err != nil {
				t.Fatal(err)
			}
			writeGroups(t, s, m, 2)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if last := s.log.Written(); last.Segment != segments || last.Epoch != 5 || string(read(t, disk, path)) != identity {
			t.Errorf("format %d: %+v, %s", format, last, read(t, disk, path))
		}
	}
}
