package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/codegen/resume"
	"github.com/portals-lang/portals/lang/ir"
)

// machineBody is what a body needs to print the blocks of a handler that awaits: each is a case of a switch on the number
// in the frame. Where one goes on with a block that is not the next, the switch stands in a loop.
type machineBody struct {
	entry  *entry
	looped bool
	label  *ir.Label        // of the loop
	kept   map[*ir.Var]bool // variables that have been declared before the blocks: in the frame, or above the switch
}

// machine is the machine of a handler that awaits.
func (e *emitter) machine(fn *ir.Func) *ir.Machine {
	if e.types == nil {
		e.types = resume.NewTypes(e.prog)
	}
	return resume.Machine(fn, e.types)
}

// frameFields are the names of the variables in an entry's frame.
func (x *entry) frameFields() map[*ir.Var]string {
	fields, out := names.NewScope("at", x.param()), map[*ir.Var]string{}
	for _, v := range x.machine.Frame {
		out[v] = fields.Take(names.Lower(v.Name))
	}
	return out
}

// frameType prints the struct that a waiting handler is, with its descriptor.
func (f *goFile) frameType(x *entry) {
	if x.machine == nil {
		return
	}
	fields := x.frameFields()
	f.declare(fmt.Sprintf("// %s is what `on %s` of %s keeps while it waits.", x.frame, x.what(), x.task.Name), f.nowhere())
	f.Type().Id(x.frame).StructFunc(func(g *jen.Group) {
		g.Id("at").Uint32().Comment("the number of the block where it goes on")
		g.Id(x.param()).Add(f.taken(x))
		for _, v := range x.machine.Frame {
			g.Id(fields[v]).Add(f.e.typ(v.Type))
		}
	})
	frame := jen.Id("f").Op("*").Id(x.frame)
	var parts []jen.Code
	add := func(name string, value jen.Code) { parts = append(parts, jen.Line().Id(name).Op(":").Add(value)) }
	add("Name", jen.Lit(x.what()))
	add("At", jen.Func().Params(frame).Op("*").Uint32().Op("{").Return(jen.Op("&").Id("f").Dot("at")).Op("}"))
	add("Points", jen.Index().Add(ptl("Point")).ValuesFunc(func(g *jen.Group) {
		for _, b := range x.machine.Points() {
			g.Line().Values(jen.Id("At").Op(":").Lit(b.Number), jen.Id("ID").Op(":").Op(fmt.Sprintf("0x%012x", b.Point)),
				jen.Id("Place").Op(":").Lit(f.e.line(b.Await.At)))
		}
		g.Line()
	}))
	add("Append", f.appendFrame(x, fields))
	add("Read", f.readFrame(x, fields))
	add("Futures", f.futuresOf(x, fields))
	if freeze := f.freezeFrame(x, fields); freeze != nil {
		add("Freeze", freeze)
	}
	parts = append(parts, jen.Line())
	f.declare(fmt.Sprintf("// %s describes it.", x.desc), f.nowhere())
	f.Var().Id(x.desc).Op("=").Op("&").Add(ptl("FrameType").Types(jen.Id(x.frame))).Values(parts...)
}

// byPoint prints something for the variables that are live where a frame waits.
func (f *goFile) byPoint(g *jen.Group, x *entry, each func(g *jen.Group, v *ir.Var)) {
	points := x.machine.Points()
	any := false
	for _, b := range points {
		any = any || len(b.Live) > 0
	}
	if !any {
		return
	}
	if len(points) == 1 {
		for _, v := range points[0].Live {
			each(g, v)
		}
		return
	}
	g.Switch(jen.Id("f").Dot("at")).BlockFunc(func(g *jen.Group) {
		for _, b := range points {
			g.Case(jen.Lit(b.Number)).BlockFunc(func(g *jen.Group) {
				for _, v := range b.Live {
					each(g, v)
				}
			})
		}
	})
}

