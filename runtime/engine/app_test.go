package engine

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// The workflows of these tests are written by hand in the shape that the compiler generates.

// countState is the state of a counting task.
type countState struct{ n int64 }

var countStateType = &ptl.StateType[countState]{
	Init:      func(s *countState) { s.n = 0 },
	IsInitial: func(s *countState) bool { return s.n == 0 },
	Fields:    []ptl.StateField{{Name: "n", Type: "Int"}},
	Append:    func(b []byte, s *countState) []byte { return ptl.AppendInt(b, s.n) },
	Read:      func(r *ptl.Reader, s *countState) { s.n = r.Int() },
}

var pairType = ptl.Tuple2Type(ptl.IntType, ptl.IntType)

type pair = ptl.Tuple2[int64, int64]

// countLane counts events by key twice over: first by n % keys, then what that emits by the count's last digit, and
// gives both to a total order: a diamond of a direct path and one through two exchanges.
type countLane struct {
	ptl.Lane
	keys     int64
	first    ptl.Keyed[int64, countState]
	toFirst  ptl.Exchange[int64, int64]
	second   ptl.Keyed[int64, countState]
	toSecond ptl.Exchange[int64, pair]
	out      ptl.Out[pair]
	fails    func(n int64) // called for each event
}

func (l *countLane) take(n int64) {
	if l.fails != nil {
		l.fails(n)
	}
	key := n % l.keys
	if h := ptl.HashInt(key); l.Inline {
		l.onFirst(h, key, n)
	} else {
		l.toFirst.Send(&l.Lane, h, key, n)
	}
	if n%7 == 0 {
		l.out.Put(&l.Lane, pair{V0: -1, V1: n})
	}
}

func (l *countLane) onFirst(h uint64, key, n int64) {
	s := l.first.At(&l.Lane, h, key)
	s.n++
	for i := range n % 3 {
		e := pair{V0: n, V1: s.n + i}
		second := e.V1 % 10
		if h := ptl.HashInt(second); l.Inline {
			l.onSecond(h, second, e)
		} else {
			l.toSecond.Send(&l.Lane, h, second, e)
		}
	}
}

func (l *countLane) firstPerKey(key int64, s *countState) {
	e := pair{V0: -2 - key, V1: s.n}
	if h := ptl.HashInt(e.V1 % 10); l.Inline {
		l.onSecond(h, e.V1%10, e)
	} else {
		l.toSecond.Send(&l.Lane, h, e.V1%10, e)
	}
}

func (l *countLane) onSecond(h uint64, key int64, e pair) {
	s := l.second.At(&l.Lane, h, key)
	s.n += e.V1
	l.out.Put(&l.Lane, pair{V0: e.V0, V1: s.n})
}

// counting is an application that counts the numbers 0 … events-1 in atoms of `atom`.
func counting(events, atom, keys int64, fails func(int64), sink ptl.Sink[pair]) func(*ptl.Graph) {
	return func(g *ptl.Graph) {
		numbers := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, ptl.RangeSource(0, events, ptl.Cut{Events: atom}))
		counts := ptl.NewStream(g, ptl.StreamSpec{Name: "counts"}, pairType)
		w := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "count"}, func(l *countLane) { l.keys, l.fails = keys, fails })
		ptl.Reads(w, numbers, ptl.Each((*countLane).take))
		ptl.AddTask(w, &ptl.Task[*countLane]{
			Name:    "First",
			State:   ptl.KeyedState("First", func(l *countLane) *ptl.Keyed[int64, countState] { return &l.first }, ptl.IntType, countStateType, (*countLane).firstPerKey),
			Receive: ptl.Receive(func(l *countLane) *ptl.Exchange[int64, int64] { return &l.toFirst }, (*countLane).onFirst),
		})
		ptl.AddTask(w, &ptl.Task[*countLane]{
			Name:    "Second",
			State:   ptl.KeyedState("Second", func(l *countLane) *ptl.Keyed[int64, countState] { return &l.second }, ptl.IntType, countStateType, nil),
			Receive: ptl.Receive(func(l *countLane) *ptl.Exchange[int64, pair] { return &l.toSecond }, (*countLane).onSecond),
		})
		ptl.Writes(w, counts, func(l *countLane) *ptl.Out[pair] { return &l.out })
		ptl.NewSink(g, ptl.SinkSpec{Name: "counts"}, counts, sink)
	}
}

