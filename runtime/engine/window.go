package engine

import "github.com/portals-lang/portals/runtime/ptl"

// window is a queue of atoms in a ring, so that a stream in full flow asks for no memory.
type window struct {
	ring []atom // as long as a power of two
	head int    // of the first
	n    int
}

func (w *window) len() int { return w.n }

// atom is an atom with its weight, for which it need not be looked at again.
type atom struct {
	events ptl.Batch
	weight int64
}

func (w *window) at(i int) *atom { return &w.ring[(w.head+i)&(len(w.ring)-1)] }

func (w *window) push(events ptl.Batch, weight int64) {
	if w.n == len(w.ring) {
		grown := make([]atom, max(8, 2*w.n))
		k := copy(grown, w.ring[w.head:])
		copy(grown[k:], w.ring[:w.head])
		w.ring, w.head = grown, 0
	}
	w.ring[(w.head+w.n)&(len(w.ring)-1)] = atom{events, weight}
	w.n++
}

func (w *window) pop() atom {
	first := w.ring[w.head]
	w.ring[w.head] = atom{}
	w.head = (w.head + 1) & (len(w.ring) - 1)
	w.n--
	return first
}
