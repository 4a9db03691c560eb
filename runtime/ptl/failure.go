package ptl

import (
	"path/filepath"
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
	File   string // its path below the application's directory, where that is known; else its name
	Line   int
	Method string // of the lane: a handler, a helper of its task, or a segment
}

// Place finds where a program failed: the innermost frame that a //line directive has put into a .ptl file, and the innermost
// method among such frames. It works only while the panic runs, that is in a function deferred above the failing code, because unwinding removes the frames.
func Place() (Site, bool) {
	// Runtime and built-ins put a dozen frames above the user's at most; a deep recursion of externs may need more.
	pcs := make([]uintptr, 64)
	var at Site
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs)
		if n == 0 {
			break
		}
		frames := runtime.CallersFrames(pcs[:n])
		for {
			f, more := frames.Next()
			if strings.HasSuffix(f.File, ".ptl") {
				if at.File == "" {
					at.File, at.Line = below(f.File), f.Line
				}
				if at.Method = methodOf(f.Function); at.Method != "" {
					return at, true
				}
			}
			if !more {
				break
			}
		}
		if n < len(pcs) {
			break
		}
	}
	return at, at.File != ""
}

// below is a file of the program as its //line directives name it, below the application's directory. A binary that was
// built without -trimpath knows whole paths only, of which the last part says enough.
func below(file string) string {
	if filepath.IsAbs(file) {
		return filepath.Base(file)
	}
	return filepath.ToSlash(file)
}

// methodOf is the name of a method, given Go's name of it, of a function inside it, `package.(*lane).method.func1`, or of what a loop
// over a collection calls, `package.(*lane).method-range1`.
func methodOf(function string) string {
	_, rest, _ := strings.Cut(function, ").")
	if end := strings.IndexAny(rest, ".-"); end >= 0 {
		return rest[:end]
	}
	return rest
}
