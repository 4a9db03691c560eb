package fold

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"
	"sort"

	"github.com/portals-lang/portals/runtime/store/group"
)

// An entry is one operation on a key, in 24 bytes: sixteen bytes of the key, how many bytes the key has, and where the operation
// stands. Keys of up to sixteen bytes, which most are without what their leaf leaves out of them, can so be sorted and compared
// without looking at them again.
type entry struct {
	high, low uint64 // bytes of the key as big-endian words, filled up with zeros
	at        uint32
	length    uint32 // of the key, up to inEntry+1 for all that are longer
}

// inEntry is how many bytes of a key an entry has.
const inEntry = 16

func entryOf(key []byte, at uint32) entry {
	e := entry{high: wordOf(key), at: at, length: uint32(min(len(key), inEntry+1))}
	if len(key) > 8 {
		e.low = wordOf(key[8:])
	}
	return e
}

// sorter sorts what was done in a leaf.
type sorter struct {
	data    []byte // the operations, one behind the other
	entries []entry
	scratch []entry
	slots   []uint32 // see distinct
	ranges  []span
	repeats bool // many keys of the last leaf did
	yield   func()
}

// mostSorted is how much a sorter keeps room for: a leaf with a large value takes more.
const mostSorted = 1 << 20

// shrink gives up room that is seldom needed.
func (s *sorter) shrink() {
	if cap(s.data) > mostSorted {
		*s = sorter{repeats: s.repeats}
	}
}

// copy collects the operations of a leaf that others may read.
func (s *sorter) copy(l *leaf) {
	l.mu.Lock()
	defer l.mu.Unlock()
	s.collect(l)
}

// collect copies the operations of a leaf.
func (s *sorter) collect(l *leaf) {
	s.data = s.data[:0]
	for _, chunk := range l.full {
		s.data = append(s.data, chunk...)
	}
	s.data = append(s.data, l.last...)
}

// read makes entries of the operations that were collected.
func (s *sorter) read() {
	s.entries, s.ranges = s.entries[:0], s.ranges[:0]
	var like group.Shape
	for at := 0; at < len(s.data); {
		ok := like.Fits(s.data, at)
		if !ok {
			like, ok = group.ShapeAt(s.data, at)
		}
		if ok {
			s.entries = append(s.entries, entryOf(s.data[at+1:at+1+like.Key()], uint32(at)))
			at += like.Bytes()
			continue
		}
		r := group.ReadAt(s.data, at)
		op, key, value, ok := r.Next()
		if !ok {
			break
		}
		if op == group.DeleteRange {
			s.ranges = append(s.ranges, span{start: key, end: value, at: uint32(at)})
		} else {
			s.entries = append(s.entries, entryOf(r.Rest()[:len(key)], uint32(at)))
		}
		at = r.End()
	}
}

// order makes entries of what the operations that were collected amount to, in order.
func (s *sorter) order(yield func()) {
	s.yield = yield
	s.read()
	if s.repeats {
		s.distinct()
		s.sort()
	} else {
		s.sort()
		all := len(s.entries)
		s.entries = s.newest()
		s.drops(all-len(s.entries), all)
	}
	if len(s.ranges) > 0 && len(s.entries) > 0 {
		s.entries = s.uncovered(disjoint(s.ranges))
	}
}

func (s *sorter) op(e *entry) (op group.Op, key, value []byte) { return group.At(s.data, int(e.at)) }

// newest drops all but the last of the entries of each key.
func (s *sorter) newest() []entry {
	kept := s.entries[:0]
	for i := range s.entries {
		if i+1 == len(s.entries) || !s.sameKey(&s.entries[i], &s.entries[i+1]) {
			kept = append(kept, s.entries[i])
		}
	}
	return kept
}

func (s *sorter) sameKey(a, b *entry) bool {
	if a.high != b.high || a.low != b.low || a.length != b.length {
		return false
	}
	if a.length <= inEntry {
		return true
	}
	_, keyA, _ := s.op(a)
	_, keyB, _ := s.op(b)
	return bytes.Equal(keyA, keyB)
}

// uncovered drops the entries that a later range has removed. Only those that lie in a range are looked at.
func (s *sorter) uncovered(spans []span) []entry {
	bounds := make([][2]int, len(spans))
	for i, span := range spans {
		bounds[i] = [2]int{s.find(span.start), s.find(span.end)}
	}
	kept, next := s.entries[:0], 0
	for i, span := range spans {
		kept = append(kept, s.entries[next:bounds[i][0]]...)
		for next = bounds[i][0]; next < bounds[i][1]; next++ {
			if s.entries[next].at > span.at {
				kept = append(kept, s.entries[next])
			}
		}
	}
	return append(kept, s.entries[next:]...)
}

// find is the number of the first entry whose key is not less than key.
func (s *sorter) find(key []byte) int {
	wanted := entryOf(key, 0)
	return sort.Search(len(s.entries), func(i int) bool { return s.compare(&s.entries[i], key, &wanted) >= 0 })
}

