package randomprogram

import "strings"

// env is what may be named and done at a place of the program.
type env struct {
	vars    []variable
	block   int // where the variables of the innermost block begin
	futures []future

	task    *task // around, or nil
	state   bool  // its state per key and key may be used
	awaits  bool
	asks    bool
	emits   bool
	helps   bool // helpers of the task may be called
	changes bool // states may be changed
	loops   int  // around
	ret     *typ // what return gives; nil in handlers
	returns bool
}

type variable struct {
	name    string
	t       *typ
	mutable bool
}

type future struct {
	name string
	t    *typ // of the reply
}

// inner is the env of a block in e. What it declares does not show outside.
func (e *env) inner() *env {
	in := *e
	in.vars = append([]variable(nil), e.vars...)
	in.futures = append([]future(nil), e.futures...)
	in.block = len(in.vars)
	return &in
}

// lambda is the env of a lambda in e.
func (e *env) lambda() *env {
	in := e.inner()
	in.awaits, in.emits, in.helps, in.changes, in.returns, in.asks, in.loops = false, false, false, false, false, false, 0
	for i := range in.vars {
		in.vars[i].mutable = false
	}
	in.futures = nil
	return in
}

// name is a name for a new variable: a new one, or one from further out, which it hides.
func (e *env) name(g *gen) string {
	name := g.fresh()
	switch g.n(8) {
	case 0:
		name = pick(g, awkward...)
	case 1:
		if len(e.vars) > 0 {
			name = strings.Split(pick(g, e.vars...).name, ".")[0]
		}
	}
	for _, v := range e.vars[e.block:] {
		if v.name == name {
			return g.fresh()
		}
	}
	for _, f := range e.futures {
		if f.name == name {
			return g.fresh()
		}
	}
	return name
}

// declare makes a variable known, and hides others of its name.
func (e *env) declare(name string, t *typ, mutable bool) {
	for i := range e.vars {
		if n, _, _ := strings.Cut(e.vars[i].name, "."); n == name {
			e.vars[i].t = nil // hidden
			e.vars[i].mutable = false
		}
	}
	e.vars = append(e.vars, variable{name, t, mutable})
}

// bind declares a new variable that cannot change, and returns its name.
func (e *env) bind(g *gen, t *typ) string {
	name := e.name(g)
	e.declare(name, t, false)
	return name
}

// of are the names of what has type t: variables, and the state and key of the task.
func (e *env) of(t *typ) (names []string) {
	for _, v := range e.readable() {
		if v.t.is(t) {
			names = append(names, v.name)
		}
	}
	return names
}

// readable is all that has a value.
func (e *env) readable() (vars []variable) {
	for _, v := range e.vars {
		if v.t != nil {
			vars = append(vars, v)
		}
	}
	if e.task == nil {
		return vars
	}
	for _, s := range e.task.shared {
		vars = append(vars, e.unhidden(s)...)
	}
	if e.state {
		for _, s := range e.task.states {
			vars = append(vars, e.unhidden(s)...)
		}
		if e.task.key != nil {
			vars = append(vars, e.unhidden(variable{"key", e.task.key, false})...)
		}
	}
	return vars
}

// unhidden is v, unless a local has its name.
func (e *env) unhidden(v variable) []variable {
	for _, l := range e.vars {
		if l.name == v.name {
			return nil
		}
	}
	v.mutable = v.mutable && e.changes
	return []variable{v}
}

// places is what can be changed, of type t or of any.
func (e *env) places(fits func(t *typ) bool) (vars []variable) {
	for _, v := range e.readable() {
		if v.mutable && fits(v.t) {
			vars = append(vars, v)
		}
	}
	return vars
}
