package sim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// flow is a workflow of the model.
type flow struct {
	m       *model
	spec    *Workflow
	tasks   []*modelTask
	atoms   int
	outs    [][]int64
	asked   map[int][]*request         // by portal
	replies map[string]map[int][]reply // by asking workflow and portal
	parks   parkings
	refused []parking // requests that are still to be refused in this atom
	letters []int64
	armed   map[parking]int64 // when the timers of this atom ring
	arming  parkings
	alarms  int    // that handlers have begun to wait for
	strict  bool   // failed events are not skipped
	failed  string // the first that failed, where they are not skipped
}

// modelTask is a task of the model.
type modelTask struct {
	spec    *Task
	states  map[int64]*State // by key; 0 for shared state
	touched []int64
	frames  []*waiter
	locks   map[int64]*lock
}

// alarm is a timer of the model.
type alarm struct {
	due    int64
	serial int
	rang   bool
}

func (a *alarm) Done() bool { return a.rang }

// waiter is a handler of the model.
type waiter struct {
	Frame
	key int64
	req *request
}

// thing is an event or a request.
type thing struct {
	v   int64
	req *request
}

type lock struct {
	holders []*waiter
	parked  []thing
	opening bool
}

func newFlow(m *model, w *Workflow) *flow {
	f := &flow{m: m, spec: w}
	for i := range w.Tasks {
		f.tasks = append(f.tasks, &modelTask{spec: &w.Tasks[i], states: map[int64]*State{}, locks: map[int64]*lock{}})
	}
	return f
}

func (t *modelTask) parked() int {
	n := 0
	for _, k := range t.locks {
		n += len(k.parked)
	}
	return n
}

func (t *modelTask) state(key int64) *State {
	s := t.states[key]
	if s == nil {
		s = &State{}
		t.states[key] = s
	}
	if !slices.Contains(t.touched, key) {
		t.touched = append(t.touched, key)
	}
	return s
}

// waitsFor tells whether a handler waits for an ask.
func (w *waiter) waitsFor(a *asking) bool {
	for _, s := range w.slot {
		if s == future(a) && !a.done {
			return true
		}
	}
	return false
}

// begin empties what the running atom gives.
func (f *flow) begin() {
	f.outs, f.parks, f.arming, f.letters = make([][]int64, len(f.spec.Outputs)), parkings{}, parkings{}, nil
	f.asked, f.replies = map[int][]*request{}, map[string]map[int][]reply{}
	for _, t := range f.tasks {
		t.touched = nil
	}
}

// choose makes what was chosen in the next atom known.
func (f *flow) choose(c choice) { f.refused, f.armed = c.refused, c.armed }

// ring goes on with the handlers whose timers are due, in the order of time and then of their awaits.
func (f *flow) ring(now int64) {
	f.begin()
	var due []*waiter
	for _, t := range f.tasks {
		for _, w := range t.frames {
			if w.alarm != nil && w.alarm.(*alarm).due <= now {
				due = append(due, w)
			}
		}
	}
	slices.SortFunc(due, func(a, b *waiter) int {
		x, y := a.alarm.(*alarm), b.alarm.(*alarm)
		return cmp.Or(cmp.Compare(x.due, y.due), cmp.Compare(x.serial, y.serial))
	})
	for _, w := range due {
		w.alarm.(*alarm).rang = true
		f.goOn(w)
	}
	f.end()
}

// atom processes one atom of an input.
func (f *flow) atom(input string, atom any) {
	f.begin()
	switch events := atom.(type) {
	case []int64:
		for _, in := range f.spec.Inputs {
			if in.Stream == input {
				for _, v := range events {
					in.pass(v, f.to)
				}
			}
		}
	case []*request:
		for _, q := range events {
			task := f.m.app.Portals[q.portal].Task
			f.enter(task, thing{q.v, q})
		}
	case [][]reply:
		if !f.hear(events) {
			return
		}
	}
	f.end()
}

// end is the end of an atom.
func (f *flow) end() {
	for i := range f.tasks {
		f.barrier(i)
	}
	f.atoms++
	f.publish(true)
}

// hear runs the handlers that wait for replies on; false means that nobody waited.
func (f *flow) hear(parts [][]reply) bool {
	waited := false
	for _, part := range parts {
		for _, r := range part {
			r.ask.answers++
			waited = waited || f.waiterOf(r.ask) != nil
		}
	}
	if !waited {
		return false
	}
	for _, part := range parts {
		for _, r := range part {
			if w := f.waiterOf(r.ask); w != nil {
				f.resume(w, r)
			}
		}
	}
	return true
}

