package interp

import (
	"fmt"

	"github.com/portals-lang/portals/lang/ir"
)

func (f *frame) evals(xs []ir.Expr) []Value {
	out := make([]Value, len(xs))
	for i, x := range xs {
		out[i] = f.eval(x)
	}
	return out
}

func (f *frame) eval(x ir.Expr) Value {
	switch x := x.(type) {
	case *ir.Const:
		if x.Value == nil {
			return Unit{}
		}
		return x.Value
	case *ir.Local:
		return f.vars[x.Var]
	case *ir.ParamRef:
		if v, ok := f.Params[x.Param]; ok {
			return v
		}
		return (&frame{World: f.World}).eval(x.Param.Default)
	case *ir.TaskParamRef:
		return (&frame{World: f.World}).eval(x.Param.Arg)
	case *ir.State:
		return f.cell.states(x.Var)[x.Var]
	case *ir.Key:
		return f.cell.Key
	case *ir.FuncRef:
		return Function(func(args []Value) Value { return f.call(x.Func, args) })
	case *ir.Lambda:
		return f.lambda(x)
	case *ir.Share:
		return f.eval(x.Place)
	case *ir.FieldGet:
		made := f.eval(x.Of).(Made)
		if made.Variant != x.Variant {
			panic("interp: a field of " + x.Variant.Name + " in " + made.Variant.Name)
		}
		return made.Fields[x.Field]
	case *ir.CommonGet:
		made := f.eval(x.Of).(Made)
		return made.Fields[x.Fields[made.Variant.Index]]
	case *ir.TupleGet:
		return f.eval(x.Of).(Tuple)[x.Index]
	case *ir.Unwrap:
		return unwrap(f.eval(x.Of), x.Err)
	case *ir.IsSome:
		return isSome(f.eval(x.Of))
	case *ir.IsVariant:
		return f.eval(x.Of).(Made).Variant == x.Variant
	case *ir.New:
		return Made{x.Variant, f.evals(x.Args)}
	case *ir.With:
		of := f.eval(x.Of).(Made)
		return of.with(x.Fields, f.evals(x.Values))
	case *ir.NewTuple:
		return Tuple(f.evals(x.Elems))
	case *ir.NewOption:
		if x.Value == nil {
			return Option{}
		}
		return Option{true, f.eval(x.Value)}
	case *ir.NewResult:
		return Result{x.Err, f.eval(x.Value)}
	case *ir.NewList:
		return List(f.evals(x.Elems))
	case *ir.NewMap:
		return f.newMap(x)
	case *ir.Operate:
		return f.operate(x)
	case *ir.Coalesce:
		if o := f.eval(x.A).(Option); o.Is {
			return o.Value
		}
		return f.eval(x.B)
	case *ir.Interpolate:
		text := ""
		for _, p := range x.Parts {
			text += Text(f.eval(p), p.Type())
		}
		return text
	case *ir.Call:
		return f.called(x)
	case *ir.Builtin:
		return f.builtin(x)
	case *ir.Ask:
		return f.Ask(x.Portal, f.eval(x.Req))
	}
	panic(fmt.Sprintf("interp: expression %T", x))
}

// lambda is a function value that reads the variables around it as they are when it runs.
func (f *frame) lambda(x *ir.Lambda) Value {
	return Function(func(args []Value) Value {
		defer f.placed()()
		if x.Spread {
			args = args[0].(Tuple)
		}
		inner := &frame{World: f.World, cell: f.cell, vars: map[*ir.Var]Value{}}
		for v, value := range f.vars {
			inner.vars[v] = value
		}
		for i, p := range x.Params {
			inner.vars[p] = args[i]
		}
		return inner.run(x.Body)
	})
}

func unwrap(v Value, err bool) Value {
	switch v := v.(type) {
	case Option:
		if v.Is {
			return v.Value
		}
	case Result:
		if v.Err == err {
			return v.Value
		}
	}
	panic("interp: nothing to unwrap")
}

func isSome(v Value) bool {
	if o, ok := v.(Option); ok {
		return o.Is
	}
	return !v.(Result).Err
}

func (f *frame) newMap(x *ir.NewMap) Value {
	m := Map{}
	for i := range x.Keys {
		key := f.eval(x.Keys[i])
		m = m.put(key, f.eval(x.Values[i]))
	}
	return m
}

func (f *frame) called(x *ir.Call) Value {
	switch {
	case x.Func != nil:
		return f.call(x.Func, f.evals(x.Args))
	case x.Extern != nil:
		v, err := f.Extern(x.Extern, f.evals(x.Args))
		if err != nil {
			fail("%v", err)
		}
		return v
	}
	fn := f.eval(x.Value).(Function)
	return fn(f.evals(x.Args))
}

func (f *frame) operate(x *ir.Operate) Value {
	a := f.eval(x.A)
	switch x.Op {
	case ir.And:
		return a.(bool) && f.eval(x.B).(bool)
	case ir.Or:
		return a.(bool) || f.eval(x.B).(bool)
	case ir.Not:
		return !a.(bool)
	case ir.Neg:
		if x, ok := a.(float64); ok {
			return -x
		}
		return negative(a.(int64), x.T.Kind)
	}
	b := f.eval(x.B)
	switch x.Op {
	case ir.Eq:
		return Equal(a, b)
	case ir.Ne:
		return !Equal(a, b)
	case ir.Concat:
		return a.(string) + b.(string)
	case ir.Lt, ir.Le, ir.Gt, ir.Ge:
		return compare(x.Op, a, b)
	}
	if b, ok := b.(float64); ok {
		return float(x.Op, a.(float64), b)
	}
	return arith(x.Op, a.(int64), b.(int64), operands{x.A.Type().Kind, x.B.Type().Kind, x.T.Kind})
}

// compare is < and its like. Nothing is less or greater than NaN.
func compare(op ir.Op, a, b Value) bool {
	if x, ok := a.(float64); ok && (x != x || b != b) {
		return false
	}
	c := Compare(a, b)
	switch op {
	case ir.Lt:
		return c < 0
	case ir.Le:
		return c <= 0
	case ir.Gt:
		return c > 0
	}
	return c >= 0
}
