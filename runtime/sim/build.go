package sim

import (
	"fmt"

	"github.com/portals-lang/portals/runtime/ptl"
)

var stateType = &ptl.StateType[State]{
	Init:      func(s *State) { *s = State{} },
	IsInitial: (*State).initial,
	Fields: []ptl.StateField{{Name: "a", Type: "Int"}, {Name: "b", Type: "Int"}, {Name: "life", Type: "Int"},
		{Name: "many", Type: "Map[Int, Int]", Shape: manyType.Shape}, {Name: "row", Type: "List[Int]", Shape: rowType.Shape}},
	Collections: []ptl.Collection[State]{
		ptl.StoredMap(manyField, func(s *State) *ptl.Map[int64, int64] { return &s.Many }, ptl.IntType, ptl.IntType),
		ptl.StoredList(rowField, func(s *State) *ptl.List[int64] { return &s.Row }, ptl.IntType),
	},
	Append: func(b []byte, s *State) []byte {
		b = ptl.AppendInt(ptl.AppendInt(ptl.AppendInt(b, s.A), s.B), s.Life)
		return rowType.Append(manyType.Append(b, s.Many), s.Row)
	},
	Read: func(r *ptl.Reader, s *State) {
		*s = State{A: r.Int(), B: r.Int(), Life: r.Int(), Many: manyType.Read(r), Row: rowType.Read(r)}
	},
	JSON: func(b []byte, s *State) []byte {
		return fmt.Appendf(b, `{"a":%d,"b":%d,"life":%d,"many":%d,"row":%d}`, s.A, s.B, s.Life, s.Many.Len(), s.Row.Len())
	},
	Freeze: func(s *State) { s.taken() },
}

// The numbers of the fields that are collections.
const (
	manyField = 3
	rowField  = 4
)

var (
	manyType = ptl.MapType(ptl.IntType, ptl.IntType)
	rowType  = ptl.ListType(ptl.IntType)
)

var requestType = ptl.RequestType(ptl.IntType)

// frameType describes the frames of all handlers of a task.
var frameType = &ptl.FrameType[frame]{
	Name:   "handler",
	At:     func(f *frame) *uint32 { f.point = 1; return &f.point },
	Points: []ptl.Point{{At: 1, ID: 1}}, // where it goes on is part of the frame
	Append: func(b []byte, f *frame) []byte {
		for _, v := range []int64{int64(f.Body), int64(f.At), f.X, f.R, f.Turns, f.Due, int64(f.portal)} {
			b = ptl.AppendInt(b, v)
		}
		b = ptl.AppendBool(ptl.AppendBool(b, f.Replied), f.request)
		for _, s := range f.slot {
			var of *ptl.Future[int64]
			if s != nil {
				of = s.(cell).Future
			}
			b = ptl.AppendFuture(b, of, ptl.IntType)
		}
		if b = ptl.AppendBool(b, f.alarm != nil); f.alarm != nil {
			b = ptl.TimerType.Append(b, f.alarm.(*ptl.Timer))
		}
		return requestType.Append(b, f.req)
	},
	Read: func(r *ptl.Reader, f *frame) {
		f.Frame = Frame{Body: int(r.Int()), At: int(r.Int()), X: r.Int(), R: r.Int(), Turns: r.Int(), Due: r.Int()}
		f.portal = int(r.Int())
		f.Replied, f.request = r.Bool(), r.Bool()
		for i := range f.slot {
			if of := ptl.ReadFuture(r, ptl.IntType); of != nil {
				f.slot[i] = cell{of}
			}
		}
		if r.Bool() {
			f.alarm = ptl.TimerType.Read(r)
		}
		f.req = requestType.Read(r)
	},
	Futures: func(f *frame, visit *ptl.Visit) {
		for _, s := range f.slot {
			if s != nil {
				visit.Future(s.(cell).Future)
			}
		}
		if f.alarm != nil {
			visit.Future(f.alarm.(*ptl.Timer))
		}
	},
}

