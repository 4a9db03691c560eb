package runtime

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestPace: what works rests three times as long as it worked, or less if it is in haste; not if it was idle.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		yield := newPace(3)
		yield(0)
		for _, c := range []struct {
			work  time.Duration
			haste float64
			rest  time.Duration
		}{
			{time.Millisecond, 0, 3 * time.Millisecond},
			{aWhile / 2, 0, 0},
			{aWhile / 2, 0, 3 * aWhile},
			{aWhile, 1, 0},
			{2 * aWhile, 0.5, 3 * aWhile},
			{aWhile / 2, 0, 0},
			{time.Hour, 0, 0},
			{2 * aWhile, 0, 6 * aWhile},
		} {
			time.Sleep(c.work)
			if got := passes(func() { yield(c.haste) }); got != c.rest {
				t.Errorf("after %v of work, with haste %v, it rests %v, not %v", c.work, c.haste, got, c.rest)
			}
		}
	})
}

// TestRestsTooLong: a rest that was longer than it had to be is taken off the next ones, but not without end.
func TestRestsTooLong(t *testing.T) {
	for _, c := range []struct{ more, off time.Duration }{{aWhile, aWhile}, {time.Hour, aCredit}} {
		synctest.Test(t, func(t *testing.T) {
			p := &pace{times: 3, thread: func() {}}
			p.yield(0)
			p.rested(c.more)
			var rests time.Duration
			const works = 20
			for range works {
				time.Sleep(aWhile)
				rests += passes(func() { p.yield(0) })
			}
			if want := works*3*aWhile - c.off; rests != want {
				t.Errorf("after a rest that was %v too long it rests %v, not %v", c.more, rests, want)
			}
		})
	}
}

// TestInHasteGoesOn: what is in haste keeps its processor for a while; what is not gives it up whenever it yields.
func TestInHasteGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			haste float64
			goes  int
		}{{1, 9}, {0.99, 0}} {
			p := &pace{times: 3, thread: func() {}}
			p.yield(c.haste)
			goes := 0
			for range 10 {
				time.Sleep(aWhile / 10)
				_, goesOn := p.rest(c.haste)
				if goesOn {
					goes++
				}
				p.yield(c.haste)
			}
			if goes != c.goes {
				t.Errorf("with haste %v, it went on %d of 10 times, not %d", c.haste, goes, c.goes)
			}
		}
	})
}

func passes(during func()) time.Duration {
	begin := time.Now()
	during()
	return time.Since(begin)
}

// TestLetsThreadsGoFirst: what works lets other threads go first whenever it yields without a rest, but for a while behind one that took long.
func TestLetsThreadsGoFirst(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		lets  int
	}{{0, 200}, {longYield, 200}, {3 * longYield, 2}} {
		synctest.Test(t, func(t *testing.T) {
			lets := 0
			p := &pace{times: 3, thread: func() { time.Sleep(c.takes); lets++ }}
			for range 200 {
				time.Sleep(longYield)
				p.yield(1)
			}
			if lets != c.lets {
				t.Errorf("where another thread takes %v, it went first %d of 200 times, not %d", c.takes, lets, c.lets)
			}
		})
	}
}
