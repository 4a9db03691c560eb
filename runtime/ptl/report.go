package ptl

import (
	"fmt"
	"slices"
	"strings"
)

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
	w.forget()
	for _, s := range w.states {
		if w.flow.breaks("keep what an undone atom has changed") {
			s.settle()
			continue
		}
		s.rollback()
	}
	for i := range w.outputs {
		w.outputs[i].drop(w.lanes)
	}
	for _, t := range w.tasks {
		for _, receiver := range t.receivers() {
			receiver.drop(w.lanes)
		}
	}
	w.flow.failed = nil
	w.flow.timers.drop()
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
