package format

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
)

// stmts prints a block.
func (p *printer) stmts(b *ast.Block) { p.branch(b, false) }

// branch prints a block; apart keeps what is in it from standing in the line of its braces.
func (p *printer) branch(b *ast.Block, apart bool) {
	items := make([]item, len(b.Stmts))
	for i, s := range b.Stmts {
		items[i] = p.item(s, func() { p.stmt(s) })
	}
	if apart && len(items) > 0 {
		p.openBlock(items, b.Place.Start, b.Place.End)
		return
	}
	p.block(items, b.Place.Start, b.Place.End, "; ")
}

func (p *printer) stmt(s ast.Stmt) {
	switch s := s.(type) {
	case *ast.LetStmt:
		p.text("let ")
		p.pattern(s.Pattern)
		p.optionalType(": ", s.Type)
		p.text(" = ")
		p.expr(s.Value)
	case *ast.VarStmt:
		p.text("var " + s.Name.Text)
		p.optionalType(": ", s.Type)
		p.text(" = ")
		p.expr(s.Value)
	case *ast.AssignStmt:
		p.expr(s.Target)
		p.text(" " + s.Op.String() + " ")
		p.expr(s.Value)
	case *ast.ForStmt:
		p.text("for ")
		p.pattern(s.Pattern)
		p.text(" in ")
		p.expr(s.X)
		p.text(" ")
		p.stmts(s.Body)
	case *ast.WhileStmt:
		p.text("while ")
		p.expr(s.Cond)
		p.text(" ")
		p.stmts(s.Body)
	case *ast.LogStmt:
		p.text("log ")
		p.expr(s.X)
	case *ast.ScheduleStmt:
		p.text("schedule " + s.Timer.Text)
		p.timerArgs(s.Args, s.Timer.Place.End)
		if s.After {
			p.text(" after ")
		} else {
			p.text(" at ")
		}
		p.expr(s.When)
	case *ast.CancelStmt:
		p.text("cancel " + s.Timer.Text)
		p.timerArgs(s.Args, s.Timer.Place.End)
	case *ast.ExprStmt:
		p.expr(s.X)
	}
}

func (p *printer) timerArgs(args []*ast.Arg, from int) {
	open := p.opening(from, '(')
	end := open + 1
	if n := len(args); n > 0 {
		end = args[n-1].Place.End
	}
	p.args(args, open, p.closing(end, ')'))
}

func (p *printer) matchExpr(m *ast.Match) {
	p.text("match ")
	p.expr(m.X)
	p.text(" ")
	pads := p.armPads(m)
	items := make([]item, len(m.Arms))
	for i, a := range m.Arms {
		items[i] = p.item(a, func() { p.arm(a, pads[i]) })
	}
	p.block(items, p.opening(m.X.Span().End, '{'), m.Place.End, ", ")
}

// unaligned marks an arm that has a line of its own in no group.
const unaligned = -1

// armPads says how many blanks line up the arrow of each arm with those of its neighbours: arms in one line each,
// without an empty line between them, form a group. Arms of a match in one line are not lined up.
func (p *printer) armPads(m *ast.Match) []int {
	pads := make([]int, len(m.Arms))
	if p.measuring || !p.breakBetween(p.opening(m.X.Span().End, '{'), m.Place.End) {
		for i := range pads {
			pads[i] = unaligned
		}
		return pads
	}
	p.indent++
	widths := make([]int, len(m.Arms)) // of the heads; unaligned where an arm has several lines
	for i, a := range m.Arms {
		head, _ := p.measure(func() { p.armHead(a) })
		whole, oneLine := p.measure(func() { p.arm(a, unaligned) })
		widths[i] = head
		if !oneLine || 2*p.indent+whole > width {
			widths[i] = unaligned
		}
	}
	p.indent--
	for i := 0; i < len(pads); {
		end, widest := i, 0
		for ; end < len(pads) && widths[end] != unaligned; end++ {
			if end > i && p.emptyLineAbove(m.Arms[end].Place.Start) {
				break
			}
			widest = max(widest, widths[end])
		}
		for ; i < end; i++ {
			pads[i] = widest - widths[i]
		}
		if i < len(pads) && widths[i] == unaligned {
			pads[i] = unaligned
			i++
		}
	}
	return pads
}

func (p *printer) armHead(a *ast.Arm) {
	p.pattern(a.Pattern)
	p.optional(" if ", a.Guard)
}

func (p *printer) arm(a *ast.Arm, pad int) {
	rigid := p.rigid
	if pad != unaligned {
		p.rigid = true // it was measured as one line, and is to stay one
	}
	p.armHead(a)
	p.text(strings.Repeat(" ", max(pad, 0)) + " => ")
	p.stmt(a.Body)
	p.rigid = rigid
}
