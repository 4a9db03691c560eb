package lower

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck"
)

// program lowers the application: first everything that has a name, then what is behind the names.
func (l *lowerer) program() {
	app := l.info.App
	for _, p := range app.Params {
		made := &ir.Param{Name: p.Name, Flag: p.Flag, Doc: string(p.Decl.Doc), Type: l.closed(p.Type, nil), Span: p.Decl.Name.Place}
		l.params[p] = made
		l.prog.Params = append(l.prog.Params, made)
	}
	for _, p := range app.Portals {
		l.portal(p)
	}
	for _, s := range app.Streams {
		l.stream(s)
	}
	for _, p := range app.Params {
		if p.Decl.Default != nil {
			l.params[p].Default = l.value(p.Name+"Default", p.Decl.Default, l.newBody(nil, nil))
		}
	}
	for _, s := range app.Streams {
		l.producer(s)
	}
	for _, w := range app.Workflows {
		l.workflow(w)
		l.drain()
	}
	for _, s := range app.Sinks {
		l.prog.Sinks = append(l.prog.Sinks, &ir.Sink{
			Name: s.Name, Stream: l.stream(s.Stream), Span: s.Decl.Place,
			Target: l.endpoint("sink", s.Call, s.Name+"Sink", s.Decl.Target.Span()),
		})
	}
	for _, t := range app.Tests {
		l.lowerTest(t)
	}
	l.drain()
	l.defaults()
	l.prog.Types = l.types.finish()
	l.fix()
	for _, w := range l.prog.Workflows {
		for _, in := range w.Inputs {
			if in.Stream.Ranged() {
				narrow(in.Segment)
			}
		}
	}
}

// portal is the portal that p means; a peer's one is in the program when something uses it.
func (l *lowerer) portal(p *typecheck.Portal) *ir.Portal {
	if made := l.portals[p]; made != nil {
		return made
	}
	made := &ir.Portal{
		Name: p.Name, Doc: string(p.Decl.Doc), App: p.App, Exported: p.Exported, Span: p.Decl.Name.Place,
		Req: l.closed(p.Req, nil), Rep: l.closed(p.Rep, nil),
	}
	l.portals[p] = made
	l.prog.Portals = append(l.prog.Portals, made)
	if p.KeyFn != nil && p.App == "" { // a peer finds the keys of its portals itself
		made.Key = l.lift(p.Name+"Key", p.KeyFn, []*ir.Type{made.Req}, l.closed(p.Key, nil))
		l.fixedBody(made.Key.Body)
	}
	return made
}

func (l *lowerer) stream(s *typecheck.Stream) *ir.Stream {
	if made := l.streams[s]; made != nil {
		return made
	}
	made := &ir.Stream{
		Name: s.Name, Was: s.Was, App: s.App, Type: l.closed(s.Type, nil), Exported: s.Exported, Kind: producers[s.Kind],
	}
	if s.Decl != nil {
		made.Doc, made.Span = string(s.Decl.Doc), s.Decl.Name.Place
	}
	l.streams[s] = made
	l.prog.Streams = append(l.prog.Streams, made)
	return made
}

var producers = map[typecheck.SourceKind]ir.StreamKind{
	typecheck.FromWorkflow: ir.ByWorkflow, typecheck.FromConnector: ir.ByConnector, typecheck.FromGenerator: ir.ByGenerator,
	typecheck.FromSequence: ir.BySequence, typecheck.FromSplit: ir.BySplit, typecheck.FromPeer: ir.ByPeer,
	typecheck.FromDeadLetters: ir.ByDeadLetters,
}

// producer lowers what produces a stream.
func (l *lowerer) producer(s *typecheck.Stream) {
	made := l.streams[s]
	if s.App != "" { // what it is made of is in the other app
		return
	}
	for _, in := range s.Inputs {
		made.Inputs = append(made.Inputs, l.stream(in))
	}
	switch s.Kind {
	case typecheck.FromConnector:
		made.Source = l.endpoint("source", s.Call, s.Name, s.Decl.Source.Span())
		made.Made = made.Source.Name
	case typecheck.FromGenerator:
		made.Source = l.endpoint("generator", s.Call, s.Name, s.Decl.Source.Span())
		made.Made = words(s.Decl.Source.Span())
		for _, arg := range made.Source.Args {
			l.fixedExprs(arg.Value, arg.Or)
		}
	case typecheck.FromSplit:
		made.Split = l.lift(s.Name+"Split", s.Split, []*ir.Type{made.Inputs[0].Type}, l.types.of(types.Bool))
	}
}

