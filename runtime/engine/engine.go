package engine

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// Store is what the engine needs of the durable store.
type Store interface {
	Get(key []byte) (value []byte, ok bool, err error)
	Scan(start, end []byte, visit func(key, value []byte) error) error
	Commit(b *store.Batch) (store.Position, error)
	// Get and Scan answer for what was committed up to Checkpointed, at least. CheckpointSoon has them answer for all that was
	// committed before it, and calls done then, or with an error; like Commit it is for one goroutine.
	Checkpointed() store.Position
	CheckpointSoon(done func(err error))
}

// Batch is a group of changes on their way into the store.
type Batch = store.Batch

// Options say how to run.
type Options struct {
	// Env is the world outside, for connectors.
	Env *ptl.Env
	// Store makes the run durable; nil keeps everything in memory.
	Store Store
	// Lanes is the number of partitions of each workflow, 1 or more.
	Lanes int
	// Workers is the number of goroutines that run actors, 1 or more.
	Workers int
	// Serve keeps the run alive while somebody unknown may ask: an exported portal whose askers are not in the graph.
	Serve bool
	// SkipFailed skips events that fail instead of stopping.
	SkipFailed bool
	// MemoryBudget is how much memory states may take, in bytes, all workflows together; 0: as much as they need.
	MemoryBudget int64
	// Params are the params of the app, with their values: those that must not change are compared with the store's.
	Params []*ptl.Param
	// Interval is how long a change waits for others to be committed with, at most, if somebody outside waits for it, unless cuts are
	// dear; else it is a few times that.
	Interval ptl.Duration
	// Seed draws seeds for `random` and `uuid`.
	Seed func() uint64
	// Timer calls f once, after d.
	Timer func(d ptl.Duration, f func())
	// Draws makes it a simulated run on one goroutine; nil lets the machine decide who comes next.
	Draws Draws
	// Watch (or nil) is told what the run chose where it was free to.
	Watch *Watch
	// Sizes are the engine's measures; zero fields stand for the defaults.
	Sizes Sizes
	// Break makes the engine do the wrong thing at a place of that name, so that tests can show that they would notice;
	// nil outside of tests.
	Break func(place string) bool
}

// Sizes are measures that simulated runs make small, to reach with few events what takes many in earnest.
type Sizes struct {
	Parallel  int          // events of an atom from which lanes share it
	Apart     int64        // each so many-th contribution to a cut is a part of its own, whether another actor is at it or not; 0: only then
	InTurn    bool         // one worker does what they would share, in stages
	Stream    int64        // weight of a stream from which its sources pause
	Ahead     int64        // weight of all that was published and is not durable yet from which sources pause
	Portals   int          // atoms of requests and replies that a workflow takes before others, in a row
	SinkAtoms uint64       // atoms that a sink takes in one job
	SinkSyncs ptl.Duration // time between two syncs of a sink
	SinkWaits ptl.Duration // how long the place of a sink waits for something else to be committed with, at most
	Record    int          // bytes of a record of state from which large collections in it are stored by entry
}

func (s Sizes) withDefaults() Sizes {
	if s.Stream == 0 {
		s.Stream = fullWeight
	}
	if s.Ahead == 0 {
		s.Ahead = aheadWeight
	}
	if s.Portals == 0 {
		s.Portals = portalsInARow
	}
	if s.SinkAtoms == 0 {
		s.SinkAtoms = sinkAtoms
	}
	if s.SinkSyncs == 0 {
		s.SinkSyncs = syncEvery
	}
	if s.SinkWaits == 0 {
		s.SinkWaits = sinkWaits
	}
	return s
}

// Watch is told what a run chose where it was free to: with these choices it can be retraced step by step.
type Watch struct {
	// Opened tells, by the names of its inputs, how far a sequencer, splitter or workflow has come when the run begins, and
	// whether it is complete; of a source it tells how many atoms it has given, under the name of its stream.
	Opened func(node string, came map[string]uint64, complete bool)
	// Took tells that a node has processed the next atom of an input. The input "" stands for its completion.
	Took func(node, input string)
	// Refused (or nil) tells, before Took, of a request that closed a circle of waiting keys: of all that the atom brought to a
	// closed key of an exclusive task, the n-th from 0.
	Refused func(node, task, key string, n int)
}

