package interp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// Run runs a whole program the way its promises are worded: one node at a time, one atom at a time, one event at a time.
// The nodes are its workflows, sequencers and splitters. Where the promises leave open which of them goes on, who calls
// decides: Take lets one take the next atom of an input, Complete lets it complete, and Settle takes all that there is.
//
// Requests and replies are atoms of streams too, of `asker?portal` and `replier!asker`, as dead letters are of
// `deadLetters/workflow`.
type Run struct {
	World
	// Skip is the policy for failures: an event that fails becomes a dead letter, and does not end the run.
	Skip bool
	// Letters is what failed and was skipped.
	Letters []Letter

	// Refused are the requests that the next atom refuses because of a deadlock; Exact tells that those which they wait for
	// are all known.
	Refused []Refused
	Exact   bool

	prog    *ir.Program
	nodes   []*node
	streams map[string][]*atom
	acting  *handler // that runs
	alarms  int      // so far
}

// Refused is a request that closes a circle of keys which wait for each other: of all that an atom brings to a key of an
// exclusive task that is closed, the N-th from 0. Of a circle, which request is the youngest is left open.
type Refused struct {
	Task, Key string // the key as JSON
	N         int
}

// node is a workflow, sequencer or splitter.
type node struct {
	name   string
	relay  *ir.Stream // of a sequencer or splitter
	flow   *flow
	inputs []string
	at     map[string]int // atoms of each input that were taken
	done   bool
}

// atom is an atom of a stream: events, requests, or replies.
type atom struct {
	events   []Value
	requests []*request
	replies  []*reply
}

// Letter is an event that failed and was skipped.
type Letter struct {
	Event, Task, Key, Error string
	At                      source.Span
}

// AtomError is the failure of a whole atom.
type AtomError struct {
	Message  string
	At       source.Span
	Workflow string
	Stream   string // the input that it came from; "" at completion
	Event    string // that the task or segment was given, as JSON; "" at a barrier
	Task     string // "" where a step failed
	Key      string // as JSON; "" without a key
}

func (e *AtomError) Error() string { return e.Message }

// NewRun is a run of prog at its start, with what its generators give; w says what its world is like beside asks.
func NewRun(prog *ir.Program, w World) *Run {
	r := &Run{World: w, prog: prog, streams: map[string][]*atom{}}
	r.Ask, r.Await = r.ask, r.await
	for _, s := range prog.Streams {
		switch s.Kind {
		case ir.BySequence, ir.BySplit:
			n := r.node("stream "+s.Name, s.Inputs...)
			n.relay = s
		case ir.ByDeadLetters:
			n := r.node("stream " + s.Name)
			n.relay = s
			for _, w := range prog.Workflows {
				n.inputs = append(n.inputs, s.Name+"/"+w.Name)
			}
		}
	}
	for _, w := range prog.Workflows {
		n := r.node("workflow " + w.Name)
		n.flow = newFlow(r, w, n)
		for _, in := range w.Inputs {
			n.reads(in.Stream.Name)
		}
	}
	return r
}

func (r *Run) node(name string, inputs ...*ir.Stream) *node {
	n := &node{name: name, at: map[string]int{}}
	for _, s := range inputs {
		n.reads(s.Name)
	}
	r.nodes = append(r.nodes, n)
	return n
}

func (n *node) reads(stream string) {
	if !slices.Contains(n.inputs, stream) {
		n.inputs = append(n.inputs, stream)
	}
}

// Close ends the handlers that wait.
func (r *Run) Close() {
	for _, n := range r.nodes {
		if n.flow == nil {
			continue
		}
		for _, in := range n.flow.tasks {
			for _, h := range in.waiting {
				h.stop()
			}
		}
	}
}

// Output is the atoms that have been written to a stream.
func (r *Run) Output(s *ir.Stream) [][]Value {
	var all [][]Value
	for _, a := range r.streams[s.Name] {
		all = append(all, a.events)
	}
	return all
}

// Give writes an atom to a stream.
func (r *Run) Give(s *ir.Stream, events []Value) { r.put(s.Name, &atom{events: events}) }

func (r *Run) put(stream string, a *atom) { r.streams[stream] = append(r.streams[stream], a) }

