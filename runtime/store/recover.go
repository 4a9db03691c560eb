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
	fold  *fold.Fold // of what was taken in; nil for nothing
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
	if r.bytes > r.most() && int64(r.fold.Held()) > r.most() {
		r.tooMany, r.fold = true, nil
	}
	return err
}

// take adds a group to what the overlay will have.
func (r *recovery) take(rec wal.Record) error {
	if r.fold == nil {
		r.fold = &fold.Fold{}
		r.fold.Expect(r.ahead, r.most())
	}
	if !r.fold.Add(rec.Payload) {
		return malformed(r.store.paths, rec.Position)
	}
	return nil
}

// finish makes the overlay of what was taken in, and has the state reach up to it.
func (r *recovery) finish(end wal.Mark) error {
	s := r.store
	if r.tooMany {
		if err := r.foldMost(end); err != nil {
			return err
		}
	}
	if r.fold != nil {
		r.fold.Seal()
		r.fold.Yield = s.yield // for the checkpoint that it will be in
		s.overlay.set(&layer{r.fold, end})
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
	s.mayFold = func() error { return s.opts.Recovering(r.done, max(r.done, r.all)) }
	err := s.foldBy(&fold.Fold{}, r.parts[kept-1].to)
	if s.mayFold = nil; err != nil || kept == len(r.parts) {
		return err
	}
	return s.log.Read(r.parts[kept-1].to, end, r.take)
}
