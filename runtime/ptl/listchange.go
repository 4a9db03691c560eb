package ptl

import "slices"

// What changes the list in a place. See List for who may write what in place.

// ListPush adds x at the end.
func ListPush[T any](l *List[T], x T) {
	if len(l.items) == cap(l.items) {
		l.shared = 0
	}
	l.items = append(l.items, x)
}

// ListPushAll adds the items of other at the end.
func ListPushAll[T any](l *List[T], other List[T]) {
	if cap(l.items)-len(l.items) < len(other.items) {
		l.shared = 0
	}
	l.items = append(l.items, other.items...)
}

// ListSet is `l[i] = x`; it fails when i is out of range.
func ListSet[T any](l *List[T], i int64, x T) {
	at := l.at(i, "index")
	l.own(at)
	l.items[at] = x
}

// ListInsert puts x before the item at index i, which may be the length; it fails when i is out of range.
func ListInsert[T any](l *List[T], i int64, x T) {
	if i == int64(len(l.items)) {
		ListPush(l, x)
		return
	}
	at := l.at(i, "index")
	l.own(at)
	if len(l.items) == cap(l.items) {
		l.shared = 0
	}
	l.items = slices.Insert(l.items, at, x)
}

// ListRemoveAt removes the item at index i; it fails when i is out of range. The first and the last go in constant time.
func ListRemoveAt[T any](l *List[T], i int64) {
	at := l.at(i, "index")
	switch {
	case at == len(l.items)-1:
		l.cut(at)
	case at == 0:
		if l.shared == 0 {
			clear(l.items[:1]) // for the garbage collector
		}
		l.items = l.items[1:]
		l.shared = max(l.shared-1, 0)
	default:
		l.own(at)
		l.items = slices.Delete(l.items, at, at+1)
	}
}

// cut leaves the first n items.
func (l *List[T]) cut(n int) {
	if n < l.shared {
		// A value may see what lies behind: the place must not append over it.
		l.items, l.shared = l.items[:n:n], n
		return
	}
	clear(l.items[n:])
	l.items = l.items[:n]
}

// ListRemove removes the first item that equals x, if there is one.
func ListRemove[T any](l *List[T], x T, t *Type[T]) {
	for i := range l.items {
		if t.Equal(l.items[i], x) {
			ListRemoveAt(l, int64(i))
			return
		}
	}
}

// ListClear removes all items.
func ListClear[T any](l *List[T]) { *l = List[T]{} }
