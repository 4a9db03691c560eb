package ptl

import (
	"math/rand/v2"
	"testing"
)

// TestSpread: the lanes share atoms where that is clearly faster, and only there, although now and then an atom takes several times
// as long because others want the processors.
func TestSpread(t *testing.T) {
	for _, c := range []struct {
		name          string
		events        int
		alone, shared Duration
		inTurn        Duration // 0: there are few keys
		least, most   float64  // part of the atoms that are shared
		leastInTurn   float64
	}{
		{"twice as fast", 4096, 1600 * Microsecond, 850 * Microsecond, 0, 0.95, 1, 0},
		{"a little faster", 4096, 120 * Microsecond, 100 * Microsecond, 0, 0, 0.05, 0},
		{"slower", 4096, 120 * Microsecond, 200 * Microsecond, 0, 0, 0.05, 0},
		{"too short for anybody to wake up", 4096, 6 * Microsecond, 3 * Microsecond, 0, 0, 0, 0},
		{"too few events", parallelEvents - 1, 1600 * Microsecond, 800 * Microsecond, 0, 0, 0, 0},
		{"cold keys", 4096, 480 * Microsecond, 360 * Microsecond, 340 * Microsecond, 0, 0.05, 0.9},
		{"cold keys, shared", 4096, 480 * Microsecond, 220 * Microsecond, 340 * Microsecond, 0.9, 1, 0},
		{"cold keys that are many tasks'", 4096, 480 * Microsecond, 700 * Microsecond, 800 * Microsecond, 0, 0.05, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			const atoms = 5000
			dice, clock, done := rand.New(rand.NewPCG(1, 2)), Time(0), [ways]int{}
			s := newSpread(&Runtime{Now: func() Time { return clock }})
			keys := 0
			if c.inTurn > 0 {
				keys = coldKeys
			}
			for range atoms {
				w := s.begin(c.events, keys)
				took := [ways]Duration{c.alone, c.inTurn, c.shared}[w]
				done[w]++
				if dice.IntN(10) == 0 {
					took *= 3
				}
				clock += Time(took)
				s.end()
			}
			if part := float64(done[together]) / atoms; part < c.least || part > c.most {
				t.Errorf("%.3f of the atoms were shared", part)
			}
			if part := float64(done[inTurn]) / atoms; part < c.leastInTurn {
				t.Errorf("%.3f of the atoms were done by the lanes in turn", part)
			}
		})
	}
}

// TestSpreadDisturbed: that sharing pays is found out soon, although one atom of four takes three times as long when it is shared, and
// all do for which the first trial was made.
func TestSpreadDisturbed(t *testing.T) {
	const atoms, begin = 700, 10
	clock, shared := Time(0), 0
	s := newSpread(&Runtime{Now: func() Time { return clock }})
	for n := range atoms {
		took := 400 * Microsecond
		if s.begin(4096, 0) == together {
			if took = 220 * Microsecond; n < begin || shared%4 == 0 {
				took *= 3
			}
			shared++
		}
		clock += Time(took)
		s.end()
	}
	if part := float64(shared) / atoms; part < 0.9 {
		t.Errorf("%.3f of the atoms were shared", part)
	}
}

// TestSpreadShort: lanes that share stop when atoms get so short that nobody is to be woken for one, although alone they take somewhat longer.
func TestSpreadShort(t *testing.T) {
	for long := 1000; long < 1100; long += 7 { // at any place between two trials
		clock, shared := Time(0), 0
		s := newSpread(&Runtime{Now: func() Time { return clock }})
		do := func(alone, byAll Duration, atoms int) {
			shared = 0
			for range atoms {
				took := alone
				if s.begin(4096, 0) == together {
					took = byAll
					shared++
				}
				clock += Time(took)
				s.end()
			}
		}
		if do(400*Microsecond, 220*Microsecond, long); shared < 900 {
			t.Fatalf("%d of %d atoms were shared", shared, long)
		}
		if do(14500*Nanosecond, 10*Microsecond, 5000); shared > 2500 {
			t.Errorf("behind %d long atoms %d short ones were shared", long, shared)
		}
	}
}

