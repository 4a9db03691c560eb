package ptl

import (
	"slices"
	"testing"
)

// sleeping is a handler that keeps a key closed, and counts how often it is looked at.
type sleeping struct {
	asked uint64
	over  bool
	looks *int
}

func (s *sleeping) number() uint64 {
	*s.looks++
	return s.asked
}

func (s *sleeping) ended() bool {
	*s.looks++
	return s.over
}

// door is the gate of a key at which every handler waits until it is told to end.
type door struct {
	Lane
	gate    Gate[Unit, int64]
	looks   int
	entered []int64
}

const doorNumber = 7 // of the workflow

func newDoor() (l *door, table States) {
	l = &door{Lane: *NewLane("door", Runtime{Number: doorNumber, Deadlocks: NewDeadlocks(), Now: func() Time { return 1 }})}
	slot := Gates("Door", func(l *door) *Gate[Unit, int64] { return &l.gate }, UnitType, IntType, func(l *door, _ uint64, _ Unit, item int64) {
		l.enter(item)
	})
	return l, slot.open([]*door{l}, nil)
}

// enter has a handler wait whose first ask is number 100 + item.
func (l *door) enter(item int64) {
	l.entered = append(l.entered, item)
	l.suspended = &sleeping{asked: uint64(100 + item), looks: &l.looks}
	l.gate.Close(&l.Lane, 0, Unit{})
}

// arrive brings an item whose trail are the first asks of handlers of the workflow, the one asked first before.
func (l *door) arrive(item int64, trail ...uint64) {
	var t Trail
	for _, handler := range trail {
		t = &link{askID{doorNumber, handler}, handler, t}
	}
	if !l.gate.Closed(&l.Lane, 0, Unit{}, t) {
		l.enter(item)
	} else if !l.gate.Park(&l.Lane, 0, Unit{}, item, t) {
		panic("a deadlock")
	}
}

// end ends the handler that closed the key n before the last one.
func (l *door) end(n int) {
	levels := l.gate.table.parts[0].locks[Unit{}].levels
	levels[len(levels)-1-n].holder.(*sleeping).over = true
	l.gate.Open(&l.Lane, 0, Unit{})
}

// TestParkingIsLinear: what is parked is not looked through when its key opens, and is closed again at once: neither events,
// nor what descends from handlers that wait.
func TestParkingIsLinear(t *testing.T) {
	const n = 1000
	for name, trail := range map[string][]uint64{"events": nil, "requests of others": {1}, "requests of the first handler": {100}} {
		l, table := newDoor()
		l.arrive(0)
		for item := range int64(n) {
			l.arrive(1+item, trail...)
		}
		for range n {
			l.end(0)
			table.settle()
		}
		if len(l.entered) != n+1 || !slices.IsSorted(l.entered) {
			t.Errorf("%s: %d have entered, %v …", name, len(l.entered), l.entered[:min(len(l.entered), 10)])
		}
		if most := 10 * n; l.looks > most {
			t.Errorf("%s: the handlers were looked at %d times, that is more than %d", name, l.looks, most)
		}
	}
}

// TestGateLetsDescendantsIn: in what order things enter, when handlers end in any order; and so they do once more when all of
// that was undone.
func TestGateLetsDescendantsIn(t *testing.T) {
	l, table := newDoor()
	l.arrive(0)           // its first ask is 100
	l.arrive(1)           // an event
	l.arrive(2, 100)      // of the first handler: it enters, and asks 102
	l.arrive(3, 100)      // waits for it
	l.arrive(4, 100, 102) // enters, and asks 104
	l.arrive(5, 100, 102) // waits for that
	l.arrive(6, 100)      // behind 3
	l.arrive(7, 1)        // of somebody else, behind 1
	table.settle()
	run := func() {
		l.entered = nil
		l.end(1) // 2 has ended, so 5 waits for the first one as 3 and 6 do
		l.end(0) // 4 has ended: 3 enters
		l.end(0) // 3: 5
		l.end(1) // the first one: 6 waits as an event does
		l.end(0) // 5: 1
		l.end(0) // 1: 6
		l.end(0) // 6: 7
	}
	want := []int64{3, 5, 1, 6, 7}
	for range 2 {
		handlers := slices.Clone(l.gate.table.parts[0].locks[Unit{}].levels)
		run()
		if !slices.Equal(l.entered, want) {
			t.Fatalf("%v have entered, not %v", l.entered, want)
		}
		table.rollback()
		for _, h := range handlers[1:] {
			h.holder.(*sleeping).over = false
		}
		if k := l.gate.table.parts[0].locks[Unit{}]; k.last() != 3 || l.gate.table.parts[0].count != 5 {
			t.Fatalf("%d keep the key closed, and %d are parked", k.last(), l.gate.table.parts[0].count)
		}
	}
}

// TestBag: it holds what a set does, whatever its size was.
func TestBag(t *testing.T) {
	bags := map[string]*bag[int]{}
	for _, most := range []int{1, bagFew, 5 * bagFew} {
		for i := range most {
			put(bags, "a", i)
			put(bags, "a", i)
		}
		if got := slices.Sorted(bags["a"].all()); len(got) != most || got[most-1] != most-1 {
			t.Fatalf("%v, of %d", got, most)
		}
		for i := range most {
			drop(bags, "a", i)
			drop(bags, "a", i)
		}
		if len(bags) != 0 {
			t.Fatalf("a bag of %d elements stays when they have gone", most)
		}
	}
}

// TestTrailOfTells: where each request tells the next one, its trail does not grow; but it says still from whom it descends, and who waits.
func TestTrailOfTells(t *testing.T) {
	other := NewLane("other", Runtime{Number: 1, Exclusive: true})
	other.above = &link{askID{doorNumber, 5}, 4, nil} // somebody waits for what tells
	for hop := range 100 {
		other.firstAsk = 0
		other.nextAsk(0)
		other.above = other.trail(0)
		if n := appendTrail(nil, other.above)[0]; n != 2 {
			t.Fatalf("after %d the trail has %d links", hop+1, n)
		}
	}
	if !other.above.comes(doorNumber, &sleeping{asked: 4, looks: new(int)}) || other.above.waited() != nil {
		t.Errorf("the trail is %v, and %v are waited for", other.above, other.above.waited())
	}
	other.above = nil
	if other.nextAsk(0); other.trail(0) != nil {
		t.Error("what an event tells has a trail")
	}
	other.flow.gated = true
	if own := other.trail(0); !own.comes(1, &sleeping{asked: other.firstAsk, looks: new(int)}) {
		t.Error("what is told does not descend from a handler that may keep a key closed")
	}
}
