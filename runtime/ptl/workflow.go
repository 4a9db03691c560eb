package ptl

import (
	"fmt"
	"slices"
	"strings"
)

// parallelEvents is the size of an atom from which it pays to wake other lanes.
const parallelEvents = 256

// lanePointer is the constraint of a generated lane type: a struct that embeds Lane.
type lanePointer[L any] interface {
	*L
	base() *Lane
}

// WorkflowSpec names a workflow.
type WorkflowSpec struct {
	Name  string
	Was   string // its name in earlier versions
	Place string
}

// Task describes a use of a task in a workflow, in terms of the workflow's lane type.
type Task[L any] struct {
	Name     string
	Place    string
	Handlers []string // names of the methods that run the user's code, by which a failure finds its task
	// Single tells that one instance sees all events, in the order of a sequential run.
	Single   bool
	State    *StateSlot[L] // nil: no state per key
	Shared   *StateSlot[L] // nil: no shared state
	Receive  *Receiver[L]  // nil: events reach it by calls only
	OnAtom   func(*L)
	Complete func(*L) (emitted bool) // `on complete`; nil when there is none
}

// StateSlot ties a state of a task to its place in the lanes.
type StateSlot[L any] struct {
	// open makes the state for these lanes.
	open func(lanes []*L, load func([]byte) ([]byte, bool, error)) States
	// current is the key that a lane's task touched last, as JSON, or "".
	current func(lane *L) string
	// perKey runs `on atom per key` for what was touched in the running atom; nil when there is none.
	perKey func(w *Workflow[L])
}

// KeyedState is the state per key of a task: at finds its place in a lane, perKey (or nil) is `on atom per key`.
func KeyedState[L any, P lanePointer[L], K comparable, S any](task string, at func(*L) *Keyed[K, S], key *Type[K], state *StateType[S], perKey func(l *L, key K, s *S)) *StateSlot[L] {
	slot := &StateSlot[L]{
		open: func(lanes []*L, load func([]byte) ([]byte, bool, error)) States {
			t := &keyedTable[K, S]{name: task, key: key, state: state, load: load, parts: make([]part[K, S], len(lanes))}
			for _, l := range lanes {
				k := at(l)
				k.table = t
				t.lanes = append(t.lanes, k)
			}
			return t
		},
		current: func(l *L) string {
			if k := at(l); len(k.touched) > 0 {
				return string(key.AppendJSON(nil, k.touched[len(k.touched)-1].cell.key))
			}
			return ""
		},
	}
	if perKey != nil {
		slot.perKey = func(w *Workflow[L]) {
			runPerKey(w, func(l *L) (*Keyed[K, S], *Lane) { return at(l), P(l).base() }, perKey)
		}
	}
	return slot
}

// SingleState is the shared state of a task.
func SingleState[L any, P lanePointer[L], S any](task string, at func(*L) *Single[S], state *StateType[S]) *StateSlot[L] {
	return &StateSlot[L]{
		open: func(lanes []*L, load func([]byte) ([]byte, bool, error)) States {
			s := at(lanes[0])
			s.name, s.typ, s.load = task, state, load
			state.Init(&s.state)
			return s
		},
		current: func(*L) string { return "" },
	}
}

// Workflow is a workflow: the description that generated code makes, and its running form after Start.
type Workflow[L any] struct {
	spec    WorkflowSpec
	fresh   func(n int) []*L
	lane    func(*L) *Lane
	inputs  []input[L]
	tasks   []*Task[L]
	outputs []output[L]
	depth   int // how often an event may change hands

	flow   flow
	lanes  []*L
	states []States
	serial uint64
	failed []laneFault // by lane, of the running step
}

type laneFault struct {
	fault *Fault
	place ord
	event int // index of the input event, or -1 at a barrier
}

type input[L any] struct {
	stream *StreamNode
	run    func(l *L, base *Lane, events Batch, from, until int, at *int)
}

type output[L any] struct {
	stream *StreamNode
	take   func(lanes []*L) Batch
	drop   func(lanes []*L)
}

// NewWorkflow adds a workflow to the graph; init (or nil) prepares each lane.
func NewWorkflow[L any, P lanePointer[L]](g *Graph, spec WorkflowSpec, init func(*L)) *Workflow[L] {
	w := &Workflow[L]{spec: spec, lane: func(l *L) *Lane { return P(l).base() }}
	w.flow.name = spec.Name
	w.fresh = func(n int) []*L {
		lanes := make([]*L, n)
		for i := range lanes {
			// Lanes are written by different processors: padding keeps the ends of neighbours apart.
			padded := new(struct {
				lane L
				_    [128]byte
			})
			lanes[i] = &padded.lane
			if init != nil {
				init(lanes[i])
			}
			P(lanes[i]).base().index = i
		}
		return lanes
	}
	g.Workflows = append(g.Workflows, w)
	return w
}

