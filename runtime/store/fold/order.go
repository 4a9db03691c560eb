package fold

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// An entry is one operation on a key, in 24 bytes: sixteen bytes of the key, how many bytes the key has, and where
// the operation stands. Keys of up to sixteen bytes, which most are, can so be sorted and compared without looking at
// the log again, where every look is a cache miss.
type entry struct {
	high, low uint64 // bytes of the key as big-endian words, filled up with zeros
	at        place
}

// inEntry is how many bytes of a key an entry has.
const inEntry = 16

// A place is, from the top: the length of the key, up to inEntry+1 for all that are longer; the number of the
// payload; the offset in it. Of two operations on one key, the later one has the greater place.
type place uint64

const (
	offsetBits  = 31 // wal.MaxPayload
	payloadBits = 28 // a fold is given far fewer bytes than that
	lengthShift = offsetBits + payloadBits
)

func placeOf(length, payload, offset int) place {
	return place(min(length, inEntry+1))<<lengthShift | place(payload)<<offsetBits | place(offset)
}

func (p place) length() int  { return int(p >> lengthShift) }
func (p place) payload() int { return int(p >> offsetBits & (1<<payloadBits - 1)) }
func (p place) offset() int  { return int(p & (1<<offsetBits - 1)) }

// before reports whether p stands before q in the log, whatever their keys.
func (p place) before(q place) bool {
	const where = 1<<lengthShift - 1
	return p&where < q&where
}

// words are the sixteen bytes of a key.
func words(key []byte) (high, low uint64) {
	if len(key) >= inEntry {
		return binary.BigEndian.Uint64(key), binary.BigEndian.Uint64(key[8:])
	}
	var w [inEntry]byte
	copy(w[:], key)
	return binary.BigEndian.Uint64(w[:]), binary.BigEndian.Uint64(w[8:])
}

// sort orders the entries by key, and those of equal keys by place.
func (f *Fold) sort() {
	f.scratch = slices.Grow(f.scratch[:0], len(f.entries))[:len(f.entries)]
	f.sortFrom(f.entries, f.scratch, 0)
}

// sortFrom sorts entries that agree before depth and hold the bytes from there on: by those bytes, then the shorter
// before the longer. Of those that agree in the bytes and go on, the next sixteen bytes are fetched and sorted by.
func (f *Fold) sortFrom(entries, scratch []entry, depth int) {
	f.sortWords(entries, scratch)
	for i := 0; i < len(entries); {
		e, end := entries[i], i+1
		if e.at.length() <= inEntry {
			i = end
			continue
		}
		for end < len(entries) && entries[end].high == e.high && entries[end].low == e.low {
			end++
		}
		if end-i > 1 {
			f.sortLonger(entries[i:end], scratch[i:end], depth+inEntry)
		}
		i = end
	}
}

// sortLonger sorts entries of keys that agree before depth and go on there.
func (f *Fold) sortLonger(run, scratch []entry, depth int) {
	high, low := run[0].high, run[0].low
	for i := range run {
		_, key, _ := f.op(run[i].at)
		run[i].high, run[i].low = words(key[depth:])
		run[i].at = placeOf(len(key)-depth, run[i].at.payload(), run[i].at.offset())
	}
	f.sortFrom(run, scratch, depth)
	for i := range run {
		run[i] = entry{high, low, placeOf(inEntry+1, run[i].at.payload(), run[i].at.offset())}
	}
}

// fewEntries is where counting bytes costs more than moving entries about one by one; manyEntries do not fit into the
// processor's caches.
const (
	fewEntries  = 48
	manyEntries = 1 << 13
)

// sortWords sorts by words and length and is stable: by insertion if they are few, else by radix, leaving out the bytes in
// which all agree. Many are parted by the first byte in which they differ, so that each part is sorted within the caches; the
// others go least byte first.
func (f *Fold) sortWords(entries, scratch []entry) {
	if len(entries) <= fewEntries {
		insert(entries)
		return
	}
	high, low, length := f.differ(entries)
	if len(entries) > manyEntries && high|low != 0 {
		f.part(entries, scratch, high, low)
		return
	}
	from, to := entries, scratch
	if length != 0 {
		scatterAt(from, to, lengthShift)
		from, to = to, from
	}
	for shift := 0; shift < 64; shift += 8 {
		if byte(low>>shift) != 0 {
			scatterLow(from, to, shift)
			from, to = to, from
		}
	}
	for shift := 0; shift < 64; shift += 8 {
		if byte(high>>shift) != 0 {
			scatterHigh(from, to, shift)
			from, to = to, from
		}
	}
	if &from[0] != &entries[0] {
		copy(entries, from)
	}
}

