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

// figureGoal is what a figure is to reach, or nil.
func figureGoal(f *measure.Figure) *goal {
	value, unit := spreadOf(f.Own).median, " "+f.Unit
	if len(f.Plain) > 0 && !f.MostOfOwn {
		value, unit = ratios(f.Own, f.Plain).median, " ×"
	}
	switch {
	case f.Most > 0:
		return &goal{fmt.Sprintf("≤ %g%s", f.Most, unit), value <= f.Most}
	case f.Least > 0:
		return &goal{fmt.Sprintf("≥ %g%s", f.Least, unit), value >= f.Least}
	}
	return nil
}

// figureLine is a figure as a terminal shows it.
func figureLine(f *measure.Figure) string {
	text := fmt.Sprintf("%-44s %s %s", marked(f.Name, f.Others), spreadOf(f.Own), f.Unit)
	if len(f.Plain) > 0 {
		text += fmt.Sprintf("  beside %s  ratio %s", spreadOf(f.Plain), ratios(f.Own, f.Plain))
	}
	if g := figureGoal(f); g != nil {
		text += "  goal " + g.text
		if !g.holds {
			text += " MISSED"
		}
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

// An exponent may be so much above the one of its growth, or above that of plain Go, which the same caches bend.
const (
	exponentSlack = 0.3
	plainSlack    = 0.1
)

func curveGoal(c *measure.Curve) goal {
	most, own := c.Most+exponentSlack, exponent(c.Sizes, c.Took)
	if c.Plain == nil {
		return goal{fmt.Sprintf("≤ %g + %g", c.Most, exponentSlack), own <= most}
	}
	return goal{fmt.Sprintf("≤ %g + %g, or plain + %g", c.Most, exponentSlack, plainSlack),
		own <= max(most, exponent(c.Sizes, c.Plain)+plainSlack)}
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
	g := curveGoal(c)
	text += "  goal " + g.text
	if !g.holds {
		text += " MISSED"
	}
	return text
}
