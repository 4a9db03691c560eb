package file

import (
	"fmt"
	"io"

	"github.com/cespare/xxhash/v2"

	"github.com/portals-lang/portals/runtime/ptl"
)

// blockSize is how much of a file is hashed at a time, and how much of its front judges it.
const blockSize = 64 << 10

// trail is what is remembered of the bytes up to an offset, to recognize the file by. It is kept up byte by byte and
// costs one pass of a fast hash; taking a mark of it costs next to nothing, however short the atoms are.
type trail struct {
	offset int64
	head   uint64        // the first block, once it is whole
	last   uint64        // the last whole block
	block  xxhash.Digest // what is behind that
}

// mark is a trail as a position holds it. near covers the bytes before the offset: at least one block of them, at most
// two, and all if there are fewer.
type mark struct {
	offset     int64
	head, near uint64
}

func newTrail() trail {
	var t trail
	t.block.Reset()
	return t
}

// add goes past b.
func (t *trail) add(b []byte) {
	for len(b) > 0 {
		n := min(len(b), blockSize-int(t.offset%blockSize))
		_, _ = t.block.Write(b[:n])
		b = b[n:]
		t.offset += int64(n)
		if t.offset%blockSize != 0 {
			return
		}
		t.last = t.block.Sum64()
		t.block.Reset()
		if t.offset == blockSize {
			t.head = t.last
		}
	}
}

func (t *trail) mark() mark {
	return mark{t.offset, t.head, ptl.HashCombine(t.last, t.block.Sum64())}
}

func (m mark) append(b []byte) []byte {
	b = ptl.AppendUint(b, uint64(m.offset))
	if m.offset >= blockSize {
		b = appendHash(b, m.head)
	}
	return appendHash(b, m.near)
}

func readMark(r *ptl.Reader) (m mark) {
	m.offset = int64(r.Uint())
	if m.offset < 0 {
		r.Fail(fmt.Errorf("offset %d", m.offset))
		m.offset = 0
	}
	if m.offset >= blockSize {
		m.head = readHash(r)
	}
	m.near = readHash(r)
	return m
}

func appendHash(b []byte, h uint64) []byte {
	for range 8 {
		b = append(b, byte(h))
		h >>= 8
	}
	return b
}

func readHash(r *ptl.Reader) (h uint64) {
	for i := range 8 {
		h |= uint64(r.Byte()) << (8 * i)
	}
	return h
}

// follow reads what the mark covers and returns the trail at its offset; or in what the file differs, as the end of a
// sentence about it.
func follow(f io.ReaderAt, size int64, m mark) (t trail, differs string, err error) {
	t = newTrail()
	if size < m.offset {
		return t, fmt.Sprintf("it has %d bytes, and %d were taken", size, m.offset), nil
	}
	buf := make([]byte, min(m.offset, blockSize))
	read := func(n int64) error {
		if _, err := f.ReadAt(buf[:n], t.offset); err != nil && err != io.EOF {
			return err
		}
		t.add(buf[:n])
		return nil
	}
	if err := read(int64(len(buf))); err != nil {
		return t, "", err
	}
	if t.head != m.head {
		return t, fmt.Sprintf("its first %d bytes are not those that were taken", blockSize), nil
	}
	// From the block before the one that the offset is in, which may be the first.
	if start := (m.offset/blockSize - 1) * blockSize; start > blockSize {
		t.offset = start
	}
	from := t.offset
	for t.offset < m.offset {
		if err := read(min(m.offset-t.offset, blockSize)); err != nil {
			return t, "", err
		}
	}
	if t.mark() != m {
		if m.offset <= 2*blockSize {
			from = 0
		}
		return t, fmt.Sprintf("bytes %d to %d are not those that were taken", from, m.offset), nil
	}
	return t, "", nil
}
