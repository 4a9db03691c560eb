package engine

import "github.com/portals-lang/portals/runtime/ptl"

// window is a queue of atoms in a ring, so that a stream in full flow asks for no memory.
type window struct {
	ring []ptl.Batch // as long as a power of two
	head int         // of the first
	n    int
}

func (w *window) len() int { return w.n }

func (w *window) at(i int) ptl.Batch { return w.ring[(w.head+i)&(len(w.ring)-1)] }

func (w *window) push(events ptl.Batch) {
	if w.n == len(w.ring) {
		grown := make([]ptl.Batch, max(8, 2*w.n))
		k := copy(grown, w.ring[w.head:])
		copy(grown[k:], w.ring[:w.head])
		w.ring, w.head = grown, 0
	}
	w.ring[(w.head+w.n)&(len(w.ring)-1)] = events
	w.n++
}

func (w *window) pop() ptl.Batch {
	events := w.ring[w.head]
	w.ring[w.head] = nil
	w.head = (w.head + 1) & (len(w.ring) - 1)
	w.n--
	return events
}
