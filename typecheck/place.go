package typecheck

import (
	"fmt"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// A place is what can be changed: a `var`, a state variable, a field of a record in one, an entry of a map or list in
// one.

// isPlace tells whether an expression has the form of a place.
func isPlace(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return true
	case *ast.Field:
		return isPlace(e.X)
	case *ast.Index:
		return isPlace(e.X)
	}
	return false
}

// notStatement reports a mutating method that does not stand as a statement.
func (b *body) notStatement(call *ast.Call, method string) {
	b.err("PTL0307", call.Place, "", "`%s` changes its receiver and has no value", method).
		note("Changing something is a statement of its own.").help("Put it on a line before.")
}

// mustChange checks that the place e may be changed here, and marks it as written.
func (b *body) mustChange(e ast.Expr, label string) {
	root := rootOf(e)
	if root == nil {
		b.err("PTL0307", e.Span(), label, "this is a value, not a place that can be changed").
			note("What can be changed is a `var`, a `state`, and what is inside of them.").
			help("Bind it with `var` first, or build a new value.")
		return
	}
	switch o := b.info.Uses[root].(type) {
	case *Local:
		b.mustChangeLocal(o, root, label)
	case *StateVar:
		if len(b.lambdas) > 0 {
			b.lambdaChanges(root, o.Name, label).at(declOf(o), "declared here")
		}
		b.writeState(o)
	case nil:
	default:
		b.err("PTL0307", root.Place, label, "`%s` cannot be changed", root.Name).at(declOf(o), "declared here").
			note("What can be changed is a `var` or a `state`.")
	}
}

func (b *body) mustChangeLocal(l *Local, at *ast.Ident, label string) {
	l.Written = true
	switch {
	case !l.Mutable && l.Param:
		b.err("PTL0307", at.Place, label, "the parameter `%s` cannot be changed", l.Name).at(l.Span, "declared here").
			help("Copy it first: `var %s = %s`.", l.Name, l.Name)
	case !l.Mutable:
		f := b.err("PTL0307", at.Place, label, "`%s` is bound once and cannot be changed", l.Name).at(l.Span, "bound here")
		if word := wordBefore(l.Span); word.Text() == "let" {
			f.help("Declare it with `var`.").edit(word, "var")
		} else {
			f.help("Copy it first: `var %s = %s`.", l.Name, l.Name)
		}
	case l.depth < len(b.lambdas):
		b.lambdaChanges(at, l.Name, label).at(l.Span, "declared here, outside of the lambda")
	}
}

// wordBefore is the place of the three letters and a blank before a name.
func wordBefore(name source.Span) source.Span {
	if name.Start < 4 || !name.Valid() {
		return source.Span{}
	}
	return source.Span{File: name.File, Start: name.Start - 4, End: name.Start - 1}
}

func (b *body) lambdaChanges(at *ast.Ident, name, label string) finding {
	return b.err("PTL0307", at.Place, label, "a lambda cannot change `%s`", name).
		note("A lambda reads what surrounds it and changes none of it.").
		help("Use a `for` loop, or `fold`.")
}

// rootOf is the name at the root of a place; nil if the expression is no place.
func rootOf(e ast.Expr) *ast.Ident {
	switch e := e.(type) {
	case *ast.Ident:
		return e
	case *ast.Field:
		return rootOf(e.X)
	case *ast.Index:
		return rootOf(e.X)
	case *ast.Paren:
		return rootOf(e.X)
	}
	return nil
}

// target checks the left side of an assignment and returns the type of what can be put there. The recorded type of an
// Index on the left is that of the entry, not an Option of it.
func (b *body) target(s *ast.AssignStmt) types.Type {
	switch e := s.Target.(type) {
	case *ast.Ident:
		return b.targetName(e, s.Op)
	case *ast.Field:
		return b.targetField(e)
	case *ast.Index:
		return b.targetIndex(e, s)
	}
	b.expr(s.Target, anything)
	b.mustChange(s.Target, "")
	return types.Invalid
}

func (b *body) targetName(e *ast.Ident, op ast.AssignOp) types.Type {
	l := b.local(e.Name)
	used := l != nil && l.used
	if op == ast.AssignSet {
		b.assigned = e
	}
	obj := b.resolve(e)
	b.assigned = nil
	if l != nil && op == ast.AssignSet {
		l.used = used // to assign is not to use
	}
	t := types.Type(types.Invalid)
	switch o := obj.(type) {
	case *Local:
		t = o.Type
	case *StateVar:
		t = o.Type
	}
	if obj != nil {
		b.mustChange(e, "")
	}
	b.note(e, t)
	return t
}

func (b *body) targetField(e *ast.Field) types.Type {
	t := b.expr(e, anything)
	sel, ok := b.info.Selected[e]
	if !ok {
		return types.Invalid
	}
	if sel.Kind != SelectField || sel.Field == nil {
		b.err("PTL0307", e.Place, "", "`%s` cannot be assigned", e.Name.Text).
			note("Only a field of a record can; an enum's fields are changed by building a new value.")
		return types.Invalid
	}
	b.mustChange(e, "")
	return t
}

func (b *body) targetIndex(e *ast.Index, s *ast.AssignStmt) types.Type {
	t := b.index(e)
	n, ok := t.(*types.Named)
	if !ok {
		b.note(e, types.Invalid)
		return types.Invalid
	}
	elem := n.Args[0]
	b.note(e, elem)
	if s.Op != ast.AssignSet {
		b.notInPlace(e, s, elem)
		return types.Invalid
	}
	b.mustChange(e, "")
	return elem
}

// notInPlace reports `m[k] += 1`, and how it is written.
func (b *body) notInPlace(e *ast.Index, s *ast.AssignStmt, elem types.Type) {
	f := b.err("PTL0302", e.Place, "", "`%s` cannot change an entry in place", s.Op).
		note("Reading an entry gives an Option, as it may not be there.")
	zero, ok := map[types.Type]string{types.Int: "0", types.Float: "0.0", types.String: `""`, types.Duration: "0s"}[types.Resolve(elem)]
	if !ok {
		zero = "…"
	}
	x, i, value, op := shortText(e.X), shortText(e.Index), shortText(s.Value), s.Op.String()[:1]
	mend := fmt.Sprintf("%s[%s] = (%s[%s] ?? %s) %s %s", x, i, x, i, zero, op, value)
	if isNamed(b.info.Types[e.X], types.MapDef) {
		mend = fmt.Sprintf("%s.update(%s, %s, n => n %s %s)", x, i, zero, op, value)
		f.help("Say what to start from: `%s`.", mend)
	} else {
		f.help("Say what to take if it is not there: `%s`.", mend)
	}
	if !strings.Contains(mend, "…") {
		f.edit(s.Place, mend)
	}
}
