package main

import (
	"fmt"
	"math"

	"github.com/portals-lang/portals/bench/measure"
)

// marked is a name with a mark if others disturbed what was measured.
func marked(name string, others float64) string {
	if quiet(others) {
		return name
	}
	return name + " ~"
}

// disturbed counts what was measured while others were busy.
func (r *record) disturbed() (n int) {
	count := func(others float64) {
		if !quiet(others) {
			n++
		}
	}
	for _, x := range r.Results {
		count(x.Others)
	}
	for _, x := range r.Figures {
		count(x.Others)
	}
	for _, x := range r.Curves {
		count(x.Others)
	}
	return n
}

// figureLine is a figure as a terminal shows it.
func figureLine(f *measure.Figure) string {
	text := fmt.Sprintf("%-44s %s %s", marked(f.Name, f.Others), spreadOf(f.Own), f.Unit)
	if len(f.Plain) > 0 {
		text += fmt.Sprintf("  beside %s  ratio %s", spreadOf(f.Plain), ratios(f.Own, f.Plain))
	}
	if g, ok := figureGoal(f); ok {
		text += "  goal " + g.shown(missedWord)
	}
	if f.Note != "" {
		text += "  (" + f.Note + ")"
	}
	return text
}

// exponent is the power of the size with which a time grows: the slope of the line that fits the points best when both are drawn
// as logarithms.
func exponent(sizes []int64, took []float64) float64 {
	var sx, sy, sxx, sxy float64
	n := float64(len(sizes))
	for i, size := range sizes {
		x, y := math.Log(float64(size)), math.Log(took[i])
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}

// curveLine is a growth as a terminal shows it.
func curveLine(c *measure.Curve) string {
	text := fmt.Sprintf("%-44s exponent %.2f ", marked(c.Name, c.Others), exponent(c.Sizes, c.Took))
	for i, size := range c.Sizes {
		text += fmt.Sprintf(" %s: %.0f ms", measure.Short(size), c.Took[i]*1e3)
	}
	if c.Plain != nil {
		text += fmt.Sprintf("  plain exponent %.2f ", exponent(c.Sizes, c.Plain))
		for _, took := range c.Plain {
			text += fmt.Sprintf(" %.0f", took*1e3)
		}
	}
	return text + "  goal " + curveGoal(c).shown(missedWord)
}
