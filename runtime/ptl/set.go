package ptl

import "iter"

// Set holds values once each, in the order of insertion: a Map without values, with the same costs.
type Set[T comparable] struct {
	m Map[T, Unit]
}

// SetOf is `Set([1, 2])`.
func SetOf[T comparable](items List[T]) Set[T] { return ListToSet(items) }

// Share gives the value of a place away, and with it the right to write in place.
func (s *Set[T]) Share() Set[T] { return Set[T]{s.m.Share()} }

// Len is the number of elements.
func (s Set[T]) Len() int { return s.m.Len() }

// All runs over the elements in the order of insertion; see Map.All.
func (s Set[T]) All() iter.Seq[T] {
	return func(yield func(T) bool) {
		s.m.All()(func(x T, _ Unit) bool { return yield(x) })
	}
}

// SetLength is the number of elements.
func SetLength[T comparable](s Set[T]) int64 { return int64(s.m.Len()) }

// SetIsEmpty tells whether there are no elements.
func SetIsEmpty[T comparable](s Set[T]) bool { return s.m.Len() == 0 }

// SetContains tells whether x is among the elements.
func SetContains[T comparable](s Set[T], x T) bool { return MapHas(s.m, x) }

// SetUnion is what is in one of the sets or in both.
func SetUnion[T comparable](s, other Set[T]) Set[T] { return Set[T]{MapMerge(s.m, other.m)} }

// SetIntersection is what is in both sets.
func SetIntersection[T comparable](s, other Set[T]) Set[T] {
	return Set[T]{MapFilter(s.m, func(x T, _ Unit) bool { return SetContains(other, x) })}
}

// SetDifference is what is in s and not in the other.
func SetDifference[T comparable](s, other Set[T]) Set[T] {
	return Set[T]{MapFilter(s.m, func(x T, _ Unit) bool { return !SetContains(other, x) })}
}

// SetIsSubsetOf tells whether all elements are in the other set too.
func SetIsSubsetOf[T comparable](s, other Set[T]) bool {
	if s.Len() > other.Len() {
		return false
	}
	for x := range s.All() {
		if !SetContains(other, x) {
			return false
		}
	}
	return true
}

// SetToList is the elements, in the order of insertion.
func SetToList[T comparable](s Set[T]) List[T] { return MapKeys(s.m) }

// SetAdd adds x, if it is not there.
func SetAdd[T comparable](s *Set[T], x T) {
	if !SetContains(*s, x) {
		s.m.own().insert(x, Unit{}, s.m.edit)
	}
}

// SetRemove removes x, if it is there.
func SetRemove[T comparable](s *Set[T], x T) { MapRemove(&s.m, x) }

// SetClear removes all elements.
func SetClear[T comparable](s *Set[T]) { *s = Set[T]{} }
