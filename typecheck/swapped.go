package typecheck

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/types"
)

// misfit is a reported mismatch, with the types as they were known then.
type misfit struct {
	finding
	found, wanted types.Type
}

// swapped makes one finding of two when just two arguments do not fit, and each would in the place of the other.
func (b *body) swapped(matched []*ast.Arg, spec callee) {
	var at []int
	for i, a := range matched {
		if a == nil {
			continue
		}
		if _, wrong := b.mismatched[a.Value]; wrong {
			at = append(at, i)
		}
	}
	if len(at) != 2 {
		return
	}
	first, second := matched[at[0]], matched[at[1]]
	x, y := b.mismatched[first.Value], b.mismatched[second.Value]
	if first.Name != nil || second.Name != nil || !isKnown(x.found) || !isKnown(y.found) ||
		!types.Assignable(x.found, y.wanted) || !types.Assignable(y.found, x.wanted) {
		return
	}
	b.diags.Remove(x.Diagnostic)
	b.diags.Remove(y.Diagnostic)
	b.toBeSwapped(matched, at[0], at[1], spec, "this is "+show(x.found), "this is "+show(y.found))
}

// swappedFunction reports a function where a value is taken, while a value stands where the function is: `xs.fold((a, x) => …,
// 0)`. Both go on in their right places.
func (b *body) swappedFunction(matched []*ast.Arg, spec callee) {
	function, value := -1, -1
	for i, a := range matched {
		switch takes := isFunc(spec.params[i].typ); {
		case a == nil || takes == b.isFunction(a.Value):
		case a.Name != nil || !takes && function >= 0 || takes && value >= 0:
			return
		case takes:
			value = i
		default:
			function = i
		}
	}
	if function < 0 || value < 0 {
		return
	}
	i, j := min(function, value), max(function, value)
	first, second := "this is a function", "this is no function"
	if i == value {
		first, second = second, first
	}
	b.toBeSwapped(matched, i, j, spec, first, second)
	matched[i], matched[j] = matched[j], matched[i]
}

// isFunction tells whether an expression is a lambda, or the name of a function or of a constructor that takes something.
func (b *body) isFunction(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Lambda:
		return true
	case *ast.Ident:
		switch o := b.find(e.Name).(type) {
		case *Fun:
			return true
		case *Ctor:
			return len(o.Variant.Fields) > 0
		case *Local:
			return isFunc(types.Resolve(o.Type))
		}
	}
	return false
}

// toBeSwapped reports that two arguments stand in each other's place.
func (b *body) toBeSwapped(matched []*ast.Arg, i, j int, spec callee, first, second string) {
	x, y := matched[i], matched[j]
	f := b.err("PTL0303", x.Place, first, "these two arguments are swapped").at(y.Place, "%s", second)
	p, q := spec.params[i], spec.params[j]
	if p.at == q.at {
		f.at(spec.at, "declared here")
	} else {
		f.at(p.at, "this takes %s", show(p.typ)).at(q.at, "this takes %s", show(q.typ))
	}
	whole := true
	var args []string
	for k, a := range matched {
		switch {
		case a == nil:
			whole = whole && spec.params[k].optional
		case a == x:
			args = append(args, y.Place.Text())
		case a == y:
			args = append(args, x.Place.Text())
		default:
			args = append(args, a.Place.Text())
		}
	}
	if text := spec.receiver + spec.name + "(" + strings.Join(args, ", ") + ")"; whole && len(text) <= 60 && !strings.Contains(text, "\n") {
		f.help("Write `%s`.", text)
	} else if whole {
		f.help("It is called as `%s`.", spec.shape())
	}
	f.edit(x.Place, y.Place.Text()).edit(y.Place, x.Place.Text())
}
