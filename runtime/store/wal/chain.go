package wal

import (
	"fmt"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// Record is one group as it stands in the log.
type Record struct {
	Position
	Payload []byte // until the next record is read
	Durable uint64 // sequence number up to which the log was known to be durable when this was written
	End     Mark   // the place behind it
}

// chain follows the log record by record, through a window that it moves along: what was read of a record is good until the next.
type chain struct {
	dir   directory
	at    Mark
	limit *Mark  // nothing is read beyond it; nil to read to the end
	data  []byte // the window: of segment at.Segment, from base on
	base  int64
	held  bool   // data is of at.Segment
	whole bool   // it goes up to the end of what may be read of it
	clean bool   // the last record was that of an orderly close
	wrong string // why there is no next record
}

// windowBytes is how much is read at a time, if a record is not larger.
const windowBytes = 1 << 20

// next gives the next group. At the place where the chain breaks, ok is false, at is that place, and wrong says what
// is there instead of a record; whether that is the end is for findEnd to say.
func (c *chain) next() (rec Record, ok bool, err error) {
	for c.limit == nil || c.at != *c.limit {
		if err := c.fill(); err != nil {
			return rec, false, err
		}
		h, payload, wrong := c.follow()
		if wrong != "" {
			moved, err := c.enter(c.at.Segment + 1)
			if !moved {
				c.wrong = wrong
				return rec, false, err
			}
			continue
		}
		c.at.Epoch, c.at.Seq, c.at.Sum = h.epoch, h.seq, h.sum
		c.at.Offset += h.size()
		c.clean = h.kind == kindClose
		if h.kind == kindGroup {
			return Record{Position: c.at.Position, Payload: payload, Durable: h.durable, End: c.at}, true, nil
		}
	}
	return rec, false, nil
}

// fill moves the window on until all of the record at the chain's place is in it, or all that there is.
func (c *chain) fill() error {
	if !c.held {
		c.data, c.base, c.held, c.whole = c.data[:0], c.at.Offset, true, false
	}
	for {
		rest := c.rest()
		need := recordBytes(rest, c.dir.magic())
		if c.whole || len(rest) >= need {
			return nil
		}
		limit := int64(-1)
		if c.limit != nil && c.limit.Segment == c.at.Segment {
			limit = c.limit.Offset
		}
		kept := c.data[:copy(c.data, rest)]
		data, whole, err := c.dir.load(c.at.Segment, c.at.Offset+int64(len(kept)), limit, kept, max(windowBytes, need)-len(kept))
		c.data, c.base, c.whole, c.held = data, c.at.Offset, whole, err == nil
		if err != nil {
			return err
		}
	}
}

// rest is the window from the chain's place on.
func (c *chain) rest() []byte { return c.data[min(c.at.Offset-c.base, int64(len(c.data))):] }

// follow decodes what is at the chain's place and checks that it belongs there.
func (c *chain) follow() (h header, payload []byte, wrong string) {
	h, payload, wrong = decode(c.rest(), c.dir.magic())
	if wrong != "" {
		return h, nil, wrong
	}
	seq, epoch := c.at.Seq, c.at.Epoch
	switch h.kind {
	case kindGroup:
		seq++
	case kindStart:
		epoch = max(h.epoch, epoch+1) // any later one
	}
	switch {
	case h.kind != kindGroup && h.kind != kindClose && !(h.kind == kindStart && startsSegment(payload, c.at.Segment)):
		wrong = fmt.Sprintf("a record of kind %d where a group belongs", h.kind)
	case h.prev != c.at.Sum:
		wrong = "a record that does not follow the one before it"
	case h.epoch != epoch || h.seq != seq:
		wrong = fmt.Sprintf("group %d of epoch %d where %d of %d belongs", h.seq, h.epoch, seq, c.at.Epoch)
	}
	return h, payload, wrong
}

// enter moves to the start of a segment, if its first record continues the chain from where it is.
func (c *chain) enter(segment uint64) (moved bool, err error) {
	if c.limit != nil && segment > c.limit.Segment {
		return false, nil
	}
	h, wrong, err := c.dir.start(segment)
	if err != nil || wrong != "" || h.prev != c.at.Sum || h.seq != c.at.Seq || h.epoch < c.at.Epoch {
		return false, err
	}
	c.at = h.behind(segment)
	c.held, c.clean = false, false
	return true, nil
}

// Read gives every group between two marks, both of which the log has reached, for as long as visit runs. That a group there cannot be read is
// damage: whoever has the second mark has seen it durable.
func (l *Log) Read(from, to Mark, visit func(Record) error) error { return l.dir.read(from, to, visit) }

func (d directory) read(from, to Mark, visit func(Record) error) error {
	c := chain{dir: d, at: from, limit: &to}
	for {
		rec, ok, err := c.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if err := visit(rec); err != nil {
			return err
		}
	}
	if c.at != to {
		return d.damage(c.at, c.wrong, fmt.Sprintf("the log was durable up to %s", to.Place()))
	}
	return nil
}

// damage is the error for a chain that breaks where it must not.
func (d directory) damage(at Mark, wrong, because string) error {
	e := &fault.Error{Kind: fault.Damaged, Path: d.segment(at.Segment), Offset: at.Offset,
		Detail: fmt.Sprintf("%s, behind group %d, but %s", wrong, at.Seq, because),
		Remedy: "restore the store from a backup, or remove it to start afresh; it was left as it is"}
	if at.Segment == 0 {
		e.Path, e.Offset = d.path, fault.NoOffset
	}
	return e
}
