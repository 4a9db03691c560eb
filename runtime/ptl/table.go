package ptl

// pageCells is how many cells a page of a table holds. Cells never move, so a pointer to one is good for as long as the
// key is stored.
const pageCells = 256

// cell is the state of one key.
type cell[K comparable, S any] struct {
	state  S
	key    K
	hash   uint64
	atom   uint64 // the last atom that touched it
	dirty  bool   // changed since the last cut
	stored bool   // the store has an entry for it
	erased bool   // the store may still show an entry that was deleted: the cell must not be forgotten
}

// part is the part of a table that holds one partition's keys: an open-addressing index over pages of cells. It is
// written by one lane at a time.
type part[K comparable, S any] struct {
	index []uint64 // cell number + 1 in the low half, high half of the hash in the high half; 0: free
	pages []*[pageCells]cell[K, S]
	used  uint32   // cells handed out so far
	free  []uint32 // cells given back
	live  int
	dirty []*cell[K, S]
	_     [128]byte // parts are written by different processors: keep their headers apart
}

const indexMask = 1<<32 - 1

func (p *part[K, S]) at(number uint32) *cell[K, S] {
	return &p.pages[number/pageCells][number%pageCells]
}

// find returns the cell of key, or nil.
func (p *part[K, S]) find(h uint64, key K) *cell[K, S] {
	if p.live == 0 {
		return nil
	}
	mask := uint64(len(p.index) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		e := p.index[i]
		if e == 0 {
			return nil
		}
		if e>>32 == h>>32 {
			if c := p.at(uint32(e&indexMask) - 1); c.key == key {
				return c
			}
		}
	}
}

// insert adds a cell for a key that is not there, with a zero state.
func (p *part[K, S]) insert(h uint64, key K) *cell[K, S] {
	if (p.live+1)*4 > len(p.index)*3 {
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
	c.key, c.hash = key, h
	p.place(h, number)
	p.live++
	return c
}

func (p *part[K, S]) place(h uint64, number uint32) {
	mask := uint64(len(p.index) - 1)
	i := h & mask
	for p.index[i] != 0 {
		i = (i + 1) & mask
	}
	p.index[i] = h&^indexMask | uint64(number+1)
}

func (p *part[K, S]) grow() {
	old := p.index
	p.index = make([]uint64, max(16, 2*len(old)))
	for _, e := range old {
		if e != 0 {
			number := uint32(e&indexMask) - 1
			p.place(p.at(number).hash, number)
		}
	}
}

// remove gives the cell of a key back. Entries behind it in the index move up, so that no tombstones remain.
func (p *part[K, S]) remove(c *cell[K, S]) {
	mask := uint64(len(p.index) - 1)
	i := c.hash & mask
	for p.index[i] == 0 || p.at(uint32(p.index[i]&indexMask)-1) != c {
		i = (i + 1) & mask
	}
	p.free = append(p.free, uint32(p.index[i]&indexMask)-1)
	for j := (i + 1) & mask; p.index[j] != 0; j = (j + 1) & mask {
		home := p.at(uint32(p.index[j]&indexMask)-1).hash & mask
		if (j-home)&mask >= (j-i)&mask {
			p.index[i] = p.index[j]
			i = j
		}
	}
	p.index[i] = 0
	p.live--
	*c = cell[K, S]{}
}
