package ptltest

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
)

// Traced is a run of an application by itself, with its own generators: what it chose where it was free to, and what came of
// it. With the choices, somebody else can do the same again and compare.
type Traced struct {
	App   string `json:"app"`
	Seed  uint64 `json:"seed"`
	Skip  bool   `json:"skip"`  // the policy for failures
	Crash Crash  `json:"crash"` // the process died there

	Choices  map[string][]Choice   `json:"choices"` // by node
	Streams  map[string][][]string `json:"streams"` // the atoms of streams that were watched, as JSON
	States   []TracedState         `json:"states"`  // what the store holds of tasks at the end
	Ticks    map[string][]ptl.Time `json:"ticks"`   // what generators gave that tell the time, by stream
	Complete bool                  `json:"complete"`
	Failed   *TracedFailure        `json:"failed,omitempty"` // the atom that ended it
	Error    string                `json:"error,omitempty"`  // what else went wrong
}

// Choice is one step of a node: the input whose next atom it took, or "" for its completion, and when. Idle tells that the
// atom was of replies that nobody awaited any more, and so made none.
type Choice struct {
	Input string   `json:"in"`
	Idle  bool     `json:"idle,omitempty"`
	Now   ptl.Time `json:"now"`
	At    int      `json:"at"` // its place among the choices of all nodes

	Refused []Refused `json:"refused,omitempty"`
}

// Refused is a request that closed a circle of waiting keys: of all that the atom brought to a key of an exclusive task
// that was closed, the N-th from 0.
type Refused struct {
	Task, Key string
	N         int
}

// TracedState is what is stored of a task: states by key, or how much waits.
type TracedState struct {
	Workflow string            `json:"workflow"`
	Task     string            `json:"task"`
	Kind     ptl.StateKind     `json:"kind"`
	Entries  map[string]string `json:"entries"` // by key; of what waits, by a number
}

// TracedFailure is an AtomError in plain words.
type TracedFailure struct {
	Message, Place, Workflow, Stream, Event, Task, Key string
	Atom                                               uint64
	Now                                                ptl.Time
}

// TraceMain is the main function of a binary that traces applications, each under many seeds and over crashes; it prints a
// run on a line.
func TraceMain(apps map[string]*ptl.App) {
	first := flag.Uint64("seed", 1, "the first seed")
	seeds := flag.Uint64("seeds", 4, "how many seeds")
	crashes := flag.Uint64("crashes", 2, "how many crashes of each")
	flag.Parse()
	out := json.NewEncoder(os.Stdout)
	for _, name := range slices.Sorted(maps.Keys(apps)) {
		if err := setParams(apps[name], nil); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(exitUsage)
		}
		for seed := *first; seed < *first+*seeds; seed++ {
			t, commits := Trace(apps[name], seed, seed%2 == 0, Crash{})
			print := func(t *Traced) {
				t.App = name
				if err := out.Encode(t); err != nil {
					panic(err)
				}
			}
			print(t)
			for i := range min(*crashes, commits) {
				t, _ := Trace(apps[name], seed, seed%2 == 0, Crash{Commit: 1 + (i*7919+seed*31)%commits, After: (seed+i)%3 == 0})
				print(t)
			}
		}
	}
}

// tracer is a run that is traced.
type tracer struct {
	*trial
	into    *Traced
	made    int       // choices
	refused []Refused // by the atom that runs
	pages   map[string]*tracePage
	flows   map[string]*tracedProgram // by node
	ticks   map[string]*ticks         // by stream
}

