package ptl

import "slices"

// Run processes one atom of input number in, whole; ran is false for replies that nobody waits for, which make no atom. On an
// error everything is as before.
func (w *Workflow[L]) Run(in int, events Batch) (ran bool, failure *AtomError) {
	replies := w.inputs[in].awaited
	if replies != nil && !replies(events) {
		return false, nil
	}
	w.begin()
	w.way = alone
	if len(w.lanes) > 1 && replies == nil {
		n, keys := events.Len(), 0
		if n >= w.spread.least {
			keys = w.keys()
		}
		w.way = w.spread.begin(n, keys)
	}
	staged := w.way != alone
	w.setInline(!staged)
	if w.inputs[in].stream.convert != nil {
		var ok bool
		if events, ok = w.converted(in, events); !ok {
			return false, w.abort(w.inputs[in].stream, nil)
		}
	}
	if ok := staged && w.runStaged(in, events) || !staged && w.runAlone(in, events); !ok {
		w.failAgain(func() bool { return w.runAlone(in, events) })
		return false, w.abort(w.inputs[in].stream, events)
	}
	w.end()
	if len(w.lanes) > 1 && replies == nil {
		w.spread.end()
	}
	return true, nil
}

// converted is an atom of another app as this one sees it.
func (w *Workflow[L]) converted(in int, events Batch) (own Batch, ok bool) {
	ok = w.each(1, func(int) { own = w.inputs[in].stream.taken(events) })
	return own, ok
}

// runAlone processes an atom on lane 0. It is written without closures: for atoms of one event, their memory would be
// most of what an atom costs.
func (w *Workflow[L]) runAlone(in int, events Batch) (ok bool) {
	l := w.lanes[0]
	base := w.bases[0]
	defer func() {
		if r := recover(); r != nil {
			w.failed[0] = laneFault{ofAtom(r), base.place(), base.event()}
		}
	}()
	w.inputs[in].run(l, base, events, 0, events.Len())
	for i, t := range w.tasks {
		if w.flow.breaks("drop an end-mark") && w.serial%3 == 0 {
			continue
		}
		if t.State != nil && t.State.perKey != nil {
			w.phase(uint32(1 + 2*i))
			if t.State.perKey(w); w.failed[0].fault != nil {
				w.ofKey(t)
				return false
			}
		}
		if t.OnAtom != nil {
			w.phase(uint32(2 + 2*i))
			t.OnAtom(l)
		}
	}
	return true
}

// runStaged processes an atom on all lanes.
func (w *Workflow[L]) runStaged(in int, events Batch) bool {
	n, lanes := events.Len(), len(w.lanes)
	ok := w.each(lanes, func(i int) {
		w.inputs[in].run(w.lanes[i], w.lanes[i].base(), events, n*i/lanes, n*(i+1)/lanes)
	})
	return ok && w.stages()
}

// failAgain finds out over what an atom has failed, by letting it fail once more: on one lane, so that it is the failure which
// a sequential run meets first, and with all handlers under a Guard, so that the one that fails tells what it was given. An
// atom that does not fail this time, since it depends on chance or on Go code, keeps the failure that it had.
func (w *Workflow[L]) failAgain(run func() (ok bool)) {
	met := slices.Clone(w.failed)
	if slices.ContainsFunc(met, func(f laneFault) bool { return f.fault != nil && f.fault.Cause != nil }) {
		return
	}
	now := w.flow.now
	clear(w.failed)
	w.undo()
	w.begin()
	w.flow.now = now
	w.setInline(true)
	w.setAgain(true)
	if run() {
		copy(w.failed, met)
	}
	w.setAgain(false)
}

// setAgain makes lanes ready for it.
func (w *Workflow[L]) setAgain(again bool) {
	w.flow.again = again
	for _, b := range w.bases {
		b.Guarded = again || w.flow.runtime.Guarded
	}
}

// ofKey notes the key for which a task failed at the barrier.
func (w *Workflow[L]) ofKey(t *Task[L]) {
	if f := w.failed[0].fault; t.runs(f) {
		f.Key = t.State.current(w.lanes[0])
	}
}

// Complete runs `on complete` of all tasks. What the first of them emits begins one last atom: the tasks behind it see
// its events, then its barrier, then complete.
func (w *Workflow[L]) Complete() *AtomError {
	w.begin()
	w.setInline(true)
	if !w.complete() {
		w.failAgain(w.complete)
		return w.abort(nil, nil)
	}
	w.end()
	return nil
}

func (w *Workflow[L]) complete() (ok bool) {
	emitted := false
	for i, t := range w.tasks {
		if emitted && !w.barrier(i, t) {
			return false
		}
		if t.Complete != nil && !w.each(1, func(int) { emitted = t.Complete(w.lanes[0]) || emitted }) {
			return false
		}
	}
	return true
}

// Refuse answers the requests of an atom with failures, and tells whether it was one of requests: of a workflow that is
// complete.
func (w *Workflow[L]) Refuse(in int, events Batch) bool {
	refuse := w.inputs[in].refuse
	if refuse == nil {
		return false
	}
	w.begin()
	w.setInline(true)
	refuse(w.lanes[0], w.inputs[in].stream.taken(events))
	return true
}

// Completes tells whether a task has `on complete`.
func (w *Workflow[L]) Completes() bool {
	return slices.ContainsFunc(w.tasks, func(t *Task[L]) bool { return t.Complete != nil })
}

// Take returns what the last atom gave to output number i; hidden tells that an empty atom of it does not exist.
func (w *Workflow[L]) Take(i int) (events Batch, hidden bool) {
	return w.outputs[i].take(w.lanes), w.outputs[i].hidden
}

