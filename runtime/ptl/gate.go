package ptl

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
)

// Trail is the asks that a request descends from, itself first; nil where no task is exclusive. Requests of one handler share what
// they descend from.
type Trail = *link

// link is an ask of a trail, and the handler that asked.
type link struct {
	askID
	handler uint64 // the number of the first ask that it made
	above   Trail  // of the request that the handler handles
}

// askID is an ask, by the number of its workflow and its own; 0 for one whose reply nobody waits for.
type askID struct {
	workflow, ask uint64
}

// comes tells whether one of the asks was made by a handler of a workflow.
func (l *link) comes(workflow uint64, h holder) bool {
	for number := h.number(); l != nil; l = l.above {
		if l.workflow == workflow && l.handler == number {
			return true
		}
	}
	return false
}

// waited are the asks that wait for the request: those behind the last one for which nobody waits.
func (l *link) waited() (asks []askID) {
	for ; l != nil && l.ask != 0; l = l.above {
		asks = append(asks, l.askID)
	}
	return asks
}

// Gate keeps the handlers of an exclusive task apart: while one waits at an await, its key is closed, and what arrives for
// it is parked, durably, until the key opens again. A request that descends from the waiting handler is let in, or it
// would wait for itself.
type Gate[K comparable, P any] struct {
	table *gateTable[K, P]
	undo  []gateUndo[K, P] // of the running atom, in order
	enter func(h uint64, key K, item P)
}

// holder is a handler that waits, as the gate of its key sees it.
type holder interface {
	number() uint64 // of its first ask
	ended() bool
}

func (f *frame[K, F]) number() uint64 { return f.id }
func (f *frame[K, F]) ended() bool    { return f.gone }

// lock is a key that is closed, or has something parked.
type lock[K comparable, P any] struct {
	key  K
	hash uint64
	// levels are those who keep the key closed, each of whom descends from those before; the first level is nobody's. What is
	// parked lies in that of the last one whom it descends from, and its turn comes when that is the last of all: so nobody
	// has to look through what is parked.
	levels  []level[P]
	opening bool // Open works through the parked
}

// level is a handler that keeps a key closed, and what is parked there and descends from it, in order.
type level[P any] struct {
	holder holder
	parked []parked[P]
}

// parked is an event or request that waits for its key.
type parked[P any] struct {
	number uint64
	trail  Trail // of a request; nil for an event
	since  Time  // the cut that stored it
	item   P
}

// last is the number of the level of the handler that keeps the key closed; 0: nobody does.
func (k *lock[K, P]) last() int { return len(k.levels) - 1 }

// holders are those who keep the key closed.
func (k *lock[K, P]) holders() []holder {
	var all []holder
	for _, l := range k.levels[1:] {
		all = append(all, l.holder)
	}
	return all
}

type gatePart[K comparable, P any] struct {
	locks map[K]*lock[K, P]
	count int // of what is parked
	_     [128]byte
}

type gateTable[K comparable, P any] struct {
	task   string
	key    *Type[K]
	item   *Type[P]
	flow   *flow
	parts  []gatePart[K, P]
	lanes  []*Gate[K, P]
	prefix []byte
	// changed are the parked items to be written (in) or deleted at the next cut.
	changed []gateChange[K, P]
	settled int        // so many of them are of atoms that are done
	mu      sync.Mutex // changed: lanes add to it
	found   []func(holds func(h uint64, key any, f holder))
}

type gateChange[K comparable, P any] struct {
	lock *lock[K, P]
	in   bool
	parked[P]
}

// gateUndo is a step to be taken back when the running atom is undone.
type gateUndo[K comparable, P any] struct {
	step  gateStep
	lock  *lock[K, P]
	at    int         // the level; gateClosed: always the last
	ended level[P]    // gateEnded: what the level was
	queue []parked[P] // gateEnded, gateLeft: what was parked at the level below, or at that level
}

type gateStep uint8

const (
	gateClosed gateStep = iota
	gateEnded
	gateParked
	gateLeft
	gateRefused
)

