package measure

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/portals-lang/portals/runtime"
)

// live is a program that runs durably and is fed line by line through its standard input, or its plain side.
type live struct {
	in     *io.PipeWriter
	out    *arrivals
	ended  chan error
	stored string
	// checkpoints tells whether it makes them.
	checkpoints bool
}

// arrivals takes what a program prints, one number on a line, in ascending order.
type arrivals struct {
	mu   sync.Mutex
	more *sync.Cond
	last int64 // the number that came last
	over bool
	note func(n int64, at time.Time)
}

func newArrivals() *arrivals {
	a := &arrivals{last: -1}
	a.more = sync.NewCond(&a.mu)
	return a
}

// end says that no more will come.
func (a *arrivals) end() {
	a.mu.Lock()
	a.over = true
	a.mu.Unlock()
	a.more.Broadcast()
}

func (a *arrivals) Write(b []byte) (int, error) {
	at := time.Now()
	text := bytes.TrimRight(b, "\n")
	n, err := strconv.ParseInt(string(text[bytes.LastIndexByte(text, '\n')+1:]), 10, 64)
	if err != nil {
		return 0, err
	}
	a.mu.Lock()
	a.last = n
	if a.note != nil {
		a.note(n, at)
	}
	a.mu.Unlock()
	a.more.Broadcast()
	return len(b), nil
}

// await waits until number n has come.
func (a *arrivals) await(n int64) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.last < n {
		if a.over {
			return fmt.Errorf("the program ended before %d came; the last was %d", n, a.last)
		}
		a.more.Wait()
	}
	return nil
}

// begin starts the program.
func (p *probing) begin(params Params) (*live, error) {
	if err := p.set(params); err != nil {
		return nil, err
	}
	in, w := io.Pipe()
	l := &live{in: w, out: newArrivals(), ended: make(chan error, 1), stored: p.store(), checkpoints: true}
	go func() {
		err := runtime.Run(context.Background(), p.app, runtime.Options{Data: l.stored, Stdin: in, Stdout: l.out, Parallelism: 1})
		l.out.end()
		in.CloseWithError(io.ErrClosedPipe)
		l.ended <- err
	}()
	return l, nil
}

// end closes the input and waits for the program.
func (l *live) end() error {
	l.in.Close()
	err := <-l.ended
	return joinErr(err, os.RemoveAll(l.stored))
}

func joinErr(first, second error) error {
	if first != nil {
		return first
	}
	return second
}

// numbers are lines with the numbers from a to b, without b.
func numbers(text []byte, a, b int64) []byte {
	for ; a < b; a++ {
		text = append(strconv.AppendInt(text, a, 10), '\n')
	}
	return text
}

// waitedCommit gives the program one event at a time and waits for what it prints, which is durable by then; in turns
// with as many syncs of a file, zero-filled beforehand as the log is.
func waitedCommit(p *probing) ([]*Figure, error) {
	n := p.sized(500, 200, 5)
	l, err := p.begin(Params{"atom": "1", "keys": "1000"})
	if err != nil {
		return nil, err
	}
	file, err := zeroFilled(p.store() + ".raw")
	if err != nil {
		return nil, err
	}
	defer file.Close()
	f := &Figure{Name: "a commit that is waited for", Unit: "µs", Most: 1.5, Note: "beside a write of 256 bytes and fdatasync"}
	next, offset := int64(0), int64(0)
	for round := range p.sized(6, 6, 2) {
		var own, raw []float64
		for range n {
			begin := time.Now()
			if _, err := l.in.Write(numbers(nil, next, next+1)); err != nil {
				return nil, joinErr(<-l.ended, err)
			}
			if err := l.out.await(next); err != nil {
				return nil, joinErr(<-l.ended, err)
			}
			own = append(own, float64(time.Since(begin))/1e3)
			next++
		}
		for range n {
			begin := time.Now()
			if err := writeSynced(file, offset%(rawBytes-256)); err != nil {
				return nil, err
			}
			raw = append(raw, float64(time.Since(begin))/1e3)
			offset += 256
		}
		if round > 0 { // the first warms up
			f.Own, f.Plain = append(f.Own, quantile(own, 0.5)), append(f.Plain, quantile(raw, 0.5))
		}
	}
	return []*Figure{f}, l.end()
}

