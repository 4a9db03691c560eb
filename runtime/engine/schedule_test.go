package engine

import (
	"testing"

	"github.com/portals-lang/portals/runtime/ptl"
)

// TestQueueKeepsNothing: what has left the queue takes no memory there, also when somebody is in it all the time; who goes
// first does, and all others come out as they went in.
func TestQueueKeepsNothing(t *testing.T) {
	var q queue
	actors := make([]actor, 5)
	for i := range actors {
		q.push(&actors[i])
	}
	first := &actor{first: true}
	for i := range 10_000 {
		if i%7 == 0 {
			if q.push(first); q.pop() != first {
				t.Fatalf("round %d: another goes first", i)
			}
		}
		a := q.pop()
		if a != &actors[i%len(actors)] {
			t.Fatalf("round %d: it is another's turn", i)
		}
		q.push(a)
	}
	if cap(q.items) > 32 {
		t.Errorf("a queue of %d has room for %d", len(actors), cap(q.items))
	}
}

// TestInputsTakeTurns: of the inputs that always have something, each has its turn, whether there are requests and replies
// too or none.
func TestInputsTakeTurns(t *testing.T) {
	const rounds = 600
	for inputs := 1; inputs <= 4; inputs++ {
		for portals := range 4 {
			for _, asked := range []bool{false, true} {
				w := &workflow{}
				for i := range inputs + portals {
					s := &stream{sched: &drawn{}, room: 1}
					s.readers = []*reader{{stream: s, owner: &w.actor}}
					if w.reads = append(w.reads, s.readers[0]); i >= inputs {
						w.portals = append(w.portals, s.readers[0])
					}
				}
				for range rounds {
					for i, r := range w.reads {
						if _, some := r.peek(); !some && (i < inputs || asked) {
							r.stream.publish(ptl.Numbers{N: 1})
						}
					}
					in, _ := w.pick(3)
					in.advance(1)
				}
				least, most := w.reads[0].pos, w.reads[0].pos
				for _, r := range w.reads[:inputs] {
					least, most = min(least, r.pos), max(most, r.pos)
				}
				if most-least > 1 || least < rounds/(4*uint64(inputs+portals)) {
					t.Errorf("%d inputs and %d of portals, asked %v: one had %d turns and another %d", inputs, portals, asked, least, most)
				}
			}
		}
	}
}
