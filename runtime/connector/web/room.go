package web

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/portals-lang/portals/runtime/ptl"
)

// room is the memory that bodies take together, beside the first part of each, for which every connection has its own. A request
// gets of it as its body comes: as much again as it has sent. So a client that keeps others waiting has sent half of what
// it holds, and one that sends little and then nothing holds little.
//
// Requests that have some and wait for more could wait for each other for ever. So there is a reserve for one body of any
// size: when there is no room for the first who waits, it gets the reserve, if nobody has it, and waits no more. Then it has to
// send without pauses: when those who have all the room have sent no more and wait, the reserve goes from one to the next of them.
// So does who has room while somebody waits for some: a client that has gone away without a word gives its room back soon. And a body that
// comes slowly, but comes, has more time only while nobody waits for what it has.
type room struct {
	mu      sync.Mutex
	free    int64
	reserve bool // nobody has it
	waiting []*waiter
	reading map[*hold]bool // those whose next bytes are awaited
	scarce  bool           // as those know it
}

type waiter struct {
	n       int64
	got     chan struct{} // closed when it has what it waits for
	reserve bool          // that is the reserve
}

func newRoom(bytes int64) *room {
	return &room{free: bytes - maxBody, reserve: true, reading: map[*hold]bool{}}
}

// serve gives those who wait what there is, in the order in which they came, and tells those who read whether somebody waits still. It
// is called with mu held.
func (r *room) serve() {
	r.share()
	if scarce := len(r.waiting) > 0; scarce != r.scarce {
		r.scarce = scarce
		for h := range r.reading {
			_ = h.control.SetReadDeadline(h.deadline()) // if that fails, so does reading
		}
	}
}

func (r *room) share() {
	for len(r.waiting) > 0 {
		first := r.waiting[0]
		switch {
		case first.n <= r.free:
			r.free -= first.n
		case r.reserve:
			first.reserve, r.reserve = true, false
		default:
			return
		}
		r.waiting = r.waiting[1:]
		close(first.got)
	}
}

// give takes back what somebody had.
func (r *room) give(n int64, reserve bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.free += n
	r.reserve = r.reserve || reserve
	r.serve()
}

// hold is what a request has of a room.
type hold struct {
	room    *room
	n       int64
	reserve bool // it has the reserve, and needs nothing more

	control *http.ResponseController
	until   time.Time // while it reads: then its time is over
	scarce  time.Time // and then if others wait
}

// reads begins to wait for the next bytes, at most until then, or, if others wait, until the first of the times.
func (h *hold) reads(scarce, until time.Time) error {
	h.room.mu.Lock()
	defer h.room.mu.Unlock()
	h.scarce, h.until = scarce, until
	h.room.reading[h] = true
	return h.control.SetReadDeadline(h.deadline())
}

// hasRead ends that. It tells what is wrong if the time is over.
func (h *hold) hasRead() error {
	h.room.mu.Lock()
	defer h.room.mu.Unlock()
	delete(h.room.reading, h)
	switch now := time.Now(); {
	case now.Before(h.scarce):
		return errPaused
	case now.Before(h.until):
		return errLate
	default:
		return errSlow
	}
}

// interrupt ends waiting for bytes now.
func (h *hold) interrupt() {
	h.room.mu.Lock()
	defer h.room.mu.Unlock()
	h.until = time.Now()
	_ = h.control.SetReadDeadline(h.until)
}

// deadline is when the next bytes must be there: soon, if it has what others wait for. It is called with mu held.
func (h *hold) deadline() time.Time {
	until := h.until
	if h.reserve || h.n > 0 && h.room.scarce {
		for _, t := range []time.Time{h.scarce, time.Now().Add(pauseTime)} {
			if t.Before(until) {
				until = t
			}
		}
	}
	return until
}

// take waits until there are n bytes more.
func (h *hold) take(ctx context.Context, n int64) error {
	if h.reserve {
		return nil
	}
	w := &waiter{n: n, got: make(chan struct{})}
	h.room.mu.Lock()
	h.room.waiting = append(h.room.waiting, w)
	h.room.serve()
	h.room.mu.Unlock()
	select {
	case <-w.got:
	case <-ctx.Done():
		if h.room.leave(w) {
			return ptl.ErrInterrupted
		}
	}
	if h.reserve = w.reserve; !h.reserve {
		h.n += n
	}
	return nil
}

// leave ends waiting. It is false if w has got what it waited for.
func (r *room) leave(w *waiter) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := slices.Index(r.waiting, w)
	if i < 0 {
		return false
	}
	r.waiting = slices.Delete(r.waiting, i, i+1)
	r.serve()
	return true
}

// keep gives back all but n bytes.
func (h *hold) keep(n int64) {
	if n = min(n, h.n); n < h.n {
		h.room.give(h.n-n, false)
		h.n = n
	}
}

// end gives back all.
func (h *hold) end() {
	h.room.give(h.n, h.reserve)
	h.n, h.reserve = 0, false
}
