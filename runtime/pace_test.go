package runtime

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestPace: what works rests three times as long as it worked, unless it is late or was idle.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := new(pace)
		rests := func(work time.Duration, late bool) time.Duration {
			time.Sleep(work)
			begin := time.Now()
			p.yield(late)
			return time.Since(begin)
		}
		p.yield(false)
		for _, c := range []struct {
			work time.Duration
			late bool
			rest time.Duration
		}{
			{time.Millisecond, false, 3 * time.Millisecond},
			{aWhile / 2, false, 0},
			{aWhile / 2, false, 3 * aWhile},
			{aWhile / 2, true, 0},
			{time.Hour, false, 0},
			{2 * aWhile, false, 6 * aWhile},
		} {
			if got := rests(c.work, c.late); got != c.rest {
				t.Errorf("after %v of work, late: %v, it rests %v, not %v", c.work, c.late, got, c.rest)
			}
		}
	})
}