// endpoint lowers the call of a connector or generator. Its arguments stand in the order in which it declares them.
func (l *lowerer) endpoint(role string, c *typecheck.Call, name string, at source.Span) *ir.Endpoint {
	end := &ir.Endpoint{Name: c.Name, Span: at}
	for _, param := range endpointParams(role, c.Name) {
		arg := c.Named[param.Name]
		if arg == nil {
			continue
		}
		made := &ir.EndpointArg{Name: param.Name}
		if word, ok := arg.Value.(*ast.Ident); ok && param.Word == "Bad" {
			made.Word = word.Name
		} else {
			b := l.newBody(nil, nil)
			made.Value = l.value(name+title(param.Name), arg.Value, b)
			if arg.Or != nil {
				made.Or = l.value(name+title(param.Name)+"Or", arg.Or, b)
			}
		}
		end.Args = append(end.Args, made)
	}
	return end
}

// endpointParams are the parameters of a connector or generator.
func endpointParams(role, name string) []builtin.Param {
	for _, c := range typecheck.Connectors(role) {
		s := c.Signature()
		if s.Name == name || s.Module+"."+s.Name == name {
			return s.Params
		}
	}
	panic(bug{"no " + role + " " + name})
}

// value lowers an expression that stands outside of any block. If it needs statements, has a lambda, or may fail, it becomes a call of a
// function that holds it: so the failure has a place.
func (l *lowerer) value(name string, e ast.Expr, b *body) ir.Expr {
	l.at = e.Span()
	if lambda, ok := bare(e).(*ast.Lambda); ok {
		return b.liftLambda(name, lambda)
	}
	var x ir.Expr
	stmts := b.block(func() { x = b.expr(e) })
	if _, named := x.(*ir.FuncRef); named || len(stmts) == 0 && effectOf(b.effects, x)&(fails|acts) == 0 {
		return x
	}
	f := &ir.Func{Name: name, Of: words(e.Span()), Result: x.Type(), Span: e.Span()}
	f.Body = b.block(func() { b.into(giving{to: giveBack}, e) })
	b.keep(f)
	return &ir.Call{X: ir.X{T: x.Type(), At: e.Span()}, Func: f}
}

// keep adds a lifted function to the task that is being lowered, or to the program.
func (b *body) keep(f *ir.Func) {
	b.effects[f] = fails
	if b.task != nil && b.task.task != nil {
		f.Task = b.task.task
		f.Task.Helpers = append(f.Task.Helpers, f)
		b.effects[f] |= readsState | writesState
		return
	}
	b.prog.Funcs = append(b.prog.Funcs, f)
}

// liftLambda makes a lambda that stands outside of any block a function; a simple one stays.
func (b *body) liftLambda(name string, e *ast.Lambda) ir.Expr {
	made := b.lambda(e).(*ir.Lambda)
	if len(made.Body) == 1 {
		return made
	}
	if made.Spread {
		return made
	}
	f := &ir.Func{Name: name, Of: words(e.Place), Params: made.Params, Result: made.Result, Body: made.Body, Span: e.Place}
	b.keep(f)
	return &ir.FuncRef{X: made.X, Func: f}
}

// lift makes a function of a lambda, or of a function's name, that stands in a declaration.
func (l *lowerer) lift(name string, e ast.Expr, params []*ir.Type, result *ir.Type) *ir.Func {
	b := l.newBody(nil, nil)
	l.at = e.Span()
	f := &ir.Func{Name: name, Result: result, Span: e.Span()}
	f.Body = b.block(func() {
		args := make([]ir.Expr, len(params))
		for i, t := range params {
			v := &ir.Var{Name: paramName(e, i, len(params)), Type: t, Span: e.Span()}
			f.Params = append(f.Params, v)
			args[i] = local(v, e.Span())
		}
		b.give(back(result), b.applied(e, args))
	})
	return f
}

