package ptl

import (
	"slices"
	"sync"
)

// Deadlocks knows who waits for whom at the gates of exclusive tasks, anywhere in the process: a handler that keeps a key
// closed waits for its asks; a request that is parked waits for those who keep its key closed; and an ask waits for every
// request that descends from it. A request that would close a circle is refused, which breaks it: it is the youngest.
//
// A handler that closes a key later, before what is parked there, cannot close a circle by that: nothing can descend yet
// from what it has only just asked.
type Deadlocks struct {
	mu      sync.Mutex
	waiters map[link]holder   // of an ask
	asks    map[holder][]link // that a handler waits for
	parked  map[parkedRequest]parkedAt
	below   map[link][]parkedRequest // the parked requests that an ask waits for
	holders map[any][]holder         // of a closed key
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
		waiters: map[link]holder{}, asks: map[holder][]link{}, parked: map[parkedRequest]parkedAt{},
		below: map[link][]parkedRequest{}, holders: map[any][]holder{},
	}
}

// awaits notes that a handler waits for an ask, until forget.
func (d *Deadlocks) awaits(h holder, l link) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiters[l] = h
	d.asks[h] = append(d.asks[h], l)
}

// forget notes that a handler waits for nothing.
func (d *Deadlocks) forget(h holder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.asks[h] {
		delete(d.waiters, l)
	}
	delete(d.asks, h)
}

// waits tells whether a handler waits for an ask.
func (d *Deadlocks) waits(h holder, l link) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.waiters[l] == h
}

// holds notes who keeps a key closed.
func (d *Deadlocks) holds(place any, holders []holder) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(holders) == 0 {
		delete(d.holders, place)
	} else {
		d.holders[place] = holders
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
	for _, l := range waited {
		if h := d.waiters[l]; h != nil {
			mine[h] = true
		}
	}
	seen := map[parkedRequest]bool{}
	if slices.ContainsFunc(d.blocking(trail, place), func(h holder) bool { return d.reaches(h, mine, seen) }) {
		return false
	}
	d.parked[r] = parkedAt{trail, place}
	for _, l := range waited {
		d.below[l] = append(d.below[l], r)
	}
	return true
}

func (d *Deadlocks) leave(r parkedRequest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, l := range d.parked[r].trail.waited() {
		left := slices.DeleteFunc(d.below[l], func(other parkedRequest) bool { return other == r })
		if d.below[l] = left; len(left) == 0 {
			delete(d.below, l)
		}
	}
	delete(d.parked, r)
}

// blocking are the handlers that a request at a key waits for: those that do not wait for it.
func (d *Deadlocks) blocking(trail Trail, place any) []holder {
	var blocking []holder
	for _, h := range d.holders[place] {
		if !slices.ContainsFunc(trail, func(l link) bool { return d.waiters[l] == h }) {
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
	for _, l := range d.asks[h] {
		for _, r := range d.below[l] {
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
