package resume

import (
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// cutter makes the blocks of one handler. Code goes to the end of a sequence: that of a block, or of a branch inside it.
type cutter struct {
	types    *Types
	blocks   []*ir.Block // in the order in which their code begins
	out      *sequence
	ends     map[*ir.Label]*exits
	original map[*ir.Await]*ir.Await // the awaits of the handler, by those of the blocks
	reached  map[*ir.Block]bool      // something goes on with it
}

// sequence is code in the making.
type sequence struct {
	block *ir.Block // nil: of a branch
	falls *ir.Block // where control goes on that falls off the end of a branch
	stmts []ir.Stmt
}

// exits are the blocks that a Break and a Continue go on with; nil: the handler's end.
type exits struct {
	leave, again *ir.Block
}

// begin makes b the place where code goes.
func (c *cutter) begin(b *ir.Block) {
	c.blocks = append(c.blocks, b)
	c.out = &sequence{block: b}
}

func (c *cutter) add(s ir.Stmt) {
	c.out.stmts = append(c.out.stmts, s)
	if c.out.block != nil {
		c.out.block.Body = c.out.stmts
	}
}

// ended tells whether control never gets to the end of the code so far.
func (c *cutter) ended() bool { return ir.Ends(c.out.stmts) }

// goOn ends the code so far with a jump to b.
func (c *cutter) goOn(b *ir.Block) {
	if !c.ended() {
		c.add(c.jump(b, ir.S{}))
	}
}

// jump goes on with b, or leaves the handler if that is nil.
func (c *cutter) jump(b *ir.Block, at ir.S) ir.Stmt {
	if b == nil {
		return &ir.Return{S: at}
	}
	c.reached[b] = true
	return &ir.Goto{S: at, To: b}
}

// stmts adds statements, behind which control goes on with next. It does not add the jump that goes there, which is for
// the caller to do where the code falls off its end.
func (c *cutter) stmts(list []ir.Stmt, next *ir.Block) {
	for i, s := range list {
		if c.ended() {
			return
		}
		if !awaits(s) {
			c.add(c.plain(s))
			continue
		}
		if await, ok := s.(*ir.Await); ok {
			c.await(await)
			continue
		}
		if i == len(list)-1 {
			c.cut(s, next)
			return
		}
		after := &ir.Block{}
		c.cut(s, after)
		if !c.reached[after] {
			return
		}
		c.begin(after)
	}
}

// awaits tells whether there is an await in s.
func awaits(s ir.Stmt) bool {
	found := false
	ir.Inspect([]ir.Stmt{s}, func(s ir.Stmt) {
		if _, ok := s.(*ir.Await); ok {
			found = true
		}
	}, nil)
	return found
}

// cut adds a statement that holds an await. All ways out of it go on with next.
func (c *cutter) cut(s ir.Stmt, next *ir.Block) {
	switch s := s.(type) {
	case *ir.If:
		c.fork(next, []*[]ir.Stmt{&s.Then, &s.Else}, func(b [][]ir.Stmt) ir.Stmt {
			return &ir.If{S: s.S, Cond: s.Cond, Then: b[0], Else: b[1]}
		})
	case *ir.Switch:
		c.switchOn(s, next)
	case *ir.Scope:
		c.ends[s.Label] = &exits{leave: next}
		c.stmts(s.Body, next)
		c.goOn(next)
	case *ir.Loop:
		c.loop(s, next)
	case *ir.For:
		c.loopOver(s, next)
	default:
		panic("resume: an await in what cannot hold one")
	}
}

// fork adds a statement with branches, some of which await. A branch that does goes on in blocks of its own; one that
// does not ends where the whole does.
func (c *cutter) fork(next *ir.Block, branches []*[]ir.Stmt, whole func([][]ir.Stmt) ir.Stmt) {
	outer, heads := c.out, make([][]ir.Stmt, len(branches))
	for i, branch := range branches {
		head := &sequence{falls: next}
		c.out = head
		c.stmts(*branch, next)
		if c.out != head {
			c.goOn(next)
		}
		heads[i] = head.stmts
	}
	c.out = outer
	c.add(whole(heads))
	if c.out.block != nil || c.out.falls != next {
		c.goOn(next)
	}
}

func (c *cutter) switchOn(s *ir.Switch, next *ir.Block) {
	var branches []*[]ir.Stmt
	for _, k := range s.Cases {
		branches = append(branches, &k.Body)
	}
	if s.HasDefault {
		branches = append(branches, &s.Default)
	}
	c.fork(next, branches, func(b [][]ir.Stmt) ir.Stmt {
		made := &ir.Switch{S: s.S, Of: s.Of, HasDefault: s.HasDefault}
		for i, k := range s.Cases {
			made.Cases = append(made.Cases, &ir.Case{Variants: k.Variants, Body: b[i]})
		}
		if s.HasDefault {
			made.Default = b[len(b)-1]
		}
		return made
	})
}

// loop adds a loop: a block that tests its condition, and a way back there.
func (c *cutter) loop(s *ir.Loop, next *ir.Block) {
	head := &ir.Block{}
	c.goOn(head)
	c.begin(head)
	c.ends[s.Label] = &exits{next, head}
	if s.Cond != nil {
		c.add(&ir.If{S: s.S, Cond: c.not(s.Cond), Then: []ir.Stmt{c.jump(next, s.S)}})
	}
	c.stmts(s.Body, head)
	c.goOn(head)
}

// loopOver adds a loop over what a collection held when it began.
func (c *cutter) loopOver(s *ir.For, next *ir.Block) {
	at := s.Over.Span()
	over := c.variable("over", s.Over.Type(), at)
	c.add(&ir.Define{S: s.S, Var: over, Init: c.snapshot(s.Over)})
	over.Type = c.out.stmts[len(c.out.stmts)-1].(*ir.Define).Init.Type()
	pos := c.variable("pos", c.types.integer(), at)
	pos.Mutable = true
	c.add(&ir.Define{S: s.S, Var: pos, Init: c.number(0, at)})
	head := &ir.Block{}
	c.goOn(head)
	c.begin(head)
	c.ends[s.Label] = &exits{next, head}
	length := &ir.Builtin{X: ir.X{T: pos.Type, At: at}, Name: "List.length", Args: []ir.Expr{local(over, at)}}
	c.add(&ir.If{
		S:    s.S,
		Cond: &ir.Operate{X: ir.X{T: c.types.boolean(), At: at}, Op: ir.Ge, A: local(pos, at), B: length},
		Then: []ir.Stmt{c.jump(next, s.S)},
	})
	c.element(s, over, pos)
	c.add(&ir.Assign{S: s.S, Place: local(pos, at), Value: &ir.Operate{
		X: ir.X{T: pos.Type, At: at}, Op: ir.Add, A: local(pos, at), B: c.number(1, at),
	}})
	c.stmts(s.Body, head)
	c.goOn(head)
}

// snapshot is a collection as a list.
func (c *cutter) snapshot(x ir.Expr) ir.Expr {
	switch t := x.Type(); t.Kind {
	case ir.Map:
		return &ir.Builtin{X: ir.X{T: c.types.entries(t), At: x.Span()}, Name: "Map.entries", Args: []ir.Expr{value(x)}}
	case ir.Set:
		return &ir.Builtin{X: ir.X{T: c.types.list(t.Elems[0]), At: x.Span()}, Name: "Set.toList", Args: []ir.Expr{value(x)}}
	}
	return value(x)
}

// value is what x holds, as a value of its own.
func value(x ir.Expr) ir.Expr {
	if x.Type().Owns && ir.Changes(x) {
		return &ir.Share{X: ir.X{T: x.Type(), At: x.Span()}, Place: x}
	}
	return x
}

// element defines the variables of a loop by the element at a position.
func (c *cutter) element(s *ir.For, over, pos *ir.Var) {
	at := s.Over.Span()
	elem := over.Type.Elems[0]
	get := ir.Expr(&ir.Unwrap{X: ir.X{T: elem, At: at}, Of: &ir.Builtin{
		X:    ir.X{T: &ir.Type{Kind: ir.Option, Name: "Option[" + elem.Name + "]", Elems: []*ir.Type{elem}}, At: at},
		Name: "List.at", Args: []ir.Expr{local(over, at), local(pos, at)},
	}})
	if s.Over.Type().Kind != ir.Map {
		if s.Elem != nil {
			c.add(&ir.Define{S: s.S, Var: s.Elem, Init: get})
		}
		return
	}
	if s.Elem != nil && s.Value != nil {
		entry := c.variable("entry", elem, at)
		c.add(&ir.Define{S: s.S, Var: entry, Init: get})
		get = local(entry, at)
	}
	for i, v := range []*ir.Var{s.Elem, s.Value} {
		if v != nil {
			c.add(&ir.Define{S: s.S, Var: v, Init: &ir.TupleGet{X: ir.X{T: v.Type, At: at}, Of: get, Index: i}})
		}
	}
}

// await ends a block and begins one that waits. The futures become variables before.
func (c *cutter) await(s *ir.Await) {
	made := *s
	made.Futures = make([]ir.Expr, len(s.Futures))
	asked := s.Mode == ir.AwaitOne || s.Mode == ir.AwaitEach
	for i, x := range s.Futures {
		_, ask := x.(*ir.Ask)
		asked = asked && ask
		made.Futures[i] = c.held(x, s.At)
	}
	if s.Within != nil {
		timer := c.variable("timer", c.types.timer(), s.At)
		c.add(&ir.Define{S: s.S, Var: timer, Init: &ir.After{X: ir.X{T: timer.Type, At: s.At}, Within: s.Within}})
		made.Within = local(timer, s.At)
	}
	to := &ir.Block{}
	to.Await = &made
	c.original[&made] = s
	c.add(&ir.Goto{S: s.S, To: to, Asked: asked})
	c.begin(to)
}

// held is x as something that can be looked at again after the wait: a variable, or a part of one.
func (c *cutter) held(x ir.Expr, at source.Span) ir.Expr {
	if steady(x) {
		return x
	}
	name := "futures"
	if x.Type().Kind == ir.Future {
		name = "asked"
		if ask, ok := x.(*ir.Ask); ok {
			name = ask.Portal.Name
		}
	}
	v := c.variable(name, x.Type(), x.Span())
	c.add(&ir.Define{S: ir.S{At: at}, Var: v, Init: value(x)})
	return local(v, x.Span())
}

func steady(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Local:
		return true
	case *ir.TupleGet:
		return steady(x.Of)
	}
	return false
}

