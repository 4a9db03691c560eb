package engine

import (
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// cut is a group in the making: what all actors changed in one epoch.
type cut struct {
	mu    sync.Mutex     // of the actor that contributes to the part that is here; what others contribute meanwhile are parts of their own
	part                 // to which the others are joined
	at    store.Position // where the store has it
	parts parts
}

// part is what actors have contributed one after the other.
type part struct {
	batch *Batch
	// number is the epoch that begins with the cut.
	number uint64
	// weight is that of all atoms that were published in the epoch, given that of those of sources.
	weight, given int64
	later         []func(w ptl.StateWriter)
	// breaks is that of the engine.
	breaks func(place string) bool
}

// place is where a source stands behind an atom, and what it has noted with it.
type place struct {
	pos   uint64
	at    []byte
	notes []ptl.Note
}

// streamLog is what the committer knows of a stream, and what its producer has for it.
type streamLog struct {
	fresh   int64   // weight of what was published since the producer's last contribution; the producer's
	given   int64   // and that as what sources gave counts
	passed  []place // of a source since then; the producer's
	places  []place // of a source, behind atoms that the store does not count yet
	next    uint64  // behind the last atom of committed epochs
	logged  uint64  // position that the store has as next
	stored  uint64  // atoms below it are not in the store
	written uint64  // nor are those from it on
	replay  bool    // atoms can be read again from the source
}

// Put, Delete, DeleteRange, Begin, End and Later make a part a ptl.StateWriter.
func (p *part) Put(key, value []byte) { p.batch.Put(key, value) }

// Begin and End let states write entries where they will stay.
func (p *part) Begin(prefix []byte) []byte { return p.batch.Begin(prefix) }

// End takes what was appended since Begin.
func (p *part) End(buf []byte, operations int) { p.batch.End(buf, operations) }

// Delete removes a key.
func (p *part) Delete(key []byte) { p.batch.Delete(key) }

// DeleteRange removes the keys from start up to, not including, end.
func (p *part) DeleteRange(start, end []byte) { p.batch.DeleteRange(start, end) }

// Later has something written when all actors have contributed, and go on.
func (p *part) Later(write func(w ptl.StateWriter)) { p.later = append(p.later, write) }

func (c *cut) writeLater() {
	for _, write := range c.later {
		write(c)
	}
	clear(c.later)
	c.later = c.later[:0]
}

// parts are what actors contributed beside each other.
type parts struct {
	count  atomic.Int64 // of contributions, where Sizes.Apart counts them
	mu     sync.Mutex
	filled []*part
	spare  []*part
}

// contribute adds what a changed to the running cut. Two that are at it at once have no key in common.
func (e *Engine) contribute(a *actor) {
	if a.contribute == nil || !a.dirty.Load() {
		return
	}
	n := e.opts.Sizes.Apart
	if c := e.cut; (n == 0 || c.parts.count.Add(1)%n != 0) && c.mu.TryLock() {
		a.contribute(&c.part)
		c.mu.Unlock()
	} else {
		p := c.newPart()
		a.contribute(p)
		c.addPart(p)
	}
	a.dirty.Store(false)
}

// newPart is an empty part for who contributes beside others; addPart takes it when it is filled.
func (c *cut) newPart() *part {
	c.parts.mu.Lock()
	defer c.parts.mu.Unlock()
	var p *part
	if n := len(c.parts.spare); n > 0 {
		p, c.parts.spare = c.parts.spare[n-1], c.parts.spare[:n-1]
	} else {
		p = &part{batch: &Batch{}, breaks: c.breaks}
	}
	p.number = c.number
	return p
}

func (c *cut) addPart(p *part) {
	c.parts.mu.Lock()
	defer c.parts.mu.Unlock()
	c.parts.filled = append(c.parts.filled, p)
}

// join takes in the parts, when all actors have contributed.
func (c *cut) join() {
	c.parts.mu.Lock()
	defer c.parts.mu.Unlock()
	for _, p := range c.parts.filled {
		c.batch.Join(p.batch)
		c.weight, c.given, c.later = c.weight+p.weight, c.given+p.given, append(c.later, p.later...)
		clear(p.later)
		p.weight, p.given, p.later = 0, 0, p.later[:0]
	}
	c.parts.spare = append(c.parts.spare, c.parts.filled...)
	for _, p := range c.parts.spare {
		p.batch.Reset() // and those that nobody has used lose their memory by and by
	}
	clear(c.parts.filled)
	c.parts.filled = c.parts.filled[:0]
}

// contributeNode adds cursors, and how far streams have come.
func contributeNode(n *node, c *part) {
	for _, r := range n.reads {
		r.stop()
	}
	for _, s := range n.writes {
		l := &s.log
		l.next = s.next.Load() // which its producer alone moves
		c.weight += l.fresh
		c.given += l.given
		l.fresh, l.given = 0, 0
		for i := range l.passed {
			for _, n := range l.passed[i].notes {
				if !c.breaks("forget what a source has noted") {
					c.Put(noteKey(s.id, n.Number), n.Value)
				}
			}
			l.passed[i].notes = nil
		}
		l.places = append(l.places, l.passed...)
		clear(l.passed)
		l.passed = l.passed[:0]
	}
}

func contributeWorkflow(w *workflow, c *part) {
	contributeNode(&w.node, c)
	value := ptl.AppendBool(nil, w.done)
	p := w.program.Progress()
	value = ptl.AppendUint(ptl.AppendUint(ptl.AppendUint(value, p.Atoms), p.Asks), p.Parked)
	c.Put(key(keyFlow, w.id), value)
	w.cuts = noted(w.cuts, flowCut{c.number, w.program.Attempts()})
	for _, s := range w.program.States() {
		if !c.breaks("commit without the state") {
			ptl.Changes(s, c)
		}
	}
}

func contributeSink(s *sink, c *part) {
	s.reader.cut = s.synced.Load()
	if !c.breaks("forget where a sink is") {
		c.Put(key(keySink, s.id), s.at)
	}
}

// The phases of the committer.
const (
	waitingForChanges = iota
	collecting
	writing
)

// committer is the actor that makes cuts and commits them, one after the other.
type committer struct {
	actor
	phase   int
	changed atomic.Bool   // there is something to commit
	round   atomic.Uint64 // how many cuts were begun
	ripe    atomic.Uint64 // more than round when what changed has waited long enough, or nothing else moves
	awaited atomic.Bool   // somebody outside waits for it
	later   atomic.Bool   // there is something that can wait for the next cut, for a while
	waited  []*actor      // who has still to contribute
	result  chan error
	began   ptl.Time     // the last cut
	syncs   atomic.Int64 // since then, as a ptl.Time, a cut is being written; 0: none is
	since   ptl.Duration // from the one before
	took    ptl.Duration // until all of it was collected
	rests   resting
	final   bool // the finished mark is in the running cut
}

// What nobody waits for is committed after that many intervals.
const (
	leastRest = 5
	mostRest  = 20
)

// longestStall is how long sources go on beside a commit. It bounds what they bring meanwhile by what they can bring in that time, however
// large the events are; of what comes later than that behind a stall, most is late by the stall itself.
const longestStall = 100 * ptl.Millisecond

// stalls tells whether a cut is being written for longer than somebody should have to wait for it, and not for too long.
func (c *committer) stalls(e *Engine) bool {
	since := c.syncs.Load()
	if since == 0 {
		return false
	}
	now := e.env.Now()
	return now > ptl.AddTime(ptl.Time(since), e.opts.Interval) && now < ptl.AddTime(ptl.Time(since), longestStall)
}

// due notes that there is something to commit, which is so soon even if nobody waits for it.
func (c *committer) due(e *Engine) {
	if e.store == nil || c.changed.Swap(true) {
		return
	}
	if c.ripe.Load() > c.round.Load() { // which was said as the last cut began, before this changed, and is not said twice
		e.sched.wake(&c.actor, true)
		return
	}
	c.within(e, ptl.Duration(c.rests.now.Load()))
}

// dueSoon notes that somebody waits for what there is to commit: it is so within the interval, or a few where cuts are dear.
func (c *committer) dueSoon(e *Engine) {
	if !c.awaited.Swap(true) {
		c.within(e, c.rests.soon(e.opts.Interval))
	}
}

func (c *committer) within(e *Engine, d ptl.Duration) {
	round := c.round.Load()
	e.opts.Timer(d, func() { c.ripen(e, round, true) })
}

// hurry commits what there is because a source cannot go on before that.
func (c *committer) hurry(e *Engine) {
	if c.changed.Load() {
		c.ripen(e, c.round.Load(), false)
	}
}

// ripen has what changed since that many cuts committed now. When a cut has begun meanwhile, or that was said before, there
// is nothing to say. Outside is as for wake.
func (c *committer) ripen(e *Engine, round uint64, outside bool) {
	for ripe := c.ripe.Load(); ripe <= round; ripe = c.ripe.Load() {
		if c.ripe.CompareAndSwap(ripe, round+1) {
			e.sched.wake(&c.actor, outside)
			return
		}
	}
}

// dueLater notes that there is something to commit that nobody waits for: it goes with the next cut, and makes one of its own
// only when none has come for so long.
func (c *committer) dueLater(e *Engine) {
	if e.store == nil || c.later.Swap(true) {
		return
	}
	e.opts.Timer(e.opts.Sizes.SinkWaits, func() {
		if !c.later.Load() {
			return
		}
		if !c.changed.Swap(true) && c.ripe.Load() > c.round.Load() { // as in due
			e.sched.wake(&c.actor, true)
			return
		}
		c.ripen(e, c.round.Load(), true)
	})
}

// quiet is called when no actor is runnable: nothing can be gained by waiting for more.
func (e *Engine) quiet() {
	e.committer.hurry(e)
	for _, s := range e.sinks {
		e.rouse(s, false)
	}
}

// commitStep moves the committer one phase on.
func (e *Engine) commitStep() bool {
	c := &e.committer
	switch c.phase {
	case waitingForChanges:
		closing := e.closing.Load()
		if e.store != nil && c.changed.Load() && (closing || c.ripe.Load() > c.round.Load() || e.budget.wanted.Load() && !e.budget.running.Load()) {
			e.beginCut()
			return true
		}
		e.wantedCheckpoint()
		return closing && e.close()
	case collecting:
		c.waited = slices.DeleteFunc(c.waited, func(a *actor) bool { return a.epoch.Load() == e.epoch.Load() })
		if len(c.waited) > 0 {
			return false
		}
		e.endCut()
		c.phase = writing
		e.sched.waiting(&c.actor, func() {
			e.cut.writeLater()
			now := e.env.Now()
			c.took = ptl.Duration(now - c.began)
			c.syncs.Store(int64(now))
			err := e.commit()
			c.syncs.Store(0)
			c.result <- err
			e.sched.wake(&c.actor, true)
		})
		return false
	default:
		select {
		case err := <-c.result:
			c.phase = waitingForChanges
			c.rests.collected(c.took, c.since, cutSize{float64(e.cut.batch.Bytes()), float64(e.cut.weight)})
			return e.committed(err)
		default:
			return false
		}
	}
}

// beginCut raises the epoch. An actor that is idle and clean has nothing to contribute, and will see the new epoch when
// it next runs. One that is idle and has something contributes here: if it had to wait for its turn, others would have to keep
// all the longer what they take meanwhile.
func (e *Engine) beginCut() {
	c := &e.committer
	c.round.Add(1) // before changed is taken back: who sets it again means the next round
	c.changed.Store(false)
	c.awaited.Store(false)
	c.later.Store(false)
	e.cut.weight, e.cut.given = 0, 0
	e.cut.batch.Reset()
	e.cut.number = e.epoch.Load() + 1
	e.collecting.Store(true) // before the epoch: who enters it must know
	e.epoch.Add(1)
	c.waited = c.waited[:0]
	c.phase = collecting
	now := e.env.Now()
	c.began, c.since = now, ptl.Duration(now-c.began)
	enters := func(a *actor) { e.enter(a) }
	for _, a := range e.participants {
		// In this order: one whose step ended before its state was looked at has said by then whether it is dirty, and one
		// that begins a step later sees the new epoch.
		if (a.state.Load() != idle || a.dirty.Load()) && !e.sched.instead(a, enters) {
			c.waited = append(c.waited, a)
			e.sched.wake(a, false)
		}
	}
}

// endCut adds what concerns streams: cursors, positions, and the atoms that some reader has yet to process.
func (e *Engine) endCut() {
	e.cut.join()
	b := e.cut.batch
	e.numbers.write(b)
	for _, f := range e.facts {
		b.Put(f.key, f.value)
	}
	e.facts = nil
	for _, s := range e.streams {
		e.cutStream(s, b)
	}
	e.collecting.Store(false)
	for _, s := range e.streams {
		s.goOn()
		if e.breaks("release before the watermark") {
			s.release(s.log.next)
		}
	}
}

func (e *Engine) cutStream(s *stream, b *Batch) {
	l := &s.log
	least, most := l.next, uint64(0)
	for _, r := range s.readers {
		least, most = min(least, r.cut), max(most, r.cut)
		if r.cut != r.logged && !e.breaks("forget the cursors") {
			b.Put(key(keyCursor, r.id), ptl.AppendUint(nil, r.cut))
			r.logged = r.cut
		}
	}
	// What can be read again from the source needs no place in the store, unless one reader has processed it and another
	// has not: both must see the same atom. What nobody reads has been passed by all.
	until := l.next
	if l.replay && len(s.readers) > 0 {
		until = most
	}
	// What a reader had yet to process at an earlier cut is there.
	if first := max(least, l.logged); first < until {
		e.putAtoms(s, first, until, b)
		l.written = until
	}
	if until > l.logged {
		b.Put(key(keyStream, s.id), append(ptl.AppendUint(nil, until), l.behind(until)...))
		l.logged = until
	}
	if least > l.stored {
		if l.written > l.stored {
			b.DeleteRange(atomKey(s.id, l.stored), atomKey(s.id, least))
		}
		l.stored = least
	}
}

// putAtoms writes the atoms of s from position first up to, not including, until. They may be many, of an event or none each, so what
// their keys begin with is written once.
func (e *Engine) putAtoms(s *stream, first, until uint64, b *Batch) {
	e.atoms = s.between(first, until, e.atoms[:0])
	at, last := atomKey(s.id, first), atomKey(s.id, until-1)
	n := 0
	for n < len(at)-1 && at[n] == last[n] {
		n++
	}
	buf := b.Begin(at[:n])
	for i, events := range e.atoms {
		binary.BigEndian.PutUint64(at[len(at)-8:], first+uint64(i))
		e.scratch = s.node.Append(e.scratch[:0], events)
		buf = store.AppendPut(buf, at[n:], e.scratch)
	}
	b.End(buf, len(e.atoms))
	clear(e.atoms)
}

// behind is where the source stands behind the atoms below until, and forgets the places before.
func (l *streamLog) behind(until uint64) (at []byte) {
	n := 0
	for ; n < len(l.places) && l.places[n].pos < until; n++ {
		at = l.places[n].at
	}
	kept := copy(l.places, l.places[n:])
	clear(l.places[kept:])
	l.places = l.places[:kept]
	return at
}

// commit makes the cut durable.
func (e *Engine) commit() error {
	if e.cut.batch.Len() == 0 || e.epoch.Load()%3 == 0 && e.breaks("leave out a group") {
		return nil
	}
	at, err := e.store.Commit(e.cut.batch)
	e.cut.at = at
	return err
}

// committed releases what the cut made durable.
func (e *Engine) committed(err error) bool {
	if err != nil {
		e.lost = true
		e.fail(err)
		e.sched.stop()
		return false
	}
	e.coverage.commits = noted(e.coverage.commits, commitOf{e.cut.number, e.cut.at})
	e.covers()
	for _, s := range e.streams {
		s.release(s.log.next)
	}
	e.ahead.Add(-e.cut.weight)
	e.given.Add(-e.cut.given)
	if e.paused.Swap(false) {
		for _, s := range e.sources {
			e.sched.wake(&s.actor, false)
		}
	}
	if e.committer.final {
		e.sched.stop()
		return false
	}
	return true
}

// close ends the run when nothing is left to do: sources hold nothing that would be lost, all is durable, and the sinks
// have written and synced it.
func (e *Engine) close() bool {
	for _, s := range e.sources {
		if !e.isEmpty(s) {
			e.sched.wake(&s.actor, false)
			return false
		}
	}
	for _, s := range e.sinks {
		if !s.settled() {
			e.sched.wake(&s.actor, false)
			return false
		}
	}
	if c := &e.committer; e.store != nil && (c.changed.Load() || c.later.Load()) {
		c.changed.Store(true)
		return true // a sink's last sync
	}
	gaveUp := slices.ContainsFunc(e.sinks, func(s *sink) bool { return s.broken.Load() }) // the next run has to go on
	if e.store != nil && e.Complete() && !gaveUp && !e.committer.final {
		e.committer.final = true
		e.facts = append(e.facts, fact{metaKey(metaFinished), []byte{1}})
		e.beginCut()
		return true
	}
	e.sched.stop()
	return false
}
