package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

// nameGate names the gate of an exclusive task. What can be parked at it is an event or a request; if it can be several
// things, a struct holds whichever it is.
func (e *emitter) nameGate(t *ir.Task, lane *laneNames) {
	n, m := e.tasks[t], lane.members
	n.gate = &gateNames{field: m.Take(n.base + "Gate"), fields: map[*entry]string{}}
	if len(n.entries) == 1 {
		n.gate.enter = n.entries[0].enter
		return
	}
	n.gate.parked = e.scope.Take(n.base + "Parked")
	n.gate.desc = e.scope.Take(n.gate.parked + "Type")
	n.gate.enter = m.Take("enterParked" + names.Upper(n.base))
	fields := names.NewScope("kind")
	for _, x := range n.entries {
		want := "event"
		if x.ask != nil {
			want = names.Lower(x.ask.Portal.Name)
		}
		n.gate.fields[x] = fields.Take(want)
	}
}

// hasGate tells whether some task of the program has a gate.
func (e *emitter) hasGate() bool {
	for _, n := range e.tasks {
		if n.gate != nil {
			return true
		}
	}
	return false
}

// parkedType is the Go type of what is parked.
func (f *goFile) parkedType(t *ir.Task) *jen.Statement {
	n := f.e.tasks[t]
	if n.gate.parked == "" {
		return f.taken(n.entries[0])
	}
	return jen.Id(n.gate.parked)
}

func (f *goFile) gateType(t *ir.Task) *jen.Statement {
	return ptl("Gate").Types(f.keyType(t), f.parkedType(t))
}

// gateSlot describes the gate for the runtime.
func (f *goFile) gateSlot(t *ir.Task) *jen.Statement {
	n := f.e.tasks[t]
	desc := jen.Id(n.gate.desc)
	if n.gate.parked == "" {
		desc = f.takenDesc(n.entries[0])
	}
	at := f.fieldOfLane(n.gate.field, f.gateType(t))
	enter := f.method(n.gate.enter)
	if n.gate.parked == "" && t.Key == nil {
		x := n.entries[0]
		params := append([]jen.Code{jen.Id("l").Op("*").Id(f.e.lanes[f.workflow].typ)}, f.placeParams(t, false, false)...)
		enter = jen.Func().Params(append(params, jen.Id(x.param()).Add(f.taken(x)))...).Block(f.call(x.enter, x.args()))
	}
	return ptl("Gates").Call(jen.Lit(t.Name), at, f.keyDesc(t), desc, enter)
}

// takenDesc describes what an entry takes.
func (f *goFile) takenDesc(x *entry) *jen.Statement {
	if x.ask == nil {
		return f.e.desc(x.task.In)
	}
	return ptl("RequestType").Call(f.e.desc(x.ask.Portal.Req))
}

// gatedOn prints the method that lets what arrives in, or parks it.
func (f *goFile) gatedOn(x *entry) {
	t, gate := x.task, f.e.tasks[x.task].gate
	trail := jen.Nil()
	if x.ask != nil {
		trail = jen.Id("r").Dot("Trail")
	}
	place := append([]jen.Code{jen.Op("&").Id("l").Dot("Lane")}, x.place()...)
	item := jen.Id(x.param())
	if gate.parked != "" {
		item = jen.Id(gate.parked).Values(jen.Id("kind").Op(":").Lit(f.kindOf(x)), jen.Id(gate.fields[x]).Op(":").Id(x.param()))
	}
	f.declare(fmt.Sprintf("// %s lets one %s in, unless a handler of its key waits; then it is parked.", x.on, takenName(x)), f.nowhere())
	f.on(x.on).Params(f.entryParams(x, true)...).BlockFunc(func(g *jen.Group) {
		g.If(jen.Op("!").Id("l").Dot(gate.field).Dot("Closed").Call(append(place[:3:3], trail)...)).Block(
			f.call(x.enter, x.args()),
			jen.Return(),
		)
		park := jen.Id("l").Dot(gate.field).Dot("Park").Call(append(place[:3:3], item, trail.Clone())...)
		if x.ask == nil {
			g.Add(park)
			return
		}
		g.If(jen.Op("!").Add(park)).BlockFunc(func(g *jen.Group) {
			f.failRequest(g, x, jen.Id("r"), ptl("Deadlock").Call(jen.Lit(t.Name)))
		})
	})
}

