package engine

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// actor is what the scheduler runs.
type actor struct {
	name string
	// step does one bounded piece of work and tells whether there may be more to do.
	step  func() bool
	state atomic.Int32
	// first lets it go before all others that are runnable.
	first bool
	// moved counts the events that it gave as a source, or took, in this turn.
	moved int
	// epoch is the last epoch that it has entered; behind the engine's, it has still to contribute to the running cut.
	epoch atomic.Uint64
	// dirty tells that it has something to contribute to the next cut.
	dirty atomic.Bool
	// reads are the streams that it takes atoms from; not those of a sink.
	reads []*reader
	// contribute writes what it changed since its last contribution; nil for actors without anything durable.
	contribute func(c *cut)
}

// The states of an actor.
const (
	idle    int32 = iota // not to be run
	queued               // in the queue
	running              // a worker runs it
	again                // a worker runs it, and it was woken meanwhile
)

// Scheduler runs actors. Wake makes a runnable; outside tells that the caller is no step of an actor. Instead calls work in the
// place of a step of a, if a is idle, and tells whether it did. Beside, atOnce and waiting run
// blocking work beside the actors: atOnce has it begin before the caller goes on, and waiting may take as long as the work. Parallel calls
// work(0) … work(n-1) and returns when all have. Run works until Stop; quiet is called whenever no actor is runnable.
type scheduler interface {
	wake(a *actor, outside bool)
	instead(a *actor, work func(a *actor)) bool
	run(quiet func())
	stop()
	beside(work func())
	atOnce(work func())
	waiting(work func())
	parallel(n int, work func(i int))
}

// queue holds runnable actors in order. Its methods need the scheduler's lock.
type queue struct {
	items []*actor
	head  int
}

func (q *queue) len() int { return len(q.items) - q.head }

func (q *queue) push(a *actor) {
	switch {
	case !a.first:
		q.items = append(q.items, a)
	case q.head > 0:
		q.head--
		q.items[q.head] = a
	default:
		q.items = slices.Insert(q.items, 0, a)
	}
}

func (q *queue) pop() *actor {
	a := q.items[q.head]
	q.items[q.head] = nil
	q.head++
	if q.head > q.len() { // or it would grow for as long as somebody is always in it
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	return a
}

// The turn of an actor ends, and others have theirs, after stepsInARow steps, or when it has given or taken eventsInARow
// events: more would be under way between actors than the caches of a processor hold, and than a cut should have to store.
const (
	stepsInARow  = 16
	eventsInARow = 1024
)

// portalsInARow is how many atoms of requests and replies a workflow takes before it looks for others.
const portalsInARow = 16

// pilesInARow is how many times as many it takes while its own requests pile up.
const pilesInARow = 16

// workers is the scheduler of a real run: goroutines that share a queue. There is one more than may run actors at once, for when one
// waits for the disk.
type workers struct {
	n       int // may run actors at once
	mu      sync.Mutex
	more    *sync.Cond
	queue   queue
	working int // run actors, or look for one
	asleep  int
	stopped bool
	extra   sync.WaitGroup
	helpers helpers
}

func newWorkers(n int) *workers {
	w := &workers{n: n, working: n + 1}
	w.more = sync.NewCond(&w.mu)
	return w
}

// wake makes a runnable. A worker that wakes one actor soon takes it up itself, on a processor that has the data at
// hand, so another worker is called only for a second one; a caller from outside calls one always.
func (w *workers) wake(a *actor, outside bool) {
	for {
		switch s := a.state.Load(); s {
		case idle:
			if a.state.CompareAndSwap(idle, queued) {
				w.enqueue(a, outside)
				return
			}
		case running:
			if a.state.CompareAndSwap(running, again) {
				return
			}
		default:
			return
		}
	}
}

func (w *workers) enqueue(a *actor, outside bool) {
	w.mu.Lock()
	w.queue.push(a)
	call := w.asleep > 0 && w.working < w.n && (outside || w.queue.len() > 1)
	w.mu.Unlock()
	if call {
		w.more.Signal()
	}
}

func (w *workers) run(quiet func()) {
	var group sync.WaitGroup
	for range w.n + 1 {
		group.Go(func() { w.work(quiet) })
	}
	group.Wait()
	w.helpers.stop()
	w.extra.Wait()
}

func (w *workers) work(quiet func()) {
	for {
		a := w.take(quiet)
		if a == nil {
			return
		}
		w.runActor(a)
	}
}

// take waits for a runnable actor; nil means stop.
func (w *workers) take(quiet func()) *actor {
	w.mu.Lock()
	defer w.mu.Unlock()
	for told := false; ; {
		if w.stopped {
			return nil
		}
		if w.queue.len() > 0 && w.working <= w.n {
			return w.queue.pop()
		}
		if w.queue.len() == 0 && w.working == 1 && !told {
			told = true
			w.mu.Unlock()
			quiet()
			w.mu.Lock()
			continue
		}
		w.asleep++
		w.working--
		w.more.Wait()
		w.asleep--
		w.working++
		told = false
	}
}

func (w *workers) runActor(a *actor) {
	a.state.Store(running)
	active := true
	a.moved = 0
	for i := 0; i < stepsInARow && a.moved < eventsInARow && active; i++ {
		active = a.step()
	}
	w.leave(a, active)
}

// leave ends a's turn.
func (w *workers) leave(a *actor, active bool) {
	if active || !a.state.CompareAndSwap(running, idle) {
		a.state.Store(queued)
		w.enqueue(a, false)
	}
}

func (w *workers) instead(a *actor, work func(a *actor)) bool {
	if !a.state.CompareAndSwap(idle, running) {
		return false
	}
	work(a)
	w.leave(a, false)
	return true
}

func (w *workers) stop() {
	w.mu.Lock()
	w.stopped = true
	w.mu.Unlock()
	w.more.Broadcast()
}

func (w *workers) beside(work func()) {
	w.extra.Go(work)
}

// atOnce is for what somebody outside waits for. A goroutine that begins gets the caller's processor when the caller gives it up, or
// one that has nothing to do; if there is none, it would wait for the caller's turn to end, and often for those of other actors.
func (w *workers) atOnce(work func()) {
	w.extra.Go(work)
	runtime.Gosched()
}

// waiting is for what the caller goes on with itself. Another worker takes its place meanwhile: so no goroutine has to be woken, neither
// for the work nor for what comes of it.
func (w *workers) waiting(work func()) {
	w.mu.Lock()
	w.working--
	call := w.queue.len() > 0 && w.asleep > 0
	w.mu.Unlock()
	if call {
		w.more.Signal()
	}
	work()
	w.mu.Lock()
	w.working++
	w.mu.Unlock()
}

// parallel runs the lanes of a stage.
func (w *workers) parallel(n int, work func(i int)) { w.helpers.parallel(n, work) }
