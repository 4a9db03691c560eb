package group

import "encoding/binary"

// Reader takes a payload apart into its operations. The slices it gives are parts of the payload, but for keys that the payload has
// in two pieces: these are good until the next operation is read.
type Reader struct {
	payload []byte
	next    int    // offset of the operation that Next will read
	at      int    // offset of the one that it read last
	prefix  int    // how much of key all keys begin with
	key     []byte // if prefix is not 0: that, and the rest of the key that was read last
}

// Read begins at the first operation of a payload.
func Read(payload []byte) Reader { return Reader{payload: payload} }

// ReadAt begins at an offset that a Reader of the same payload gave, which must have keys in one piece. So must that of At.
func ReadAt(payload []byte, offset int) Reader { return Reader{payload: payload, next: offset} }

// Next is the operation at the reader's place; ok is false at the end and where the bytes make no sense. Whole tells
// the two apart.
func (r *Reader) Next() (op Op, key, value []byte, ok bool) {
	op, key, value, end, ok := decode(r.payload, r.next)
	for ; ok && op == within; op, key, value, end, ok = decode(r.payload, r.next) {
		r.key, r.prefix, r.next = append(r.key[:0], key...), len(key), end
	}
	if !ok {
		return op, key, value, false
	}
	r.at, r.next = r.next, end
	if r.prefix > 0 {
		r.key = append(r.key[:r.prefix], key...)
		key = r.key
	}
	return op, key, value, true
}

// Offset is where the operation that Next gave last begins; At reads it again.
func (r *Reader) Offset() int { return r.at }

// Rest is that operation from its key on, of which what the payload has left out is missing.
func (r *Reader) Rest() []byte {
	at := r.at
	for r.payload[at] >= 0x80 {
		at++
	}
	return r.payload[at+1 : r.next]
}

// End is where that operation ends. Seek has Next read on from there, or from where other operations behind it end, none of which says
// what keys begin with.
func (r *Reader) End() int        { return r.next }
func (r *Reader) Seek(offset int) { r.next = offset }

// Shape is what puts of the same lengths have in common. To guess that the next operation is like the one before, and then to look, is
// faster than to wait for its lengths before the one behind it can be looked at.
type Shape struct{ head, size byte }

// ShapeAt is the shape of the operation that begins at an offset; ok is false if it has none, as it is something else or has a length of
// more than a byte.
func ShapeAt(p []byte, at int) (s Shape, ok bool) {
	s.head = p[at]
	behind := at + 1 + s.Key()
	if s.head >= 0x80 || Op(s.head&(1<<opBits-1)) != Put || behind >= len(p) || p[behind] >= 0x80 {
		return Shape{}, false
	}
	s.size = p[behind]
	return s, at+s.Bytes() <= len(p)
}

// Fits tells whether the operation that begins at an offset has this shape.
func (s Shape) Fits(p []byte, at int) bool {
	return at+s.Bytes() <= len(p) && p[at] == s.head && p[at+1+s.Key()] == s.size
}

// Key is the length of the key, Bytes that of the whole operation.
func (s Shape) Key() int   { return int(s.head >> opBits) }
func (s Shape) Bytes() int { return 2 + s.Key() + int(s.size) }

// Last is the last of the operations that touch a key; DeleteRange, of which it gives no value, if that is one that removes a range in
// which the key lies. Payload must be whole, and have keys in one piece.
func Last(payload, key []byte) (op Op, value []byte, found bool) {
	begins := beginning(key)
	var like Shape
	for at := 0; at < len(payload); {
		ok := like.Fits(payload, at)
		if !ok {
			like, ok = ShapeAt(payload, at)
		}
		if ok {
			behind, end := at+1+like.Key(), at+like.Bytes()
			if like.Key() == len(key) && beginning(payload[at+1:behind]) == begins && string(payload[at+1:behind]) == string(key) {
				op, value, found = Put, payload[behind+1:end], true
			}
			at = end
			continue
		}
		r := ReadAt(payload, at)
		is, start, with, ok := r.Next()
		if !ok {
			break
		}
		if is == DeleteRange {
			if string(start) <= string(key) && string(key) < string(with) {
				op, value, found = is, nil, true
			}
		} else if string(start) == string(key) {
			op, value, found = is, with, true
		}
		at = r.End()
	}
	return op, value, found
}

// beginning is the first bytes of a key, so that most others can be told from it without a call; 0 of a very short one.
func beginning(key []byte) uint32 {
	if len(key) < 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(key)
}

// LeftOut is how many bytes of its key that are.
func (r *Reader) LeftOut() int { return r.prefix }

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

// Whole is that operation as it is encoded.
func Whole(payload []byte, offset int) []byte {
	if s, ok := ShapeAt(payload, offset); ok {
		return payload[offset : offset+s.Bytes()]
	}
	_, _, _, end, _ := decode(payload, offset)
	return payload[offset:end]
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
	case Delete, within:
		return op, key, nil, at, true
	default:
		n, at, ok = length(p, at)
		if !ok || n > uint64(len(p)-at) {
			return 0, nil, nil, 0, false
		}
		return op, key, p[at : at+int(n) : at+int(n)], at + int(n), true
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
