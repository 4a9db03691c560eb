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
	layers atomic.Pointer[[]layer] // the newest last; nil: none yet
	// moving is held while a layer goes, which is in the state by then. A scan holds it while it looks at both, or it could see
	// the layer over a state that is newer.
	moving sync.RWMutex
}

// layer is a stretch of the log that ends at a mark, and begins where the one before it ends.
type layer struct {
	fold  *fold.Fold
	to    wal.Mark
	bytes int64 // of log, about
}

func (o *overlay) set(layers []layer) {
	o.moving.Lock()
	defer o.moving.Unlock()
	o.layers.Store(&layers)
}

// all are the layers, the newest last.
func (o *overlay) all() []layer {
	if layers := o.layers.Load(); layers != nil {
		return *layers
	}
	return nil
}

// get is what is known of a key.
func (o *overlay) get(key []byte) (value []byte, deleted, known bool) {
	layers := o.all()
	for i := len(layers) - 1; i >= 0 && !known; i-- {
		value, deleted, known = layers[i].fold.Get(key)
	}
	return value, deleted, known
}

// scan visits state and overlay as one map.
func (o *overlay) scan(s *state.State, start, end []byte, visit func(key, value []byte) error) error {
	o.moving.RLock()
	scan := func(visit func(key, value []byte) error) error { return s.Scan(start, end, o.moving.RUnlock, visit) }
	for _, l := range o.all() {
		scan = l.over(scan, start, end)
	}
	return scan(visit)
}

// over gives the scan of what a layer and what is below it are together, of which that has the scan below.
func (l layer) over(below func(visit func(key, value []byte) error) error, start, end []byte) func(visit func(key, value []byte) error) error {
	return func(visit func(key, value []byte) error) error {
		m := merge{over: l.fold.Seek(start), end: end, visit: visit}
		m.next()
		err := below(func(key, value []byte) error {
			known, err := m.until(key)
			if err != nil || known || l.fold.Covers(key) {
				return err
			}
			return visit(key, value)
		})
		if err == nil {
			_, err = m.until(nil)
		}
		return err
	}
}

// merge goes through the keys of a layer beside those below it.
type merge struct {
	over  *fold.Cursor // at what is to come; nil behind the last
	end   []byte
	visit func(key, value []byte) error
}

func (m *merge) next() {
	if !m.over.Next() || len(m.end) > 0 && bytes.Compare(m.over.Key, m.end) >= 0 {
		m.over = nil
	}
}

// until visits what comes before a key from below, or all that is left if that is nil. If the layer knows the key itself, that
// is visited last.
func (m *merge) until(key []byte) (known bool, err error) {
	for m.over != nil && !known && err == nil {
		if key != nil {
			order := bytes.Compare(m.over.Key, key)
			if order > 0 {
				break
			}
			known = order == 0
		}
		if !m.over.Deleted {
			err = m.visit(m.over.Key, m.over.Value)
		}
		m.next()
	}
	return known, err
}
