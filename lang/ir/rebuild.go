package ir

// Rebuild is a copy of x whose operands are what f makes of those of x; they come in the order of evaluation. The body of a lambda is not
// copied.
func Rebuild(x Expr, f func(Expr) Expr) Expr {
	switch x := x.(type) {
	case *Share:
		c := *x
		c.Place = f(x.Place)
		return &c
	case *FieldGet:
		c := *x
		c.Of = f(x.Of)
		return &c
	case *CommonGet:
		c := *x
		c.Of = f(x.Of)
		return &c
	case *TupleGet:
		c := *x
		c.Of = f(x.Of)
		return &c
	case *Unwrap:
		c := *x
		c.Of = f(x.Of)
		return &c
	case *IsSome:
		c := *x
		c.Of = f(x.Of)
		return &c
	case *IsVariant:
		c := *x
		c.Of = f(x.Of)
		return &c
	case *New:
		c := *x
		c.Args = rebuildAll(x.Args, f)
		return &c
	case *With:
		c := *x
		c.Of, c.Values = f(x.Of), rebuildAll(x.Values, f)
		return &c
	case *NewTuple:
		c := *x
		c.Elems = rebuildAll(x.Elems, f)
		return &c
	case *NewOption:
		c := *x
		c.Value = rebuilt(x.Value, f)
		return &c
	case *NewResult:
		c := *x
		c.Value = f(x.Value)
		return &c
	case *NewList:
		c := *x
		c.Elems = rebuildAll(x.Elems, f)
		return &c
	case *NewMap:
		c := *x
		c.Keys, c.Values = make([]Expr, len(x.Keys)), make([]Expr, len(x.Keys))
		for i := range x.Keys {
			c.Keys[i], c.Values[i] = f(x.Keys[i]), f(x.Values[i])
		}
		return &c
	case *Operate:
		c := *x
		c.A, c.B = f(x.A), rebuilt(x.B, f)
		return &c
	case *Coalesce:
		c := *x
		c.A, c.B = f(x.A), f(x.B)
		return &c
	case *Interpolate:
		c := *x
		c.Parts = rebuildAll(x.Parts, f)
		return &c
	case *Call:
		c := *x
		c.Value, c.Args = rebuilt(x.Value, f), rebuildAll(x.Args, f)
		return &c
	case *Builtin:
		c := *x
		c.Args = rebuildAll(x.Args, f)
		return &c
	case *Ask:
		c := *x
		c.Req = f(x.Req)
		return &c
	case *After:
		c := *x
		c.Within = f(x.Within)
		return &c
	}
	return x // it has no operands
}

func rebuildAll(xs []Expr, f func(Expr) Expr) []Expr {
	out := make([]Expr, len(xs))
	for i, x := range xs {
		out[i] = f(x)
	}
	return out
}

func rebuilt(x Expr, f func(Expr) Expr) Expr {
	if x == nil {
		return nil
	}
	return f(x)
}
