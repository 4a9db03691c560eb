package ptl

import "unsafe"

// spares are the atoms of a stream that nobody reads any more, for atoms to come. Without them a stream whose events are cheap would
// spend most of its time on fresh memory. They belong to whoever produces the stream.
type spares[T any] struct {
	usual int // events of the last atoms: what a buffer for the next one should hold
	free  []Batch
	bytes int
	lent  Batch // the atom whose buffer was taken last; nil: a fresh one was
	chunk []T   // what small buffers are cut from
}

const (
	// spareLeast is the size of a buffer in bytes from which it is used again for an atom of any size.
	spareLeast = 1 << 10
	// spareFew is how many events a buffer may hold, perhaps for nothing.
	spareFew = 256
	// spareMost is how much a stream keeps, in bytes, and spareHeader what it takes to keep a buffer.
	spareMost   = 8 << 20
	spareHeader = 48
)

// expect tells how many events an atom has had. Buffers that are taken next should hold as many, or nearly as many as those
// before had, if these were few: atoms of changing size would grow each buffer anew.
func (s *spares[T]) expect(events int) {
	if events < s.usual && s.usual <= spareFew {
		s.usual -= (s.usual - events + 7) / 8
	} else {
		s.usual = events
	}
}

// take returns an empty buffer.
func (s *spares[T]) take() []T {
	for n := len(s.free) - 1; n >= 0; n-- {
		last := s.free[n]
		s.free[n] = nil
		s.free = s.free[:n]
		buf := last.(Events[T])
		size := sizeOf(buf)
		s.bytes -= size + spareHeader
		if size >= spareLeast || cap(buf) >= s.usual {
			s.lent = last
			return buf[:0]
		}
	}
	s.lent = nil
	var event T
	switch size := s.usual * int(unsafe.Sizeof(event)); {
	case s.usual == 0 || size > spareMost: // as much memory again, perhaps for nothing
		return nil
	case size >= spareLeast:
		return make([]T, 0, s.usual)
	}
	return s.carve(s.usual)
}

// carve cuts a small buffer off a larger one.
func (s *spares[T]) carve(n int) []T {
	if len(s.chunk) < n {
		var event T
		s.chunk = make([]T, max(n, 2*spareLeast/max(int(unsafe.Sizeof(event)), 1)))
	}
	buf := s.chunk[:0:n]
	s.chunk = s.chunk[n:]
	return buf
}

// batch makes an atom of events. If they are as many as there were before in the buffer that was taken last, that atom is it.
func (s *spares[T]) batch(events []T) Batch {
	if s.lent != nil {
		last := s.lent.(Events[T])
		if len(events) == len(last) && len(events) > 0 && &events[0] == &last[0] {
			return s.lent
		}
	}
	return Events[T](events)
}

// give takes back an atom that nobody reads any more.
func (s *spares[T]) give(atom Batch) {
	events := atom.(Events[T])
	if size := sizeOf(events) + spareHeader; size > spareHeader && s.bytes+size <= spareMost {
		wipe(events)
		s.free = append(s.free, atom)
		s.bytes += size
	}
}

// sizeOf is the memory of a buffer in bytes.
func sizeOf[T any](buf []T) int {
	var event T
	return cap(buf) * int(unsafe.Sizeof(event))
}
