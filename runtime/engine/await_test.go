package engine

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
)

// waitFrame is a handler that waits: for a reply, a timer, or whichever comes first.
type waitFrame struct {
	at    uint32
	event int64
	r     ptl.Request[int64]
	reply *ptl.Future[int64]
	timer *ptl.Timer
}

var waitFrameType = &ptl.FrameType[waitFrame]{
	Name:   "event",
	At:     func(f *waitFrame) *uint32 { return &f.at },
	Points: []ptl.Point{{At: 1, ID: 0xabc}},
	Append: func(b []byte, f *waitFrame) []byte {
		b = ptl.AppendInt(b, f.event)
		b = ptl.AppendRequest(b, f.r, ptl.IntType)
		b = ptl.AppendFuture(b, f.reply, ptl.IntType)
		return ptl.TimerType.Append(b, f.timer)
	},
	Read: func(r *ptl.Reader, f *waitFrame) {
		f.event = r.Int()
		f.r = ptl.ReadRequest(r, ptl.IntType)
		f.reply = ptl.ReadFuture(r, ptl.IntType)
		f.timer = ptl.TimerType.Read(r)
	},
	Futures: func(f *waitFrame, visit *ptl.Visit) {
		if f.reply != nil {
			visit.Future(f.reply)
		}
		visit.Future(f.timer)
	},
}

// impatientLane asks for each event and waits 50 ms: it emits the event with the reply, or with -1.
type impatientLane struct {
	ptl.Lane
	ask     ptl.Asks[int64, int64]
	waiting ptl.Waiting[ptl.Unit, waitFrame]
	got     []pair
	out     ptl.Out[pair]
}

func (l *impatientLane) take(n int64) {
	f := waitFrame{event: n}
	l.Begin()
	if !l.run(0, ptl.Unit{}, &f) {
		l.waiting.Suspend(&l.Lane, ptl.Unit{}, f)
	}
}

func (l *impatientLane) run(_ uint64, _ ptl.Unit, f *waitFrame) bool {
	switch f.at {
	case 0:
		f.reply = l.ask.Ask(&l.Lane, 0, f.event)
		f.timer = l.After(0, 50*ptl.Millisecond)
		f.at = 1
		return false
	case 1:
		if !f.reply.Done() && !f.timer.Done() {
			return false
		}
		l.got = append(l.got, pair{V0: f.event, V1: ptl.Within(f.reply).Or(-1)})
	}
	return true
}

func (l *impatientLane) after(uint64, ptl.Unit, bool) {
	for _, p := range l.got {
		l.out.Put(&l.Lane, p)
	}
	l.got = l.got[:0]
}

// sleepyLane answers the request n after n ms, at once when n is 0.
type sleepyLane struct {
	ptl.Lane
	answer  ptl.Answers[int64, int64]
	waiting ptl.Waiting[ptl.Unit, waitFrame]
	reply   ptl.Option[int64]
	fails   bool // after the reply
}

func (l *sleepyLane) take(r ptl.Request[int64]) {
	f := waitFrame{r: r}
	if !l.run(0, ptl.Unit{}, &f) {
		l.waiting.Suspend(&l.Lane, ptl.Unit{}, f)
	}
}

func (l *sleepyLane) run(_ uint64, _ ptl.Unit, f *waitFrame) (ended bool) {
	ptl.BeginRequest(&l.Lane, &f.r)
	if fault := l.Guard(func() { ended = l.handle(f) }); fault != nil {
		l.answer.Fail(&l.Lane, f.r, fault, "Sleepy", "", "")
		return true
	}
	l.answer.Settle(&l.Lane, &f.r, &l.reply)
	return ended
}

func (l *sleepyLane) handle(f *waitFrame) bool {
	switch f.at {
	case 0:
		if l.fails {
			l.reply = ptl.Some(f.r.Req)
		}
		f.timer = l.After(0, ptl.Duration(f.r.Req)*ptl.Millisecond)
		f.at = 1
		return false
	case 1:
		if !f.timer.Done() {
			return false
		}
		if l.fails {
			ptl.Fail("too late")
		}
		l.reply = ptl.Some(f.r.Req)
	}
	return true
}

