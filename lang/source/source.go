// Package source holds files and the places in them.
//
// A place is a byte offset. Lines and columns exist only when something is printed: a File counts its lines once and
// answers by binary search, so that the compiler's data carry two integers and no strings.
package source

import (
	"fmt"
	"sort"
	"strings"
)

// File is one source text. It never changes after New.
type File struct {
	name  string
	text  string
	lines []int // offset of the first byte of each line
}

// New returns the file called name (as it is to be printed) that holds text.
func New(name, text string) *File {
	f := &File{name: name, text: text, lines: []int{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// Name is the path of the file as users wrote it.
func (f *File) Name() string { return f.name }

// Text is the whole text of the file.
func (f *File) Text() string { return f.text }

// Lines is the number of lines; a last line without a newline counts.
func (f *File) Lines() int { return len(f.lines) }

// Line returns the text of line n, counted from 1, without its line end.
func (f *File) Line(n int) string {
	start := f.lines[n-1]
	end := len(f.text)
	if n < len(f.lines) {
		end = f.lines[n] - 1
	}
	return strings.TrimSuffix(f.text[start:end], "\r")
}

// Offset is the byte offset at which line n begins, counted from 1.
func (f *File) Offset(n int) int { return f.lines[n-1] }

// Position is a place for people: line and column from 1, the column in bytes.
type Position struct {
	Line, Column int
}

// Position converts a byte offset. Offsets beyond the text are taken as its end.
func (f *File) Position(offset int) Position {
	offset = min(max(offset, 0), len(f.text))
	line := sort.SearchInts(f.lines, offset+1)
	return Position{Line: line, Column: offset - f.lines[line-1] + 1}
}

// Span is the half-open range [Start, End) of byte offsets in File. The zero Span is no place.
type Span struct {
	File       *File
	Start, End int
}

// Valid tells whether the span is a place in a file.
func (s Span) Valid() bool { return s.File != nil }

// Text is the source text that the span covers.
func (s Span) Text() string {
	if !s.Valid() {
		return ""
	}
	return s.File.text[s.Start:s.End]
}

// Position is the place where the span starts.
func (s Span) Position() Position {
	if !s.Valid() {
		return Position{}
	}
	return s.File.Position(s.Start)
}

// String is path:line:column of the span's start.
func (s Span) String() string {
	if !s.Valid() {
		return "-"
	}
	p := s.Position()
	return fmt.Sprintf("%s:%d:%d", s.File.name, p.Line, p.Column)
}

// To returns the span from the start of s to the end of t; both must lie in one file.
func (s Span) To(t Span) Span {
	if !s.Valid() {
		return t
	}
	if !t.Valid() {
		return s
	}
	return Span{File: s.File, Start: s.Start, End: max(s.End, t.End)}
}