var itemType = &ptl.Type[item]{
	Name: "Item",
	Append: func(b []byte, i item) []byte {
		b = ptl.AppendInt(ptl.AppendInt(ptl.AppendBool(b, i.request), int64(i.portal)), i.event)
		return requestType.Append(b, i.req)
	},
	AppendJSON: func(b []byte, i item) []byte { return fmt.Append(b, i.value()) },
	Read: func(r *ptl.Reader) item {
		return item{request: r.Bool(), portal: int(r.Int()), event: r.Int(), req: requestType.Read(r)}
	},
}

// build makes the graph of the run's application.
func (r *Run) build() *ptl.Graph {
	g := &ptl.Graph{Exclusive: r.app.exclusive()}
	streams := map[string]*ptl.Stream[int64]{}
	var letters *ptl.Stream[ptl.DeadLetter]
	for i := range r.app.Sources {
		s := &r.app.Sources[i]
		streams[s.Name] = ptl.SourceStream(g, ptl.StreamSpec{Name: s.Name}, ptl.IntType, ptl.Source[int64](&source{run: r, spec: s}))
	}
	for _, w := range r.app.Workflows {
		for _, name := range w.Outputs {
			streams[name] = ptl.NewStream(g, ptl.StreamSpec{Name: name}, ptl.IntType)
		}
	}
	for _, s := range r.app.Relays {
		var inputs []*ptl.Stream[int64]
		for _, in := range s.Inputs {
			inputs = append(inputs, streams[in])
		}
		if s.Keep > 0 {
			streams[s.Name] = ptl.Split(g, ptl.StreamSpec{Name: s.Name}, ptl.IntType, inputs[0], s.keeps)
		} else {
			streams[s.Name] = ptl.Sequence(g, ptl.StreamSpec{Name: s.Name}, ptl.IntType, inputs...)
		}
	}
	if r.app.Letters {
		letters = ptl.DeadLetters(g, ptl.StreamSpec{Name: lettersName})
	}
	portals := make([]*ptl.Portal[int64, int64], len(r.app.Portals))
	for i, p := range r.app.Portals {
		portals[i] = ptl.NewPortal(g, ptl.PortalSpec{Name: p.Name}, ptl.IntType, ptl.IntType)
	}
	for i := range r.app.Workflows {
		r.buildWorkflow(g, &r.app.Workflows[i], streams, letters, portals)
	}
	for _, name := range r.app.Sinks {
		if name == r.without {
			continue
		}
		if name == lettersName {
			ptl.NewSink(g, ptl.SinkSpec{Name: name}, letters, ptl.Sink[ptl.DeadLetter](&letterSink{sink{run: r, page: r.page(name)}}))
			continue
		}
		ptl.NewSink(g, ptl.SinkSpec{Name: name}, streams[name], ptl.Sink[int64](&sink{run: r, page: r.page(name)}))
	}
	return g
}

func (r *Relay) keeps(v int64) bool { return r.Keep == 0 || mix(v)%r.Keep == 0 }

func (r *Run) buildWorkflow(g *ptl.Graph, spec *Workflow, streams map[string]*ptl.Stream[int64], letters *ptl.Stream[ptl.DeadLetter], portals []*ptl.Portal[int64, int64]) {
	w := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: spec.Name}, func(l *lane) { newLane(l, r, spec) })
	for _, in := range spec.Inputs {
		if in.Stream == lettersName {
			ptl.Reads(w, letters, ptl.Each(func(l *lane, d ptl.DeadLetter) { in.pass(letterOf(d), l.to) }))
			continue
		}
		ptl.Reads(w, streams[in.Stream], ptl.Each(func(l *lane, v int64) { in.pass(v, l.to) }))
	}
	for _, p := range r.app.asks(spec) {
		ptl.AsksPortal(w, g, portals[p], func(l *lane) *ptl.Asks[int64, int64] { return l.asks[p] })
	}
	for i := range spec.Tasks {
		r.buildTask(g, w, spec, i, portals)
	}
	for i, name := range spec.Outputs {
		ptl.Writes(w, streams[name], func(l *lane) *ptl.Out[int64] { return &l.outs[i] })
	}
}