func (f *goFile) appendFrame(x *entry, fields map[*ir.Var]string) *jen.Statement {
	return jen.Func().Params(jen.Id("b").Index().Byte(), jen.Id("f").Op("*").Id(x.frame)).Index().Byte().BlockFunc(func(g *jen.Group) {
		g.Id("b").Op("=").Add(f.appendTaken(x))
		f.byPoint(g, x, func(g *jen.Group, v *ir.Var) {
			g.Id("b").Op("=").Add(f.e.appendValue(v.Type, jen.Id("f").Dot(fields[v])))
		})
		g.Return(jen.Id("b"))
	})
}

// appendTaken and readTaken are the binary form of what an entry takes, in its frame.
func (f *goFile) appendTaken(x *entry) *jen.Statement {
	field := jen.Id("f").Dot(x.param())
	if x.ask == nil {
		return f.e.appendValue(x.task.In, field)
	}
	return ptl("AppendRequest").Call(jen.Id("b"), field, f.e.desc(x.ask.Portal.Req))
}

func (f *goFile) readTaken(x *entry) *jen.Statement {
	if x.ask == nil {
		return f.e.readValue(x.task.In)
	}
	return ptl("ReadRequest").Call(jen.Id("r"), f.e.desc(x.ask.Portal.Req))
}

func (f *goFile) readFrame(x *entry, fields map[*ir.Var]string) *jen.Statement {
	return jen.Func().Params(jen.Id("r").Op("*").Add(ptl("Reader")), jen.Id("f").Op("*").Id(x.frame)).BlockFunc(func(g *jen.Group) {
		g.Id("f").Dot(x.param()).Op("=").Add(f.readTaken(x))
		f.byPoint(g, x, func(g *jen.Group, v *ir.Var) {
			g.Id("f").Dot(fields[v]).Op("=").Add(f.e.readValue(v.Type))
		})
	})
}

func (f *goFile) futuresOf(x *entry, fields map[*ir.Var]string) *jen.Statement {
	visit := jen.Id("visit").Op("*").Add(ptl("Visit"))
	return jen.Func().Params(jen.Id("f").Op("*").Id(x.frame), visit).BlockFunc(func(g *jen.Group) {
		f.byPoint(g, x, func(g *jen.Group, v *ir.Var) { f.visitFutures(g, v.Type, jen.Id("f").Dot(fields[v]), 0) })
	})
}

// visitFutures visits the futures in a value.
func (f *goFile) visitFutures(g *jen.Group, t *ir.Type, value *jen.Statement, depth int) {
	switch {
	case !holdsFutures(t):
	case t.Kind == ir.Future || t.Kind == ir.Timer:
		g.Id("visit").Dot("Future").Call(value)
	case t.Kind == ir.List:
		name := "x"
		if depth > 0 {
			name = fmt.Sprintf("x%d", depth+1)
		}
		each := jen.Func().Params(jen.Id(name).Add(f.e.typ(t.Elems[0]))).BlockFunc(func(g *jen.Group) {
			f.visitFutures(g, t.Elems[0], jen.Id(name), depth+1)
		})
		g.Add(ptl("VisitList")).Call(jen.Id("visit"), value, each)
	case t.Kind == ir.Option:
		g.If(value.Clone().Dot("OK")).BlockFunc(func(g *jen.Group) { f.visitFutures(g, t.Elems[0], value.Clone().Dot("Value"), depth) })
	default:
		for i, elem := range t.Elems {
			f.visitFutures(g, elem, value.Clone().Dot(fmt.Sprintf("V%d", i)), depth)
		}
	}
}

func holdsFutures(t *ir.Type) bool {
	if t.Kind == ir.Future || t.Kind == ir.Timer {
		return true
	}
	if t.Kind != ir.List && t.Kind != ir.Tuple && t.Kind != ir.Option {
		return false
	}
	for _, e := range t.Elems {
		if holdsFutures(e) {
			return true
		}
	}
	return false
}

