package gogen

import (
	"fmt"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

// laneNames are the Go names of what a workflow is made of. Fields and methods of a lane share one scope.
type laneNames struct {
	typ, build string
	file       string
	members    *names.Scope
	tasks      *names.Scope // stems of the names of tasks: `plus`, `plus2`
	segments   map[*ir.Segment]string
	narrow     map[*ir.Segment]string // of those that have a second method, for small Ints
	outputs    map[*ir.Output]string
	asks       map[*ir.Portal]string // fields: the lane's ends of the portals that it asks
	answers    map[*ir.Portal]string // and answers
}

func (e *emitter) nameWorkflow(w *ir.Workflow) {
	n := &laneNames{
		typ:     e.scope.Take(names.Lower(w.Name) + "Lane"),
		build:   e.scope.Take("new" + names.Upper(w.Name)),
		file:    e.fileFor(w.Name),
		members: names.NewScope("Lane"), tasks: names.NewScope(),
		segments: map[*ir.Segment]string{}, narrow: map[*ir.Segment]string{}, outputs: map[*ir.Output]string{},
	}
	e.lanes[w] = n
	for _, s := range w.Segments {
		n.segments[s] = n.members.Take(names.Lower(s.Name))
		if len(s.Fits) > 0 {
			n.narrow[s] = n.members.Take(names.Lower(s.Name) + "Narrow")
		}
	}
	for _, o := range w.Outputs {
		n.outputs[o] = n.members.Take(names.Lower(o.Stream.Name))
	}
	for _, t := range w.Tasks {
		e.nameTask(t, n)
	}
	e.namePortals(w, n)
}

// fileFor is a file name that no other file of the package has.
func (e *emitter) fileFor(workflow string) string {
	base := names.File(workflow)
	if e.fileNames == nil {
		e.fileNames = names.NewScope("types", "functions", "codec", "app")
	}
	return e.fileNames.Take(base) + ".go"
}

// workflowFile prints a workflow: its lane, what builds it, its segments, and its tasks.
func (e *emitter) workflowFile(w *ir.Workflow) {
	n := e.lanes[w]
	f := e.newFile(n.file, "")
	f.workflow = w
	for _, t := range w.Tasks {
		f.stateTypes(t)
		for _, x := range f.e.tasks[t].entries {
			f.frameType(x)
		}
		f.parked(t)
	}
	f.laneType()
	f.buildWorkflow()
	for _, s := range w.Segments {
		from := slices.IndexFunc(w.Inputs, func(in *ir.Input) bool { return in.Segment == s })
		switch {
		case from >= 0 && w.Inputs[from].Stream.Ranged():
			f.readingRange(s)
		case from >= 0:
			f.reading(s)
		case !e.isAfter(s):
			f.segment(s)
		}
	}
	for _, t := range w.Tasks {
		f.task(t)
	}
	f.finish()
}

// isAfter tells whether a segment takes what a task emits; it then stands behind the task.
func (e *emitter) isAfter(s *ir.Segment) bool { return e.after[s] != nil }

func (f *goFile) laneType() {
	w, n := f.workflow, f.e.lanes[f.workflow]
	f.declare(doc(fmt.Sprintf("%s is what one worker of workflow %s works with.", n.typ, w.Name), w.Doc), f.nowhere())
	f.Type().Id(n.typ).StructFunc(func(g *jen.Group) {
		g.Add(ptl("Lane"))
		for _, t := range w.Tasks {
			f.taskFields(g, t)
		}
		f.portalFields(g)
		for _, o := range w.Outputs {
			g.Id(n.outputs[o]).Add(ptl("Out").Types(f.e.typ(o.Stream.Type)))
		}
	})
}

// buildWorkflow prints the function that puts the workflow into the graph.
func (f *goFile) buildWorkflow() {
	w, n := f.workflow, f.e.lanes[f.workflow]
	scope := f.e.scope.Inner()
	scope.Reserve("g", "w", "l")
	streams := map[*ir.Stream]string{}
	params := []jen.Code{jen.Id("g").Op("*").Add(ptl("Graph"))}
	for _, s := range streamsOf(w) {
		streams[s] = scope.Take(names.Lower(s.Name))
		params = append(params, jen.Id(streams[s]).Op("*").Add(ptl("Stream").Types(f.e.typ(s.Type))))
	}
	portals := map[*ir.Portal]string{}
	for _, p := range f.e.portalsUsed(w) {
		portals[p] = scope.Take(names.Lower(p.Name))
		params = append(params, jen.Id(portals[p]).Op("*").Add(f.portalType("Portal", p)))
	}
	f.declare(fmt.Sprintf("// %s puts workflow %s into the graph.", n.build, w.Name), f.nowhere())
	f.Func().Id(n.build).Params(params...).BlockFunc(func(g *jen.Group) {
		args := f.computeArgs(g, scope)
		made := ptl("NewWorkflow").Types(jen.Id(n.typ)).Call(jen.Id("g"), f.spec("WorkflowSpec", w.Name, w.Was, w.Span), f.initLane(args))
		if len(w.Inputs)+len(w.Tasks) == 0 {
			g.Add(made) // it does nothing
			return
		}
		g.Id("w").Op(":=").Add(made)
		for _, group := range stepsOf(w) {
			f.registerSteps(g, group)
		}
		for _, in := range w.Inputs {
			f.reads(g, in, jen.Id(streams[in.Stream]))
		}
		for _, t := range w.Tasks {
			f.addTask(g, t)
		}
		f.registerPortals(g, portals)
		for _, o := range w.Outputs {
			g.Add(ptl("Writes")).Call(jen.Id("w"), jen.Id(streams[o.Stream]), f.fieldOfLane(n.outputs[o], ptl("Out").Types(f.e.typ(o.Stream.Type))))
		}
	})
}

// method is a method of the lane as a function of the lane.
func (f *goFile) method(name string) *jen.Statement {
	return jen.Parens(jen.Op("*").Id(f.e.lanes[f.workflow].typ)).Dot(name)
}

// fieldOfLane is a function that finds a field of the lane.
func (f *goFile) fieldOfLane(name string, t *jen.Statement) *jen.Statement {
	return jen.Func().Params(jen.Id("l").Op("*").Id(f.e.lanes[f.workflow].typ)).Op("*").Add(t).Op("{").Return(jen.Op("&").Id("l").Dot(name)).Op("}")
}

// computeArgs computes the arguments of tasks that are calls: they may fail, and take long. It gives the variables that hold them.
func (f *goFile) computeArgs(g *jen.Group, scope *names.Scope) map[*ir.TaskParam]string {
	args := map[*ir.TaskParam]string{}
	for _, t := range f.workflow.Tasks {
		for _, p := range t.Params {
			if _, call := p.Arg.(*ir.Call); !call {
				continue
			}
			args[p] = scope.Take(f.e.tasks[t].params[p])
			g.Id(args[p]).Op(":=").Add(f.newBody(nil).expr(p.Arg))
			if p.Var.Type.Owns {
				g.Add(f.e.shareValue(p.Var.Type, jen.Id(args[p])))
			}
		}
	}
	return args
}

// initLane gives each lane the arguments of tasks; args are the variables of those that are calls.
func (f *goFile) initLane(args map[*ir.TaskParam]string) *jen.Statement {
	any := false
	for _, t := range f.workflow.Tasks {
		any = any || len(t.Params) > 0
	}
	if !any {
		return jen.Nil()
	}
	b := f.newBody(nil, "l", "g", "w")
	b.lane = laneMethod
	return jen.Func().Params(jen.Id("l").Op("*").Id(f.e.lanes[f.workflow].typ)).BlockFunc(func(g *jen.Group) {
		for _, t := range f.workflow.Tasks {
			for _, p := range t.Params {
				to := jen.Id("l").Dot(f.e.tasks[t].params[p])
				if name := args[p]; name != "" {
					g.Add(to).Op("=").Id(name)
					continue
				}
				b.at = p.Arg.Span()
				b.count([]ir.Stmt{&ir.Do{X: p.Arg}})
				b.mark(g)
				g.Add(to).Op("=").Add(b.expr(p.Arg))
			}
		}
	})
}

// described is the comment of a segment's method.
func (f *goFile) described(s *ir.Segment, takes string) string {
	if s.Doc != "" {
		return comment(s.Doc)
	}
	return comment(takes + " through the steps up to the next tasks and outputs.")
}

// segment prints the method that takes one event through the steps up to the next tasks and outputs.
func (f *goFile) segment(s *ir.Segment) {
	name := f.e.lanes[f.workflow].segments[s]
	b := f.newBody(s.Body, "l", "h")
	b.at, b.lane = s.Span, laneMethod
	if s.Fails {
		b.reads[s.Event]++
	}
	var params []jen.Code
	if s.Key != nil {
		params = append(params, jen.Id(b.param(s.Key)).Add(f.e.typ(s.Key.Type)))
	}
	params = append(params, jen.Id(b.param(s.Event)).Add(f.e.typ(s.Event.Type)))
	f.declare(f.described(s, name+" takes one event"), s.Span)
	f.on(name).Params(params...).BlockFunc(func(g *jen.Group) {
		if s.Fails {
			g.If(jen.Id("l").Dot("Guarded")).Block(
				jen.Defer().Add(ptl("SkipFailing")).Call(b.laneRef(), f.e.desc(s.Event.Type), b.expr(&ir.Local{X: ir.X{T: s.Event.Type}, Var: s.Event})))
		}
		b.stmts(g, s.Body)
	})
}

// on begins a method of the lane.
func (f *goFile) on(name string) *jen.Statement {
	return f.Func().Params(jen.Id("l").Op("*").Id(f.e.lanes[f.workflow].typ)).Id(name)
}

// markEvent marks a statement that hands an event on with the step that computes the event: that is what can fail.
func (b *body) markEvent(g *jen.Group, event ir.Expr) {
	switch event.(type) {
	case *ir.Local, *ir.Const:
	default:
		if event.Span().Valid() {
			b.at = event.Span()
		}
	}
	b.mark(g)
}

// next gives an event to another segment of the workflow.
func (b *body) next(g *jen.Group, s *ir.Next) {
	b.markEvent(g, s.Event)
	var args []jen.Code
	if s.Segment.Key != nil {
		args = append(args, b.expr(s.Key))
	}
	g.Id("l").Dot(b.e.lanes[b.f.workflow].segments[s.Segment]).Call(append(args, b.expr(s.Event))...)
}

// send gives an event to a task: by a call where it stays on this lane, else by way of the lane that has its key.
func (b *body) send(g *jen.Group, s *ir.Send) {
	x := b.e.tasks[s.Task].eventEntry()
	b.markEvent(g, s.Event)
	if x.exchange == "" || !s.Moved && s.Task.Key != nil && !s.Task.Single {
		g.Add(b.handOver(s.Task, b.hashOf(s), b.keyOf(s), b.expr(s.Event)))
		return
	}
	key, event := b.bound(g, s.Key, "key"), b.bound(g, s.Event, "event")
	inline := jen.Id("l").Dot("Inline")
	hash, sendKey := jen.Lit(0), ptl("Unit").Values()
	if s.Task.Key != nil {
		hash, sendKey = jen.Id("h"), key.Clone()
		inline = jen.Id("h").Op(":=").Add(b.e.hash(s.Task.Key, key.Clone())).Op(";").Add(inline)
	}
	call := b.handOver(s.Task, jen.Id("h"), key.Clone(), event.Clone())
	send := jen.Id("l").Dot(x.exchange).Dot("Send").Call(b.laneRef(), hash, sendKey, event.Clone())
	if !b.e.folds(x) {
		g.If(inline).Block(call).Else().Block(send)
		return
	}
	n := b.e.tasks[s.Task]
	state := jen.Id("l").Dot(n.shared).Dot("State").Call(b.laneRef())
	g.Switch().Block(
		jen.Case(jen.Id("l").Dot("Inline").Op("&&").Op("!").Id("l").Dot("Guarded")).Block(b.f.call(x.handler, []jen.Code{state, event.Clone()})),
		jen.Case(inline).Block(call),
		jen.Default().Block(send))
}

// folds tells whether all that an entry does is to call a handler that changes the shared state. That is written where its events come
// from, beside the call of the method on…: Go may inline the handler there, and does not inline on…, which has the guard.
func (e *emitter) folds(x *entry) bool {
	t, n := x.task, e.tasks[x.task]
	return t.Key == nil && n.shared != "" && n.keyed == "" && x.machine == nil && x.enter == "" && len(x.asks) == 0 &&
		t.OnError == nil && n.gives[x.fn] == nil && !n.listsFor(x)
}

// bound is an expression that can be written twice: x itself if it is a variable, else one that holds it.
func (b *body) bound(g *jen.Group, x ir.Expr, name string) *jen.Statement {
	switch x := x.(type) {
	case nil:
		return jen.Null()
	case *ir.Local, *ir.Const:
		return b.expr(x)
	default:
		name = b.scope.Take(name)
		g.Id(name).Op(":=").Add(b.typed(x))
		b.mark(g)
		return jen.Id(name)
	}
}

func (b *body) keyOf(s *ir.Send) *jen.Statement {
	if s.Task.Key == nil {
		return jen.Null()
	}
	return b.expr(s.Key)
}

func (b *body) hashOf(s *ir.Send) *jen.Statement {
	if s.Task.Key == nil {
		return jen.Null()
	}
	return b.e.hash(s.Task.Key, b.expr(s.Key))
}

// handOver calls a task with one event.
func (b *body) handOver(t *ir.Task, hash, key, event *jen.Statement) *jen.Statement {
	x := b.e.tasks[t].eventEntry()
	var args []jen.Code
	if x.hashed {
		args = append(args, hash)
	}
	if t.Key != nil {
		args = append(args, key)
	}
	return jen.Id("l").Dot(x.on).Call(append(args, event)...)
}

// hash is the hash of a key, by which its partition is found.
func (e *emitter) hash(t *ir.Type, key *jen.Statement) *jen.Statement {
	switch t.Kind {
	case ir.Int:
		return ptl("HashInt").Call(key)
	case ir.String:
		return ptl("HashString").Call(key)
	case ir.Bool:
		return ptl("HashBool").Call(key)
	case ir.Time, ir.Duration:
		return ptl("HashInt").Call(jen.Int64().Parens(key))
	case ir.Record, ir.Enum:
		if hasCodec(t.Def) {
			return jen.Id(e.defs[t.Def].codec.hash).Call(key)
		}
	}
	return e.desc(t).Dot("Hash").Call(key)
}

// streamsOf lists the streams that a workflow reads and writes, each once.
func streamsOf(w *ir.Workflow) []*ir.Stream {
	var out []*ir.Stream
	for _, in := range w.Inputs {
		out = append(out, in.Stream)
	}
	for _, o := range w.Outputs {
		if !slices.Contains(out, o.Stream) {
			out = append(out, o.Stream)
		}
	}
	return out
}
