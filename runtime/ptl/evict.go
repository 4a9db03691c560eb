package ptl

import (
	"math"
	"unsafe"
)

// States may be larger than memory. What a state of a key takes is estimated; the engine adds it up, and when that is more
// than the budget it has the tables let go of keys. They can go whose states the store answers for: written by a cut that a
// checkpoint has reached, and not changed since. At loads them again when they are touched. What waits or is parked counts,
// too, and cannot go; so the keys have what it leaves.
//
// Nothing of the kind happens within an atom, which may hold pointers into the tables.

// sized is what the budget of memory counts.
type sized interface {
	// memory is about how many bytes it takes.
	memory() int64
}

// evictable is the state of a task, of which a part can be let go of.
type evictable interface {
	sized
	// cover tells that reading the store gives what all atoms up to a number have left.
	cover(atom uint64)
	// evict lets go of about so many bytes, if that much is covered.
	evict(want int64)
	// written is how many bytes of memory the keys take that were written since the program started, a key each time.
	written() int64
}

// budgeted is what of a workflow counts in the budget of memory.
type budgeted struct {
	all  []sized
	keys []evictable // those of all that can be let go of
}

func (b *budgeted) add(s States) {
	if s, ok := s.(sized); ok {
		b.all = append(b.all, s)
	}
	if s, ok := s.(evictable); ok {
		b.keys = append(b.keys, s)
	}
}

// StateBytes is about how much memory the states of w's tasks take, with what waits and is parked.
func (w *Workflow[L]) StateBytes() (bytes int64) {
	for _, s := range w.budgeted.all {
		bytes += s.memory()
	}
	return bytes
}

// WrittenBytes is how much memory the keys take that cuts have written since the program started; each time counts.
func (w *Workflow[L]) WrittenBytes() (bytes int64) {
	for _, s := range w.budgeted.keys {
		bytes += s.written()
	}
	return bytes
}

// Attempts is the number of the last atom, as Cover takes it: it counts those that failed.
func (w *Workflow[L]) Attempts() uint64 { return w.serial }

// Cover tells that reading the store gives what all atoms up to a number have left.
func (w *Workflow[L]) Cover(atom uint64) {
	for _, s := range w.budgeted.keys {
		s.cover(atom)
	}
}

// leastKeys is the part of its share that a workflow's keys keep, whatever waits beside them: without any, each event would
// read its key from the store.
const leastKeys = 8

// Evict lets go of state until it takes no more than a number of bytes, as far as the store answers for it.
func (w *Workflow[L]) Evict(most int64) {
	keys := int64(0)
	for _, s := range w.budgeted.keys {
		keys += s.memory()
	}
	keep := max(most-(w.StateBytes()-keys), most/leastKeys)
	for _, s := range w.budgeted.keys {
		if has := s.memory(); has > 0 && keys > keep {
			s.evict(int64(float64(keys-keep) * float64(has) / float64(keys)))
		}
	}
}

// cellBytes is what a key takes in a page.
func (p *part[K, S]) cellBytes() int64 { return int64(unsafe.Sizeof(cell[K, S]{})) }

// average is what the record of a key has, on average: about what a state's strings and small collections take too.
func (p *part[K, S]) average() int64 { return p.records / max(p.counted, 1) }

// count notes the size of a record for the average, in which the last million counts.
func (p *part[K, S]) count(record int) {
	p.records += int64(record)
	if p.counted++; p.counted == 1<<20 {
		p.records, p.counted = p.records/2, p.counted/2
	}
}

// memory counts the cells in use. Those that are free were in use before, when they counted, and are taken first.
func (p *part[K, S]) memory() int64 {
	bytes := int64(p.live)*p.cellBytes() + 8*int64(len(p.index)+cap(p.dirty)) + 4*int64(cap(p.free))
	return bytes + int64(p.live-len(p.apart))*p.average() + p.large
}

func (t *keyedTable[K, S]) memory() (bytes int64) {
	for i := range t.parts {
		bytes += t.parts[i].memory()
	}
	return bytes
}

// cover lets go of the cells of keys that were forgotten: the store does not show them any more.
func (t *keyedTable[K, S]) cover(atom uint64) {
	t.covered = atom
	for i := range t.parts {
		p := &t.parts[i]
		n := 0
		for ; n < len(p.erased) && p.erased[n].atom <= atom; n++ {
			if e := p.erased[n]; e.cell.erased && e.cell.atom == e.atom {
				p.remove(e.cell)
			}
		}
		p.erased = append(p.erased[:0], p.erased[n:]...)
	}
}

