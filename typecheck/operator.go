package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

func (b *body) unary(e *ast.Unary) types.Type {
	if e.Op == ast.Not {
		b.expr(e.X, wants(types.Bool, because{e.Place, "`!` takes %s"}))
		return types.Bool
	}
	if lit, ok := e.X.(*ast.IntLit); ok {
		b.intLit(lit, true)
		b.note(lit, types.Int)
		return types.Int
	}
	t := types.Resolve(b.expr(e.X, anything))
	if t == types.Type(types.Invalid) || t == types.Type(types.Never) || b.isUnknown(e.X, t) {
		return types.Invalid
	}
	if !types.Supports(t, types.NeedNum) || isParam(t) {
		b.err("PTL0302", e.X.Span(), "this is "+show(t), "`-` does not work on %s", show(t)).
			note("It works on Int, Float and Duration.")
		return types.Invalid
	}
	return t
}

func isParam(t types.Type) bool {
	_, ok := types.Resolve(t).(*types.Param)
	return ok
}

func (b *body) binary(e *ast.Binary, w want) types.Type {
	switch e.Op {
	case ast.And, ast.Or:
		if e.Op == ast.Or && !handsDown(e.X) {
			return b.or(e)
		}
		why := wants(types.Bool, because{e.OpAt.Place, "`" + e.Op.String() + "` works on %s"})
		b.expr(e.X, why)
		b.expr(e.Y, why)
		return types.Bool
	case ast.Eq, ast.Ne:
		b.compare(e, types.NeedEq)
		return types.Bool
	case ast.Lt, ast.Le, ast.Gt, ast.Ge:
		b.compare(e, types.NeedOrd)
		return types.Bool
	case ast.Coalesce:
		return b.coalesce(e, w)
	}
	return b.arithmetic(e, b.expr(e.X, anything), e.Y, e.Op.String(), e.OpAt.Place)
}

// compare checks that both sides are of one type, and that it can be compared.
func (b *body) compare(e *ast.Binary, need types.Constraint) {
	var x types.Type
	if not, ok := e.X.(*ast.Unary); ok && not.Op == ast.Not {
		x = b.notOfCompared(e, not)
	} else {
		x = b.expr(e.X, anything)
	}
	if types.Resolve(x) == types.Type(types.Never) {
		x = b.supply.Fresh()
	}
	var y types.Type
	if need == types.NeedOrd && isNamed(types.Resolve(x), types.OptionDef) {
		b.expr(e.Y, anything)
		text := shortText(e.X)
		b.err("PTL0302", e.OpAt.Place, "", "`%s` does not compare what may be missing", e.Op).at(e.X.Span(), "this is %s", show(x)).
			help("Say what to take when there is no value, `(%s ?? …) %s %s`, or take the value out by `if let Some(x) = %s`.", text, e.Op, shortText(e.Y), text)
		return
	}
	if types.Resolve(x) == types.Type(types.Int) {
		y = b.comparedWithInt(e)
	} else {
		y = b.expr(e.Y, wants(x, because{e.X.Span(), "the left side is %s"}))
	}
	t := x
	if types.Resolve(x) == types.Type(types.Invalid) {
		t = y
	}
	b.duty(duty{typ: t, need: need, at: e.OpAt.Place, what: "`" + e.Op.String() + "`"})
}

// comparedWithInt checks the right side of a comparison whose left side is an Int. If it is a Float, it is the Int that should
// become one: the other way round it would lose something.
func (b *body) comparedWithInt(e *ast.Binary) types.Type {
	why := wants(types.Int, because{e.X.Span(), "the left side is %s"})
	switch y := b.expr(e.Y, anything); {
	case types.Resolve(y) == types.Type(types.Float):
		f := b.err("PTL0301", e.Y.Span(), "this is Float", "expected Int, found Float").because(why)
		b.toFloat(f, e.X)
	case !types.Assignable(y, types.Int):
		b.mismatch(e.Y, y, why)
	}
	return types.Int
}

func (b *body) coalesce(e *ast.Binary, w want) types.Type {
	elem := types.Type(b.supply.Fresh())
	x := types.Resolve(b.expr(e.X, anything))
	switch {
	case x == types.Type(types.Invalid):
		elem = types.Invalid
	case !types.Unify(x, types.Option(elem)):
		f := b.err("PTL0302", e.X.Span(), "this is "+show(x), "`??` needs an Option on its left side")
		if isNamed(x, types.ResultDef) {
			f.help("Write `r.toOption() ?? …`.")
		} else {
			f.note("Its left side is never missing.").help("Leave out `?? %s`.", shortText(e.Y))
		}
		elem = types.Invalid
	}
	other := wants(elem, because{e.X.Span(), "what `??` stands in for is %s"})
	if w.typ != nil && isNamed(w.typ, types.OptionDef) && isKnown(elem) && !isNamed(elem, types.OptionDef) {
		return b.orElse(e, elem, w, other)
	}
	b.expr(e.Y, other)
	return elem
}

// orElse is coalesce where an Option is wanted and `??` gives none: was `a.orElse(b)` meant?
func (b *body) orElse(e *ast.Binary, elem types.Type, w, other want) types.Type {
	y := b.expr(e.Y, anything)
	if !isNamed(y, types.OptionDef) || !types.Unify(y, types.Option(elem)) {
		if !types.Assignable(y, elem) {
			b.mismatch(e.Y, y, other)
		}
		return elem
	}
	b.err("PTL0301", e.Span(), "this is "+show(elem), "expected %s, found %s", show(w.typ), show(elem)).because(w).
		at(e.Y.Span(), "but this is %s", show(y)).
		note("`??` takes the value out of an Option; its right side stands in for that value.").
		help("For the first of two Options, write `%s.orElse(%s)`.", shortText(e.X), shortText(e.Y))
	return types.Invalid
}