// Reads makes a stream an input of w, whose events take takes one by one.
func Reads[L any, T any](w *Workflow[L], s *Stream[T], take func(l *L, event T)) {
	w.inputs = append(w.inputs, input[L]{
		stream: s.Node,
		run: func(l *L, base *Lane, events Batch, from, until int, at *int) {
			all := events.(Events[T])
			for i := from; i < until; i++ {
				*at = i
				if !base.Inline {
					base.begin(ord{depth: 1, at: [maxHops]uint32{uint32(i)}})
				}
				take(l, all[i])
			}
		},
	})
}

// AddTask adds a task; tasks are added in topological order, which is the order of their barriers.
func AddTask[L any](w *Workflow[L], t *Task[L]) {
	w.tasks = append(w.tasks, t)
	if t.Receive != nil {
		w.depth++
	}
}

// Writes makes a stream an output of w; out finds a lane's part of it.
func Writes[L any, T any](w *Workflow[L], s *Stream[T], out func(*L) *Out[T]) {
	collect := func(lanes []*L) []*Out[T] {
		outs := make([]*Out[T], len(lanes))
		for i, l := range lanes {
			outs[i] = out(l)
		}
		return outs
	}
	w.outputs = append(w.outputs, output[L]{
		stream: s.Node,
		take: func(lanes []*L) Batch {
			if len(lanes) == 1 {
				o := out(lanes[0])
				events := o.events
				o.events = nil
				return Events[T](events)
			}
			return take(collect(lanes))
		},
		drop: func(lanes []*L) {
			for _, o := range collect(lanes) {
				o.drop()
			}
		},
	})
}

// Steps registers the `steps` number len(so far): times[i] atoms for task i.
func Steps[L any](w *Workflow[L], name string, times []int64) {
	t := turn{name: name, times: times}
	for _, n := range times {
		t.cycle += max(n, 0)
	}
	w.flow.turns = append(w.flow.turns, t)
}

// Start makes the lanes and the state.
func (w *Workflow[L]) Start(r Runtime) error {
	w.flow.runtime = r
	n := max(r.Lanes, 1)
	if w.depth >= maxHops {
		n = 1 // paths too long for an ord
	}
	w.flow.lanes = n
	w.lanes = w.fresh(n)
	w.failed = make([]laneFault, n)
	for i, t := range w.flow.turns {
		if t.cycle < 1 || slices.Min(t.times) < 0 {
			return fmt.Errorf("%s: steps number %d of workflow %s has no turns: each count must be 0 or more, and their sum at least 1", w.spec.Place, i+1, w.spec.Name)
		}
	}
	for _, l := range w.lanes {
		b := w.lane(l)
		b.flow, b.Inline, b.Guarded = &w.flow, true, r.Guarded
		for _, t := range w.tasks {
			if t.Receive != nil {
				t.Receive.prepare(l, t.Single)
			}
		}
	}
	for _, t := range w.tasks {
		for _, slot := range []*StateSlot[L]{t.State, t.Shared} {
			if slot != nil {
				w.states = append(w.states, slot.open(w.lanes, r.Load))
			}
		}
	}
	return nil
}

// Spec names the workflow.
func (w *Workflow[L]) Spec() WorkflowSpec { return w.spec }

// Inputs are the streams that it reads.
func (w *Workflow[L]) Inputs() []*StreamNode {
	var streams []*StreamNode
	for _, in := range w.inputs {
		streams = append(streams, in.stream)
	}
	return streams
}

// Outputs are the streams that it writes.
func (w *Workflow[L]) Outputs() []*StreamNode {
	var streams []*StreamNode
	for _, out := range w.outputs {
		streams = append(streams, out.stream)
	}
	return streams
}

// States are the states of its tasks, after Start.
func (w *Workflow[L]) States() []States { return w.states }

// SetAtoms tells how many atoms the workflow has processed before.
func (w *Workflow[L]) SetAtoms(n int64) { w.flow.atoms = n }

