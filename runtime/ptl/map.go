package ptl

import (
	"hash/maphash"
	"iter"
	"math/bits"
)

// Map keeps its entries in the order of insertion and finds them by key.
//
// It is a persistent structure that a place changes in place as long as the value has not been given away. Entries
// stand in a vector, chunk by chunk, in the order of insertion; buckets finds a key's position in it. Small maps
// are a plain array without an index. Share is O(1); the first change of an entry after it copies the path to the entry and
// to its bucket, a few hundred bytes whatever the size of the map; every further change of that part copies nothing.
//
// A removed entry leaves a hole. When more than half is holes the entries are moved together, at a cost that the
// removals before have paid for. Hashes are salted per process; nothing that can be seen depends on them.
type Map[K comparable, V any] struct {
	t    *table[K, V] // nil: empty
	edit uint64       // of a place that may change t in place; 0 in values
}

// table is a version of a map, or the one that a place is changing.
type table[K comparable, V any] struct {
	count   int           // entries
	next    int           // position of the next entry to be inserted, holes included
	small   []entry[K, V] // all entries, while buckets is empty
	entries vector[chunk[K, V]]
	buckets buckets
}

// entry has the value first, as Go would pad a Unit at the end.
type entry[K comparable, V any] struct {
	value V
	key   K
}

const (
	chunkSize = 16
	maxSmall  = 8
)

// chunk holds neighbouring entries; live has a bit for each that is no hole.
type chunk[K comparable, V any] struct {
	live    uint16
	entries [chunkSize]entry[K, V]
}

// MapOf is the map of its arguments, `["a": 1]`; of entries with one key the last counts.
func MapOf[K comparable, V any](entries ...Tuple2[K, V]) Map[K, V] {
	var m Map[K, V]
	for _, e := range entries {
		MapPut(&m, e.V0, e.V1)
	}
	return m.Share()
}

// Share gives the value of a place away, and with it the right to write in place.
func (m *Map[K, V]) Share() Map[K, V] {
	m.edit = 0
	return Map[K, V]{t: m.t}
}

// Len is the number of entries.
func (m Map[K, V]) Len() int {
	if m.t == nil {
		return 0
	}
	return m.t.count
}

// All runs over the entries in the order of insertion. The map must not be changed in place meanwhile: a loop whose body
// may do so runs over what Share gives.
func (m Map[K, V]) All() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if m.t == nil {
			return
		}
		for i := range m.t.small {
			if !yield(m.t.small[i].key, m.t.small[i].value) {
				return
			}
		}
		for i := range m.t.entries.n {
			c := m.t.entries.at(i)
			for live := c.live; live != 0; live &= live - 1 {
				e := &c.entries[bits.TrailingZeros16(live)%chunkSize]
				if !yield(e.key, e.value) {
					return
				}
			}
		}
	}
}

// own gives the table to change.
func (m *Map[K, V]) own() *table[K, V] {
	if m.edit == 0 {
		m.edit = newEdit()
		t := &table[K, V]{}
		if m.t != nil {
			*t = *m.t
			t.small = append(make([]entry[K, V], 0, max(len(t.small), maxSmall/2)), t.small...)
		}
		m.t = t
	}
	return m.t
}

// find gives the entry of k to read, its position and whose it is to change: that of the place with this edit, if it is not
// 0; nil if there is none.
func (t *table[K, V]) find(k K) (e *entry[K, V], position int, edit uint64) {
	if t == nil {
		return nil, 0, 0
	}
	if t.buckets.n == 0 {
		for i := range t.small {
			if t.small[i].key == k {
				return &t.small[i], i, 0
			}
		}
		return nil, 0, 0
	}
	return t.lookUp(k, mapHash(k))
}

func (t *table[K, V]) lookUp(k K, hash uint64) (*entry[K, V], int, uint64) {
	tag := tagOf(hash)
	for b := t.buckets.at(t.buckets.number(hash)); b != nil; b = b.more {
		for m := matches(b.tags, tag); m != 0; m &= m - 1 {
			position := int(b.at[bits.TrailingZeros64(m)/8%bucketSize])
			c := t.entries.block(position / chunkSize)
			if e := &c.data.entries[position%chunkSize]; e.key == k {
				return e, position, c.edit
			}
		}
	}
	return nil, 0, 0
}

func (t *table[K, V]) entry(position int) *entry[K, V] {
	return &t.entries.at(position / chunkSize).entries[position%chunkSize]
}

// ownEntry gives the entry at a position to change.
func (t *table[K, V]) ownEntry(position int, edit uint64) *entry[K, V] {
	if t.buckets.n == 0 {
		return &t.small[position]
	}
	return &t.entries.own(position/chunkSize, edit).entries[position%chunkSize]
}

// insert adds an entry for a key that has none.
func (t *table[K, V]) insert(k K, v V, edit uint64) {
	t.count++
	if t.buckets.n == 0 {
		if len(t.small) < maxSmall {
			t.small = append(t.small, entry[K, V]{v, k})
			return
		}
		t.rebuild(edit)
	}
	t.append(k, v, edit)
	if t.count > t.buckets.n*bucketLoad {
		t.buckets.split(edit, func(position uint32) uint64 { return mapHash(t.entry(int(position)).key) })
	}
}

// append puts an entry behind all others and into the index.
func (t *table[K, V]) append(k K, v V, edit uint64) {
	i := t.next % chunkSize
	var c *chunk[K, V]
	if i == 0 {
		c = t.entries.add(edit)
	} else {
		c = t.entries.own(t.next/chunkSize, edit)
	}
	c.entries[i] = entry[K, V]{v, k}
	c.live |= 1 << i
	t.buckets.insert(mapHash(k), uint32(t.next), edit)
	t.next++
}

// remove takes out the entry of k, which stands at a position.
func (t *table[K, V]) remove(k K, position int, edit uint64) {
	t.count--
	if t.buckets.n == 0 {
		t.small = append(t.small[:position], t.small[position+1:]...)
		clear(t.small[len(t.small) : len(t.small)+1])
		return
	}
	c := t.entries.own(position/chunkSize, edit)
	c.entries[position%chunkSize] = entry[K, V]{}
	c.live &^= 1 << (position % chunkSize)
	t.buckets.remove(mapHash(k), uint32(position), edit)
	if t.next > 2*t.count+2*chunkSize {
		t.rebuild(edit)
	}
}

// rebuild moves the entries together, without holes: into an array if they are few, else chunks with an index.
func (t *table[K, V]) rebuild(edit uint64) {
	old := Map[K, V]{t: t}
	fresh := table[K, V]{count: t.count}
	if t.count <= maxSmall {
		fresh.small = make([]entry[K, V], 0, maxSmall)
		for k, v := range old.All() {
			fresh.small = append(fresh.small, entry[K, V]{v, k})
		}
	} else {
		for range t.count/bucketLoad + 1 {
			fresh.buckets.add(edit)
		}
		for k, v := range old.All() {
			fresh.append(k, v, edit)
		}
	}
	*t = fresh
}

var (
	mapSeed = maphash.MakeSeed()
	mapSalt = maphash.Comparable(mapSeed, true)
)

// mapHash spreads keys over buckets. The commonest key types get a shorter way to the same end.
func mapHash[K comparable](k K) uint64 {
	switch k := any(k).(type) {
	case int64:
		return HashInt(k ^ int64(mapSalt))
	case string:
		return maphash.String(mapSeed, k)
	}
	return maphash.Comparable(mapSeed, k)
}
