package fold

import (
	"encoding/binary"
	"slices"

	"github.com/portals-lang/portals/runtime/store/group"
)

// Operations go to thousands of leaves, whose chunks lie all over the memory: each would wait for a line of it, and for where its page
// is. So what comes last to a leaf is staged: in a few bytes for each leaf, all of which lie side by side, and stay in the processor's
// caches. When these are full, they are appended to the leaf.
//
// The first byte of a stage tells how far it is used, the second how much of a key is left out, as in the leaf; if that is noStage or
// more, nothing is staged.
const (
	stageBytes = 256
	stageHead  = 2
	mostStaged = 16 // of an operation, behind its head
	noStage    = 0xff
)

// stageOf is the stage of leaf i.
func (f *Fold) stageOf(i int) *[stageBytes]byte { return (*[stageBytes]byte)(f.staged[i*stageBytes:]) }

// put appends an operation to the leaf of its key. Rest is all of the operation from its key on, of which so many bytes are length; what
// the index has as begins is missing of both.
func (f *Fold) put(op group.Op, length int, rest []byte) {
	i, ok := f.index.findInside(rest[:length])
	if !ok {
		i = f.index.find(f.wholeOf(rest)[:len(f.index.begins)+length])
	}
	f.putTo(i, op, length, rest)
}

// putTo appends an operation to a leaf, and tells whether that was sorted or parted then.
func (f *Fold) putTo(i int, op group.Op, length int, rest []byte) (overflowed bool) {
	s := f.stageOf(i)
	at, cut := int(s[0]), int(s[1])-len(f.index.begins)
	head, size := (length-cut)<<2|int(op), len(rest)-cut
	if head >= 0x80 || size > mostStaged || cut < 0 || cap(rest) < cut+mostStaged || s[1] == noStage {
		f.flush(i)
		f.leaves[i].put(&f.chunks, op, len(f.index.begins)+length, f.wholeOf(rest))
	} else {
		full := at+1+mostStaged >= stageBytes // a byte tells how far it is used
		if full {
			f.flush(i)
			at = stageHead
		}
		rest = rest[cut : cut+mostStaged] // what is beyond its end is overwritten by the next one
		to := s[at:][:1+mostStaged]
		to[0] = byte(head)
		binary.LittleEndian.PutUint64(to[1:], binary.LittleEndian.Uint64(rest))
		binary.LittleEndian.PutUint64(to[9:], binary.LittleEndian.Uint64(rest[8:]))
		if s[0] = byte(at + 1 + size); !full {
			return false
		}
	}
	if l := f.leaves[i]; l.bytes < l.limit {
		return false
	}
	f.overflow(i)
	return true
}

// wholeOf is rest behind what is missing of it.
func (f *Fold) wholeOf(rest []byte) []byte {
	if len(f.index.begins) == 0 {
		return rest
	}
	f.whole = append(append(f.whole[:0], f.index.begins...), rest...)
	return f.whole
}

// flush appends to a leaf what is staged for it.
func (f *Fold) flush(i int) {
	s := f.stageOf(i)
	if s[0] > stageHead {
		f.leaves[i].append(&f.chunks, s[stageHead:s[0]])
		s[0] = stageHead
	}
}

func (f *Fold) flushAll() {
	for i := range f.leaves {
		f.flush(i)
	}
}

// stage makes empty stages for so many leaves that take the place of leaf i.
func (f *Fold) stage(i, leaves int) {
	f.staged = slices.Insert(f.staged, i*stageBytes, make([]byte, (leaves-1)*stageBytes)...)
}

// unstage drops what is staged for a leaf.
func (f *Fold) unstage(i int) {
	s := f.stageOf(i)
	s[0], s[1] = stageHead, byte(min(len(f.leaves[i].prefix), noStage))
}
