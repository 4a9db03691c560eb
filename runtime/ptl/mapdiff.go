package ptl

import "math/bits"

// MapDiff tells how to make one map out of another: first every key to remove, then every entry to put, so that the
// result has the order of to as well. Of two versions of one map it looks only at the parts that changed in between; the
// cost of anything else is their size. same compares values.
func MapDiff[K comparable, V any](from, to Map[K, V], same func(a, b V) bool, remove func(K), put func(K, V)) {
	switch {
	case from.t == to.t:
	case from.t == nil || to.t == nil || from.t.lineage != to.t.lineage || from.t.buckets.n == 0:
		diffAll(from, to, same, remove, put)
	default:
		diffVersions(from, to, same, remove, put)
	}
}

// diffAll takes from the front of both maps what they have in common; everything else is removed or put.
func diffAll[K comparable, V any](from, to Map[K, V], same func(a, b V) bool, remove func(K), put func(K, V)) {
	want := make([]entry[K, V], 0, to.Len())
	for k, v := range to.All() {
		want = append(want, entry[K, V]{v, k})
	}
	kept := 0
	var had []V
	for k, v := range from.All() {
		if kept < len(want) && want[kept].key == k {
			had = append(had, v)
			kept++
		} else {
			remove(k)
		}
	}
	for i, e := range want {
		if i >= kept || !same(had[i], e.value) {
			put(e.key, e.value)
		}
	}
}

// change is a chunk in two versions.
type change[K comparable, V any] struct {
	from, to *chunk[K, V]
}

// diffVersions compares entries by their positions, which versions of one lineage share, up to where they were parted.
func diffVersions[K comparable, V any](from, to Map[K, V], same func(a, b V) bool, remove func(K), put func(K, V)) {
	var changes []change[K, V]
	parted := false
	none := &chunk[K, V]{}
	from.t.entries.differ(&to.t.entries, func(i int, a, b *chunk[K, V]) {
		if a == nil {
			a = none
		}
		if b == nil {
			b = none
		}
		changes = append(changes, change[K, V]{a, b})
		parted = parted || a.parted(b, min(from.t.next-i*chunkSize, chunkSize))
	})
	if parted {
		diffAll(from, to, same, remove, put)
		return
	}
	for _, c := range changes {
		for gone := c.from.live &^ c.to.live; gone != 0; gone &= gone - 1 {
			remove(c.from.entries[bits.TrailingZeros16(gone)].key)
		}
	}
	for _, c := range changes {
		for live := c.to.live; live != 0; live &= live - 1 {
			i := bits.TrailingZeros16(live)
			e := &c.to.entries[i]
			if c.from.live>>i&1 == 0 || !same(c.from.entries[i].value, e.value) {
				put(e.key, e.value)
			}
		}
	}
}

// parted tells whether b cannot have become of c by removing and changing entries and adding some from position used on:
// then the two have a common ancestor only, and the same position may mean different things.
func (c *chunk[K, V]) parted(b *chunk[K, V], used int) bool {
	for live := b.live; live != 0; live &= live - 1 {
		i := bits.TrailingZeros16(live)
		if c.live>>i&1 == 0 {
			if i < used {
				return true
			}
		} else if c.entries[i].key != b.entries[i].key {
			return true
		}
	}
	return false
}
