package randomprogram

import (
	"fmt"
	"strings"
)

// flow is what goes along a chain of a workflow.
type flow struct {
	name string
	t    *typ
	key  *typ // nil: none
	// quiet tells that tasks behind it must not ask: events come at the end of each atom, those with the reply too.
	quiet bool
}

// most is how many tasks, one behind the other, a workflow may have.
const most = 2

// everyPortal is the level of tasks that may ask all portals.
const everyPortal = 100

// declareSources writes streams that generators make, and streams made of these.
func (g *gen) declareSources() {
	none := &env{}
	if g.chance(5) {
		s := stream{name: g.fresh(), t: tTime}
		g.line("stream %s = every(%s)", s.name, pick(g, "1s", "20ms", "1h"))
		g.streams = append(g.streams, s)
	}
	for range 1 + g.n(3) {
		t := g.eventType()
		name := g.fresh()
		event := func() string { return g.literal(none, t, 2, true) }
		events := func(n int) string {
			parts := make([]string, n)
			for i := range parts {
				parts[i] = event()
			}
			return "[" + strings.Join(parts, ", ") + "]"
		}
		limit := func(n int) string { return fmt.Sprint(n) + pick(g, "", "", " or 5ms") } // no time passes while it makes an atom
		var made string
		switch n := g.n(9); {
		case n == 8:
			made = pick(g, "empty()", fmt.Sprintf("list(%s, atom: %s)", events(2+g.n(30)), limit(1+g.n(9))))
		case n < 3:
			made = fmt.Sprintf("list(%s, atom: %s)", events(1+g.n(8)), limit(1+g.n(4)))
		case n == 3:
			made = fmt.Sprintf("list(%s)", events(1+g.n(6)))
		case n == 4:
			made = fmt.Sprintf("repeat(%s, times: %d)", events(1+g.n(3)), 1+g.n(3))
		case n == 5 && t == tInt:
			made = fmt.Sprintf("range(%d, %d, atom: %s)", g.n(4)-2, g.n(6)+1, limit(1+g.n(3)))
		case n == 6 && t == tInt:
			made = fmt.Sprintf("unfold(%d, u => if u < 5 { Some((u * 2, u + 1)) } else { None }, atom: %s)", g.n(3), limit(1+g.n(3)))
		default:
			made = fmt.Sprintf("atoms([%s, %s, %s])", events(g.n(4)), events(g.n(3)), events(g.n(3)))
		}
		g.line("stream %s: %s = %s", name, t.name, made)
		g.streams = append(g.streams, stream{name: name, t: t})
	}
	g.derive()
}

// derive writes streams made of other streams.
func (g *gen) derive() {
	a, b := pick(g, g.streams...), pick(g, g.streams...)
	if a.name != b.name && a.t.is(b.t) && g.chance(2) {
		name := g.fresh()
		g.line("stream %s = sequence(%s, %s)", name, a.name, b.name)
		g.streams = append(g.streams, stream{name: name, t: a.t})
	}
	if s := pick(g, g.streams...); g.chance(3) {
		var keep string
		switch s.t {
		case tInt:
			keep = "n => n > 1"
		case tString:
			keep = "s => s.length > 1"
		default: // one that cannot fail: that would end the run
			keep = "x => match x { "
			for _, a := range g.total(&env{}, s.t) {
				keep += a.pattern + " => " + pick(g, "true", "true", "false") + ", "
			}
			keep += "}"
		}
		name := g.fresh()
		g.line("stream %s = split(%s, %s)", name, s.name, keep)
		g.streams = append(g.streams, stream{name: name, t: s.t})
	}
	if s := pick(g, g.streams...); s.t == tInt && g.chance(3) {
		back, loop, w := g.fresh(), g.fresh(), g.fresh()
		g.line("stream %s: Int", back)
		g.line("stream %s = sequence(%s, %s)", loop, s.name, back)
		g.line("workflow %s {", w)
		g.line("from %s |> filter(n => n > 0) |> flatMap(n => [min(n, 5) - 1, n %% 2]) |> filter(n => n > 0) |> map(n => n - 1) |> to %s", loop, back)
		g.line("}")
		g.streams = append(g.streams, stream{name: loop, t: tInt})
	}
}

// declarePortals writes portals; who answers one may ask those before it.
func (g *gen) declarePortals() {
	for i := range (1 + g.n(5)) / 2 {
		p := &portal{name: g.fresh(), req: g.eventType(), rep: g.eventType(), level: i}
		switch g.n(8) {
		case 0:
			p.req = tUnit
		case 1:
			p.rep = tUnit
		case 2, 3, 4, 5:
			p.req = tInt
		}
		text := ""
		if p.req.isKey() && g.chance(2) {
			p.key, text = p.req, " key r => r"
			if p.req == tInt && g.chance(2) {
				if text = " key r => r % 3"; i == 1 {
					text = " key _ => 3"
				}
			}
		}
		g.line("portal %s(%s) -> %s%s", p.name, p.req.name, p.rep.name, text)
		g.portals = append(g.portals, p)
	}
}

