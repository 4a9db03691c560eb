package typecheck

import (
	"cmp"
	"container/heap"
	"maps"
	"slices"
	"sort"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// flows builds the graph of one workflow. Named flows may be declared in any order and are built when they are used
// first; one that is met again while it is being built is a cycle.
type flows struct {
	*checker
	pkg    *pkg
	w      *Workflow
	named  map[string]*namedFlow
	inputs map[*Stream]*Node
	nodes  []*Node
	open   []*reference // the references that led to the flow being built
	uses   map[string]*TaskUse
	steps  map[string]*Node
	later  []func() // what ends when the whole workflow has said which types flow
}

// namedFlow is `flow x = …`.
type namedFlow struct {
	name   *ast.Name
	chain  *ast.Chain
	end    *Node
	used   bool
	opened bool // is being built
	bad    bool // is part of a cycle, which has been reported
}

// reference is a place where a flow is named.
type reference struct {
	flow *namedFlow
	at   source.Span
}

func (c *checker) checkWorkflows(p *pkg) {
	for _, w := range p.flows {
		f := &flows{
			checker: c, pkg: p, w: w,
			named: map[string]*namedFlow{}, inputs: map[*Stream]*Node{}, uses: map[string]*TaskUse{}, steps: map[string]*Node{},
		}
		f.build()
	}
}

func (f *flows) build() {
	for _, chain := range f.w.Decl.Chains {
		if chain.Flow == nil {
			continue
		}
		if first := f.named[chain.Flow.Text]; first != nil {
			f.err("PTL0202", chain.Flow.Place, "declared again here", "the flow `%s` is declared twice", chain.Flow.Text).
				at(first.name.Place, "first declared here").help("Rename one of them.")
			continue
		}
		f.named[chain.Flow.Text] = &namedFlow{name: chain.Flow, chain: chain}
	}
	for _, chain := range f.w.Decl.Chains {
		if chain.Flow != nil && f.named[chain.Flow.Text].chain == chain {
			f.flow(f.named[chain.Flow.Text], chain.Flow.Place)
		} else {
			f.chain(chain)
		}
	}
	f.settleTypes()
	f.order()
	f.collectInputs()
	f.idle = append(f.idle, f.warnIdle)
}

// settleTypes ends what had to wait for types that only a later step says, as `union` does of `map(x => Left(x))`.
func (f *flows) settleTypes() {
	for _, end := range f.later {
		end()
	}
	for _, n := range f.nodes {
		if n.Elem != nil {
			n.Elem = types.Default(n.Elem)
		}
	}
}

// flow is the node that a named flow ends at, which is built if it is not yet.
func (f *flows) flow(n *namedFlow, at source.Span) *Node {
	if n.end != nil {
		return n.end
	}
	if n.opened {
		i := slices.IndexFunc(f.open, func(r *reference) bool { return r.flow == n })
		f.cycle(append(f.open[i:len(f.open):len(f.open)], &reference{n, at})[1:])
		n.bad = true
		return f.broken(at)
	}
	n.opened = true
	f.open = append(f.open, &reference{n, at})
	end := f.chain(n.chain)
	f.open = f.open[:len(f.open)-1]
	n.opened = false
	n.end = end
	if end.Flow == "" {
		end.Flow = n.name.Text
	}
	return end
}

// cycle reports a cycle: the references, each of which stands in the chain of the one before it, in a circle.
func (f *flows) cycle(refs []*reference) {
	last := refs[len(refs)-1]
	for _, r := range refs {
		if r.flow.bad {
			return
		}
	}
	first := last.flow
	d := f.err("PTL0505", first.name.Place, "`"+first.name.Text+"` begins here", "the flow `%s` needs itself", first.name.Text)
	from := first
	for _, r := range refs {
		d.at(r.at, "`%s` needs `%s`", from.name.Text, r.flow.name.Text)
		from = r.flow
	}
	for _, r := range refs {
		r.flow.bad = true
	}
	d.note("Inside of a workflow, events flow in one direction.").
		help("Lead the cycle through a stream: write one end `to` a stream, and join it to the input with `sequence`.")
}

// broken stands for a node that could not be built; everything fits it.
func (f *flows) broken(at source.Span) *Node {
	return &Node{Kind: NodeMap, Span: at, Elem: types.Invalid, Key: types.Invalid}
}

// add makes a node behind others.
func (f *flows) add(kind NodeKind, at source.Span, in ...*Node) *Node {
	n := &Node{Kind: kind, Span: at, In: in}
	for _, i := range in {
		i.Out = append(i.Out, n)
	}
	f.nodes = append(f.nodes, n)
	return n
}

// chain builds the steps of a chain and returns the node that its events leave.
func (f *flows) chain(chain *ast.Chain) *Node {
	n := f.start(chain)
	for i, s := range chain.Steps {
		if to, ok := s.(*ast.ToStep); ok {
			f.to(n, to)
			if i+1 < len(chain.Steps) {
				f.err("PTL0511", chain.Steps[i+1].Span(), "", "nothing can follow `to`").at(to.Place, "the chain ends here").
					help("Name the flow before it, `flow x = …`, and start a second chain from `x`.")
				return n
			}
			return n
		}
		n = f.step(n, s)
	}
	return n
}

func (f *flows) start(chain *ast.Chain) *Node {
	switch s := chain.Start.(type) {
	case *ast.FromStart:
		if stream := f.streamNamed(f.pkg, s.Stream); stream != nil {
			return f.input(stream, s.Place)
		}
	case *ast.FlowStart:
		if s.Flow != nil {
			return f.namedAt(s.Flow)
		}
	case *ast.UnionStart:
		var in []*Node
		for _, name := range s.Flows {
			in = append(in, f.namedAt(name))
		}
		if len(in) > 0 {
			return f.union(s.Place, in)
		}
	case *ast.ServeStart:
		if s.Task != nil {
			return f.serve(s.Task)
		}
	}
	return f.broken(chain.Place)
}

// input is the node of a stream that the workflow reads; there is one, however often it is named.
func (f *flows) input(s *Stream, at source.Span) *Node {
	n := f.inputs[s]
	if n == nil {
		n = f.add(NodeInput, at)
		n.Stream, n.Elem = s, f.typeOf(s)
		f.inputs[s] = n
		s.Readers = append(s.Readers, f.w)
	}
	if at.Valid() && at.Start < n.Span.Start && at.File == n.Span.File {
		n.Span = at
	}
	return n
}

// namedAt is the flow that a name stands for.
func (f *flows) namedAt(name *ast.Name) *Node {
	if n := f.named[name.Text]; n != nil {
		n.used = true
		return f.flow(n, name.Place)
	}
	d := f.err("PTL0201", name.Place, "not declared in this workflow", "there is no flow `%s`", name.Text)
	if s := f.pkg.values[name.Text]; s != nil && isStream(s.obj) {
		s.used = true
		d.at(s.span, "`%s` is a stream", name.Text).
			help("A chain reads a stream with `from %[1]s`; to join it to others, name the chain: `flow x = from %[1]s`.", name.Text)
		return f.broken(name.Place)
	}
	if name.Text == "deadLetters" {
		d.help("A chain reads the stream with `from deadLetters`.")
		return f.broken(name.Place)
	}
	names := f.offered(len(f.named), func() []string { return slices.Sorted(maps.Keys(f.named)) })
	d.didYouMean(name.Place, name.Text, names)
	return f.broken(name.Place)
}

func (f *flows) union(at source.Span, in []*Node) *Node {
	n := f.add(NodeUnion, at, in...)
	n.Elem, n.Key = in[0].Elem, in[0].Key
	for _, other := range in[1:] {
		switch {
		case n.Elem == types.Type(types.Invalid):
			n.Elem = other.Elem
		case other.Elem == nil || n.Elem == nil:
			f.err("PTL0511", at, "", "a union of a flow without events").at(other.Span, "nothing leaves this")
			n.Elem = types.Invalid
		case !types.Unify(n.Elem, other.Elem):
			f.err("PTL0301", at, "", "a union of %s and %s", show(n.Elem), show(other.Elem)).
				at(in[0].Span, "this gives %s", show(n.Elem)).at(other.Span, "this gives %s", show(other.Elem)).
				help("Bring them to one type first, with `map`.")
			settle(n.Elem)
			settle(other.Elem)
			n.Elem = types.Invalid
		}
		n.Key = commonKey(n.Key, other.Key)
	}
	return n
}

// commonKey is the key of a union: that which both have, if it is of one type.
func commonKey(a, b types.Type) types.Type {
	switch {
	case a == nil || b == nil:
		return nil
	case a == types.Type(types.Invalid):
		return b
	case b == types.Type(types.Invalid) || types.Identical(a, b):
		return a
	}
	return nil
}

func (f *flows) step(n *Node, s ast.Step) *Node {
	if n.Elem == nil {
		f.err("PTL0511", s.Span(), "", "no events arrive here").at(n.Span, "nothing leaves this").
			help("Give the task an output, `-> Out`, or end the chain before.")
		n = f.broken(n.Span)
	}
	switch s := s.(type) {
	case *ast.OpStep:
		return f.op(n, s)
	case *ast.UnionStep:
		in := []*Node{n}
		for _, name := range s.Flows {
			in = append(in, f.namedAt(name))
		}
		return f.union(s.Place, in)
	case *ast.TaskStep:
		if s.Use != nil {
			return f.task(n, s.Use)
		}
	case *ast.StepsStep:
		return f.stepsNode(n, s)
	}
	return f.broken(s.Span())
}

// noFunction reports a step that is given what can be no function, such as `map(n + 1)`.
func (f *flows) noFunction(s *ast.OpStep) bool {
	switch s.Fn.(type) {
	case *ast.Lambda, *ast.Ident, *ast.Field, *ast.Paren, *ast.BadExpr, nil:
		return false
	}
	name := "e"
	ast.Inspect(s.Fn, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "e" && f.pkg.values[id.Name] == nil && builtin.Named(id.Name) == nil && !isUpper(id.Name) {
			name = id.Name
		}
		return true
	})
	mended := name + " => " + s.Fn.Span().Text()
	f.err("PTL0301", s.Fn.Span(), "this is a value", "`%s` takes a function of an event", s.Op).
		help("Write `%s(%s)`.", s.Op, mended).edit(s.Fn.Span(), mended)
	return true
}

