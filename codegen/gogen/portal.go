package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

// portalsOf lists the portals that a workflow asks and answers, in the order of the program.
func (e *emitter) portalsOf(w *ir.Workflow) (asks, answers []*ir.Portal) {
	asked, answered := map[*ir.Portal]bool{}, map[*ir.Portal]bool{}
	for _, t := range w.Tasks {
		for _, p := range e.asksIn(handlersOf(t)...) {
			asked[p] = true
		}
		for _, a := range t.OnAsk {
			answered[a.Portal] = true
		}
	}
	return e.inOrder(asked), e.inOrder(answered)
}

// handlersOf are all the code of a task.
func handlersOf(t *ir.Task) []*ir.Func {
	out := []*ir.Func{t.OnEvent, t.PerKey, t.OnAtom, t.Complete, t.OnError}
	for _, a := range t.OnAsk {
		out = append(out, a.Func)
	}
	return append(out, t.Helpers...)
}

// namePortals names a workflow's ends of the portals that it asks and answers.
func (e *emitter) namePortals(w *ir.Workflow, n *laneNames) {
	n.asks, n.answers = map[*ir.Portal]string{}, map[*ir.Portal]string{}
	asks, answers := e.portalsOf(w)
	for _, p := range asks {
		n.asks[p] = n.members.Take("ask" + names.Upper(p.Name))
	}
	for _, p := range answers {
		n.answers[p] = n.members.Take("answer" + names.Upper(p.Name))
	}
}

// newPortal is the call that adds a portal to the graph.
func (f *goFile) newPortal(p *ir.Portal) *jen.Statement {
	if p.App != "" {
		return f.peerPortal(p)
	}
	var more []jen.Code
	if p.Exported {
		more = append(more, jen.Id("Exported").Op(":").True())
	}
	return ptl("NewPortal").Call(jen.Id("g"), f.spec("PortalSpec", p.Name, "", p.Span, more...), f.e.desc(p.Req), f.e.desc(p.Rep))
}

func (f *goFile) portalType(name string, p *ir.Portal) *jen.Statement {
	return ptl(name).Types(f.e.typ(p.Req), f.e.typ(p.Rep))
}

// portalFields prints a workflow's ends of portals in its lane.
func (f *goFile) portalFields(g *jen.Group) {
	n := f.e.lanes[f.workflow]
	asks, answers := f.e.portalsOf(f.workflow)
	for _, p := range asks {
		g.Id(n.asks[p]).Add(f.portalType("Asks", p))
	}
	for _, p := range answers {
		g.Id(n.answers[p]).Add(f.portalType("Answers", p))
	}
}

// registerPortals tells the graph what the workflow asks and answers; vars are the portals.
func (f *goFile) registerPortals(g *jen.Group, vars map[*ir.Portal]string) {
	n := f.e.lanes[f.workflow]
	asks, _ := f.e.portalsOf(f.workflow)
	for _, p := range asks {
		at := f.fieldOfLane(n.asks[p], f.portalType("Asks", p))
		g.Add(ptl("AsksPortal")).Call(jen.Id("w"), jen.Id("g"), jen.Id(vars[p]), at)
	}
	for _, t := range f.workflow.Tasks {
		for _, x := range f.e.tasks[t].entries {
			if x.ask == nil {
				continue
			}
			p, take := x.ask.Portal, x.takes
			if take == "" {
				take = x.on
			}
			at := f.fieldOfLane(n.answers[p], f.portalType("Answers", p))
			if x.keys == "" {
				g.Add(ptl("AnswersPortal")).Call(jen.Id("w"), jen.Id("g"), jen.Id(vars[p]), at, f.method(take))
				continue
			}
			task := f.e.tasks[t]
			g.Add(ptl("AnswersByKey")).Call(jen.Id("w"), jen.Id("g"), jen.Id(vars[p]), at,
				jen.Line().Add(f.fieldOfLane(task.keyed, ptl("Keyed").Types(f.e.typ(t.Key), jen.Id(task.keyedType)))),
				jen.Line().Add(f.method(x.keys)), f.method(x.on), f.method(take))
		}
	}
}