// page is what a collecting sink writes to: it survives the runs of a test as a file does.
type page struct {
	mu     sync.Mutex
	events []pair
	atoms  []int // number of events of each atom
}

// size may be asked while the run writes.
func (p *page) size() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.events)
}

// collector is an exact sink on a page; its position is the number of events and atoms.
type collector struct{ page *page }

func (c collector) Open(_ *ptl.Env, at []byte) error {
	events, atoms := 0, 0
	if at != nil {
		r := ptl.NewReader(at)
		events, atoms = int(r.Uint()), int(r.Uint())
	}
	c.page.events, c.page.atoms = c.page.events[:events], c.page.atoms[:atoms]
	return nil
}

func (c collector) Write(events []pair) error {
	c.page.mu.Lock()
	defer c.page.mu.Unlock()
	c.page.events = append(c.page.events, events...)
	c.page.atoms = append(c.page.atoms, len(events))
	return nil
}

func (c collector) Flush() error { return nil }
func (c collector) Sync() ([]byte, error) {
	return ptl.AppendUint(ptl.AppendUint(nil, uint64(len(c.page.events))), uint64(len(c.page.atoms))), nil
}
func (c collector) Close() error { return nil }
func (c collector) Exact() bool  { return true }

func testOptions(s Store, lanes int) Options {
	var clock, seeds atomic.Int64
	return Options{
		Env: &ptl.Env{
			FS: vfs.NewMem(), Stdin: bytes.NewReader(nil), Stdout: io.Discard,
			Now: func() ptl.Time { return ptl.Time(clock.Add(int64(ptl.Millisecond))) },
			Log: slog.New(slog.DiscardHandler), Go: func(f func()) { go f() },
		},
		Store: s, Lanes: lanes, Workers: 2, Interval: ptl.Millisecond,
		Seed:  func() uint64 { return uint64(seeds.Add(1)) },
		Timer: func(d ptl.Duration, f func()) { time.AfterFunc(time.Duration(d), f) },
	}
}

func openStore(t testing.TB, fs vfs.FS) *store.Store {
	t.Helper()
	s, err := store.Open("store", store.Options{FS: fs, App: "test", Random: bytes.NewReader(make([]byte, 16)), SegmentBytes: 256 << 10})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// runApp runs an app to its end on a store, or in memory when s is nil.
func runApp(t testing.TB, build func(*ptl.Graph), opts Options) error {
	t.Helper()
	g := &ptl.Graph{}
	build(g)
	e, err := Open(g, opts)
	if err != nil {
		t.Fatal(err)
	}
	return e.Run()
}

// TestParallelismIsInvisible compares runs with other numbers of lanes: the output is the same, event for event.
func TestParallelismIsInvisible(t *testing.T) {
	want := &page{}
	if err := runApp(t, counting(20_000, 1000, 37, nil, collector{want}), testOptions(nil, 1)); err != nil {
		t.Fatal(err)
	}
	if len(want.atoms) != 20 || len(want.events) < 20_000 {
		t.Fatalf("the sequential run gave %d atoms and %d events", len(want.atoms), len(want.events))
	}
	for _, lanes := range []int{2, 3, 8} {
		got := &page{}
		if err := runApp(t, counting(20_000, 1000, 37, nil, collector{got}), testOptions(nil, lanes)); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got.events, want.events) || !slices.Equal(got.atoms, want.atoms) {
			t.Errorf("%d lanes give another output than one", lanes)
		}
	}
}

