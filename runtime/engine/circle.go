package engine

import "sync/atomic"

// circle is a set of actors that depend on each other through streams, or a single actor: what completes together.
type circle struct {
	members []*node
	moving  atomic.Int64 // atoms on streams between members that a member has yet to process
	over    atomic.Bool
}

// node is an actor that takes part in completion: a source, sequencer, splitter or workflow.
type node struct {
	actor
	reads  []*reader
	writes []*stream
	circle *circle
	done   bool // has sealed its streams; owned by the actor
	// waiting is how many handlers wait for something; nil for nodes without handlers. Within a circle in which nothing
	// moves, no member runs, so it can be asked from any of them.
	waiting func() int
}

// complete tells whether the members have nothing left to do: nothing moves among them, and what they read from outside
// is sealed and processed. A member publishes before it advances, so that moving is 0 only when nothing is under way.
func (c *circle) complete() bool {
	if c.over.Load() {
		return true
	}
	for _, m := range c.members {
		for _, r := range m.reads {
			if r.circle == nil && !r.drained() {
				return false
			}
		}
	}
	if c.moving.Load() != 0 {
		return false
	}
	for _, m := range c.members {
		if m.waiting != nil && m.waiting() > 0 {
			return false
		}
	}
	c.over.Store(true)
	return true
}

// circles finds the strongly connected components of the nodes (Tarjan 1972) and tells every reader whether it stays
// inside one.
func circles(nodes []*node) {
	producer := map[*stream]*node{}
	for _, n := range nodes {
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
			return
		}
	}
}