// freezeFrame releases what variables that change own, so that a copy of the frame stays as it is.
func (f *goFile) freezeFrame(x *entry, fields map[*ir.Var]string) *jen.Statement {
	var owning []*ir.Var
	for _, v := range x.machine.Frame {
		if v.Mutable && v.Type.Owns {
			owning = append(owning, v)
		}
	}
	if owning == nil {
		return nil
	}
	return jen.Func().Params(jen.Id("f").Op("*").Id(x.frame)).BlockFunc(func(g *jen.Group) {
		for _, v := range owning {
			g.Add(f.e.shareValue(v.Type, jen.Id("f").Dot(fields[v])))
		}
	})
}

// machineMethod prints the user's handler as a machine.
func (f *goFile) machineMethod(x *entry) {
	m, fn := x.machine, x.fn
	b := f.newBody(nil, append(f.e.tasks[x.task].given(x.task), "f", "ended")...)
	b.at, b.lane, b.task, b.own = fn.Span, laneMethod, x.task, f.e.tasks[x.task]
	b.machine = &machineBody{entry: x, looped: loops(m), label: &ir.Label{Name: "machine"}, kept: map[*ir.Var]bool{}}
	for _, block := range m.Blocks {
		b.count(block.Body)
		if block.Await != nil {
			b.count([]ir.Stmt{block.Await})
		}
	}
	b.prune()
	param := "f." + x.param()
	if x.ask != nil {
		param = "f.r.Req"
	}
	for _, p := range fn.Params {
		b.vars[p] = param
	}
	for v, field := range x.frameFields() {
		b.vars[v] = "f." + field
		b.machine.kept[v] = true
	}
	params := append(f.context(x.task, f.e.gets(fn), true), jen.Id("f").Op("*").Id(x.frame))
	what := fmt.Sprintf("%s is `on %s` of %s, from where f stands to its end, or to an await of what is not there yet.", x.handler, x.what(), x.task.Name)
	f.declare(doc(what, fn.Doc), fn.Span)
	f.on(x.handler).Params(params...).Params(jen.Id("ended").Bool()).BlockFunc(func(g *jen.Group) { b.blocks(g, m) })
}

// loops tells whether a machine's switch must stand in a loop: some block goes on with one that is not printed next.
func loops(m *ir.Machine) bool {
	found := false
	for i, b := range m.Blocks {
		ir.Inspect(b.Body, func(s ir.Stmt) {
			if g, ok := s.(*ir.Goto); ok && !g.Asked && !(s == b.Body[len(b.Body)-1] && g.To.Number == i+1) {
				found = true
			}
		}, nil)
	}
	return found
}

func (b *body) blocks(g *jen.Group, m *ir.Machine) {
	for _, v := range m.Across {
		if b.reads[v] > 0 {
			g.Var().Id(b.declare(v)).Add(b.e.typ(v.Type))
			b.machine.kept[v] = true
		}
	}
	t := &target{label: b.machine.label, loop: true, labels: b.labels}
	if b.machine.looped {
		b.around = append(b.around, t)
	}
	cases := jen.Switch(jen.Id("f").Dot("at")).BlockFunc(func(g *jen.Group) {
		for i, block := range m.Blocks {
			g.Case(jen.Lit(block.Number)).BlockFunc(func(g *jen.Group) { b.inner().machineBlock(g, block, i+1) })
		}
	})
	if !b.machine.looped {
		g.Add(cases)
		g.Return(jen.True())
		return
	}
	if t.name != "" {
		g.Id(t.name).Op(":")
	}
	g.For().Block(cases)
}

