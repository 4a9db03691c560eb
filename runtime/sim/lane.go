package sim

import (
	"fmt"

	"github.com/portals-lang/portals/runtime/ptl"
)

// lane is a workflow's lane as the compiler would generate it for an App, but for its handlers being data.
type lane struct {
	ptl.Lane
	run     *Run
	flow    *Workflow
	tasks   []taskLane
	outs    []ptl.Out[int64]
	asks    map[int]*ptl.Asks[int64, int64]    // by portal
	answers map[int]*ptl.Answers[int64, int64] // by portal
}

// taskLane is a lane's part of a task.
type taskLane struct {
	task    *Task
	keyed   ptl.Keyed[int64, State]
	single  ptl.Single[State]
	events  ptl.Exchange[int64, int64]
	asked   map[int]*ptl.Exchange[int64, ptl.Request[int64]] // by portal
	waiting ptl.Waiting[int64, frame]
	gate    ptl.Gate[int64, item]
	emitted []int64
}

// frame is a handler that waits, with the request that it has to answer.
type frame struct {
	Frame
	point   uint32
	request bool
	portal  int
	req     ptl.Request[int64]
}

// item is what may be parked: an event, or a request for a portal.
type item struct {
	request bool
	portal  int
	event   int64
	req     ptl.Request[int64]
}

func (i item) value() int64 {
	if i.request {
		return i.req.Req
	}
	return i.event
}

func newLane(l *lane, r *Run, w *Workflow) {
	l.run, l.flow = r, w
	l.tasks = make([]taskLane, len(w.Tasks))
	l.outs = make([]ptl.Out[int64], len(w.Outputs))
	l.asks = map[int]*ptl.Asks[int64, int64]{}
	l.answers = map[int]*ptl.Answers[int64, int64]{}
	for _, p := range r.app.asks(w) {
		l.asks[p] = &ptl.Asks[int64, int64]{}
	}
	for i := range w.Tasks {
		t := &l.tasks[i]
		t.task = &w.Tasks[i]
		t.asked = map[int]*ptl.Exchange[int64, ptl.Request[int64]]{}
		for _, p := range t.task.Answers {
			t.asked[p] = &ptl.Exchange[int64, ptl.Request[int64]]{}
			l.answers[p] = &ptl.Answers[int64, int64]{}
		}
	}
}

// to hands events on.
func (l *lane) to(targets []Target, v int64) {
	for _, to := range targets {
		if to.Output {
			l.outs[to.N].Put(&l.Lane, v)
			continue
		}
		t := &l.tasks[to.N]
		key := t.task.key(v)
		h := t.hash(key)
		if l.Inline {
			l.onEvent(to.N, h, key, v)
		} else {
			t.events.Send(&l.Lane, h, key, v)
		}
	}
}

func (t *taskLane) hash(key int64) uint64 {
	if t.task.Keys == 0 {
		return 0
	}
	return ptl.HashInt(key)
}

// keyType describes the keys of a task, whose hash is 0 where there are none.
func (t *Task) keyType() *ptl.Type[int64] {
	if t.Keys > 0 {
		return ptl.IntType
	}
	none := *ptl.IntType
	none.Hash = nil
	return &none
}

// onEvent gives one event to a task.
func (l *lane) onEvent(n int, h uint64, key, v int64) {
	l.enter(n, h, key, item{event: v}, nil)
}

// onAsk gives one request to a task.
func (l *lane) onAsk(n, portal int, h uint64, key int64, r ptl.Request[int64]) {
	l.enter(n, h, key, item{request: true, portal: portal, req: r}, r.Trail)
}

// enter gives an event or request to a task, unless its key is closed.
func (l *lane) enter(n int, h uint64, key int64, i item, trail ptl.Trail) {
	t := &l.tasks[n]
	l.run.history.event(l.flow, n)
	l.run.gets()
	if !t.task.Exclusive || !t.gate.Closed(&l.Lane, h, key, trail) {
		l.handle(n, h, key, i)
		return
	}
	place := l.run.history.parks(l.flow, n, key)
	if !t.gate.Park(&l.Lane, h, key, i, trail) {
		l.run.history.refused(l.flow, place)
		l.answers[i.portal].Fail(&l.Lane, i.req, &ptl.Fault{Message: refusal}, t.task.name(n), fmt.Sprint(key), fmt.Sprint(i.req.Req))
	}
}

// refusal is why an ask fails that would wait for itself.
const refusal = "deadlock"

// handle begins a handler.
func (l *lane) handle(n int, h uint64, key int64, i item) {
	t := &l.tasks[n]
	f := frame{Frame: Frame{X: i.value()}, request: i.request, portal: i.portal, req: i.req}
	if i.request {
		for b, p := range t.task.Answers {
			if p == i.portal {
				f.Body = b + 1
			}
		}
	}
	if !l.proceed(n, h, key, &f) {
		t.waiting.Suspend(&l.Lane, key, f)
		if t.task.Exclusive {
			t.gate.Close(&l.Lane, h, key)
		}
	}
	l.flush(n)
}

