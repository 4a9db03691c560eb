package ptl

import (
	"iter"
	"slices"
)

// bag is a set that is small, most of the time; nil is an empty one. It has no order that anybody may rely on.
type bag[T comparable] struct {
	few  []T            // up to bagFew
	many map[T]struct{} // all, once there were more
}

const bagFew = 8

// put adds an element to the bag of a key.
func put[K, T comparable](bags map[K]*bag[T], key K, x T) {
	b := bags[key]
	if b == nil {
		b = &bag[T]{}
		bags[key] = b
	}
	switch {
	case b.many != nil:
		b.many[x] = struct{}{}
	case slices.Contains(b.few, x):
	case len(b.few) < bagFew:
		b.few = append(b.few, x)
	default:
		b.many = map[T]struct{}{x: {}}
		for _, y := range b.few {
			b.many[y] = struct{}{}
		}
		b.few = nil
	}
}

// drop takes an element out of the bag of a key; an empty bag goes.
func drop[K, T comparable](bags map[K]*bag[T], key K, x T) {
	b := bags[key]
	if b == nil {
		return
	}
	if b.many != nil {
		delete(b.many, x)
	} else if i := slices.Index(b.few, x); i >= 0 {
		last := len(b.few) - 1
		b.few[i] = b.few[last]
		b.few = b.few[:last]
	}
	if len(b.few)+len(b.many) == 0 {
		delete(bags, key)
	}
}

// all are its elements.
func (b *bag[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		if b == nil {
			return
		}
		for _, x := range b.few {
			if !yield(x) {
				return
			}
		}
		for x := range b.many {
			if !yield(x) {
				return
			}
		}
	}
}
