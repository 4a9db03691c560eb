package ptl

import (
	"errors"
	"fmt"
	"math/bits"
)

// FrameType describes the frames of a handler that awaits: a generated struct F with the resume point, what the rest of
// the handler needs, and its futures.
type FrameType[F any] struct {
	Name    string                      // of the handler in its task: `event`
	At      func(f *F) *uint32          // where the frame goes on: the number of a resume point
	Points  []Point                     // all of them
	Append  func(b []byte, f *F) []byte // what is needed at the frame's resume point
	Read    func(r *Reader, f *F)
	Futures func(f *F, visit *Visit) // visits the futures that are needed there
	Freeze  func(f *F)               // releases ownership of collections; nil when there are none
}

// Point is an await at which a handler can wait.
type Point struct {
	At    uint32 // its number in this version of the program
	ID    uint64 // what it is called in a store: another one if the handler up to it, or what it keeps, is another
	Place string
}

// append writes a frame.
func (t *FrameType[F]) append(b []byte, f *F) []byte {
	at := *t.At(f)
	for _, p := range t.Points {
		if p.At == at {
			return t.Append(AppendUint(b, p.ID), f)
		}
	}
	panic(fmt.Sprintf("ptl: a handler %s waits at %d, which is no await", t.Name, at))
}

// read reads what append wrote, perhaps in another version of the program.
func (t *FrameType[F]) read(r *Reader, f *F) {
	id := r.Uint()
	for _, p := range t.Points {
		if p.ID == id {
			*t.At(f) = p.At
			t.Read(r, f)
			return
		}
	}
	r.Fail(errPoint)
}

var errPoint = errors.New("something waits at an await that this version does not have: the handler has changed before it, or what it keeps there")

// Waiting is a lane's hold on the frames of one awaiting handler, which lie with the partition of their key.
type Waiting[K comparable, F any] struct {
	table *waitingTable[K, F]
	// made are the frames that the running atom has made, touched the others that it has run, settled what they waited for and got.
	made    []*frame[K, F]
	touched []touchedFrame[K, F]
	settled []*futureHead
	visit   Visit // of a sweep
}

// touchedFrame is a frame with what it was before the running atom.
type touchedFrame[K comparable, F any] struct {
	frame   *frame[K, F]
	data    F
	futures *futureHead
}

// frame is one handler that waits.
type frame[K comparable, F any] struct {
	id      uint64      // the number of its first ask, which no other handler has, and so with the slot of its key; 0: free
	since   Time        // the cut that stored it first
	futures *futureHead // those that it holds, the last one asked first
	n       uint32      // its number in the part's pool
	touched touching    // in the running atom
	stored  bool
	gone    bool // it has ended, in the running atom
	key     K
	data    F
}

// touching says what the running atom has done to a frame.
type touching uint8

const (
	touchedNot     touching = iota
	touchedByReply          // a future of it is done
	touchedByRun            // it has run, and may need other futures than before
)

// waitingPart holds one partition's frames.
type waitingPart[K comparable, F any] struct {
	frames  pool[frame[K, F]]
	missing map[*frame[K, F]]uint32 // of how many listed futures each waits for; a frame that is not in it may run on at any reply
	swept   map[*frame[K, F]]*swept // what the last sweep has found, of those that hold many futures
	gone    int                     // frames that have ended in the running atom
	dirty   []uint64                // a bit for each frame, those of a chunk together: it is to be stored
	deleted []uint64                // that have ended and that the store has
	_       [128]byte
}

// waitingTable holds the frames of one handler in one use of its task.
type waitingTable[K comparable, F any] struct {
	name     string
	key      *Type[K]
	typ      *FrameType[F]
	flow     *flow
	number   uint16 // among the handlers of the workflow that wait
	unstored bool   // there is no store, so nothing asks for changes
	parts    []waitingPart[K, F]
	lanes    []*Waiting[K, F]
	prefix   []byte
	found    []*frame[K, F] // in the store, for the gate, which takes them; without one they would stay in memory for ever
	gated    bool           // the task is exclusive
}

// part is where the frame is that has a number, or that holds the future of an ask.
func (t *waitingTable[K, F]) part(id uint64) *waitingPart[K, F] {
	return &t.parts[id&0xff*uint64(len(t.parts))>>8]
}

// hash is that of a key, which is not kept; 0 where there are no keys.
func (t *waitingTable[K, F]) hash(key K) uint64 {
	if t.key.Hash == nil {
		return 0
	}
	return t.key.Hash(key)
}

