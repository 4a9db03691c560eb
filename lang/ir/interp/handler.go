package interp

import (
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// handler is a handler that runs or waits: a coroutine, which stands still at an await whose replies are not there.
type handler struct {
	in      *instance
	cell    *Cell
	thing   thing
	replied bool
	asked   []*request // since it went on last
	holds   []*Future  // all that it has asked for
	awaits  []*Future  // what it waits for
	until   *alarm     // and how long
	next    func() (struct{}, bool)
	stop    func()
	pause   func()
	err     error // with which it ended
}

// Future is the reply of an ask, perhaps not there yet.
type Future struct {
	by     *handler
	above  []*Future // the asks that it descends from
	silent bool      // nobody can await it
	done   bool
	value  Value
	reason string
	failed bool
}

// alarm is the time up to which a handler waits; of those for the same time, the one that was made first rings first.
type alarm struct {
	due    int64
	serial int
	rang   bool
}

// request is an ask on its way, reply its answer.
type request struct {
	*Future
	portal *ir.Portal
	value  Value
	flow   *flow // that asked
}

type reply struct {
	to     *Future
	value  Value
	reason string
	failed bool
}

// lock keeps the key of an exclusive task while handlers wait; the last holder descends from those before.
type lock struct {
	key     Value
	holders []*handler
	parked  []thing
	opening bool
	came    int // things that the running atom has brought while it was closed
}

// Line is a place as reports name it: file:line.
func Line(s source.Span) string {
	if !s.Valid() {
		return ""
	}
	return fmt.Sprintf("%s:%d", s.File.Name(), s.Position().Line)
}

// ask makes a request of the handler that runs.
func (r *Run) ask(p *ir.Portal, value Value) Value {
	h := r.acting
	f := &Future{by: h}
	if q := h.thing.request; q != nil {
		f.above = append(slices.Clone(q.above), q.Future)
	}
	h.asked = append(h.asked, &request{f, r.itself(p), value, h.in.flow})
	h.holds = append(h.holds, f)
	return f
}

// tell marks the future of an ask that no variable holds.
func tell(f Value) {
	if f, ok := f.(*Future); ok {
		f.silent = true
	}
}

// await lets the handler that runs wait until what it awaits is there.
func (r *Run) await(a *ir.Await, futures []Value, within Value) Value {
	h := r.acting
	until := &alarm{}
	if within != nil {
		r.alarms++
		until = &alarm{due: r.Now(), serial: r.alarms}
		if until.due += max(within.(int64), 0); until.due < 0 {
			until.due = math.MaxInt64
		}
	}
	list := futures
	if a.Mode == ir.AwaitAll || a.Mode == ir.AwaitAny {
		list = futures[0].(List)
	}
	var all []*Future
	for _, f := range list {
		all = append(all, f.(*Future))
	}
	isDone, isOpen := func(f *Future) bool { return f.done }, func(f *Future) bool { return !f.done }
	if a.Mode == ir.AwaitAny {
		if len(all) == 0 {
			fail("await any: the list of futures is empty")
		}
		for !slices.ContainsFunc(all, isDone) && !until.rang {
			h.waits(all, until)
		}
		if first := slices.IndexFunc(all, isDone); first >= 0 {
			all = all[first:][:1]
		}
	}
	for slices.ContainsFunc(all, isOpen) && !until.rang {
		h.waits(all, until)
	}
	return gained(a, all)
}

func (h *handler) waits(fs []*Future, until *alarm) {
	w := &h.in.flow.World
	at := w.at
	h.awaits, h.until = fs, until
	h.pause()
	h.awaits, h.until, w.at = nil, nil, at
}

// gained is what an await gives when what it awaits is there, or its time is over.
func gained(a *ir.Await, fs []*Future) Value {
	var values []Value
	for _, f := range fs {
		if !f.done {
			if a.Try {
				return Result{Value: Option{}}
			}
			return Option{}
		}
	}
	for _, f := range fs {
		if f.failed && a.Try {
			return Result{Err: true, Value: Made{a.Into.Type.Elems[1].Def.Variants[0], []Value{f.reason}}}
		}
		if f.failed {
			fail("the ask failed: %s", f.reason)
		}
		values = append(values, f.value)
	}
	var v Value
	switch a.Mode {
	case ir.AwaitEach:
		v = Tuple(values)
	case ir.AwaitAll:
		v = List(values)
	default:
		v = values[0]
	}
	if a.Within != nil {
		v = Option{true, v}
	}
	if a.Try {
		v = Result{Value: v}
	}
	return v
}

// errClosed ends a handler that waits when the run is over.
var errClosed = errors.New("the run is over")

// enter gives something to a task; an exclusive one parks it if its key is closed.
func (w *flow) enter(in *instance, key Value, x thing) {
	if k := in.lock(key); k != nil && len(k.holders) > 0 && !x.descends(k.holders[len(k.holders)-1]) {
		if w.refuses(in, k, x) {
			h := &handler{in: in, cell: &Cell{Key: key}, thing: x}
			w.failed(h, failure{message: "deadlock: the key is held at " + in.task.Name + " by a handler that waits for this ask"})
			return
		}
		k.parked = append(k.parked, x)
		return
	}
	w.start(in, key, x)
}

// refuses tells whether a request that would have to be parked is one of those that are refused.
func (w *flow) refuses(in *instance, k *lock, x thing) bool {
	this := Refused{in.task.Name, "", k.came}
	if in.task.Key != nil {
		this.Key = JSON(k.key, in.task.Key)
	}
	k.came++
	n := len(w.Refused)
	w.Refused = slices.DeleteFunc(w.Refused, func(r Refused) bool { return r == this })
	if len(w.Refused) == n {
		return false
	}
	w.refused = append(w.refused, func() {
		if x.request == nil || w.Exact && !w.circular(k, x, map[*lock]bool{}) {
			panic(&AtomError{Message: "a request is refused that waits for nobody who waits for it", Task: this.Task, Key: this.Key})
		}
	})
	return true
}

// proveRefused fails if a request was refused that closed no circle. What an atom brings to several keys comes there in any
// order, so the others of the circle may have been parked by the same atom, behind it here.
func (w *flow) proveRefused() {
	for _, prove := range w.refused {
		prove()
	}
}

// circular tells whether somebody who keeps a key closed waits, over requests that are parked, for what comes to it.
func (w *flow) circular(k *lock, x thing, seen map[*lock]bool) bool {
	if seen[k] {
		return false
	}
	seen[k] = true
	for _, h := range k.holders {
		if x.descends(h) {
			return true
		}
		for _, n := range w.nodes {
			if n.flow == nil {
				continue
			}
			for _, in := range n.flow.tasks {
				for _, other := range in.locks {
					if slices.ContainsFunc(other.parked, func(y thing) bool { return y.descends(h) }) && w.circular(other, x, seen) {
						return true
					}
				}
			}
		}
	}
	return false
}

// lock is that of a key of an exclusive task; nil for other tasks.
func (in *instance) lock(key Value) *lock {
	if !in.task.Exclusive {
		return nil
	}
	for _, k := range in.locks {
		if in.task.Key == nil || Equal(k.key, key) {
			return k
		}
	}
	k := &lock{key: key}
	in.locks = append(in.locks, k)
	return k
}

func (in *instance) parked() int {
	n := 0
	for _, k := range in.locks {
		n += len(k.parked)
	}
	return n
}

// descends tells whether a request comes from a handler that waits.
func (x thing) descends(holder *handler) bool {
	return x.request != nil && slices.ContainsFunc(append(slices.Clone(x.request.above), x.request.Future), func(f *Future) bool {
		return f.by == holder
	})
}

// start begins the handler of an event or request.
func (w *flow) start(in *instance, key Value, x thing) {
	c := in.cell(key)
	fn := in.task.OnEvent
	if x.request != nil {
		fn = in.task.OnAsk[slices.IndexFunc(in.task.OnAsk, func(a *ir.OnAsk) bool { return a.Portal == x.request.portal })].Func
	}
	h := &handler{in: in, cell: c, thing: x}
	h.next, h.stop = iter.Pull(func(yield func(struct{}) bool) {
		h.pause = func() {
			if !yield(struct{}{}) {
				panic(errClosed)
			}
		}
		defer func() {
			if r := recover(); r != nil && r != errClosed {
				panic(r)
			}
		}()
		defer recovered(&h.err)
		(&frame{World: &w.World, cell: c}).call(fn, []Value{x.value})
	})
	ended := w.proceed(h)
	if !ended {
		in.waiting = append(in.waiting, h)
		if k := in.lock(key); k != nil {
			k.holders = append(k.holders, h)
		}
	}
	w.flush(in, c)
}

// proceed runs a handler until it ends or waits. When it fails, what it did since it went on last is undone.
func (w *flow) proceed(h *handler) (ended bool) {
	h.in.touch(h.cell)
	undo := h.cell.undo()
	w.acting = h
	_, waits := h.next()
	w.acting = nil
	if h.err == nil {
		w.commit(h)
		return !waits
	}
	undo()
	h.asked = nil
	w.failed(h, h.err.(failure))
	return true
}

// act runs a handler that never waits; if it fails, it is undone.
func (w *flow) act(h *handler, fn *ir.Func, args ...Value) (err error) {
	w.acting = h
	defer func() { w.acting = nil }()
	if _, err = w.Handle(h.cell, fn, args...); err != nil {
		h.asked = nil
	}
	return err
}

// commit makes what a handler has asked and replied part of the atom.
func (w *flow) commit(h *handler) {
	for _, q := range h.asked {
		w.asked[q.portal] = append(w.asked[q.portal], q)
	}
	h.asked = nil
	for _, v := range h.cell.Replied {
		h.replied = true
		w.answer(h.thing.request, &reply{to: h.thing.request.Future, value: v})
	}
	h.cell.Replied = nil
}

func (w *flow) answer(q *request, p *reply) {
	if q.silent {
		return
	}
	if w.replies[q.flow] == nil {
		w.replies[q.flow] = map[*ir.Portal][]*reply{}
	}
	w.replies[q.flow][q.portal] = append(w.replies[q.flow][q.portal], p)
}

// failed does what is to be done when a handler has failed and is undone.
func (w *flow) failed(h *handler, f failure) {
	t, q := h.in.task, h.thing.request
	switch {
	case q != nil && !h.replied && !q.silent:
		w.answer(q, &reply{to: q.Future, reason: f.message, failed: true})
		return
	case q != nil && h.replied && !w.Skip:
		panic(w.fatal(h, f))
	case q == nil && t.OnError != nil:
		mend := &handler{in: h.in, cell: h.cell}
		err := w.act(mend, t.OnError, f.message, some(h.thing.value))
		if err == nil {
			w.commit(mend)
			return
		}
		f = err.(failure)
	}
	if q == nil && !w.Skip {
		panic(w.fatal(h, f))
	}
	w.letters = append(w.letters, Letter{Event: h.event(), Task: t.Name, Key: h.key(), Error: f.message, At: f.at})
}

// key is the key of a handler as JSON.
func (h *handler) key() string {
	if h.in.task.Key == nil || h.cell.Key == nil {
		return ""
	}
	return JSON(h.cell.Key, h.in.task.Key)
}

// event is what the handler was given, as JSON; "" at a barrier.
func (h *handler) event() string {
	switch {
	case h.thing.request != nil:
		return JSON(h.thing.value, h.thing.request.portal.Req)
	case h.thing.value != nil:
		return JSON(h.thing.value, h.in.task.In)
	}
	return ""
}

// fatal is the failure of the atom in which a handler has failed.
func (w *flow) fatal(h *handler, err error) *AtomError {
	f := err.(failure)
	return &AtomError{Message: f.message, At: f.at, Task: h.in.task.Name, Key: h.key(), Event: h.event()}
}

// waiterOf is the handler that waits and holds a future.
func (w *flow) waiterOf(f *Future) *handler {
	for _, in := range w.tasks {
		for _, h := range in.waiting {
			if slices.Contains(h.holds, f) && !f.done {
				return h
			}
		}
	}
	return nil
}

// awaited tells whether replies make an atom: some handler that waits holds one of their futures.
func (w *flow) awaited(a *atom) bool {
	return a.replies == nil || slices.ContainsFunc(a.replies, func(p *reply) bool { return w.waiterOf(p.to) != nil })
}

// consistent tells whether replies can have made an atom, or none.
func (w *flow) consistent(a *atom, ran bool) error {
	if ran && !w.awaited(a) {
		return errors.New("replies made an atom, and nobody awaited them")
	}
	if !ran && slices.ContainsFunc(a.replies, func(p *reply) bool {
		h := w.waiterOf(p.to)
		return h != nil && slices.Contains(h.awaits, p.to)
	}) {
		return errors.New("replies made no atom, and somebody awaits them")
	}
	return nil
}

// hear brings a reply to the handler that waits for it.
func (w *flow) hear(p *reply) {
	h := w.waiterOf(p.to)
	if h == nil {
		return
	}
	p.to.done, p.to.value, p.to.reason, p.to.failed = true, p.value, p.reason, p.failed
	w.goOn(h)
}

// ring goes on with the handlers whose time is over.
func (w *flow) ring(now int64) error {
	return w.whole("timers", func() {
		due := w.due(now)
		alarms := map[*handler]*alarm{}
		for _, h := range due {
			alarms[h] = h.until
		}
		for _, h := range due {
			if a := alarms[h]; h.until == a { // it still waits
				a.rang = true
				w.goOn(h)
			}
		}
		w.end()
	})
}

// due are the handlers whose time is over, in the order of their alarms.
func (w *flow) due(now int64) (due []*handler) {
	for _, in := range w.tasks {
		for _, h := range in.waiting {
			if h.until != nil && h.until.serial > 0 && h.until.due <= now {
				due = append(due, h)
			}
		}
	}
	slices.SortFunc(due, func(a, b *handler) int {
		return cmp.Or(cmp.Compare(a.until.due, b.until.due), cmp.Compare(a.until.serial, b.until.serial))
	})
	return due
}

// goOn lets a handler that waited go on.
func (w *flow) goOn(h *handler) {
	ended := w.proceed(h)
	in := h.in
	if ended {
		in.waiting = slices.DeleteFunc(in.waiting, func(x *handler) bool { return x == h })
	}
	w.flush(in, h.cell)
	if ended {
		w.open(in, h.cell.Key)
	}
}

// open lets in what is parked at a key, after a handler of the key has ended.
func (w *flow) open(in *instance, key Value) {
	k := in.lock(key)
	if k == nil || k.opening {
		return
	}
	k.opening = true
	for {
		k.holders = slices.DeleteFunc(k.holders, func(h *handler) bool { return !slices.Contains(in.waiting, h) })
		next := slices.IndexFunc(k.parked, func(x thing) bool {
			return len(k.holders) == 0 || x.descends(k.holders[len(k.holders)-1])
		})
		if next < 0 {
			break
		}
		x := k.parked[next]
		k.parked = slices.Delete(k.parked, next, next+1)
		w.start(in, key, x)
	}
	k.opening = false
}
