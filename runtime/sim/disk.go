package sim

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/cockroachdb/pebble/v2/vfs/errorfs"

	"github.com/portals-lang/portals/runtime/store"
)

var errDead = errors.New("this process is dead")

// disk is the disk of one process with the real store. The process dies before an operation that writes, and then the
// disk is as a crash leaves it: with all that was written if only the process died, without what was not synced if the
// power went.
type disk struct {
	vfs.FS // of errorfs, over mem
	run    *Run
	world  *world
	mem    *vfs.MemFS
	dieAt  int // the writing operation before which the process dies, from 1; 0: never
	failAt int // the one that fails

	mu    sync.Mutex
	ops   int
	dead  bool
	after *vfs.MemFS // what the crash left
	pages map[string]page
}

// stateDir is where the store's merge tree works, also beside the run: when, no seed decides. So a drawn plan does not
// count what happens there.
const stateDir = "store/state"

func newDisk(r *Run, mem *vfs.MemFS) *disk {
	d := &disk{run: r, world: r.world, mem: mem}
	d.FS = errorfs.Wrap(mem, errorfs.InjectorFunc(d.inject))
	return d
}

func (d *disk) inject(op errorfs.Op) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.count(op)
}

// ended tells whether the process died with the disk, and whether an operation failed. What the merge tree does beside the
// process may go on meanwhile.
func (d *disk) ended() (dead, failed bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.dead, d.failAt > 0 && d.ops >= d.failAt
}

func (d *disk) count(op errorfs.Op) error {
	if op.Kind.ReadOrWrite() == errorfs.OpIsRead {
		return nil
	}
	if d.dead {
		return errDead
	}
	if !d.run.plan.Beside && strings.HasPrefix(op.Path, stateDir) {
		return nil
	}
	d.ops++
	if d.ops == d.failAt {
		return errDisk
	}
	if d.ops == d.dieAt {
		d.die()
		return errDead
	}
	return nil
}

// die takes the disk and the pages of the sinks as they are now; whatever the process still does goes nowhere. The store may
// call it on a goroutine of its own, while the run writes a page: with the lock held, both are as of one instant.
func (d *disk) die() {
	d.dead = true
	d.run.instant.Lock()
	defer d.run.instant.Unlock()
	cfg := vfs.CrashCloneCfg{UnsyncedDataPercent: 100, RNG: rand.New(rand.NewPCG(d.run.plan.Seed, uint64(d.ops)))}
	if d.run.plan.Power {
		cfg.UnsyncedDataPercent = 0
	}
	d.after = d.mem.CrashClone(cfg)
	d.pages = map[string]page{}
	for name, p := range d.run.pages {
		keep := len(p.atoms)
		if d.run.plan.Power {
			keep = p.synced
		}
		after := *p
		after.atoms, after.shown = p.atoms[:keep:keep], p.shown[:len(p.shown):len(p.shown)]
		d.pages[name] = after
	}
	d.world.dead.Store(true)
}

// Link and ReuseForWrite are done with mu held: MemFS takes a lock twice in them, and a crash in between would wait for
// ever.
func (d *disk) Link(from, to string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.count(errorfs.Op{Kind: errorfs.OpLink, Path: from}); err != nil {
		return err
	}
	return d.mem.Link(from, to)
}

// ReuseForWrite is that of vfs.FS.
func (d *disk) ReuseForWrite(from, to string, category vfs.DiskWriteCategory) (vfs.File, error) {
	d.mu.Lock()
	err := d.count(errorfs.Op{Kind: errorfs.OpReuseForWrite, Path: from})
	if err == nil {
		err = d.mem.Rename(from, to)
	}
	d.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return d.FS.OpenReadWrite(to, category)
}

// Lock locks nothing: the process before is dead.
func (d *disk) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// open opens the real store.
func (d *disk) open() (*store.Store, error) {
	durability := store.Sync
	if d.run.plan.Async {
		durability = store.Async
	}
	return store.Open("store", store.Options{
		FS: d, Durability: durability, App: "sim", Random: bytes.NewReader(make([]byte, 16)),
		SegmentBytes: 32 << 10, CheckpointBytes: 4 << 10, CacheBytes: 256 << 10,
	})
}

// contentOf is all that a store holds as of its opening.
func contentOf(s *store.Store) (entries, error) {
	all := entries{}
	err := s.Scan(nil, nil, func(key, value []byte) error {
		all[string(key)] = string(value)
		return nil
	})
	return all, err
}
