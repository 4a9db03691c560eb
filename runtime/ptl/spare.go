package ptl

import (
	"sync"
	"sync/atomic"
	"unsafe"
)

// spares are the buffers of a stream's atoms that nobody reads any more, for atoms to come. Without them a stream whose
// events are cheap would spend most of its time on fresh memory.
type spares[T any] struct {
	usual atomic.Int64 // events of the last atoms: what a buffer for the next one should hold
	count atomic.Int64 // of buffers, to look at without the lock
	mu    sync.Mutex
	free  [][]T
	bytes int
	chunk []T // what small buffers are cut from
}

const (
	// spareLeast is the size of a buffer from which keeping it is cheaper than making it, in bytes.
	spareLeast = 1 << 10
	// spareFew is how many events a buffer may hold, perhaps for nothing.
	spareFew = 256
	// spareMost is how much a stream keeps, in bytes.
	spareMost = 8 << 20
)

// expect tells how many events an atom has had. Buffers that are taken next should hold as many, or nearly as many as those
// before had, if these were few: atoms of changing size would grow each buffer anew.
func (s *spares[T]) expect(events int) {
	if s == nil {
		return
	}
	usual := s.usual.Load()
	if int64(events) < usual && usual <= spareFew {
		usual -= (usual - int64(events) + 7) / 8
	} else {
		usual = int64(events)
	}
	s.usual.Store(usual)
}

// take returns an empty buffer.
func (s *spares[T]) take() []T {
	if s == nil {
		return nil
	}
	if s.count.Load() > 0 {
		s.mu.Lock()
		if n := len(s.free); n > 0 {
			buf := s.free[n-1]
			s.free[n-1] = nil
			s.free = s.free[:n-1]
			s.bytes -= sizeOf(buf)
			s.count.Store(int64(n - 1))
			s.mu.Unlock()
			return buf
		}
		s.mu.Unlock()
	}
	n := int(s.usual.Load())
	var event T
	switch size := n * int(unsafe.Sizeof(event)); {
	case n == 0 || size > spareMost: // as much memory again, perhaps for nothing
		return nil
	case size >= spareLeast:
		return make([]T, 0, n)
	}
	return s.carve(n)
}

// carve cuts a small buffer off a larger one.
func (s *spares[T]) carve(n int) []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.chunk) < n {
		var event T
		s.chunk = make([]T, max(n, 2*spareLeast/max(int(unsafe.Sizeof(event)), 1)))
	}
	buf := s.chunk[:0:n]
	s.chunk = s.chunk[n:]
	return buf
}

// give returns the buffer of an atom that nobody reads any more.
func (s *spares[T]) give(events []T) {
	size := sizeOf(events)
	if size < spareLeast {
		return
	}
	clear(events)
	s.mu.Lock()
	if s.bytes+size <= spareMost {
		s.free = append(s.free, events[:0])
		s.bytes += size
		s.count.Store(int64(len(s.free)))
	}
	s.mu.Unlock()
}

// recycle is give for a Batch.
func (s *spares[T]) recycle(events Batch) { s.give(events.(Events[T])) }

// sizeOf is the memory of a buffer in bytes.
func sizeOf[T any](buf []T) int {
	var event T
	return cap(buf) * int(unsafe.Sizeof(event))
}