// Trace runs an application under a seed, over a crash perhaps. It tells also how many commits there were.
func Trace(app *ptl.App, seed uint64, skip bool, crash Crash) (t *Traced, commits uint64) {
	t = &Traced{Seed: seed, Skip: skip, Crash: crash, Choices: map[string][]Choice{}, Streams: map[string][][]string{}, Ticks: map[string][]ptl.Time{}}
	r := &tracer{
		trial: &trial{suite: &Suite{App: app}, world: newWorld(seed, crash), log: &journal{}},
		into:  t, pages: map[string]*tracePage{}, flows: map[string]*tracedProgram{}, ticks: map[string]*ticks{},
	}
	defer func() {
		if p := recover(); p != nil {
			t.Error = fmt.Sprintf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	r.world.rest, r.world.hurries = r.world.goOn, true
	r.lanes = 1 + r.world.dice.IntN(4)
	r.sizes = engine.Sizes{Parallel: r.world.dice.IntN(4), InTurn: r.world.dice.IntN(2) == 0, Stream: int64(1 + r.world.dice.IntN(20)), Record: r.world.dice.IntN(3) * r.world.dice.IntN(60),
		Portals: 1 + r.world.dice.IntN(4)}
	r.store = &memory{world: r.world, entries: map[string][]byte{}}
	for r.process() {
		r.world.recover()
	}
	if t.Error == "" {
		t.Error = r.inspect()
	}
	for name, p := range r.pages {
		if p != nil {
			t.Streams[name] = p.atoms
		}
	}
	for name, s := range r.ticks {
		t.Ticks[name] = s.given
	}
	return t, r.store.commits
}

// process runs the application until it ends, and tells whether it crashed.
func (r *tracer) process() (crashed bool) {
	g := &ptl.Graph{}
	r.suite.App.Build(g)
	for i, w := range g.Workflows {
		r.flows["workflow "+w.Spec().Name] = &tracedProgram{Program: w, world: r.world}
		g.Workflows[i] = r.flows["workflow "+w.Spec().Name]
	}
	r.watch(g)
	opts := r.options()
	opts.SkipFailed = r.into.Skip
	opts.Watch = &engine.Watch{Opened: r.opened, Took: r.took, Refused: r.refuses}
	e, err := engine.Open(g, opts)
	if err != nil {
		r.into.Error = "the app cannot start: " + err.Error()
		return false
	}
	err = e.Run()
	var failure *ptl.AtomError
	switch {
	case r.world.dead:
		return true
	case r.world.endless:
		r.into.Error = "the app does not come to rest"
	case errors.As(err, &failure):
		r.into.Failed = &TracedFailure{
			Message: failure.Message, Place: failure.Site.String(), Workflow: failure.Workflow, Stream: failure.Stream,
			Event: failure.Event, Task: failure.Task, Key: failure.Key, Atom: failure.Atom, Now: r.flows["workflow "+failure.Workflow].failed,
		}
	case err != nil:
		r.into.Error = err.Error()
	default:
		r.into.Complete = e.Complete()
	}
	return false
}

// watch puts pages on streams that the application itself makes, on most of them: those that nobody outside sees are
// handled otherwise.
func (r *tracer) watch(g *ptl.Graph) {
	g.Sinks = nil
	for _, s := range g.Streams {
		name := s.Spec.Name
		if s.Kind == ptl.BySource && !s.Source.Replayable() {
			if r.ticks[name] == nil {
				r.ticks[name] = &ticks{world: r.world}
			}
			s.Source = r.ticks[name]
		}
		if s.Kind == ptl.BySource || strings.ContainsAny(name, "?!/") {
			continue
		}
		p, known := r.pages[name]
		if !known && r.world.dice.IntN(4) > 0 {
			p = &tracePage{}
		}
		r.pages[name] = p
		if p != nil {
			p.stream = s
			g.Sinks = append(g.Sinks, &ptl.SinkNode{Spec: ptl.SinkSpec{Name: "trace of " + name}, Stream: s, Sink: p, Write: p.write, Returns: true})
		}
	}
}

// mostTicks is how often a generator tells the time in a run that is traced.
const mostTicks = 4

// ticks stands for a generator that tells the time for ever. What it gave it gives again after a crash, as a feed does.
type ticks struct {
	world  *world
	given  []ptl.Time
	at     int
	halted bool
}

func (s *ticks) Open(_ *ptl.Env, at []byte) error {
	s.at, s.halted = position(at), false
	return nil
}

func (s *ticks) Next() (ptl.Batch, []byte, error) {
	switch {
	case s.halted:
		return nil, nil, ptl.ErrInterrupted
	case s.at == mostTicks:
		return nil, nil, io.EOF
	case s.at == len(s.given):
		s.given = append(s.given, s.world.now)
	}
	s.at++
	return ptl.Events[ptl.Time](s.given[s.at-1 : s.at]), ptl.AppendUint(nil, uint64(s.at)), nil
}

func (s *ticks) Interrupt()       { s.halted = true }
func (s *ticks) Close() error     { return nil }
func (s *ticks) Replayable() bool { return false }

// tracePage is what a stream that is watched is written to, as JSON: it holds on to no memory of the stream's.
type tracePage struct {
	written[[]string]
	stream *ptl.StreamNode
}

func (p *tracePage) write(events ptl.Batch) error {
	atom := make([]string, events.Len())
	for i := range atom {
		atom[i] = string(p.stream.EventJSON(events, i))
	}
	p.atoms = append(p.atoms, atom)
	return nil
}

// tracedProgram notes whether replies made an atom, and lets no time pass while an atom runs: so the time of a choice is that
// of its atom.
type tracedProgram struct {
	ptl.Program
	world  *world
	idle   bool     // its last replies made none
	failed ptl.Time // when it failed, which is not when the run has ended
}

func (p *tracedProgram) Run(in int, events ptl.Batch) (bool, *ptl.AtomError) {
	defer p.world.hold()()
	ran, failure := p.Program.Run(in, events)
	p.idle = !ran
	return ran, p.notes(failure)
}

func (p *tracedProgram) Ring(now ptl.Time) (bool, *ptl.AtomError) {
	defer p.world.hold()()
	ran, failure := p.Program.Ring(now)
	return ran, p.notes(failure)
}

func (p *tracedProgram) Complete() *ptl.AtomError {
	defer p.world.hold()()
	return p.notes(p.Program.Complete())
}

// notes notes when an atom failed, if it did.
func (p *tracedProgram) notes(failure *ptl.AtomError) *ptl.AtomError {
	if failure != nil {
		p.failed = p.world.now
	}
	return failure
}

// hold keeps time from passing until the function that it returns is called.
func (w *world) hold() func() {
	hurries := w.hurries
	w.hurries = false
	return func() { w.hurries = hurries }
}

// took notes a choice. That a workflow without inputs is complete is the same choice when it is made again after a crash,
// at which nobody tells how far it had come.
func (r *tracer) took(node, input string) {
	made, refused := r.into.Choices[node], r.refused
	r.refused = nil
	if input == "" && len(made) > 0 && made[len(made)-1].Input == "" {
		return
	}
	p := r.flows[node]
	idle := p != nil && p.idle && input != "" && input != engine.Timers
	r.into.Choices[node] = append(made, Choice{Input: input, Idle: idle, Now: r.world.now, At: r.made, Refused: refused})
	r.made++
}

func (r *tracer) refuses(_, task, key string, n int) {
	r.refused = append(r.refused, Refused{task, key, n})
}

// opened forgets the choices that a crash has undone. How often timers rang, only the number of all atoms tells.
func (r *tracer) opened(node string, came map[string]uint64, complete bool) {
	kept, atoms, counts := 0, uint64(0), map[string]uint64{}
	for _, c := range r.into.Choices[node] {
		durable := counts[c.Input] < came[c.Input]
		switch c.Input {
		case "":
			durable = complete
		case engine.Timers:
			durable = atoms < r.flows[node].Progress().Atoms
		}
		if !durable {
			break
		}
		counts[c.Input]++
		kept++
		if !c.Idle {
			atoms++
		}
	}
	r.into.Choices[node] = r.into.Choices[node][:kept]
}

// inspect reads the states in the store.
func (r *tracer) inspect() string {
	g := &ptl.Graph{}
	r.suite.App.Build(g)
	look, err := engine.Inspect(g, r.store)
	if err != nil {
		return "the store cannot be looked into: " + err.Error()
	}
	for _, t := range look.Tasks() {
		s := TracedState{Workflow: t.Workflow, Task: t.Task, Kind: t.Kind, Entries: map[string]string{}}
		err := look.Entries(t, func(e ptl.Entry) error {
			if e.Waits != nil {
				e.Key = fmt.Sprint(len(s.Entries))
			}
			s.Entries[e.Key] = e.States
			return nil
		})
		if err != nil {
			return err.Error()
		}
		r.into.States = append(r.into.States, s)
	}
	return ""
}

// goOn lets time pass until the next timer, if there is one.
func (w *world) goOn() bool {
	switch {
	case len(w.soon) > 0:
		call := w.soon[0]
		w.soon = w.soon[1:]
		call()
	case len(w.timers) > 0:
		w.pass(w.timers[0].at)
	default:
		return false
	}
	return true
}
