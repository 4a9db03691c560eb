// Package group is the content of one commit: operations on an ordered map, in the bytes that go into the log.
//
// A Batch encodes each operation once, straight into the buffer that will be written: the first bytes of it are room
// for the record's header, which the log fills in place. Nothing is copied a second time and, once the buffer has
// grown to the size of a usual group, nothing is allocated. The encoding is
//
//	uvarint(len(key)<<2 | operation) key [ uvarint(len(value)) value ]
//
// so a small entry costs two bytes more than its key and value. An operation is Put, Delete (which has no value) or
// DeleteRange (whose value is the end of the range). The order of operations in a group matters, as if they had been
// applied one after the other; that all of them happen or none is the log's doing.
//
// Keys that follow one another often begin alike: the records of one table. So there is a fourth operation, which does nothing but say
// what all keys behind it begin with, up to the next one of its kind; that is left out of them. Counting by Int keys takes 7 bytes for
// a change then, where 12 went through the checksum, the disk and the checkpoint.
package group

import (
	"encoding/binary"

	"github.com/portals-lang/portals/runtime/store/fault"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// Op is what is done to a key.
type Op uint8

const (
	Put         Op = 0
	Delete      Op = 1
	DeleteRange Op = 2 // from the key up to, not including, the key that stands as its value

	within Op = 3 // the keys of the operations behind it begin with its key, which is left out of them
)

const opBits = 2

// Reserved is the one key that is not the user's: a store keeps there, atomically with the state it describes, the
// position that the state stands for.
const Reserved = "\x00"

// Batch collects the operations of one group. The zero Batch is empty and ready; it is for one goroutine at a time.
type Batch struct {
	buf   []byte // room for the record's header, then operations
	ops   int
	lent  int // where what Begin lent begins
	usual int // how much of buf was used of late, at most
	err   error
}

// mostKept is how much room a batch keeps whatever it was used for.
const mostKept = 1 << 20

// Put sets key to value.
func (b *Batch) Put(key, value []byte) {
	if b.allowed(key) {
		b.buf = AppendPut(b.begun(), key, value)
		b.ops++
	}
}

// AppendPut appends a put to what Begin lent.
func AppendPut(buf, key, value []byte) []byte {
	buf = binary.AppendUvarint(appendKey(buf, Put, key), uint64(len(value)))
	return append(buf, value...)
}

// Delete removes key, if it is there.
func (b *Batch) Delete(key []byte) {
	if b.allowed(key) {
		b.buf = appendKey(b.begun(), Delete, key)
		b.ops++
	}
}

// DeleteRange removes every key k with start <= k < end. An empty range removes nothing.
func (b *Batch) DeleteRange(start, end []byte) {
	if string(start) >= string(end) {
		return
	}
	if len(start) == 0 || string(start) == Reserved {
		start = []byte("\x00\x00") // the first key that can be the user's
		if string(start) >= string(end) {
			return
		}
	}
	buf := appendKey(b.begun(), DeleteRange, start)
	buf = binary.AppendUvarint(buf, uint64(len(end)))
	b.buf = append(buf, end...)
	b.ops++
}

// Begin lends the buffer for puts and deletes that the caller encodes himself, with AppendPut or as the package says, whose keys all begin with prefix
// and are given without it; End takes it back with so many of them appended. Whole, the keys must be such as Put takes.
func (b *Batch) Begin(prefix []byte) []byte {
	buf := b.begun()
	b.lent = len(buf)
	return appendKey(buf, within, prefix)
}

// End ends what Begin began.
func (b *Batch) End(buf []byte, operations int) {
	if operations == 0 {
		b.buf = buf[:b.lent]
		return
	}
	b.buf = append(buf, byte(within)) // what follows has whole keys
	b.ops += operations
}

// Join takes the operations of another batch behind its own.
func (b *Batch) Join(other *Batch) {
	if other.buf != nil {
		b.buf = append(b.begun(), other.buf[wal.HeaderSize:]...)
	}
	b.ops += other.ops
	if b.err == nil {
		b.err = other.err
	}
}

// Reset empties the batch and keeps its memory, unless groups have taken little of it for a while.
func (b *Batch) Reset() {
	b.usual = max(len(b.buf), b.usual-b.usual/16)
	switch {
	case cap(b.buf) > max(mostKept, 4*b.usual):
		b.buf = nil
	case b.buf != nil:
		b.buf = b.buf[:wal.HeaderSize]
	}
	b.ops, b.err = 0, nil
}

// Len is the number of operations.
func (b *Batch) Len() int { return b.ops }

// Bytes is how much log the operations take.
func (b *Batch) Bytes() int { return max(len(b.buf)-wal.HeaderSize, 0) }

// Record is the buffer to hand to the log: room for the header, then the operations. It is the batch's own memory.
// An operation that was not valid makes the whole group invalid.
func (b *Batch) Record() ([]byte, error) {
	if b.err != nil {
		return nil, b.err
	}
	return b.begun(), nil
}

func (b *Batch) begun() []byte {
	if b.buf == nil {
		b.buf = make([]byte, wal.HeaderSize, 4096)
	}
	return b.buf
}

func appendKey(buf []byte, op Op, key []byte) []byte {
	return append(binary.AppendUvarint(buf, uint64(len(key))<<opBits|uint64(op)), key...)
}

func (b *Batch) allowed(key []byte) bool {
	if len(key) > 1 || len(key) == 1 && key[0] != 0 {
		return true
	}
	if b.err == nil {
		b.err = &fault.Error{Kind: fault.Invalid, Offset: fault.NoOffset,
			Detail: "a key is empty or the single byte 0, which the store keeps for itself"}
	}
	return false
}
