package ptltest

import (
	"maps"
	"slices"

	"github.com/portals-lang/portals/runtime/store"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// memory is a store that survives the crashes of a trial: it holds what was committed.
type memory struct {
	world   *world
	entries map[string][]byte
	commits uint64
}

func (m *memory) Get(key []byte) ([]byte, bool, error) {
	v, ok := m.entries[string(key)]
	return v, ok, nil
}

func (m *memory) Scan(start, end []byte, visit func(key, value []byte) error) error {
	for _, k := range slices.Sorted(maps.Keys(m.entries)) {
		if k < string(start) || end != nil && k >= string(end) {
			continue
		}
		if err := visit([]byte(k), m.entries[k]); err != nil {
			return err
		}
	}
	return nil
}

// Commit makes a group durable, unless the world ends just before that. It may end just after it, too.
func (m *memory) Commit(b *store.Batch) (store.Position, error) {
	m.commits++
	crash := m.world.crash
	if crash.Commit == m.commits && !crash.After {
		m.world.dead = true
		return store.Position{}, nil
	}
	record, err := b.Record()
	if err != nil {
		return store.Position{}, err
	}
	m.apply(record[wal.HeaderSize:])
	m.world.dead = crash.Commit == m.commits
	return store.Position{Seq: m.commits}, nil
}

// Checkpointed is where reads are: they see everything.
func (m *memory) Checkpointed() store.Position { return store.Position{Seq: m.commits} }

// CheckpointSoon has nothing to do.
func (m *memory) CheckpointSoon(done func(error)) { done(nil) }

func (m *memory) apply(payload []byte) {
	r := group.Read(payload)
	for {
		op, key, value, ok := r.Next()
		if !ok {
			return
		}
		switch op {
		case group.Put:
			m.entries[string(key)] = slices.Clone(value)
		case group.Delete:
			delete(m.entries, string(key))
		case group.DeleteRange:
			maps.DeleteFunc(m.entries, func(k string, _ []byte) bool { return k >= string(key) && k < string(value) })
		}
	}
}
