package engine

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// valve lets everything through until it is shut; then who comes waits until it is opened.
type valve struct {
	mu   sync.Mutex
	move *sync.Cond
	shut bool
}

func newValve() *valve {
	v := &valve{}
	v.move = sync.NewCond(&v.mu)
	return v
}

func (v *valve) pass() {
	v.mu.Lock()
	defer v.mu.Unlock()
	for v.shut {
		v.move.Wait()
	}
}

func (v *valve) set(shut bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.shut = shut
	v.move.Broadcast()
}

// stalling is a disk that does not write or sync while its valve is shut.
type stalling struct {
	vfs.FS
	valve *valve
}

func (s stalling) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := s.FS.Create(name, category)
	return stallingFile{f, s.valve}, err
}

func (s stalling) OpenReadWrite(name string, category vfs.DiskWriteCategory, opts ...vfs.OpenOption) (vfs.File, error) {
	f, err := s.FS.OpenReadWrite(name, category, opts...)
	return stallingFile{f, s.valve}, err
}

func (s stalling) ReuseForWrite(from, to string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := s.FS.ReuseForWrite(from, to, category)
	return stallingFile{f, s.valve}, err
}

type stallingFile struct {
	vfs.File
	valve *valve
}

func (f stallingFile) Write(b []byte) (int, error) {
	f.valve.pass()
	return f.File.Write(b)
}

func (f stallingFile) WriteAt(b []byte, at int64) (int, error) {
	f.valve.pass()
	return f.File.WriteAt(b, at)
}

func (f stallingFile) Sync() error {
	f.valve.pass()
	return f.File.Sync()
}

func (f stallingFile) SyncData() error {
	f.valve.pass()
	return f.File.SyncData()
}

// slow is a collector that does not write while its valve is shut.
type slow struct {
	collector
	valve *valve
}

func (s slow) Write(events []pair) error {
	s.valve.pass()
	return s.collector.Write(events)
}

// sparse is an app whose workflow takes everything and lets one event in ten thousand through: what it gives out never
// holds a source back.
type sparseLane struct {
	ptl.Lane
	out ptl.Out[pair]
	sum int64
}

func (l *sparseLane) take(n int64) {
	if n%10_000 == 0 {
		l.out.Put(&l.Lane, pair{V0: n})
	}
}

func sparse(events, atom int64, sink ptl.Sink[pair]) func(*ptl.Graph) {
	return func(g *ptl.Graph) {
		numbers := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, ptl.RangeSource(0, events, ptl.Cut{Events: atom}))
		some := ptl.NewStream(g, ptl.StreamSpec{Name: "some"}, pairType)
		w := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "sparse"}, func(*sparseLane) {})
		ptl.Reads(w, numbers, ptl.Each((*sparseLane).take))
		ptl.Writes(w, some, func(l *sparseLane) *ptl.Out[pair] { return &l.out })
		ptl.NewSink(g, ptl.SinkSpec{Name: "some"}, some, sink)
	}
}

// started runs an app in the background.
func started(t *testing.T, build func(*ptl.Graph), opts Options) (e *Engine, ended chan error) {
	t.Helper()
	g := &ptl.Graph{}
	build(g)
	e, err := Open(g, opts)
	if err != nil {
		t.Fatal(err)
	}
	ended = make(chan error, 1)
	go func() { ended <- e.Run() }()
	return e, ended
}

// settled waits until sources have given nothing for a while, and returns how many events they have given. More than most
// are too many; it does not wait for them all.
func settled(e *Engine, most uint64) uint64 {
	last, since := uint64(0), time.Now()
	for time.Since(since) < 100*time.Millisecond {
		if now := e.Progress().Events; now != last {
			if last, since = now, time.Now(); now > most {
				return now
			}
		}
		time.Sleep(time.Millisecond)
	}
	return last
}