// Engine is an application that runs.
type Engine struct {
	opts    Options
	env     *ptl.Env
	store   Store
	graph   *ptl.Graph
	sched   scheduler
	numbers *numbers

	renaming *renaming // of what the store knows under earlier names
	moves    []string  // what it did, for people
	upgraded []string

	deadlocks *ptl.Deadlocks

	streams      []*stream
	sources      []*source
	relays       []*relay
	workflows    []*workflow
	sinks        []*sink
	participants []*actor // all but the committer
	committer    committer

	meter    meter
	coverage coverage
	budget   budget
	epoch    atomic.Uint64
	// collecting tells that a cut was begun and has not yet got the atoms that it stores.
	collecting atomic.Bool
	cut        *cut
	scratch    []byte
	atoms      []ptl.Batch  // scratch
	facts      []fact       // for the next cut
	open       atomic.Int64 // nodes that are not complete
	ahead      atomic.Int64 // weight of what was published and is not durable yet
	given      atomic.Int64 // of that, what sources gave
	paused     atomic.Bool  // a source waits for that to become less
	closing    atomic.Bool  // no further atoms are taken

	mu      sync.Mutex
	failure error
	lost    bool // the store failed: nothing more is durable
}

// Open prepares a run of the graph: it makes the actors and takes up what the store holds.
func Open(g *ptl.Graph, opts Options) (*Engine, error) {
	e, err := prepare(g, opts)
	if err != nil {
		return nil, err
	}
	if err := e.upgrade(false); err != nil {
		return nil, err
	}
	if err := e.recover(); err != nil {
		return nil, errors.Join(err, e.closeConnectors())
	}
	e.opened()
	return e, nil
}

// prepare makes the actors, and looks up what the store calls them.
func prepare(g *ptl.Graph, opts Options) (*Engine, error) {
	opts.Sizes = opts.Sizes.withDefaults()
	e := &Engine{opts: opts, env: opts.Env, store: opts.Store, graph: g, cut: &cut{part: part{batch: &Batch{}}}, deadlocks: ptl.NewDeadlocks()}
	e.cut.breaks = e.breaks
	if e.store != nil {
		e.budget.limit = opts.MemoryBudget
	}
	if e.sched = newWorkers(opts.Workers, opts.Env.Now, opts.Timer); opts.Draws != nil {
		e.sched = &drawn{draws: opts.Draws}
	}
	if err := g.Connect(); err != nil {
		return nil, err
	}
	var err error
	if e.numbers, err = loadNumbers(e.store); err != nil {
		return nil, err
	}
	e.renaming = renamed(g, e.numbers.known)
	e.moves = e.numbers.rename(e.renaming)
	if err := e.build(); err != nil {
		return nil, err
	}
	e.leave()
	return e, nil
}

// opened tells the watch where the run begins.
func (e *Engine) opened() {
	w := e.opts.Watch
	if w == nil {
		return
	}
	for _, s := range e.sources {
		w.Opened(s.name, map[string]uint64{s.stream.node.Spec.Name: s.stream.next.Load()}, false)
	}
	for _, n := range e.nodes() {
		if len(n.reads) == 0 {
			continue
		}
		came := map[string]uint64{}
		for _, r := range n.reads {
			came[r.stream.node.Spec.Name] = r.pos.Load()
		}
		w.Opened(n.name, came, n.done)
	}
}

// nodes are all that takes part in completion, in the order of completion within a circle.
func (e *Engine) nodes() []*node {
	var nodes []*node
	for _, s := range e.sources {
		nodes = append(nodes, &s.node)
	}
	for _, w := range e.workflows {
		nodes = append(nodes, &w.node)
	}
	for _, r := range e.relays {
		nodes = append(nodes, &r.node)
	}
	return nodes
}

