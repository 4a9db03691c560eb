package typecheck

import (
	"fmt"
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// finding is a diagnostic while it is put together. It is in the list from the start.
type finding struct{ *diag.Diagnostic }

// err reports an error. label says what stands at the place; it may be "".
func (c *checker) err(code diag.Code, at source.Span, label, title string, args ...any) finding {
	return c.report(diag.Error, code, at, label, fmt.Sprintf(title, args...))
}

// misplaced reports that a name stands for something of another sort than is wanted at its place. If several things have
// that name, which has been reported, another may be what is meant.
func (c *checker) misplaced(obj Object, at source.Span, title string, args ...any) finding {
	if c.doubled[obj] {
		return finding{&diag.Diagnostic{}}
	}
	return c.err("PTL0203", at, "", title, args...).at(declOf(obj), "declared here")
}

// warn reports a warning, unless the line before allows it.
func (c *checker) warn(code diag.Code, at source.Span, label, title string, args ...any) finding {
	if at.Valid() && c.allows[allowance{at.File, at.Position().Line, code}] {
		return finding{&diag.Diagnostic{}}
	}
	return c.report(diag.Warning, code, at, label, fmt.Sprintf(title, args...))
}

func (c *checker) report(s diag.Severity, code diag.Code, at source.Span, label, title string) finding {
	d := &diag.Diagnostic{Code: code, Severity: s, Title: title, Primary: diag.Label{Span: at, Text: beginning(label)}}
	if !c.quiet[at.File] && !c.garbled[lineOf(at)] {
		c.diags.Add(d)
	}
	return finding{d}
}

// line is a line of a file.
type line struct {
	file *source.File
	line int
}

func lineOf(s source.Span) line { return line{s.File, s.Position().Line} }

// garbledLines are the lines on which the parser has found something wrong. What the checker makes of them is a guess,
// so it does not speak of them.
func garbledLines(diags *diag.List) map[line]bool {
	lines := map[line]bool{}
	for _, d := range diags.Sorted() {
		if d.Primary.Span.Valid() {
			lines[lineOf(d.Primary.Span)] = true
		}
		if d.Code == "PTL0113" { // whose further places are uses of the name
			for _, l := range d.Secondary {
				lines[lineOf(l.Span)] = true
			}
		}
	}
	return lines
}

// at adds a further place; one that is not valid is left out.
func (f finding) at(span source.Span, label string, args ...any) finding {
	if span.Valid() {
		f.Secondary = append(f.Secondary, diag.Label{Span: span, Text: beginning(fmt.Sprintf(label, args...))})
	}
	return f
}

// mostLabelled is how many characters of a label are shown: one that names a very large type stands beside a line of the program, and the
// title has all of the type.
const mostLabelled = 120

func beginning(label string) string {
	if r := []rune(label); len(r) > mostLabelled {
		return string(r[:mostLabelled-1]) + "…"
	}
	return label
}

func (f finding) note(text string, args ...any) finding {
	f.Notes = append(f.Notes, fmt.Sprintf(text, args...))
	return f
}

func (f finding) help(text string, args ...any) finding {
	if f.Help != "" {
		f.Help += " "
	}
	f.Help += fmt.Sprintf(text, args...)
	return f
}

// edit offers to replace the text at span.
func (f finding) edit(span source.Span, text string) finding {
	if span.Valid() {
		f.Edits = append(f.Edits, diag.Edit{Span: span, New: text})
	}
	return f
}

// mostOffered bounds the names that are compared with others to suggest one, in all. It is far above what a program has that
// somebody wrote; behind it nothing is suggested, and what is unknown is still told.
const mostOffered = 1_000_000

// offered is a list of so many names to suggest from, if there is still room for them.
func (c *checker) offered(n int, names func() []string) []string {
	if c.offers += n; c.offers > mostOffered {
		return nil
	}
	return names()
}

// didYouMean suggests the candidate nearest to name, and to write it.
func (f finding) didYouMean(at source.Span, name string, candidates []string) finding {
	if near, ok := diag.Nearest(name, candidates); ok {
		return f.help("Did you mean `%s`?", near).edit(at, near)
	}
	return f
}

// allowance is a line on which a warning is allowed, by a comment on the line before.
type allowance struct {
	file *source.File
	line int
	code diag.Code
}

// allowances collects the comments `// allow PTL0803: reason`. One without a reason allows nothing. Several in a row
// all belong to the first line that is not a comment.
func allowances(files []*ast.File) map[allowance]bool {
	allows := map[allowance]bool{}
	for _, f := range files {
		first, behind := 0, 0 // the lines of the comment that follows, and behind the last one that follows without a gap
		for _, comment := range slices.Backward(f.Comments) {
			line := comment.Place.Position().Line
			if line+1 != first {
				behind = line + 1
			}
			first = line
			rest, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimLeft(comment.Text, "/")), "allow ")
			code, reason, hasReason := strings.Cut(rest, ":")
			if ok && hasReason && strings.TrimSpace(reason) != "" {
				allows[allowance{comment.Place.File, behind, diag.Code(strings.TrimSpace(code))}] = true
			}
		}
	}
	return allows
}

// article is a noun with its article: `an Int`, `a String`.
func article(noun string) string {
	if noun != "" && strings.ContainsRune("aeiouAEIO", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

// plural is a count with its noun: `1 argument`, `2 arguments`.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// mostQuoted is how many names a list in a sentence has; of more it says how many.
const mostQuoted = 20

// quoted lists names as `a`, `b` and `c`.
func quoted(names []string) string {
	marked := make([]string, 0, mostQuoted+1)
	for _, n := range names[:min(len(names), mostQuoted)] {
		marked = append(marked, "`"+n+"`")
	}
	if more := len(names) - mostQuoted; more > 0 {
		marked = append(marked, fmt.Sprintf("%d more", more))
	}
	if len(marked) < 2 {
		return strings.Join(marked, "")
	}
	return strings.Join(marked[:len(marked)-1], ", ") + " and " + marked[len(marked)-1]
}

// show prints a type for a message.
func show(t types.Type) string {
	if t == nil {
		return "nothing"
	}
	if types.TooLarge(t) {
		return "a type that is too large"
	}
	return types.Zonk(t).String()
}
