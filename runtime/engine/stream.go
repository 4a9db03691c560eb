package engine

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
)

// fullWeight is how much a stream holds before the sources that feed it pause. An atom weighs one and its events one each, or more if they are
// large; a stream with a single atom is never full, however large that is.
const fullWeight = 16 << 10

// heavyBytes is how large events are from which on they weigh more than one each, by as much as they are larger. How large they are is
// what the log would have of them, which is known of one event in measuredEvery or more, and held to be so of those about it.
const (
	heavyBytes    = 1 << 10
	measuredEvery = 256
)

// brimRoom is how many times as much a stream holds before the workflow or sequencer pauses that writes it. What is on its way when the sources
// pause is less than that, unless an event makes many, or large ones.
const brimRoom = 4

// mostBack is the weight from which on a stream keeps no atoms for its producer to use again.
const mostBack = brimRoom * fullWeight

// stalledRoom is how many times as much a stream of which a sink reads holds while the disk stalls. If its sources paused then, what they
// have not taken would be late by as much again as what they have.
const stalledRoom = 8

// piledRequests is how much a stream of requests holds before the workflow that asks pauses, as far as other inputs than
// requests and replies are concerned: each request on its way is a handler that waits, which takes memory and, at a cut, place in the
// log. Sources do not pause from that on: there may always be as many requests, if each leads to the next.
const piledRequests = 2 << 10

// level is a weight of a stream from which somebody pauses, until it is at half of that.
type level struct {
	room   int64 // 0: nobody does
	over   atomic.Bool
	pauses []*actor
	// rounds is how many times what one of them gives has to go through while it is over before that one gives it; 0: they wait until it
	// is not. passed is what has gone through meanwhile.
	rounds int64
	passed atomic.Int64
}

// rise notes that a stream with that weight has got another atom than its only one.
func (l *level) rise(weight int64) {
	if l.room > 0 && weight > l.room {
		l.over.Store(true) // until fall says otherwise, and those who wait for it are woken
	}
}

// fall notes that readers have come further by so much of what is so many times as heavy, and tells whether those who pause may go on, or have
// to look whether it is their turn.
func (l *level) fall(weight, by, heavy int64, atMostOne bool) bool {
	if !l.over.Load() {
		return false
	}
	if weight*heavy <= l.room/2 || atMostOne {
		l.over.Store(false)
		return true
	}
	if l.rounds == 0 {
		return false
	}
	passed, round := l.passed.Add(by), max(l.room/heavy, 1)
	return passed/round > (passed-by)/round
}

// wake has those who pause go on.
func (l *level) wake(sched scheduler) {
	for _, a := range l.pauses {
		sched.wake(a, false)
	}
}

// down is a stream that can be reached from a source. Where it leads back to where it comes from, what goes round may do so until
// something comes from a source, and all that time the stream may be full. So the source still gives a little: so little that it does not
// become more and more unless each event goes round more than so many times.
type down struct {
	*stream
	turn int64 // what must have passed before the source gives another atom while the stream is full
}

// holds tells whether the source has to pause.
func (d *down) holds() bool {
	l := &d.full
	return l.over.Load() && (l.rounds == 0 || l.passed.Load() < d.turn)
}

// gave notes that the source gives an atom. What has passed counts from when it could have given one, but not from long ago.
func (d *down) gave(events ptl.Batch) {
	if l := &d.full; l.rounds > 0 && l.over.Load() {
		d.turn = max(d.turn, l.passed.Load()-l.room) + l.rounds*weigh(events)
	}
}

// stream is the window of a stream's atoms that not all readers have passed, or that a cut needs which is being made.
type stream struct {
	node *ptl.StreamNode
	id   uint64
	// sched wakes readers, and who pauses.
	sched scheduler
	full  level // where the sources pause from which it can be reached
	far   level // and where they do while the disk stalls
	brim  level // and where the one does that writes it
	piled level // and where the workflow does whose requests it holds

	// mu is for what changes. Who reads looks without it whether there is something: that is asked more often than it is so.
	mu      sync.Mutex
	window  window
	low     uint64        // position of the window's first
	unread  uint64        // position of the first that some reader has not passed
	next    atomic.Uint64 // position of the next atom to be published
	durable uint64        // positions below it are durable
	atOnce  bool          // nothing is stored, so everything is durable as soon as it is there
	weight  int64         // of those from unread on, if their events were small
	heavy   int64         // how many times as much they weigh
	light   int64         // a weight that is over no level
	risen   bool          // it may be over one
	bytes   int64         // about how large events are of late; the producer's
	looks   int64         // and weight until it looks again how large they are
	looked  int           // how often it has
	sealed  atomic.Bool
	readers []*reader
	left    []uint64 // the cursors of readers that this version does not have, whose atoms can go
	shown   bool     // a sink reads it, which waits for durability
	awaited bool     // somebody outside does: who sees what the sink writes, or who gave the events
	// recycle takes back an atom that nobody holds any more; nil where somebody may, such as a sequencer that has passed it on. The producer
	// calls it, when it publishes the next one: so what makes atoms of them needs no lock. Until then they are in back; returned has
	// those that it is about to take.
	recycle        func(events ptl.Batch)
	back, returned []ptl.Batch
	backWeight     int64
	// answer (or nil) tells the source that produces it how many of its atoms are durable, counted from began.
	answer func(atoms uint64)
	began  uint64

	log streamLog // what the committer knows of it
}

