package lower

import "github.com/portals-lang/portals/lang/ir"

// own makes a value of what was read: a place that can change, and may own collections, is shared.
func (b *body) own(x ir.Expr) ir.Expr {
	if x.Type().Owns && ir.Changes(x) {
		return &ir.Share{X: ir.X{T: x.Type(), At: x.Span()}, Place: x}
	}
	return x
}

// lookup tells by its result that a built-in gives nothing of its receiver away: an Option is one of the elements, which
// are values, and what holds no collection cannot be a part of one.
func lookup(result *ir.Type) bool {
	return result.Kind == ir.Option || !collects(result)
}

// collects tells whether values of t have a collection in them.
func collects(t *ir.Type) bool {
	if t.Owns {
		return true
	}
	if t.Def != nil {
		return t.Def.Enum
	}
	for _, e := range t.Elems {
		if collects(e) {
			return true
		}
	}
	return false
}
