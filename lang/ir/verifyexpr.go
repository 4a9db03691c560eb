package ir

import "maps"

// value checks an expression whose value is given away: a place that can change must be shared.
func (v *verifier) value(x Expr) {
	v.expr(x)
	if x != nil && x.Type() != nil {
		v.check(!x.Type().Owns || !Changes(x), "a place of type %s is given away without Share", x.Type().Name)
	}
}

func (v *verifier) values(xs []Expr) {
	for _, x := range xs {
		v.value(x)
	}
}

func (v *verifier) truth(x Expr) {
	v.value(x)
	v.check(x.Type().Kind == Bool, "a condition of type %s", x.Type().Name)
}

// effect checks an expression that is evaluated for its effect; only here a call may give no value.
func (v *verifier) effect(x Expr) {
	if c, ok := x.(*Call); ok {
		v.call(c)
		return
	}
	v.expr(x)
}

// valuesOf checks expressions against the types that they must have.
func (v *verifier) valuesOf(xs []Expr, want []*Type, what string) {
	v.values(xs)
	if len(xs) != len(want) {
		v.fail("%d values for %s, which takes %d", len(xs), what, len(want))
		return
	}
	for i, x := range xs {
		v.same(x.Type(), want[i], "a value for "+what)
	}
}

func (v *verifier) expr(x Expr) {
	if x == nil || x.Type() == nil {
		v.fail("an expression without a type (%T)", x)
		return
	}
	t := x.Type()
	switch x := x.(type) {
	case *Const:
		v.constKind(x)
	case *Local:
		v.check(v.known[x.Var], "%s is not in scope", x.Var.Name)
		v.check(!v.unset[x.Var], "%s may have no value", x.Var.Name)
		v.same(t, x.Var.Type, x.Var.Name)
	case *ParamRef:
		v.same(t, x.Param.Type, x.Param.Name)
	case *TaskParamRef:
		v.check(v.task != nil, "parameter %s of no task", x.Param.Var.Name)
		v.same(t, x.Param.Var.Type, x.Param.Var.Name)
	case *State:
		v.check(v.task != nil && v.task == x.Var.Task, "state %s of another task", x.Var.Name)
		v.same(t, x.Var.Type, x.Var.Name)
	case *Key:
		v.check(v.task != nil && v.task.Key == t, "key of a task without this key")
	case *FuncRef:
		v.check(t.Kind == FuncType && len(x.Func.Params) == len(t.Elems)-1, "function %s as %s", x.Func.Name, t.Name)
	case *Lambda:
		v.lambda(x)
	case *Share:
		v.expr(x.Place)
		v.check(t.Owns && Changes(x.Place), "Share of what does not change")
		v.same(t, x.Place.Type(), "Share")
	case *FieldGet, *CommonGet, *TupleGet, *Unwrap, *IsSome, *IsVariant:
		v.part(x)
	case *New:
		v.check(x.Variant.Def == t.Def, "%s as %s", x.Variant.Name, t.Name)
		v.valuesOf(x.Args, fieldTypes(x.Variant), x.Variant.Name)
	case *With:
		v.value(x.Of)
		v.values(x.Values)
		v.same(x.Of.Type(), t, "with")
	case *NewTuple:
		v.check(t.Kind == Tuple, "a tuple as %s", t.Name)
		v.valuesOf(x.Elems, t.Elems, "a tuple")
	case *NewOption:
		if v.check(t.Kind == Option, "an Option as %s", t.Name); x.Value != nil {
			v.valuesOf([]Expr{x.Value}, t.Elems, "Some")
		}
	case *NewResult:
		v.value(x.Value)
		v.check(t.Kind == Result, "a Result as %s", t.Name)
	case *NewList:
		v.check(t.Kind == List, "a list as %s", t.Name)
		for _, e := range x.Elems {
			v.value(e)
			v.same(e.Type(), t.Elems[0], "an element")
		}
	case *NewMap:
		v.check(t.Kind == Map && len(x.Keys) == len(x.Values), "a map as %s", t.Name)
		v.values(x.Keys)
		v.values(x.Values)
	case *Operate:
		v.operate(x)
	case *Coalesce:
		v.value(x.A)
		v.value(x.B)
		v.check(x.A.Type().Kind == Option && x.A.Type().Elems[0] == t && x.B.Type() == t, "?? of %s and %s", x.A.Type().Name, x.B.Type().Name)
	case *Interpolate:
		for _, p := range x.Parts {
			v.expr(p)
		}
	case *Call:
		v.call(x)
		v.check(t.Kind != Unit, "a call without a value inside an expression")
	case *Builtin:
		for _, a := range x.Args {
			v.expr(a)
		}
	case *Ask:
		v.value(x.Req)
		v.same(x.Req.Type(), x.Portal.Req, "request")
		v.check(t.Kind == Future && t.Elems[0] == x.Portal.Rep, "an ask as %s", t.Name)
	default:
		v.fail("unknown expression %T", x)
	}
}

func fieldTypes(variant *Variant) []*Type {
	out := make([]*Type, len(variant.Fields))
	for i, f := range variant.Fields {
		out[i] = f.Type
	}
	return out
}

