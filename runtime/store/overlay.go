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
	layers  []layer
	cursors []*fold.Cursor // by layer, each at what is to come; nil behind the last
	key     []byte         // that was visited last
	end     []byte
}

func newMerge(layers []layer, start, end []byte) *merge {
	m := &merge{layers: layers, end: end}
	for i, l := range layers {
		m.cursors = append(m.cursors, l.fold.Seek(start))
		m.next(i)
	}
	return m
}

func (m *merge) next(layer int) {
	if !m.cursors[layer].Next() {
		m.cursors[layer] = nil
	}
}

// until visits what comes before bound, or all that is left if that is nil. If bound itself is known, it is visited last.
func (m *merge) until(bound []byte, visit func(key, value []byte) error) (same bool, err error) {
	for !same && err == nil {
		newest := m.least()
		if newest < 0 {
			return false, nil
		}
		c := m.cursors[newest]
		if len(m.end) > 0 && bytes.Compare(c.Key, m.end) >= 0 {
			return false, nil
		}
		if bound != nil {
			order := bytes.Compare(c.Key, bound)
			if order > 0 {
				return false, nil
			}
			same = order == 0
		}
		if !c.Deleted && !m.covered(c.Key, newest) {
			err = visit(c.Key, c.Value)
		}
		m.pass(c.Key)
	}
	return same, err
}

// least is the newest layer that has the least key that is to come; negative when there is none.
func (m *merge) least() (newest int) {
	newest = -1
	for i := len(m.cursors) - 1; i >= 0; i-- {
		if c := m.cursors[i]; c != nil && (newest < 0 || bytes.Compare(c.Key, m.cursors[newest].Key) < 0) {
			newest = i
		}
	}
	return newest
}

// pass goes behind a key in every layer.
func (m *merge) pass(key []byte) {
	m.key = append(m.key[:0], key...) // which is that of a cursor
	for i, c := range m.cursors {
		if c != nil && bytes.Equal(c.Key, m.key) {
			m.next(i)
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
