package randomprogram

import (
	"fmt"
	"strings"
)

// expr is an expression of type t. Where typed is false, nothing around says what type it has. Depth is how many levels of
// operators it may have.
func (g *gen) expr(e *env, t *typ, depth int, typed bool) string {
	if depth <= 0 {
		return g.leaf(e, t, typed)
	}
	switch g.n(12) {
	case 0, 1:
		return g.leaf(e, t, typed)
	case 2:
		return g.conditional(e, t, depth, typed)
	case 3:
		return g.taken(e, t, depth, typed)
	case 4:
		if text := g.called(e, t, depth); text != "" {
			return text
		}
	case 5, 6:
		if text := g.awaited(e, t, depth); text != "" {
			return text
		}
	case 7:
		if text := g.member(e, t); text != "" {
			return text
		}
	}
	return g.operated(e, t, depth, typed)
}

// leaf is a variable or a literal.
func (g *gen) leaf(e *env, t *typ, typed bool) string {
	vars := e.of(t)
	for _, p := range g.params {
		if p.t.is(t) {
			vars = append(vars, p.name)
		}
	}
	if len(vars) > 0 && !g.chance(4) {
		return pick(g, vars...)
	}
	return g.literal(e, t, 2, typed)
}

// literal is a value that is written out, with variables inside perhaps.
func (g *gen) literal(e *env, t *typ, depth int, typed bool) string {
	part := func(t *typ, typed bool) string {
		if vars := e.of(t); len(vars) > 0 && g.chance(2) {
			return pick(g, vars...)
		}
		return g.literal(e, t, depth-1, typed)
	}
	some := func(n int, text func() string) string {
		if depth <= 0 && typed {
			n = 0
		}
		if !typed {
			n = max(n, 1)
		}
		parts := make([]string, n)
		for i := range parts {
			parts[i] = text()
		}
		return strings.Join(parts, ", ")
	}
	switch t.kind {
	case kOption:
		if typed && g.chance(3) {
			return "None"
		}
		return "Some(" + part(t.elems[0], typed) + ")"
	case kResult:
		return g.result(t, part)
	case kList:
		return "[" + some(g.n(4), func() string { return part(t.elems[0], typed) }) + "]"
	case kSet:
		return "Set([" + some(1+g.n(3), func() string { return part(t.elems[0], false) }) + "])"
	case kMap:
		text := some(g.n(3), func() string { return part(t.elems[0], typed) + ": " + part(t.elems[1], typed) })
		if text == "" {
			text = ":"
		}
		return "[" + text + "]"
	case kTuple:
		parts := make([]string, len(t.elems))
		for i, elem := range t.elems {
			parts[i] = part(elem, typed)
		}
		return "(" + strings.Join(parts, ", ") + ")"
	case kDef:
		return g.constructed(t, depth, typed, func(t *typ) string { return part(t, typed) })
	}
	return g.constant(t)
}

// constant is a literal of a basic type.
func (g *gen) constant(t *typ) string {
	switch t.kind {
	case kBool:
		return pick(g, "true", "false")
	case kInt:
		return pick(g, "0", "1", "2", "3", "7", "10", "(-1)", "(-4)", "100", fmt.Sprint(g.n(50)))
	case kFloat:
		return pick(g, "0.0", "1.5", "2.25", "(-3.0)", "1e3", "0.1")
	case kDuration:
		return pick(g, "1s", "250ms", "2m", "3h", "1d", "5us")
	case kTime:
		return pick(g, "epoch()", "(epoch() + 3h)", "(epoch() + 400d)", "(epoch() - 90m)")
	case kBytes:
		return pick(g, `"a".toBytes()`, `"".toBytes()`, `"é7".toBytes()`)
	case kUnit:
		return "()"
	}
	return pick(g, `"""raw \n ${x}"""`, `""`, `"a"`, `"b"`, `"ab c"`, `"7"`, `"x,y"`, `"é\"\n"`, `"Long text"`)
}

// result is Ok or Err, whose other half only the surroundings can tell.
func (g *gen) result(t *typ, part func(*typ, bool) string) string {
	return fmt.Sprintf("Some(%s).okOr(%s)", part(t.elems[0], false), part(t.elems[1], false))
}

