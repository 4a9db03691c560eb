package ptltest

import (
	"math/rand/v2"
	"slices"

	"github.com/portals-lang/portals/runtime/ptl"
)

// beginning is when every test begins: 2000-01-01T00:00:00Z.
const beginning ptl.Time = 946_684_800_000_000_000

// mostDraws is how many choices an application may take until it comes to rest; one that takes more is taken to go on
// for ever.
const mostDraws = 1_000_000

// interval is how long the engine is told to gather changes before it commits them. It stands for any time: whether a
// commit comes early or late is drawn.
const interval = ptl.Millisecond

// world is all that an application's run depends on beside its input: the order of things, and time.
type world struct {
	dice   *rand.Rand
	lean   int // -1: what was there first is preferred, 1: what came last, 0: neither
	now    ptl.Time
	soon   []func() // timers of commits
	timers []timer  // all others, by time
	serial int
	draws  int // since it last came to rest

	// rest is called when nothing moves; false ends the run.
	rest func() bool

	hurries bool  // time passes also while something can move
	crash   Crash // where to crash, once
	dead    bool  // it has crashed: nothing happens any more
	endless bool  // it did not come to rest
}

// Crash is a moment of a run: its Commit-th commit, from 1, just before it is durable or just after. The zero Crash is
// none.
type Crash struct {
	Commit uint64
	After  bool
}

type timer struct {
	at     ptl.Time
	serial int
	call   func()
}

func newWorld(seed uint64, crash Crash) *world {
	w := &world{dice: rand.New(rand.NewPCG(seed, 0)), now: beginning, crash: crash}
	w.lean = w.dice.IntN(3) - 1
	return w
}

func (w *world) clock() ptl.Time { return w.now }

// Next draws what happens next.
func (w *world) Next(n int) int {
	if w.draws++; w.draws > mostDraws {
		w.endless = true
	}
	if w.dead || w.endless {
		return -1
	}
	if len(w.soon) > 0 && w.dice.IntN(8) == 0 {
		call := w.soon[0]
		w.soon = w.soon[1:]
		call()
	}
	if w.hurries && len(w.timers) > 0 && w.dice.IntN(16) == 0 {
		w.pass(w.timers[0].at)
	}
	i, j := w.dice.IntN(n), w.dice.IntN(n)
	switch {
	case w.lean < 0:
		return min(i, j)
	case w.lean > 0:
		return max(i, j)
	}
	return i
}

// Wait gives the test its turn: time passes only when the test says so.
func (w *world) Wait() bool {
	w.draws = 0
	return w.rest()
}

// timer calls f when d has passed.
func (w *world) timer(d ptl.Duration, f func()) {
	if d <= interval {
		w.soon = append(w.soon, f)
		return
	}
	w.serial++
	w.timers = append(w.timers, timer{ptl.AddTime(w.now, d), w.serial, f})
	slices.SortFunc(w.timers, func(a, b timer) int {
		if a.at != b.at {
			return int(a.at - b.at)
		}
		return a.serial - b.serial
	})
}

// pass lets time pass until the next timer, or until the given moment, and tells whether it had to.
func (w *world) pass(until ptl.Time) bool {
	if len(w.timers) > 0 && w.timers[0].at <= until {
		t := w.timers[0]
		w.timers = w.timers[1:]
		w.now = max(w.now, t.at)
		t.call()
		return true
	}
	if w.now == until {
		return false
	}
	w.now = until
	return true
}

// recover forgets what a process that died had been about to do.
func (w *world) recover() {
	w.dead, w.crash, w.soon, w.timers = false, Crash{}, nil, nil
}
