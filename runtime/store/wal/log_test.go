package wal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/store/fault"
)

func options(fsys vfs.FS) Options {
	return Options{FS: fsys, Dir: "log", Identity: "test", SegmentBytes: 4096}
}

func open(t testing.TB, opts Options, from Mark) (*Log, Tail) {
	t.Helper()
	if err := opts.FS.MkdirAll(opts.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	l, tail, err := Open(opts, from)
	if err != nil {
		t.Fatal(err)
	}
	return l, tail
}

// payload is the content of the group with a number: its size varies, and now and then exceeds a segment.
func payload(seq uint64) []byte {
	rng := rand.New(rand.NewPCG(seq, 0))
	size := rng.IntN(300)
	if rng.IntN(20) == 0 {
		size = 5000
	}
	return binary.LittleEndian.AppendUint64(bytes.Repeat([]byte{byte(seq)}, size), seq)
}

func appendGroups(t testing.TB, l *Log, n int, sync bool) {
	t.Helper()
	for range n {
		seq := l.Written().Seq + 1
		at, err := l.Append(append(make([]byte, HeaderSize), payload(seq)...))
		if err == nil && sync {
			err = l.Sync()
		}
		if err != nil || at.Seq != seq {
			t.Fatal(at, err)
		}
	}
}

// readAll reads the groups between two marks and checks that they are the right ones.
func readAll(t testing.TB, l *Log, from, to Mark) (n int) {
	t.Helper()
	seq := from.Seq
	err := l.Read(from, to, func(rec Record) error {
		seq++
		n++
		if rec.Seq != seq || !bytes.Equal(rec.Payload, payload(seq)) {
			return fmt.Errorf("group %d where %d belongs, %d bytes", rec.Seq, seq, len(rec.Payload))
		}
		return nil
	})
	if err != nil || seq != to.Seq {
		t.Fatal(seq, err)
	}
	return n
}

// TestReopen writes over many segments and epochs, closed in order or not, and reads everything, from the beginning
// and from marks in the middle.
func TestReopen(t *testing.T) {
	for _, inBackground := range []bool{false, true} {
		opts := options(vfs.NewMem())
		if inBackground {
			opts.Go = func(task func()) { go task() }
		}
		var marks []Mark
		for epoch := uint32(1); epoch <= 6; epoch++ {
			l, tail := open(t, opts, Mark{})
			if tail.Clean != (epoch > 1 && epoch%2 == 0) || l.Written().Epoch != epoch || tail.Groups != l.Written().Seq {
				t.Fatalf("%+v in epoch %d", tail, epoch)
			}
			for range 5 {
				appendGroups(t, l, 17, epoch%3 == 0)
				marks = append(marks, l.Written())
			}
			if err := l.Sync(); err != nil {
				t.Fatal(err)
			}
			for _, mark := range marks {
				readAll(t, l, l.Origin(), mark)
				readAll(t, l, mark, marks[len(marks)-1])
			}
			if epoch%2 == 1 {
				if err := l.Close(); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// TestWindow reads records that end everywhere about the end of what is read at a time, and some that are larger.
func TestWindow(t *testing.T) {
	opts := options(vfs.NewMem())
	opts.SegmentBytes = 4 * windowBytes
	l, _ := open(t, opts, Mark{})
	sum := func(payload []byte) uint64 { return uint64(len(payload))<<32 ^ uint64(crc32.ChecksumIEEE(payload)) }
	rng := rand.New(rand.NewPCG(1, 2))
	var sums []uint64
	for _, size := range []int{windowBytes / 2, windowBytes/2 - 400, 64, 8, 0, 8, 2 * windowBytes, windowBytes, windowBytes - HeaderSize, 5 * windowBytes, 1000} {
		record := make([]byte, HeaderSize+size)
		for i := HeaderSize; i < len(record); i += 97 {
			record[i] = byte(rng.Uint32())
		}
		sums = append(sums, sum(record[HeaderSize:]))
		if _, err := l.Append(record); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Sync(); err != nil {
		t.Fatal(err)
	}
	var found []uint64
	note := func(rec Record) error {
		found = append(found, sum(rec.Payload))
		return nil
	}
	if err := l.Read(l.Origin(), l.Written(), note); err != nil || !slices.Equal(found, sums) {
		t.Fatal(len(found), err)
	}
	found, opts.Visit = nil, note
	if open(t, opts, Mark{}); !slices.Equal(found, sums) {
		t.Fatal(len(found))
	}
}

// TestTrim gives up segments behind a mark again and again: the log stays small, old segments come back under new
// names, and what is behind the mark can be read, also after opening at the mark.
func TestTrim(t *testing.T) {
	opts := options(vfs.NewMem())
	l, _ := open(t, opts, Mark{})
	var mark Mark
	for round := range 60 {
		appendGroups(t, l, 20, true)
		if round > 0 {
			readAll(t, l, mark, l.Durable())
		}
		mark = l.Durable()
		appendGroups(t, l, 5, true)
		if err := l.Trim(mark); err != nil {
			t.Fatal(err)
		}
		numbers, err := l.dir.segments()
		if err != nil || len(numbers) > 12 {
			t.Fatal(numbers, err)
		}
		if round%7 == 0 {
			var tail Tail
			if l, tail = open(t, opts, mark); tail.Groups != 5 {
				t.Fatalf("%+v", tail)
			}
		}
	}
}

// TestAsyncIsDurableInOrder looks at what a sync covers when several segments were written without one.
func TestAsyncIsDurableInOrder(t *testing.T) {
	disk := vfs.NewCrashableMem()
	opts := options(disk)
	l, _ := open(t, opts, Mark{})
	if err := syncRoot(disk); err != nil {
		t.Fatal(err)
	}
	appendGroups(t, l, 50, false)
	if l.Durable().Seq != 0 || len(l.retired) == 0 {
		t.Fatal(l.Durable(), len(l.retired))
	}
	if err := l.Sync(); err != nil {
		t.Fatal(err)
	}
	appendGroups(t, l, 3, false)
	left := disk.CrashClone(vfs.CrashCloneCfg{})
	opts.FS = left
	again, tail := open(t, opts, Mark{})
	if tail.Groups != 50 || tail.Clean {
		t.Fatalf("%+v", tail)
	}
	readAll(t, again, again.Origin(), again.Durable())
}

func syncRoot(disk vfs.FS) error {
	dir, err := disk.OpenDir("/")
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}

// TestClosed says so.
func TestClosed(t *testing.T) {
	l, _ := open(t, options(vfs.NewMem()), Mark{})
	appendGroups(t, l, 1, true)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Append(make([]byte, HeaderSize)); !fault.Is(err, fault.Closed) {
		t.Error(err)
	}
}

// FuzzLog lets bytes of a log be replaced by any others. Opening it must end, and give a prefix of what was written
// or an error; what a record in an untouched segment vouches for must be in the prefix.
func FuzzLog(f *testing.F) {
	opts := options(vfs.NewMem())
	opts.SegmentBytes = 1024
	l, _ := open(f, opts, Mark{})
	var marks []Mark
	for range 9 {
		appendGroups(f, l, 1, true)
		marks = append(marks, l.Written())
	}
	numbers, err := l.dir.segments()
	if err != nil {
		f.Fatal(err)
	}
	whole := map[uint64][]byte{}
	for _, n := range numbers {
		if whole[n], err = l.dir.loadAll(n, 0); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(uint64(1), uint16(0), []byte{})
	f.Add(uint64(1), uint16(60), []byte("something else"))
	f.Add(uint64(2), uint16(0), bytes.Clone(whole[1]))
	f.Add(uint64(3), uint16(100), whole[2][56:300])
	f.Fuzz(func(t *testing.T, segment uint64, offset uint16, replaced []byte) {
		fuzzed := options(vfs.NewMem())
		fuzzed.SegmentBytes = opts.SegmentBytes
		dir := newDirectory(fuzzed.FS, fuzzed.Dir, fuzzed.Identity)
		if err := fuzzed.FS.MkdirAll(fuzzed.Dir, 0o755); err != nil {
			t.Fatal(err)
		}
		harmed := numbers[segment%uint64(len(numbers))]
		for n, data := range whole {
			data = bytes.Clone(data)
			if n == harmed {
				at := int(offset) % len(data)
				data = slices.Concat(data[:at], replaced, data[min(at+len(replaced), len(data)):])
			}
			file, err := fuzzed.FS.Create(dir.segment(n), writeCategory)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := file.Write(data); err != nil {
				t.Fatal(err)
			}
			file.Close()
		}
		log, tail, err := Open(fuzzed, Mark{})
		if err != nil {
			if !fault.Is(err, fault.Damaged) && !fault.Is(err, fault.Missing) {
				t.Fatal(err)
			}
			return
		}
		for _, mark := range marks {
			if known := mark.Seq - 1; mark.Segment != harmed && tail.End.Seq < known {
				t.Fatalf("%+v: a record that was not touched knew %d groups to be durable", tail, known)
			}
		}
		readAll(t, log, log.Origin(), log.Durable())
	})
}

// TestStartFlipped flips each bit of a start record that has one durable group behind it, which knows of no more than was durable before
// that record was written. The group must not be lost silently.
func TestStartFlipped(t *testing.T) {
	for _, c := range []struct {
		name  string
		again bool // the start is that of an epoch, not only of a segment
		fresh bool // and in a segment of its own
	}{{"segment", false, false}, {"epoch", true, false}, {"epoch and segment", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			disk := vfs.NewMem()
			opts := options(disk)
			l, _ := open(t, opts, Mark{})
			first := l.Written().Segment
			for l.Written().Segment == first {
				if c.again && l.Written().Seq == 3 {
					opts.NewSegment = c.fresh
					l, _ = open(t, opts, Mark{})
					first = 0
				}
				if _, err := l.Append(make([]byte, HeaderSize+300)); err != nil {
					t.Fatal(err)
				}
				if err := l.Sync(); err != nil {
					t.Fatal(err)
				}
			}
			end := l.Written()
			all := func(Record) error { return nil }
			path, at := l.dir.segment(end.Segment), end.Offset-roundUp(HeaderSize+300)-startSize
			if at != 0 && !(c.again && !c.fresh) {
				t.Fatal("a group right behind a segment's start is wanted", end)
			}
			for bit := range int64(8 * startSize) {
				flip(t, disk, path, at+bit/8, 1<<(bit%8))
				tail, err := Check(opts, Mark{}, all)
				if !fault.Is(err, fault.Damaged) {
					t.Errorf("bit %d: of %d groups there are %d: %v", bit, end.Seq, tail.Groups, err)
				}
				flip(t, disk, path, at+bit/8, 1<<(bit%8))
			}
			if tail, err := Check(opts, Mark{}, all); err != nil || tail.Groups != end.Seq {
				t.Error(tail, err)
			}
		})
	}
}

// flip changes bits of a byte of a file.
func flip(t *testing.T, disk vfs.FS, path string, at int64, bits byte) {
	t.Helper()
	f, err := disk.OpenReadWrite(path, writeCategory)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := make([]byte, 1)
	if _, err := f.ReadAt(b, at); err != nil {
		t.Fatal(err)
	}
	b[0] ^= bits
	if _, err := f.WriteAt(b, at); err != nil {
		t.Fatal(err)
	}
}

// TestWriteFails: the error names the segment and the place where it would have written.
func TestWriteFails(t *testing.T) {
	for _, failAt := range []int64{0, startSize} {
		fsys := &full{FS: vfs.NewMem(), at: -1}
		opts := options(fsys)
		l, _ := open(t, opts, Mark{})
		fsys.path, fsys.at = l.dir.segment(l.Written().Segment+1), failAt
		var err error
		for err == nil {
			_, err = l.Append(make([]byte, HeaderSize+300))
		}
		var e *fault.Error
		if !errors.As(err, &e) || e.Path != fsys.path || e.Offset != failAt {
			t.Errorf("a write fails at %d of %s: %v", failAt, fsys.path, err)
		}
	}
}

// full is a file system without room at one place of a file.
type full struct {
	vfs.FS
	path string
	at   int64
}

func (f *full) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	file, err := f.FS.OpenReadWrite(name, category, opts...)
	return fullFile{file, f, name}, err
}

type fullFile struct {
	vfs.File
	in   *full
	name string
}

func (f fullFile) WriteAt(b []byte, at int64) (int, error) {
	if f.name == f.in.path && at == f.in.at && len(b) < int(options(nil).SegmentBytes) { // not when it is made ready
		return 0, syscall.ENOSPC
	}
	return f.File.WriteAt(b, at)
}

// TestTheNextSegmentIsMadeReadyLate: not before a quarter of the segment is written, in a new log and in one that is gone on with; and
// then at once, if there is a background.
func TestTheNextSegmentIsMadeReadyLate(t *testing.T) {
	opts := options(vfs.NewMem())
	opts.Go = func(task func()) { task() }
	made := func() (segments int) {
		names, err := opts.FS.List(opts.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if info, err := opts.FS.Stat(opts.FS.PathJoin(opts.Dir, name)); err == nil && info.Size() == opts.SegmentBytes {
				segments++
			}
		}
		return segments
	}
	for round := range 3 {
		l, tail := open(t, opts, Mark{})
		for l.edge < opts.SegmentBytes/4 {
			if n := made(); n != 1 {
				t.Fatalf("round %d, behind %d bytes of a segment: %d segments", round, l.edge, n)
			}
			if _, err := l.Append(make([]byte, HeaderSize+10)); err != nil {
				t.Fatal(err)
			}
			if round < 2 && l.edge > tail.End.Offset+200 {
				break
			}
		}
		if n := made(); round == 2 && n != 2 {
			t.Errorf("behind %d bytes of a segment: %d segments", l.edge, n)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
