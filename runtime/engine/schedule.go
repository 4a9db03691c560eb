package engine

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
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
	// turns counts its turns, and cost is about what one takes; the scheduler's.
	turns uint
	cost  ptl.Duration
	// waited is for how long its work has waited in this turn, which its cost does not count.
	waited ptl.Duration
	// away is about how long its work at once takes; the scheduler's.
	away ptl.Duration
	// last is the worker that ran it last, and since how many turns had begun when it came into the queue; the scheduler's.
	last  int
	since uint
	// epoch is the last epoch that it has entered; behind the engine's, it has still to contribute to the running cut.
	epoch atomic.Uint64
	// dirty tells that it has something to contribute to the next cut.
	dirty atomic.Bool
	// reads are the streams that it takes atoms from; not those of a sink.
	reads []*reader
	// contribute writes what it changed since its last contribution; nil for actors without anything durable.
	contribute func(c *part)
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
// blocking work beside the actors: atOnce, of which a has one at a time, has it begin as soon as the step ends that runs (long tells that it waits
// for the disk), and waiting, which a step of a calls, may take as long as the work. Parallel calls work(0) … work(n-1) and returns when all have. Run works until Stop; quiet is called whenever no actor is runnable.
type scheduler interface {
	wake(a *actor, outside bool)
	instead(a *actor, work func(a *actor)) bool
	run(quiet func())
	stop()
	beside(work func())
	atOnce(a *actor, long bool, work func())
	waiting(a *actor, work func())
	parallel(n int, work func(i int))
}

// queue holds runnable actors in order. Its methods need the scheduler's lock.
type queue struct {
	items []*actor
	head  int
	cost  ptl.Duration // of their turns
	taken uint         // how many have left it
}

func (q *queue) len() int { return len(q.items) - q.head }

// behindFirst is the cost of all but the next.
func (q *queue) behindFirst() ptl.Duration { return q.cost - q.items[q.head].cost }

func (q *queue) push(a *actor) {
	q.cost += a.cost
	a.since = q.taken
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
	q.cost -= a.cost
	q.taken++
	q.items[q.head] = nil
	q.head++
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	} else if q.head > q.len() { // or it would grow for as long as somebody is always in it
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	return a
}

// popFor takes out who goes next with that worker: one that it ran last, whose data the caches of its processor still have, if there is one
// among the next few and the first has not waited for long.
func (q *queue) popFor(worker int) *actor {
	next := q.items[q.head:min(q.head+nextFew, len(q.items))]
	if first := next[0]; !first.first && q.taken-first.since < patience {
		if i := slices.IndexFunc(next, func(a *actor) bool { return a.last == worker }); i > 0 {
			own := next[i]
			copy(next[1:], next[:i])
			next[0] = own
		}
	}
	a := q.pop()
	a.last = worker
	return a
}

// nextFew is among how many actors a worker looks for its own, and patience how many turns others have meanwhile before the first has its own
// with any worker.
const (
	nextFew  = 8
	patience = 32
)

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
// waits for the disk, and one for each that does what somebody outside waits for.
//
// Calling a worker that sleeps takes longer than many a turn does, and what one processor has written another has to fetch. So a worker is
// called for work that is worth it: what turns take is measured now and then, and as long as there is little to do one worker does it,
// while the others sleep. Since a turn may take longer than those before it, a watch looks after who waits meanwhile. Where there is work for
// two, each goes on with the actors that it has run before, and looks out for more for a while when it has none.
type workers struct {
	n       int // may run actors at once
	now     func() ptl.Time
	timer   func(d ptl.Duration, f func())
	mu      sync.Mutex
	more    *sync.Cond
	queue   queue
	working int // run actors, or look for one
	asleep  int
	all     int          // workers
	named   int          // workers that ever were: each is known by its number
	away    int          // do a job
	jobs    []job        // that nobody has begun
	due     atomic.Bool  // there are some
	running ptl.Duration // what the turns that run take, about
	outlook outlook
	watched bool // a watch is set
	told    bool // quiet was called, and no turn has ended since
	stopped bool
	quiet   func()
	group   sync.WaitGroup // of workers
	extra   sync.WaitGroup
	helpers helpers
}

