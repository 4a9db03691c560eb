package ptl

import (
	"cmp"
	"container/heap"
	"math"
	"slices"
	"sync"
)

// Timer is a point in wall-clock time that a handler waits for: `await … within d`. It counts from the await, whatever
// happens to the process meanwhile. The handler's frame holds it as it holds a future; when it is due, the engine has it
// ring, in an atom of the workflow.
type Timer struct {
	futureHead        // its number is one of the asks'
	order      uint64 // among those that are due at the same time: that of their awaits in a sequential run
	due        Time
}

// After is a timer that rings d after the running atom's time. h is the hash of the running key, 0 without one.
func (l *Lane) After(h uint64, d Duration) *Timer {
	due := l.Now()
	if d > 0 {
		if due += Time(d); due < 0 {
			due = math.MaxInt64
		}
	}
	t := &Timer{futureHead: futureHead{id: l.nextAsk(h)}, due: due}
	l.asked = append(l.asked, &t.futureHead)
	l.flow.timers.begin(t, l.place())
	return t
}

// TimerType describes timers as frames hold them.
var TimerType = &Type[*Timer]{
	Name: "Timer",
	Append: func(b []byte, t *Timer) []byte {
		b = AppendUint(b, t.id)
		b = AppendUint(b, t.order)
		b = AppendInt(b, int64(t.due))
		return AppendBool(b, t.Done())
	},
	Read: func(r *Reader) *Timer {
		t := &Timer{futureHead: futureHead{id: r.Uint()}, order: r.Uint(), due: Time(r.Int())}
		if r.Bool() {
			t.state = replied
		}
		return t
	},
}

// Within is what an await with a time gives for a future: its reply, or None when the timer rang first.
func Within[T any](f *Future[T]) Option[T] {
	if f == nil || !f.Done() {
		return None[T]()
	}
	return Some(f.Value())
}

// TryWithin is Within for `try`, in which a failure of the ask comes back as Err.
func TryWithin[T any](f *Future[T]) Result[Option[T], Error] {
	if f == nil || !f.Done() {
		return Ok[Option[T], Error](None[T]())
	}
	return TryEach(func() Option[T] { return Some(f.value) }, f)
}

// IfThere is Some of what replies gives, if these are there, and else None.
func IfThere[T any](there bool, replies func() T) Option[T] {
	if !there {
		return None[T]()
	}
	return Some(replies())
}

// TryIfThere is IfThere for `try`.
func TryIfThere[T any](there bool, replies func() Result[T, Error]) Result[Option[T], Error] {
	if !there {
		return Ok[Option[T], Error](None[T]())
	}
	r := replies()
	if !r.OK {
		return Err[Option[T]](r.Err)
	}
	return Ok[Option[T], Error](Some(r.Value))
}

// timers are those of a workflow that handlers wait for, the first one on top. One that nobody waits for any more stays
// until it comes to the top, or until there are too many of these.
type timers struct {
	heap timerHeap
	mu   sync.Mutex
	made []madeTimer // in the running atom, by lanes at once
	kept int         // how many were left when the useless ones were thrown out last
}

// madeTimer is a timer with the place of the handler that waits for it.
type madeTimer struct {
	timer *Timer
	place ord
}

type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].due, h[j].due), cmp.Compare(h[i].order, h[j].order)) < 0
}
func (h timerHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *timerHeap) Push(x any)   { *h = append(*h, x.(*Timer)) }
func (h *timerHeap) Pop() any {
	last := len(*h) - 1
	t := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return t
}

// begin notes that the running atom makes a timer; it does not count before the atom ends, when it is known which of
// those that lanes made at once comes first.
func (t *timers) begin(timer *Timer, place ord) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.made = append(t.made, madeTimer{timer, place})
}

// add notes that a handler waits for a timer that is not of the running atom.
func (t *timers) add(timer *Timer) { heap.Push(&t.heap, timer) }

// endTimers gives the timers of an atom that has ended their order.
func (w *Workflow[L]) endTimers() {
	t := &w.flow.timers
	if len(t.made) == 0 {
		return
	}
	if !w.lanes[0].base().Inline && !w.flow.breaks("ring out of order") {
		slices.SortStableFunc(t.made, func(a, b madeTimer) int {
			switch {
			case a.place.less(&b.place):
				return -1
			case b.place.less(&a.place):
				return 1
			}
			return 0
		})
	}
	for _, m := range t.made {
		m.timer.order = w.flow.asks.next(true)
		heap.Push(&t.heap, m.timer)
	}
	t.drop()
}

// drop forgets the timers of an atom that was undone.
func (t *timers) drop() {
	clear(t.made)
	t.made = t.made[:0]
}

// first is the time of the first timer that somebody waits for.
func (t *timers) first() (due Time, ok bool) {
	if len(t.heap) > 2*t.kept+1024 {
		t.tidy()
	}
	for len(t.heap) > 0 {
		if t.heap[0].awaited() {
			return t.heap[0].due, true
		}
		heap.Pop(&t.heap)
	}
	return 0, false
}

func (t *timers) tidy() {
	left := t.heap[:0]
	for _, timer := range t.heap {
		if timer.awaited() {
			left = append(left, timer)
		}
	}
	clear(t.heap[len(left):])
	t.heap = left
	heap.Init(&t.heap)
	t.kept = len(left)
}

// take takes up to n timers out that are due at now.
func (t *timers) take(now Time, n int) []*Timer {
	var due []*Timer
	for len(due) < n && len(t.heap) > 0 && t.heap[0].due <= now {
		due = append(due, heap.Pop(&t.heap).(*Timer))
	}
	return due
}

// timersPerAtom bounds the atoms that timers make.
const timersPerAtom = 1024

// timersNode stands for the stream that such an atom comes from, in messages.
var timersNode = &StreamNode{Spec: StreamSpec{Name: "timers"}}

// NextTimer is when the next timer rings; ok is false when nobody waits for one.
func (w *Workflow[L]) NextTimer() (due Time, ok bool) { return w.flow.timers.first() }

// Ring goes on with the handlers whose timers are due at now, by time and then in the order of their awaits, as one atom;
// ran is false when there are none.
func (w *Workflow[L]) Ring(now Time) (ran bool, failure *AtomError) {
	due := w.flow.timers.take(now, timersPerAtom)
	if !slices.ContainsFunc(due, func(t *Timer) bool { return t.awaited() }) {
		return false, nil
	}
	w.begin()
	w.setInline(true)
	if !w.ring(due) {
		w.failAgain(func() bool { return w.ring(due) })
		failure = w.abort(timersNode, nil)
		for _, t := range due {
			w.flow.timers.add(t)
		}
		return false, failure
	}
	w.end()
	return true, nil
}

func (w *Workflow[L]) ring(due []*Timer) (ok bool) {
	ok = w.each(1, func(int) {
		for _, t := range due {
			if t.awaited() {
				t.state = replied
				w.waiters[t.waiter].resume(w.lanes[0], &t.futureHead)
			}
		}
	})
	for i, t := range w.tasks {
		ok = ok && w.barrier(i, t)
	}
	return ok
}