func (t *gateTable[K, P]) part(hash uint64) *gatePart[K, P] {
	return &t.parts[(hash>>56)*uint64(len(t.parts))>>8]
}

// Closed tells whether what arrives for a key must be parked; trail is that of a request, nil for an event.
func (g *Gate[K, P]) Closed(_ *Lane, h uint64, key K, trail Trail) bool {
	k := g.table.part(h).locks[key]
	if k == nil {
		return false
	}
	last := k.last()
	if last == 0 {
		return len(k.levels[0].parked) > 0 && !k.opening
	}
	return !g.table.descends(trail, k.levels[last].holder)
}

// descends tells whether h, which waits, has made an ask of the trail; not whether it waits for that very one.
func (t *gateTable[K, P]) descends(trail Trail, h holder) bool {
	return trail.comes(t.flow.runtime.Number, h)
}

// levelOf is the level at which something is parked.
func (t *gateTable[K, P]) levelOf(k *lock[K, P], trail Trail) int {
	at := 0
	if trail != nil {
		for at = k.last(); at > 0 && !t.descends(trail, k.levels[at].holder); at-- {
		}
	}
	return at
}

// Close closes a key for the handler that was suspended last.
func (g *Gate[K, P]) Close(l *Lane, h uint64, key K) {
	k := g.lock(h, key)
	k.levels = append(k.levels, level[P]{holder: l.suspended})
	g.undo = append(g.undo, gateUndo[K, P]{step: gateClosed, lock: k})
	g.table.holds(k)
}

// holds tells Deadlocks who keeps a key closed.
func (t *gateTable[K, P]) holds(k *lock[K, P]) {
	t.flow.runtime.Deadlocks.holds(k, closed{t.flow.runtime.Number, k.holders()})
}

// leave takes those out who have ended. What descends from one of them waits for the one before it now.
func (g *Gate[K, P]) leave(k *lock[K, P]) {
	before := k.last()
	for at := before; at > 0; at-- {
		l, below := k.levels[at], &k.levels[at-1]
		if !l.holder.ended() {
			continue
		}
		g.undo = append(g.undo, gateUndo[K, P]{step: gateEnded, lock: k, at: at, ended: l, queue: below.parked})
		if len(l.parked) > 0 {
			below.parked = slices.Concat(below.parked, l.parked)
			slices.SortFunc(below.parked, byNumber)
		}
		k.levels = slices.Delete(k.levels, at, at+1)
	}
	if k.last() < before {
		g.table.holds(k)
	}
}

func byNumber[P any](a, b parked[P]) int { return cmp.Compare(a.number, b.number) }

func (g *Gate[K, P]) lock(h uint64, key K) *lock[K, P] {
	p := g.table.part(h)
	k := p.locks[key]
	if k == nil {
		k = &lock[K, P]{key: key, hash: h, levels: make([]level[P], 1, 2)}
		p.locks[key] = k
	}
	return k
}

// Park puts an event or request aside until its key opens. It refuses a request that would wait for ever, because the
// handler that closes the key waits, through other closed keys, for one that the request descends from.
func (g *Gate[K, P]) Park(l *Lane, h uint64, key K, item P, trail Trail) bool {
	t := g.table
	k := g.lock(h, key)
	p := parked[P]{number: l.flow.parked.Add(1), trail: trail, item: item}
	if d := l.flow.runtime.Deadlocks; trail != nil && !d.enter(parkedRequest{t.flow.runtime.Number, p.number}, trail, k) {
		g.undo = append(g.undo, gateUndo[K, P]{step: gateRefused, lock: k})
		return false
	}
	at := t.levelOf(k, trail)
	g.undo = append(g.undo, gateUndo[K, P]{step: gateParked, lock: k, at: at})
	k.levels[at].parked = append(k.levels[at].parked, p)
	t.part(h).count++
	t.note(k, true, p)
	return true
}

func (t *gateTable[K, P]) note(k *lock[K, P], in bool, p parked[P]) {
	t.mu.Lock()
	t.changed = append(t.changed, gateChange[K, P]{k, in, p})
	t.mu.Unlock()
}

