package ptl

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// failure is the message that f fails with, or "".
func failure(f func()) (message string) {
	defer func() {
		if r := recover(); r != nil {
			message = recovered(r).Message
		}
	}()
	f()
	return ""
}

func TestArithmeticIsRightOrFails(t *testing.T) {
	edges := rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, -1 << 32, -1, 0, 1, 2, 1 << 31, 3037000500, math.MaxInt64})
	ints := rapid.OneOf(rapid.Int64(), edges, rapid.Int64Range(-5, 5))
	exact := []struct {
		name   string
		ours   func(a, b int64) int64
		theirs func(z, a, b *big.Int) *big.Int
	}{
		{"+", Add, (*big.Int).Add}, {"-", Sub, (*big.Int).Sub}, {"*", Mul, (*big.Int).Mul},
		{"/", Div, (*big.Int).Quo}, {"%", Rem, (*big.Int).Rem},
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := ints.Draw(t, "a"), ints.Draw(t, "b")
		for _, op := range exact {
			var got int64
			failed := failure(func() { got = op.ours(a, b) })
			if b == 0 && (op.name == "/" || op.name == "%") {
				if failed == "" {
					t.Fatalf("%d %s 0 gives %d", a, op.name, got)
				}
				continue
			}
			want := op.theirs(new(big.Int), big.NewInt(a), big.NewInt(b))
			if want.IsInt64() != (failed == "") || failed == "" && got != want.Int64() {
				t.Fatalf("%d %s %d gives %d %s, want %d", a, op.name, b, got, failed, want)
			}
		}
	})
}

func TestFailuresOfArithmetic(t *testing.T) {
	for _, c := range []struct {
		f    func()
		want string
	}{
		{func() { Add(math.MaxInt64, 1) }, "9223372036854775807 + 1 does not fit in Int (64 bits)"},
		{func() { Sub(math.MinInt64, 1) }, "-9223372036854775808 - 1 does not fit in Int (64 bits)"},
		{func() { Mul(1<<40, -1<<40) }, "1099511627776 * (-1099511627776) does not fit in Int (64 bits)"},
		{func() { Div(7, 0) }, "division by zero: 7 / 0"},
		{func() { Div(math.MinInt64, -1) }, "-9223372036854775808 / (-1) does not fit in Int (64 bits)"},
		{func() { Rem(7, 0) }, "division by zero: 7 % 0"},
		{func() { Neg(math.MinInt64) }, "-(-9223372036854775808) does not fit in Int (64 bits)"},
		{func() { Abs[int64](math.MinInt64) }, "-(-9223372036854775808) does not fit in Int (64 bits)"},
		{func() { IntPow(10, 19) }, "10 to the power of 19 does not fit in Int (64 bits)"},
		{func() { IntPow(2, -1) }, "power of 2 to -1: the exponent is negative"},
		{func() { FloatToInt(1 << 63) }, "9223372036854776000.0 does not fit in Int (64 bits)"},
		{func() { FloatRound(math.NaN()) }, "NaN does not fit in Int (64 bits)"},
		{func() { AddTime(math.MaxInt64, 1) }, "2262-04-11T23:47:16.854775807Z + 1ns does not fit in Time (the years 1678 to 2262)"},
		{func() { MulDuration(Day, 200_000) }, "1d * 200000 does not fit in Duration (292 years)"},
		{func() { DivDuration(Day, 0) }, "division by zero: 1d / 0"},
		{func() { RatioDuration(Day, 0) }, "division by zero: 1d / 0s"},
		{func() { GapTime(math.MaxInt64, -1) }, "2262-04-11T23:47:16.854775807Z - 1969-12-31T23:59:59.999999999Z does not fit in Duration (292 years)"},
		{func() { ListSet(&List[int64]{}, 2, 0) }, "index 2 is out of range: the list has 0 elements"},
		{func() { ListChunks(ListOf(1), 0) }, "chunks of 0 elements: the size must be positive"},
		{func() { TimeFloor(0, 0) }, "floor to 0s: the unit must be positive"},
		{func() { StringRepeat("ab", 1<<40) }, "a text of 2 bytes repeated 1099511627776 times is longer than 1 GiB"},
		{func() { ListSum(ListOf[int64](math.MaxInt64, 1)) }, "9223372036854775807 + 1 does not fit in Int (64 bits)"},
	} {
		if got := failure(c.f); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestPower(t *testing.T) {
	for _, c := range []struct{ v, n, want int64 }{
		{2, 10, 1024}, {-2, 63, math.MinInt64}, {7, 0, 1}, {0, 0, 1}, {1, math.MaxInt64, 1}, {-1, math.MaxInt64, -1}, {3037000499, 2, 9223372030926249001},
	} {
		if got := IntPow(c.v, c.n); got != c.want {
			t.Errorf("%d to the %d is %d, want %d", c.v, c.n, got, c.want)
		}
	}
}

func TestTimeArithmetic(t *testing.T) {
	if AddTime(5, -7) != -2 || SubTime(5, 7) != -2 || GapTime(5, 7) != -2 || DivDuration(7, -2) != -3 || RemDuration(-7, 2) != -1 ||
		RatioDuration(Day, Hour) != 24 || MulDuration(-2, 3) != -6 || SubDuration(1, 3) != -2 || AddDuration(1, 3) != 4 || NegDuration(3) != -3 {
		t.Error("wrong")
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		want := failure(func() { Add(a, b) }) != ""
		for _, f := range []func(){
			func() { AddTime(Time(a), Duration(b)) }, func() { AddDuration(Duration(a), Duration(b)) },
		} {
			if (failure(f) != "") != want {
				t.Fatalf("%d + %d", a, b)
			}
		}
		want = failure(func() { Sub(a, b) }) != ""
		for _, f := range []func(){
			func() { SubTime(Time(a), Duration(b)) }, func() { SubDuration(Duration(a), Duration(b)) }, func() { GapTime(Time(a), Time(b)) },
		} {
			if (failure(f) != "") != want {
				t.Fatalf("%d - %d", a, b)
			}
		}
	})
}
