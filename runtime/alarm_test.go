package runtime

import (
	"testing"
	"time"
)

// TestAfterFunc: each call comes once, not before its time, and one that is asked for later but due sooner does not wait.
func TestAfterFunc(t *testing.T) {
	type call struct {
		after           time.Duration
		soonest, latest time.Time // when it is due: the machine may do something else while it is asked for
	}
	type came struct {
		n    int
		when time.Time
	}
	var asked []call
	calls := make(chan came, 8)
	for n, d := range []time.Duration{30 * time.Millisecond, 2 * time.Millisecond, 0, 10 * time.Millisecond, 500 * time.Microsecond, 2 * time.Millisecond} {
		begin := time.Now()
		afterFunc(d, func() { calls <- came{n, time.Now()} })
		asked = append(asked, call{d, begin.Add(d), time.Now().Add(d)})
	}
	var before []call
	for range asked {
		c := <-calls
		is := asked[c.n]
		if early := is.soonest.Sub(c.when); early > 0 {
			t.Errorf("what was to come after %v came %v too early", is.after, early)
		}
		for _, b := range before {
			if is.latest.Before(b.soonest) {
				t.Errorf("what was to come after %v came behind what was to come after %v", is.after, b.after)
			}
		}
		before = append(before, is)
	}
	select {
	case c := <-calls:
		t.Errorf("what was to come after %v came twice", asked[c.n].after)
	case <-time.After(5 * time.Millisecond):
	}
}
