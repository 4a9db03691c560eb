package lower

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/typecheck"
)

// stmt lowers one statement.
func (b *body) stmt(s ast.Stmt) {
	b.at = s.Span()
	switch s := s.(type) {
	case *ast.ExprStmt:
		b.into(giving{}, s.X)
	case *ast.LetStmt:
		b.let(s)
	case *ast.VarStmt:
		v := b.declare(b.info.Bindings[s])
		b.define(v, s.Value, s.Place)
	case *ast.AssignStmt:
		b.assign(s)
	case *ast.ForStmt:
		b.forEach(s)
	case *ast.WhileStmt:
		b.while(s)
	case *ast.LogStmt:
		b.add(&ir.Log{S: ir.S{At: s.Place}, Message: b.expr(s.X)})
	default:
		b.bug(s.Span(), "statement %T", s)
	}
}

// define declares v with the value of e.
func (b *body) define(v *ir.Var, e ast.Expr, at source.Span) {
	switch bare(e).(type) {
	case *ast.If, *ast.Match:
		if v.Type.Kind != ir.Unit {
			b.add(&ir.Define{S: ir.S{At: at}, Var: v})
			b.into(giving{to: giveVar, v: v}, e)
			return
		}
	}
	x := b.expr(e)
	if reply, ok := x.(*ir.Local); ok && reply.Var.Temp && len(b.out) > 0 {
		if s, ok := b.out[len(b.out)-1].(*ir.Await); ok && s.Into == reply.Var {
			s.Into = v
			return
		}
	}
	b.add(&ir.Define{S: ir.S{At: at}, Var: v, Init: x})
}

// bare is e without parentheses.
func bare(e ast.Expr) ast.Expr {
	for {
		p, ok := e.(*ast.Paren)
		if !ok {
			return e
		}
		e = p.X
	}
}

// let binds a pattern that cannot fail.
func (b *body) let(s *ast.LetStmt) {
	switch p := s.Pattern.(type) {
	case *ast.WildcardPattern:
		b.into(giving{}, s.Value)
		return
	case *ast.BindPattern:
		if local := b.info.Bindings[p]; local != nil && b.used[local] {
			v := b.declare(local)
			b.define(v, s.Value, s.Place)
		} else {
			b.into(giving{}, s.Value)
		}
		return
	case *ast.TuplePattern:
		if lit, ok := bare(s.Value).(*ast.TupleLit); ok && len(lit.Elems) == len(p.Elems) {
			xs := b.exprs(lit.Elems)
			for i := range xs {
				b.bind(xs[i], p.Elems[i])
			}
			return
		}
	}
	b.bind(b.temp("value", b.expr(s.Value)), s.Pattern)
}

// assign lowers `place op e`: first the right side, then the place.
func (b *body) assign(s *ast.AssignStmt) {
	if index, ok := bare(s.Target).(*ast.Index); ok {
		b.assignEntry(s, index)
		return
	}
	if s.Op == ast.AssignSet {
		place := b.place(s.Target)
		if v, ok := place.(*ir.Local); ok && choice(s.Value) {
			b.into(giving{to: giveVar, v: v.Var}, s.Value)
			return
		}
		b.add(&ir.Assign{S: ir.S{At: s.Place}, Place: place, Value: b.expr(s.Value)})
		return
	}
	value := b.expr(s.Value)
	place := b.place(s.Target)
	if effectOf(b.effects, value)&(writesState|writesVar) != 0 {
		value = b.temp("value", value)
	}
	t := place.Type()
	op := ast.BinaryOp(int(ast.Add) + int(s.Op-ast.AssignAdd))
	b.add(&ir.Assign{S: ir.S{At: s.Place}, Place: place, Value: &ir.Operate{
		X: ir.X{T: t, At: s.Place}, Op: operator(op, t), A: place, B: value,
	}})
}

// choice tells whether e is an `if` or `match`, whose branches assign by themselves: each does so once, at its end, so
// all of them see the old value.
func choice(e ast.Expr) bool {
	switch bare(e).(type) {
	case *ast.If, *ast.Match:
		return true
	}
	return false
}

// assignEntry lowers `xs[i] = e` and `m[k] = e`.
func (b *body) assignEntry(s *ast.AssignStmt, index *ast.Index) {
	value := 0 // the right side comes first, but stands last
	xs := b.operands(2, func(i int) ir.Expr {
		if i == value {
			return b.expr(s.Value)
		}
		return b.expr(index.Index)
	})
	if effectOf(b.effects, xs[0])&visible != 0 && effectOf(b.effects, xs[1])&visible != 0 {
		xs[0] = b.temp("value", xs[0])
	}
	place := b.place(index.X)
	name, descs := "List.set", []*ir.Type(nil)
	if t := place.Type(); t.Kind == ir.Map {
		name, descs = "Map.put", t.Elems[:1]
	}
	b.add(&ir.Mutate{S: ir.S{At: s.Place}, Name: name, Place: place, Args: []ir.Expr{xs[1], xs[0]}, Descs: descs})
}