// Open is called when a handler of a key has ended: it runs what is parked for the key, in order, until a handler closes
// it again.
func (g *Gate[K, P]) Open(_ *Lane, h uint64, key K) {
	t := g.table
	p := t.part(h)
	k := p.locks[key]
	if k == nil || k.opening {
		return
	}
	k.opening = true
	for {
		g.leave(k)
		at := k.last()
		l := &k.levels[at]
		if len(l.parked) == 0 {
			break
		}
		item := l.parked[0]
		g.undo = append(g.undo, gateUndo[K, P]{step: gateLeft, lock: k, at: at, queue: l.parked})
		l.parked = l.parked[1:]
		p.count--
		t.note(k, false, item)
		if item.trail != nil {
			t.flow.runtime.Deadlocks.leave(parkedRequest{t.flow.runtime.Number, item.number})
		}
		g.enter(h, key, item.item)
	}
	k.opening = false
	if k.last() == 0 {
		delete(p.locks, key)
	}
}

// Gates adds the gate of an exclusive task to its description: at finds a lane's hold on it, enter runs what was parked.
// It stands behind the task's Awaits.
func Gates[L worker, K comparable, I any](task string, at func(L) *Gate[K, I], key *Type[K], item *Type[I],
	enter func(l L, h uint64, key K, item I)) *StateSlot[L] {
	var t *gateTable[K, I]
	slot := &StateSlot[L]{current: func(L) string { return "" }}
	slot.open = func(lanes []L, _ *Runtime) States {
		t = &gateTable[K, I]{task: task, key: key, item: item, flow: lanes[0].base().flow, parts: make([]gatePart[K, I], len(lanes))}
		for i, l := range lanes {
			t.parts[i].locks = map[K]*lock[K, I]{}
			g := at(l)
			g.table = t
			g.enter = func(h uint64, key K, item I) { enter(l, h, key, item) }
			t.lanes = append(t.lanes, g)
		}
		return t
	}
	slot.waiter = &waiter[L]{
		count: func() int {
			n := 0
			for i := range t.parts {
				n += t.parts[i].count
			}
			return n
		},
	}
	slot.link = func(found func(holds func(h uint64, key any, f holder))) { t.found = append(t.found, found) }
	return slot
}

func (t *gateTable[K, P]) Name() string { return t.task + "/parked" }

// Shared is false: what is parked belongs to keys.
func (t *gateTable[K, P]) Shared() bool { return false }

func (t *gateTable[K, P]) entry(k *lock[K, P], number uint64) []byte {
	return AppendUint(append(append([]byte(nil), t.prefix...), byte(k.hash>>56)), number)
}

func (t *gateTable[K, P]) changes(w StateWriter) {
	if t.flow.breaks("forget what is parked") {
		return
	}
	for _, c := range t.changed {
		entry := t.entry(c.lock, c.number)
		if !c.in {
			w.Delete(entry)
			continue
		}
		value := AppendUint(nil, c.lock.hash)
		value = t.key.Append(value, c.lock.key)
		value = AppendInt(value, int64(t.flow.runtime.Now()))
		value = appendTrail(value, c.trail)
		w.Put(entry, t.item.Append(value, c.item))
	}
	clear(t.changed)
	t.changed, t.settled = t.changed[:0], 0
}

// attach reads what was parked, in order.
func (t *gateTable[K, P]) attach(at Prefixes, stored bool) {
	prefix := at.Records
	t.prefix = prefix
	for _, found := range t.found {
		found(t.hold)
	}
	if !stored {
		return
	}
	err := t.flow.runtime.Scan(prefix, func(key, value []byte) error {
		hash, at, p, err := t.decode(key[len(prefix):], value)
		if err != nil {
			return err
		}
		k := t.lanes[0].lock(hash, at)
		l := &k.levels[t.levelOf(k, p.trail)]
		l.parked = append(l.parked, p)
		t.part(hash).count++
		if p.trail != nil {
			t.flow.runtime.Deadlocks.enter(parkedRequest{t.flow.runtime.Number, p.number}, p.trail, k)
		}
		return nil
	})
	for i := range t.parts {
		for _, k := range t.parts[i].locks {
			for _, l := range k.levels {
				slices.SortFunc(l.parked, byNumber)
			}
		}
	}
	if err != nil {
		panic(brokenState{fmt.Errorf("what is parked at task %s cannot be read: %w", t.task, err)})
	}
}

