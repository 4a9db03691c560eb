package interp

import (
	"maps"
	"slices"

	"github.com/portals-lang/portals/lang/ir"
)

// flow is a workflow that runs.
type flow struct {
	*Run
	spec  *ir.Workflow
	node  *node
	tasks []*instance
	atoms int

	// What the running atom has made.
	out     map[*ir.Stream][]Value
	asked   map[*ir.Portal][]*request
	replies map[*flow]map[*ir.Portal][]*reply
	letters []Letter
	refused []func() // tell whether what it refused closed a circle
}

// instance is a task with its cells, in the order of their keys' first appearance.
type instance struct {
	flow    *flow
	task    *ir.Task
	cells   []*Cell
	shared  map[*ir.StateVar]Value
	touched []*Cell // by the atom that is processed
	waiting []*handler
	locks   []*lock // of an exclusive task
}

// thing is what a task handles: an event or a request.
type thing struct {
	value   Value
	request *request
}

func newFlow(r *Run, w *ir.Workflow, n *node) *flow {
	f := &flow{Run: r, spec: w, node: n}
	for _, t := range w.Tasks {
		f.tasks = append(f.tasks, &instance{flow: f, task: t})
	}
	return f
}

func (w *flow) instance(t *ir.Task) *instance { return w.tasks[t.Index] }

// begin empties what the running atom has made.
func (w *flow) begin() {
	w.refused = nil
	w.out, w.asked, w.replies, w.letters = map[*ir.Stream][]Value{}, map[*ir.Portal][]*request{}, map[*flow]map[*ir.Portal][]*reply{}, nil
	for _, in := range w.tasks {
		in.touched = nil
		for _, k := range in.locks {
			k.came = 0
		}
	}
}

// whole runs what makes one atom. If that fails, state is as before, and nothing is published.
func (w *flow) whole(input string, run func()) (err error) {
	undo := w.snapshot()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *AtomError:
			r.Workflow, r.Stream = w.spec.Name, input
			undo()
			err = r
		default:
			panic(r)
		}
	}()
	w.begin()
	run()
	w.proveRefused()
	return nil
}

// snapshot returns a function that makes all states what they are now.
func (w *flow) snapshot() (undo func()) {
	var undos []func()
	for _, in := range w.tasks {
		cells, shared := slices.Clone(in.cells), maps.Clone(in.shared)
		undos = append(undos, func() {
			in.cells = cells
			if shared == nil {
				in.shared = nil
			}
			maps.Copy(in.shared, shared)
		})
		for _, c := range cells {
			undos = append(undos, c.undo())
		}
	}
	return func() {
		for _, undo := range undos {
			undo()
		}
	}
}

// atom processes one atom of an input.
func (w *flow) atom(input string, a *atom) error {
	return w.whole(input, func() {
		for _, in := range w.spec.Inputs {
			for _, e := range a.events {
				if in.Stream.Name == input {
					w.segment(in.Segment, nil, e)
				}
			}
		}
		for _, q := range a.requests {
			w.requested(q)
		}
		for _, p := range a.replies {
			w.hear(p)
		}
		w.end()
	})
}

// end is the end of an atom.
func (w *flow) end() {
	for _, in := range w.tasks {
		w.barrier(in)
	}
	w.atoms++
	w.publish(true)
}

// segment takes one event through a segment. If a step fails, the policy `skip` sets aside what the segment was given.
func (w *flow) segment(s *ir.Segment, key, event Value) {
	given := false
	defer func() {
		r := recover()
		f, failed := r.(failure)
		if !failed {
			if r != nil {
				panic(r)
			}
			return
		}
		if !f.at.Valid() {
			f.at = w.at
		}
		switch {
		case given || !s.Fails:
			panic("interp: segment " + s.Name + " fails where lowering says that it does not: " + f.message)
		case w.Skip:
			w.letters = append(w.letters, Letter{Event: JSON(event, s.Event.Type), Error: f.message, At: f.at})
		default:
			panic(&AtomError{Message: f.message, At: f.at, Event: JSON(event, s.Event.Type)})
		}
	}()
	f := &frame{World: &w.World, vars: map[*ir.Var]Value{s.Event: event}}
	if s.Key != nil {
		f.vars[s.Key] = key
	}
	f.hand = func(st ir.Stmt, key, event Value) {
		given = true
		switch st := st.(type) {
		case *ir.Send:
			if w.hasTurn(st.Task) {
				w.enter(w.instance(st.Task), key, thing{value: event})
			}
		case *ir.Next:
			w.segment(st.Segment, key, event)
		case *ir.Out:
			w.out[st.Output.Stream] = append(w.out[st.Output.Stream], event)
		}
	}
	f.block(s.Body)
}

// hasTurn tells whether a task handles the events of this atom.
func (w *flow) hasTurn(t *ir.Task) bool {
	if t.Steps == nil {
		return true
	}
	var order []*ir.Task
	for _, item := range t.Steps.Items {
		times := int64(1)
		if item.Times != nil {
			times = (&frame{World: &w.World}).eval(item.Times).(int64)
		}
		for range times {
			order = append(order, item.Task)
		}
	}
	return order[w.atoms%len(order)] == t
}

