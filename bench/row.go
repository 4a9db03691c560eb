package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portals-lang/portals/bench/measure"
)

// row is a line of the tables: a case in one mode.
type row struct {
	name     string
	mode     measure.Mode
	perEvent float64 // ns, median
	plain    float64 // ns, median; 0 without a plain side
	ratio    spread  // elapsed time of the plain side by the program's
	work     float64 // plain processor time by the program's, median
	kept     spread  // speed by that in memory, which ran in the same rounds; of durable rows
	core     float64 // events per second of processor time
	allocs   float64
	bytes    float64
	others   float64
	of       *measure.Case
	goals    []goal
}

// spread is the median of what several rounds have shown, with their least and greatest.
type spread struct{ median, least, most float64 }

// newRows makes the lines of a case.
func newRows(c *measure.Case, r *measure.Result) []*row {
	n := float64(r.Events)
	var rows []*row
	for _, mode := range measure.Modes() {
		t := r.Runs[mode]
		if t == nil {
			continue
		}
		w := &row{name: c.Name, mode: mode, of: c, others: r.Others, perEvent: median(t.Took) / n, core: n * 1e9 / median(t.CPU), allocs: t.Allocs, bytes: t.Bytes}
		if r.Plain != nil {
			w.plain = median(r.Plain.Took) / n
			w.ratio = ratios(r.Plain.Took, t.Took)
			w.work = ratios(r.Plain.CPU, t.CPU).median
		}
		if memory := r.Runs[measure.Memory]; mode != measure.Memory && memory != nil {
			w.kept = ratios(memory.Took, t.Took)
		}
		w.judge(r, t)
		rows = append(rows, w)
	}
	return rows
}

// keptGoal is what durability may leave of the speed in memory, where atoms have at least keptAtom events; on one partition, since two
// keep both processors busy in memory, too.
const (
	keptGoal = 0.7
	keptAtom = 64
	// publishedGoal is how many times as fast as what others publish a row is to be, per core.
	publishedGoal = 30
	// shortest is how many ns a durable run has to take. Once in each run the last cut is waited for, and the program that
	// ends after it: 0.6 to 0.8 ms, a twentieth of this.
	shortest = 15e6
)

// judge compares the row with its goals, round by round.
func (w *row) judge(r *measure.Result, t *measure.Times) {
	add := func(g goal) {
		if w.mode != measure.Memory && w.perEvent*float64(r.Events) < shortest {
			g.verdict, g.why = unjudged, "not judged: too short"
		}
		w.goals = append(w.goals, g)
	}
	atLeast := func(least float64) func(float64) bool { return func(x float64) bool { return x >= least } }
	perSecond := func(unit float64, times []float64) (rates []float64) {
		for _, ns := range times {
			rates = append(rates, float64(r.Events)*1e9/ns/unit)
		}
		return rates
	}
	if least := w.of.Goal[w.mode]; least > 0 && r.Plain != nil {
		add(judge(fmt.Sprintf("≥ %.1f ×", least), eachRatio(r.Plain.Took, t.Took), atLeast(least)))
	}
	if least := w.of.Rate[w.mode]; least > 0 {
		add(judge(fmt.Sprintf("≥ %.1f M/s", least/1e6), perSecond(1e6, t.Took), atLeast(least/1e6)).absolute(r.Others))
	}
	if memory := r.Runs[measure.Memory]; w.mode == measure.Sync && memory != nil && w.of.Atom() >= keptAtom && !w.of.Single {
		add(judge(fmt.Sprintf("≥ %.1f of memory", keptGoal), eachRatio(memory.Took, t.Took), atLeast(keptGoal)))
	}
	if w.of.Published > 0 {
		text := fmt.Sprintf("≥ %d × published", publishedGoal)
		add(judge(text, perSecond(w.of.Published, t.CPU), atLeast(publishedGoal)).absolute(r.Others))
	}
}

// multiple is how many times as fast as what others publish the row is, per core.
func (w *row) multiple() float64 { return w.core / w.of.Published }

// published tells whether the row is one that others publish figures of.
func (w *row) published() bool { return strings.HasPrefix(w.name, "Nexmark") }

// worst is the worst verdict about its goals.
func (w *row) worst() verdict {
	worst := held
	for _, g := range w.goals {
		worst = max(worst, g.verdict)
	}
	return worst
}

// open tells whether one of its goals is.
func (w *row) open() bool { return slices.ContainsFunc(w.goals, goal.open) }

// wanted names the goals; mark is put behind those that are missed.
func (w *row) wanted(mark string) string {
	var texts []string
	for _, g := range w.goals {
		texts = append(texts, g.shown(mark))
	}
	return strings.Join(texts, ", ")
}

// ratios are those of what ran in one round.
func ratios(a, b []float64) spread { return spreadOf(eachRatio(a, b)) }

func eachRatio(a, b []float64) []float64 {
	all := make([]float64, min(len(a), len(b)))
	for i := range all {
		all[i] = a[i] / b[i]
	}
	return all
}

func spreadOf(all []float64) spread {
	if len(all) == 0 {
		return spread{}
	}
	return spread{median(all), slices.Min(all), slices.Max(all)}
}

// String is the median with its spread.
func (s spread) String() string { return fmt.Sprintf("%.2f (%.2f–%.2f)", s.median, s.least, s.most) }

func median(xs []float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	n := len(xs)
	if n == 0 {
		return 0
	}
	return (xs[(n-1)/2] + xs[n/2]) / 2
}

// rate is how many million events a second the program takes.
func (w *row) rate() float64 { return 1e3 / w.perEvent }

// line is the row as a terminal shows it.
func (w *row) line() string {
	text := fmt.Sprintf("%-34s %-7s %8.2f M/s %9.1f ns", marked(w.name, w.others), w.mode, w.rate(), w.perEvent)
	if w.plain > 0 {
		text += fmt.Sprintf("  plain %8.1f ns  ratio %s, of processor time %.2f", w.plain, w.ratio, w.work)
	}
	if w.kept.median > 0 {
		text += fmt.Sprintf("  of memory %s", w.kept)
	}
	if w.of.Published > 0 {
		text += fmt.Sprintf("  %.2f M/s per core, %.1f × published", w.core/1e6, w.multiple())
	}
	text += fmt.Sprintf("  %.3f allocs %.1f B", w.allocs, w.bytes)
	if len(w.goals) > 0 {
		text += "  goal " + w.wanted(missedWord)
	}
	return text
}
