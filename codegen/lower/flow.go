package lower

import (
	"slices"
	"strconv"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/typecheck"
)

// flow lowers a workflow.
//
// A segment begins where events come in: at an input, behind a task that emits, and at a union. From there code is printed
// along the nodes: a key or map computes a value, a filter is an `if` around what follows, a flatMap a loop around it, and
// where a flow is used several times the uses follow one another. A task, an output or the beginning of another segment
// ends the walk.
//
// A step that fails ends its segment for that event, and the policy `skip` leaves just this event out. So a segment has
// given nothing away when it fails: what can fail behind a flatMap, or in one of several uses of a flow, is a segment of
// its own.
type flow struct {
	*lowerer
	w        *typecheck.Workflow
	made     *ir.Workflow
	tasks    map[*typecheck.TaskUse]*ir.Task
	outputs  map[*typecheck.Node]*ir.Output
	segments map[*typecheck.Node]*ir.Segment
	names    map[string]int
	// keyed tells that something behind a node needs the key of the flow that leaves it, moved that the key changed since
	// events were last put in the partition of their key.
	keyed, moved map[*typecheck.Node]bool
	groups       int // numbers the `steps`
	unions       []*typecheck.Node
}

// current is where code is being printed: the event and, if it is needed, its key.
type current struct {
	event ir.Expr
	key   ir.Expr
}

func (l *lowerer) workflow(w *typecheck.Workflow) {
	f := &flow{
		lowerer: l, w: w, made: &ir.Workflow{Name: w.Name, Was: w.Was, Doc: string(w.Decl.Doc), Span: w.Decl.Name.Place},
		tasks: map[*typecheck.TaskUse]*ir.Task{}, outputs: map[*typecheck.Node]*ir.Output{},
		segments: map[*typecheck.Node]*ir.Segment{}, names: map[string]int{},
		keyed: map[*typecheck.Node]bool{}, moved: map[*typecheck.Node]bool{},
	}
	l.prog.Workflows = append(l.prog.Workflows, f.made)
	for _, n := range w.Nodes {
		if n.Kind == typecheck.NodeUnion {
			f.unions = append(f.unions, n)
		}
	}
	f.findKeys()
	for _, n := range w.Nodes {
		f.makeTasks(n)
	}
	f.findOutputs()
	f.inputs()
	for _, n := range w.Nodes {
		f.segmentOf(n)
	}
}

// findKeys finds out, from the end to the start, where keys are needed, and from the start to the end, where they are
// new.
func (f *flow) findKeys() {
	for _, n := range slices.Backward(f.w.Nodes) {
		f.keyed[n] = n.Key != nil && slices.ContainsFunc(n.Out, f.asksForKey)
	}
	for _, n := range f.w.Nodes {
		from := slices.ContainsFunc(n.In, func(in *typecheck.Node) bool { return f.moved[in] })
		switch n.Kind {
		case typecheck.NodeInput, typecheck.NodeServe:
		case typecheck.NodeKey:
			f.moved[n] = true
		case typecheck.NodeTask, typecheck.NodeSteps:
			// Behind a task with state, events are where their key is; a single instance has them all in one place.
			for _, use := range n.Uses {
				single := len(use.Task.Shared) > 0 || handles(use.Task, ast.OnAtom)
				f.moved[n] = f.moved[n] || single || from && len(use.Task.State) == 0
			}
		default:
			f.moved[n] = from
		}
	}
}

func handles(t *typecheck.Task, kind ast.HandlerKind) bool {
	return slices.ContainsFunc(t.Handlers, func(h *ast.Handler) bool { return h.Kind == kind })
}

// asksForKey tells whether a node needs the key of the flow that enters it.
func (f *flow) asksForKey(n *typecheck.Node) bool {
	switch n.Kind {
	case typecheck.NodeKey, typecheck.NodeOutput:
		return false
	case typecheck.NodeTask, typecheck.NodeSteps:
		return f.keyed[n] || slices.ContainsFunc(n.Uses, needsKey)
	}
	return f.keyed[n]
}

// makeTasks lowers the tasks of a node. Those of a `steps` know each other.
func (f *flow) makeTasks(n *typecheck.Node) {
	for _, use := range n.Uses {
		f.tasks[use] = f.task(use, f.keyed[n])
	}
	if n.Kind != typecheck.NodeSteps {
		return
	}
	steps := &ir.Steps{Name: f.stepsName(n), Group: f.groups}
	f.groups++
	for i, use := range n.Uses {
		item := &ir.StepsItem{Task: f.tasks[use]}
		if n.Times[i] != nil {
			item.Times = f.value(steps.Name+title(use.Name)+"Times", n.Times[i], f.newBody(nil, nil))
		}
		item.Task.Steps = steps
		steps.Items = append(steps.Items, item)
	}
}

// stepsName is the identity of a `steps`: its own name or flow, or a number.
func (f *flow) stepsName(n *typecheck.Node) string {
	if n.Flow != "" {
		return n.Flow
	}
	return f.unique("steps")
}

// unique is a name that no other segment of the workflow has.
func (f *flow) unique(name string) string {
	f.names[name]++
	if n := f.names[name]; n > 1 {
		return name + strconv.Itoa(n)
	}
	return name
}

