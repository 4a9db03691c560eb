package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// inTask tells whether code here runs in a task.
func (b *body) inTask() bool { return b.site == siteHandler || b.site == siteHelper }

// ask checks `ask p(req)`. Its type is a Future of the reply; in a test, which awaits by itself, the reply.
func (b *body) ask(e *ast.Ask) types.Type {
	p := b.askedPortal(e)
	if p == nil {
		b.expr(e.Arg, anything)
		return types.Invalid
	}
	b.info.Asks[e] = p
	b.expr(e.Arg, wants(p.Req, because{spanOf(p.Decl.Req), "requests of `" + p.Name + "` are %s"}))
	if b.site == siteTest {
		return p.Rep
	}
	if !b.inTask() {
		if b.refused {
			return types.Future(p.Rep) // the await around it has been reported
		}
		b.err("PTL0601", e.Place, "", "`ask` stands outside of a task").
			note("Asking is what a task does while it handles an event: in `on …`, in its helpers, and in lambdas there.").
			help("Move it into a task; in a workflow, write an inline one: `task In -> Out { on event e { … } } as name`.")
		return types.Future(p.Rep)
	}
	b.task.Asks = addPortal(b.task.Asks, p)
	if b.fun != nil {
		b.fun.Asks = true
	}
	return types.Future(p.Rep)
}

func addPortal(ps []*Portal, p *Portal) []*Portal {
	for _, q := range ps {
		if q == p {
			return ps
		}
	}
	return append(ps, p)
}

// askedPortal finds the portal that an ask names.
func (b *body) askedPortal(e *ast.Ask) *Portal {
	obj, name, at := b.portalOrStream(e.Portal)
	switch o := obj.(type) {
	case *Portal:
		return o
	case nil:
		if name != "" {
			b.err("PTL0201", at, "not declared anywhere", "there is no portal `%s`", name).
				didYouMean(at, name, b.valueNames(b.pkg, isPortal))
		}
	default:
		b.misplaced(obj, at, "`%s` is not a portal", name).
			help("Only portals can be asked.")
	}
	return nil
}

func isPortal(o Object) bool { _, ok := o.(*Portal); return ok }
func isStream(o Object) bool { _, ok := o.(*Stream); return ok }

// portalOrStream finds a declaration by its name or app.name. Locals do not hide it, as they cannot be meant. The
// name is "" if there is nothing more to report.
func (c *checker) portalOrStreamIn(p *pkg, e ast.Expr) (obj Object, name string, at source.Span) {
	switch e := e.(type) {
	case *ast.Ident:
		if s := p.values[e.Name]; s != nil {
			s.used = true
			c.info.Uses[e] = s.obj
			return s.obj, e.Name, e.Place
		}
		return nil, e.Name, e.Place
	case *ast.Field:
		if m := c.moduleIn(p, e.X); m != nil && e.Name != nil {
			if obj := c.memberIn(m, e); obj != nil {
				return obj, e.Name.Text, e.Name.Place
			}
			return nil, "", e.Place
		}
		if id, ok := e.X.(*ast.Ident); ok {
			c.noModule(p, id)
		}
		return nil, "", e.Place
	}
	return nil, "", spanOf(e)
}

func (b *body) portalOrStream(e ast.Expr) (Object, string, source.Span) {
	return b.portalOrStreamIn(b.pkg, e)
}

// await checks `await x`, which is the reply of a future, the replies of a tuple of futures, or, with all and any, of
// a list of them. With `within` there may be none in time: it is an Option then.
func (b *body) await(e *ast.Await, w want) types.Type {
	refused := b.refused
	misplaced := b.mayAwait(e)
	b.refused = misplaced != nil || refused
	defer func() { b.refused = refused }()
	var t types.Type
	switch e.Mode {
	case ast.AwaitOne:
		t = b.awaited(e, b.expr(e.X, anything), w, misplaced)
	default:
		t = b.awaitedList(e)
	}
	if e.Within != nil {
		b.expr(e.Within, wants(types.Duration, because{text: "`within` takes %s"}))
		if t != types.Type(types.Invalid) {
			t = types.Option(t)
		}
	}
	return t
}

