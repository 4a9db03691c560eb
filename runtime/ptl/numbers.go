package ptl

// Numbers is the Batch of a stream of Ints that follow one another: an atom of a range, which is not written out when all
// that read the stream take it so. Writing it out would cost a third of what a few steps of arithmetic do.
type Numbers struct {
	First int64
	N     int
}

// Len is the number of events.
func (n Numbers) Len() int { return n.N }

// events writes them out.
func (n Numbers) events() Events[int64] {
	all := make(Events[int64], n.N)
	for i := range all {
		all[i] = n.First + int64(i)
	}
	return all
}

// eventsOf are the events of an atom of a stream of T.
func eventsOf[T any](events Batch) Events[T] {
	if n, ok := events.(Numbers); ok {
		events = n.events()
	}
	return events.(Events[T])
}

// part are the numbers from number from up to, without, number until.
func (n Numbers) part(from, until int) Numbers { return Numbers{n.First + int64(from), until - from} }

// narrow tells whether they fit in that many bits; nothing fits in none.
func (n Numbers) narrow(bits int) bool {
	end := int64(1) << bits >> 1
	return n.First >= -end && n.First <= end-int64(n.N)
}

// run are the Ints at the beginning of all that follow one another.
func run(all []int64) Numbers {
	n := 1
	for n < len(all) && all[n] == all[n-1]+1 {
		n++
	}
	return Numbers{all[0], n}
}

// ReadsRange makes a stream that a range produces an input of w. wide takes Ints that follow one another, n of them from
// first on, on their way through the steps up to the next tasks and outputs, and keeps Event up to date, as for Reads; narrow
// does the same with Ints of so many bits, or is nil with 0.
func ReadsRange[L worker](w *Workflow[L], s *Stream[int64], wide func(l L, first, n int64), bits int, narrow func(l L, first, n int64)) {
	take := func(l L, numbers Numbers) {
		if numbers.narrow(bits) {
			narrow(l, numbers.First, int64(numbers.N))
		} else {
			wide(l, numbers.First, int64(numbers.N))
		}
	}
	w.inputs = append(w.inputs, input[L]{
		stream: s.Node,
		run: func(l L, base *Lane, events Batch, from, until int) {
			for next := from; next < until; {
				var numbers Numbers
				if all, whole := events.(Numbers); whole {
					numbers = all.part(next, until)
				} else {
					numbers = run(events.(Events[int64])[next:until])
				}
				if !base.Guarded {
					base.read(next)
					take(l, numbers)
					next += numbers.N
					continue
				}
				next = base.skipping(s.Node, events, next, next+numbers.N, func() { take(l, numbers) })
			}
			base.rest()
		},
	})
}
