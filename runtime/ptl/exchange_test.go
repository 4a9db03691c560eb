package ptl

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// A plan is a workflow of tasks that hand on what they get: task i gives an event v to each of to[i], v%3 times, under
// another number each time; what is below 0 goes to the output. Single tasks see everything on one lane.
type plan struct {
	input  []int
	to     [][]int
	single []bool
}

// met is what was seen: the events of each task and key in their order, how many a task had had at its barrier, and the
// output.
type met struct {
	Events   map[[2]int64][]int64
	Barriers map[int]int
	Out      []int64
}

func (m *met) total(task int) (n int) {
	for at, events := range m.Events {
		if at[0] == int64(task) {
			n += len(events)
		}
	}
	return n
}

func (p *plan) key(task int, v int64) int64 {
	if p.single[task] {
		return 0
	}
	return v % 5
}

func handedOn(v int64, n int64) int64 { return (v*31 + n*7 + 1) % 10_007 }

// atBarrier is what `on atom` of a task emits.
func atBarrier(task int) int64 { return int64(20_000 + 3*task + 1) }

type planLane struct {
	Lane
	plan *plan
	met  *met
	x    []Exchange[int64, int64]
	out  Out[int64]
}

func (l *planLane) give(to []int, v int64) {
	for _, t := range to {
		switch {
		case t < 0:
			l.out.Put(&l.Lane, v)
		case l.Inline:
			l.handle(t, v)
		case l.plan.single[t]:
			l.x[t].Send(&l.Lane, 0, 0, v)
		default:
			l.x[t].Send(&l.Lane, HashInt(v%5), v%5, v)
		}
	}
}

func (l *planLane) handle(t int, v int64) {
	at := [2]int64{int64(t), l.plan.key(t, v)}
	l.met.Events[at] = append(l.met.Events[at], v)
	for n := range v % 3 {
		l.give(l.plan.to[t], handedOn(v, n))
	}
}

// onLanes runs an atom on so many lanes, which work one after the other in an order that order draws; or if that is nil, as one worker does
// it that runs them in turn.
func (p *plan) onLanes(t *rapid.T, atom []int64, lanes int, order func(n int) []int) *met {
	m := &met{Events: map[[2]int64][]int64{}, Barriers: map[int]int{}}
	g := &Graph{}
	in := SourceStream(g, StreamSpec{Name: "in"}, IntType, RangeSource(0, 0, Cut{}))
	out := NewStream(g, StreamSpec{Name: "out"}, IntType)
	w := NewWorkflow(g, WorkflowSpec{Name: "w"}, func(l *planLane) {
		l.plan, l.met, l.x = p, m, make([]Exchange[int64, int64], len(p.to))
	})
	Reads(w, in, Each(func(l *planLane, v int64) { l.give(p.input, v) }))
	for i := range p.to {
		AddTask(w, &Task[*planLane]{
			Name: "T", Single: p.single[i],
			Receive: Receive(func(l *planLane) *Exchange[int64, int64] { return &l.x[i] }, func(l *planLane, _ uint64, _ int64, v int64) { l.handle(i, v) }),
			OnAtom: func(l *planLane) {
				m.Barriers[i] = m.total(i)
				l.give(p.to[i], atBarrier(i))
			},
		})
	}
	Writes(w, out, func(l *planLane) *Out[int64] { return &l.out })
	err := w.Start(Runtime{Lanes: lanes, ParallelEvents: 1, Parallel: func(n int, work func(int)) {
		for _, i := range order(n) {
			work(i)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if order == nil {
		w.spread = spread{least: 1, kept: inTurn, left: 1}
	}
	if _, failure := w.Run(0, Events[int64](slices.Clone(atom))); failure != nil {
		t.Fatal(failure)
	}
	events, _ := w.Take(0)
	m.Out = slices.Clone([]int64(events.(Events[int64])))
	return m
}

// sequential is the same, one event at a time: what an event causes comes before the next event, and a task's barrier
// after everything of the tasks before.
func (p *plan) sequential(atom []int64) *met {
	m := &met{Events: map[[2]int64][]int64{}, Barriers: map[int]int{}}
	var give func(to []int, v int64)
	give = func(to []int, v int64) {
		for _, t := range to {
			if t < 0 {
				m.Out = append(m.Out, v)
				continue
			}
			at := [2]int64{int64(t), p.key(t, v)}
			m.Events[at] = append(m.Events[at], v)
			for n := range v % 3 {
				give(p.to[t], handedOn(v, n))
			}
		}
	}
	for _, v := range atom {
		give(p.input, v)
	}
	for i := range p.to {
		m.Barriers[i] = m.total(i)
		give(p.to[i], atBarrier(i))
	}
	return m
}

// TestExchangeIsASequentialRun: whatever the graph of tasks, the number of lanes and their speed, each task and key gets the
// events of a sequential run in its order, its barrier behind all of them, and so does the output.
func TestExchangeIsASequentialRun(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "tasks")
		p := &plan{}
		targets := func(from int) []int {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) int {
				if to := rapid.IntRange(from, n).Draw(t, "to"); to < n {
					return to
				}
				return -1
			}), 1, 3).Draw(t, "targets")
		}
		p.input = targets(0)
		for i := range n {
			p.to = append(p.to, targets(i+1))
			p.single = append(p.single, rapid.Bool().Draw(t, "single"))
		}
		atom := rapid.SliceOfN(rapid.Int64Range(0, 9999), 0, 40).Draw(t, "atom")
		lanes := rapid.IntRange(1, 8).Draw(t, "lanes")
		order := func(n int) []int {
			all := make([]int, n)
			for i := range all {
				all[i] = i
			}
			return rapid.Permutation(all).Draw(t, "order")
		}
		if rapid.Bool().Draw(t, "in turn") {
			order = nil
		}
		got := p.onLanes(t, atom, lanes, order)
		want := p.sequential(atom)
		if !slices.Equal(want.Out, got.Out) {
			t.Fatalf("the output (-sequential +lanes):\n%s", cmp.Diff(want.Out, got.Out))
		}
		if d := cmp.Diff(want.Events, got.Events); d != "" {
			t.Fatalf("the events of tasks (-sequential +lanes):\n%s", d)
		}
		if d := cmp.Diff(want.Barriers, got.Barriers); d != "" {
			t.Fatalf("the barriers (-sequential +lanes):\n%s", d)
		}
	})
}
