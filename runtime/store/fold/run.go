package fold

import (
	"encoding/binary"

	"github.com/portals-lang/portals/runtime/store/group"
)

// A run is puts that follow one another, all of them short, whose leaves are found before any of them is staged. Finding one does
// not depend on the one before then, and hardly a branch depends on the keys: so a processor is at several at once, while the caches bring
// what they need. One after the other, each would wait for its own.
type run struct {
	n    int
	at   [runLength + 1]uint32 // where each begins, and behind the last where the next one does
	leaf [runLength]uint32
}

const (
	runLength = 128
	// runSlack is how many bytes of a payload are left behind a run: what it reads of a key, and copies of an operation, at a time.
	runSlack = 2*8 + mostStaged
)

// find takes the puts from an offset on whose leaves the index tells at a glance. Like is the shape of the one before, and then of
// the last.
func (r *run) find(x *index, p []byte, at int, like *group.Shape) {
	r.n, r.at[0] = 0, uint32(at)
	if !x.inside || len(x.tail) > 8 || len(x.leaves) < 2 {
		return
	}
	shape, n, base, last := *like, len(x.tail), x.words[0], uint64(len(x.table)-2)
	keep := mask(shape.Key() - n)
	for r.n < runLength && at+shape.Bytes()+runSlack <= len(p) {
		if !shape.Fits(p, at) {
			next, ok := group.ShapeAt(p, at)
			if !ok || at+next.Bytes()+runSlack > len(p) {
				break
			}
			shape, keep = next, mask(next.Key()-n)
		}
		word := binary.BigEndian.Uint64(p[at+1+n:]) & keep
		if shape.Key() < n || binary.BigEndian.Uint64(p[at+1:])&x.mask != x.want || word < base {
			break
		}
		slot := min((word-base)>>(x.shift&63), last)
		i, end := x.table[slot], x.table[slot+1]
		bound := x.words[i]
		if end-i > 1 || bound == word {
			break
		}
		behind := uint32(0)
		if bound < word {
			behind = 1
		}
		r.at[r.n], r.leaf[r.n] = uint32(at), uint32(x.first-1)+i+behind&(end-i)
		r.n++
		at += shape.Bytes()
	}
	r.at[r.n], *like = uint32(at), shape
}

// mask has the first n bytes of a word.
func mask(n int) uint64 { return ^(^uint64(0) >> (8 * uint(max(n, 0)))) }

// putRun puts the short puts that begin at an offset of a payload to their leaves. It gives the offset behind the last, which is the
// same if there are none that it can take.
func (f *Fold) putRun(p []byte, at int, like *group.Shape) int {
	r := &f.run
	r.find(&f.index, p, at, like)
	for k := range r.n {
		at, end := int(r.at[k]), int(r.at[k+1])
		f.operations++
		if f.putTo(int(r.leaf[k]), group.Put, int(p[at]>>2), p[at+1:end]) {
			return end // the leaves are others now
		}
	}
	return int(r.at[r.n])
}