func (c *cutter) variable(name string, t *ir.Type, at source.Span) *ir.Var {
	return &ir.Var{Name: name, Type: t, Temp: true, Span: at}
}

func local(v *ir.Var, at source.Span) *ir.Local { return &ir.Local{X: ir.X{T: v.Type, At: at}, Var: v} }

func (c *cutter) number(n int64, at source.Span) ir.Expr {
	return &ir.Const{X: ir.X{T: c.types.integer(), At: at}, Value: n}
}

// opposite are the comparisons that hold when another does not.
var opposite = map[ir.Op]ir.Op{ir.Eq: ir.Ne, ir.Ne: ir.Eq, ir.Lt: ir.Ge, ir.Ge: ir.Lt, ir.Gt: ir.Le, ir.Le: ir.Gt}

// not is the negation of a condition; that of a comparison is another, but not where there are NaNs.
func (c *cutter) not(x ir.Expr) ir.Expr {
	if o, ok := x.(*ir.Operate); ok {
		if op, ok := opposite[o.Op]; ok && (o.A.Type().Kind == ir.Int || o.Op == ir.Eq || o.Op == ir.Ne) {
			return &ir.Operate{X: o.X, Op: op, A: o.A, B: o.B}
		}
		if o.Op == ir.Not {
			return o.A
		}
	}
	return &ir.Operate{X: ir.X{T: x.Type(), At: x.Span()}, Op: ir.Not, A: x}
}

