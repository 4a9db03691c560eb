package ptl

import (
	"fmt"
	"slices"
	"unsafe"
)

// Keyed is a lane's hold on the state per key of a task. All lanes hold one table, cut into partitions of keys; a lane
// that works in parallel with others touches its own partition only.
type Keyed[K comparable, S any] struct {
	table   *keyedTable[K, S]
	touched []touch[K, S] // by this lane in the running atom, each key once, in order
	last    *cell[K, S]   // that At has found
	firsts  []first       // where each was touched first, when not Inline and the table is ranked
	ahead   []Hashed[K]   // those of requests that are about to be taken; of AnswersByKey
}

// first is the place where the key of touched[touch] was touched first.
type first struct {
	place ord
	touch int
}

// touch remembers the state of a key from before the atom that runs.
type touch[K comparable, S any] struct {
	cell   *cell[K, S]
	before S
}

// keyedTable is the state per key of one use of a task.
type keyedTable[K comparable, S any] struct {
	name     string
	key      *Type[K]
	state    *StateType[S]
	records  records[S]
	parts    []part[K, S]
	lanes    []*Keyed[K, S]
	load     func(key []byte) ([]byte, bool, error)
	unstored bool   // there is no store, so nothing asks for changes
	evicts   bool   // keys may be let go of
	pointers bool   // states or keys point to memory outside of their cells
	empty    bool   // the store has nothing that is not in memory
	covered  uint64 // what atoms up to this one left is what reading the store gives
	place    Prefixes
	ranked   bool   // `on atom per key` needs the order in which keys are touched first
	bytes    []byte // scratch
	parallel func(n int, work func(i int))
}

// At returns the state of key, whose hash is h: as stored, or initial. It is good until the atom ends.
func (k *Keyed[K, S]) At(l *Lane, h uint64, key K) *S {
	t := k.table
	p := t.part(h)
	c := p.find(h, key)
	if c == nil {
		c = t.enter(l, p, h, key)
	}
	if c.atom != l.atom {
		k.touch(l, p, c)
	}
	k.last = c
	return &c.state
}

// touch notes that the running atom changes c.
func (k *Keyed[K, S]) touch(l *Lane, p *part[K, S], c *cell[K, S]) {
	if c.atom <= p.cut && !k.table.unstored {
		p.dirty = append(p.dirty, c)
	}
	c.atom = l.atom
	if k.table.state.Freeze != nil {
		k.table.state.Freeze(&c.state)
	}
	k.touched = append(k.touched, touch[K, S]{c, c.state})
	if k.table.ranked && !l.Inline {
		k.firsts = append(k.firsts, first{l.place(), len(k.touched) - 1})
	}
}

// enter makes a cell for a key that is not in memory.
func (t *keyedTable[K, S]) enter(l *Lane, p *part[K, S], h uint64, key K) *cell[K, S] {
	if p.isFull() && (t.load == nil || t.empty) {
		t.forgetInitial(p, l.atom)
	}
	c := p.insert(h, key)
	if t.load == nil || t.empty || !t.restore(p, c) {
		t.state.Init(&c.state)
	}
	return c
}

// forgetInitial forgets the keys whose states are initial again, but for those of the running atom: where there is no store there is no cut,
// which does it, and where there is one the keys that come and go between two cuts would fill more than the caches. If only few go the index grows,
// so that an eighth of it is filled until the next time.
func (t *keyedTable[K, S]) forgetInitial(p *part[K, S], atom uint64) {
	if t.state.IsInitial == nil {
		return
	}
	if t.unstored {
		for n := range p.used {
			if c := p.at(n); c.atom != 0 && c.atom != atom && t.state.IsInitial(&c.state) {
				p.initial = append(p.initial, c)
			}
		}
	} else {
		t.takeInitial(p, atom)
	}
	p.drop(p.initial)
	clear(p.initial)
	p.initial = p.initial[:0]
	if 8*p.live > 3*len(p.index) {
		p.grow()
	}
}

// takeInitial takes them out of those that the next cut goes through, which has nothing to write of them but that keys are gone that the
// store has. Where it may be asked for these meanwhile, they stay.
func (t *keyedTable[K, S]) takeInitial(p *part[K, S], atom uint64) {
	left := p.dirty[:0]
	for _, c := range p.dirty {
		switch {
		case c.atom == atom || c.erased || c.stored && (t.evicts || p.apart[c] != nil) || !t.state.IsInitial(&c.state):
			left = append(left, c)
			continue
		case c.stored:
			p.gone = append(p.gone, gone[K]{c.key, c.slot})
		}
		p.initial = append(p.initial, c)
	}
	clear(p.dirty[len(left):])
	p.dirty = left
}

