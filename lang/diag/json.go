package diag

import (
	"encoding/json"
	"io"

	"github.com/portals-lang/portals/lang/source"
)

// document is what JSON writes. Members are added over time, never renamed or removed.
//
//	{"version": 1, "diagnostics": [{
//	  "code": "PTL0112", "name": "assignment in place of a comparison", "severity": "error", "title": "…",
//	  "primary": {"file": "a.ptl", "start": PLACE, "end": PLACE, "text": "…"},
//	  "secondary": [ …like primary… ], "notes": ["…"], "help": "…",
//	  "edits": [{"file": "a.ptl", "start": PLACE, "end": PLACE, "new": "…"}]
//	}]}
//
// A PLACE is {"offset": bytes from 0, "line": from 1, "column": bytes from 1, "utf16": UTF-16 units from 0}. The
// edits of a diagnostic belong together: applying all of them is the mend. "primary" is null when there is no place.
type document struct {
	Version     int       `json:"version"`
	Diagnostics []finding `json:"diagnostics"`
}

type finding struct {
	Code      Code        `json:"code"`
	Name      string      `json:"name"`
	Severity  string      `json:"severity"`
	Title     string      `json:"title"`
	Primary   *extent     `json:"primary"`
	Secondary []extent    `json:"secondary"`
	Notes     []string    `json:"notes"`
	Help      string      `json:"help"`
	Edits     []editValue `json:"edits"`
}

type extent struct {
	File  string `json:"file"`
	Start place  `json:"start"`
	End   place  `json:"end"`
	Text  string `json:"text"`
}

type editValue struct {
	File  string `json:"file"`
	Start place  `json:"start"`
	End   place  `json:"end"`
	New   string `json:"new"`
}

type place struct {
	Offset int `json:"offset"`
	Line   int `json:"line"`
	Column int `json:"column"`
	UTF16  int `json:"utf16"`
}

// JSON writes the diagnostics as one JSON document for machines.
func JSON(w io.Writer, ds []*Diagnostic) error {
	doc := document{Version: 1, Diagnostics: []finding{}}
	lines := rulers{}
	for _, d := range ds {
		doc.Diagnostics = append(doc.Diagnostics, lines.finding(d))
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(doc)
}

func (rs rulers) finding(d *Diagnostic) finding {
	f := finding{
		Code: d.Code, Name: Name(d.Code), Severity: "error", Title: d.Title, Help: d.Help,
		Secondary: []extent{}, Notes: []string{}, Edits: []editValue{},
	}
	if d.Severity == Warning {
		f.Severity = "warning"
	}
	if d.Primary.Span.Valid() {
		e := rs.extent(d.Primary)
		f.Primary = &e
	}
	for _, l := range d.Secondary {
		if l.Span.Valid() {
			f.Secondary = append(f.Secondary, rs.extent(l))
		}
	}
	f.Notes = append(f.Notes, d.Notes...)
	for _, e := range d.Edits {
		if s := e.Span; s.Valid() {
			f.Edits = append(f.Edits, editValue{s.File.Name(), rs.placed(s.File, s.Start), rs.placed(s.File, s.End), e.New})
		}
	}
	return f
}

func (rs rulers) extent(l Label) extent {
	s := l.Span
	return extent{s.File.Name(), rs.placed(s.File, s.Start), rs.placed(s.File, s.End), l.Text}
}

func (rs rulers) placed(f *source.File, offset int) place {
	p := f.Position(offset)
	r := rs.of(f, p.Line)
	behind := max(p.Column-1-len(r.text), 0) // the line, within its end
	return place{Offset: offset, Line: p.Line, Column: p.Column, UTF16: r.at(p.Column-1).utf16 + behind}
}
