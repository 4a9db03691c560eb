package state

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/cockroachdb/pebble/v2"

	"github.com/portals-lang/portals/runtime/store/fault"
)

// listener hears what Pebble has to say, and knows whether the state is over.
//
// Pebble calls its logger's Fatalf when it cannot go on, and expects not to come back: its structures no longer
// agree, and to run on with them ends in a panic sooner or later, mostly in one of its own goroutines. A store inside
// an app must not take the process down without a word. So Fatalf keeps the failure and then ends what called it: if
// that is a call of ours, by a panic that watch turns into an error; if it is one of Pebble's goroutines, by ending
// the goroutine. Both unwind the stack and so give Pebble's locks back. What is left of Pebble then stays as it is,
// unclosed and unused, and its disk (see disk.go) lets nothing more through.
type listener struct {
	*slog.Logger
	dir   string
	yield func() // lets others have the processor

	corrupt atomic.Pointer[string] // path of a file that was found damaged

	closing atomic.Bool                 // compactions are given up
	gives   atomic.Pointer[func() bool] // tells whether they are given up from now on; nil: not asked

	over  atomic.Bool
	ended func() // called when over became true
	mu    sync.Mutex
	err   error
}

// fatal is what Fatalf panics with.
type fatal struct{}

// Infof is Pebble's running commentary.
func (l *listener) Infof(format string, args ...any) {
	if l.Enabled(context.Background(), slog.LevelDebug) {
		l.Debug(fmt.Sprintf(format, args...))
	}
}

// Errorf is what Pebble got over.
func (l *listener) Errorf(format string, args ...any) { l.Warn(fmt.Sprintf(format, args...)) }

// Fatalf is what it did not get over. It does not return.
func (l *listener) Fatalf(format string, args ...any) {
	err := fmt.Errorf(format, args...)
	for _, arg := range args {
		if cause, ok := arg.(error); ok {
			err = cause
		}
	}
	l.fail("keep the state", l.dir, err)
	if watched() {
		panic(fatal{})
	}
	runtime.Goexit()
}

// background hears of failures that Pebble will try to repair by itself.
func (l *listener) background(err error) {
	if !l.closing.Load() {
		l.Warn("state: in the background", "err", err)
	}
}

// asks has compactions ask whether they are given up; nil: not.
func (l *listener) asks(gives func() bool) {
	if gives == nil {
		l.gives.Store(nil)
		return
	}
	l.gives.Store(&gives)
}

// givenUp is why a compaction must not go on.
func (l *listener) givenUp() error {
	if gives := l.gives.Load(); gives != nil && (*gives)() {
		l.closing.Store(true)
	}
	if l.closing.Load() {
		return errClosing
	}
	return nil
}

var errClosing = errors.New("the state is being closed")

// corruption hears of a damaged file. Who reads it gets an error; Pebble's own idea is to call Fatalf.
func (l *listener) corruption(info pebble.DataCorruptionInfo) {
	l.Error("a file of the state is damaged", "path", info.Path, "err", fault.FirstLine(info.Details))
	l.corrupt.CompareAndSwap(nil, &info.Path)
}

// watch calls Pebble. If the state is over by then, that is the error.
func (l *listener) watch(call func() error) (err error) {
	defer func() {
		if r := recover(); r != nil && r != any(fatal{}) {
			panic(r)
		}
		if over := l.failed(); over != nil {
			err = over
		}
	}()
	if over := l.failed(); over != nil {
		return over
	}
	return call()
}

// watched reports whether this goroutine came through watch. Fatalf is told nothing but a sentence, and goroutines have
// no names, so the stack is the only witness.
func watched() bool {
	var callers [128]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.Function, "state.(*listener).watch") {
			return true
		}
		if !more {
			return false
		}
	}
}

// fail ends the state, unless it is over already.
func (l *listener) fail(op, path string, err error) {
	err = fault.Disk(op, path, fault.NoOffset, err)
	l.Error("the state is over", "err", err)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err == nil {
		l.err = err
	}
	l.over.Store(true)
	l.ended()
}

// failed is the failure that ended the state, or nil.
func (l *listener) failed() error {
	if !l.over.Load() {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}
