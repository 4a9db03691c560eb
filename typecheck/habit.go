package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// This file knows operators that bind otherwise in other languages, or take other values.

// notOfCompared checks `!x` on the left side of a comparison. If x cannot be negated, the comparison was meant to be.
func (b *body) notOfCompared(e *ast.Binary, not *ast.Unary) types.Type {
	if handsDown(not.X) {
		return b.expr(not, anything)
	}
	x := types.Resolve(b.expr(not.X, anything))
	if types.Assignable(x, types.Bool) {
		b.note(not, types.Bool)
		return types.Bool
	}
	f := b.err("PTL0301", not.Place, "`!` takes this alone, which is "+show(x), "`!` binds before `%s`", e.Op)
	left, right := not.X.Span(), e.Y.Span()
	if e.Op == ast.Eq || e.Op == ast.Ne {
		opposite := map[ast.BinaryOp]string{ast.Eq: "!=", ast.Ne: "=="}[e.Op]
		f.help("Write `%s %s %s`.", shortText(not.X), opposite, shortText(e.Y)).
			edit(source.Span{File: left.File, Start: not.Place.Start, End: left.Start}, "").edit(e.OpAt.Place, opposite)
	} else {
		f.help("Write `!(%s %s %s)`.", shortText(not.X), e.Op, shortText(e.Y)).edit(left, "("+left.Text()).edit(right, right.Text()+")")
	}
	b.note(not, types.Invalid)
	return x
}

// or checks `x || y`. If x is an Option and y what may be in it, `??` was meant.
func (b *body) or(e *ast.Binary, w want) types.Type {
	x := types.Resolve(b.expr(e.X, anything))
	y := types.Resolve(b.expr(e.Y, anything))
	if isNamed(x, types.OptionDef) && !types.Assignable(y, types.Bool) {
		if elem := x.(*types.Named).Args[0]; types.Assignable(y, elem) {
			b.err("PTL0301", e.OpAt.Place, "", "`||` works on Bool").at(e.X.Span(), "this is %s", show(x)).
				help("`??` takes another value where there is none: `%s ?? %s`.", shortText(e.X), shortText(e.Y)).edit(e.OpAt.Place, "??")
			return elem
		}
	}
	if !types.Assignable(x, types.Bool) {
		b.mismatch(e.X, x, w)
	}
	if !types.Assignable(y, types.Bool) {
		b.mismatch(e.Y, y, w)
	}
	return types.Bool
}
