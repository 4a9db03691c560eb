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

// memoryPerWaiting is how much memory lives for each handler that waits, its request on its way included.
func memoryPerWaiting(p *probing) ([]*Figure, error) {
	n := p.sized(1_000_000, 200_000, 2_000)
	f := &Figure{Name: "memory per waiting handler", Unit: "bytes", Most: 128, Note: Short(int64(n)) + " wait, each with its request on its way"}
	for range p.sized(3, 2, 1) {
		if err := p.set(Params{"events": fmt.Sprint(n)}); err != nil {
			return nil, err
		}
		before, held := liveMemory(), 0.0
		onHold = func() { held = liveMemory() }
		err := runtime.Run(context.Background(), p.app, runtime.Options{Memory: true, Stdout: io.Discard})
		onHold = nil
		if err != nil {
			return nil, err
		}
		if held == 0 {
			return nil, errors.New("no handler waited")
		}
		f.Own = append(f.Own, (held-before)/float64(n))
	}
	return []*Figure{f}, nil
}

// liveMemory is what a collection leaves of the heap, in bytes.
func liveMemory() float64 {
	goruntime.GC()
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
