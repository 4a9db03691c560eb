package lower

import (
	"slices"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck"
)

// call lowers a call to an expression. What gives no value becomes a statement.
func (b *body) call(e *ast.Call) ir.Expr {
	c := b.info.Calls[e]
	if c == nil {
		b.bug(e.Place, "call without a meaning")
	}
	switch c.Kind {
	case typecheck.CallFun:
		return b.asStatement(b.callFun(e, c))
	case typecheck.CallLocal:
		value := b.localRead(e.Fun, c.Local)
		return b.asStatement(&ir.Call{X: ir.X{T: b.typeOf(e), At: e.Place}, Value: value, Args: b.args(c.Args)})
	case typecheck.CallCtor:
		return b.construct(e, c)
	case typecheck.CallBuiltin:
		return b.builtin(e, c.Name, b.args(given(c.Args)), c.TypeArgs)
	case typecheck.CallMethod:
		if c.Mutates {
			return b.mutate(e, c)
		}
		return b.method(e, c)
	case typecheck.CallWith:
		return b.with(e)
	}
	b.bug(e.Place, "call of kind %d", c.Kind)
	return nil
}

// given are the arguments without those that were left out; built-ins have one optional argument at most, the last.
func given(args []ast.Expr) []ast.Expr {
	return slices.DeleteFunc(slices.Clone(args), func(e ast.Expr) bool { return e == nil })
}

// asStatement makes a statement of a call that gives no value.
func (b *body) asStatement(call ir.Expr) ir.Expr {
	if call.Type().Kind != ir.Unit {
		return call
	}
	b.add(&ir.Do{S: ir.S{At: call.Span()}, X: call})
	return unit(call.Type(), call.Span())
}

// args lowers arguments, which stand in the order of the parameters, in the order of the text, in which they are
// evaluated. If the two differ, and that could be observed, all are bound to variables.
func (b *body) args(args []ast.Expr) []ir.Expr {
	order := make([]int, len(args))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return args[i].Span().Start - args[j].Span().Start })
	xs := b.operands(len(args), func(i int) ir.Expr { return b.expr(args[order[i]]) })
	if !slices.IsSorted(order) {
		bind := make([]bool, len(xs))
		behind := &later{effects: b.effects}
		for i := len(xs) - 1; i >= 0; i-- {
			bind[i] = behind.disturbs(xs[i]) || effectOf(b.effects, xs[i])&visible != 0
			behind.evaluates(xs[i])
		}
		for i := range xs {
			if bind[i] {
				xs[i] = b.temp("value", xs[i])
			}
		}
	}
	out := make([]ir.Expr, len(args))
	for i, at := range order {
		out[at] = xs[i]
	}
	return out
}

func (b *body) callFun(e *ast.Call, c *typecheck.Call) ir.Expr {
	x := ir.X{T: b.typeOf(e), At: e.Place}
	args := b.args(c.Args)
	if c.Fun.Extern != nil {
		return &ir.Call{X: x, Extern: b.extern(c.Fun), Args: args}
	}
	return &ir.Call{X: x, Func: b.instance(c.Fun, b.closedAll(c.TypeArgs)), Args: args}
}

// closedAll puts what the type parameters around stand for into type arguments.
func (b *body) closedAll(ts []types.Type) []types.Type {
	out := make([]types.Type, len(ts))
	for i, t := range ts {
		out[i] = types.Substitute(t, b.sub)
	}
	return out
}

// construct lowers a call of a constructor; fields that are left out get their defaults.
func (b *body) construct(e *ast.Call, c *typecheck.Call) ir.Expr {
	t := b.typeOf(e)
	args := b.args(given(c.Args))
	all := make([]ir.Expr, len(c.Args))
	for i, a := range c.Args {
		if a != nil {
			all[i], args = args[0], args[1:]
			continue
		}
		all[i] = b.defaultOf(t, c.Variant, i)
	}
	return b.build(ir.X{T: t, At: e.Place}, c.Variant, all)
}

