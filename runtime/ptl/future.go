package ptl

import "encoding/binary"

// Future is the reply to an ask, when it is there. Futures live in the frames of waiting handlers; a frame that holds one
// twice holds one cell. A cell belongs to the handler that asked, and is used again when that has ended or needs it no more.
type Future[T any] struct {
	futureHead
	value T
}

// futureHead is what the runtime knows of a future, whatever its type, and of a timer.
type futureHead struct {
	id     uint64      // of the ask
	next   *futureHead // of the same frame, asked before it
	reason *string     // of a failure
	frame  uint32      // the number of the frame that holds it; 0: none does yet, or none does any more
	cell   uint32      // its number among those of the portal and partition; 0: it has none, see openAsks
	asked  uint32      // the portal, as PortalMark marks it; 0: it is a timer
	waiter uint16      // the number of the frame's handler among those of the workflow that wait
	state  futureState
	marks  futureMarks
}

// futureMarks are what those note at a future who go through many.
type futureMarks uint8

const (
	// neededAlone and neededInList are scratch of the sweep: how the frame needs it.
	neededAlone futureMarks = 1 << iota
	neededInList
	// inList: when that last went through all that the frame holds, it was in a list.
	inList
	// missed: it is one of a list that its frame waits for all of, and was not there when that was last looked at.
	missed
)

func (h *futureHead) marked(m futureMarks) bool { return h.marks&m != 0 }

func (h *futureHead) mark(m futureMarks, on bool) {
	if h.marks &^= m; on {
		h.marks |= m
	}
}

// isTimer tells that no portal will answer it.
func (h *futureHead) isTimer() bool { return h.asked == 0 }

type futureState uint8

const (
	pending futureState = iota
	replied
	failed
)

// AnyFuture is a Future of any type, or a Timer.
type AnyFuture interface {
	head() *futureHead
	// Done tells whether the ask was answered, with a reply or a failure.
	Done() bool
}

func (f *futureHead) head() *futureHead { return f }

// Done tells whether the ask was answered, with a reply or a failure.
func (f *futureHead) Done() bool { return f.state != pending }

// awaited tells whether a frame holds the future and it is not done.
func (f *futureHead) awaited() bool { return f.frame != 0 && f.state == pending }

func (f *futureHead) failure() string { return *f.reason }

// Value is the reply of a future that is done; an ask that failed fails the handler.
func (f *Future[T]) Value() T {
	if f.state == failed {
		Fail("the ask failed: " + f.failure())
	}
	return f.value
}

// Try is the reply or the failure of a future that is done.
func (f *Future[T]) Try() Result[T, Error] {
	if f.state == failed {
		return Err[T](Error{Message: f.failure()})
	}
	return Ok[T, Error](f.value)
}

// TryEach is Ok of what value gives, or the failure of the first of the futures that failed; all are done.
func TryEach[T any](value func() T, futures ...AnyFuture) Result[T, Error] {
	for _, f := range futures {
		if h := f.head(); h.state == failed {
			return Err[T](Error{Message: h.failure()})
		}
	}
	return Ok[T, Error](value())
}

// TryValues is TryEach for a list.
func TryValues[T any](futures List[*Future[T]]) Result[List[T], Error] {
	for _, f := range futures.All() {
		if f.state == failed {
			return Err[List[T]](Error{Message: f.failure()})
		}
	}
	return Ok[List[T], Error](Values(futures))
}

// AllDone tells whether all of a list of futures are done.
func AllDone[T any](futures List[*Future[T]]) bool {
	for _, f := range futures.All() {
		if !f.Done() {
			return false
		}
	}
	return true
}

// AwaitsAll is AllDone of what a handler waits for, when it waits for nothing else: until as many have come as are missing
// now, it need not look again.
func AwaitsAll[T any](l *Lane, futures List[*Future[T]]) bool {
	l.missing = 0
	for _, f := range futures.All() {
		f.mark(missed, false)
	}
	for _, f := range futures.All() {
		if !f.Done() && !f.marked(missed) { // a list may hold one twice
			f.mark(missed, true)
			l.missing++
		}
	}
	return l.missing == 0
}

// AwaitsAllWithin is AwaitsAll of a handler that waits for a timer, too.
func AwaitsAllWithin[T any](l *Lane, futures List[*Future[T]], timer *Timer) bool {
	if timer.Done() {
		l.missing = 0
		return AllDone(futures)
	}
	return AwaitsAll(l, futures)
}

// Values are the replies of futures that are all done.
func Values[T any](futures List[*Future[T]]) List[T] {
	values := make([]T, 0, futures.Len())
	for _, f := range futures.All() {
		values = append(values, f.Value())
	}
	return ListFrom(values)
}

// FirstDone is the first future of a list that is done, or nil. None would ever be in an empty list, which fails the
// handler.
func FirstDone[T any](futures List[*Future[T]]) *Future[T] {
	if futures.Len() == 0 {
		Fail("await any: the list of futures is empty")
	}
	for _, f := range futures.All() {
		if f.Done() {
			return f
		}
	}
	return nil
}

// AppendFuture and ReadFuture are the binary form of a future in a frame.
func AppendFuture[T any](b []byte, f *Future[T], t *Type[T]) []byte {
	if f == nil {
		return AppendUint(b, 0)
	}
	b = AppendUint(b, f.id)
	b = binary.LittleEndian.AppendUint32(b, f.asked)
	b = append(b, byte(f.state))
	switch f.state {
	case replied:
		b = t.Append(b, f.value)
	case failed:
		b = AppendString(b, f.failure())
	}
	return b
}

// ReadFuture reads what AppendFuture wrote. Ask numbers start at 1, so 0 stands for no future.
func ReadFuture[T any](r *Reader, t *Type[T]) *Future[T] {
	id := r.Uint()
	if id == 0 || r.Err() != nil {
		return nil
	}
	f := &Future[T]{futureHead: futureHead{id: id, asked: r.fixed32(), state: futureState(r.Tag(3))}}
	switch f.state {
	case replied:
		f.value = t.Read(r)
	case failed:
		reason := r.String()
		f.reason = &reason
	}
	if known, ok := r.futures[id].(*Future[T]); ok {
		return known
	}
	if r.futures == nil {
		r.futures = map[uint64]AnyFuture{}
	}
	r.futures[id] = f
	return f
}

// FutureType describes futures as lists and tuples in frames hold them; t is the type of the reply.
func FutureType[T any](t *Type[T]) *Type[*Future[T]] {
	return &Type[*Future[T]]{
		Name:   "Future[" + t.Name + "]",
		Append: func(b []byte, f *Future[T]) []byte { return AppendFuture(b, f, t) },
		Read:   func(r *Reader) *Future[T] { return ReadFuture(r, t) },
	}
}
