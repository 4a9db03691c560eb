package main

import (
	"fmt"
	"slices"

	"github.com/portals-lang/portals/bench/measure"
)

// row is a line of the tables.
type row struct {
	name          string
	mode          measure.Mode
	perEvent      float64 // ns, median
	plain         float64 // ns, median; 0 without a plain side
	ratio         float64 // plain time by program time, median of the pairs
	least, most   float64
	work          float64 // plain processor time by the program's, median
	allocs, bytes float64
	goal          string
	holds         bool // the goal, or there is none
}

func newRow(c *measure.Case, r *measure.Result) row {
	n := float64(r.Events)
	w := row{name: c.Name, mode: r.Mode, perEvent: median(r.Portals) / n, allocs: r.Allocs, bytes: r.Bytes, holds: true}
	if len(r.Plain) > 0 {
		w.plain = median(r.Plain) / n
		ratios := make([]float64, len(r.Plain))
		for i := range ratios {
			ratios[i] = r.Plain[i] / r.Portals[i]
		}
		w.ratio, w.least, w.most = median(ratios), slices.Min(ratios), slices.Max(ratios)
		w.work = median(r.PlainCPU) / median(r.PortalsCPU)
	}
	if goal := c.Goal[r.Mode]; goal > 0 {
		w.goal = fmt.Sprintf("≥ %.1f ×", goal)
		w.holds = w.ratio >= goal
	}
	if rate := c.Rate[r.Mode]; rate > 0 {
		w.goal = fmt.Sprintf("≥ %.1f M/s", rate/1e6)
		w.holds = 1e9/w.perEvent >= rate
	}
	return w
}

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
	text := fmt.Sprintf("%-28s %-7s %8.2f M/s %9.1f ns", w.name, w.mode, w.rate(), w.perEvent)
	if w.plain > 0 {
		text += fmt.Sprintf("  plain %8.1f ns  ratio %.2f (%.2f–%.2f), of processor time %.2f", w.plain, w.ratio, w.least, w.most, w.work)
	}
	text += fmt.Sprintf("  %.3f allocs %.1f B", w.allocs, w.bytes)
	if w.goal != "" {
		text += "  goal " + w.goal
		if !w.holds {
			text += " MISSED"
		}
	}
	return text
}