// reader is a reader's place in a stream.
type reader struct {
	stream  *stream
	owner   *actor
	name    string
	number  int  // among those of the owner
	fresh   bool // the store has never heard of it
	id      uint64
	pos     atomic.Uint64 // next to read; the owner moves it, under the stream's lock
	seen    []ptl.Batch   // the atoms from there on that peek has found already; the owner's, in look
	look    [seenAtOnce]ptl.Batch
	cut     uint64      // pos at the owner's last contribution
	held    bool        // the owner has contributed to a cut that is not made yet: it may store the atoms from cut on
	logged  uint64      // cut as it stands in the store
	durably bool        // sees durable atoms only
	rests   atomic.Bool // the owner is not woken, unless the stream is full
	circle  *circle     // of which both the owner and the producer are members, or nil

	// owed is at how many turns it had nothing, up to mostOwed: it makes up for these; the owner's.
	owed, mostOwed int
}

func weigh(b ptl.Batch) int64 { return int64(b.Len()) + 1 }

// measure looks now and then how large the events are that the producer is about to publish.
func (s *stream) measure(events ptl.Batch, weight int64) {
	if s.looks -= weight; s.looks > 0 || events.Len() == 0 {
		return
	}
	s.looks = measuredEvery
	s.looked++
	size := int64(s.node.EventBytes(events, s.looked%events.Len()))
	if s.looked > 1 {
		size = s.bytes + (size-s.bytes)/4
	}
	s.bytes = size
	if heavy := max(s.bytes/heavyBytes, 1); heavy != s.heavy { // which none but the producer changes
		s.mu.Lock()
		s.heavy = heavy
		s.mu.Unlock()
	}
}

// publish appends an atom and wakes the readers; it returns the atom's position.
func (s *stream) publish(events ptl.Batch) uint64 {
	weight := weigh(events)
	s.mu.Lock()
	pos := s.next.Load()
	next := pos + 1
	if len(s.readers) == 0 {
		s.low, s.unread = next, next
	} else {
		s.window.push(events, weight)
		s.weight += weight
		if all := s.weight * s.heavy; all > s.light && next-s.unread > 1 {
			s.rise(all)
		}
	}
	for _, r := range s.readers {
		if r.circle != nil {
			r.circle.moving.Add(1)
		}
	}
	if s.next.Store(next); s.atOnce {
		s.durable = next
	}
	s.back, s.returned, s.backWeight = s.returned, s.back, 0
	s.mu.Unlock()
	s.takeBack()
	if s.atOnce && s.answer != nil {
		s.answer(next - s.began)
	}
	for _, r := range s.readers {
		if (!r.durably || s.atOnce) && (!r.rests.Load() || s.isFull()) {
			s.sched.wake(r.owner, false)
		}
	}
	return pos
}

// takeBack has the producer use again what nobody holds any more.
func (s *stream) takeBack() {
	for i, events := range s.returned {
		s.recycle(events)
		s.returned[i] = nil
	}
	s.returned = s.returned[:0]
}

// seal ends the stream. Nobody takes back its atoms then.
func (s *stream) seal() {
	s.sealed.Store(true)
	s.mu.Lock()
	s.back, s.backWeight = nil, 0
	s.mu.Unlock()
	for _, r := range s.readers {
		s.sched.wake(r.owner, false)
	}
}

// release makes the atoms below pos visible to readers that wait for durability, and has those answered who sent them.
func (s *stream) release(pos uint64) {
	s.mu.Lock()
	moved := pos > s.durable
	if moved {
		s.durable = pos
	}
	s.mu.Unlock()
	if !moved {
		return
	}
	if s.answer != nil {
		s.answer(pos - s.began)
	}
	for _, r := range s.readers {
		if r.durably && !s.sched.instead(r.owner, func(a *actor) { a.step() }) {
			s.sched.wake(r.owner, false)
		}
	}
}

// isFull tells whether sources should pause.
func (s *stream) isFull() bool { return s.full.over.Load() }

// isPiled tells whether the workflow that asks should.
func (s *stream) isPiled() bool { return s.piled.over.Load() }

// seenAtOnce is how many atoms a reader takes note of when it looks.
const seenAtOnce = 8

