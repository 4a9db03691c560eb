package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// checkHandler checks one clause `on …`.
func (c *checker) checkHandler(p *pkg, t *Task, h *ast.Handler, vars typeVars) {
	b := c.newBody(p, siteHandler, vars)
	b.task, b.handler = t, h
	b.enterAll(t.Params)
	in, why := b.handled(h)
	for _, pattern := range h.Patterns {
		b.pattern(pattern, in, why)
	}
	if h.Kind == ast.OnError && len(h.Patterns) > 0 {
		b.later = append(b.later, func() { b.mustCover(h.Patterns[0], "`on error`", "Bind a name, `on error e`, and match on `e.event`.") })
	}
	b.guard(h.Guard)
	if h.Kind == ast.OnError && h.Guard != nil {
		b.err("PTL0404", h.Guard.Span(), "", "`on error` takes no guard").note("It runs in place of every handler of the task that fails.").
			help("Ask in its body; what it cannot handle it fails with again: `if … { … } else { fail e.message }`.")
	}
	if h.Body != nil {
		b.expr(h.Body, discarded)
	}
	b.finish()
	if h.Kind == ast.OnAsk && b.portal != nil {
		c.checkReplies(h, b.portal)
	}
	c.handlers = append(c.handlers, taskHandler{t, h})
}

// handled is the type of what a handler's pattern takes apart, and why.
func (b *body) handled(h *ast.Handler) (types.Type, because) {
	t := b.task
	switch h.Kind {
	case ast.OnEvent:
		if t.In == nil {
			return types.Invalid, because{}
		}
		return t.In, because{spanOf(t.Decl.In), "events of the task are %s"}
	case ast.OnAsk:
		return b.answered(h)
	case ast.OnTimer:
		b.noTimers(h.Head.Place, "`on timer`")
		return types.Invalid, because{}
	case ast.OnError:
		in := t.In
		if in == nil {
			in = types.Unit
		}
		return types.Failure(in), because{h.Head.Place, "what failed is %s"}
	}
	return types.Invalid, because{}
}

// answered finds the portal of an `on ask`.
func (b *body) answered(h *ast.Handler) (types.Type, because) {
	obj, name, at := b.portalOrStream(h.Portal)
	p, ok := obj.(*Portal)
	switch {
	case ok && p.App != "":
		b.err("PTL0511", at, "", "the portal `%s` belongs to the app `%s`", name, p.App).
			note("A portal is answered in the app that declares it.").help("Declare a portal of this app.")
		return types.Invalid, because{}
	case ok:
		b.portal = p
		b.task.Answers = addPortal(b.task.Answers, p)
		return p.Req, because{spanOf(p.Decl.Req), "requests of `" + p.Name + "` are %s"}
	case obj != nil:
		b.misplaced(obj, at, "`%s` is not a portal", name)
	case name != "":
		b.err("PTL0201", at, "not declared anywhere", "there is no portal `%s`", name).
			didYouMean(at, name, b.valueNames(b.pkg, isPortal))
	}
	return types.Invalid, because{}
}

// noTimers refuses what needs event time, which the language has a place for and this compiler does not have yet.
func (c *checker) noTimers(at source.Span, what string) {
	c.err("PTL0607", at, "", "event time and timers are not there yet").
		note("%s is part of the language, but this version of the compiler cannot run it.", what).
		help("`await … within 5s` and `every(1s)` count wall-clock time and can be used.")
}

// checkClauses checks that the clauses of each kind of handler cover all cases together.
func (c *checker) checkClauses(t *Task) {
	var events []*ast.Handler
	asks := map[*Portal][]*ast.Handler{}
	once := map[ast.HandlerKind]*ast.Handler{}
	for _, h := range t.Handlers {
		switch h.Kind {
		case ast.OnEvent:
			events = append(events, h)
		case ast.OnAsk:
			if p := c.portalOf(h); p != nil {
				asks[p] = append(asks[p], h)
			}
		case ast.OnTimer:
		default:
			c.onlyOnce(once, h)
		}
	}
	if len(events) > 0 && t.In != nil {
		c.coverClauses(t, t.In, events, "events", spanOf(t.Decl.In))
	}
	for _, p := range t.Answers {
		c.coverClauses(t, p.Req, asks[p], "requests of `"+p.Name+"`", spanOf(p.Decl.Req))
	}
}

