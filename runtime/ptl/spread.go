package ptl

import "slices"

// spread decides for each atom how the lanes go about it. How much work an event is, how many workflows want the same
// processors and what it costs to hand events over is nothing that a program says, so the workflow tries several ways, by the
// clock, and keeps the best one. The outcome is the same whatever the way; only time differs.
//
// Sharing takes all processors for as long as an atom takes, so it has to be much faster. And what the clock tells has in it
// what others do with the processors meanwhile, so no change comes of a single comparison, unless it is won by far.
type spread struct {
	least  int // events of an atom from which it is done otherwise than alone
	forced way // how that is, without looking at the clock; alone: as the clock says
	now    func() Time
	keys   int // the most that a task had when trials began anew, if the caches do not hold them; else 0
	kept   way // the way that is kept
	left   int // atoms until the next trial; 0: one is under way
	pause  int // atoms between two trials
	trial  trial
	events int // of the running atom; 0: it is too small to be shared
	began  Time
}

// way is how an atom is done.
type way uint8

const (
	// alone: lane 0 does it and hands events on by calls.
	alone way = iota
	// inTurn: in stages, as if it were shared, but one worker runs the lanes one after the other. It leaves the other processors to
	// others, too, and looks for the keys of a stage ahead, which pays where they are cold.
	inTurn
	// together: the lanes share it.
	together
	ways
)

// worth is the part of the time of the kept way that another one may take, so that the workflow changes to it. What lies in
// between stays as it is.
var worth = [ways][ways]float64{
	alone:    {inTurn: 0.9, together: 0.75},
	inTurn:   {alone: 0.95, together: 0.85}, // events are handed over either way, so sharing costs little more than the waking
	together: {alone: 1 / 0.85, inTurn: 1 / 0.95},
}

// hope is what a way that is tried may be too slow by, the less the more atoms it has had: half of it after two, a quarter after four.
// Lanes that share have to wake up other processors, and the system may at first let all of them run on one; one worker alone is as
// fast at once as it will be.
var hope = [ways]float64{alone: 0.4, inTurn: 1.2, together: 2}

// byFar is the part of the time that is asked of a way that wins by far. What slows lanes that share for a while must not make the workflow
// give that up; nothing like it makes them faster.
var byFar = [ways]float64{alone: 0.8, inTurn: 0.8, together: 0.9}

// trial takes a sample of the kept way and one of another, right after each other, since what an event costs changes with
// the data, and compares them. The other way is tried until it has won often enough, or has lost once.
type trial struct {
	other  way // that is tried
	trying bool
	won    int     // comparisons by it
	cost   float64 // of an event, the kept way, by its last sample
	quick  bool    // a worker that did atoms by itself took little time for one
	sample costs   // under way
}

// costs is what an event of some atoms has cost, one after the other, in nanoseconds.
type costs struct {
	of [triedAtoms]float64
	n  int
}

const (
	// parallelEvents is the size of an atom below which waking other lanes takes longer than it ever saves, and shortAtom the
	// time for one.
	parallelEvents = 256
	shortAtom      = 20 * Microsecond

	// A sample of the way that is kept has keptAtoms. Another one finds the caches as the kept one has left them. So it has until
	// triedAtoms to get faster, and wins after wonAtoms at the earliest.
	keptAtoms  = 4
	wonAtoms   = 4
	triedAtoms = 16

	// So many comparisons have to be won for a change, one of them by far counting for two. They are a pause apart, since what slows one
	// way, such as lanes that the system lets run on one processor, lasts for some milliseconds.
	winsToChange = 2

	// A pause has at least shortPause atoms and at most longPause. Until something changes, each is up to twice as long as the one before, as
	// far as it has to be so that what trials lose is a small part of all.
	shortPause = 32
	longPause  = 2048
	pauseShare = 128 // atoms for each that was lost
)

