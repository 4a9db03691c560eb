package sim

import (
	"math/rand/v2"
	"slices"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
)

// world is the machine of a run: its clock, its dice and its end.
type world struct {
	dice   *rand.Rand
	now    ptl.Time
	timers []timer
	serial int

	draws  int
	limit  int         // draws after which a run counts as endless
	dieAt  int         // the draw at which the process dies; 0: never
	dead   atomic.Bool // nothing that happens now counts; the store's goroutines may set it
	stuck  bool        // nothing could happen any more, and the run had not ended
	late   int         // how much things that were there first are preferred: -1, 0 or 1
	stopAt int         // the draw at which the run is stopped in order; 0: never
	stop   func()

	failAt   int // the operation of connectors and store that fails, from 1; 0: none
	failures int // operations so far
	trace    uint64
}

type timer struct {
	at     ptl.Time
	serial int
	call   func()
}

// Next draws who comes next.
func (w *world) Next(n int) int {
	w.draws++
	if w.dead.Load() || w.draws == w.dieAt || w.draws > w.limit {
		w.dead.Store(true)
		return -1
	}
	if w.draws == w.stopAt {
		w.stop()
	}
	w.now += ptl.Time(w.dice.IntN(50)) * ptl.Time(ptl.Microsecond)
	if len(w.timers) > 0 && (w.timers[0].at <= w.now || w.dice.IntN(64) == 0) {
		w.fire()
	}
	i := w.dice.IntN(n)
	switch j := w.dice.IntN(n); {
	case w.late > 0:
		i = max(i, j)
	case w.late < 0:
		i = min(i, j)
	}
	w.trace = w.trace*1099511628211 ^ uint64(n)<<8 ^ uint64(i)
	return i
}

// Wait lets time pass until the next timer.
func (w *world) Wait() bool {
	w.draws++
	if w.dead.Load() || w.draws > w.limit || len(w.timers) == 0 {
		w.stuck = !w.dead.Load()
		return false
	}
	w.fire()
	return true
}

func (w *world) fire() {
	t := w.timers[0]
	w.timers = w.timers[1:]
	w.now = max(w.now, t.at)
	t.call()
}

func (w *world) timer(d ptl.Duration, call func()) {
	w.serial++
	w.timers = append(w.timers, timer{w.now + ptl.Time(d), w.serial, call})
	slices.SortFunc(w.timers, func(a, b timer) int {
		if a.at != b.at {
			return int(a.at - b.at)
		}
		return a.serial - b.serial
	})
}

// fails tells whether the running operation of a connector or the store fails.
func (w *world) fails() bool {
	if w.failAt == 0 {
		return false
	}
	w.failures++
	return w.failures == w.failAt
}
