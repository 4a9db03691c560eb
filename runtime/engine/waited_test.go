package engine

import (
	"errors"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// counted is a store that counts what is committed.
type counted struct {
	*store.Store
	commits *atomic.Int64
}

func (c counted) Commit(b *store.Batch) (store.Position, error) {
	c.commits.Add(1)
	return c.Store.Commit(b)
}

// typed is a source of what somebody types, number after number.
type typed struct {
	numbers chan int64
	halted  chan struct{}
}

func (s typed) Open(*ptl.Env, []byte) error { return nil }
func (s typed) Close() error                { return nil }
func (s typed) Replayable() bool            { return false }

func (s typed) Next(buf []int64) ([]int64, []byte, error) {
	select {
	case n := <-s.numbers:
		return append(buf, n), nil, nil
	case <-s.halted:
		return buf, nil, ptl.ErrInterrupted
	}
}

func (s typed) Interrupt() {
	select {
	case s.halted <- struct{}{}:
	default:
	}
}

// showing is a collector that tells when it has been given something.
type showing struct {
	collector
	shown chan int64
}

func (s showing) Write(events []pair) error {
	err := s.collector.Write(events)
	s.shown <- events[len(events)-1].V0
	return err
}

// buildWaited makes the application of which somebody outside gives an event and waits for what comes out.
func buildWaited(g *ptl.Graph, numbers typed, sink showing) {
	in := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, numbers)
	out := ptl.NewStream(g, ptl.StreamSpec{Name: "pairs"}, pairType)
	w := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "sparse"}, func(*sparseLane) {})
	ptl.Reads(w, in, ptl.Each((*sparseLane).take))
	ptl.Writes(w, out, func(l *sparseLane) *ptl.Out[pair] { return &l.out })
	ptl.NewSink(g, ptl.SinkSpec{Name: "pairs"}, out, sink)
}

// TestOneCommitForWhatIsWaitedFor: who gives an event, waits for what comes out and gives the next one waits for one commit
// each time. How far the sink has come goes with the next, and with the last.
func TestOneCommitForWhatIsWaitedFor(t *testing.T) {
	const events = 100
	disk := vfs.NewMem()
	s := counted{openStore(t, disk), &atomic.Int64{}}
	numbers, sink := typed{make(chan int64), make(chan struct{}, 1)}, showing{collector{&page{}}, make(chan int64, 1)}
	build := func(g *ptl.Graph) { buildWaited(g, numbers, sink) }
	opts := testOptions(s, 1)
	opts.Workers = 1                           // then a cut has all that an event did
	opts.Timer = func(ptl.Duration, func()) {} // and is made when nothing else moves
	e, ended := started(t, build, opts)
	for n := range int64(events) {
		numbers.numbers <- n * 10_000
		if shown := <-sink.shown; shown != n*10_000 {
			t.Fatalf("%d is shown for %d", shown, n*10_000)
		}
	}
	if n := s.commits.Load(); n > events+1 { // the first has the names of things
		t.Errorf("%d commits for %d events", n, events)
	}
	e.Stop()
	if err := errors.Join(<-ended, s.Close()); err != nil {
		t.Fatal(err)
	}
	s.Store = openStore(t, disk)
	opts.Store = s
	again := &ptl.Graph{}
	build(again)
	e, err := Open(again, opts)
	if err != nil {
		t.Fatal(err)
	}
	if len(sink.page.events) != events || e.sinks[0].reader.pos.Load() != events {
		t.Errorf("the sink is at %d of %d events, and was at %d", e.sinks[0].reader.pos.Load(), events, len(sink.page.events))
	}
	if err := errors.Join(e.closeConnectors(), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestWaitedForWhileOthersWork: while others never rest, and nobody waits for what they do, an event that somebody waits for is
// committed within the interval, or the few that it is where cuts are dear, each time; and what nobody waits for is not.
func TestWaitedForWhileOthersWork(t *testing.T) {
	const events = 20
	s := counted{openStore(t, vfs.NewMem()), &atomic.Int64{}}
	numbers, sink := typed{make(chan int64), make(chan struct{}, 1)}, showing{collector{&page{}}, make(chan int64, 1)}
	opts := testOptions(s, 1)
	opts.Workers = 1
	opts.Timer = func(d ptl.Duration, f func()) {
		if d <= soonMost*opts.Interval {
			time.AfterFunc(time.Duration(d), f)
		}
	}
	e, ended := started(t, func(g *ptl.Graph) {
		buildWaited(g, numbers, sink)
		endless := ptl.SourceStream(g, ptl.StreamSpec{Name: "endless"}, ptl.IntType, ptl.RangeSource(0, math.MaxInt64, ptl.Cut{Events: 1}))
		busy := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "busy"}, func(*sparseLane) {})
		ptl.Reads(busy, endless, ptl.Each(func(l *sparseLane, n int64) {
			for i := range int64(5000) { // some µs, or it would be too far ahead soon
				l.sum += n ^ i
			}
		}))
	}, opts)
	for n := range int64(events) {
		numbers.numbers <- n * 10_000
		if _, ok := patiently(sink.shown); !ok {
			t.Fatalf("event %d is not shown", n)
		}
	}
	before := s.commits.Load()
	time.Sleep(30 * time.Duration(opts.Interval))
	if n := s.commits.Load() - before; n > 1 { // it may have been under way
		t.Errorf("%d commits that nobody waits for", n)
	}
	e.Stop()
	if err := errors.Join(<-ended, s.Close()); err != nil {
		t.Fatal(err)
	}
}
