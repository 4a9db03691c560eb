package engine

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
)

// enter brings a into the current epoch: when a cut has begun, a contributes to it before it does anything else. It
// tells whether a may go on working. An actor enters when its step begins, and again between looking at an atom and
// processing it: the atom may be of the new epoch.
func (e *Engine) enter(a *actor) bool {
	if now := e.epoch.Load(); a.epoch.Load() != now {
		collecting := e.collecting.Load()
		if !e.breaks("hand off before the log place") {
			e.contribute(a)
		}
		for i := 0; i < len(a.reads) && collecting; i++ {
			a.reads[i].hold()
		}
		a.epoch.Store(now)
		e.sched.wake(&e.committer.actor, false)
	}
	return !e.closing.Load()
}

// changed notes that a has something to contribute.
func (e *Engine) changed(a *actor) {
	if !a.dirty.Load() {
		a.dirty.Store(true)
		e.committer.due(e)
	}
}

// changedPlace notes that a sink has come further. Its place is committed with what comes next: after a crash before that, the
// sink goes back to where it was and shows the same again. A commit of its own would make whoever waits for the next one
// wait for two.
func (e *Engine) changedPlace(s *sink) {
	s.dirty.Store(true)
	e.committer.dueLater(e)
}

// finish seals what n writes and takes n out of the count of those that still run.
func (e *Engine) finish(n *node) {
	n.done = true
	n.circle.ended.Add(1)
	for _, s := range n.writes {
		s.seal()
	}
	if e.open.Add(-1) == 0 {
		e.closing.Store(true)
	}
	e.changed(&n.actor)
	for _, m := range n.circle.members {
		if m != n {
			e.sched.wake(&m.actor, false)
		}
	}
	e.sched.wake(&e.committer.actor, false)
}

// completes tells whether n may complete now. If it is another member's turn, that one is told.
func (e *Engine) completes(n *node) bool {
	next := n.circle.next()
	if e.breaks("complete too early") && !slices.ContainsFunc(n.reads, func(r *reader) bool { return r.circle == nil && !r.drained() }) {
		next = n // whatever moves in the circle
	}
	if next != n {
		if next != nil {
			e.sched.wake(&next.actor, false)
		}
		return false
	}
	return e.enter(&n.actor) // that a stream is sealed may be news of the new epoch
}

// pauses tells whether n has to pause until those behind it have come further.
func (e *Engine) pauses(n *node) bool {
	for _, s := range n.outs {
		if s.isFull() && !e.mayFill(s) {
			e.hurriedFor(s)
			return true
		}
	}
	for _, s := range n.brims {
		if s.brim.over.Load() && !e.mayFill(s) {
			e.hurriedFor(s)
			return true
		}
	}
	return false
}

// hurriedFor has a commit made if it is one that a stream waits for which somebody pauses for.
func (e *Engine) hurriedFor(s *stream) {
	if s.shown {
		e.committer.hurry(e)
	}
}

// source is the actor of a stream that a connector or generator produces.
type source struct {
	node
	stream  *stream
	from    ptl.SourceNode
	noting  ptl.Noting   // the same, if it keeps notes
	downs   []down       // the streams that can be reached from it
	fetched chan fetched // of a source whose reading blocks: holds one at most
	waiting bool         // a read is under way beside the scheduler
	emptied atomic.Bool  // there is no further atom, or none in this run
}

type fetched struct {
	events ptl.Batch
	at     []byte
	notes  []ptl.Note
	err    error
}

// step publishes the next atom. When the run ends, that still goes for what a source has taken and cannot take again: it
// belongs into the log.
func (e *Engine) sourceStep(s *source) bool {
	goesOn := e.enter(&s.actor)
	if s.done || !goesOn && e.isEmpty(s) {
		return false
	}
	for i := range s.downs {
		if d := &s.downs[i]; goesOn && d.holds() && !e.mayFill(d.stream) {
			e.hurriedFor(d.stream)
			return false
		}
	}
	if goesOn && e.tooFarAhead() {
		return false
	}
	if !goesOn && !s.waiting {
		s.from.Interrupt() // the last one may have been for an earlier read
	}
	f, ok := e.fetch(s)
	if !ok {
		return false
	}
	switch {
	case f.err == nil:
		s.moved += f.events.Len()
		for i := range s.downs {
			s.downs[i].gave(f.events)
		}
		e.publish(&s.node, s.stream, f.events, f.at)
		if e.store != nil {
			passed := s.stream.log.passed
			passed[len(passed)-1].notes = f.notes
		}
		if e.opts.Watch != nil {
			e.opts.Watch.Took(s.name, s.stream.node.Spec.Name)
		}
		return true
	case errors.Is(f.err, io.EOF):
		s.emptied.Store(true)
		e.finish(&s.node)
	case !errors.Is(f.err, ptl.ErrInterrupted) && !errors.Is(f.err, ptl.ErrNotYet):
		e.fail(fmt.Errorf("%s: stream %s: %w", s.stream.node.Spec.Place, s.stream.node.Spec.Name, f.err))
	}
	if !goesOn {
		s.emptied.Store(true)
		e.sched.wake(&e.committer.actor, false)
	}
	return false
}

