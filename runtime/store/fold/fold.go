// Package fold reduces a stretch of the log to what it amounts to: for each key the last thing that was done to it,
// in key order, and the ranges in which everything older is gone.
//
// The result is made for a sorted table that is laid over older ones: a key in it hides the same key below, a range
// hides what lies in it below but nothing in the table itself. So a range deletion takes away what this fold saw
// before it, stays as a range for what lies below, and leaves alone what came after.
//
// Sorting is the cost, and memory: a checkpoint runs beside an app. So operations are parted first, by the ranges of keys of some
// hundred leaves, and each leaf is a little log of its own: its operations in the order in which they came, without what all of
// its keys begin with. That takes less than the log did, and the payloads need not stay. A leaf that has grown too large is sorted,
// within the processor's caches, and of each key the last operation is left; if there is still much of it, it is parted. So a
// fold takes no more memory than what it amounts to and, for each leaf, as much again.
//
// In the end each leaf is sorted once more, one after the other (see order.go). An emptied fold keeps its leaves, since the next
// stretch of the log will have much the same keys; so then nothing is parted any more.
//
// A fold that was sealed can be read like a map, too: so what a store finds in its log when it is opened need not become a
// table before it is of use.
package fold

import (
	"bytes"

	"github.com/portals-lang/portals/runtime/store/group"
)

// Fold collects groups. The zero Fold is empty and ready.
type Fold struct {
	Yield func() // called after every some hundred operations, if it is not nil: lets others have the processor

	leaves     []*leaf // in order of their keys; the first one begins before all
	index      index
	ranges     []span
	spans      []span // what ranges amount to, when sealed
	sealed     bool
	bytes      int
	operations int
	chunks     pool
	sorter     sorter
	limit      int // bytes from which a leaf is sorted; 0: as leafBytes
}

// yieldEvery is how many operations, of some 30 ns, are taken between two rests.
const yieldEvery = 512

// Add takes the next group, of which it keeps nothing. It reports false if the payload is not a sequence of operations.
func (f *Fold) Add(payload []byte) bool {
	if len(f.leaves) == 0 {
		f.leaves = []*leaf{f.newLeaf(nil)}
	}
	f.bytes += len(payload)
	r := group.Read(payload)
	for n := 0; ; n++ {
		if n%yieldEvery == 0 {
			f.yield()
		}
		op, key, value, ok := r.Next()
		if !ok {
			return r.Whole()
		}
		f.operations++
		if op == group.DeleteRange {
			f.deleteRange(key, value)
			continue
		}
		rest := r.Rest()
		i := f.index.find(rest[:len(key)])
		l := f.leaves[i]
		if l.put(&f.chunks, op, len(key), rest); l.bytes >= l.limit {
			f.overflow(i)
		}
	}
}

// deleteRange tells the leaves that a range lies in, and keeps the range for what lies below.
func (f *Fold) deleteRange(start, end []byte) {
	f.ranges = append(f.ranges, span{start: bytes.Clone(start), end: bytes.Clone(end)})
	for i := f.index.find(start); i < len(f.leaves) && bytes.Compare(f.leaves[i].from, end) < 0; i++ {
		l, from, until := f.leaves[i], start, end
		begins := bytes.Compare(start, l.from) <= 0
		if begins {
			from = l.from
		}
		if i+1 < len(f.leaves) {
			next := f.leaves[i+1].from
			if bytes.Compare(next, start) <= 0 {
				continue // the first leaf was parted
			}
			if bytes.Compare(next, end) <= 0 {
				if until = next; begins {
					l.empty(&f.chunks)
					continue
				}
			}
		}
		if l.deleteRange(&f.chunks, from, until); l.bytes >= l.limit {
			f.overflow(i) // what it is parted into is told again, which changes nothing
		}
	}
}

func (f *Fold) yield() {
	if f.Yield != nil {
		f.Yield()
	}
}

// Bytes is the size of the payloads taken.
func (f *Fold) Bytes() int { return f.bytes }

// Held is about how much memory what was taken has.
func (f *Fold) Held() int { return f.chunks.held }

// Len is the number of operations taken.
func (f *Fold) Len() int { return f.operations }

// Reset empties the fold and keeps its memory, and the ranges of its leaves where there was much between them.
func (f *Fold) Reset() {
	clear(f.ranges)
	if cap(f.sorter.data) > mostSorted {
		f.sorter = sorter{}
	}
	f.ranges, f.bytes, f.operations, f.spans, f.sealed = f.ranges[:0], 0, 0, nil, false
	if len(f.leaves) == 0 {
		return
	}
	kept, has := f.leaves[:1], 0
	for i, l := range f.leaves {
		if i > 0 && has >= f.leafLimit()/8 && len(kept) < mostKept {
			kept, has = append(kept, l), 0
		}
		has += l.bytes
		l.empty(&f.chunks)
		l.limit = f.leafLimit()
	}
	clear(f.leaves[len(kept):])
	f.leaves = kept
	f.bound(0, len(kept))
}

// mostKept is how many leaves an emptied fold keeps, mostSorted how large what it sorts in may be: a leaf with a large value takes more.
const (
	mostKept   = 2048
	mostSorted = 1 << 20
)

// Expect parts the keys of an empty fold as another one has them parted.
func (f *Fold) Expect(other *Fold) {
	f.leaves = f.leaves[:0]
	for _, l := range other.leaves {
		f.leaves = append(f.leaves, f.newLeaf(l.from))
	}
	f.bound(0, len(f.leaves))
}

// Seal makes the result, to be read as often as one likes. Nothing can be added any more.
func (f *Fold) Seal() {
	if f.sealed {
		return
	}
	f.sealed = true
	f.spans = disjoint(f.ranges)
	for _, l := range f.leaves {
		f.sorter.take(l, f.yield)
		f.rewrite(l, f.sorter.entries)
	}
	f.sorter, f.chunks.free = sorter{}, nil
}

// Each visits the result: every key that was touched and not removed by a later range, ascending, once, with its last
// value or the fact that it was deleted; and every range, ascending, disjoint, in whatever order to the keys. Ranges
// come first. What it gives must not be kept.
func (f *Fold) Each(ranges func(start, end []byte) error, keys func(key, value []byte, deleted bool) error) error {
	if f.sealed {
		if err := eachUnion(f.spans, ranges); err != nil {
			return err
		}
		return f.eachSealed(keys)
	}
	if err := eachUnion(disjoint(f.ranges), ranges); err != nil {
		return err
	}
	var key []byte
	for _, l := range f.leaves {
		f.sorter.take(l, f.yield)
		key = append(key[:0], l.prefix...)
		for i, e := range f.sorter.entries {
			if i%yieldEvery == 0 {
				f.yield()
			}
			op, rest, value := group.At(f.sorter.data, int(e.at))
			key = append(key[:len(l.prefix)], rest...)
			if err := keys(key, value, op == group.Delete); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Fold) eachSealed(keys func(key, value []byte, deleted bool) error) error {
	c := f.Seek(nil)
	for n := 0; c.Next(); n++ {
		if n%yieldEvery == 0 {
			f.yield()
		}
		if err := keys(c.Key, c.Value, c.Deleted); err != nil {
			return err
		}
	}
	return nil
}
