package runtime

import (
	"runtime"
	"sync"
	"time"
)

// pace keeps work that nobody waits for from taking processors and disk from the events: it rests some times as long as it works, and
// less the more it is in haste. What it has waited for a processor counts neither as work nor as rest; what it slept too long,
// since timers are coarse on an idle machine, it rests less later.
type pace struct {
	times  float64 // as long as it works
	thread func()  // lets other threads go first

	mu     sync.Mutex
	since  time.Time     // it works since then
	worked time.Duration // since the last rest
	owed   time.Duration // of rest; negative if it has rested too long
	keeps  time.Time     // it keeps its thread's processor until then
}

// It works for aWhile before it rests. What has not called yield for aPause did not work. A rest that was longer than it had to be
// counts for the next ones, up to aCredit.
const (
	aWhile  = 100 * time.Microsecond
	aPause  = 10 * time.Millisecond
	aCredit = time.Millisecond
)

// The system lets a thread that it has woken wait for up to 3 ms behind another one of the process, even with a commit in its hands that events
// wait for. So who works for nobody lets other threads go first, too, and not only other goroutines. But the system takes
// that for having used up a share: beside other processes that compute, it is long until the thread is back. Behind one that took
// longer than a longYield, as no thread of the process itself mostly does, it keeps its processor for yieldsOneIn times as long.
const (
	longYield   = time.Millisecond
	yieldsOneIn = 50
)

// newPace is what the store makes for each kind of its work.
func newPace(times float64) func(haste float64) {
	return (&pace{times: times, thread: yieldThread}).yield
}

// yield is called some ten thousand times a second by what works. Haste goes from 0 to 1, with which there is no rest: it gives up
// the processor for others after a while only, since where these have much to do, it is long until it has one again.
func (p *pace) yield(haste float64) {
	rest, goesOn := p.rest(haste)
	if goesOn {
		return
	}
	if rest > 0 {
		begin := time.Now()
		time.Sleep(rest)
		p.rested(time.Since(begin))
	} else {
		runtime.Gosched() // a goroutine that computes keeps its processor for 10 ms otherwise
		p.letThreads()
	}
	p.mu.Lock()
	p.since = time.Now()
	p.mu.Unlock()
}

// rest is how long to rest now; goesOn is true of who should not even give up its processor.
func (p *pace) rest(haste float64) (rest time.Duration, goesOn bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	passed := time.Since(p.since)
	if passed >= aPause {
		p.worked, p.owed = 0, 0
		return 0, false
	}
	if haste >= 1 && passed < aWhile {
		return 0, true
	}
	p.worked += passed
	p.owed += time.Duration(p.times * (1 - haste) * float64(passed))
	if p.worked < aWhile || haste >= 1 {
		return 0, false
	}
	p.worked = 0
	return p.owed, false
}

func (p *pace) rested(slept time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.owed = max(p.owed-slept, -aCredit)
}

// letThreads lets other threads have the processor, unless that took long of late.
func (p *pace) letThreads() {
	begin := time.Now()
	p.mu.Lock()
	keeps := begin.Before(p.keeps)
	p.mu.Unlock()
	if keeps {
		return
	}
	p.thread()
	end := time.Now()
	if took := end.Sub(begin); took > longYield {
		p.mu.Lock()
		if until := end.Add(yieldsOneIn * took); until.After(p.keeps) {
			p.keeps = until
		}
		p.mu.Unlock()
	}
}
