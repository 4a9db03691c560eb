package engine

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
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
					s := &stream{sched: &drawn{}}
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
				least, most := w.reads[0].pos.Load(), w.reads[0].pos.Load()
				for _, r := range w.reads[:inputs] {
					least, most = min(least, r.pos.Load()), max(most, r.pos.Load())
				}
				if most-least > 1 || least < rounds/(4*uint64(inputs+portals)) {
					t.Errorf("%d inputs and %d of portals, asked %v: one had %d turns and another %d", inputs, portals, asked, least, most)
				}
			}
		}
	}
}

// TestHurryAsACutBegins: who hurries a cut may have seen what another cut takes along already. What changes next is committed
// all the same, and nobody waits for it for ever.
func TestHurryAsACutBegins(t *testing.T) {
	g := &ptl.Graph{}
	counting(10, 1, 1, nil, collector{&page{}})(g)
	e, err := Open(g, testOptions(openStore(t, vfs.NewMem()), 1))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorkers(1)
	e.sched = w
	c := &e.committer
	c.changed.Store(false)
	c.ripen(e, c.round.Load())
	for w.queue.len() > 0 {
		w.queue.pop().state.Store(idle)
	}
	c.due(e)
	if c.actor.state.Load() != queued {
		t.Error("the committer was told of a cut that is due before there was something to commit, and is not told again")
	}
}

// TestAnotherWorkerSteps: while a worker waits within a step, others have their turns, those that were there before and those that come
// from outside, and who asks learns that nothing else moves; and no more actors run at once than there may.
func TestAnotherWorkerSteps(t *testing.T) {
	for _, n := range []int{1, 2, 3} {
		w := newWorkers(n)
		var running, most atomic.Int32
		through := make(chan int, 3)
		other := func(i int) *actor {
			return &actor{step: func() bool {
				now := running.Add(1)
				for m := most.Load(); now > m && !most.CompareAndSwap(m, now); m = most.Load() {
				}
				time.Sleep(time.Millisecond)
				running.Add(-1)
				through <- i
				return false
			}}
		}
		before, outside := other(1), other(2)
		waits := &actor{first: true}
		waits.step = func() bool {
			w.waiting(func() {
				if <-through != 1 {
					t.Errorf("%d workers: who was in the queue had no turn", n)
				}
				w.wake(outside, true)
				if <-through != 2 {
					t.Errorf("%d workers: who came meanwhile had no turn", n)
				}
			})
			for range 8 {
				w.wake(other(3), false)
			}
			go func() {
				for range 8 {
					<-through
				}
				w.stop()
			}()
			return false
		}
		w.wake(before, false)
		w.wake(waits, false)
		w.run(func() {})
		if int(most.Load()) > n {
			t.Errorf("%d workers: %d actors ran at once", n, most.Load())
		}
	}
}
