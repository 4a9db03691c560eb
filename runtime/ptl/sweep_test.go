package ptl

import (
	"math/rand/v2"
	"testing"
)

// holdFrame is a handler that holds a list of futures, and some outside of it.
type holdFrame struct {
	at    uint32
	list  List[*Future[int64]]
	alone List[*Future[int64]] // visited one by one, as variables are
}

type holdLane struct {
	Lane
	asks    Asks[Unit, int64]
	waiting Waiting[Unit, holdFrame]
}

// holding is a frame of its own, with what a handler does when it goes on.
type holding struct {
	lane   *holdLane
	table  States
	slot   *StateSlot[*holdLane]
	frame  *frame[Unit, holdFrame]
	goOn   func(f *holdFrame)
	looked int // at items of the list
}

func newHolding(goOn func(f *holdFrame)) *holding {
	h := &holding{lane: &holdLane{Lane: *NewLane("test", Runtime{Now: func() Time { return 1 }})}, goOn: goOn}
	l := h.lane
	l.asks.open = asksOf(&l.Lane)
	h.slot = Awaits("Test", func(l *holdLane) *Waiting[Unit, holdFrame] { return &l.waiting }, UnitType, &FrameType[holdFrame]{
		At: func(f *holdFrame) *uint32 { return &f.at },
		Futures: func(f *holdFrame, visit *Visit) {
			VisitList(visit, f.list, func(x *Future[int64]) {
				h.looked++
				visit.Future(x)
			})
			for _, x := range f.alone.All() {
				visit.Future(x)
			}
		},
	}, func(_ *holdLane, _ uint64, _ Unit, f *holdFrame) bool {
		h.goOn(f)
		return false
	}, nil)
	h.table = h.slot.open([]*holdLane{l}, nil)
	return h
}

func (h *holding) ask() *Future[int64] { return h.lane.asks.Ask(&h.lane.Lane, 0, Unit{}) }

func (h *holding) askMany(n int) List[*Future[int64]] {
	var futures []*Future[int64]
	for range n {
		futures = append(futures, h.ask())
	}
	return ListOf(futures...)
}

func (h *holding) suspend(f holdFrame) {
	h.lane.waiting.Suspend(&h.lane.Lane, Unit{}, f)
	h.frame = h.lane.suspended.(*frame[Unit, holdFrame])
	h.table.settle()
}

// reply brings the reply to a future, without the end of its atom.
func (h *holding) reply(f *Future[int64]) {
	(&Reply[int64]{value: 1}).settle(f)
	h.slot.waiter.resume(h.lane, &f.futureHead)
}

// TestAwaitingOneByOneIsLinear: a handler awaits the futures of a list one after the other, or for a while only, and each reply is
// an atom of its own.
func TestAwaitingOneByOneIsLinear(t *testing.T) {
	for _, order := range []string{"in order", "backwards", "backwards, for a while"} {
		const n = 2000
		h := newHolding(nil)
		next := 0
		h.goOn = func(f *holdFrame) {
			if order == "backwards, for a while" {
				next = min(next+1, n-1)
			}
			for next < n-1 && f.list.All()[next].Done() {
				next++
			}
			f.alone = ListOf(f.list.All()[next])
		}
		h.lane.Begin()
		list := h.askMany(n)
		h.suspend(holdFrame{list: list, alone: ListOf(list.All()[0])})
		for i := range n {
			if order != "in order" {
				i = n - 1 - i
			}
			h.reply(list.All()[i])
			h.table.settle()
		}
		if h.looked > 4*n {
			t.Errorf("%s: %d replies, and items of the list were looked at %d times", order, n, h.looked)
		}
		if next != n-1 {
			t.Errorf("%s: the handler came to reply %d", order, next)
		}
	}
}

// TestSweep: after each atom, the futures that a frame holds and that are not done are those that it can reach, whatever the
// handler does with them, and whether the atom was undone before.
func TestSweep(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 0))
		h := newHolding(nil)
		h.goOn = func(f *holdFrame) {
			for range r.IntN(3) {
				alone := f.alone.All()
				switch r.IntN(8) {
				case 0, 1:
					f.alone = ListOf(append([]*Future[int64]{h.ask()}, alone...)...)
				case 2, 3:
					if len(alone) > 0 {
						f.alone = ListOf(alone[1:]...)
					}
				case 4:
					h.ask() // which nothing holds
				case 5:
					if f.list.Len() > 0 {
						f.alone = ListOf(append([]*Future[int64]{f.list.All()[r.IntN(f.list.Len())]}, alone...)...)
					}
				case 6:
					if r.IntN(4) == 0 {
						f.list = f.list.alias(0, f.list.Len()/2)
					}
				case 7:
					if r.IntN(4) == 0 {
						f.list = ListOf(append(h.askMany(r.IntN(3*manyHeld)).All(), f.list.All()...)...)
					}
				}
			}
		}
		h.lane.Begin()
		h.suspend(holdFrame{list: h.askMany(r.IntN(3 * manyHeld)), alone: ListOf(h.ask())})
		for step := range 200 {
			reachable := h.compare(t, seed, step)
			if len(reachable) == 0 {
				break
			}
			by := reachable[r.IntN(len(reachable))]
			h.reply(by)
			if r.IntN(4) == 0 {
				h.table.rollback()
				continue
			}
			h.table.settle()
		}
	}
}

// compare returns the futures that can be reached and are not done, in the order in which they were asked.
func (h *holding) compare(t *testing.T, seed uint64, step int) (reachable []*Future[int64]) {
	t.Helper()
	needed := map[*futureHead]bool{}
	for _, l := range []List[*Future[int64]]{h.frame.data.list, h.frame.data.alone} {
		for _, f := range l.All() {
			needed[&f.futureHead] = true
		}
	}
	held, pending := 0, 0
	for f := h.frame.futures; f != nil; f = f.next {
		held++
		if f.Done() {
			continue
		}
		if pending++; !needed[f] {
			t.Fatalf("seed %d, step %d: future %d is held, and is not needed", seed, step, f.id)
		}
		reachable = append(reachable, h.lane.asks.open.find(f.id, f.cell))
	}
	for f := range needed {
		if f.Done() {
			continue
		}
		if pending--; f.frame == 0 {
			t.Fatalf("seed %d, step %d: future %d is needed, and is not held", seed, step, f.id)
		}
	}
	if pending != 0 || held > 2*len(needed)+3*manyHeld {
		t.Fatalf("seed %d, step %d: %d are held, of which %d are needed", seed, step, held, len(needed))
	}
	return reachable
}