func (c *checker) portalOf(h *ast.Handler) *Portal {
	if id, ok := h.Portal.(*ast.Ident); ok {
		p, _ := c.info.Uses[id].(*Portal)
		return p
	}
	return nil
}

func (c *checker) onlyOnce(seen map[ast.HandlerKind]*ast.Handler, h *ast.Handler) {
	first := seen[h.Kind]
	if first == nil {
		seen[h.Kind] = h
		return
	}
	f := c.err("PTL0402", h.Head.Place, "never reached", "`on %s` stands twice in this task", h.Kind).at(first.Head.Place, "first here")
	if h.Kind == ast.OnError {
		f.help("Put both into one: `on error e { match e.event { … } }`.")
		return
	}
	f.help("Put both into one.")
}

func (c *checker) coverClauses(t *Task, in types.Type, handlers []*ast.Handler, what string, declared source.Span) {
	var clauses []clause
	for _, h := range handlers {
		if len(h.Patterns) != 1 {
			return
		}
		clauses = append(clauses, clause{h.Patterns[0], h.Guard != nil, h.Head.Place})
	}
	if missing := c.cover(in, clauses, "handler"); len(missing) > 0 {
		c.err("PTL0401", declOf(t), "", "%s does not handle all %s: it misses %s", t.describe(), what, quoted(missing)).
			at(declared, "these are %s", show(in)).
			help("Add a handler for %s.", quoted(missing))
	}
}

// checkFuns checks the bodies of functions.
func (c *checker) checkFuns(p *pkg) {
	for _, f := range p.funs {
		if f.Decl != nil {
			c.newBody(p, siteFun, c.funVars(f)).funBody(f)
		}
	}
}

func (c *checker) funVars(f *Fun) typeVars {
	vars := typeVars{}
	if f.Task != nil {
		vars = c.varsOf(f.Task)
	}
	for _, p := range f.TypeParams {
		vars[p.Name] = p
	}
	return vars
}

// funBody checks the body of a function or helper.
func (b *body) funBody(f *Fun) {
	b.fun = f
	b.vars = b.funVars(f)
	for _, l := range f.Params {
		b.enter(l)
	}
	at := declOf(f)
	if f.Decl.Result != nil {
		at = f.Decl.Result.Span()
	}
	b.result = wants(f.Result, because{at, "`" + f.Name + "` gives %s"})
	b.open()
	switch {
	case f.Decl.Body != nil:
		b.functionBlock(f.Decl.Body, b.result)
	case f.Decl.Expr != nil:
		b.expr(f.Decl.Expr, b.result)
	}
	b.finish()
}

// checkDefaults checks the defaults of params and fields.
func (c *checker) checkDefaults(p *pkg) {
	for _, o := range p.params {
		if o.Decl.Default != nil {
			b := c.newBody(p, siteDecl, nil)
			b.expr(o.Decl.Default, wants(o.Type, because{spanOf(o.Decl.Type), "`" + o.Name + "` is %s"}))
			b.finish()
		}
	}
	for _, d := range p.decls {
		for i, fields := range d.fields {
			for _, fd := range fields {
				if fd.Default == nil || fd.Name == nil {
					continue
				}
				f := d.def.Variants[i].Field(fd.Name.Text)
				c.info.Defaults[f] = fd.Default
				b := c.newBody(p, siteDecl, p.typeVars[d.def])
				b.expr(fd.Default, wants(f.Type, because{spanOf(fd.Type), "`" + f.Name + "` is %s"}))
				b.finish()
			}
		}
	}
}

// checkPortalKeys checks the functions that give requests their keys.
func (c *checker) checkPortalKeys(p *pkg) {
	for _, o := range p.portals {
		if o.Decl.Key == nil {
			continue
		}
		key := c.supply.Fresh()
		b := c.newBody(p, siteStep, nil)
		f := &types.Func{Params: []types.Type{o.Req}, Result: key}
		b.expr(o.Decl.Key, wants(f, because{spanOf(o.Decl.Req), "requests are taken by %s"}))
		b.duty(duty{typ: key, need: types.NeedKey, at: o.Decl.Key.Span(), what: "`key`"})
		b.finish()
		o.Key, o.KeyFn = types.Default(key), o.Decl.Key
	}
}
