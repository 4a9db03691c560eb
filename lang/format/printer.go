package format

import (
	"strings"
	"unicode/utf8"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
)

// printer builds the text line by line.
type printer struct {
	source   string
	file     *source.File
	comments []*ast.Comment // those not printed yet

	lines  []line
	code   []byte // of the line in hand
	cells  []cell // in the line in hand
	indent int    // levels of two blanks
	base   int    // the indent at which the expression in hand began
	first  bool   // nothing has been printed in the block in hand
	last   int    // how far into the source printing has come

	measuring bool // what is printed is thrown away
	rigid     bool // break nothing that the source does not break
}

// line is a finished line. A comment behind the code is put to its place when all lines are known.
type line struct {
	code    string
	cells   []cell
	comment string
	column  int // where the comment stood in the source, 0 if it had a line of its own or stood beyond the width
}

// text adds code to the line in hand.
func (p *printer) text(s string) {
	if len(p.code) == 0 && s != "" {
		p.code = append(p.code, strings.Repeat("  ", p.indent)...)
	}
	p.code = append(p.code, s...)
}

// reached notes that everything of the source up to here has been printed.
func (p *printer) reached(offset int) { p.last = max(p.last, offset) }

// newline ends the line in hand. Comments that stood within what it prints, or behind it in its line but before next,
// where what is printed next stands in the source, go behind it.
func (p *printer) newline(next int) {
	l := line{code: string(p.code), cells: p.cells}
	p.code, p.cells = p.code[:0], nil
	for !p.measuring && len(p.comments) > 0 {
		c := p.comments[0]
		if c.Place.Start >= p.last && !p.behindCode(next) &&
			(c.Place.Start >= next || p.breakBetween(p.last, c.Place.Start)) {
			break
		}
		p.comments = p.comments[1:]
		if l.comment != "" {
			l.comment += " "
		} else if column := p.columnOf(c.Place.Start); !p.ownLine(c) && column <= width {
			l.column = column
		}
		l.comment += c.Text
		p.reached(c.Place.End)
	}
	p.lines = append(p.lines, l)
	p.first = false
}

// behindCode tells whether one of the comments before next has code before it in its line. That can only be punctuation
// that is printed already: the comment must not get a line of its own, where a `///` would begin to document something.
func (p *printer) behindCode(next int) bool {
	for _, c := range p.comments {
		if c.Place.Start >= next {
			return false
		}
		if !p.ownLine(c) {
			return true
		}
	}
	return false
}

// commentsBefore prints the comments that stand before a place in the source, each in a line of its own if that is
// where printing has come to.
func (p *printer) commentsBefore(offset int) {
	if p.measuring || len(p.code) > 0 {
		return // newline will see to them
	}
	for len(p.comments) > 0 && p.comments[0].Place.Start < offset {
		c := p.comments[0]
		p.comments = p.comments[1:]
		p.blankLine(c.Place.Start)
		p.reached(c.Place.End)
		p.lines = append(p.lines, line{code: strings.Repeat("  ", p.indent) + c.Text})
		p.first = false
	}
}

// blankLine prints an empty line if the source has one above the place, unless a block begins here.
func (p *printer) blankLine(offset int) {
	if p.first || len(p.lines) == 0 || len(p.code) > 0 {
		return
	}
	if p.emptyLineAbove(offset) {
		p.lines = append(p.lines, line{})
	}
}

// emptyLineAbove tells whether the source has an empty line above the line that begins at a place.
func (p *printer) emptyLineAbove(offset int) bool {
	above := strings.TrimRight(p.source[:offset], " \t\r")
	above, isStart := strings.CutSuffix(above, "\n")
	return isStart && strings.HasSuffix(strings.TrimRight(above, " \t\r"), "\n")
}

// ownLine tells whether nothing stands before a comment in its line.
func (p *printer) ownLine(c *ast.Comment) bool {
	before := p.source[:c.Place.Start]
	return strings.TrimSpace(before[strings.LastIndexByte(before, '\n')+1:]) == ""
}

// column is the column that the line in hand has come to.
func (p *printer) column() int {
	if len(p.code) == 0 {
		return 2 * p.indent
	}
	return lastWidth(string(p.code))
}

// lastWidth is the width of the last line of a text.
func lastWidth(text string) int {
	return utf8.RuneCountInString(text[strings.LastIndexByte(text, '\n')+1:])
}

// measure prints on trial. It returns the width of what was printed, and whether that is a single line.
func (p *printer) measure(print func()) (columns int, oneLine bool) {
	trial := &printer{source: p.source, file: p.file, indent: p.indent, base: p.base, measuring: true, rigid: true}
	saved := *p
	*p = *trial
	print()
	text := string(p.code)
	oneLine = len(p.lines) == 0 && !strings.Contains(text, "\n")
	columns = utf8.RuneCountInString(text) - 2*p.indent
	*p = saved
	return columns, oneLine
}

// fits tells whether what is printed fits into the line in hand.
func (p *printer) fits(print func()) bool {
	columns, oneLine := p.measure(print)
	return !oneLine || p.column()+columns <= width
}