// portalsUsed are the portals that a workflow asks or answers.
func (e *emitter) portalsUsed(w *ir.Workflow) []*ir.Portal {
	asks, answers := e.portalsOf(w)
	found := map[*ir.Portal]bool{}
	for _, p := range append(asks, answers...) {
		found[p] = true
	}
	return e.inOrder(found)
}

// takeRequest prints the method that finds the key of a request and gives it to the lane that has the key.
func (f *goFile) takeRequest(x *entry) {
	p := x.ask.Portal
	b := f.newBody(nil, "l", "r", "h", "key")
	b.at, b.lane = p.Span, laneMethod
	f.declare(fmt.Sprintf("// %s takes a request of portal %s to %s.", x.takes, p.Name, x.task.Name), f.nowhere())
	f.on(x.takes).Params(jen.Id("r").Add(f.taken(x))).BlockFunc(func(g *jen.Group) {
		inline := jen.Id("l").Dot("Inline")
		hash, key := jen.Lit(0), ptl("Unit").Values()
		if x.task.Key != nil {
			f.requestKey(g, x, b)
			hash, key = jen.Id("h"), jen.Id("key")
			inline = jen.Id("h").Op(":=").Add(f.e.hash(x.task.Key, jen.Id("key"))).Op(";").Add(inline)
		}
		call := f.call(x.on, x.args())
		if x.exchange == "" {
			if x.hashed {
				g.Id("h").Op(":=").Add(f.e.hash(x.task.Key, jen.Id("key")))
			}
			g.Add(call)
			return
		}
		g.If(inline).Block(call).Else().Block(
			jen.Id("l").Dot(x.exchange).Dot("Send").Call(jen.Op("&").Id("l").Dot("Lane"), hash, key, jen.Id("r")))
	})
}

// requestKey prints the definition of the key of request r. A portal without key, answered by a task with one, has that
// of no value.
func (f *goFile) requestKey(g *jen.Group, x *entry, b *body) {
	fn := x.ask.Portal.Key
	if fn == nil {
		g.Var().Id("key").Add(f.e.typ(x.task.Key))
		return
	}
	value, sure := b.keyOfRequest(fn, "r")
	if sure {
		b.mark(g)
		g.Id("key").Op(":=").Add(value)
		return
	}
	g.Var().Id("key").Add(f.e.typ(x.task.Key))
	find := jen.Func().Params().BlockFunc(func(g *jen.Group) {
		b.mark(g)
		g.Id("key").Op("=").Add(value)
	})
	g.If(jen.Id("f").Op(":=").Id("l").Dot("Guard").Call(find).Op(";").Id("f").Op("!=").Nil()).Block(
		jen.Id("l").Dot(f.e.lanes[f.workflow].answers[x.ask.Portal]).Dot("Fail").Call(jen.Op("&").Id("l").Dot("Lane"), jen.Id("r"), jen.Id("f"),
			jen.Lit(x.task.Name), jen.Lit(""), f.json(x.ask.Portal.Req, jen.Id("r").Dot("Req"))),
		jen.Return(),
	)
}

// keysOfRequests prints the method that finds the keys of several requests, before any of them is handled.
func (f *goFile) keysOfRequests(x *entry) {
	p := x.ask.Portal
	b := f.newBody(nil, "l", "requests", "found", "i", "key")
	b.at, b.lane = p.Span, laneMethod
	key, _ := b.keyOfRequest(p.Key, "requests[i]")
	f.declare(fmt.Sprintf("// %s finds the keys of requests of portal %s.", x.keys, p.Name), f.nowhere())
	params := []jen.Code{jen.Id("requests").Index().Add(f.taken(x)), jen.Id("found").Index().Add(ptl("Hashed").Types(f.e.typ(x.task.Key)))}
	f.on(x.keys).Params(params...).Block(jen.For(jen.Id("i").Op(":=").Range().Id("requests")).BlockFunc(func(g *jen.Group) {
		b.mark(g)
		g.Id("key").Op(":=").Add(key)
		g.Id("found").Index(jen.Id("i")).Op("=").Add(ptl("Hashed").Types(f.e.typ(x.task.Key))).Values(
			jen.Id("Hash").Op(":").Add(f.e.hash(x.task.Key, jen.Id("key"))), jen.Id("Key").Op(":").Id("key"))
	}))
}

