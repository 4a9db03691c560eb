package ptl

import "fmt"

// Single is the shared state of a task: one for all keys, on lane 0.
type Single[S any] struct {
	name   string
	typ    *StateType[S]
	state  S
	before S
	atom   uint64
	dirty  bool
	prefix []byte
	load   func(key []byte) ([]byte, bool, error)
	value  []byte // scratch
}

// State returns the shared state for reading and writing. It is good until the atom ends.
func (s *Single[S]) State(l *Lane) *S {
	if s.atom != l.atom {
		s.atom = l.atom
		s.dirty = true
		s.before = s.typ.copyOf(&s.state)
	}
	return &s.state
}

// Guard calls a handler that works on the shared state; when it fails, it is as before, and the failure is returned.
func (s *Single[S]) Guard(l *Lane, state *S, call func()) *Fault {
	return s.typ.guard(state, call)
}

// Name is the name of the task.
func (s *Single[S]) Name() string { return s.name }

// Shared is true.
func (s *Single[S]) Shared() bool { return true }

func (s *Single[S]) attach(prefix []byte, stored bool) {
	s.prefix = prefix
	if stored && s.load != nil {
		value, ok, err := s.load(prefix)
		if err == nil && ok {
			r := NewReader(value)
			s.typ.Read(r, &s.state)
			err = r.Err()
		}
		if err != nil {
			panic(brokenState{fmt.Errorf("the stored shared state of task %s cannot be read: %w", s.name, err)})
		}
	}
}

func (s *Single[S]) changes(w StateWriter) {
	if s.dirty {
		s.value = s.typ.Append(s.value[:0], &s.state)
		w.Put(s.prefix, s.value)
		s.dirty = false
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
