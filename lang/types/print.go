package types

import "strings"

func (b *Basic) String() string { return b.name }
func (p *Param) String() string { return p.Name }

func (v *Var) String() string {
	if v.Bound != nil {
		return v.Bound.String()
	}
	return "_"
}

func (n *Named) String() string {
	name := n.Def.Name
	if n.Def.Module != "" {
		name = n.Def.Module + "." + name
	}
	if len(n.Args) == 0 {
		return name
	}
	return name + "[" + join(n.Args) + "]"
}

func (t *Tuple) String() string { return "(" + join(t.Elems) + ")" }

func (f *Func) String() string {
	s := "fun(" + join(f.Params) + ")"
	if Resolve(f.Result) != Type(Unit) {
		s += " -> " + f.Result.String()
	}
	return s
}

func join(ts []Type) string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = t.String()
	}
	return strings.Join(parts, ", ")
}

// Resolve follows bound variables at the root of t.
func Resolve(t Type) Type {
	for {
		v, ok := t.(*Var)
		if !ok || v.Bound == nil {
			return t
		}
		t = v.Bound
	}
}
