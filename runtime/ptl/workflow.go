package ptl

import (
	"fmt"
	"slices"
)

// lanePointer is the constraint of a generated lane type: a struct that embeds Lane.
type lanePointer[L any] interface {
	*L
	worker
}

// worker is a pointer to such a struct. To the Go compiler all pointers have one shape: so of what is generic in the lane
// alone, it makes the code once for all workflows of a program.
type worker interface{ base() *Lane }

// WorkflowSpec names a workflow.
type WorkflowSpec struct {
	Name  string
	Was   string // its name in earlier versions
	Place string
}

// TaskSpec names a task.
type TaskSpec struct {
	Name string
	Was  string // its name in earlier versions
	Keys string // the text of what gives events their keys
	// Keeps tells that something of it is stored under its name.
	Keeps bool
}

// Task describes a use of a task in a workflow, in terms of the workflow's lane type.
type Task[L worker] struct {
	Name     string
	Was      string // its name in earlier versions
	Keys     string // the text of what gives events their keys
	Place    string
	Handlers []string // names of the methods that run the user's code, by which a failure finds its task
	// Single tells that one instance sees all events, in the order of a sequential run.
	Single   bool
	State    *StateSlot[L]   // nil: no state per key
	Shared   *StateSlot[L]   // nil: no shared state
	Waiting  []*StateSlot[L] // of handlers that await
	Receive  *Receiver[L]    // nil: events reach it by calls only
	Requests []*Receiver[L]  // of the portals that it answers
	OnAtom   func(L)
	Complete func(L) (emitted bool) // `on complete`; nil when there is none
}

// StateSlot ties a state of a task to its place in the lanes.
type StateSlot[L worker] struct {
	// open makes the state for these lanes.
	open func(lanes []L, r *Runtime) States
	// current is the key that a lane's task worked on last, as JSON, or "".
	current func(lane L) string
	// perKey runs `on atom per key` for what was touched in the running atom; nil when there is none.
	perKey func(w *Workflow[L])
	// ahead is what looks where keys are, by their hashes, before they are used: of the partition of lane number `number`. It is
	// nil where that gains nothing.
	ahead func(lane L, number int) func(hashes []uint64)
	// keys is how many keys that lane has; nil where there are none.
	keys func(lane L) int
	// waiter is set for frames and gates.
	waiter *waiter[L]
	// found tells of the frames that the store held; of awaiting handlers.
	found func(holds func(h uint64, key any, f holder))
	// gated tells awaiting handlers that their task is exclusive.
	gated func()
	// link makes a gate close the keys of such frames when it is attached; of gates.
	link func(found func(holds func(h uint64, key any, f holder)))
}

// KeyedState is the state per key of a task: at finds its place in a lane, perKey (or nil) is `on atom per key`.
func KeyedState[L worker, K comparable, S any](task string, at func(L) *Keyed[K, S], key *Type[K], state *StateType[S], perKey func(l L, key K, s *S)) *StateSlot[L] {
	slot := &StateSlot[L]{
		open: func(lanes []L, r *Runtime) States {
			t := &keyedTable[K, S]{name: task, key: key, state: state, records: newRecords(state, r), load: r.Load, unstored: r.Load == nil, parallel: r.Parallel, evicts: r.Evicts, ranked: perKey != nil, parts: make([]part[K, S], len(lanes))}
			t.pointers = r.Evicts && (!key.Shape().flat() || !state.flat())
			for _, l := range lanes {
				k := at(l)
				k.table = t
				t.lanes = append(t.lanes, k)
			}
			return t
		},
		current: func(l L) string {
			if k := at(l); len(k.touched) > 0 {
				return string(key.AppendJSON(nil, k.last.key))
			}
			return ""
		},
	}
	slot.keys = func(l L) int {
		b := l.base()
		return at(l).table.parts[b.index].live
	}
	slot.ahead = func(l L, number int) func([]uint64) {
		if p := &at(l).table.parts[number]; p.live >= coldKeys {
			return p.lookAhead
		}
		return nil
	}
	if perKey != nil {
		slot.perKey = func(w *Workflow[L]) {
			runPerKey(w, func(l L) (*Keyed[K, S], *Lane) { return at(l), l.base() }, perKey)
		}
	}
	return slot
}

