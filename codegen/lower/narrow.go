package lower

import (
	"maps"
	"math"
	"math/bits"

	"github.com/portals-lang/portals/lang/ir"
)

// Where the events of a segment come right from a range, what they are is known before any of them is handled: whether all
// of an atom's fit in 32 bits. The operators that cannot overflow then need no check, which costs a third of what a few
// steps of arithmetic do; and a remainder of what itself fits in 32 bits takes less than one of 64, for which Go needs
// constants as long. narrow finds them, by intervals: each variable that is defined once lies in one, that of an
// operator follows from those of its operands, and of whatever else is no more known than that it is an Int.

// Events have at most wide bits, and down to few of them if more remainders have 32 bits then: those of what is up to
// eight times an event.
const wide, few = 32, 29

// interval is the Ints from lo to hi.
type interval struct{ lo, hi int64 }

var anyInt = interval{math.MinInt64, math.MaxInt64}

// narrowing finds the operators of one segment that fit.
type narrowing struct {
	vars  map[*ir.Var]interval // those that are not any
	known map[*ir.Operate]interval
	fits  map[*ir.Operate]bool
	short int // how many of these are remainders
}

// narrow tells a segment which operators on Ints fit, and how many bits an event may have for that.
func narrow(s *ir.Segment) {
	most := narrowed(s, few)
	for bits := wide; ; bits-- {
		if n := narrowed(s, bits); n.short == most.short {
			s.Fits, s.Bits = n.fits, bits
			return
		}
	}
}

// narrowed finds the operators on Ints in a segment that fit if its event has that many bits.
func narrowed(s *ir.Segment, bits int) *narrowing {
	n := &narrowing{
		vars:  map[*ir.Var]interval{s.Event: {-1 << (bits - 1), 1<<(bits-1) - 1}},
		known: map[*ir.Operate]interval{}, fits: map[*ir.Operate]bool{},
	}
	changed := map[*ir.Var]bool{}
	ir.Inspect(s.Body, func(s ir.Stmt) {
		if a, ok := s.(*ir.Assign); ok {
			if l, ok := a.Place.(*ir.Local); ok {
				changed[l.Var] = true
			}
		}
	}, nil)
	ir.Inspect(s.Body, func(s ir.Stmt) {
		if d, ok := s.(*ir.Define); ok && d.Init != nil && d.Var.Type.Kind == ir.Int && !changed[d.Var] {
			n.vars[d.Var] = n.of(d.Init)
		}
	}, func(x ir.Expr) { n.of(x) })
	maps.DeleteFunc(n.fits, func(_ *ir.Operate, fits bool) bool { return !fits })
	return n
}

// of is where x lies, and notes whether it fits.
func (n *narrowing) of(x ir.Expr) interval {
	switch x := x.(type) {
	case *ir.Const:
		if v, ok := x.Value.(int64); ok {
			return interval{v, v}
		}
	case *ir.Local:
		if i, ok := n.vars[x.Var]; ok {
			return i
		}
	case *ir.Operate:
		if x.T.Kind == ir.Int && x.A.Type().Kind == ir.Int && (x.B == nil || x.B.Type().Kind == ir.Int) {
			return n.operate(x)
		}
	}
	return anyInt
}

func (n *narrowing) operate(x *ir.Operate) interval {
	if i, ok := n.known[x]; ok {
		return i
	}
	a, b := n.of(x.A), interval{}
	if x.B != nil {
		b = n.of(x.B)
	}
	i, exact := result(x.Op, a, b)
	n.known[x] = i
	switch x.Op {
	case ir.Add, ir.Sub, ir.Mul, ir.Neg:
		n.fits[x] = exact
	case ir.Rem:
		// By a power of two it takes no longer with 64 bits.
		if _, constant := x.B.(*ir.Const); constant && exact && b.lo&(b.lo-1) != 0 && a.short() && b.short() {
			n.fits[x] = true
			n.short++
		}
	}
	return i
}

// short tells whether all of an interval fit in 32 bits.
func (i interval) short() bool { return i.lo >= math.MinInt32 && i.hi <= math.MaxInt32 }

// result is where the result of an operator lies; exact is false where it may not fit in an Int.
func result(op ir.Op, a, b interval) (i interval, exact bool) {
	switch op {
	case ir.Neg:
		return result(ir.Sub, interval{}, a)
	case ir.Add:
		return between(a.lo, b.lo, a.hi, b.hi, func(x, y int64) (int64, bool) {
			z := x + y
			return z, (z < x) == (y < 0)
		})
	case ir.Sub:
		return between(a.lo, b.hi, a.hi, b.lo, func(x, y int64) (int64, bool) {
			z := x - y
			return z, (z > x) == (y < 0)
		})
	case ir.Mul:
		i, exact = interval{math.MaxInt64, math.MinInt64}, true
		for _, x := range []int64{a.lo, a.hi} {
			for _, y := range []int64{b.lo, b.hi} {
				hi, lo := bits.Mul64(uint64(x), uint64(y))
				z := int64(lo)
				exact = exact && int64(hi)-x>>63&y-y>>63&x == z>>63
				i = interval{min(i.lo, z), max(i.hi, z)}
			}
		}
		if exact {
			return i, true
		}
	case ir.Div:
		if b.lo == b.hi && b.lo > 0 {
			return interval{a.lo / b.lo, a.hi / b.lo}, true
		}
	case ir.Rem:
		if b.lo == b.hi && b.lo > 0 {
			return interval{max(min(a.lo, 0), 1-b.lo), min(max(a.hi, 0), b.lo-1)}, true
		}
	}
	return anyInt, false
}

// between is the interval from what op makes of the first two to what it makes of the others.
func between(x, y, u, v int64, op func(a, b int64) (int64, bool)) (interval, bool) {
	lo, ok := op(x, y)
	hi, fits := op(u, v)
	if !ok || !fits {
		return anyInt, false
	}
	return interval{lo, hi}, true
}
