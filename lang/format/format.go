// Package format prints a syntax tree as the canonical text of the program.
//
// It decides what has one right answer: blanks, indentation, commas at line ends, how the arrows of a match line up.
// It leaves to the author what depends on the content: which lists, blocks and chains stand on one line, and where an
// empty line parts two thoughts. Only what has become too wide for a line is broken, each in one way.
//
// Two laws hold for every program without syntax errors: formatting it again changes nothing, and the formatted text
// has the same tree and the same comments.
//
// Comments are not part of the tree. They are merged in by place: what stood on lines of its own before an item still
// does; what stood behind something goes to the end of the line that this is printed in. Since a comment goes to an
// end of a line only, it can never swallow code.
package format

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
)

// width is how wide a line may be before it is broken.
const width = 100

// Format returns the canonical text of a file without syntax errors.
func Format(f *ast.File) string {
	p := &printer{source: f.Source.Text(), file: f.Source, comments: f.Comments}
	items := make([]item, len(f.Decls))
	for i, d := range f.Decls {
		items[i] = p.item(d, func() { p.decl(d) })
	}
	p.first = true
	p.items(items, len(p.source))
	return p.finish()
}

// item is what stands in a line of its own, or between commas.
type item struct {
	start, end int // in the source
	print      func()
}

func (p *printer) item(n ast.Node, print func()) item {
	s := n.Span()
	return item{s.Start, s.End, print}
}

// items prints each item in a line of its own, and the comments up to end.
func (p *printer) items(items []item, end int) {
	for i, it := range items {
		p.commentsBefore(it.start)
		p.blankLine(it.start)
		it.print()
		p.reached(it.end)
		p.newline(startOf(items, i+1, end))
	}
	p.commentsBefore(end)
}

// startOf is where the i-th item starts, or end if there are not so many.
func startOf(items []item, i, end int) int {
	if i < len(items) {
		return items[i].start
	}
	return end
}

// block prints `{`, the items and `}`: in one line, parted by sep, if the source has it so and it fits; otherwise
// item by item. The source has the braces at open and right before end.
func (p *printer) block(items []item, open, end int, sep string) {
	oneLine := !p.breakBetween(open, end)
	if len(items) == 0 && oneLine {
		p.text("{}")
		return
	}
	if oneLine && (p.rigid || p.fits(func() { p.oneLineBlock(items, sep) })) {
		p.align(open)
		p.oneLineBlock(items, sep)
		return
	}
	p.openBlock(items, open, end)
}

// openBlock prints a block whose items stand in lines of their own.
func (p *printer) openBlock(items []item, open, end int) {
	p.text("{")
	p.reached(open + 1)
	p.newline(startOf(items, 0, end))
	p.indent++
	p.first = true
	p.items(items, end-1)
	p.indent--
	p.first = false
	p.text("}")
	p.reached(end)
}

func (p *printer) oneLineBlock(items []item, sep string) {
	p.text("{ ")
	for i, it := range items {
		if i > 0 {
			p.text(sep)
		}
		it.print()
	}
	p.text(" }")
}

// list prints items between brackets, parted by commas, with lines broken where the source breaks them, and before what
// does not fit; a list in one line that is too wide gets as many items into each line as fit. The source has the brackets at open and right
// before end.
func (p *printer) list(opening, closing string, items []item, open, end int) {
	breaks, closeBreak := p.listBreaks(items, open, end)
	if !closeBreak && !anyOf(breaks) && !p.rigid && len(items) > 1 {
		if !p.fits(func() { p.flatList(opening, closing, items) }) {
			p.filledList(opening, closing, items, end)
			return
		}
	}
	if !closeBreak && !anyOf(breaks) {
		p.flatList(opening, closing, items)
		return
	}
	p.text(opening)
	p.reached(open + 1)
	p.indent++
	for i, it := range items {
		switch {
		case breaks[i]:
			p.newline(it.start)
			p.first = i == 0
			p.commentsBefore(it.start)
			p.blankLine(it.start)
		case i > 0 && !p.rigid && !p.fits(func() { p.text(" "); it.print(); p.text(",") }):
			p.newline(it.start)
		case i > 0:
			p.text(" ")
		}
		it.print()
		p.reached(it.end)
		if i+1 < len(items) || closeBreak {
			p.text(",")
		}
	}
	if closeBreak {
		p.newline(end)
		p.first = true
		p.commentsBefore(end - 1)
	}
	p.indent--
	p.first = false
	p.text(closing)
	p.reached(end)
}

// listBreaks tells before which items, and whether before the closing bracket, lines begin: where the source has them.
// Either both brackets end their lines, or none.
func (p *printer) listBreaks(items []item, open, end int) (breaks []bool, closeBreak bool) {
	last := open + 1
	for _, it := range items {
		breaks = append(breaks, p.breakBetween(last, it.start))
		last = it.end
	}
	if len(items) == 0 || !anyOf(breaks) {
		return breaks, false
	}
	breaks[0] = breaks[0] || p.breakBetween(last, end-1)
	return breaks, breaks[0]
}

func (p *printer) flatList(opening, closing string, items []item) {
	p.text(opening)
	for i, it := range items {
		if i > 0 {
			p.text(", ")
		}
		it.print()
	}
	p.text(closing)
}

// filledList puts as many items into each line as fit.
func (p *printer) filledList(opening, closing string, items []item, end int) {
	p.text(opening)
	p.indent++
	p.newline(startOf(items, 0, end))
	for i, it := range items {
		if i > 0 {
			if p.fits(func() { p.text(" "); it.print(); p.text(",") }) {
				p.text(" ")
			} else {
				p.newline(it.start)
			}
		}
		it.print()
		p.text(",")
	}
	p.indent--
	p.newline(end)
	p.text(closing)
	p.reached(end)
}

func anyOf(flags []bool) bool {
	for _, f := range flags {
		if f {
			return true
		}
	}
	return false
}

// breakBetween tells whether the source has a line end between two places.
func (p *printer) breakBetween(from, to int) bool {
	return from < to && strings.IndexByte(p.source[from:to], '\n') >= 0
}
