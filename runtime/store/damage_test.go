package store

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// written is a store that is not closed, whose log holds some groups, and the model of it.
func written(t testing.TB, opts Options, groups int) (*Store, *model) {
	t.Helper()
	s, m := mustOpen(t, opts), newModel()
	writeGroups(t, s, m, groups)
	return s, m
}

func writeGroups(t testing.TB, s *Store, m *model, groups int) {
	t.Helper()
	var b Batch
	for i := range groups {
		changes := []change{{'p', fmt.Sprint("key", i), strings.Repeat("value", i%4)}, {'d', fmt.Sprint("key", i-2), ""}}
		fillBatch(&b, changes)
		m.apply(changes)
		if _, err := s.Commit(&b); err != nil {
			t.Fatal(err)
		}
	}
}

// segments are the paths of a store's log that have something in them.
func segments(t testing.TB, disk *vfs.MemFS) (paths []string) {
	t.Helper()
	names, err := disk.List("app/log")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if data := read(t, disk, "app/log/"+name); len(bytes.Trim(data, "\x00")) > 0 {
			paths = append(paths, "app/log/"+name)
		}
	}
	return paths
}

// tables are the paths of a store's state.
func tables(t testing.TB, disk *vfs.MemFS) (paths []string) {
	t.Helper()
	names, err := disk.List("app/state")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".sst") {
			paths = append(paths, "app/state/"+name)
		}
	}
	if len(paths) == 0 {
		t.Fatal("there are no tables")
	}
	return paths
}

