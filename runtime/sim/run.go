package sim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
)

// Plan is what happens to an application from outside, and how it is run.
type Plan struct {
	Seed    uint64
	Lanes   int
	Guarded bool   // --on-failure skip, from the first run on
	Crashes int    // the process dies so often
	Power   bool   // and the power with it: what was not synced is lost
	Memory  bool   // no store
	Async   bool   // the store does not wait for the disk: a power cut may take the last groups
	Fails   int    // the operation of connectors and store that fails, from 1; 0: none
	FailsIn int    // in this process
	Stops   bool   // the run is stopped in order once
	Late    int    // who comes first, as world.late
	Break   string // the place where the engine does the wrong thing

	Real      bool  // the real store, on a disk in memory
	DiesAt    []int // the disk operation before which each process dies, while there are any
	DiskFails int   // the disk operation of the first process that fails
	Beside    bool  // operations of the merge tree count, which may work beside the run
	Budget    int64 // of memory for states, in bytes; 0: none
	Without   int   // the process whose version has no sink on the first stream that has one, from 1; 0: none
}

// Run is one application in one simulated world, over as many processes as it takes.
type Run struct {
	app      *App
	plan     Plan
	dice     *rand.Rand // of what happens between processes
	world    *world
	history  *history
	pages    map[string]*page
	instant  sync.Mutex     // held by whatever changes a page, and by a crash
	given    map[string]int // how far the sources that cannot go back were read
	answered map[string]int // how many atoms of these sources are durable, as they were told
	pipes    []*source      // these sources, of the running process
	stored   entries
	findings []Finding
	now      ptl.Time // when the next process begins
	trace    uint64
	draws    int
	refusals int
	notes    []string
	mem      *vfs.MemFS // of the real store
	deaths   int        // by disk operation
	without  string     // the stream whose sink this process does not have
	events   int        // that tasks got
	tooLarge bool       // the application makes more events than a test has time for
}

// mostEvents is how many events a run may have before it is given up.
const mostEvents = 1500

// drawPlan draws what happens to an application.
func drawPlan(seed uint64) (p Plan) {
	dice := rand.New(rand.NewPCG(seed, 2))
	p = Plan{Seed: seed, Lanes: 1 + dice.IntN(3), Guarded: dice.IntN(2) == 0, Late: dice.IntN(3) - 1}
	defer func() {
		if !p.Async { // else a sink may have to be cut back because of what a power cut took
			p.Without = max(0, rand.New(rand.NewPCG(seed, 4)).IntN(6)-2)
		}
		// The real store's compactions run beside the simulation: with a checkpoint at every turn they would show in what comes next.
		if !p.Real {
			p.Budget = []int64{0, 1, 1_000, 6_000}[dice.IntN(4)]
		}
	}()
	switch dice.IntN(8 + 1) {
	case 8: // the real store
		p.Real, p.Power, p.Async = true, dice.IntN(2) == 0, dice.IntN(3) == 0
		for range dice.IntN(4) {
			p.DiesAt = append(p.DiesAt, 1+dice.IntN(120))
		}
		p.Stops = len(p.DiesAt) == 0
	case 0:
		p.Memory = true
	case 1:
		p.Crashes, p.Power, p.Async = 1+dice.IntN(3), true, true
	case 2:
		p.Fails, p.FailsIn, p.Crashes = 1+dice.IntN(30), dice.IntN(2), dice.IntN(2)
	case 3:
		p.Stops = true
	default:
		p.Crashes, p.Power = 1+dice.IntN(3), dice.IntN(2) == 0
	}
	return p
}

// simulate runs an application as planned and returns what was found.
func simulate(app *App, plan Plan) *Run {
	r := &Run{app: app, plan: plan, dice: rand.New(rand.NewPCG(plan.Seed, 3)), pages: map[string]*page{}, given: map[string]int{}, answered: map[string]int{}, stored: entries{}}
	r.history = newHistory(r)
	r.mem = vfs.NewCrashableMem()
	const processes = 12
	for n := range processes {
		if r.process(n) {
			return r
		}
		if len(r.findings) > 0 {
			return r
		}
	}
	r.found("termination", fmt.Sprintf("the application has not come to its end in %d processes", processes))
	return r
}

