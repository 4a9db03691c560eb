package diag

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/source"
)

// TextOptions say how diagnostics are printed for people.
type TextOptions struct {
	Color bool
	Width int // columns to fill; 0 stands for 100
}

// Text prints diagnostics for people, one after the other: a line with place, code and title that editors and
// terminals can jump from, the source with the places underlined, why, what to do, and the mended lines.
func Text(w io.Writer, ds []*Diagnostic, opts TextOptions) error {
	if opts.Width <= 0 {
		opts.Width = 100
	}
	var out strings.Builder
	lines := rulers{}
	for i, d := range ds {
		if i > 0 {
			out.WriteByte('\n')
		}
		p := &printer{out: &out, opts: opts, lines: lines, gutter: gutter(d)}
		p.diagnostic(d)
	}
	_, err := io.WriteString(w, out.String())
	return err
}

// printer prints one diagnostic.
type printer struct {
	out    *strings.Builder
	opts   TextOptions
	lines  rulers
	gutter int // columns of the largest line number
}

func (p *printer) diagnostic(d *Diagnostic) {
	severity, style := "error", red
	if d.Severity == Warning {
		severity, style = "warning", yellow
	}
	if d.Primary.Span.Valid() {
		fmt.Fprintf(p.out, "%s: ", p.paint(bold, d.Primary.Span.String()))
	}
	head := fmt.Sprintf("%s %s", severity, d.Code)
	fmt.Fprintf(p.out, "%s: %s\n", p.paint(style, head), p.paint(bold, printable(d.Title)))
	for i, file := range files(d) {
		if i > 0 {
			fmt.Fprintf(p.out, "%*s %s %s\n", p.gutter, "", p.paint(blue, "::"), file.Name())
		}
		p.excerpt(file, p.lines.marksIn(d, file, style))
	}
	if len(d.Notes) > 0 || d.Help != "" {
		p.row("", "|", "")
	}
	for _, note := range d.Notes {
		p.prose("note", note)
	}
	if d.Help != "" {
		p.prose("help", d.Help)
	}
	p.edits(d.Edits)
}

// row prints one line behind the gutter.
func (p *printer) row(number, bar, text string) {
	line := fmt.Sprintf("%*s %s", p.gutter, number, bar)
	if p.opts.Color {
		line = p.paint(blue, line)
	}
	if text != "" {
		line += " " + text
	}
	p.out.WriteString(strings.TrimRight(line, " ") + "\n")
}

// prose prints a paragraph after its kind, wrapped, the further lines under the first.
func (p *printer) prose(kind, text string) {
	indent := strings.Repeat(" ", len(kind)+2)
	room := max(p.opts.Width-p.gutter-3-len(indent), 40)
	for i, line := range wrap(printable(text), room) {
		if i == 0 {
			p.row("", "=", p.paint(bold, kind)+": "+line)
			continue
		}
		p.row("", " ", indent+line)
	}
}

// wrap breaks text at blanks into lines of at most room columns; line ends in the text stay.
func wrap(text string, room int) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := ""
		for word := range strings.FieldsSeq(paragraph) {
			switch {
			case line == "":
				line = word
			case columns(line)+1+columns(word) <= room:
				line += " " + word
			default:
				lines = append(lines, line)
				line = word
			}
		}
		lines = append(lines, line)
	}
	return lines
}

// edits prints the lines that a mend changes, before and after. Lines too long for the screen are shown around the first change.
func (p *printer) edits(edits []Edit) {
	room := p.room()
	for _, group := range p.byLines(edits) {
		file := group[0].Span.File
		first := file.Position(group[0].Span.Start)
		last := file.Position(group[len(group)-1].Span.End).Line
		r := p.lines.of(file, first.Line)
		shift := r.shift(r.at(first.Column-1).column, room)
		from := r.before(shift)
		p.row("", "|", "")
		p.row(fmt.Sprint(first.Line), p.paint(red, "-"), r.window(shift, room))
		for n := first.Line + 1; n <= last; n++ {
			p.row(fmt.Sprint(n), p.paint(red, "-"), p.lines.of(file, n).window(0, room))
		}
		for i, line := range mended(group, file.Offset(first.Line)+from.offset, tickEvery+8*room) {
			if i > 0 {
				from, shift = tick{}, 0
			}
			p.row(fmt.Sprint(first.Line+i), p.paint(green, "+"), window(line, from.column, shift, room))
		}
	}
}

