package store

import (
	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// recovery takes in the log behind the state, as opening it goes through it. It keeps it in memory, folded, as the overlay that the
// state gets; once it is more than that may have, it only notes where it could be parted, since the end of the log is
// not known before. Then what is too much is folded into the state before the store is open, and the rest is read again.
type recovery struct {
	store *Store
	parts []part
	bytes int64      // of all parts
	taken *fold.Fold // what was taken in; nil for nothing
	ahead int64      // about how much will be taken in, when that begins
	// tooMany tells that the log behind the state is more than the overlay may have, and so is the memory that it takes.
	tooMany bool
	done    int64
	all     int64
}

// partBytes is how much log is folded at least if not all of it may stay in memory.
const partBytes = 16 << 20

// part is a stretch of the log of about that many bytes, or as many as are folded in one step.
type part struct {
	bytes int64
	to    wal.Mark
}

// most is how many bytes the overlay may have.
func (r *recovery) most() int64 { return max(r.store.opts.OverlayBytes, 0) }

// visit takes the next group.
func (r *recovery) visit(rec wal.Record) error {
	size := int64(len(rec.Payload))
	if len(r.parts) == 0 || r.parts[len(r.parts)-1].bytes >= int64(min(r.store.opts.foldBytes, partBytes)) {
		if err := r.store.opts.Recovering(r.done, max(r.done, r.all)); err != nil {
			return err
		}
		r.parts = append(r.parts, part{})
	}
	last := &r.parts[len(r.parts)-1]
	last.bytes, last.to = last.bytes+size, rec.End
	r.bytes += size
	r.done += size
	if r.tooMany {
		return nil
	}
	r.ahead = r.all
	err := r.take(rec)
	if r.bytes > r.most() && int64(r.taken.Held()) > r.most() {
		r.tooMany, r.taken = true, nil
	}
	return err
}

// take adds a group to what the overlay will have.
func (r *recovery) take(rec wal.Record) error {
	if r.taken == nil {
		r.taken = &fold.Fold{}
		r.taken.Expect(r.ahead, r.most())
	}
	if !r.taken.Add(rec.Payload) {
		return malformed(r.store.paths, rec.Position)
	}
	return nil
}

// maxOpened is how many checkpoints' worth of log a store is opened with. What closes gives up its checkpoint; so one that never runs for
// long would never have one else.
const maxOpened = 2 * maxBehind

// fold is finish for a store that changes: one that is new, or has too much log, is open behind a checkpoint. With too much, that is
// not given up before something of it is done: else the log would grow with each attempt.
func (r *recovery) fold(end wal.Mark, marked bool) error {
	s := r.store
	most := maxOpened * s.opts.CheckpointBytes
	tooMuch, before := most >= 0 && s.behind(end) >= most, s.checkpoint.count
	s.mayFold = func() error {
		if !marked || tooMuch && s.checkpoint.count == before {
			return nil
		}
		return s.opts.Recovering(r.done, max(r.done, r.all))
	}
	defer func() { s.mayFold = nil }()
	if err := r.finish(end); err != nil || marked && !tooMuch {
		return err
	}
	return s.foldTo(end) // from here on a mark says where the log of a new one begins
}

// behind is how much log is not in the state. Only a checkpoint gives up segments: so these count, however little is in them.
func (s *Store) behind(end wal.Mark) int64 {
	mark, _ := s.state.Mark()
	return int64(end.Segment-mark.Segment) * s.opts.SegmentBytes
}

// finish makes the overlay of what was taken in, and has the state reach up to it.
func (r *recovery) finish(end wal.Mark) error {
	s := r.store
	if r.tooMany {
		if err := r.foldMost(end); err != nil {
			return err
		}
	}
	if r.taken != nil {
		r.taken.Seal()
		r.taken.Yield = s.yield // for the checkpoint that it will be in
		s.overlay.set(&layer{r.taken, end})
	}
	s.checkpoint.answers(end)
	return nil
}

// foldMost folds the oldest parts into the state and takes in the others.
func (r *recovery) foldMost(end wal.Mark) error {
	s, kept := r.store, len(r.parts)
	for r.ahead = 0; r.ahead+r.parts[kept-1].bytes <= r.most(); kept-- {
		r.ahead += r.parts[kept-1].bytes
	}
	if err := s.foldBy(&fold.Fold{}, r.parts[kept-1].to); err != nil || kept == len(r.parts) {
		return err
	}
	return s.log.Read(r.parts[kept-1].to, end, r.take)
}
