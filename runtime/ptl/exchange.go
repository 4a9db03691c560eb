package ptl

// Exchange holds the events on their way from one lane to the lanes that have their keys.
type Exchange[K any, E any] struct {
	to     [][]sent[K, E] // by receiving lane
	single bool           // everything goes to lane 0
}

type sent[K any, E any] struct {
	place ord
	hash  uint64
	key   K
	event E
}

// Send puts an event aside for the lane that has its key. It is for lanes that work in parallel; an Inline lane calls
// the receiver.
func (x *Exchange[K, E]) Send(l *Lane, h uint64, key K, event E) {
	if x.to == nil {
		x.to = make([][]sent[K, E], l.flow.lanes)
	}
	p := (h >> 56) * uint64(l.flow.lanes) >> 8
	if x.single {
		p = 0
	}
	x.to[p] = append(x.to[p], sent[K, E]{l.next(), h, key, event})
}

// Receiver is the receiving side of an exchange, by lanes.
type Receiver[L any] struct {
	// prepare tells the exchange of a lane whether its task is a single instance.
	prepare func(l *L, single bool)
	// deliver gives lane `to` what all lanes have sent it, in the order of a sequential run.
	deliver func(lanes []*L, to int)
	// drop forgets what is on its way.
	drop func(lanes []*L)
}

// Receive says how a task takes the events that are sent to it: exchange finds a lane's exchange, handle takes one event.
func Receive[L any, P lanePointer[L], K any, E any](exchange func(*L) *Exchange[K, E], handle func(l *L, h uint64, key K, event E)) *Receiver[L] {
	prepare := func(l *L, single bool) { exchange(l).single = single }
	drop := func(lanes []*L) {
		for _, l := range lanes {
			exchange(l).to = nil
		}
	}
	return &Receiver[L]{prepare: prepare, drop: drop, deliver: func(lanes []*L, to int) {
		self := lanes[to]
		base := P(self).base()
		queues := make([][]sent[K, E], len(lanes))
		for i := range lanes {
			if x := exchange(lanes[i]); x.to != nil {
				queues[i] = x.to[to]
				inOrder(queues[i], sentFrom)
			}
		}
		merge(queues, sentFrom, func(_ int, run []sent[K, E]) {
			for i := range run {
				s := &run[i]
				base.begin(s.place)
				handle(self, s.hash, s.key, s.event)
			}
		})
		for i, q := range queues {
			if q != nil {
				clear(q)
				exchange(lanes[i]).to[to] = q[:0]
			}
		}
	}}
}

func sentFrom[K any, E any](s *sent[K, E]) *ord { return &s.place }

// ReceiveAll is Receive for a task without key; its exchange's events have hash 0 and so come to lane 0.
func ReceiveAll[L any, P lanePointer[L], E any](exchange func(*L) *Exchange[Unit, E], handle func(l *L, event E)) *Receiver[L] {
	return Receive[L, P](exchange, func(l *L, _ uint64, _ Unit, event E) { handle(l, event) })
}
