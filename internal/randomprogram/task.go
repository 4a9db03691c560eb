package randomprogram

import (
	"fmt"
	"strings"
)

// task is a task of the program, as its own handlers and those who use it see it.
type task struct {
	name    string // or the whole of one that is inline
	inline  bool
	in, out *typ
	key     *typ
	params  []variable
	// fallback is the default of the last of these; "": none
	fallback string
	funs     []fun // params that are functions
	states   []variable
	shared   []variable
	helpers  []fun
	level    int  // it asks portals below
	loses    bool // what it emits has no key
}

// declareParams writes params of the program. Nobody gives their flags.
func (g *gen) declareParams() {
	for range g.n(3) {
		p := variable{name: g.fresh(), t: pick(g, tInt, tInt, tBool, tFloat, tString, tTime, tDuration)}
		g.line("param %s: %s = %s", p.name, p.t.name, g.leaf(&env{}, p.t, true))
		g.params = append(g.params, p)
	}
}

// declareFunctions writes functions of the program.
func (g *gen) declareFunctions() {
	g.declareExterns()
	for range g.n(3) {
		f := fun{name: g.fresh(), result: g.anyType(2)}
		e := &env{ret: f.result, returns: true}
		g.signature(e, &f)
		if g.chance(2) {
			g.line("fun %s = %s", f.head(e), g.expr(e, f.result, 3, true))
		} else {
			g.line("fun %s {", f.head(e))
			g.functionBody(e, f.result)
			g.line("}")
		}
		g.funs = append(g.funs, f)
	}
}

// externs are functions of package outside, with their types.
var externs = []struct {
	goName string
	fun
}{
	{"Half", fun{params: []*typ{tInt}, result: tInt}},
	{"Mix", fun{params: []*typ{tString, tInt}, result: tString}},
	{"First", fun{params: []*typ{list(tInt)}, result: option(tInt)}},
	{"Or", fun{params: []*typ{option(tFloat), tFloat}, result: tFloat}},
	{"Parts", fun{params: []*typ{tString}, result: tuple(tString, tInt)}},
	{"Parted", fun{params: []*typ{tString}, result: tuple(tString, tString)}},
	{"Sorted", fun{params: []*typ{list(tString)}, result: list(tString)}},
	{"Count", fun{params: []*typ{list(tString)}, result: mapOf(tString, tInt)}},
	{"Look", fun{params: []*typ{mapOf(tString, tInt), tString}, result: option(tInt)}},
	{"Sum", fun{params: []*typ{list(tInt)}, result: tInt}},
	{"Later", fun{params: []*typ{tTime, tDuration}, result: tTime}},
	{"Turned", fun{params: []*typ{tBytes}, result: tBytes}},
	{"Text", fun{params: []*typ{tInt}, result: tString}},
	{"Refuse", fun{params: []*typ{tInt, tBool}, result: tInt}},
}

// declareExterns writes functions of Go. Those of the program can call them.
func (g *gen) declareExterns() {
	for range g.n(4) {
		x := pick(g, externs...)
		f := fun{name: g.fresh(), params: x.params, result: x.result}
		parts := make([]string, len(f.params))
		for i, t := range f.params {
			parts[i] = fmt.Sprintf("p%d: %s", i, t.name)
		}
		g.line("extern fun %s(%s) -> %s = go %q.%s", f.name, strings.Join(parts, ", "), f.result.name, Outside, x.goName)
		g.funs = append(g.funs, f)
	}
}

// signature gives a function its parameters.
func (g *gen) signature(e *env, f *fun) {
	for range g.n(3) {
		t := g.anyType(1)
		f.params = append(f.params, t)
		e.bind(g, t)
	}
	e.block = 0
}

func (f *fun) head(e *env) string {
	parts := make([]string, len(f.params))
	for i, t := range f.params {
		parts[i] = e.vars[i].name + ": " + t.name
	}
	return fmt.Sprintf("%s(%s) -> %s", f.name, strings.Join(parts, ", "), f.result.name)
}

func (g *gen) functionBody(e *env, result *typ) {
	g.statements(e, 1+g.n(3))
	g.line("%s", g.expr(e, result, 2, true))
}

// declareTask writes a task that takes events of type in and answers portals.
func (g *gen) declareTask(in, key *typ, level int, portals ...*portal) *task {
	var out *typ
	if in != nil && !g.chance(8) {
		out = g.eventType()
	}
	if in == nil || len(portals) > 0 || !g.chance(8) {
		return g.declareTaskTo(in, out, key, level, portals...)
	}
	t := &task{inline: true, in: in, out: out, key: key, level: level}
	t.name = strings.TrimSuffix(g.apart(func() { g.writeTask(t) }), "\n")
	return t
}

// declareTaskTo is declareTask with a type of what the task emits.
func (g *gen) declareTaskTo(in, out, key *typ, level int, portals ...*portal) *task {
	t := &task{name: g.upper("T"), in: in, out: out, key: key, level: level}
	g.parameters(t)
	g.writeTask(t, portals...)
	if portals == nil {
		g.tasks = append(g.tasks, t)
	}
	return t
}

// writeTask writes a task; one without a name stands where it is used.
func (g *gen) writeTask(t *task, portals ...*portal) {
	in, key := t.in, t.key
	exclusive := ""
	if key != nil && g.chance(4) {
		exclusive = "exclusive "
	}
	g.line("%stask %s {", exclusive, t.head())
	g.declareStates(t)
	g.declareHelpers(t)
	g.line("")
	if in != nil {
		for _, a := range g.arms(g.handlerEnv(t), in) {
			g.line("on event %s {", a.head())
			g.handlerBody(a.env)
			g.line("}")
		}
	}
	for _, p := range portals {
		for _, a := range g.arms(g.handlerEnv(t), p.req) {
			a.env.returns = false
			g.line("on ask %s(%s)%s {", p.name, a.pattern, a.guard)
			g.answer(a.env, p.rep)
			g.line("}")
		}
	}
	g.barriers(t)
	g.line("}")
}

