package ptl

import (
	"math"
	"math/bits"
	"strconv"
)

// Arithmetic on Int either gives the right number or fails the event. The functions that generated code calls are small
// enough for Go to inline, several into one handler; so what they fail with is a value that needs no call to be made,
// and that tells later what was wrong. Their tests are such that one operand known to the compiler leaves one comparison.
// Division cuts towards zero and a remainder has the sign of the dividend, as in Go and Kotlin.

// Add is a + b.
func Add(a, b int64) int64 {
	c := a + b
	if (c < a) != (b < 0) {
		panic(misfit{a, '+', b})
	}
	return c
}

// Sub is a - b.
func Sub(a, b int64) int64 {
	c := a - b
	if (c > a) != (b < 0) {
		panic(misfit{a, '-', b})
	}
	return c
}

// Mul is a * b.
func Mul(a, b int64) int64 {
	if int64(int32(a)) == a && int64(int32(b)) == b {
		return a * b
	}
	return mulWide(a, b)
}

// mulWide is not inlined, so that Mul can be.
//
//go:noinline
func mulWide(a, b int64) int64 {
	c, ok := mul(a, b)
	if !ok {
		panic(misfit{a, '*', b})
	}
	return c
}

// mul tells whether the signed product fits: its upper half must repeat the sign of the lower.
func mul(a, b int64) (int64, bool) {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	top := int64(hi) - a>>63&b - b>>63&a
	return int64(lo), top == int64(lo)>>63
}

// Div is a / b.
func Div(a, b int64) int64 {
	if b == 0 || a == math.MinInt64 && b == -1 {
		panic(misfit{a, '/', b})
	}
	return a / b
}

// Rem is a % b.
func Rem(a, b int64) int64 {
	if b == 0 {
		panic(misfit{a, '%', b})
	}
	return a % b
}

// Neg is -a.
func Neg(a int64) int64 {
	if a == math.MinInt64 {
		panic(misfit{op: negation, b: a})
	}
	return -a
}

// misfit is what arithmetic fails with: an operation whose result is no Int.
type misfit struct {
	a  int64
	op byte
	b  int64
}

const negation = '~' // its text is that of subtraction, without a left operand

// Error tells what does not fit.
func (m misfit) Error() string {
	left, op, right := strconv.FormatInt(m.a, 10), string(m.op), strconv.FormatInt(m.b, 10)
	if m.b == 0 && (m.op == '/' || m.op == '%') {
		return "division by zero: " + left + " " + op + " 0"
	}
	if m.b < 0 {
		right = "(" + right + ")"
	}
	expr := left + " " + op + " " + right
	if m.op == negation {
		expr = "-" + right
	}
	return expr + " does not fit in Int (64 bits)"
}