// requested brings a request to the task that answers it. One whose key fails is answered with the failure.
func (w *flow) requested(q *request) {
	for _, in := range w.tasks {
		for _, a := range in.task.OnAsk {
			if a.Portal != q.portal {
				continue
			}
			var key Value
			if q.portal.Key != nil {
				var err error
				if key, err = w.Call(q.portal.Key, q.value); err != nil {
					w.failed(&handler{in: in, cell: &Cell{}, thing: thing{q.value, q}}, err.(failure))
					continue
				}
			}
			w.enter(in, key, thing{q.value, q})
		}
	}
}

// refuse answers the requests that come to a workflow which is complete: in a circle, those are asked because of what another
// one of it has emitted at its completion.
func (w *flow) refuse(requests []*request) {
	w.begin()
	for _, q := range requests {
		w.answer(q, &reply{to: q.Future, failed: true, reason: "workflow " + w.spec.Name + " is complete"})
	}
	w.publish(false)
}

// cell is that of a key.
func (in *instance) cell(key Value) *Cell {
	for _, c := range in.cells {
		if in.task.Key == nil || Equal(c.Key, key) {
			return c
		}
	}
	c, err := in.flow.NewCell(in.task, key)
	if err != nil {
		panic(err)
	}
	if in.shared == nil {
		in.shared = c.Shared
	}
	c.Shared = in.shared
	in.cells = append(in.cells, c)
	return c
}

// touch notes that a handler of the running atom works on a cell.
func (in *instance) touch(c *Cell) {
	if !slices.Contains(in.touched, c) {
		in.touched = append(in.touched, c)
	}
}

// flush gives what a task has emitted to the steps behind it.
func (w *flow) flush(in *instance, c *Cell) {
	emitted := c.Emitted
	c.Emitted = nil
	if in.task.After == nil {
		return
	}
	for _, e := range emitted {
		w.segment(in.task.After, c.Key, e)
	}
}

// barrier runs `on atom per key` and `on atom`.
func (w *flow) barrier(in *instance) {
	for _, c := range slices.Clone(in.touched) {
		w.plain(in, c, in.task.PerKey)
	}
	w.plain(in, w.common(in), in.task.OnAtom)
}

// common is a cell of no key, for handlers that see shared state only.
func (w *flow) common(in *instance) *Cell {
	if in.shared == nil {
		touched := in.cells
		in.cell(nil)
		in.cells = touched
	}
	return &Cell{State: map[*ir.StateVar]Value{}, Shared: in.shared}
}

// plain runs a handler that never waits, and whose failure ends the atom; it tells whether that emitted anything.
func (w *flow) plain(in *instance, c *Cell, fn *ir.Func, args ...Value) bool {
	if fn == nil {
		return false
	}
	h := &handler{in: in, cell: c}
	if err := w.act(h, fn, args...); err != nil {
		panic(w.fatal(h, err))
	}
	emitted := len(c.Emitted) > 0 && in.task.After != nil // what nobody can take makes no atom
	w.commit(h)
	w.flush(in, c)
	return emitted
}

// complete runs `on complete` of all tasks; what they emit makes one last atom.
func (w *flow) complete() error {
	return w.whole("", func() {
		emitted := false
		for _, in := range w.tasks {
			if emitted {
				w.barrier(in)
			}
			emitted = w.plain(in, w.common(in), in.task.Complete) || emitted
		}
		w.publish(false)
	})
}

// publish gives what an atom has made to the streams.
func (w *flow) publish(empty bool) {
	for _, o := range w.spec.Outputs {
		if events := w.out[o.Stream]; empty || len(events) > 0 {
			w.put(o.Stream.Name, &atom{events: events})
		}
	}
	for _, p := range w.prog.Portals {
		if requests := w.asked[p]; len(requests) > 0 {
			name := w.spec.Name + "?" + p.Name
			w.put(name, &atom{requests: requests})
			w.replier(p).node.reads(name)
		}
	}
	for _, n := range w.nodes {
		if n.flow == nil || len(w.replies[n.flow]) == 0 {
			continue
		}
		all := &atom{}
		for _, p := range w.prog.Portals {
			all.replies = append(all.replies, w.replies[n.flow][p]...)
		}
		name := w.spec.Name + "!" + n.flow.spec.Name
		w.put(name, all)
		n.reads(name)
	}
	w.Letters = append(w.Letters, w.letters...)
	w.publishLetters()
}

// publishLetters gives dead letters to their stream, if the program names it. Who reads it adds none.
func (w *flow) publishLetters() {
	for _, s := range w.prog.Streams {
		if s.Kind != ir.ByDeadLetters || len(w.letters) == 0 ||
			slices.ContainsFunc(w.spec.Inputs, func(in *ir.Input) bool { return in.Stream == s }) {
			continue
		}
		a := &atom{}
		for _, l := range w.letters {
			a.events = append(a.events, Made{s.Type.Def.Variants[0], []Value{l.Event, l.Task, l.Key, l.Error, Line(l.At)}})
		}
		w.put(s.Name+"/"+w.spec.Name, a)
	}
}

func (w *flow) replier(p *ir.Portal) *flow {
	for _, n := range w.nodes {
		if n.flow == nil {
			continue
		}
		for _, in := range n.flow.tasks {
			if slices.ContainsFunc(in.task.OnAsk, func(a *ir.OnAsk) bool { return a.Portal == p }) {
				return n.flow
			}
		}
	}
	panic("interp: nobody answers " + p.Name)
}
