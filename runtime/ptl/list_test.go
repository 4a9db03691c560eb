package ptl

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// listStep changes a list and its model, a slice that is copied at every change.
func listStep(t *rapid.T, l *List[int64], model []int64) []int64 {
	x := rapid.Int64Range(0, 9).Draw(t, "x")
	i := 0
	if len(model) > 0 {
		i = rapid.IntRange(0, len(model)-1).Draw(t, "i")
	}
	model = slices.Clone(model)
	switch step := rapid.IntRange(0, 8).Draw(t, "step"); {
	case step <= 2:
		ListPush(l, x)
		return append(model, x)
	case step == 3:
		other := ListOf(x, x+1, x+2)
		ListPushAll(l, other)
		return append(model, other.All()...)
	case step == 4:
		ListInsert(l, int64(i), x)
		return slices.Insert(model, i, x)
	case step == 5 && len(model) > 0:
		ListSet(l, int64(i), x)
		model[i] = x
	case step == 6 && len(model) > 0:
		at := rapid.SampledFrom([]int{0, i, len(model) - 1}).Draw(t, "at")
		ListRemoveAt(l, int64(at))
		return slices.Delete(model, at, at+1)
	case step == 7:
		ListRemove(l, x, IntType)
		if at := slices.Index(model, x); at >= 0 {
			return slices.Delete(model, at, at+1)
		}
	}
	return model
}

func TestSharedListsNeverChange(t *testing.T) {
	type given struct {
		value List[int64]
		model []int64
	}
	rapid.Check(t, func(t *rapid.T) {
		var place List[int64]
		var model []int64
		var shared []given
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			model = listStep(t, &place, model)
			if !slices.Equal(place.All(), model) {
				t.Fatalf("place is %v, want %v", place.All(), model)
			}
			switch rapid.IntRange(0, 5).Draw(t, "share") {
			case 0:
				shared = append(shared, given{place.Share(), model})
			case 1: // parts of a place, taken without sharing it
				low, high := int64(len(model)/3), int64(len(model)*2/3)
				shared = append(shared, given{ListSlice(place, low, high), slices.Clone(model[low:high])})
				shared = append(shared, given{ListConcat(place, List[int64]{}), slices.Clone(model)})
			case 2:
				if len(shared) > 0 {
					from := shared[rapid.IntRange(0, len(shared)-1).Draw(t, "from")]
					place, model = from.value, from.model
				}
			}
		}
		for _, g := range shared {
			if !slices.Equal(g.value.All(), g.model) {
				t.Fatalf("a value became %v, was %v", g.value.All(), g.model)
			}
		}
	})
}

// TestListChanges makes a list out of an earlier version of it by what changes says, by positions.
func TestListChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var place List[int64]
		var model []int64
		for range rapid.IntRange(0, 20).Draw(t, "begin") {
			model = listStep(t, &place, model)
		}
		at, first := map[int]int64{}, 0
		from := List[int64]{}
		for range rapid.IntRange(1, 5).Draw(t, "versions") {
			shift := place.changes(from, func(i int, was, is *int64) {
				if had, ok := at[first+i]; ok != (was != nil) || ok && had != *was {
					t.Fatalf("position %d had %v, and by the changes %v", i, had, was)
				}
				delete(at, first+i)
				if is != nil {
					at[first+i] = *is
				}
			})
			first += shift
			var made []int64
			for i := range len(at) {
				x, ok := at[first+i]
				if !ok {
					t.Fatalf("%v from %d on has a hole", at, first)
				}
				made = append(made, x)
			}
			if !slices.Equal(made, model) {
				t.Fatalf("the changes make %v, not %v", made, model)
			}
			from = place.Share()
			for range rapid.IntRange(0, 6).Draw(t, "steps") {
				model = listStep(t, &place, model)
			}
		}
	})
}

func TestListChangesLookOnlyAtWhatMoved(t *testing.T) {
	l := ListFrom(make([]int64, 100_000))
	ListPush(&l, 1)
	before := l.Share()
	ListPush(&l, 2)
	ListRemoveAt(&l, 0)
	var log []string
	shift := l.changes(before, func(at int, was, is *int64) { log = append(log, fmt.Sprint(at, was != nil, is != nil)) })
	if got := fmt.Sprint(shift, log); got != "1 [0 true false 100001 false true]" {
		t.Error(got)
	}
}

func TestPushAfterShareDoesNotCopy(t *testing.T) {
	l := ListFrom(make([]int64, 100_000))
	ListPush(&l, 1)
	var seen List[int64]
	allocs := testing.AllocsPerRun(1000, func() {
		seen = l.Share()
		ListPush(&l, 2)
	})
	if allocs != 0 || seen.Len() != l.Len()-1 {
		t.Errorf("%v allocations a push", allocs)
	}
	ListSet(&l, 0, 5)
	if allocs := testing.AllocsPerRun(1000, func() { ListSet(&l, 7, 5) }); allocs != 0 {
		t.Errorf("%v allocations a write", allocs)
	}
}

func BenchmarkListPushShared(b *testing.B) {
	b.ReportAllocs()
	var l List[int64]
	for b.Loop() {
		_ = l.Share()
		ListPush(&l, 1)
	}
}
