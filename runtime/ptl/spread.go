package ptl

// spread decides for each atom whether the lanes share it. How much work an event is, how many workflows want the same
// processors and what it costs to hand events over is nothing that a program says, so the workflow tries both ways and
// keeps the faster one. The outcome is the same either way; only time differs.
type spread struct {
	least  int         // events of an atom from which sharing is considered
	always bool        // share without looking at the clock
	now    func() Time // nil: share
	shared bool        // the way that is kept

	phase  int // of trials, see below
	left   int // atoms until the next phase
	pause  int // atoms between two trials
	best   [2]float64
	events int
	began  Time
}

// The phases of a trial: the kept way is measured, then the other one, right after each other, since what an event costs
// changes with the data. Then comes a pause, twice as long each time that nothing has changed.
const (
	measuringKept = iota
	measuringOther
	pausing
)

const (
	// parallelEvents is the size of an atom below which waking other lanes takes longer than it ever saves.
	parallelEvents = 256

	sampleAtoms = 3           // atoms that a sample takes; the fastest counts
	sampleTime  = Millisecond // unless one atom takes that long
	shortPause  = 32          // atoms
	longPause   = 2048        // atoms
	worthwhile  = 0.9         // of the kept way's time is what the other may take to replace it
)

func newSpread(r *Runtime) spread {
	s := spread{least: r.ParallelEvents, always: r.ParallelEvents != 0 || r.Now == nil, now: r.Now, left: sampleAtoms, pause: shortPause}
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
	if s.phase != pausing {
		s.began = s.now()
	}
	return s.shared != (s.phase == measuringOther)
}

// end is called when the atom that begin has judged is done.
func (s *spread) end() {
	if s.events == 0 {
		return
	}
	s.left--
	if s.phase != pausing {
		took := s.now() - s.began
		cost := float64(took) / float64(s.events)
		if best := &s.best[s.phase]; *best == 0 || cost < *best {
			*best = cost
		}
		if took >= Time(sampleTime) {
			s.left = 0
		}
	}
	if s.left > 0 {
		return
	}
	switch s.phase {
	case measuringKept:
		s.phase, s.left = measuringOther, sampleAtoms
	case measuringOther:
		if s.best[measuringOther] < s.best[measuringKept]*worthwhile {
			s.shared, s.pause = !s.shared, shortPause
		} else {
			s.pause = min(2*s.pause, longPause)
		}
		s.phase, s.left, s.best = pausing, s.pause, [2]float64{}
	case pausing:
		s.phase, s.left = measuringKept, sampleAtoms
	}
}
