package ptl

import (
	"encoding/binary"
	"errors"
	"fmt"
	"unsafe"
)

// records writes and reads what the store has of the states of a task: for each key (or for all) a record, and beside it
// the entries of collections that have places of their own.
//
// A record is the states one after the other, in which collections that are apart are empty; behind them stands for each of
// these the number of its field and how many entries it has.
type records[S any] struct {
	typ   *StateType[S]
	limit int    // bytes of a record from which collections get places of their own
	flat  []bool // by Collection
	scan  func(prefix []byte, visit func(key, value []byte) error) error
	value []byte // scratch
	items itemWriter
	// breaks tells whether a test wants the wrong thing done at a place; nil outside of tests.
	breaks func(place string) bool
}

// defaultRecordLimit makes a record that is written whole cost no more than some tens of entries would.
const defaultRecordLimit = 4 << 10

// stored is what the store has of a state some of whose collections have places of their own.
type stored[S any] struct {
	state  S
	places []place // by Collection
	heap   int     // bytes of memory that these collections take, about
}

func newRecords[S any](typ *StateType[S], r *Runtime) records[S] {
	limit := r.RecordLimit
	if limit == 0 {
		limit = defaultRecordLimit
	}
	flat := make([]bool, len(typ.Collections))
	for i := range flat {
		flat[i] = typ.Collections[i].flat()
	}
	return records[S]{typ: typ, limit: limit, flat: flat, scan: r.Scan, breaks: r.Break}
}

// write writes a state. had is what the store has of it, nil if all of that is the record; the result is what it has then.
// items is what the keys of entries begin with.
func (r *records[S]) write(w StateWriter, key []byte, items func() []byte, s *S, had *stored[S]) *stored[S] {
	if had == nil {
		r.value = r.typ.Append(r.value[:0], s)
		if len(r.typ.Collections) == 0 || len(r.value) <= r.limit {
			w.Put(key, r.value)
			return nil
		}
		had = &stored[S]{places: make([]place, len(r.typ.Collections))}
	}
	r.items.to = w
	now := *had
	now.places = append([]place(nil), had.places...)
	rest, some := *s, false
	for i := range r.typ.Collections {
		r.items.flat = r.flat[i]
		if r.place(&r.typ.Collections[i], &now.places[i], items, &had.state, s) {
			r.typ.Collections[i].clear(&rest)
			some = true
		}
	}
	r.value = r.typ.Append(r.value[:0], &rest)
	for i := range r.typ.Collections {
		if c := &r.typ.Collections[i]; now.places[i].apart {
			r.value = AppendUint(AppendUint(r.value, uint64(c.field)), uint64(c.length(s)))
		}
	}
	w.Put(key, r.value)
	if !some {
		return nil
	}
	r.weigh(&now, s)
	return &now
}

// place writes what changed in a collection, if it has a place of its own, and tells whether it has.
func (r *records[S]) place(c *Collection[S], p *place, items func() []byte, had, s *S) bool {
	few := c.length(s) <= maxSmall
	if few && p.apart {
		r.items.drop(items(), c.field)
	}
	if few {
		*p = place{}
		return false
	}
	from := had
	if !p.apart {
		from = new(S)
	}
	r.items.begin(items(), c.field, p.first)
	r.items.breaks = r.breaks != nil && r.breaks("forget an entry of a collection")
	shift := c.changes(&r.items, from, s)
	r.items.end()
	p.apart = true
	p.first += uint64(shift)
	p.bytes += r.items.bytes
	return true
}

// weigh notes what is stored, and what its collections take in memory.
func (r *records[S]) weigh(has *stored[S], s *S) {
	has.state = r.typ.copyOf(s)
	has.heap = int(unsafe.Sizeof(*has))
	for i := range r.typ.Collections {
		if c := &r.typ.Collections[i]; has.places[i].apart {
			has.heap += c.length(s)*c.entry + has.places[i].bytes
		}
	}
}

// forget deletes the entries of a state whose record is deleted.
func (r *records[S]) forget(w StateWriter, items []byte) {
	r.items.to = w
	r.items.drop(items, -1)
}

var errPlaces = errors.New("what it says of its collections makes no sense")

// read reads a record, and the entries of its collections that have places of their own. The result is what the store has of
// it, nil if all of that is the record.
func (r *records[S]) read(value []byte, items func() []byte, s *S) (*stored[S], error) {
	rd := NewReader(value)
	r.typ.Read(rd, s)
	if rd.Len() == 0 || rd.Err() != nil {
		return nil, rd.Err()
	}
	has := &stored[S]{places: make([]place, len(r.typ.Collections))}
	for rd.Len() > 0 {
		field, count := rd.Uint(), rd.Uint()
		i := r.collection(int(field))
		if rd.Err() != nil || i < 0 || has.places[i].apart || r.typ.Collections[i].length(s) > 0 {
			return nil, errPlaces
		}
		has.places[i].apart = true
		if err := r.readItems(i, &has.places[i], items(), count, s); err != nil {
			return nil, fmt.Errorf("state %s: %w", r.typ.Fields[field].Name, err)
		}
	}
	r.weigh(has, s)
	return has, nil
}

func (r *records[S]) collection(field int) int {
	for i := range r.typ.Collections {
		if r.typ.Collections[i].field == field {
			return i
		}
	}
	return -1
}

// readItems reads the entries of the collection that has this number.
func (r *records[S]) readItems(number int, p *place, items []byte, count uint64, s *S) error {
	c := &r.typ.Collections[number]
	prefix := append(items, byte(c.field))
	n := uint64(0)
	err := r.scan(prefix, func(key, value []byte) error {
		tail := key[len(prefix):]
		if len(tail) != positionBytes {
			return fmt.Errorf("the key of entry %d is broken", n)
		}
		at := binary.BigEndian.Uint64(tail)
		if c.shifts && n == 0 {
			p.first = at
		}
		rd := NewReader(value)
		inOrder := c.restore(s, at-p.first, count, rd)
		if err := finished(rd); err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
		if !inOrder {
			return fmt.Errorf("entry %d stands at the wrong position", n)
		}
		if !r.flat[number] {
			p.bytes += len(value)
		}
		n++
		return nil
	})
	if err == nil && n != count {
		err = fmt.Errorf("it has %d entries, and %d by its record", n, count)
	}
	return err
}

// apart counts the entries that have keys of their own.
func (r *records[S]) apart(has *stored[S], s *S) (n uint64) {
	for i := range r.typ.Collections {
		if has != nil && has.places[i].apart {
			n += uint64(r.typ.Collections[i].length(s))
		}
	}
	return n
}