// machineBlock prints one block; next is the number of the one behind it.
func (b *body) machineBlock(g *jen.Group, block *ir.Block, next int) {
	if block.Await != nil {
		b.resume(g, block)
	}
	list := block.Body
	var last ir.Stmt
	if n := len(list); n > 0 {
		last = list[n-1]
	}
	switch s := last.(type) {
	case *ir.Goto:
		b.stmts(g, list[:len(list)-1])
		switch {
		case s.Asked:
			b.wait(g, s)
		case s.To.Number == next:
			if s.To.Await != nil {
				g.Id("f").Dot("at").Op("=").Lit(next)
			}
			g.Fallthrough()
		default:
			g.Id("f").Dot("at").Op("=").Lit(s.To.Number)
		}
	case *ir.Return:
		b.stmts(g, list[:len(list)-1])
		if b.machine.looped {
			g.Return(jen.True())
		}
	default:
		b.stmts(g, list)
	}
}

// wait leaves the machine to go on at a block when what that awaits is there.
func (b *body) wait(g *jen.Group, s *ir.Goto) {
	g.Id("f").Dot("at").Op("=").Lit(s.To.Number)
	g.Return(jen.False())
}

// goOn prints a jump that does not stand at the end of a block.
func (b *body) goOn(g *jen.Group, s *ir.Goto) {
	if s.Asked {
		b.wait(g, s)
		return
	}
	g.Id("f").Dot("at").Op("=").Lit(s.To.Number)
	g.Continue().Add(b.jump(b.machine.label, true))
}

// resume prints the start of a block that awaits: if something is not there yet, the handler waits on; else its replies
// go to their variables.
func (b *body) resume(g *jen.Group, block *ir.Block) {
	await := block.Await
	around := b.at
	if await.At.Valid() {
		b.at = await.At
	}
	defer func() { b.at = around }()
	futures := b.exprs(await.Futures)
	b.mark(g)
	missing := b.missing(g, await, futures)
	if await.Within != nil {
		b.resumeWithin(g, block, futures, missing)
		return
	}
	g.If(missing).Block(jen.Return(jen.False()))
	if block.Parts == nil {
		b.receive(g, await.Into, b.replies(await, futures), await.Try)
		return
	}
	for i, v := range block.Parts {
		b.receive(g, v, valueOf(futures[i]), false)
	}
}

// missing is the condition that what is awaited is not there yet. The first of several futures gets a variable, which
// takes the place of the list.
func (b *body) missing(g *jen.Group, await *ir.Await, futures []jen.Code) *jen.Statement {
	switch await.Mode {
	case ir.AwaitAll:
		return jen.Op("!").Add(ptl("AwaitsAll").Call(jen.Op("&").Id("l").Dot("Lane"), futures[0]))
	case ir.AwaitAny:
		name := b.scope.Take("first")
		g.Id(name).Op(":=").Add(ptl("FirstDone").Call(futures[0]))
		futures[0] = jen.Id(name)
		return jen.Id(name).Op("==").Nil()
	}
	missing := jen.Null()
	for i, x := range futures {
		if i > 0 {
			missing.Op("||")
		}
		missing.Op("!").Add(x).Dot("Done").Call()
	}
	return missing
}

func valueOf(future jen.Code) *jen.Statement { return jen.Add(future).Dot("Value").Call() }

// replies is the value of futures that are all there.
func (b *body) replies(await *ir.Await, futures []jen.Code) *jen.Statement {
	switch {
	case await.Mode == ir.AwaitEach:
		return b.tupleOf(await, futures)
	case await.Mode == ir.AwaitAll && await.Try:
		return ptl("TryValues").Call(futures[0])
	case await.Mode == ir.AwaitAll:
		return ptl("Values").Call(futures[0])
	case await.Try:
		return jen.Add(futures[0]).Dot("Try").Call()
	}
	return valueOf(futures[0])
}

