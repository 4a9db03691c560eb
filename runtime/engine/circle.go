package engine

import (
	"slices"
	"sync/atomic"
)

// circle is a set of actors that depend on each other through streams, or a single actor: what completes together. That
// it is over is found once; then its members complete one after the other, so that a member still gets what those
// before it have emitted at their completion, and what comes to one that is complete is dropped.
type circle struct {
	members []*node      // workflows first, in the order of the graph
	moving  atomic.Int64 // atoms on streams between members that a member has yet to process
	over    atomic.Bool
	ended   atomic.Int64 // the first so many members are complete
	stirred atomic.Int64 // how often a timer has set a member going
}

// node is an actor that takes part in completion: a source, sequencer, splitter or workflow.
type node struct {
	actor
	writes []*stream
	outs   []*stream // those of them that it pauses for when they are full, or when they are full to the brim
	brims  []*stream
	circle *circle
	done   bool // has sealed its streams; owned by the actor
	rank   int  // its place in the order of completion within a circle
	// waiting is how many handlers wait for something; nil for nodes without handlers. Within a circle in which nothing
	// moves, no member runs, so it can be asked from any of them.
	waiting func() int
}

// next is the member whose turn it is to complete: the circle is over, all members before it are complete, and nothing is
// on its way that these have emitted. Nil means that nobody may.
func (c *circle) next() *node {
	if c.isOver() && c.moving.Load() == 0 {
		if i := int(c.ended.Load()); i < len(c.members) {
			return c.members[i]
		}
	}
	return nil
}

// isOver tells whether the members have nothing left to do: nothing moves among them, and what they read from outside
// is sealed and processed. A member publishes before it advances, so that moving is 0 only when nothing is under way.
func (c *circle) isOver() bool {
	if c.over.Load() {
		return true
	}
	if c.moving.Load() != 0 { // as most of the time; who moves it asks again
		return false
	}
	for _, m := range c.members {
		for _, r := range m.reads {
			if r.circle == nil && !r.drained() {
				return false
			}
		}
	}
	stirred := c.stirred.Load()
	if c.moving.Load() != 0 {
		return false
	}
	for _, m := range c.members {
		if m.waiting != nil && m.waiting() > 0 {
			return false
		}
	}
	// A timer sets a member going that nothing moved to. It counts as moving then, and leaves a mark.
	if c.moving.Load() != 0 || c.stirred.Load() != stirred {
		return false
	}
	c.over.Store(true)
	return true
}

// circles finds the strongly connected components of the nodes (Tarjan 1972) and tells every reader whether it stays
// inside one.
func circles(nodes []*node) {
	producer := map[*stream]*node{}
	for i, n := range nodes {
		n.rank = i
		for _, s := range n.writes {
			producer[s] = n
		}
	}
	t := tarjan{producer: producer, index: map[*node]int{}, low: map[*node]int{}, onStack: map[*node]bool{}}
	for _, n := range nodes {
		if _, seen := t.index[n]; !seen {
			t.visit(n)
		}
	}
	for _, n := range nodes {
		for _, r := range n.reads {
			if p := producer[r.stream]; p != nil && p.circle == n.circle {
				r.circle = n.circle
			}
		}
	}
}

type tarjan struct {
	producer map[*stream]*node
	index    map[*node]int
	low      map[*node]int
	onStack  map[*node]bool
	stack    []*node
}

// visit follows the streams that n reads to their producers.
func (t *tarjan) visit(n *node) {
	t.index[n] = len(t.index)
	t.low[n] = t.index[n]
	t.stack = append(t.stack, n)
	t.onStack[n] = true
	for _, r := range n.reads {
		p := t.producer[r.stream]
		if p == nil {
			continue
		}
		if _, seen := t.index[p]; !seen {
			t.visit(p)
			t.low[n] = min(t.low[n], t.low[p])
		} else if t.onStack[p] {
			t.low[n] = min(t.low[n], t.index[p])
		}
	}
	if t.low[n] != t.index[n] {
		return
	}
	c := &circle{}
	for {
		last := len(t.stack) - 1
		m := t.stack[last]
		t.stack = t.stack[:last]
		t.onStack[m] = false
		m.circle = c
		c.members = append(c.members, m)
		if m == n {
			break
		}
	}
	slices.SortStableFunc(c.members, func(a, b *node) int { return a.rank - b.rank })
}
