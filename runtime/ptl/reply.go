package ptl

// replyBatch is an atom of a replyStream, with a part for each portal.
type replyBatch struct {
	parts []Batch
	n     int
}

// add adds the part of the next portal.
func (b *replyBatch) add(part Batch) {
	b.parts = append(b.parts, part)
	b.n += part.Len()
}

// Len is the number of replies.
func (b *replyBatch) Len() int { return b.n }

// answering is all that a workflow answers one other.
type answering[L worker] struct {
	asker   string
	stream  *replyStream
	take    []func(lanes []L) Batch // by part
	drop    []func(lanes []L)
	recycle []func(part Batch)
	next    *replyBatch   // an empty one, or nil
	spare   []*replyBatch // that nobody reads any more
}

// fresh returns an empty batch.
func (a *answering[L]) fresh() *replyBatch {
	last := len(a.spare) - 1
	if last < 0 {
		return &replyBatch{parts: make([]Batch, 0, len(a.take))}
	}
	b := a.spare[last]
	a.spare = a.spare[:last]
	return b
}

// sparesMost is how many batches are kept.
const sparesMost = 256

// give takes back an atom that nobody reads any more.
func (a *answering[L]) give(b *replyBatch) {
	for i, part := range b.parts {
		a.recycle[i](part)
	}
	wipe(b.parts)
	b.parts, b.n = b.parts[:0], 0
	if len(a.spare) < sparesMost {
		a.spare = append(a.spare, b)
	}
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
		Spec: StreamSpec{Name: w.spec.Name + "!" + asker}, Kind: ByWorkflow, Type: "replies", ofPortal: true,
		Append: func(b []byte, events Batch) []byte {
			for i, part := range events.(*replyBatch).parts {
				b = s.parts[i].append(b, part)
			}
			return b
		},
		Read: func(r *Reader) Batch {
			batch := &replyBatch{}
			for _, p := range s.parts {
				batch.add(p.read(r))
			}
			return batch
		},
		Recycle:   func(events Batch) { a.give(events.(*replyBatch)) },
		EventJSON: func(Batch, int) []byte { return []byte(`"reply"`) },
		EventBytes: func(events Batch, i int) int {
			for p, part := range events.(*replyBatch).parts {
				if n := part.Len(); i < n {
					return s.parts[p].bytes(part, i)
				} else {
					i -= n
				}
			}
			return 0
		},
		Shape: s.shape,
	}
	g.Streams = append(g.Streams, s.node)
	w.answers = append(w.answers, a)
	w.outputs = append(w.outputs, output[L]{
		stream: s.node, hidden: true,
		take: func(lanes []L) Batch {
			if a.next == nil {
				a.next = a.fresh()
			}
			batch := a.next
			batch.parts = batch.parts[:0] // the same of each portal, as long as there is nothing
			for _, take := range a.take {
				batch.add(take(lanes))
			}
			if batch.n > 0 {
				a.next = nil
			}
			return batch
		},
		drop: func(lanes []L) {
			for _, drop := range a.drop {
				drop(lanes)
			}
		},
	})
	return a
}

// shape is that of an atom as a whole: a record of the replies of each portal. So an atom of a version in which other
// portals are asked, or in another order, becomes one of this version as records do.
func (s *replyStream) shape() *Shape {
	sh := &shaper{shape: &Shape{}, names: map[any]string{}, taken: map[string]bool{}}
	sh.shape.Type = madeOf(kindReplies, func(sh *shaper) *ShapePart {
		return sh.named(s, "replies", false, func() []VariantShape {
			var fields []FieldShape
			for _, p := range s.parts {
				fields = append(fields, FieldShape{Name: p.portal, Type: madeOf(kindList, p.shape)(sh), Default: []byte{0}})
			}
			return []VariantShape{{Name: "replies", Fields: fields}}
		})
	})(sh)
	return sh.shape
}

// heard is one part of what a workflow hears back from another: the replies of a portal.
type heard[L worker] struct {
	// awaited tells whether any handler waits for one of them.
	awaited func(events Batch) bool
	// run gives them to those who wait.
	run func(l L, events Batch)
}

// hearing is all that a workflow hears back from one other.
type hearing[L worker] struct {
	node  *StreamNode
	parts []heard[L]
}

// hears adds a part to what w hears back through a reply stream, whose parts are added in order. The stream is an input of
// w; its atoms run on one lane, since each reply may concern any key.
func (w *Workflow[L]) hears(s *replyStream, part heard[L]) {
	for _, h := range w.hearings {
		if h.node == s.node {
			h.parts = append(h.parts, part)
			return
		}
	}
	h := &hearing[L]{node: s.node, parts: []heard[L]{part}}
	w.hearings = append(w.hearings, h)
	w.inputs = append(w.inputs, input[L]{
		stream: s.node,
		awaited: func(events Batch) bool {
			for i, batch := range events.(*replyBatch).parts {
				if h.parts[i].awaited(batch) {
					return true
				}
			}
			return false
		},
		run: func(l L, base *Lane, events Batch, _, _ int) {
			base.Event = -1
			for i, batch := range events.(*replyBatch).parts {
				h.parts[i].run(l, batch)
			}
			base.rest()
		},
	})
}
