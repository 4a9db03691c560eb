package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// onEvent prints the method that gives one event to a task whose handler never waits, and what the task emits to the
// steps behind it. A handler that fails is undone alone when the policy says so; then its event goes to `on error`, or
// aside as a dead letter.
func (f *goFile) onEvent(x *entry) {
	t, name := x.task, x.body()
	f.declare(fmt.Sprintf("// %s gives one event to %s%s.", name, t.Name, f.andOn(t)), f.nowhere())
	f.on(name).Params(f.entryParams(x, f.usesHash(x))...).BlockFunc(func(g *jen.Group) {
		f.begin(g, t, true, x.handlers()...)
		if len(x.asks) > 0 {
			g.Id("l").Dot("Begin").Call()
			f.marks(g, x)
		}
		handle := f.call(x.handler, append(f.handlerArgs(x), jen.Id("event")))
		gives := f.e.tasks[t].gives[x.fn] != nil
		if gives {
			g.Var().Id("out").Add(f.e.typ(t.Out))
			handle = jen.Id("out").Op("=").Add(handle)
		}
		fault, event := jen.Id("f"), jen.Id("event")
		if t.OnError != nil {
			g.If(jen.Id("f").Op(":=").Add(f.guard(t, handle)).Op(";").Id("f").Op("!=").Nil()).BlockFunc(func(g *jen.Group) {
				f.undo(g, x)
				f.onError(g, x, fault, event)
			})
		} else {
			g.If(jen.Op("!").Id("l").Dot("Guarded")).Block(handle).
				Else().If(jen.Id("f").Op(":=").Add(f.guard(t, handle.Clone())).Op(";").Id("f").Op("!=").Nil()).
				BlockFunc(func(g *jen.Group) {
					f.undo(g, x)
					f.skip(g, x, fault, event)
					if gives {
						g.Return()
					}
				})
		}
		if gives {
			g.Add(f.behind(t, jen.Id("out")))
		}
		f.giveOn(g, t, x.handlers()...)
	})
}

func (f *goFile) andOn(t *ir.Task) string {
	if t.After == nil || !emitsIn(t.OnEvent) && !emitsIn(t.OnError) {
		return ""
	}
	return " and what it emits to the steps behind it"
}

// begin makes ready for handlers: s and sh are the states that they work on, and nothing is emitted yet.
func (f *goFile) begin(g *jen.Group, t *ir.Task, keyed bool, handlers ...*ir.Func) {
	n := f.e.tasks[t]
	if n.listed(handlers...) {
		f.empty(g, t) // it holds what the handler before has emitted
	}
	if keyed && n.keyed != "" {
		g.Id("s").Op(":=").Id("l").Dot(n.keyed).Dot("At").Call(jen.Op("&").Id("l").Dot("Lane"), jen.Id("h"), jen.Id("key"))
	}
	if n.shared != "" {
		g.Id("sh").Op(":=").Id("l").Dot(n.shared).Dot("State").Call(jen.Op("&").Id("l").Dot("Lane"))
	}
}

func (f *goFile) call(method string, args []jen.Code) *jen.Statement {
	return jen.Id("l").Dot(method).Call(args...)
}

// guard runs a call so that its failure comes back as a value and its changes to state are undone.
func (f *goFile) guard(t *ir.Task, call *jen.Statement) *jen.Statement {
	n := f.e.tasks[t]
	lit := func(call *jen.Statement) *jen.Statement { return jen.Func().Params().Op("{").Add(call).Op("}") }
	lane := jen.Op("&").Id("l").Dot("Lane")
	switch {
	case n.keyed != "" && n.shared != "":
		// The inner guard undoes the state per key, and passes the failure to the outer one.
		inner := jen.Id("l").Dot(n.keyed).Dot("Guard").Call(lane.Clone(), jen.Id("s"), lit(call))
		pass := jen.Func().Params().Block(
			jen.If(jen.Id("f").Op(":=").Add(inner).Op(";").Id("f").Op("!=").Nil()).Block(jen.Panic(jen.Id("f"))))
		return jen.Id("l").Dot(n.shared).Dot("Guard").Call(lane, jen.Id("sh"), pass)
	case n.keyed != "":
		return jen.Id("l").Dot(n.keyed).Dot("Guard").Call(lane, jen.Id("s"), lit(call))
	case n.shared != "":
		return jen.Id("l").Dot(n.shared).Dot("Guard").Call(lane, jen.Id("sh"), lit(call))
	}
	return jen.Id("l").Dot("Guard").Call(lit(call))
}