func takenName(x *entry) string {
	if x.ask == nil {
		return "event"
	}
	return "request of portal " + x.ask.Portal.Name
}

// kindOf is the number of an entry among those of its task.
func (f *goFile) kindOf(x *entry) int {
	for i, y := range f.e.tasks[x.task].entries {
		if x == y {
			return i
		}
	}
	panic("gogen: an entry of another task")
}

// parked prints the struct of what can be parked at a gate, if it can be several things.
func (f *goFile) parked(t *ir.Task) {
	n := f.e.tasks[t]
	if n.gate == nil || n.gate.parked == "" {
		return
	}
	gate := n.gate
	f.declare(fmt.Sprintf("// %s is what is parked for a key of %s: kind tells which of the others it is.", gate.parked, t.Name), f.nowhere())
	f.Type().Id(gate.parked).StructFunc(func(g *jen.Group) {
		g.Id("kind").Uint8()
		for _, x := range n.entries {
			g.Id(gate.fields[x]).Add(f.taken(x))
		}
	})
	byKind := func(g *jen.Group, each func(x *entry) jen.Code) {
		g.Switch(jen.Id("p").Dot("kind")).BlockFunc(func(g *jen.Group) {
			for i, x := range n.entries {
				g.Case(jen.Lit(i)).Block(each(x))
			}
		})
	}
	appends := jen.Func().Params(jen.Id("b").Index().Byte(), jen.Id("p").Id(gate.parked)).Index().Byte().BlockFunc(func(g *jen.Group) {
		g.Id("b").Op("=").Append(jen.Id("b"), jen.Id("p").Dot("kind"))
		byKind(g, func(x *entry) jen.Code {
			return jen.Id("b").Op("=").Add(f.takenDesc(x)).Dot("Append").Call(jen.Id("b"), jen.Id("p").Dot(gate.fields[x]))
		})
		g.Return(jen.Id("b"))
	})
	reads := jen.Func().Params(jen.Id("r").Op("*").Add(ptl("Reader"))).Params(jen.Id("p").Id(gate.parked)).BlockFunc(func(g *jen.Group) {
		g.Id("p").Dot("kind").Op("=").Uint8().Call(jen.Id("r").Dot("Tag").Call(jen.Lit(len(n.entries))))
		byKind(g, func(x *entry) jen.Code {
			return jen.Id("p").Dot(gate.fields[x]).Op("=").Add(f.takenDesc(x)).Dot("Read").Call(jen.Id("r"))
		})
		g.Return(jen.Id("p"))
	})
	f.declare(fmt.Sprintf("// %s describes it.", gate.desc), f.nowhere())
	f.Var().Id(gate.desc).Op("=").Op("&").Add(ptl("Type").Types(jen.Id(gate.parked))).Values(
		jen.Line().Id("Name").Op(":").Lit(t.Name+" parked"),
		jen.Line().Id("Append").Op(":").Add(appends),
		jen.Line().Id("Read").Op(":").Add(reads),
		jen.Line(),
	)
}

// enterParked prints the method that lets in what was parked.
func (f *goFile) enterParked(t *ir.Task) {
	n := f.e.tasks[t]
	if n.gate == nil || n.gate.parked == "" {
		return
	}
	f.declare(fmt.Sprintf("// %s lets in what was parked at %s.", n.gate.enter, t.Name), f.nowhere())
	params := append(f.placeParams(t, true, true), jen.Id("p").Id(n.gate.parked))
	f.on(n.gate.enter).Params(params...).Block(jen.Switch(jen.Id("p").Dot("kind")).BlockFunc(func(g *jen.Group) {
		for i, x := range n.entries {
			args := x.args()
			args[len(args)-1] = jen.Id("p").Dot(n.gate.fields[x])
			g.Case(jen.Lit(i)).Block(f.call(x.enter, args))
		}
	}))
}