func read(t testing.TB, disk vfs.FS, path string) []byte {
	t.Helper()
	data, err := readFile(disk, path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// write puts data at an offset of a file and syncs it.
func write(t testing.TB, disk vfs.FS, path string, offset int64, data []byte) {
	t.Helper()
	f, err := disk.OpenReadWrite(path, vfs.WriteCategoryUnspecified)
	if err == nil {
		_, err = f.WriteAt(data, offset)
	}
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

// synced is a copy of a disk, as it would be after a process crash.
func synced(disk *vfs.MemFS) *vfs.MemFS {
	return disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: seeded(1, 2)})
}

// TestEveryBitFlip changes each byte of a small log of two runs, one at a time. Opening must find all groups (the byte had no
// meaning), or fail with a damage that names the file and a place before the byte's record ends, or take the log to
// end before the last group, if the byte is in it: nothing vouches for that one. Never anything else, and a refused
// log is left as it was.
func TestEveryBitFlip(t *testing.T) {
	for _, clean := range []bool{false, true} {
		for _, groups := range []int{1, 2, 8} { // of the second run: the last one is behind the start of the epoch, of a segment, and behind others
			disk := vfs.NewCrashableMem()
			p := newProcess(disk, nil)
			opts := testOptions(p, Sync)
			opts.CheckpointBytes = -1
			opts.SegmentBytes = 512
			s, m := written(t, opts, 4)
			end := s.log.Written()
			bury(s)
			s = mustOpen(t, opts)
			if begun := s.log.Written(); begun.Segment != end.Segment || begun.Epoch != end.Epoch+1 {
				t.Fatal("an epoch that begins in the middle of a segment is wanted", end, begun)
			}
			writeGroups(t, s, m, groups-1)
			before := s.log.Written()
			writeGroups(t, s, m, 1)
			last := s.log.Written()
			lastPath, begins := fmt.Sprintf("app/log/%016x.log", last.Segment), before.Offset
			if last.Segment != before.Segment {
				begins = 56 // behind the segment's start
			}
			if clean {
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			damaged, cut := 0, 0
			paths := segments(t, disk)
			for _, path := range paths {
				data := read(t, disk, path)
				for at := range data {
					for _, flip := range flips(at) {
						left := synced(disk)
						write(t, left, path, int64(at), []byte{data[at] ^ flip})
						switch openDamaged(t, m, left, path, at) {
						case "damaged":
							damaged++
						case "cut":
							cut++
							if path != lastPath || int64(at) < begins {
								t.Fatalf("%s, byte %d: the last group, which begins at %d of %s, is lost by it", path, at, begins, lastPath)
							}
						}
					}
				}
			}
			t.Logf("clean=%v: %d segments, %d refused, %d cut", clean, len(paths), damaged, cut)
			if damaged == 0 || clean != (cut == 0) {
				t.Error("every group of a log that was closed is vouched for, and the last one of another is not")
			}
		}
	}
}

// flips are the changes to the byte at an offset: one bit, or in the long run each, and all of them.
func flips(at int) []byte {
	if *long {
		return []byte{1, 2, 4, 8, 16, 32, 64, 128, 255}
	}
	return []byte{1 << (at % 8)}
}

func openDamaged(t *testing.T, m *model, disk *vfs.MemFS, path string, at int) string {
	t.Helper()
	opts := testOptions(disk, Sync)
	opts.SegmentBytes = 512
	before := read(t, disk, path)
	s, err := Open("app", opts)
	if err != nil {
		var e *Error
		if !errors.As(err, &e) || e.Kind != fault.Damaged || e.Path == "" || e.Offset < 0 || e.Remedy == "" {
			t.Fatalf("%s, byte %d: %v", path, at, err)
		}
		if e.Path == path && e.Offset > int64(at) {
			t.Fatalf("%s, byte %d: too far: %v", path, at, err)
		}
		if !bytes.Equal(before, read(t, disk, path)) {
			t.Fatalf("%s, byte %d: refused, and changed", path, at)
		}
		return "damaged"
	}
	defer bury(s)
	atLeast := m.groups() - 1
	if err := m.compare(s, atLeast); err != nil {
		t.Fatalf("%s, byte %d: %v", path, at, err)
	}
	if s.Written().Seq < m.groups() {
		return "cut"
	}
	return "whole"
}

// TestTornRecordBeforeOldOne leaves a sound record of an earlier time behind a torn one, at just the place where the
// next record would begin. It must not be taken for the successor.
func TestTornRecordBeforeOldOne(t *testing.T) {
	disk := vfs.NewCrashableMem()
	opts := testOptions(newProcess(disk, nil), Async)
	opts.CheckpointBytes = -1
	_, m := written(t, opts, 3) // all the same size, none of them durable
	path := segments(t, disk)[0]

	// The power goes; of the three records only the first and the last had reached the disk.
	left := synced(disk)
	data := read(t, left, path)
	start := int64(56)
	size := recordSize(data[start:])
	second := start + size
	write(t, left, path, second, make([]byte, recordSize(data[second:])))
	opts.FS = left
	s := mustOpen(t, opts)
	m.cut(1)
	if err := m.compare(s, 1); err != nil {
		t.Fatal(err)
	}
	// The next run commits a group of its own, under the number that the torn one had, and dies as well.
	var b Batch
	changes := []change{{'p', "another", "run"}}
	fillBatch(&b, changes)
	m.apply(changes)
	at, err := s.Commit(&b)
	if err != nil || at.Seq != 2 || at.Epoch != 2 {
		t.Fatal(at, err)
	}
	again := synced(left)
	opts.FS = again
	s = mustOpen(t, opts)
	defer bury(s)
	if err := m.compare(s, 2); err != nil {
		t.Fatal(err)
	}
}

// TestForkedLog puts a record of one copy of a store into another that went its own way since: same store, same
// epoch, same number, same size, sound in itself. Only the chain can tell.
func TestForkedLog(t *testing.T) {
	origin := vfs.NewCrashableMem()
	s, _ := written(t, testOptions(newProcess(origin, nil), Sync), 3)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	var data [2][]byte
	var forks [2]*vfs.MemFS
	var path string
	var at int64 // where the forks part
	for i := range forks {
		forks[i] = synced(origin)
		s := mustOpen(t, testOptions(newProcess(forks[i], nil), Sync))
		at = s.log.Written().Offset
		for range 3 {
			var b Batch
			b.Put([]byte("fork"), []byte{byte('a' + i)})
			if _, err := s.Commit(&b); err != nil {
				t.Fatal(err)
			}
		}
		path = fmt.Sprintf("app/log/%016x.log", s.log.Written().Segment)
		data[i] = read(t, forks[i], path)
	}
	size := recordSize(data[0][at:])
	mixed := synced(forks[0])
	write(t, mixed, path, at, data[1][at:at+size])
	_, err := Open("app", testOptions(mixed, Sync))
	var e *Error
	if !errors.As(err, &e) || e.Kind != fault.Damaged || e.Path != path || e.Offset != at+size {
		t.Error(err)
	}
}

// recordSize is the space of the record that begins at data: its length is at byte 36 of its header of 48.
func recordSize(data []byte) int64 {
	length := int64(data[36]) | int64(data[37])<<8 | int64(data[38])<<16
	return (48 + length + 7) &^ 7
}

// ofFormat makes a store one of that format.
func ofFormat(format int) func(disk *vfs.MemFS) error {
	return func(disk *vfs.MemFS) error {
		return overwrite(disk, "app/store.json", fmt.Sprintf(`{"format": %d, "app": "test", "id": "00"}`, format))
	}
}

// TestLost looks at what is said when something is gone, or is somebody else's.
func TestLost(t *testing.T) {
	whole := vfs.NewCrashableMem()
	opts := testOptions(newProcess(whole, nil), Sync)
	opts.SegmentBytes = 512
	opts.CheckpointBytes = -1
	s, m := written(t, opts, 12)
	if err := s.Checkpoint(); err != nil {
		t.Fatal(err)
	}
	writeGroups(t, s, m, 12)
	mark, _ := s.state.Mark()
	first := fmt.Sprintf("app/log/%016x.log", mark.Segment)
	second := fmt.Sprintf("app/log/%016x.log", mark.Segment+1)
	table := tables(t, whole)[0]
	content := read(t, whole, table)
	other := vfs.NewCrashableMem()
	otherOpts := testOptions(newProcess(other, nil), Sync)
	otherOpts.Random = bytes.NewReader([]byte("another identity"))
	written(t, otherOpts, 3)

	remove := func(path string) func(*vfs.MemFS) error {
		return func(disk *vfs.MemFS) error { return disk.RemoveAll(path) }
	}
	for name, test := range map[string]struct {
		harm func(*vfs.MemFS) error
		app  string
		kind fault.Kind
		path string
	}{
		"a segment in the middle": {remove(second), "test", fault.Missing, second},
		"the first segment":       {remove(first), "test", fault.Missing, first},
		"the state":               {remove("app/state"), "test", fault.Missing, "app/log/0000000000000001.log"},
		"the identity":            {remove("app/store.json"), "test", fault.Missing, "app/store.json"},
		"the log":                 {remove("app/log"), "test", fault.Missing, first},
		"another app":             {func(*vfs.MemFS) error { return nil }, "greeter", fault.OtherApp, "app"},
		"a newer version":         {ofFormat(Format + 1), "test", fault.Newer, "app/store.json"},
		"an older version":        {ofFormat(oldestFormat - 1), "test", fault.Older, "app/store.json"},
		"an identity that makes no sense": {func(disk *vfs.MemFS) error { return overwrite(disk, "app/store.json", `{`) },
			"test", fault.Damaged, "app/store.json"},
		"a table that is shorter": {func(disk *vfs.MemFS) error {
			return overwrite(disk, table, string(content[:len(content)/2]))
		}, "test", fault.Damaged, "app/state"},
		"a table that is gone": {remove(table), "test", fault.Missing, "app/state"},
		"the log of another store": {func(disk *vfs.MemFS) error {
			return overwrite(disk, first, string(read(t, other, segments(t, other)[0])))
		}, "test", fault.Damaged, first},
	} {
		t.Run(name, func(t *testing.T) {
			disk := synced(whole)
			if err := test.harm(disk); err != nil {
				t.Fatal(err)
			}
			opts := opts
			opts.FS, opts.App = disk, test.app
			_, err := Open("app", opts)
			var e *Error
			if !errors.As(err, &e) || e.Kind != test.kind || e.Path != test.path || e.Remedy == "" || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
			if test.kind == fault.OtherApp { // Check does not know the app
				return
			}
			if _, err := Check(disk, "app"); !errors.As(err, &e) || e.Kind != test.kind || e.Path != test.path || e.Remedy == "" || strings.Contains(err.Error(), "\n") {
				t.Errorf("check: %v", err)
			}
		})
	}
}

// TestCheckFindsDamagedTables: opening reads of a table what it needs, checking reads all.
func TestCheckFindsDamagedTables(t *testing.T) {
	whole := vfs.NewCrashableMem()
	opts := testOptions(newProcess(whole, nil), Sync)
	s, _ := written(t, opts, 40)
	if err := errors.Join(s.Checkpoint(), s.Close()); err != nil {
		t.Fatal(err)
	}
	for _, path := range tables(t, whole) {
		content := read(t, whole, path)
		for at := 0; at < len(content); at += 7 {
			disk := synced(whole)
			write(t, disk, path, int64(at), []byte{content[at] ^ 0x41})
			_, err := Check(disk, "app")
			var e *Error
			if !errors.As(err, &e) || e.Kind != fault.Damaged || e.Path != path && e.Path != "app/state" || e.Remedy == "" || strings.Contains(err.Error(), "\n") {
				t.Fatalf("%s, byte %d of %d: %v", path, at, len(content), err)
			}
		}
	}
}

func overwrite(disk *vfs.MemFS, path, content string) error {
	f, err := disk.Create(path, vfs.WriteCategoryUnspecified)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, content)
	return errors.Join(err, f.Close())
}
