package ptl

import "unsafe"

// changes compares a list with an earlier version of it, whose items were shared since, item by item: was or is is nil
// where one of them has none. at counts from the first item of the earlier version; so what has been taken off the front
// leaves places free, and what follows stays where it was. The result is the place of the first item.
//
// Items that both have in one place of memory cannot have changed and are not looked at.
func (l List[T]) changes(from List[T], visit func(at int, was, is *T)) (first int) {
	shift, same := l.within(from)
	for i := range shift {
		visit(i, &from.items[i], nil)
	}
	had := from.items[shift:]
	for i := range had[min(same, len(had)):] {
		i += same
		switch {
		case i >= len(l.items):
			visit(shift+i, &had[i], nil)
		case !sameMemory(&had[i], &l.items[i]):
			visit(shift+i, &had[i], &l.items[i])
		}
	}
	for i := min(len(had), len(l.items)); i < len(l.items); i++ {
		visit(shift+i, nil, &l.items[i])
	}
	return shift
}

// within tells whether l begins inside of the memory of an earlier version: behind how many of its items, and how many of them
// stand there for both.
func (l List[T]) within(from List[T]) (shift, same int) {
	if len(l.items) == 0 || len(from.items) == 0 {
		return 0, 0
	}
	size := unsafe.Sizeof(l.items[0])
	if size == 0 {
		return 0, min(len(l.items), len(from.items))
	}
	a, b := uintptr(unsafe.Pointer(&from.items[0])), uintptr(unsafe.Pointer(&l.items[0]))
	if b < a || b >= a+size*uintptr(len(from.items)) {
		return 0, 0
	}
	shift = int((b - a) / size)
	return shift, min(len(from.items)-shift, len(l.items))
}