// waiting is an application that asks for each of its events.
func waiting(events []int64, fails bool, sink ptl.Sink[pair]) func(*ptl.Graph) {
	return func(g *ptl.Graph) {
		numbers := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, ptl.ListSource(ptl.IntType, ptl.ListFrom(events), ptl.Cut{}))
		out := ptl.NewStream(g, ptl.StreamSpec{Name: "out"}, pairType)
		sleep := ptl.NewPortal(g, ptl.PortalSpec{Name: "sleep"}, ptl.IntType, ptl.IntType)
		w := ptl.NewWorkflow[impatientLane](g, ptl.WorkflowSpec{Name: "impatient"}, nil)
		ptl.Reads(w, numbers, ptl.Each((*impatientLane).take))
		ptl.AddTask(w, &ptl.Task[*impatientLane]{Name: "Impatient", Waiting: []*ptl.StateSlot[*impatientLane]{
			ptl.Awaits("Impatient", func(l *impatientLane) *ptl.Waiting[ptl.Unit, waitFrame] { return &l.waiting }, ptl.UnitType, waitFrameType, (*impatientLane).run, (*impatientLane).after),
		}})
		ptl.AsksPortal(w, g, sleep, func(l *impatientLane) *ptl.Asks[int64, int64] { return &l.ask })
		ptl.Writes(w, out, func(l *impatientLane) *ptl.Out[pair] { return &l.out })
		s := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "sleepy"}, func(l *sleepyLane) { l.fails = fails })
		ptl.AddTask(s, &ptl.Task[*sleepyLane]{Name: "Sleepy", Waiting: []*ptl.StateSlot[*sleepyLane]{
			ptl.Awaits("Sleepy", func(l *sleepyLane) *ptl.Waiting[ptl.Unit, waitFrame] { return &l.waiting }, ptl.UnitType, waitFrameType, (*sleepyLane).run, nil),
		}})
		ptl.AnswersPortal(s, g, sleep, func(l *sleepyLane) *ptl.Answers[int64, int64] { return &l.answer }, (*sleepyLane).take)
		ptl.NewSink(g, ptl.SinkSpec{Name: "out"}, out, sink)
	}
}

// clock is wall-clock time that a test moves.
type clock struct {
	mu     sync.Mutex
	now    ptl.Time
	alarms []alarm
}

type alarm struct {
	at   ptl.Time
	call func()
}

func (c *clock) time() ptl.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// timer is Options.Timer: short times, which the engine itself needs, are real.
func (c *clock) timer(d ptl.Duration, call func()) {
	if d <= ptl.Millisecond {
		time.AfterFunc(time.Duration(d), call)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.alarms = append(c.alarms, alarm{c.now + ptl.Time(d), call})
}

// move sets the time, and calls what is due.
func (c *clock) move(to ptl.Time) {
	c.mu.Lock()
	c.now = to
	var due []func()
	c.alarms = slices.DeleteFunc(c.alarms, func(a alarm) bool {
		if a.at <= to {
			due = append(due, a.call)
		}
		return a.at <= to
	})
	c.mu.Unlock()
	for _, call := range due {
		call()
	}
}

// until waits for something that happens in another goroutine.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for range 5000 {
		if happened() {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("never: " + what)
}

func (c *clock) set(n int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.alarms) >= n
}

// TestWithin waits for replies that come in time, and for ones that do not, through a restart, during which time goes on.
func TestWithin(t *testing.T) {
	fs, got, c := vfs.NewMem(), &page{}, &clock{now: ptl.Time(ptl.Second)}
	start := c.now
	begin := func() (*Engine, func() error) {
		s := openStore(t, fs)
		opts := testOptions(s, 2)
		opts.Env.Now, opts.Timer = c.time, c.timer
		g := &ptl.Graph{}
		waiting([]int64{0, 20, 40, 70, 90}, false, collector{got})(g)
		e, err := Open(g, opts)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- e.Run() }()
		return e, func() error {
			err := <-done
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			return err
		}
	}
	emitted := func(n int) func() bool {
		return func() bool {
			got.mu.Lock()
			defer got.mu.Unlock()
			return len(got.events) >= n
		}
	}
	e, wait := begin()
	until(t, "the first reply", emitted(1))
	until(t, "the timers", func() bool { return c.set(2) })
	c.move(start + ptl.Time(20*ptl.Millisecond))
	until(t, "the second reply", emitted(2))
	e.Stop()
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	c.alarms = nil
	c.now = start + ptl.Time(45*ptl.Millisecond) // the third reply was due while nothing ran
	c.mu.Unlock()
	_, wait = begin()
	until(t, "the third reply", emitted(3))
	until(t, "the timers again", func() bool { return c.set(2) })
	c.move(start + ptl.Time(50*ptl.Millisecond))
	until(t, "the end of patience", emitted(5))
	c.move(start + ptl.Time(100*ptl.Millisecond))
	if err := wait(); err != nil {
		t.Fatal(err)
	}
	want := []pair{{V0: 0, V1: 0}, {V0: 20, V1: 20}, {V0: 40, V1: 40}, {V0: 70, V1: -1}, {V0: 90, V1: -1}}
	if !slices.Equal(got.events, want) {
		t.Errorf("got %v, want %v", got.events, want)
	}
	// One atom for the events, one for each of three replies, one for two timers; what came too late made none.
	if len(got.atoms) != 5 {
		t.Errorf("there were %d atoms, not 5: %v", len(got.atoms), got.atoms)
	}
}

// TestFailureAfterTheReply stops the run, since there is nobody left to be told; with the policy `skip` it does not.
func TestFailureAfterTheReply(t *testing.T) {
	for _, skip := range []bool{false, true} {
		got := &page{}
		opts := testOptions(nil, 1)
		opts.SkipFailed = skip
		err := runApp(t, waiting([]int64{1}, true, collector{got}), opts)
		if skip && (err != nil || len(got.events) != 1 || got.events[0].V1 != 1) {
			t.Errorf("skip: %v, %v", err, got.events)
		}
		if !skip && (err == nil || !strings.Contains(err.Error(), "too late")) {
			t.Errorf("stop: %v", err)
		}
	}
}
