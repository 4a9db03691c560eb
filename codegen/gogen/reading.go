package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// reads makes a stream an input of the workflow.
func (f *goFile) reads(g *jen.Group, in *ir.Input, stream *jen.Statement) {
	n := f.e.lanes[f.workflow]
	take := f.method(n.segments[in.Segment])
	if !in.Stream.Ranged() {
		g.Add(ptl("Reads")).Call(jen.Id("w"), stream, take)
		return
	}
	bits, narrow := 0, jen.Nil()
	if name := n.narrow[in.Segment]; name != "" {
		bits, narrow = in.Segment.Bits, f.method(name)
	}
	g.Add(ptl("ReadsRange")).Call(jen.Id("w"), stream, take, jen.Lit(bits), narrow)
}

// reading prints the method that takes the events of an input through the steps up to the next tasks and outputs. The lane
// is told which event it works on, so that a failure and what is sent to other lanes have their places.
func (f *goFile) reading(s *ir.Segment) {
	name := f.e.lanes[f.workflow].segments[s]
	b, index := f.readingBody(s, "events")
	each := jen.List(jen.Id(index), jen.Id(b.param(s.Event)))
	if b.vars[s.Event] == "" {
		each = jen.Id(index)
	}
	f.declare(f.described(s, name+" takes events"), s.Span)
	f.on(name).Params(jen.Id("events").Index().Add(f.e.typ(s.Event.Type))).BlockFunc(func(g *jen.Group) {
		b.mark(g)
		g.For(each.Op(":=").Range().Id("events")).BlockFunc(func(g *jen.Group) {
			b.event(g, jen.Id("l").Dot("Event").Op("=").Id(index), s.Body)
		})
	})
}

// readingRange prints the same for an input whose events are Ints that follow one another: they are counted, not read. If
// there are operators that fit where the Ints are small, there is a second method with Go's own in their place.
func (f *goFile) readingRange(s *ir.Segment) {
	n := f.e.lanes[f.workflow]
	name := n.segments[s]
	f.declare(f.described(s, name+" takes count Ints from first on"), s.Span)
	f.counting(s, name, nil)
	if name = n.narrow[s]; name != "" {
		f.declare(comment(fmt.Sprintf("%s is %s for Ints of %d bits, with which not everything needs 64 bits and a check.", name, n.segments[s], s.Bits)), s.Span)
		f.counting(s, name, s.Fits)
	}
}

// counting prints a method of readingRange.
func (f *goFile) counting(s *ir.Segment, name string, fits map[*ir.Operate]bool) {
	b, index := f.readingBody(s, "first", "count")
	b.fits = fits
	event := b.param(s.Event)
	f.on(name).Params(jen.List(jen.Id("first"), jen.Id("count")).Int64()).BlockFunc(func(g *jen.Group) {
		b.mark(g)
		g.For(jen.Id(index).Op(":=").Range().Id("count")).BlockFunc(func(g *jen.Group) {
			if event != "_" {
				g.Id(event).Op(":=").Id("first").Op("+").Id(index)
			}
			b.event(g, jen.Id("l").Dot("Event").Op("=").Int().Call(jen.Id(index)), s.Body)
		})
	})
}

// readingBody is the body of a loop over the events of an input, and the name of its index.
func (f *goFile) readingBody(s *ir.Segment, params ...string) (b *body, index string) {
	b = f.newBody(s.Body, append(params, "l", "h")...)
	b.at, b.lane = s.Span, laneMethod
	index = "i"
	if calledSo(s, index) {
		index = b.scope.Take("index")
	}
	b.scope.Reserve(index)
	return b, index
}

// calledSo tells whether a variable of a segment has that name, which then stays as the user has written it.
func calledSo(s *ir.Segment, name string) bool {
	found := s.Event.Name == name
	ir.Inspect(s.Body, func(s ir.Stmt) {
		switch s := s.(type) {
		case *ir.Define:
			found = found || s.Var.Name == name
		case *ir.For:
			found = found || s.Elem != nil && s.Elem.Name == name || s.Value != nil && s.Value.Name == name
		}
	}, nil)
	return found
}
