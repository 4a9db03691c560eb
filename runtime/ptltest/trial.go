package ptltest

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
)

// trial is one run of a test: one seed, and perhaps one crash.
type trial struct {
	suite *Suite
	test  *Test
	world *world
	store *memory // nil: everything is in memory, and nothing can crash
	log   *journal
	lanes int
	sizes engine.Sizes

	feeds map[string]*feed // by stream; clients' by asksName
	pages map[string]*page

	nodes  map[string]*ptl.StreamNode // what the test feeds or expects, by the name that the test has for it
	graph  *ptl.Graph
	absent []string // apps that are imported and do not run
	engine *engine.Engine
	run    func() (struct{}, bool) // lets the engine run until nothing moves; false: its run has ended
	stop   func()
	err    error // with which it ended
	over   bool  // the application is complete
}

// try runs a test once. It returns how the test failed, or nil, and how many commits there were.
func try(suite *Suite, test *Test, seed uint64, durable bool, crash Crash) (failure *Failure, commits uint64) {
	r := &trial{suite: suite, test: test, world: newWorld(seed, crash), log: &journal{}, feeds: map[string]*feed{}, pages: map[string]*page{}}
	r.lanes = 1 + r.world.dice.IntN(3)
	r.sizes.Parallel = r.world.dice.IntN(2) // 1: even the smallest atom is shared among the lanes
	if durable {
		r.store = &memory{world: r.world, entries: map[string][]byte{}}
	}
	failure = r.perform()
	if failure != nil {
		failure.Log = r.log.last()
		failure.Notes = append(failure.Notes, r.unasked()...)
	}
	if r.store != nil {
		commits = r.store.commits
	}
	return failure, commits
}

// unasked tells of apps that the tested one imports and that do not run, since the test does not ask for them: that may be why it
// fails.
func (r *trial) unasked() (notes []string) {
	for _, app := range r.absent {
		notes = append(notes, fmt.Sprintf("app %s does not run in this test, which names nothing of it: its streams have no events, and nobody answers what is asked of it", app))
	}
	return notes
}

// perform runs the test on the application.
func (r *trial) perform() *Failure {
	if failure := r.open(); failure != nil {
		return failure
	}
	defer func() { r.stop() }() // of the engine that runs then
	t := &T{trial: r, place: r.test.Place}
	fault := ptl.Protect(func() {
		t.settle()
		r.test.Run(t)
	})
	switch {
	case t.failure != nil:
		return t.failure
	case fault != nil:
		return &Failure{Place: t.place, Line: t.text, Message: "the line itself fails: " + fault.Message, Notes: site(fault, t.place)}
	}
	return r.leftOver()
}

// site tells where a function failed that a line has called.
func site(fault *ptl.Fault, line string) []string {
	at := fault.Site.String()
	if at == "" || strings.HasPrefix(line, at+":") {
		return nil
	}
	return []string{"at " + at}
}

// together tells whether the apps that the tested one imports run with it.
func (r *trial) together() bool { return r.suite.whole != nil && r.test.namesPeers() }

// app is what runs.
func (r *trial) app() *ptl.App {
	if r.together() {
		return r.suite.whole
	}
	return r.suite.App
}

// inGraph is what the graph calls something that a test names: what the tested app declares has its name before it, if
// other apps are there. What is imported has that of its own app already.
func (r *trial) inGraph(name string) string {
	if !r.together() || strings.Contains(name, ".") {
		return name
	}
	return r.suite.App.Name + "." + name
}

// open builds the application and makes an engine for it, which goes on with what the store holds.
func (r *trial) open() *Failure {
	r.graph = &ptl.Graph{}
	if fault := ptl.Protect(func() { r.app().Build(r.graph) }); fault != nil {
		return &Failure{Place: r.test.Place, Message: fmt.Sprintf("the app cannot be built: %s: %s", fault.Site, fault.Message)}
	}
	if r.together() {
		r.graph.Outside()
	} else {
		r.absent = r.graph.Alone()
	}
	r.cutOff()
	e, err := engine.Open(r.graph, r.options())
	if err != nil {
		return &Failure{Place: r.test.Place, Message: "the app cannot start: " + err.Error()}
	}
	r.engine = e
	r.run, r.stop = iter.Pull(func(yield func(struct{}) bool) {
		r.world.rest = func() bool { return yield(struct{}{}) }
		r.err = e.Run()
	})
	return nil
}

