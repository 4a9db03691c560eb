package main

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/portals-lang/portals/bench/measure"
)

// TestAgain: what is undecided is measured again, nothing else, and the rounds of all times judge it together.
func TestAgain(t *testing.T) {
	times := func(took ...float64) *measure.Times {
		return &measure.Times{Took: slices.Clone(took), CPU: slices.Clone(took), Allocs: took[0], Bytes: took[0]}
	}
	result := func(name string, others float64, took ...float64) *measure.Result {
		return &measure.Result{Case: name, Events: 1000, Plain: times(slices.Repeat([]float64{1e8}, len(took))...), Others: others,
			Runs: map[measure.Mode]*measure.Times{measure.Memory: times(took...)}}
	}
	ms := func(name string, own ...float64) *measure.Figure {
		return &measure.Figure{Name: name, Unit: "ms", Own: own, Most: 2}
	}
	probe := measure.Probes()[0]
	shows := map[string]*measure.Probe{"one": probe, "another": probe, "held": measure.Probes()[1]}
	var r record
	r.add(result("word count", 0, 1e8, 1e8, 2e8, 2e8, 2e8)) // 0.6 reached in two rounds
	r.add(result("count, 10 k Int keys", 0, 1e8, 1e8, 1e8, 1e8, 1e8))
	r.add(result("count, 1 M Int keys", 0, 9e8, 9e8, 9e8, 9e8, 9e8))
	r.addFigure(ms("one", 1, 1, 1, 1, 3))
	r.addFigure(ms("another", 1, 1, 1, 1, 3))
	r.addFigure(ms("held", 1, 1, 1, 1, 1))
	r.addFigure(ms("of the compiler", 1, 1, 1, 1, 3))
	again := func() (names []string) {
		cases, probes := r.undecided(shows)
		for _, c := range cases {
			names = append(names, c.Name)
		}
		for _, p := range probes {
			names = append(names, p.Name)
		}
		return names
	}
	if d := cmp.Diff([]string{"word count", probe.Name}, again()); d != "" {
		t.Error("what is measured again:", d)
	}

	got := r.add(result("word count", 0, 2e8, 2e8, 2e8, 2e8, 2e8))
	want := result("word count", 0, 1e8, 1e8, 2e8, 2e8, 2e8, 2e8, 2e8, 2e8, 2e8, 2e8)
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
	const busy = 1e9
	r.add(result("word count", busy, 1e8, 1e8, 1e8, 1e8, 1e8)) // which counts for nothing beside what was not disturbed
	if d := cmp.Diff(want, got); d != "" {
		t.Error("a disturbed repetition:", d)
	}
	// two of ten rounds are not yet decided, one of ten is
	if d := cmp.Diff([]string{"word count"}, again()); d != "" {
		t.Error("what is measured a third time:", d)
	}

	// of a growth that is missed, the least times count
	name := measure.Growths()[0].Name
	curve := func(took ...float64) *measure.Curve {
		return &measure.Curve{Name: name, Sizes: []int64{1, 2, 4}, Took: took, Plain: []float64{1, 2, took[0]}, Most: 1}
	}
	r.addCurve(curve(1, 4, 16))
	if bent := r.bent(); len(bent) != 1 || bent[0].Name != name {
		t.Errorf("of growths, %d are measured again", len(bent))
	}
	c := r.addCurve(curve(2, 3, 4))
	if d := cmp.Diff(&measure.Curve{Name: name, Sizes: []int64{1, 2, 4}, Took: []float64{1, 3, 4}, Plain: []float64{1, 2, 1}, Most: 1}, c); d != "" || len(r.bent()) > 0 {
		t.Errorf("a growth of all rounds; %d are still missed: %s", len(r.bent()), d)
	}

	// a rate that is missed while others are busy says nothing, and goes when there is something better
	for _, others := range []float64{busy, 0} {
		slow := result("asks, one after the other", others, 1e9, 1e9, 1e9, 1e9, 1e9)
		got = r.add(slow)
		if slices.Contains(again(), slow.Case) != (others == busy) || len(got.Plain.Took) != 5 || got.Others != others {
			t.Errorf("with others at %g: again %q; %+v", others, again(), got)
		}
	}
}
