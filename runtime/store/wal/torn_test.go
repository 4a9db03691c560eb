package wal

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// TestTornAnywhere cuts the power again and again, over many epochs and segments that are taken again. Of each sector that was written
// since the last sync, any content that it had meanwhile may be left. The log opens, with all that was durable.
func TestTornAnywhere(t *testing.T) {
	for seed := range uint64(30) {
		rng := rand.New(rand.NewPCG(seed, 3))
		opts := options(vfs.NewCrashableMem())
		mark, torn := newDirectory(nil, opts.Dir, opts.Identity).origin(), 0
		for range 40 {
			disk := opts.FS.(*vfs.MemFS)
			opts.NewSegment = rng.IntN(4) == 0
			l, _ := open(t, opts, mark)
			if err := syncRoot(disk); err != nil {
				t.Fatal(err)
			}
			var since []*vfs.MemFS // the disk after each write since the last sync
			durable := l.Durable()
			for range rng.IntN(12) {
				appendGroups(t, l, 1, rng.IntN(4) == 0)
				if l.Durable() != durable {
					durable, since = l.Durable(), nil
				}
				since = append(since, disk.CrashClone(vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rng}))
			}
			if rng.IntN(3) == 0 {
				mark = durable
				if err := l.Trim(mark); err != nil {
					t.Fatal(err)
				}
			}
			opts.FS = tear(t, rng, l.dir, disk.CrashClone(vfs.CrashCloneCfg{}), since)
			again, tail, err := View(Options{FS: opts.FS, Dir: opts.Dir, Identity: opts.Identity, Visit: func(Record) error { return nil }}, mark)
			if err != nil || tail.End.Seq < durable.Seq {
				t.Fatalf("seed %d: %d groups of %d that were durable: %v", seed, tail.End.Seq, durable.Seq, err)
			}
			readAll(t, again, mark, tail.End)
			if tail.End.Seq < l.Written().Seq {
				torn++
			}
		}
		if torn < 5 {
			t.Errorf("seed %d: only %d logs were torn", seed, torn)
		}
	}
}

// tear is a disk on which each sector of the log is as it was on synced or on one of the later ones. A sector has 64 bytes here: more is whole
// on any disk.
func tear(t *testing.T, rng *rand.Rand, dir directory, synced *vfs.MemFS, later []*vfs.MemFS) *vfs.MemFS {
	t.Helper()
	left := vfs.NewCrashableMem()
	if err := left.MkdirAll(dir.path, 0o755); err != nil {
		t.Fatal(err)
	}
	on := func(disk *vfs.MemFS, n uint64) []byte {
		data, err := directory{disk, dir.path, dir.id}.loadAll(n, 0)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	numbers, err := directory{synced, dir.path, dir.id}.segments()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range numbers {
		data := on(synced, n)
		var states [][]byte
		for _, disk := range later {
			if state := on(disk, n); len(state) >= len(data) { // it had its name already
				states = append(states, state)
			}
		}
		const sector = 64
		mixed := slices.Clone(data)
		for at := 0; len(states) > 0 && at < len(states[len(states)-1]); at += sector {
			state := data
			if i := rng.IntN(len(states) + 1); i < len(states) {
				state = states[i]
			}
			if state = state[min(at, len(state)):min(at+sector, len(state))]; len(state) > 0 {
				mixed = append(mixed, make([]byte, max(0, at+len(state)-len(mixed)))...)
				copy(mixed[at:], state)
			}
		}
		write(t, left, dir.segment(n), mixed)
	}
	return left
}

// write makes a file that is durable.
func write(t *testing.T, disk vfs.FS, path string, data []byte) {
	t.Helper()
	f, err := disk.Create(path, writeCategory)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := f.Sync(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