func (r *Run) buildTask(g *ptl.Graph, w *ptl.Workflow[*lane], spec *Workflow, i int, portals []*ptl.Portal[int64, int64]) {
	t := &spec.Tasks[i]
	d := &ptl.Task[*lane]{Name: t.name(i), Single: t.Keys == 0}
	d.Receive = ptl.Receive(func(l *lane) *ptl.Exchange[int64, int64] { return &l.tasks[i].events },
		func(l *lane, h uint64, key, v int64) { l.onEvent(i, h, key, v) })
	if t.Keys == 0 {
		d.Shared = ptl.SingleState(d.Name, func(l *lane) *ptl.Single[State] { return &l.tasks[i].single }, stateType)
	} else {
		var perKey func(l *lane, key int64, s *State)
		if t.PerKey {
			perKey = func(l *lane, key int64, s *State) {
				if v, ok := t.barrier(s, key); ok {
					l.to(t.To, v)
				}
			}
		}
		d.State = ptl.KeyedState(d.Name, func(l *lane) *ptl.Keyed[int64, State] { return &l.tasks[i].keyed }, ptl.IntType, stateType, perKey)
	}
	d.OnAtom = func(l *lane) {
		r.history.barrier(spec, i)
		if t.OnAtom && t.Keys == 0 {
			if v, ok := t.barrier(l.tasks[i].single.State(&l.Lane), 0); ok {
				l.to(t.To, v)
			}
		}
	}
	if t.OnEnd {
		d.Complete = func(l *lane) bool {
			var s State
			if t.Keys == 0 {
				s = *l.tasks[i].single.State(&l.Lane)
			}
			l.to(t.To, t.ending(i, &s))
			return true
		}
	}
	r.buildAnswers(g, w, spec, i, portals, d)
	ptl.AddTask(w, d)
}

// buildAnswers adds the portals that a task answers, and its frames and gate.
func (r *Run) buildAnswers(g *ptl.Graph, w *ptl.Workflow[*lane], spec *Workflow, i int, portals []*ptl.Portal[int64, int64], d *ptl.Task[*lane]) {
	t := &spec.Tasks[i]
	for _, p := range t.Answers {
		d.Requests = append(d.Requests, ptl.Receive(func(l *lane) *ptl.Exchange[int64, ptl.Request[int64]] { return l.tasks[i].asked[p] },
			func(l *lane, h uint64, key int64, q ptl.Request[int64]) { l.onAsk(i, p, h, key, q) }))
		at := func(l *lane) *ptl.Answers[int64, int64] { return l.answers[p] }
		take := func(l *lane, q ptl.Request[int64]) {
			key := t.key(q.Req)
			if h := l.tasks[i].hash(key); l.Inline {
				l.onAsk(i, p, h, key, q)
			} else {
				l.tasks[i].asked[p].Send(&l.Lane, h, key, q)
			}
		}
		if t.Keys == 0 {
			ptl.AnswersPortal(w, g, portals[p], at, take)
			continue
		}
		ptl.AnswersByKey(w, g, portals[p], at, func(l *lane) *ptl.Keyed[int64, State] { return &l.tasks[i].keyed },
			func(l *lane, requests []ptl.Request[int64], found []ptl.Hashed[int64]) {
				for n, q := range requests {
					key := t.key(q.Req)
					found[n] = ptl.Hashed[int64]{Hash: ptl.HashInt(key), Key: key}
				}
			},
			func(l *lane, h uint64, key int64, q ptl.Request[int64]) { l.onAsk(i, p, h, key, q) }, take)
	}
	d.Waiting = append(d.Waiting, ptl.Awaits(d.Name, func(l *lane) *ptl.Waiting[int64, frame] { return &l.tasks[i].waiting }, t.keyType(), frameType,
		func(l *lane, h uint64, key int64, f *frame) bool { return l.proceed(i, h, key, f) },
		func(l *lane, h uint64, key int64, ended bool) {
			l.flush(i)
			if ended && t.Exclusive {
				l.tasks[i].gate.Open(&l.Lane, h, key)
			}
		}))
	if t.Exclusive {
		d.Waiting = append(d.Waiting, ptl.Gates(d.Name, func(l *lane) *ptl.Gate[int64, item] { return &l.tasks[i].gate }, ptl.IntType, itemType,
			func(l *lane, h uint64, key int64, it item) { l.handle(i, h, key, it) }))
	}
}
