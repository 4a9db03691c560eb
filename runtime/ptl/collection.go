package ptl

import (
	"bytes"
	"encoding/binary"
	"unsafe"
)

// Collection is a state that is a collection: number field of S. While the record of its key is small it stands there
// with the other states. When the record has become large, a collection of more than a few entries gets a place of its own
// in the store, with a key for each entry. A change of one entry then costs one entry, whatever the size of the rest: the
// collections are persistent structures, in which a cut finds what has changed since the last one.
//
// The key of an entry ends in its position. An entry of a map or set keeps the one that it has in the vector, so that
// the order of positions is that of insertion; when the vector is made anew without holes, all is written again, which the
// removals have paid for. An item of a list has its index, counted from what was once the first.
type Collection[S any] struct {
	field  int
	length func(s *S) int
	clear  func(s *S)
	// changes writes the entries in which two versions differ. The result is how far a list's first item has moved.
	changes func(w *itemWriter, from, to *S) (shift int)
	// restore adds the entry at a position behind the others, of count in all; it tells whether that makes sense.
	restore func(s *S, at, count uint64, r *Reader) bool
	shifts  bool        // positions are counted from place.first
	entry   int         // bytes of memory that an entry takes, without what it points to
	flat    func() bool // it points to nothing
}

// StoredMap is a state that is a map: number field of S.
func StoredMap[S any, K comparable, V any](field int, of func(s *S) *Map[K, V], kt *Type[K], vt *Type[V]) Collection[S] {
	c := storedEntries(field, of, func(b []byte, e *entry[K, V]) []byte { return vt.Append(kt.Append(b, e.key), e.value) },
		func(r *Reader) (e entry[K, V]) {
			e.key = kt.Read(r)
			e.value = vt.Read(r)
			return e
		})
	c.flat = func() bool { return kt.Shape().flat() && vt.Shape().flat() }
	return c
}

// StoredSet is a state that is a set: number field of S.
func StoredSet[S any, T comparable](field int, of func(s *S) *Set[T], t *Type[T]) Collection[S] {
	c := storedEntries(field, func(s *S) *Map[T, Unit] { return &of(s).m },
		func(b []byte, e *entry[T, Unit]) []byte { return t.Append(b, e.key) },
		func(r *Reader) entry[T, Unit] { return entry[T, Unit]{key: t.Read(r)} })
	c.flat = func() bool { return t.Shape().flat() }
	return c
}

// indexBytes is what an entry of a map takes in the index and the nodes of the two vectors, about.
const indexBytes = 16

func storedEntries[S any, K comparable, V any](field int, of func(s *S) *Map[K, V], form func(b []byte, e *entry[K, V]) []byte,
	read func(r *Reader) entry[K, V]) Collection[S] {
	return Collection[S]{
		field:  field,
		length: func(s *S) int { return of(s).Len() },
		clear:  func(s *S) { *of(s) = Map[K, V]{} },
		changes: func(w *itemWriter, from, to *S) int {
			of(to).changes(*of(from), func(at int, was, is *entry[K, V]) { writeItem(w, at, was, is, form) })
			return 0
		},
		restore: func(s *S, at, count uint64, r *Reader) bool {
			e := read(r)
			return r.Err() == nil && of(s).restore(at, count, e.key, e.value)
		},
		entry: int(unsafe.Sizeof(entry[K, V]{})) + indexBytes,
	}
}

// StoredList is a state that is a list: number field of S.
func StoredList[S any, T any](field int, of func(s *S) *List[T], t *Type[T]) Collection[S] {
	form := func(b []byte, x *T) []byte { return t.Append(b, *x) }
	return Collection[S]{
		field:  field,
		length: func(s *S) int { return of(s).Len() },
		clear:  func(s *S) { *of(s) = List[T]{} },
		changes: func(w *itemWriter, from, to *S) int {
			return of(to).changes(*of(from), func(at int, was, is *T) { writeItem(w, at, was, is, form) })
		},
		restore: func(s *S, at, _ uint64, r *Reader) bool {
			l := of(s)
			inOrder := at == uint64(l.Len())
			ListPush(l, t.Read(r))
			return inOrder
		},
		shifts: true,
		entry:  int(unsafe.Sizeof(*new(T))),
		flat:   func() bool { return t.Shape().flat() },
	}
}

// place is what the store has of a collection that has a place of its own.
type place struct {
	apart bool
	first uint64 // position of a list's first item
	bytes int    // of its entries, if these point to memory
}

// itemWriter writes the changes of a collection's entries.
type itemWriter struct {
	to      StateWriter
	prefix  []byte // of the keys of entries, which end in their positions
	first   uint64
	buf     []byte // lent by to
	changes int    // in it
	flat    bool   // entries point to no memory: those that differ in it are written, and nobody counts their bytes
	was     []byte // scratch
	bytes   int    // by how much what is stored has grown
	breaks  bool   // a test wants every third change forgotten
	seen    int    // so many changes since then
}

// begin turns to a collection. items is what the keys of all entries of this state's collections begin with.
func (w *itemWriter) begin(items []byte, field int, first uint64) {
	w.prefix = append(append(w.prefix[:0], items...), byte(field))
	w.first, w.changes, w.seen, w.bytes = first, 0, 0, 0
	w.buf = w.to.Begin(w.prefix)
}

// end hands over what was written.
func (w *itemWriter) end() {
	w.to.End(w.buf, w.changes)
	w.buf = nil
}

// positionBytes is how much of the key of an entry is its position.
const positionBytes = 8

func writeItem[E any](w *itemWriter, at int, was, is *E, form func(b []byte, e *E) []byte) {
	if w.was = w.was[:0]; was != nil && !w.flat {
		w.was = form(w.was, was)
		w.bytes -= len(w.was)
	}
	begin := len(w.buf)
	b := binary.BigEndian.AppendUint64(append(w.buf, 0), w.first+uint64(at))
	if is == nil {
		b = endDeleted(b, begin)
	} else {
		b = endKey(b, begin)
		value := len(b)
		b = form(append(b, 0), is)
		if !w.flat {
			w.bytes += len(b) - value - 1
			if was != nil && bytes.Equal(w.was, b[value+1:]) {
				w.buf = b[:begin] // which may have moved: the next one needs not make room again
				return
			}
		}
		b = endValue(b, value)
	}
	if w.seen++; w.breaks && w.seen%3 == 0 {
		return
	}
	w.buf = b
	w.changes++
}

// drop deletes all entries of a collection; field -1 stands for all collections of the state.
func (w *itemWriter) drop(items []byte, field int) {
	w.prefix = append(w.prefix[:0], items...)
	if field >= 0 {
		w.prefix = append(w.prefix, byte(field))
	}
	w.to.DeleteRange(w.prefix, keyAfter(w.prefix))
}

// keyAfter is the least key behind all that begin with prefix, which has a byte that is not the last.
func keyAfter(prefix []byte) []byte {
	end := bytes.Clone(prefix)
	for i := len(end) - 1; ; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
}
