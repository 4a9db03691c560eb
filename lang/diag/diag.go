// Package diag holds what the compiler has to say to its users.
//
// A phase builds Diagnostics as values and adds them to a List; it never prints. Rendering (text.go for people,
// json.go for machines) is a function of the list. Each code has one page under pages/, with a program that fails with
// it and the same program mended; a test compiles both.
package diag

import (
	"slices"
	"sort"

	"github.com/portals-lang/portals/lang/source"
)

// Code is a stable number, PTLnnnn; a code is never given another meaning.
type Code string

// Severity tells errors from warnings.
type Severity int

// The severities.
const (
	Error Severity = iota
	Warning
)

// Label points at a place and says what is there.
type Label struct {
	Span source.Span
	Text string // may be "", for the primary label of a self-evident place
}

// Edit replaces the text of Span by New; `portalsc check --fix` applies it.
type Edit struct {
	Span source.Span
	New  string
}

// Diagnostic is one finding.
type Diagnostic struct {
	Code      Code
	Severity  Severity
	Title     string   // one line, no full stop: what was found
	Primary   Label    // where
	Secondary []Label  // the other places concerned, in the order to read them
	Notes     []string // what was expected, and because of what
	Help      string   // what to do; may be several sentences
	Edits     []Edit   // one consistent mend, or none
}

// List collects the diagnostics of a compilation.
type List struct {
	items []*Diagnostic
}

// Add appends d.
func (l *List) Add(d *Diagnostic) { l.items = append(l.items, d) }

// Remove takes d out again, for what was found to be a part of something else.
func (l *List) Remove(d *Diagnostic) {
	for i, x := range slices.Backward(l.items) { // it is among the last
		if x == d {
			l.items = slices.Delete(l.items, i, i+1)
			return
		}
	}
}

// HasErrors tells whether any item is an error.
func (l *List) HasErrors() bool {
	for _, d := range l.items {
		if d.Severity == Error {
			return true
		}
	}
	return false
}

// Sorted returns the items by file, then place, errors before warnings at one place; equal findings at one place once.
func (l *List) Sorted() []*Diagnostic {
	out := append([]*Diagnostic(nil), l.items...)
	sort.SliceStable(out, func(i, j int) bool { return less(out[i], out[j]) })
	kept := out[:0]
	for i, d := range out {
		if i > 0 && same(kept[len(kept)-1], d) {
			continue
		}
		kept = append(kept, d)
	}
	return kept
}

func less(a, b *Diagnostic) bool {
	x, y := a.Primary.Span, b.Primary.Span
	if n, m := fileName(x), fileName(y); n != m {
		return n < m
	}
	if x.Start != y.Start {
		return x.Start < y.Start
	}
	if a.Severity != b.Severity {
		return a.Severity < b.Severity
	}
	return a.Code < b.Code
}

func same(a, b *Diagnostic) bool {
	return a.Code == b.Code && a.Primary.Span == b.Primary.Span && a.Title == b.Title
}

func fileName(s source.Span) string {
	if s.File == nil {
		return ""
	}
	return s.File.Name()
}