// keyOfRequest is the key of a request, and whether finding it never fails.
func (b *body) keyOfRequest(fn *ir.Func, request string) (value *jen.Statement, sure bool) {
	if x := returnedOnly(fn); x != nil {
		b.count(fn.Body)
		b.vars[fn.Params[0]] = request + ".Req"
		return b.typed(x), neverFails(x)
	}
	return b.f.funcValue(fn, fn.Span).Call(jen.Id(request).Dot("Req")), false
}

// returnedOnly is what a function returns that does nothing else, or nil.
func returnedOnly(fn *ir.Func) ir.Expr {
	if len(fn.Body) == 1 {
		if ret, ok := fn.Body[0].(*ir.Return); ok {
			return ret.Value
		}
	}
	return nil
}

// hasSimpleKey tells whether the key of requests is an expression that may be evaluated before other requests are handled: it calls nothing.
func hasSimpleKey(p *ir.Portal) bool {
	if p.Key == nil {
		return false
	}
	x := returnedOnly(p.Key)
	return x != nil && onlyLooks(x, func(*ir.Operate) bool { return true })
}

// neverFails tells whether evaluating x just looks at values and builds others.
func neverFails(x ir.Expr) bool {
	return onlyLooks(x, func(x *ir.Operate) bool {
		return x.Op >= ir.Concat && x.Op != ir.Neg || x.Op == ir.Rem && isNonzero(x.B)
	})
}

// onlyLooks tells whether x is made of values, their parts, and operators of a kind.
func onlyLooks(x ir.Expr, operates func(x *ir.Operate) bool) bool {
	only := true
	ir.InspectExpr(x, nil, func(x ir.Expr) {
		switch x := x.(type) {
		case *ir.Local, *ir.Const, *ir.ParamRef, *ir.FieldGet, *ir.CommonGet, *ir.TupleGet, *ir.New, *ir.NewTuple:
		case *ir.Operate:
			only = only && operates(x)
		default:
			only = false
		}
	})
	return only
}

func isNonzero(x ir.Expr) bool {
	c, ok := x.(*ir.Const)
	return ok && c.Value != int64(0)
}

// onRequest prints the method that gives a task one request, which its handler answers without waiting. A handler that
// fails is undone alone, and the request is answered with the failure.
func (f *goFile) onRequest(x *entry) {
	t, p := x.task, x.ask.Portal
	name := x.body()
	f.declare(fmt.Sprintf("// %s gives one request of portal %s to %s, and the answer back.", name, p.Name, t.Name), f.nowhere())
	f.on(name).Params(f.entryParams(x, f.usesHash(x))...).BlockFunc(func(g *jen.Group) {
		f.begin(g, t, true, x.fn)
		if len(x.asks) > 0 {
			g.Add(ptl("BeginRequest")).Call(jen.Op("&").Id("l").Dot("Lane"), jen.Op("&").Id("r"))
			f.marks(g, x)
		}
		call := f.call(x.handler, append(f.handlerArgs(x), jen.Id("r").Dot("Req")))
		reply := ptl("Unit").Values()
		if p.Rep.Kind != ir.Unit {
			g.Var().Id("reply").Add(f.e.typ(p.Rep))
			call = jen.Id("reply").Op("=").Add(call)
			reply = jen.Id("reply")
		}
		g.If(jen.Id("f").Op(":=").Add(f.guard(t, call)).Op(";").Id("f").Op("!=").Nil()).BlockFunc(func(g *jen.Group) {
			f.undo(g, x)
			f.failRequest(g, x, jen.Id("r"), jen.Id("f"))
			g.Return()
		})
		g.Id("l").Dot(f.e.lanes[f.workflow].answers[p]).Dot("Reply").Call(jen.Op("&").Id("l").Dot("Lane"), jen.Id("r"), reply)
		f.giveOn(g, t, x.fn)
	})
}

// failRequest answers a request with a failure.
func (f *goFile) failRequest(g *jen.Group, x *entry, r, fault *jen.Statement) {
	key := jen.Lit("")
	if x.task.Key != nil {
		key = f.json(x.task.Key, jen.Id("key"))
	}
	g.Id("l").Dot(f.e.lanes[f.workflow].answers[x.ask.Portal]).Dot("Fail").Call(jen.Op("&").Id("l").Dot("Lane"), r, fault,
		jen.Lit(x.task.Name), key, f.json(x.ask.Portal.Req, r.Clone().Dot("Req")))
}

