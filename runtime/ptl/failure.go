package ptl

import (
	"runtime"
	"strings"
)

// Failure is what a handler that fails panics with. The engine recovers it, undoes the handler and reports Message.
type Failure struct{ Message string }

// Error makes a Failure an error, so that one that nobody recovers prints well.
func (f Failure) Error() string { return f.Message }

// Fail fails the event that is being handled: `fail "text"`, and every built-in that is documented to fail.
func Fail(message string) {
	panic(Failure{message})
}

// Site is a place in a program's text.
type Site struct {
	File     string
	Line     int
	Function string // Go's name of the generated function, with its package
}

// Place finds where a program failed: the innermost frame that a //line directive has put into a .ptl file. It works
// only while the panic runs, that is in a function deferred above the failing code, because unwinding removes the frames.
func Place() (Site, bool) {
	// Runtime and built-ins put a dozen frames above the user's at most; a deep recursion of externs may need more.
	pcs := make([]uintptr, 64)
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs)
		if n == 0 {
			return Site{}, false
		}
		frames := runtime.CallersFrames(pcs[:n])
		for {
			f, more := frames.Next()
			if strings.HasSuffix(f.File, ".ptl") {
				return Site{f.File, f.Line, f.Function}, true
			}
			if !more {
				break
			}
		}
		if n < len(pcs) {
			return Site{}, false
		}
	}
}