// workflow writes a workflow with its tasks.
func (g *gen) workflow() {
	name := g.fresh()
	w := &chains{g: g}
	for range 1 + g.n(2) {
		w.chain()
	}
	if g.chance(4) {
		w.serve()
	}
	g.line("workflow %s {\n%s}", name, w.text.String())
	if w.answers { // who reads what comes of a request must not ask again
		g.unread = append(g.unread, w.made...)
		return
	}
	g.streams = append(g.streams, w.made...)
	if g.chance(8) && g.gathers != "" {
		g.readDeadLetters()
	}
}

// readDeadLetters writes a workflow of dead letters. Nobody reads what it makes: that may fail too.
func (g *gen) readDeadLetters() {
	name, out := g.fresh(), g.fresh()
	f := flow{t: tString, key: tString, quiet: true}
	text := `from deadLetters |> key(d => d.task) |> map(d => "${d.error} ${d.key}: ${d.event} ${d.place}")`
	for range g.n(3) {
		if step := (&chains{g: g}).generic(&f, 0); step != "" {
			text += " |> " + step
		}
	}
	g.line("stream %s: %s\nworkflow %s { %s |> to %s }\nsink %s to stdout.lines()", out, f.t.name, name, text, out, out)
}

// chains are the chains of a workflow in the making.
type chains struct {
	g     *gen
	text  strings.Builder
	flows []flow
	made  []stream
	// answers tells that some task of it answers a portal.
	answers bool
}

// chain writes one chain.
func (w *chains) chain() {
	g := w.g
	var f flow
	var text string
	if len(w.flows) > 0 && g.chance(2) {
		f = pick(g, w.flows...)
		text = f.name
	} else {
		s := pick(g, g.streams...)
		f, text = flow{t: s.t}, "from "+s.name
	}
	tasks := 0
	for range 1 + g.n(4) {
		step := w.step(&f, &tasks)
		text += " |> " + step
		if f.t == nil {
			break
		}
		if g.chance(4) {
			text = w.name(text, &f)
		}
	}
	switch {
	case f.t == nil: // the last task has no output
		fmt.Fprintf(&w.text, "%s\n", text)
	case !g.chance(5):
		out := stream{name: g.fresh(), t: f.t}
		g.line("stream %s: %s", out.name, f.t.name)
		w.made = append(w.made, out)
		fmt.Fprintf(&w.text, "%s |> to %s\n", text, out.name)
	default:
		w.name(text, &f)
	}
}

// name ends a chain with a name for the flow, from which the next one begins.
func (w *chains) name(text string, f *flow) string {
	f.name = w.g.fresh()
	fmt.Fprintf(&w.text, "flow %s = %s\n", f.name, text)
	w.flows = append(w.flows, *f)
	return f.name
}

// step is one step of a chain, which changes the flow.
func (w *chains) step(f *flow, tasks *int) string {
	g := w.g
	none := &env{}
	switch n := g.n(12); {
	case n < 1:
		return "filter(" + g.lambdaOf(none, tBool, 2, true, f.t) + ")"
	case n < 2:
		from := f.t
		f.t = g.eventType()
		return "map(" + g.lambdaOf(none, f.t, 2, false, from) + ")"
	case n < 3:
		from, name := f.t, g.fresh()
		f.t = g.eventType()
		e := none.inner()
		e.declare(name, from, false)
		return fmt.Sprintf("flatMap(%s => %s.take(2))", name, g.expr(e, list(f.t), 2, false))
	case n < 6:
		f.key = g.flowKey()
		return "key(" + g.lambdaOf(none, f.key, 2, false, f.t) + ")"
	case n < 7:
		for _, other := range w.flows {
			if other.t.is(f.t) && other.name != f.name {
				if !other.key.is(f.key) {
					f.key = nil
				}
				f.quiet = f.quiet || other.quiet
				return "union(" + other.name + ")"
			}
		}
	case n < 8 && *tasks < most:
		*tasks++
		return w.steps(f)
	}
	if *tasks >= most {
		return "filter(_ => true)"
	}
	*tasks++
	level := everyPortal
	if f.quiet {
		level = 0
	}
	if g.chance(5) {
		if text := w.generic(f, level); text != "" {
			return text
		}
	}
	t, text := g.again(f), ""
	if t != nil {
		text = g.call(t) + " as " + g.fresh()
	} else {
		t = g.declareTask(f.t, f.key, level)
		text = g.use(t)
	}
	f.t = t.out
	if t.loses {
		f.key, f.quiet = nil, true
	}
	return text
}