// fieldAlone reports a step that is given the name of a field of its events, as `key(user)`.
func (b *body) fieldAlone(events types.Type, s *ast.OpStep) bool {
	id, ok := s.Fn.(*ast.Ident)
	event, named := types.Resolve(events).(*types.Named)
	if !ok || !named || event.Def.Sort != types.Record || event.Def.Variants[0].Field(id.Name) == nil || b.find(id.Name) != nil {
		return false
	}
	mended := "e => e." + id.Name
	b.err("PTL0301", id.Place, "this is a field of "+show(event), "`%s` takes a function of an event", s.Op).
		help("Write `%s(%s)`.", s.Op, mended).edit(id.Place, mended)
	return true
}

// op builds `key(f)`, `map(f)`, `flatMap(f)` or `filter(p)`.
func (f *flows) op(in *Node, s *ast.OpStep) *Node {
	if f.noFunction(s) {
		return f.broken(s.Place)
	}
	b := f.newBody(f.pkg, siteStep, nil)
	if b.fieldAlone(in.Elem, s) {
		return f.broken(s.Place)
	}
	result := types.Type(b.supply.Fresh())
	gives := result
	switch s.Op {
	case ast.OpFlatMap:
		gives = types.List(result)
	case ast.OpFilter:
		gives = types.Bool
	}
	fn := &types.Func{Params: []types.Type{in.Elem}, Result: gives}
	word := s.Place
	word.End = min(word.End, word.Start+len(s.Op.String()))
	b.expr(s.Fn, wants(fn, because{word, "`" + s.Op.String() + "` takes %s"}))
	if s.Op == ast.OpKey {
		b.duty(duty{typ: result, need: types.NeedKey, at: s.Fn.Span(), what: "`key`"})
	}
	if types.HasFree(fn) {
		f.later = append(f.later, b.finish)
	} else {
		b.finish()
	}
	result = types.Zonk(result)
	n := f.add(NodeMap, s.Place, in)
	n.Fn, n.Elem, n.Key = s.Fn, in.Elem, in.Key
	switch s.Op {
	case ast.OpKey:
		n.Kind, n.Key = NodeKey, types.Default(result)
		if types.Require(n.Key, types.NeedKey, nil) != nil { // has been told
			n.Key = types.Invalid
		}
	case ast.OpMap:
		n.Elem = result
	case ast.OpFlatMap:
		n.Kind, n.Elem = NodeFlatMap, result
	case ast.OpFilter:
		n.Kind = NodeFilter
	}
	return n
}

