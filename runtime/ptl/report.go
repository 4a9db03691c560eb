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
	if i := slices.IndexFunc(w.tasks, func(t *Task[L]) bool { return t.runs(f.fault) }); i >= 0 {
		e.Task = w.tasks[i].Name
	}
	if e.Event == "" && f.event >= 0 && s != nil {
		e.Event = string(s.EventJSON(events, f.event))
	}
	for i := range w.failed {
		w.failed[i] = laneFault{}
	}
	w.undo()
	return e
}

// runs tells whether a handler or helper of the task failed.
func (t *Task[L]) runs(f *Fault) bool { return slices.Contains(t.Handlers, f.Site.Method) }

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

// AtomError is the failure of an atom under the policy `stop`: the atom was undone whole. Its Fault has no task when a step
// of the flow failed; then Event is that of the input. It has no event at a barrier.
type AtomError struct {
	Fault
	Workflow string
	Stream   string // the input that the atom came from; "" at completion
	Atom     uint64 // its number on that stream, from 0; set by the engine
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
	event := ""
	if e.Event != "" {
		event = ", at the event " + e.Event
	}
	if e.Task != "" {
		b.WriteString(event)
	}
	switch {
	case e.Stream == "":
		b.WriteString("\n  at its completion")
		return b.String()
	case event == "":
		event = ", at its end"
	case e.Task != "":
		event = ""
	}
	fmt.Fprintf(&b, "\n  in atom %d of stream %s%s", e.Atom, e.Stream, event)
	return b.String()
}
