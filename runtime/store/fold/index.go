package fold

import (
	"bytes"
	"encoding/binary"
	"sort"
)

// index finds the leaf of a key: by the first bytes in which leaves differ, of which a table tells about where to look. Where keys
// are spread evenly, as hashes make them, that is the leaf or one beside it.
type index struct {
	leaves []*leaf
	common []byte   // what all leaves but the first begin with
	words  []uint64 // of each leaf, the bytes behind that; of the first one 0
	table  [indexSize + 1]uint32
	shift  int
}

const indexSize = 1 << 10

// bound is called when the leaves from i up to j begin elsewhere than before.
func (f *Fold) bound(i, j int) {
	for ; i < j; i++ {
		if l := f.leaves[i]; i+1 < len(f.leaves) {
			l.prefix = l.from[:shared(l.from, f.leaves[i+1].from)]
		} else {
			l.prefix = nil
		}
		f.leaves[i].cut = len(f.leaves[i].prefix)
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
	least, most := leaves[1].from, leaves[len(leaves)-1].from
	x.common = least[:shared(least, most)]
	x.words = append(x.words[:0], 0)
	for _, l := range leaves[1:] {
		x.words = append(x.words, wordOf(l.from[len(x.common):]))
	}
	for x.shift = 0; (x.words[len(leaves)-1]-x.words[1])>>x.shift >= indexSize; {
		x.shift++
	}
	n := 1
	for t := range x.table {
		for n < len(leaves) && x.slot(x.words[n]) < t {
			n++
		}
		x.table[t] = uint32(n)
	}
}

// slot is where in the table a word stands that is not less than that of the second leaf.
func (x *index) slot(word uint64) int {
	return int(min((word-x.words[1])>>x.shift, indexSize-1))
}

// find is the number of the leaf that a key belongs to: the last that does not begin behind it.
func (x *index) find(key []byte) int {
	if len(x.leaves) < 2 {
		return 0
	}
	if !bytes.HasPrefix(key, x.common) {
		if bytes.Compare(key, x.common) < 0 {
			return 0
		}
		return len(x.leaves) - 1
	}
	word := wordOf(key[len(x.common):])
	if word < x.words[1] {
		return 0
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
	for i--; i > 0 && x.words[i] == word && bytes.Compare(x.leaves[i].from, key) > 0; i-- {
	}
	return i
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
