package engine

import (
	"testing"

	"github.com/portals-lang/portals/runtime/ptl"
)

// TestResting: changes rest longer where collecting them costs much and the same keys change again, and nowhere else.
func TestResting(t *testing.T) {
	const least, most = 10 * ptl.Millisecond, 40 * ptl.Millisecond
	for _, c := range []struct {
		name  string
		keys  int // that change in turn, one in a microsecond
		took  ptl.Duration
		rests ptl.Duration // in the end
		often int          // cuts at most during which they rest longer than least, of 1,000
	}{
		{"few keys, cheap", 1000, 100 * ptl.Microsecond, least, 0},
		{"few keys, dear", 1000, 2 * ptl.Millisecond, most, 1000},
		{"never the same", 1e9, 5 * ptl.Millisecond, least, 70},
	} {
		var r resting
		r.begin(least, most)
		often := 0
		for range 1000 {
			now := ptl.Duration(r.now.Load())
			if now > least {
				often++
			}
			events := float64(now / ptl.Microsecond)
			size := cutSize{10 * min(float64(c.keys), events), events}
			r.collected(c.took, now, size)
			r.collected(c.took, ptl.Millisecond, size) // for which somebody waited
		}
		if now := ptl.Duration(r.now.Load()); now != c.rests || often > c.often {
			t.Errorf("%s: they rest %d ms in the end, and longer than %d ms before %d cuts", c.name, now/ptl.Millisecond, least/ptl.Millisecond, often)
		}
	}
}

// TestSoonAtOnce: a run finds out within a few cuts that they are dear, and within one that they are not.
func TestSoonAtOnce(t *testing.T) {
	const interval = 2 * ptl.Millisecond
	var r resting
	r.begin(leastRest*interval, mostRest*interval)
	for range 12 {
		r.collected(ptl.Millisecond, interval, cutSize{1, 1})
	}
	if soon := r.soon(interval); soon != soonMost*interval {
		t.Errorf("after twelve dear cuts they rest %d µs", soon/ptl.Microsecond)
	}
	r.collected(100*ptl.Microsecond, interval, cutSize{1, 1})
	if soon := r.soon(interval); soon != interval {
		t.Errorf("after a cheap one they rest %d µs", soon/ptl.Microsecond)
	}
}

// TestSoon: what somebody waits for rests longer only where every cut is dear, and never beyond a bound.
func TestSoon(t *testing.T) {
	const interval = 2 * ptl.Millisecond
	for _, c := range []struct {
		name string
		took []ptl.Duration // of cuts, over and over
		soon ptl.Duration   // in the end
		most ptl.Duration   // at any time
	}{
		{"cheap", []ptl.Duration{150 * ptl.Microsecond}, interval, interval},
		{"dear now and then", []ptl.Duration{5 * ptl.Millisecond, ptl.Millisecond, 150 * ptl.Microsecond}, interval, 3 * ptl.Millisecond},
		{"dear", []ptl.Duration{400 * ptl.Microsecond}, 4 * ptl.Millisecond, 4 * ptl.Millisecond},
		{"very dear", []ptl.Duration{3 * ptl.Millisecond, 5 * ptl.Millisecond}, 8 * ptl.Millisecond, 8 * ptl.Millisecond},
	} {
		var r resting
		r.begin(leastRest*interval, mostRest*interval)
		most := ptl.Duration(0)
		for range 100 {
			for _, took := range c.took {
				r.collected(took, interval, cutSize{1, 1})
				most = max(most, r.soon(interval))
			}
		}
		if soon := r.soon(interval); soon != c.soon || most > c.most {
			t.Errorf("%s: they rest %d µs, not %d, and %d at most", c.name, soon/ptl.Microsecond, c.soon/ptl.Microsecond, most/ptl.Microsecond)
		}
	}
}