// defaultOf is the default of a field of t; it is evaluated where the value is built, in terms of t's own arguments.
func (b *body) defaultOf(t *ir.Type, v *types.Variant, i int) ir.Expr {
	named := b.types.source[t.Def]
	sub := b.sub
	defer func() { b.sub = sub }()
	b.sub = types.Bind(named.Def.Params, named.Args)
	return b.expr(b.info.Defaults[v.Fields[i]])
}

// build makes a value of a constructor.
func (b *body) build(x ir.X, v *types.Variant, args []ir.Expr) ir.Expr {
	switch v.Def {
	case types.OptionDef:
		if v.Name == "None" {
			return &ir.NewOption{X: x}
		}
		return &ir.NewOption{X: x, Value: args[0]}
	case types.ResultDef:
		return &ir.NewResult{X: x, Value: args[0], Err: v.Name == "Err"}
	case types.FailureDef:
		return &ir.NewTuple{X: x, Elems: args}
	}
	return &ir.New{X: x, Variant: x.T.Def.Variants[v.Index], Args: args}
}

// with lowers o.with(field: e).
func (b *body) with(e *ast.Call) ir.Expr {
	xs := b.operands(1+len(e.Args), func(i int) ir.Expr {
		if i == 0 {
			return b.expr(e.Fun.(*ast.Field).X)
		}
		return b.expr(e.Args[i-1].Value)
	})
	w := &ir.With{X: ir.X{T: b.typeOf(e), At: e.Place}, Of: xs[0], Values: xs[1:]}
	for _, a := range e.Args {
		for i, f := range w.T.Def.Variants[0].Fields {
			if f.Name == a.Name.Text {
				w.Fields = append(w.Fields, i)
			}
		}
	}
	return w
}

// method lowers a call of a built-in method. The receiver is only looked at if nothing of it is given away and no
// argument can change it.
func (b *body) method(e *ast.Call, c *typecheck.Call) ir.Expr {
	t := b.typeOf(e)
	receiver := e.Fun.(*ast.Field).X
	args := given(c.Args)
	xs := b.operands(1+len(args), func(i int) ir.Expr {
		if i > 0 {
			return b.expr(args[i-1])
		}
		return b.read(receiver)
	})
	if !lookup(t) || b.changedBy(xs[0], xs[1:]) {
		xs[0] = b.own(xs[0])
	}
	return b.builtin(e, c.Name, xs, c.TypeArgs)
}

// changedBy tells whether a function among the arguments may change the state that x reads.
func (b *body) changedBy(x ir.Expr, args []ir.Expr) bool {
	if _, ok := ir.Root(x).(*ir.State); !ok {
		return false
	}
	for _, a := range args {
		if effectOf(b.effects, a)&writesState != 0 {
			return true
		}
	}
	return false
}

// builtin makes the call of a built-in function, method or property.
func (b *body) builtin(e ast.Expr, name string, args []ir.Expr, typeArgs []types.Type) ir.Expr {
	return &ir.Builtin{X: ir.X{T: b.typeOf(e), At: e.Span()}, Name: name, Args: args, Descs: b.descs(name, typeArgs)}
}

// described are the constraints for which a function gets a descriptor.
const described = types.NeedEq | types.NeedOrd | types.NeedKey

// descs are the types of which a built-in needs descriptors: those that its signature asks something of.
func (b *body) descs(name string, typeArgs []types.Type) []*ir.Type {
	if len(typeArgs) == 0 {
		return nil
	}
	var out []*ir.Type
	for i, p := range entry(name).Signature().TypeParams {
		if p.Needs&described != 0 {
			out = append(out, b.typ(typeArgs[i]))
		}
	}
	return out
}

// entry finds a built-in by the name that the checker gives it.
func entry(name string) *builtin.Entry {
	if e := builtin.Named(name); e != nil {
		return e
	}
	panic(bug{"no built-in " + name})
}

