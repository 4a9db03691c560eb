package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// stmts prints statements one after the other, each behind a mark of its place.
func (b *body) stmts(g *jen.Group, list []ir.Stmt) {
	for i := 0; i < len(list); i++ {
		if b.late != nil && !b.goesBefore(list[i]) {
			b.noted(g)
		}
		if n := b.turns(g, list[i:]); n > 0 {
			i += n - 1
			continue
		}
		around := b.at
		if list[i].Span().Valid() {
			b.at = list[i].Span()
		}
		b.stmt(g, list[i])
		b.at = around
	}
}

// mark is called by each statement that prints something.
func (b *body) mark(g *jen.Group) { b.f.mark(g, b.at) }

func (b *body) stmt(g *jen.Group, s ir.Stmt) {
	switch s := s.(type) {
	case *ir.Define:
		b.define(g, s)
	case *ir.Assign:
		b.assign(g, s)
	case *ir.Mutate:
		place := b.place(g, s.Place)
		b.mark(g)
		g.Add(b.builtinCall(s.Name, append([]jen.Code{addressOf(place)}, b.exprs(s.Args)...), s.Descs))
	case *ir.Do:
		b.do(g, s.X)
	case *ir.If:
		b.ifElse(g, s)
	case *ir.Switch:
		b.switchTag(g, s)
	case *ir.For, *ir.Loop, *ir.Scope:
		b.loop(g, s)
	case *ir.Break:
		b.mark(g)
		g.Break().Add(b.jump(s.Label, false))
	case *ir.Continue:
		b.mark(g)
		g.Continue().Add(b.jump(s.Label, true))
	case *ir.Return:
		b.giveBack(g, s)
	case *ir.Fail:
		b.mark(g)
		if b.hasResult() { // Go must see that nothing follows
			g.Panic(ptl("Failure").Values(jen.Dict{jen.Id("Message"): b.expr(s.Message)}))
			return
		}
		g.Add(ptl("Fail").Call(b.expr(s.Message)))
	case *ir.Log:
		b.mark(g)
		lane := jen.Id("l")
		if b.lane == noLane {
			lane = jen.Parens(jen.Op("*").Add(ptl("Lane"))).Parens(jen.Nil())
		}
		g.Add(lane).Dot("Log").Call(jen.Lit(b.e.line(b.at)), b.expr(s.Message))
	case *ir.Emit:
		b.emit(g, s)
	case *ir.Send:
		b.send(g, s)
	case *ir.Next:
		b.next(g, s)
	case *ir.Out:
		b.markEvent(g, s.Event)
		g.Id("l").Dot(b.e.lanes[b.f.workflow].outputs[s.Output]).Dot("Put").Call(b.laneRef(), b.expr(s.Event))
	case *ir.Reply:
		b.reply(g, s)
	case *ir.Goto:
		b.goOn(g, s)
	case *ir.Await:
		b.askInTest(g, s)
	default:
		panic(fmt.Sprintf("gogen: statement %T", s))
	}
}

func (b *body) define(g *jen.Group, s *ir.Define) {
	switch {
	case b.machine != nil && b.machine.kept[s.Var]:
		b.keep(g, s)
	case s.Init == nil:
		if b.reads[s.Var] > 0 {
			b.mark(g)
			g.Var().Id(b.declare(s.Var)).Add(b.e.typ(s.Var.Type))
		}
	case b.reads[s.Var] == 0:
		b.discard(g, s.Init)
	case s.Var.Type.Kind == ir.Unit:
		b.discard(g, s.Init)
		g.Var().Id(b.declare(s.Var)).Add(ptl("Unit"))
	default:
		if w, ok := s.Init.(*ir.With); ok && b.copyWith(g, s.Var, w) {
			return
		}
		b.mark(g)
		init := b.typed(s.Init) // before the name is taken: it may read another of that name
		g.Id(b.declare(s.Var)).Op(":=").Add(init)
	}
}

