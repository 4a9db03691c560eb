package gogen

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// onAwaiting prints the method that begins a handler which awaits. One that has not ended when it returns waits: its
// frame is kept, and where the task is exclusive its key is closed.
func (f *goFile) onAwaiting(x *entry) {
	t, name := x.task, x.body()
	what := "event"
	if x.ask != nil {
		what = "request of portal " + x.ask.Portal.Name
	}
	f.declare(fmt.Sprintf("// %s begins what %s does for one %s.", name, t.Name, what), f.nowhere())
	f.on(name).Params(f.entryParams(x, true)...).BlockFunc(func(g *jen.Group) {
		g.Id("f").Op(":=").Id(x.frame).Values(jen.Id(x.param()).Op(":").Id(x.param()))
		if x.ask == nil {
			g.Id("l").Dot("Begin").Call()
		}
		run := f.call(x.run, append(x.place(), jen.Op("&").Id("f")))
		suspend := func(g *jen.Group) {
			g.Id("l").Dot(x.waiting).Dot("Suspend").Call(append(append([]jen.Code{jen.Op("&").Id("l").Dot("Lane")}, x.place()[1:]...), jen.Id("f"))...)
			if gate := f.e.tasks[t].gate; gate != nil {
				g.Id("l").Dot(gate.field).Dot("Close").Call(append([]jen.Code{jen.Op("&").Id("l").Dot("Lane")}, x.place()...)...)
			}
		}
		if x.after == "" {
			g.If(jen.Op("!").Add(run)).BlockFunc(suspend)
			return
		}
		g.Id("ended").Op(":=").Add(run)
		g.If(jen.Op("!").Id("ended")).BlockFunc(suspend)
		g.Add(f.call(x.after, append(x.place(), jen.Id("ended"))))
	})
}

// runOn prints the method that runs a handler on from where it stands, under the guards of its task.
func (f *goFile) runOn(x *entry) {
	t, n := x.task, f.e.tasks[x.task]
	params := f.placeParams(t, n.keyed != "" || len(x.asks) > 0, true)
	params = append(params, jen.Id("f").Op("*").Id(x.frame))
	f.declare(fmt.Sprintf("// %s runs one `on %s` of %s on, and tells whether it has ended.", x.run, x.what(), t.Name), f.nowhere())
	f.on(x.run).Params(params...).Params(jen.Id("ended").Bool()).BlockFunc(func(g *jen.Group) {
		f.begin(g, t, true, x.handlers()...)
		handle := f.call(x.handler, append(f.handlerArgs(x), jen.Id("f")))
		if x.ask != nil {
			g.Add(ptl("BeginRequest")).Call(jen.Op("&").Id("l").Dot("Lane"), jen.Op("&").Id("f").Dot("r"))
		} else if t.OnError == nil {
			g.If(jen.Op("!").Id("l").Dot("Guarded")).Block(jen.Return(handle))
		}
		f.marks(g, x)
		handle = jen.Id("ended").Op("=").Add(handle.Clone())
		g.If(jen.Id("fault").Op(":=").Add(f.guard(t, handle)).Op(";").Id("fault").Op("!=").Nil()).BlockFunc(func(g *jen.Group) {
			f.undo(g, x)
			fault := jen.Id("fault")
			switch {
			case x.ask != nil:
				f.failRequest(g, x, jen.Id("f").Dot("r"), fault)
			case t.OnError != nil:
				f.onError(g, x, fault, jen.Id("f").Dot("event"))
			default:
				f.skip(g, x, fault, jen.Id("f").Dot("event"))
			}
			g.Return(jen.True())
		})
		if x.ask != nil {
			answer := jen.Id("l").Dot(f.e.lanes[f.workflow].answers[x.ask.Portal])
			g.Add(answer).Dot("Settle").Call(jen.Op("&").Id("l").Dot("Lane"), jen.Op("&").Id("f").Dot("r"), jen.Op("&").Id("l").Dot(x.reply))
		}
		g.Return(jen.Id("ended"))
	})
}

// afterwards prints the method that hands on what a handler has emitted, and opens the gate behind it.
func (f *goFile) afterwards(x *entry) {
	if x.after == "" {
		return
	}
	n := f.e.tasks[x.task]
	emits := n.listsFor(x)
	what := "gives what a handler has emitted to the steps behind " + x.task.Name
	switch {
	case emits && n.gate != nil:
		what += ", and opens its key when it has ended"
	case n.gate != nil:
		what = "opens the key of a handler that has ended"
	}
	params := f.placeParams(x.task, n.gate != nil, n.gate != nil || emits && x.task.After.Key != nil)
	ended := "_"
	if n.gate != nil {
		ended = "ended"
	}
	f.declare(fmt.Sprintf("// %s %s.", x.after, what), f.nowhere())
	f.on(x.after).Params(append(params, jen.Id(ended).Bool())...).BlockFunc(func(g *jen.Group) {
		f.giveOn(g, x.task, x.handlers()...)
		if n.gate != nil {
			g.If(jen.Id("ended")).Block(jen.Id("l").Dot(n.gate.field).Dot("Open").Call(
				append([]jen.Code{jen.Op("&").Id("l").Dot("Lane")}, x.place()...)...))
		}
	})
}

// waitingSlots are the descriptions of the handlers that can wait, and of the gate, for the runtime.
func (f *goFile) waitingSlots(g *jen.Group, t *ir.Task) {
	n := f.e.tasks[t]
	for _, x := range n.entries {
		if x.waiting == "" {
			continue
		}
		after := jen.Nil()
		if x.after != "" {
			after = f.method(x.after)
		}
		at := f.fieldOfLane(x.waiting, ptl("Waiting").Types(f.keyType(x.task), jen.Id(x.frame)))
		g.Line().Add(ptl("Awaits")).Call(jen.Lit(x.task.Name), at, f.keyDesc(x.task), jen.Id(x.desc), f.method(x.run), after)
	}
	if n.gate != nil {
		g.Line().Add(f.gateSlot(t))
	}
	g.Line()
}

// waits tells whether some handler of a task can wait.
func (f *goFile) waits(t *ir.Task) bool {
	return slices.ContainsFunc(f.e.tasks[t].entries, func(x *entry) bool { return x.machine != nil })
}