// Run works until the application is complete, Stop is called or something fails, and makes everything that was done until
// then durable. The error is nil when the application is complete or was stopped.
func (e *Engine) Run() error {
	e.sched.wake(&e.committer.actor, false)
	for _, a := range e.participants {
		e.sched.wake(a, false)
	}
	if e.open.Load() == 0 {
		e.closing.Store(true)
	}
	e.sched.run(e.quiet)
	err := e.closeConnectors()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failure != nil {
		return e.failure
	}
	return err
}

// Stop ends the run soon: what runs is finished and committed, nothing new is begun. It may be called from any
// goroutine.
func (e *Engine) Stop() {
	e.closing.Store(true)
	for _, s := range e.sources {
		s.from.Interrupt()
	}
	for _, s := range e.sinks {
		if r, ok := s.node.Sink.(ptl.Remote); ok {
			r.Interrupt()
		}
	}
	e.sched.wake(&e.committer.actor, true)
}

// Complete tells whether all workflows are complete.
func (e *Engine) Complete() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.failure == nil && e.open.Load() == 0
}

// fail ends the run because of err; the first error counts.
func (e *Engine) fail(err error) {
	e.mu.Lock()
	if e.failure == nil {
		e.failure = err
	}
	e.mu.Unlock()
	e.Stop()
}

func (e *Engine) closeConnectors() error {
	var errs []error
	for _, s := range e.sources {
		errs = append(errs, s.from.Close())
	}
	for _, s := range e.sinks {
		errs = append(errs, s.node.Sink.Close())
	}
	return errors.Join(errs...)
}

// build makes the actors of the graph.
func (e *Engine) build() error {
	e.committer.actor = actor{name: "committer", step: e.commitStep, first: true}
	e.committer.result = make(chan error, 1)
	e.committer.rests.begin(leastRest*e.opts.Interval, mostRest*e.opts.Interval)
	byNode := map[*ptl.StreamNode]*stream{}
	for _, n := range e.graph.Streams {
		id, _ := e.numbers.of(numberStream, n.Spec.Name)
		s := &stream{node: n, id: id, sched: e.sched, heavy: 1, light: min(e.opts.Sizes.Stream, piledRequests), full: level{room: e.opts.Sizes.Stream}, far: level{room: stalledRoom * e.opts.Sizes.Stream}, atOnce: e.store == nil}
		byNode[n] = s
		e.streams = append(e.streams, s)
	}
	for _, s := range e.streams {
		switch s.node.Kind {
		case ptl.BySource:
			e.addSource(s)
		case ptl.BySequence, ptl.BySplit:
			e.addRelay(s, byNode)
		}
	}
	for _, p := range e.graph.Workflows {
		if err := e.addWorkflow(p, byNode); err != nil {
			return err
		}
	}
	for _, n := range e.graph.Sinks {
		e.addSink(n, byNode[n.Stream])
	}
	e.connect()
	return nil
}

// read adds a reader of s.
func (e *Engine) read(s *stream, owner *actor, name string) *reader {
	id, stored := e.numbers.of(numberReader, name)
	r := &reader{stream: s, owner: owner, name: name, id: id, fresh: !stored, mostOwed: mostOwed}
	s.readers = append(s.readers, r)
	return r
}

func (e *Engine) addSource(s *stream) {
	src := &source{stream: s, from: s.node.Source, fetched: make(chan fetched, 1)}
	src.name = "source " + s.node.Spec.Name
	src.step = func() bool { return e.sourceStep(src) }
	src.contribute = func(c *part) { contributeNode(&src.node, c) }
	src.writes = []*stream{s}
	if a, ok := ptl.As[ptl.Answering](src.from); ok {
		s.answer = a.Durable
	}
	src.noting, _ = ptl.As[ptl.Noting](src.from)
	e.sources = append(e.sources, src)
	e.participants = append(e.participants, &src.actor)
}

