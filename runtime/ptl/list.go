package ptl

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
// what it gives away and sets shared to the length: writing is lost, appending is not. Taking items off the end
// of a place must give up the capacity when it reaches below shared, since a value may still see what appending would overwrite.
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
