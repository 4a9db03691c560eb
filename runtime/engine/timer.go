package engine

import "github.com/portals-lang/portals/runtime/ptl"

// Timers is what the watch is told as the input of an atom that timers made.
const Timers = "timers"

// ring goes on with the handlers of w whose timers are due, as one atom, and tells whether there were any. If a timer is
// still to come, w is woken when it is.
func (e *Engine) ring(w *workflow) bool {
	due, ok := w.program.NextTimer()
	if !ok || e.breaks("let timers pass") {
		return false
	}
	now := e.env.Now()
	if due > now {
		e.arm(w, due, now)
		return false
	}
	w.circle.moving.Add(1)
	w.circle.stirred.Add(1)
	defer w.circle.moving.Add(-1)
	ran, err := w.program.Ring(now)
	if err != nil {
		e.fail(err)
		return false
	}
	if ran {
		e.takeOutputs(w, true)
		e.changed(&w.actor)
		if e.opts.Watch != nil {
			e.opts.Watch.Took(w.name, Timers)
		}
		w.noteWaiting()
	}
	return ran
}

// arm has w woken at a time, unless it will be by then.
func (e *Engine) arm(w *workflow, at, now ptl.Time) {
	if w.armed > now && w.armed <= at {
		return
	}
	w.armed = at
	e.opts.Timer(ptl.Duration(at-now), func() { e.sched.wake(&w.actor, true) })
}

// noteWaiting counts the handlers that wait, for the other members of its circle: an atom of w publishes before it
// counts, and counts before it is over.
func (w *workflow) noteWaiting() {
	if n := int64(w.program.Waiting()); n != w.held.Load() { // which is mostly as many as before
		w.held.Store(n)
	}
}