func newSpread(r *Runtime) spread {
	s := spread{least: r.ParallelEvents, now: r.Now, trial: trial{other: together}}
	if s.least != 0 || s.now == nil {
		s.forced = together
	}
	if s.forced == together && r.InTurn {
		s.forced = inTurn
	}
	if s.least == 0 {
		s.least = parallelEvents
	}
	return s
}

// begin tells how to do an atom of that many events, where a task has that many keys.
func (s *spread) begin(events, keys int) way {
	s.events = 0
	if events < s.least {
		return alone
	}
	if s.forced != alone {
		return s.forced
	}
	if keys >= coldKeys && keys >= 2*s.keys { // what was found out with fewer holds no more
		s.keys, s.left, s.pause = keys, 0, 0
		s.trial = trial{other: s.after(inTurn)}
	}
	s.events = events
	if s.left == 0 {
		s.began = s.now()
	}
	return s.present()
}

func (s *spread) present() way {
	if s.trial.trying {
		return s.trial.other
	}
	return s.kept
}

// after is what is tried next, behind that way.
func (s *spread) after(w way) way {
	for {
		if w = (w + 1) % ways; w != s.kept && (s.keys > 0 || w != inTurn) {
			return w
		}
	}
}

// end is called when the atom that begin has judged is done.
func (s *spread) end() {
	if s.events == 0 {
		return
	}
	if s.left > 0 {
		s.left--
		return
	}
	t, took := &s.trial, s.now()-s.began
	t.sample.add(float64(took) / float64(s.events))
	t.quick = t.quick || s.present() != together && took < Time(shortAtom)
	if !t.trying {
		s.judgeKept()
	} else {
		s.judgeOther()
	}
}

// judgeKept ends the sample of the kept way when it is complete. Nobody is woken for an atom that takes little time.
func (s *spread) judgeKept() {
	t := &s.trial
	switch {
	case t.sample.n < keptAtoms:
	case s.kept != together && t.quick:
		s.rest(max(2*s.pause, shortPause))
	default:
		t.cost = t.sample.mean()
		t.next()
	}
}

// judgeOther ends the sample of the other way as soon as its outcome is clear.
func (s *spread) judgeOther() {
	t := &s.trial
	cost, most := t.sample.mean(), t.cost*worth[s.kept][t.other]
	switch {
	case t.sample.n >= wonAtoms && (cost <= most || s.kept == together && t.quick):
		if t.won++; cost <= byFar[t.other]*most {
			t.won++
		}
		if t.won < winsToChange {
			s.left, s.trial = shortPause, trial{other: t.other, won: t.won}
			return
		}
		s.kept = t.other
		s.rest(shortPause)
	case !(s.kept == together && t.quick && t.sample.n < wonAtoms) && t.isLost(cost/most):
		lost := 0.0 // atoms that could have been done in the time that these took too long
		for _, cost := range t.sample.of[:t.sample.n] {
			if cost > most {
				lost += cost/most - 1
			}
		}
		s.rest(max(s.pause, min(2*s.pause, int(pauseShare*lost)), shortPause))
	}
}

// isLost tells that a way which has taken that many times what it may is given up. The first atom that lanes share says nothing.
func (t *trial) isLost(times float64) bool {
	n := t.sample.n
	return n == triedAtoms || (n > 1 || t.other == alone) && times > 1+hope[t.other]/float64(n)
}

// rest ends a trial.
func (s *spread) rest(atoms int) {
	s.pause = min(atoms, longPause)
	s.left, s.trial = s.pause, trial{other: s.after(s.trial.other)}
}

// next begins the next sample.
func (t *trial) next() { t.trying, t.quick, t.sample = !t.trying, false, costs{} }

func (c *costs) add(cost float64) {
	c.of[c.n] = cost
	c.n++
}

// mean is that of the faster half: what slows single atoms, and the first ones, is not what the way costs.
func (c *costs) mean() float64 {
	inOrder := c.of
	slices.Sort(inOrder[:c.n])
	sum, half := 0.0, (c.n+1)/2
	for _, cost := range inOrder[:half] {
		sum += cost
	}
	return sum / float64(half)
}