// TestStopAndGoOn stops a durable run again and again, with a new process's memory each time and another number of lanes,
// and compares the final output with that of an undisturbed run.
func TestStopAndGoOn(t *testing.T) {
	want := &page{}
	if err := runApp(t, counting(30_000, 100, 1000, nil, collector{want}), testOptions(nil, 1)); err != nil {
		t.Fatal(err)
	}
	fs, got := vfs.NewMem(), &page{}
	runs := 0
	for finished := false; !finished; runs++ {
		s := openStore(t, fs)
		var seen atomic.Int64
		var e *Engine
		count := func(int64) {
			if seen.Add(1) == 3000 {
				e.Stop()
			}
		}
		g := &ptl.Graph{}
		counting(30_000, 100, 1000, count, collector{got})(g)
		var err error
		if e, err = Open(g, testOptions(s, 1+runs%3)); err != nil {
			t.Fatal(err)
		}
		if err := e.Run(); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openStore(t, fs)
		if finished, err = Finished(s); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if runs < 3 {
		t.Errorf("the run was stopped %d times only", runs-1)
	}
	if !slices.Equal(got.events, want.events) || !slices.Equal(got.atoms, want.atoms) {
		t.Errorf("after %d runs the output differs: %d events instead of %d", runs, len(got.events), len(want.events))
	}
}

// TestFailedAtomIsUndone fails an event in the middle of an atom: what was before is durable, nothing of the atom is,
// and the error says where.
func TestFailedAtomIsUndone(t *testing.T) {
	fs, got := vfs.NewMem(), &page{}
	s := openStore(t, fs)
	failing := true
	fails := func(n int64) {
		if failing && n == 4321 {
			ptl.Fail("no more")
		}
	}
	build := counting(10_000, 100, 10, fails, collector{got})
	err := runApp(t, build, testOptions(s, 1))
	atom, ok := err.(*ptl.AtomError)
	if !ok || atom.Atom != 43 || atom.Event != "4321" || atom.Message != "no more" {
		t.Fatalf("the error is %v", err)
	}
	if len(got.atoms) != 43 {
		t.Errorf("%d atoms were released before the failure, not 43", len(got.atoms))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	failing = false
	s = openStore(t, fs)
	if err := runApp(t, build, testOptions(s, 1)); err != nil {
		t.Fatal(err)
	}
	want := &page{}
	if err := runApp(t, counting(10_000, 100, 10, nil, collector{want}), testOptions(nil, 1)); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got.events, want.events) {
		t.Error("the run that went on gives another output")
	}
}

// crashable is a disk that can be cloned while others use it: MemFS takes a lock twice to link and to reuse a file, and a
// clone that is asked for in between waits for ever.
type crashable struct {
	*vfs.MemFS
	mu sync.Mutex
}

func (c *crashable) Link(from, to string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.MemFS.Link(from, to)
}

func (c *crashable) ReuseForWrite(from, to string, category vfs.DiskWriteCategory) (vfs.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.MemFS.ReuseForWrite(from, to, category)
}

func (c *crashable) crash() *vfs.MemFS {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.MemFS.CrashClone(vfs.CrashCloneCfg{})
}

// TestCrash takes the disk as it is after a power cut at random moments.
func TestCrash(t *testing.T) {
	want := &page{}
	if err := runApp(t, counting(20_000, 100, 500, nil, collector{want}), testOptions(nil, 1)); err != nil {
		t.Fatal(err)
	}
	for round := range 10 {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			fs := &crashable{MemFS: vfs.NewCrashableMem()}
			got := &page{}
			var crashed *vfs.MemFS
			var saved page
			at := int64(1000 + round*1777)
			var seen atomic.Int64
			crash := func(int64) {
				if seen.Add(1) == at {
					got.mu.Lock()
					defer got.mu.Unlock()
					saved = page{events: slices.Clone(got.events), atoms: slices.Clone(got.atoms)}
					crashed = fs.crash()
				}
			}
			s := openStore(t, fs)
			if err := runApp(t, counting(20_000, 100, 500, crash, collector{got}), testOptions(s, 2)); err != nil {
				t.Fatal(err)
			}
			after := &page{events: saved.events, atoms: saved.atoms}
			s = openStore(t, crashed)
			if err := runApp(t, counting(20_000, 100, 500, nil, collector{after}), testOptions(s, 1)); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(after.events, want.events) {
				t.Errorf("after the crash the output has %d events, not %d", len(after.events), len(want.events))
			}
		})
	}
}

// TestHoldsBack runs sources that are much faster than a durable sink: they pause and go on many times.
func TestHoldsBack(t *testing.T) {
	got := &page{}
	if err := runApp(t, counting(300_000, 1000, 1000, nil, collector{got}), testOptions(openStore(t, vfs.NewMem()), 2)); err != nil {
		t.Fatal(err)
	}
	if len(got.atoms) != 300 {
		t.Errorf("%d atoms, not 300", len(got.atoms))
	}
}
