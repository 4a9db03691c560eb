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

// settler is what ends the wait for an ask: a reply, or a timer.
type settler interface {
	about() (ask uint64)
	settle(f AnyFuture)
}

// replyAt is reply number i of one part of an atom. A Reply stays where it is: there are many, and each would otherwise
// cost memory of its own.
type replyAt func(events Batch, i int) settler

// hearing is all that a workflow hears back from one other.
type hearing struct {
	node  *StreamNode
	parts []replyAt
}

// hears adds a part to what w hears back through a reply stream, whose parts are added in order. The stream is an input of
// w; its atoms run on one lane, since each reply may concern any key.
func (w *Workflow[L]) hears(s *replyStream, at replyAt) {
	for _, h := range w.hearings {
		if h.node == s.node {
			h.parts = append(h.parts, at)
			return
		}
	}
	h := &hearing{node: s.node, parts: []replyAt{at}}
	w.hearings = append(w.hearings, h)
	w.inputs = append(w.inputs, input[L]{
		stream: s.node,
		awaited: func(events Batch) bool {
			for part, batch := range events.(replyBatch) {
				for i := range batch.Len() {
					if w.waiterOf(h.parts[part](batch, i).about()) != nil {
						return true
					}
				}
			}
			return false
		},
		run: func(l *L, base *Lane, events Batch, _, _ int) {
			base.Event = -1
			for part, batch := range events.(replyBatch) {
				for i := range batch.Len() {
					base.Event++
					reply := h.parts[part](batch, i)
					if waiter := w.waiterOf(reply.about()); waiter != nil {
						waiter.deliver(l, reply)
					}
				}
			}
			base.rest()
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
