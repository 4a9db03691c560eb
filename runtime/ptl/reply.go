package ptl

// answering is all that a workflow answers one other.
type answering[L any] struct {
	asker  string
	stream *replyStream
	take   []func(lanes []*L) Batch // by part
	drop   []func(lanes []*L)
}

// answersTo returns the answering of w to a workflow, whose reply stream is an output of w.
func (w *Workflow[L]) answersTo(g *Graph, asker string) *answering[L] {
	for _, a := range w.answers {
		if a.asker == asker {
			return a
		}
	}
	a := &answering[L]{asker: asker, stream: &replyStream{}}
	s := a.stream
	s.node = &StreamNode{
		Spec: StreamSpec{Name: w.spec.Name + "!" + asker}, Kind: ByWorkflow, Type: "replies",
		Append: func(b []byte, events Batch) []byte {
			for i, part := range events.(replyBatch) {
				b = s.parts[i].append(b, part)
			}
			return b
		},
		Read: func(r *Reader) Batch {
			batch := make(replyBatch, len(s.parts))
			for i := range batch {
				batch[i] = s.parts[i].read(r)
			}
			return batch
		},
		EventJSON: func(Batch, int) []byte { return []byte(`"reply"`) },
	}
	g.Streams = append(g.Streams, s.node)
	w.answers = append(w.answers, a)
	w.outputs = append(w.outputs, output[L]{
		stream: s.node, hidden: true,
		take: func(lanes []*L) Batch {
			batch := make(replyBatch, len(a.take))
			for i, take := range a.take {
				batch[i] = take(lanes)
			}
			return batch
		},
		drop: func(lanes []*L) {
			for _, drop := range a.drop {
				drop(lanes)
			}
		},
	})
	return a
}

// eachReply visits the replies of one part of an atom; settle gives one to the future of its ask.
type eachReply func(events Batch, visit func(id uint64, settle func(AnyFuture)))

// hearing is all that a workflow hears back from one other.
type hearing struct {
	node  *StreamNode
	parts []eachReply
}

// hears adds a part to what w hears back through a reply stream, whose parts are added in order. The stream is an input of
// w; its atoms run on one lane, since each reply may concern any key.
func (w *Workflow[L]) hears(s *replyStream, each eachReply) {
	for _, h := range w.hearings {
		if h.node == s.node {
			h.parts = append(h.parts, each)
			return
		}
	}
	h := &hearing{node: s.node, parts: []eachReply{each}}
	w.hearings = append(w.hearings, h)
	w.inputs = append(w.inputs, input[L]{
		stream: s.node,
		awaited: func(events Batch) bool {
			awaited := false
			for i, batch := range events.(replyBatch) {
				h.parts[i](batch, func(id uint64, _ func(AnyFuture)) { awaited = awaited || w.waiterOf(id) != nil })
			}
			return awaited
		},
		run: func(l *L, _ *Lane, events Batch, _, _ int, at *int) {
			*at = -1
			for i, batch := range events.(replyBatch) {
				h.parts[i](batch, func(id uint64, settle func(AnyFuture)) {
					*at++
					if waiter := w.waiterOf(id); waiter != nil {
						waiter.deliver(l, id, settle)
					}
				})
			}
		},
	})
}

func (w *Workflow[L]) waiterOf(id uint64) *waiter[L] {
	for _, waiter := range w.waiters {
		if waiter.has(id) {
			return waiter
		}
	}
	return nil
}
