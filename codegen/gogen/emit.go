package gogen

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// What a handler emits leaves when it has ended. So it goes into a list, from which it is given to the steps behind the
// task. A handler that emits one event on every path, as the last thing that it does, needs no list: it returns the event.

// nameEmits decides which handlers of a task return what they emit, and names the list of the others.
func (e *emitter) nameEmits(t *ir.Task, lane *laneNames) {
	n := e.tasks[t]
	if t.After == nil {
		return
	}
	for _, fn := range []*ir.Func{t.OnEvent, t.PerKey, t.OnAtom, t.Complete} {
		if fn == nil || fn.Awaits || fn == t.OnEvent && t.OnError != nil || t.Out.Kind == ir.Unit {
			continue
		}
		if list := returned(fn.Body, emitted); givesBack(list) {
			n.gives[fn] = list
		}
	}
	if slices.ContainsFunc(handlersOf(t), n.lists) {
		n.out = lane.members.Take(n.base + "Out")
	}
}

// lists tells whether a handler, or a helper that it calls, puts what it emits into the list.
func (n *taskNames) lists(fn *ir.Func) bool { return n.gives[fn] == nil && emitsIn(fn) }

// emitted is what a statement emits.
func emitted(s ir.Stmt) ir.Expr {
	if s, ok := s.(*ir.Emit); ok {
		return s.Value
	}
	return nil
}

// givesBack tells whether every path through list ends in a failure or returns a value, and nothing else in it emits.
func givesBack(list []ir.Stmt) bool {
	if !endsWithValue(list) {
		return false
	}
	good := true
	ir.Inspect(list, func(s ir.Stmt) {
		ret, ok := s.(*ir.Return)
		good = good && emitted(s) == nil && (!ok || ret.Value != nil)
	}, func(x ir.Expr) {
		c, ok := x.(*ir.Call)
		good = good && !(ok && c.Func != nil && c.Func.Task != nil && emitsIn(c.Func))
	})
	return good
}

func endsWithValue(list []ir.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch s := list[len(list)-1].(type) {
	case *ir.Return:
		return s.Value != nil
	case *ir.Fail:
		return true
	case *ir.If:
		return endsWithValue(s.Then) && endsWithValue(s.Else)
	case *ir.Switch:
		return !slices.ContainsFunc(s.Cases, func(c *ir.Case) bool { return !endsWithValue(c.Body) }) &&
			(!s.HasDefault || endsWithValue(s.Default))
	}
	return false
}

// behind is the call that gives an event to the steps behind a task.
func (f *goFile) behind(t *ir.Task, event *jen.Statement) *jen.Statement {
	var args []jen.Code
	if t.After.Key != nil {
		args = append(args, jen.Id("key"))
	}
	return f.call(f.e.lanes[f.workflow].segments[t.After], append(args, event))
}

// giveOn gives what handlers have put into the list to the steps behind the task.
func (f *goFile) giveOn(g *jen.Group, t *ir.Task, handlers ...*ir.Func) {
	if n := f.e.tasks[t]; n.listed(handlers...) {
		g.For(jen.List(jen.Id("_"), jen.Id("e")).Op(":=").Range().Id("l").Dot(n.out)).Block(f.behind(t, jen.Id("e")))
	}
}

// runs prints the call of a handler at the barrier, and gives on what it emits.
func (f *goFile) runs(g *jen.Group, t *ir.Task, fn *ir.Func, call *jen.Statement) {
	if f.e.tasks[t].gives[fn] != nil {
		g.Add(f.behind(t, call))
		return
	}
	g.Add(call)
	f.giveOn(g, t, fn)
}

// empty forgets what is in the list.
func (f *goFile) empty(g *jen.Group, t *ir.Task) {
	out := f.e.tasks[t].out
	g.Id("l").Dot(out).Op("=").Id("l").Dot(out).Index(jen.Op(":0"))
}
