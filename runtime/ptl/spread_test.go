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
		least, most   float64 // part of the atoms that are shared
	}{
		{"twice as fast", 4096, 1600 * Microsecond, 850 * Microsecond, 0.95, 1},
		{"a little faster", 4096, 120 * Microsecond, 100 * Microsecond, 0, 0.05},
		{"slower", 4096, 120 * Microsecond, 200 * Microsecond, 0, 0.05},
		{"too short for anybody to wake up", 4096, 6 * Microsecond, 3 * Microsecond, 0, 0},
		{"too few events", parallelEvents - 1, 1600 * Microsecond, 800 * Microsecond, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			const atoms = 5000
			dice, clock, shared := rand.New(rand.NewPCG(1, 2)), Time(0), 0
			s := newSpread(&Runtime{Now: func() Time { return clock }})
			for range atoms {
				took := c.alone
				if s.begin(c.events) {
					took = c.shared
					shared++
				}
				if dice.IntN(10) == 0 {
					took *= 3
				}
				clock += Time(took)
				s.end()
			}
			if part := float64(shared) / atoms; part < c.least || part > c.most {
				t.Errorf("%.3f of the atoms were shared", part)
			}
		})
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
			if s.begin(4096) {
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
