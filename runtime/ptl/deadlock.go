package ptl

import (
	"slices"
	"sync"
)

// Deadlocks knows who waits for whom at the gates of exclusive tasks, anywhere in the process: a handler that keeps a key
// closed waits for its asks; a request that is parked waits for those who keep its key closed; and an ask waits for every
// request that descends from it. A request that would close a circle is refused, which breaks it: it is the youngest.
//
// So circles need only be looked for when a request is parked. A handler that closes a key later, before what is parked there,
// cannot close one by that: nothing can descend yet from what it has only just asked. Nor can a reply: a request comes from
// the handlers that made the asks of its trail for as long as these wait, for whatever they wait.
type Deadlocks struct {
	mu      sync.Mutex
	waiters map[askID]holder       // of an ask
	asks    map[holder]*bag[askID] // that a handler waits for
	parked  map[parkedRequest]parkedAt
	below   map[askID]*bag[parkedRequest] // the parked requests that an ask waits for
	closed  map[any]closed                // by place
}

// closed are the handlers of a workflow that keep a key closed.
type closed struct {
	workflow uint64
	holders  []holder
}

type parkedRequest struct {
	workflow, number uint64
}

// parkedAt is what a parked request descends from, and the key where it is parked.
type parkedAt struct {
	trail Trail
	place any
}

// NewDeadlocks returns a Deadlocks for one run.
func NewDeadlocks() *Deadlocks {
	return &Deadlocks{
		waiters: map[askID]holder{}, asks: map[holder]*bag[askID]{}, parked: map[parkedRequest]parkedAt{},
		below: map[askID]*bag[parkedRequest]{}, closed: map[any]closed{},
	}
}

// awaits notes that a handler waits for an ask, until it is answered or forgotten.
func (d *Deadlocks) awaits(h holder, ask askID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiters[ask] = h
	put(d.asks, h, ask)
}

// answered notes that nobody waits for an ask any more.
func (d *Deadlocks) answered(ask askID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if h := d.waiters[ask]; h != nil {
		delete(d.waiters, ask)
		drop(d.asks, h, ask)
	}
}

// forget notes that a handler waits for nothing.
func (d *Deadlocks) forget(h holder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for ask := range d.asks[h].all() {
		delete(d.waiters, ask)
	}
	delete(d.asks, h)
}

// holds notes who keeps a key closed.
func (d *Deadlocks) holds(place any, by closed) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(by.holders) == 0 {
		delete(d.closed, place)
	} else {
		d.closed[place] = by
	}
}

// enter adds a request that is to be parked, unless it closes a circle. One that nobody waits for cannot.
func (d *Deadlocks) enter(r parkedRequest, trail Trail, place any) bool {
	waited := trail.waited()
	if len(waited) == 0 {
		return true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	mine := map[holder]bool{}
	for _, ask := range waited {
		if h := d.waiters[ask]; h != nil {
			mine[h] = true
		}
	}
	seen := map[parkedRequest]bool{}
	if slices.ContainsFunc(d.blocking(trail, place), func(h holder) bool { return d.reaches(h, mine, seen) }) {
		return false
	}
	d.parked[r] = parkedAt{trail, place}
	for _, ask := range waited {
		put(d.below, ask, r)
	}
	return true
}

func (d *Deadlocks) leave(r parkedRequest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, ask := range d.parked[r].trail.waited() {
		drop(d.below, ask, r)
	}
	delete(d.parked, r)
}

// blocking are the handlers that a request at a key waits for: those that it does not come from.
func (d *Deadlocks) blocking(trail Trail, place any) []holder {
	var blocking []holder
	by := d.closed[place]
	for _, h := range by.holders {
		if !trail.comes(by.workflow, h) {
			blocking = append(blocking, h)
		}
	}
	return blocking
}

// reaches tells whether h waits, through parked requests, for one of mine.
func (d *Deadlocks) reaches(h holder, mine map[holder]bool, seen map[parkedRequest]bool) bool {
	if mine[h] {
		return true
	}
	for ask := range d.asks[h].all() {
		for r := range d.below[ask].all() {
			if seen[r] {
				continue
			}
			seen[r] = true
			at := d.parked[r]
			if slices.ContainsFunc(d.blocking(at.trail, at.place), func(next holder) bool { return d.reaches(next, mine, seen) }) {
				return true
			}
		}
	}
	return false
}

// Deadlock is the failure of a request that would wait for ever at an exclusive task: what generated code answers when
// Park refuses it.
func Deadlock(task string) *Fault {
	return &Fault{Message: "deadlock: the key is held at " + task + " by a handler that waits for this ask"}
}
