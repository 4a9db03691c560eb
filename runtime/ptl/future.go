package ptl

import "encoding/binary"

// Future is the reply to an ask, when it is there. Futures live in the frames of waiting handlers; a frame that holds one
// twice holds one cell.
type Future[T any] struct {
	id     uint64 // of the ask
	state  futureState
	asked  uint32 // the portal, as PortalMark marks it
	value  T
	reason string // of a failure
}

type futureState uint8

const (
	pending futureState = iota
	replied
	failed
)

// AnyFuture is a Future of any type.
type AnyFuture interface {
	ask() uint64
	// Done tells whether the ask was answered, with a reply or a failure.
	Done() bool
	portal() uint32
	failure() (reason string, failed bool)
	reopen()
}

func (f *Future[T]) ask() uint64    { return f.id }
func (f *Future[T]) portal() uint32 { return f.asked }

// Done tells whether the ask was answered, with a reply or a failure.
func (f *Future[T]) Done() bool { return f.state != pending }

func (f *Future[T]) failure() (string, bool) { return f.reason, f.state == failed }

func (f *Future[T]) reopen() {
	var zero T
	f.state, f.value, f.reason = pending, zero, ""
}

// Value is the reply of a future that is done; an ask that failed fails the handler.
func (f *Future[T]) Value() T {
	if f.state == failed {
		Fail("the ask failed: " + f.reason)
	}
	return f.value
}

// Try is the reply or the failure of a future that is done.
func (f *Future[T]) Try() Result[T, Error] {
	if f.state == failed {
		return Err[T](Error{Message: f.reason})
	}
	return Ok[T, Error](f.value)
}

// TryEach is Ok of what value gives, or the failure of the first of the futures that failed; all are done.
func TryEach[T any](value func() T, futures ...AnyFuture) Result[T, Error] {
	for _, f := range futures {
		if reason, failed := f.failure(); failed {
			return Err[T](Error{Message: reason})
		}
	}
	return Ok[T, Error](value())
}

// TryValues is TryEach for a list.
func TryValues[T any](futures List[*Future[T]]) Result[List[T], Error] {
	for _, f := range futures.All() {
		if f.state == failed {
			return Err[List[T]](Error{Message: f.reason})
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
		b = AppendString(b, f.reason)
	}
	return b
}

// ReadFuture reads what AppendFuture wrote. Ask numbers start at 1, so 0 stands for no future.
func ReadFuture[T any](r *Reader, t *Type[T]) *Future[T] {
	id := r.Uint()
	if id == 0 || r.Err() != nil {
		return nil
	}
	f := &Future[T]{id: id, asked: r.fixed32()}
	f.state = futureState(r.Tag(3))
	switch f.state {
	case replied:
		f.value = t.Read(r)
	case failed:
		f.reason = r.String()
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
