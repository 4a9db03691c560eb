package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/portals-lang/portals/bench/measure"
)

// TestVerdicts: what is decided agrees with the median, and so many rounds that agree are needed.
func TestVerdicts(t *testing.T) {
	reaches := func(x float64) bool { return x >= 1 }
	for n := range 40 {
		for reached := range n + 1 {
			rounds := make([]float64, n)
			for i := range reached {
				rounds[i] = 1
			}
			g := judge("", rounds, reaches)
			if g.verdict == held && median(rounds) < 1 || g.verdict == missed && median(rounds) >= 1 {
				t.Errorf("%d of %d rounds reach a mark, and the verdict is %d", reached, n, g.verdict)
			}
		}
	}
	for _, test := range []struct {
		reached, of int
		want        verdict
	}{{0, 1, undecided}, {3, 3, undecided}, {0, 4, undecided}, {5, 5, held}, {4, 5, undecided}, {0, 5, missed}, {1, 5, undecided}, {1, 7, undecided},
		{7, 8, held}, {1, 8, missed}, {2, 8, undecided}, {15, 20, held}, {14, 20, undecided}} {
		rounds := make([]float64, test.of)
		for i := range test.reached {
			rounds[i] = 1
		}
		if g := judge("", rounds, reaches); g.verdict != test.want {
			t.Errorf("%d of %d rounds reach a mark: the verdict is %d, not %d", test.reached, test.of, g.verdict, test.want)
		}
	}
}

// TestGoals: each goal is judged by its own figure in each round, a short durable run not at all, and an absolute figure that others have disturbed is not missed.
func TestGoals(t *testing.T) {
	times := func(took ...float64) *measure.Times { return &measure.Times{Took: took, CPU: took} }
	for _, test := range []struct {
		row          string
		events       int64
		plain        *measure.Times
		memory, sync *measure.Times
		others       float64
		want         string
	}{
		{"count, 10 k Int keys", 1e6, times(10e7, 10e7, 10e7, 10e7, 10e7), times(10e7, 11e7, 12e7, 13e7, 14e7), times(12e7, 17e7, 18e7, 19e7, 10e7), 0,
			"≥ 0.7 ×; ≥ 0.5 ×, ≥ 0.7 of memory (undecided: reached in 2 of 5 rounds)"},
		{"count, 10 k Int keys", 1e6, times(10e7, 10e7, 10e7, 10e7, 10e7), times(15e7, 15e7, 15e7, 16e7, 19e7), times(30e7, 30e7, 30e7, 30e7, 30e7), 9,
			"≥ 0.7 × MISSED; ≥ 0.5 × MISSED, ≥ 0.7 of memory MISSED"},
		{"count, 10 k Int keys", 1e6, times(1e6, 1e6, 1e6, 1e6, 1e6), times(1e6, 1e6, 1e6, 1e6, 1e6), times(2e6, 2e6, 2e6, 2e6, 2e6), 0,
			"≥ 0.7 ×; ≥ 0.5 × (not judged: too short), ≥ 0.7 of memory (not judged: too short)"},
		{"asks, one after the other", 1e6, nil, times(3e9, 3e9, 3e9, 3e9, 3e9), times(1e9, 1e9, 1e9, 1e9, 1e9), 9,
			"≥ 0.5 M/s (not judged: others were busy); ≥ 0.5 M/s"},
		{"Nexmark q0", 1e6, nil, times(3e9, 3e9, 3e9, 3e9, 3e9), times(1e8, 1e8, 1e8, 1e8, 1e8), 0, "≥ 30 × published MISSED; ≥ 0.7 of memory, ≥ 30 × published"},
	} {
		for _, c := range measure.Cases() {
			if c.Name != test.row {
				continue
			}
			r := &measure.Result{Case: c.Name, Events: test.events, Plain: test.plain, Others: test.others,
				Runs: map[measure.Mode]*measure.Times{measure.Memory: test.memory, measure.Sync: test.sync}}
			var got []string
			for _, w := range newRows(c, r) {
				got = append(got, w.wanted(missedWord))
			}
			if text := strings.Join(got, "; "); text != test.want {
				t.Errorf("%s: the goals are %q, not %q", c.Name, text, test.want)
			}
		}
	}
}

// TestQuick: what a quick run has and what it says to leave out are together what there is, and a name brings what was left out.
func TestQuick(t *testing.T) {
	o := &options{quick: true}
	all := options{}
	cases, left := len(o.cases()), o.leftOut()
	if cases == 0 || !strings.Contains(left, fmt.Sprintf(" %d rows,", len(all.cases())-cases)) {
		t.Errorf("a quick run has %d of %d rows and says: %s", cases, len(all.cases()), left)
	}
	for _, p := range all.probes() {
		if p.Quick == strings.Contains(left, p.Name) {
			t.Errorf("whether a quick run has %q is %v, and it says: %s", p.Name, p.Quick, left)
		}
	}
	named := options{quick: true, only: "latency"}
	if len(named.probes()) != 1 || named.leftOut() != "" || all.leftOut() != "" {
		t.Error("what is named is left out, or a run that leaves nothing out says so")
	}
}
