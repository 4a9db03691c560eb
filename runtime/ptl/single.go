package ptl

import (
	"bytes"
	"fmt"
)

// Single is the shared state of a task: one for all keys, on lane 0.
type Single[S any] struct {
	name    string
	typ     *StateType[S]
	state   S
	before  S
	atom    uint64
	dirty   bool
	place   Prefixes
	load    func(key []byte) ([]byte, bool, error)
	records records[S]
	apart   *stored[S] // what the store has, if that is more than the record
	late    bool       // the last cut was written later: apart and the scratch of records are not the lane's own before the next one
	takes   int64      // bytes of memory of apart and the record, about, as of the last cut that has ended
}

// State returns the shared state for reading and writing. It is good until the atom ends.
func (s *Single[S]) State(l *Lane) *S {
	if s.atom != l.atom {
		s.touch(l)
	}
	return &s.state
}

// touch notes that the running atom changes the state. It is not inlined, so that State can be.
//
//go:noinline
func (s *Single[S]) touch(l *Lane) {
	s.atom = l.atom
	s.dirty = true
	s.before = s.typ.copyOf(&s.state)
}

// Guard calls a handler that works on the shared state; when it fails, it is as before, and the failure is returned.
func (s *Single[S]) Guard(l *Lane, state *S, call func()) *Fault {
	return s.typ.guard(state, call)
}

// Name is the name of the task.
func (s *Single[S]) Name() string { return s.name }

// Shared is true.
func (s *Single[S]) Shared() bool { return true }

func (s *Single[S]) attach(at Prefixes, stored bool) {
	s.place = at
	if stored && s.load != nil {
		value, ok, err := s.load(at.Records)
		if err == nil && ok {
			apart, broken := s.records.read(value, s.items, &s.state)
			s.has(apart)
			err = broken
		}
		if err != nil {
			panic(brokenState{fmt.Errorf("the stored shared state of task %s cannot be read: %w", s.name, err)})
		}
	}
}

func (s *Single[S]) items() []byte { return bytes.Clone(s.place.Items) }

// changes writes a state with large collections as it is now, but later: what differs from the last cut may be much, and only lane 0 has the state.
func (s *Single[S]) changes(w StateWriter) {
	if s.late {
		s.late = false
		s.has(s.apart)
	}
	if !s.dirty {
		return
	}
	s.dirty = false
	if s.apart == nil {
		s.has(s.records.write(w, s.place.Records, s.items, &s.state, nil))
		return
	}
	now := s.typ.copyOf(&s.state)
	s.late = true
	w.Later(func(w StateWriter) { s.apart = s.records.write(w, s.place.Records, s.items, &now, s.apart) })
}

// has notes what the store has.
func (s *Single[S]) has(apart *stored[S]) {
	s.apart, s.takes = apart, int64(len(s.records.value))
	if apart != nil {
		s.takes += int64(apart.heap)
	}
}

func (s *Single[S]) rollback() {
	if s.atom != 0 {
		s.state = s.before
	}
	s.settle()
}

func (s *Single[S]) settle() {
	var zero S
	s.before, s.atom = zero, 0
}