// mayFill tells whether those who pause for s go on although s is full: a commit takes so long that what a sink waits for piles up in it. They
// are woken when it has been shown, as if they had paused.
func (e *Engine) mayFill(s *stream) bool {
	return s.shown && !s.far.over.Load() && e.committer.stalls(e)
}

// isEmpty tells, of a run that ends, that nothing is left in s that would be lost with it.
func (e *Engine) isEmpty(s *source) bool {
	return s.emptied.Load() || s.from.Replayable() || e.breaks("drop what a source has taken")
}

// fetch reads the next atom: here, when the source can go back to any position and so never waits long; beside the
// scheduler otherwise.
func (e *Engine) fetch(s *source) (fetched, bool) {
	if s.from.Replayable() {
		return readNext(s), true
	}
	select {
	case f := <-s.fetched:
		s.waiting = false
		return f, true
	default:
	}
	if !s.waiting {
		s.waiting = true
		e.sched.beside(func() {
			s.fetched <- readNext(s)
			e.sched.wake(&s.actor, true)
		})
	}
	return fetched{}, false
}

func readNext(s *source) (f fetched) {
	defer func() {
		if r := recover(); r != nil {
			fault := ptl.Recovered(r)
			f = fetched{err: fault}
			if at := fault.Site.String(); at != "" {
				f.err = fmt.Errorf("%s: %w", at, fault)
			}
		}
	}()
	f.events, f.at, f.err = s.from.Next()
	if f.err == nil && s.noting != nil {
		f.notes = s.noting.Notes()
	}
	return f
}

// publish gives an atom to a stream that n writes. From then on it is the readers', and may be gone at once.
func (e *Engine) publish(n *node, s *stream, events ptl.Batch, at []byte) {
	e.changed(&n.actor)
	weight := weigh(events)
	if s.node.Kind == ptl.BySource {
		e.meter.atoms.Add(1)
		e.meter.events.Add(uint64(weight - 1))
	}
	s.measure(events, weight)
	pos := s.publish(events)
	if s.answer != nil && e.breaks("answer before the watermark") {
		s.answer(pos + 1 - s.began)
	}
	if e.store == nil {
		return
	}
	if s.awaited && weight > 1 {
		e.committer.dueSoon(e)
	}
	ahead := heavier(weight, s.bytes/aheadBytes)
	e.ahead.Add(ahead)
	s.log.fresh += ahead
	if s.node.Kind == ptl.BySource {
		given := heavier(weight, s.bytes/givenBytes)
		e.given.Add(given)
		s.log.given += given
		s.log.passed = append(s.log.passed, place{pos: pos, at: at})
	}
}

// givenWeight is how much sources may have given that is not durable yet, before they pause, and aheadWeight how much may be published in all:
// where each of it stood is kept, and a disk that stands still would fill the memory with what changes meanwhile. For that, events are heavy that are
// larger than givenBytes and aheadBytes. What goes from one workflow to the next is published by each, so a long chain of them has more on its way between
// two cuts than sources may give; but no more bytes.
const (
	givenWeight = 2 << 20
	givenBytes  = 128
	aheadWeight = 8 * givenWeight
	aheadBytes  = givenBytes / 8
)

// heavier is the weight of an atom whose events weigh so many times as much; what it weighs itself stays one.
func heavier(weight, times int64) int64 { return 1 + (weight-1)*max(times, 1) }

// tooFarAhead tells a source to pause until a commit wakes it. That it waits is said before the last look, so a commit
// that comes in between finds it waiting.
func (e *Engine) tooFarAhead() bool {
	if !e.isFarAhead() {
		return false
	}
	e.paused.Store(true)
	e.committer.hurry(e)
	return e.isFarAhead()
}

