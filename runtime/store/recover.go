package store

import (
	"sync"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// recovery takes in the log behind the state, as opening it goes through it. It keeps it in memory, as the layers of the overlay
// that the state gets; once it is more than that may have, it only notes where it could be parted, since the end of the log is
// not known before. Then what is too much is folded into the state before the store is open, and the rest is read again.
type recovery struct {
	store  *Store
	parts  []part
	bytes  int64   // of all parts
	layers []layer // of all parts; nil when tooMany
	held   int64   // memory of all layers but the last
	// tooMany tells that the log behind the state is more than the overlay may have, and so is the memory that it takes.
	tooMany bool
	done    int64
	all     int64
}

// partBytes is how much log a layer has: several are sorted at once.
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
	begins := len(r.parts) == 0 || r.parts[len(r.parts)-1].bytes >= int64(min(r.store.opts.foldBytes, partBytes))
	if begins {
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
	err := r.take(rec, begins)
	if r.bytes > r.most() && r.held+int64(r.layers[len(r.layers)-1].fold.Held()) > r.most() {
		r.tooMany, r.layers = true, nil
	}
	return err
}

// take adds a group to the last layer, or to another one that it begins.
func (r *recovery) take(rec wal.Record, begins bool) error {
	if begins {
		next := &fold.Fold{}
		if n := len(r.layers); n > 0 {
			before := r.layers[n-1].fold
			next.Expect(before)
			r.held += int64(before.Held())
		}
		r.layers = append(r.layers, layer{fold: next})
	}
	last := &r.layers[len(r.layers)-1]
	if last.to = rec.End; !last.fold.Add(rec.Payload) {
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
	r.sort()
	if n := len(r.layers); n > 0 {
		s.overlay.set(r.layers)
	}
	s.checkpoint.answers(end)
	return nil
}

// foldMost folds the oldest parts into the state and makes layers of the others.
func (r *recovery) foldMost(end wal.Mark) error {
	s, kept := r.store, len(r.parts)
	for bytes := int64(0); ; kept-- {
		if bytes += r.parts[kept-1].bytes; bytes > r.most() {
			break
		}
	}
	s.mayFold = func() error { return s.opts.Recovering(r.done, max(r.done, r.all)) }
	err := s.foldBy(&fold.Fold{}, r.parts[kept-1].to)
	if s.mayFold = nil; err != nil || kept == len(r.parts) {
		return err
	}
	begins, ends := true, r.parts[kept:]
	return s.log.Read(r.parts[kept-1].to, end, func(rec wal.Record) error {
		err := r.take(rec, begins)
		if begins = rec.End == ends[0].to; begins {
			ends = ends[1:]
		}
		return err
	})
}

// sorters is how many layers are sorted at a time.
const sorters = 4

// sort sorts the layers.
func (r *recovery) sort() {
	var next atomic.Int64
	work := func() {
		for i := next.Add(1) - 1; i < int64(len(r.layers)); i = next.Add(1) - 1 {
			r.layers[i].fold.Seal()
			r.layers[i].fold.Yield = r.store.yield // for the checkpoint that it will be in
		}
	}
	if r.store.opts.Go == nil {
		work()
		return
	}
	var working sync.WaitGroup
	for range sorters {
		working.Add(1)
		r.store.opts.Go(func() {
			defer working.Done()
			work()
		})
	}
	working.Wait()
}