// findOutputs numbers the outputs in the order of the text.
func (f *flow) findOutputs() {
	var nodes []*typecheck.Node
	for _, n := range f.w.Nodes {
		if n.Kind == typecheck.NodeOutput {
			nodes = append(nodes, n)
		}
	}
	slices.SortStableFunc(nodes, byPlace)
	for i, n := range nodes {
		f.outputs[n] = &ir.Output{Stream: f.stream(n.Stream), Index: i, Span: n.Span}
		f.made.Outputs = append(f.made.Outputs, f.outputs[n])
	}
}

// byPlace orders nodes by the text; nodes of a later file come later, since a workflow stands in one.
func byPlace(a, b *typecheck.Node) int { return a.Span.Start - b.Span.Start }

// inputs makes a segment for each stream that is read, if by several chains: their steps follow one another.
func (f *flow) inputs() {
	for _, s := range f.w.Inputs {
		var from []*typecheck.Node
		for _, n := range f.w.Nodes {
			if n.Kind == typecheck.NodeInput && n.Stream == s {
				from = append(from, n)
			}
		}
		slices.SortStableFunc(from, byPlace)
		var next []*typecheck.Node
		for _, n := range from {
			next = append(next, n.Out...)
		}
		next = f.inOrder(from[0], next)
		seg := f.segment(s.Name, next)
		seg.Span = from[0].Span
		seg.Event.Type = f.closed(s.Type, nil)
		f.made.Inputs = append(f.made.Inputs, &ir.Input{Stream: f.stream(s), Segment: seg})
		f.fill(seg, from[0], next)
	}
}

// segment makes an empty segment that next follow.
func (f *flow) segment(name string, next []*typecheck.Node) *ir.Segment {
	seg := &ir.Segment{Name: f.unique(name), Event: &ir.Var{Name: eventName(next)}}
	f.made.Segments = append(f.made.Segments, seg)
	return seg
}

// eventName is what an event is called: as the lambda that takes it calls it.
func eventName(next []*typecheck.Node) string {
	for _, n := range next {
		if n.Fn == nil {
			continue
		}
		if name := paramName(n.Fn, 0, 1); name != "event" {
			return name
		}
	}
	return "event"
}

// fill prints the steps behind a node into a segment that begins there.
func (f *flow) fill(seg *ir.Segment, from *typecheck.Node, next []*typecheck.Node) {
	seg.Event.Span = seg.Span
	cur := current{event: local(seg.Event, seg.Span)}
	if f.keyed[from] {
		seg.Key = &ir.Var{Name: "key", Type: f.closed(from.Key, nil), Span: seg.Span}
		cur.key = local(seg.Key, seg.Span)
	}
	b := f.newBody(nil, nil)
	seg.Body = b.block(func() { f.next(b, from, next, cur) })
	seg.Fails = effectOfAll(b.effects, seg.Body)&fails != 0
}

// segmentOf makes the segment that begins at a node, if one does.
func (f *flow) segmentOf(n *typecheck.Node) {
	switch n.Kind {
	case typecheck.NodeUnion:
		f.begin(n)
	case typecheck.NodeTask, typecheck.NodeSteps, typecheck.NodeServe:
		if len(n.Out) > 0 {
			f.begin(n)
		}
		for _, use := range n.Uses {
			f.tasks[use].After = f.segments[n]
		}
	}
	if seg := f.segments[n]; seg != nil {
		f.fill(seg, n, f.inOrder(n, n.Out))
	}
}

// begin is the segment behind a node; it may have been made because something gives it events.
func (f *flow) begin(n *typecheck.Node) *ir.Segment {
	if seg := f.segments[n]; seg != nil {
		return seg
	}
	name := "union"
	switch {
	case n.Flow != "":
		name = n.Flow
	case n.Kind == typecheck.NodeSteps:
		name = "after" + title(f.tasks[n.Uses[0]].Steps.Name)
	case len(n.Uses) > 0:
		name = "after" + title(n.Uses[0].Name)
	}
	seg := f.segment(name, n.Out)
	seg.Span = n.Span
	seg.Event.Type = f.closed(n.Elem, nil)
	f.segments[n] = seg
	return seg
}

// inOrder puts the uses of the flow that leaves a node into the order in which they see an event: that of the text, but
// that of the arguments where they come together in a union.
func (f *flow) inOrder(at *typecheck.Node, next []*typecheck.Node) []*typecheck.Node {
	out := slices.Clone(next)
	for i := range out {
		for j := i; j > 0 && f.before(at, out[j], out[j-1]); j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

// before tells whether x comes before y, both behind at, in the first union that they lead to.
func (f *flow) before(at, x, y *typecheck.Node) bool {
	for _, u := range f.unions {
		i, j := argument(u, at, x), argument(u, at, y)
		if i >= 0 && j >= 0 && i != j {
			return i < j
		}
	}
	return false
}

// argument is the first argument of the union u to which the flow from at through x leads, or -1.
func argument(u, at, x *typecheck.Node) int {
	if x == u {
		return slices.IndexFunc(u.In, func(in *typecheck.Node) bool {
			return in == at || in.Kind == typecheck.NodeInput && in.Stream == at.Stream
		})
	}
	behind := reached(x)
	return slices.IndexFunc(u.In, func(in *typecheck.Node) bool { return behind[in] })
}

// reached are the nodes that a flow leads to, itself included.
func reached(from *typecheck.Node) map[*typecheck.Node]bool {
	seen := map[*typecheck.Node]bool{}
	var visit func(n *typecheck.Node)
	visit = func(n *typecheck.Node) {
		if !seen[n] {
			seen[n] = true
			for _, next := range n.Out {
				visit(next)
			}
		}
	}
	visit(from)
	return seen
}
