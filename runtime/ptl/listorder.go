package ptl

import (
	"cmp"
	"slices"
)

// ListMin is the least item, the first of equal ones.
func ListMin[T any](l List[T], t *Type[T]) Option[T] { return l.extreme(t.Compare) }

// ListMax is the greatest item, the first of equal ones.
func ListMax[T any](l List[T], t *Type[T]) Option[T] {
	return l.extreme(func(a, b T) int { return t.Compare(b, a) })
}

// extreme is the first item that compare puts before all others.
func (l List[T]) extreme(compare func(a, b T) int) Option[T] {
	if len(l.items) == 0 {
		return Option[T]{}
	}
	best := l.items[0]
	for _, x := range l.items[1:] {
		if compare(x, best) < 0 {
			best = x
		}
	}
	return Some(best)
}

// ranked is an item's number and what it is ordered by.
type ranked[K any] struct {
	key K
	i   int
}

// ranks calls f once for each item, in order: f may be slow, or ask.
func ranks[T, K any](l List[T], f func(T) K) List[ranked[K]] {
	made := make([]ranked[K], len(l.items))
	for i, x := range l.items {
		made[i] = ranked[K]{f(x), i}
	}
	return ListFrom(made)
}

// ListMinBy is the item for which f is least, the first of equal ones.
func ListMinBy[T, K any](l List[T], f func(T) K, kt *Type[K]) Option[T] {
	best := ranks(l, f).extreme(func(a, b ranked[K]) int { return kt.Compare(a.key, b.key) })
	if !best.OK {
		return Option[T]{}
	}
	return Some(l.items[best.Value.i])
}

// ListMaxBy is the item for which f is greatest, the first of equal ones.
func ListMaxBy[T, K any](l List[T], f func(T) K, kt *Type[K]) Option[T] {
	best := ranks(l, f).extreme(func(a, b ranked[K]) int { return kt.Compare(b.key, a.key) })
	if !best.OK {
		return Option[T]{}
	}
	return Some(l.items[best.Value.i])
}

// ListSort is the items from the least to the greatest.
func ListSort[T any](l List[T], t *Type[T]) List[T] {
	sorted := slices.Clone(l.items)
	slices.SortStableFunc(sorted, t.Compare)
	return ListFrom(sorted)
}

// ListSortBy is the items by what f makes of them, from the least to the greatest; equal ones stay in order.
func ListSortBy[T, K any](l List[T], f func(T) K, kt *Type[K]) List[T] {
	order := ranks(l, f).items
	// Sorting by the number too makes the fast unstable sort a stable one.
	slices.SortFunc(order, func(a, b ranked[K]) int {
		if c := kt.Compare(a.key, b.key); c != 0 {
			return c
		}
		return cmp.Compare(a.i, b.i)
	})
	sorted := make([]T, len(order))
	for i := range order {
		sorted[i] = l.items[order[i].i]
	}
	return ListFrom(sorted)
}
