package ptl

// spread decides for each atom how the lanes go about it. How much work an event is, how many workflows want the same
// processors and what it costs to hand events over is nothing that a program says, so the workflow tries several ways, by the
// clock, and keeps the best one. The outcome is the same whatever the way; only time differs.
//
// Sharing takes all processors for as long as an atom takes, so it has to be much faster. And what the clock tells has in it
// what others do with the processors meanwhile, so no change comes of a single comparison.
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

// trial takes a sample of the kept way and one of another, right after each other, since what an event costs changes with
// the data, and compares them: until the other way has won often enough, or has lost once.
type trial struct {
	atoms  int // so far
	other  way // that is tried
	trying bool
	won    int           // comparisons by it
	cost   [ways]float64 // of an event in the last sample of each way
	quick  bool          // a worker that did atoms by itself took little time for one
	// The sample under way: atoms, their events and what they took, and the slowest of them.
	sampled, events int
	took            Time
	slowest         slowAtom
}

// slowAtom is the slowest atom of a sample.
type slowAtom struct {
	events int
	took   Time
}

const (
	// parallelEvents is the size of an atom below which waking other lanes takes longer than it ever saves, and shortAtom the
	// time for one.
	parallelEvents = 256
	shortAtom      = 20 * Microsecond

	// A sample of atoms that one worker does has two, and the faster one counts: the caches are as the other way has left them. One of
	// shared atoms has four, and the mean of all but the slowest counts: it has in it how long the other processors take to wake up, but
	// not that one of them was once taken by somebody else, such as the log.
	aloneAtoms  = 2
	sharedAtoms = 4

	winsToChange = 2

	// A pause has at least so many atoms, and so many times those of the trial before; each is twice as long as the one before
	// until something changes.
	shortPause = 32
	pauseShare = 4
	longPause  = 2048
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
	t := &s.trial
	t.atoms++
	if done := t.measure(s.present(), s.events, s.now()-s.began); !done {
		return
	}
	switch {
	case s.kept != together && t.quick:
		s.rest(max(2*s.pause, shortPause))
	case !t.trying:
		t.next()
	case !t.better(s.kept):
		s.rest(max(2*s.pause, shortPause))
	case t.won+1 == winsToChange:
		s.kept = t.other
		s.rest(shortPause)
	default:
		t.won++
		t.next()
	}
}

// rest ends a trial.
func (s *spread) rest(atoms int) {
	s.pause = min(max(atoms, pauseShare*s.trial.atoms), longPause)
	s.left, s.trial = s.pause, trial{other: s.after(s.trial.other)}
}

// next begins the next sample.
func (t *trial) next() {
	t.trying, t.quick = !t.trying, false
	t.sampled, t.events, t.took, t.slowest = 0, 0, 0, slowAtom{}
}

// measure takes an atom into the sample, and tells whether that is complete.
func (t *trial) measure(w way, events int, took Time) (done bool) {
	t.sampled++
	t.events += events
	t.took += took
	if w == together {
		if float64(took)*float64(t.slowest.events) >= float64(t.slowest.took)*float64(events) {
			t.slowest = slowAtom{events, took}
		}
		if done = t.sampled == sharedAtoms; done {
			t.cost[w] = float64(t.took-t.slowest.took) / float64(t.events-t.slowest.events)
		}
		return done
	}
	t.quick = t.quick || took < Time(shortAtom)
	if cost := float64(took) / float64(events); t.sampled == 1 || cost < t.cost[w] {
		t.cost[w] = cost
	}
	return t.sampled == aloneAtoms
}

// better tells whether the other way is, for a workflow that has kept one. Nobody is woken for an atom that takes little time.
func (t *trial) better(kept way) bool {
	return kept == together && t.quick || t.cost[t.other] <= t.cost[kept]*worth[kept][t.other]
}
