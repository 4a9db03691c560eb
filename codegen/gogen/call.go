package gogen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/types"
)

// call prints a call of a function, of a helper of the running task, or of a parameter.
func (b *body) call(x *ir.Call) *jen.Statement {
	switch {
	case x.Extern != nil:
		return jen.Id(b.e.externs[x.Extern]).Call(b.exprs(x.Args)...)
	case x.Func != nil:
		return b.callee(x.Func).Call(append(b.given(x.Func), b.exprs(x.Args)...)...)
	}
	return b.operand(x.Value, precPrimary).Call(b.exprs(x.Args)...)
}

// callee is what stands before the parentheses of a call.
func (b *body) callee(f *ir.Func) *jen.Statement {
	if f.Task != nil {
		return jen.Id("l").Dot(b.e.tasks[f.Task].helpers[f])
	}
	return jen.Id(b.e.funcs[f])
}

// given are the arguments that a function gets beside the user's.
func (b *body) given(f *ir.Func) []jen.Code {
	var out []jen.Code
	need := b.e.needs[f]
	if f.Task == nil && need&needLane != 0 {
		out = append(out, b.laneRef())
	}
	if need&needHash != 0 && f.Task.Key != nil {
		out = append(out, b.hash())
	}
	if need&needKey != 0 {
		out = append(out, jen.Id("key"))
	}
	if need&needState != 0 {
		out = append(out, jen.Id("s"))
	}
	if need&needShared != 0 {
		out = append(out, jen.Id("sh"))
	}
	return out
}

// funcRef is a function as a value: itself, or when it must be given more than its arguments, a literal that does.
func (b *body) funcRef(x *ir.FuncRef) *jen.Statement {
	given := b.given(x.Func)
	if len(given) == 0 {
		return b.callee(x.Func)
	}
	inner := b.inner()
	var params []jen.Code
	for _, v := range x.Func.Params {
		name := inner.declare(v)
		params = append(params, jen.Id(name).Add(b.e.typ(v.Type)))
		given = append(given, jen.Id(name))
	}
	call := b.callee(x.Func).Call(given...)
	if x.Func.Result != nil && x.Func.Result.Kind != ir.Unit {
		call = jen.Return(call)
	}
	return jen.Func().Params(params...).Add(b.e.result(x.Func.Result)).Block(call)
}

// lambda prints a function literal: on one line if it is nothing but a short value, as people would.
func (b *body) lambda(x *ir.Lambda) *jen.Statement {
	inner := b.inner()
	inner.result, inner.around, inner.machine = x.Result, nil, nil // what leaves it leaves no more than that
	var params []jen.Code
	var apart []*ir.Var
	switch {
	case x.Spread:
		name := inner.scope.Take("t")
		for i, v := range x.Params {
			if v.Mutable {
				apart = append(apart, v)
			}
			inner.vars[v] = name + ".V" + string(rune('0'+i))
		}
		params = []jen.Code{jen.Id(name).Add(b.e.typ(x.T.Elems[0]))}
	default:
		params = inner.params(x.Params)
	}
	head := jen.Func().Params(params...).Add(b.e.result(x.Result))
	if len(apart) == 0 {
		if line := inner.oneLine(head, x); line != nil {
			return line
		}
	}
	return head.BlockFunc(func(g *jen.Group) {
		for _, v := range apart {
			from := inner.vars[v]
			b.mark(g)
			g.Id(inner.declare(v)).Op(":=").Id(from)
		}
		inner.function(g, x.Body)
		b.mark(g) // for what follows the brace
	})
}

// oneLine is a literal whose body is a single value, if it fits on the line of the statement around it.
func (b *body) oneLine(head *jen.Statement, x *ir.Lambda) *jen.Statement {
	if len(x.Body) != 1 {
		return nil
	}
	ret, ok := x.Body[0].(*ir.Return)
	if !ok || ret.Value == nil || !b.hasResult() || !b.sameLine(ret.At) {
		return nil
	}
	line := head.Clone().Op("{").Return(b.expr(ret.Value)).Op("}")
	if !short(line) {
		return nil
	}
	return line
}

// builtin prints a call of a built-in: a function of the runtime that is named after it.
func (b *body) builtin(x *ir.Builtin) *jen.Statement {
	switch x.Name {
	case "now":
		return jen.Id("l").Dot("Now").Call()
	case "random":
		return jen.Id("l").Dot("Random").Call(b.exprs(x.Args)...)
	case "uuid":
		return jen.Id("l").Dot("UUID").Call()
	case "min", "max":
		switch x.T.Kind {
		case ir.Int, ir.String, ir.Time, ir.Duration: // Go's own knows no order of NaNs
			args := b.builtinArgs(x)
			if isConst(x.Args[0]) && isConst(x.Args[1]) { // of bare numbers Go's own would give an int
				args[0] = b.typed(x.Args[0])
			}
			return jen.Id(x.Name).Call(args...)
		}
	case "Set":
		return ptl("SetOf").Call(b.exprs(x.Args)...)
	}
	return b.builtinCall(x.Name, b.builtinArgs(x), x.Descs)
}

func (b *body) builtinCall(name string, args []jen.Code, descs []*ir.Type) *jen.Statement {
	for _, t := range passed(name, descs) {
		args = append(args, b.e.desc(t))
	}
	return ptl(builtinName(name)).Call(args...)
}

// passed are the types whose descriptors the Go function takes: of those that must support == or <. For keys and numbers
// Go's own constraints do.
func passed(name string, descs []*ir.Type) []*ir.Type {
	e := builtin.Named(name)
	if e == nil {
		return nil // `m[k]` and the like, which are no entries of the table
	}
	var out []*ir.Type
	i := 0
	for _, p := range e.Signature().TypeParams {
		if p.Needs&(types.NeedEq|types.NeedOrd|types.NeedKey) == 0 {
			continue
		}
		if p.Needs&(types.NeedEq|types.NeedOrd) != 0 && i < len(descs) {
			out = append(out, descs[i])
		}
		i++
	}
	return out
}

// builtinName is the name of the Go function behind a built-in: `ListMap` for `List.map`.
func builtinName(name string) string {
	if e := builtin.Named(name); e != nil {
		return e.GoName()
	}
	receiver, method, _ := strings.Cut(name, ".")
	return receiver + strings.ToUpper(method[:1]) + method[1:]
}

// builtinArgs are the arguments of a built-in. A bare number needs its type where it alone decides a type parameter.
func (b *body) builtinArgs(x *ir.Builtin) []jen.Code {
	decided := len(x.Descs) > 0
	for _, arg := range x.Args {
		decided = decided || !isConst(arg)
	}
	var params []builtin.Param
	if e := builtin.Named(x.Name); e != nil {
		params = e.Signature().Params
		if e.Signature().Self != nil {
			params = append([]builtin.Param{{Type: e.Signature().Self}}, params...)
		}
	}
	out := make([]jen.Code, len(x.Args))
	for i, arg := range x.Args {
		if !decided && i < len(params) && isParam(params[i].Type) {
			out[i] = b.typed(arg)
			continue
		}
		out[i] = b.expr(arg)
	}
	return out
}

func isParam(t types.Type) bool {
	_, ok := t.(*types.Param)
	return ok
}
