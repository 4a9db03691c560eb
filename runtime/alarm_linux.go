package runtime

import (
	"os"
	"slices"
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
	calls []alarmCall // the next one first
}

type alarmCall struct {
	at time.Time
	f  func()
}

func newAlarm() *alarm {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil
	}
	a := &alarm{fd: fd, timer: os.NewFile(uintptr(fd), "timer")}
	go a.run()
	return a
}

func (a *alarm) after(d time.Duration, f func()) {
	at := time.Now().Add(d)
	a.mu.Lock()
	defer a.mu.Unlock()
	i := len(a.calls)
	for i > 0 && a.calls[i-1].at.After(at) {
		i--
	}
	if a.calls = slices.Insert(a.calls, i, alarmCall{at, f}); i == 0 {
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
func (a *alarm) due() []alarmCall {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, n := time.Now(), 0
	for n < len(a.calls) && !a.calls[n].at.After(now) {
		n++
	}
	due := slices.Clone(a.calls[:n])
	if a.calls = slices.Delete(a.calls, 0, n); len(a.calls) > 0 {
		a.set(a.calls[0].at.Sub(now))
	}
	return due
}
