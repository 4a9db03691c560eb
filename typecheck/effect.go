package typecheck

import (
	"slices"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
)

// effects are what functions do beside computing, so far as it matters where they may be called from. Each function
// notes what it does itself while its body is checked, and whom it calls; closeEffects then adds what its callees do.
type effects struct {
	calls map[*Fun][]*Fun
	order []*Fun // of calls, so that going over it is reproducible
	uses  []funUse
	emits map[*ast.Handler]bool
}

// funUse is a call of a function from outside of functions.
type funUse struct {
	fun     *Fun
	at      source.Span
	site    site
	handler *ast.Handler
}

// useFun notes that the body calls a function, or hands it over.
func (b *body) useFun(f *Fun, at source.Span) {
	if b.fun == nil {
		b.effects.uses = append(b.effects.uses, funUse{f, at, b.site, b.handler})
		return
	}
	if b.effects.calls == nil {
		b.effects.calls = map[*Fun][]*Fun{}
	}
	if b.effects.calls[b.fun] == nil {
		b.effects.order = append(b.effects.order, b.fun)
	}
	b.effects.calls[b.fun] = append(b.effects.calls[b.fun], f)
}

// useState checks that a state variable can be seen here, and notes it.
func (b *body) useState(s *StateVar, at source.Span) {
	switch {
	case b.fun != nil && s.Shared:
		b.fun.UsesShared = true
	case b.fun != nil:
		b.fun.UsesState = true
	case b.handler != nil && !s.Shared && atBarrierOnce(b.handler):
		b.err("PTL0606", at, "", "`on %s` cannot see `%s`, which there is one of per key", b.handler.Kind, s.Name).
			at(declOf(s), "declared here").
			note("`on %s` runs once for all keys.", b.handler.Kind).
			help("Use `on atom per key`, or declare it as `shared state`.")
	}
}

func (b *body) writeState(s *StateVar) {
	if b.fun != nil && !s.Shared {
		b.fun.WritesState = true
	}
}

// atBarrierOnce tells whether a handler runs once for all keys.
func atBarrierOnce(h *ast.Handler) bool { return h.Kind == ast.OnAtom || h.Kind == ast.OnComplete }

// useKey checks that there is a current key.
func (b *body) useKey(at source.Span) {
	b.task.UsesKey = true
	if b.task.Key == nil {
		b.err("PTL0507", at, "", "the task names its `key` without saying the type").
			at(declOf(b.task), "declared here").
			note("A task that names the current key says its type, so that it means the same wherever it is used.").
			help("Write `keyed` and the type before the task's brace: `keyed Int`.")
	}
	if b.fun != nil {
		b.fun.UsesKey = true
	} else if b.handler != nil && atBarrierOnce(b.handler) {
		b.err("PTL0606", at, "", "there is no current key in `on %s`", b.handler.Kind).
			note("`on %s` runs once for all keys.", b.handler.Kind).help("Use `on atom per key`.")
	}
}

// useTaskOnly checks a call of now, random or uuid.
func (b *body) useTaskOnly(name string, at source.Span) {
	switch {
	case b.fun != nil:
		b.fun.TaskOnly = true
	case !b.inTask():
		b.taskOnly(name, at)
	}
}

func (c *checker) taskOnly(name string, at source.Span) {
	c.err("PTL0601", at, "", "`%s` can be called in a task only", name).
		note("What varies from run to run is part of what an atom commits; outside of tasks nothing varies.").
		help("In a workflow, use an inline task: `task In -> Out { on event e { … } }`.")
}

// emitsIn notes that a handler emits.
func (c *checker) emitsIn(h *ast.Handler) {
	if c.effects.emits == nil {
		c.effects.emits = map[*ast.Handler]bool{}
	}
	c.effects.emits[h] = true
}

// closeEffects adds to every function what its callees do, and to its callers again when that is more than before.
func (c *checker) closeEffects() {
	callers := map[*Fun][]*Fun{}
	for _, f := range c.effects.order {
		for _, g := range c.effects.calls[f] {
			callers[g] = append(callers[g], f)
		}
	}
	due := slices.Clone(c.effects.order)
	for len(due) > 0 {
		f := due[len(due)-1]
		due = due[:len(due)-1]
		before := f.effects()
		for _, g := range c.effects.calls[f] {
			f.UsesState = f.UsesState || g.UsesState
			f.WritesState = f.WritesState || g.WritesState
			f.UsesShared = f.UsesShared || g.UsesShared
			f.Emits = f.Emits || g.Emits
			f.Asks = f.Asks || g.Asks
			f.UsesKey = f.UsesKey || g.UsesKey
			f.TaskOnly = f.TaskOnly || g.TaskOnly
		}
		if f.effects() != before {
			due = append(due, callers[f]...)
		}
	}
	for _, u := range c.effects.uses {
		c.checkUse(u)
	}
	c.effects.uses = nil
}

func (f *Fun) effects() [7]bool {
	return [7]bool{f.UsesState, f.WritesState, f.UsesShared, f.Emits, f.Asks, f.UsesKey, f.TaskOnly}
}

// checkUse reports a function that does what cannot be done where it is called.
func (c *checker) checkUse(u funUse) {
	if u.handler != nil && u.fun.Emits {
		c.emitsIn(u.handler)
	}
	switch {
	case u.fun.TaskOnly && u.site != siteHandler && u.site != siteHelper:
		c.taskOnly(u.fun.Name, u.at)
	case u.handler != nil && atBarrierOnce(u.handler) && (u.fun.UsesState || u.fun.UsesKey):
		what := "state that there is one of per key"
		if !u.fun.UsesState {
			what = "the current key"
		}
		c.err("PTL0606", u.at, "", "`%s` uses %s, which `on %s` cannot see", u.fun.Name, what, u.handler.Kind).
			at(declOf(u.fun), "declared here").
			note("`on %s` runs once for all keys.", u.handler.Kind).help("Use `on atom per key`.")
	}
}
