package typecheck

import (
	"fmt"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// inlineName is the name of an inline task: its `as`, or its kind with a number.
func inlineName(use *ast.TaskUse, number int) string {
	if use.As != nil {
		return use.As.Text
	}
	return fmt.Sprintf("task%d", number)
}

// serve builds `serve Inventory`: a task that only answers asks.
func (f *flows) serve(s *ast.TaskUse) *Node {
	t := f.taskOf(s)
	n := f.add(NodeServe, s.Place)
	if t == nil {
		n.Elem, n.Key = types.Invalid, types.Invalid
		return n
	}
	use, subst := f.use(n, s, t, nil)
	if t.In != nil {
		f.err("PTL0511", s.Place, "", "%s takes events and cannot only be served", t.describe()).
			at(spanOf(t.Decl.In), "it takes %s", show(t.In)).
			help("Give it its events: `from s |> %s`; it answers asks there too.", t.Name)
	}
	f.agree(use, nil)
	n.Key = use.Key
	f.outOf(n, t, subst)
	return n
}

// task builds a step that runs a task.
func (f *flows) task(in *Node, s *ast.TaskUse) *Node {
	t := f.taskOf(s)
	n := f.add(NodeTask, s.Place, in)
	if t == nil {
		n.Elem, n.Key = types.Invalid, types.Invalid
		return n
	}
	use, subst := f.use(n, s, t, in)
	f.agree(use, in)
	n.Key = in.Key
	f.outOf(n, t, subst)
	return n
}

// outOf sets what leaves a task. What it emits at barriers has no key, and so the flow has none.
func (f *flows) outOf(n *Node, t *Task, s types.Subst) {
	if t.Out != nil {
		n.Elem = types.Zonk(types.Substitute(t.Out, s))
	}
	if f.barrierEmit(t) != nil {
		n.Key = nil
	}
}

// barrierEmit is a handler of the task that runs once for all keys and emits, or nil.
func (c *checker) barrierEmit(t *Task) *ast.Handler {
	for _, h := range t.Handlers {
		if atBarrierOnce(h) && c.effects.emits[h] {
			return h
		}
	}
	return nil
}

// taskOf finds the task that a use names.
func (f *flows) taskOf(s *ast.TaskUse) *Task {
	if s.Inline != nil {
		return f.inline[s]
	}
	switch e := s.Task.(type) {
	case *ast.Ident:
		sym := f.pkg.values[e.Name]
		if sym == nil {
			f.unknownStep(e)
			return nil
		}
		sym.used = true
		f.info.Uses[e] = sym.obj
		if t, ok := sym.obj.(*Task); ok {
			return t
		}
		f.notTask(e, e.Name, sym.obj)
	case *ast.Field:
		m := f.moduleIn(f.pkg, e.X)
		if m == nil {
			if id, ok := e.X.(*ast.Ident); ok {
				f.noModule(f.pkg, id)
			}
			return nil
		}
		switch o := f.memberIn(m, e).(type) {
		case *Task:
			return o
		case nil:
		default:
			f.notTask(e, shortText(e), o)
		}
	}
	return nil
}

func (f *flows) unknownStep(e *ast.Ident) {
	d := f.err("PTL0201", e.Place, "not declared anywhere", "there is no task `%s`", e.Name)
	if d.inModule(f.pkg, e.Place, e.Name, func(m *pkg) *symbol { return m.valueOf(e.Name, isTask) }) {
		return
	}
	names := f.valueNames(f.pkg, isTask)
	d.didYouMean(e.Place, e.Name, append(names, "key", "map", "flatMap", "filter", "union", "steps", "to"))
}

func isTask(o Object) bool { _, ok := o.(*Task); return ok }

func (f *flows) notTask(e ast.Expr, name string, obj Object) {
	d := f.misplaced(obj, e.Span(), "`%s` is not a task", name)
	switch obj.(type) {
	case *Fun:
		d.help("To apply a function to every event, write `map(%s)`.", name).edit(e.Span(), "map("+e.Span().Text()+")")
	case *Stream:
		d.help("To write to a stream, write `to %s`.", name).edit(e.Span(), "to "+e.Span().Text())
	default:
		d.help("Steps are `key`, `map`, `flatMap`, `filter`, `union`, `steps`, `to`, and tasks.")
	}
}

// use checks the arguments of a use of a task and what flows into it.
func (f *flows) use(n *Node, s *ast.TaskUse, t *Task, in *Node) (*TaskUse, types.Subst) {
	use := &TaskUse{Name: t.Name, Task: t, Workflow: f.w, Node: n, Span: s.Place}
	if s.As != nil {
		use.Name = s.As.Text
	}
	n.Uses = append(n.Uses, use)
	b := f.newBody(f.pkg, siteDecl, nil)
	args, subst := b.instantiate(t.TypeParams, s.Place, t.Name)
	use.TypeArgs = args
	if in != nil {
		f.fitsInto(s, t, in, subst)
	}
	f.useArgs(b, use, s, subst)
	f.keyInto(t, in, subst)
	f.later = append(f.later, func() {
		for i, a := range args {
			if types.HasFree(a) {
				f.err("PTL0304", s.Place, "", "the type `%s` of %s cannot be found out", t.TypeParams[i].Name, t.describe()).
					at(declOf(t), "declared here")
				settle(a)
			}
		}
		b.finish()
	})
	f.identify(use, s)
	for _, p := range t.Answers {
		f.answers(use, p)
	}
	for _, p := range t.Asks {
		p.Askers = append(p.Askers, use)
	}
	return use, types.Bind(t.TypeParams, args)
}

func (f *flows) fitsInto(s *ast.TaskUse, t *Task, in *Node, subst types.Subst) {
	if t.In == nil {
		f.err("PTL0511", s.Place, "", "%s takes no events", t.describe()).at(declOf(t), "declared here").
			help("Write `serve %s` in a chain of its own; or give the task an input, `: %s`.", t.Name, show(in.Elem))
		return
	}
	if want := types.Substitute(t.In, subst); in.Elem != nil && !types.Assignable(in.Elem, want) {
		f.err("PTL0301", s.Place, "what arrives is "+show(in.Elem), "expected %s, found %s", show(want), show(in.Elem)).
			at(spanOf(t.Decl.In), "%s takes %s", t.describe(), show(want)).
			at(in.Span, "this gives %s", show(in.Elem)).
			help("Bring the events to that type first, with `map`.")
		settle(in.Elem)
		settle(want)
	}
}

// keyInto lets the keys that reach a task say what `keyed K` is; whether they agree is judged later. Where there is no
// key at all, which is reported, nothing more is to be said of the type.
func (f *flows) keyInto(t *Task, in *Node, subst types.Subst) {
	if t.Key == nil {
		return
	}
	want := types.Substitute(t.Key, subst)
	if in != nil && in.Key != nil {
		types.Unify(want, in.Key)
	}
	for _, p := range t.Answers {
		if p.Key != nil {
			types.Unify(want, p.Key)
		}
	}
	settle(want)
}

// useArgs checks the arguments, in the order of the parameters, defaults filled in.
func (f *flows) useArgs(b *body, use *TaskUse, s *ast.TaskUse, subst types.Subst) {
	t := use.Task
	spec := callee{name: t.Name, params: paramsOf(t.Params), at: declOf(t)}
	defaults := map[string]ast.Expr{}
	for _, d := range t.Decl.Params {
		if d.Name != nil && d.Default != nil {
			defaults[d.Name.Text] = d.Default
		}
	}
	for i := range spec.params {
		spec.params[i].optional = defaults[spec.params[i].name] != nil
	}
	matched := b.matchArgs(s.Args, s.Place, spec)
	b.checkArgs(matched, spec, subst, anything)
	use.Args = make([]ast.Expr, len(matched))
	for i, a := range matched {
		switch p := spec.params[i]; {
		case a != nil:
			use.Args[i] = a.Value
		case p.optional:
			use.Args[i] = defaults[p.name]
		default: // it is missed, and not also what only it could have told
			settle(types.Substitute(p.typ, subst))
		}
	}
}

// identify checks that a use whose data a store keeps has a name of its own in the workflow.
func (f *flows) identify(use *TaskUse, s *ast.TaskUse) {
	if !use.Task.Stateful() {
		return
	}
	if s.Inline != nil && s.As == nil {
		f.err("PTL0509", s.Place, "", "an inline task with state or awaits needs a name").
			note("What it keeps is stored under that name, and found again after a restart.").
			help("Write `as name` after it.")
		return
	}
	first := f.uses[use.Name]
	if first == nil {
		f.uses[use.Name] = use
		return
	}
	f.err("PTL0509", s.Place, "used again here", "the workflow has two tasks called `%s` that keep data", use.Name).
		at(first.Span, "used here").
		note("What a task keeps is stored under its name in the workflow.").
		help("Give each use a name of its own: `%s as name`.", use.Task.Name)
}

// answers makes a use the replier of a portal.
func (f *flows) answers(use *TaskUse, p *Portal) {
	if p.Replier == nil {
		p.Replier = use
		return
	}
	f.err("PTL0504", use.Span, "answered here too", "the portal `%s` has two repliers", p.Name).
		at(p.Replier.Span, "answered here").at(declOf(p), "declared here").
		note("A portal is answered by exactly one use of a task.").
		help("Declare a portal for each, or let one task do it.")
}

// keyed is a source of keys of a use: its flow or a portal.
type keyed struct {
	key  types.Type
	at   source.Span
	what string
	fix  string
}

// agree checks that the flow and all portals of a use give the task keys of one type, and sets the use's key.
func (f *flows) agree(use *TaskUse, in *Node) {
	t := use.Task
	var from []keyed
	if in != nil {
		from = append(from, keyed{in.Key, in.Span, "the flow", "Put `key(e => …)` before it."})
	}
	for _, p := range t.Answers {
		from = append(from, keyed{p.Key, declOf(p), "the portal `" + p.Name + "`", "Write how a request gives its key: `key r => …`."})
	}
	need, at, why := t.needsKey()
	for _, k := range from {
		switch {
		case k.key == types.Type(types.Invalid):
			return
		case k.key == nil && need:
			f.noKey(use, k, at, why, in)
			return
		case k.key != nil && use.Key == nil:
			use.Key = k.key
		}
	}
	if !need && !t.Exclusive {
		use.Key = nil
		if len(from) > 0 {
			use.Key = from[0].key
		}
		return
	}
	f.oneKey(use, from)
}

// noKey reports a task per key that is fed without one.
func (f *flows) noKey(use *TaskUse, k keyed, at source.Span, why string, in *Node) {
	d := f.err("PTL0507", use.Span, "", "%s needs a key, and %s has none", use.Task.describe(), k.what)
	d.at(at, "%s", why).at(k.at, "no key here")
	for n := in; n != nil && k.at == in.Span; n = n.before() {
		if h := f.lostKey(n); h != nil {
			d.at(h.Head.Place, "what this emits has no key")
			break
		}
		if n.Kind == NodeUnion {
			d.at(n.Span, "a union has a key only if all its flows have one of one type")
			break
		}
	}
	d.help("%s", k.fix)
}

// before is the node before one that hands keys on.
func (n *Node) before() *Node {
	if len(n.In) != 1 || n.Kind == NodeKey {
		return nil
	}
	return n.In[0]
}

func (f *flows) lostKey(n *Node) *ast.Handler {
	if n.Kind == NodeTask && len(n.In) == 1 && n.In[0].Key != nil {
		return f.barrierEmit(n.Uses[0].Task)
	}
	return nil
}

// oneKey checks that keys agree with each other and with what the task says.
func (f *flows) oneKey(use *TaskUse, from []keyed) {
	t := use.Task
	want, at, who := types.Type(nil), source.Span{}, ""
	if t.Key != nil {
		want, at, who = types.Zonk(types.Substitute(t.Key, types.Bind(t.TypeParams, use.TypeArgs))), spanOf(t.Decl.Keyed), t.describe()
	}
	for _, k := range from {
		if want == nil && k.key != nil {
			want, at, who = k.key, k.at, k.what
		}
	}
	for _, k := range from {
		switch {
		case want == nil || k.key != nil && types.Assignable(k.key, want):
		case k.key == nil:
			f.err("PTL0508", use.Span, "", "%s has a key, and %s has none", who, k.what).
				at(at, "the key here is %s", show(want)).at(k.at, "no key here").
				note("In %s, all flows and portals must have a key of one type, or none.", t.describe()).help("%s", k.fix)
			return
		default:
			f.err("PTL0508", use.Span, "", "the keys of %s and %s differ: %s and %s", who, k.what, show(want), show(k.key)).
				at(at, "the key here is %s", show(want)).at(k.at, "the key here is %s", show(k.key)).
				note("A task has one state per key, so all keys that reach it must be of one type.")
			return
		}
	}
	use.Key = want
}

// stepsNode builds `steps(A, B * 3)`.
func (f *flows) stepsNode(in *Node, s *ast.StepsStep) *Node {
	n := f.add(NodeSteps, s.Place, in)
	n.Key, n.Name = in.Key, "steps"
	if s.As != nil {
		n.Name = s.As.Text
	}
	if first := f.steps[n.Name]; first != nil {
		f.err("PTL0509", s.Place, "used again here", "the workflow has two steps called `%s`", n.Name).at(first.Span, "used here").
			note("How far steps have come is stored under their name.").help("Write `as name` after them.")
	}
	f.steps[n.Name] = n
	for i, item := range s.Items {
		if item.Use == nil {
			continue
		}
		t := f.taskOf(item.Use)
		if t == nil {
			n.Elem = types.Invalid
			continue
		}
		use, subst := f.use(n, item.Use, t, in)
		f.agree(use, in)
		f.stepItem(n, item, t, subst, i == 0)
		n.Times = append(n.Times, item.Times)
	}
	return n
}

func (f *flows) stepItem(n *Node, item *ast.StepsItem, t *Task, subst types.Subst, first bool) {
	if len(t.Asks)+len(t.Answers) > 0 {
		f.err("PTL0511", item.Place, "", "%s asks or answers portals and cannot be a step", t.describe()).at(declOf(t), "declared here").
			note("The tasks of `steps` neither ask, answer nor schedule.").help("Use it in the chain, before or after `steps`.")
	}
	var out types.Type
	if t.Out != nil {
		out = types.Default(types.Substitute(t.Out, subst))
	}
	switch {
	case first || n.Elem == types.Type(types.Invalid):
		n.Elem = out
	case out == nil || n.Elem == nil || !types.Assignable(out, n.Elem):
		f.err("PTL0301", item.Place, "this gives "+show(out), "the steps give %s and %s", show(n.Elem), show(out)).
			at(n.Span, "the first gives %s", show(n.Elem)).note("All tasks of `steps` must give events of one type.")
	}
	if f.barrierEmit(t) != nil {
		n.Key = nil
	}
	if item.Times != nil {
		b := f.newBody(f.pkg, siteDecl, nil)
		b.expr(item.Times, wants(types.Int, because{text: "after `*` stands %s, for how many atoms"}))
		b.finish()
	}
}
