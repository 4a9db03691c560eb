package lower

import (
	"slices"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/typecheck"
)

// next prints the steps that follow a node. An event that several take is computed once, and none of them fails with
// another: one that can fail is a segment of its own.
func (f *flow) next(b *body, at *typecheck.Node, next []*typecheck.Node, cur current) {
	if len(next) == 1 {
		f.step(b, at, next[0], cur)
		return
	}
	cur.event = f.held(b, cur.event, eventName(next))
	for _, n := range next {
		before := len(f.made.Segments)
		body := b.block(func() { f.step(b, at, n, cur) })
		if effectOfAll(b.effects, body)&fails == 0 {
			for _, s := range body {
				b.add(s)
			}
			continue
		}
		f.branch(b, n, cur, body, before)
	}
}

// branch makes one of several uses of a flow a segment of its own.
func (f *flow) branch(b *body, n *typecheck.Node, cur current, body []ir.Stmt, before int) {
	seg := &ir.Segment{Name: f.unique(branchName(n)), Event: variable(cur.event, "event"), Body: body, Fails: true, Span: n.Span}
	next := &ir.Next{S: ir.S{At: n.Span}, Segment: seg, Event: cur.event}
	if cur.key != nil && f.asksForKey(n) {
		seg.Key, next.Key = variable(cur.key, "key"), cur.key
	}
	f.made.Segments = slices.Insert(f.made.Segments, before, seg)
	b.add(next)
}

// branchName says what a branch does first: `mapOrder`.
func branchName(n *typecheck.Node) string {
	return stepNames[n.Kind] + title(eventName([]*typecheck.Node{n}))
}

var stepNames = map[typecheck.NodeKind]string{
	typecheck.NodeKey: "key", typecheck.NodeMap: "map", typecheck.NodeFilter: "filter", typecheck.NodeFlatMap: "flatMap",
}

// variable is the one that x reads: within another segment, its parameter.
func variable(x ir.Expr, name string) *ir.Var {
	if l, ok := x.(*ir.Local); ok {
		return l.Var
	}
	return &ir.Var{Name: name, Type: x.Type(), Span: x.Span()}
}

// held is the event as a variable.
func (f *flow) held(b *body, event ir.Expr, name string) ir.Expr {
	switch x := event.(type) {
	case *ir.Const:
		return x
	case *ir.Local:
		if !x.Var.Mutable {
			return x
		}
	}
	v := &ir.Var{Name: name, Type: event.Type(), Span: event.Span()}
	b.add(&ir.Define{S: ir.S{At: event.Span()}, Var: v, Init: b.own(event)})
	return local(v, event.Span())
}

// step prints one step and what follows it.
func (f *flow) step(b *body, from, n *typecheck.Node, cur current) {
	b.at = n.Span
	at := ir.S{At: n.Span}
	if n.Fn != nil {
		cur.event = f.held(b, cur.event, paramName(n.Fn, 0, 1))
	}
	next := f.inOrder(n, n.Out)
	switch n.Kind {
	case typecheck.NodeKey:
		f.key(b, n, cur)
	case typecheck.NodeMap:
		cur.event = b.applied(n.Fn, []ir.Expr{cur.event})
		f.next(b, n, next, cur)
	case typecheck.NodeFilter:
		cond := b.applied(n.Fn, []ir.Expr{cur.event})
		then := b.block(func() { f.next(b, n, next, cur) })
		b.add(&ir.If{S: at, Cond: cond, Then: then})
	case typecheck.NodeFlatMap:
		f.flatMap(b, n, cur)
	case typecheck.NodeUnion:
		b.add(&ir.Next{S: at, Segment: f.begin(n), Key: f.keyFor(n, cur), Event: cur.event})
	case typecheck.NodeTask:
		f.send(b, from, n.Uses[0], at, cur)
	case typecheck.NodeSteps:
		cur.event = f.held(b, cur.event, "event")
		for _, use := range n.Uses {
			f.send(b, from, use, at, cur)
		}
	case typecheck.NodeOutput:
		b.add(&ir.Out{S: at, Output: f.outputs[n], Event: cur.event})
	default:
		b.bug(n.Span, "step of kind %d", n.Kind)
	}
}

// keyFor is the current key for a node that needs it.
func (f *flow) keyFor(n *typecheck.Node, cur current) ir.Expr {
	if f.keyed[n] {
		return cur.key
	}
	return nil
}

func (f *flow) send(b *body, from *typecheck.Node, use *typecheck.TaskUse, at ir.S, cur current) {
	t := f.tasks[use]
	send := &ir.Send{S: at, Task: t, Event: cur.event}
	if t.Key != nil {
		send.Key, send.Moved = cur.key, f.moved[from]
	}
	b.add(send)
}

// key prints a new key. One that nobody needs is computed only if that can fail.
func (f *flow) key(b *body, n *typecheck.Node, cur current) {
	start := len(b.out)
	key := b.applied(n.Fn, []ir.Expr{cur.event})
	if f.keyed[n] {
		cur.key = f.held(b, key, "key")
	} else {
		b.give(giving{}, key)
	}
	if !b.ended {
		f.fixedBody(slices.Clone(b.out[start:]))
	}
	f.fixedExprs(key)
	f.next(b, n, f.inOrder(n, n.Out), cur)
}

// flatMap prints a loop over the elements that the function gives. If what follows can fail, it is a segment of its
// own, so that an element that fails can be left out alone.
func (f *flow) flatMap(b *body, n *typecheck.Node, cur current) {
	next := f.inOrder(n, n.Out)
	loop := &ir.For{S: ir.S{At: n.Span}, Label: b.newLabel("loop"), Over: b.applied(n.Fn, []ir.Expr{cur.event})}
	loop.Elem = &ir.Var{Name: eventName(next), Type: f.closed(n.Elem, nil), Span: n.Span}
	inner := current{event: local(loop.Elem, n.Span)}
	var key *ir.Var
	if f.keyed[n] {
		key = &ir.Var{Name: "key", Type: cur.key.Type(), Span: n.Span}
		inner.key = local(key, n.Span)
	}
	before := len(f.made.Segments)
	body := b.within(frame{loop.Label, true}, func() { f.next(b, n, next, inner) })
	if effectOfAll(b.effects, body)&fails == 0 {
		if key != nil {
			b.add(&ir.Define{S: loop.S, Var: key, Init: cur.key})
		}
		loop.Body = body
		b.add(loop)
		return
	}
	seg := &ir.Segment{Name: f.unique(f.elementsName(n)), Key: key, Event: loop.Elem, Body: body, Fails: true, Span: n.Span}
	f.made.Segments = slices.Insert(f.made.Segments, before, seg)
	loop.Elem = &ir.Var{Name: loop.Elem.Name, Type: loop.Elem.Type, Span: n.Span}
	loop.Body = []ir.Stmt{&ir.Next{S: loop.S, Segment: seg, Key: cur.key, Event: local(loop.Elem, n.Span)}}
	if key == nil {
		loop.Body[0].(*ir.Next).Key = nil
	}
	b.add(loop)
}

// elementsName is the name of the segment for the elements of a flatMap: what the next step calls one.
func (f *flow) elementsName(n *typecheck.Node) string {
	if n.Flow != "" {
		return n.Flow
	}
	return "each" + title(eventName(n.Out))
}
