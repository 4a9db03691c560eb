package ptl

// openAsks finds the futures of one portal that a workflow asks by their asks, and uses their cells again.
//
// The asks of a workflow are numbered in order, and most are answered in about that order. So a future stands in a table at
// the low bits of its number, where no search is needed; when the table is large enough, and its place is taken by one
// that has waited for a whole turn, that one moves to a map.
type openAsks[Rep any] struct {
	mark  uint32
	end   uint16
	parts []openPart[Rep]
}

// openPart are the asks from one partition of the keys.
type openPart[Rep any] struct {
	recent []*Future[Rep] // as long as a power of two
	older  map[uint64]*Future[Rep]
	count  int
	peak   int            // the highest count since it was 0
	spare  []*Future[Rep] // cells
	fresh  []Future[Rep]  // cells that have never been used
	cells  int            // all that there are
	_      [128]byte
}

// asksEnd is an openAsks whatever its type of replies.
type asksEnd interface {
	portal() uint32
	// adopt takes in a future that the store held; false if its reply is of another type.
	adopt(f AnyFuture) bool
	// release forgets a future; its cell is free.
	release(h *futureHead)
}

const (
	// cellsAtOnce is how many cells are made at once.
	cellsAtOnce = 64
	// cellsKept is how many stay when nobody waits, however few were needed.
	cellsKept = 4096
)

// ends are the portals that a workflow asks.
type ends []asksEnd

// release forgets a future, or timer, that no frame needs.
func (e ends) release(h *futureHead) {
	if h.end == 0 { // a timer: it is thrown out when it comes to the top
		h.frame, h.next = 0, nil
		return
	}
	e[h.end-1].release(h)
}

// adopt takes in a future that the store held.
func (e ends) adopt(f AnyFuture) bool {
	for _, end := range e {
		if end.portal() == f.head().asked {
			return end.adopt(f)
		}
	}
	return false
}

func (o *openAsks[Rep]) part(id uint64) *openPart[Rep] {
	return &o.parts[id&0xff*uint64(len(o.parts))>>8]
}

// open makes the future of an ask.
func (o *openAsks[Rep]) open(id uint64) *Future[Rep] {
	p := o.part(id)
	var f *Future[Rep]
	if n := len(p.spare); n > 0 {
		f = p.spare[n-1]
		p.spare = p.spare[:n-1]
	} else {
		if len(p.fresh) == 0 {
			p.fresh = make([]Future[Rep], cellsAtOnce)
			p.cells += cellsAtOnce
		}
		f = &p.fresh[0]
		p.fresh = p.fresh[1:]
	}
	f.id, f.asked, f.end = id, o.mark, o.end
	p.put(f)
	return f
}

// find returns the future of an ask, or nil.
func (o *openAsks[Rep]) find(id uint64) *Future[Rep] {
	p := o.part(id)
	if i := int(id>>8) & (len(p.recent) - 1); i < len(p.recent) {
		if f := p.recent[i]; f != nil && f.id == id {
			return f
		}
	}
	return p.older[id]
}

func (p *openPart[Rep]) put(f *Future[Rep]) {
	p.count++
	p.peak = max(p.peak, p.count)
	for {
		if n := len(p.recent); n > 0 {
			at := &p.recent[int(f.id>>8)&(n-1)]
			if *at == nil {
				*at = f
				return
			}
			if p.count-len(p.older) <= n/2 {
				if p.older == nil {
					p.older = map[uint64]*Future[Rep]{}
				}
				p.older[(*at).id] = *at
				*at = f
				return
			}
		}
		p.grow()
	}
}

// grow doubles the table.
func (p *openPart[Rep]) grow() {
	before := p.recent
	p.recent = make([]*Future[Rep], max(16, 2*len(before)))
	for _, f := range before {
		if f != nil {
			p.recent[int(f.id>>8)&(len(p.recent)-1)] = f // two had different places before, and so have now
		}
	}
}

func (o *openAsks[Rep]) portal() uint32 { return o.mark }

func (o *openAsks[Rep]) adopt(f AnyFuture) bool {
	own, ok := f.(*Future[Rep])
	if ok {
		own.end = o.end
		p := o.part(own.id)
		p.put(own)
		p.cells++
	}
	return ok
}

func (o *openAsks[Rep]) release(h *futureHead) {
	p := o.part(h.id)
	f := o.find(h.id)
	if i := int(h.id>>8) & (len(p.recent) - 1); p.recent[i] == f {
		p.recent[i] = nil
	} else {
		delete(p.older, h.id)
	}
	*f = Future[Rep]{}
	if p.count--; p.count > 0 {
		p.spare = append(p.spare, f)
		return
	}
	if p.cells > max(cellsKept, 4*p.peak) {
		*p = openPart[Rep]{}
		return
	}
	p.peak = 0
	p.spare = append(p.spare, f)
}
