package ptl

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// mapModel is what a Map must behave like: the keys in order, and a Go map.
type mapModel struct {
	keys   []int64
	values map[int64]int64
}

func (m mapModel) clone() mapModel {
	c := mapModel{append([]int64(nil), m.keys...), map[int64]int64{}}
	for k, v := range m.values {
		c.values[k] = v
	}
	return c
}

func (m *mapModel) put(k, v int64) {
	if _, ok := m.values[k]; !ok {
		m.keys = append(m.keys, k)
	}
	m.values[k] = v
}

func (m *mapModel) remove(k int64) {
	for i, key := range m.keys {
		if key == k {
			m.keys = append(m.keys[:i:i], m.keys[i+1:]...)
		}
	}
	delete(m.values, k)
}

func (m mapModel) check(t *rapid.T, what string, got Map[int64, int64]) {
	if got.Len() != len(m.keys) {
		t.Fatalf("%s: %d entries, want %d", what, got.Len(), len(m.keys))
	}
	i := 0
	for k, v := range got.All() {
		if k != m.keys[i] || v != m.values[k] {
			t.Fatalf("%s: entry %d is %d: %d, want %d: %d", what, i, k, v, m.keys[i], m.values[m.keys[i]])
		}
		if at := MapGet(got, k); at != Some(v) {
			t.Fatalf("%s: [%d] is %v, want %d", what, k, at, v)
		}
		i++
	}
}

// mapStep changes m and its model in the same way.
func mapStep(t *rapid.T, m *Map[int64, int64], model *mapModel, keys int64) {
	k := rapid.Int64Range(0, keys).Draw(t, "key")
	v := rapid.Int64Range(0, 3).Draw(t, "value")
	switch rapid.IntRange(0, 9).Draw(t, "step") {
	case 0, 1, 2, 3:
		MapPut(m, k, v)
		model.put(k, v)
	case 4, 5:
		MapUpdate(m, k, 10, func(old int64) int64 { return old + v })
		old, ok := model.values[k]
		if !ok {
			old = 10
		}
		model.put(k, old+v)
	case 6:
		for i := k; i < k+20; i++ {
			MapPut(m, i, v)
			model.put(i, v)
		}
	case 7:
		for i := k; i < k+25; i++ {
			MapRemove(m, i)
			model.remove(i)
		}
	default:
		MapRemove(m, k)
		model.remove(k)
	}
}

func TestMapIsAnOrderedMapAndSharedValuesNeverChange(t *testing.T) {
	type given struct {
		value Map[int64, int64]
		model mapModel
	}
	rapid.Check(t, func(t *rapid.T) {
		var place Map[int64, int64]
		model := mapModel{values: map[int64]int64{}}
		keys := rapid.SampledFrom([]int64{6, 12, 40, 400}).Draw(t, "keys")
		var shared []given
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			mapStep(t, &place, &model, keys)
			model.check(t, "place", place)
			switch rapid.IntRange(0, 5).Draw(t, "share") {
			case 0:
				shared = append(shared, given{place.Share(), model.clone()})
			case 1: // go on from an old value, as from a `let`
				if len(shared) > 0 {
					from := shared[rapid.IntRange(0, len(shared)-1).Draw(t, "from")]
					place, model = from.value, from.model.clone()
				}
			}
		}
		for i, g := range shared {
			g.model.check(t, fmt.Sprintf("value %d", i), g.value)
		}
		for _, a := range shared {
			for _, b := range shared {
				checkDiff(t, a.value, b.value, b.model)
			}
		}
	})
}

// checkDiff makes one map out of the other by what changes says, by positions.
func checkDiff(t *rapid.T, from, to Map[int64, int64], model mapModel) {
	if from.Len() <= maxSmall || to.Len() <= maxSmall {
		return // they may have no positions
	}
	at := positions(from)
	to.changes(from, func(i int, was, is *entry[int64, int64]) {
		if had, ok := at[i]; ok != (was != nil) || ok && had != *was {
			t.Fatalf("position %d had %v, and by the changes %v", i, had, was)
		}
		delete(at, i)
		if is != nil {
			at[i] = *is
		}
	})
	var made Map[int64, int64]
	for _, i := range slices.Sorted(maps.Keys(at)) {
		if !made.restore(uint64(i), uint64(len(at)), at[i].key, at[i].value) {
			t.Fatalf("position %d of %d entries makes no sense", i, len(at))
		}
	}
	model.check(t, "from + changes", made)
	if got := positions(made); !maps.Equal(got, at) {
		t.Fatalf("restored to %v, want %v", got, at)
	}
}

func positions(m Map[int64, int64]) map[int]entry[int64, int64] {
	at := map[int]entry[int64, int64]{}
	m.changes(Map[int64, int64]{}, func(i int, _, is *entry[int64, int64]) { at[i] = *is })
	return at
}

func TestChangesOfVersionsSeeOnlyWhatChanged(t *testing.T) {
	var m Map[int64, int64]
	for i := range int64(100_000) {
		MapPut(&m, i, i)
	}
	before := m.Share()
	MapPut(&m, 70_000, -1)
	MapRemove(&m, 3)
	MapPut(&m, 100_000, 0)
	after := m.Share()
	looked := 0
	before.t.entries.differ(&after.t.entries, func(int, *chunk[int64, int64], *chunk[int64, int64]) { looked++ })
	if looked != 3 {
		t.Errorf("looked at %d chunks, want 3", looked)
	}
	var log []string
	after.changes(before, func(at int, was, is *entry[int64, int64]) { log = append(log, fmt.Sprint(at, was, is)) })
	if got := fmt.Sprint(log); got != "[3 &{3 3} <nil> 70000 &{70000 70000} &{-1 70000} 100000 <nil> &{0 100000}]" {
		t.Error(got)
	}
}

func TestMapUpdateInPlaceDoesNotAllocate(t *testing.T) {
	for _, n := range []int64{5, 1000, 100_000} {
		var m Map[int64, int64]
		for i := range n {
			MapPut(&m, i, i)
		}
		i := int64(0)
		if allocs := testing.AllocsPerRun(100, func() {
			MapPut(&m, i%n, 7)
			MapUpdate(&m, i%n, 0, func(v int64) int64 { return v + 1 })
			i += 7919
		}); allocs != 0 {
			t.Errorf("%d entries: %v allocations per update", n, allocs)
		}
	}
}

func TestBucketOverflow(t *testing.T) {
	var b buckets
	b.add(1)
	hash := func(position uint32) uint64 { return 0xabc << 32 } // all alike
	for position := range uint32(30) {
		b.insert(hash(position), position, 1)
	}
	before := b
	for range 5 {
		b.split(2, hash)
	}
	for position := uint32(0); position < 30; position += 2 {
		b.remove(hash(0), position, 2)
	}
	count := func(b buckets) (n int) {
		for i := range b.n {
			for k := b.at(i); k != nil; k = k.more {
				for j := range bucketSize {
					if k.tags>>(8*j)&0x80 != 0 {
						n++
					}
				}
			}
		}
		return n
	}
	if count(before) != 30 || count(b) != 15 {
		t.Errorf("%d and %d positions, want 30 and 15", count(before), count(b))
	}
}
