package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

var comparisons = map[ir.Op]string{ir.Eq: "==", ir.Ne: "!=", ir.Lt: "<", ir.Le: "<=", ir.Gt: ">", ir.Ge: ">="}

// operate prints an operator: Go's own where it means the same, else a call.
func (b *body) operate(x *ir.Operate) (*jen.Statement, int) {
	switch x.Op {
	case ir.And:
		return b.infix(x, "&&", precAnd)
	case ir.Or:
		return b.infix(x, "||", precOr)
	case ir.Not:
		return jen.Op("!").Add(b.operand(x.A, precUnary)), precUnary
	case ir.Eq, ir.Ne:
		return b.equality(x)
	case ir.Lt, ir.Le, ir.Gt, ir.Ge:
		return b.order(x)
	case ir.Concat:
		if x.T.Kind == ir.List {
			return ptl("ListConcat").Call(b.expr(x.A), b.expr(x.B)), precPrimary
		}
		return b.infix(x, "+", precAdd)
	}
	return b.arithmetic(x)
}

// infix is a op b; Go's operators group to the left.
func (b *body) infix(x *ir.Operate, op string, prec int) (*jen.Statement, int) {
	return b.operand(x.A, prec).Op(op).Add(b.operand(x.B, prec+1)), prec
}

// compare is a comparison of two values by Go's own operator; one of a remainder of 32 bits with a constant is one of 32 bits.
func (b *body) compare(x *ir.Operate) (*jen.Statement, int) {
	op := comparisons[x.Op]
	if rem, ok := x.A.(*ir.Operate); ok && b.short(rem) {
		if c, ok := x.B.(*ir.Const); ok && c.Value.(int64) == int64(int32(c.Value.(int64))) {
			return b.remainder(rem).Op(op).Add(b.operand(x.B, precCompare+1)), precCompare
		}
	}
	return b.infix(x, op, precCompare)
}

func (b *body) equality(x *ir.Operate) (*jen.Statement, int) {
	t := x.A.Type()
	if none, ok := x.B.(*ir.NewOption); ok && none.Value == nil {
		is := b.operand(x.A, precPrimary).Dot("OK")
		if x.Op == ir.Ne {
			return is, precPrimary
		}
		return jen.Op("!").Add(is), precUnary
	}
	if t.Comparable {
		return b.compare(x)
	}
	call := b.e.equalValues(t, b.expr(x.A), b.expr(x.B))
	if x.Op == ir.Ne {
		return jen.Op("!").Add(call), precUnary
	}
	return call, precPrimary
}

func (b *body) order(x *ir.Operate) (*jen.Statement, int) {
	if t := x.A.Type(); t.Kind == ir.Tuple {
		call := b.e.desc(t).Dot("Compare").Call(b.expr(x.A), b.expr(x.B))
		return call.Op(comparisons[x.Op]).Lit(0), precCompare
	}
	return b.compare(x)
}

var arithmetic = map[ir.Op]string{ir.Add: "Add", ir.Sub: "Sub", ir.Mul: "Mul", ir.Div: "Div", ir.Rem: "Rem", ir.Neg: "Neg"}

var floatOps = map[ir.Op]struct {
	sign string
	prec int
}{ir.Add: {"+", precAdd}, ir.Sub: {"-", precAdd}, ir.Mul: {"*", precMul}, ir.Div: {"/", precMul}}

// arithmetic is checked on whole numbers, where a wrong number would be worse than none.
func (b *body) arithmetic(x *ir.Operate) (*jen.Statement, int) {
	if x.A.Type().Kind == ir.Float {
		return b.floating(x)
	}
	if b.plain(x) {
		return b.unchecked(x)
	}
	args := []jen.Code{b.expr(x.A)}
	if x.B != nil {
		args = append(args, b.expr(x.B))
		if x.A.Type().Kind == ir.Int && x.B.Type().Kind == ir.Duration {
			args[0], args[1] = args[1], args[0] // 2 * 5s
		}
	}
	return ptl(arithmeticName(x)).Call(args...), precPrimary
}

// plain tells whether Go's own operator will do for x; not for one that Go would compute.
func (b *body) plain(x *ir.Operate) bool {
	return b.fits[x] && !(isConst(x.A) && (x.B == nil || isConst(x.B)))
}

// short tells whether x is a remainder of 32 bits.
func (b *body) short(x *ir.Operate) bool { return x.Op == ir.Rem && b.plain(x) }

// remainder is one of 32 bits, as an int32.
func (b *body) remainder(x *ir.Operate) *jen.Statement {
	a := jen.Int32().Call(b.expr(x.A))
	if rem, ok := x.A.(*ir.Operate); ok && b.short(rem) {
		a = b.remainder(rem)
	}
	return a.Op("%").Add(b.operand(x.B, precMul+1))
}

// unchecked is an operator on Ints that cannot overflow.
func (b *body) unchecked(x *ir.Operate) (*jen.Statement, int) {
	switch x.Op {
	case ir.Rem:
		return jen.Int64().Call(b.remainder(x)), precPrimary
	case ir.Neg:
		return jen.Op("-").Add(b.operand(x.A, precUnary)), precUnary
	case ir.Mul:
		return b.infix(x, "*", precMul)
	case ir.Sub:
		return b.infix(x, "-", precAdd)
	}
	return b.infix(x, "+", precAdd)
}

// arithmeticName is the runtime's function for an operator on whole numbers or times.
func arithmeticName(x *ir.Operate) string {
	a, name := x.A.Type().Kind, arithmetic[x.Op]
	c := a
	if x.B != nil {
		c = x.B.Type().Kind
	}
	switch {
	case a == ir.Time && c == ir.Time:
		return "GapTime"
	case a == ir.Time:
		return name + "Time"
	case a == ir.Duration && c == ir.Duration && x.Op == ir.Div:
		return "RatioDuration"
	case a == ir.Duration || c == ir.Duration:
		return name + "Duration"
	}
	return name
}

func (b *body) floating(x *ir.Operate) (*jen.Statement, int) {
	if x.Op == ir.Neg {
		if c, ok := x.A.(*ir.Const); ok { // what Go would compute: 0.0 of 0.0
			return b.constant(&ir.Const{X: x.X, Value: -c.Value.(float64)})
		}
		return jen.Op("-").Add(b.operand(x.A, precUnary)), precUnary
	}
	op := floatOps[x.Op] // `%` is of whole numbers only
	if isConst(x.A) && isConst(x.B) {
		// Go would compute this exactly, and refuse a zero divisor; the program computes with 64 bits.
		return ptl(arithmetic[x.Op]+"Float").Call(b.expr(x.A), b.expr(x.B)), precPrimary
	}
	return b.infix(x, op.sign, op.prec)
}

// isConst tells whether Go would take x for a constant.
func isConst(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Const:
		return true
	case *ir.Operate:
		return x.Op == ir.Neg && isConst(x.A)
	}
	return false
}