func (t *task) head() string {
	text := t.name
	var params []string
	for _, p := range t.params {
		params = append(params, p.name+": "+p.t.name)
	}
	if t.fallback != "" && t.funs == nil {
		params[len(params)-1] += " = " + t.fallback
	}
	for _, f := range t.funs {
		params = append(params, f.name+": fun("+names(f.params)+") -> "+f.result.name)
	}
	if params != nil {
		text += "(" + strings.Join(params, ", ") + ")"
	}
	switch {
	case t.name == "":
		text = t.in.name
	case t.in != nil:
		text += ": " + t.in.name
	}
	if t.out != nil {
		text += " -> " + t.out.name
	}
	if t.key != nil {
		text += " keyed " + t.key.name
	}
	return text
}

func (g *gen) parameters(t *task) {
	if g.chance(5) {
		p := variable{g.fresh(), g.basic(), false}
		t.params = append(t.params, p)
		if g.chance(2) {
			t.fallback = g.literal(&env{}, p.t, 1, true)
		}
	}
	if g.chance(6) {
		t.funs = append(t.funs, fun{g.fresh(), []*typ{g.anyType(1)}, g.anyType(1)})
	}
}

func (g *gen) declareStates(t *task) {
	declare := func(word string, layout []variable) []variable {
		for _, v := range layout {
			g.line("%s %s: %s = %s", word, v.name, v.t.name, g.initial(t, v.t))
		}
		return layout
	}
	n := g.n(len(g.layouts))
	if t.key != nil && !g.chance(4) {
		t.states = declare("state", g.layouts[n])
	}
	if g.chance(4) || t.key == nil && g.chance(2) {
		t.shared = declare("shared state", g.layouts[(n+1)%len(g.layouts)])
	}
}

// initial is an initial value of a state, by itself or by a param.
func (g *gen) initial(t *task, of *typ) string {
	none := &env{}
	if !g.chance(4) {
		return g.literal(none, of, 1, true)
	}
	e := &env{vars: t.params}
	return fmt.Sprintf("if %s < %s { %s } else { %s }", g.leaf(e, tInt, true), g.leaf(e, tInt, true), g.literal(none, of, 1, true), g.literal(none, of, 1, true))
}

func (g *gen) declareHelpers(t *task) {
	for range g.n(3) {
		f := fun{name: g.fresh(), result: g.anyType(1)}
		e := &env{task: t, state: true, asks: true, emits: true, helps: true, changes: true, returns: true, ret: f.result, vars: nil}
		g.signature(e, &f)
		head := f.head(e)
		e.vars = append(e.vars, t.params...)
		e.block = len(e.vars)
		g.line("fun %s {", head)
		g.functionBody(e, f.result)
		g.line("}")
		t.helpers = append(t.helpers, f)
	}
}

// handlerEnv is where a handler of events or requests begins.
func (g *gen) handlerEnv(t *task) *env {
	vars := append([]variable(nil), t.params...)
	return &env{task: t, state: true, awaits: true, asks: true, emits: true, helps: true, changes: true, returns: true, vars: vars, block: len(vars)}
}

func (g *gen) handlerBody(e *env) {
	e.block = len(e.vars)
	g.statements(e, 1+g.n(4))
	if e.task.out != nil && !g.chance(3) {
		g.line("emit %s", g.expr(e, e.task.out, 3, true))
	}
}

// answer writes what a handler of requests does: exactly one reply on each path.
func (g *gen) answer(e *env, rep *typ) {
	e.block = len(e.vars)
	g.statements(e, g.n(3))
	switch g.n(4) {
	case 0:
		g.line("if %s {", g.condition(e, 2))
		g.block(e, g.n(2), func(e *env) { g.line("reply %s", g.expr(e, rep, 2, true)) })
		g.line("} else {")
		g.block(e, g.n(2), func(e *env) { g.line("reply %s", g.expr(e, rep, 2, true)) })
		g.line("}")
	case 1:
		g.line("if %s { fail \"refused\" }", g.condition(e, 2))
		g.line("reply %s", g.expr(e, rep, 2, true))
	default:
		g.line("reply %s", g.expr(e, rep, 3, true))
	}
	if g.chance(3) {
		g.statements(e, 1+g.n(2))
	}
}

// barriers writes the handlers at the end of an atom and of the workflow, and of failures.
func (g *gen) barriers(t *task) {
	plain := func() *env {
		e := g.handlerEnv(t)
		e.awaits, e.asks, e.helps = false, false, false
		return e
	}
	if t.key != nil && g.chance(3) {
		e := plain()
		e.helps = true
		g.line("on atom per key {")
		g.handlerBody(e)
		g.line("}")
	}
	for _, trigger := range []string{"atom", "complete"} {
		if g.chance(4) {
			e := plain()
			e.state = false
			g.line("on %s {", trigger)
			g.handlerBody(e)
			g.line("}")
			t.loses = true
		}
	}
	if t.in != nil && g.chance(3) {
		e := plain()
		e.asks, e.helps = true, true
		name := g.fresh()
		e.vars = append(e.vars, variable{name + ".message", tString, false}, variable{name + ".event", option(t.in), false})
		g.line("on error %s {", name)
		g.handlerBody(e)
		g.line("}")
	}
}
