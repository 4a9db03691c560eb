package ptl

// Batch is the events of one atom.
type Batch interface {
	// Len is the number of events.
	Len() int
}

// Events is the Batch of a stream of T. It is never changed once it has been handed on.
type Events[T any] []T

// Len is the number of events.
func (e Events[T]) Len() int { return len(e) }

// Out collects what a lane gives to an output of the workflow.
type Out[T any] struct {
	events []T         // when Inline
	placed []placed[T] // when not
}

type placed[T any] struct {
	place ord
	event T
}

// Put gives an event to the output.
func (o *Out[T]) Put(l *Lane, event T) {
	if l.Inline {
		o.events = append(o.events, event)
	} else {
		o.putPlaced(l, event)
	}
}

// putPlaced is not inlined, so that Put is small where it is.
//
//go:noinline
func (o *Out[T]) putPlaced(l *Lane, event T) {
	o.placed = append(o.placed, placed[T]{l.next(), event})
}

// gather returns what the lanes have put, in the order of a sequential run, and empties them; nil if that is nothing. The buffers come
// from spare.
func gather[T any](outs []*Out[T], spare *spares[T]) Batch {
	total := 0
	for _, o := range outs {
		total += len(o.placed)
	}
	if lane0 := outs[0]; total == 0 { // it did it all
		if len(lane0.events) == 0 {
			return nil
		}
		all := spare.batch(lane0.events)
		spare.expect(len(lane0.events))
		lane0.events = spare.take()
		return all
	}
	queues := make([][]placed[T], len(outs))
	for i, o := range outs {
		queues[i] = o.placed
		inOrder(o.placed, placeOf)
	}
	spare.expect(total)
	all := spare.take()
	merge(queues, placeOf, func(_ int, run []placed[T]) {
		for i := range run {
			all = append(all, run[i].event)
		}
	})
	for _, o := range outs {
		o.drop()
	}
	return Events[T](all)
}

func placeOf[T any](p *placed[T]) *ord { return &p.place }

func (o *Out[T]) drop() {
	clear(o.events)
	clear(o.placed)
	o.events, o.placed = o.events[:0], o.placed[:0]
}

// len and truncate undo what a handler that failed has put.
func (o *Out[T]) len() int { return len(o.events) + len(o.placed) }

func (o *Out[T]) truncate(n int) {
	if len(o.placed) > 0 {
		o.placed = o.placed[:n]
	} else {
		o.events = o.events[:n]
	}
}
