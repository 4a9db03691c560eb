package wal

import (
	"encoding/binary"
	"fmt"

	"github.com/cespare/xxhash/v2"
)

// HeaderSize is the room, in bytes, that whoever builds a record leaves in front of its payload.
const HeaderSize = 48

// MaxPayload is the largest payload of one record, in bytes: what its 32-bit length field and the memory of a
// reader, who needs a record whole, agree on.
const MaxPayload = 1<<31 - 1

// A record lies in a segment at a multiple of align, so that a search behind a damaged one knows where to look.
const align = 8

// The fields of a header, little-endian, by offset.
const (
	atSum     = 0  // xxhash64 of everything behind this field, payload included
	atPrev    = 8  // sum of the record before: the chain
	atSeq     = 16 // groups so far, this one included
	atDurable = 24 // groups known to be durable when this was written
	atEpoch   = 32
	atLength  = 36 // of the payload
	atMagic   = 40 // of this log, so that no other log's record can pass
	atKind    = 44 // and three bytes of zero
)

// kind says what a record is for.
type kind uint8

const (
	kindGroup kind = 1 // payload is the engine's; takes the next sequence number
	kindStart kind = 2 // first of a segment, which it ties to the chain, and first of an epoch
	kindClose kind = 3 // last of an epoch that ended in order
)

// header is a record's header, decoded.
type header struct {
	sum, prev, seq, durable uint64
	epoch, length           uint32
	kind                    kind
}

// size is the space a record with this header takes in a segment.
func (h header) size() int64 { return roundUp(HeaderSize + int64(h.length)) }

// behind is the mark behind the first record of a segment.
func (h header) behind(segment uint64) Mark {
	return Mark{Position: Position{Epoch: h.epoch, Seq: h.seq}, Sum: h.sum, Segment: segment, Offset: h.size()}
}

func roundUp(n int64) int64 { return (n + align - 1) &^ (align - 1) }

// seal writes the header into the room at the front of record and computes its sum.
func (h *header) seal(record []byte, magic uint32) {
	h.length = uint32(len(record) - HeaderSize)
	binary.LittleEndian.PutUint64(record[atPrev:], h.prev)
	binary.LittleEndian.PutUint64(record[atSeq:], h.seq)
	binary.LittleEndian.PutUint64(record[atDurable:], h.durable)
	binary.LittleEndian.PutUint32(record[atEpoch:], h.epoch)
	binary.LittleEndian.PutUint32(record[atLength:], h.length)
	binary.LittleEndian.PutUint32(record[atMagic:], magic)
	binary.LittleEndian.PutUint32(record[atKind:], uint32(h.kind))
	h.sum = xxhash.Sum64(record[atPrev:])
	binary.LittleEndian.PutUint64(record[atSum:], h.sum)
}

// recordBytes is how much of the log is needed to decode the record that begins at data, or to see that none does.
func recordBytes(data []byte, magic uint32) int {
	if len(data) < HeaderSize || binary.LittleEndian.Uint32(data[atMagic:]) != magic {
		return HeaderSize
	}
	return HeaderSize + int(binary.LittleEndian.Uint32(data[atLength:]))
}

// decode reads the record that begins at data, by itself: it proves that the bytes are what a writer of this log
// once wrote, not that they belong here. What is wrong comes back in words for people; "" says that nothing is.
func decode(data []byte, magic uint32) (h header, payload []byte, wrong string) {
	if len(data) < HeaderSize {
		return h, nil, "the file ends inside a record's header"
	}
	if got := binary.LittleEndian.Uint32(data[atMagic:]); got != magic {
		return h, nil, "no record begins here"
	}
	h = header{
		sum:     binary.LittleEndian.Uint64(data[atSum:]),
		prev:    binary.LittleEndian.Uint64(data[atPrev:]),
		seq:     binary.LittleEndian.Uint64(data[atSeq:]),
		durable: binary.LittleEndian.Uint64(data[atDurable:]),
		epoch:   binary.LittleEndian.Uint32(data[atEpoch:]),
		length:  binary.LittleEndian.Uint32(data[atLength:]),
		kind:    kind(data[atKind]),
	}
	if int64(h.length) > int64(len(data)-HeaderSize) {
		return h, nil, fmt.Sprintf("a record of %d bytes does not fit into the %d that are left", h.length, len(data)-HeaderSize)
	}
	record := data[:HeaderSize+int(h.length)]
	if sum := xxhash.Sum64(record[atPrev:]); sum != h.sum {
		return h, nil, fmt.Sprintf("a record's checksum is %016x where its content gives %016x", h.sum, sum)
	}
	return h, record[HeaderSize:], ""
}