// restore reads the stored state of c's key.
func (t *keyedTable[K, S]) restore(p *part[K, S], c *cell[K, S]) bool {
	value, ok, err := t.load(t.entry(t.place.Records, nil, c.slot, c.key))
	if err == nil && ok {
		var apart *stored[S]
		apart, err = t.records.read(value, func() []byte { return t.entry(t.place.Items, nil, c.slot, c.key) }, &c.state)
		p.keep(c, apart)
		if t.pointers {
			p.count(len(value))
		}
	}
	if err != nil {
		name := t.key.Quote(nil, c.key)
		p.remove(c) // nobody must take it for the key's state
		panic(brokenState{fmt.Errorf("the stored state of task %s, key %s, cannot be read: %w", t.name, name, err)})
	}
	c.stored = ok
	return ok
}

// entry is the key in the store, or the beginning of the keys of what is beside the record: the table, the slot and the
// key itself.
func (t *keyedTable[K, S]) entry(prefix, b []byte, slot byte, key K) []byte {
	b = append(b, prefix...)
	b = append(b, slot)
	return t.key.Append(b, key)
}

// Guard calls a handler that works on state s; when it fails, s is as before, and the failure is returned.
func (k *Keyed[K, S]) Guard(_ *Lane, s *S, call func()) *Fault {
	return k.table.state.guard(s, call)
}

func (t *keyedTable[K, S]) Name() string { return t.name }
func (t *keyedTable[K, S]) Shared() bool { return false }

func (t *keyedTable[K, S]) attach(at Prefixes, stored bool) {
	t.place, t.empty = at, !stored
}

// changes writes the states that changed. A key whose states are initial again is forgotten.
func (t *keyedTable[K, S]) changes(w StateWriter) {
	for i := range t.parts { // these first, since they may have come again
		t.writeGone(w, &t.parts[i])
	}
	if len(t.state.Collections) == 0 {
		t.write(w)
	}
	for i := range t.parts {
		p := &t.parts[i]
		if len(t.state.Collections) > 0 {
			t.writeAparts(w, p)
		}
		t.forget(w, p)
		p.written += int64(len(p.dirty)) * (p.cellBytes() + p.average())
		clear(p.dirty)
		clear(p.initial)
		p.dirty, p.initial = p.dirty[:0], p.initial[:0]
	}
}

// writeGone deletes the keys that have left p since the last cut.
func (t *keyedTable[K, S]) writeGone(w StateWriter, p *part[K, S]) {
	for _, g := range p.gone {
		t.bytes = t.entry(t.place.Records, t.bytes[:0], g.slot, g.key)
		w.Delete(t.bytes)
	}
	clear(p.gone)
	p.gone = p.gone[:0]
}

// fit empties the room that a part encodes records in, and gives it up when it has used little of it for a while.
func (p *part[K, S]) fit() {
	p.usual = max(len(p.encoded), p.usual-p.usual/16)
	if p.encoded = p.encoded[:0]; cap(p.encoded) > 4*p.usual {
		p.encoded = nil
	}
}

// sharedCut is how many keys must have changed for lanes to share in encoding them.
const sharedCut = 1 << 12

// write writes records of which nothing can be apart. Those of the first part go straight to where they will stay, and if there are
// many, the others are encoded meanwhile.
func (t *keyedTable[K, S]) write(w StateWriter) {
	dirty := 0
	for i := range t.parts {
		dirty += len(t.parts[i].dirty)
	}
	b, entries := w.Begin(t.place.Records), 0
	if len(t.parts) == 1 || t.parallel == nil || dirty < sharedCut {
		for i := range t.parts {
			b = t.encode(&t.parts[i], b)
		}
	} else {
		t.parallel(len(t.parts), func(i int) {
			if p := &t.parts[i]; i == 0 {
				b = t.encode(p, b)
			} else {
				p.encoded = t.encode(p, p.encoded[:0])
			}
		})
		for i := 1; i < len(t.parts); i++ {
			b = append(b, t.parts[i].encoded...)
		}
	}
	for i := range t.parts {
		t.parts[i].fit()
		entries += len(t.parts[i].dirty) - len(t.parts[i].initial)
	}
	w.End(b, entries)
}

// cutBlock is how many cells a cut looks at before it writes them, and at the texts of their keys: loads of what lies anywhere go on at once then.
const cutBlock = 256

// usualRecord is the most bytes of a record for which a cut makes room before it knows them.
const usualRecord = 256

