package engine

import (
	"sync"

	"github.com/portals-lang/portals/runtime/ptl"
)

// fullWeight is how much a stream holds before the sources that feed it pause. An atom weighs one and its events one each;
// a stream with a single atom is never full, however large that is.
const fullWeight = 16 << 10

// stream is the window of a stream's atoms that not all readers have passed.
type stream struct {
	node *ptl.StreamNode
	id   uint64
	feed []*actor // the sources from which it can be reached
	// sched wakes readers and sources.
	sched scheduler
	room  int64 // weight from which it is full

	mu      sync.Mutex
	window  window
	low     uint64 // position of the window's first
	next    uint64 // position of the next atom to be published
	durable uint64 // positions below it are durable
	weight  int64
	full    bool
	sealed  bool
	readers []*reader
	left    []uint64 // the cursors of readers that this version does not have, whose atoms can go
	// recycle takes back an atom that nobody holds any more; nil where somebody may, such as a sequencer that has passed it on.
	recycle func(events ptl.Batch)
	// stored tells that the log holds atoms too, and so recycles them.
	stored bool
	// answer (or nil) tells the source that produces it how many of its atoms are durable, counted from began.
	answer func(atoms uint64)
	began  uint64

	log streamLog // what the committer knows of it
}

// reader is a reader's place in a stream.
type reader struct {
	stream  *stream
	owner   *actor
	name    string
	fresh   bool // the store has never heard of it
	id      uint64
	pos     uint64  // next to read; written under the stream's lock
	cut     uint64  // pos at the owner's last contribution
	logged  uint64  // cut as it stands in the store
	durably bool    // sees durable atoms only
	circle  *circle // of which both the owner and the producer are members, or nil
}

func weigh(b ptl.Batch) int64 { return int64(b.Len()) + 1 }

// publish appends an atom and wakes the readers; it returns the atom's position.
func (s *stream) publish(events ptl.Batch) uint64 {
	s.mu.Lock()
	pos := s.next
	s.next++
	if len(s.readers) == 0 {
		s.low = s.next
	} else {
		s.window.push(events)
		s.weight += weigh(events)
		if s.weight > s.room && s.window.len() > 1 {
			s.full = true // until advance says otherwise, and wakes those who wait for it
		}
	}
	for _, r := range s.readers {
		if r.circle != nil {
			r.circle.moving.Add(1)
		}
	}
	s.mu.Unlock()
	for _, r := range s.readers {
		if !r.durably {
			s.sched.wake(r.owner, false)
		}
	}
	return pos
}

// seal ends the stream.
func (s *stream) seal() {
	s.mu.Lock()
	s.sealed = true
	s.mu.Unlock()
	for _, r := range s.readers {
		s.sched.wake(r.owner, false)
	}
}

// release makes the atoms below pos visible to readers that wait for durability, and has those answered who sent them.
func (s *stream) release(pos uint64) {
	s.mu.Lock()
	moved := pos > s.durable
	if moved {
		s.durable = pos
	}
	s.mu.Unlock()
	if !moved {
		return
	}
	if s.answer != nil {
		s.answer(pos - s.began)
	}
	for _, r := range s.readers {
		if r.durably {
			s.sched.wake(r.owner, false)
		}
	}
}

// isFull tells whether sources should pause.
func (s *stream) isFull() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.full
}

// peek returns the next atom for r, if there is one.
func (r *reader) peek() (ptl.Batch, bool) {
	s := r.stream
	s.mu.Lock()
	defer s.mu.Unlock()
	end := s.next
	if r.durably {
		end = min(end, s.durable)
	}
	if r.pos >= end {
		return nil, false
	}
	return s.window.at(int(r.pos - s.low)), true
}

// advance moves r behind the n atoms that it has processed, whose effects must have been published before.
func (r *reader) advance(n int) {
	s := r.stream
	s.mu.Lock()
	r.pos += uint64(n)
	least := r.pos
	for _, other := range s.readers {
		least = min(least, other.pos)
	}
	var gone ptl.Batch
	for ; s.low < least; s.low++ {
		if gone != nil {
			s.recycle(gone)
		}
		events := s.window.pop()
		s.weight -= weigh(events)
		if s.recycle != nil && !s.stored {
			gone = events
		}
	}
	drained := s.full && s.weight <= s.room/2
	if drained || s.window.len() <= 1 {
		drained, s.full = s.full, false
	}
	s.mu.Unlock()
	if gone != nil {
		s.recycle(gone) // one is the rule: more are rare enough to recycle under the lock
	}
	if r.circle != nil {
		r.circle.moving.Add(-int64(n))
	}
	if drained {
		for _, source := range s.feed {
			s.sched.wake(source, false)
		}
	}
}

// drained tells whether r has processed the whole stream.
func (r *reader) drained() bool {
	r.stream.mu.Lock()
	defer r.stream.mu.Unlock()
	return r.stream.sealed && r.pos == r.stream.next
}
