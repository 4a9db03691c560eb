package main

import (
	"bytes"
	"fmt"
	"html"
	"math"
	"slices"

	"github.com/portals-lang/portals/bench/measure"
)

// colours are those of a theme. The background is the page's own.
type colours struct {
	suffix            string // of the file
	text, faint, line string
	modes             map[measure.Mode]string
}

func themes() []*colours {
	return []*colours{
		{"", "#1f2328", "#656d76", "#d1d9e0", map[measure.Mode]string{measure.Memory: "#0969da", measure.Async: "#8250df", measure.Sync: "#bc4c00"}},
		{"-dark", "#e6edf3", "#9198a1", "#3d444d", map[measure.Mode]string{measure.Memory: "#58a6ff", measure.Async: "#bc8cff", measure.Sync: "#f0883e"}},
	}
}

// drawing is an SVG on its way.
type drawing struct {
	bytes.Buffer
	*colours
}

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

func (d *drawing) label(x, y float64, anchor, colour, text string) {
	d.printf(`<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`, x, y, anchor, colour, html.EscapeString(text))
}

func (d *drawing) stroke(x1, y1, x2, y2, width float64, colour, more string) {
	d.printf(`<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="%.1f"%s/>`, x1, y1, x2, y2, colour, width, more)
}

// finish puts the drawing into its frame.
func (d *drawing) finish(width, height float64) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%.0f" height="%.0f" viewBox="0 0 %.0f %.0f" font-family="-apple-system, 'Segoe UI', Helvetica, Arial, sans-serif" font-size="11">`+"\n",
		width, height, width, height)
	b.Write(d.Bytes())
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// The measures of the plot of speeds, in pixels.
const (
	nameWidth   = 272
	speedWidth  = 430
	valuesWidth = 132
	speedHead   = 44
	rowHeight   = 22
)

// drawSpeed draws the ratio of each row on a logarithmic axis: a dot for each mode, with its spread as a line. Full dots
// reach their goals, or have none; half-tone ones are undecided or not judged.
func drawSpeed(r *record, theme *colours) []byte {
	d := &drawing{colours: theme}
	rows := r.rows()
	least := 0.5
	for _, w := range rows {
		least = min(least, w.ratio.least)
	}
	least = roundStep(max(least, 1e-4))
	const most = 3
	at := func(ratio float64) float64 {
		return nameWidth + speedWidth*math.Log(min(max(ratio, least), most)/least)/math.Log(most/least)
	}
	var names []string
	for _, w := range rows {
		if len(names) == 0 || names[len(names)-1] != w.name {
			names = append(names, w.name)
		}
	}
	bottom := float64(speedHead + rowHeight*len(names))
	for i := 0; i < len(names); i += 2 {
		d.printf(`<rect x="0" y="%d" width="%d" height="%d" fill="%s" fill-opacity="0.25"/>`, speedHead+i*rowHeight, nameWidth+speedWidth+valuesWidth, rowHeight, d.line)
	}
	for decade := math.Pow(10, math.Floor(math.Log10(least))); decade < most; decade *= 10 {
		for _, step := range steps125 {
			if x := decade * step; x < most && x > least*0.99 {
				d.stroke(at(x), speedHead-6, at(x), bottom, 1, d.line, "")
				d.label(at(x), speedHead-12, "middle", d.faint, fmt.Sprintf("%g", math.Round(x*1e4)/1e4))
			}
		}
	}
	d.stroke(at(1), speedHead-6, at(1), bottom, 1.5, d.text, ` stroke-dasharray="4 3"`)
	d.label(at(1), 14, "middle", d.text, "plain Go")
	d.label(12, 14, "start", d.faint, "○ misses a goal; pale: undecided")
	for i, mode := range measure.Modes() {
		x := nameWidth + 8 + 72*float64(i)
		d.printf(`<circle cx="%.1f" cy="10" r="4" fill="%s"/>`, x, d.modes[mode])
		d.label(x+9, 14, "start", d.text, string(mode))
	}
	y := float64(speedHead)
	for _, name := range names {
		d.speedRow(name, rows, y, at)
		y += rowHeight
	}
	return d.finish(nameWidth+speedWidth+valuesWidth, bottom+8)
}

// steps125 are where an axis has its lines in each decade.
var steps125 = []float64{1, 2, 5}

// roundStep is the last of these lines that is not above x.
func roundStep(x float64) float64 {
	decade := math.Pow(10, math.Floor(math.Log10(x)))
	step := 1.0
	for _, s := range steps125 {
		if decade*s <= x {
			step = s
		}
	}
	return decade * step
}