// mutate lowers a mutating method: the arguments first, then the change of the place.
func (b *body) mutate(e *ast.Call, c *typecheck.Call) ir.Expr {
	at := ir.S{At: e.Place}
	args := b.exprs(given(c.Args))
	place := b.place(e.Fun.(*ast.Field).X)
	for i, a := range args {
		if effectOf(b.effects, a)&writesState != 0 {
			args[i] = b.temp("value", a)
		}
	}
	b.add(&ir.Mutate{S: at, Name: c.Name, Place: place, Args: args, Descs: b.descs(c.Name, c.TypeArgs)})
	return unit(b.basic(types.Unit), e.Place)
}

// ctorValue lowers a constructor without arguments: a value, or a function that builds one.
func (b *body) ctorValue(e ast.Expr, v *types.Variant) ir.Expr {
	t := b.typeOf(e)
	if len(v.Fields) == 0 {
		return b.build(ir.X{T: t, At: e.Span()}, v, nil)
	}
	return b.wrapped(e, t, func(args []ir.Expr, result *ir.Type) ir.Expr {
		return b.build(ir.X{T: result, At: e.Span()}, v, args)
	})
}

// wrapped is a function value of type t that calls what has no function of its own.
func (b *body) wrapped(e ast.Expr, t *ir.Type, call func([]ir.Expr, *ir.Type) ir.Expr) ir.Expr {
	last := len(t.Elems) - 1
	l := &ir.Lambda{X: ir.X{T: t, At: e.Span()}, Result: t.Elems[last]}
	var args []ir.Expr
	for _, p := range t.Elems[:last] {
		v := &ir.Var{Name: "x", Type: p, Temp: true, Span: e.Span()}
		l.Params = append(l.Params, v)
		args = append(args, local(v, e.Span()))
	}
	l.Body = b.block(func() { b.give(back(l.Result), call(args, l.Result)) })
	return l
}

// funValue lowers a function that is handed over. Helpers, which need their task, and Go's functions are called by a
// lambda.
func (b *body) funValue(e ast.Expr, f *typecheck.Fun) ir.Expr {
	t := b.typeOf(e)
	if f.Extern != nil {
		return b.wrapped(e, t, func(args []ir.Expr, result *ir.Type) ir.Expr {
			return &ir.Call{X: ir.X{T: result, At: e.Span()}, Extern: b.extern(f), Args: args}
		})
	}
	made := b.instance(f, b.closedAll(b.info.Insts[e]))
	if f.Task != nil {
		return b.wrapped(e, t, func(args []ir.Expr, result *ir.Type) ir.Expr {
			return &ir.Call{X: ir.X{T: result, At: e.Span()}, Func: made, Args: args}
		})
	}
	return &ir.FuncRef{X: ir.X{T: t, At: e.Span()}, Func: made}
}

// lambda lowers a function literal that is handed over.
func (b *body) lambda(e *ast.Lambda) ir.Expr {
	t := b.typeOf(e)
	l := &ir.Lambda{X: ir.X{T: t, At: e.Place}, Result: t.Elems[len(t.Elems)-1]}
	params := t.Elems[:len(t.Elems)-1]
	if len(params) == 1 && len(e.Params) > 1 {
		l.Spread, params = true, params[0].Elems
	}
	for i, p := range e.Params {
		l.Params = append(l.Params, b.lambdaParam(p, params[i]))
	}
	ret, frames := b.ret, b.frames
	b.ret, b.frames = back(l.Result), nil
	l.Body = b.block(func() { b.into(b.ret, e.Body) })
	b.ret, b.frames = ret, frames
	return l
}

// lambdaParam is the variable of a parameter; one that is not used is called `_`.
func (b *body) lambdaParam(p *ast.LambdaParam, t *ir.Type) *ir.Var {
	if l := b.bindingOf(p); l != nil {
		return b.declare(l)
	}
	return &ir.Var{Name: "_", Type: t, Span: p.Place}
}
