package ptl

import (
	"slices"
	"strconv"
)

// List is a sequence of values.
//
// It is a slice and a number that tells who may change what, so that `xs.push(x)` stays cheap on a place that is emitted
// again and again. A place (a `var`, a `state`) has two rights, which it can lose apart:
//
//   - It may *write* items from shared on; the ones before may be seen by values that were given away.
//   - It may *append* into the free capacity behind its items: no value sees that, because values are clipped (their
//     capacity is their length), and no other place has it, because copying a place goes through Share.
//
// A value has shared == len == cap, so whatever changes it copies it first, and the copy is all its own. Share clips
// what it gives away and sets shared to the length: writing is lost, appending is not. Taking items off the end of a
// place must give up the capacity when it reaches below shared, since a value may still see what appending would
// overwrite. Go's append moves the items of a place that is full to an array that nobody else knows: all of it is the
// place's own again.
//
// Built-ins take the List that they read as it stands in its place, without Share; when a part of it becomes part of
// their result, alias looks whether the place could still write it.
type List[T any] struct {
	items  []T
	shared int
}

// ListOf is the list of its arguments: `[1, 2]`.
func ListOf[T any](items ...T) List[T] { return ListFrom(items) }

// ListFrom takes items over: the caller must not change them any more.
func ListFrom[T any](items []T) List[T] {
	return List[T]{items[:len(items):len(items)], len(items)}
}

// Len is the number of items.
func (l List[T]) Len() int { return len(l.items) }

// All gives the items to read, for `for … range`.
func (l List[T]) All() []T { return l.items }

// Share gives the value of a place away, and with it the right to write in place.
func (l *List[T]) Share() List[T] {
	l.shared = len(l.items)
	return List[T]{l.items[:l.shared:l.shared], l.shared}
}

// alias is the value of the items from low up to high.
func (l List[T]) alias(low, high int) List[T] {
	items := l.items[low:high:high]
	if high > l.shared {
		items = slices.Clone(items)
	}
	return ListFrom(items)
}

// own makes the items from i on the place's to write.
func (l *List[T]) own(i int) {
	if i < l.shared {
		l.items = append(make([]T, 0, len(l.items)), l.items...)
		l.shared = 0
	}
}

// at checks an index that is written.
func (l List[T]) at(i int64, what string) int {
	if uint64(i) >= uint64(len(l.items)) {
		l.outOfRange(i, what)
	}
	return int(i)
}

func (l List[T]) outOfRange(i int64, what string) {
	Fail(what + " " + strconv.FormatInt(i, 10) + " is out of range: the list has " + strconv.Itoa(len(l.items)) + " elements")
}