// Waiting is how many handlers wait at an await.
func (w *Workflow[L]) Waiting() int {
	n := 0
	for _, waiter := range w.waiters {
		n += waiter.count()
	}
	return n
}

// Serving tells that somebody unknown may still ask.
func (w *Workflow[L]) Serving() bool { return w.serving }

func (w *Workflow[L]) begin() {
	w.serial++
	w.flow.now = 0
	for _, b := range w.bases {
		b.atom, b.resumes = w.serial, 0
	}
}

func (w *Workflow[L]) end() {
	w.flow.atoms++
	w.forget()
	w.endTimers()
	for _, s := range w.states {
		s.settle()
	}
}

// forget frees what the last handler of each lane has asked and nobody waits for.
func (w *Workflow[L]) forget() {
	for _, b := range w.bases {
		if len(b.asked) > 0 {
			b.forget()
		}
	}
}

func (w *Workflow[L]) setInline(inline bool) {
	for _, b := range w.bases {
		b.Inline = inline
	}
}

// stages brings every task, in order, what was sent to it, and then its barrier.
func (w *Workflow[L]) stages() bool {
	for i, t := range w.tasks {
		to := len(w.lanes)
		if t.Single {
			to = 1
		}
		for _, receiver := range t.receivers() {
			if !w.each(to, func(lane int) { receiver.deliver(w.lanes, lane, w.ahead(t, lane)) }) {
				return false
			}
		}
		if !w.barrier(i, t) {
			return false
		}
	}
	return true
}

// keys is how many keys lane 0 has of the task that has most; the other lanes have about as many.
func (w *Workflow[L]) keys() (most int) {
	for _, t := range w.tasks {
		if t.State != nil && t.State.keys != nil && !t.Single {
			most = max(most, t.State.keys(w.lanes[0]))
		}
	}
	return most
}

// ahead is what looks for the keys of a task ahead, or nil.
func (w *Workflow[L]) ahead(t *Task[L], lane int) func(hashes []uint64) {
	if t.State == nil || t.State.ahead == nil || t.Single {
		return nil
	}
	return t.State.ahead(w.lanes[lane], lane)
}

// barrier runs `on atom per key` and `on atom` of task number i.
func (w *Workflow[L]) barrier(i int, t *Task[L]) bool {
	if w.flow.breaks("drop an end-mark") && w.serial%3 == 0 {
		return true
	}
	if t.State != nil && t.State.perKey != nil {
		w.phase(uint32(1 + 2*i))
		t.State.perKey(w)
		if w.anyFailed() {
			if w.lanes[0].base().Inline {
				w.ofKey(t)
			}
			return false
		}
	}
	if t.OnAtom == nil {
		return true
	}
	w.phase(uint32(2 + 2*i))
	return w.each(1, func(int) { t.OnAtom(w.lanes[0]) })
}

// phase moves all lanes to the barrier that has this number.
func (w *Workflow[L]) phase(n uint32) {
	for _, b := range w.bases {
		b.begin(ord{phase: n, depth: 1})
	}
}

// runPerKey calls handle for each touched key, in the order of first touch.
func runPerKey[L worker, K comparable, S any](w *Workflow[L], at func(L) (*Keyed[K, S], *Lane), handle func(l L, key K, s *S)) {
	all, base := at(w.lanes[0])
	if base.Inline {
		w.each(1, func(int) {
			for i := range all.touched {
				all.last = all.touched[i].cell
				handle(w.lanes[0], all.last.key, &all.last.state)
			}
		})
		return
	}
	ranks := rankTouched(w, at)
	phase := base.cur.phase
	w.each(len(w.lanes), func(lane int) {
		k, b := at(w.lanes[lane])
		for i, rank := range ranks[lane] {
			b.begin(ord{phase: phase, depth: 1, at: [maxHops]uint32{rank}})
			c := k.touched[k.firsts[i].touch].cell
			handle(w.lanes[lane], c.key, &c.state)
		}
	})
}

// rankTouched numbers the touched keys of all lanes in the order of first touch.
func rankTouched[L worker, K comparable, S any](w *Workflow[L], at func(L) (*Keyed[K, S], *Lane)) [][]uint32 {
	keyed := make([]*Keyed[K, S], len(w.lanes))
	ranks := make([][]uint32, len(w.lanes))
	queues := make([][]first, len(w.lanes))
	for i, l := range w.lanes {
		keyed[i], _ = at(l)
		queues[i] = keyed[i].firsts
		inOrder(queues[i], placeOfFirst)
		ranks[i] = make([]uint32, 0, len(queues[i]))
	}
	rank := uint32(0)
	merge(queues, placeOfFirst, func(lane int, run []first) {
		for range run {
			ranks[lane] = append(ranks[lane], rank)
			rank++
		}
	})
	return ranks
}

func placeOfFirst(f *first) *ord { return &f.place }

// each calls work for lanes 0 … n-1, at once when n > 1 and they share the atom, and tells whether none failed.
func (w *Workflow[L]) each(n int, work func(lane int)) bool {
	if n == 1 || w.way == inTurn {
		for i := range n {
			w.protect(i, work)
		}
	} else {
		w.flow.runtime.Parallel(n, func(i int) { w.protect(i, work) })
	}
	return !w.anyFailed()
}

func (w *Workflow[L]) anyFailed() bool {
	return slices.ContainsFunc(w.failed, func(f laneFault) bool { return f.fault != nil })
}

// protect calls work and notes how it failed.
func (w *Workflow[L]) protect(lane int, work func(lane int)) {
	base := w.lanes[lane].base()
	base.rest()
	defer func() {
		if r := recover(); r != nil {
			w.failed[lane] = laneFault{ofAtom(r), base.place(), base.event()}
		}
	}()
	work(lane)
}
