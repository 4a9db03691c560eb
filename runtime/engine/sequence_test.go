package engine

import (
	"testing"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
)

type passLane struct {
	ptl.Lane
	out  ptl.Out[pair]
	seen func()
}

// TestSequenceOfOneStream: a sequencer that reads a stream three times stands at three places of it, also in the store.
func TestSequenceOfOneStream(t *testing.T) {
	const events = 3000
	fs, got := vfs.NewMem(), &page{}
	runs := 0
	for finished := false; !finished; runs++ {
		s, seen := openStore(t, fs), 0
		var e *Engine
		g := &ptl.Graph{}
		numbers := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, ptl.RangeSource(0, events, ptl.Cut{Events: 10}))
		both := ptl.Sequence(g, ptl.StreamSpec{Name: "both"}, ptl.IntType, numbers, numbers, numbers)
		out := ptl.NewStream(g, ptl.StreamSpec{Name: "out"}, pairType)
		w := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "pass"}, func(l *passLane) {
			l.seen = func() {
				if seen++; seen == 305 {
					e.Stop()
				}
			}
		})
		ptl.Reads(w, both, ptl.Each(func(l *passLane, n int64) {
			l.seen()
			l.out.Put(&l.Lane, pair{V0: n})
		}))
		ptl.Writes(w, out, func(l *passLane) *ptl.Out[pair] { return &l.out })
		ptl.NewSink(g, ptl.SinkSpec{Name: "out"}, out, collector{got})
		var err error
		if e, err = Open(g, testOptions(s, 1)); err != nil {
			t.Fatal(err)
		}
		if err := e.Run(); err != nil {
			t.Fatal(err)
		}
		if finished, err = Finished(s); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if runs < 8 {
		t.Errorf("the run was stopped %d times only", runs-1)
	}
	times := map[int64]int{}
	for _, p := range got.events {
		times[p.V0]++
	}
	for n := range int64(events) {
		if times[n] != 3 {
			t.Fatalf("event %d came %d times; want 3", n, times[n])
		}
	}
}

// TestStreamThatNobodyReads: its source comes to its end, and where it stood before is forgotten as it goes on.
func TestStreamThatNobodyReads(t *testing.T) {
	const atoms = 3000
	s := openStore(t, vfs.NewMem())
	g := &ptl.Graph{}
	ptl.SourceStream(g, ptl.StreamSpec{Name: "unread"}, ptl.IntType, ptl.RangeSource(0, atoms, ptl.Cut{Events: 1}))
	e, err := Open(g, testOptions(s, 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Run(); err != nil {
		t.Fatal(err)
	}
	if l := e.streams[0].log; l.logged != atoms || len(l.places) > 0 {
		t.Errorf("the store has it at %d of %d, and %d places are kept", l.logged, atoms, len(l.places))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
