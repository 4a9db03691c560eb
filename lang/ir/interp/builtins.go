package interp

import (
	"math"
	"math/big"
	"time"

	"github.com/portals-lang/portals/lang/ir"
)

// apply calls a function value.
func apply(f Value, args ...Value) Value { return f.(Function)(args) }

// holds calls a function value that answers yes or no.
func holds(f Value, args ...Value) bool { return apply(f, args...).(bool) }

func some(v Value) Value { return Option{true, v} }

func optional(is bool, v func() Value) Value {
	if !is {
		return Option{}
	}
	return Option{true, v()}
}

// builtin calls a built-in that changes nothing.
func (f *frame) builtin(x *ir.Builtin) Value {
	args := f.evals(x.Args)
	switch x.Name {
	case "now":
		return f.Now()
	case "random":
		if n := args[0].(int64); n <= 0 {
			fail("random(n) needs n > 0")
		}
		return f.Random(args[0].(int64))
	case "uuid":
		return f.UUID()
	case "Bool.toString", "Int.toString", "Float.toString", "Time.toString", "Duration.toString":
		return Text(args[0], x.Args[0].Type())
	case "List.sum":
		return sum(args[0].(List), x.T.Kind)
	case "abs":
		return abs(args[0], x.T.Kind)
	}
	for _, group := range []map[string]func([]Value) Value{globals, lists, texts, mapBuiltins, sets, options, numbers, times} {
		if call := group[x.Name]; call != nil {
			return call(args)
		}
	}
	panic("interp: built-in " + x.Name)
}

func sum(xs List, kind ir.Kind) Value {
	if kind == ir.Float {
		total := 0.0
		for _, x := range xs {
			total += x.(float64)
		}
		return total
	}
	total := int64(0)
	for _, x := range xs {
		total = arith(ir.Add, total, x.(int64), operands{kind, kind, kind})
	}
	return total
}

// abs is a number without its sign.
func abs(v Value, kind ir.Kind) Value {
	switch x := v.(type) {
	case float64:
		return math.Abs(x)
	case int64:
		if x < 0 {
			return negative(x, kind)
		}
	}
	return v
}

var globals = map[string]func([]Value) Value{
	"min": func(a []Value) Value { return least(a, 1) },
	"max": func(a []Value) Value { return least(a, -1) },
	"range": func(a []Value) Value {
		out := List{}
		for i := a[0].(int64); i < a[1].(int64); i++ {
			out = append(out, i)
		}
		return out
	},
	"Set": func(a []Value) Value {
		if len(a) == 0 {
			return Set{}
		}
		return setOf(a[0].(List))
	},
	"epoch": func([]Value) Value { return int64(0) },
}

// least is the least of values, or with -1 the greatest; the first of equal ones.
func least(xs []Value, sign int) Value {
	best := xs[0]
	for _, x := range xs[1:] {
		if Compare(x, best)*sign < 0 {
			best = x
		}
	}
	return best
}

var options = map[string]func([]Value) Value{
	"Option.isSome": func(a []Value) Value { return a[0].(Option).Is },
	"Option.isNone": func(a []Value) Value { return !a[0].(Option).Is },
	"Option.map": func(a []Value) Value {
		o := a[0].(Option)
		return optional(o.Is, func() Value { return apply(a[1], o.Value) })
	},
	"Option.flatMap": func(a []Value) Value {
		if o := a[0].(Option); o.Is {
			return apply(a[1], o.Value)
		}
		return a[0]
	},
	"Option.filter": func(a []Value) Value {
		if o := a[0].(Option); o.Is && !holds(a[1], o.Value) {
			return Option{}
		}
		return a[0]
	},
	"Option.orElse": func(a []Value) Value {
		if a[0].(Option).Is {
			return a[0]
		}
		return a[1]
	},
	"Option.okOr": func(a []Value) Value {
		if o := a[0].(Option); o.Is {
			return Result{Value: o.Value}
		}
		return Result{Err: true, Value: a[1]}
	},
	"Option.toList": func(a []Value) Value {
		if o := a[0].(Option); o.Is {
			return List{o.Value}
		}
		return List{}
	},
	"Result.isOk":  func(a []Value) Value { return !a[0].(Result).Err },
	"Result.isErr": func(a []Value) Value { return a[0].(Result).Err },
	"Result.map": func(a []Value) Value {
		if r := a[0].(Result); !r.Err {
			return Result{Value: apply(a[1], r.Value)}
		}
		return a[0]
	},
	"Result.mapErr": func(a []Value) Value {
		if r := a[0].(Result); r.Err {
			return Result{Err: true, Value: apply(a[1], r.Value)}
		}
		return a[0]
	},
	"Result.flatMap": func(a []Value) Value {
		if r := a[0].(Result); !r.Err {
			return apply(a[1], r.Value)
		}
		return a[0]
	},
	"Result.toOption": func(a []Value) Value {
		r := a[0].(Result)
		return optional(!r.Err, func() Value { return r.Value })
	},
}

