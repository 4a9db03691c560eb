package runtime

import (
	"testing"
	"time"
)

// TestAfterFunc: each call comes once, not before its time, and one that is asked for later but due sooner does not wait.
func TestAfterFunc(t *testing.T) {
	begin := time.Now()
	type call struct {
		d, took time.Duration
	}
	calls := make(chan call, 8)
	waits := []time.Duration{30 * time.Millisecond, 2 * time.Millisecond, 0, 10 * time.Millisecond, 500 * time.Microsecond, 2 * time.Millisecond}
	for _, d := range waits {
		afterFunc(d, func() { calls <- call{d, time.Since(begin)} })
	}
	var last time.Duration
	for range waits {
		c := <-calls
		if c.took < c.d {
			t.Errorf("what was to come after %v came after %v", c.d, c.took)
		}
		if c.d < last {
			t.Errorf("what was to come after %v came behind what was to come after %v", c.d, last)
		}
		last = c.d
	}
	select {
	case c := <-calls:
		t.Errorf("what was to come after %v came twice", c.d)
	case <-time.After(5 * time.Millisecond):
	}
}