// SingleState is the shared state of a task.
func SingleState[L worker, S any](task string, at func(L) *Single[S], state *StateType[S]) *StateSlot[L] {
	return &StateSlot[L]{
		open: func(lanes []L, r *Runtime) States {
			s := at(lanes[0])
			s.name, s.typ, s.records, s.load = task, state, newRecords(state, r), r.Load
			state.Init(&s.state)
			return s
		},
		current: func(L) string { return "" },
	}
}

// Workflow is a workflow: the description that generated code makes, and its running form after Start.
type Workflow[L worker] struct {
	spec     WorkflowSpec
	fresh    func(n int) []L
	inputs   []input[L]
	tasks    []*Task[L]
	outputs  []output[L]
	prepare  []func(L) // of each lane, before Start
	answers  []*answering[L]
	hearings []*hearing[L]
	serving  bool
	depth    int // how often an event may change hands

	flow     flow
	lanes    []L
	bases    []*Lane // of lanes, which are asked for with every atom
	spread   spread
	way      way // of the running atom
	states   []States
	budgeted budgeted
	waiters  []*waiter[L]
	serial   uint64
	failed   []laneFault // by lane, of the running step
}

type laneFault struct {
	fault *Fault
	place ord
	event int // index of the input event, or -1 at a barrier
}

type input[L worker] struct {
	stream *StreamNode
	run    func(l L, base *Lane, events Batch, from, until int)
	// awaited tells, for replies, whether any handler waits for one of them; nil for other inputs.
	awaited func(events Batch) bool
	// refuse answers requests with a failure; nil for other inputs.
	refuse func(l L, events Batch)
}

type output[L worker] struct {
	stream *StreamNode
	hidden bool // requests and replies: atoms without any do not exist
	take   func(lanes []L) Batch
	drop   func(lanes []L)
}

// NewWorkflow adds a workflow to the graph; init (or nil) prepares each lane.
func NewWorkflow[L any, P lanePointer[L]](g *Graph, spec WorkflowSpec, init func(*L)) *Workflow[P] {
	spec.Name, spec.Was = g.named(spec.Name), g.named(spec.Was)
	w := &Workflow[P]{spec: spec}
	w.flow.name = spec.Name
	w.fresh = func(n int) []P {
		lanes := make([]P, n)
		for i := range lanes {
			// Lanes are written by different processors: padding keeps the ends of neighbours apart.
			padded := new(struct {
				lane L
				_    [128]byte
			})
			lanes[i] = &padded.lane
			if init != nil {
				init(&padded.lane)
			}
			lanes[i].base().index = i
		}
		return lanes
	}
	g.Workflows = append(g.Workflows, w)
	writesLetters(g, w)
	return w
}

// Reads makes a stream an input of w. For each event of those that it is given, take sets Event of the lane to its index
// before it does what can fail, hands the event on, or asks the lane for anything; for events of which nothing comes, Event may
// stay what it was. If it panics, it has not handed that event on: under the policy `skip` it is called again with the events
// behind.
func Reads[L worker, T any](w *Workflow[L], s *Stream[T], take func(l L, events []T)) {
	addInput(w, s.Node, take)
}

// Each makes what takes one event a function for Reads.
func Each[L worker, T any](take func(l L, event T)) func(l L, events []T) {
	return func(l L, events []T) {
		base := l.base()
		for i, event := range events {
			base.Event = i
			take(l, event)
		}
	}
}

func addInput[L worker, T any](w *Workflow[L], s *StreamNode, take func(l L, events []T)) {
	s.listed = true
	w.inputs = append(w.inputs, input[L]{
		stream: s,
		run: func(l L, base *Lane, events Batch, from, until int) {
			all := events.(Events[T])
			for next := from; next < until; {
				if !base.Guarded {
					base.read(from)
					take(l, all[from:until])
					break
				}
				next = base.skipping(s, events, next, until, func() { take(l, all[next:until]) })
			}
			base.rest()
		},
	})
}

// AddTask adds a task; tasks are added in topological order, which is the order of their barriers.
func AddTask[L worker](w *Workflow[L], t *Task[L]) {
	w.tasks = append(w.tasks, t)
	if len(t.receivers()) > 0 {
		w.depth++
	}
}

