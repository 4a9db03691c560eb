package format

import (
	"bytes"
	"fmt"
)

// MaxRecord is the greatest length of a record in bytes. A file without line ends is most often no text at all, and must
// not fill the memory before anyone notices.
const MaxRecord = 64 << 20

// readSize is how many bytes Space has room for at least: large enough that a read costs little next to what is done with
// its bytes.
const readSize = 256 << 10

// Records cuts the bytes that are given to it into records. The caller reads into Space, says how much it read with
// Filled, and takes records with Next until there is none; Finish makes a rest without a line end a record.
//
//	buf:  … settled … taken … | from … searched … | to … cap
type Records struct {
	quotes bool // CSV: line ends inside quotes are content

	buf      []byte
	settled  int // see Taken
	from     int // where the next record starts
	searched int // up to here the record has no end
	to       int // the end of what was read
	finished bool

	open   bool // inside a quoted cell at searched
	atCell bool // a cell may start at searched

	lines   int64 // line ends before from
	pending int64 // line ends between from and searched
	cut     bool  // the last record had no line end
}

// NewRecords cuts into lines or, if csv, into rows of CSV.
func NewRecords(csv bool) *Records {
	r := &Records{quotes: csv}
	r.Reset(0)
	return r
}

// Reset starts on other input, of which lines lines were read before.
func (r *Records) Reset(lines int64) {
	*r = Records{quotes: r.quotes, buf: r.buf, atCell: true, lines: lines}
}

// Lines is the number of lines in the records taken so far: the next one starts on the line after it.
func (r *Records) Lines() int64 { return r.lines }

// Cut tells that the last record had no line end: the input ended there.
func (r *Records) Cut() bool { return r.cut }

// Rest is what was read and not taken.
func (r *Records) Rest() []byte { return r.buf[r.from:r.to] }

// Skip takes the first n bytes of Rest without making a record of them.
func (r *Records) Skip(n int) {
	r.from += n
	r.searched = max(r.searched, r.from)
}

// Taken returns the bytes that Next and Skip took since the last call, as far as Space was not called in between.
func (r *Records) Taken() []byte {
	taken := r.buf[r.settled:r.from]
	r.settled = r.from
	return taken
}

// Space is where to read to. It invalidates records that Next returned.
func (r *Records) Space() ([]byte, error) {
	r.settled = 0
	if r.from > 0 {
		copy(r.buf, r.buf[r.from:r.to])
		r.to -= r.from
		r.searched -= r.from
		r.from = 0
	}
	if r.to > MaxRecord {
		return nil, r.tooLong()
	}
	if len(r.buf)-r.to < readSize {
		grown := make([]byte, max(2*len(r.buf), r.to+readSize))
		copy(grown, r.buf[:r.to])
		r.buf = grown
	}
	return r.buf[r.to:], nil
}

func (r *Records) tooLong() error {
	if r.open {
		return fmt.Errorf("the row that starts here has more than %d MiB: a quote in it is not closed", MaxRecord>>20)
	}
	return fmt.Errorf("the line has more than %d MiB: is this a text file?", MaxRecord>>20)
}

// Filled says that n bytes were read to Space.
func (r *Records) Filled(n int) { r.to += n }

// Finish says that nothing more will be read.
func (r *Records) Finish() { r.finished = true }

// Next returns the next record without its line end, and how many bytes it takes with it. ok is false when there is
// no whole record any more. The record is valid until Space is called.
func (r *Records) Next() (record []byte, size int, ok bool) {
	if !r.quotes && r.lines > 0 { // most often
		i := bytes.IndexByte(r.buf[r.searched:r.to], '\n')
		if i >= 0 {
			end := r.searched + i
			record = r.buf[r.from:end]
			size = len(record) + 1
			r.from, r.searched = end+1, end+1
			r.lines++
			if n := len(record); n > 0 && record[n-1] == '\r' {
				record = record[:n-1]
			}
			return record, size, true
		}
		r.searched = r.to
	}
	return r.next()
}

// next is Next for every case.
func (r *Records) next() (record []byte, size int, ok bool) {
	mark := 0
	if r.lines == 0 {
		if mark, ok = r.byteOrderMark(); !ok {
			return nil, 0, false
		}
	}
	end := r.find()
	cut := end < 0
	if cut {
		if !r.finished || r.from+mark == r.to {
			return nil, 0, false
		}
		end = r.to
		if r.buf[end-1] != '\n' { // as it may be inside a quote that is never closed
			r.pending++
		}
	}
	record = r.buf[r.from+mark : end]
	size = end - r.from
	if !cut {
		size++
	}
	r.cut = cut
	r.from += size
	r.searched = r.from
	r.lines += r.pending
	r.pending = 0
	r.open, r.atCell = false, true
	if n := len(record); n > 0 && record[n-1] == '\r' {
		record = record[:n-1]
	}
	return record, size, true
}

// byteOrderMark is the length of the mark in front of the input; ok is false while that is not known.
func (r *Records) byteOrderMark() (length int, ok bool) {
	const mark = "\xef\xbb\xbf"
	rest := r.buf[r.from:r.to]
	if len(rest) < len(mark) {
		return 0, r.finished || len(rest) == 0 || rest[0] != mark[0]
	}
	if string(rest[:len(mark)]) != mark {
		return 0, true
	}
	r.searched = max(r.searched, r.from+len(mark))
	return len(mark), true
}

// find returns where the line end of the next record stands, or -1.
func (r *Records) find() int {
	for {
		i := bytes.IndexByte(r.buf[r.searched:r.to], '\n')
		stop := r.to
		if i >= 0 {
			stop = r.searched + i
		}
		if r.quotes {
			r.quoted(r.buf[r.searched:stop])
		}
		r.searched = stop
		if i < 0 {
			return -1
		}
		r.pending++
		if !r.open {
			return stop
		}
		r.searched++
	}
}

// quoted follows the quotes in b. A quote opens a cell only where a cell starts, so that `5" pipe` is text; inside, two
// quotes stand for one, which closing and opening again comes to.
func (r *Records) quoted(b []byte) {
	if !r.open && bytes.IndexByte(b, '"') < 0 { // most rows
		if len(b) > 0 {
			r.atCell = b[len(b)-1] == ','
		}
		return
	}
	for _, c := range b {
		switch {
		case r.open:
			r.open = c != '"'
			r.atCell = !r.open
		case c == '"' && r.atCell:
			r.open = true
		default:
			r.atCell = c == ','
		}
	}
}
