// Package fold reduces a stretch of the log to what it amounts to: for each key the last thing that was done to it,
// in key order, and the ranges in which everything older is gone.
//
// The result is made for a sorted table that is laid over older ones: a key in it hides the same key below, a range
// hides what lies in it below but nothing in the table itself. So a range deletion takes away what this fold saw
// before it, stays as a range for what lies below, and leaves alone what came after.
//
// Sorting is the cost. An operation is remembered as eight bytes of its key and eight bytes of where it stands in the
// log; those pairs are sorted by radix, eight bytes of the key at a time (see order.go). The sort is stable and
// operations come in log order, so of equal keys the last one is the newest, and nothing has to compare positions.
// Keys and values stay where the log's reader put them.
//
// A fold that was sealed can be read like a map, too: so what a store finds in its log when it is opened need not become a
// table before it is of use.
package fold

import (
	"bytes"
	"slices"

	"github.com/portals-lang/portals/runtime/store/group"
)

// Fold collects groups. The zero Fold is empty and ready.
type Fold struct {
	Yield func() // called after every some hundred operations, if it is not nil: lets others have the processor

	payloads   [][]byte
	entries    []entry
	scratch    []entry
	ranges     []span
	spans      []span // what ranges amount to, when sealed
	sealed     bool
	bytes      int
	operations int
	warmth     byte // keeps the compiler from leaving out warm's loads
}

func (f *Fold) op(p place) (op group.Op, key, value []byte) {
	return group.At(f.payloads[p.payload()], p.offset())
}

// Add takes the next group. It keeps the payload. It reports false if the payload is not a sequence of operations.
func (f *Fold) Add(payload []byte) bool {
	f.yield()
	number := len(f.payloads)
	f.payloads = append(f.payloads, payload)
	f.bytes += len(payload)
	r := group.Read(payload)
	for {
		op, key, value, ok := r.Next()
		if !ok {
			return r.Whole()
		}
		at := placeOf(len(key), number, r.Offset())
		f.operations++
		if op == group.DeleteRange {
			f.ranges = append(f.ranges, span{start: key, end: value, at: at})
			continue
		}
		high, low := words(key)
		f.entries = append(f.entries, entry{high: high, low: low, at: at})
	}
}

func (f *Fold) yield() {
	if f.Yield != nil {
		f.Yield()
	}
}

// Bytes is the size of the payloads taken; Len the number of operations.
func (f *Fold) Bytes() int { return f.bytes }

// Len is the number of operations taken.
func (f *Fold) Len() int { return f.operations }

// Reset empties the fold, lets go of the payloads and keeps its own memory.
func (f *Fold) Reset() {
	clear(f.payloads)
	clear(f.ranges) // their keys are parts of payloads
	f.payloads, f.entries, f.ranges, f.bytes = f.payloads[:0], f.entries[:0], f.ranges[:0], 0
	f.operations, f.spans, f.sealed = 0, nil, false
}

// Seal makes the result. Nothing can be added any more.
func (f *Fold) Seal() {
	if f.sealed {
		return
	}
	f.sealed = true
	f.spans = disjoint(f.ranges)
	f.sort()
	f.entries = f.newest()
	if len(f.spans) > 0 {
		f.entries = f.uncovered()
	}
}

// Expect makes room for as many operations as another fold of that size has.
func (f *Fold) Expect(other *Fold) {
	f.entries = slices.Grow(f.entries, len(other.entries)+len(other.entries)/16)
}

// Scratch is memory in which one fold after the other is sorted.
type Scratch struct{ entries []entry }

// Keep seals a fold that will be read for a while, and keeps no more memory than that takes.
func (f *Fold) Keep(s *Scratch) {
	f.scratch = s.entries
	f.Seal()
	s.entries, f.scratch = f.scratch, nil
	if len(f.entries) < cap(f.entries)/2 {
		f.entries = slices.Clone(f.entries)
	}
}

// Each visits the result: every key that was touched and not removed by a later range, ascending, once, with its last
// value or the fact that it was deleted; and every range, ascending, disjoint, in whatever order to the keys. Ranges
// come first. It seals the fold.
func (f *Fold) Each(ranges func(start, end []byte) error, keys func(key, value []byte, deleted bool) error) error {
	f.Seal()
	if err := eachUnion(f.spans, ranges); err != nil {
		return err
	}
	warmed := 0
	for i, e := range f.entries {
		if i == warmed {
			warmed = f.warm(f.entries, i)
			f.yield()
		}
		op, key, value := f.op(e.at)
		if err := keys(key, value, op == group.Delete); err != nil {
			return err
		}
	}
	return nil
}

// uncovered drops the entries that a later range has removed. Only those that lie in a range are looked at.
func (f *Fold) uncovered() []entry {
	bounds := make([][2]int, len(f.spans))
	for i, s := range f.spans {
		bounds[i] = [2]int{f.Find(s.start), f.Find(s.end)}
	}
	kept, next := f.entries[:0], 0
	for i, s := range f.spans {
		kept = append(kept, f.entries[next:bounds[i][0]]...)
		for next = bounds[i][0]; next < bounds[i][1]; next++ {
			if !f.entries[next].at.before(s.at) {
				kept = append(kept, f.entries[next])
			}
		}
	}
	return append(kept, f.entries[next:]...)
}

// newest drops all but the last of the entries of each key.
func (f *Fold) newest() []entry {
	kept := f.entries[:0]
	f.blocks(len(f.entries), func(from, to int) {
		for i := from; i < to; i++ {
			if i+1 == len(f.entries) || !f.sameKey(&f.entries[i], &f.entries[i+1]) {
				kept = append(kept, f.entries[i])
			}
		}
	})
	return kept
}

func (f *Fold) sameKey(a, b *entry) bool {
	if a.high != b.high || a.low != b.low || a.at.length() != b.at.length() {
		return false
	}
	if a.at.length() <= inEntry {
		return true
	}
	_, keyA, _ := f.op(a.at)
	_, keyB, _ := f.op(b.at)
	return bytes.Equal(keyA, keyB)
}

// warmAhead is how many operations are fetched from memory at once.
const warmAhead = 128

// warm touches the operations of the next entries. They lie all over the log, and the processor waits for many such
// loads together in the time of one; but only if nothing else stands between them.
func (f *Fold) warm(entries []entry, from int) (to int) {
	to = min(from+warmAhead, len(entries))
	for _, e := range entries[from:to] {
		f.warmth += f.payloads[e.at.payload()][e.at.offset()]
	}
	return to
}
