package lower

import (
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/portals-lang/portals/lang/ir"
)

// TestResultsLieInTheirIntervals: what an operator makes of any operands out of two intervals lies in the interval that
// result tells, and fits in an Int where that says so.
func TestResultsLieInTheirIntervals(t *testing.T) {
	exactly, ops := 0, []ir.Op{ir.Add, ir.Sub, ir.Mul, ir.Div, ir.Rem, ir.Neg}
	rapid.Check(t, func(t *rapid.T) {
		ends := rapid.OneOf(
			rapid.Int64Range(-5, 5), rapid.Int64(), rapid.Int64Range(math.MinInt32-2, math.MaxInt32+2),
			rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, math.MinInt32, math.MaxInt32}))
		some := func(name string) (interval, int64) {
			x, y := ends.Draw(t, name), ends.Draw(t, name)
			i := interval{min(x, y), max(x, y)}
			return i, rapid.OneOf(rapid.Int64Range(i.lo, i.hi), rapid.Just(i.lo), rapid.Just(i.hi)).Draw(t, name)
		}
		a, x := some("a")
		b, y := some("b")
		op := rapid.SampledFrom(ops).Draw(t, "op")
		if rapid.Bool().Draw(t, "constant") {
			b = interval{y, y}
		}
		if y == 0 && (op == ir.Div || op == ir.Rem) {
			return
		}
		i, exact := result(op, a, b)
		p, q, z := big.NewInt(x), big.NewInt(y), new(big.Int)
		switch op {
		case ir.Add:
			z.Add(p, q)
		case ir.Sub:
			z.Sub(p, q)
		case ir.Mul:
			z.Mul(p, q)
		case ir.Div:
			z.Quo(p, q)
		case ir.Rem:
			z.Rem(p, q)
		case ir.Neg:
			z.Neg(p)
		}
		if exact {
			exactly++
		}
		if exact && !z.IsInt64() {
			t.Fatalf("%d %s %d does not fit, of %v and %v", x, op, y, a, b)
		}
		if z.IsInt64() && (z.Int64() < i.lo || z.Int64() > i.hi) {
			t.Fatalf("%d %s %d is %d, not in %v, of %v and %v", x, op, y, z, i, a, b)
		}
	})
	if exactly == 0 {
		t.Error("no operator ever fits")
	}
}
