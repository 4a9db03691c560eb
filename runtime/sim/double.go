package sim

import (
	"bytes"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/store"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

var errDisk = errors.New("the disk fails")

// entries are the content of a store.
type entries map[string]string

// double is a store in memory. Like the real one it answers reads as of a checkpoint, which lies behind what was committed,
// and after a failure it does nothing more.
type double struct {
	world     *world
	committed entries
	shown     entries
	groups    int
	shownAt   int // of the groups
	broken    bool
	// loses keeps the groups of the last commits, for a store that does not sync.
	loses []entries
}

func openDouble(w *world, committed entries) *double {
	return &double{world: w, committed: committed, shown: maps.Clone(committed)}
}

func (d *double) Get(key []byte) ([]byte, bool, error) {
	if d.world.fails() {
		return nil, false, errDisk
	}
	d.checkpoint()
	v, ok := d.shown[string(key)]
	return []byte(v), ok, nil
}

func (d *double) Scan(start, end []byte, visit func(key, value []byte) error) error {
	for _, k := range slices.Sorted(maps.Keys(d.shown)) {
		if k >= string(start) && (end == nil || k < string(end)) {
			if err := visit([]byte(k), []byte(d.shown[k])); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkpoint moves what reads see on, now and then.
func (d *double) checkpoint() {
	if d.world.dice.IntN(4) == 0 {
		d.show()
	}
}

func (d *double) show() { d.shown, d.shownAt = maps.Clone(d.committed), d.groups }

// Checkpointed is the group that reads answer for.
func (d *double) Checkpointed() store.Position { return store.Position{Seq: uint64(d.shownAt)} }

// CheckpointSoon moves what reads see on to now, or fails.
func (d *double) CheckpointSoon(done func(error)) {
	if d.broken || d.world.fails() {
		done(errDisk)
		return
	}
	d.show()
	done(nil)
}

// Commit makes a group durable, or fails: then the group may be there or not.
func (d *double) Commit(b *store.Batch) (store.Position, error) {
	if d.broken || d.world.dead.Load() {
		return store.Position{}, errDisk
	}
	record, err := b.Record()
	if err != nil {
		return store.Position{}, err
	}
	fails := d.world.fails()
	if fails {
		d.broken = true
	}
	if fails && d.world.dice.IntN(2) == 0 {
		return store.Position{}, errDisk
	}
	d.loses = append(d.loses, maps.Clone(d.committed))
	d.apply(record[wal.HeaderSize:])
	if fails {
		return store.Position{}, errDisk
	}
	d.groups++
	d.checkpoint()
	return store.Position{Seq: uint64(d.groups)}, nil
}

func (d *double) apply(payload []byte) {
	next := maps.Clone(d.committed)
	r := group.Read(payload)
	for {
		op, key, value, ok := r.Next()
		if !ok {
			break
		}
		switch op {
		case group.Put:
			next[string(key)] = string(value)
		case group.Delete:
			delete(next, string(key))
		case group.DeleteRange:
			for k := range next {
				if bytes.Compare([]byte(k), key) >= 0 && bytes.Compare([]byte(k), value) < 0 {
					delete(next, k)
				}
			}
		}
	}
	d.committed = next
}

// after is what a crash leaves. A store that claims to sync and does not loses groups that it acknowledged.
func (d *double) after(unsynced bool, dice *rand.Rand) entries {
	if unsynced && len(d.loses) > 0 {
		return d.loses[dice.IntN(len(d.loses))]
	}
	return d.committed
}

var _ engine.Store = (*double)(nil)
