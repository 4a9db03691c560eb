package runtime

import (
	"runtime"
	"sync/atomic"
	"time"
)

// pace keeps checkpoints, and what they lead to, from taking processors and disk from the events: what has worked for a while
// rests three times as long, so it has a quarter of a processor, unless it is late. The zero pace is ready.
type pace struct {
	since atomic.Int64 // when it began to work after the last rest, by the clock in nanoseconds
}

// It works for aWhile before it rests. What has not called yield for aPause did not work.
const (
	aWhile = 100 * time.Microsecond
	aPause = 10 * time.Millisecond
)

// yield is called some thousand times a second by what works.
func (p *pace) yield(late bool) {
	runtime.Gosched() // a goroutine that computes keeps its processor for 10 ms otherwise
	if late {
		return
	}
	since := p.since.Load()
	passed := time.Duration(time.Now().UnixNano() - since)
	if passed < aWhile {
		return
	}
	if passed < aPause {
		time.Sleep(3 * passed)
	}
	p.since.Store(time.Now().UnixNano())
}
