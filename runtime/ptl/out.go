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
		o.placed = append(o.placed, placed[T]{l.next(), event})
	}
}

// gather returns what the lanes have put, in the order of a sequential run, and empties them.
func gather[T any](outs []*Out[T]) Events[T] {
	total := 0
	for _, o := range outs {
		total += len(o.placed)
		inOrder(o.placed, func(p *placed[T]) *ord { return &p.place })
	}
	all := outs[0].events
	outs[0].events = nil
	if total == 0 {
		return all // lane 0 did it all
	}
	all = make([]T, 0, total)
	next := make([]int, len(outs))
	merge(len(outs), func(i int) *ord {
		if next[i] < len(outs[i].placed) {
			return &outs[i].placed[next[i]].place
		}
		return nil
	}, func(i int) {
		all = append(all, outs[i].placed[next[i]].event)
		next[i]++
	})
	for _, o := range outs {
		o.drop()
	}
	return all
}

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
