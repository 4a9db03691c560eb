package ptl

import (
	"errors"
	"fmt"
	"slices"
)

// FrameType describes the frames of a handler that awaits: a generated struct F with the resume point, what the rest of
// the handler needs, and its futures.
type FrameType[F any] struct {
	Name    string                      // of the handler in its task: `event`
	At      func(f *F) *uint32          // where the frame goes on: the number of a resume point
	Points  []Point                     // all of them
	Append  func(b []byte, f *F) []byte // what is needed at the frame's resume point
	Read    func(r *Reader, f *F)
	Futures func(f *F, visit func(AnyFuture)) // visits the futures that are needed there
	Freeze  func(f *F)                        // releases ownership of collections; nil when there are none
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
	undo  []frameUndo[K, F] // of the running atom, in order
	// count adds a future that is not done to needed: made once, since it would cost memory each time.
	count  func(AnyFuture)
	needed int
}

// frame is one handler that waits.
type frame[K comparable, F any] struct {
	id     uint64
	hash   uint64
	key    K
	data   F
	asks   []uint64  // that it still waits for
	one    [1]uint64 // where asks has its place while it is one
	atom   uint64    // the last atom that touched it
	since  Time      // the cut that stored it first
	dirty  bool
	stored bool
	gone   bool
}

// awaited is an ask that a frame waits for.
type awaited[K comparable, F any] struct {
	frame  *frame[K, F]
	future AnyFuture
}

// waitingPart holds one partition's frames.
type waitingPart[K comparable, F any] struct {
	asks  map[uint64]awaited[K, F]
	count int
	dirty []*frame[K, F]
	_     [128]byte
}

// waitingTable holds the frames of one handler in one use of its task.
type waitingTable[K comparable, F any] struct {
	name   string
	key    *Type[K]
	typ    *FrameType[F]
	flow   *flow
	parts  []waitingPart[K, F]
	lanes  []*Waiting[K, F]
	prefix []byte
	bytes  []byte         // scratch
	value  []byte         // scratch
	found  []*frame[K, F] // in the store, for the gate
	gated  bool           // the task is exclusive
}

// frameUndo is a step to be taken back when the running atom is undone.
type frameUndo[K comparable, F any] struct {
	step   frameStep
	frame  *frame[K, F]
	ask    uint64
	future AnyFuture
	data   F
}

type frameStep uint8

const (
	frameMade frameStep = iota
	frameEnded
	frameRun // data is from before
	askBegun
	askDone
)

func (t *waitingTable[K, F]) part(hash uint64) *waitingPart[K, F] {
	return &t.parts[(hash>>56)*uint64(len(t.parts))>>8]
}

// Suspend keeps the frame of a handler that has come to an await; its futures are those of the asks that it made.
func (w *Waiting[K, F]) Suspend(l *Lane, h uint64, key K, data F) {
	t := w.table
	f := &frame[K, F]{id: l.flow.frames.Add(1), hash: h, key: key, data: data}
	f.asks = f.one[:0]
	t.part(h).count++
	w.undo = append(w.undo, frameUndo[K, F]{step: frameMade, frame: f})
	w.touch(l, f)
	w.begin(l, f)
	l.suspended = f
}

// begin notes what the handler has asked since it last ran.
func (w *Waiting[K, F]) begin(l *Lane, f *frame[K, F]) {
	p := w.table.part(f.hash)
	for _, future := range l.asked {
		id := future.ask()
		w.table.await(p, f, future)
		w.undo = append(w.undo, frameUndo[K, F]{step: askBegun, frame: f, ask: id, future: future})
	}
	l.asked = l.asked[:0]
	w.prune(p, f)
}

// prune ends the wait for asks whose futures the frame no longer needs: their replies make no atom.
func (w *Waiting[K, F]) prune(p *waitingPart[K, F], f *frame[K, F]) {
	if w.count == nil {
		w.count = func(future AnyFuture) {
			if !future.Done() {
				w.needed++
			}
		}
	}
	w.needed = 0
	w.table.typ.Futures(&f.data, w.count)
	if w.needed >= len(f.asks) {
		return
	}
	var ids []uint64
	w.table.typ.Futures(&f.data, func(future AnyFuture) { ids = append(ids, future.ask()) })
	for _, id := range slices.Clone(f.asks) {
		if !slices.Contains(ids, id) {
			w.forget(p, f, id)
		}
	}
}