// byLines sorts edits by place and groups those that touch neighbouring lines of one file. A long line begins a group of its own, which is
// shown around its own first change.
func (p *printer) byLines(edits []Edit) [][]Edit {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		if a.Span.File != b.Span.File {
			return strings.Compare(fileName(a.Span), fileName(b.Span))
		}
		return a.Span.Start - b.Span.Start
	})
	var groups [][]Edit
	for _, e := range sorted {
		if n := len(groups); n > 0 && p.adjoin(groups[n-1], e) {
			groups[n-1] = append(groups[n-1], e)
			continue
		}
		groups = append(groups, []Edit{e})
	}
	return groups
}

func (p *printer) adjoin(group []Edit, e Edit) bool {
	last, file := group[len(group)-1].Span, e.Span.File
	if last.File != file {
		return false
	}
	line := file.Position(e.Span.Start).Line
	lines := line - file.Position(last.End).Line
	return lines <= 0 || lines == 1 && p.lines.of(file, line).width <= p.room()
}

// mended applies the edits of one group and returns the lines that they make of the text behind start, of each as many bytes as
// are said. A line that becomes empty because all of it was deleted disappears.
func mended(group []Edit, start, most int) []string {
	file := group[0].Span.File
	last := file.Position(group[len(group)-1].Span.End).Line
	text := &heads{most: most, left: most}
	for _, e := range group {
		if e.Span.Start < start {
			continue // overlaps the one before: a mistake of whoever made the diagnostic, not worth a crash
		}
		text.of(file, start, e.Span.Start)
		text.write(e.New)
		start = e.Span.End
	}
	text.of(file, start, file.Offset(last)+len(file.Line(last)))
	if text.Len() == 0 {
		return nil
	}
	return strings.Split(strings.ReplaceAll(text.String(), "\r", ""), "\n")
}

// heads is a text of whose lines not more than the first bytes are kept.
type heads struct {
	strings.Builder
	most, left int // of a line; of the present one
}

func (h *heads) write(text string) {
	for line := range strings.Lines(text) {
		body, ends := strings.CutSuffix(line, "\n")
		kept := min(h.left, len(body))
		h.WriteString(body[:kept])
		h.left -= kept
		if ends {
			h.WriteByte('\n')
			h.left = h.most
		}
	}
}

// of writes the text of file from start to end, without looking at what is not kept.
func (h *heads) of(file *source.File, start, end int) {
	for start < end {
		n := file.Position(start).Line
		stop := file.Offset(n) + len(file.Line(n))
		if stop = min(stop, end); start < stop {
			h.write(file.Text()[start:min(stop, start+h.left)])
		}
		if n == file.Lines() || end < file.Offset(n+1) {
			return
		}
		h.write("\n")
		start = file.Offset(n + 1)
	}
}

// files returns the files that a diagnostic points into, the primary one first.
func files(d *Diagnostic) []*source.File {
	var out []*source.File
	for _, l := range append([]Label{d.Primary}, d.Secondary...) {
		if l.Span.Valid() && !slices.Contains(out, l.Span.File) {
			out = append(out, l.Span.File)
		}
	}
	return out
}

// gutter is the number of columns that the line numbers of a diagnostic need.
func gutter(d *Diagnostic) int {
	spans := []source.Span{d.Primary.Span}
	for _, l := range d.Secondary {
		spans = append(spans, l.Span)
	}
	for _, e := range d.Edits {
		spans = append(spans, e.Span)
	}
	largest := 0
	for _, s := range spans {
		if s.Valid() {
			largest = max(largest, s.File.Position(s.End).Line)
		}
	}
	return len(fmt.Sprint(largest))
}

type style string

const (
	bold   style = "1"
	red    style = "1;31"
	yellow style = "1;33"
	green  style = "32"
	blue   style = "34"
)

func (p *printer) paint(s style, text string) string {
	if !p.opts.Color || text == "" {
		return text
	}
	return "\x1b[" + string(s) + "m" + text + "\x1b[0m"
}
