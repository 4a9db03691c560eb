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
	futureHead // its number is one of the asks'
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
	t := &Timer{futureHead: futureHead{id: l.flow.nextAsk(h)}, due: due}
	l.asked = append(l.asked, &t.futureHead)
	l.flow.timers.add(t)
	return t
}

// TimerType describes timers as frames hold them.
var TimerType = &Type[*Timer]{
	Name: "Timer",
	Append: func(b []byte, t *Timer) []byte {
		b = AppendUint(b, t.id)
		b = AppendInt(b, int64(t.due))
		return AppendBool(b, t.Done())
	},
	Read: func(r *Reader) *Timer {
		t := &Timer{futureHead: futureHead{id: r.Uint()}, due: Time(r.Int())}
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
	mu   sync.Mutex
	heap timerHeap
	kept int // how many were left when the useless ones were thrown out last
}

type timerHeap []*Timer

func (h timerHeap) Len() int { return len(h) }
func (h timerHeap) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].due, h[j].due), cmp.Compare(h[i].id, h[j].id)) < 0
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

// add notes that a handler is about to wait for t.
func (t *timers) add(timer *Timer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	heap.Push(&t.heap, timer)
}

// first is the time of the first timer that somebody waits for.
func (t *timers) first() (due Time, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
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
	t.mu.Lock()
	defer t.mu.Unlock()
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
	ok := w.each(1, func(int) {
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
	if !ok {
		failure = w.abort(timersNode, nil)
		for _, t := range due {
			w.flow.timers.add(t)
		}
		return false, failure
	}
	w.end()
	return true, nil
}
