package ptl

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// TestRunsOfNumbers: Ints that follow one another are one run.
func TestRunsOfNumbers(t *testing.T) {
	all := []int64{4, 5, 6, 6, 7, 3, -1, 0, 1, math.MaxInt64}
	var runs []Numbers
	for rest := all; len(rest) > 0; rest = rest[runs[len(runs)-1].N:] {
		runs = append(runs, run(rest))
	}
	if got, want := fmt.Sprint(runs), "[{4 3} {6 2} {3 1} {-1 3} {9223372036854775807 1}]"; got != want {
		t.Errorf("runs %s; want %s", got, want)
	}
	var back []int64
	for _, r := range runs {
		back = append(back, eventsOf[int64](r)...)
	}
	if !slices.Equal(back, all) {
		t.Errorf("%v became %v", all, back)
	}
}

// TestNarrowNumbers: what a narrow method is given fits in its bits, and all that does is given to it.
func TestNarrowNumbers(t *testing.T) {
	for _, n := range []Numbers{
		{math.MinInt32, 5}, {math.MinInt32 - 1, 5}, {math.MaxInt32 - 4, 5}, {math.MaxInt32 - 3, 5}, {0, 1 << 31}, {0, 1<<31 + 1},
		{math.MinInt64, 2}, {math.MaxInt64 - 1, 2}, {math.MinInt32 - 1, 1 << 33},
		{-1 << 28, 1 << 29}, {-1 << 28, 1<<29 + 1}, {-1<<28 - 1, 2}, {1<<28 - 2, 2}, {1<<28 - 1, 2}, {-1, 2}, {0, 1},
	} {
		last := n.First + int64(n.N-1)
		for bits := range 33 {
			want := bits > 0 && n.First<<(64-bits)>>(64-bits) == n.First && last<<(64-bits)>>(64-bits) == last
			if n.narrow(bits) != want {
				t.Errorf("%d numbers from %d on, %d bits: narrow %v", n.N, n.First, bits, !want)
			}
		}
	}
}

type countingLane struct {
	Lane
	out Out[int64]
}

// TestReadsRange: a workflow takes an atom of a range in one piece, however it comes, with each event at its place; the atom
// is written out only if somebody takes it so.
func TestReadsRange(t *testing.T) {
	for _, listed := range []bool{false, true} {
		g := &Graph{}
		in := SourceStream(g, StreamSpec{Name: "in"}, IntType, RangeSource(10, 15, Cut{Events: 3}))
		out := NewStream(g, StreamSpec{Name: "out"}, IntType)
		w := NewWorkflow[countingLane](g, WorkflowSpec{Name: "w"}, nil)
		ReadsRange(w, in, func(*countingLane, int64, int64) { t.Error("wide") }, 32, func(l *countingLane, first, n int64) {
			for i := range n {
				l.Event = int(i)
				l.out.Put(&l.Lane, (first+i)*100+int64(l.input()))
			}
		})
		Writes(w, out, func(l *countingLane) *Out[int64] { return &l.out })
		if listed {
			Sequence(g, StreamSpec{Name: "copy"}, IntType, in)
		}
		if err := w.Start(Runtime{}); err != nil {
			t.Fatal(err)
		}
		if err := in.Node.Source.Open(&Env{}, nil); err != nil {
			t.Fatal(err)
		}
		got := ""
		for range 2 {
			events, _, err := in.Node.Source.Next()
			if err != nil {
				t.Fatal(err)
			}
			if _, written := events.(Events[int64]); written != listed {
				t.Errorf("listed %v: %T", listed, events)
			}
			got += string(in.Node.EventJSON(events, 1)) + " " + fmt.Sprint(in.Node.Append(nil, events))
			if ran, failure := w.Run(0, events); !ran || failure != nil {
				t.Fatal(ran, failure)
			}
			made, _ := w.Take(0)
			got += fmt.Sprint(made)
		}
		if want := "11 [3 20 22 24][1000 1101 1202]14 [2 26 28][1300 1401]"; got != want {
			t.Errorf("listed %v: %s; want %s", listed, got, want)
		}
	}
}
