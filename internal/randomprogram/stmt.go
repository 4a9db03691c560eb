package randomprogram

import (
	"fmt"
	"slices"
)

// block writes some statements into an inner block of e; last, when it is not nil, writes what must stand at the end.
func (g *gen) block(e *env, n int, last func(e *env)) {
	in := e.inner()
	g.statements(in, n)
	if last != nil {
		last(in)
	}
}

// statements writes n statements.
func (g *gen) statements(e *env, n int) {
	for range n {
		g.statement(e, n > 1)
	}
}

// statement writes one statement; deep tells that it may have blocks.
func (g *gen) statement(e *env, deep bool) {
	switch n := g.n(20); {
	case n < 3:
		g.let(e)
	case n < 5:
		t := g.anyType(2)
		x := g.expr(e, t, 2, true)
		name := e.name(g)
		g.line("var %s: %s = %s", name, t.name, x)
		e.declare(name, t, true)
	case n < 9:
		g.change(e)
	case n < 11 && e.emits && e.task.out != nil && e.loops < 2:
		g.line("emit %s", g.expr(e, e.task.out, 2, true))
	case n < 13 && e.asks:
		g.asking(e)
	case n < 14 && (e.task != nil || e.returns):
		g.line("if %s { %s }", g.condition(e, 1), g.leave(e))
	case n < 15:
		g.line(`log "${%s}"`, g.expr(e, g.anyType(1), 1, false))
	case deep && n < 17:
		g.branch(e)
	case deep && n < 18:
		g.matching(e)
	case deep && e.loops < 2:
		g.loop(e)
	default:
		g.change(e)
	}
}

func (g *gen) let(e *env) {
	t := g.anyType(2)
	typed := !g.chance(3)
	x := g.expr(e, t, 3, typed)
	if t.kind == kTuple && g.chance(2) {
		pattern := g.pattern(e, t, 1)
		if pattern != "_" {
			g.line("let %s: %s = %s", pattern, t.name, x)
			return
		}
	}
	name := e.name(g)
	if typed {
		g.line("let %s: %s = %s", name, t.name, x)
	} else {
		g.line("let %s = %s", name, x)
	}
	e.declare(name, t, false)
}

// leave is a statement that ends something early.
func (g *gen) leave(e *env) string {
	switch {
	case e.loops > 0 && g.chance(2):
		return pick(g, "break", "continue")
	case e.returns && e.ret != nil && g.chance(2):
		return "return " + g.expr(e, e.ret, 1, true)
	case e.returns && e.ret == nil && g.chance(2):
		return "return"
	case g.chance(2):
		return fmt.Sprintf(`fail "f%d"`, g.n(100))
	case e.loops > 0:
		return "continue"
	}
	return fmt.Sprintf(`fail "no ${%s}"`, g.expr(e, g.basic(), 1, false))
}

// change writes a place.
func (g *gen) change(e *env) {
	places := e.places(func(*typ) bool { return true })
	if len(places) == 0 {
		g.let(e)
		return
	}
	p := pick(g, places...)
	place, t := p.name, p.t
	for t.kind == kDef && !t.def.enum && g.chance(2) { // a field of it
		f := pick(g, t.def.variants[0].fields...)
		place, t = place+"."+f.name, f.t
	}
	switch {
	case t == tInt && g.chance(2):
		g.line("%s %s %s", place, pick(g, "+=", "-=", "*=", "%=", "/="), pick(g, "1", "2", "3", g.expr(e, tInt, 1, true)))
		if g.chance(2) {
			g.line("%s %%= 1000", place)
		}
		return
	case t.kind == kList && !g.chance(3):
		g.changeList(e, place, t)
		return
	case t.kind == kMap && !g.chance(3):
		g.changeMap(e, place, t)
		return
	case t.kind == kSet && !g.chance(3):
		g.line("%s.%s(%s)", place, pick(g, "add", "add", "remove"), g.expr(e, t.elems[0], 1, true))
		return
	}
	g.line("%s = %s", place, g.expr(e, t, 3, true))
}