func (t *keyedTable[K, S]) written() (bytes int64) {
	for i := range t.parts {
		bytes += t.parts[i].written
	}
	return bytes
}

func (t *keyedTable[K, S]) evict(want int64) {
	all := t.memory()
	for _, k := range t.lanes {
		k.touched, k.firsts = nil, nil // a large atom leaves them large
	}
	covered := t.covered
	if t.records.breaks != nil && t.records.breaks("let go of what is not stored") {
		covered = math.MaxUint64
	}
	for i := range t.parts {
		p := &t.parts[i]
		if p.fruitless != 0 && p.fruitless == covered {
			continue // nothing more can go than when it was last tried
		}
		share := int64(float64(want) * float64(p.memory()) / float64(all))
		freed, some := p.sweep(covered, share)
		t.empty = t.empty && !some
		if freed < share {
			p.fruitless = t.covered
		}
		p.pack()
	}
}

// sweep lets go of covered keys, from where the last sweep has ended, round the table at most once. What was touched since the
// cut that the last checkpoint reached is not covered, so the keys in use stay.
func (p *part[K, S]) sweep(covered uint64, want int64) (freed int64, some bool) {
	each := p.cellBytes() + p.average()
	for range p.used {
		if freed >= want {
			break
		}
		if p.hand >= p.used {
			p.hand = 0
		}
		c := p.at(p.hand)
		p.hand++
		if c.atom == 0 || c.atom > covered || c.atom > p.cut {
			continue
		}
		freed += each
		if has := p.apart[c]; has != nil {
			freed += int64(has.heap)
			p.keep(c, nil)
		}
		p.remove(c)
		some = true
	}
	return freed, some
}

// pack moves cells to the front, into places that are free, and lets go of pages that are left empty. While fewer than a
// quarter of the cells are free it is left alone, since the next keys will take them; and a dirty cell must stay where it is.
func (p *part[K, S]) pack() {
	pages := (p.live + pageCells - 1) / pageCells
	if len(p.dirty) > 0 || 4*pages > 3*len(p.pages) {
		return
	}
	limit := uint32(pages * pageCells)
	free := p.free[:0]
	for _, number := range p.free {
		if number < limit {
			free = append(free, number)
		}
	}
	for number := limit; number < p.used; number++ {
		if c := p.at(number); c.atom != 0 {
			p.move(c, number, free[len(free)-1])
			free = free[:len(free)-1]
		}
	}
	clear(p.pages[pages:])
	p.pages, p.used = p.pages[:pages], min(p.used, limit)
	p.free = append(make([]uint32, 0, len(free)), free...)
	if cap(p.dirty) > 2*p.live {
		p.dirty = nil
	}
	if n := len(p.index); n > 16 && 8*p.live < n {
		for n > 16 && 4*p.live < n {
			n /= 2
		}
		p.reindex(n)
	}
}

// move moves a cell to another number.
func (p *part[K, S]) move(c *cell[K, S], from, to uint32) {
	mask := uint64(len(p.index) - 1)
	i := uint64(c.tag) & mask
	for p.index[i]&indexMask != uint64(from+1) {
		i = (i + 1) & mask
	}
	p.index[i] = p.index[i]&^indexMask | uint64(to+1)
	into := p.at(to)
	*into = *c
	if has := p.apart[c]; has != nil {
		delete(p.apart, c)
		p.apart[into] = has
	}
}

// memory is that of shared state, which stays in memory.
func (s *Single[S]) memory() int64 { return s.takes }

// futureBytes is about what a future takes that somebody waits for.
const futureBytes = 96

// memory is that of the frames that wait, each with one future.
func (t *waitingTable[K, F]) memory() (bytes int64) {
	for i := range t.parts {
		bytes += int64(t.parts[i].frames.used()) * (int64(unsafe.Sizeof(frame[K, F]{})) + futureBytes)
	}
	return bytes
}

// memory is that of what is parked.
func (t *gateTable[K, P]) memory() (bytes int64) {
	for i := range t.parts {
		p := &t.parts[i]
		bytes += int64(p.count)*int64(unsafe.Sizeof(parked[P]{})) + int64(len(p.locks))*int64(unsafe.Sizeof(lock[K, P]{}))
	}
	return bytes
}