// latency finds out how many events a second the program takes, then gives it half as many, and notes how long it takes until each is
// out. How long the worst takes is luck, and how much is half changes with the machine, so it does both several times, in turn with
// the plain side, which gets half of what that takes.
func latency(p *probing) ([]*Figure, error) {
	const keys = 100_000
	program := func() (*live, error) { return p.begin(Params{"keys": fmt.Sprint(keys)}) }
	plain := func() (*live, error) { return p.beginPlain(keys) }
	median := &Figure{Name: "latency at half load, median", Unit: "ms"}
	p99 := &Figure{Name: "latency at half load, p99", Unit: "ms", Most: 5, MostOfOwn: true}
	longest := &Figure{Name: "latency at half load, longest", Unit: "ms"}
	figures := []*Figure{median, p99, longest}
	var rates, plainRates []float64
	for range p.sized(5, 5, 1) {
		rate, took, err := p.halfOfFull(program)
		if err != nil {
			return nil, err
		}
		plainRate, plainTook, err := p.halfOfFull(plain)
		if err != nil {
			return nil, err
		}
		rates, plainRates = append(rates, rate/1e6), append(plainRates, plainRate/1e6)
		for i, part := range []float64{0.5, 0.99, 1} {
			f := figures[i]
			f.Own, f.Plain = append(f.Own, quantile(took, part)), append(f.Plain, quantile(plainTook, part))
		}
	}
	for _, f := range figures {
		f.Note = fmt.Sprintf("%.2f to %.2f M events/s; beside two goroutines by hand that count, log and sync, without checkpoints, at half of what these take, %.2f to %.2f",
			slices.Min(rates), slices.Max(rates), slices.Min(plainRates), slices.Max(plainRates))
	}
	return figures, nil
}

// halfOfFull finds out how many events a second a side takes, and how long they take with half as many, as halfLoad does.
func (p *probing) halfOfFull(begin func() (*live, error)) (rate float64, took []float64, err error) {
	if rate, err = p.fullLoad(begin); err != nil {
		return 0, nil, err
	}
	took, err = p.halfLoad(begin, rate/2)
	return rate / 2, took, err
}

// halfLoad gives a side so many events a second and returns for each millisecond's how long they took, in milliseconds.
func (p *probing) halfLoad(begin func() (*live, error), rate float64) (took []float64, err error) {
	l, err := begin()
	if err != nil {
		return nil, err
	}
	const tick = time.Millisecond
	ticks := p.sized(10_000, 3_000, 50)
	each := max(int64(rate*tick.Seconds()), 1)
	due := make([]time.Time, ticks)
	took = make([]float64, 0, ticks)
	l.out.note = func(n int64, at time.Time) {
		for len(took) < ticks && int64(len(took)+1)*each <= n+1 {
			took = append(took, float64(at.Sub(due[len(took)]))/1e6)
		}
	}
	began := time.Now()
	var text []byte
	for i := range ticks {
		at := began.Add(time.Duration(i) * tick)
		time.Sleep(time.Until(at))
		l.out.mu.Lock()
		due[i] = at // when it should have come: if the feeder is held up, that counts
		l.out.mu.Unlock()
		text = numbers(text[:0], int64(i)*each, int64(i+1)*each)
		if _, err := l.in.Write(text); err != nil {
			return nil, joinErr(<-l.ended, err)
		}
	}
	if err := l.out.await(int64(ticks)*each - 1); err != nil {
		return nil, joinErr(<-l.ended, err)
	}
	if l.checkpoints && tables(l.stored) == 0 && p.effort.Share == 1 && !p.effort.Few {
		return nil, fmt.Errorf("there was no checkpoint in %v", time.Since(began))
	}
	return took[len(took)/10:], l.end() // the first tenth warms up
}

// fullLoad is how many events a second a side takes when they are there, for so long that the program makes checkpoints as well.
func (p *probing) fullLoad(begin func() (*live, error)) (float64, error) {
	l, err := begin()
	if err != nil {
		return 0, err
	}
	n := int64(p.sized(15_000_000, 3_000_000, 2_000))
	began := time.Now()
	const chunk = 1000
	var text []byte
	for from := int64(0); from < n; from += chunk {
		text = numbers(text[:0], from, from+chunk)
		if _, err := l.in.Write(text); err != nil {
			return 0, joinErr(<-l.ended, err)
		}
	}
	if err := l.out.await(n - 1); err != nil {
		return 0, joinErr(<-l.ended, err)
	}
	took := time.Since(began)
	return float64(n) / took.Seconds(), l.end()
}
