package ptl

// openAsks finds the futures of one portal that a workflow asks, and uses their cells again.
//
// A request takes the number of its future's cell with it, and the reply brings it back, so nothing is looked for. By then
// another future may be in that cell, or the cell be one of an earlier process: it is the right one if it has the number of the
// ask. Futures that the store held have no cell, and are found by their asks.
type openAsks[Rep any] struct {
	mark  uint32
	parts []openPart[Rep]
}

// openPart are the asks from one partition of the keys.
type openPart[Rep any] struct {
	cells   pool[Future[Rep]]
	adopted map[uint64]*Future[Rep]
	_       [128]byte
}

// asksEnd is an openAsks whatever its type of replies.
type asksEnd interface {
	portal() uint32
	// adopt takes in a future that the store held; false if its reply is of another type.
	adopt(f AnyFuture) bool
	// release forgets a future; its cell is free.
	release(h *futureHead)
}

// ends are the portals that a workflow asks.
type ends struct {
	marks []uint32
	ends  []asksEnd
}

func (e *ends) add(end asksEnd) {
	e.marks = append(e.marks, end.portal())
	e.ends = append(e.ends, end)
}

// of is the portal with a mark, or nil. A workflow asks few.
func (e *ends) of(mark uint32) asksEnd {
	for i, m := range e.marks {
		if m == mark {
			return e.ends[i]
		}
	}
	return nil
}

// release forgets a future, or timer, that no frame needs.
func (e *ends) release(h *futureHead) {
	if h.isTimer() { // it is thrown out when it comes to the top
		h.frame, h.next = 0, nil
		return
	}
	e.of(h.asked).release(h)
}

// adopt takes in a future that the store held.
func (e *ends) adopt(f AnyFuture) bool {
	end := e.of(f.head().asked)
	return end != nil && end.adopt(f)
}

func (o *openAsks[Rep]) part(id uint64) *openPart[Rep] {
	return &o.parts[id&0xff*uint64(len(o.parts))>>8]
}

// open makes the future of an ask.
func (o *openAsks[Rep]) open(id uint64) *Future[Rep] {
	cell, f := o.part(id).cells.take()
	f.id, f.asked, f.cell = id, o.mark, cell
	return f
}

// find returns the future of an ask, or nil; cell is where it was when it was asked.
func (o *openAsks[Rep]) find(id uint64, cell uint32) *Future[Rep] {
	p := o.part(id)
	if p.cells.has(cell) {
		if f := p.cells.at(cell); f.id == id {
			return f
		}
	}
	return p.adopted[id]
}

func (o *openAsks[Rep]) portal() uint32 { return o.mark }

func (o *openAsks[Rep]) adopt(f AnyFuture) bool {
	own, ok := f.(*Future[Rep])
	if ok {
		p := o.part(own.id)
		if p.adopted == nil {
			p.adopted = map[uint64]*Future[Rep]{}
		}
		p.adopted[own.id] = own
	}
	return ok
}

func (o *openAsks[Rep]) release(h *futureHead) {
	p, cell := o.part(h.id), h.cell
	if cell == 0 {
		f := p.adopted[h.id]
		delete(p.adopted, h.id)
		*f = Future[Rep]{}
		return
	}
	*p.cells.at(cell) = Future[Rep]{}
	p.cells.give(cell)
}
