package fold

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"sort"
)

// index finds the leaf of a key: by the first bytes in which leaves differ, of which a table tells about where to look. Where keys
// are spread evenly, as hashes make them, that is the leaf or one beside it. The table is of most leaves, whose bounds have much in
// common; where there are keys of another kind beside them, a few of these would else leave all others to one slot.
type index struct {
	leaves []*leaf
	first  int    // of the leaves in the table
	behind int    // them
	common []byte // what their bounds begin with
	begins []byte // what is missing of the keys that findInside is asked for
	inside bool   // so does common, which then goes on with tail
	tail   []byte
	mask   uint64 // of the bytes that tail has of a word, which want is; 0 if that is none, or more than a word
	want   uint64
	words  []uint64 // of each of them, the bytes behind common; and one more that nothing is behind
	// table tells by the words how many of them to skip. It is so large that hardly any slot has more than one: where the next operation
	// goes is not guessed wrong then, which would cost as much as all the rest.
	table []uint32
	shift int
}

// slotsPerLeaf is about how many slots there are for each leaf, leastSlots how many at least.
const (
	slotsPerLeaf = 8
	leastSlots   = 1 << 10
)

// bound is called when the leaves from i up to j begin elsewhere than before.
func (f *Fold) bound(i, j int) {
	for ; i < j; i++ {
		if l := f.leaves[i]; i+1 < len(f.leaves) {
			l.prefix = l.from[:shared(l.from, f.leaves[i+1].from)]
		} else {
			l.prefix = nil
		}
		f.unstage(i)
	}
	f.index.make(f.leaves)
}

// shared is how many bytes a and b have in common at their beginnings.
func shared(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

func (x *index) make(leaves []*leaf) {
	x.leaves = leaves
	if len(leaves) < 2 {
		return
	}
	x.choose()
	x.align()
	x.words = x.words[:0]
	for _, l := range leaves[x.first:x.behind] {
		x.words = append(x.words, wordOf(l.from[len(x.common):]))
	}
	words := x.words
	x.words = append(x.words, math.MaxUint64)
	slots := max(leastSlots, 1<<bits.Len(uint(slotsPerLeaf*len(words))))
	x.shift = max(bits.Len64(words[len(words)-1]-words[0])-bits.Len(uint(slots))+1, 0)
	x.table = slices.Grow(x.table[:0], slots+1)[:slots+1]
	n := 0
	for t := range x.table {
		for n < len(words) && x.slot(words[n]) < t {
			n++
		}
		x.table[t] = uint32(n)
	}
}

// choose finds the half of the leaves, or more, whose bounds have most in common: those in the middle are among them.
func (x *index) choose() {
	x.first, x.behind, x.common = 1, len(x.leaves), nil
	middle := x.leaves[len(x.leaves)/2].from
	for n := 1; n <= len(middle); n++ {
		common, among := middle[:n], x.leaves[x.first:x.behind]
		first := sort.Search(len(among), func(i int) bool { return bytes.Compare(among[i].from, common) >= 0 })
		behind := sort.Search(len(among), func(i int) bool {
			return bytes.Compare(among[i].from, common) > 0 && !bytes.HasPrefix(among[i].from, common)
		})
		if 2*(behind-first) < len(x.leaves)-1 {
			return
		}
		x.first, x.behind, x.common = x.first+first, x.first+behind, common
	}
}

// slot is where in the table a word stands that is not less than that of the first leaf there.
func (x *index) slot(word uint64) int {
	return int(min((word-x.words[0])>>(x.shift&63), uint64(len(x.table)-2)))
}

// within says what is missing of the keys that findInside is asked for from now on.
func (x *index) within(begins []byte) {
	if !bytes.Equal(begins, x.begins) {
		x.begins = append(x.begins[:0], begins...)
		x.align()
	}
}

func (x *index) align() {
	x.tail, x.inside = bytes.CutPrefix(x.common, x.begins)
	x.mask, x.want = 0, 0
	if n := len(x.tail); n <= 8 {
		x.mask = ^(^uint64(0) >> (8 * n))
		x.want = wordOf(x.tail) & x.mask
	}
}

// find is the number of the leaf that a key belongs to: the last that does not begin behind it.
func (x *index) find(key []byte) int {
	switch {
	case len(x.leaves) < 2:
		return 0
	case bytes.HasPrefix(key, x.common):
		return x.findBehind(key[len(x.common):])
	default:
		return x.findOther(key)
	}
}

// findInside is find for a key of which is missing what begins is; ok is false if it takes the whole key.
func (x *index) findInside(key []byte) (i int, ok bool) {
	if len(x.leaves) < 2 {
		return 0, true
	}
	n := len(x.tail)
	if !x.inside || len(key) < n || wordOf(key)&x.mask != x.want || n > 8 && !bytes.HasPrefix(key, x.tail) {
		return 0, false
	}
	return x.findBehind(key[n:]), true
}

// findBehind is find for a key that begins as those in the table, of which that is missing.
func (x *index) findBehind(key []byte) int {
	word := wordOf(key)
	if word < x.words[0] {
		return x.first - 1
	}
	slot := x.slot(word)
	i, end := int(x.table[slot]), int(x.table[slot+1])
	if end-i > 8 {
		i += sort.Search(end-i, func(n int) bool { return x.words[i+n] > word })
	} else {
		for i < end && x.words[i] <= word {
			i++
		}
	}
	for i--; i >= 0 && x.words[i] == word && bytes.Compare(x.leaves[x.first+i].from[len(x.common):], key) > 0; i-- {
	}
	return x.first + i
}

// findOther is find for a key that does not begin as those in the table.
func (x *index) findOther(key []byte) int {
	from, to := 1, x.first
	if bytes.Compare(key, x.common) > 0 {
		from, to = x.behind, len(x.leaves)
	}
	return from - 1 + sort.Search(to-from, func(i int) bool { return bytes.Compare(x.leaves[from+i].from, key) > 0 })
}

// wordOf is the first eight bytes of a key as a big-endian word, filled up with zeros.
func wordOf(key []byte) uint64 {
	if len(key) >= 8 {
		return binary.BigEndian.Uint64(key)
	}
	if cap(key) >= 8 {
		return binary.BigEndian.Uint64(key[:8]) &^ (1<<(64-8*len(key)) - 1)
	}
	var w [8]byte
	copy(w[:], key)
	return binary.BigEndian.Uint64(w[:])
}
