package ptl

import "slices"

// maxHops is how many times an event may change hands between lanes before its place in the order no longer fits an
// ord. A workflow with longer paths runs on one lane.
const maxHops = 6

// ord is the place of an event in the order of a sequential run of an atom, kept only while lanes work in parallel:
// the phase (0 for what events caused, then one for each barrier), and the path of counters that led here: the number of the
// input event, then at each hand-over the number of the emission within what caused it. Two events never have the same path,
// and none is the beginning of another's at a place where both arrive, so the order is total.
type ord struct {
	phase uint32
	depth uint32
	at    [maxHops]uint32
}

// near is the place of an event that a lane has sent while it read the input: the number of the input event and that of the
// emission.
type near uint64

func (n near) ord() ord {
	return ord{depth: 2, at: [maxHops]uint32{uint32(n >> 32), uint32(n)}}
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
// stages feed the same place. It sorts indices: sorting T would be compiled anew for every type that changes hands, and that
// was an eighth of the code of programs.
func inOrder[T any](items []T, place func(*T) *ord) {
	sorted := true
	for i := 1; i < len(items) && sorted; i++ {
		sorted = !place(&items[i]).less(place(&items[i-1]))
	}
	if sorted {
		return
	}
	from := make([]int, len(items))
	for i := range from {
		from[i] = i
	}
	slices.SortFunc(from, func(i, j int) int { return place(&items[i]).compare(place(&items[j])) })
	before := slices.Clone(items)
	for i, j := range from {
		items[i] = before[j]
	}
}

// merge visits the elements of several sequences, each in order already, in the order of all: it calls visit with runs of
// elements of one sequence. Where lanes have collected one after the other, a run is all that a lane has.
func merge[T any](sequences [][]T, place func(*T) *ord, visit func(sequence int, run []T)) {
	rest := slices.Clone(sequences)
	for {
		least, limit := -1, (*ord)(nil) // the sequence that comes next, and the first place of the others
		for i, s := range rest {
			switch {
			case len(s) == 0:
			case least < 0:
				least = i
			case place(&s[0]).less(place(&rest[least][0])):
				least, limit = i, place(&rest[least][0])
			case limit == nil || place(&s[0]).less(limit):
				limit = place(&s[0])
			}
		}
		if least < 0 {
			return
		}
		run := rest[least]
		if limit != nil && limit.less(place(&run[len(run)-1])) {
			n := 1
			for place(&run[n]).less(limit) {
				n++
			}
			run = run[:n]
		}
		rest[least] = rest[least][len(run):]
		visit(least, run)
	}
}
