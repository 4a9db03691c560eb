package ptl

import (
	"bytes"
	"unsafe"
)

// changes visits, by their positions, the entries in which two maps differ, both of which have an index: was or is is nil where
// one of them has none there. Of two versions of one map it looks only at the parts that changed in between. An entry
// that is visited may have been written with the value that it had.
func (m Map[K, V]) changes(from Map[K, V], visit func(at int, was, is *entry[K, V])) {
	var a, b vector[chunk[K, V]]
	if from.t != nil {
		a = from.t.entries
	}
	if m.t != nil {
		b = m.t.entries
	}
	none := &chunk[K, V]{}
	a.differ(&b, func(i int, had, has *chunk[K, V]) {
		if had == nil {
			had = none
		}
		if has == nil {
			has = none
		}
		for j := range chunkSize {
			was, is := had.entry(j), has.entry(j)
			if was != is && (was == nil || is == nil || !sameMemory(was, is)) {
				visit(i*chunkSize+j, was, is)
			}
		}
	})
}

// entry is entry j, or nil where there is a hole.
func (c *chunk[K, V]) entry(j int) *entry[K, V] {
	if c.live>>j&1 == 0 {
		return nil
	}
	return &c.entries[j]
}

// sameMemory tells whether two values are the same to the last bit. Equal values may be told apart by it, as 0.0 and -0.0
// must be, or strings that lie in two places.
func sameMemory[T any](a, b *T) bool {
	return bytes.Equal(memory(a), memory(b))
}

func memory[T any](v *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))
}

// restore puts an entry behind all others, at the position that it had in a map of count entries.
func (m *Map[K, V]) restore(at, count uint64, k K, v V) bool {
	t := m.own()
	if at < uint64(t.next) || at >= 2*count+2*chunkSize { // a map has no more holes than that
		return false
	}
	if t.buckets.n == 0 {
		t.buckets.add(m.edit)
	}
	for t.entries.n < (int(at)+chunkSize-1)/chunkSize {
		t.entries.add(m.edit)
	}
	t.next = int(at)
	t.insert(k, v, m.edit)
	return true
}
