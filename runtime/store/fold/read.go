package fold

import (
	"bytes"
	"sort"

	"github.com/portals-lang/portals/runtime/store/group"
)

// Get is what a sealed fold knows of a key: its value, or that it was deleted; known is false if it was not touched. The value is the
// caller's.
func (f *Fold) Get(key []byte) (value []byte, deleted, known bool) {
	if len(f.leaves) > 0 {
		if op, value, found := f.get(f.leaves[f.index.find(key)], key); found {
			return value, op == group.Delete, true
		}
	}
	covered := f.Covers(key)
	return nil, covered, covered
}

// mostGoneThrough is how much a leaf may have so that it is gone through for a key: what takes more is put in order first, once. Such
// is the only leaf of few keys, and one with a large value.
const mostGoneThrough = mostOfLeafLog

// get is the last thing that was done to a key of a leaf, if it was not removed with a range later.
func (f *Fold) get(l *leaf, key []byte) (op group.Op, value []byte, found bool) {
	rest := key[len(l.prefix):]
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.bytes > mostGoneThrough {
		f.settle(l)
	}
	if l.settled {
		r, _ := l.seek(key)
		op, at, value, ok := r.Next()
		if !ok || !bytes.Equal(at, rest) {
			return op, nil, false
		}
		return op, bytes.Clone(value), true
	}
	for i, rare := len(l.full), rarest(l.chunk(0), rest); i >= 0; i-- {
		if !l.ranged && !contains(l.chunk(i), rest, rare) {
			continue // to look for the bytes is many times as fast as to go from one operation to the next
		}
		if op, value, found := group.Last(l.chunk(i), rest); found {
			return op, bytes.Clone(value), op != group.DeleteRange
		}
	}
	return op, nil, false
}

// rarest is where in a key the byte stands that a leaf has least of, as far as the beginning of a chunk tells; -1 if it has much of all of them.
func rarest(chunk, key []byte) int {
	sample := chunk[:min(len(chunk), 512)]
	at, least := -1, len(sample)/16+1
	for i := max(0, len(key)-16); i < len(key); i++ {
		if n := bytes.Count(sample, key[i:i+1]); n < least {
			at, least = i, n
		}
	}
	return at
}

// contains is bytes.Contains, by looking for the byte of the key that is rare, which takes the processor a twentieth of the time.
func contains(chunk, key []byte, rare int) bool {
	if rare < 0 {
		return bytes.Contains(chunk, key)
	}
	for at := rare; at < len(chunk); at++ {
		n := bytes.IndexByte(chunk[at:], key[rare])
		if n < 0 {
			return false
		}
		if at += n; bytes.HasPrefix(chunk[at-rare:], key) {
			return true
		}
	}
	return false
}

// seek gives a reader of the chunk of a settled leaf in which the first key is that is not less than key, which is one of the leaf's,
// and stands before that one; or at the end of the chunk if it is the first of the next.
func (l *leaf) seek(key []byte) (r group.Reader, chunk int) {
	rest := key[len(l.prefix):]
	chunk = sort.Search(len(l.full)+1, func(i int) bool {
		_, first, _, ok := first(l.chunk(i))
		return !ok || bytes.Compare(first, rest) > 0
	})
	chunk = max(chunk-1, 0)
	for r = group.Read(l.chunk(chunk)); ; {
		before := r
		if _, at, _, ok := r.Next(); !ok || bytes.Compare(at, rest) >= 0 {
			return before, chunk
		}
	}
}

func first(chunk []byte) (op group.Op, key, value []byte, ok bool) {
	r := group.Read(chunk)
	return r.Next()
}

// Covers tells whether a range of a sealed fold removes what older folds have of a key.
func (f *Fold) Covers(key []byte) bool {
	spans := f.ranges.spans
	i := sort.Search(len(spans), func(i int) bool { return bytes.Compare(spans[i].end, key) > 0 })
	return i < len(spans) && bytes.Compare(spans[i].start, key) <= 0
}

// Cursor goes through the keys of a sealed fold in order. Key and Value are good until the next call of Next.
type Cursor struct {
	Key, Value []byte
	Deleted    bool

	fold   *Fold
	leaves []*leaf // from the present one on
	chunk  int
	r      group.Reader
}

// Seek gives a cursor that stands before the first key that is not less than key.
func (f *Fold) Seek(key []byte) *Cursor {
	c := &Cursor{fold: f}
	if len(f.leaves) > 0 {
		i := f.index.find(key)
		c.leaves = f.leaves[i:]
		c.settle()
		c.r, c.chunk = f.leaves[i].seek(key)
	}
	return c
}

// Next goes on to the next key; it tells whether there is one.
func (c *Cursor) Next() bool {
	for len(c.leaves) > 0 {
		l := c.leaves[0]
		if op, rest, value, ok := c.r.Next(); ok {
			c.Key = append(append(c.Key[:0], l.prefix...), rest...)
			c.Value, c.Deleted = value, op == group.Delete
			return true
		}
		if c.chunk++; c.chunk > len(l.full) {
			if c.leaves, c.chunk = c.leaves[1:], 0; len(c.leaves) == 0 {
				break
			}
			c.settle()
		}
		c.r = group.Read(c.leaves[0].chunk(c.chunk))
	}
	return false
}

func (c *Cursor) settle() {
	l := c.leaves[0]
	l.mu.Lock()
	defer l.mu.Unlock()
	c.fold.settle(l)
}