// linkGate makes the gate of an exclusive task know the frames of its handlers, and tells whether it has one.
func (t *Task[L]) linkGate() (gated bool) {
	for _, gate := range t.Waiting {
		if gate.link == nil {
			continue
		}
		gated = true
		for _, frames := range t.Waiting {
			if frames.found != nil {
				gate.link(frames.found)
				frames.gated()
			}
		}
	}
	return gated
}

// receivers are all ways by which something changes hands on its way to the task.
func (t *Task[L]) receivers() []*Receiver[L] {
	if t.Receive == nil {
		return t.Requests
	}
	return append([]*Receiver[L]{t.Receive}, t.Requests...)
}

// Writes makes a stream an output of w; out finds a lane's part of it.
func Writes[L worker, T any](w *Workflow[L], s *Stream[T], out func(L) *Out[T]) {
	addOutput(w, s.Node, false, out)
}

func addOutput[L worker, T any](w *Workflow[L], s *StreamNode, hidden bool, out func(L) *Out[T]) {
	var outs []*Out[T]
	collect := func(lanes []L) []*Out[T] {
		if outs == nil {
			for _, l := range lanes {
				outs = append(outs, out(l))
			}
		}
		return outs
	}
	spare := &spares[T]{}
	s.Recycle = spare.give
	var none Batch = Events[T](nil)
	w.outputs = append(w.outputs, output[L]{
		stream: s, hidden: hidden,
		take: func(lanes []L) Batch {
			if events := gather(collect(lanes), spare); events != nil {
				return events
			}
			return none
		},
		drop: func(lanes []L) {
			for _, o := range collect(lanes) {
				o.drop()
			}
		},
	})
}

// Steps registers the `steps` number len(so far): times[i] atoms for task i.
func Steps[L worker](w *Workflow[L], name string, times []int64) {
	t := turn{name: name, times: times}
	for _, n := range times {
		t.cycle += max(n, 0)
	}
	w.flow.turns = append(w.flow.turns, t)
}

// Start makes the lanes and the state.
func (w *Workflow[L]) Start(r Runtime) error {
	w.flow.runtime = r
	w.spread = newSpread(&r)
	n := max(r.Lanes, 1)
	if 1+w.depth+1 > maxHops { // the place of the input event, one for each hand-over, one for an output
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
		b := l.base()
		w.bases = append(w.bases, b)
		b.flow, b.Inline, b.Guarded = &w.flow, true, r.Guarded
		for _, prepare := range w.prepare {
			prepare(l)
		}
		for _, t := range w.tasks {
			for _, receiver := range t.receivers() {
				receiver.prepare(l, t.Single)
			}
		}
	}
	for _, t := range w.tasks {
		for _, slot := range append([]*StateSlot[L]{t.State, t.Shared}, t.Waiting...) {
			if slot != nil {
				s := slot.open(w.lanes, &r)
				w.states = append(w.states, s)
				w.budgeted.add(s)
			}
			if slot != nil && slot.waiter != nil {
				if slot.waiter.number != nil {
					slot.waiter.number(len(w.waiters))
				}
				w.waiters = append(w.waiters, slot.waiter)
			}
		}
		w.flow.gated = t.linkGate() || w.flow.gated
	}
	return nil
}

// Spec names the workflow.
func (w *Workflow[L]) Spec() WorkflowSpec { return w.spec }

// Inputs are the streams that it reads.
func (w *Workflow[L]) Inputs() []*StreamNode {
	var streams []*StreamNode
	for _, in := range w.inputs {
		streams = append(streams, in.stream.Origin())
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

// TaskSpecs name its tasks.
func (w *Workflow[L]) TaskSpecs() (specs []TaskSpec) {
	for _, t := range w.tasks {
		specs = append(specs, TaskSpec{t.Name, t.Was, t.Keys, t.State != nil || t.Shared != nil || len(t.Waiting) > 0})
	}
	return specs
}

// States are the states of its tasks, after Start.
func (w *Workflow[L]) States() []States { return w.states }

// Progress is how far the workflow has come.
func (w *Workflow[L]) Progress() Progress {
	return Progress{Atoms: uint64(w.flow.atoms), Asks: w.flow.asks.given(), Parked: w.flow.parked.Load()}
}

// SetProgress tells how far the workflow had come before this run.
func (w *Workflow[L]) SetProgress(p Progress) {
	w.flow.atoms = int64(p.Atoms)
	w.flow.asks = counter{alone: p.Asks}
	w.flow.parked.Store(p.Parked)
}