// decode reads a stored item; rest is what stands behind the prefix of its key.
func (t *gateTable[K, P]) decode(rest, value []byte) (hash uint64, key K, p parked[P], err error) {
	r := NewReader(rest)
	r.Byte() // the slot
	p.number = r.Uint()
	if err := finished(r); err != nil {
		return 0, key, p, err
	}
	r = NewReader(value)
	hash = r.Uint()
	key = t.key.Read(r)
	p.since = Time(r.Int())
	p.trail = readTrail(r)
	p.item = t.item.Read(r)
	return hash, key, p, r.Err()
}

// hold closes the key of a frame that the store held. Handlers that asked first later descend from those before.
func (t *gateTable[K, P]) hold(h uint64, key any, f holder) {
	k := t.lanes[0].lock(h, key.(K))
	k.levels = append(k.levels, level[P]{holder: f})
	slices.SortFunc(k.levels[1:], func(a, b level[P]) int { return cmp.Compare(a.holder.number(), b.holder.number()) })
	t.holds(k)
}

func (t *gateTable[K, P]) rollback() {
	for _, g := range t.lanes {
		for i := len(g.undo) - 1; i >= 0; i-- {
			t.takeBack(&g.undo[i])
		}
		clear(g.undo)
		g.undo = g.undo[:0]
	}
	clear(t.changed[t.settled:])
	t.changed = t.changed[:t.settled]
	t.settle()
}

func (t *gateTable[K, P]) takeBack(u *gateUndo[K, P]) {
	k, d, number := u.lock, t.flow.runtime.Deadlocks, t.flow.runtime.Number
	p := t.part(k.hash)
	switch u.step {
	case gateClosed:
		k.levels = k.levels[:k.last()]
		t.holds(k)
	case gateEnded:
		k.levels[u.at-1].parked = u.queue
		k.levels = slices.Insert(k.levels, u.at, u.ended)
		t.holds(k)
	case gateParked:
		l := &k.levels[u.at]
		last := l.parked[len(l.parked)-1]
		l.parked = l.parked[:len(l.parked)-1]
		p.count--
		d.leave(parkedRequest{number, last.number})
	case gateLeft:
		k.levels[u.at].parked = u.queue
		p.count++
		d.enter(parkedRequest{number, u.queue[0].number}, u.queue[0].trail, k)
	}
	k.opening = false
	p.locks[k.key] = k
}

func (t *gateTable[K, P]) settle() {
	t.settled = len(t.changed)
	for _, g := range t.lanes {
		t.tell(g.undo)
		clear(g.undo)
		g.undo = g.undo[:0]
	}
}

// tell tells who watches which of the things that an atom brought to a closed key were refused.
func (t *gateTable[K, P]) tell(steps []gateUndo[K, P]) {
	if t.flow.runtime.Refused == nil {
		return
	}
	came := map[*lock[K, P]]int{}
	for _, s := range steps {
		if s.step == gateRefused {
			t.flow.runtime.Refused(t.task, string(t.key.AppendJSON(nil, s.lock.key)), came[s.lock])
		}
		if s.step == gateRefused || s.step == gateParked {
			came[s.lock]++
		}
	}
}

func appendTrail(b []byte, t Trail) []byte {
	n := uint64(0)
	for l := t; l != nil; l = l.above {
		n++
	}
	b = AppendUint(b, n)
	for l := t; l != nil; l = l.above {
		b = AppendUint(AppendUint(AppendUint(b, l.workflow), l.ask), l.handler)
	}
	return b
}

func readTrail(r *Reader) (t Trail) {
	end := &t
	for range r.Count() {
		*end = &link{askID: askID{r.Uint(), r.Uint()}, handler: r.Uint()}
		end = &(*end).above
	}
	return t
}