func (w *Waiting[K, F]) touch(l *Lane, f *frame[K, F]) {
	if f.atom == l.atom {
		return
	}
	f.atom = l.atom
	if w.table.typ.Freeze != nil {
		w.table.typ.Freeze(&f.data)
	}
	w.undo = append(w.undo, frameUndo[K, F]{step: frameRun, frame: f, data: f.data})
	if !f.dirty {
		f.dirty = true
		p := w.table.part(f.hash)
		p.dirty = append(p.dirty, f)
	}
}

// end takes f out.
func (w *Waiting[K, F]) end(f *frame[K, F]) {
	p := w.table.part(f.hash)
	for len(f.asks) > 0 {
		w.forget(p, f, f.asks[len(f.asks)-1])
	}
	f.gone = true
	p.count--
	w.undo = append(w.undo, frameUndo[K, F]{step: frameEnded, frame: f})
}

// forget ends the wait for one ask.
func (w *Waiting[K, F]) forget(p *waitingPart[K, F], f *frame[K, F], id uint64) {
	w.undo = append(w.undo, frameUndo[K, F]{step: askDone, frame: f, ask: id, future: p.asks[id].future})
	w.table.cease(p, f, id)
}

// await makes f wait for an ask, cease ends that.
func (t *waitingTable[K, F]) await(p *waitingPart[K, F], f *frame[K, F], future AnyFuture) {
	id := future.ask()
	p.asks[id] = awaited[K, F]{f, future}
	f.asks = append(f.asks, id)
	if timer, ok := future.(*Timer); ok {
		t.flow.timers.add(timer)
	}
	if t.gated {
		t.flow.runtime.Deadlocks.awaits(f, link{t.flow.runtime.Number, id})
	}
}

func (t *waitingTable[K, F]) cease(p *waitingPart[K, F], f *frame[K, F], id uint64) {
	delete(p.asks, id)
	if i := slices.Index(f.asks, id); i >= 0 {
		f.asks = slices.Delete(f.asks, i, i+1)
	}
	if t.gated {
		t.flow.runtime.Deadlocks.settles(f, link{t.flow.runtime.Number, id})
	}
}

// waiter is a Waiting as the workflow sees it.
type waiter[L any] struct {
	// has tells whether a frame waits for an ask.
	has func(id uint64) bool
	// deliver settles the future of an ask on lane l and runs its handler on.
	deliver func(l *L, by settler)
	// count is how many frames wait.
	count func() int
}

// Awaits adds a handler that awaits to a task's description: at finds a lane's frames of it, run resumes one and tells
// whether the handler has ended, after (or nil) does what is left to do then: it hands on what the handler emitted.
func Awaits[L any, P lanePointer[L], K comparable, F any](task string, at func(*L) *Waiting[K, F], key *Type[K], typ *FrameType[F],
	run func(l *L, h uint64, key K, f *F) (ended bool), after func(l *L, h uint64, key K, ended bool)) *StateSlot[L] {
	var t *waitingTable[K, F]
	slot := &StateSlot[L]{current: func(*L) string { return "" }}
	slot.open = func(lanes []*L, _ *Runtime) States {
		t = &waitingTable[K, F]{name: task, key: key, typ: typ, flow: P(lanes[0]).base().flow, parts: make([]waitingPart[K, F], len(lanes))}
		for i, l := range lanes {
			t.parts[i].asks = map[uint64]awaited[K, F]{}
			w := at(l)
			w.table = t
			t.lanes = append(t.lanes, w)
		}
		return t
	}
	slot.found = func(holds func(h uint64, key any, f holder)) {
		for _, f := range t.found {
			holds(f.hash, f.key, f)
		}
		t.found = nil
	}
	slot.gated = func() { t.gated = true }
	slot.waiter = &waiter[L]{
		has: func(id uint64) bool {
			_, ok := t.part(id << 56).asks[id]
			return ok
		},
		deliver: func(l *L, by settler) {
			id := by.about()
			w, base := at(l), P(l).base()
			p := t.part(id << 56)
			a := p.asks[id]
			f := a.frame
			w.touch(base, f)
			w.forget(p, f, id)
			by.settle(a.future)
			base.Begin()
			ended := run(l, f.hash, f.key, &f.data)
			if ended {
				w.end(f)
			} else {
				w.begin(base, f)
			}
			if after != nil {
				after(l, f.hash, f.key, ended)
			}
		},
		count: func() int {
			n := 0
			for i := range t.parts {
				n += t.parts[i].count
			}
			return n
		},
	}
	return slot
}