// cutOff parts the applications from the world and joins them to the test.
func (r *trial) cutOff() {
	g := r.graph
	r.nodes = map[string]*ptl.StreamNode{}
	for _, s := range g.Streams {
		name := s.Spec.Name
		if r.together() {
			name = strings.TrimPrefix(name, r.suite.App.Name+".")
		}
		r.nodes[name] = s
		if s.Kind == ptl.BySource {
			s.Source = r.feed(name, s.Source != nil && s.Source.Replayable())
		}
	}
	for _, name := range r.test.Feeds {
		handle := g.Handle(r.suite.App.Name, name)
		r.nodes[name] = handle
		if g.CutOff(handle, "test feeds "+name) {
			handle.Source = r.feed(name, true)
		}
	}
	g.Sinks = nil
	for _, c := range r.test.Asks {
		name := asksName(c.portal)
		r.watch(name, c.seen, c.join(r, r.feed(name, true)))
	}
	for _, seen := range r.test.Sees {
		if handle := g.Handle(r.suite.App.Name, seen.stream); handle != nil {
			r.nodes[seen.stream] = handle
		}
		r.watch(seen.stream, seen, r.nodes[seen.stream])
	}
}

// given is an atom that the test feeds, as the stream's own app has it.
func (r *trial) given(stream string, events ptl.Batch) ptl.Batch {
	if node := r.nodes[stream]; node != nil {
		return node.Given(events)
	}
	return events
}

func (r *trial) feed(name string, replayable bool) *feed {
	if r.feeds[name] == nil {
		r.feeds[name] = &feed{replayable: replayable}
	}
	return r.feeds[name]
}

// watch puts a page on a stream.
func (r *trial) watch(name string, seen Seen, s *ptl.StreamNode) {
	p := r.pages[name]
	if p == nil {
		p = &page{seen: seen}
		r.pages[name] = p
	}
	r.graph.Sinks = append(r.graph.Sinks, &ptl.SinkNode{Spec: ptl.SinkSpec{Name: "test sees " + name}, Stream: s, Sink: p, Write: func(events ptl.Batch) error {
		return p.write(s.Taken(events))
	}})
}

func (r *trial) options() engine.Options {
	opts := engine.Options{
		Env: &ptl.Env{
			FS: vfs.NewMem(), Stdin: bytes.NewReader(nil), Stdout: io.Discard, Now: r.world.clock, Log: r.log.logger(),
			After: func(ptl.Duration) <-chan struct{} { return nil }, Go: func(f func()) { f() },
		},
		Lanes: r.lanes, Workers: 1, Interval: interval, Seed: r.world.dice.Uint64, Timer: r.world.timer,
		Draws: r.world, Sizes: r.sizes, Params: r.app().Params,
	}
	if r.store != nil {
		opts.Store = r.store
	}
	return opts
}

// settle lets the application run until nothing moves, over a crash if one comes.
func (r *trial) settle() *Failure {
	for !r.over {
		r.engine.Nudge()
		_, quiet := r.run()
		switch {
		case quiet:
			return r.missing()
		case r.world.dead:
			r.world.recover()
			if failure := r.open(); failure != nil {
				return failure
			}
		case r.world.endless:
			return &Failure{Message: fmt.Sprintf("the app does not come to rest: after %d steps something still moves", mostDraws)}
		case r.err != nil:
			return &Failure{Message: "the app failed: " + r.err.Error()}
		default:
			r.over = true
		}
	}
	return nil
}

// missing is the failure of an application that, after a crash, does not show again what it has shown.
func (r *trial) missing() *Failure {
	for _, name := range slices.Sorted(maps.Keys(r.pages)) {
		if p := r.pages[name]; len(p.again) > 0 {
			return &Failure{Message: fmt.Sprintf("after a crash this has not come again on %s: %s", name, oneLine(p.seen.texts(p.again[0])))}
		}
	}
	return nil
}

// sealed tells whether a stream has come to its end.
func (r *trial) sealed(stream string) bool {
	return r.over || r.engine.Sealed(r.nodes[stream].Origin().Spec.Name)
}

// waiting tells which workflows have handlers that wait.
func (r *trial) waiting() []string {
	var notes []string
	for _, w := range r.graph.Workflows {
		n := w.Waiting()
		switch name := w.Spec().Name; {
		case n == 0 || r.feeds[name] != nil: // nothing, or the test's own ask
		case n == 1:
			notes = append(notes, fmt.Sprintf("a handler of workflow %s waits for a reply", name))
		default:
			notes = append(notes, fmt.Sprintf("%d handlers of workflow %s wait for replies", n, name))
		}
	}
	return notes
}

// leftOver is the failure of a test that did not expect everything.
func (r *trial) leftOver() *Failure {
	for _, seen := range r.test.Sees {
		if notes := leftOver(r.pages[seen.stream], ""); notes != nil {
			return &Failure{Place: r.test.Place, Message: "atoms are left over that no line expects", Notes: notes}
		}
	}
	return nil
}
