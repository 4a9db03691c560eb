package ptl

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// The binary form, used in the log and in state: integers as varints (signed ones in zig-zag), Floats as eight bytes,
// text with its length before it, collections with their count, variants with their index, records and tuples as their
// fields one after the other. It names no types; who stores it also stores the shape. Every value takes at least
// one byte, so a count can never promise more values than there are bytes left.

// AppendUint appends v in groups of seven bits, the lowest first.
func AppendUint(b []byte, v uint64) []byte {
	switch {
	case v < 1<<7:
		return append(b, byte(v))
	case v < 1<<14:
		return append(b, byte(v)|0x80, byte(v>>7))
	case v < 1<<21:
		return append(b, byte(v)|0x80, byte(v>>7)|0x80, byte(v>>14))
	}
	return binary.AppendUvarint(b, v)
}

// AppendInt appends v in zig-zag, so that small negative numbers stay short.
func AppendInt(b []byte, v int64) []byte {
	if uint64(v) < 1<<6 {
		return append(b, byte(v<<1))
	}
	return appendZigzag(b, v)
}

// appendZigzag is AppendInt, apart so that what most numbers take is inlined.
func appendZigzag(b []byte, v int64) []byte { return AppendUint(b, uint64(v<<1^v>>63)) }

// AppendFloat appends the eight bytes of v; all NaNs become one.
func AppendFloat(b []byte, v float64) []byte {
	if v != v {
		v = math.NaN()
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
}

// AppendBool appends 0 or 1.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// AppendString appends the length and the bytes of v.
func AppendString[S ~string](b []byte, v S) []byte {
	return append(AppendUint(b, uint64(len(v))), v...)
}

// Reader reads the binary form. Its first error sticks: from then on every read gives a zero value, so that decoders
// need to ask only once, at the end. It never panics, and what is read never takes more memory than a small multiple of the input.
type Reader struct {
	data []byte
	at   int
	err  error
	// depth counts how many values of recursive types the one being read stands inside of.
	depth int
	// futures are those of the frame being read, by ask: a frame that holds one twice holds one cell.
	futures map[uint64]AnyFuture
}

// deepest bounds the nesting of recursive types, so that damaged data cannot overflow the stack.
const deepest = 10_000

var (
	errTruncated = errors.New("the data ends in the middle of a value")
	errTooDeep   = errors.New("values are nested too deeply")
	errVarint    = errors.New("a number is longer than 64 bits")
)

// NewReader reads from data, which it never keeps parts of: what it returns are copies.
func NewReader(data []byte) *Reader { return &Reader{data: data} }

// Reset starts again on other data.
func (r *Reader) Reset(data []byte) { *r = Reader{data: data} }

// Err is the first thing that was wrong, or nil.
func (r *Reader) Err() error { return r.err }

// Len counts the bytes that are left.
func (r *Reader) Len() int { return len(r.data) - r.at }

// Fail makes err the error of r, unless it has one, and ends the input.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = err
	}
	r.at = len(r.data)
}

// Uint reads what AppendUint wrote.
func (r *Reader) Uint() uint64 {
	if r.at < len(r.data) {
		if c := r.data[r.at]; c < 0x80 {
			r.at++
			return uint64(c)
		}
	}
	return r.longUint()
}

func (r *Reader) longUint() uint64 {
	v, n := binary.Uvarint(r.data[r.at:])
	switch {
	case n == 0:
		r.Fail(errTruncated)
		return 0
	case n < 0:
		r.Fail(errVarint)
		return 0
	}
	r.at += n
	return v
}

// Int reads what AppendInt wrote.
func (r *Reader) Int() int64 {
	v := r.Uint()
	return int64(v>>1) ^ -int64(v&1)
}

// Float reads what AppendFloat wrote.
func (r *Reader) Float() float64 {
	if r.Len() < 8 {
		r.Fail(errTruncated)
		return 0
	}
	v := binary.LittleEndian.Uint64(r.data[r.at:])
	r.at += 8
	return math.Float64frombits(v)
}

func (r *Reader) fixed32() uint32 {
	if r.Len() < 4 {
		r.Fail(errTruncated)
		return 0
	}
	v := binary.LittleEndian.Uint32(r.data[r.at:])
	r.at += 4
	return v
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.at >= len(r.data) {
		r.Fail(errTruncated)
		return 0
	}
	c := r.data[r.at]
	r.at++
	return c
}

// Bool reads what AppendBool wrote.
func (r *Reader) Bool() bool {
	c := r.Byte()
	if c > 1 {
		r.Fail(fmt.Errorf("a Bool is 0 or 1, not %d", c))
		return false
	}
	return c == 1
}

// String reads what AppendString wrote.
func (r *Reader) String() string { return string(r.view()) }

// Bytes reads what AppendString wrote.
func (r *Reader) Bytes() Bytes { return Bytes(r.view()) }

func (r *Reader) view() []byte {
	n := r.Uint()
	if n > uint64(r.Len()) {
		r.Fail(errTruncated)
		return nil
	}
	v := r.data[r.at : r.at+int(n)]
	r.at += int(n)
	return v
}

// Count reads the number of values that follow, none of which takes less than a byte.
func (r *Reader) Count() int {
	n := r.Uint()
	if n > uint64(r.Len()) {
		r.Fail(errTruncated)
		return 0
	}
	return int(n)
}

// Tag reads the index of one of n variants.
func (r *Reader) Tag(n int) int {
	v := r.Uint()
	if v >= uint64(n) {
		r.Fail(fmt.Errorf("variant %d of %d", v, n))
		return 0
	}
	return int(v)
}

// Rest is a copy of what has not been read yet, which counts as read.
func (r *Reader) Rest() []byte {
	if r.err != nil {
		return nil
	}
	rest := append([]byte(nil), r.data[r.at:]...)
	r.at = len(r.data)
	return rest
}