func (b *body) assign(g *jen.Group, s *ir.Assign) {
	if l, ok := s.Place.(*ir.Local); ok && b.reads[l.Var] == 0 || s.Place.Type().Kind == ir.Unit {
		b.discard(g, s.Value)
		return
	}
	place := b.place(g, s.Place)
	b.mark(g)
	if get, ok := s.Place.(*ir.FieldGet); ok && b.fieldOf(get).Boxed {
		g.Add(place).Op("=").Add(jen.New(b.typed(s.Value)))
		return
	}
	g.Add(place).Op("=").Add(b.expr(s.Value))
}

// discard evaluates an expression whose value nobody wants.
func (b *body) discard(g *jen.Group, x ir.Expr) {
	switch x := x.(type) {
	case *ir.Const, *ir.Local:
		return
	case *ir.Ask:
		b.do(g, x)
		return
	case *ir.Call:
		if x.T.Kind == ir.Unit {
			b.do(g, x)
			return
		}
	}
	b.mark(g)
	g.Id("_").Op("=").Add(b.expr(x))
}

// do prints an expression as a statement; Go allows that for calls only.
func (b *body) do(g *jen.Group, x ir.Expr) {
	switch x := x.(type) {
	case *ir.Ask:
		b.mark(g)
		g.Add(b.askFor(x, true))
	case *ir.Call:
		b.mark(g)
		g.Add(b.call(x))
	default: // built-ins that are Go's own, like min, must give their value to something
		b.discard(g, x)
	}
}

func (b *body) giveBack(g *jen.Group, s *ir.Return) {
	switch {
	case b.machine != nil:
		b.mark(g)
		g.Return(jen.True())
	case s.Value == nil || !b.hasResult():
		if s.Value != nil {
			b.discard(g, s.Value)
		}
		b.mark(g)
		g.Return()
	default:
		b.mark(g)
		g.Return(b.expr(s.Value))
	}
}

func (b *body) ifElse(g *jen.Group, s *ir.If) {
	b.mark(g)
	head, rest := untangle(s)
	g.Add(b.ifChain(head))
	b.stmts(g, rest)
}

// untangle takes the else off an if that leaves: what stands in it can follow the if.
func untangle(s *ir.If) (head *ir.If, rest []ir.Stmt) {
	if len(s.Then) == 0 || !leaves(s.Then) || len(s.Else) == 0 {
		return s, nil
	}
	h := *s
	h.Else = nil
	return &h, s.Else
}

// ifChain prints an if with its else; an else that is nothing but an if goes on with it.
func (b *body) ifChain(s *ir.If) *jen.Statement {
	if len(s.Then) == 0 && len(s.Else) > 0 {
		return jen.If(jen.Op("!").Add(b.operand(s.Cond, precUnary))).Add(b.block(s.Else))
	}
	out := jen.If(b.expr(s.Cond))
	next, chained := elseIf(s)
	out.BlockFunc(func(g *jen.Group) {
		b.inner().stmts(g, s.Then)
		if chained && next.At.Valid() {
			b.f.mark(g, next.At) // for the condition behind the brace
		}
	})
	switch {
	case chained:
		around := b.at
		if next.At.Valid() {
			b.at = next.At
		}
		out.Else().Add(b.ifChain(next))
		b.at = around
	case len(s.Else) > 0:
		out.Else().Add(b.block(s.Else))
	}
	return out
}

func elseIf(s *ir.If) (*ir.If, bool) {
	if len(s.Else) != 1 {
		return nil, false
	}
	next, ok := s.Else[0].(*ir.If)
	return next, ok
}

func (b *body) switchTag(g *jen.Group, s *ir.Switch) {
	t := b.enclose(nil, false)
	inside := *b
	inside.around = append(b.around[:len(b.around):len(b.around)], t)
	b.mark(g)
	g.Switch(b.operand(s.Of, precPrimary).Dot("Tag")).BlockFunc(func(g *jen.Group) {
		for _, c := range s.Cases {
			tags := make([]jen.Code, len(c.Variants))
			for i, v := range c.Variants {
				tags[i] = jen.Id(b.e.defs[v.Def].tags[v.Index])
			}
			g.Case(tags...).BlockFunc(func(g *jen.Group) { inside.inner().stmts(g, c.Body) })
		}
		if s.HasDefault && len(s.Default) > 0 {
			g.Default().BlockFunc(func(g *jen.Group) { inside.inner().stmts(g, s.Default) })
		}
	})
}

