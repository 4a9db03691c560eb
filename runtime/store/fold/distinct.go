package fold

import (
	"hash/maphash"
	"math"
	"math/bits"
	"slices"

	"github.com/portals-lang/portals/runtime/store/group"
)

// Where keys repeat, most operations of a leaf are dropped. To find these by hashing takes less than to sort all of them: so it is done
// first, if the sorter's last leaf had many. A leaf that has become too large need not be sorted then.

// manyRepeat is the part of a leaf's operations whose keys come again in it, from which these are many.
const manyRepeat = 0.25

// gone is the length of entries that are to be dropped.
const gone = math.MaxUint32

var seed = maphash.MakeSeed()

// hash is that of an entry's key.
func (s *sorter) hash(e *entry) uint64 {
	high := e.high
	if e.length > inEntry {
		_, key, _ := s.op(e)
		high = maphash.Bytes(seed, key)
	}
	to, with := bits.Mul64(high^0x9e3779b97f4a7c15, e.low^uint64(e.length)<<56^0xbf58476d1ce4e5b9)
	return to ^ with
}

// distinct drops all but the last of the entries of each key, and leaves the others as they are.
func (s *sorter) distinct() {
	size := bits.Len(uint(2 * len(s.entries)))
	s.slots = slices.Grow(s.slots[:0], 1<<size)[:1<<size]
	clear(s.slots)
	mask, all := uint64(len(s.slots)-1), s.entries
	for i := range all {
		e := &all[i]
		for at := s.hash(e) & mask; ; at = (at + 1) & mask {
			slot := &s.slots[at]
			if *slot == 0 {
				*slot = uint32(i + 1)
				break
			}
			if before := &all[*slot-1]; before.high == e.high && before.low == e.low && s.sameKey(before, e) {
				before.length = gone
				*slot = uint32(i + 1)
				break
			}
		}
	}
	kept := 0
	for i := range all {
		all[kept] = all[i]
		kept += int(1 - all[i].length>>31) // no branch, which would be guessed wrong
	}
	s.drops(len(all)-kept, len(all))
	s.entries = all[:kept]
}

// drops notes that of so many entries some are dropped. Of none, it says nothing.
func (s *sorter) drops(dropped, of int) {
	if of > 0 {
		s.repeats = float64(dropped) >= manyRepeat*float64(of)
	}
}

// Condense drops what was overwritten meanwhile, and gives how much memory what is left has.
func (f *Fold) Condense() int {
	for i, l := range f.leaves {
		f.flush(i)
		f.condense(l)
		f.yield()
	}
	return f.Held()
}

func (f *Fold) condense(l *leaf) {
	if l.ranged || l.bytes == 0 {
		return
	}
	f.sorter.collect(l)
	f.sorter.read()
	all := len(f.sorter.entries)
	if f.sorter.distinct(); len(f.sorter.entries) < all {
		f.keep(l)
	}
}

// keep leaves in a leaf the entries that the sorter has of it, which are in the order in which they came.
func (f *Fold) keep(l *leaf) {
	l.empty(&f.chunks)
	data := f.sorter.data
	for _, e := range f.sorter.entries {
		l.append(&f.chunks, group.Whole(data, int(e.at)))
	}
}