func (f *flow) waiterOf(a *asking) *waiter {
	for _, t := range f.tasks {
		for _, w := range t.frames {
			if w.waitsFor(a) {
				return w
			}
		}
	}
	return nil
}

func (f *flow) resume(w *waiter, r reply) {
	r.ask.done, r.ask.value, r.ask.reason = true, r.value, r.reason
	f.goOn(w)
}

// goOn runs a handler on that waited.
func (f *flow) goOn(w *waiter) {
	n := slices.IndexFunc(f.tasks, func(t *modelTask) bool { return slices.Contains(t.frames, w) })
	t := f.tasks[n]
	emitted, ended := f.proceed(n, w)
	if ended {
		t.frames = slices.DeleteFunc(t.frames, func(x *waiter) bool { return x == w })
	}
	f.flush(t, emitted)
	if ended && t.spec.Exclusive {
		f.open(n, w.key)
	}
}

func (f *flow) to(targets []Target, v int64) {
	for _, to := range targets {
		if to.Output {
			f.outs[to.N] = append(f.outs[to.N], v)
		} else {
			f.enter(to.N, thing{v: v})
		}
	}
}

func (f *flow) flush(t *modelTask, emitted []int64) {
	for _, v := range emitted {
		f.to(t.spec.To, v)
	}
}

// enter gives something to a task, or parks it.
func (f *flow) enter(n int, x thing) {
	t := f.tasks[n]
	key := t.spec.key(x.v)
	k := t.locks[key]
	if !t.spec.Exclusive || k == nil || len(k.holders) == 0 || descends(x, k.holders[len(k.holders)-1]) {
		f.handle(n, key, x)
		return
	}
	if at := slices.Index(f.refused, f.parks.next(n, key)); at >= 0 {
		f.refused = slices.Delete(slices.Clone(f.refused), at, at+1)
		if x.req.ask.silent {
			f.letters = append(f.letters, letter(t.spec.name(n), key, x.v, refusal))
		} else {
			f.answer(x.req, reply{ask: x.req.ask, reason: refusal})
		}
		return
	}
	k.parked = append(k.parked, x)
}

// descends tells whether a request comes from a handler that waits.
func descends(x thing, holder *waiter) bool {
	return x.req != nil && slices.ContainsFunc(append(slices.Clone(x.req.ask.above), x.req.ask), func(a *asking) bool { return a.by == holder })
}

func (f *flow) handle(n int, key int64, x thing) {
	t := f.tasks[n]
	w := &waiter{Frame: Frame{X: x.v}, key: key, req: x.req}
	if x.req != nil {
		w.Body = 1 + slices.Index(t.spec.Answers, x.req.portal)
	}
	emitted, ended := f.proceed(n, w)
	if !ended {
		t.frames = append(t.frames, w)
		if t.spec.Exclusive {
			if t.locks[key] == nil {
				t.locks[key] = &lock{}
			}
			t.locks[key].holders = append(t.locks[key].holders, w)
		}
	}
	f.flush(t, emitted)
}

// open lets in what is parked at a key, after a handler of the key has ended.
func (f *flow) open(n int, key int64) {
	t := f.tasks[n]
	k := t.locks[key]
	if k == nil || k.opening {
		return
	}
	k.opening = true
	for {
		k.holders = slices.DeleteFunc(k.holders, func(w *waiter) bool { return !slices.Contains(t.frames, w) })
		next := slices.IndexFunc(k.parked, func(x thing) bool {
			return len(k.holders) == 0 || descends(x, k.holders[len(k.holders)-1])
		})
		if next < 0 {
			break
		}
		x := k.parked[next]
		k.parked = slices.Delete(k.parked, next, next+1)
		f.handle(n, key, x)
	}
	k.opening = false
}

// proceed runs a handler until it ends or waits; when it fails, it is undone alone.
func (f *flow) proceed(n int, w *waiter) (emitted []int64, ended bool) {
	t := f.tasks[n]
	on := &played{flow: f, n: n, s: t.state(w.key), w: w}
	t.spec.touch(on.s, w.X)
	before, replied := on.s.taken(), w.Replied
	out := w.run(t.spec.Bodies[w.Body], on)
	if out.failed == "" {
		on.commit()
		return on.emitted, !out.waits
	}
	*on.s = before
	if f.strict && (w.req == nil && t.spec.OnError == nil || w.req != nil && replied) && f.failed == "" {
		f.failed = fmt.Sprint(w.X)
	}
	switch {
	case w.req != nil && !replied && !w.req.ask.silent:
		f.answer(w.req, reply{ask: w.req.ask, reason: out.failed})
	case w.req != nil || t.spec.OnError == nil:
		f.letters = append(f.letters, letter(t.spec.name(n), w.key, w.X, out.failed))
	default:
		on = &played{flow: f, n: n, s: on.s, w: w}
		mend := Frame{X: w.X, R: int64(len(out.failed))}
		mend.run(t.spec.OnError, on)
		return on.emitted, true
	}
	return nil, true
}