// Run processes one atom of input number in, whole. On an error everything is as before.
func (w *Workflow[L]) Run(in int, events Batch) *AtomError {
	w.begin()
	lanes := 1
	if len(w.lanes) > 1 && events.Len() >= parallelEvents {
		lanes = len(w.lanes)
	}
	w.setInline(lanes == 1)
	n := events.Len()
	ok := w.each(lanes, func(i int, at *int) {
		w.inputs[in].run(w.lanes[i], w.lane(w.lanes[i]), events, n*i/lanes, n*(i+1)/lanes, at)
	})
	ok = ok && w.stages(lanes)
	if !ok {
		return w.abort(w.inputs[in].stream, events)
	}
	w.end()
	return nil
}

// Complete runs `on complete` of all tasks. What the first of them emits begins one last atom: the tasks behind it see
// its events, then its barrier, then complete.
func (w *Workflow[L]) Complete() *AtomError {
	w.begin()
	w.setInline(true)
	ok, emitted := true, false
	for i, t := range w.tasks {
		if emitted {
			ok = ok && w.barrier(1, i, t)
		}
		if t.Complete != nil {
			ok = ok && w.each(1, func(int, *int) { emitted = t.Complete(w.lanes[0]) || emitted })
		}
	}
	if !ok {
		return w.abort(nil, nil)
	}
	w.end()
	return nil
}

// Completes tells whether a task has `on complete`.
func (w *Workflow[L]) Completes() bool {
	return slices.ContainsFunc(w.tasks, func(t *Task[L]) bool { return t.Complete != nil })
}

// Take returns what the last atom gave to output number i.
func (w *Workflow[L]) Take(i int) Batch { return w.outputs[i].take(w.lanes) }

// TakeFailed returns the dead letters of the last atom.
func (w *Workflow[L]) TakeFailed() []*DeadLetter {
	failed := w.flow.failed
	w.flow.failed = nil
	return failed
}

func (w *Workflow[L]) begin() {
	w.serial++
	w.flow.now = 0
	for _, l := range w.lanes {
		w.lane(l).atom = w.serial
	}
}

func (w *Workflow[L]) end() {
	w.flow.atoms++
	for _, s := range w.states {
		s.settle()
	}
}

func (w *Workflow[L]) setInline(inline bool) {
	for _, l := range w.lanes {
		w.lane(l).Inline = inline
	}
}

// stages brings every task, in order, what was sent to it, and then its barrier.
func (w *Workflow[L]) stages(lanes int) bool {
	for i, t := range w.tasks {
		if lanes > 1 && t.Receive != nil {
			to := lanes
			if t.Single {
				to = 1
			}
			if !w.each(to, func(lane int, at *int) {
				*at = -1
				t.Receive.deliver(w.lanes, lane)
			}) {
				return false
			}
		}
		if !w.barrier(lanes, i, t) {
			return false
		}
	}
	return true
}

// barrier runs `on atom per key` and `on atom` of task number i.
func (w *Workflow[L]) barrier(lanes, i int, t *Task[L]) bool {
	if t.State != nil && t.State.perKey != nil {
		w.phase(uint32(1 + 2*i))
		t.State.perKey(w)
		if w.anyFailed() {
			return false
		}
	}
	if t.OnAtom == nil {
		return true
	}
	w.phase(uint32(2 + 2*i))
	return w.each(1, func(lane int, at *int) {
		*at = -1
		t.OnAtom(w.lanes[0])
	})
}

// phase moves all lanes to the barrier that has this number.
func (w *Workflow[L]) phase(n uint32) {
	for _, l := range w.lanes {
		w.lane(l).begin(ord{phase: n, depth: 1})
	}
}

// runPerKey calls handle for each touched key, in the order of first touch.
func runPerKey[L any, K comparable, S any](w *Workflow[L], at func(*L) (*Keyed[K, S], *Lane), handle func(l *L, key K, s *S)) {
	all, base := at(w.lanes[0])
	if base.Inline {
		w.each(1, func(int, *int) {
			for i := range all.touched {
				c := all.touched[i].cell
				handle(w.lanes[0], c.key, &c.state)
			}
		})
		return
	}
	ranks := rankTouched(w, at)
	phase := base.cur.phase
	w.each(len(w.lanes), func(lane int, event *int) {
		*event = -1
		k, b := at(w.lanes[lane])
		for i, rank := range ranks[lane] {
			b.begin(ord{phase: phase, depth: 1, at: [maxHops]uint32{rank}})
			c := k.touched[k.firsts[i].touch].cell
			handle(w.lanes[lane], c.key, &c.state)
		}
	})
}

