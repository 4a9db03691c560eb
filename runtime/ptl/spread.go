package ptl

// spread decides for each atom whether the lanes share it. How much work an event is, how many workflows want the same
// processors and what it costs to hand events over is nothing that a program says, so the workflow tries both ways, by the
// clock, and keeps the better one. The outcome is the same either way; only time differs.
//
// Sharing takes all processors for as long as an atom takes, so it has to be much faster. And what the clock tells has in it
// what others do with the processors meanwhile, so no change comes of a single comparison.
type spread struct {
	least  int         // events of an atom from which sharing is considered
	always bool        // share without looking at the clock
	now    func() Time // nil: share
	shared bool        // the way that is kept
	left   int         // atoms until the next trial; 0: one is under way
	pause  int         // atoms between two trials
	trial  trial
	events int // of the running atom; 0: it is too small to be shared
	began  Time
}

// trial takes a sample of the kept way and one of the other, right after each other, since what an event costs changes with
// the data, and compares them: until the other way has won often enough, or has lost once.
type trial struct {
	atoms int        // so far
	other bool       // the other way is measured
	won   int        // comparisons by it
	cost  [2]float64 // of an event in the last sample of each way; 0: there was none yet
	quick bool       // the lane that did atoms alone took little time for one
	// The sample under way: atoms, their events and what they took.
	sampled, events int
	took            Time
}

// The ways, by which costs are found.
const (
	alone = iota
	together
)

const (
	// parallelEvents is the size of an atom below which waking other lanes takes longer than it ever saves, and shortAtom the
	// time for one.
	parallelEvents = 256
	shortAtom      = 20 * Microsecond

	// A sample of atoms done alone has two, and the faster one counts: the caches are as the other way has left them. One of
	// shared atoms has four, and their mean counts: it has in it how long the other processors take to wake up.
	aloneAtoms  = 2
	sharedAtoms = 4

	winsToChange = 2

	// A pause has at least so many atoms, and so many times those of the trial before; each is twice as long as the one before
	// until something changes.
	shortPause = 32
	pauseShare = 16
	longPause  = 2048

	// Sharing begins when it takes no more than this part of the time that one lane takes, and ends when it takes more than that
	// part. What lies in between stays as it is.
	worthSharing = 0.75
	worthKeeping = 0.85
)

func newSpread(r *Runtime) spread {
	s := spread{least: r.ParallelEvents, always: r.ParallelEvents != 0 || r.Now == nil, now: r.Now}
	if s.least == 0 {
		s.least = parallelEvents
	}
	return s
}

// begin tells whether the lanes share an atom of that many events.
func (s *spread) begin(events int) bool {
	s.events = 0
	if events < s.least {
		return false
	}
	if s.always {
		return true
	}
	s.events = events
	if s.left == 0 {
		s.began = s.now()
	}
	return s.sharing()
}

func (s *spread) sharing() bool { return s.shared != s.trial.other }

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
	if done := t.measure(s.sharing(), s.events, s.now()-s.began); !done {
		return
	}
	switch {
	case !s.shared && t.quick:
		s.rest(max(2*s.pause, shortPause))
	case !t.other:
		t.next()
	case t.worth(s.shared) == s.shared:
		s.rest(max(2*s.pause, shortPause))
	case t.won+1 == winsToChange:
		s.shared = !s.shared
		s.rest(shortPause)
	default:
		t.won++
		t.next()
	}
}

// rest ends a trial.
func (s *spread) rest(atoms int) {
	s.pause = min(max(atoms, pauseShare*s.trial.atoms), longPause)
	s.left, s.trial = s.pause, trial{}
}

// next begins the next sample.
func (t *trial) next() {
	t.other, t.quick = !t.other, false
	t.sampled, t.events, t.took = 0, 0, 0
}

// measure takes an atom into the sample, and tells whether that is complete.
func (t *trial) measure(shared bool, events int, took Time) (done bool) {
	t.sampled++
	t.events += events
	t.took += took
	if shared {
		t.cost[together] = float64(t.took) / float64(t.events)
		return t.sampled == sharedAtoms
	}
	t.quick = t.quick || took < Time(shortAtom)
	if cost := float64(took) / float64(events); t.sampled == 1 || cost < t.cost[alone] {
		t.cost[alone] = cost
	}
	return t.sampled == aloneAtoms
}

// worth tells whether sharing is, for a workflow that does or does not do it.
func (t *trial) worth(shared bool) bool {
	most := worthSharing
	if shared {
		most = worthKeeping
	}
	return !t.quick && t.cost[together] <= t.cost[alone]*most
}
