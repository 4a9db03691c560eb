package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
)

// model is what an application does by the promises, one event at a time, given what its nodes chose.
type model struct {
	app     *App
	streams map[string][]any // the atoms of each: []int64, []*request or [][]reply
	nodes   []*modelNode
	flows   map[string]*flow
	wrong   []string // choices that nobody could have made
	asks    []*asking
}

// modelNode is a sequencer, splitter or workflow, with the choices that it has yet to make.
type modelNode struct {
	name  string
	relay *Relay
	flow  *flow
	left  []choice
	at    map[string]int
	done  bool
}

// asking is an ask, from its making to its reply.
type asking struct {
	flow    *flow
	by      *waiter // that asked
	above   []*asking
	silent  bool
	done    bool
	value   int64
	reason  string
	answers int
}

func (a *asking) Done() bool { return a.done }
func (a *asking) outcome() (int64, string, bool) {
	return a.value, a.reason, a.reason == ""
}

// request is an ask on its way, reply its answer.
type request struct {
	v      int64
	portal int
	ask    *asking
}

type reply struct {
	ask    *asking
	value  int64
	reason string
}

// retrace makes the model take the choices of a history.
func (r *Run) retrace() *model {
	m := &model{app: r.app, streams: map[string][]any{}, flows: map[string]*flow{}}
	for _, s := range r.app.Sources {
		for _, atom := range r.history.given[s.Name][:r.history.published[s.Name]] {
			m.streams[s.Name] = append(m.streams[s.Name], atom)
		}
	}
	for i := range r.app.Relays {
		name := "stream " + r.app.Relays[i].Name
		m.nodes = append(m.nodes, &modelNode{name: name, relay: &r.app.Relays[i], left: r.history.taken[name], at: map[string]int{}})
	}
	if r.app.Letters {
		relay := &Relay{Name: lettersName}
		for i := range r.app.Workflows {
			relay.Inputs = append(relay.Inputs, lettersOf(&r.app.Workflows[i]))
		}
		name := "stream " + relay.Name
		m.nodes = append(m.nodes, &modelNode{name: name, relay: relay, left: r.history.taken[name], at: map[string]int{}})
	}
	for i := range r.app.Workflows {
		w := &r.app.Workflows[i]
		f := newFlow(m, w)
		m.flows[w.Name] = f
		name := "workflow " + w.Name
		m.nodes = append(m.nodes, &modelNode{name: name, flow: f, left: r.history.taken[name], at: map[string]int{}})
	}
	m.play()
	return m
}

// play takes choices as long as there is one whose atom is there.
func (m *model) play() {
	for moved := true; moved; {
		moved = false
		for _, n := range m.nodes {
			for len(n.left) > 0 && m.step(n) {
				moved = true
			}
		}
	}
	for _, n := range m.nodes {
		if len(n.left) > 0 {
			m.wrongly("%s took atom %d of %s, which nobody gave", n.name, n.at[n.left[0].input], n.left[0].input)
		}
	}
}

func (m *model) wrongly(format string, args ...any) {
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

// step takes the next choice of a node, if it can.
func (m *model) step(n *modelNode) bool {
	c := n.left[0]
	if c.input == "" {
		n.left, n.done = n.left[1:], true
		if n.flow != nil {
			n.flow.complete()
		}
		return true
	}
	if c.input == engine.Timers {
		n.left = n.left[1:]
		n.flow.choose(c)
		n.flow.ring(c.due)
		return true
	}
	at := n.at[c.input]
	if at >= len(m.streams[c.input]) {
		return false
	}
	atom := m.streams[c.input][at]
	n.left = n.left[1:]
	n.at[c.input]++
	switch {
	case n.done:
		// what comes to a node that is complete goes nowhere, but requests fail
		if requests, ok := atom.([]*request); ok {
			n.flow.refuse(requests)
		}
	case n.relay != nil:
		m.pass(n.relay, atom.([]int64))
	default:
		n.flow.choose(c)
		n.flow.atom(c.input, atom)
		if len(n.flow.refused) > 0 {
			m.wrongly("%s refused requests %v that it did not have to park", n.name, n.flow.refused)
		}
	}
	return true
}

func (m *model) pass(r *Relay, atom []int64) {
	var kept []int64
	for _, v := range atom {
		if r.keeps(v) {
			kept = append(kept, v)
		}
	}
	if len(kept) > 0 {
		m.streams[r.Name] = append(m.streams[r.Name], kept)
	}
}

// left tells of what has not come to its end: atoms that a node has not taken, handlers that wait, asks without a reply.
func (m *model) unfinished() []string {
	var left []string
	for _, n := range m.nodes {
		for _, input := range slices.Sorted(maps.Keys(m.inputs(n))) {
			if at := n.at[input]; at < len(m.streams[input]) && !n.done {
				left = append(left, fmt.Sprintf("%s has not taken atom %d of %s", n.name, at, input))
			}
		}
		if n.flow == nil {
			continue
		}
		if !n.done {
			left = append(left, n.name+" is not complete")
		}
		for i, t := range n.flow.tasks {
			if len(t.frames) > 0 || t.parked() > 0 {
				left = append(left, fmt.Sprintf("%s: at task %d, %d handlers wait and %d things are parked", n.name, i, len(t.frames), t.parked()))
			}
		}
	}
	for _, a := range m.asks {
		if want := 1; !a.silent && a.answers != want {
			left = append(left, fmt.Sprintf("an ask of %s has %d replies", a.flow.spec.Name, a.answers))
		}
	}
	return left
}

// inputs are the streams that a node reads.
func (m *model) inputs(n *modelNode) map[string]bool {
	in := map[string]bool{}
	if n.relay != nil {
		for _, name := range n.relay.Inputs {
			in[name] = true
		}
		return in
	}
	for _, i := range n.flow.spec.Inputs {
		in[i.Stream] = true
	}
	for name := range m.streams {
		asker, portal, isAsk := strings.Cut(name, "?")
		_, hearer, isReply := strings.Cut(name, "!")
		switch {
		case isAsk && asker != "":
			for _, p := range m.app.Portals {
				if p.Name == portal && m.app.Workflows[p.Workflow].Name == n.flow.spec.Name {
					in[name] = true
				}
			}
		case isReply && hearer == n.flow.spec.Name:
			in[name] = true
		}
	}
	return in
}

// firstFailure is the event whose handler fails first in the atom of a failure, where failed events are not skipped. Of
// timers, those up to rang rang in it.
func (m *model) firstFailure(failure *ptl.AtomError, rang int64) string {
	f := m.flows[failure.Workflow]
	f.strict = true
	switch failure.Stream {
	case "":
		f.complete()
		return f.failed
	case engine.Timers:
		f.ring(rang)
		return f.failed
	case lettersName:
		return failure.Event // which stands for a number here
	}
	atoms := m.streams[failure.Stream]
	if failure.Atom >= uint64(len(atoms)) {
		return "none: nobody gave this atom"
	}
	f.atom(failure.Stream, atoms[failure.Atom])
	return f.failed
}
