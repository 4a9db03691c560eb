package ptltest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/portals-lang/portals/runtime/ptl"
)

// The application of these tests is written by hand, in the shape that the compiler generates: it adds numbers up.

type sumState struct{ n int64 }

var sumStateType = &ptl.StateType[sumState]{
	Init:      func(s *sumState) { s.n = 0 },
	IsInitial: func(s *sumState) bool { return s.n == 0 },
	Fields:    []ptl.StateField{{Name: "n", Type: "Int"}},
	Append:    func(b []byte, s *sumState) []byte { return ptl.AppendInt(b, s.n) },
	Read:      func(r *ptl.Reader, s *sumState) { s.n = r.Int() },
}

type sumLane struct {
	ptl.Lane
	sum     ptl.Single[sumState]
	to      ptl.Exchange[ptl.Unit, int64]
	toAsk   ptl.Exchange[ptl.Unit, ptl.Request[int64]]
	answers ptl.Answers[int64, int64]
	out     ptl.Out[int64]
	// leak is what a task must not have: state that no store knows of.
	leak  *int64
	leaky bool
}

func (l *sumLane) take(n int64) {
	if l.Inline {
		l.on(n)
	} else {
		l.to.Send(&l.Lane, 0, ptl.Unit{}, n)
	}
}

func (l *sumLane) on(n int64) {
	if l.leaky {
		*l.leak += n
		l.out.Put(&l.Lane, *l.leak)
		return
	}
	s := l.sum.State(&l.Lane)
	s.n += n
	l.out.Put(&l.Lane, s.n)
}

func (l *sumLane) ask(r ptl.Request[int64]) {
	if l.Inline {
		l.onAsk(r)
	} else {
		l.toAsk.Send(&l.Lane, 0, ptl.Unit{}, r)
	}
}

func (l *sumLane) onAsk(r ptl.Request[int64]) {
	l.answers.Reply(&l.Lane, r, l.sum.State(&l.Lane).n*r.Req)
}

func summing(leaky bool) *ptl.App {
	return &ptl.App{Name: "summing", Build: func(g *ptl.Graph) {
		numbers := ptl.SourceStream(g, ptl.StreamSpec{Name: "numbers"}, ptl.IntType, ptl.Empty[int64]())
		more := ptl.SourceStream(g, ptl.StreamSpec{Name: "more"}, ptl.IntType, ticking{})
		both := ptl.Sequence(g, ptl.StreamSpec{Name: "both"}, ptl.IntType, numbers, more)
		sums := ptl.NewStream(g, ptl.StreamSpec{Name: "sums"}, ptl.IntType)
		times := ptl.NewPortal(g, ptl.PortalSpec{Name: "times"}, ptl.IntType, ptl.IntType)
		var leak int64
		w := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: "sum"}, func(l *sumLane) { l.leak, l.leaky = &leak, leaky })
		ptl.Reads(w, both, ptl.Each((*sumLane).take))
		ptl.AnswersPortal(w, g, times, func(l *sumLane) *ptl.Answers[int64, int64] { return &l.answers }, (*sumLane).ask)
		ptl.AddTask(w, &ptl.Task[*sumLane]{
			Name: "Sum", Single: true,
			Shared:   ptl.SingleState("Sum", func(l *sumLane) *ptl.Single[sumState] { return &l.sum }, sumStateType),
			Receive:  ptl.ReceiveAll(func(l *sumLane) *ptl.Exchange[ptl.Unit, int64] { return &l.to }, (*sumLane).on),
			Requests: []*ptl.Receiver[*sumLane]{ptl.ReceiveAll(func(l *sumLane) *ptl.Exchange[ptl.Unit, ptl.Request[int64]] { return &l.toAsk }, (*sumLane).onAsk)},
		})
		ptl.Writes(w, sums, func(l *sumLane) *ptl.Out[int64] { return &l.out })
	}}
}

func suiteOf(leaky bool, run func(t *T)) *Suite {
	return &Suite{App: summing(leaky), Tests: []*Test{{
		Name: "sums", Place: "sums.ptl:1:1", Run: run,
		Sees: []Seen{Sees("sums", ptl.IntType)}, Asks: []Client{Asks("times", ptl.IntType, ptl.IntType)},
	}}}
}

func (s *Suite) try(p plan) *result { return p.try(s, s.Tests[0]) }

func wholeStory(t *T) {
	t.At("sums.ptl:2:3", "feed numbers [1, 2]")
	t.Feed(Atom("numbers", ptl.ListOf[int64](1, 2)))
	Expect(t, "sums", ptl.ListOf[int64](1, 3))
	t.Feed(Atom("numbers", ptl.ListOf[int64](10)), Atom("more", ptl.ListOf[int64](10)))
	Expect(t, "sums", ptl.ListOf[int64](13))
	Equal(t, ptl.IntType, Ask[int64, int64](t, "times", 2), 46)
	t.AsksNoMore("times")
	Expect(t, "sums", ptl.ListOf[int64](23))
	t.Seal("numbers")
	ExpectNone(t, "sums")
	t.Seal("more")
	ExpectSealed(t, "sums")
}

func TestEverySchedule(t *testing.T) {
	r := suiteOf(false, wholeStory).try(plan{first: 1, seeds: 100, crash: true})
	if r.failure != nil {
		t.Fatalf("seed %d, crash %v: %+v", r.seed, r.crash, r.failure)
	}
	if r.schedules != 100 || r.crashes < 400 {
		t.Errorf("%d schedules, %d crashes", r.schedules, r.crashes)
	}
}

