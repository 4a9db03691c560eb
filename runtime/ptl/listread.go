package ptl

// What asks a list something, and what takes parts of it.

// ListLength is the number of items.
func ListLength[T any](l List[T]) int64 { return int64(len(l.items)) }

// ListIsEmpty tells whether there are no items.
func ListIsEmpty[T any](l List[T]) bool { return len(l.items) == 0 }

// ListAt is `l[i]`: None outside of the list.
func ListAt[T any](l List[T], i int64) Option[T] {
	if uint64(i) >= uint64(len(l.items)) {
		return Option[T]{}
	}
	return Some(l.items[i])
}

// ListFirst is the first item.
func ListFirst[T any](l List[T]) Option[T] { return ListAt(l, 0) }

// ListLast is the last item.
func ListLast[T any](l List[T]) Option[T] { return ListAt(l, int64(len(l.items))-1) }

// ListContains tells whether x is among the items.
func ListContains[T any](l List[T], x T, t *Type[T]) bool { return ListIndexOf(l, x, t).OK }

// ListIndexOf tells where x stands first.
func ListIndexOf[T any](l List[T], x T, t *Type[T]) Option[int64] {
	for i := range l.items {
		if t.Equal(l.items[i], x) {
			return Some(int64(i))
		}
	}
	return Option[int64]{}
}

// index is where f first gives want, or the length.
func (l List[T]) index(f func(T) bool, want bool) int {
	for i, x := range l.items {
		if f(x) == want {
			return i
		}
	}
	return len(l.items)
}

// ListFind is the first item for which f holds.
func ListFind[T any](l List[T], f func(T) bool) Option[T] { return ListAt(l, int64(l.index(f, true))) }

// ListAny tells whether f holds for some item.
func ListAny[T any](l List[T], f func(T) bool) bool { return l.index(f, true) < len(l.items) }

// ListAll tells whether f holds for every item.
func ListAll[T any](l List[T], f func(T) bool) bool { return l.index(f, false) == len(l.items) }

// ListCount counts the items for which f holds.
func ListCount[T any](l List[T], f func(T) bool) int64 {
	n := int64(0)
	for _, x := range l.items {
		if f(x) {
			n++
		}
	}
	return n
}

// ListFold combines all items, from the first to the last.
func ListFold[T, A any](l List[T], start A, f func(A, T) A) A {
	for _, x := range l.items {
		start = f(start, x)
	}
	return start
}

// ListTake is the first n items, or all there are.
func ListTake[T any](l List[T], n int64) List[T] { return ListSlice(l, 0, n) }

// ListDrop is all but the first n items.
func ListDrop[T any](l List[T], n int64) List[T] { return ListSlice(l, n, int64(len(l.items))) }

// ListTakeWhile is the items before the first for which f does not hold.
func ListTakeWhile[T any](l List[T], f func(T) bool) List[T] { return l.alias(0, l.index(f, false)) }

// ListDropWhile is the items from the first on for which f does not hold.
func ListDropWhile[T any](l List[T], f func(T) bool) List[T] {
	return l.alias(l.index(f, false), len(l.items))
}

// ListSlice is the items from index low up to, but without, high; what lies outside is left out.
func ListSlice[T any](l List[T], low, high int64) List[T] {
	return l.alias(within(low, high, len(l.items)))
}

// within cuts the range from low up to high down to the one from 0 up to n.
func within(low, high int64, n int) (int, int) {
	low = min(max(low, 0), int64(n))
	return int(low), int(min(max(high, low), int64(n)))
}
