package store

import (
	"bytes"
	"sync"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/state"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// overlay is the part of the log that Open has found and that no checkpoint has folded into the state yet: it lies over the
// state in memory, so that opening a store need not wait for a checkpoint. The next checkpoint begins with it.
type overlay struct {
	layers atomic.Pointer[[]layer] // oldest first; nil: none
	// moving is held while the oldest layer goes, which is in the state by then. A scan holds it while it looks at both, or
	// it could see an old layer over a state that is newer.
	moving sync.RWMutex
}

// layer is a stretch of the log that ends at a mark.
type layer struct {
	fold *fold.Fold
	to   wal.Mark
}

func (o *overlay) all() []layer {
	if layers := o.layers.Load(); layers != nil {
		return *layers
	}
	return nil
}

func (o *overlay) set(layers []layer) {
	o.moving.Lock()
	defer o.moving.Unlock()
	if o.layers.Store(&layers); len(layers) == 0 {
		o.layers.Store(nil)
	}
}

// get is what the newest layer that knows a key has of it.
func (o *overlay) get(key []byte) (value []byte, deleted, known bool) {
	layers := o.all()
	for i := len(layers) - 1; i >= 0; i-- {
		if value, deleted, known := layers[i].fold.Get(key); known {
			return value, deleted, true
		}
	}
	return nil, false, false
}

// scan visits state and overlay as one map.
func (o *overlay) scan(s *state.State, start, end []byte, visit func(key, value []byte) error) error {
	o.moving.RLock()
	m := newMerge(o.all(), start, end)
	err := s.Scan(start, end, o.moving.RUnlock, func(key, value []byte) error {
		same, err := m.until(key, visit)
		if err != nil || same || m.covered(key, -1) {
			return err
		}
		return visit(key, value)
	})
	if err == nil {
		_, err = m.until(nil, visit)
	}
	return err
}

// merge goes through all layers in the order of keys.
type merge struct {
	layers []layer
	next   []int // by layer: the entry that is to come
	end    []byte
}

func newMerge(layers []layer, start, end []byte) *merge {
	m := &merge{layers: layers, end: end}
	for _, l := range layers {
		m.next = append(m.next, l.fold.Find(start))
	}
	return m
}

// until visits what comes before bound, or all that is left if that is nil. If bound itself is known, it is visited last.
func (m *merge) until(bound []byte, visit func(key, value []byte) error) (same bool, err error) {
	for !same && err == nil {
		newest, key, value, deleted := m.least()
		if newest < 0 || len(m.end) > 0 && bytes.Compare(key, m.end) >= 0 {
			return false, nil
		}
		if bound != nil {
			order := bytes.Compare(key, bound)
			if order > 0 {
				return false, nil
			}
			same = order == 0
		}
		m.pass(key)
		if !deleted && !m.covered(key, newest) {
			err = visit(key, value)
		}
	}
	return same, err
}

// least is the least key that is to come, as the newest layer has it that knows it.
func (m *merge) least() (newest int, key, value []byte, deleted bool) {
	newest = -1
	for i := len(m.layers) - 1; i >= 0; i-- {
		k, v, d, ok := m.layers[i].fold.Entry(m.next[i])
		if ok && (newest < 0 || bytes.Compare(k, key) < 0) {
			newest, key, value, deleted = i, k, v, d
		}
	}
	return newest, key, value, deleted
}

// pass goes behind a key in every layer.
func (m *merge) pass(key []byte) {
	for i, l := range m.layers {
		if k, _, _, ok := l.fold.Entry(m.next[i]); ok && bytes.Equal(k, key) {
			m.next[i]++
		}
	}
}

// covered tells whether a layer behind number i removes what older ones have of a key.
func (m *merge) covered(key []byte, i int) bool {
	for _, l := range m.layers[i+1:] {
		if l.fold.Covers(key) {
			return true
		}
	}
	return false
}