// answerer prints the user's handler of a request as a function that returns the reply.
func (f *goFile) answerer(x *entry) {
	fn, rep := x.fn, x.ask.Portal.Rep
	list := fn.Body
	if rep.Kind != ir.Unit {
		list = returned(list, replied)
	}
	b := f.taskBody(x.task, fn)
	params := append(f.context(x.task, f.e.gets(fn), true), b.params(fn.Params)...)
	result := f.e.result(rep)
	b.result = rep
	if b.hasResult() && replies(list) {
		b.replyTo = b.scope.Take("reply")
		result = jen.Params(jen.Id(b.replyTo).Add(f.e.typ(rep)))
	}
	f.declare(doc(fmt.Sprintf("%s is `on ask` of %s: it returns the reply to portal %s.", x.handler, x.task.Name, x.ask.Portal.Name), fn.Doc), fn.Span)
	f.on(x.handler).Params(params...).Add(result).BlockFunc(func(g *jen.Group) {
		b.stmts(g, list)
		if b.replyTo != "" && !terminates(list) {
			g.Return(jen.Id(b.replyTo))
		} else if b.hasResult() && !terminates(list) {
			g.Panic(jen.Lit("unreachable"))
		}
	})
}

// returned is a handler's code with every statement that gives a value, and behind which nothing follows, as the return of
// that value.
func returned(list []ir.Stmt, gives func(ir.Stmt) ir.Expr) []ir.Stmt {
	n := len(list)
	if n > 1 && gives(list[n-2]) != nil && isReturn(list[n-1]) {
		n--
	}
	out := make([]ir.Stmt, n)
	for i, s := range list[:n] {
		last := i == n-1
		block := func(body []ir.Stmt) []ir.Stmt {
			if last || ir.Ends(body) {
				return returned(body, gives)
			}
			return body
		}
		switch s := s.(type) {
		case *ir.If:
			out[i] = &ir.If{S: s.S, Cond: s.Cond, Then: block(s.Then), Else: block(s.Else)}
		case *ir.Switch:
			made := &ir.Switch{S: s.S, Of: s.Of, HasDefault: s.HasDefault, Default: block(s.Default)}
			for _, c := range s.Cases {
				made.Cases = append(made.Cases, &ir.Case{Variants: c.Variants, Body: block(c.Body)})
			}
			out[i] = made
		default:
			out[i] = s
			if x := gives(s); x != nil && last {
				out[i] = &ir.Return{S: ir.S{At: s.Span()}, Value: x}
			}
		}
	}
	return out
}

// replied is what a statement replies.
func replied(s ir.Stmt) ir.Expr {
	if s, ok := s.(*ir.Reply); ok {
		return s.Value
	}
	return nil
}

func isReturn(s ir.Stmt) bool {
	ret, ok := s.(*ir.Return)
	return ok && ret.Value == nil
}

// replies tells whether there is a reply in list that is not its end.
func replies(list []ir.Stmt) bool {
	found := false
	ir.Inspect(list, func(s ir.Stmt) {
		found = found || replied(s) != nil
	}, nil)
	return found
}

// reply prints what an `on ask` replies where more follows: it is given back, or flushed, when the handler is through.
func (b *body) reply(g *jen.Group, s *ir.Reply) {
	switch {
	case b.machine != nil:
		b.mark(g)
		g.Id("l").Dot(b.machine.entry.reply).Op("=").Add(ptl("Some").Call(b.typed(s.Value)))
	case b.replyTo != "":
		b.mark(g)
		g.Id(b.replyTo).Op("=").Add(b.expr(s.Value))
	default:
		b.discard(g, s.Value)
	}
}

// askFor prints an ask whose future somebody holds, or with told one that nobody does.
func (b *body) askFor(x *ir.Ask, told bool) *jen.Statement {
	method := "Ask"
	if told {
		method = "Tell"
	}
	return jen.Id("l").Dot(b.e.lanes[b.f.workflow].asks[x.Portal]).Dot(method).Call(b.laneRef(), b.hash(), b.expr(x.Req))
}