// rankTouched numbers the touched keys of all lanes in the order of first touch.
func rankTouched[L any, K comparable, S any](w *Workflow[L], at func(*L) (*Keyed[K, S], *Lane)) [][]uint32 {
	keyed := make([]*Keyed[K, S], len(w.lanes))
	ranks := make([][]uint32, len(w.lanes))
	for i, l := range w.lanes {
		keyed[i], _ = at(l)
		inOrder(keyed[i].firsts, func(f *first) *ord { return &f.place })
		ranks[i] = make([]uint32, 0, len(keyed[i].firsts))
	}
	rank := uint32(0)
	merge(len(keyed), func(i int) *ord {
		if n := len(ranks[i]); n < len(keyed[i].firsts) {
			return &keyed[i].firsts[n].place
		}
		return nil
	}, func(i int) {
		ranks[i] = append(ranks[i], rank)
		rank++
	})
	return ranks
}

// each calls work for lanes 0 … n-1, at once when n > 1, and tells whether none failed.
func (w *Workflow[L]) each(n int, work func(lane int, event *int)) bool {
	if n == 1 {
		w.protect(0, work)
	} else {
		w.flow.runtime.Parallel(n, func(i int) { w.protect(i, work) })
	}
	return !w.anyFailed()
}

func (w *Workflow[L]) anyFailed() bool {
	return slices.ContainsFunc(w.failed, func(f laneFault) bool { return f.fault != nil })
}

// protect calls work and notes how it failed.
func (w *Workflow[L]) protect(lane int, work func(lane int, event *int)) {
	event := -1
	defer func() {
		if r := recover(); r != nil {
			w.failed[lane] = laneFault{recovered(r), w.lane(w.lanes[lane]).cur, event}
		}
	}()
	work(lane, &event)
}

// abort undoes the running atom and describes the failure that a sequential run would have met first.
func (w *Workflow[L]) abort(s *StreamNode, events Batch) *AtomError {
	first := -1
	for i := range w.failed {
		if w.failed[i].fault != nil && (first < 0 || w.failed[i].place.less(&w.failed[first].place)) {
			first = i
		}
	}
	f := w.failed[first]
	e := &AtomError{Fault: *f.fault, Workflow: w.spec.Name}
	if s != nil {
		e.Stream = s.Spec.Name
	}
	if f.event >= 0 && s != nil {
		e.Event = string(s.EventJSON(events, f.event))
	}
	names := strings.Split(f.fault.Site.Function, ".") // package, (*lane), method, func1 …
	for _, t := range w.tasks {
		if slices.ContainsFunc(t.Handlers, func(h string) bool { return slices.Contains(names, h) }) {
			e.Task = t.Name
			if t.State != nil {
				e.Key = t.State.current(w.lanes[first])
			}
		}
	}
	for i := range w.failed {
		w.failed[i] = laneFault{}
	}
	w.undo()
	return e
}

func (w *Workflow[L]) undo() {
	for _, s := range w.states {
		s.rollback()
	}
	for i := range w.outputs {
		w.outputs[i].drop(w.lanes)
	}
	w.flow.failed = nil
}

// AtomError is the failure of an atom under the policy `stop`: the atom was undone whole.
type AtomError struct {
	Fault
	Workflow string
	Stream   string // the input that the atom came from; "" at completion
	Atom     uint64 // its number on that stream, from 0; set by the engine
	Event    string // the input event as JSON; "" when it failed at a barrier
	Task     string // "" when a step of the flow failed
	Key      string // JSON; "" without key
}

func (e *AtomError) Error() string {
	var b strings.Builder
	if at := e.Site.String(); at != "" {
		fmt.Fprintf(&b, "%s: ", at)
	}
	b.WriteString(e.Message)
	fmt.Fprintf(&b, "\n  in workflow %s", e.Workflow)
	if e.Task != "" {
		fmt.Fprintf(&b, ", task %s", e.Task)
	}
	if e.Key != "" {
		fmt.Fprintf(&b, ", key %s", e.Key)
	}
	if e.Stream == "" {
		b.WriteString("\n  at its completion")
		return b.String()
	}
	fmt.Fprintf(&b, "\n  in atom %d of stream %s", e.Atom, e.Stream)
	if e.Event != "" {
		fmt.Fprintf(&b, ", at the event %s", e.Event)
	} else {
		b.WriteString(", at its end")
	}
	return b.String()
}