func (e *Engine) addRelay(s *stream, byNode map[*ptl.StreamNode]*stream) {
	r := &relay{stream: s, filter: s.node.Filter, adopt: s.node.Adopt}
	r.name = "stream " + s.node.Spec.Name
	r.step = func() bool { return e.relayStep(r) }
	r.contribute = func(c *part) { contributeNode(&r.node, c) }
	r.writes = []*stream{s}
	for i, in := range s.node.Inputs {
		again := 0 // how often the sequencer reads the stream already
		for _, other := range s.node.Inputs[:i] {
			if other == in {
				again++
			}
		}
		r.reads = append(r.reads, e.read(byNode[in], &r.actor, s.node.Spec.Name+"<"+strings.Repeat("<", again)+in.Spec.Name))
	}
	e.relays = append(e.relays, r)
	e.participants = append(e.participants, &r.actor)
}

func (e *Engine) addWorkflow(p ptl.Program, byNode map[*ptl.StreamNode]*stream) error {
	spec := p.Spec()
	id, _ := e.numbers.of(numberWorkflow, spec.Name)
	w := &workflow{id: id, program: p}
	w.waiting = func() int {
		if e.opts.Serve && p.Serving() {
			return 1 + int(w.held.Load()) // for a request from outside
		}
		return int(w.held.Load())
	}
	w.name = "workflow " + spec.Name
	w.step = func() bool { return e.workflowStep(w) }
	w.contribute = func(c *part) { contributeWorkflow(w, c) }
	for _, in := range p.Inputs() {
		r := e.read(byNode[in], &w.actor, spec.Name+"<"+in.Spec.Name)
		r.number = len(w.reads)
		if w.reads = append(w.reads, r); isOfPortals(in.Spec.Name) {
			r.mostOwed = 0
			w.portals = append(w.portals, r)
		}
	}
	for _, out := range p.Outputs() {
		s := byNode[out]
		if w.writes = append(w.writes, s); isOfRequests(out.Spec.Name) {
			s.piled = level{room: min(e.opts.Sizes.Stream, piledRequests), pauses: []*actor{&w.actor}}
			w.asks = append(w.asks, s)
		}
	}
	e.workflows = append(e.workflows, w)
	e.participants = append(e.participants, &w.actor)
	runtime := ptl.Runtime{
		Lanes: e.opts.Lanes, Guarded: e.opts.SkipFailed, Now: e.env.Now, Seed: e.opts.Seed, Log: e.env.Log,
		Parallel: e.sched.parallel, ParallelEvents: e.opts.Sizes.Parallel, InTurn: e.opts.Sizes.InTurn, Break: e.opts.Break, Number: id, Exclusive: e.graph.Exclusive, Deadlocks: e.deadlocks,
		RecordLimit: e.opts.Sizes.Record, Evicts: e.budget.limit > 0,
	}
	if watch := e.opts.Watch; watch != nil && watch.Refused != nil {
		runtime.Refused = func(task, key string, n int) { watch.Refused(w.name, task, key, n) }
	}
	if e.store != nil {
		runtime.Load = e.store.Get
		runtime.Scan = func(prefix []byte, visit func(key, value []byte) error) error {
			return e.store.Scan(prefix, after(prefix), visit)
		}
	}
	if err := p.Start(runtime); err != nil {
		return err
	}
	for _, s := range p.States() {
		kind := "task "
		if s.Shared() {
			kind = "shared "
		}
		name := kind + spec.Name + "/" + s.Name()
		number, stored := e.numbers.of(numberState, name)
		w.states = append(w.states, keptState{s, name, number, stored})
	}
	return nil
}

func (e *Engine) addSink(n *ptl.SinkNode, in *stream) {
	id, _ := e.numbers.of(numberSink, n.Spec.Name)
	s := &sink{id: id, node: n, result: make(chan sinkResult, 1)}
	s.name = "sink " + n.Spec.Name
	s.step = func() bool { return e.sinkStep(s) }
	s.contribute = func(c *part) { contributeSink(s, c) }
	s.reader = e.read(in, &s.actor, n.Spec.Name+">")
	s.reader.durably = true
	e.sinks = append(e.sinks, s)
	e.participants = append(e.participants, &s.actor)
}

