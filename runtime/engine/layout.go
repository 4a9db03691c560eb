package engine

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/portals-lang/portals/runtime/ptl"
)

// The keys of the store, by their first byte. Names of streams, readers, tasks … are numbered once, at their first use,
// and the numbers kept in the store, so that keys are short and a renamed thing keeps its data.
const (
	keyMeta   = 'm' // name → facts about the whole app
	keyNumber = 'n' // kind, name → number
	keyCursor = 'c' // reader → position of the next atom to read
	keyStream = 'p' // stream → position of the next atom to publish, and the source's own position there
	keyNote   = 'd' // stream, number → a note of its source
	keyAtom   = 'a' // stream, position → events of an atom that not all readers have passed
	keyState  = 's' // task, slot, key → state per key; task → shared state; handler, slot, frame → a handler that waits
	keyItem   = 'e' // task, slot, key, field, position (task, field, position) → an entry of a large collection in that state
	keyFlow   = 'w' // workflow → whether it is complete, and its counters
	keySink   = 'k' // sink → its own position, for what its reader's cursor says is written
)

// The kinds of things that have numbers.
const (
	numberStream   = 's'
	numberReader   = 'r'
	numberWorkflow = 'w'
	numberState    = 't'
	numberSink     = 'k'
)

func key(kind byte, number uint64) []byte {
	return binary.BigEndian.AppendUint32([]byte{kind}, uint32(number))
}

// after is the least key behind all that begin with prefix.
func after(prefix []byte) []byte {
	end := append([]byte(nil), prefix...)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i]++; end[i] != 0 {
			return end[:i+1]
		}
	}
	return nil
}

func atomKey(stream, pos uint64) []byte {
	return binary.BigEndian.AppendUint64(key(keyAtom, stream), pos)
}

func noteKey(stream, number uint64) []byte {
	return binary.BigEndian.AppendUint64(key(keyNote, stream), number)
}

func positionOf(suffix []byte) uint64 { return binary.BigEndian.Uint64(suffix) }

func metaKey(name string) []byte { return append([]byte{keyMeta}, name...) }

// numbers gives the things of an application their numbers.
type numbers struct {
	known map[string]uint64
	next  uint64
	fresh []string // to be written with the next cut
	gone  []string // to be deleted with it
	// left are the cursors of readers that this version does not have, to be deleted with it.
	left []uint64
}

func loadNumbers(s Store) (*numbers, error) {
	n := &numbers{known: map[string]uint64{}, next: 1}
	if s == nil {
		return n, nil
	}
	err := s.Scan([]byte{keyNumber}, []byte{keyNumber + 1}, func(k, v []byte) error {
		r := ptl.NewReader(v)
		number := r.Uint()
		n.known[string(k[1:])] = number
		n.next = max(n.next, number+1)
		return r.Err()
	})
	return n, err
}

// of returns the number of a thing by kind and name. stored tells whether it had one before this run.
func (n *numbers) of(kind byte, name string) (number uint64, stored bool) {
	id := string(kind) + name
	if number, ok := n.known[id]; ok {
		return number, true
	}
	number = n.next
	n.next++
	n.known[id] = number
	n.fresh = append(n.fresh, id)
	return number, false
}

// move gives a thing the number of another one, which has none from then on.
func (n *numbers) move(kind byte, from, to string) {
	before, now := string(kind)+from, string(kind)+to
	n.known[now] = n.known[before]
	delete(n.known, before)
	n.gone = append(n.gone, before)
	n.fresh = append(slices.DeleteFunc(n.fresh, func(id string) bool { return id == before }), now)
}

// write puts the new numbers into a cut.
func (n *numbers) write(b *Batch) {
	for _, id := range n.gone {
		b.Delete(append([]byte{keyNumber}, id...))
	}
	n.gone = nil
	for _, number := range n.left {
		b.Delete(key(keyCursor, number))
	}
	n.left = nil
	for _, id := range n.fresh {
		b.Put(append([]byte{keyNumber}, id...), ptl.AppendUint(nil, n.known[id]))
	}
	n.fresh = nil
}

// read decodes a stored value; what names it in the error. Nothing is stored of a run in memory.
func read[T any](s Store, k []byte, what string, decode func(r *ptl.Reader) T) (v T, ok bool, err error) {
	if s == nil {
		return v, false, nil
	}
	value, ok, err := s.Get(k)
	if err != nil || !ok {
		return v, false, err
	}
	r := ptl.NewReader(value)
	v = decode(r)
	if r.Err() != nil {
		return v, false, fmt.Errorf("the stored %s cannot be read: %w", what, r.Err())
	}
	return v, true, nil
}
