package engine

import (
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/store"
)

// Reading the store gives what its last checkpoint has. Coverage is how far that reaches in terms of cuts: state that was
// not changed since a covered cut can be let go of and read again.
type coverage struct {
	commits []commitOf    // that are not covered; the committer's
	last    atomic.Uint64 // the last cut that is
}

type commitOf struct {
	cut uint64
	at  store.Position
}

// mostCuts bounds the memory of what is not covered, since a checkpoint may be days away.
const mostCuts = 1024

// noted adds a cut. When there are many, every other one goes: then coverage is seen later.
func noted[T any](cuts []T, cut T) []T {
	if len(cuts) == mostCuts {
		for i := range mostCuts / 2 {
			cuts[i] = cuts[2*i+1]
		}
		cuts = cuts[:mostCuts/2]
	}
	return append(cuts, cut)
}

// flowCut is a cut to which a workflow contributed, with the number of its last atom then.
type flowCut struct{ cut, atom uint64 }

// covers notes how far the store's checkpoint has come.
func (e *Engine) covers() {
	c, at := &e.coverage, e.store.Checkpointed()
	n := 0
	for ; n < len(c.commits) && at.Covers(c.commits[n].at); n++ {
		c.last.Store(c.commits[n].cut)
	}
	c.commits = append(c.commits[:0], c.commits[n:]...)
}

// cover tells w's states how far they are covered.
func (e *Engine) cover(w *workflow) {
	n := 0
	for last := e.coverage.last.Load(); n < len(w.cuts) && w.cuts[n].cut <= last; n++ {
	}
	if n > 0 {
		w.program.Cover(w.cuts[n-1].atom)
		w.cuts = append(w.cuts[:0], w.cuts[n:]...)
	}
}

// budget bounds the memory that the states of all workflows take together. Above high, each workflow lets go of its share,
// down to low, of what is covered. When keys that fill half of the limit were written since the last checkpoint began, the next
// one is made; meanwhile the other half can go. So a workflow waits only if the disk is slower than its keys come: above the
// limit it takes no further atom until a checkpoint has covered what it has.
type budget struct {
	limit   int64 // 0: none
	total   atomic.Int64
	written atomic.Int64 // of keys, since the last checkpoint that was wanted began
	wanted  atomic.Bool  // a checkpoint
	running atomic.Bool  // one runs that was wanted
	ended   atomic.Bool  // it has ended, and nobody was told yet
	failed  atomic.Bool  // the last one did
}

func (b *budget) high() int64 { return b.limit / 8 * 7 }
func (b *budget) low() int64  { return b.limit / 4 * 3 }

// account adds up what w's states take, and what of them was written.
func (b *budget) account(w *workflow) {
	bytes, written := w.program.StateBytes(), w.program.WrittenBytes()
	b.total.Add(bytes - w.bytes)
	b.written.Add(written - w.written)
	w.bytes, w.written = bytes, written
}

// makeRoom keeps w's states within the budget, as far as it can, and tells whether w may take an atom.
func (e *Engine) makeRoom(w *workflow) bool {
	e.cover(w)
	b := &e.budget
	if b.limit == 0 {
		return true
	}
	b.account(w)
	if total := b.total.Load(); total > b.high() {
		w.program.Evict(int64(float64(b.low()) * float64(w.bytes) / float64(total)))
		b.account(w)
	}
	total := b.total.Load()
	if total <= b.high() && b.written.Load() <= b.limit/2 {
		return true
	}
	if len(w.cuts) == 0 && !w.dirty.Load() {
		return true // it needs what it has
	}
	if !b.running.Load() && !b.wanted.Swap(true) {
		e.sched.wake(&e.committer.actor, false)
	}
	return total <= b.limit || b.failed.Load()
}

// askOthers has the other workflows look whether they can let go of something, which they do in their own steps.
func (e *Engine) askOthers(w *workflow) {
	if b := &e.budget; b.limit == 0 || b.total.Load() <= b.limit {
		return
	}
	for _, other := range e.workflows {
		if other != w {
			e.sched.wake(&other.actor, false)
		}
	}
}

// wantedCheckpoint makes the checkpoint that somebody wants, and tells those who wait for it when it has ended.
func (e *Engine) wantedCheckpoint() {
	b := &e.budget
	if b.ended.Swap(false) {
		e.covers()
		for _, w := range e.workflows {
			e.sched.wake(&w.actor, false)
		}
	}
	if !b.wanted.Load() || b.running.Load() {
		return
	}
	b.wanted.Store(false)
	b.running.Store(true)
	b.written.Store(0)
	e.store.CheckpointSoon(func(err error) {
		b.failed.Store(err != nil)
		b.running.Store(false)
		b.ended.Store(true)
		e.sched.wake(&e.committer.actor, true)
	})
}