// differ tells in which bits of their words, and of the lengths of their keys, not all entries agree.
func (f *Fold) differ(entries []entry) (high, low uint64, length place) {
	first := entries[0]
	f.blocks(len(entries), func(from, to int) {
		for i := range entries[from:to] {
			e := &entries[from+i]
			high |= e.high ^ first.high
			low |= e.low ^ first.low
			length |= (e.at ^ first.at) >> lengthShift
		}
	})
	return high, low, length
}

// part sorts entries that differ in the given bits of their words. It goes through them in blocks, behind each of which others may
// have the processor.
func (f *Fold) part(entries, scratch []entry, high, low uint64) {
	count, move, shift := countLow, moveLow, bits.Len64(low)-1
	if high != 0 {
		count, move, shift = countHigh, moveHigh, bits.Len64(high)-1
	}
	var ends [256]int
	f.blocks(len(entries), func(from, to int) { count(entries[from:to], shift&^7, &ends) })
	begin(&ends)
	f.blocks(len(entries), func(from, to int) { move(entries[from:to], scratch, shift&^7, &ends) })
	f.blocks(len(entries), func(from, to int) { copy(entries[from:to], scratch[from:to]) })
	start := 0
	for _, end := range ends {
		f.sortWords(entries[start:end], scratch[start:end])
		start = end
		f.yield()
	}
}

// blockEntries is how many entries are gone through at a time: some 20 µs of it.
const blockEntries = 1 << 13

// blocks calls work for the numbers up to n, block by block.
func (f *Fold) blocks(n int, work func(from, to int)) {
	for from := 0; from < n; from += blockEntries {
		work(from, min(from+blockEntries, n))
		f.yield()
	}
}

// scatterHigh moves entries into the order of one byte of their high word. So do scatterLow and scatterAt by the other words. They
// are the inner loops of a checkpoint: one for each word, without a call.
func scatterHigh(from, to []entry, shift int) {
	var next [256]int
	countHigh(from, shift, &next)
	begin(&next)
	moveHigh(from, to, shift, &next)
}

func scatterLow(from, to []entry, shift int) {
	var next [256]int
	countLow(from, shift, &next)
	begin(&next)
	moveLow(from, to, shift, &next)
}

func scatterAt(from, to []entry, shift int) {
	var next [256]int
	for i := range from {
		next[byte(from[i].at>>shift)]++
	}
	begin(&next)
	for i := range from {
		n := &next[byte(from[i].at>>shift)]
		to[*n] = from[i]
		*n++
	}
}

// countHigh counts how many entries have each byte; moveHigh moves each to where next tells for its byte, and next on.
func countHigh(from []entry, shift int, next *[256]int) {
	for i := range from {
		next[byte(from[i].high>>shift)]++
	}
}

func countLow(from []entry, shift int, next *[256]int) {
	for i := range from {
		next[byte(from[i].low>>shift)]++
	}
}

func moveHigh(from, to []entry, shift int, next *[256]int) {
	for i := range from {
		n := &next[byte(from[i].high>>shift)]
		to[*n] = from[i]
		*n++
	}
}

func moveLow(from, to []entry, shift int, next *[256]int) {
	for i := range from {
		n := &next[byte(from[i].low>>shift)]
		to[*n] = from[i]
		*n++
	}
}

// begin turns how many there are of each byte into where the first of them goes.
func begin(next *[256]int) {
	sum := 0
	for b, n := range next {
		next[b] = sum
		sum += n
	}
}

func insert(entries []entry) {
	for i := 1; i < len(entries); i++ {
		e := entries[i]
		j := i
		for ; j > 0 && less(&e, &entries[j-1]); j-- {
			entries[j] = entries[j-1]
		}
		entries[j] = e
	}
}

func less(a, b *entry) bool {
	if a.high != b.high {
		return a.high < b.high
	}
	if a.low != b.low {
		return a.low < b.low
	}
	return a.at.length() < b.at.length()
}