func (e *Engine) isFarAhead() bool {
	return e.given.Load() > givenWeight || e.ahead.Load() > e.opts.Sizes.Ahead
}

// relay is the actor of a sequencer or splitter: what it takes from its inputs it passes on, unless it is empty.
type relay struct {
	node
	stream *stream
	filter func(ptl.Batch) ptl.Batch                   // nil: everything
	adopt  func(input int, events ptl.Batch) ptl.Batch // nil: as they are
	turn   int
}

func (e *Engine) relayStep(r *relay) bool {
	if !e.enter(&r.actor) || r.done || e.pauses(&r.node) {
		return false
	}
	in, events := pick(r.reads, &r.turn)
	if in == nil {
		if e.completes(&r.node) {
			e.finish(&r.node)
		}
		return false
	}
	if !e.enter(&r.actor) {
		return false
	}
	if r.filter != nil || r.adopt != nil {
		if fault := ptl.Protect(func() { events = r.change(in, events) }); fault != nil {
			spec := r.stream.node.Spec
			e.fail(fmt.Errorf("%s: %w\n  in stream %s (%s)", fault.Site, fault, spec.Name, spec.Place))
			return false
		}
	}
	if events.Len() > 0 {
		e.publish(&r.node, r.stream, events, nil)
	}
	e.changed(&r.actor)
	r.moved += events.Len()
	e.took(&r.node, in)
	in.advance(1)
	return true
}

// change makes what came from in what goes on.
func (r *relay) change(in *reader, events ptl.Batch) ptl.Batch {
	if r.adopt != nil {
		events = r.adopt(slices.Index(r.reads, in), events)
	}
	if r.filter != nil {
		events = r.filter(events)
	}
	return events
}

// mostOwed is how many turns at which a reader had nothing it makes up for.
const mostOwed = 16

// pick takes the next reader in turn that has an atom. One that had none at its turn may have several in a row later: else streams that go
// side by side, such as the two of a join, would be apart by as many atoms as one of them was ever late, and what waits for the other all that time
// would be stored by each cut. Not so requests and replies: a handler that asks several waits for the last of them.
func pick(readers []*reader, turn *int) (*reader, ptl.Batch) {
	for range readers {
		r := readers[*turn]
		events, ok := r.peek()
		switch {
		case !ok:
			r.owed = min(r.owed+1, r.mostOwed)
		case r.owed > 0:
			r.owed--
			return r, events
		}
		if *turn++; *turn == len(readers) {
			*turn = 0
		}
		if ok {
			return r, events
		}
	}
	return nil, nil
}

// workflow is the actor of a workflow.
type workflow struct {
	node
	id      uint64
	program ptl.Program
	states  []keptState
	portals []*reader    // those of reads that are of requests or replies
	asks    []*stream    // those of writes that are of requests
	row     int          // so many atoms of these went before others
	turn    int          // whose it is among reads
	next    int          // and among portals
	held    atomic.Int64 // how many handlers wait, after the last atom
	armed   ptl.Time     // when it is woken for a timer; 0: not
	cuts    []flowCut    // that are not covered
	bytes   int64        // that its states take, as the budget has them
	written int64        // that its states had when they were written, as the budget has them
}

// keptState is the state of a task with its number in the store.
type keptState struct {
	ptl.States
	name   string // by which it is numbered
	number uint64
	stored bool // the store may have entries
}

func (s *keptState) prefixes() ptl.Prefixes {
	return ptl.Prefixes{Records: key(keyState, s.number), Items: key(keyItem, s.number)}
}

// step processes one atom.
func (e *Engine) workflowStep(w *workflow) bool {
	if !e.enter(&w.actor) {
		return false
	}
	if !e.makeRoom(w) || e.pauses(&w.node) {
		return false
	}
	if !w.done && e.ring(w) {
		return true
	}
	in, events := w.pick(e.opts.Sizes.Portals)
	if w.done {
		return in != nil && e.drop(w, in, events)
	}
	if in == nil {
		if e.completes(&w.node) {
			e.completeWorkflow(w)
		}
		return false
	}
	if !e.enter(&w.actor) {
		return false
	}
	ran, err := w.program.Run(in.number, events)
	if err != nil {
		err.Atom = in.pos.Load()
		e.fail(err)
		return false
	}
	if ran {
		e.takeOutputs(w, true)
	}
	e.changed(&w.actor)
	w.moved += events.Len()
	e.took(&w.node, in)
	w.noteWaiting()
	in.advance(1)
	e.askOthers(w)
	if w.idles() {
		e.makeRoom(w)
		return false
	}
	return true
}