// TestProducerFasterThanItsConsumers shuts the sink of a run: the sources come to rest, having given only what streams
// hold, and go on when it opens.
func TestProducerFasterThanItsConsumers(t *testing.T) {
	const events = 1_000_000
	for _, name := range []string{"in memory", "durable"} {
		t.Run(name, func(t *testing.T) {
			var stores [2]Store // none
			if name == "durable" {
				for i := range stores {
					s := openStore(t, vfs.NewMem())
					defer s.Close()
					stores[i] = s
				}
			}
			got, v := &page{}, newValve()
			v.set(true)
			e, ended := started(t, sparse(events, 10_000, slow{collector{got}, v}), testOptions(stores[0], 1))
			// What the sparse stream holds does not weigh much; the sink's atoms do.
			dense, denseEnded := started(t, counting(events, 1000, 100, nil, slow{collector{&page{}}, v}), testOptions(stores[1], 2))
			const most = 3 * fullWeight
			if n := settled(dense, events-1); n > most {
				t.Errorf("the sources have given %d events while the sink stood still; streams hold %d", n, most)
			}
			v.set(false)
			for _, c := range []chan error{ended, denseEnded} {
				if err := <-c; err != nil {
					t.Fatal(err)
				}
			}
			if len(got.events) != events/10_000 || !e.Complete() || !dense.Complete() {
				t.Errorf("%d events of %d came out", len(got.events), events/10_000)
			}
		})
	}
}

// blowing is an app whose first workflow makes many texts of each number, or large ones, and whose second one does not take them while a valve
// is shut.
type blowingLane struct {
	ptl.Lane
	texts ptl.Out[string]
}

type takingLane struct {
	ptl.Lane
	lengths ptl.Out[pair]
}

func blowing(events int64, many, bytes int, v *valve, sink ptl.Sink[pair]) func(*ptl.Graph) {
	text := strings.Repeat("x", bytes)
	return func(g *ptl.Graph) {
		numbers := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, ptl.RangeSource(0, events, ptl.Cut{Events: 1}))
		texts := ptl.NewStream(g, ptl.StreamSpec{Name: "texts"}, ptl.StringType)
		lengths := ptl.NewStream(g, ptl.StreamSpec{Name: "lengths"}, pairType)
		blow := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "blowing"}, func(*blowingLane) {})
		ptl.Reads(blow, numbers, ptl.Each(func(l *blowingLane, _ int64) {
			for range many {
				l.texts.Put(&l.Lane, text)
			}
		}))
		ptl.Writes(blow, texts, func(l *blowingLane) *ptl.Out[string] { return &l.texts })
		take := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "taking"}, func(*takingLane) {})
		ptl.Reads(take, texts, ptl.Each(func(l *takingLane, text string) {
			v.pass()
			l.lengths.Put(&l.Lane, pair{V0: int64(len(text))})
		}))
		ptl.Writes(take, lengths, func(l *takingLane) *ptl.Out[pair] { return &l.lengths })
		ptl.NewSink(g, ptl.SinkSpec{Name: "lengths"}, lengths, sink)
	}
}