// plain is a statement without awaits; jumps out of loops that have become blocks go on with those.
func (c *cutter) plain(s ir.Stmt) ir.Stmt {
	if !c.leavesCut(s) {
		return s
	}
	switch s := s.(type) {
	case *ir.Break:
		return c.jump(c.ends[s.Label].leave, s.S)
	case *ir.Continue:
		return c.jump(c.ends[s.Label].again, s.S)
	case *ir.If:
		return &ir.If{S: s.S, Cond: s.Cond, Then: c.plains(s.Then), Else: c.plains(s.Else)}
	case *ir.Switch:
		made := &ir.Switch{S: s.S, Of: s.Of, Default: c.plains(s.Default), HasDefault: s.HasDefault}
		for _, k := range s.Cases {
			made.Cases = append(made.Cases, &ir.Case{Variants: k.Variants, Body: c.plains(k.Body)})
		}
		return made
	case *ir.For:
		made := *s
		made.Body = c.plains(s.Body)
		return &made
	case *ir.Loop:
		made := *s
		made.Body = c.plains(s.Body)
		return &made
	case *ir.Scope:
		made := *s
		made.Body = c.plains(s.Body)
		return &made
	}
	panic("resume: a jump in what cannot hold one")
}

func (c *cutter) plains(list []ir.Stmt) []ir.Stmt {
	var out []ir.Stmt
	for _, s := range list {
		out = append(out, c.plain(s))
	}
	return out
}

// leavesCut tells whether s holds a jump out of a loop that has become blocks.
func (c *cutter) leavesCut(s ir.Stmt) bool {
	found := false
	ir.Inspect([]ir.Stmt{s}, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Break:
			found = found || c.ends[s.Label] != nil
		case *ir.Continue:
			found = found || c.ends[s.Label] != nil
		}
	}, nil)
	return found
}
