package fold

import (
	"bytes"
	"cmp"
	"sort"

	"github.com/portals-lang/portals/runtime/store/group"
)

// Get is what a sealed fold knows of a key: its value, or that it was deleted; known is false if it was not touched.
func (f *Fold) Get(key []byte) (value []byte, deleted, known bool) {
	if i := f.Find(key); i < len(f.entries) {
		if op, at, value := f.op(f.entries[i].at); bytes.Equal(at, key) {
			return value, op == group.Delete, true
		}
	}
	covered := f.Covers(key)
	return nil, covered, covered
}

// Covers tells whether a range of a sealed fold removes what older folds have of a key.
func (f *Fold) Covers(key []byte) bool {
	i := sort.Search(len(f.spans), func(i int) bool { return bytes.Compare(f.spans[i].end, key) > 0 })
	return i < len(f.spans) && bytes.Compare(f.spans[i].start, key) <= 0
}

// Find is the number of the first entry of a sealed fold whose key is not less than key.
func (f *Fold) Find(key []byte) int {
	high, low := words(key)
	return sort.Search(len(f.entries), func(i int) bool { return f.compare(&f.entries[i], key, high, low) >= 0 })
}

func (f *Fold) compare(e *entry, key []byte, high, low uint64) int {
	switch {
	case e.high != high:
		return cmp.Compare(e.high, high)
	case e.low != low:
		return cmp.Compare(e.low, low)
	case e.at.length() <= inEntry:
		return cmp.Compare(e.at.length(), len(key))
	}
	_, at, _ := f.op(e.at)
	return bytes.Compare(at, key)
}

// Entry is an entry of a sealed fold by its number; ok is false behind the last.
func (f *Fold) Entry(i int) (key, value []byte, deleted, ok bool) {
	if i >= len(f.entries) {
		return nil, nil, false, false
	}
	op, key, value := f.op(f.entries[i].at)
	return key, value, op == group.Delete, true
}
