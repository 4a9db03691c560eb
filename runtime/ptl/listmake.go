package ptl

import (
	"slices"
	"strconv"
)

// What makes new collections out of a list.

// ListMap is what f makes of each item.
func ListMap[T, U any](l List[T], f func(T) U) List[U] {
	made := make([]U, len(l.items))
	for i, x := range l.items {
		made[i] = f(x)
	}
	return ListFrom(made)
}

// ListFlatMap is the lists that f makes of the items, one after the other.
func ListFlatMap[T, U any](l List[T], f func(T) List[U]) List[U] {
	var made []U
	for _, x := range l.items {
		made = append(made, f(x).items...)
	}
	return ListFrom(made)
}

// ListFilter is the items for which f holds.
func ListFilter[T any](l List[T], f func(T) bool) List[T] {
	var kept []T
	for _, x := range l.items {
		if f(x) {
			kept = append(kept, x)
		}
	}
	return ListFrom(kept)
}

// ListFilterMap is the values that f gives, without the Nones.
func ListFilterMap[T, U any](l List[T], f func(T) Option[U]) List[U] {
	var made []U
	for _, x := range l.items {
		if y := f(x); y.OK {
			made = append(made, y.Value)
		}
	}
	return ListFrom(made)
}

// ListPartition is the items for which f holds, and the others.
func ListPartition[T any](l List[T], f func(T) bool) Tuple2[List[T], List[T]] {
	var yes, no []T
	for _, x := range l.items {
		if f(x) {
			yes = append(yes, x)
		} else {
			no = append(no, x)
		}
	}
	return Tuple2[List[T], List[T]]{ListFrom(yes), ListFrom(no)}
}

// ListGroupBy is the items by what f makes of them, groups and items in order of occurrence.
func ListGroupBy[T any, K comparable](l List[T], f func(T) K) Map[K, List[T]] {
	var keys []K
	var groups [][]T
	number := map[K]int{}
	for _, x := range l.items {
		k := f(x)
		n, ok := number[k]
		if !ok {
			n = len(keys)
			number[k] = n
			keys, groups = append(keys, k), append(groups, nil)
		}
		groups[n] = append(groups[n], x)
	}
	var m Map[K, List[T]]
	for n, k := range keys {
		MapPut(&m, k, ListFrom(groups[n]))
	}
	return m.Share()
}

// ListDistinct is every item once, in the order of first occurrence.
func ListDistinct[T comparable](l List[T]) List[T] {
	var kept []T
	seen := make(map[T]struct{}, len(l.items))
	for _, x := range l.items {
		if _, ok := seen[x]; !ok {
			seen[x] = struct{}{}
			kept = append(kept, x)
		}
	}
	return ListFrom(kept)
}

// ListZip is the pairs of the items of both lists, as many as the shorter one has.
func ListZip[T, U any](l List[T], other List[U]) List[Tuple2[T, U]] {
	pairs := make([]Tuple2[T, U], min(len(l.items), len(other.items)))
	for i := range pairs {
		pairs[i] = Tuple2[T, U]{l.items[i], other.items[i]}
	}
	return ListFrom(pairs)
}

// ListEnumerate is every item with its index.
func ListEnumerate[T any](l List[T]) List[Tuple2[int64, T]] {
	pairs := make([]Tuple2[int64, T], len(l.items))
	for i, x := range l.items {
		pairs[i] = Tuple2[int64, T]{int64(i), x}
	}
	return ListFrom(pairs)
}

// ListConcat is the items of both lists.
func ListConcat[T any](l, other List[T]) List[T] {
	switch {
	case len(other.items) == 0:
		return l.alias(0, len(l.items))
	case len(l.items) == 0:
		return other.alias(0, len(other.items))
	}
	return ListFrom(slices.Concat(l.items, other.items))
}

// ListChunks is lists of size items each, the last perhaps shorter; it fails if size is not positive.
func ListChunks[T any](l List[T], size int64) List[List[T]] {
	if size <= 0 {
		Fail("chunks of " + strconv.FormatInt(size, 10) + " elements: the size must be positive")
	}
	rest := l.alias(0, len(l.items)).items
	step := int(min(size, int64(max(len(rest), 1))))
	chunks := make([]List[T], 0, (len(rest)+step-1)/step)
	for chunk := range slices.Chunk(rest, step) {
		chunks = append(chunks, ListFrom(chunk))
	}
	return ListFrom(chunks)
}

// ListReverse is the items from the last to the first.
func ListReverse[T any](l List[T]) List[T] {
	reversed := slices.Clone(l.items)
	slices.Reverse(reversed)
	return ListFrom(reversed)
}

// ListToSet is the set of the items.
func ListToSet[T comparable](l List[T]) Set[T] {
	var s Set[T]
	for _, x := range l.items {
		SetAdd(&s, x)
	}
	return s.Share()
}

// ListToMap is the map of the pairs; of pairs with one key the last counts.
func ListToMap[K comparable, V any](l List[Tuple2[K, V]]) Map[K, V] {
	return MapOf(l.items...)
}

// longestRange bounds the lists that are made of a count, as longestText does texts.
const longestRange = longestText / 8

// Range is the numbers from low up to, but without, high.
func Range(low, high int64) List[int64] {
	if high <= low {
		return List[int64]{}
	}
	if uint64(high)-uint64(low) > longestRange {
		Fail("range(" + strconv.FormatInt(low, 10) + ", " + strconv.FormatInt(high, 10) + ") has more than " + strconv.Itoa(longestRange) + " numbers (1 GiB)")
	}
	numbers := make([]int64, high-low)
	for i := range numbers {
		numbers[i] = low + int64(i)
	}
	return ListFrom(numbers)
}
