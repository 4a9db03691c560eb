package ptl

import (
	"encoding/binary"
	"slices"
	"testing"
)

// sleepFrame waits for one ask.
type sleepFrame struct {
	at    uint32
	reply *Future[int64]
}

// sleeper is a lane with a handler that waits, outside of any workflow.
type sleeper struct {
	Lane
	asks    Asks[Unit, int64]
	waiting Waiting[Unit, sleepFrame]
}

// newSleeper makes one whose handler ends with the first reply.
func newSleeper() (l *sleeper, table States, w *waiter[*sleeper]) {
	l = &sleeper{Lane: *NewLane("sleeper", Runtime{Now: func() Time { return 1 }, Load: func([]byte) ([]byte, bool, error) { return nil, false, nil }})}
	l.asks.open = asksOf(&l.Lane)
	slot := Awaits("Sleeper", func(l *sleeper) *Waiting[Unit, sleepFrame] { return &l.waiting }, UnitType, &FrameType[sleepFrame]{
		Name:    "event",
		At:      func(f *sleepFrame) *uint32 { return &f.at },
		Points:  []Point{{At: 1, ID: 1}},
		Append:  func(b []byte, f *sleepFrame) []byte { return AppendFuture(b, f.reply, IntType) },
		Read:    func(r *Reader, f *sleepFrame) { f.reply = ReadFuture(r, IntType) },
		Futures: func(f *sleepFrame, visit *Visit) { visit.Future(f.reply) },
	}, func(_ *sleeper, _ uint64, _ Unit, f *sleepFrame) bool { return f.reply.Done() }, nil)
	return l, slot.open([]*sleeper{l}, nil), slot.waiter
}

// asksOf makes a portal that a lane asks, outside of any workflow.
func asksOf(l *Lane) *openAsks[int64] {
	o := &openAsks[int64]{mark: 1, parts: make([]openPart[int64], 1)}
	l.flow.ends.add(o)
	return o
}

// sleep asks and waits.
func (l *sleeper) sleep() *Future[int64] {
	l.Begin()
	f := sleepFrame{at: 1, reply: l.asks.Ask(&l.Lane, 0, Unit{})}
	l.waiting.Suspend(&l.Lane, Unit{}, f)
	return f.reply
}

// wake replies to an ask.
func (l *sleeper) wake(w *waiter[*sleeper], f *Future[int64]) {
	(&Reply[int64]{value: 1}).settle(f)
	w.resume(l, &f.futureHead)
}

// written counts what a cut writes.
type written struct {
	StateWriter  // nil: only what follows is called
	put, deleted int
}

func (w *written) Begin([]byte) []byte { return nil }

func (w *written) End(b []byte, changes int) {
	eachChange(b, func(_, _ []byte, deleted bool) {
		changes--
		if deleted {
			w.deleted++
		} else {
			w.put++
		}
	})
	if changes != 0 {
		panic("changes are not counted right")
	}
}

// eachChange visits the changes that were appended to what Begin lent.
func eachChange(b []byte, visit func(key, value []byte, deleted bool)) {
	length := func() int {
		n, wide := binary.Uvarint(b)
		b = b[wide:]
		return int(n)
	}
	take := func(n int) (part []byte) {
		part, b = b[:n], b[n:]
		return part
	}
	for len(b) > 0 {
		head := length()
		switch key := take(head >> 2); head & 3 {
		case 0:
			visit(key, take(length()), false)
		case 1:
			visit(key, nil, true)
		default:
			panic("changes that make no sense")
		}
	}
}

// A handler that waited within one group leaves nothing in it; one that began in an earlier group is deleted.
func TestOnlyThoseWhoStillWaitAreWritten(t *testing.T) {
	l, table, w := newSleeper()
	expect := func(what string, waiting, put, deleted int) {
		t.Helper()
		var got written
		if table.changes(&got); got != (written{put: put, deleted: deleted}) || w.count() != waiting {
			t.Errorf("%s: %+v, and %d wait", what, got, w.count())
		}
	}
	early := l.sleep()
	table.settle()
	expect("one waits", 1, 1, 0)
	for range 100 {
		f := l.sleep()
		table.settle()
		l.wake(w, f)
		table.settle()
	}
	expect("others have come and gone", 1, 0, 0)
	l.wake(w, early)
	late := l.sleep()
	table.settle()
	expect("one has ended, another waits", 1, 1, 1)
	l.wake(w, late)
	table.settle()
	expect("all have ended", 0, 0, 1)
}

