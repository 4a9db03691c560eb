package ptl

import "encoding/binary"

// StateType describes the states of a task: a generated struct S that holds them.
type StateType[S any] struct {
	Init      func(s *S)      // sets the initial values
	IsInitial func(s *S) bool // nil: compare is never worth it (the state is always stored)
	Fields    []StateField
	// Collections are the fields that are collections: large ones are stored entry by entry.
	Collections []Collection[S]
	Append      func(b []byte, s *S) []byte
	Read        func(r *Reader, s *S)
	// Freeze takes the ownership of collections in s away, so that a copy of s stays as it is; nil when there are none.
	Freeze func(s *S)
	JSON   func(b []byte, s *S) []byte // a JSON object with a field for each state
}

// StateField names a state and its type, by which a new version of the program is judged.
type StateField struct {
	Name, Type string
	Was        string // its name in earlier versions
	Shape      func() *Shape
}

// copyOf returns a copy of s that later changes of s do not reach.
func (t *StateType[S]) copyOf(s *S) S {
	if t.Freeze != nil {
		t.Freeze(s)
	}
	return *s
}

// flat tells whether states take no memory outside of their struct.
func (t *StateType[S]) flat() bool {
	for _, f := range t.Fields {
		if f.Shape == nil || !f.Shape().flat() {
			return false
		}
	}
	return true
}

// guard calls a handler; when it fails, s is as it was before, and the failure is returned.
func (t *StateType[S]) guard(s *S, call func()) (f *Fault) {
	before := t.copyOf(s)
	defer func() {
		if r := recover(); r != nil {
			*s = before
			f = recovered(r)
		}
	}()
	call()
	return nil
}

// StateWriter receives the changes of state at a cut. The slices are valid during the call only.
type StateWriter interface {
	Put(key, value []byte)
	// Begin lends the buffer of a group of the store for changes of entries whose keys begin with prefix, and End takes it back with so
	// many of them appended: keys without that prefix and values, each behind its length as endKey and endValue write it, or keys that are
	// deleted, as endDeleted does.
	Begin(prefix []byte) []byte
	End(buf []byte, changes int)
	Delete(key []byte)
	// DeleteRange deletes the keys from start up to, not including, end.
	DeleteRange(start, end []byte)
	// Later has write called behind all else of the cut, and before the next one begins, on another goroutine, while the workflow may
	// already go on: it must not touch anything that atoms change. If the run ends before, it is not called.
	Later(write func(w StateWriter))
}

// Prefixes are what the store's keys of a state begin with: those of its records, and those of the entries of collections that
// have places of their own.
type Prefixes struct{ Records, Items []byte }

// States is the state of one task as the engine sees it.
type States interface {
	// Name is the name of the task in its workflow; Shared tells shared state from state per key.
	Name() string
	Shared() bool
	// Kind tells what the entries are.
	Kind() StateKind
	// layout and initial are as LayoutOf and Initial say.
	layout() Layout
	initial() []byte
	// attach tells where the store has the state, and whether it has any of it.
	attach(at Prefixes, stored bool)
	// find is what the key of a record has behind the prefix, for a key that people write.
	find(key string) (rest []byte, err error)
	// show decodes a record, for people.
	show(at Prefixes, rest, value []byte) (Entry, error)
	// changes writes what changed since the last time.
	changes(w StateWriter)
	// rollback undoes what the running atom changed; settle forgets how to.
	rollback()
	settle()
}

// endKey ends a key of an entry, which begins behind a byte at begin. Package group has the form of its length.
func endKey(b []byte, begin int) []byte { return endPart(b, begin, uint64(len(b)-begin-1)<<2) }

// endDeleted ends the key of an entry that is deleted.
func endDeleted(b []byte, begin int) []byte { return endPart(b, begin, uint64(len(b)-begin-1)<<2|1) }

// endValue ends a value that begins behind a byte at begin.
func endValue(b []byte, begin int) []byte { return endPart(b, begin, uint64(len(b)-begin-1)) }

// endPart puts a length into the byte that was left open for it.
func endPart(b []byte, begin int, length uint64) []byte {
	if length < 0x80 {
		b[begin] = byte(length)
		return b
	}
	return widen(b, begin, length)
}

// widen makes room for a length that needs more than a byte: what was appended since moves.
func widen(b []byte, begin int, length uint64) []byte {
	var wide [binary.MaxVarintLen64]byte
	n := binary.PutUvarint(wide[:], length)
	b = append(b, wide[:n-1]...)
	copy(b[begin+n:], b[begin+1:len(b)-n+1])
	copy(b[begin:], wide[:n])
	return b
}