// constructed is a record or variant.
func (g *gen) constructed(t *typ, depth int, typed bool, part func(*typ) string) string {
	v := pick(g, t.def.variants...)
	if t.def.self {
		v = t.def.variants[1]
		if depth <= 0 && typed || typed && g.chance(3) {
			v = t.def.variants[0]
		}
	}
	if len(v.fields) == 0 {
		return v.name
	}
	var parts []string
	byName := g.chance(3)
	for i, f := range v.fields {
		text := ""
		switch {
		case f.t == t && (depth <= 0 || g.chance(2)):
			text = t.def.variants[0].name
		default:
			text = part(f.t)
		}
		if f.fallback != "" && g.chance(2) { // from here on by name
			byName = true
			continue
		}
		if byName && i > 0 {
			text = f.name + ": " + text
		}
		parts = append(parts, text)
	}
	return v.name + "(" + strings.Join(parts, ", ") + ")"
}

// conditional is an if or a match.
func (g *gen) conditional(e *env, t *typ, depth int, typed bool) string {
	switch g.n(6) {
	case 0, 1:
		return fmt.Sprintf("(if %s { %s } else { %s })", g.condition(e, depth-1), g.expr(e, t, depth-1, typed), g.expr(e, t, depth-1, typed))
	case 2:
		in, from := e.inner(), g.anyType(1)
		x := g.expr(e, option(from), depth-1, false)
		return fmt.Sprintf("(if let Some(%s) = %s { %s } else { %s })", g.pattern(in, from, 1), x, g.expr(in, t, depth-1, typed), g.expr(e, t, depth-1, typed))
	case 3:
		in, from := e.inner(), g.anyType(1)
		x := g.expr(e, from, depth-1, true)
		return fmt.Sprintf("({ let %s: %s = %s; %s })", in.bind(g, from), from.name, x, g.expr(in, t, depth-1, typed))
	}
	vars := e.readable()
	if len(vars) == 0 {
		return g.leaf(e, t, typed)
	}
	v := pick(g, vars...)
	var parts []string
	for _, arm := range g.arms(e, v.t) {
		parts = append(parts, arm.head()+" => "+g.expr(arm.env, t, depth-1, typed))
	}
	return "(match " + v.name + " { " + strings.Join(parts, ", ") + " })"
}

// condition is a Bool that stands before a block.
func (g *gen) condition(e *env, depth int) string { return g.expr(e, tBool, depth, true) }

// taken is a value out of something else, or another one if there is none.
func (g *gen) taken(e *env, t *typ, depth int, typed bool) string {
	var options []string
	for _, v := range e.readable() {
		switch {
		case v.t.kind == kOption && v.t.elems[0].is(t):
			options = append(options, v.name)
		case v.t.kind == kList && v.t.elems[0].is(t):
			options = append(options, fmt.Sprintf("%s[%s]", v.name, g.expr(e, tInt, 0, true)), v.name+".first()", v.name+".last()")
			if t.isOrdered() {
				options = append(options, v.name+".max()")
			}
		case v.t.kind == kMap && v.t.elems[1].is(t):
			options = append(options, fmt.Sprintf("%s[%s]", v.name, g.leaf(e, v.t.elems[0], true)))
		case v.t.kind == kResult && v.t.elems[0].is(t):
			options = append(options, v.name+".toOption()")
		}
	}
	if len(options) == 0 {
		return g.operated(e, t, depth, typed)
	}
	if (e.task != nil || e.returns) && g.chance(8) {
		return fmt.Sprintf("(%s ?? %s)", pick(g, options...), g.leave(e))
	}
	return fmt.Sprintf("(%s ?? %s)", pick(g, options...), g.expr(e, t, depth-1, true))
}

// general is a call of a generic function.
func (g *gen) generic(e *env, t *typ, depth int) string {
	switch {
	case t.kind == kTuple && len(t.elems) == 2 && g.chance(2):
		return g.general.swap + "(" + g.expr(e, tuple(t.elems[1], t.elems[0]), depth-1, false) + ")"
	case g.chance(2):
		return g.general.first + "(" + g.expr(e, list(t), depth-1, false) + ", " + g.expr(e, t, depth-1, false) + ")"
	}
	return g.general.twice + "(" + g.expr(e, t, depth-1, false) + ", " + g.lambdaOf(e, t, depth-1, true, t) + ")"
}

// called is a call of a function of the program, helper or param of the task, or "".
func (g *gen) called(e *env, t *typ, depth int) string {
	if g.chance(5) && g.general.twice != "" {
		return g.generic(e, t, depth)
	}
	var fits []fun
	for _, f := range g.funs {
		if f.result.is(t) {
			fits = append(fits, f)
		}
	}
	if e.task != nil {
		for _, f := range e.task.funs {
			if f.result.is(t) {
				fits = append(fits, f, f)
			}
		}
	}
	if e.task != nil && e.helps {
		for _, f := range e.task.helpers {
			if f.result.is(t) {
				fits = append(fits, f, f)
			}
		}
	}
	if len(fits) == 0 {
		return ""
	}
	f := pick(g, fits...)
	args := make([]string, len(f.params))
	for i, p := range f.params {
		args[i] = g.expr(e, p, depth-1, true)
	}
	return f.name + "(" + strings.Join(args, ", ") + ")"
}

