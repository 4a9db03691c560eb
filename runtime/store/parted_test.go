package store

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/portals-lang/portals/runtime/store/wal"
)

// opened is what opening a store comes to.
type opened struct {
	failed   string
	found    wal.Tail
	contents map[string]string
}

// openedBy opens a copy of a disk, and makes a checkpoint, which changes nothing of what is there.
func openedBy(t *testing.T, disk *vfs.MemFS, opts Options, trouble func(errorfs.Op) error, m *model) (o opened) {
	t.Helper()
	p := newProcess(synced(disk), func(_ int, op errorfs.Op) error { return trouble(op) })
	p.reads, opts.FS = true, p
	s, err := Open("app", opts)
	if err != nil {
		return opened{failed: err.Error()}
	}
	o.found = s.found
	if err := m.compare(s, 0); err != nil {
		t.Fatal(err)
	}
	if err := m.compareRanges(s, seeded(1, 3), s.Written().Seq); err != nil {
		t.Fatal(err)
	}
	layers := len(s.overlay.all())
	if o.contents, _, err = contents(s); err != nil {
		t.Fatal(err)
	}
	if err := s.Checkpoint(); err != nil {
		t.Fatal(err)
	}
	folded, _, err := contents(s)
	if err != nil || !maps.Equal(folded, o.contents) || len(s.overlay.all()) > 0 {
		t.Fatalf("%d keys of %d behind a checkpoint of %d layers, %v", len(folded), len(o.contents), layers, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return o
}

// TestTwoReaders opens logs with one reader and with two: they find the same, also where the log is torn or damaged, and where a segment
// cannot be read they fail with the same error.
func TestTwoReaders(t *testing.T) {
	parted, ended, failed, older := 0, 0, 0, 0
	for seed := range uint64(300) {
		rng := seeded(seed, 7)
		disk := vfs.NewCrashableMem()
		p := newProcess(disk, nil)
		opts := testOptions(p, Durability(rng.IntN(2)))
		opts.CheckpointBytes = -1
		opts.OverlayBytes = []int64{-1, 14 << 10, 1 << 20, 1 << 20}[rng.IntN(4)]
		s, m := written(t, opts, 5)
		for range rng.IntN(3) {
			commitGroups(t, s, m, rng, rng.IntN(150))
			if rng.IntN(4) == 0 {
				if err := s.Checkpoint(); err != nil {
					t.Fatal(err)
				}
			}
			if rng.IntN(2) == 0 {
				p.kill()
				bury(s)
				p = newProcess(disk, nil)
				opts.FS = p
			} else if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = mustOpen(t, opts)
			m.cut(s.log.Durable().Seq)
		}
		commitGroups(t, s, m, rng, rng.IntN(150))
		p.kill()
		bury(s)
		disk = synced(disk)
		trouble := hurt(t, disk, rng)
		if rng.IntN(2) == 0 && goesOn(t, disk, opts, m, rng) {
			older++
		}
		one := openedBy(t, disk, opts, trouble, m)
		opts.Go = inBackground
		two := openedBy(t, disk, opts, trouble, m)
		switch {
		case two.failed != "":
			failed++
		case two.found.End.Seq < m.groups():
			ended++
			givenUp(t, disk, opts)
		}
		if two.found.Parted {
			parted++
		}
		two.found.Parted = false
		if one.failed != two.failed || one.found != two.found || !maps.Equal(one.contents, two.contents) {
			t.Fatalf("seed %d: one reader: %s %+v, %d keys\ntwo readers: %s %+v, %d keys", seed, one.failed, one.found, len(one.contents),
				two.failed, two.found, len(two.contents))
		}
	}
	if parted < 100 || ended < 5 || failed < 50 || older < 5 {
		t.Errorf("%d logs with two readers, %d that end before, %d that cannot be opened, %d with segments of an older run behind their ends: the test has become too small",
			parted, ended, failed, older)
	}
}

// givenUp has Recovering answer once that it is enough, whichever reader asks, and however little of what it reads is of the log.
func givenUp(t *testing.T, disk *vfs.MemFS, opts Options) {
	t.Helper()
	opts.Go = inBackground
	enough := errors.New("enough")
	for n := 1; ; n++ {
		asked := 0
		opts.FS = newProcess(synced(disk), nil)
		opts.Recovering = func(done, all int64) error {
			if asked++; asked == n {
				return enough
			}
			return nil
		}
		s, err := Open("app", opts)
		bury(s)
		if asked < n {
			return
		}
		if !errors.Is(err, enough) {
			t.Fatalf("enough the time %d of %d, and opening gives %v", n, asked, err)
		}
	}
}

// goesOn has a run go on where the log of a hurt disk ends, if that can be opened, and killed; it tells whether that was before the log's
// end, so that segments of the run before are left.
func goesOn(t *testing.T, disk *vfs.MemFS, opts Options, m *model, rng *rand.Rand) bool {
	t.Helper()
	p := newProcess(disk, nil)
	opts.FS = p
	s, err := Open("app", opts)
	if err != nil {
		return false
	}
	before := s.log.Durable().Seq < m.groups()
	m.cut(s.log.Durable().Seq)
	commitGroups(t, s, m, rng, rng.IntN(150))
	p.kill()
	bury(s)
	return before
}

// hurt does something to a segment of a store's log, or nothing; what it gives has the disk fail.
func hurt(t *testing.T, disk *vfs.MemFS, rng *rand.Rand) (trouble func(errorfs.Op) error) {
	trouble = func(errorfs.Op) error { return nil }
	paths := segments(t, disk)
	kind := rng.IntN(8)
	if kind >= 5 {
		paths = paths[max(len(paths)-3, 0):] // of which some may not be durable
	}
	path := paths[rng.IntN(len(paths))]
	data := read(t, disk, path)
	at := rng.IntN(len(data))
	switch kind {
	case 0:
		write(t, disk, path, int64(at), []byte{data[at] ^ 1<<rng.IntN(8)})
	case 1, 5, 6:
		write(t, disk, path, int64(at), make([]byte, len(data)-at))
	case 2:
		if err := disk.Remove(path); err != nil {
			t.Fatal(err)
		}
	case 3, 4:
		trouble = func(op errorfs.Op) error {
			if op.Kind == errorfs.OpFileReadAt && op.Path == path && op.Offset >= int64(at)/2 {
				return fmt.Errorf("no sector at %d", op.Offset)
			}
			return nil
		}
	}
	return trouble
}