// What an atom that is undone has made and ended is as before.
func TestWaitingIsUndone(t *testing.T) {
	l, table, w := newSleeper()
	before := []*Future[int64]{l.sleep(), l.sleep()}
	table.settle()
	l.wake(w, before[0])
	made := l.sleep().futureHead
	table.rollback()
	if w.count() != 2 || l.asks.open.find(made.id, made.cell) != nil || slices.ContainsFunc(before, func(f *Future[int64]) bool { return !f.awaited() }) {
		t.Errorf("%d wait after an undone atom", w.count())
	}
	l.wake(w, before[0])
	l.wake(w, before[1])
	table.settle()
	if w.count() != 0 || l.asks.open.parts[0].cells.used() != 0 {
		t.Errorf("%d wait, for %d asks, after all replies", w.count(), l.asks.open.parts[0].cells.used())
	}
}

// A handler that waits again and again costs no memory.
func TestWaitingAllocatesNothing(t *testing.T) {
	l, table, w := newSleeper()
	once := func() {
		f := l.sleep()
		table.settle()
		l.wake(w, f)
		table.settle()
		l.asks.out.drop()
	}
	once()
	if n := testing.AllocsPerRun(1000, once); n > 0 {
		t.Errorf("an ask makes %v allocations", n)
	}
}

// TestRecoveredHandler: a handler that the store held goes on with its reply, which names a cell that another future has by now; and when it
// has ended, nothing remembers it.
func TestRecoveredHandler(t *testing.T) {
	const asked = 3
	at, s := Prefixes{Records: []byte("frames")}, &shelf{entries: map[string]string{}}
	before, table, _ := newSleeper()
	table.attach(at, false)
	var stored []Future[int64]
	for range asked {
		stored = append(stored, *before.sleep())
	}
	table.settle()
	table.changes(s)

	l, table, w := newSleeper()
	l.flow.runtime.Scan = s.scan
	l.flow.asks = counter{alone: before.flow.asks.given()}
	table.attach(at, true)
	if found := table.(*waitingTable[Unit, sleepFrame]).found; w.count() != asked || found != nil {
		t.Fatalf("%d handlers wait, not %d, and %d of them are kept for a gate that is not there", w.count(), asked, len(found))
	}
	for _, old := range stored {
		young := l.sleep()
		table.settle()
		if young.cell != old.cell {
			t.Fatalf("a future has cell %d, and was to have %d", young.cell, old.cell)
		}
		f := l.asks.open.find(old.id, old.cell)
		if f == nil || f.id != old.id || !f.awaited() {
			t.Fatalf("the reply to ask %d of an earlier process finds %v", old.id, f)
		}
		l.wake(w, f)
		table.settle()
		if l.asks.open.find(old.id, old.cell) != nil || l.asks.open.find(young.id, young.cell) != young {
			t.Fatal("a reply that comes twice goes to another handler, or that one's is lost")
		}
	}
	table.changes(s)
	if w.count() != asked || len(s.entries) != asked || len(l.asks.open.parts[0].adopted) > 0 {
		t.Errorf("%d handlers wait, the store has %d, of %d; %d futures of earlier ones are left", w.count(), len(s.entries), asked, len(l.asks.open.parts[0].adopted))
	}
}

// TestEmptied: lists that are used again keep nothing of what was in them, however many there were.
func TestEmptied(t *testing.T) {
	for n := range 4 {
		list := make([]*int, n)
		for i := range list {
			list[i] = &i
		}
		if left := emptied(list); len(left) != 0 || slices.ContainsFunc(list, func(p *int) bool { return p != nil }) {
			t.Errorf("of %d items is left %v, and in its memory %v", n, left, list)
		}
	}
}