// skip sets an event aside.
func (f *goFile) skip(g *jen.Group, x *entry, fault, event *jen.Statement) {
	key := jen.Lit("")
	if x.task.Key != nil {
		key = f.json(x.task.Key, jen.Id("key"))
	}
	g.Id("l").Dot("Skip").Call(fault, jen.Lit(x.task.Name), key, f.json(x.task.In, event))
}

// json is a value as JSON text.
func (f *goFile) json(t *ir.Type, value *jen.Statement) *jen.Statement {
	return jen.String().Parens(f.e.desc(t).Dot("AppendJSON").Call(jen.Nil(), value))
}

// onError gives a failure to the task's own handler, whose failure in turn is the event's.
func (f *goFile) onError(g *jen.Group, x *entry, fault, event *jen.Statement) {
	t := x.task
	args := append(f.context(t, f.e.gets(t.OnError), false), fault.Clone().Dot("Message"), ptl("Some").Call(event))
	handle := f.call(f.e.tasks[t].failed, args)
	g.If(jen.Op("!").Id("l").Dot("Guarded")).Block(handle).
		Else().If(fault.Clone().Op(":=").Add(f.guard(t, handle.Clone())).Op(";").Add(fault.Clone()).Op("!=").Nil()).
		BlockFunc(func(g *jen.Group) {
			f.undo(g, x)
			f.skip(g, x, fault, event)
		})
}

// onPerKey prints what runs at the barrier for each key that the atom touched.
func (f *goFile) onPerKey(t *ir.Task) {
	n := f.e.tasks[t]
	params := f.context(t, withKey|withState, true)
	f.declare(fmt.Sprintf("// %s runs %s at the barrier of an atom, for one key that the atom touched.", n.onPerKey, t.Name), f.nowhere())
	f.on(n.onPerKey).Params(params...).BlockFunc(func(g *jen.Group) {
		f.begin(g, t, false, t.PerKey)
		f.runs(g, t, t.PerKey, f.call(n.perKey, f.context(t, withKey|withState|withShared, false)))
	})
}

// onBarrier prints what runs once for the task, at the barrier of an atom.
func (f *goFile) onBarrier(t *ir.Task) {
	n := f.e.tasks[t]
	f.declare(fmt.Sprintf("// %s runs %s at the barrier of an atom.", n.onAtom, t.Name), f.nowhere())
	f.on(n.onAtom).Params().BlockFunc(func(g *jen.Group) {
		f.begin(g, t, false, t.OnAtom)
		f.runs(g, t, t.OnAtom, f.call(n.atom, f.context(t, withShared, false)))
	})
}

// onCompletion prints what runs once for the task when the workflow is complete. What it emits makes a last atom, for
// which the tasks behind it have a barrier; without any there is none.
func (f *goFile) onCompletion(t *ir.Task) {
	n := f.e.tasks[t]
	f.declare(fmt.Sprintf("// %s runs %s at completion, and tells whether it has emitted anything.", n.onComplete, t.Name), f.nowhere())
	f.on(n.onComplete).Params().Params(jen.Id("emitted").Bool()).BlockFunc(func(g *jen.Group) {
		f.begin(g, t, false, t.Complete)
		f.runs(g, t, t.Complete, f.call(n.complete, f.context(t, withShared, false)))
		switch {
		case n.gives[t.Complete] != nil:
			g.Return(jen.True())
		case n.out != "" && n.lists(t.Complete):
			g.Return(jen.Len(jen.Id("l").Dot(n.out)).Op(">").Lit(0))
		default:
			g.Return(jen.False())
		}
	})
}
