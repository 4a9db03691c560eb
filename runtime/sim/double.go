package sim

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

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
	committed content
	shown     content
	groups    int
	shownAt   int // of the groups
	broken    bool
	lossy     bool      // it does not sync, and so may lose groups
	loses     []content // what was committed before each group of a lossy one
}

// content is what a store holds, by key. Once it has been copied its entries do not change.
type content []*entry

type entry struct{ key, value string }

func (c content) find(key string) (int, bool) {
	return slices.BinarySearchFunc(c, key, func(e *entry, key string) int { return strings.Compare(e.key, key) })
}

func (c *content) put(key, value string) {
	if i, there := c.find(key); there {
		(*c)[i] = &entry{key, value}
	} else {
		*c = slices.Insert(*c, i, &entry{key, value})
	}
}

// remove removes the keys from start up to, not including, end.
func (c *content) remove(start, end string) {
	i, _ := c.find(start)
	j, _ := c.find(end)
	*c = slices.Delete(*c, i, max(i, j))
}

func (c content) entries() entries {
	all := make(entries, len(c))
	for _, e := range c {
		all[e.key] = e.value
	}
	return all
}

func openDouble(w *world, stored entries, lossy bool) *double {
	d := &double{world: w, lossy: lossy}
	for _, k := range slices.Sorted(maps.Keys(stored)) {
		d.committed = append(d.committed, &entry{k, stored[k]})
	}
	d.show()
	return d
}

func (d *double) Get(key []byte) ([]byte, bool, error) {
	if d.world.fails() {
		return nil, false, errDisk
	}
	d.checkpoint()
	i, ok := d.shown.find(string(key))
	if !ok {
		return nil, false, nil
	}
	return []byte(d.shown[i].value), true, nil
}

func (d *double) Scan(start, end []byte, visit func(key, value []byte) error) error {
	shown := d.shown
	i, _ := shown.find(string(start))
	for _, e := range shown[i:] {
		if end != nil && e.key >= string(end) {
			break
		}
		if err := visit([]byte(e.key), []byte(e.value)); err != nil {
			return err
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

func (d *double) show() {
	if d.shown == nil || d.shownAt < d.groups {
		d.shown, d.shownAt = slices.Clone(d.committed), d.groups
	}
}

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
	if d.lossy {
		d.loses = append(d.loses, slices.Clone(d.committed))
	}
	d.apply(record[wal.HeaderSize:])
	if fails {
		return store.Position{}, errDisk
	}
	d.groups++
	d.checkpoint()
	return store.Position{Seq: uint64(d.groups)}, nil
}

func (d *double) apply(payload []byte) {
	r := group.Read(payload)
	for {
		op, key, value, ok := r.Next()
		if !ok {
			return
		}
		switch op {
		case group.Put:
			d.committed.put(string(key), string(value))
		case group.Delete:
			d.committed.remove(string(key), string(key)+"\x00")
		case group.DeleteRange:
			d.committed.remove(string(key), string(value))
		}
	}
}

// after is what a crash leaves: a lossy store loses groups that it acknowledged.
func (d *double) after(dice *rand.Rand) entries {
	if len(d.loses) > 0 {
		return d.loses[dice.IntN(len(d.loses))].entries()
	}
	return d.committed.entries()
}

var _ engine.Store = (*double)(nil)
