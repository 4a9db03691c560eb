package ptl

import "slices"

// Under the policy `skip`, an event that fails is undone alone and becomes a dead letter. An app that names its stream
// `deadLetters` has one more output on each of its workflows, hidden as those of portals are, and deadLetters is the
// sequence of them. So dead letters are committed with the atom that they come from, in the order of a sequential run.
// A workflow that reads deadLetters gives none to it: a handler that fails on each of them would never end.

// DeadLetter is an event of the stream `deadLetters`: an event that failed and was skipped.
type DeadLetter struct {
	Event string // JSON
	Task  string
	Key   string // JSON, "" without key
	Error string
	Place string // file.ptl:line
}

// DeadLetterType describes DeadLetter.
var DeadLetterType = RecordType("DeadLetter",
	Field("event", func(d *DeadLetter) *string { return &d.Event }, StringType),
	Field("task", func(d *DeadLetter) *string { return &d.Task }, StringType),
	Field("key", func(d *DeadLetter) *string { return &d.Key }, StringType),
	Field("error", func(d *DeadLetter) *string { return &d.Error }, StringType),
	Field("place", func(d *DeadLetter) *string { return &d.Place }, StringType),
)

// DeadLetters adds the stream of what fails in the workflows of the app; they are added after it.
func DeadLetters(g *Graph, spec StreamSpec) *Stream[DeadLetter] {
	s := ownStream(g, spec, BySequence, DeadLetterType)
	g.registry.letters = s.Node
	return s
}

// skipped is a dead letter with the place at which something failed.
type skipped struct {
	letter *DeadLetter
	place  ord
}

// writesLetters gives w the hidden output of its dead letters, if the app wants to know.
func writesLetters[L worker](g *Graph, w *Workflow[L]) {
	to := g.registry.letters
	if to == nil {
		return
	}
	s := addStream(g, StreamSpec{Name: to.Spec.Name + "/" + w.spec.Name}, ByWorkflow, DeadLetterType)
	to.Inputs = append(to.Inputs, s.Node)
	w.outputs = append(w.outputs, output[L]{
		stream: s.Node, hidden: true,
		take: func([]L) Batch {
			reads := slices.ContainsFunc(w.inputs, func(in input[L]) bool { return in.stream == to })
			var events Events[DeadLetter]
			for _, d := range w.inOrder() {
				if !reads && !w.flow.breaks("drop dead letters") {
					events = append(events, *d.letter)
				}
			}
			return events
		},
		drop: func([]L) {},
	})
}

// inOrder is what failed in the last atom, in the order of a sequential run. A lane that did the whole atom has it so. Of what has the same
// place, the failure of a step was noted before that of a handler: they are in different stages.
func (w *Workflow[L]) inOrder() []skipped {
	failed := w.flow.failed
	if !w.lanes[0].base().Inline {
		slices.SortStableFunc(failed, func(a, b skipped) int {
			switch {
			case a.place.less(&b.place):
				return -1
			case b.place.less(&a.place):
				return 1
			}
			return 0
		})
	}
	return failed
}

// TakeFailed returns the dead letters of the last atom.
func (w *Workflow[L]) TakeFailed() []*DeadLetter {
	if len(w.flow.failed) == 0 {
		return nil
	}
	var letters []*DeadLetter
	for _, d := range w.inOrder() {
		letters = append(letters, d.letter)
	}
	w.flow.failed = nil
	return letters
}