// mayAwait checks that a handler can wait here. It gives what it has reported if it cannot.
func (b *body) mayAwait(e *ast.Await) *diag.Diagnostic {
	if b.site == siteTest {
		b.err("PTL0601", e.Place, "", "`await` stands in a test").
			note("In a test, `ask` awaits by itself.").help("Leave out `await`.")
		return nil
	}
	help, why := "", ""
	switch {
	case !b.inTask():
		why = "Only a handler of a task can wait."
		help = "Move it into a task; in a workflow, write an inline one: `task In -> Out { on event e { … } } as name`."
	case len(b.lambdas) > 0:
		why = "A lambda cannot wait."
		help = "Let the lambda ask, and await all futures at once: `await all(xs.map(x => ask p(x)))`."
	case b.site == siteHelper:
		why = "A helper cannot wait, since it is called in the middle of an expression."
		help = "Let the helper return what it would ask with, and write in the handler `await ask portal(helper(…))`."
	case b.handler.Kind == ast.OnError:
		why = "`on error` cleans up after a failure, and does not wait."
		help = "Await in `on event`, `on ask` or `on timer`."
	case b.handler.Kind != ast.OnEvent && b.handler.Kind != ast.OnAsk && b.handler.Kind != ast.OnTimer:
		why = "`on " + b.handler.Kind.String() + "` runs at the barrier, which does not wait."
		help = "Await in `on event`, `on ask` or `on timer`."
	case b.guards > 0:
		why = "A guard only looks at what is there."
		help = "Await before the `match`, and bind the reply with `let`."
	default:
		b.task.Awaits = true
		return nil
	}
	return b.err("PTL0601", e.Place, "", "`await` cannot stand here").note("%s", why).help("%s", help).Diagnostic
}

// awaited is what awaiting a value of type t gives. If that is no future, it does not matter that the await is misplaced.
func (b *body) awaited(await *ast.Await, t types.Type, w want, misplaced *diag.Diagnostic) types.Type {
	e := await.X
	t = types.Resolve(t)
	switch t := t.(type) {
	case *types.Named:
		if t.Def == types.FutureDef {
			return t.Args[0]
		}
	case *types.Tuple:
		out := &types.Tuple{}
		for _, elem := range t.Elems {
			if !isNamed(elem, types.FutureDef) {
				b.noFuture(e, t).note("All elements of the tuple must be futures; %s is none.", show(elem))
				return types.Invalid
			}
			out.Elems = append(out.Elems, types.Resolve(elem).(*types.Named).Args[0])
		}
		return out
	}
	if t == types.Type(types.Invalid) || t == types.Type(types.Never) || b.isUnknown(e, t) {
		return types.Invalid
	}
	if misplaced != nil {
		b.diags.Remove(misplaced)
	}
	f := b.noFuture(e, t)
	switch {
	case isNamed(t, types.ListDef) && types.Contains(t, types.FutureDef):
		f.help("Write `await all(%s)` for all replies, `await any(%s)` for the first.", shortText(e), shortText(e))
	case b.isPortalCall(e):
		f.help("Write `ask` before the portal.")
	default:
		if b.tried == await {
			f.help("Leave out `try await`.")
			return types.Invalid
		}
		f.help("Leave out `await`.")
		if w.discard && t != types.Type(types.Unit) { // the value alone would not be used either
			return types.Invalid
		}
		if await.Within == nil {
			f.edit(source.Span{File: e.Span().File, Start: await.Place.Start, End: e.Span().Start}, "")
		}
		return t
	}
	return types.Invalid
}

func (b *body) noFuture(e ast.Expr, t types.Type) finding {
	return b.err("PTL0605", e.Span(), "this is "+show(t), "`await` needs a future").
		note("`ask p(request)` gives a future of the reply.")
}