// encode appends the records of the cells of p that changed.
func (t *keyedTable[K, S]) encode(p *part[K, S], b []byte) []byte {
	appendKey, appendState, isInitial := t.key.Append, t.state.Append, t.state.IsInitial
	_, ints := any((*K)(nil)).(*int64) // the usual ones without calls
	_, texts := any((*K)(nil)).(*string)
	begin, newest := len(b), p.cut
	for from := 0; from < len(p.dirty); from += cutBlock {
		if from == cutBlock { // by what the first ones took; if they are large, the others need not be
			b = slices.Grow(b, min(len(b)-begin, cutBlock*usualRecord)*(len(p.dirty)/cutBlock+1))
		}
		block := p.dirty[from:min(from+cutBlock, len(p.dirty))]
		for _, c := range block {
			newest = max(newest, c.atom) // loads it
		}
		if texts { // when the loads of all cells are on their way
			seen := uint64(0)
			for _, c := range block {
				if key := *(*string)(unsafe.Pointer(&c.key)); len(key) > 0 {
					seen += uint64(key[0])
				}
			}
			p.seen += seen
		}
		for _, c := range block {
			if isInitial != nil && isInitial(&c.state) {
				p.initial = append(p.initial, c)
				continue
			}
			if !c.stored { // what is not written to stays in all caches
				c.stored = true
			}
			switch {
			case ints:
				b = appendIntKey(b, c.slot, *(*int64)(unsafe.Pointer(&c.key)))
			case texts:
				begin := len(b)
				b = AppendString(append(b, 0, c.slot), *(*string)(unsafe.Pointer(&c.key)))
				b = append(endKey(b, begin), 0)
			default:
				begin := len(b)
				b = append(endKey(appendKey(append(b, 0, c.slot), c.key), begin), 0)
			}
			begin := len(b)
			b = appendState(b, &c.state)
			if t.pointers {
				p.count(len(b) - begin)
			}
			b = endPart(b, begin-1, uint64(len(b)-begin))
		}
	}
	p.cut = newest
	return b
}

// appendIntKey appends the key of an entry, its slot and an Int, and leaves a byte open for the length of the value.
func appendIntKey(b []byte, slot byte, key int64) []byte {
	switch v := uint64(key<<1 ^ key>>63); {
	case v < 1<<7:
		return append(b, 2<<2, slot, byte(v), 0)
	case v < 1<<14:
		return append(b, 3<<2, slot, byte(v)|0x80, byte(v>>7), 0)
	case v < 1<<21:
		return append(b, 4<<2, slot, byte(v)|0x80, byte(v>>7)|0x80, byte(v>>14), 0)
	default:
		begin := len(b)
		return append(endKey(AppendUint(append(b, 0, slot), v), begin), 0)
	}
}

// writeAparts writes records, and beside them the entries of their large collections.
func (t *keyedTable[K, S]) writeAparts(w StateWriter, p *part[K, S]) {
	var c *cell[K, S]
	items := func() []byte { return t.entry(t.place.Items, nil, c.slot, c.key) }
	for _, c = range p.dirty {
		p.cut = max(p.cut, c.atom)
		if t.state.IsInitial != nil && t.state.IsInitial(&c.state) {
			p.initial = append(p.initial, c)
			continue
		}
		c.stored = true
		t.bytes = t.entry(t.place.Records, t.bytes[:0], c.slot, c.key)
		had := p.apart[c]
		if has := t.records.write(w, t.bytes, items, &c.state, had); has != had {
			p.keep(c, has)
		}
		if t.pointers {
			p.count(len(t.records.value))
		}
	}
}

// forget deletes the records of keys whose state is initial. Their cells go too, unless a later load could bring back what
// the store showed before: a store answers as of its last checkpoint.
func (t *keyedTable[K, S]) forget(w StateWriter, p *part[K, S]) {
	leave := p.initial[:0]
	for _, c := range p.initial {
		if had := p.apart[c]; had != nil {
			t.records.forget(w, t.entry(t.place.Items, nil, c.slot, c.key))
			p.keep(c, nil)
		}
		if c.stored {
			t.bytes = t.entry(t.place.Records, t.bytes[:0], c.slot, c.key)
			w.Delete(t.bytes)
			c.stored, c.erased = false, t.evicts || t.load != nil && !t.empty
		}
		switch {
		case !c.erased:
			leave = append(leave, c)
		case !t.evicts: // else eviction finds it
			p.erased = append(p.erased, erasure[K, S]{c, c.atom})
		}
	}
	p.drop(leave)
}

func (t *keyedTable[K, S]) rollback() {
	for _, k := range t.lanes {
		for i := range k.touched {
			k.touched[i].cell.state = k.touched[i].before
		}
	}
	t.settle()
}

func (t *keyedTable[K, S]) settle() {
	for _, k := range t.lanes {
		if len(k.touched) == 0 {
			continue
		}
		wipe(k.touched)
		k.touched, k.firsts = k.touched[:0], k.firsts[:0]
	}
}
