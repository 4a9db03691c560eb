package ptl

import "slices"

// maxHops is how many times an event may change hands between lanes before its place in the order no longer fits an
// ord. A workflow with longer paths runs on one lane.
const maxHops = 4

// ord is the place of an event in the order of a sequential run of an atom, kept only while lanes work in parallel:
// the phase (0 for what events caused, then one for each barrier), and the path of counters that led here: the number of the
// input event, then at each hand-over the number of the emission within what caused it. Two events never have the same path,
// and none is the beginning of another's at a place where both arrive, so the order is total.
type ord struct {
	phase uint32
	depth uint32
	at    [maxHops]uint32
}

func (o *ord) less(p *ord) bool {
	if o.phase != p.phase {
		return o.phase < p.phase
	}
	for i := range o.at {
		if o.at[i] != p.at[i] {
			return o.at[i] < p.at[i]
		}
	}
	return false
}

// child is the place of the n-th emission of what happens at o.
func (o *ord) child(n uint32) ord {
	c := *o
	c.at[c.depth] = n
	c.depth++
	return c
}

func (o *ord) compare(p *ord) int {
	switch {
	case o.less(p):
		return -1
	case p.less(o):
		return 1
	}
	return 0
}

// inOrder sorts what a lane has collected. One stage collects in order, so there is something to sort only where several
// stages feed the same place.
func inOrder[T any](items []T, place func(*T) *ord) {
	compare := func(a, b T) int { return place(&a).compare(place(&b)) }
	if !slices.IsSortedFunc(items, compare) {
		slices.SortFunc(items, compare)
	}
}

// merge visits the elements of several sequences, each in order already, in the order of all: it calls visit with the
// number of a sequence, whose next element is the least. place returns the place of the next element of sequence i, or nil at its end.
func merge(sequences int, place func(i int) *ord, visit func(i int)) {
	for {
		least := -1
		var first *ord
		for i := range sequences {
			if o := place(i); o != nil && (first == nil || o.less(first)) {
				least, first = i, o
			}
		}
		if least < 0 {
			return
		}
		visit(least)
	}
}
