package format

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Some authors line up what neighbouring lines have in common: the braces of short workflows, the steps of chains, the
// events of a test. Whoever has done so with at least one blank more than needed means it, and it stays lined up, with
// as few blanks as that takes. The arrows of a match and comments behind code line up in any case.

// cell is a place in a line that the author lined up with a neighbouring line.
type cell struct {
	at     int // byte offset in the line's code
	column int // in the source
}

// align notes, before a sign or word of the source is printed, that it is lined up there.
func (p *printer) align(offset int) {
	if !p.measuring && p.linedUp(offset) {
		p.cells = append(p.cells, cell{len(p.code), p.columnOf(offset)})
	}
}

// linedUp tells whether what stands at offset in the source stands in the same column of the line above or below, and
// more blanks than one lead to one of them.
func (p *printer) linedUp(offset int) bool {
	n := p.file.Position(offset).Line
	column := p.columnOf(offset)
	own := []rune(p.file.Line(n))
	for _, neighbour := range []int{n - 1, n + 1} {
		if neighbour < 1 || neighbour > p.file.Lines() {
			continue
		}
		other := []rune(p.file.Line(neighbour))
		if column < 2 || column >= len(other) || !alike(own[column], other[column]) || other[column-1] != ' ' {
			continue
		}
		if own[column-2] == ' ' && own[column-1] == ' ' || other[column-2] == ' ' {
			return true
		}
	}
	return false
}

// alike tells whether two characters can begin the same kind of thing.
func alike(a, b rune) bool { return a == b || isLetter(a) && isLetter(b) }

func isLetter(r rune) bool { return 'a' <= r|0x20 && r|0x20 <= 'z' }

// columnOf is the column of a place in the source, from 0.
func (p *printer) columnOf(offset int) int {
	before := p.source[:offset]
	return utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

// columnOfCells holds the cells of neighbouring lines that stood in one column of the source.
type columnOfCells struct {
	column  int
	members []member
}

type member struct{ line, cell int }

// columns collects the cells of all lines, by their column in the source.
func (p *printer) columns() []*columnOfCells {
	var all []*columnOfCells
	above := map[int]*columnOfCells{}
	for i, l := range p.lines {
		here := map[int]*columnOfCells{}
		for j, c := range l.cells {
			group := above[c.column]
			if group == nil {
				group = &columnOfCells{column: c.column}
				all = append(all, group)
			}
			group.members = append(group.members, member{i, j})
			here[c.column] = group
		}
		above = here
	}
	slices.SortStableFunc(all, func(a, b *columnOfCells) int { return a.column - b.column })
	return all
}

// alignCells puts in the blanks that line up each column of cells.
func (p *printer) alignCells() {
	for _, group := range p.columns() {
		widest := 0
		for _, m := range group.members {
			widest = max(widest, p.widthTo(m))
		}
		for _, m := range group.members {
			p.pad(m, widest-p.widthTo(m))
		}
	}
}

// widthTo is the width of a line up to a cell.
func (p *printer) widthTo(m member) int {
	l := p.lines[m.line]
	return utf8.RuneCountInString(l.code[:l.cells[m.cell].at])
}

// pad puts blanks before a cell.
func (p *printer) pad(m member, blanks int) {
	l := &p.lines[m.line]
	at := l.cells[m.cell].at
	l.code = l.code[:at] + strings.Repeat(" ", blanks) + l.code[at:]
	for i := m.cell; i < len(l.cells); i++ {
		l.cells[i].at += blanks
	}
}

// finish puts the lines together. Comments behind code in neighbouring lines stand in one column, the rightmost that
// one of them had; a single one keeps its column, too, as far as the code leaves it.
func (p *printer) finish() string {
	if len(p.code) > 0 {
		p.newline(len(p.source))
	}
	p.alignCells()
	var out strings.Builder
	for i := 0; i < len(p.lines); {
		if p.lines[i].comment == "" {
			out.WriteString(strings.TrimRight(p.lines[i].code, " ") + "\n")
			i++
			continue
		}
		end, column := i, 0
		for ; end < len(p.lines) && p.lines[end].comment != ""; end++ {
			column = max(column, p.lines[end].column, lastWidth(p.lines[end].code)+2)
		}
		for ; i < end; i++ {
			l := p.lines[i]
			out.WriteString(l.code + strings.Repeat(" ", column-lastWidth(l.code)) + l.comment + "\n")
		}
	}
	return out.String()
}
