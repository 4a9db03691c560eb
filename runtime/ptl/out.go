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
	events []T
	places []ord // when not Inline
}

// Put gives an event to the output.
func (o *Out[T]) Put(l *Lane, event T) {
	o.events = append(o.events, event)
	if !l.Inline {
		o.places = append(o.places, l.next())
	}
}

// take returns what the lanes have put, in the order of a sequential run, and empties them.
func take[T any](outs []*Out[T]) Events[T] {
	if len(outs) == 1 || len(outs[0].places) == 0 && onlyFirst(outs) {
		events := outs[0].events
		outs[0].events = nil
		return events
	}
	total := 0
	for _, o := range outs {
		total += len(o.events)
	}
	all := make([]T, 0, total)
	next := make([]int, len(outs))
	merge(len(outs), func(i int) *ord {
		if next[i] < len(outs[i].places) {
			return &outs[i].places[next[i]]
		}
		return nil
	}, func(i int) {
		all = append(all, outs[i].events[next[i]])
		next[i]++
	})
	for _, o := range outs {
		o.drop()
	}
	return all
}

func onlyFirst[T any](outs []*Out[T]) bool {
	for _, o := range outs[1:] {
		if len(o.events) > 0 {
			return false
		}
	}
	return true
}

func (o *Out[T]) drop() {
	clear(o.events)
	o.events, o.places = o.events[:0], o.places[:0]
}
