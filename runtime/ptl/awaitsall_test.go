package ptl

import "testing"

// TestAwaitsAllIsLinear: a handler that awaits a list looks at it when it begins to wait and when all have come, in whatever
// order they come, whatever else comes meanwhile, and even if one stands in the list twice.
func TestAwaitsAllIsLinear(t *testing.T) {
	const n = 1000
	l := NewLane("test", Runtime{})
	w := &Waiting[int64, struct{}]{table: &waitingTable[int64, struct{}]{parts: make([]waitingPart[int64, struct{}], 1)}}
	f, p := &frame[int64, struct{}]{}, &w.table.parts[0]
	cells := make([]Future[int64], 2*n) // the second half stands in no list
	var list []*Future[int64]
	for i := range cells {
		cells[i].asked = 1
		if i < n {
			list = append(list, &cells[i])
		}
	}
	futures := ListOf(append(list, list[0], list[n/2])...)
	looks := 0
	look := func() (done bool) {
		looks++
		done = AwaitsAll(l, futures)
		w.waitsForAll(f, l.missing)
		return done
	}
	if look() {
		t.Fatal("nothing has come")
	}
	for i := range n {
		for _, by := range []*Future[int64]{&cells[n+i], &cells[i*7919%n]} {
			by.state = replied
			if p.stillMisses(f, &by.futureHead) {
				continue
			}
			if done := look(); done != (i == n-1 && by != &cells[n+i]) {
				t.Fatalf("after %d of %d replies: done is %v", i, n, done)
			}
		}
	}
	if looks != 2 {
		t.Errorf("the handler has looked %d times", looks)
	}

	cells[0].state = pending
	timer := &Timer{} // belongs to no portal
	if AwaitsAllWithin(l, futures, timer) || l.missing != 1 {
		t.Error("nothing is missing")
	}
	if look(); p.stillMisses(f, &timer.futureHead) {
		t.Error("a timer does not make the handler run")
	}
	if timer.state = replied; AwaitsAllWithin(l, futures, timer) || l.missing != 0 {
		t.Error("what follows a timer waits for what it waited for")
	}
}

// TestExclusiveWaitingIsLinear: the futures of a handler are not gone through at each reply for the account of who waits for
// whom, which is right all the same.
func TestExclusiveWaitingIsLinear(t *testing.T) {
	const n = 1000
	type frame struct {
		at      uint32
		futures List[*Future[int64]]
	}
	type lane struct {
		Lane
		asks    Asks[Unit, int64]
		waiting Waiting[Unit, frame]
	}
	l := &lane{Lane: *NewLane("test", Runtime{Exclusive: true, Deadlocks: NewDeadlocks(), Now: func() Time { return 1 }})}
	l.asks.open = asksOf(&l.Lane)
	visits, ran := 0, 0
	slot := Awaits("Test", func(l *lane) *Waiting[Unit, frame] { return &l.waiting }, UnitType, &FrameType[frame]{
		At: func(f *frame) *uint32 { return &f.at },
		Futures: func(f *frame, visit *Visit) {
			for _, x := range f.futures.All() {
				visits++
				visit.Future(x)
			}
		},
	}, func(l *lane, _ uint64, _ Unit, f *frame) bool {
		ran++
		return AwaitsAll(&l.Lane, f.futures)
	}, nil)
	table := slot.open([]*lane{l}, nil)
	slot.gated()

	l.Begin()
	var futures []*Future[int64]
	for range n {
		futures = append(futures, l.asks.Ask(&l.Lane, 0, Unit{}))
	}
	l.waiting.Suspend(&l.Lane, Unit{}, frame{at: 1, futures: ListOf(futures...)})
	table.settle()
	d := l.flow.runtime.Deadlocks
	for i, f := range futures {
		if len(d.waiters) != n-i {
			t.Fatalf("after %d replies, %d asks are waited for", i, len(d.waiters))
		}
		(&Reply[int64]{value: 1}).settle(f)
		slot.waiter.resume(l, &f.futureHead)
		if i == n/2 {
			table.rollback()
			(&Reply[int64]{value: 1}).settle(f)
			slot.waiter.resume(l, &f.futureHead)
		}
		table.settle()
	}
	if len(d.waiters)+len(d.asks) != 0 || slot.waiter.count() != 0 {
		t.Errorf("in the end %d asks are waited for, by %d", len(d.waiters), len(d.asks))
	}
	if most := 10 * n; visits > most || ran > 10 {
		t.Errorf("%d looks at futures in %d runs; at most %d are needed", visits, ran, most)
	}
}
