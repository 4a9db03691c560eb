package ptl

import (
	"math"
	"strconv"
)

// Number is what built-ins that calculate work on.
type Number interface{ int64 | float64 | Duration }

// Abs is x without its sign; it fails for the least Int and Duration, whose counterparts do not fit.
func Abs[T Number](x T) T {
	switch v := any(x).(type) {
	case int64:
		if v < 0 {
			return any(Neg(v)).(T)
		}
	case Duration:
		if v < 0 {
			return any(NegDuration(v)).(T)
		}
	case float64:
		return any(math.Abs(v)).(T)
	}
	return x
}

// ListSum is all items added up; it fails when the sum does not fit.
func ListSum[T Number](l List[T]) T {
	var sum T
	switch items := any(l.items).(type) {
	case []int64:
		return any(total(items, Add)).(T)
	case []Duration:
		return any(total(items, AddDuration)).(T)
	}
	for _, x := range l.items {
		sum += x
	}
	return sum
}

func total[T any](items []T, add func(a, b T) T) (sum T) {
	for _, x := range items {
		sum = add(sum, x)
	}
	return sum
}

// Min is the lesser of two values, the first if they are equal.
func Min[T any](a, b T, t *Type[T]) T {
	if t.Compare(b, a) < 0 {
		return b
	}
	return a
}

// Max is the greater of two values, the first if they are equal.
func Max[T any](a, b T, t *Type[T]) T {
	if t.Compare(b, a) > 0 {
		return b
	}
	return a
}

// BoolToString is `true` or `false`.
func BoolToString(v bool) string { return strconv.FormatBool(v) }

// IntToString is v in decimal.
func IntToString(v int64) string { return strconv.FormatInt(v, 10) }

// IntToFloat is the Float nearest to v.
func IntToFloat(v int64) float64 { return float64(v) }

// IntPow is v to the power of n; it fails if n is negative or the result does not fit.
func IntPow(v, n int64) int64 {
	if n < 0 {
		Fail("power of " + strconv.FormatInt(v, 10) + " to " + strconv.FormatInt(n, 10) + ": the exponent is negative")
	}
	power, square, ok := int64(1), v, true
	for rest := n; rest > 0; rest >>= 1 {
		if rest&1 == 1 {
			if power, ok = mul(power, square); !ok {
				break
			}
		}
		// The last square is not used, and may not fit.
		if rest > 1 {
			if square, ok = mul(square, square); !ok {
				break
			}
		}
	}
	if !ok {
		Fail(strconv.FormatInt(v, 10) + " to the power of " + strconv.FormatInt(n, 10) + " does not fit in Int (64 bits)")
	}
	return power
}

// FloatToString is the shortest text that reads back as v.
func FloatToString(v float64) string { return FloatType.Text(v) }

// FloatToInt is v without its fraction; it fails if that does not fit.
func FloatToInt(v float64) int64 { return wholeFloat(math.Trunc(v), v) }

// FloatFloor is the greatest Int not above v; it fails if that does not fit.
func FloatFloor(v float64) int64 { return wholeFloat(math.Floor(v), v) }

// FloatCeil is the least Int not below v; it fails if that does not fit.
func FloatCeil(v float64) int64 { return wholeFloat(math.Ceil(v), v) }

// FloatRound is the Int nearest to v, halves away from zero; it fails if that does not fit.
func FloatRound(v float64) int64 { return wholeFloat(math.Round(v), v) }

func wholeFloat(whole, v float64) int64 {
	if !(whole >= math.MinInt64 && whole < -math.MinInt64) { // the upper bound itself is no Int, and NaN is nowhere
		Fail(FloatToString(v) + " does not fit in Int (64 bits)")
	}
	return int64(whole)
}

// FloatRoundTo is v rounded to so many decimal places, halves away from zero; a negative number of places rounds to
// tens, hundreds and so on.
func FloatRoundTo(v float64, digits int64) float64 {
	switch {
	case digits < -308:
		return 0
	case digits < 0:
		unit := math.Pow10(int(-digits))
		return math.Round(v/unit) * unit
	}
	scale := math.Pow10(int(min(digits, 308)))
	scaled := v * scale
	if math.Abs(scaled) >= 1<<52 { // no Float of that size has a fraction, nor has infinity
		return v
	}
	return math.Round(scaled) / scale
}

// FloatSqrt is the square root; NaN below zero.
func FloatSqrt(v float64) float64 { return math.Sqrt(v) }

// FloatPow is v to the power of x.
func FloatPow(v, x float64) float64 { return math.Pow(v, x) }

// FloatExp is e to the power of v.
func FloatExp(v float64) float64 { return math.Exp(v) }

// FloatLn is the natural logarithm.
func FloatLn(v float64) float64 { return math.Log(v) }

// FloatIsNaN tells whether v is not a number.
func FloatIsNaN(v float64) bool { return v != v }

// AddFloat, SubFloat, MulFloat and DivFloat are Go's operators, for constants: Go computes an expression of constants
// exactly and refuses to divide by zero, while a program computes with 64 bits and gets an infinity.

// AddFloat is a + b.
func AddFloat(a, b float64) float64 { return a + b }

// SubFloat is a - b.
func SubFloat(a, b float64) float64 { return a - b }

// MulFloat is a * b.
func MulFloat(a, b float64) float64 { return a * b }

// DivFloat is a / b.
func DivFloat(a, b float64) float64 { return a / b }