// process runs one process to its end, and tells whether the application has come to its own.
func (r *Run) process(n int) (over bool) {
	w := &world{dice: rand.New(rand.NewPCG(r.plan.Seed, uint64(100+n))), limit: 100_000, late: r.plan.Late, now: r.now}
	if r.plan.Budget > 0 {
		w.limit *= 8 // to each atom a cut and a checkpoint
	}
	r.world = w
	r.without = ""
	if n > 0 && n == r.plan.Without {
		r.without = r.app.Sinks[0]
		r.page(r.without).parted = true
	}
	defer func() { r.now = w.now + ptl.Time(r.dice.IntN(4))*ptl.Time(ptl.Millisecond) }()
	if n < r.plan.Crashes {
		w.dieAt = 1 + r.dice.IntN(max(r.draws, 150))
	}
	if n == r.plan.FailsIn {
		w.failAt = r.plan.Fails
	}
	if n == 0 {
		if r.plan.Stops {
			w.stopAt = 1 + r.dice.IntN(100)
		}
	}
	if r.plan.Real {
		return r.onDisk(n)
	}
	double := openDouble(w, r.stored, (r.broken("skip a sync") || r.plan.Async) && r.plan.Power)
	var on engine.Store
	if !r.plan.Memory {
		on = double
	}
	e, err := r.live(n, on)
	r.stored = double.committed.entries()
	if e == nil {
		return err != nil
	}
	return r.ended(e, err, double)
}

// live opens an engine and runs it to the end of the process; the engine is nil if it did not open.
func (r *Run) live(n int, on engine.Store) (*engine.Engine, error) {
	w := r.world
	r.pipes = nil
	e, err := engine.Open(r.build(), r.options(n, on))
	if errors.Is(err, errDisk) || w.dead.Load() {
		return nil, nil // another process may have more luck
	}
	if err != nil {
		r.found("recovery", fmt.Sprintf("the application does not open: %v", err))
		return nil, err
	}
	if on != nil {
		r.checkRecovered(r.stored)
	}
	w.stop = e.Stop
	err = e.Run()
	r.draws, r.trace = w.draws, r.trace*31^w.trace^uint64(w.draws)
	r.note("process %d: %d draws, dead=%v stuck=%v complete=%v: %v", n, w.draws, w.dead.Load(), w.stuck, e.Complete(), err)
	return e, err
}

// ended judges how a process came to its end.
func (r *Run) ended(e *engine.Engine, err error, store *double) (over bool) {
	w := r.world
	failed := err != nil && !errors.Is(err, errSink) && w.failAt > 0 && w.failures >= w.failAt // the store, though the error may name what failed before
	if !w.dead.Load() && !w.stuck && !r.plan.Memory && !failed {
		r.checkTaken(r.stored)
	}
	var failure *ptl.AtomError
	switch {
	case r.tooLarge:
		return true
	case w.draws > w.limit:
		w.dead.Store(false)
		r.found("termination", "the run does not end")
		return true
	case w.dead.Load():
		r.crashed(store)
		return false
	case w.stuck:
		r.found("termination", fmt.Sprintf("nothing can happen any more, and the application is not complete: %v, %v", err, r.retrace().unfinished()))
		return true
	case errors.Is(err, errDisk) || errors.Is(err, errSink):
		return r.plan.Memory
	case errors.As(err, &failure):
		r.failedAtom(failure)
		return r.plan.Memory
	case err != nil:
		r.found("failure", fmt.Sprintf("the run failed: %v", err))
		return true
	case !e.Complete():
		r.checkShown(r.retrace()) // it was stopped in order
		return r.plan.Memory
	}
	if r.plan.Memory {
		r.checkEnd(nil)
	} else {
		r.checkEnd(r.stored)
		if done, err := engine.Finished(openDouble(&world{dice: r.dice}, r.stored, false)); err != nil || !done {
			r.found("termination", "the store does not know that the run has ended")
		}
	}
	return true
}

// crashed takes from the world what a crash takes.
func (r *Run) crashed(store *double) {
	r.stored = store.after(r.dice)
	for _, p := range r.pages {
		if r.plan.Power {
			p.atoms = p.atoms[:p.synced+r.dice.IntN(len(p.atoms)-p.synced+1)]
		}
	}
	r.world = &world{dice: r.dice} // findings count again
}

// failedAtom checks a run that was stopped by a failure: all that was before is shown.
func (r *Run) failedAtom(failure *ptl.AtomError) {
	if r.plan.Guarded {
		r.found("failure", "an atom failed although failed events are skipped")
	}
	if w := r.world; w.failAt == 0 || w.failures < w.failAt {
		r.checkShown(r.retrace())
	}
	if event := r.retrace().firstFailure(failure, r.history.rang[failure.Workflow]); event != failure.Event {
		r.found("failure", fmt.Sprintf("%s, atom %d of %s: the event %s is said to have failed, by the model it is %s",
			failure.Workflow, failure.Atom, failure.Stream, failure.Event, event))
	}
	r.plan.Guarded = true // how else could it go on
}

