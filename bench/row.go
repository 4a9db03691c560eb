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

// goal is what a row is to reach.
type goal struct {
	text  string
	holds bool
}

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
		w.judge()
		rows = append(rows, w)
	}
	return rows
}

// keptGoal is what durability may leave of the speed in memory, where atoms have at least keptAtom events.
const (
	keptGoal = 0.7
	keptAtom = 64
	// publishedGoal is how many times as fast as what others publish a row is to be, per core.
	publishedGoal = 30
)

// judge compares the row with its goals.
func (w *row) judge() {
	add := func(holds bool, format string, args ...any) {
		w.goals = append(w.goals, goal{fmt.Sprintf(format, args...), holds})
	}
	if least := w.of.Goal[w.mode]; least > 0 && w.plain > 0 {
		add(w.ratio.median >= least, "≥ %.1f ×", least)
	}
	if least := w.of.Rate[w.mode]; least > 0 {
		add(1e9/w.perEvent >= least, "≥ %.1f M/s", least/1e6)
	}
	if w.mode == measure.Sync && w.kept.median > 0 && w.of.Atom() >= keptAtom {
		add(w.kept.median >= keptGoal, "≥ %.1f of memory", keptGoal)
	}
	if w.of.Published > 0 {
		add(w.multiple() >= publishedGoal, "≥ %d × published", publishedGoal)
	}
}

// multiple is how many times as fast as what others publish the row is, per core.
func (w *row) multiple() float64 { return w.core / w.of.Published }

// published tells whether the row is one that others publish figures of.
func (w *row) published() bool { return strings.HasPrefix(w.name, "Nexmark") }

// missed tells whether there are goals that the row does not reach.
func (w *row) missed() bool {
	return slices.ContainsFunc(w.goals, func(g goal) bool { return !g.holds })
}

// wanted names the goals; mark is put behind those that are missed.
func (w *row) wanted(mark string) string {
	var texts []string
	for _, g := range w.goals {
		if !g.holds {
			g.text += mark
		}
		texts = append(texts, g.text)
	}
	return strings.Join(texts, ", ")
}

// ratios are those of what ran in one round.
func ratios(a, b []float64) spread {
	all := make([]float64, min(len(a), len(b)))
	for i := range all {
		all[i] = a[i] / b[i]
	}
	return spreadOf(all)
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
		text += "  goal " + w.wanted(" MISSED")
	}
	return text
}