// make makes a frame.
func (t *waitingTable[K, F]) make(id uint64, key K) *frame[K, F] {
	n, f := t.part(id).frames.take()
	f.n, f.id, f.key = n, id, key
	return f
}

// mark notes that a frame is to be stored, and unmark that it is not.
func (p *waitingPart[K, F]) mark(n uint32) {
	chunk := int(n-1) / poolChunk
	for chunk >= len(p.dirty) {
		p.dirty = append(p.dirty, 0)
	}
	p.dirty[chunk] |= 1 << ((n - 1) % poolChunk)
}

func (p *waitingPart[K, F]) unmark(n uint32) {
	if chunk := int(n-1) / poolChunk; chunk < len(p.dirty) {
		p.dirty[chunk] &^= 1 << ((n - 1) % poolChunk)
	}
}

// free forgets a frame and its futures.
func (t *waitingTable[K, F]) free(f *frame[K, F]) {
	p := t.part(f.id)
	for h := f.futures; h != nil; {
		next := h.next
		t.flow.ends.release(h)
		h = next
	}
	if f.stored {
		p.deleted = append(p.deleted, f.id)
	}
	if p.swept != nil {
		delete(p.swept, f)
	}
	n := f.n
	p.unmark(n)
	*f = frame[K, F]{}
	if p.frames.give(n) {
		p.dirty = nil
	}
}

// Suspend keeps the frame of a handler that has come to an await; its futures are those of the asks that it made.
func (w *Waiting[K, F]) Suspend(l *Lane, key K, data F) {
	f := w.table.make(l.firstAsk, key)
	f.data = data
	w.made = append(w.made, f)
	w.table.freeze(f)
	f.touched = touchedByRun
	w.begin(l, f)
	l.suspended = f
}

// begin has a frame hold what its handler has asked since it last ran.
func (w *Waiting[K, F]) begin(l *Lane, f *frame[K, F]) {
	for _, h := range l.asked {
		w.table.hold(f, h)
		if w.table.gated {
			w.table.awaits(f, h)
		}
	}
	l.asked = l.asked[:0]
}

// hold makes f the frame that holds a future.
func (t *waitingTable[K, F]) hold(f *frame[K, F], h *futureHead) {
	h.frame, h.waiter, h.next = f.n, t.number, f.futures
	f.futures = h
}

// declare tells Deadlocks what f waits for, when that is not known yet. What it asks then it awaits, until that is answered or
// swept.
func (t *waitingTable[K, F]) declare(f *frame[K, F]) {
	t.typ.Futures(&f.data, &Visit{future: func(future AnyFuture) {
		if !future.Done() {
			t.awaits(f, future.head())
		}
	}})
}

func (t *waitingTable[K, F]) awaits(f *frame[K, F], h *futureHead) {
	t.flow.runtime.Deadlocks.awaits(f, askID{t.flow.runtime.Number, h.id})
}

// answered tells Deadlocks that nobody waits for h any more.
func (t *waitingTable[K, F]) answered(h *futureHead) {
	if t.gated {
		t.flow.runtime.Deadlocks.answered(askID{t.flow.runtime.Number, h.id})
	}
}

// freeze releases the ownership of what a frame keeps.
func (t *waitingTable[K, F]) freeze(f *frame[K, F]) {
	if t.typ.Freeze != nil {
		t.typ.Freeze(&f.data)
	}
}

// touch notes that the running atom changes f.
func (w *Waiting[K, F]) touch(f *frame[K, F]) {
	if f.touched == touchedNot {
		f.touched = touchedByReply
		w.table.freeze(f)
		w.touched = append(w.touched, touchedFrame[K, F]{frame: f, data: f.data, futures: f.futures})
	}
}

// end takes f out. It is freed when the atom is over.
func (w *Waiting[K, F]) end(f *frame[K, F]) {
	f.gone = true
	w.table.part(f.id).gone++
	if w.table.gated {
		w.table.flow.runtime.Deadlocks.forget(f)
	}
}

// waitsForAll notes that f waits for that many listed futures, and for nothing else but a timer: until they are done, or that
// rings, it need not run.
func (w *Waiting[K, F]) waitsForAll(f *frame[K, F], missing uint32) {
	if missing == 0 {
		return
	}
	p := w.table.part(f.id)
	if p.missing == nil {
		p.missing = map[*frame[K, F]]uint32{}
	}
	p.missing[f] = missing
}

// stillMisses tells whether f waits for more replies than this one. When a timer rings, it does not.
func (p *waitingPart[K, F]) stillMisses(f *frame[K, F], by *futureHead) bool {
	if len(p.missing) == 0 {
		return false
	}
	missing := p.missing[f]
	if by.marked(missed) && missing > 0 {
		missing--
	}
	by.mark(missed, false)
	if missing == 0 || by.isTimer() {
		delete(p.missing, f)
		return false
	}
	p.missing[f] = missing
	return true
}

