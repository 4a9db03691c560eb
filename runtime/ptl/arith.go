package ptl

import (
	"math"
	"math/bits"
	"strconv"
)

// Arithmetic on Int either gives the right number or fails the event. The functions that generated code calls are small
// enough for Go to inline; what they do when the result does not fit stands in functions of its own. Division cuts
// towards zero and a remainder has the sign of the dividend, as in Go and Kotlin.

// Add is a + b.
func Add(a, b int64) int64 {
	c := a + b
	if (a^c)&(b^c) < 0 { // both operands have the sign that the sum lacks
		addOverflow(a, b)
	}
	return c
}

// Sub is a - b.
func Sub(a, b int64) int64 {
	c := a - b
	if (a^b)&(a^c) < 0 {
		subOverflow(a, b)
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

//go:noinline
func addOverflow(a, b int64) { overflow(a, " + ", b) }

//go:noinline
func subOverflow(a, b int64) { overflow(a, " - ", b) }

func mulWide(a, b int64) int64 {
	c, ok := mul(a, b)
	if !ok {
		overflow(a, " * ", b)
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
	if b == 0 || b == -1 {
		return divEdge(a, b)
	}
	return a / b
}

func divEdge(a, b int64) int64 {
	switch {
	case b == 0:
		Fail("division by zero: " + strconv.FormatInt(a, 10) + " / 0")
	case a == math.MinInt64:
		overflow(a, " / ", b)
	}
	return -a
}

// Rem is a % b.
func Rem(a, b int64) int64 {
	if b == 0 {
		remByZero(a)
	}
	return a % b
}

//go:noinline
func remByZero(a int64) {
	Fail("division by zero: " + strconv.FormatInt(a, 10) + " % 0")
}

// Neg is -a.
func Neg(a int64) int64 {
	if a == math.MinInt64 {
		negOverflow()
	}
	return -a
}

//go:noinline
func negOverflow() { Fail("-(-9223372036854775808) does not fit in Int (64 bits)") }

func overflow(a int64, op string, b int64) {
	right := strconv.FormatInt(b, 10)
	if b < 0 {
		right = "(" + right + ")"
	}
	Fail(strconv.FormatInt(a, 10) + op + right + " does not fit in Int (64 bits)")
}
