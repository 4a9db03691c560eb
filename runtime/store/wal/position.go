package wal

import (
	"encoding/binary"
	"fmt"
)

// Position names a group: the log it is in, the epoch it was written in, and how many groups the log had with it.
// Sequence numbers go on from epoch to epoch, but those of groups that a crash took away are given out again: a
// position that was never durable is told from its successor by the epoch. The zero Position stands before all groups.
type Position struct {
	Log   uint32 // which log; always 0 until an app has several
	Epoch uint32
	Seq   uint64
}

// Covers reports whether what is complete up to p contains the group at q. It holds for positions that were durable,
// or are of the epoch that runs now.
func (p Position) Covers(q Position) bool { return q.Seq <= p.Seq }

// String is the position as people see it.
func (p Position) String() string { return fmt.Sprintf("%d.%d.%d", p.Log, p.Epoch, p.Seq) }

// Mark is a place between two records: the position of everything before it, where in which segment the next record
// goes, and the sum that it must chain to. A reader can begin at a Mark without having read anything before it.
type Mark struct {
	Position
	Sum     uint64
	Segment uint64
	Offset  int64
}

// Place is the mark as people see it.
func (m Mark) Place() string {
	return fmt.Sprintf("%s (%s at %d)", m.Position, segmentName(m.Segment), m.Offset)
}

const markSize = 40

// AppendTo appends the mark's encoding to dst.
func (m Mark) AppendTo(dst []byte) []byte {
	dst = binary.LittleEndian.AppendUint32(dst, m.Log)
	dst = binary.LittleEndian.AppendUint32(dst, m.Epoch)
	dst = binary.LittleEndian.AppendUint64(dst, m.Seq)
	dst = binary.LittleEndian.AppendUint64(dst, m.Sum)
	dst = binary.LittleEndian.AppendUint64(dst, m.Segment)
	return binary.LittleEndian.AppendUint64(dst, uint64(m.Offset))
}

// ParseMark reads what AppendTo wrote.
func ParseMark(src []byte) (Mark, bool) {
	if len(src) != markSize {
		return Mark{}, false
	}
	return Mark{
		Position: Position{
			Log:   binary.LittleEndian.Uint32(src),
			Epoch: binary.LittleEndian.Uint32(src[4:]),
			Seq:   binary.LittleEndian.Uint64(src[8:]),
		},
		Sum:     binary.LittleEndian.Uint64(src[16:]),
		Segment: binary.LittleEndian.Uint64(src[24:]),
		Offset:  int64(binary.LittleEndian.Uint64(src[32:])),
	}, true
}
