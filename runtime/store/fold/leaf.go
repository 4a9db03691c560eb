package fold

import (
	"bytes"
	"encoding/binary"
	"sync"

	"github.com/portals-lang/portals/runtime/store/group"
)

// leaf is what was done to the keys from one up to the one that the next leaf begins with.
type leaf struct {
	last  []byte // behind full, and not yet full
	bytes int
	limit int // of bytes, from which it is sorted

	full   [][]byte
	from   []byte
	prefix []byte // what all keys of the leaf begin with; it is left out of them

	mu      sync.Mutex // held while a leaf of a sealed fold is read that is not settled, and while it is settled
	settled bool       // it is in order, and does not change any more
	ranged  bool       // there are ranges in it
}

// leafBytes is how much a leaf may have before it is sorted, and parted if much is left. It is sorted within a processor's second
// cache then, which takes five times as much. partInto is how many are made of it: more would leave some of them hardly filled, and with
// fewer the first operations are sorted more often.
const (
	leafBytes = 64 << 10
	partInto  = 8
	leastPart = 2 * partInto // entries of what is parted
)

// When it is known how much log comes, there is a leaf for each leafLog of it, so that hardly one becomes so large that it is sorted,
// if the first keys were like the others: that would take as long as all the rest. Where each of them begins is found in the first
// operations, so many bytes of them as sampleBytes for each, which are at least leastSample. In much log, groups are so large that these may be
// the keys of one lane only: then four times as much is looked at.
const (
	leafLog       = 64 << 10
	mostOfLeafLog = 2 * leafLog // what such a leaf may have before it is sorted
	sampleBytes   = 256
	largeSample   = 4 * sampleBytes
	leastSample   = 8
)

// chunkBytes is how much memory a leaf gets at a time. An operation lies within a chunk; a large one has its own.
const chunkBytes = 4 << 10

// slabChunks is how many chunks are allocated at a time.
const slabChunks = 64

// pool is where leaves have their chunks from.
type pool struct {
	free [][]byte
	held int // bytes of chunks in use
}

func (p *pool) take(size int) []byte {
	if size > chunkBytes {
		p.held += size
		return make([]byte, 0, size)
	}
	if len(p.free) == 0 {
		slab := make([]byte, slabChunks*chunkBytes)
		for from := 0; from < len(slab); from += chunkBytes {
			p.free = append(p.free, slab[from:from:from+chunkBytes])
		}
	}
	p.held += chunkBytes
	chunk := p.free[len(p.free)-1]
	p.free = p.free[:len(p.free)-1]
	return chunk
}

func (p *pool) give(chunk []byte) {
	if p.held -= cap(chunk); cap(chunk) == chunkBytes {
		p.free = append(p.free, chunk[:0])
	}
}

// longestHead is the most that the length of a key takes.
const longestHead = binary.MaxVarintLen64

// put appends an operation on a key of some length; rest is all of the operation from its key on.
func (l *leaf) put(p *pool, op group.Op, length int, rest []byte) {
	n := len(l.prefix)
	to := l.room(p, len(rest)-n+longestHead)
	to = append(binary.AppendUvarint(to, uint64(length-n)<<2|uint64(op)), rest[n:]...)
	l.bytes += len(to) - len(l.last)
	l.last = to
}

// append appends operations that are encoded for the leaf.
func (l *leaf) append(p *pool, operations []byte) {
	l.last = append(l.room(p, len(operations)), operations...)
	l.bytes += len(operations)
}

// deleteRange appends the deletion of a range that lies in the leaf.
func (l *leaf) deleteRange(p *pool, start, end []byte) {
	n := len(l.prefix)
	start, end = start[n:], end[n:]
	to := l.room(p, len(start)+len(end)+2*longestHead)
	to = append(binary.AppendUvarint(to, uint64(len(start))<<2|uint64(group.DeleteRange)), start...)
	to = append(binary.AppendUvarint(to, uint64(len(end))), end...)
	l.bytes += len(to) - len(l.last)
	l.last, l.ranged = to, true
}