func (s *sorter) compare(e *entry, key []byte, wanted *entry) int {
	switch {
	case e.high != wanted.high:
		return cmp.Compare(e.high, wanted.high)
	case e.low != wanted.low:
		return cmp.Compare(e.low, wanted.low)
	case e.length <= inEntry:
		return cmp.Compare(int(e.length), len(key))
	}
	_, at, _ := s.op(e)
	return bytes.Compare(at, key)
}

// sort orders the entries by key, and those of equal keys as they came.
func (s *sorter) sort() {
	s.scratch = slices.Grow(s.scratch[:0], len(s.entries))[:len(s.entries)]
	s.sortFrom(s.entries, s.scratch, 0)
}

// sortFrom sorts entries that agree before depth and hold the bytes from there on: by those bytes, then the shorter
// before the longer. Of those that agree in the bytes and go on, the next sixteen bytes are fetched and sorted by.
func (s *sorter) sortFrom(entries, scratch []entry, depth int) {
	s.sortWords(entries, scratch)
	for i := 0; i < len(entries); {
		e, end := entries[i], i+1
		if e.length <= inEntry {
			i = end
			continue
		}
		for end < len(entries) && entries[end].high == e.high && entries[end].low == e.low {
			end++
		}
		if end-i > 1 {
			s.sortLonger(entries[i:end], scratch[i:end], depth+inEntry)
		}
		i = end
	}
}

// sortLonger sorts entries of keys that agree before depth and go on there.
func (s *sorter) sortLonger(run, scratch []entry, depth int) {
	high, low := run[0].high, run[0].low
	for i := range run {
		_, key, _ := s.op(&run[i])
		run[i] = entryOf(key[depth:], run[i].at)
	}
	s.sortFrom(run, scratch, depth)
	for i := range run {
		run[i].high, run[i].low, run[i].length = high, low, inEntry+1
	}
}

// fewEntries is where counting bytes costs more than moving entries about one by one; manyEntries do not fit into the
// processor's first cache.
const (
	fewEntries  = 48
	manyEntries = 1 << 13
)

// sortWords sorts by words and length and is stable: by insertion if they are few, else by radix, leaving out the bytes in
// which all agree. Many are parted by the first byte in which they differ, so that each part is sorted within the caches; the
// others go least byte first.
func (s *sorter) sortWords(entries, scratch []entry) {
	if len(entries) <= fewEntries {
		insert(entries)
		return
	}
	high, low, length := differ(entries)
	if len(entries) > manyEntries && high|low != 0 {
		s.part(entries, scratch, high, low)
		return
	}
	from, to := entries, scratch
	if length != 0 {
		scatterByLength(from, to)
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
	s.yield()
}

// differ tells in which bits of their words, and of the lengths of their keys, not all entries agree.
func differ(entries []entry) (high, low uint64, length uint32) {
	first := entries[0]
	for i := range entries {
		e := &entries[i]
		high |= e.high ^ first.high
		low |= e.low ^ first.low
		length |= e.length ^ first.length
	}
	return high, low, length
}

// part sorts entries that differ in the given bits of their words by the first byte of these, and then each part that this gives.
func (s *sorter) part(entries, scratch []entry, high, low uint64) {
	var ends [256]int
	if high != 0 {
		scatterTo(entries, scratch, (bits.Len64(high)-1)&^7, &ends, countHigh, moveHigh)
	} else {
		scatterTo(entries, scratch, (bits.Len64(low)-1)&^7, &ends, countLow, moveLow)
	}
	copy(entries, scratch)
	start := 0
	for _, end := range ends {
		s.sortWords(entries[start:end], scratch[start:end])
		start = end
	}
}

func scatterTo(from, to []entry, shift int, ends *[256]int, count func([]entry, int, *[256]int), move func(from, to []entry, shift int, next *[256]int)) {
	count(from, shift, ends)
	begin(ends)
	move(from, to, shift, ends)
}

// scatterHigh moves entries into the order of one byte of their high word. So do scatterLow and scatterByLength by the others. They
// are the inner loops of a checkpoint: one for each, without a call.
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

func scatterByLength(from, to []entry) {
	var next [256]int
	for i := range from {
		next[byte(from[i].length)]++
	}
	begin(&next)
	for i := range from {
		n := &next[byte(from[i].length)]
		to[*n] = from[i]
		*n++
	}
}

// countHigh counts how many entries have each byte; moveHigh moves each to where next tells for its byte, and next on.
func countHigh(from []entry, shift int, next *[256]int) {
	for i := range from {
		next[byte(from[i].high>>(shift&63))]++
	}
}

func countLow(from []entry, shift int, next *[256]int) {
	for i := range from {
		next[byte(from[i].low>>(shift&63))]++
	}
}

func moveHigh(from, to []entry, shift int, next *[256]int) {
	for i := range from {
		n := &next[byte(from[i].high>>(shift&63))]
		to[*n] = from[i]
		*n++
	}
}

func moveLow(from, to []entry, shift int, next *[256]int) {
	for i := range from {
		n := &next[byte(from[i].low>>(shift&63))]
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
	return a.length < b.length
}