// outlook is where a worker waits that has run out of actors while others work: awake, since to sleep and to be called takes longer than most
// turns do. But others may want the processor, and who looks out keeps them from it. So behind a look in vain workers go to sleep at once for
// some times, and for twice as many behind the next one, up to 1<<mostVain.
type outlook struct {
	taken  bool        // a worker looks out; one at a time does
	called atomic.Bool // there is something for it
	vain   int         // looks in vain, less those that were not
	rest   int         // so many times none pays
}

const mostVain = 6

// pays tells whether to look out, of a worker that would sleep otherwise.
func (o *outlook) pays() bool {
	if o.taken {
		return false
	}
	o.rest--
	return o.rest < 0
}

// found notes what came of a look.
func (o *outlook) found(some bool) {
	if some {
		o.vain = max(o.vain-1, 0)
	} else {
		o.vain = min(o.vain+1, mostVain)
	}
	o.rest = 1<<o.vain - 1
}

// job is work that an actor has done at once.
type job struct {
	a    *actor
	long bool
	work func()
}

const (
	// worthCalling is what those take together for whom another worker is called.
	worthCalling = 20 * ptl.Microsecond
	// longTurn is a turn for whose end nobody waits.
	longTurn = ptl.Millisecond
	// watchEvery is after how long a worker is called for those who wait behind a turn of which that was not known.
	watchEvery = 2 * ptl.Millisecond
	// measureEvery is of how many turns of an actor one is measured; of turns that take less than a shortTurn, it is one of shortEvery.
	measureEvery = 8
	shortEvery   = 32
	shortTurn    = worthCalling / 4
)

func newWorkers(n int, now func() ptl.Time, timer func(d ptl.Duration, f func())) *workers {
	w := &workers{n: n, now: now, timer: timer, working: n + 1, all: n + 1}
	w.more = sync.NewCond(&w.mu)
	return w
}

// wake makes a runnable. A caller from outside always calls a worker that sleeps.
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
	// The worker that wakes one actor soon takes it up itself, on a processor that has the data at hand.
	if w.mayCall() && (outside || w.calls(w.queue.behindFirst())) {
		w.call()
	}
	w.mu.Unlock()
}

// hasIdle tells whether there is a worker that sleeps or looks out for work.
func (w *workers) hasIdle() bool { return w.asleep > 0 || w.outlook.taken }

// mayCall tells whether there is one, and it may run an actor.
func (w *workers) mayCall() bool { return w.hasIdle() && w.working < w.n }

// call calls a worker: the one that looks out, or else one that sleeps.
func (w *workers) call() {
	if !w.outlook.taken || w.outlook.called.Swap(true) {
		w.more.Signal()
	}
}

// calls tells whether a worker is called, if what nobody else takes up soon takes that long.
func (w *workers) calls(cost ptl.Duration) bool {
	if cost >= worthCalling || w.running >= longTurn {
		return true
	}
	if !w.watched {
		w.watch()
	}
	return false
}

// watch has a worker called for those who wait, if no turn begins for a while.
func (w *workers) watch() {
	w.watched = true
	begun := w.queue.taken
	w.timer(watchEvery, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.watched = false
		switch {
		case w.queue.len() == 0 || !w.mayCall():
		case w.queue.taken == begun:
			w.call()
		default:
			w.watch()
		}
	})
}

func (w *workers) run(quiet func()) {
	w.quiet = quiet
	for range w.n + 1 {
		w.group.Go(w.work)
	}
	w.group.Wait()
	w.helpers.stop()
	w.extra.Wait()
}

func (w *workers) work() {
	w.mu.Lock()
	w.named++
	me := w.named
	if w.n == 1 { // who steps in has its processor
		me = 1
	}
	for a := w.take(me); a != nil; a = w.take(me) {
		w.mu.Unlock()
		active, took := w.turn(a)
		w.mu.Lock()
		w.end(a, active, took)
	}
	w.mu.Unlock()
}

// take waits for a runnable actor, under the lock; nil means stop.
func (w *workers) take(me int) *actor {
	looked := false
	for {
		if len(w.jobs) > 0 {
			w.doJob()
			continue
		}
		if w.stopped {
			return nil
		}
		if w.queue.len() > 0 && w.working <= w.n {
			a := w.queue.popFor(me)
			w.running += a.cost
			if w.queue.len() > 0 && w.mayCall() && w.calls(w.queue.cost) {
				w.call()
			}
			return a
		}
		if w.queue.len() == 0 && w.working == 1 && !w.told {
			w.told = true
			w.mu.Unlock()
			w.quiet()
			w.mu.Lock()
			continue
		}
		if !looked && w.working > 1 && w.working <= w.n && w.outlook.pays() { // others work, and it may do so beside them
			looked = true
			w.lookOut()
			continue
		}
		w.asleep++
		w.working--
		w.more.Wait()
		w.asleep--
		w.working++
	}
}

