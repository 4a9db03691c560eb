package ptl

import (
	"slices"
	"sync"
)

// Deadlocks knows the requests that are parked anywhere in the process, and refuses one that would close a circle: it
// would wait for a handler that waits for a parked request that waits … for the handler that the first one descends
// from. Refusing the ask that closes the circle, the youngest, breaks it.
type Deadlocks struct {
	mu     sync.Mutex
	parked map[parkedRequest]waits
}

type parkedRequest struct {
	workflow, number uint64
}

// waits is what a parked request descends from and whom it waits for.
type waits struct {
	trail    Trail
	blockers []blocker
}

// blocker is a handler that keeps a key closed.
type blocker struct {
	workflow uint64
	holder   holder
}

// NewDeadlocks returns a Deadlocks for one run.
func NewDeadlocks() *Deadlocks { return &Deadlocks{parked: map[parkedRequest]waits{}} }

// enter adds a request, unless it closes a circle.
func (d *Deadlocks) enter(r parkedRequest, trail Trail, blockers []blocker) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	seen := map[parkedRequest]bool{}
	if slices.ContainsFunc(blockers, func(b blocker) bool { return d.reaches(b, trail, seen) }) {
		return false
	}
	d.parked[r] = waits{trail, blockers}
	return true
}

func (d *Deadlocks) leave(r parkedRequest) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.parked, r)
}

// reaches tells whether b waits, through parked requests, for a handler that waits for an ask of the trail.
func (d *Deadlocks) reaches(b blocker, trail Trail, seen map[parkedRequest]bool) bool {
	if b.waitsForAny(trail) {
		return true
	}
	for r, w := range d.parked {
		if seen[r] || !b.waitsForAny(w.trail) {
			continue
		}
		seen[r] = true
		if slices.ContainsFunc(w.blockers, func(next blocker) bool { return d.reaches(next, trail, seen) }) {
			return true
		}
	}
	return false
}

func (b blocker) waitsForAny(trail Trail) bool {
	return slices.ContainsFunc(trail, func(l link) bool { return l.workflow == b.workflow && b.holder.waitsFor(l.ask) })
}

// Deadlock is the failure of a request that an exclusive task cannot let in without waiting for ever.
func Deadlock(task string) *Fault {
	return &Fault{Message: "deadlock: the key is held at " + task + " by a handler that waits for this ask"}
}
