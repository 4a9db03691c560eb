package store

import (
	"sync"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// recovery takes in the log behind the state, as opening it goes through it: in folds, of which the latest become the
// overlay. What is more than the overlay may have is folded into the state before the store is open.
type recovery struct {
	store  *Store
	layers []layer
	bytes  int64    // of layers
	before wal.Mark // where they begin
	done   int64
	all    int64
}

// visit takes the next group.
func (r *recovery) visit(rec wal.Record) error {
	if n := len(r.layers); n == 0 || r.layers[n-1].fold.Bytes() >= r.store.opts.foldBytes {
		if err := r.store.opts.Recovering(r.done, max(r.done, r.all)); err != nil {
			return err
		}
		r.begin()
	}
	last := &r.layers[len(r.layers)-1]
	if !last.fold.Add(rec.Payload) {
		return malformed(r.store.paths, rec.Position)
	}
	last.to = rec.End
	r.bytes += int64(len(rec.Payload))
	r.done += int64(len(rec.Payload))
	return nil
}

// begin begins a layer. The oldest go if there are too many bytes: they will be read again.
func (r *recovery) begin() {
	for len(r.layers) > 0 && r.bytes > r.store.opts.OverlayBytes-int64(r.store.opts.foldBytes) {
		r.bytes -= int64(r.layers[0].fold.Bytes())
		r.before = r.layers[0].to
		r.layers = r.layers[1:]
	}
	next := &fold.Fold{}
	if n := len(r.layers); n > 0 {
		next.Expect(r.layers[n-1].fold)
	}
	r.layers = append(r.layers, layer{fold: next})
}

// finish makes the overlay of what was taken in, and has the state reach up to it.
func (r *recovery) finish(end wal.Mark) error {
	s := r.store
	if r.before != (wal.Mark{}) {
		s.mayFold = func() error { return s.opts.Recovering(r.done, max(r.done, r.all)) }
		err := s.foldTo(r.before)
		if s.mayFold = nil; err != nil {
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

// sorters is how many layers are sorted at a time.
const sorters = 4

// sort sorts the layers.
func (r *recovery) sort() {
	var next atomic.Int64
	work := func() {
		var memory fold.Scratch
		for i := next.Add(1) - 1; i < int64(len(r.layers)); i = next.Add(1) - 1 {
			r.layers[i].fold.Keep(&memory)
			r.layers[i].fold.Yield = r.store.yields() // for the checkpoint that it will be in
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
