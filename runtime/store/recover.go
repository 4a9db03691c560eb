package store

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// recovery takes in the log behind the state, as opening it goes through it. It keeps it in memory, folded, as the overlay that the
// state gets; once it is more than that may have, it only notes where it could be parted, since the end of the log is
// not known before. Then what is too much is folded into the state before the store is open, and the rest is read again.
//
// A long log is read by two at once, each of which folds what it reads: so the overlay has two layers.
type recovery struct {
	store  *Store
	all    int64      // about how much log there is
	middle wal.Mark   // where the second one begins; the zero Mark if there is one only
	halves [2]half    // what they find
	asking sync.Mutex // held while Recovering is asked
	no     error      // what it gave when it wanted no more

	bytes atomic.Int64 // of log that both have read
	held  atomic.Int64 // memory that both have taken
	// tooMany tells that the log behind the state is more than the overlay may have, and so is the memory that it takes.
	tooMany atomic.Bool
}

// half is what one reader has found.
type half struct {
	parts []part
	taken *fold.Fold // what was taken in; nil for nothing
	held  int64      // memory that it takes
}

// partBytes is how much log is folded at least if not all of it may stay in memory.
const partBytes = 16 << 20

// part is a stretch of the log of about that many bytes, or as many as are folded in one step.
type part struct {
	bytes int64
	to    wal.Mark
}

// ahead looks how much log there is behind a mark, and completes the options to read it with.
func (r *recovery) ahead(log *wal.Options, from wal.Mark) (err error) {
	log.Visit = func(rec wal.Record) error { return r.visit(&r.halves[0], rec) }
	log.Second = func(rec wal.Record) error { return r.visit(&r.halves[1], rec) }
	r.all, r.middle, err = wal.Ahead(*log, from)
	log.Middle = r.middle
	return err
}

// most is how many bytes the overlay may have.
func (r *recovery) most() int64 { return max(r.store.opts.OverlayBytes, 0) }

// visit takes the next group of a half.
func (r *recovery) visit(h *half, rec wal.Record) error {
	size := int64(len(rec.Payload))
	if len(h.parts) == 0 || h.parts[len(h.parts)-1].bytes >= int64(min(r.store.opts.foldBytes, partBytes)) {
		if err := r.goesOn(); err != nil {
			return err
		}
		h.parts = append(h.parts, part{})
	}
	last := &h.parts[len(h.parts)-1]
	last.bytes, last.to = last.bytes+size, rec.End
	bytes := r.bytes.Add(size)
	if r.tooMany.Load() {
		h.taken = nil
		return nil
	}
	log, memory, two := r.all, r.most(), r.middle != (wal.Mark{})
	if two {
		log, memory = log/2, memory/2
	}
	err := r.take(h, rec, log, memory, two)
	more := int64(h.taken.Held()) - h.held
	h.held += more
	if r.held.Add(more) > r.most() && bytes > r.most() {
		r.tooMany.Store(true)
		h.taken = nil
	}
	return err
}

// goesOn tells how far reading the log has come, and whether it should go on. Once it should not, that is so for both readers.
func (r *recovery) goesOn() error {
	r.asking.Lock()
	defer r.asking.Unlock()
	if r.no == nil {
		done := r.bytes.Load()
		r.no = r.store.opts.Recovering(done, max(done, r.all))
	}
	return r.no
}

// take adds a group to what a half has, which will be about so much log, of large groups perhaps, and may take so much memory.
func (r *recovery) take(h *half, rec wal.Record, log, memory int64, large bool) error {
	if h.taken == nil {
		h.taken = &fold.Fold{}
		h.taken.Expect(log, memory, large)
	}
	if !h.taken.Add(rec.Payload) {
		return malformed(r.store.paths, rec.Position)
	}
	return nil
}

// maxOpened is how many checkpoints' worth of log a store is opened with. What closes gives up its checkpoint; so one that never runs for
// long would never have one else. It is more than one that runs leaves behind (see backlog.go).
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
		return r.goesOn()
	}
	defer func() { s.mayFold = nil }()
	if err := r.finish(end); err != nil || marked && !tooMuch {
		return err
	}
	return s.foldTo(end, noFurther) // from here on a mark says where the log of a new one begins
}

// behind is how much log is not in the state. Only a checkpoint gives up segments: so these count, however little is in them.
func (s *Store) behind(end wal.Mark) int64 {
	mark, _ := s.state.Mark()
	return int64(end.Segment-mark.Segment) * s.opts.SegmentBytes
}

// finish makes the overlay of what was taken in, and has the state reach up to it.
func (r *recovery) finish(end wal.Mark) error {
	s := r.store
	if r.no != nil { // which the second reader was told, and the first had come to the end
		return r.no
	}
	if !s.found.Parted {
		r.halves[1] = half{}
	}
	if r.tooMany.Load() {
		if err := r.foldMost(end); err != nil {
			return err
		}
	}
	var layers []layer
	for _, h := range r.halves {
		if h.taken != nil {
			h.taken.Seal()
			h.taken.Yield, h.taken.Progress = s.yield, s.backlog.made // for the checkpoint that it will be in
			layers = append(layers, layer{fold: h.taken, to: r.middle})
		}
	}
	if n := len(layers); n > 0 {
		layers[n-1].to = end
		behind := s.behind(end)
		for i := range layers {
			layers[i].bytes = behind / int64(n)
		}
		s.overlay.set(layers)
		s.backlog.found(behind)
	}
	s.checkpoint.answers(end)
	return nil
}

// foldMost folds the oldest parts into the state and takes in the others.
func (r *recovery) foldMost(end wal.Mark) error {
	s, parts := r.store, slices.Concat(r.halves[0].parts, r.halves[1].parts)
	r.halves = [2]half{}
	kept, ahead := len(parts), int64(0)
	for ; kept > 0 && ahead+parts[kept-1].bytes <= r.most(); kept-- {
		ahead += parts[kept-1].bytes
	}
	from := s.folded()
	if kept > 0 { // what the second reader has found may not have been of the log
		from = parts[kept-1].to
		if err := s.foldBy(&fold.Fold{}, from, noFurther); err != nil || kept == len(parts) {
			return err
		}
	}
	return s.log.Read(from, end, func(rec wal.Record) error { return r.take(&r.halves[0], rec, ahead, r.most(), r.middle != wal.Mark{}) })
}