// TestSpreadSettles: that sharing pays is found out although its first atoms find cold caches and a processor that sleeps, and although
// during the second trial all lanes are on one processor.
func TestSpreadSettles(t *testing.T) {
	const atoms = 1000
	clock, shared, inRow, trials := Time(0), 0, 0, 0
	s := newSpread(&Runtime{Now: func() Time { return clock }})
	for range atoms {
		took := 180 * Microsecond
		if s.begin(4096, 0) == together {
			if inRow == 0 {
				trials++
			}
			switch took = 120 * Microsecond; {
			case inRow == 0:
				took *= 2
			case trials == 2:
				took = 240 * Microsecond
			case inRow < 8:
				took += took / 4
			}
			shared++
			inRow++
		} else {
			inRow = 0
		}
		clock += Time(took)
		s.end()
	}
	if part := float64(shared) / atoms; part < 0.85 {
		t.Errorf("%.3f of the atoms were shared", part)
	}
}

// TestSpreadSoon: where sharing pays, hardly an atom of a short run is done alone, although the first ones are cheap, and the first one that
// is shared takes many times as long.
func TestSpreadSoon(t *testing.T) {
	for _, c := range []struct{ first, alone, woken, shared Duration }{
		{1600 * Microsecond, 1600 * Microsecond, 1200 * Microsecond, 850 * Microsecond},
		{1150 * Microsecond, 1450 * Microsecond, 2600 * Microsecond, 750 * Microsecond},
		{1150 * Microsecond, 1450 * Microsecond, 6000 * Microsecond, 750 * Microsecond},
	} {
		const atoms, most = 375, 10
		clock, alones, shared := Time(0), 0, 0
		s := newSpread(&Runtime{Now: func() Time { return clock }})
		for range atoms {
			took := c.shared
			switch w := s.begin(4096, 0); {
			case w == together:
				if shared++; shared == 1 {
					took = c.woken
				}
			case shared == 0:
				took = c.first
				alones++
			default:
				took = c.alone
				alones++
			}
			clock += Time(took)
			s.end()
		}
		if alones > most {
			t.Errorf("%v: %d of %d atoms were done alone", c, alones, atoms)
		}
	}
}

// TestSpreadCost: however much slower sharing is, trials of it take a small part of the time.
func TestSpreadCost(t *testing.T) {
	for _, times := range []Time{2, 5, 10} {
		const atoms, alone = 20_000, Time(50 * Microsecond)
		clock := Time(0)
		s := newSpread(&Runtime{Now: func() Time { return clock }})
		for range atoms {
			took := alone
			if s.begin(4096, 0) == together {
				took *= times
			}
			clock += took
			s.end()
		}
		if part := float64(clock)/float64(atoms*alone) - 1; part > 0.03 {
			t.Errorf("sharing takes %d times as long, and its trials %.3f of the time", times, part)
		}
	}
}

// TestSpreadChanges: what an event costs may change while a workflow runs, and the workflow notices.
func TestSpreadChanges(t *testing.T) {
	clock := Time(0)
	s := newSpread(&Runtime{Now: func() Time { return clock }})
	const atoms = 4 * longPause
	for _, worth := range []bool{false, true, false} {
		shared := 0
		for range atoms {
			took := 100 * Microsecond
			if s.begin(4096, 0) == together {
				shared++
				if worth {
					took /= 2
				}
			}
			clock += Time(took)
			s.end()
		}
		if part := float64(shared) / atoms; worth != (part > 0.5) {
			t.Errorf("%.3f of the atoms were shared; that it pays was %v", part, worth)
		}
	}
}

// TestSpreadMoreKeys: what trials have shown with few keys is not believed for long when there are twice as many.
func TestSpreadMoreKeys(t *testing.T) {
	clock := Time(0)
	s := newSpread(&Runtime{Now: func() Time { return clock }})
	shared := 0
	const fewer, more = 4 * longPause, 8 * shortPause
	for n := range fewer + more {
		keys, took := coldKeys, 100*Microsecond
		if n >= fewer {
			keys = 2 * coldKeys
		}
		if w := s.begin(4096, keys); n >= fewer && w == together {
			took /= 2
			shared++
		}
		clock += Time(took)
		s.end()
	}
	if part := float64(shared) / more; part < 0.5 {
		t.Errorf("%.3f of the atoms were shared", part)
	}
}
