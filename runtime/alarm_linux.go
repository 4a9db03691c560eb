package runtime

import (
	"container/heap"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// An idle Go process waits for its next timer in epoll, which counts in milliseconds: so the timer comes up to one late. That is as
// much as a stream may be told to wait at all, as with `atom: 1000 or 1ms`. Here one of the system's own timers wakes the process,
// which epoll reports on time, like a file that can be read. Where there is none, Go's has to do.

// alarms is the process's alarm; nil if the system gives none.
var alarms = sync.OnceValue(newAlarm)

// afterFunc calls f, which returns at once, after d.
func afterFunc(d time.Duration, f func()) {
	if a := alarms(); a != nil {
		a.after(d, f)
		return
	}
	time.AfterFunc(d, f)
}

// alarm calls functions when their times have come.
type alarm struct {
	fd    int
	timer *os.File // the same

	mu    sync.Mutex
	calls alarmCalls
}

type alarmCall struct {
	at time.Time
	f  func()
}

// alarmCalls is a heap, the next one on top: what nobody waits for any more stays until its time, and may be much.
type alarmCalls []alarmCall

func (c alarmCalls) Len() int           { return len(c) }
func (c alarmCalls) Less(i, j int) bool { return c[i].at.Before(c[j].at) }
func (c alarmCalls) Swap(i, j int)      { c[i], c[j] = c[j], c[i] }
func (c *alarmCalls) Push(x any)        { *c = append(*c, x.(alarmCall)) }
func (c *alarmCalls) Pop() any {
	last := len(*c) - 1
	call := (*c)[last]
	(*c)[last] = alarmCall{}
	*c = (*c)[:last]
	return call
}

func newAlarm() *alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil
	}
	a := &alarm{fd: fd, timer: os.NewFile(uintptr(fd), "timer")}
	if a.timer.SetReadDeadline(time.Time{}) != nil { // it is not waited for in epoll
		a.timer.Close()
		return nil
	}
	go a.run()
	return a
}

func (a *alarm) after(d time.Duration, f func()) {
	at := time.Now().Add(d)
	a.mu.Lock()
	defer a.mu.Unlock()
	first := len(a.calls) == 0 || at.Before(a.calls[0].at)
	if heap.Push(&a.calls, alarmCall{at, f}); first {
		a.set(d)
	}
}

// set has the timer go off after d, and at no other time.
func (a *alarm) set(d time.Duration) {
	value := unix.NsecToTimespec(int64(max(d, 1))) // 0 would be never
	if err := unix.TimerfdSettime(a.fd, 0, &unix.ItimerSpec{Value: value}, nil); err != nil {
		panic(os.NewSyscallError("timerfd_settime", err)) // which it does for a wrong argument only
	}
}

// run calls what is due whenever the timer goes off.
func (a *alarm) run() {
	var times [8]byte // that it has gone off
	for {
		if _, err := a.timer.Read(times[:]); err != nil {
			panic(err) // it cannot be read, and was made to be
		}
		for _, c := range a.due() {
			c.f()
		}
	}
}

// due takes the calls whose time has come, and sets the timer for the next one.
func (a *alarm) due() (due []alarmCall) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := time.Now()
	for len(a.calls) > 0 && !a.calls[0].at.After(now) {
		due = append(due, heap.Pop(&a.calls).(alarmCall))
	}
	if len(a.calls) > 0 {
		a.set(a.calls[0].at.Sub(now))
	}
	return due
}
