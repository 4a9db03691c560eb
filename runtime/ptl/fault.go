package ptl

import "fmt"

// Fault is a failure as it was caught: what failed, where in the program's text, and over what.
type Fault struct {
	Message string
	Site    Site  // zero when no .ptl frame was on the stack
	Cause   error // of the store, which no handler can do anything about; else nil

	// What failed, as far as it is known: the task, its key and the event that it was given, both as JSON.
	Task, Key, Event string
}

func (f *Fault) Error() string { return f.Message }

// Unwrap is the cause, if it is an error of the store.
func (f *Fault) Unwrap() error { return f.Cause }

// String is file:line, or "" for no place.
func (s Site) String() string {
	if s.File == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// brokenState is the panic of a task whose stored state cannot be read: no handler's failure, so nobody guards it.
type brokenState struct{ error }

func (b brokenState) Unwrap() error { return b.error }

// Recovered makes a Fault of what a deferred function of the engine has recovered.
func Recovered(r any) *Fault { return recovered(r) }

// ofAtom makes a Fault of what ends a whole atom.
func ofAtom(r any) *Fault {
	if broken, ok := r.(brokenState); ok {
		return &Fault{Message: broken.Error(), Cause: broken.error}
	}
	return recovered(r)
}

// recovered makes a Fault of what a deferred function has recovered; it must be called while the panic's stack is
// there. What is no failure of a handler goes on as a panic.
func recovered(r any) *Fault {
	f := &Fault{}
	switch r := r.(type) {
	case *Fault: // passed on by who had caught it
		return r
	case Failure:
		f.Message = r.Message
	case misfit:
		f.Message = r.Error()
	case brokenState:
		panic(r)
	case error: // a Go runtime error: from an extern, or a bug of ours
		f.Message = "Go: " + r.Error()
	default:
		f.Message = fmt.Sprintf("Go panic: %v", r)
	}
	f.Site, _ = Place()
	return f
}
