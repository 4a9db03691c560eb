package ptl

import (
	"sync/atomic"
	"unsafe"
)

// vector is a persistent sequence of blocks: a tree of fixed depth with 32 children a node (Bagwell and Rompf's, as in
// Clojure). A copy of the vector is a copy of its root; whoever changes a block copies the path to it first, unless the
// path is marked as its own.
//
// The mark is an edit: a number that one place draws and forgets when it gives its value away. A block that carries
// the place's current edit was made since, so nobody else sees it, and the same holds for all nodes above it.
type vector[B any] struct {
	root   unsafe.Pointer // *block[B] if levels is 0, else *node
	n      int
	levels int
}

const (
	fanBits = 5
	fan     = 1 << fanBits
)

// node has blocks below it in the lowest level and nodes in all others: depth alone tells, so children need no tag.
type node struct {
	edit uint64
	kids [fan]unsafe.Pointer
}

type block[B any] struct {
	edit uint64
	data B
}

var edits atomic.Uint64

// newEdit draws a number that no other place ever had. It shows in no result, so runs stay reproducible.
func newEdit() uint64 { return edits.Add(1) }

func (v *vector[B]) block(i int) *block[B] {
	p := v.root
	for shift := uint(v.levels * fanBits); shift > 0; {
		shift -= fanBits
		p = (*node)(p).kids[uint(i)>>shift%fan]
	}
	return (*block[B])(p)
}

// at gives block i to read.
func (v *vector[B]) at(i int) *B { return &v.block(i).data }

// own gives block i to write.
func (v *vector[B]) own(i int, edit uint64) *B {
	if b := v.block(i); b.edit == edit {
		return &b.data
	}
	slot := v.slot(i, edit)
	b := *(*block[B])(*slot)
	b.edit = edit
	*slot = unsafe.Pointer(&b)
	return &b.data
}

// add puts an empty block at the end and gives it to write.
func (v *vector[B]) add(edit uint64) *B {
	if v.n == 1<<(v.levels*fanBits) {
		v.root = unsafe.Pointer(&node{edit: edit, kids: [fan]unsafe.Pointer{v.root}})
		v.levels++
	}
	b := &block[B]{edit: edit}
	*v.slot(v.n, edit) = unsafe.Pointer(b)
	v.n++
	return &b.data
}

// slot is where the pointer to block i stands, in nodes that are the place's own.
func (v *vector[B]) slot(i int, edit uint64) *unsafe.Pointer {
	slot := &v.root
	for shift := uint(v.levels * fanBits); shift > 0; {
		shift -= fanBits
		n := (*node)(*slot)
		if n == nil {
			n = &node{edit: edit}
			*slot = unsafe.Pointer(n)
		} else if n.edit != edit {
			own := *n
			own.edit = edit
			n = &own
			*slot = unsafe.Pointer(n)
		}
		slot = &n.kids[uint(i)>>shift%fan]
	}
	return slot
}

// differ visits, in order, the blocks in which two vectors differ; nil stands for a block that one of them lacks. Parts
// that both have are recognized by their address and not walked.
func (v *vector[B]) differ(w *vector[B], visit func(i int, mine, other *B)) {
	differ[B](v.root, v.levels, w.root, w.levels, 0, func(i int, mine, other unsafe.Pointer) {
		visit(i, blockData[B](mine), blockData[B](other))
	})
}

func blockData[B any](p unsafe.Pointer) *B {
	if p == nil {
		return nil
	}
	return &(*block[B])(p).data
}

func differ[B any](p unsafe.Pointer, levels int, q unsafe.Pointer, others, first int, visit func(int, unsafe.Pointer, unsafe.Pointer)) {
	if p == q {
		return
	}
	depth := max(levels, others)
	if p == nil {
		depth = others
	} else if q == nil {
		depth = levels
	}
	if depth == 0 {
		visit(first, p, q)
		return
	}
	for i := range fan {
		mine, below := kid(p, levels, depth, i)
		other, belowOther := kid(q, others, depth, i)
		differ[B](mine, below, other, belowOther, first+i<<((depth-1)*fanBits), visit)
	}
}

// kid is child i of p as if p were depth levels high: a lower tree is then its own first child.
func kid(p unsafe.Pointer, levels, depth, i int) (unsafe.Pointer, int) {
	switch {
	case p == nil:
		return nil, 0
	case levels == depth:
		return (*node)(p).kids[i], depth - 1
	case i == 0:
		return p, levels
	}
	return nil, 0
}
