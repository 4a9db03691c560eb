package wal

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// Tail is what was found behind a checkpoint.
type Tail struct {
	End    Mark   // the last record of the chain
	Groups uint64 // between the checkpoint and the end
	Bytes  int64  // of their payloads
	Clean  bool   // the log was closed in order
	Cut    string // what stands where the next record would; for people
	Parted bool   // a second reader has read what is behind the middle

	oldest uint64 // lowest number of a segment that is there
}

// findEnd follows the chain from a mark that is known to be durable to its end, and makes sure that it is one.
func (d directory) findEnd(opts Options, from Mark) (Tail, error) {
	numbers, err := d.segments()
	if err != nil {
		return Tail{}, err
	}
	if _, err := d.anchor(from, numbers); err != nil {
		return Tail{}, err
	}
	tail := Tail{oldest: 1}
	if len(numbers) > 0 {
		tail.oldest = numbers[0]
	}
	r, parted := d.readAll(opts, from)
	if r.err != nil {
		return Tail{}, r.err
	}
	tail.Groups, tail.Bytes, tail.Parted = r.groups, r.bytes, parted
	tail.End, tail.Clean, tail.Cut = r.at, r.clean, r.wrong
	return tail, d.checkEnd(&r.chain, numbers)
}

// Check reads the log behind a mark as Open would, and what is before the mark in its segment; it changes nothing.
func Check(opts Options, from Mark, visit func(Record) error) (Tail, error) {
	d := newDirectory(opts.FS, opts.Dir, opts.Identity)
	opts.Visit = visit
	if from == (Mark{}) {
		return d.findEnd(opts, d.origin())
	}
	numbers, err := d.segments()
	if err != nil {
		return Tail{}, err
	}
	first, err := d.anchor(from, numbers)
	if err != nil {
		return Tail{}, err
	}
	if err := d.read(first, from, visit); err != nil {
		return Tail{}, err
	}
	return d.findEnd(opts, from)
}

// Ahead is how much room the segments behind a mark take: the log there is not longer. If it is so long that two should read it, and
// there is Go, middle is where the second one can begin; else it is the zero Mark.
func Ahead(opts Options, from Mark) (bytes int64, middle Mark, err error) {
	d := newDirectory(opts.FS, opts.Dir, opts.Identity)
	numbers, err := d.segments()
	for _, n := range numbers {
		if n < from.Segment {
			continue
		}
		info, err := d.fs.Stat(d.segment(n))
		if err != nil {
			return 0, Mark{}, fault.Disk("look at a segment of the log", d.segment(n), fault.NoOffset, err)
		}
		bytes += info.Size()
	}
	if opts.Go != nil {
		middle = d.middle(from, numbers)
	}
	return bytes, middle, err
}

// anchor makes sure that the segment a mark stands in is there, and is that segment. It gives the mark behind the
// segment's start.
func (d directory) anchor(from Mark, numbers []uint64) (first Mark, err error) {
	if from.Segment == 0 {
		return from, nil
	}
	if !slices.Contains(numbers, from.Segment) {
		return first, &fault.Error{Kind: fault.Missing, Path: d.segment(from.Segment), Offset: fault.NoOffset,
			Detail: fmt.Sprintf("the checkpoint stands at %s, and this segment is gone", from.Place()),
			Remedy: "restore it from a backup, or remove the store to start afresh"}
	}
	h, wrong, err := d.start(from.Segment)
	if err != nil {
		return first, err
	}
	if wrong != "" {
		return first, d.damage(Mark{Segment: from.Segment}, wrong, fmt.Sprintf("the checkpoint stands at %s", from.Place()))
	}
	return h.behind(from.Segment), nil
}

// checkEnd looks behind the place where the chain broke for a sign that it must not have broken there.
func (d directory) checkEnd(c *chain, numbers []uint64) error {
	if c.at.Segment > 0 {
		data, err := d.loadAll(c.at.Segment, c.at.Offset)
		if err != nil {
			return err
		}
		if because := d.witness(data, c.at.Segment, c.at.Offset, c.at); because != "" {
			return d.damage(c.at, c.wrong, because)
		}
	}
	expect := c.at.Segment + 1
	for _, n := range numbers {
		if n <= c.at.Segment {
			continue
		}
		data, err := d.loadAll(n, 0)
		if err != nil {
			return err
		}
		because := d.witness(data, n, 0, c.at)
		if because == "" {
			continue
		}
		if !slices.Contains(numbers, expect) {
			return &fault.Error{Kind: fault.Missing, Path: d.segment(expect), Offset: fault.NoOffset,
				Detail: fmt.Sprintf("the log breaks off behind group %d, but %s", c.at.Seq, because),
				Remedy: "restore the segment from a backup, or remove the store to start afresh"}
		}
		return d.damage(c.at, c.wrong, because)
	}
	return nil
}

// witness searches data, of a segment from base on, for a record that is sound in itself and was written when more was durable than
// a log that ends at end has. It tells what the record knows; "" if there is none.
func (d directory) witness(data []byte, segment uint64, base int64, end Mark) (because string) {
	magic := d.magic()
	for i := int64(0); i+HeaderSize <= int64(len(data)); i += align {
		second := segment == end.Segment+1 && base+i == startSize
		if binary.LittleEndian.Uint32(data[i+atMagic:]) != magic || !second &&
			binary.LittleEndian.Uint64(data[i+atDurable:]) <= end.Seq && binary.LittleEndian.Uint32(data[i+atEpoch:]) <= end.Epoch {
			continue
		}
		h, _, wrong := decode(data[i:], magic)
		if wrong != "" {
			continue
		}
		switch at := fmt.Sprintf("in %s at byte %d", segmentName(segment), base+i); {
		case h.durable > end.Seq:
			return fmt.Sprintf("a record %s knows %d groups to be durable", at, h.durable)
		case h.kind != kindGroup:
		case h.epoch > end.Epoch:
			return fmt.Sprintf("a group %s is of epoch %d, the beginning of which was durable before it", at, h.epoch)
		case second && h.epoch == end.Epoch && h.seq == end.Seq+1:
			return fmt.Sprintf("group %d, %s, was written after the segment's start, to the same sector", h.seq, at)
		}
	}
	return ""
}

// harden syncs the segments that were read, so that what is built on them cannot outlive them.
func (d directory) harden(from, to uint64) error {
	for n := max(from, 1); n <= to; n++ {
		path := d.segment(n)
		if _, err := d.fs.Stat(path); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		f, err := d.fs.OpenReadWrite(path, writeCategory)
		if err != nil {
			return fault.Disk("open a segment of the log", path, fault.NoOffset, err)
		}
		err = f.Sync()
		if closed := f.Close(); err == nil {
			err = closed
		}
		if err != nil {
			return fault.Disk("sync a segment of the log", path, fault.NoOffset, err)
		}
	}
	return d.syncNames()
}
