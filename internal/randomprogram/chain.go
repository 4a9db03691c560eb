package randomprogram

import (
	"fmt"
	"strings"
)

// handOn writes a workflow whose steps hand on what functions make: each takes apart what the one before it made, which the compiler
// leaves out then.
func (g *gen) handOn() {
	s := pick(g, g.streams...)
	text, from := "from "+s.name, s.t
	for range 2 + g.n(3) {
		to := pick(g, append(g.types, option(tInt), option(from), tuple(tInt, from), tuple(from, tString))...)
		if strings.Count(to.name, "(")+strings.Count(to.name, "[") > 3 {
			to = option(tInt)
		}
		step := "map"
		made := to
		if g.chance(3) {
			step, made = "flatMap", list(to)
		}
		text += fmt.Sprintf("\n|> %s(e => %s(e))", step, g.maker(from, to, made))
		from = to
	}
	out := g.fresh()
	g.line("stream %s: String\nworkflow %s {\n%s\n|> map(e => \"${e}\")\n|> to %s\n}\nsink %s to stdout.lines()", out, g.fresh(), text, out, out)
}

// maker writes a function that makes a value of type made, which is to or a list of one or none, out of one of type from.
func (g *gen) maker(from, to, made *typ) string {
	name := g.fresh()
	e := &env{returns: true, ret: made}
	x := e.bind(g, from)
	value := func(e *env) string {
		switch text := g.literal(e, to, 2, true); {
		case made == to:
			return text
		case g.chance(4):
			return "[]"
		default:
			return "[" + text + "]"
		}
	}
	g.line("fun %s(%s: %s) -> %s {", name, x, from.name, made.name)
	if g.chance(2) {
		g.let(e)
	}
	if g.chance(3) {
		g.line("if %s { %s }", g.condition(e, 1), pick(g, `fail "made"`, "return "+value(e)))
	}
	g.line("match %s {", x)
	for _, a := range g.arms(e, from) {
		g.line("%s => {", a.head())
		if g.chance(3) {
			g.let(a.env)
		}
		g.line("%s\n}", value(a.env))
	}
	g.line("}\n}")
	return name
}