func (b *body) isPortalCall(e ast.Expr) bool {
	call, ok := e.(*ast.Call)
	if !ok {
		return false
	}
	id, ok := call.Fun.(*ast.Ident)
	return ok && isPortal(b.info.Uses[id])
}

func (b *body) awaitedList(e *ast.Await) types.Type {
	word := "all"
	if e.Mode == ast.AwaitAny {
		word = "any"
	}
	t := types.Resolve(b.expr(e.X, anything))
	elem := types.Type(types.Invalid)
	n, ok := t.(*types.Named)
	switch {
	case ok && n.Def == types.ListDef && isNamed(n.Args[0], types.FutureDef):
		elem = types.Resolve(n.Args[0]).(*types.Named).Args[0]
	case t == types.Type(types.Invalid) || t == types.Type(types.Never):
	default:
		f := b.err("PTL0605", e.X.Span(), "this is "+show(t), "`await %s` needs a list of futures", word)
		if _, isTuple := t.(*types.Tuple); isTuple && word == "all" {
			f.help("A tuple of futures is awaited without `all`.")
		} else if isNamed(t, types.FutureDef) {
			f.help("One future is awaited without `%s`.", word)
		}
	}
	if e.Mode == ast.AwaitAll {
		return types.List(elem)
	}
	return elem
}

func (b *body) try(e *ast.Try, w want) types.Type {
	await, ok := e.X.(*ast.Await)
	outer := b.tried
	b.tried = await
	t := b.expr(e.X, anything)
	b.tried = outer
	if !ok {
		if t != types.Type(types.Invalid) {
			b.err("PTL0605", e.X.Span(), "", "`try` needs an `await` after it").
				note("`try await f` gives the reply as `Ok`, or, if the ask failed, the error as `Err`.")
		}
		return types.Invalid
	}
	if t == types.Type(types.Invalid) {
		return t
	}
	return types.Result(t, types.Error)
}

func (b *body) emit(e *ast.Emit) types.Type {
	if !b.inTask() || len(b.lambdas) > 0 {
		b.expr(e.X, anything)
		f := b.err("PTL0601", e.Place, "", "`emit` cannot stand here").note("Only the handlers and helpers of a task emit.")
		if len(b.lambdas) > 0 && b.inTask() {
			f.help("Use a `for` loop instead of the lambda.")
		}
		return types.Unit
	}
	if b.fun != nil {
		b.fun.Emits = true
	} else {
		b.emitsIn(b.handler)
	}
	if b.task.Out == nil {
		t := b.expr(e.X, anything)
		b.err("PTL0601", e.Place, "", "this task has no output").at(declOf(b.task), "declared here").
			help("Write the type of its output after `->`: `-> %s`.", show(t))
		return types.Unit
	}
	b.expr(e.X, wants(b.task.Out, because{spanOf(b.task.Decl.Out), "the output of the task is %s"}))
	return types.Unit
}

func (b *body) reply(e *ast.Reply) types.Type {
	if b.site != siteHandler || b.handler.Kind != ast.OnAsk || len(b.lambdas) > 0 {
		b.expr(e.X, anything)
		f := b.err("PTL0601", e.Place, "", "`reply` cannot stand here").note("Only `on ask` has something to reply to.")
		switch {
		case b.site == siteHelper:
			f.help("Let the helper return the reply, and write `reply %s(…)` in the handler.", b.fun.Name)
		case b.site == siteHandler && b.handler.Kind == ast.OnEvent:
			f.help("To give an event to the task's output, write `emit`.")
		}
		return types.Unit
	}
	if b.portal == nil {
		b.expr(e.X, anything)
		return types.Unit
	}
	b.expr(e.X, wants(b.portal.Rep, because{spanOf(b.portal.Decl.Rep), "replies of `" + b.portal.Name + "` are %s"}))
	return types.Unit
}
