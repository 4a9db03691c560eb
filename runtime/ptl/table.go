package ptl

// pageCells is how many cells a page of a table holds. Cells never move, so a pointer to one is good for as long as the
// key is stored.
const pageCells = 256

// cell is the state of one key. With a small state and key it takes half of a cache line.
type cell[K comparable, S any] struct {
	state  S
	key    K
	atom   uint64 // the last atom that touched it
	tag    uint32 // the part of the hash that the index goes by
	slot   byte   // the part of the hash that stored keys begin with
	stored bool   // the store has an entry for it
	erased bool   // the store may still show an entry that was deleted: the cell must not be forgotten
}

// erasure is a key that was forgotten, with the atom that had it so.
type erasure[K comparable, S any] struct {
	cell *cell[K, S]
	atom uint64
}

// gone is a key whose state is initial again, and that the store still has.
type gone[K comparable] struct {
	key  K
	slot byte
}

// part is the part of a table that holds one partition's keys: an open-addressing index over pages of cells. It is
// written by one lane at a time.
//
// An entry of the index has the tag of a key in its high half and the number of its cell, plus one, in its low half; 0 is
// a free one. The tag leaves out the bits of the hash that partitions are cut by, which are much the same for all keys of
// a part. Half of the index is free at least: where a search has to go past its first entry, the processor has guessed wrong
// and lost more time than the search itself takes.
type part[K comparable, S any] struct {
	index  []uint64
	pages  []*[pageCells]cell[K, S]
	used   uint32   // cells handed out so far
	free   []uint32 // cells given back
	live   int
	dirty  []*cell[K, S]              // what was touched since the last cut: cells whose atom is above cut
	cut    uint64                     // the newest atom of those that it has written
	gone   []gone[K]                  // what has left since then, and the store has to be told of
	apart  map[*cell[K, S]]*stored[S] // those with collections that have places of their own
	erased []erasure[K, S]            // what waits for the store to show no more
	// While a cut is made, those of dirty whose state is initial again, or that the table forgets; and what the others are in the store.
	initial []*cell[K, S]
	encoded []byte
	usual   int   // how much of encoded was used of late, at most
	large   int64 // bytes of memory of these collections
	// What eviction goes by: the average record, where the next sweep begins, and how far the store answered when the last one
	// found too little.
	records, counted int64
	hand             uint32
	fruitless        uint64
	written          int64     // bytes of memory of the cells that were written, each time
	seen             uint64    // what was loaded ahead: it means nothing
	_                [128]byte // parts are written by different processors: keep their headers apart
}

// keep notes what the store has of c, nil if all of that is its record.
func (p *part[K, S]) keep(c *cell[K, S], has *stored[S]) {
	if had := p.apart[c]; had != nil {
		p.large -= int64(had.heap)
	}
	if has == nil {
		delete(p.apart, c)
		return
	}
	if p.apart == nil {
		p.apart = map[*cell[K, S]]*stored[S]{}
	}
	p.large += int64(has.heap)
	p.apart[c] = has
}

// blockSize is how many keys are looked at ahead; a table with fewer keys than coldKeys lies in the processor's own caches.
const (
	blockSize = 16
	coldKeys  = 1 << 15
)

// lookAhead looks where keys with these hashes are, before they are used: the loads of all go on at once, where those of a
// search would be waited for one after the other.
func (p *part[K, S]) lookAhead(hashes []uint64) {
	var numbers [blockSize]uint32
	mask := uint64(len(p.index) - 1)
	for i, h := range hashes {
		numbers[i] = uint32(p.index[uint64(indexTag(h))&mask])
	}
	for _, n := range numbers[:len(hashes)] {
		if n != 0 {
			p.seen += p.at(n - 1).atom // any use of it will do
		}
	}
}

const indexMask = 1<<32 - 1

// indexTag and slotOf are what the index and the store go by of a hash.
func indexTag(h uint64) uint32 { return uint32(h >> 24) }
func slotOf(h uint64) byte     { return byte(h >> 56) }

func (p *part[K, S]) at(number uint32) *cell[K, S] {
	return &p.pages[number/pageCells][number%pageCells]
}

// find returns the cell of key, or nil.
func (p *part[K, S]) find(h uint64, key K) *cell[K, S] {
	index := p.index
	if len(index) == 0 {
		return nil
	}
	tag := uint64(indexTag(h))
	for i := tag; ; i++ {
		e := index[i&uint64(len(index)-1)]
		if e>>32 == tag && e != 0 {
			if c := p.at(uint32(e&indexMask) - 1); c.key == key {
				return c
			}
		}
		if e == 0 {
			return nil
		}
	}
}

// isFull tells whether one key more would fill more than half of the index.
func (p *part[K, S]) isFull() bool { return (p.live+1)*2 > len(p.index) }

func (p *part[K, S]) grow() { p.reindex(max(16, 2*len(p.index))) }

// insert adds a cell for a key that is not there, with a zero state.
func (p *part[K, S]) insert(h uint64, key K) *cell[K, S] {
	if p.isFull() {
		p.grow()
	}
	var number uint32
	if n := len(p.free); n > 0 {
		number, p.free = p.free[n-1], p.free[:n-1]
	} else {
		number = p.used
		p.used++
		if int(number/pageCells) == len(p.pages) {
			p.pages = append(p.pages, new([pageCells]cell[K, S]))
		}
	}
	c := p.at(number)
	c.key, c.tag, c.slot = key, indexTag(h), slotOf(h)
	p.place(uint64(c.tag)<<32 | uint64(number+1))
	p.live++
	return c
}

func (p *part[K, S]) place(e uint64) {
	mask := uint64(len(p.index) - 1)
	i := e >> 32 & mask
	for p.index[i] != 0 {
		i = (i + 1) & mask
	}
	p.index[i] = e
}

// reindex makes an index of n entries.
func (p *part[K, S]) reindex(n int) {
	old := p.index
	p.index = make([]uint64, n)
	for _, e := range old {
		if e != 0 {
			p.place(e)
		}
	}
}

// remove gives the cell of a key back. Entries behind it in the index move up, so that no tombstones remain.
func (p *part[K, S]) remove(c *cell[K, S]) {
	mask := uint64(len(p.index) - 1)
	i := uint64(c.tag) & mask
	for p.index[i] == 0 || p.index[i]>>32 != uint64(c.tag) || p.at(uint32(p.index[i]&indexMask)-1) != c {
		i = (i + 1) & mask
	}
	p.free = append(p.free, uint32(p.index[i]&indexMask)-1)
	for j := (i + 1) & mask; p.index[j] != 0; j = (j + 1) & mask {
		home := p.index[j] >> 32 & mask
		if (j-home)&mask >= (j-i)&mask {
			p.index[i] = p.index[j]
			i = j
		}
	}
	p.index[i] = 0
	p.live--
	*c = cell[K, S]{}
}

// drop gives cells back. Where these are many it makes the index anew, which costs less than to look for them in it one by one.
func (p *part[K, S]) drop(cells []*cell[K, S]) {
	if 4*len(cells) < int(p.used) {
		for _, c := range cells {
			p.remove(c)
		}
		return
	}
	for _, c := range cells {
		*c = cell[K, S]{}
	}
	p.live -= len(cells)
	clear(p.index)
	p.free = p.free[:0]
	for n := p.used; n > 0; n-- { // so that the next keys get the first cells
		if c := p.at(n - 1); c.atom != 0 {
			p.place(uint64(c.tag)<<32 | uint64(n))
		} else {
			p.free = append(p.free, n-1)
		}
	}
}
