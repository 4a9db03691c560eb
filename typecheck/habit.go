package typecheck

import (
	"slices"
	"strings"

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

// or checks `x || y || …`. If each is an Option, but for the last, and that what may be in them, `??` was meant.
func (b *body) or(e *ast.Binary) types.Type {
	chain := []*ast.Binary{e} // from the right
	for x, ok := e.X.(*ast.Binary); ok && x.Op == ast.Or; x, ok = x.X.(*ast.Binary) {
		chain = append(chain, x)
		b.note(x, types.Bool)
	}
	slices.Reverse(chain)
	operands := []ast.Expr{chain[0].X}
	for _, link := range chain {
		operands = append(operands, link.Y)
	}
	found := make([]types.Type, len(operands))
	for i, x := range operands {
		found[i] = types.Resolve(b.expr(x, anything))
	}
	if elem := coalesced(found); elem != nil {
		texts := make([]string, len(operands))
		for i, x := range operands {
			texts[i] = shortText(x)
		}
		f := b.err("PTL0301", chain[0].OpAt.Place, "", "`||` works on Bool").at(operands[0].Span(), "this is %s", show(found[0])).
			help("`??` takes another value where there is none: `%s`.", strings.Join(texts[:min(len(texts), mostQuoted)], " ?? "))
		for _, link := range chain {
			f.edit(link.OpAt.Place, "??")
		}
		return elem
	}
	for i, x := range operands {
		if !types.Assignable(found[i], types.Bool) {
			b.mismatch(x, found[i], wants(types.Bool, because{chain[max(i-1, 0)].OpAt.Place, "`||` works on %s"}))
		}
	}
	return types.Bool
}

// coalesced is the type of `x ?? y ?? …` for operands of these types; nil if they do not fit.
func coalesced(operands []types.Type) types.Type {
	last := operands[len(operands)-1]
	if types.Assignable(last, types.Bool) {
		return nil
	}
	for _, t := range operands[:len(operands)-1] {
		if !isNamed(t, types.OptionDef) || !types.Assignable(last, t.(*types.Named).Args[0]) {
			return nil
		}
	}
	return last
}