// speedRow draws the modes of one row.
func (d *drawing) speedRow(name string, rows []*row, y float64, at func(float64) float64) {
	d.label(nameWidth-10, y+rowHeight/2+4, "end", d.text, name)
	modes := measure.Modes()
	for _, w := range rows {
		if w.name != name {
			continue
		}
		offset := map[measure.Mode]float64{measure.Memory: -6, measure.Async: 0, measure.Sync: 6}[w.mode]
		middle, colour := y+rowHeight/2+offset, d.modes[w.mode]
		d.stroke(at(w.ratio.least), middle, at(w.ratio.most), middle, 1.5, colour, ` stroke-opacity="0.6"`)
		opacity := map[verdict]float64{held: 1, unjudged: 0.4, undecided: 0.4}[w.worst()]
		d.printf(`<circle cx="%.1f" cy="%.1f" r="3" fill="%s" fill-opacity="%g" stroke="%s" stroke-width="1.5"/>`, at(w.ratio.median), middle, colour, opacity, colour)
		x := nameWidth + speedWidth + 40*float64(1+slices.Index(modes, w.mode))
		d.label(x, y+rowHeight/2+4, "end", colour, fmt.Sprintf("%.2f", w.ratio.median))
	}
}

// The measures of a panel of the plot of growths, in pixels.
const (
	panelWidth  = 266
	panelHeight = 190
	panelRow    = 3
	panelLeft   = 50
	panelRight  = 16
	panelTop    = 30
	panelBottom = 30
)

// drawGrowth draws a panel for each growth: time by size, both logarithmic; the dashed line is linear growth, the grey one with
// hollow points plain Go.
func drawGrowth(r *record, theme *colours) []byte {
	d := &drawing{colours: theme}
	for i, c := range r.Curves {
		d.panel(c, float64(i%panelRow*panelWidth), float64(i/panelRow*panelHeight))
	}
	lines := (len(r.Curves) + panelRow - 1) / panelRow
	return d.finish(panelRow*panelWidth, float64(max(lines, 1)*panelHeight))
}

func (d *drawing) panel(c *measure.Curve, left, top float64) {
	sizes := float64(c.Sizes[len(c.Sizes)-1]) / float64(c.Sizes[0])
	all := spreadOf(slices.Concat(c.Took, c.Plain))
	least, most := all.least, max(all.most, c.Took[0]*sizes)
	low, high := math.Pow(10, math.Floor(math.Log10(least))), math.Pow(10, math.Ceil(math.Log10(most)))
	x := func(size float64) float64 {
		return left + panelLeft + (panelWidth-panelLeft-panelRight)*math.Log(size/float64(c.Sizes[0]))/math.Log(sizes)
	}
	y := func(took float64) float64 {
		return top + panelHeight - panelBottom - (panelHeight-panelTop-panelBottom)*math.Log(took/low)/math.Log(high/low)
	}
	first, last := float64(c.Sizes[0]), float64(c.Sizes[len(c.Sizes)-1])
	d.printf(`<text x="%.1f" y="%.1f" fill="%s" font-weight="600">%s</text>`, left+panelLeft, top+16, d.text, html.EscapeString(c.Name))
	d.label(left+panelWidth-panelRight, top+16, "end", d.faint, fmt.Sprintf("n^%.2f", exponent(c.Sizes, c.Took)))
	for at := low; at <= high*1.001; at *= 10 {
		d.stroke(x(first), y(at), x(last), y(at), 1, d.line, "")
		d.label(x(first)-6, y(at)+4, "end", d.faint, duration(at))
	}
	for _, size := range c.Sizes {
		d.stroke(x(float64(size)), y(low), x(float64(size)), y(low)+4, 1, d.line, "")
	}
	d.label(x(first), y(low)+16, "middle", d.faint, measure.Short(c.Sizes[0]))
	d.label(x(last), y(low)+16, "end", d.faint, measure.Short(c.Sizes[len(c.Sizes)-1]))
	d.stroke(x(first), y(c.Took[0]), x(last), y(c.Took[0]*sizes), 1, d.faint, ` stroke-dasharray="4 3"`)
	curve := func(times []float64, colour, fill string) {
		points := ""
		for i, took := range times {
			points += fmt.Sprintf("%.1f,%.1f ", x(float64(c.Sizes[i])), y(took))
		}
		d.printf(`<polyline points="%s" fill="none" stroke="%s" stroke-width="1.5"/>`, points, colour)
		for i, took := range times {
			d.printf(`<circle cx="%.1f" cy="%.1f" r="2.5" fill="%s" stroke="%s" stroke-width="1.5"/>`, x(float64(c.Sizes[i])), y(took), fill, colour)
		}
	}
	if c.Plain != nil {
		curve(c.Plain, d.faint, "none")
		d.label(x(last), y(low)-6, "end", d.faint, fmt.Sprintf("plain Go n^%.2f", exponent(c.Sizes, c.Plain)))
	}
	curve(c.Took, d.modes[c.Mode], d.modes[c.Mode])
}

// duration is a power of ten of seconds.
func duration(seconds float64) string {
	if seconds > 0.5 {
		return fmt.Sprintf("%.0f s", seconds)
	}
	return fmt.Sprintf("%g ms", math.Round(seconds*1e6)/1e3)
}
