package ptl

import (
	"path/filepath"
	"testing"
)

func TestPlaceIsTheInnermostFrameOfAProgram(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no failure")
		}
		site, ok := Place()
		if !ok || filepath.Base(site.File) != "cart.ptl" || site.Line != 12 || site.Method != "" {
			t.Errorf("%+v, %v", site, ok)
		}
	}()
	inProgram(0)
}

func TestPlaceOutsideOfAnyProgram(t *testing.T) {
	if site, ok := Place(); ok {
		t.Error(site)
	}
}

//line shop/cart.ptl:10
func inProgram(zero int64) int64 {
	items := ListOf(zero)
	return ListMap(items, func(x int64) int64 { return Div(1, x) }).All()[0]
}

// TestAFailureThatDoesNotComeAgain: of what fails by chance, once, the report has the place and the event of the input.
func TestAFailureThatDoesNotComeAgain(t *testing.T) {
	g := &Graph{}
	in := SourceStream(g, StreamSpec{Name: "in"}, IntType, RangeSource(0, 0, Cut{}))
	out := NewStream(g, StreamSpec{Name: "out"}, IntType)
	w := NewWorkflow[planLane](g, WorkflowSpec{Name: "w"}, nil)
	failed := false
	Reads(w, in, Each(func(l *planLane, v int64) {
		if l.out.Put(&l.Lane, v); v == 5 && !failed {
			failed = true
			Fail("this time")
		}
	}))
	Writes(w, out, func(l *planLane) *Out[int64] { return &l.out })
	if err := w.Start(Runtime{Lanes: 1}); err != nil {
		t.Fatal(err)
	}
	_, failure := w.Run(0, Events[int64]{4, 5, 6})
	if failure == nil || failure.Message != "this time" || failure.Event != "5" || failure.Stream != "in" {
		t.Errorf("%+v", failure)
	}
	if events, _ := w.Take(0); events.Len() != 0 {
		t.Errorf("an atom that failed has given %v", events)
	}
}