// TestEventsThatGrow has a few small events make many, or large ones, of which the next workflow takes none for a while: a stream holds so much
// of them that it weighs what it may, and all come through in the end.
func TestEventsThatGrow(t *testing.T) {
	const events = 20_000
	for _, c := range []struct{ many, bytes int }{{1, 64 << 10}, {200, 10}, {20, 4 << 10}} {
		s, err := store.Open("store", store.Options{FS: vfs.NewMem(), App: "test", Random: bytes.NewReader(make([]byte, 16))})
		if err != nil {
			t.Fatal(err)
		}
		v, stores := newValve(), []Store{nil, s}
		for i := range stores {
			v.set(true)
			e, ended := started(t, blowing(events, c.many, c.bytes, v, collector{&page{}}), testOptions(stores[i], 1))
			settled(e, events)
			texts := e.streams[slices.IndexFunc(e.streams, func(s *stream) bool { return s.node.Spec.Name == "texts" })]
			weight := int64(texts.next.Load()) * (int64(c.many)*max(int64(c.bytes)>>10, 1) + 1)
			if most := int64(brimRoom*fullWeight) * 3 / 2; weight > most {
				t.Errorf("%+v: %d atoms weigh %d while nobody took them, where %d is the most", c, texts.next.Load(), weight, most)
			}
			v.set(false)
			eventually(t, "700 texts have been taken", func() bool { return texts.unpassed() >= 700 })
			e.Stop()
			if err := endOf(t, ended); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestWeightOfWhatIsRecovered: atoms that nobody had taken when power was cut weigh in the next run what they weighed, each and together, and
// nothing when they have been taken.
func TestWeightOfWhatIsRecovered(t *testing.T) {
	const events, many = 1000, 5
	disk, shut, open := vfs.NewCrashableMem(), newValve(), newValve()
	shut.set(true)
	lengths := func(e *Engine) *stream {
		return e.streams[slices.IndexFunc(e.streams, func(s *stream) bool { return s.node.Spec.Name == "lengths" })]
	}
	first := openStore(t, disk)
	e, ended := started(t, blowing(events, many, 1, open, slow{collector{&page{}}, shut}), testOptions(first, 1))
	eventually(t, "all lengths are durable", func() bool {
		s := lengths(e)
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.durable == events
	})
	second := openStore(t, disk.CrashClone(vfs.CrashCloneCfg{}))
	shut.set(false)
	if err := errors.Join(endOf(t, ended), first.Close()); err != nil {
		t.Fatal(err)
	}
	g := &ptl.Graph{}
	blowing(events, many, 1, open, collector{&page{}})(g)
	e, err := Open(g, testOptions(second, 1))
	if err != nil {
		t.Fatal(err)
	}
	left := lengths(e)
	n := left.window.len()
	for i := range n {
		if weight := left.window.at(i).weight; weight != many+1 {
			t.Fatalf("atom %d of %d with %d events weighs %d", i, n, many, weight)
		}
	}
	if n == 0 || left.weight != int64(n)*(many+1) {
		t.Errorf("%d atoms with %d events each weigh %d", n, many, left.weight)
	}
	if err := errors.Join(e.Run(), second.Close()); err != nil {
		t.Fatal(err)
	}
	if left.weight != 0 {
		t.Errorf("when all have been taken they weigh %d", left.weight)
	}
}

// unpassed is the first atom that some reader has not passed.
func (s *stream) unpassed() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.unread
}

// TestDiskThatStalls shuts the disk of a durable run: the sources come to rest, and when it opens the run goes on as if
// nothing had been.
func TestDiskThatStalls(t *testing.T) {
	const events = 100_000_000
	disk := stalling{vfs.NewMem(), newValve()}
	s, err := store.Open("store", store.Options{FS: disk, App: "test", Random: bytes.NewReader(make([]byte, 16)), Go: func(f func()) { go f() }})
	if err != nil {
		t.Fatal(err)
	}
	got := &page{}
	e, ended := started(t, sparse(events, 4096, collector{got}), testOptions(s, 1))
	eventually(t, "the sources have given 100,000 events", func() bool { return e.Progress().Events >= 100_000 })
	disk.valve.set(true)
	before := e.Progress().Events
	if n := settled(e, before+2*givenWeight); n > before+givenWeight+100_000 {
		t.Errorf("the sources have given %d events while the disk stood still; %d may be ahead of it", n-before, givenWeight)
	}
	disk.valve.set(false)
	// What has been given may still be on its way when the run is stopped.
	eventually(t, "the sources go on", func() bool { return got.size() >= int(before+4*givenWeight)/10_000 })
	e.Stop()
	if err := endOf(t, ended); err != nil {
		t.Fatal(err)
	}
	for i, p := range got.events {
		if p.V0 != int64(i)*10_000 {
			t.Fatalf("event %d of the output is %d", i, p.V0)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestDiskThatStallsBehindMany shuts the disk of a run in which a workflow makes many events of one: the sources come to rest before they have
// given what they may, because of what others have.
func TestDiskThatStallsBehindMany(t *testing.T) {
	const times = 20
	opts := testOptions(nil, 1)
	opts.Sizes.Ahead = 1 << 17
	disk := stalling{vfs.NewMem(), newValve()}
	s, err := store.Open("store", store.Options{FS: disk, App: "test", Random: bytes.NewReader(make([]byte, 16)), Go: func(f func()) { go f() }})
	if err != nil {
		t.Fatal(err)
	}
	opts.Store = s
	e, ended := started(t, func(g *ptl.Graph) {
		numbers := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, ptl.RangeSource(0, 100_000_000, ptl.Cut{Events: 10}))
		wide := ptl.NewStream(g, ptl.StreamSpec{Name: "wide"}, pairType)
		w := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "widen"}, func(*sparseLane) {})
		ptl.Reads(w, numbers, ptl.Each(func(l *sparseLane, n int64) {
			for i := range int64(times) {
				l.out.Put(&l.Lane, pair{V0: n, V1: i})
			}
		}))
		ptl.Writes(w, wide, func(l *sparseLane) *ptl.Out[pair] { return &l.out })
		sum := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "sum"}, func(*sparseLane) {})
		ptl.Reads(sum, wide, ptl.Each(func(l *sparseLane, p pair) { l.sum += p.V1 }))
	}, opts)
	eventually(t, "the sources have given 1,000 events", func() bool { return e.Progress().Events >= 1000 })
	disk.valve.set(true)
	const most = 1<<17/times + 2*fullWeight
	before := e.Progress().Events
	if n := settled(e, before+2*most); n > before+most {
		t.Errorf("the sources have given %d events while the disk stood still, of each of which %d are made; %d may be ahead of it, and a stream holds %d", n-before, times, opts.Sizes.Ahead, fullWeight)
	}
	disk.valve.set(false)
	eventually(t, "the sources go on", func() bool { return e.Progress().Events >= before+2*most })
	e.Stop()
	if err := errors.Join(endOf(t, ended), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestEmptyAtomsAreNotLarge: that events of a stream are large does not make its empty atoms so, of which there are many where few events are
// let through.
func TestEmptyAtomsAreNotLarge(t *testing.T) {
	s, err := store.Open("store", store.Options{FS: vfs.NewMem(), App: "test", Random: bytes.NewReader(make([]byte, 16))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	g := &ptl.Graph{}
	blowing(1, 1, 1, newValve(), collector{&page{}})(g)
	opts := testOptions(s, 1)
	opts.Timer = func(ptl.Duration, func()) {}
	e, err := Open(g, opts)
	if err != nil {
		t.Fatal(err)
	}
	e.sched = &drawn{}
	w := e.workflows[0]
	texts := w.writes[0]
	texts.sched = e.sched
	const size, empty = 1 << 20, 1000
	e.publish(&w.node, texts, ptl.Events[string]{strings.Repeat("x", size)}, nil)
	large := e.ahead.Load()
	for range empty {
		e.publish(&w.node, texts, ptl.Events[string]{}, nil)
	}
	if more := e.ahead.Load() - large; large < size/aheadBytes || more != empty {
		t.Errorf("an atom with %d bytes weighs %d, and %d empty ones %d", size, large, empty, more)
	}
}

// TestSealedStreamKeepsNothing: atoms that nobody holds any more wait for the producer to take them back, until the stream ends; neither those
// that wait then are kept, nor those that are read afterwards.
func TestSealedStreamKeepsNothing(t *testing.T) {
	s := &stream{sched: &drawn{}, heavy: 1, recycle: func(ptl.Batch) {}}
	r := &reader{stream: s, owner: &actor{}}
	s.readers = []*reader{r}
	for range 3 {
		s.publish(make(ptl.Events[int64], 100))
	}
	r.advance(1)
	if len(s.back) != 1 {
		t.Fatalf("%d atoms wait to be taken back", len(s.back))
	}
	s.seal()
	r.advance(1)
	if len(s.back) > 0 || s.backWeight > 0 {
		t.Errorf("%d atoms with a weight of %d are kept to the end", len(s.back), s.backWeight)
	}
	r.advance(1)
	if len(s.back) > 0 || s.low != 3 {
		t.Errorf("%d atoms are kept to the end, and the stream holds those from %d on", len(s.back), s.low)
	}
}

// TestAskerAheadOfItsAnswerer: while requests pile up the asker takes replies and nothing else, and it is woken when they are
// fewer.
func TestAskerAheadOfItsAnswerer(t *testing.T) {
	d := &drawn{}
	asker, answerer := &workflow{}, &actor{}
	read := func(owner *actor) (*stream, *reader) {
		s := &stream{sched: d, heavy: 1}
		s.readers = []*reader{{stream: s, owner: owner}}
		return s, s.readers[0]
	}
	numbers, events := read(&asker.actor)
	replies, answers := read(&asker.actor)
	requests, taken := read(answerer)
	requests.piled, asker.asks = level{room: 5, pauses: []*actor{&asker.actor}}, []*stream{requests}
	asker.reads, asker.portals = []*reader{events, answers}, []*reader{answers}
	atom := ptl.Events[int64]{1, 2}
	for range 3 {
		numbers.publish(atom)
	}
	for i, want := range []*reader{events, events, nil, answers, nil} {
		if i == 3 {
			replies.publish(atom)
		}
		in, _ := asker.pick(portalsInARow)
		if in != want {
			t.Fatalf("pick %d is another than wanted", i)
		}
		if in != nil {
			in.advance(1)
		}
		if in == events {
			requests.publish(atom)
		}
	}
	asker.state.Store(idle)
	d.ready = nil
	taken.advance(1)
	if !slices.Contains(d.ready, &asker.actor) {
		t.Error("the asker is not woken")
	}
	if in, _ := asker.pick(portalsInARow); in != events {
		t.Error("the asker does not go on")
	}
}

// TestEndlessAsks: where each request leads to the next, and there are more of them than from which an asker pauses, it still takes
// other inputs now and then, and the sources go on.
func TestEndlessAsks(t *testing.T) {
	asker := &workflow{}
	read := func() (*stream, *reader) {
		s := &stream{sched: &drawn{}, heavy: 1}
		s.readers = []*reader{{stream: s, owner: &asker.actor}}
		return s, s.readers[0]
	}
	numbers, events := read()
	requests, taken := read()
	requests.full, requests.piled = level{room: fullWeight}, level{room: 5, pauses: []*actor{&asker.actor}}
	asker.asks, asker.reads, asker.portals = []*stream{requests}, []*reader{events, taken}, []*reader{taken}
	atom := ptl.Events[int64]{1, 2}
	for range 4 {
		requests.publish(atom)
	}
	for range 10 {
		numbers.publish(atom)
	}
	for range 10 * 2 * pilesInARow * portalsInARow {
		in, _ := asker.pick(portalsInARow)
		if in == taken {
			requests.publish(atom)
		}
		in.advance(1)
		if !requests.isPiled() {
			t.Fatal("the requests are fewer than what the test is about")
		}
	}
	if events.pos.Load() != 10 {
		t.Errorf("the asker has taken %d of 10 events", events.pos.Load())
	}
	if requests.isFull() {
		t.Error("the sources pause")
	}
}

// TestSinkOfADiskThatStalls shuts the disk of a run whose sink is shown all: while a commit takes long, a source that has more goes on
// beyond what the stream holds otherwise, up to stalledRoom times that, and no longer than longestStall; and all comes out when the disk is back.
func TestSinkOfADiskThatStalls(t *testing.T) {
	t.Run("a moment", func(t *testing.T) { sinkOfADiskThatStalls(t, ptl.Microsecond, true) })
	t.Run("long", func(t *testing.T) { sinkOfADiskThatStalls(t, 2*longestStall, false) })
}

// sinkOfADiskThatStalls does so with a clock that moves by step whenever somebody looks, and tells whether the source should go on.
func sinkOfADiskThatStalls(t *testing.T, step ptl.Duration, goesOn bool) {
	const events, atom, room = 200_000, 100, 2000
	disk := stalling{vfs.NewMem(), newValve()}
	s, err := store.Open("store", store.Options{FS: disk, App: "test", Random: bytes.NewReader(make([]byte, 16)), Go: func(f func()) { go f() }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	got := &page{}
	opts := testOptions(s, 2)
	var clock atomic.Int64
	opts.Env.Now = func() ptl.Time { return ptl.Time(clock.Add(int64(step))) }
	opts.Interval, opts.Sizes.Stream = 1, room // so every commit takes long
	disk.valve.set(true)
	e, ended := started(t, counting(events, atom, 100, nil, collector{got}), opts)
	settled(e, events-1)
	e.Nudge() // as a source is that paused before the commit began, when it has something new
	shown := func() int64 {
		out := e.streams[slices.IndexFunc(e.streams, func(s *stream) bool { return s.shown })]
		out.mu.Lock()
		defer out.mu.Unlock()
		return out.weight
	}
	settled(e, events-1)
	// What the source has given before it pauses, a room and two atoms at most, is twice as much behind the workflow.
	if n := shown(); goesOn && (n <= 2*room || n > (stalledRoom+3)*room) || !goesOn && n > 4*room {
		t.Errorf("the sink's stream holds %d while the disk stands still, where it is full with %d and holds %d times that at most", n, room, stalledRoom)
	}
	disk.valve.set(false)
	if err := endOf(t, ended); err != nil {
		t.Fatal(err)
	}
	want := &page{}
	if err := runApp(t, counting(events, atom, 100, nil, collector{want}), testOptions(nil, 2)); err != nil {
		t.Fatal(err)
	}
	if len(got.events) != len(want.events) || !e.Complete() {
		t.Errorf("%d events of %d came out", len(got.events), len(want.events))
	}
}