func (g *gen) changeList(e *env, place string, t *typ) {
	x := func() string { return g.expr(e, t.elems[0], 2, true) }
	at := pick(g, "0", "0", "1", g.expr(e, tInt, 1, true))
	switch g.n(8) {
	case 0:
		g.line("%s.remove(%s)", place, x())
	case 1:
		g.line("if %s.length > 1 { %s.removeAt(%s) }", place, place, at)
	case 2:
		g.line("if %s.length > 1 { %s[%s] = %s }", place, place, at, x())
	case 3:
		g.line("if !%s.isEmpty() { %s.insert(%s, %s) }", place, place, at, x())
	case 4:
		g.line("%s.pushAll([%s, %s])", place, x(), x())
	case 5:
		g.line("if %s.length > 5 { %s.clear() }", place, place)
	default:
		g.line("%s.push(%s)", place, x())
	}
}

func (g *gen) changeMap(e *env, place string, t *typ) {
	k, v := t.elems[0], t.elems[1]
	switch g.n(5) {
	case 0:
		g.line("%s.remove(%s)", place, g.expr(e, k, 1, true))
	case 1, 2:
		key, first := g.expr(e, k, 1, true), g.expr(e, v, 1, true)
		g.line("%s.update(%s, %s, %s)", place, key, first, g.lambdaOf(e, v, 2, true, v))
	case 3:
		g.line("if %s.length > 5 { %s.clear() }", place, place)
	default:
		g.line("%s[%s] = %s", place, g.expr(e, k, 2, true), g.expr(e, v, 2, true))
	}
}

// asking writes an ask: one that nobody awaits, or a future.
func (g *gen) asking(e *env) {
	ps := g.askable(e)
	if len(ps) == 0 {
		return
	}
	p := pick(g, ps...)
	req := g.expr(e, p.req, 2, true)
	if !e.awaits || g.chance(4) {
		g.line("ask %s(%s)", p.name, req)
		g.line(`log "asked"`)
		return
	}
	switch g.n(4) {
	case 0:
		g.awaitingList(e, p, req)
		return
	case 1:
		g.awaitingMatch(e, p, pick(g, ps...), req)
		return
	}
	name := e.name(g)
	g.line("let %s = ask %s(%s)", name, p.name, req)
	e.declare(name, nil, false)
	e.futures = append(e.futures, future{name, p.rep})
	if g.chance(2) {
		g.statement(e, false)
	}
	if !g.chance(6) {
		got := e.name(g)
		g.line("let %s = await %s", got, name)
		e.declare(got, p.rep, false)
	}
}

// awaitingMatch writes a statement for each way in which something asked may end.
func (g *gen) awaitingMatch(e *env, p, q *portal, req string) {
	ask := fmt.Sprintf("ask %s(%s)", p.name, req)
	other := func() string { return fmt.Sprintf("ask %s(%s)", q.name, g.expr(e, q.req, 1, true)) }
	arm := func(pattern string, t *typ) {
		in := e.inner()
		if t != nil {
			pattern = fmt.Sprintf(pattern, g.pattern(in, t, 1))
		}
		g.line("%s => {", pattern)
		g.block(in, g.n(2), nil)
		g.line("}")
	}
	switch g.n(4) {
	case 0:
		g.line("match try await %s {", ask)
		arm("Ok(%s)", p.rep)
		arm("Err(_)", nil)
		g.line("}")
	case 1:
		g.line("match try await %s within %s {", ask, g.period())
		arm("Ok(Some(%s))", p.rep)
		arm("Ok(None)", nil)
		arm("Err(_)", nil)
		g.line("}")
	case 2:
		in := e.inner()
		g.line("if let Some((%s, %s)) = await (%s, %s) within %s {", g.pattern(in, p.rep, 1), g.pattern(in, q.rep, 0), ask, other(), g.period())
		g.block(in, 1, nil)
		g.line("} else {")
		g.block(e, 1, nil)
		g.line("}")
	case 3:
		asks := fmt.Sprintf("await (%s, %s)", ask, other())
		a := e.bind(g, p.rep)
		b := e.bind(g, q.rep)
		g.line("let (%s, %s) = %s", a, b, asks)
	}
}