// waiter is a Waiting as the workflow sees it.
type waiter[L worker] struct {
	// number tells it which one it is in the workflow; nil for a gate.
	number func(n int)
	// resume runs a handler on, on lane l, when what it waits for has come.
	resume func(l L, by *futureHead)
	// count is how many frames wait.
	count func() int
}

// Awaits adds a handler that awaits to a task's description: at finds a lane's frames of it, run resumes one and tells
// whether the handler has ended, after (or nil) does what is left to do then: it hands on what the handler emitted.
func Awaits[L worker, K comparable, F any](task string, at func(L) *Waiting[K, F], key *Type[K], typ *FrameType[F],
	run func(l L, h uint64, key K, f *F) (ended bool), after func(l L, h uint64, key K, ended bool)) *StateSlot[L] {
	var t *waitingTable[K, F]
	slot := &StateSlot[L]{current: func(L) string { return "" }}
	slot.open = func(lanes []L, _ *Runtime) States {
		flow := lanes[0].base().flow
		t = &waitingTable[K, F]{name: task, key: key, typ: typ, flow: flow, unstored: flow.runtime.Load == nil, parts: make([]waitingPart[K, F], len(lanes))}
		for _, l := range lanes {
			w := at(l)
			w.table = t
			t.lanes = append(t.lanes, w)
		}
		return t
	}
	slot.found = func(holds func(h uint64, key any, f holder)) {
		for _, f := range t.found {
			holds(t.hash(f.key), f.key, f)
		}
		t.found = nil
	}
	slot.gated = func() { t.gated = true }
	slot.waiter = &waiter[L]{
		number: func(n int) { t.number = uint16(n) },
		resume: func(l L, by *futureHead) {
			w, base := at(l), l.base()
			w.settled = append(w.settled, by)
			part := t.part(by.id)
			f := part.frames.at(by.frame)
			if f.gone {
				return
			}
			w.touch(f)
			t.answered(by)
			if part.stillMisses(f, by) {
				return
			}
			base.resumes = f.id
			base.Begin()
			base.missing = 0
			h := t.hash(f.key)
			ended := run(l, h, f.key, &f.data)
			base.resumes = 0
			if f.touched = touchedByRun; ended {
				w.end(f)
			} else {
				w.begin(base, f)
				w.waitsForAll(f, base.missing)
			}
			if after != nil {
				after(l, h, f.key, ended)
			}
		},
		count: func() int {
			n := 0
			for i := range t.parts {
				n += t.parts[i].frames.used() - t.parts[i].gone
			}
			return n
		},
	}
	return slot
}

func (t *waitingTable[K, F]) Name() string { return t.name + "/" + t.typ.Name }

// Shared is false: frames belong to keys.
func (t *waitingTable[K, F]) Shared() bool { return false }

// appendFrameKey appends the key of a frame in the store, without the prefix.
func appendFrameKey(b []byte, id uint64) []byte {
	return AppendUint(append(b, byte(id)), id>>8) // the slot, and the rest
}

// attach reads the frames that were stored.
func (t *waitingTable[K, F]) attach(at Prefixes, stored bool) {
	prefix := at.Records
	t.prefix = prefix
	if !stored {
		return
	}
	err := t.flow.runtime.Scan(prefix, func(key, value []byte) error {
		read, err := t.decode(key[len(prefix):], value)
		if err != nil {
			return err
		}
		f := t.make(read.id, read.key)
		f.data, f.since, f.stored = read.data, read.since, true
		if t.gated {
			t.found = append(t.found, f)
		}
		return t.recover(f)
	})
	if err != nil {
		panic(brokenState{fmt.Errorf("the stored waiting handlers of %s cannot be read: %w", t.Name(), err)})
	}
}

// recover has a frame hold the futures that it needs.
func (t *waitingTable[K, F]) recover(f *frame[K, F]) (err error) {
	t.typ.Futures(&f.data, &Visit{future: func(future AnyFuture) {
		h := future.head()
		if h.frame != 0 {
			return // it holds it twice
		}
		if timer, ok := future.(*Timer); ok {
			t.flow.timers.add(timer)
		} else if !t.flow.ends.adopt(future) {
			err = errPortal
			return
		}
		t.hold(f, h)
	}})
	if t.gated {
		t.declare(f)
	}
	return err
}

var errPortal = errors.New("something waits for a reply of a portal that its workflow does not ask in this version")