// idles tells, behind an atom, that w has nothing to do before it is woken: there is no atom for it and no timer, and its circle is not over,
// or who moves it sees to that. So no step has to find out.
func (w *workflow) idles() bool {
	more := w.circle.moving.Load() != 0
	for _, r := range w.reads {
		if !r.caughtUp() {
			return false
		}
		more = more || r.circle == nil && !r.stream.sealed.Load()
	}
	_, timed := w.program.NextTimer()
	return more && !timed
}

// pick takes the next input. Requests and replies go before others, since handlers wait for them, which take memory and,
// at a cut, place in the log; but only so many in a row, since they may be endless.
// While its own requests pile up it takes nothing else: since everybody takes requests, they become fewer; unless each leads to
// the next, so that too goes on for so long only.
func (w *workflow) pick(most int) (*reader, ptl.Batch) {
	holds := w.row < pilesInARow*most && slices.ContainsFunc(w.asks, (*stream).isPiled)
	if (w.row < most || holds) && len(w.portals) > 0 {
		if in, events := pick(w.portals, &w.next); in != nil {
			w.row++
			return in, events
		}
	}
	if holds {
		return nil, nil
	}
	w.row = 0
	return pick(w.reads, &w.turn)
}

// drop passes an atom over that came to a workflow after its completion. Requests fail: they come of what a later member
// of its circle has emitted when that was completed.
func (e *Engine) drop(w *workflow, in *reader, events ptl.Batch) bool {
	if !e.enter(&w.actor) {
		return false
	}
	if w.program.Refuse(in.number, events) {
		e.takeOutputs(w, false)
	}
	e.changed(&w.actor)
	e.took(&w.node, in)
	in.advance(1)
	e.completes(&w.node) // it may have been the last that moved
	return true
}

// takeOutputs publishes what the last atom gave to the outputs. An atom in gives an atom out everywhere, if an empty
// one; completion only where there is something.
func (e *Engine) takeOutputs(w *workflow, empty bool) {
	for i, s := range w.writes {
		events, hidden := w.program.Take(i)
		if hidden && events.Len() > 0 && e.breaks("send asks and replies twice") {
			e.publish(&w.node, s, s.node.Read(ptl.NewReader(s.node.Append(nil, events))), nil)
		}
		if empty && !hidden && !e.breaks("drop empty atoms") || events.Len() > 0 {
			e.publish(&w.node, s, events, nil)
		}
	}
	for _, d := range w.program.TakeFailed() {
		e.meter.skipped.Add(1)
		e.env.Log.Warn("an event failed and was skipped", "error", d.Error, "at", d.Place, "task", d.Task, "key", d.Key, "event", d.Event)
	}
}

func (e *Engine) completeWorkflow(w *workflow) {
	if w.program.Completes() {
		if err := w.program.Complete(); err != nil {
			e.fail(err)
			return
		}
		e.takeOutputs(w, false)
	}
	e.took(&w.node, nil)
	e.finish(&w.node)
}

// sink is the actor of a sink.
type sink struct {
	actor
	id      uint64
	node    *ptl.SinkNode
	reader  *reader
	busy    bool            // a worker writes
	batches []ptl.Batch     // of that job
	synced  atomic.Uint64   // position up to which the sink has synced; the committer looks at it
	at      []byte          // its cursor there
	broken  atomic.Bool     // writing failed, or was given up for this run
	result  chan sinkResult // of a job; holds one at most
	lastAt  ptl.Time        // when it synced last
	woken   ptl.Time        // when it is woken to sync again
	began   ptl.Time        // when it began the last job
	hurried atomic.Bool     // it does not rest any longer
	alarmed atomic.Bool     // a timer is set that says so
}

type sinkResult struct {
	written int // atoms
	synced  bool
	at      []byte
	err     error
}

// The sink syncs at most every syncEvery until the run ends, and takes up to sinkAtoms atoms in one job. Its place is
// committed within sinkWaits. Nobody waits for either: what a sink has written is durable in the log.
const (
	syncEvery = 50 * ptl.Millisecond
	sinkWaits = 100 * ptl.Millisecond
	sinkAtoms = 256
)

// Without a store atoms come one by one, and a job for each would cost more than most atoms do. So while others work, a sink begins one
// every sinkRests.
const sinkRests = 200 * ptl.Microsecond

