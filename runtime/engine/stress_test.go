package engine

import (
	"flag"
	"math/rand/v2"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/portals-lang/portals/runtime/ptl"
)

var stressSeeds = flag.Uint64("stress-seeds", 20, "runs of random actors by TestStress, with each number of workers; 1000 take a minute")

// stressed is an actor of TestStress, and what it has to do.
type stressed struct {
	actor
	rng     *rand.Rand
	pending atomic.Int64 // wakes that a step has yet to see
	inside  atomic.Bool  // a step, or what goes instead of one
}

// stress is a scheduler with actors that wake each other at random, from steps, from work beside them and from timers.
type stress struct {
	t       *testing.T
	w       *workers
	all     []*stressed
	left    atomic.Int64 // wakes that may still be begun
	under   atomic.Int64 // wakes that were begun and not seen
	running atomic.Int64
}

// TestStress lets actors do at random whatever a scheduler offers them. No wake is lost, though nobody watches who waits in half of the
// runs; no actor is in two places; no more run at once than may; and that nothing moves any more is told, which ends the run.
func TestStress(t *testing.T) {
	for seed := range *stressSeeds {
		for n := 1; n <= 3; n++ {
			if !stressOnce(t, seed, n) {
				return
			}
		}
	}
}

func stressOnce(t *testing.T, seed uint64, n int) bool {
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	timer := func(ptl.Duration, func()) {}
	if seed%2 == 0 {
		timer = func(d ptl.Duration, f func()) { time.AfterFunc(time.Duration(d), f) }
	}
	began := time.Now()
	s := &stress{t: t, w: newWorkers(n, func() ptl.Time { return ptl.Time(time.Since(began)) }, timer)}
	s.left.Store(500)
	for i := range 2 + rng.IntN(5) {
		a := &stressed{rng: rand.New(rand.NewPCG(seed, 100+uint64(i)))}
		a.first = i == 0 && seed%3 == 0
		a.step = func() bool { return s.step(a) }
		s.all = append(s.all, a)
	}
	for _, a := range s.all {
		s.wake(a, false)
	}
	ended := make(chan bool)
	go func() {
		s.w.run(func() {
			under := s.under.Load()
			if rng.IntN(8) == 0 {
				time.Sleep(time.Duration(rng.IntN(100)) * time.Microsecond) // others go on meanwhile, and must tell again that they have ended
			}
			switch {
			case under > 0:
			case s.left.Load() > 0:
				s.wake(s.all[rng.IntN(len(s.all))], true)
			default:
				s.w.stop()
			}
		})
		close(ended)
	}()
	if _, ok := patiently(ended); !ok {
		t.Errorf("seed %d, %d workers: it stands still, with %d wakes under way", seed, n, s.under.Load())
	}
	return !t.Failed()
}

// patiently waits for what comes from c, or is told by its end, for twenty seconds. Those in which the process is halted do not count.
func patiently[T any](c <-chan T) (v T, ok bool) {
	for range 200 {
		select {
		case v = <-c:
			return v, true
		case <-time.After(100 * time.Millisecond):
		}
	}
	return v, false
}

// eventually waits as patiently for something to hold.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for range 20_000 {
		if holds() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatalf("it has not come so far that %s", what)
}

// endOf is how a run has ended, for which it waits as patiently.
func endOf(t *testing.T, ended <-chan error) error {
	t.Helper()
	err, ok := patiently(ended)
	if !ok {
		t.Fatal("the run has not ended")
	}
	return err
}

// wake wakes an actor, unless that was done often enough.
func (s *stress) wake(a *stressed, outside bool) { s.later(a, outside)() }

// later is work that wakes an actor, which counts from now on.
func (s *stress) later(a *stressed, outside bool) func() {
	if s.left.Add(-1) < 0 {
		return func() {}
	}
	s.under.Add(1)
	return func() {
		a.pending.Add(1)
		s.w.wake(&a.actor, outside)
	}
}

// enter says that a runs, until leave.
func (s *stress) enter(a *stressed) {
	if a.inside.Swap(true) {
		s.t.Error("an actor is in two places")
	}
}

func (s *stress) step(a *stressed) bool {
	s.enter(a)
	defer a.inside.Store(false)
	if most := s.running.Add(1); most > int64(s.w.n) {
		s.t.Errorf("%d actors run at once", most)
	}
	waited := false
	defer func() {
		if !waited {
			s.running.Add(-1)
		}
	}()
	seen := int64(1)
	if a.rng.IntN(2) == 0 {
		seen = a.pending.Load()
	}
	if a.pending.Load() == 0 {
		return false
	}
	other := s.all[a.rng.IntN(len(s.all))]
	switch a.rng.IntN(12) {
	case 0, 1, 2:
		s.wake(other, a.rng.IntN(4) == 0)
	case 3:
		for _, other := range s.all {
			s.wake(other, false)
		}
	case 4:
		s.w.beside(s.later(other, true))
	case 5:
		s.w.atOnce(&a.actor, a.rng.IntN(4) == 0, s.later(other, a.rng.IntN(2) == 0))
	case 6:
		time.AfterFunc(time.Duration(a.rng.IntN(100))*time.Microsecond, s.later(other, true))
	case 7:
		for end := a.rng.IntN(20_000); end > 0; end-- {
			_ = a.inside.Load()
		}
	case 8:
		s.instead(other)
	case 9:
		s.w.parallel(2, func(int) {})
	case 10:
		waited = true
		s.waits(a, other)
	}
	more := a.pending.Add(-seen) > 0
	if s.under.Add(-seen); waited && more {
		s.w.wake(&a.actor, false)
	}
	return more && !waited
}

// instead does what a step of an actor would, if that is idle: one that is has nothing to do.
func (s *stress) instead(a *stressed) {
	s.w.instead(&a.actor, func(*actor) {
		s.enter(a)
		runtime.Gosched()
		a.inside.Store(false)
	})
}

// waits has a step of a wait while others run. They go on when it has waited, so its turn ends.
func (s *stress) waits(a, other *stressed) {
	s.running.Add(-1)
	s.w.waiting(&a.actor, func() {
		s.wake(other, true)
		time.Sleep(time.Duration(a.rng.IntN(100)) * time.Microsecond)
	})
}