// room is the chunk in which so much can be appended.
func (l *leaf) room(p *pool, size int) []byte {
	if cap(l.last)-len(l.last) >= size {
		return l.last
	}
	if len(l.last) > 0 {
		l.full = append(l.full, l.last)
	} else if l.last != nil {
		p.give(l.last)
	}
	l.last = p.take(size)
	return l.last
}

// empty takes everything from a leaf.
func (l *leaf) empty(p *pool) {
	for _, chunk := range l.full {
		p.give(chunk)
	}
	if l.last != nil {
		p.give(l.last)
	}
	clear(l.full)
	l.full, l.last, l.bytes, l.settled, l.ranged = l.full[:0], nil, 0, false, false
}

// chunk is one of those that a leaf has, in order; nil behind the last.
func (l *leaf) chunk(i int) []byte {
	switch {
	case i < len(l.full):
		return l.full[i]
	case i == len(l.full):
		return l.last
	}
	return nil
}

func (f *Fold) newLeaf(from []byte) *leaf { return &leaf{from: from, limit: f.leafLimit()} }

// manyLeaves is from how many leaves on these may become larger. The index is made anew when one is parted; where keys come in their
// order, so that the last leaf is parted all the time, that would be most of the work.
const manyLeaves = 2048

func (f *Fold) leafLimit() int {
	limit := leafBytes
	switch {
	case f.limit > 0:
		limit = f.limit
	case f.parts > 0:
		limit = mostOfLeafLog
	}
	return limit * max(1, len(f.leaves)/manyLeaves)
}

// overflow sorts a leaf that has become too large, and parts it if much is left.
func (f *Fold) overflow(i int) {
	l := f.leaves[i]
	f.flush(i)
	if f.sorter.repeats {
		if f.condense(l); l.bytes <= l.limit/2 {
			f.yield()
			return
		}
	}
	f.sorter.collect(l)
	f.sorter.order(f.yield)
	entries := f.sorter.entries
	f.rewrite(l, entries)
	if l.bytes <= l.limit/2 {
		return
	}
	if limit := f.leafLimit(); l.limit < limit {
		l.limit = limit
		return
	}
	if len(entries) < leastPart {
		l.limit = 2 * l.bytes
		return
	}
	into := partInto
	if len(f.leaves) == 1 {
		into = max(into, min(f.parts, len(entries)/leastSample))
	}
	parts := make([]*leaf, 0, into-1)
	for n := 1; n < into; n++ {
		_, rest, _ := group.At(f.sorter.data, int(entries[n*len(entries)/into].at))
		parts = append(parts, f.newLeaf(append(bytes.Clone(l.prefix), rest...)))
	}
	before := len(l.prefix)
	l.empty(&f.chunks)
	l.limit = f.leafLimit()
	f.leaves = append(f.leaves[:i+1], append(parts, f.leaves[i+1:]...)...)
	f.stage(i, into)
	f.bound(i, i+into)
	for n := range into {
		f.fill(f.leaves[i+n], entries[n*len(entries)/into:(n+1)*len(entries)/into], before)
	}
}

// rewrite gives a leaf the entries that the sorter has of it.
func (f *Fold) rewrite(l *leaf, entries []entry) {
	l.empty(&f.chunks)
	f.fill(l, entries, len(l.prefix))
}

// fill appends entries of the sorter to a leaf. They come without so many bytes of their keys, of which the leaf may leave out more.
func (f *Fold) fill(l *leaf, entries []entry, before int) {
	more := len(l.prefix) - before
	for _, e := range entries {
		r := group.ReadAt(f.sorter.data, int(e.at))
		op, key, _, _ := r.Next()
		to := l.room(&f.chunks, len(key)+len(r.Rest())+longestHead)
		head := uint64(len(key)-more)<<2 | uint64(op)
		to = append(binary.AppendUvarint(to, head), r.Rest()[more:]...)
		l.bytes += len(to) - len(l.last)
		l.last = to
	}
}