var numbers = map[string]func([]Value) Value{
	"Int.toFloat": func(a []Value) Value { return float64(a[0].(int64)) },
	"Int.pow": func(a []Value) Value {
		x, n := a[0].(int64), a[1].(int64)
		if n < 0 {
			fail("power of %d to %d: the exponent is negative", x, n)
		}
		exponent := n
		if n > 64 { // nothing but 0, 1 and -1 has such a power that fits
			exponent = 64 + n%2
		}
		out := new(big.Int).Exp(big.NewInt(x), big.NewInt(exponent), nil)
		if !out.IsInt64() {
			fail("%d to the power of %d does not fit in Int (64 bits)", x, n)
		}
		return out.Int64()
	},
	"Float.toInt": func(a []Value) Value { return whole(math.Trunc(a[0].(float64))) },
	"Float.floor": func(a []Value) Value { return whole(math.Floor(a[0].(float64))) },
	"Float.ceil":  func(a []Value) Value { return whole(math.Ceil(a[0].(float64))) },
	"Float.round": func(a []Value) Value { return whole(math.Round(a[0].(float64))) },
	"Float.roundTo": func(a []Value) Value {
		scale := math.Pow(10, float64(a[1].(int64)))
		return math.Round(a[0].(float64)*scale) / scale
	},
	"Float.sqrt":  func(a []Value) Value { return math.Sqrt(a[0].(float64)) },
	"Float.pow":   func(a []Value) Value { return math.Pow(a[0].(float64), a[1].(float64)) },
	"Float.exp":   func(a []Value) Value { return math.Exp(a[0].(float64)) },
	"Float.ln":    func(a []Value) Value { return math.Log(a[0].(float64)) },
	"Float.isNaN": func(a []Value) Value { return math.IsNaN(a[0].(float64)) },
}

func utc(v Value) time.Time { return time.Unix(0, v.(int64)).UTC() }

var times = map[string]func([]Value) Value{
	"Time.floor": func(a []Value) Value {
		t, unit := a[0].(int64), a[1].(int64)
		if unit <= 0 {
			fail("floor to %s: the unit must be positive", showDuration(unit))
		}
		return arith(ir.Sub, t, ((t%unit)+unit)%unit, untils)
	},
	"Time.year":          func(a []Value) Value { return int64(utc(a[0]).Year()) },
	"Time.month":         func(a []Value) Value { return int64(utc(a[0]).Month()) },
	"Time.day":           func(a []Value) Value { return int64(utc(a[0]).Day()) },
	"Time.weekday":       func(a []Value) Value { return int64(utc(a[0]).Weekday()+6)%7 + 1 },
	"Time.hour":          func(a []Value) Value { return int64(utc(a[0]).Hour()) },
	"Time.minute":        func(a []Value) Value { return int64(utc(a[0]).Minute()) },
	"Time.second":        func(a []Value) Value { return int64(utc(a[0]).Second()) },
	"Time.date":          func(a []Value) Value { return utc(a[0]).Format(time.DateOnly) },
	"Duration.toSeconds": func(a []Value) Value { return time.Duration(a[0].(int64)).Seconds() },
}
