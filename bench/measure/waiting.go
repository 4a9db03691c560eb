package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	goruntime "runtime"

	"github.com/portals-lang/portals/runtime"
)

// onHold is called with the first number that the program gives to Hold.
var onHold func()

// Hold is what the program calls for each request, the first of which is number 0.
func Hold(n int64) int64 {
	if n == 0 && onHold != nil {
		onHold()
	}
	return n
}

// memoryPerWaiting is how much memory lives for each handler that waits: with its request on its way, and without, since a request
// that was taken is the other workflow's. What a request takes by itself is seen where nobody waits for the reply.
func memoryPerWaiting(p *probing) ([]*Figure, error) {
	n := p.sized(1_000_000, 200_000, 2_000)
	waits := Short(int64(n)) + " wait"
	taken := &Figure{Name: "memory per waiting handler", Unit: "bytes", Most: 128, Note: waits + "; the goal is for these alone"}
	asking := &Figure{Name: "memory per waiting handler and request", Unit: "bytes", Note: waits + ", each with its request on its way, and the room that buffers have left"}
	for range p.sized(5, 5, 1) {
		both, err := p.held(n, true)
		if err != nil {
			return nil, err
		}
		requests, err := p.held(n, false)
		if err != nil {
			return nil, err
		}
		taken.Own = append(taken.Own, both-requests)
		asking.Own = append(asking.Own, both)
	}
	return []*Figure{taken, asking}, nil
}

// held is how much memory lives for each of n requests while the first of them is held, with the handlers that wait for the replies
// or where none does.
func (p *probing) held(n int, wait bool) (float64, error) {
	if err := p.set(Params{"events": fmt.Sprint(n), "wait": fmt.Sprint(wait)}); err != nil {
		return 0, err
	}
	before, held := liveMemory(), 0.0
	onHold = func() { held = liveMemory() }
	err := runtime.Run(context.Background(), p.app, runtime.Options{Memory: true, Stdout: io.Discard, Parallelism: 1})
	onHold = nil
	if err != nil {
		return 0, err
	}
	if held == 0 {
		return 0, errors.New("no request came")
	}
	return (held - before) / float64(n), nil
}

// liveMemory is what a collection leaves of the heap, in bytes.
func liveMemory() float64 {
	goruntime.GC()
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