// loop prints what `break` can leave. Go's label stands before it if something inside needs to name it.
func (b *body) loop(g *jen.Group, s ir.Stmt) {
	var head *jen.Statement
	var list []ir.Stmt
	inside := b.inner()
	var t *target
	switch s := s.(type) {
	case *ir.For:
		t, list = b.enclose(s.Label, true), s.Body
		head = inside.rangeOver(s)
	case *ir.Loop:
		t, list = b.enclose(s.Label, true), s.Body
		head = jen.For(b.exprOrNothing(s.Cond))
	case *ir.Scope:
		// A loop that runs once: Go's only block that `break` leaves without a condition.
		t, list = b.enclose(s.Label, true), s.Body
		head = jen.For()
		if !leaves(list) {
			list = append(list[:len(list):len(list)], &ir.Break{Label: s.Label})
		}
	}
	inside.around = append(b.around[:len(b.around):len(b.around)], t)
	block := jen.BlockFunc(func(g *jen.Group) { inside.inner().stmts(g, list) })
	if t.name != "" {
		g.Id(t.name).Op(":")
	}
	b.mark(g)
	g.Add(head).Add(block)
}

// leaves tells whether a list of statements ends by going somewhere else.
func leaves(list []ir.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch s := list[len(list)-1].(type) {
	case *ir.Break, *ir.Continue, *ir.Return, *ir.Fail:
		return true
	case *ir.If:
		return len(s.Then) > 0 && leaves(s.Then) && leaves(s.Else)
	}
	return false
}

func (b *body) exprOrNothing(x ir.Expr) *jen.Statement {
	if x == nil {
		return jen.Null()
	}
	return b.expr(x)
}

// rangeOver is the head of a loop over a collection.
func (b *body) rangeOver(s *ir.For) *jen.Statement {
	over := jen.Range().Add(b.operand(s.Over, precPrimary)).Dot("All").Call()
	loopVar := func(v *ir.Var) string {
		if v == nil || b.reads[v] == 0 && !assigned(v) {
			return "_"
		}
		return b.declare(v)
	}
	first, second := loopVar(s.Elem), "_"
	if s.Over.Type().Kind == ir.Map {
		second = loopVar(s.Value)
	}
	if s.Over.Type().Kind == ir.List {
		first, second = "_", first
	}
	switch {
	case first == "_" && second == "_":
		return jen.For(over)
	case second == "_":
		return jen.For(jen.Id(first).Op(":=").Add(over))
	}
	return jen.For(jen.List(jen.Id(first), jen.Id(second)).Op(":=").Add(over))
}

func (b *body) enclose(label *ir.Label, loop bool) *target {
	return &target{label: label, loop: loop, labels: b.labels}
}

// jump is the label that a break or continue has to name, if any.
func (b *body) jump(label *ir.Label, loopsOnly bool) *jen.Statement {
	nearest := true
	for i := len(b.around) - 1; i >= 0; i-- {
		t := b.around[i]
		if loopsOnly && !t.loop {
			continue
		}
		if t.loop && (t.label == label || label == nil) {
			if nearest {
				return jen.Null()
			}
			if t.name == "" {
				want := "loop"
				if label != nil && label.Name != "" {
					want = names.Lower(label.Name)
				}
				t.name = b.labels.Take(want)
			}
			return jen.Id(t.name)
		}
		nearest = false
	}
	panic("gogen: a jump to no loop around it")
}

func (b *body) emit(g *jen.Group, s *ir.Emit) {
	if b.own == nil || b.own.out == "" {
		if l, ok := s.Value.(*ir.Local); ok { // that counts as read
			b.mark(g)
			g.Id("_").Op("=").Id(b.local(l.Var))
			return
		}
		b.discard(g, s.Value)
		return
	}
	b.mark(g)
	out := jen.Id("l").Dot(b.own.out)
	g.Add(out).Op("=").Append(out.Clone(), b.expr(s.Value))
}

// sameLine tells whether s begins on the line of the statement being printed.
func (b *body) sameLine(s source.Span) bool {
	if !s.Valid() || !b.at.Valid() {
		return true
	}
	return s.File == b.at.File && s.Position().Line == b.at.Position().Line
}