// place is a variable, a state, or a field of such, to be written.
func (b *body) place(e ast.Expr) ir.Expr {
	x := b.read(e)
	switch ir.Root(x).(type) {
	case *ir.Local, *ir.State:
		return x
	}
	b.bug(e.Span(), "not a place: %T", x)
	return nil
}

// forEach lowers `for p in xs`.
func (b *body) forEach(s *ast.ForStmt) {
	over := b.read(s.X)
	loop := &ir.For{S: ir.S{At: s.Place}, Label: b.newLabel("loop"), Over: over}
	elem := over.Type().Elems[0]
	var bind []func()
	if over.Type().Kind == ir.Map {
		value := over.Type().Elems[1]
		if p, ok := s.Pattern.(*ast.TuplePattern); ok {
			loop.Elem, bind = b.loopVar(p.Elems[0], elem, bind)
			loop.Value, bind = b.loopVar(p.Elems[1], value, bind)
		} else {
			loop.Elem, loop.Value, bind = b.pairVars(s.Pattern, elem, value, bind)
		}
	} else {
		loop.Elem, bind = b.loopVar(s.Pattern, elem, bind)
	}
	loop.Body = b.within(frame{loop.Label, true}, func() {
		for _, f := range bind {
			f()
		}
		b.blockInto(giving{}, s.Body)
	})
	if b.changesDuring(over, loop.Body) {
		loop.Over = b.own(over)
	}
	b.add(loop)
}

// loopVar is the variable that takes an element; a pattern that is no name is taken apart at the start of the body.
func (b *body) loopVar(p ast.Pattern, t *ir.Type, bind []func()) (*ir.Var, []func()) {
	switch p := p.(type) {
	case *ast.WildcardPattern:
		return nil, bind
	case *ast.BindPattern:
		local := b.info.Bindings[p]
		if local == nil || !b.used[local] {
			return nil, bind
		}
		return b.declare(local), bind
	}
	v := &ir.Var{Name: "elem", Type: t, Temp: true, Span: p.Span()}
	return v, append(bind, func() { b.bind(local(v, p.Span()), p) })
}

// pairVars binds the entries of a map as pairs, to one name or to none.
func (b *body) pairVars(p ast.Pattern, key, value *ir.Type, bind []func()) (k, v *ir.Var, _ []func()) {
	if _, ok := p.(*ast.WildcardPattern); ok {
		return nil, nil, bind
	}
	at := p.Span()
	k = &ir.Var{Name: "key", Type: key, Temp: true, Span: at}
	v = &ir.Var{Name: "value", Type: value, Temp: true, Span: at}
	return k, v, append(bind, func() {
		pair := b.types.make(ir.Tuple, "", []*ir.Type{key, value})
		b.bind(&ir.NewTuple{X: ir.X{T: pair, At: at}, Elems: []ir.Expr{local(k, at), local(v, at)}}, p)
	})
}

// changesDuring tells whether body may change the place that a loop goes over, in which case the loop must go over
// its value.
func (b *body) changesDuring(place ir.Expr, body []ir.Stmt) bool {
	at := ir.Root(place)
	if !ir.Changes(at) {
		return false
	}
	_, state := at.(*ir.State)
	found := false
	ir.Inspect(body, func(s ir.Stmt) {
		_, waits := s.(*ir.Await)
		if w := written(s); w != nil && samePlace(w, at) || state && waits {
			found = true
		}
	}, func(x ir.Expr) {
		if c, ok := x.(*ir.Call); ok && state && ofExpr(b.effects, c)&writesState != 0 {
			found = true
		}
	})
	return found
}

// while lowers `while c`. A condition that needs statements becomes a test at the start of an endless loop.
func (b *body) while(s *ast.WhileStmt) {
	loop := &ir.Loop{S: ir.S{At: s.Place}, Label: b.newLabel("loop")}
	loop.Body = b.within(frame{loop.Label, true}, func() {
		cond := b.expr(s.Cond)
		if len(b.out) == 0 && !b.ended {
			loop.Cond = cond
		} else {
			leave := b.block(func() { b.leave(loop.Label, s.Cond.Span()) })
			b.add(&ir.If{S: ir.S{At: s.Cond.Span()}, Cond: b.not(cond), Then: leave})
		}
		b.blockInto(giving{}, s.Body)
	})
	if c, ok := loop.Cond.(*ir.Const); ok && c.Value == true {
		loop.Cond = nil
	}
	b.add(loop)
}

func (b *body) not(x ir.Expr) ir.Expr {
	return &ir.Operate{X: ir.X{T: x.Type(), At: x.Span()}, Op: ir.Not, A: x}
}

// bindingOf is the local that a node declares, if anything uses it.
func (b *body) bindingOf(n ast.Node) *typecheck.Local {
	if l := b.info.Bindings[n]; l != nil && b.used[l] {
		return l
	}
	return nil
}
