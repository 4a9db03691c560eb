package main

import (
	"bytes"
	"fmt"
	"html"
)

// The measures of the plot, in pixels.
const (
	labelWidth = 290
	barWidth   = 420
	barHeight  = 13
	barGap     = 5
	fullRatio  = 1.5 // the ratio of a bar that fills its width
)

// plot draws the ratios as bars, with their spread as a line; the vertical line is the plain loop.
func plot(rows []*row) []byte {
	var b, bars bytes.Buffer
	y := 24
	scale := func(ratio float64) float64 { return min(ratio/fullRatio, 1) * barWidth }
	for _, w := range rows {
		if w.plain == 0 {
			continue
		}
		color := map[bool]string{true: "#3b7dd8", false: "#d8893b"}[!w.missed()]
		fmt.Fprintf(&bars, `<text x="%d" y="%d" text-anchor="end">%s</text>`, labelWidth-8, y+barHeight-3, html.EscapeString(w.name+", "+string(w.mode)))
		fmt.Fprintf(&bars, `<rect x="%d" y="%d" width="%.1f" height="%d" fill="%s"/>`, labelWidth, y, scale(w.ratio.median), barHeight, color)
		fmt.Fprintf(&bars, `<line x1="%.1f" x2="%.1f" y1="%d" y2="%d" stroke="#222"/>`,
			labelWidth+scale(w.ratio.least), labelWidth+scale(w.ratio.most), y+barHeight/2, y+barHeight/2)
		fmt.Fprintf(&bars, `<text x="%d" y="%d">%.2f</text>`, labelWidth+barWidth+8, y+barHeight-3, w.ratio.median)
		bars.WriteByte('\n')
		y += barHeight + barGap
	}
	width := labelWidth + barWidth + 60
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="11">`+"\n", width, y+8)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" fill="white"/><text x="%d" y="14">speed, where the plain Go loop is 1</text>`+"\n", labelWidth)
	b.Write(bars.Bytes())
	one := labelWidth + scale(1)
	fmt.Fprintf(&b, `<line x1="%.1f" x2="%.1f" y1="20" y2="%d" stroke="#888" stroke-dasharray="3 3"/>`+"\n</svg>\n", one, one, y)
	return b.Bytes()
}
