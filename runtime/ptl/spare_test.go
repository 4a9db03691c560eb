package ptl

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSpares makes atoms and gives them back in any order: what is still read stays as it was made.
func TestSpares(t *testing.T) {
	type read struct {
		atom   Batch
		events []int64
	}
	rapid.Check(t, func(t *rapid.T) {
		var s spares[int64]
		var reading []read
		next := int64(0)
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if n := len(reading); n > 0 && rapid.Bool().Draw(t, "give") {
				i := rapid.IntRange(0, n-1).Draw(t, "which")
				s.give(reading[i].atom)
				reading = slices.Delete(reading, i, i+1)
				continue
			}
			buf := s.take()
			if len(buf) > 0 {
				t.Fatal("a buffer that is not empty")
			}
			var events []int64
			for range rapid.SampledFrom([]int{0, 1, 1, 1, 2, 3, 200, 300}).Draw(t, "events") {
				next++
				buf, events = append(buf, next), append(events, next)
			}
			reading = append(reading, read{s.batch(buf), events})
			s.expect(len(buf))
			for _, r := range reading {
				if got := r.atom.(Events[int64]); !slices.Equal(got, r.events) {
					t.Fatalf("an atom of %v has become %v", r.events, got)
				}
			}
		}
	})
}

// TestSameAtomAgain allocates nothing for atoms of always as many events.
func TestSameAtomAgain(t *testing.T) {
	for _, n := range []int{1, 16, 300} {
		var s spares[int64]
		atom := func() {
			buf := s.take()
			for range n {
				buf = append(buf, 7)
			}
			made := s.batch(buf)
			s.expect(n)
			s.give(made)
		}
		atom()
		if got := testing.AllocsPerRun(100, atom); got > 0 {
			t.Errorf("atoms of %d events: %v allocations each", n, got)
		}
	}
}
