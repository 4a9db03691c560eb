package fold

import (
	"encoding/binary"
	"slices"
)

// entry is one operation on a key: eight bytes of the key, and where the operation stands.
type entry struct {
	word uint64
	at   place
}

// word is the eight bytes of a key from depth on, so that words compare as the bytes do. A key that ends inside is
// filled up with zeros.
func word(key []byte, depth int) uint64 {
	if len(key) >= depth+8 {
		return binary.BigEndian.Uint64(key[depth:])
	}
	var w [8]byte
	if depth < len(key) {
		copy(w[:], key[depth:])
	}
	return binary.BigEndian.Uint64(w[:])
}

// sort orders the entries by key, and those of equal keys by place. It sorts by the first word; then each run of equal
// words by the next, and so on. Keys of a run that end inside its word are prefixes of the others, up to zeros: they
// go first, the shorter before the longer.
func (f *Fold) sort() {
	f.scratch = slices.Grow(f.scratch[:0], len(f.entries))[:len(f.entries)]
	f.sortFrom(f.entries, f.scratch, 0)
}

// sortFrom sorts entries that agree before depth and whose words are those at depth.
func (f *Fold) sortFrom(entries, scratch []entry, depth int) {
	byWord(entries, scratch)
	for i := 0; i < len(entries); {
		end := i + 1
		for end < len(entries) && entries[end].word == entries[i].word {
			end++
		}
		if end-i > 1 {
			f.sortRun(entries[i:end], scratch[i:end], depth+8)
		}
		i = end
	}
}

// sortRun sorts entries whose keys agree, up to zeros, before depth.
func (f *Fold) sortRun(run, scratch []entry, depth int) {
	ended, alike := 0, true
	first := -1
	for i := range run {
		_, key, _ := f.op(run[i].at)
		n := min(len(key), depth+1) // depth+1 stands for all that go on
		if first < 0 {
			first = n
		}
		alike = alike && n == first
		if n <= depth {
			ended++
		}
		run[i].word = uint64(n)
	}
	if !alike {
		byWord(run, scratch)
	}
	run, scratch = run[ended:], scratch[ended:]
	if len(run) == 0 {
		return
	}
	for i := range run {
		_, key, _ := f.op(run[i].at)
		run[i].word = word(key, depth)
	}
	f.sortFrom(run, scratch, depth)
}

// fewEntries is where counting bytes costs more than moving entries about one by one.
const fewEntries = 48

// byWord sorts by word and is stable: by insertion if they are few, else by radix, least byte first, leaving out the
// bytes in which all words agree.
func byWord(entries, scratch []entry) {
	if len(entries) <= fewEntries {
		for i := 1; i < len(entries); i++ {
			e := entries[i]
			j := i
			for ; j > 0 && entries[j-1].word > e.word; j-- {
				entries[j] = entries[j-1]
			}
			entries[j] = e
		}
		return
	}
	differ := uint64(0)
	for i := range entries {
		differ |= entries[i].word ^ entries[0].word
	}
	from, to := entries, scratch
	for shift := 0; shift < 64; shift += 8 {
		if byte(differ>>shift) == 0 {
			continue
		}
		var next [256]int
		for i := range from {
			next[byte(from[i].word>>shift)]++
		}
		sum := 0
		for b, n := range next {
			next[b] = sum
			sum += n
		}
		for _, e := range from {
			b := byte(e.word >> shift)
			to[next[b]] = e
			next[b]++
		}
		from, to = to, from
	}
	if &from[0] != &entries[0] {
		copy(entries, from)
	}
}