// step collects the result of the last job and starts the next one.
func (e *Engine) sinkStep(s *sink) bool {
	e.enter(&s.actor)
	select {
	case r := <-s.result:
		e.sinkDone(s, r)
	default:
	}
	if s.busy || s.broken.Load() {
		return false
	}
	batches := s.take(e.opts.Sizes.SinkAtoms)
	now := e.env.Now()
	behind := s.synced.Load() < s.reader.pos.Load()+uint64(len(batches))
	next := ptl.AddTime(s.lastAt, e.opts.Sizes.SinkSyncs)
	sync := behind && (now >= next || e.closing.Load())
	if len(batches) == 0 && !sync {
		if behind && s.woken != next {
			s.woken = next
			e.opts.Timer(ptl.Duration(next-now), func() { e.sched.wake(&s.actor, true) })
		}
		return false
	}
	if !sync && uint64(len(batches)) < e.opts.Sizes.SinkAtoms && s.reader.stream.atOnce && e.rests(s, now) {
		return false
	}
	if s.began = now; sync {
		s.lastAt = now
	}
	s.busy = true
	e.sched.atOnce(&s.actor, sync, func() {
		s.result <- s.job(batches, sync)
		e.sched.wake(&s.actor, false)
	})
	return false
}

// rests tells whether s leaves what is there for later, when it is woken. Until then it is not told of what comes.
func (e *Engine) rests(s *sink, now ptl.Time) bool {
	since := ptl.Duration(now - s.began)
	if s.hurried.Swap(false) || since < 0 || since >= sinkRests {
		return false
	}
	s.reader.rests.Store(true)
	if s.reader.stream.isFull() { // it may be so since before
		s.reader.rests.Store(false)
		return false
	}
	if !s.alarmed.Swap(true) {
		e.opts.Timer(sinkRests-since, func() {
			s.alarmed.Store(false)
			e.rouse(s, true)
		})
	}
	return true
}

// rouse ends the rest of s.
func (e *Engine) rouse(s *sink, outside bool) {
	if s.reader.rests.Swap(false) {
		s.hurried.Store(true)
		e.sched.wake(&s.actor, outside)
	}
}

// take looks at the atoms that are ready to be written.
func (s *sink) take(most uint64) []ptl.Batch {
	in := s.reader.stream
	in.mu.Lock()
	defer in.mu.Unlock()
	pos := s.reader.pos.Load()
	n := min(in.durable-pos, most)
	from := int(pos - in.low)
	s.batches = s.batches[:0]
	for i := range int(n) {
		s.batches = append(s.batches, in.window.at(from+i).events)
	}
	return s.batches
}

func (s *sink) job(batches []ptl.Batch, sync bool) (r sinkResult) {
	for _, b := range batches {
		if r.err = s.node.Write(b); r.err != nil {
			break
		}
		r.written++
	}
	if r.err != nil {
		if _, remote := s.node.Sink.(ptl.Remote); !remote {
			return sinkResult{err: r.err} // how much of it shows is not known
		}
		var err error
		if r.at, err = s.node.Sink.Sync(); err != nil {
			return sinkResult{err: errors.Join(r.err, err)}
		}
		r.synced = true
		return r
	}
	if r.err = s.node.Sink.Flush(); r.err == nil && sync {
		r.synced = true
		r.at, r.err = s.node.Sink.Sync()
	}
	if r.err != nil {
		return sinkResult{err: r.err}
	}
	return r
}

func (e *Engine) sinkDone(s *sink, r sinkResult) {
	s.busy = false
	clear(s.batches)
	if r.written > 0 {
		s.reader.advance(r.written)
	}
	if r.synced {
		s.at = r.at
		e.changedPlace(s)
		s.synced.Store(s.reader.pos.Load())
	}
	if r.err != nil {
		s.broken.Store(true)
		if !errors.Is(r.err, ptl.ErrInterrupted) {
			e.fail(fmt.Errorf("%s: sink %s: %w", s.node.Spec.Place, s.node.Spec.Name, r.err))
			return
		}
	}
	e.sched.wake(&e.committer.actor, false)
}

// settled tells whether everything durable has been written and synced.
func (s *sink) settled() bool {
	if s.broken.Load() {
		return true
	}
	in := s.reader.stream
	in.mu.Lock()
	defer in.mu.Unlock()
	return s.synced.Load() == in.durable
}
