package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// event prints what becomes of an event of an input, and the note by which the lane knows which one it works on. The note stands behind the
// steps that can neither fail nor hand the event on, nor ask the lane for anything, whose places and failures go by it: what a filter leaves out
// needs none.
func (b *body) event(g *jen.Group, note jen.Code, list []ir.Stmt) {
	inner := b.inner()
	if inner.late = note; !b.notes(list) {
		inner.noted(g)
	}
	inner.stmts(g, list)
}

// noted prints the note that is to come.
func (b *body) noted(g *jen.Group) {
	if b.late != nil {
		g.Add(b.late)
		b.late = nil
	}
}

// notes tells whether something in a list needs the note.
func (b *body) notes(list []ir.Stmt) bool {
	for _, s := range list {
		if !b.goesBefore(s) {
			return true
		}
		if s, ok := s.(*ir.If); ok && (b.notes(s.Then) || b.notes(s.Else)) {
			return true
		}
	}
	return false
}

// goesBefore tells whether s may stand before the note; what stands in the branches of an if asks for itself.
func (b *body) goesBefore(s ir.Stmt) bool {
	switch s := s.(type) {
	case *ir.Define:
		return s.Init != nil && b.harmless(s.Init)
	case *ir.If:
		next, chained := elseIf(s)
		return b.harmless(s.Cond) && (!chained || b.goesBefore(next))
	}
	return false
}

// harmless tells whether x is an Int or a Bool, and cannot fail.
func (b *body) harmless(x ir.Expr) bool {
	if k := x.Type().Kind; k != ir.Int && k != ir.Bool {
		return false
	}
	switch x := x.(type) {
	case *ir.Local, *ir.Const:
		return true
	case *ir.Operate:
		switch x.Op {
		case ir.And, ir.Or, ir.Not, ir.Eq, ir.Ne, ir.Lt, ir.Le, ir.Gt, ir.Ge:
		default:
			if !b.plain(x) {
				return false
			}
		}
		return b.harmless(x.A) && (x.B == nil || b.harmless(x.B))
	}
	return false
}