func (t *waitingTable[K, F]) Name() string { return t.name + "/" + t.typ.Name }

// Shared is false: frames belong to keys.
func (t *waitingTable[K, F]) Shared() bool { return false }

func (t *waitingTable[K, F]) entry(f *frame[K, F]) []byte {
	t.bytes = append(t.bytes[:0], t.prefix...)
	t.bytes = append(t.bytes, byte(f.hash>>56))
	t.bytes = AppendUint(t.bytes, f.id)
	return t.bytes
}

// attach reads the frames that were stored.
func (t *waitingTable[K, F]) attach(at Prefixes, stored bool) {
	prefix := at.Records
	t.prefix = prefix
	if !stored {
		return
	}
	err := t.flow.runtime.Scan(prefix, func(key, value []byte) error {
		f, err := t.decode(key[len(prefix):], value)
		if err != nil {
			return err
		}
		p := t.part(f.hash)
		p.count++
		t.typ.Futures(&f.data, func(future AnyFuture) {
			if !future.Done() {
				t.await(p, f, future)
			}
		})
		t.found = append(t.found, f)
		return nil
	})
	if err != nil {
		panic(brokenState{fmt.Errorf("the stored waiting handlers of %s cannot be read: %w", t.Name(), err)})
	}
}

// decode reads a stored frame; rest is what stands behind the prefix of its key.
func (t *waitingTable[K, F]) decode(rest, value []byte) (*frame[K, F], error) {
	r := NewReader(rest)
	r.Byte() // the slot
	f := &frame[K, F]{id: r.Uint(), stored: true}
	if err := finished(r); err != nil {
		return f, err
	}
	r = NewReader(value)
	f.hash = r.Uint()
	f.key = t.key.Read(r)
	f.since = Time(r.Int())
	t.typ.read(r, &f.data)
	return f, r.Err()
}

func (t *waitingTable[K, F]) changes(w StateWriter) {
	for i := range t.parts {
		p := &t.parts[i]
		for _, f := range p.dirty {
			f.dirty = false
			if f.gone {
				if f.stored {
					w.Delete(t.entry(f))
				}
				continue
			}
			if f.since == 0 {
				f.since = t.flow.runtime.Now()
			}
			f.stored = true
			t.value = AppendUint(t.value[:0], f.hash)
			t.value = t.key.Append(t.value, f.key)
			t.value = AppendInt(t.value, int64(f.since))
			t.value = t.typ.append(t.value, &f.data)
			w.Put(t.entry(f), t.value)
		}
		clear(p.dirty)
		p.dirty = p.dirty[:0]
	}
}

func (t *waitingTable[K, F]) rollback() {
	for _, w := range t.lanes {
		for i := len(w.undo) - 1; i >= 0; i-- {
			u := &w.undo[i]
			f, p := u.frame, t.part(u.frame.hash)
			switch u.step {
			case frameMade:
				f.gone = true
				p.count--
			case frameEnded:
				f.gone = false
				p.count++
			case frameRun:
				f.data = u.data
			case askBegun:
				t.cease(p, f, u.ask)
			case askDone:
				u.future.reopen()
				t.await(p, f, u.future)
			}
		}
	}
	t.settle()
}

func (t *waitingTable[K, F]) settle() {
	for _, w := range t.lanes {
		clear(w.undo)
		w.undo = w.undo[:0]
	}
}
