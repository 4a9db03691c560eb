package group

import "encoding/binary"

// Reader takes a payload apart into its operations. The slices it gives are parts of the payload.
type Reader struct {
	payload []byte
	next    int // offset of the operation that Next will read
	at      int // offset of the one that it read last
}

// Read begins at the first operation of a payload.
func Read(payload []byte) Reader { return Reader{payload: payload} }

// ReadAt begins at an offset that a Reader of the same payload gave.
func ReadAt(payload []byte, offset int) Reader { return Reader{payload: payload, next: offset} }

// Next is the operation at the reader's place; ok is false at the end and where the bytes make no sense. Whole tells
// the two apart.
func (r *Reader) Next() (op Op, key, value []byte, ok bool) {
	op, key, value, end, ok := decode(r.payload, r.next)
	if ok {
		r.at, r.next = r.next, end
	}
	return op, key, value, ok
}

// Offset is where the operation that Next gave last begins; At reads it again.
func (r *Reader) Offset() int { return r.at }

// Rest is that operation from its key on.
func (r *Reader) Rest() []byte {
	at := r.at
	for r.payload[at] >= 0x80 {
		at++
	}
	return r.payload[at+1 : r.next]
}

// Whole reports whether everything was read.
func (r *Reader) Whole() bool { return r.next == len(r.payload) }

// Skip goes over what is left and reports whether it is whole.
func (r *Reader) Skip() bool {
	for {
		if _, _, _, ok := r.Next(); !ok {
			return r.Whole()
		}
	}
}

// At is the operation that begins at an offset that a Reader of the same payload gave.
func At(payload []byte, offset int) (op Op, key, value []byte) {
	op, key, value, _, _ = decode(payload, offset)
	return op, key, value
}

func decode(p []byte, at int) (op Op, key, value []byte, end int, ok bool) {
	head, at, ok := length(p, at)
	if !ok {
		return 0, nil, nil, 0, false
	}
	op = Op(head & (1<<opBits - 1))
	n := head >> opBits
	if n > uint64(len(p)-at) {
		return 0, nil, nil, 0, false
	}
	key, at = p[at:at+int(n):at+int(n)], at+int(n)
	switch op {
	case Delete:
		return op, key, nil, at, true
	case Put, DeleteRange:
		n, at, ok = length(p, at)
		if !ok || n > uint64(len(p)-at) {
			return 0, nil, nil, 0, false
		}
		return op, key, p[at : at+int(n) : at+int(n)], at + int(n), true
	default:
		return 0, nil, nil, 0, false
	}
}

func length(p []byte, at int) (n uint64, next int, ok bool) {
	if at >= len(p) {
		return 0, 0, false
	}
	if c := p[at]; c < 0x80 {
		return uint64(c), at + 1, true
	}
	n, w := binary.Uvarint(p[at:])
	return n, at + w, w > 0
}