// paramName is what a function calls its i-th of n parameters.
func paramName(e ast.Expr, i, n int) string {
	if lambda, ok := bare(e).(*ast.Lambda); ok && len(lambda.Params) == n && lambda.Params[i].Name != nil && lambda.Params[i].Name.Text != "_" {
		return lambda.Params[i].Name.Text
	}
	return "event"
}

// applied is what a lambda or named function of the source gives for arguments. A lambda is inlined.
func (b *body) applied(fn ast.Expr, args []ir.Expr) ir.Expr {
	switch e := bare(fn).(type) {
	case *ast.Lambda:
		return b.inlined(e, args)
	default:
		value := b.read(e)
		result := value.Type().Elems[len(value.Type().Elems)-1]
		x := ir.X{T: result, At: fn.Span()}
		switch f := value.(type) {
		case *ir.FuncRef:
			return b.asStatement(&ir.Call{X: x, Func: f.Func, Args: args})
		case *ir.Lambda: // a constructor, or Go's function
			for i, p := range f.Params {
				b.add(&ir.Define{S: ir.S{At: fn.Span()}, Var: p, Init: args[i]})
			}
			if back, ok := f.Body[0].(*ir.Return); ok {
				return back.Value
			}
			b.add(f.Body[0])
			return unit(result, fn.Span())
		}
		return b.asStatement(&ir.Call{X: x, Value: value, Args: args})
	}
}

// inlined is the value of a lambda's body for arguments.
func (b *body) inlined(e *ast.Lambda, args []ir.Expr) ir.Expr {
	if len(args) == 1 && len(e.Params) > 1 {
		of := b.steady(args[0], false)
		args = nil
		for i, t := range of.Type().Elems {
			args = append(args, &ir.TupleGet{X: ir.X{T: t, At: e.Params[i].Place}, Of: of, Index: i})
		}
	}
	for i, p := range e.Params {
		if l := b.bindingOf(p); l != nil {
			b.name(l, args[i])
		}
	}
	if !returns(e.Body) {
		return b.expr(e.Body)
	}
	return b.scoped(e)
}

// name makes l another name for x, if that is a variable that stays as it is, or else a variable of its own.
func (b *body) name(l *typecheck.Local, x ir.Expr) {
	if v, ok := x.(*ir.Local); ok && !v.Var.Mutable {
		b.vars[l] = v
		return
	}
	v := b.declare(l)
	b.add(&ir.Define{S: ir.S{At: l.Span}, Var: v, Init: b.own(x)})
}

// scoped is the value of a body with `return` in it, which leaves a scope around it.
func (b *body) scoped(e *ast.Lambda) ir.Expr {
	at := ir.S{At: e.Place}
	v := &ir.Var{Name: "result", Type: b.typeOf(e.Body), Temp: true, Span: e.Place}
	if f, ok := types.Resolve(b.info.Types[e]).(*types.Func); ok {
		v.Type = b.typ(f.Result)
	}
	label := b.newLabel("lambda")
	b.add(&ir.Define{S: at, Var: v})
	ret := b.ret
	b.ret = giving{to: giveVar, v: v, label: label}
	scope := &ir.Scope{S: at, Label: label}
	scope.Body = b.within(frame{label: label}, func() { b.into(b.ret, e.Body) })
	b.ret = ret
	b.add(scope)
	return local(v, e.Place)
}

// returns tells whether there is a `return` in e that is not one of a lambda inside.
func returns(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.Lambda:
			return false
		case *ast.Return:
			found = true
		}
		return true
	})
	return found
}

// defaults lowers the defaults of fields, which data that lack them get. They may bring in further types.
func (l *lowerer) defaults() {
	for i := 0; i < len(l.types.defs); i++ {
		d := l.types.defs[i]
		named := l.types.source[d]
		for v, variant := range named.Def.Variants {
			for f, field := range variant.Fields {
				if !field.Default {
					continue
				}
				b := l.newBody(types.Bind(named.Def.Params, named.Args), nil)
				name := strings.ToLower(variant.Name[:1]) + variant.Name[1:] + title(field.Name) + "Default"
				d.Variants[v].Fields[f].Default = l.value(name, l.info.Defaults[field], b)
			}
		}
		l.drain()
	}
}

// title is a name as the second word of another.
func title(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