func (r *Run) broken(place string) bool { return r.plan.Break == place }

func (r *Run) options(n int, on engine.Store) engine.Options {
	w := r.world
	seeds := rand.New(rand.NewPCG(r.plan.Seed, uint64(200+n)))
	o := engine.Options{
		Env: &ptl.Env{FS: vfs.NewMem(), Stdin: bytes.NewReader(nil), Stdout: io.Discard,
			Now: func() ptl.Time { w.now++; return w.now }, Log: slog.New(slog.DiscardHandler), Durable: true},
		Lanes: 1 + (r.plan.Lanes+n)%3, Workers: 1, SkipFailed: r.plan.Guarded,
		Interval: ptl.Duration(1+r.dice.IntN(20)) * 50 * ptl.Microsecond, Seed: seeds.Uint64, Timer: w.timer, Draws: w,
		Watch:        &engine.Watch{Opened: r.history.opened, Took: r.history.took},
		MemoryBudget: r.plan.Budget,
		Sizes: engine.Sizes{Parallel: 1 + r.dice.IntN(4), InTurn: seeds.IntN(2) == 0, Stream: int64(1 + r.dice.IntN(12)), SinkAtoms: uint64(1 + r.dice.IntN(3)),
			SinkSyncs: ptl.Millisecond, SinkWaits: ptl.Duration(1+r.dice.IntN(20)) * ptl.Millisecond, Record: 1 + r.dice.IntN(100),
			Portals: 1 + r.dice.IntN(4), Apart: int64((r.plan.Seed + uint64(n)) % 3)},
	}
	if on != nil {
		o.Store = on
	}
	if r.plan.Break != "" {
		o.Break = r.broken
	}
	return o
}

// page is the page of a sink.
func (r *Run) page(name string) *page {
	r.instant.Lock()
	defer r.instant.Unlock()
	if r.pages[name] == nil {
		r.pages[name] = &page{name: name}
	}
	return r.pages[name]
}

func (r *Run) workflow(name string) *Workflow {
	for i := range r.app.Workflows {
		if r.app.Workflows[i].Name == name {
			return &r.app.Workflows[i]
		}
	}
	return &Workflow{}
}

// gets counts an event that a task gets, and gives a run up that has too many.
func (r *Run) gets() {
	r.history.lock.Lock()
	defer r.history.lock.Unlock()
	if r.events++; r.events > mostEvents {
		r.tooLarge = true
		r.world.dead.Store(true)
	}
}

// note keeps a line for the report of a failing seed.
func (r *Run) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// onDisk runs one process with the real store.
func (r *Run) onDisk(n int) (over bool) {
	d := newDisk(r, r.mem)
	if n < len(r.plan.DiesAt) {
		d.dieAt = r.plan.DiesAt[n]
	}
	if n == 0 {
		d.failAt = r.plan.DiskFails
	}
	s, err := d.open()
	var e *engine.Engine
	if err == nil {
		if r.stored, err = contentOf(s); err == nil {
			e, err = r.live(n, s)
		}
		if closed := s.Close(); err == nil {
			err = closed
		}
	}
	dead, failed := d.ended()
	switch {
	case dead:
		r.deaths++
		r.mem, r.pages = d.after, map[string]*page{}
		for name, p := range d.pages {
			r.pages[name] = &p
		}
		return false
	case failed: // it says so or makes up for it; the next process must go on
		return false
	}
	var failure *ptl.AtomError
	if errors.As(err, &failure) {
		r.failedAtom(failure)
		return false
	}
	if err != nil {
		r.found("failure", fmt.Sprintf("the run failed: %v", err))
		return true
	}
	return r.endedOnDisk(e)
}

// endedOnDisk judges a process that came to its end, by what another one finds in its store.
func (r *Run) endedOnDisk(e *engine.Engine) (over bool) {
	if w := r.world; w.stuck || w.draws > w.limit {
		r.found("termination", "the run does not come to its end")
		return true
	}
	s, err := newDisk(r, r.mem).open()
	if err != nil {
		r.found("recovery", fmt.Sprintf("the store does not open: %v", err))
		return true
	}
	defer s.Close()
	if r.stored, err = contentOf(s); err != nil {
		r.found("recovery", fmt.Sprintf("the store cannot be read: %v", err))
		return true
	}
	r.checkTaken(r.stored)
	if e == nil || !e.Complete() {
		return false
	}
	r.checkEnd(r.stored)
	return true
}

// gave notes how far a source has been read.
func (r *Run) gave(source string, atoms int) {
	r.history.lock.Lock()
	defer r.history.lock.Unlock()
	r.given[source] = atoms
}