// flush hands on what the task's handler has emitted.
func (l *lane) flush(n int) {
	t := &l.tasks[n]
	emitted := t.emitted
	t.emitted = nil
	for _, v := range emitted {
		l.to(t.task.To, v)
	}
}

// state is the state that a task's handler works on.
func (l *lane) state(n int, h uint64, key int64) *State {
	t := &l.tasks[n]
	if t.task.Keys == 0 {
		return t.single.State(&l.Lane)
	}
	return t.keyed.At(&l.Lane, h, key)
}

// guard runs a handler so that a failure undoes its change of state.
func (l *lane) guard(n int, s *State, call func()) *ptl.Fault {
	t := &l.tasks[n]
	if t.task.Keys == 0 {
		return t.single.Guard(&l.Lane, s, call)
	}
	return t.keyed.Guard(&l.Lane, s, call)
}

// proceed runs a handler until it ends or waits.
func (l *lane) proceed(n int, h uint64, key int64, f *frame) (ended bool) {
	t := &l.tasks[n]
	t.emitted = nil // of a handler over which the atom has failed, which is run once more
	if f.request {
		ptl.BeginRequest(&l.Lane, &f.req)
	} else {
		l.Begin()
	}
	on := &hosted{lane: l, n: n, key: key, task: t, s: l.state(n, h, key), h: h}
	if f.alarm != nil {
		l.run.goesOn(l.flow, f)
	}
	t.task.touch(on.s, f.X)
	mark := map[int]int{}
	for p, a := range l.asks {
		mark[p] = a.Mark()
	}
	replied := f.Replied
	segment := func() {
		out := f.run(t.task.Bodies[f.Body], on)
		if out.failed != "" {
			ptl.Fail(out.failed)
		}
		ended = !out.waits
	}
	if !f.request && t.task.OnError == nil && !l.Guarded {
		segment()
	} else if fault := l.guard(n, on.s, segment); fault != nil {
		for p, a := range l.asks {
			a.Reset(mark[p])
		}
		t.emitted, on.replies, f.Replied = nil, nil, replied
		l.failed(n, h, key, f, fault, on)
		ended = true
	}
	for _, v := range on.replies {
		l.answers[f.portal].Reply(&l.Lane, f.req, v)
	}
	return ended
}

// failed does what is left to do for a handler that failed and was undone.
func (l *lane) failed(n int, h uint64, key int64, f *frame, fault *ptl.Fault, on *hosted) {
	t := &l.tasks[n]
	event := fmt.Sprint(f.X)
	switch {
	case f.request && !f.Replied:
		l.answers[f.portal].Fail(&l.Lane, f.req, fault, t.task.name(n), fmt.Sprint(key), event)
	case f.request || t.task.OnError == nil:
		l.Skip(fault, t.task.name(n), fmt.Sprint(key), event)
	default:
		mend := Frame{X: f.X, R: int64(len(fault.Message))}
		mend.run(t.task.OnError, on)
	}
}

// hosted is the engine's side of a running handler.
type hosted struct {
	lane    *lane
	n       int
	task    *taskLane
	s       *State
	h       uint64
	key     int64
	replies []int64
}

func (o *hosted) state() *State { return o.s }
func (o *hosted) emit(v int64)  { o.task.emitted = append(o.task.emitted, v) }
func (o *hosted) reply(v int64) { o.replies = append(o.replies, v) }

func (o *hosted) ask(portal int, v int64) future {
	return cell{o.lane.asks[portal].Ask(&o.lane.Lane, o.h, v)}
}

func (o *hosted) tell(portal int, v int64) { o.lane.asks[portal].Tell(&o.lane.Lane, o.h, v) }

// goesOn notes that a handler goes on which waited for a time, too. It may not have that over by now unless its timer rang:
// the engine looks at the time before each atom.
func (r *Run) goesOn(w *Workflow, f *frame) {
	const looks = 100 * ptl.Microsecond
	if f.alarm.Done() {
		r.history.rings(w, f.Due)
	} else if now := r.world.now; now > ptl.Time(f.Due)+ptl.Time(looks) {
		r.found("time", fmt.Sprintf("a handler of %s got a reply at %d, and its time was over at %d", w.Name, now, f.Due))
	}
}

func (o *hosted) after(ms int64) (bell, int64) {
	d := ptl.Duration(ms) * ptl.Millisecond
	due := int64(o.lane.Now()) + int64(d)
	o.lane.run.history.arms(o.lane.flow, o.n, o.key, due)
	return o.lane.After(o.h, d), due
}

// cell is a future of the engine.
type cell struct{ *ptl.Future[int64] }

func (c cell) outcome() (int64, string, bool) {
	r := c.Try()
	return r.Value, r.Err.Message, r.OK
}