// TestCrashesFindWhatIsNotDurable: an application that keeps something beside its state passes without crashes only.
func TestCrashesFindWhatIsNotDurable(t *testing.T) {
	s := suiteOf(true, func(t *T) {
		t.Feed(Atom("numbers", ptl.ListOf[int64](1)))
		t.Feed(Atom("numbers", ptl.ListOf[int64](2)))
		Expect(t, "sums", ptl.ListOf[int64](1))
		Expect(t, "sums", ptl.ListOf[int64](3))
	})
	if r := s.try(plan{first: 1, seeds: 20}); r.failure != nil {
		t.Errorf("without crashes: %+v", r.failure)
	}
	if r := s.try(plan{first: 1, seeds: 20, crash: true}); r.failure == nil || r.crash.Commit == 0 {
		t.Errorf("with crashes: %+v", r)
	}
}

// TestASeedIsASchedule: which input a sequence takes first depends on the seed, and on nothing else.
func TestASeedIsASchedule(t *testing.T) {
	s := suiteOf(false, func(t *T) {
		t.Feed(Atom("numbers", ptl.ListOf[int64](1)), Atom("more", ptl.ListOf[int64](2)))
		Expect(t, "sums", ptl.ListOf[int64](1))
		Expect(t, "sums", ptl.ListOf[int64](3))
	})
	var failed []uint64
	for seed := range uint64(40) {
		first := s.try(plan{first: seed, seeds: 1})
		for range 3 {
			if again := s.try(plan{first: seed, seeds: 1}); (again.failure == nil) != (first.failure == nil) {
				t.Fatalf("seed %d does not always give the same", seed)
			}
		}
		if first.failure != nil {
			failed = append(failed, seed)
		}
	}
	if len(failed) == 0 || len(failed) == 40 {
		t.Errorf("%d of 40 seeds fail", len(failed))
	}
	if r := s.try(plan{first: 0, seeds: 40}); r.seed != failed[0] {
		t.Errorf("the first that fails is %d, not %d", r.seed, failed[0])
	}
}

func TestFailures(t *testing.T) {
	for _, c := range []struct {
		name, message string
		run           func(t *T)
	}{
		{"nothing", "nothing more has come on sums", func(t *T) { Expect(t, "sums", ptl.ListOf[int64](1)) }},
		{"another", "the next atom of sums is another one", func(t *T) {
			t.Feed(Atom("numbers", ptl.ListOf[int64](1)))
			Expect(t, "sums", ptl.ListOf[int64](2))
		}},
		{"left over", "atoms are left over", func(t *T) { t.Feed(Atom("numbers", ptl.ListOf[int64](1))) }},
		{"an empty atom", "an empty atom is never seen", func(t *T) { Expect(t, "sums", ptl.List[int64]{}) }},
		{"sealed", "the stream numbers is sealed", func(t *T) {
			t.Seal("numbers")
			t.Feed(Atom("numbers", ptl.ListOf[int64](1)))
		}},
		{"not sealed", "the stream sums is not sealed", func(t *T) {
			t.Seal("numbers")
			t.Seal("more") // the test can still ask
			ExpectSealed(t, "sums")
		}},
		{"complete", "the app is complete", func(t *T) {
			t.AsksNoMore("times")
			t.Seal("numbers")
			t.Seal("more")
			Ask[int64, int64](t, "times", 1)
		}},
		{"back", "the clock cannot go back", func(t *T) { t.Advance(-1) }},
		{"a line", "the line itself fails: no", func(*T) { ptl.Fail("no") }},
	} {
		r := suiteOf(false, c.run).try(plan{first: 1, seeds: 3})
		if r.failure == nil || !strings.HasPrefix(r.failure.Message, c.message) {
			t.Errorf("%s: %+v", c.name, r.failure)
		}
	}
}

// TestClock lets timers run out, in order, while the test moves the clock.
func TestClock(t *testing.T) {
	w := newWorld(1, Crash{})
	var rang []string
	ring := func(name string) func() { return func() { rang = append(rang, fmt.Sprint(name, w.now-beginning)) } }
	w.timer(30, ring("never")) // a commit's, which rings when it is drawn
	w.timer(2*ptl.Second, ring("b"))
	w.timer(ptl.Second, ring("a"))
	w.timer(2*ptl.Second, ring("c"))
	w.timer(9*ptl.Second, ring("d"))
	until := ptl.AddTime(w.now, 5*ptl.Second)
	for w.pass(until) {
	}
	if want := []string{"a1000000000", "b2000000000", "c2000000000"}; !slices.Equal(rang, want) || w.now != until {
		t.Errorf("%v at %d", rang, w.now-beginning)
	}
}

func TestCommandLine(t *testing.T) {
	var out, errs bytes.Buffer
	suites := []*Suite{suiteOf(false, wholeStory), suiteOf(false, func(t *T) { t.fail("it is so") })}
	if status := run(suites, []string{"--seeds=2", "a/sums.ptl", "a/b", "--"}, &out, &errs); status != exitFailed {
		t.Errorf("status %d", status)
	}
	want := `ok    a/sums.ptl:1  sums  (2 schedules)
FAIL  a/sums.ptl:1  sums

  it is so

  seed 1
  again: portalsc test --seed 1 --seeds 1 a/b

1 of 2 tests failed
`
	if out.String() != want || errs.Len() > 0 {
		t.Errorf("it printed\n%s%s", &out, &errs)
	}
	if status := run(suites, []string{"--", "--none"}, &out, &errs); status != exitUsage {
		t.Errorf("an unknown param: status %d", status)
	}
}

// ticking stands for a source that cannot go back, whose atoms are logged.
type ticking struct{ ptl.Source[int64] }

func (ticking) Replayable() bool { return false }
