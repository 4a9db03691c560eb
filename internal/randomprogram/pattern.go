package randomprogram

import (
	"fmt"
	"strings"
)

// arm is the head of an arm of a match, or of a clause of handlers, and what may be named behind it.
type arm struct {
	pattern string
	guard   string // with the word before it, or ""
	env     *env
}

func (a arm) head() string { return a.pattern + a.guard }

// arms are the arms of a match on a value of type t: all of its values, and no arm that another one hides.
func (g *gen) arms(e *env, t *typ) []arm {
	var first []arm
	for t != tBool && g.chance(3) && len(first) < 3 {
		in := e.inner()
		pattern := g.narrow(in, t, 3)
		guard := in.inner() // which neither asks nor calls helpers
		guard.awaits, guard.asks, guard.emits, guard.helps, guard.changes, guard.returns = false, false, false, false, false, false
		first = append(first, arm{pattern, " if " + g.expr(guard, tBool, 1, true), in})
	}
	return append(first, g.total(e, t)...)
}

// narrow is a pattern that takes some values of t, and binds names in e.
func (g *gen) narrow(e *env, t *typ, depth int) string {
	each := func(ts []*typ) string {
		var parts []string
		for _, t := range ts {
			parts = append(parts, g.narrow(e, t, depth-1))
		}
		return strings.Join(parts, ", ")
	}
	if depth <= 0 || g.chance(4) {
		return g.pattern(e, t, 0)
	}
	switch t.kind {
	case kBool:
		return pick(g, "true", "false")
	case kInt:
		return pick(g, "0", "1", "-1", "2 | 3", "1 | 7 | -2")
	case kFloat:
		return pick(g, "1.5", "0.0 | -3.0")
	case kString:
		return pick(g, `"a"`, `"b" | ""`, `"7"`)
	case kDuration:
		return pick(g, "1s", "2m | 3h")
	case kOption:
		if g.chance(3) {
			return "None"
		}
		return "Some(" + each(t.elems) + ")"
	case kResult:
		if g.chance(2) {
			return "Err(" + each(t.elems[1:]) + ")"
		}
		return "Ok(" + each(t.elems[:1]) + ")"
	case kTuple:
		return "(" + each(t.elems) + ")"
	case kList:
		elem := []*typ{t.elems[0]}
		switch g.n(3) {
		case 0:
			return "[" + each(append(elem, elem...)) + "]"
		case 1:
			return "[" + each(elem) + ", .." + e.bind(g, t) + "]"
		}
		return "[" + each(append(elem, elem...)) + ", .._]"
	case kDef:
		v := pick(g, t.def.variants...)
		if len(v.fields) == 0 {
			return v.name
		}
		var ts []*typ
		for _, f := range v.fields {
			ts = append(ts, f.t)
		}
		if f := pick(g, v.fields...); g.chance(3) {
			return v.name + "(" + f.name + ": " + g.narrow(e, f.t, depth-1) + ")"
		}
		return v.name + "(" + each(ts) + ")"
	}
	return g.pattern(e, t, 0)
}

// total are arms that take all values of t.
func (g *gen) total(e *env, t *typ) []arm {
	switch t.kind {
	case kBool:
		return g.heads(e, "true", pick(g, "false", "_"))
	case kInt:
		if g.chance(2) {
			return g.guarded(e, t)
		}
		return append(g.heads(e, pick(g, "0", "-1", "2 | 3"), pick(g, "1", "7 | -2")), g.bound(e, t)...)
	case kString:
		return append(g.heads(e, pick(g, `"a"`, `"b" | ""`)), g.bound(e, t)...)
	case kOption:
		in := e.inner()
		some := arm{"Some(" + g.pattern(in, t.elems[0], 1) + ")", "", in}
		if in2 := e.inner(); g.chance(3) {
			return []arm{{"None", "", e.inner()}, {g.pattern(in2, t, 0), "", in2}}
		}
		return []arm{some, {"None", "", e.inner()}}
	case kResult:
		ok, err := e.inner(), e.inner()
		return []arm{{"Ok(" + g.pattern(ok, t.elems[0], 1) + ")", "", ok}, {"Err(" + g.pattern(err, t.elems[1], 1) + ")", "", err}}
	case kList:
		return g.listArms(e, t)
	case kDef:
		return g.variantArms(e, t)
	case kTuple:
		in := e.inner()
		return []arm{{g.pattern(in, t, 1), "", in}}
	}
	return g.bound(e, t)
}

func (g *gen) heads(e *env, heads ...string) (arms []arm) {
	for _, h := range heads {
		arms = append(arms, arm{h, "", e.inner()})
	}
	return arms
}

// bound is an arm that takes everything.
func (g *gen) bound(e *env, t *typ) []arm {
	in := e.inner()
	return []arm{{g.pattern(in, t, 0), "", in}}
}

// guarded are arms of which the first has a condition.
func (g *gen) guarded(e *env, t *typ) []arm {
	in := e.inner()
	name := in.bind(g, t)
	first := arm{name, fmt.Sprintf(" if %s %s %s", name, pick(g, "<", ">", "==", "!="), g.constant(t)), in}
	return append([]arm{first}, g.bound(e, t)...)
}

func (g *gen) listArms(e *env, t *typ) []arm {
	elem := t.elems[0]
	one, more := e.inner(), e.inner()
	head := "[" + g.pattern(more, elem, 0) + ", .."
	if g.chance(2) {
		head += "_]"
	} else {
		head += more.bind(g, t) + "]"
	}
	arms := []arm{{"[]", "", e.inner()}}
	if g.chance(2) {
		arms = append(arms, arm{"[" + g.pattern(one, elem, 0) + "]", "", one})
	}
	return append(arms, arm{head, "", more})
}

func (g *gen) variantArms(e *env, t *typ) (arms []arm) {
	vs := t.def.variants
	last := len(vs)
	if t.def.enum && len(vs) > 1 && g.chance(3) {
		last = 1 + g.n(len(vs)-1)
	}
	for _, v := range vs[:last] {
		in := e.inner()
		head := v.name
		if len(v.fields) > 0 {
			head += "(" + g.parts(in, v.fields) + ")"
		}
		arms = append(arms, arm{head, "", in})
	}
	if last < len(vs) {
		arms = append(arms, g.bound(e, t)...)
	}
	return arms
}

// parts are the patterns of all fields of a constructor, each of which takes everything.
func (g *gen) parts(e *env, fields []field) string {
	var parts []string
	for _, f := range fields {
		parts = append(parts, g.pattern(e, f.t, 1))
	}
	return strings.Join(parts, ", ")
}

// pattern takes every value of t; it binds names in e.
func (g *gen) pattern(e *env, t *typ, depth int) string {
	switch {
	case g.chance(6):
		return "_"
	case depth > 0 && t.kind == kTuple:
		var parts []string
		for _, elem := range t.elems {
			parts = append(parts, g.pattern(e, elem, depth-1))
		}
		return "(" + strings.Join(parts, ", ") + ")"
	case depth > 0 && t.kind == kDef && !t.def.enum && g.chance(2):
		return t.def.name + "(" + g.parts(e, t.def.variants[0].fields) + ")"
	}
	return e.bind(g, t)
}
