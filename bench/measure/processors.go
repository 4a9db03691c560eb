package measure

import (
	"sync"
	"sync/atomic"
	"time"
)

// twoProcessors finds out what a second processor is worth to plain Go, which bounds what a second partition can be worth: processors of a
// virtual machine may be the two halves of one core, or share one with another machine, and that changes from second to second.
func twoProcessors(p *probing) ([]*Figure, error) {
	waiting := &Figure{Name: "two goroutines, 200 ns of work", Unit: "M/s",
		Note: "the handler of two partitions, in plain Go, beside one goroutine: each operation waits for the one before"}
	filling := &Figure{Name: "two goroutines, sums side by side", Unit: "M/s",
		Note: "beside one goroutine: four operations at once fill a core by themselves"}
	for range p.sized(15, 5, 1) {
		for _, w := range []struct {
			figure *Figure
			events int
			work   func(from, to int) int
		}{{waiting, p.sized(1_000_000, 500_000, 1000), mixes}, {filling, p.sized(150_000_000, 75_000_000, 1000), sums}} {
			one := inGoroutines(1, w.events, w.work)
			two := inGoroutines(2, w.events, w.work)
			w.figure.Own, w.figure.Plain = append(w.figure.Own, two), append(w.figure.Plain, one)
		}
	}
	return []*Figure{waiting, filling}, nil
}

// inGoroutines is how many events n goroutines do in a microsecond, each of them a part.
func inGoroutines(n, events int, work func(from, to int) int) float64 {
	var all sync.WaitGroup
	outcome.Store(0)
	begin := time.Now()
	for i := range n {
		all.Go(func() { outcome.Add(int64(work(events*i/n, events*(i+1)/n))) })
	}
	all.Wait()
	return float64(events) / (float64(time.Since(begin)) / 1e3)
}

// outcome is what work has come to, since what nobody keeps would not be computed.
var outcome atomic.Int64

// mixes does what program busy does.
func mixes(from, to int) int {
	const keys, rounds = 10_000, 60
	of := map[int]int{}
	for x := from; x < to; x++ {
		y := x
		for range rounds {
			y = (y*31 + 7) % 1000003
		}
		key := x * 7919 % keys
		of[key] = (of[key] + y) % 1000003
	}
	return len(of)
}

// sums adds to four numbers, none of which depends on another.
func sums(from, to int) int {
	var a, b, c, d int
	for x := from; x < to; x++ {
		a, b, c, d = a*3+x, b*5+x, c*7+x, d*9+x
	}
	return a ^ b ^ c ^ d
}
