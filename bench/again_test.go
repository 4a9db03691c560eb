package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/portals-lang/portals/bench/measure"
)

const busy = 1e9 // others, on any machine

// rounds is a row that took so long in memory, beside a plain side that took 100 ms.
func rounds(name string, others float64, took ...float64) *measure.Result {
	times := func(took []float64) *measure.Times {
		return &measure.Times{Took: slices.Clone(took), CPU: slices.Clone(took), Allocs: took[0], Bytes: took[0]}
	}
	return &measure.Result{Case: name, Events: 1000, Plain: times(slices.Repeat([]float64{1e8}, len(took))), Others: others,
		Runs: map[measure.Mode]*measure.Times{measure.Memory: times(took)}}
}

// names are the rows and probes that are measured again.
func names(r *record, shows map[string]*measure.Probe) (all []string) {
	cases, probes := r.undecided(shows)
	for _, c := range cases {
		all = append(all, c.Name)
	}
	for _, p := range probes {
		all = append(all, p.Name)
	}
	return all
}

// TestAgain: what is undecided is measured again, nothing else, and the rounds of all times judge it together.
func TestAgain(t *testing.T) {
	ms := func(name string, own ...float64) *measure.Figure {
		return &measure.Figure{Name: name, Unit: "ms", Own: own, Most: 2}
	}
	probe := measure.Probes()[0]
	shows := map[string]*measure.Probe{"one": probe, "another": probe, "held": measure.Probes()[1]}
	var r record
	r.add(rounds("word count", 0, 1e8, 1e8, 2e8, 2e8, 2e8)) // 0.6 reached in two rounds
	r.add(rounds("count, 10 k Int keys", 0, 1e8, 1e8, 1e8, 1e8, 1e8))
	r.add(rounds("count, 1 M Int keys", 0, 9e8, 9e8, 9e8, 9e8, 9e8))
	r.addFigure(ms("one", 1, 1, 1, 1, 3))
	r.addFigure(ms("another", 1, 1, 1, 1, 3))
	r.addFigure(ms("held", 1, 1, 1, 1, 1))
	r.addFigure(ms("of the compiler", 1, 1, 1, 1, 3))
	if d := cmp.Diff([]string{"word count", probe.Name}, names(&r, shows)); d != "" {
		t.Error("what is measured again:", d)
	}

	got := r.add(rounds("word count", 0, 2e8, 2e8, 2e8, 2e8, 2e8))
	want := rounds("word count", 0, 1e8, 1e8, 2e8, 2e8, 2e8, 2e8, 2e8, 2e8, 2e8, 2e8)
	want.Runs[measure.Memory].Allocs, want.Runs[measure.Memory].Bytes = 2e8, 2e8
	if d := cmp.Diff(want, got); d != "" {
		t.Error("all rounds of a row:", d)
	}
	r.addFigure(ms("one", 1, 1, 1, 1, 1))
	if f := r.addFigure(ms("another", 1, 1, 1, 1, 1)); !slices.Equal(f.Own, []float64{1, 1, 1, 1, 3, 1, 1, 1, 1, 1}) {
		t.Error("all rounds of a figure:", f.Own)
	}
	if len(r.Results) != 3 || len(r.Figures) != 4 {
		t.Errorf("there are %d rows and %d figures", len(r.Results), len(r.Figures))
	}
	// two of ten rounds are not yet decided, one of ten is
	if d := cmp.Diff([]string{"word count"}, names(&r, shows)); d != "" {
		t.Error("what is measured a third time:", d)
	}
}

// TestDisturbed: what others have disturbed counts for nothing beside what they have not. A rate that is missed while others are busy is
// measured again.
func TestDisturbed(t *testing.T) {
	var r record
	want := rounds("word count", 0, 1e8, 1e8, 1e8, 1e8, 1e8)
	r.add(rounds("word count", 0, 1e8, 1e8, 1e8, 1e8, 1e8))
	if d := cmp.Diff(want, r.add(rounds("word count", busy, 2e8, 2e8, 2e8, 2e8, 2e8))); d != "" {
		t.Error("a disturbed repetition:", d)
	}
	for _, others := range []float64{busy, 0} {
		slow := rounds("asks, one after the other", others, 1e9, 1e9, 1e9, 1e9, 1e9)
		got := r.add(slow)
		if again := names(&r, nil); slices.Contains(again, slow.Case) != (others == busy) || len(got.Plain.Took) != 5 || got.Others != others {
			t.Errorf("with others at %g: again %q; %+v", others, again, got)
		}
	}
}

// TestBent: a growth that is missed is measured again, and the least times count.
func TestBent(t *testing.T) {
	name := measure.Growths()[0].Name
	curve := func(took ...float64) *measure.Curve {
		return &measure.Curve{Name: name, Sizes: []int64{1, 2, 4}, Took: took, Plain: []float64{1, 2, took[0]}, Most: 1}
	}
	var r record
	r.addCurve(curve(1, 4, 16))
	if bent := r.bent(); len(bent) != 1 || bent[0].Name != name {
		t.Errorf("of growths, %d are measured again", len(bent))
	}
	want := &measure.Curve{Name: name, Sizes: []int64{1, 2, 4}, Took: []float64{1, 3, 4}, Plain: []float64{1, 2, 1}, Most: 1}
	if d := cmp.Diff(want, r.addCurve(curve(2, 3, 4))); d != "" || len(r.bent()) > 0 {
		t.Errorf("a growth of all rounds; %d are still missed: %s", len(r.bent()), d)
	}
}
