package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// stepsOf lists the `steps` of a workflow in the order of their numbers.
func stepsOf(w *ir.Workflow) []*ir.Steps {
	var out []*ir.Steps
	for _, t := range w.Tasks {
		if t.Steps == nil {
			continue
		}
		for len(out) <= t.Steps.Group {
			out = append(out, nil)
		}
		out[t.Steps.Group] = t.Steps
	}
	return out
}

// registerSteps tells the runtime how many atoms each task handles in turn.
func (f *goFile) registerSteps(g *jen.Group, s *ir.Steps) {
	b := f.newBody(nil, "g", "w")
	times := make([]jen.Code, len(s.Items))
	for i, item := range s.Items {
		if item.Times == nil {
			times[i] = jen.Op("1")
			continue
		}
		times[i] = b.expr(item.Times)
	}
	g.Add(ptl("Steps")).Call(jen.Id("w"), jen.Lit(s.Name), jen.Index().Int64().Values(times...))
}

// turns prints a row of Sends to the tasks of one `steps`, of which only the one whose turn it is takes the event. It
// returns how many statements the row has, 0 if list begins with none.
func (b *body) turns(g *jen.Group, list []ir.Stmt) int {
	first, ok := list[0].(*ir.Send)
	if !ok || first.Task.Steps == nil {
		return 0
	}
	group := first.Task.Steps
	n := 0
	for n < len(list) {
		if s, ok := list[n].(*ir.Send); !ok || s.Task.Steps != group {
			break
		}
		n++
	}
	around := b.at
	if first.At.Valid() {
		b.at = first.At
	}
	b.mark(g)
	g.Switch(jen.Id("l").Dot("Turn").Call(jen.Lit(group.Group))).BlockFunc(func(g *jen.Group) {
		for _, s := range list[:n] {
			send := s.(*ir.Send)
			g.Case(jen.Lit(indexOf(group, send.Task))).BlockFunc(func(g *jen.Group) {
				inner := b.inner()
				inner.send(g, send)
			})
		}
	})
	b.at = around
	return n
}

func indexOf(s *ir.Steps, t *ir.Task) int {
	for i, item := range s.Items {
		if item.Task == t {
			return i
		}
	}
	panic("gogen: a task of no steps")
}
