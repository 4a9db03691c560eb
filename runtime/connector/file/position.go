package file

import (
	"fmt"

	"github.com/portals-lang/portals/runtime/ptl"
)

// position is where a source stands, and by what it recognizes what it has read.
type position struct {
	index    int    // of the file among those that the path names
	before   uint64 // hash of the names and sizes of the files before it
	mark     mark
	lines    int64 // lines of the file before the mark
	cut      bool  // the last of them had no line end
	rejected int64 // bytes of the file's rejected records
}

// Version of the form of positions; the first byte.
const positionVersion = 1

func (p *position) append(b []byte) []byte {
	b = append(b, positionVersion)
	b = ptl.AppendUint(b, uint64(p.index))
	if p.index > 0 {
		b = appendHash(b, p.before)
	}
	b = p.mark.append(b)
	b = ptl.AppendUint(b, uint64(p.lines)<<1|bit(p.cut))
	return ptl.AppendUint(b, uint64(p.rejected))
}

func bit(v bool) uint64 {
	if v {
		return 1
	}
	return 0
}

func readPosition(at []byte) (p position, err error) {
	r := ptl.NewReader(at)
	if v := r.Byte(); r.Err() == nil && v != positionVersion {
		const newer = "the position of the source has form %d, and this version knows form %d: use the newer version again"
		return p, fmt.Errorf(newer, v, positionVersion)
	}
	index := r.Uint()
	if index > 0 {
		p.before = readHash(r)
	}
	p.mark = readMark(r)
	lines := r.Uint()
	rejected := r.Uint()
	switch {
	case r.Err() != nil:
		err = r.Err()
	case r.Len() > 0:
		err = fmt.Errorf("%d bytes too many", r.Len())
	case index>>31 != 0 || rejected>>63 != 0:
		err = fmt.Errorf("a number is out of range")
	}
	if err != nil {
		return p, fmt.Errorf("the position of the source is damaged: %w", err)
	}
	p.index, p.lines, p.cut, p.rejected = int(index), int64(lines>>1), lines&1 == 1, int64(rejected)
	return p, nil
}