// awaitingList writes asks in a list, and a loop that awaits each.
func (g *gen) awaitingList(e *env, p *portal, req string) {
	name := e.name(g)
	g.line("let %s = [ask %s(%s), ask %s(%s)]", name, p.name, req, p.name, g.expr(e, p.req, 1, true))
	e.declare(name, nil, false)
	if g.chance(3) {
		got := e.name(g)
		g.line("let %s = await %s(%s) within %s", got, pick(g, "any", "all"), name, g.period())
		g.line("log \"${%s}\"", got)
		e.declare(got, nil, false)
	}
	in := e.inner()
	in.loops++
	each := in.name(g)
	in.declare(each, nil, false)
	g.line("for %s in %s {", each, name)
	got := in.name(g)
	g.line("let %s = await %s", got, each)
	in.declare(got, p.rep, false)
	g.statements(in, 1+g.n(2))
	g.line("}")
}

func (g *gen) branch(e *env) {
	in := e.inner()
	if v := e.places(func(t *typ) bool { return t.kind == kOption }); len(v) > 0 && g.chance(2) {
		head := in.inner()
		p := pick(g, v...)
		g.line("if let Some(%s) = %s {", g.pattern(head, p.t.elems[0], 1), p.name)
		in = head
	} else {
		g.line("if %s {", g.condition(e, 2))
	}
	g.block(in, 1+g.n(2), nil)
	if g.chance(2) {
		g.line("} else {")
		g.block(e, 1+g.n(2), nil)
	}
	g.line("}")
}

func (g *gen) matching(e *env) {
	t := g.anyType(1)
	x := g.leaf(e, t, false)
	if vars := e.readable(); len(vars) > 0 {
		v := pick(g, vars...)
		x, t = v.name, v.t
	}
	g.line("match %s {", x)
	for _, a := range g.arms(e, t) {
		g.line("%s => {", a.head())
		g.block(a.env, g.n(3), nil)
		g.line("}")
	}
	g.line("}")
}

func (g *gen) loop(e *env) {
	in := e.inner()
	in.loops++
	if g.chance(3) {
		i := e.name(g)
		e.declare(i, nil, false)
		in = e.inner()
		in.loops++
		g.line("var %s = 0", i)
		more := "true"
		if g.chance(3) {
			more = g.condition(e, 1)
		}
		g.line("while %s < %d && %s {", i, 1+g.n(4), more)
		g.line("%s += 1", i)
		g.block(in, 1+g.n(2), nil)
		g.line("}")
		return
	}
	if lists := e.places(func(t *typ) bool { return t.kind == kList }); len(lists) > 0 && g.chance(2) {
		v := pick(g, lists...)
		g.line("if %s.length < 6 {\nfor %s in %s {", v.name, g.pattern(in, v.t.elems[0], 1), v.name)
		if slices.ContainsFunc(in.places(v.t.is), func(w variable) bool { return w.name == v.name }) { // the pattern did not hide it
			g.changeList(in, v.name, v.t)
		}
		g.block(in, 1, nil)
		g.line("}\n}")
		return
	}
	over, head := g.over(e, in)
	g.line("for %s in %s {", head, over)
	g.block(in, 1+g.n(2), nil)
	g.line("}")
}

// over is what a loop goes over, and the pattern of its elements.
func (g *gen) over(e, in *env) (over, head string) {
	vars := e.places(func(t *typ) bool { return t.kind == kList || t.kind == kMap || t.kind == kSet })
	if len(vars) == 0 || g.chance(4) {
		return fmt.Sprintf("range(0, %d)", 1+g.n(4)), in.bind(g, tInt)
	}
	v := pick(g, vars...)
	switch v.t.kind {
	case kMap:
		return v.name, "(" + in.bind(g, v.t.elems[0]) + ", " + in.bind(g, v.t.elems[1]) + ")"
	case kSet:
		return v.name, in.bind(g, v.t.elems[0])
	}
	return v.name + ".take(4)", g.pattern(in, v.t.elems[0], 1)
}