// peek returns the next atom for r, if there is one.
func (r *reader) peek() (ptl.Batch, bool) {
	if len(r.seen) == 0 && !r.find() {
		return nil, false
	}
	return r.seen[0], true
}

// find notes which atoms come next for r.
func (r *reader) find() bool {
	s, pos := r.stream, r.pos.Load()
	n := min(s.next.Load()-pos, seenAtOnce)
	if n == 0 {
		return false
	}
	s.mu.Lock()
	for i := range int(n) {
		r.look[i] = s.window.at(int(pos-s.low) + i).events
	}
	s.mu.Unlock()
	r.seen = r.look[:n]
	return true
}

// advance moves r behind the n atoms that it has processed, whose effects must have been published before.
func (r *reader) advance(n int) {
	if len(r.seen) > 0 {
		for i := range n { // of which there is mostly one
			r.seen[i] = nil
		}
		r.seen = r.seen[n:]
	}
	s := r.stream
	s.mu.Lock()
	r.pos.Add(uint64(n))
	read, needed := s.passed()
	before := s.weight
	for ; s.unread < read; s.unread++ {
		s.weight -= s.window.at(int(s.unread - s.low)).weight
	}
	s.free(needed)
	var fallen [3]*level
	risen := s.risen
	if risen {
		fallen = s.fall(before - s.weight)
	}
	s.mu.Unlock()
	if r.circle != nil {
		r.circle.moving.Add(-int64(n))
	}
	if !risen {
		return
	}
	for _, l := range fallen {
		if l != nil {
			l.wake(s.sched)
		}
	}
}

// rise notes that the stream has come to that weight. It is called with mu held.
func (s *stream) rise(weight int64) {
	s.risen = true
	for _, l := range [...]*level{&s.full, &s.piled, &s.brim, &s.far} {
		l.rise(weight)
	}
}

// fall notes that readers have come further by so much, and gives the levels of which those who pause have to be woken. It is called with mu
// held.
func (s *stream) fall(by int64) (fallen [3]*level) {
	atMostOne := s.next.Load()-s.unread <= 1
	s.far.fall(s.weight, by, s.heavy, atMostOne)
	s.risen = s.far.over.Load()
	for i, l := range [...]*level{&s.full, &s.piled, &s.brim} {
		if l.fall(s.weight, by, s.heavy, atMostOne) {
			fallen[i] = l
		}
		s.risen = s.risen || l.over.Load()
	}
	return fallen
}

// passed tells what all readers have passed: the atoms below read; and of these, those below needed are not needed by the cut in the making
// either. It is called with mu held.
func (s *stream) passed() (read, needed uint64) {
	read = s.next.Load()
	needed = read
	for _, r := range s.readers {
		pos := r.pos.Load()
		read, needed = min(read, pos), min(needed, pos)
		if r.held {
			needed = min(needed, r.cut)
		}
	}
	return read, needed
}

// free lets go of the atoms below that position. It is called with mu held.
func (s *stream) free(until uint64) {
	for ; s.low < until; s.low++ {
		if first := s.window.pop(); s.recycle != nil && !s.sealed.Load() && first.weight > 1 && s.backWeight < mostBack {
			s.back = append(s.back, first.events)
			s.backWeight += first.weight * s.heavy
		}
	}
}

// stop notes where r is for the cut in the making.
func (r *reader) stop() {
	r.stream.mu.Lock()
	r.cut = r.pos.Load()
	r.stream.mu.Unlock()
}

// hold keeps what r takes from here on until the cut in the making has what it needs of it.
func (r *reader) hold() {
	r.stream.mu.Lock()
	r.held = true
	r.stream.mu.Unlock()
}

// between appends the atoms from position first up to, not including, end.
func (s *stream) between(first, end uint64, atoms []ptl.Batch) []ptl.Batch {
	s.mu.Lock()
	defer s.mu.Unlock()
	if first < s.low {
		panic(fmt.Sprintf("atom %d of stream %s is gone, and a cut needs it", first, s.node.Spec.Name))
	}
	for pos := first; pos < end; pos++ {
		atoms = append(atoms, s.window.at(int(pos-s.low)).events)
	}
	return atoms
}

// goOn lets go of what was held for the cut.
func (s *stream) goOn() {
	s.mu.Lock()
	for _, r := range s.readers {
		r.held = false
	}
	_, needed := s.passed()
	s.free(needed)
	s.mu.Unlock()
}

// drained tells whether r has processed the whole stream. That it is sealed is said behind the last atom, and so looked at first.
func (r *reader) drained() bool { return r.stream.sealed.Load() && r.caughtUp() }

// caughtUp tells whether r has processed all that was published.
func (r *reader) caughtUp() bool { return r.pos.Load() == r.stream.next.Load() }
