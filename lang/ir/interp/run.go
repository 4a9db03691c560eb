package interp

import "github.com/portals-lang/portals/lang/ir"

// Run runs a whole program the way its promises are worded: one workflow at a time, one atom at a time, one event at a
// time. An ask is answered on the spot, before the atom goes on, which is one of the outcomes that the promises allow as
// long as tasks that ask do not depend on what others do meanwhile. A failure ends the run.
type Run struct {
	World
	prog   *ir.Program
	tasks  map[*ir.Task]*instance
	atoms  map[*ir.Workflow]int
	output map[*ir.Stream][][]Value // every atom that workflows have written
}

// instance is a task with its cells, in the order of their keys' first appearance.
type instance struct {
	cells   []*Cell
	shared  map[*ir.StateVar]Value
	touched []*Cell // by the atom that is processed
}

// NewRun is a run of prog at its start; w says what its world is like beside asks.
func NewRun(prog *ir.Program, w World) *Run {
	r := &Run{
		World: w, prog: prog, tasks: map[*ir.Task]*instance{}, atoms: map[*ir.Workflow]int{},
		output: map[*ir.Stream][][]Value{},
	}
	r.Ask, r.Await = r.ask, awaited
	return r
}

// Output is the atoms that have been written to a stream.
func (r *Run) Output(s *ir.Stream) [][]Value { return r.output[s] }

// Atom gives one atom to every workflow that reads a stream, in the order of the program.
func (r *Run) Atom(s *ir.Stream, events []Value) (err error) {
	defer recovered(&err)
	for _, w := range r.prog.Workflows {
		for _, in := range w.Inputs {
			if in.Stream == s {
				r.process(w, func(p *pass) {
					for _, e := range events {
						p.segment(in.Segment, nil, e)
					}
				})
			}
		}
	}
	return nil
}

// pass is one atom on its way through a workflow.
type pass struct {
	*Run
	w      *ir.Workflow
	number int
	out    map[*ir.Stream][]Value
}

// process feeds an atom to a workflow and runs its barrier: each task after those before it.
func (r *Run) process(w *ir.Workflow, feed func(*pass)) {
	p := &pass{Run: r, w: w, number: r.atoms[w], out: map[*ir.Stream][]Value{}}
	r.atoms[w]++
	feed(p)
	for _, t := range w.Tasks {
		in := r.instance(t)
		touched := in.touched
		in.touched = nil
		for _, c := range touched {
			p.handle(t, c, t.PerKey)
		}
		if t.OnAtom != nil {
			p.handle(t, &Cell{State: map[*ir.StateVar]Value{}, Shared: in.shared}, t.OnAtom)
		}
	}
	for _, o := range w.Outputs {
		r.output[o.Stream] = append(r.output[o.Stream], p.out[o.Stream])
	}
}

// segment takes one event through a segment.
func (p *pass) segment(s *ir.Segment, key, event Value) {
	f := &frame{World: &p.World, vars: map[*ir.Var]Value{s.Event: event}}
	if s.Key != nil {
		f.vars[s.Key] = key
	}
	f.hand = func(st ir.Stmt, key, event Value) {
		switch st := st.(type) {
		case *ir.Send:
			if p.hasTurn(st.Task) {
				p.handle(st.Task, p.cell(st.Task, key), st.Task.OnEvent, event)
			}
		case *ir.Next:
			p.segment(st.Segment, key, event)
		case *ir.Out:
			p.out[st.Output.Stream] = append(p.out[st.Output.Stream], event)
		}
	}
	f.block(s.Body)
}

// hasTurn tells whether a task handles the events of this atom.
func (p *pass) hasTurn(t *ir.Task) bool {
	if t.Steps == nil {
		return true
	}
	var order []*ir.Task
	for _, item := range t.Steps.Items {
		times := int64(1)
		if item.Times != nil {
			times = (&frame{World: &p.World}).eval(item.Times).(int64)
		}
		for range times {
			order = append(order, item.Task)
		}
	}
	return order[p.number%len(order)] == t
}

func (r *Run) instance(t *ir.Task) *instance {
	if r.tasks[t] == nil {
		r.tasks[t] = &instance{}
	}
	return r.tasks[t]
}

// cell is that of a key, which this touches.
func (r *Run) cell(t *ir.Task, key Value) *Cell {
	in := r.instance(t)
	var found *Cell
	for _, c := range in.cells {
		if t.Key == nil || Equal(c.Key, key) {
			found = c
		}
	}
	if found == nil {
		made, err := r.NewCell(t, key)
		if err != nil {
			panic(failure{err.Error()})
		}
		if in.shared == nil {
			in.shared = made.Shared
		}
		made.Shared = in.shared
		in.cells, found = append(in.cells, made), made
	}
	for _, c := range in.touched {
		if c == found {
			return found
		}
	}
	in.touched = append(in.touched, found)
	return found
}

// handle runs a handler and gives what it emits to the steps behind the task.
func (p *pass) handle(t *ir.Task, c *Cell, fn *ir.Func, args ...Value) {
	if fn == nil {
		return
	}
	if _, err := p.Handle(c, fn, args...); err != nil {
		panic(failure{err.Error()})
	}
	emitted := c.Emitted
	c.Emitted = nil
	if t.After == nil {
		return
	}
	for _, e := range emitted {
		p.segment(t.After, c.Key, e)
	}
}

// ask answers a request at once: its future is the reply.
func (r *Run) ask(portal *ir.Portal, request Value) Value {
	for _, w := range r.prog.Workflows {
		for _, t := range w.Tasks {
			for _, a := range t.OnAsk {
				if a.Portal == portal {
					return r.answer(w, t, a, request)
				}
			}
		}
	}
	panic("interp: nobody answers " + portal.Name)
}

func (r *Run) answer(w *ir.Workflow, t *ir.Task, a *ir.OnAsk, request Value) Value {
	var key, reply Value
	if a.Portal.Key != nil {
		key = (&frame{World: &r.World}).call(a.Portal.Key, []Value{request})
	}
	r.process(w, func(p *pass) {
		c := r.cell(t, key)
		before := len(c.Replied)
		p.handle(t, c, a.Func, request)
		reply = c.Replied[before]
		c.Replied = c.Replied[:before]
	})
	return reply
}

// awaited is what an await gives when every reply is there.
func awaited(a *ir.Await, futures []Value, _ Value) Value {
	v := futures[0]
	switch a.Mode {
	case ir.AwaitEach:
		v = Tuple(futures)
	case ir.AwaitAny:
		v = v.(List)[0]
	}
	if a.Within != nil {
		v = Option{true, v}
	}
	if a.Try {
		v = Result{Value: v}
	}
	return v
}