// again is a task that was used before and can take the events of f.
func (g *gen) again(f *flow) *task {
	for _, t := range g.tasks {
		if t.in.is(f.t) && (t.key == nil || t.key.is(f.key)) && (!f.quiet || t.level <= 0) && g.chance(2) {
			return t
		}
	}
	return nil
}

// generic is a generic task as a step, or "".
func (w *chains) generic(f *flow, level int) string {
	g, none := w.g, &env{}
	name := " as " + g.fresh()
	switch n := g.n(3); {
	case n < 2 && g.gathers == "":
	case n == 0 && f.key != nil:
		text := g.gathers + "(" + g.lambdaOf(none, f.t, 1, true, f.t)
		if g.chance(2) {
			text += pick(g, ", 1", ", most: 2")
		}
		f.t = tuple(f.key, list(f.t))
		return text + ")" + name
	case n == 1:
		text := fmt.Sprintf("%s(%s, %s)", g.repeats, g.literal(none, f.t, 2, false), g.lambdaOf(none, f.t, 1, true, f.t, tInt))
		f.key, f.quiet = nil, true
		return text + name
	case len(g.portals) > 0 && level == everyPortal:
		p := pick(g, g.portals...)
		return fmt.Sprintf("%s(%s, %s)", g.asksFor(p), g.lambdaOf(none, p.req, 1, true, f.t), g.lambdaOf(none, f.t, 1, true, p.rep)) + name
	}
	return ""
}

// steps is a step in which tasks take turns.
func (w *chains) steps(f *flow) string {
	g := w.g
	a := g.declareTaskTo(f.t, g.eventType(), f.key, -1)
	b := g.declareTaskTo(f.t, a.out, f.key, -1)
	f.t = a.out
	if a.loses || b.loses {
		f.key, f.quiet = nil, true
	}
	return fmt.Sprintf("steps(%s, %s * %d) as %s", g.call(a), g.call(b), 1+g.n(3), g.fresh())
}

// use is a task as a step.
func (g *gen) use(t *task) string {
	if t.inline || g.chance(3) {
		return g.call(t) + " as " + g.fresh()
	}
	return g.call(t)
}

func (g *gen) call(t *task) string {
	var args []string
	for _, p := range t.params {
		if t.fallback != "" && t.funs == nil && g.chance(2) {
			break
		}
		args = append(args, g.literal(&env{}, p.t, 1, true))
	}
	for _, f := range t.funs {
		args = append(args, g.lambdaOf(&env{}, f.result, 2, true, f.params...))
	}
	if args == nil {
		return t.name
	}
	return t.name + "(" + strings.Join(args, ", ") + ")"
}

// serve answers a portal in this workflow.
func (w *chains) serve() {
	g := w.g
	for _, p := range g.portals {
		if p.answered {
			continue
		}
		w.answers = true
		answers := []*portal{p}
		p.answered = true
		for _, q := range g.portals {
			if !q.answered && q.key.same(p.key) && g.chance(2) {
				q.answered = true
				answers = append(answers, q)
			}
		}
		if g.chance(2) {
			t := g.declareTask(nil, p.key, p.level, answers...)
			fmt.Fprintf(&w.text, "serve %s\n", g.use(t))
			return
		}
		s := pick(g, g.streams...)
		t := g.declareTask(s.t, p.key, p.level, answers...)
		text := "from " + s.name
		if p.key != nil {
			text += " |> key(" + g.lambdaOf(&env{}, p.key, 1, false, s.t) + ")"
		}
		text += " |> " + g.use(t)
		if t.out != nil {
			out := stream{name: g.fresh(), t: t.out}
			g.line("stream %s: %s", out.name, out.t.name)
			w.made = append(w.made, out)
			text += " |> to " + out.name
		}
		fmt.Fprintf(&w.text, "%s\n", text)
		return
	}
}

// answerPortals writes workflows that answer what nobody answers yet.
func (g *gen) answerPortals() {
	for _, p := range g.portals {
		if p.answered {
			continue
		}
		w := &chains{g: g}
		w.serve()
		g.line("workflow %s {\n%s}", g.fresh(), w.text.String())
		g.unread = append(g.unread, w.made...)
	}
}

// declareSinks writes sinks of all streams that workflows make, and of dead letters.
func (g *gen) declareSinks() {
	for _, s := range append(g.streams, g.unread...) {
		if g.chance(3) {
			g.line("sink %s to stdout.lines()", s.name)
		}
	}
	if !g.chance(4) && !g.hasPeer {
		g.line("sink deadLetters to stdout.lines()")
	}
}
