package parser

import (
	"fmt"
	"strings"

	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

// The codes of syntax errors; lang/diag has a page for each.
const (
	codeUnexpected  diag.Code = "PTL0101"
	codeBracket     diag.Code = "PTL0102"
	codeUnfinished  diag.Code = "PTL0103"
	codeEscape      diag.Code = "PTL0104"
	codeNumber      diag.Code = "PTL0105"
	codeMeaningless diag.Code = "PTL0106"
	codeForeign     diag.Code = "PTL0107"
	codeCase        diag.Code = "PTL0108"
	codeOneLine     diag.Code = "PTL0109"
	codeDepth       diag.Code = "PTL0110"
	codeTooMany     diag.Code = "PTL0111"
	codeAssignment  diag.Code = "PTL0112"
	codeReserved    diag.Code = "PTL0113"
	codeWrongPlace  diag.Code = "PTL0114"
	codeArrow       diag.Code = "PTL0115"
	codeTarget      diag.Code = "PTL0116"
	codeChained     diag.Code = "PTL0117"
	codeBraces      diag.Code = "PTL0118"
)

// maxErrors is how many errors of one file are reported; the last one says that there are more.
const maxErrors = 100

// reporter builds the diagnostics of one file. The functions below are those of the scanner; the parser has its own.
type reporter struct {
	file  *source.File
	diags *diag.List
	count int

	guessed []source.Span // what lies behind a bracket whose end the layout has guessed
}

// full tells whether enough has been reported; there is no point in reading on then.
func (r *reporter) full() bool { return r.count >= maxErrors }

func (r *reporter) add(d *diag.Diagnostic) {
	if r.full() {
		return
	}
	r.count++
	if r.full() {
		d = &diag.Diagnostic{
			Code:    codeTooMany,
			Title:   fmt.Sprintf("this file has more than %d syntax errors", maxErrors-1),
			Primary: diag.Label{Span: d.Primary.Span, Text: "the rest of the file was not read"},
			Help:    "Mend the first ones and try again; later ones are often their consequence.",
		}
	}
	for i, note := range d.Notes {
		d.Notes[i] = diag.Sentence(note)
	}
	r.diags.Add(d)
}

func (r *reporter) span(start, end int) source.Span { return at(r.file, start, end).Place }

func (r *reporter) notText(offset int, what string) {
	r.add(&diag.Diagnostic{
		Code:    codeMeaningless,
		Title:   "this file is not text",
		Primary: diag.Label{Span: r.span(offset, offset+1), Text: "here is " + what},
		Help:    "Source files are UTF-8 text; save it in that encoding.",
	})
}

func (r *reporter) meaningless(start, end int) {
	text := r.file.Text()[start:end]
	what := fmt.Sprintf("`%s` has no meaning here", text)
	if len([]rune(text)) > 10 {
		what = "these characters have no meaning here"
	}
	help := "Remove it; in a text it would have to stand between double quotes."
	switch {
	case strings.HasPrefix(text, "@"):
		help = "There are no annotations; remove it."
	case text == `\`:
		help = "A lambda is written `x => …`, and a text stands between double quotes."
	case text == "^":
		help = "A power is written `x.pow(n)`; there are no operators on bits."
	}
	r.add(&diag.Diagnostic{
		Code:    codeMeaningless,
		Title:   what,
		Primary: diag.Label{Span: r.span(start, end)},
		Help:    help,
	})
}

// foreign reports a spelling of another language; mend is ours, "" when there is no mechanical one.
func (r *reporter) foreign(start, end int, title, why, mend string) {
	d := &diag.Diagnostic{
		Code:    codeForeign,
		Title:   title,
		Primary: diag.Label{Span: r.span(start, end)},
		Help:    diag.Sentence(why),
	}
	if mend != "" {
		d.Edits = []diag.Edit{{Span: d.Primary.Span, New: mend}}
	}
	r.add(d)
}

func (r *reporter) unfinishedString(start, end int) {
	whole := strings.TrimRight(r.file.Text()[start:end], " \t\r")
	r.add(&diag.Diagnostic{
		Code:    codeUnfinished,
		Title:   "this text has no end",
		Primary: diag.Label{Span: r.span(start, start+len(whole)), Text: "begins here and runs to the end of the line"},
		Help:    `Close it with a double quote. A text of several lines stands between """ and """.`,
		Edits:   []diag.Edit{{Span: r.span(start+len(whole), start+len(whole)), New: `"`}},
	})
}

func (r *reporter) unfinishedRaw(start int) {
	r.add(&diag.Diagnostic{
		Code:    codeUnfinished,
		Title:   "this raw text has no end",
		Primary: diag.Label{Span: r.span(start, start+len(rawQuote)), Text: "begins here and runs to the end of the file"},
		Help:    `Close it with """.`,
	})
}

func (r *reporter) unfinishedInterpolation(open interpolation, end int) {
	r.guessed = append(r.guessed, r.span(open.dollar, end))
	r.add(&diag.Diagnostic{
		Code:      codeUnfinished,
		Title:     "this `${` is not closed",
		Primary:   diag.Label{Span: r.span(open.dollar, open.dollar+2), Text: "a `}` for this is missing"},
		Secondary: []diag.Label{{Span: r.span(open.start, open.start+1), Text: "the text begins here"}},
		Notes:     []string{"the expression in `${…}`, and the rest of the text, stand on one line"},
		Help:      "Close the expression with `}` and the text with a double quote; to write a dollar sign before a brace, write `\\${`.",
	})
}

// badEscapes reports what no escapes are in one text.
func (r *reporter) badEscapes(places []source.Span) {
	if len(places) == 0 {
		return
	}
	first := places[0]
	d := &diag.Diagnostic{
		Code:    codeEscape,
		Title:   fmt.Sprintf("`%s` is not an escape", first.Text()),
		Primary: diag.Label{Span: first},
		Notes: []string{"the escapes are `\\n`, `\\t`, `\\r`, `\\\"`, `\\\\`, `\\$`, `\\a`, `\\b`, `\\f`, `\\v`, " +
			"`\\u00e9`, `\\U0001f600`, `\\x41` and `\\101`"},
		Help: "To write a backslash, write two.",
	}
	for _, at := range places {
		edit := diag.Edit{Span: r.span(at.Start, at.Start+1), New: `\\`}
		if at.Text() == `\'` {
			edit.New = ""
		}
		d.Edits = append(d.Edits, edit)
	}
	for _, at := range places[1:] {
		d.Secondary = append(d.Secondary, diag.Label{Span: at, Text: "nor is this"})
	}
	if first.Text() == `\'` {
		d.Help = "A single quote needs no backslash."
	}
	r.add(d)
}

func (r *reporter) badNumber(start, end int, title, why, mend string) {
	d := &diag.Diagnostic{
		Code:    codeNumber,
		Title:   title,
		Primary: diag.Label{Span: r.span(start, end)},
		Notes:   []string{why},
	}
	if mend != "" {
		d.Help = fmt.Sprintf("Write `%s`.", mend)
		d.Edits = []diag.Edit{{Span: d.Primary.Span, New: mend}}
	}
	r.add(d)
}
