package interp

import (
	"fmt"
	"math"

	"github.com/portals-lang/portals/lang/ir"
)

// operands are the kinds of what an operator takes and makes; a failure shows each value as programs write it.
type operands struct{ a, b, made ir.Kind }

var (
	ints      = operands{ir.Int, ir.Int, ir.Int}
	durations = operands{ir.Duration, ir.Duration, ir.Duration}
	untils    = operands{ir.Time, ir.Duration, ir.Time}
)

// arith is checked arithmetic on whole numbers: Ints, Times and Durations.
func arith(op ir.Op, a, b int64, of operands) int64 {
	switch op {
	case ir.Add:
		if c := a + b; (c > a) == (b > 0) {
			return c
		}
	case ir.Sub:
		if c := a - b; (c < a) == (b > 0) {
			return c
		}
	case ir.Mul:
		if a == 0 || b == 0 {
			return 0
		}
		if c := a * b; c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64) {
			return c
		}
	case ir.Div, ir.Rem:
		switch {
		case b == 0:
			fail("division by zero: %s %s %s", showNumber(a, of.a), op, showNumber(b, of.b))
		case op == ir.Rem && b == -1:
			return 0
		case op == ir.Rem:
			return a % b
		case a != math.MinInt64 || b != -1:
			return a / b
		}
	}
	fail("%s does not fit in %s", of.text(op, a, b), limits[of.made])
	return 0
}

var limits = map[ir.Kind]string{
	ir.Int: "Int (64 bits)", ir.Time: "Time (the years 1678 to 2262)", ir.Duration: "Duration (292 years)",
}

// text is an operation whose result does not fit. How often one Duration fits into another is told of their nanoseconds; what a
// Duration is multiplied with stands behind it; and divided by -1 it is taken from nothing.
func (o operands) text(op ir.Op, a, b int64) string {
	switch {
	case o.made == ir.Int && b < 0:
		return fmt.Sprintf("%d %s (%d)", a, op, b)
	case o.made == ir.Int:
		return fmt.Sprintf("%d %s %d", a, op, b)
	case o.a == ir.Int:
		return o.reversed().text(op, b, a)
	case op == ir.Div:
		return durations.text(ir.Sub, 0, a)
	}
	return showNumber(a, o.a) + fmt.Sprintf(" %s ", op) + showNumber(b, o.b)
}

func (o operands) reversed() operands { return operands{o.b, o.a, o.made} }

// negative is -x.
func negative(x int64, kind ir.Kind) int64 {
	if kind == ir.Duration {
		return arith(ir.Sub, 0, x, durations)
	}
	if x == math.MinInt64 {
		fail("-(%d) does not fit in Int (64 bits)", x)
	}
	return -x
}

// float is arithmetic with Floats, which never fails.
func float(op ir.Op, a, b float64) Value {
	switch op {
	case ir.Add:
		return a + b
	case ir.Sub:
		return a - b
	case ir.Mul:
		return a * b
	}
	return a / b
}

// whole is a Float without a fraction as an Int.
func whole(x float64) Value {
	if !(x >= math.MinInt64 && x < -math.MinInt64) {
		fail("%s does not fit in Int (64 bits)", showFloat(x))
	}
	return int64(x)
}