// Settle lets every node take what there is, in the order of the program, until nothing is left.
func (r *Run) Settle() error {
	for moved := true; moved; {
		moved = false
		for _, n := range r.nodes {
			for _, in := range n.inputs {
				for n.at[in] < len(r.streams[in]) {
					moved = true
					a := r.streams[in][n.at[in]]
					if err := r.take(n, in, n.flow == nil || n.flow.awaited(a)); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// Knows tells whether the program has a node.
func (r *Run) Knows(name string) bool { return r.find(name) != nil }

// Has tells whether there is an atom of an input that a node has yet to take.
func (r *Run) Has(name, input string) bool {
	n := r.find(name)
	return n != nil && n.at[input] < len(r.streams[input])
}

// Take lets a node take the next atom of an input. Of replies it is told whether they made an atom: they make none that
// nobody awaits any more, and that a handler still may await a future is more than can be seen from here.
func (r *Run) Take(name, input string, ran bool) error {
	n := r.find(name)
	a := r.streams[input][n.at[input]]
	if n.flow != nil && !n.done {
		if err := n.flow.consistent(a, ran); err != nil {
			return err
		}
	}
	return r.take(n, input, ran)
}

func (r *Run) find(name string) *node {
	if i := slices.IndexFunc(r.nodes, func(n *node) bool { return n.name == name }); i >= 0 {
		return r.nodes[i]
	}
	return nil
}

func (r *Run) take(n *node, input string, ran bool) (err error) {
	a := r.streams[input][n.at[input]]
	n.at[input]++
	switch {
	case n.done && len(a.requests) > 0:
		n.flow.refuse(a.requests)
	case n.done: // what else comes to a node that is complete goes nowhere
	case n.relay != nil:
		return r.pass(n.relay, a)
	case ran:
		return n.flow.atom(input, a)
	}
	return nil
}

// pass lets a sequencer or splitter hand on an atom, unless it is empty.
func (r *Run) pass(s *ir.Stream, a *atom) (err error) {
	defer recovered(&err)
	out := &atom{}
	for _, e := range a.events {
		if s.Split == nil || (&frame{World: &r.World}).call(s.Split, []Value{e}).(bool) {
			out.events = append(out.events, e)
		}
	}
	if len(out.events) > 0 {
		r.put(s.Name, out)
	}
	return nil
}

// Due tells whether a handler of a workflow waits whose time is over by now.
func (r *Run) Due(name string, now int64) bool { return len(r.find(name).flow.due(now)) > 0 }

// Ring goes on with those handlers, as one atom.
func (r *Run) Ring(name string, now int64) error { return r.find(name).flow.ring(now) }

// Complete lets a node complete.
func (r *Run) Complete(name string) error {
	n := r.find(name)
	n.done = true
	if n.flow == nil {
		return nil
	}
	return n.flow.complete()
}

// Left tells what keeps the run from being complete: workflows that are not, atoms that nobody took, handlers that wait,
// what is parked.
func (r *Run) Left() (left []string) {
	for _, n := range r.nodes {
		if !n.done && n.flow != nil {
			left = append(left, n.name+" is not complete")
		}
		for _, in := range n.inputs {
			if open := len(r.streams[in]) - n.at[in]; open > 0 && !n.done {
				left = append(left, fmt.Sprintf("%s has not taken %d atoms of %s", n.name, open, in))
			}
		}
		if n.flow == nil {
			continue
		}
		for _, in := range n.flow.tasks {
			if len(in.waiting) > 0 || in.parked() > 0 {
				left = append(left, fmt.Sprintf("%s: at %s, %d handlers wait and %d things are parked", n.name, in.task.Name, len(in.waiting), in.parked()))
			}
		}
	}
	return left
}

// States is the state that a task of a workflow has, by key as JSON ("" for shared state), as objects of JSON. Keys whose
// states are all initial are left out; shared state never is.
func (r *Run) States(w *ir.Workflow, t *ir.Task, shared bool) map[string]string {
	in := r.find("workflow " + w.Name).flow.instance(t)
	out := map[string]string{}
	if shared {
		out[""] = object(t.Shared, in.flow.common(in).Shared)
		return out
	}
	for _, c := range in.cells {
		if r.kept(t.State, c.State) {
			out[JSON(c.Key, t.Key)] = object(t.State, c.State)
		}
	}
	return out
}

func (r *Run) kept(vars []*ir.StateVar, values map[*ir.StateVar]Value) bool {
	return slices.ContainsFunc(vars, func(s *ir.StateVar) bool {
		return !Equal(values[s], (&frame{World: &r.World}).eval(s.Init))
	})
}

func object(vars []*ir.StateVar, values map[*ir.StateVar]Value) string {
	var parts []string
	for _, s := range vars {
		parts = append(parts, quote(s.Name)+":"+JSON(values[s], s.Type))
	}
	return "{" + strings.Join(parts, ",") + "}"
}
