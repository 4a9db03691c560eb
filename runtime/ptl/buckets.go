package ptl

import "math/bits"

// buckets finds the positions of keys by their hashes. It is a linear hash table (Litwin): buckets are split one after
// the other, in the order of their numbers, so the table grows by one bucket with every few insertions and never all at
// once. A bucket fills no more than a cache line.
type buckets struct {
	groups vector[group]
	n      int
}

// group is what is copied at once.
type group [groupSize]bucket

// bucket holds positions; a tag of a slot in use is seven bits of the hash below a one, that of a free slot is 0.
type bucket struct {
	tags uint64 // one byte each
	at   [bucketSize]uint32
	more *bucket // when more than bucketSize entries belong here, which few do; shared between versions, never changed
}

const (
	bucketSize = 8
	// groupSize trades the cost of copying a group for fewer nodes above the groups, which then stay in the caches.
	groupSize = 4
	// bucketLoad is the number of entries per bucket beyond which one is split: a split bucket then has 3 entries, an
	// unsplit one 6 on average.
	bucketLoad = 5
)

const lowBits = 0x0101010101010101

func tagOf(hash uint64) uint64 { return hash>>57 | 0x80 }

// matches marks, by their top bits, the bytes of tags that equal tag.
func matches(tags, tag uint64) uint64 {
	x := tags ^ tag*lowBits
	return ^(x&(0x7f*lowBits) + 0x7f*lowBits | x | 0x7f*lowBits)
}

// number is the bucket for a hash: its low bits, one fewer where that bucket is not split yet.
func (b *buckets) number(hash uint64) int {
	mask := uint64(1)<<bits.Len(uint(b.n-1)) - 1
	i := hash & mask
	if i >= uint64(b.n) {
		i &= mask >> 1
	}
	return int(i)
}

// at gives a bucket to read.
func (b *buckets) at(i int) *bucket { return &b.groups.at(i / groupSize)[i%groupSize] }

// own gives a bucket to write.
func (b *buckets) own(i int, edit uint64) *bucket {
	return &b.groups.own(i/groupSize, edit)[i%groupSize]
}

// add puts an empty bucket behind the others.
func (b *buckets) add(edit uint64) {
	if b.n%groupSize == 0 {
		b.groups.add(edit)
	}
	b.n++
}

// insert notes that what has that hash stands at a position.
func (b *buckets) insert(hash uint64, position uint32, edit uint64) {
	b.own(b.number(hash), edit).insert(tagOf(hash), position)
}

func (b *bucket) insert(tag uint64, position uint32) {
	free := matches(b.tags, 0)
	if free == 0 {
		rest := *b
		*b = bucket{more: &rest}
		free = matches(0, 0)
	}
	i := bits.TrailingZeros64(free) / 8
	b.tags |= tag << (8 * i)
	b.at[i] = position
}

// remove forgets that what has that hash stands at a position.
func (b *buckets) remove(hash uint64, position uint32, edit uint64) {
	own := b.own(b.number(hash), edit)
	for {
		for m := matches(own.tags, tagOf(hash)); m != 0; m &= m - 1 {
			i := bits.TrailingZeros64(m) / 8
			if own.at[i] == position {
				own.tags &^= 0xff << (8 * i)
				return
			}
		}
		rest := *own.more
		own.more = &rest
		own = &rest
	}
}

// split adds one bucket and moves there what belongs there; hash gives the hash of what stands at a position.
func (b *buckets) split(edit uint64, hash func(position uint32) uint64) {
	number := b.n - 1<<(bits.Len(uint(b.n))-1)
	b.add(edit)
	old := *b.at(number)
	*b.own(number, edit) = bucket{}
	for from := &old; from != nil; from = from.more {
		for used := ^matches(from.tags, 0) & (0x80 * lowBits); used != 0; used &= used - 1 {
			position := from.at[bits.TrailingZeros64(used)/8]
			b.insert(hash(position), position, edit)
		}
	}
}