// isKnown tells whether a type is one, not what is yet to be found out or an earlier mistake.
func isKnown(t types.Type) bool {
	t = types.Resolve(t)
	_, free := t.(*types.Var)
	return !free && t != types.Type(types.Invalid)
}

// arithmetic is the type of x op y, where x is checked and y is not. It serves assignments too.
func (b *body) arithmetic(e ast.Node, x types.Type, y ast.Expr, op string, opAt source.Span) types.Type {
	x = types.Resolve(x)
	if v, free := x.(*types.Var); free {
		// Nothing is known of the left side yet: it is what the right side is, as in a lambda `(a, b) => a + 1`.
		t := types.Resolve(b.expr(y, anything))
		if _, still := t.(*types.Var); still {
			b.isUnknown(y, t)
			v.Bound = types.Invalid
			return types.Invalid
		}
		types.Unify(v, t)
		return b.operated(e, t, t, op, opAt)
	}
	t := types.Resolve(b.expr(y, anything))
	if v, free := t.(*types.Var); free {
		types.Unify(v, x)
		t = x
	}
	return b.operated(e, x, t, op, opAt)
}

func (b *body) operated(e ast.Node, x, y types.Type, op string, opAt source.Span) types.Type {
	if x == types.Type(types.Never) || y == types.Type(types.Never) {
		return types.Never
	}
	if x == types.Type(types.Invalid) || y == types.Type(types.Invalid) {
		return types.Invalid
	}
	if r := builtin.Operate(op, x, y); r != nil {
		return r
	}
	f := b.err("PTL0302", opAt, "", "`%s` does not work on %s and %s", op, show(x), show(y))
	b.labelOperands(f, e, x, y)
	b.operatorHelp(f, e, x, y, op)
	return types.Invalid
}

func (b *body) labelOperands(f finding, e ast.Node, x, y types.Type) {
	switch e := e.(type) {
	case *ast.Binary:
		f.at(e.X.Span(), "this is %s", show(x)).at(e.Y.Span(), "this is %s", show(y))
	case *ast.AssignStmt:
		f.at(e.Target.Span(), "this is %s", show(x)).at(e.Value.Span(), "this is %s", show(y))
	}
}

func (b *body) operatorHelp(f finding, e ast.Node, x, y types.Type, op string) {
	is := func(t types.Type, want types.Type) bool { return t == want }
	var left, right ast.Expr
	if bin, ok := e.(*ast.Binary); ok {
		left, right = bin.X, bin.Y
	} else if a, ok := e.(*ast.AssignStmt); ok {
		left, right = a.Target, a.Value
	}
	switch {
	case is(x, types.Int) && is(y, types.Float):
		f.note("Numbers are not converted silently.")
		b.toFloat(f, left)
	case is(x, types.Float) && is(y, types.Int):
		f.note("Numbers are not converted silently.")
		b.toFloat(f, right)
	case op == "+" && (is(x, types.String) || is(y, types.String)):
		f.help("To put a value into a text, write \"${…}\".")
	case op == "+" && isNamed(x, types.ListDef) && isNamed(y, types.ListDef):
		f.help("Write `%s.concat(%s)`.", shortText(left), shortText(right))
	case op == "+" && isNamed(x, types.ListDef):
		f.help("For a list with one element more, write `%s.concat([%s])`; to change it in place, `%s.push(%s)`.",
			shortText(left), shortText(right), shortText(left), shortText(right))
	case op == "+" && isNamed(x, types.SetDef):
		f.help("Write `a.union(b)`.")
	case op == "+" && isNamed(x, types.MapDef):
		f.help("Write `a.merge(b)`.")
	case op == "*" && is(x, types.String) && is(y, types.Int):
		f.help("To have it several times in a row, write `%s.repeat(%s)`; `%s.toInt()` reads a number from it, as an Option.",
			shortText(left), shortText(right), shortText(left))
	case is(x, types.String) || is(y, types.String):
		f.help("`.toInt()` and `.toFloat()` read a number from a text; they give an Option, as the text may be no number.")
	case isParam(x) || isParam(y):
		t := x
		if !isParam(x) {
			t = y
		}
		f.note("`%s` is whatever type the caller chooses, and not every type can do this.", show(t)).
			help("Write a type such as Int in place of `%s`, or take a function that does it as a parameter.", show(t))
	case isNamed(x, types.OptionDef) || isNamed(y, types.OptionDef):
		f.help("An Option may have no value: say what to take then, with `??`, or match.")
	case isNamed(x, types.FutureDef) || isNamed(y, types.FutureDef):
		f.help("Await the future first.")
	case op == "%" && is(x, types.Float):
		f.help("The rest of a division is there for Ints; `.floor()` makes an Int of a Float.")
	case is(x, types.Time) && is(y, types.Int) || is(x, types.Duration) && is(y, types.Int):
		f.help("Write a duration, `5s` or `n * 1s`.")
	}
}

// toFloat helps to convert an Int, in a literal by writing the point.
func (b *body) toFloat(f finding, e ast.Expr) {
	if lit, ok := e.(*ast.IntLit); ok {
		f.help("Write `%s.0`.", lit.Text).edit(lit.Place, lit.Text+".0")
		return
	}
	if text := shortText(e); text != "…" && isSimple(e) {
		f.help("Write `%s.toFloat()`.", text).edit(e.Span(), text+".toFloat()")
		return
	}
	f.help("Convert the Int with `.toFloat()`.")
}

// isSimple tells whether a method can be called on the expression without parentheses around it.
func isSimple(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Ident, *ast.Field, *ast.Call, *ast.Index, *ast.Paren:
		return true
	}
	return false
}
