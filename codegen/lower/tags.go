package lower

import (
	"slices"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/types"
)

// tagged finds the first place of a row whose tag decides whether the row fits.
func (m *matcher) tagged(r *row) (ir.Expr, *types.Def) {
	for _, it := range r.items {
		if vs := m.heads(it.p); len(vs) > 0 && !it.sure {
			return it.of, vs[0].Def
		}
	}
	return nil, nil
}

// heads are the constructors, in their order, of which a pattern wants one; none if it does not look at a tag.
func (m *matcher) heads(p ast.Pattern) []*types.Variant {
	var out []*types.Variant
	switch p := p.(type) {
	case *ast.BindPattern, *ast.ConstructorPattern:
		if v := m.info.Ctors[p]; v != nil && len(v.Def.Variants) > 1 {
			return []*types.Variant{v}
		}
	case *ast.OrPattern:
		for _, alt := range p.Alts {
			vs := m.heads(alt)
			if len(vs) == 0 {
				return nil
			}
			for _, v := range vs {
				if !slices.Contains(out, v) {
					out = append(out, v)
				}
			}
		}
		slices.SortFunc(out, func(v, w *types.Variant) int { return v.Index - w.Index })
	}
	return out
}

// plainOr tells whether the alternatives of a pattern differ in their tags only, so that it fits when the tag does.
func (m *matcher) plainOr(p *ast.OrPattern) bool {
	for _, alt := range p.Alts {
		switch alt := alt.(type) {
		case *ast.OrPattern:
			if !m.plainOr(alt) {
				return false
			}
		case *ast.ConstructorPattern:
			for _, arg := range alt.Args {
				if m.mayMiss(arg.Pattern) {
					return false
				}
			}
		}
	}
	return true
}

// mayMiss tells whether a pattern does not fit every value.
func (m *matcher) mayMiss(p ast.Pattern) bool {
	switch p := p.(type) {
	case *ast.WildcardPattern:
		return false
	case *ast.BindPattern:
		return len(m.heads(p)) > 0
	case *ast.TuplePattern:
		return slices.ContainsFunc(p.Elems, m.mayMiss)
	case *ast.ConstructorPattern:
		return len(m.heads(p)) > 0 || slices.ContainsFunc(p.Args, func(a *ast.PatternArg) bool { return m.mayMiss(a.Pattern) })
	}
	return true
}

func overlap(a, b []*types.Variant) bool {
	return slices.ContainsFunc(a, func(v *types.Variant) bool { return slices.Contains(b, v) })
}

// samePlace tells whether two places that a pattern looks at are the same.
func samePlace(x, y ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Local:
		y, ok := y.(*ir.Local)
		return ok && x.Var == y.Var
	case *ir.State:
		y, ok := y.(*ir.State)
		return ok && x.Var == y.Var
	case *ir.FieldGet:
		y, ok := y.(*ir.FieldGet)
		return ok && x.Variant == y.Variant && x.Field == y.Field && samePlace(x.Of, y.Of)
	case *ir.TupleGet:
		y, ok := y.(*ir.TupleGet)
		return ok && x.Index == y.Index && samePlace(x.Of, y.Of)
	case *ir.Unwrap:
		y, ok := y.(*ir.Unwrap)
		return ok && x.Err == y.Err && samePlace(x.Of, y.Of)
	}
	return x == y
}