// connect finds the circles, and for each source the streams that can be reached from it.
func (e *Engine) connect() {
	nodes := e.nodes()
	e.open.Store(int64(len(nodes)))
	circles(nodes)
	owner := map[*actor]*node{}
	for _, n := range nodes {
		owner[&n.actor] = n
	}
	for _, s := range e.sources {
		seen := map[*stream]bool{}
		var visit func(*stream)
		visit = func(st *stream) {
			if seen[st] {
				return
			}
			seen[st] = true
			s.downs = append(s.downs, down{stream: st})
			st.full.pauses = append(st.full.pauses, &s.actor)
			for _, r := range st.readers {
				if n := owner[r.owner]; n != nil {
					for _, w := range n.writes {
						visit(w)
					}
				}
			}
		}
		visit(s.stream)
	}
	for _, s := range e.streams {
		durably := false
		for _, r := range s.readers {
			durably = durably || r.durably
		}
		// A sink on a source's own stream must see the same atoms after a crash, so they go into the log.
		s.log.replay = s.node.Kind == ptl.BySource && s.node.Source.Replayable() && !durably
		s.shown = durably
		s.awaited = durably || s.node.Kind == ptl.BySource && !s.node.Source.Replayable()
	}
	e.holdEndless(nodes, owner)
	e.letRecycle()
}

// holdEndless finds what may go on though the sources pause: circles, and what is behind them. These nodes pause themselves while a stream is
// full that leads out of their circle: what is there goes away without them. So do others when it is full to the brim.
func (e *Engine) holdEndless(nodes []*node, owner map[*actor]*node) {
	endless := map[*circle]bool{}
	var visit func(c *circle)
	visit = func(c *circle) {
		if endless[c] {
			return
		}
		endless[c] = true
		for _, n := range c.members {
			for _, s := range n.writes {
				for _, r := range s.readers {
					if m := owner[r.owner]; m != nil {
						visit(m.circle)
					}
				}
			}
		}
	}
	for _, s := range e.streams {
		for _, r := range s.readers {
			if r.circle != nil {
				s.full.rounds = int64(pilesInARow * e.opts.Sizes.Portals)
				visit(r.circle)
			}
		}
	}
	for _, n := range nodes {
		for _, s := range n.writes {
			switch {
			case s.full.rounds > 0 || s.node.Kind == ptl.BySource:
			case endless[n.circle]:
				n.outs = append(n.outs, s)
				s.full.pauses = append(s.full.pauses, &n.actor)
			default:
				n.brims = append(n.brims, s)
				s.brim = level{room: brimRoom * e.opts.Sizes.Stream, pauses: []*actor{&n.actor}}
			}
		}
	}
}

// letRecycle finds the streams whose atoms nobody holds on to once they have been read.
func (e *Engine) letRecycle() {
	keeps := map[*stream]bool{}
	for _, r := range e.relays {
		for _, in := range r.reads {
			keeps[in.stream] = true
		}
	}
	for _, s := range e.sinks {
		if !s.node.Returns {
			keeps[s.reader.stream] = true
		}
	}
	for _, s := range e.streams {
		if keeps[s] {
			continue
		}
		switch s.node.Kind {
		case ptl.BySource:
			if source, ok := s.node.Source.(ptl.Recycler); ok {
				s.recycle = source.Recycle
			}
		case ptl.ByWorkflow:
			s.recycle = s.node.Recycle
		}
	}
}

// breaks tells whether a test wants the wrong thing done here.
func (e *Engine) breaks(place string) bool { return e.opts.Break != nil && e.opts.Break(place) }

// took tells the watch of a choice.
func (e *Engine) took(n *node, in *reader) {
	switch w := e.opts.Watch; {
	case w == nil:
	case in == nil:
		w.Took(n.name, "")
	default:
		w.Took(n.name, in.stream.node.Spec.Name)
	}
}

// Finished tells whether the last run on a store came to its end.
func Finished(s Store) (bool, error) {
	_, ok, err := s.Get(metaKey(metaFinished))
	if err != nil {
		return false, fmt.Errorf("reading the store: %w", err)
	}
	return ok, nil
}