// lookOut waits for a call for a little while, under the lock, which it gives up meanwhile.
func (w *workers) lookOut() {
	o := &w.outlook
	o.taken = true
	o.called.Store(w.stopped)
	w.working--
	w.mu.Unlock()
	look(looks/2, o.called.Load)
	w.mu.Lock()
	w.working++
	o.taken = false
	o.found(o.called.Load())
}

// turn runs a, and tells whether there may be more to do, and, if that was measured, how long it took.
func (w *workers) turn(a *actor) (active bool, took ptl.Duration) {
	a.state.Store(running)
	a.moved = 0
	a.turns++
	a.waited = 0
	var began ptl.Time
	every := uint(measureEvery)
	if a.cost < shortTurn {
		every = shortEvery
	}
	measured := a.turns%every == 1
	if measured {
		began = w.now()
	}
	active = true
	for i := 0; i < stepsInARow && a.moved < eventsInARow && active; i++ {
		if active = a.step(); w.due.Load() {
			break
		}
	}
	if measured {
		took = max(1, ptl.Duration(w.now()-began)-a.waited)
	}
	return active, took
}

// end notes, under the lock, that a's turn has ended.
func (w *workers) end(a *actor, active bool, took ptl.Duration) {
	w.running -= a.cost
	w.told = false
	if took > 0 {
		a.cost += (took - a.cost) / 4
	}
	if active || !a.state.CompareAndSwap(running, idle) {
		a.state.Store(queued)
		w.queue.push(a)
	}
}

func (w *workers) instead(a *actor, work func(a *actor)) bool {
	if !a.state.CompareAndSwap(idle, running) {
		return false
	}
	work(a)
	if !a.state.CompareAndSwap(running, idle) {
		a.state.Store(queued)
		w.enqueue(a, false)
	}
	return true
}

func (w *workers) stop() {
	w.mu.Lock()
	w.stopped = true
	w.outlook.called.Store(true)
	w.mu.Unlock()
	w.more.Broadcast()
}

func (w *workers) beside(work func()) {
	w.extra.Go(work)
}

// atOnce is for what somebody outside waits for. The worker whose step ends next does it, and another one takes its place if it takes
// long: a goroutine of its own would have to be woken, for which the system takes longer than such work mostly does.
func (w *workers) atOnce(a *actor, long bool, work func()) {
	w.mu.Lock()
	w.jobs = append(w.jobs, job{a, long, work})
	w.due.Store(true)
	w.mu.Unlock()
}

// doJob does what somebody outside waits for. It is called under the lock, which it gives up meanwhile. It may take for ever: so as many
// workers as before are there for actors, and for other jobs.
func (w *workers) doJob() {
	j := w.jobs[0]
	w.jobs = slices.Delete(w.jobs, 0, 1)
	w.due.Store(len(w.jobs) > 0)
	w.working--
	if w.away++; w.all-w.away <= w.n {
		w.all++
		w.working++
		w.group.Go(w.work)
	}
	long := j.long || j.a.away >= longTurn
	if w.hasIdle() && len(w.jobs) > 0 || w.queue.len() > 0 && w.mayCall() && (long || w.calls(w.queue.cost)) {
		w.call()
	}
	w.mu.Unlock()
	began := w.now()
	j.work()
	took := max(0, ptl.Duration(w.now()-began))
	w.mu.Lock()
	j.a.away += (took - j.a.away) / 4
	w.away--
	w.working++
}

// waiting is for what the caller goes on with itself. Another worker takes its place meanwhile: so no goroutine has to be woken, neither
// for the work nor for what comes of it.
func (w *workers) waiting(a *actor, work func()) {
	w.mu.Lock()
	w.working--
	if w.queue.len() > 0 && w.mayCall() {
		w.call()
	}
	w.mu.Unlock()
	began := w.now()
	work()
	a.waited += ptl.Duration(w.now() - began)
	w.mu.Lock()
	w.working++
	w.mu.Unlock()
}

// parallel runs the lanes of a stage.
func (w *workers) parallel(n int, work func(i int)) { w.helpers.parallel(n, work) }