// to ends a chain at a stream.
func (f *flows) to(in *Node, s *ast.ToStep) {
	n := f.add(NodeOutput, s.Place, in)
	n.Elem, n.Key = in.Elem, in.Key
	if s.Stream == nil {
		return
	}
	if in.Elem == nil {
		f.err("PTL0511", s.Place, "", "no events arrive at `%s`", s.Stream.Text).at(in.Span, "nothing leaves this").
			help("Give the task an output, `-> Out`.")
	}
	sym := f.pkg.values[s.Stream.Text]
	if sym == nil {
		d := f.err("PTL0201", s.Stream.Place, "not declared anywhere", "there is no stream `%s`", s.Stream.Text).
			didYouMean(s.Stream.Place, s.Stream.Text, f.valueNames(f.pkg, isStream))
		if d.Help == "" && in.Elem != nil && isKnown(in.Elem) {
			d.help("Declare it: `stream %s: %s`.", s.Stream.Text, show(in.Elem))
		}
		return
	}
	stream, ok := sym.obj.(*Stream)
	if !ok {
		f.misplaced(sym.obj, s.Stream.Place, "`%s` is not a stream but %s", s.Stream.Text, sym.what)
		return
	}
	n.Stream = stream
	f.writes(n, stream, s)
}

// writes makes a node the producer of a stream.
func (f *flows) writes(n *Node, stream *Stream, s *ast.ToStep) {
	switch {
	case stream.Kind != FromWorkflow:
		f.err("PTL0502", s.Place, "written here", "the stream `%s` has two producers", stream.Name).
			at(spanOf(stream.Decl.Source), "produced here").
			help("Declare a stream of its own for the workflow, and join both with `sequence`.")
		return
	case stream.Writer != nil:
		f.err("PTL0502", s.Place, "written here too", "the stream `%s` has two producers", stream.Name).
			at(stream.Writer.Span, "written here").at(declOf(stream), "declared here").
			help("In one workflow, join the flows with `union`.").
			help("From several workflows, write several streams and join them with `sequence`.")
		return
	}
	stream.Writer = n
	t := f.typeOf(stream)
	if n.Elem != nil && !types.Assignable(n.Elem, t) {
		f.err("PTL0301", s.Place, "what arrives is "+show(n.Elem), "expected %s, found %s", show(t), show(n.Elem)).
			at(spanOf(stream.Decl.Type), "the events of `%s` are %s", stream.Name, show(t)).
			at(n.In[0].Span, "this gives %s", show(n.Elem))
		settle(n.Elem)
	}
}

