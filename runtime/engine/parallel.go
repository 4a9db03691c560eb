package engine

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// helpers are goroutines that run the lanes of stages beside the workers. A stage is over in less time than it takes to call a
// processor that has gone to sleep, and the next one begins right after: so a helper that has nothing to do looks for more
// for a while before it waits, and so does a worker whose own lane is through.
type helpers struct {
	mu   sync.Mutex
	free []*helper
	all  sync.WaitGroup
}

// helper runs one lane after the other.
type helper struct {
	state atomic.Int32
	woken chan struct{}
	lane  int
	stage *stage // nil: no more
}

// The states of a helper.
const (
	seeking int32 = iota // for work
	given
	parked // until it is woken
)

// stage is a call of parallel.
type stage struct {
	work func(i int)
	left atomic.Int32 // lanes that helpers have yet to run
	ends sync.WaitGroup
}

func (s *stage) isOver() bool { return s.left.Load() == 0 }

func (h *helpers) parallel(n int, work func(i int)) {
	s := &stage{work: work}
	s.left.Store(int32(n - 1))
	s.ends.Add(n - 1)
	for i := 1; i < n; i++ {
		h.take().give(s, i)
	}
	work(0)
	look(looks, s.isOver)
	s.ends.Wait()
}

// take returns a helper that has nothing to do.
func (h *helpers) take() *helper {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.free); n > 0 {
		last := h.free[n-1]
		h.free = h.free[:n-1]
		return last
	}
	fresh := &helper{woken: make(chan struct{}, 1)}
	h.all.Go(func() { h.run(fresh) })
	return fresh
}

func (h *helpers) run(one *helper) {
	for {
		stage, lane := one.next()
		if stage == nil {
			return
		}
		stage.work(lane)
		one.state.Store(seeking)
		h.mu.Lock()
		h.free = append(h.free, one)
		h.mu.Unlock()
		stage.ends.Done()
		stage.left.Add(-1)
	}
}

// stop ends all of them, when none works.
func (h *helpers) stop() {
	h.mu.Lock()
	for _, one := range h.free {
		one.give(nil, 0)
	}
	h.free = nil
	h.mu.Unlock()
	h.all.Wait()
}

func (one *helper) give(s *stage, lane int) {
	one.stage, one.lane = s, lane
	if one.state.Swap(given) == parked {
		one.woken <- struct{}{}
	}
}

// next waits for work.
func (one *helper) next() (*stage, int) {
	if !look(looks, one.isGiven) && one.state.CompareAndSwap(seeking, parked) {
		<-one.woken
	}
	s := one.stage
	one.stage = nil
	return s, one.lane
}

func (one *helper) isGiven() bool { return one.state.Load() == given }

// A look goes on for some 100 µs, about as long as it takes to wake a processor, and longer than the lanes of a stage differ:
// a lane that sleeps at the end of each stage begins the next one late, perhaps on the processor of another one. Others that
// are ready to run get the processor in between.
const (
	looks      = 500
	looksInRow = 200
)

// look waits for a little while, which is looks or a part of it, until something has happened, and tells whether it has.
func look(times int, happened func() bool) bool {
	for range times {
		for range looksInRow {
			if happened() {
				return true
			}
		}
		runtime.Gosched()
	}
	return false
}
