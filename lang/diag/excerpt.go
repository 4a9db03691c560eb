package diag

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/source"
)

// mark is the part of a label that lies in one line.
type mark struct {
	line       int
	start, end int // columns on the screen, from 0
	sign       byte
	style      style
	text       string
}

// marksIn turns the labels of d that lie in file into marks, sorted by line and column. A label that spans several
// lines marks its first line and its last, where its text stands.
func (rs rulers) marksIn(d *Diagnostic, file *source.File, primary style) []mark {
	var marks []mark
	add := func(l Label, sign byte, s style) {
		if l.Span.File == file && file != nil {
			marks = append(marks, rs.marks(l, sign, s)...)
		}
	}
	add(d.Primary, '^', primary)
	for _, l := range d.Secondary {
		add(l, '-', blue)
	}
	slices.SortStableFunc(marks, func(a, b mark) int {
		if a.line != b.line {
			return a.line - b.line
		}
		return a.start - b.start
	})
	return marks
}

func (rs rulers) marks(l Label, sign byte, s style) []mark {
	file := l.Span.File
	from, to := file.Position(l.Span.Start), file.Position(l.Span.End)
	if to.Line > from.Line && to.Column == 1 { // the span ends with a line end: do not point into the next line
		to.Line--
		to.Column = len(file.Line(to.Line)) + 1
	}
	first, last := rs.of(file, from.Line), rs.of(file, to.Line)
	start, end := first.at(from.Column-1).column, last.at(to.Column-1).column
	if from.Line == to.Line {
		return []mark{{from.Line, start, max(end, start+1), sign, s, l.Text}}
	}
	return []mark{
		{from.Line, start, max(first.width, start+1), sign, s, ""},
		{to.Line, min(last.indent, end-1), end, sign, s, l.Text},
	}
}

// excerpt prints the lines that bear marks. A single line between two of them is printed, more are left out.
func (p *printer) excerpt(file *source.File, marks []mark) {
	if len(marks) == 0 {
		return
	}
	p.row("", "|", "")
	last := 0
	for len(marks) > 0 {
		n := marks[0].line
		count := 0
		for count < len(marks) && marks[count].line == n {
			count++
		}
		switch {
		case last > 0 && n == last+2:
			p.row(fmt.Sprint(last+1), "|", p.lines.of(file, last+1).window(0, p.room()))
		case last > 0 && n > last+2:
			p.row("...", "", "")
		}
		p.line(file, n, marks[:count])
		marks, last = marks[count:], n
	}
}

// room is the number of columns for source text.
func (p *printer) room() int { return max(p.opts.Width-p.gutter-3, 40) }

// line prints a line of source and its marks under it. A line too long for the screen is shown around its first mark.
func (p *printer) line(file *source.File, n int, marks []mark) {
	r := p.lines.of(file, n)
	shift := r.shift(marks[0].start, p.room())
	for i := range marks {
		marks[i].start = min(max(marks[i].start-shift, 0), p.room()-1)
		marks[i].end = min(max(marks[i].end-shift, marks[i].start+1), p.room())
	}
	p.row(fmt.Sprint(n), "|", r.window(shift, p.room()))
	p.underline(marks)
}

// underline prints the marks of one line. The text of the last one stands beside it; the texts of the others hang
// below their marks, the rightmost first, so that no two lines cross.
func (p *printer) underline(marks []mark) {
	c := &canvas{}
	for _, secondaryFirst := range []bool{true, false} {
		for _, m := range marks {
			if (m.sign == '-') == secondaryFirst {
				c.fill(m)
			}
		}
	}
	end := len(c.cells)
	rest := marks
	if last := marks[len(marks)-1]; last.end == end && !overlapped(marks) {
		c.put(end+1, last.text, last.style)
		rest = marks[:len(marks)-1]
	}
	p.row("", "|", c.paint(p))
	hanging := slices.DeleteFunc(slices.Clone(rest), func(m mark) bool { return m.text == "" })
	for i := len(hanging) - 1; i >= 0; i-- {
		c := &canvas{}
		for _, m := range hanging[:i] {
			c.put(m.start, "|", m.style)
		}
		c.put(hanging[i].start, hanging[i].text, hanging[i].style)
		p.row("", "|", c.paint(p))
	}
}

// overlapped tells whether the last mark begins inside another, so that a text beside it would belong to both.
func overlapped(marks []mark) bool {
	last := marks[len(marks)-1]
	for _, m := range marks[:len(marks)-1] {
		if m.end > last.start {
			return true
		}
	}
	return false
}

// canvas is one line of the screen, put together out of order.
type canvas struct {
	cells []cell
}

type cell struct {
	text  string // one character, "" under the right half of a wide one
	style style
}

func (c *canvas) grow(n int) {
	for len(c.cells) < n {
		c.cells = append(c.cells, cell{text: " "})
	}
}

func (c *canvas) fill(m mark) {
	c.grow(m.end)
	for i := m.start; i < m.end; i++ {
		c.cells[i] = cell{string(m.sign), m.style}
	}
}

func (c *canvas) put(at int, text string, s style) {
	for _, r := range printable(text) {
		w := runeColumns(r)
		c.grow(at + max(w, 1))
		if w == 0 && at > 0 { // a combining mark joins the character before it
			c.cells[at-1].text += string(r)
			continue
		}
		c.cells[at] = cell{string(r), s}
		if w == 2 {
			c.cells[at+1] = cell{"", s}
		}
		at += w
	}
}

// paint returns the line, with neighbouring cells of one style painted together.
func (c *canvas) paint(p *printer) string {
	var out strings.Builder
	for i := 0; i < len(c.cells); {
		s := c.cells[i].style
		run := ""
		for ; i < len(c.cells) && c.cells[i].style == s; i++ {
			run += c.cells[i].text
		}
		if s == "" {
			out.WriteString(run)
		} else {
			out.WriteString(p.paint(s, run))
		}
	}
	return out.String()
}
