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
// fold takes no more memory than what it amounts to and, for each leaf, as much again. Condense leaves only the last operations
// everywhere, for who has no memory for more.
//
// In the end each leaf is sorted once more, one after the other (see order.go). An emptied fold keeps its leaves, since the next
// stretch of the log will have much the same keys; so then nothing is parted any more.
//
// A fold that was sealed can be read like a map, too: so what a store finds in its log when it is opened need not become a
// table before it is of use. Nor is it sorted before: somebody waits, and has another use for the processors. Told how much will
// come, a fold makes thousands of small leaves at once, by the first keys that it sees; who asks for a key goes through one of
// them from its first operation to its last. A leaf is put in order when somebody goes through its keys.
package fold

import (
	"bytes"
	"sync"

	"github.com/portals-lang/portals/runtime/store/group"
)

// Fold collects groups. The zero Fold is empty and ready.
type Fold struct {
	Yield func() // called after every some hundred operations, if it is not nil: lets others have the processor

	// Progress is told how much of the result Each has visited, from 0 to 1, if it is not nil.
	Progress func(part float64)

	leaves     []*leaf // in order of their keys; the first one begins before all
	staged     []byte  // see stage.go
	index      index
	ranges     ranges
	sealed     bool
	bytes      int
	operations int
	chunks     pool
	sorter     sorter
	whole      []byte // scratch, see wholeOf
	run        run    // scratch, see putRun
	limit      int    // bytes from which a leaf is sorted; 0: as leafBytes
	parts      int    // how many leaves the first one is parted into; 0: as partInto
	sample     int    // bytes of the first operations that are looked at for each of them

	settling sync.Mutex // held while a leaf is put in order that others read
}

// yieldEvery is how many operations, of some 30 ns, are taken between two rests.
const yieldEvery = 512

// Add takes the next group, of which it keeps nothing. It reports false if the payload is not a sequence of operations.
func (f *Fold) Add(payload []byte) bool {
	if len(f.leaves) == 0 {
		f.begin()
	}
	f.bytes += len(payload)
	r := group.Read(payload)
	f.index.within(nil)
	at, rested := 0, f.operations
	var like group.Shape
	f.yield()
	for at < len(payload) {
		if f.operations-rested >= yieldEvery {
			f.yield()
			rested = f.operations
		}
		if behind := f.putRun(payload, at, &like); behind > at {
			at = behind
			continue
		}
		f.operations++
		short := like.Fits(payload, at)
		if !short {
			like, short = group.ShapeAt(payload, at)
		}
		if short {
			end := at + like.Bytes()
			f.put(group.Put, like.Key(), payload[at+1:end])
			at = end
			continue
		}
		r.Seek(at)
		op, key, value, ok := r.Next()
		if at = r.End(); !ok {
			f.operations--
			break
		}
		f.index.within(key[:r.LeftOut()])
		if op == group.DeleteRange {
			f.deleteRange(key, value)
		} else {
			f.put(op, len(key)-r.LeftOut(), r.Rest())
		}
	}
	return at == len(payload)
}

// begin makes the first leaf.
func (f *Fold) begin() {
	f.leaves, f.staged = []*leaf{f.newLeaf(nil)}, make([]byte, stageBytes)
	f.bound(0, 1)
	if f.parts > 0 {
		f.leaves[0].limit = f.parts * f.sample
	}
}

// deleteRange tells the leaves that a range lies in, and keeps the range for what lies below.
func (f *Fold) deleteRange(start, end []byte) {
	f.ranges.add(start, end)
	for i := f.index.find(start); i < len(f.leaves) && bytes.Compare(f.leaves[i].from, end) < 0; i++ {
		f.flush(i)
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
func (f *Fold) Held() int { return f.chunks.held + f.ranges.held }

// Len is the number of operations taken.
func (f *Fold) Len() int { return f.operations }

// Reset empties the fold and keeps its memory, and the ranges of its leaves where there was much between them.
func (f *Fold) Reset() {
	f.sorter.shrink()
	if cap(f.whole) > leafBytes {
		f.whole = nil
	}
	f.ranges, f.bytes, f.operations, f.sealed = ranges{}, 0, 0, false
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
	f.leaves, f.staged = kept, f.staged[:len(kept)*stageBytes]
	f.bound(0, len(kept))
}

// mostKept is how many leaves an emptied fold keeps.
const mostKept = 2048

// Expect tells an empty fold, before its first use, how much log it is about to take, and how much memory it may take for it. Then it
// makes leaves of so few keys that each can be gone through for one of them. Large tells that groups may be so large that the first ones do
// not have keys of all kinds.
func (f *Fold) Expect(log, memory int64, large bool) {
	if leaves := min(log, memory) / leafLog; leaves > partInto {
		f.parts, f.sample = int(leaves), sampleBytes
		if large {
			f.sample = largeSample
		}
	}
}

// Seal ends adding: from then on the result can be read, by several at a time and as often as they like.
func (f *Fold) Seal() {
	if f.sealed {
		return
	}
	f.sealed = true
	f.ranges.unite()
	f.flushAll()
}

// settle puts a leaf of a sealed fold in order, for good. It is called with the leaf locked.
func (f *Fold) settle(l *leaf) {
	if l.settled {
		return
	}
	f.settling.Lock()
	defer f.settling.Unlock()
	f.sorter.collect(l)
	f.sorter.order(func() {})
	f.rewrite(l, f.sorter.entries)
	f.sorter.shrink()
	l.settled = true
}

// Each visits the result: every key that was touched and not removed by a later range, ascending, once, with its last
// value or the fact that it was deleted; and every range, ascending, disjoint, in whatever order to the keys. Ranges
// come first. What it gives must not be kept.
func (f *Fold) Each(ranges func(start, end []byte) error, keys func(key, value []byte, deleted bool) error) error {
	s := &sorter{}
	if !f.sealed {
		f.flushAll()
		f.ranges.unite()
		s = &f.sorter
	}
	for _, r := range f.ranges.spans {
		if err := ranges(r.start, r.end); err != nil {
			return err
		}
	}
	var key []byte
	for n, l := range f.leaves {
		if f.Progress != nil {
			f.Progress(float64(n) / float64(len(f.leaves)))
		}
		s.copy(l)
		s.order(f.yield)
		key = append(key[:0], l.prefix...)
		for i, e := range s.entries {
			if i%yieldEvery == 0 {
				f.yield()
			}
			op, rest, value := group.At(s.data, int(e.at))
			key = append(key[:len(l.prefix)], rest...)
			if err := keys(key, value, op == group.Delete); err != nil {
				return err
			}
		}
	}
	return nil
}
