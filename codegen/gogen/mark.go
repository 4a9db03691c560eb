package gogen

import (
	"bytes"
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/source"
)

// A mark is a //line directive: it says what place the next line stands for, and the lines after it count on from
// there. Users' places are known when a mark is written. That of generated code is not, before the file is formatted; so
// `//line :1` stands in for it until exact counts. Directives are one line before and after, so that counting is simple.

const ownPlace = "//line :1"

// exact replaces the marks of generated code by ones that name their own file and line.
func exact(text []byte, file string) []byte {
	lines := bytes.Split(text, []byte("\n"))
	for i, line := range lines {
		if string(line) == ownPlace {
			lines[i] = fmt.Appendf(nil, "//line %s:%d", file, i+2)
		}
	}
	return bytes.Join(lines, []byte("\n"))
}

// mark puts a mark for the user's place before the next statement of g.
func (f *goFile) mark(g *jen.Group, at source.Span) {
	if !f.e.opts.Lines || !at.Valid() {
		return
	}
	f.user = true
	g.Comment("//line " + f.e.line(at))
}

// declare begins a top-level declaration with its comment. One that has a place in the program is marked with it; one
// that has none is marked as the emitter's own, if anything above it is not.
func (f *goFile) declare(text string, at source.Span) {
	f.Line()
	for _, line := range bytes.Split([]byte(text), []byte("\n")) {
		f.Comment(string(line))
	}
	if !f.e.opts.Lines {
		return
	}
	switch {
	case at.Valid():
		f.user = true
		f.Comment("//")
		f.Comment("//line " + f.e.line(at))
	case f.user:
		f.user = false
		f.Comment("//")
		f.Comment(ownPlace)
	}
}