// decode reads a stored frame; rest is what stands behind the prefix of its key.
func (t *waitingTable[K, F]) decode(rest, value []byte) (*frame[K, F], error) {
	r := NewReader(rest)
	slot := r.Byte()
	f := &frame[K, F]{id: r.Uint()<<8 | uint64(slot), stored: true}
	if err := finished(r); err != nil {
		return f, err
	}
	r = NewReader(value)
	if f.key = t.key.Read(r); byte(t.hash(f.key)>>56) != slot {
		r.Fail(errSlot)
	}
	f.since = Time(r.Int())
	t.typ.read(r, &f.data)
	return f, r.Err()
}

func (t *waitingTable[K, F]) changes(w StateWriter) {
	b, changes := w.Begin(t.prefix), 0
	for i := range t.parts {
		p := &t.parts[i]
		for chunk, dirty := range p.dirty {
			changes += bits.OnesCount64(dirty)
			for ; dirty != 0; dirty &= dirty - 1 {
				b = t.write(b, &p.frames.chunks[chunk][bits.TrailingZeros64(dirty)])
			}
			p.dirty[chunk] = 0
		}
		for _, id := range p.deleted {
			begin := len(b)
			b = endDeleted(appendFrameKey(append(b, 0), id), begin)
		}
		changes += len(p.deleted)
		p.deleted = p.deleted[:0]
	}
	w.End(b, changes)
}

// write appends what the store has of a frame.
func (t *waitingTable[K, F]) write(b []byte, f *frame[K, F]) []byte {
	if f.since == 0 {
		f.since = t.flow.runtime.Now()
	}
	f.stored = true
	begin := len(b)
	b = endKey(appendFrameKey(append(b, 0), f.id), begin)
	begin = len(b)
	b = t.key.Append(append(b, 0), f.key)
	b = AppendInt(b, int64(f.since))
	return endValue(t.typ.append(b, &f.data), begin)
}

// rollback takes back what the running atom has done: a handler may have run on several times, and its frame is as
// before the first.
func (t *waitingTable[K, F]) rollback() {
	for _, w := range t.lanes {
		for _, h := range w.settled {
			h.state, h.reason = pending, nil
		}
		for _, f := range w.made {
			t.revive(f)
			t.free(f)
		}
		for i := range w.touched {
			u := &w.touched[i]
			f := u.frame
			t.revive(f)
			for f.futures != u.futures { // what it has asked in the atom
				h := f.futures
				f.futures = h.next
				t.flow.ends.release(h)
			}
			delete(t.part(f.id).missing, f)
			if f.data, f.touched = u.data, touchedNot; t.gated {
				t.declare(f)
			}
		}
		w.over()
	}
}

// revive takes back what other tables know of what a frame did in the running atom.
func (t *waitingTable[K, F]) revive(f *frame[K, F]) {
	if f.gone {
		f.gone = false
		t.part(f.id).gone--
	}
	if t.gated {
		t.flow.runtime.Deadlocks.forget(f)
	}
}

// settle ends the atom.
func (t *waitingTable[K, F]) settle() {
	for _, w := range t.lanes {
		if len(w.made)+len(w.touched) == 0 {
			continue
		}
		for _, f := range w.made {
			w.settle(f)
		}
		for i := range w.touched {
			w.settle(w.touched[i].frame)
		}
		w.over()
	}
}

// settle ends the atom for a frame. If it has not ended, it is to be stored.
func (w *Waiting[K, F]) settle(f *frame[K, F]) {
	p, was := w.table.part(f.id), f.touched
	f.touched = touchedNot
	if f.gone {
		p.gone--
		w.table.free(f)
		return
	}
	if !w.table.unstored {
		p.mark(f.n)
	}
	if was == touchedByRun && f.futures != nil && f.futures.next != nil { // the only one is the one that it waits for
		w.sweep(f)
	}
}

func (w *Waiting[K, F]) over() {
	w.made, w.touched, w.settled = emptied(w.made), emptied(w.touched), emptied(w.settled)
}

// emptiedMost is how many items a list may have had that is used again.
const emptiedMost = 1 << 14

// emptied is a list to be filled anew, for what an atom does. After an atom that did very much it is not kept.
func emptied[T any](list []T) []T {
	if len(list) > emptiedMost {
		return nil
	}
	wipe(list)
	return list[:0]
}

// wipe is clear for lists that mostly have one item, for which a call takes longer than the work.
func wipe[T any](list []T) {
	if len(list) == 1 {
		var none T
		list[0] = none
		return
	}
	clear(list)
}