// order puts the nodes into topological order, by the text where that leaves a choice.
func (f *flows) order() {
	before := func(a, b *Node) bool { return a.Span.Start < b.Span.Start }
	waits := map[*Node]int{}
	ready := &nodeHeap{}
	for _, n := range f.nodes {
		sort.SliceStable(n.Out, func(i, j int) bool { return before(n.Out[i], n.Out[j]) })
		for _, in := range n.In {
			if f.built(in) {
				waits[n]++
			}
		}
		if waits[n] == 0 {
			ready.Push(n)
		}
	}
	heap.Init(ready)
	for len(ready.nodes) > 0 {
		n := heap.Pop(ready).(*Node)
		f.w.Nodes = append(f.w.Nodes, n)
		for _, out := range n.Out {
			if waits[out]--; waits[out] == 0 {
				heap.Push(ready, out)
			}
		}
	}
}

// nodeHeap gives nodes by the text, those at one place in the order in which they came.
type nodeHeap struct {
	nodes []*Node
	came  map[*Node]int
}

func (h *nodeHeap) Len() int { return len(h.nodes) }
func (h *nodeHeap) Less(i, j int) bool {
	a, b := h.nodes[i], h.nodes[j]
	return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(h.came[a], h.came[b])) < 0
}
func (h *nodeHeap) Swap(i, j int) { h.nodes[i], h.nodes[j] = h.nodes[j], h.nodes[i] }

// Push implements heap.Interface.
func (h *nodeHeap) Push(x any) {
	if h.came == nil {
		h.came = map[*Node]int{}
	}
	h.came[x.(*Node)] = len(h.came)
	h.nodes = append(h.nodes, x.(*Node))
}

// Pop implements heap.Interface.
func (h *nodeHeap) Pop() any {
	last := len(h.nodes) - 1
	n := h.nodes[last]
	h.nodes = h.nodes[:last]
	return n
}

// built tells a node of the graph from one that stands for a mistake.
func (f *flows) built(n *Node) bool { return n.Kind != NodeMap || n.Fn != nil }

func (f *flows) collectInputs() {
	var inputs []*Node
	for _, n := range f.w.Nodes {
		if n.Kind == NodeInput {
			inputs = append(inputs, n)
		}
	}
	sort.SliceStable(inputs, func(i, j int) bool { return inputs[i].Span.Start < inputs[j].Span.Start })
	for _, n := range inputs {
		f.w.Inputs = append(f.w.Inputs, n.Stream)
	}
}

// warnIdle warns of flows that lead nowhere.
func (f *flows) warnIdle() {
	for _, chain := range f.w.Decl.Chains {
		if chain.Flow == nil {
			continue
		}
		n := f.named[chain.Flow.Text]
		if n.chain == chain && !n.used && !n.bad && endsIdle(chain) {
			f.warn("PTL0801", chain.Flow.Place, "never used", "the flow `%s` leads nowhere", chain.Flow.Text).
				help("Use it, or end it with a task or `to s`.")
		}
	}
	for _, chain := range f.w.Decl.Chains {
		if chain.Flow == nil && endsIdle(chain) {
			f.warn("PTL0801", chain.Place, "leads nowhere", "this chain has no effect").help("End it with a task or `to s`.")
		}
	}
}

// endsIdle tells whether a chain ends without doing anything with its events.
func endsIdle(chain *ast.Chain) bool {
	for _, s := range chain.Steps {
		switch s.(type) {
		case *ast.TaskStep, *ast.StepsStep, *ast.ToStep, *ast.BadStep:
			return false
		}
	}
	switch chain.Start.(type) {
	case *ast.ServeStart, *ast.BadStart:
		return false
	}
	return true
}