func (v *verifier) constKind(x *Const) {
	ok := false
	switch x.Value.(type) {
	case nil:
		ok = x.T.Kind == Unit
	case bool:
		ok = x.T.Kind == Bool
	case int64:
		ok = x.T.Kind == Int || x.T.Kind == Time || x.T.Kind == Duration
	case float64:
		ok = x.T.Kind == Float
	case string:
		ok = x.T.Kind == String || x.T.Kind == Bytes
	}
	v.check(ok, "constant %v as %s", x.Value, x.T.Name)
}

// part checks what looks into a value.
func (v *verifier) part(x Expr) {
	switch x := x.(type) {
	case *FieldGet:
		v.expr(x.Of)
		v.check(x.Of.Type().Def == x.Variant.Def, "a field of %s in %s", x.Variant.Name, x.Of.Type().Name)
		v.same(x.T, x.Variant.Fields[x.Field].Type, x.Variant.Fields[x.Field].Name)
	case *CommonGet:
		v.expr(x.Of)
		def := x.Of.Type().Def
		if def == nil || len(def.Variants) != len(x.Fields) {
			v.fail("a field that all variants of %s have", x.Of.Type().Name)
			return
		}
		for i, variant := range def.Variants {
			v.same(variant.Fields[x.Fields[i]].Type, x.T, variant.Name)
		}
	case *TupleGet:
		v.expr(x.Of)
		t := x.Of.Type()
		if v.check(t.Kind == Tuple && x.Index < len(t.Elems), "element %d of %s", x.Index, t.Name); t.Kind == Tuple {
			v.same(x.T, t.Elems[x.Index], "element")
		}
	case *Unwrap:
		v.expr(x.Of)
		t, i := x.Of.Type(), 0
		if x.Err {
			i = 1
		}
		if v.check((t.Kind == Option || t.Kind == Result) && i < len(t.Elems), "the value of %s", t.Name); i < len(t.Elems) {
			v.same(x.T, t.Elems[i], "value")
		}
	case *IsSome:
		v.expr(x.Of)
		v.check(x.Of.Type().Kind == Option || x.Of.Type().Kind == Result, "Some of %s", x.Of.Type().Name)
	case *IsVariant:
		v.expr(x.Of)
		v.check(x.Of.Type().Def == x.Variant.Def, "%s of %s", x.Variant.Name, x.Of.Type().Name)
	}
}

func (v *verifier) operate(x *Operate) {
	v.expr(x.A)
	if x.Op == Not || x.Op == Neg {
		v.check(x.B == nil, "two operands of %s", x.Op)
		return
	}
	v.expr(x.B)
	switch x.Op {
	case Eq, Ne, Lt, Le, Gt, Ge, And, Or, Concat:
		v.same(x.B.Type(), x.A.Type(), "right side of "+x.Op.String())
	}
	switch x.Op {
	case Eq, Ne, Lt, Le, Gt, Ge, And, Or:
		v.check(x.T.Kind == Bool, "%s as %s", x.Op, x.T.Name)
	}
}

func (v *verifier) call(x *Call) {
	switch {
	case x.Func != nil:
		v.check(x.Func.Task == nil || x.Func.Task == v.task, "a helper of another task")
		v.valuesOf(x.Args, varTypes(x.Func.Params), x.Func.Name)
		v.same(x.T, x.Func.Result, "result of "+x.Func.Name)
	case x.Extern != nil:
		v.valuesOf(x.Args, varTypes(x.Extern.Params), x.Extern.Name)
	case x.Value != nil:
		v.expr(x.Value)
		t := x.Value.Type()
		if v.check(t.Kind == FuncType, "a call of %s", t.Name); t.Kind == FuncType {
			v.valuesOf(x.Args, t.Elems[:len(t.Elems)-1], "a function")
			v.same(x.T, t.Elems[len(t.Elems)-1], "result")
		}
	default:
		v.fail("a call of nothing")
	}
}

func varTypes(vars []*Var) []*Type {
	out := make([]*Type, len(vars))
	for i, p := range vars {
		out[i] = p.Type
	}
	return out
}

// lambda checks a function literal; it sees the variables around it, which have their values, and leaves no loop.
func (v *verifier) lambda(x *Lambda) {
	if x.T.Kind != FuncType {
		v.fail("a lambda as %s", x.T.Name)
		return
	}
	outer, inside, around := v.flow, v.inside, v.context
	v.flow, v.inside = flow{maps.Clone(v.known), maps.Clone(v.unset), false}, nil
	// In a test, which is no task's, an ask awaits by itself wherever it stands.
	v.context = context{task: around.task, result: x.Result, awaits: around.awaits && around.task == nil}
	params := x.T.Elems[:len(x.T.Elems)-1]
	if x.Spread {
		params = params[0].Elems
	}
	v.check(len(params) == len(x.Params), "a lambda of %d parameters as %s", len(x.Params), x.T.Name)
	for i, p := range x.Params {
		v.define(p, true)
		if i < len(params) {
			v.same(p.Type, params[i], "parameter "+p.Name)
		}
	}
	v.same(x.Result, x.T.Elems[len(x.T.Elems)-1], "result of a lambda")
	v.block(x.Body)
	v.check(v.dead || noValue(x.Result), "a lambda can end without a result")
	v.flow, v.inside, v.context = outer, inside, around
}
