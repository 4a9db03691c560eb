package ptl

import "slices"

// Exchange holds the events on their way from one lane to the lanes that have their keys.
//
// Most events come right from the input, and their places are short. Lanes read parts of an atom that follow one another, so
// what each has sent, one after the other, is in order: nothing has to be compared. Where events come from handlers too, all
// are merged by their full places.
type Exchange[K any, E any] struct {
	to     []queue[K, E] // by receiving lane
	single bool          // everything goes to lane 0
}

// queue is what one lane has sent another, in order as long as one stage sends.
type queue[K any, E any] struct {
	near []sent[K, E]    // from the input
	far  []farSent[K, E] // from handlers
	_    [64]byte        // queues of different receivers are emptied by different processors
}

type sent[K any, E any] struct {
	place near
	hash  uint64
	key   K
	event E
}

type farSent[K any, E any] struct {
	place ord
	sent[K, E]
}

// Send puts an event aside for the lane that has its key. It is for lanes that work in parallel; an Inline lane calls
// the receiver.
func (x *Exchange[K, E]) Send(l *Lane, h uint64, key K, event E) {
	if x.to == nil {
		x.to = make([]queue[K, E], l.flow.lanes)
	}
	p := (h >> 56) * uint64(l.flow.lanes) >> 8
	if x.single {
		p = 0
	}
	q := &x.to[p]
	if l.stands == atEvent {
		q.near = append(q.near, sent[K, E]{l.nextNear(), h, key, event})
	} else {
		q.far = append(q.far, farSent[K, E]{l.next(), sent[K, E]{hash: h, key: key, event: event}})
	}
}

// empty forgets what is in a queue and keeps its memory.
func (q *queue[K, E]) empty() {
	clear(q.near)
	clear(q.far)
	q.near, q.far = q.near[:0], q.far[:0]
}

// lengthen gives all that is in a queue its full place, in order.
func (q *queue[K, E]) lengthen() {
	for i := range q.near {
		q.far = append(q.far, farSent[K, E]{q.near[i].place.ord(), q.near[i]})
	}
	clear(q.near)
	q.near = q.near[:0]
	inOrder(q.far, sentFrom)
}

// Receiver is the receiving side of an exchange, by lanes.
type Receiver[L worker] struct {
	// prepare tells the exchange of a lane whether its task is a single instance.
	prepare func(l L, single bool)
	// deliver gives lane `to` what all lanes have sent it, in the order of a sequential run. Some events before they are
	// handled, ahead (or nil) is told the hashes of their keys.
	deliver func(lanes []L, to int, ahead func(hashes []uint64))
	// drop forgets what is on its way.
	drop func(lanes []L)
}

// Receive says how a task takes the events that are sent to it: exchange finds a lane's exchange, handle takes one event.
func Receive[L worker, K any, E any](exchange func(L) *Exchange[K, E], handle func(l L, h uint64, key K, event E)) *Receiver[L] {
	prepare := func(l L, single bool) { exchange(l).single = single }
	drop := func(lanes []L) {
		for _, l := range lanes {
			exchange(l).to = nil
		}
	}
	return &Receiver[L]{prepare: prepare, drop: drop, deliver: func(lanes []L, to int, ahead func([]uint64)) {
		var queues []*queue[K, E]
		far := false
		for _, l := range lanes {
			if x := exchange(l); x.to != nil {
				queues = append(queues, &x.to[to])
				far = far || len(x.to[to].far) > 0
			}
		}
		if far {
			deliverFar(lanes[to], queues, handle)
		} else {
			deliverNear(lanes[to], queues, ahead, handle)
		}
		for _, q := range queues {
			q.empty()
		}
	}}
}

func deliverNear[L worker, K any, E any](l L, queues []*queue[K, E], ahead func([]uint64), handle func(l L, h uint64, key K, event E)) {
	base := l.base()
	var hashes [blockSize]uint64
	for _, q := range queues {
		for block := range slices.Chunk(q.near, blockSize) {
			if ahead != nil {
				for i := range block {
					hashes[i] = block[i].hash
				}
				ahead(hashes[:len(block)])
			}
			for i := range block {
				s := &block[i]
				base.beginNear(s.place)
				handle(l, s.hash, s.key, s.event)
			}
		}
	}
}

func deliverFar[L worker, K any, E any](l L, queues []*queue[K, E], handle func(l L, h uint64, key K, event E)) {
	base := l.base()
	all := make([][]farSent[K, E], len(queues))
	for i, q := range queues {
		q.lengthen()
		all[i] = q.far
	}
	merge(all, sentFrom, func(_ int, run []farSent[K, E]) {
		for i := range run {
			s := &run[i]
			base.begin(s.place)
			handle(l, s.hash, s.key, s.event)
		}
	})
}

func sentFrom[K any, E any](s *farSent[K, E]) *ord { return &s.place }

// ReceiveAll is Receive for a task without key; its exchange's events have hash 0 and so come to lane 0.
func ReceiveAll[L worker, E any](exchange func(L) *Exchange[Unit, E], handle func(l L, event E)) *Receiver[L] {
	return Receive(exchange, func(l L, _ uint64, _ Unit, event E) { handle(l, event) })
}