// resumeWithin is resume for an await with a time: when the timer rings first, there is no reply.
func (b *body) resumeWithin(g *jen.Group, block *ir.Block, futures []jen.Code, missing *jen.Statement) {
	await := block.Await
	timer := b.expr(await.Within)
	if await.Mode == ir.AwaitOne || await.Mode == ir.AwaitAny {
		name := "Within"
		if await.Try {
			name = "TryWithin"
		}
		g.If(missing.Op("&&").Op("!").Add(timer).Dot("Done").Call()).Block(jen.Return(jen.False()))
		b.receive(g, await.Into, ptl(name).Call(futures[0]), await.Try)
		return
	}
	there := b.scope.Take("there")
	g.Id(there).Op(":=").Add(b.there(await, futures, timer))
	b.mark(g)
	g.If(jen.Op("!").Id(there).Op("&&").Op("!").Add(timer).Dot("Done").Call()).Block(jen.Return(jen.False()))
	name, t := "IfThere", await.Into.Type
	if await.Try {
		name, t = "TryIfThere", t.Elems[0]
	}
	whole := *await
	whole.Within = nil
	literal := jen.Func().Params().Add(b.e.resultOf(await.Try, t.Elems[0])).BlockFunc(func(g *jen.Group) {
		b.mark(g) // it is on a line of its own, and a reply may be a failure
		g.Return(b.replies(&whole, futures))
	})
	b.receive(g, await.Into, ptl(name).Call(jen.Id(there), literal), await.Try)
}

// there is the condition that all of several futures are there; timer is what is waited for otherwise.
func (b *body) there(await *ir.Await, futures []jen.Code, timer jen.Code) *jen.Statement {
	if await.Mode == ir.AwaitAll {
		return ptl("AwaitsAllWithin").Call(jen.Op("&").Id("l").Dot("Lane"), futures[0], timer)
	}
	all := jen.Null()
	for i, x := range futures {
		if i > 0 {
			all.Op("&&")
		}
		all.Add(x).Dot("Done").Call()
	}
	return all
}

// resultOf is the Go type of replies: with try, a Result of them.
func (e *emitter) resultOf(try bool, t *ir.Type) *jen.Statement {
	if try {
		return ptl("Result").Types(e.typ(t), ptl("Error"))
	}
	return e.typ(t)
}

// tupleOf is the tuple of the replies of several futures.
func (b *body) tupleOf(await *ir.Await, futures []jen.Code) *jen.Statement {
	t := await.Into.Type
	for t.Kind != ir.Tuple {
		t = t.Elems[0]
	}
	values := make([]jen.Code, len(futures))
	for i, x := range futures {
		values[i] = jen.Id(fmt.Sprintf("V%d", i)).Op(":").Add(valueOf(x))
	}
	tuple := b.e.typ(t).Values(values...)
	if !await.Try {
		return tuple
	}
	literal := jen.Func().Params().Add(b.e.typ(t)).Block(jen.Return(tuple))
	return ptl("TryEach").Call(append([]jen.Code{literal}, futures...)...)
}

// receive gives a reply to its variable. A reply that nobody reads is looked at all the same, since it may be a failure;
// but not where that would go unseen.
func (b *body) receive(g *jen.Group, v *ir.Var, reply *jen.Statement, try bool) {
	switch {
	case v == nil || b.reads[v] == 0:
		if !try {
			b.mark(g)
			g.Id("_").Op("=").Add(reply)
		}
	case b.machine.kept[v]:
		b.mark(g)
		g.Id(b.local(v)).Op("=").Add(reply)
	default:
		b.mark(g)
		g.Id(b.declare(v)).Op(":=").Add(reply)
	}
}

// keep prints the definition of a variable that has been declared before the blocks.
func (b *body) keep(g *jen.Group, s *ir.Define) {
	switch {
	case s.Init == nil:
	case b.reads[s.Var] == 0 || s.Var.Type.Kind == ir.Unit:
		b.discard(g, s.Init)
	default:
		b.mark(g)
		g.Id(b.local(s.Var)).Op("=").Add(b.expr(s.Init))
	}
}
