package ptl

import (
	"slices"
	"unsafe"
)

// When a handler has run and waits on, the futures that its frame no longer needs are let go of: their replies make no atom. What it
// needs is what it can reach, so all that it can reach is gone through. A handler that awaits the futures of a long list
// one by one would have the list gone through at each reply; so the frames that hold many are remembered, with the lists that
// they held. As long as these are the same, what is in them is needed as before, and only what was asked since, and what the
// frame holds outside of lists, is looked at.

// Visit goes through the futures of a frame, and marks how each is needed.
type Visit struct {
	future func(AnyFuture) // or calls it with each
	depth  int             // of the lists that it is in
	// lists are the outermost ones that it has come to, singles the futures outside of them, if it notes them; skips says that lists are
	// not gone through.
	lists   []futureList
	singles []*futureHead
	notes   bool
	skips   bool
}

// futureList tells lists apart: what is in one does not change as long as somebody holds it.
type futureList struct {
	items unsafe.Pointer
	n     int
}

// Future visits a future, or a timer.
func (v *Visit) Future(f AnyFuture) {
	if v.future != nil {
		v.future(f)
		return
	}
	h := f.head()
	if v.depth > 0 {
		h.mark(neededInList, true)
		return
	}
	h.mark(neededAlone, true)
	if v.notes {
		v.singles = append(v.singles, h)
	}
}

// VisitList visits what is in the items of a list; each visits what is in one of them.
func VisitList[T any](v *Visit, l List[T], each func(item T)) {
	items := l.All()
	if v.depth == 0 && v.notes {
		v.lists = append(v.lists, futureList{unsafe.Pointer(unsafe.SliceData(items)), len(items)})
	}
	if v.skips {
		return
	}
	v.depth++
	for _, item := range items {
		each(item)
	}
	v.depth--
}

// begin makes a visit ready to be used again.
func (v *Visit) begin(notes, skips bool) {
	clear(v.lists)
	clear(v.singles)
	v.lists, v.singles, v.notes, v.skips = v.lists[:0], v.singles[:0], notes, skips
}

// swept is what a sweep has left of a frame that holds many futures.
type swept struct {
	lists   []futureList
	singles []*futureHead
	last    *futureHead // what it had asked last
	held    int         // how many it held when all was gone through
	left    int         // so many of these, which are done, may not be needed any more
}

// manyHeld is how many futures a frame holds that is remembered.
const manyHeld = 32

// holdsMany tells whether f holds so many futures that it may be remembered, or be so already.
func (f *frame[K, F]) holdsMany() bool {
	n := 0
	for h := f.futures; h != nil && n < manyHeld; h = h.next {
		n++
	}
	return n == manyHeld
}

// sweep forgets the futures that f no longer needs.
func (w *Waiting[K, F]) sweep(f *frame[K, F]) {
	v, p, many := &w.visit, w.table.part(f.id), f.holdsMany()
	if many {
		if s := p.swept[f]; s != nil && w.sweepNew(f, s) {
			return
		}
	}
	v.begin(many, false)
	w.table.typ.Futures(&f.data, v)
	held := 0
	for at := &f.futures; *at != nil; {
		h := *at
		if !h.marked(neededAlone | neededInList) {
			w.release(at)
			continue
		}
		h.mark(inList, h.marked(neededInList))
		h.mark(neededAlone|neededInList, false)
		held++
		at = &h.next
	}
	if p.swept != nil {
		delete(p.swept, f)
	}
	if held < manyHeld || len(v.lists) == 0 {
		return
	}
	if p.swept == nil {
		p.swept = map[*frame[K, F]]*swept{}
	}
	p.swept[f] = &swept{lists: slices.Clone(v.lists), singles: slices.Clone(v.singles), last: f.futures, held: held}
}

// sweepNew is sweep for a frame whose lists are as s has them; false if they are not, or if something old may go.
func (w *Waiting[K, F]) sweepNew(f *frame[K, F], s *swept) bool {
	v := &w.visit
	v.begin(true, true)
	w.table.typ.Futures(&f.data, v)
	same := slices.Equal(v.lists, s.lists)
	for _, h := range s.singles {
		switch {
		case h.marked(neededAlone | inList):
		case h.Done():
			s.left++
		default:
			same = false
		}
	}
	if same = same && s.left <= s.held; same {
		for at := &f.futures; *at != s.last; {
			if !(*at).marked(neededAlone) {
				w.release(at)
			} else {
				at = &(*at).next
			}
		}
		clear(s.singles)
		s.singles, s.last = append(s.singles[:0], v.singles...), f.futures
	}
	for _, h := range v.singles {
		h.mark(neededAlone, false)
	}
	return same
}

// release forgets a future that its frame holds.
func (w *Waiting[K, F]) release(at **futureHead) {
	h := *at
	*at = h.next
	w.table.answered(h)
	w.table.flow.ends.release(h)
}
