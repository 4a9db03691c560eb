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
	cost := ptl.Duration(0)
	for i := range actors {
		actors[i].cost = ptl.Duration(1 + i)
		cost += actors[i].cost
		q.push(&actors[i])
	}
	first := &actor{first: true}
	for i := range 10_000 {
		if i%7 == 0 {
			if q.push(first); q.pop() != first {
				t.Fatalf("round %d: another goes first", i)
			}
		}
		if q.cost != cost || q.behindFirst() != cost-actors[i%len(actors)].cost {
			t.Fatalf("round %d: the turns of all are said to take %d, and of all but the first %d", i, q.cost, q.behindFirst())
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

// TestOwnActorsFirst: a worker goes on with the actors that it ran last, but passes nobody over for long, nor who goes first, nor anybody
// where many wait.
func TestOwnActorsFirst(t *testing.T) {
	var q queue
	mine, others, first := &actor{last: 1}, &actor{last: 2}, &actor{first: true, last: 2}
	q.push(others)
	for i := range patience {
		if q.push(mine); q.popFor(1) != mine {
			t.Fatalf("turn %d goes to an actor of another worker", i)
		}
		if i%4 == 0 {
			if q.push(first); q.popFor(1) != first {
				t.Fatalf("turn %d goes before who goes first", i)
			}
			others.since++ // that turn was none of those that it lets others have
		}
	}
	if q.push(mine); q.popFor(1) != others || others.last != 1 {
		t.Errorf("an actor has waited for %d turns, and waits", patience)
	}

	q = queue{}
	actors := make([]actor, 4*patience)
	for i := range actors {
		actors[i].last = 1 + i%2
		q.push(&actors[i])
	}
	for range patience { // these have come just now
		q.push(q.popFor(1))
	}
	for i := range 10 * len(actors) {
		first := q.items[q.head]
		a := q.popFor(1)
		if a != first {
			t.Fatalf("turn %d goes to an actor that came later, where %d wait", i, len(actors))
		}
		q.push(a)
	}
}

// TestLooksOut: who looks out is called before one that sleeps, and by whatever calls a worker; when nobody calls it, none looks out again for a
// while, which is the longer the more often that was so.
func TestLooksOut(t *testing.T) {
	w := newWorkers(2, nil, func(ptl.Duration, func()) {})
	o := &w.outlook
	w.working = 2 // one of which looks out from here on
	called := false
	for range 1000 { // or the call may come when a look is over
		w.mu.Lock()
		through := make(chan bool)
		go func() {
			w.wake(&actor{}, true) // which needs the lock
			close(through)
		}()
		w.lookOut()
		called = called || o.vain == 0
		w.mu.Unlock()
		<-through
	}
	if !called || w.working != 2 || o.taken {
		t.Errorf("called %v, %d work, one looks out still: %v", called, w.working, o.taken)
	}

	w.mu.Lock()
	o.vain, o.rest = 0, 0
	for n := 1; n < 200; n = 2*n + 1 {
		w.lookOut()
		for i := range min(n, 1<<mostVain-1) {
			if o.pays() {
				t.Fatalf("behind %d looks in vain the next one is %d times later", o.vain, i)
			}
		}
		if !o.pays() {
			t.Fatalf("behind %d looks in vain there is none", o.vain)
		}
	}
	o.taken = true
	if o.pays() {
		t.Error("two look out at once")
	}
	w.working = 1
	if !w.mayCall() {
		t.Error("who looks out is not to be called")
	}
	w.mu.Unlock()
}

// TestWhoLooksOut: a worker does, when others work, unless as many do as may.
func TestWhoLooksOut(t *testing.T) {
	for _, c := range []struct {
		n, working int
		want       bool
	}{{1, 1, false}, {1, 2, false}, {2, 1, false}, {2, 2, true}, {2, 3, false}, {4, 3, true}} {
		w := newWorkers(c.n, nil, nil)
		w.told = true // so that nobody is told that it is quiet
		w.working = c.working
		go func() {
			for { // when it has looked out, if it does, it sleeps
				w.mu.Lock()
				if w.asleep == 1 {
					w.stopped = true
					w.more.Signal()
					w.mu.Unlock()
					return
				}
				w.mu.Unlock()
				time.Sleep(100 * time.Microsecond)
			}
		}()
		w.mu.Lock()
		w.take(1)
		w.mu.Unlock()
		if got := w.outlook.vain == 1; got != c.want {
			t.Errorf("%d of %d work: one looks out: %v", c.working, c.n, got)
		}
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
					s := &stream{sched: &drawn{}, heavy: 1}
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

// TestInputsStaySideBySide: an input that had nothing when it was its turn makes up for that when it has; but not for so long that others would
// wait for it.
func TestInputsStaySideBySide(t *testing.T) {
	for _, late := range []uint64{1, 5, mostOwed, 3 * mostOwed} {
		w := &workflow{}
		for range 2 {
			s := &stream{sched: &drawn{}}
			s.readers = []*reader{{stream: s, owner: &w.actor, mostOwed: mostOwed}}
			w.reads = append(w.reads, s.readers[0])
		}
		take := func() {
			in, _ := w.pick(portalsInARow)
			in.advance(1)
		}
		first, second := w.reads[0], w.reads[1]
		for range late {
			first.stream.publish(ptl.Numbers{N: 1})
			take()
		}
		for range 10 * mostOwed {
			first.stream.publish(ptl.Numbers{N: 1})
			second.stream.publish(ptl.Numbers{N: 1})
		}
		for second.pos.Load() < min(late, mostOwed) {
			take()
		}
		if ahead := first.pos.Load() - late; ahead > 1 {
			t.Errorf("the input that was %d behind made up for it, and the other one had %d turns meanwhile", late, ahead)
		}
		for range 2 * mostOwed {
			take()
		}
		if apart, want := first.pos.Load()-second.pos.Load(), late-min(late, mostOwed); apart > want+1 || first.pos.Load() < late+mostOwed-1 {
			t.Errorf("the inputs were %d apart once; now the first is at %d, and the second at %d", late, first.pos.Load(), second.pos.Load())
		}
	}
}

// TestHurryAsACutBegins: who hurries a cut may have seen what another cut takes along already. What changes next is committed
// all the same, be it also what can wait for a while, and nobody waits for it for ever.
func TestHurryAsACutBegins(t *testing.T) {
	for name, changes := range map[string]func(e *Engine, c *committer){
		"what somebody waits for": func(e *Engine, c *committer) { c.due(e) },
		"what can wait": func(e *Engine, c *committer) {
			var late []func()
			e.opts.Timer = func(_ ptl.Duration, f func()) { late = append(late, f) }
			c.dueLater(e)
			for _, f := range late {
				f()
			}
		},
	} {
		g := &ptl.Graph{}
		counting(10, 1, 1, nil, collector{&page{}})(g)
		e, err := Open(g, testOptions(openStore(t, vfs.NewMem()), 1))
		if err != nil {
			t.Fatal(err)
		}
		w := newWorkers(1, e.env.Now, e.opts.Timer)
		e.sched = w
		c := &e.committer
		c.changed.Store(false)
		c.ripen(e, c.round.Load(), false)
		for w.queue.len() > 0 {
			w.queue.pop().state.Store(idle)
		}
		changes(e, c)
		if c.actor.state.Load() != queued {
			t.Errorf("%s: the committer was told of a cut that is due before there was something to commit, and is not told again", name)
		}
	}
}

// TestAnotherWorkerSteps: while a worker waits within a step, others have their turns, those that were there before and those that come
// from outside, and who asks learns that nothing else moves; and no more actors run at once than there may.
func TestAnotherWorkerSteps(t *testing.T) {
	now := func() ptl.Time { return 1 }
	timer := func(d ptl.Duration, f func()) { time.AfterFunc(time.Duration(d), f) }
	for _, n := range []int{1, 2, 3} {
		w := newWorkers(n, now, timer)
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
			w.waiting(waits, func() {
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

// runToTheEnd runs until somebody has stopped it.
func runToTheEnd(t *testing.T, w *workers) {
	t.Helper()
	ended := make(chan bool)
	go func() {
		w.run(func() {})
		close(ended)
	}()
	if _, ok := patiently(ended); !ok {
		t.Fatal("it stands still")
	}
}

// TestWorkAtOnce: it begins when the step has ended, before any other turn; and however many wait for somebody outside, as many actors run at
// once as may.
func TestWorkAtOnce(t *testing.T) {
	now := func() ptl.Time { return 1 }
	timer := func(d ptl.Duration, f func()) { time.AfterFunc(time.Duration(d), f) }
	for _, n := range []int{1, 2, 3} {
		w := newWorkers(n, now, timer)
		var began, inStep, turns atomic.Int32
		release := make(chan bool)
		most := 2*n + 1
		meet := make(chan bool)
		others := make([]actor, n)
		for i := range others {
			others[i].step = func() bool {
				if turns.Add(1); i == 0 { // all at once, or nobody comes further
					for range n - 1 {
						meet <- true
					}
					close(release)
				} else {
					<-meet
				}
				return false
			}
		}
		writers := make([]actor, most)
		var ended atomic.Int32
		for i := range writers {
			a := &writers[i]
			a.step = func() bool {
				inStep.Add(1)
				w.atOnce(a, false, func() {
					if inStep.Load() != 0 && n == 1 {
						t.Error("the work began while a step ran")
					}
					if turns.Load() != 0 && n == 1 {
						t.Error("another had its turn before the work began")
					}
					if int(began.Add(1)) == most {
						for i := range others {
							w.wake(&others[i], true)
						}
					} else {
						w.wake(&writers[i+1], true)
					}
					<-release
					if int(ended.Add(1)) == most {
						w.stop()
					}
				})
				inStep.Add(-1)
				return false
			}
		}
		w.wake(&writers[0], false)
		runToTheEnd(t, w)
		if int(ended.Load()) != most {
			t.Errorf("%d workers: the run ended when %d of %d had ended their work", n, ended.Load(), most)
		}
	}
}

// TestTwoAtOnce: of two that have something done at once in the same step, neither waits for the other.
func TestTwoAtOnce(t *testing.T) {
	timer := func(d ptl.Duration, f func()) { time.AfterFunc(time.Duration(d), f) }
	for range 100 {
		w := newWorkers(1, func() ptl.Time { return 1 }, timer)
		first, second, meet := &actor{}, &actor{}, make(chan bool)
		first.step = func() bool {
			w.atOnce(first, false, func() { <-meet })
			w.atOnce(second, false, func() {
				meet <- true
				w.stop()
			})
			return false
		}
		w.wake(first, false)
		runToTheEnd(t, w)
	}
}

// TestWorkAtOnceBehindTheEnd: what was to be done at once when the run is stopped is done.
func TestWorkAtOnceBehindTheEnd(t *testing.T) {
	w := newWorkers(2, func() ptl.Time { return 1 }, func(ptl.Duration, func()) {})
	done := false
	a := &actor{}
	a.step = func() bool {
		w.atOnce(a, false, func() { done = true })
		w.stop()
		return true
	}
	w.wake(a, false)
	runToTheEnd(t, w)
	if !done {
		t.Error("it was not done")
	}
}

// TestHurryCallsNobody: who hurries a cut is a worker, which makes it when its step has ended; another one would have to be woken for nothing.
// A timer calls one.
func TestHurryCallsNobody(t *testing.T) {
	for _, outside := range []bool{false, true} {
		looks := false // a watch is set where nobody is called
		w := newWorkers(2, func() ptl.Time { return 1 }, func(ptl.Duration, func()) { looks = true })
		w.asleep, w.working = 2, 1
		e := &Engine{sched: w}
		if c := &e.committer; outside {
			c.ripen(e, c.round.Load(), true)
		} else {
			c.changed.Store(true)
			c.hurry(e)
		}
		if w.queue.len() != 1 || looks == outside {
			t.Errorf("from outside %v: %d are in the queue, and a worker was called: %v", outside, w.queue.len(), !looks)
		}
	}
}

// TestWhoWaitsBehindALongTurn: who is woken in a turn that takes longer than all before it has a turn of its own meanwhile, from another
// worker, whom the watch calls.
func TestWhoWaitsBehindALongTurn(t *testing.T) {
	watches := make(chan func(), 10)
	w := newWorkers(2, func() ptl.Time { return 1 }, func(_ ptl.Duration, f func()) { watches <- f })
	turns, ran := 0, make(chan bool)
	var long, waits actor
	long.step = func() bool {
		if turns++; turns < 100 { // both workers have come to rest, or will find who waits by themselves
			return true
		}
		w.wake(&waits, false)
		<-ran
		w.stop()
		return false
	}
	waits.step = func() bool {
		close(ran)
		return false
	}
	w.wake(&long, true)
	go func() {
		for watch := range watches {
			watch()
		}
	}()
	runToTheEnd(t, w)
	close(watches)
}

// TestCallsForWhatIsWorthIt: nobody is called for little work, nor for the next turn, which the worker that wakes somebody begins itself.
func TestCallsForWhatIsWorthIt(t *testing.T) {
	for _, c := range []struct {
		running ptl.Duration
		queue   []ptl.Duration
		want    bool
	}{
		{0, []ptl.Duration{worthCalling}, false},
		{0, []ptl.Duration{worthCalling, worthCalling - 1}, false},
		{0, []ptl.Duration{1, worthCalling}, true},
		{0, []ptl.Duration{1, worthCalling / 2, worthCalling / 2}, true},
		{longTurn, []ptl.Duration{1}, true},
	} {
		watched := false
		w := newWorkers(2, nil, func(ptl.Duration, func()) { watched = true })
		w.running = c.running
		for _, cost := range c.queue {
			w.queue.push(&actor{cost: cost})
		}
		if got := w.calls(w.queue.behindFirst()); got != c.want || watched == got {
			t.Errorf("running %d, waiting %v: called %v, watched %v", c.running, c.queue, got, watched)
		}
	}
}

// TestRestOfASink: a sink without a store that has just begun a job leaves what comes for a while, unless its stream is full.
func TestRestOfASink(t *testing.T) {
	g := &ptl.Graph{}
	counting(10, 1, 1, nil, collector{&page{}})(g)
	opts := testOptions(nil, 1)
	var alarms []func()
	opts.Timer = func(_ ptl.Duration, f func()) { alarms = append(alarms, f) }
	e, err := Open(g, opts)
	if err != nil {
		t.Fatal(err)
	}
	d := &drawn{}
	e.sched = d
	s := e.sinks[0]
	in := s.reader.stream
	in.sched, in.light, in.full.room = d, 0, 6
	woken := func() bool {
		was := s.actor.state.Swap(idle) == queued
		d.ready = nil
		return was
	}
	for _, step := range []struct {
		name string
		do   func()
		want bool
	}{
		{"an atom", func() { in.publish(ptl.Events[pair]{{}}) }, true},
		{"an atom while it rests", func() {
			s.began = 1
			if !e.rests(s, 1) {
				t.Error("it does not rest right behind a job")
			}
			in.publish(ptl.Events[pair]{{}})
		}, false},
		{"the end of its rest", func() { alarms[0]() }, true},
		{"a full stream", func() {
			if s.hurried.Store(false); !e.rests(s, 1) {
				t.Error("it does not rest again")
			}
			in.publish(ptl.Events[pair]{{}, {}, {}})
		}, true},
	} {
		if step.do(); woken() != step.want {
			t.Errorf("%s: woken %v", step.name, !step.want)
		}
	}
	if e.rests(s, 1) {
		t.Error("it rests while its stream is full")
	}
}

// TestWaitingIsNoWork: what a turn takes is what others wait for, and they do not wait for the disk.
func TestWaitingIsNoWork(t *testing.T) {
	clock := ptl.Time(0)
	w := newWorkers(1, func() ptl.Time { return clock }, nil)
	a := &actor{}
	a.step = func() bool {
		clock += 3
		w.waiting(a, func() { clock += 1000 })
		clock += 4
		return false
	}
	if _, took := w.turn(a); took != 7 {
		t.Errorf("a turn with 7 of work is said to take %d", took)
	}
}