// played is the model's side of a running handler: what it does counts when it has not failed.
type played struct {
	flow    *flow
	n       int
	s       *State
	w       *waiter
	emitted []int64
	asked   []*request
	replies []int64
}

func (p *played) state() *State { return p.s }
func (p *played) emit(v int64)  { p.emitted = append(p.emitted, v) }
func (p *played) reply(v int64) { p.replies = append(p.replies, v) }

func (p *played) ask(portal int, v int64) future {
	a := p.flow.asking(p.w, false)
	p.asked = append(p.asked, &request{v, portal, a})
	return a
}

func (p *played) tell(portal int, v int64) {
	p.asked = append(p.asked, &request{v, portal, p.flow.asking(p.w, true)})
}

func (p *played) after(int64) (bell, int64) {
	place := p.flow.arming.next(p.n, p.w.key)
	due, ok := p.flow.armed[place]
	if !ok {
		p.flow.m.wrongly("%s: nobody knows when timer %v rings", p.flow.spec.Name, place)
	}
	p.flow.alarms++
	return &alarm{due: due, serial: p.flow.alarms}, due
}

func (f *flow) asking(w *waiter, silent bool) *asking {
	a := &asking{flow: f, by: w, silent: silent}
	if w.req != nil {
		a.above = append(slices.Clone(w.req.ask.above), w.req.ask)
	}
	return a
}

func (p *played) commit() {
	for _, q := range p.asked {
		p.flow.asked[q.portal] = append(p.flow.asked[q.portal], q)
		p.flow.m.asks = append(p.flow.m.asks, q.ask)
	}
	for _, v := range p.replies {
		if !p.w.req.ask.silent {
			p.flow.answer(p.w.req, reply{ask: p.w.req.ask, value: v})
		}
	}
}

func (f *flow) answer(q *request, r reply) {
	to := q.ask.flow.spec.Name
	if f.replies[to] == nil {
		f.replies[to] = map[int][]reply{}
	}
	f.replies[to][q.portal] = append(f.replies[to][q.portal], r)
}

// barrier runs `on atom per key` and `on atom`.
func (f *flow) barrier(n int) {
	t := f.tasks[n]
	if t.spec.PerKey {
		for _, key := range slices.Clone(t.touched) {
			if v, ok := t.spec.barrier(t.states[key], key); ok {
				f.to(t.spec.To, v)
			}
		}
	}
	if t.spec.OnAtom && t.spec.Keys == 0 {
		if v, ok := t.spec.barrier(t.state(0), 0); ok {
			f.to(t.spec.To, v)
		}
	}
}

// complete runs `on complete`; what it emits makes one last atom.
func (f *flow) complete() {
	f.begin()
	emitted := false
	for i, t := range f.tasks {
		if emitted {
			f.barrier(i)
		}
		if t.spec.OnEnd {
			var s State
			if t.spec.Keys == 0 {
				s = t.state(0).taken()
			}
			f.to(t.spec.To, t.spec.ending(i, &s))
			emitted = true
		}
	}
	if emitted {
		f.atoms++
	}
	f.publish(false)
}

// refuse answers requests that come after the completion.
func (f *flow) refuse(requests []*request) {
	f.begin()
	for _, q := range requests {
		if !q.ask.silent {
			f.answer(q, reply{ask: q.ask, reason: "workflow " + f.spec.Name + " is complete"})
		}
	}
	f.publish(false)
}

// publish gives what an atom made to the streams.
func (f *flow) publish(empty bool) {
	for i, name := range f.spec.Outputs {
		if empty || len(f.outs[i]) > 0 {
			f.m.streams[name] = append(f.m.streams[name], f.outs[i])
		}
	}
	if f.m.app.Letters && !f.spec.readsLetters() && len(f.letters) > 0 {
		f.m.streams[lettersOf(f.spec)] = append(f.m.streams[lettersOf(f.spec)], f.letters)
	}
	for p, requests := range f.asked {
		name := f.spec.Name + "?" + f.m.app.Portals[p].Name
		f.m.streams[name] = append(f.m.streams[name], requests)
	}
	for asker, parts := range f.replies {
		var all [][]reply
		for _, p := range slices.Sorted(maps.Keys(parts)) {
			all = append(all, parts[p])
		}
		name := strings.Join([]string{f.spec.Name, asker}, "!")
		f.m.streams[name] = append(f.m.streams[name], all)
	}
}