// member is a field of a record, or one that all variants have.
func (g *gen) member(e *env, t *typ) string {
	var all []string
	for _, v := range e.readable() {
		if v.t.kind != kDef {
			continue
		}
		for _, f := range v.t.def.common() {
			if f.t.is(t) {
				all = append(all, v.name+"."+f.name)
			}
		}
	}
	if len(all) == 0 {
		return ""
	}
	return pick(g, all...)
}

// lambda is a function of params, in a place that says their types; its result is of type t.
func (g *gen) lambdaOf(e *env, t *typ, depth int, typed bool, params ...*typ) string {
	in := e.lambda()
	if len(params) == 1 && params[0].kind == kTuple && g.chance(2) {
		params = params[0].elems
	}
	names := make([]string, len(params))
	for i, p := range params {
		if g.chance(6) {
			names[i] = "_"
			continue
		}
		names[i] = in.bind(g, p)
	}
	head := strings.Join(names, ", ")
	if len(names) != 1 {
		head = "(" + head + ")"
	}
	if g.chance(6) {
		bt := g.basic()
		x := g.expr(in, bt, 1, true)
		body := in.inner()
		name := body.bind(g, bt)
		return fmt.Sprintf("%s => { let %s: %s = %s; %s }", head, name, bt.name, x, g.expr(body, t, depth, typed))
	}
	return head + " => " + g.expr(in, t, depth, typed)
}

// awaited is a reply of type t, or "".
func (g *gen) awaited(e *env, t *typ, depth int) string {
	if !e.awaits {
		return ""
	}
	var all []string
	for _, f := range e.futures {
		if f.t.is(t) {
			all = append(all, "(await "+f.name+")")
		}
		if t.kind == kOption && f.t.is(t.elems[0]) {
			all = append(all, fmt.Sprintf("(try await %s).toOption()", f.name), "(await "+f.name+" within "+g.period()+")")
		}
	}
	for _, p := range g.askable(e) {
		ask := func() string { return fmt.Sprintf("ask %s(%s)", p.name, g.expr(e, p.req, depth-1, true)) }
		switch {
		case p.rep.is(t):
			all = append(all, "(await "+ask()+")")
			if g.chance(4) {
				all = append(all, fmt.Sprintf("(await any([%s, %s]))", ask(), ask()))
			}
		case t.kind == kList && p.rep.is(t.elems[0]):
			all = append(all, fmt.Sprintf("(await all([%s, %s]))", ask(), ask()))
			lambda := e.lambda()
			x := lambda.bind(g, tInt)
			all = append(all, fmt.Sprintf("(await all(range(0, %d).map(%s => ask %s(%s))))", 1+g.n(3), x, p.name, g.expr(lambda, p.req, 1, true)))
		case t.kind == kOption && p.rep.is(t.elems[0]):
			all = append(all, "(try await "+ask()+").toOption()", "(await "+ask()+" within "+g.period()+")")
			if g.chance(3) {
				all = append(all, fmt.Sprintf("((try await %s within %s).toOption() ?? None)", ask(), g.period()),
					fmt.Sprintf("(await any([%s, %s]) within %s)", ask(), ask(), g.period()))
			}
		case t.kind == kOption && t.elems[0].kind == kList && p.rep.is(t.elems[0].elems[0]):
			all = append(all, fmt.Sprintf("(await all([%s, %s]) within %s)", ask(), ask(), g.period()))
		case t.kind == kTuple && len(t.elems) == 2 && p.rep.is(t.elems[0]) && p.rep.is(t.elems[1]):
			all = []string{fmt.Sprintf("(await (%s, %s))", ask(), ask())}
		}
	}
	if len(all) == 0 {
		return ""
	}
	return pick(g, all...)
}

// period is how long something waits.
func (g *gen) period() string { return pick(g, "0s", "1ms", "20ms", "1s", "1h") }

// askable are the portals that may be asked here.
func (g *gen) askable(e *env) (all []*portal) {
	if !e.asks || e.task == nil {
		return nil
	}
	for _, p := range g.portals {
		if p.level < e.task.level {
			all = append(all, p)
		}
	}
	return all
}
