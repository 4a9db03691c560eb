package fuse

import (
	"slices"

	"github.com/portals-lang/portals/lang/ir"
)

// expr copies an expression. What is known of the values in it is taken for it: a part of what was made, which variant it is.
func (c *copying) expr(x ir.Expr) ir.Expr {
	switch x := x.(type) {
	case nil:
		return nil
	case *ir.Local:
		switch own := c.names[x.Var].(type) {
		case nil:
			return x
		case *ir.Local:
			return &ir.Local{X: x.X, Var: own.Var}
		default:
			return own
		}
	case *ir.Lambda:
		return c.lambda(x)
	case *ir.Operate:
		own := ir.Rebuild(x, c.expr).(*ir.Operate)
		if c.fits[x] {
			c.fit[own] = true
		}
		return operated(own)
	}
	return c.known(ir.Rebuild(x, c.expr))
}

func (c *copying) exprs(xs []ir.Expr) []ir.Expr {
	out := make([]ir.Expr, len(xs))
	for i, x := range xs {
		out[i] = c.expr(x)
	}
	return out
}

func (c *copying) lambda(x *ir.Lambda) ir.Expr {
	out, names, at, in := c.out, c.names, c.at, c.inLambda
	own := *x
	own.Params = make([]*ir.Var, len(x.Params))
	for i, p := range x.Params {
		own.Params[i] = c.fresh(p)
	}
	c.inLambda = true
	own.Body = c.block(x.Body, nil)
	c.out, c.names, c.at, c.inLambda = out, names, at, in
	return &own
}

// made is what a variable was made of, or nil.
func (c *copying) made(x ir.Expr) ir.Expr {
	if l, ok := x.(*ir.Local); ok {
		return c.parts[l.Var]
	}
	return nil
}

// known is x, or what it is known to be.
func (c *copying) known(x ir.Expr) ir.Expr {
	switch x := x.(type) {
	case *ir.FieldGet:
		if n, ok := c.made(x.Of).(*ir.New); ok && n.Variant == x.Variant {
			return n.Args[x.Field]
		}
	case *ir.CommonGet:
		if n, ok := c.made(x.Of).(*ir.New); ok {
			return n.Args[x.Fields[n.Variant.Index]]
		}
	case *ir.TupleGet:
		if n, ok := c.made(x.Of).(*ir.NewTuple); ok {
			return n.Elems[x.Index]
		}
	case *ir.Unwrap:
		switch n := c.made(x.Of).(type) {
		case *ir.NewOption:
			if n.Value != nil {
				return n.Value
			}
		case *ir.NewResult:
			if n.Err == x.Err {
				return n.Value
			}
		}
	case *ir.IsSome:
		switch n := c.made(x.Of).(type) {
		case *ir.NewOption:
			return &ir.Const{X: x.X, Value: n.Value != nil}
		case *ir.NewResult:
			return &ir.Const{X: x.X, Value: !n.Err}
		}
	case *ir.IsVariant:
		if n, ok := c.made(x.Of).(*ir.New); ok {
			return &ir.Const{X: x.X, Value: n.Variant == x.Variant}
		}
	case *ir.With:
		// the changes are evaluated in the order in which they are written, what is made in that of the fields
		if n, ok := c.made(x.Of).(*ir.New); ok && slices.IsSorted(x.Fields) {
			args := slices.Clone(n.Args)
			for i, field := range x.Fields {
				args[field] = x.Values[i]
			}
			return &ir.New{X: x.X, Variant: n.Variant, Args: args}
		}
	}
	return x
}

// operated is the result of an operator on truths, if that is known.
func operated(x *ir.Operate) ir.Expr {
	a, known := truth(x.A)
	switch {
	case x.Op == ir.Not && known:
		return &ir.Const{X: x.X, Value: !a}
	case x.Op == ir.And && known && a, x.Op == ir.Or && known && !a:
		return x.B
	case x.Op == ir.And && known, x.Op == ir.Or && known:
		return x.A
	}
	return x
}

// truth is the value of a constant of type Bool.
func truth(x ir.Expr) (value, ok bool) {
	k, ok := x.(*ir.Const)
	if !ok {
		return false, false
	}
	value, ok = k.Value.(bool)
	return value, ok
}
