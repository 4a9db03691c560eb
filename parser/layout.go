package parser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/token"
)

// layout makes the parser's tokens out of the scanner's. It sees to two things that a grammar does badly.
//
// Brackets: behind it every bracket has its partner. One that was forgotten is put in, one too many is taken out, and
// each is reported once; so a forgotten bracket costs one message and not the rest of the file. Files whose brackets
// agree take no notice of how they are indented; in all others indentation is the best witness of what was meant.
//
// Newlines: those stay that end a statement. Inside ( and [ none does, inside { they do again.
type layout struct {
	out     *reporter
	in      []lexer.Token
	tokens  []lexer.Token
	open    []bracket
	mending bool // the brackets do not agree: go by indentation

	line, indent int // the last line that indentOf was asked for
}

// bracket is an opening bracket that waits for its partner.
type bracket struct {
	token  lexer.Token
	indent int // of the line that it stands in
}

var partners = map[string]string{"(": ")", "[": "]", "{": "}", ")": "(", "]": "[", "}": "{"}

// arrange works in place where nothing is added: what it has read is not looked at again.
func arrange(in []lexer.Token, out *reporter) []lexer.Token {
	l := &layout{out: out, in: in, tokens: in[:0], mending: !balanced(in)}
	if l.mending {
		l.tokens = make([]lexer.Token, 0, len(in))
	}
	for i := range in {
		t := &in[i]
		if out.full() {
			t = &in[len(in)-1]
		}
		if l.mending && (i == 0 || kindOf(&in[i-1]) == token.Newline) {
			l.lineStart(t)
		}
		switch kindOf(t) {
		case token.Open, token.StringBegin:
			l.push(t)
		case token.Close:
			l.close(t)
		case token.StringMid, token.StringEnd:
			l.closeString(t)
		case token.Newline:
			l.newline(i)
		case token.Operator:
			if t.Value == "|>" && l.mending {
				l.stepStart(t)
			}
			l.tokens = append(l.tokens, *t)
		case token.EOF:
			l.abandon(len(l.open), t)
			l.tokens = append(l.tokens, *t)
			return l.tokens
		default:
			l.tokens = append(l.tokens, *t)
		}
	}
	return l.tokens
}

// balanced tells whether every bracket has its partner.
func balanced(tokens []lexer.Token) bool {
	var open []string
	for i := range tokens {
		t := &tokens[i]
		switch kindOf(t) {
		case token.Open:
			open = append(open, partners[t.Value])
		case token.StringBegin:
			open = append(open, `"`)
		case token.Close, token.StringMid, token.StringEnd:
			closes := t.Value
			if kindOf(t) != token.Close {
				closes = `"`
			}
			if len(open) == 0 || open[len(open)-1] != closes {
				return false
			}
			if kindOf(t) != token.StringMid {
				open = open[:len(open)-1]
			}
		}
	}
	return len(open) == 0
}

func (l *layout) push(t *lexer.Token) {
	indent := 0
	if l.mending {
		indent, _ = l.indentOf(t)
	}
	l.open = append(l.open, bracket{*t, indent})
	l.tokens = append(l.tokens, *t)
}

// close takes a closing bracket.
func (l *layout) close(t *lexer.Token) {
	want := partners[t.Value]
	top := len(l.open) - 1
	depth := top
	for depth >= 0 && l.open[depth].token.Value != want && kindOf(&l.open[depth].token) != token.StringBegin {
		depth--
	}
	switch {
	case depth < 0 || l.open[depth].token.Value != want:
		if top >= 0 && kindOf(&l.open[top].token) != token.StringBegin && !partnerAhead(l.in, t, l.open[top]) {
			l.wrongPartner(t)
			return
		}
		l.stray(t)
		return
	case l.mending && t.Value == "}":
		// A brace at the start of a line closes the block that begins with the same indentation.
		if indent, first := l.indentOf(t); first {
			depth = l.openedAt(indent, depth)
		}
	}
	l.abandon(top-depth, t)
	l.open = l.open[:depth]
	l.tokens = append(l.tokens, *t)
}

// openedAt looks from depth outwards for the block that began in a line with the given indentation; it answers depth
// when there is none. Trees are not deeper than maxDepth, so it need not look further.
func (l *layout) openedAt(indent, depth int) int {
	for d := depth; d >= max(0, depth-maxDepth) && l.open[d].indent >= indent; d-- {
		if l.open[d].token.Value == "{" && l.open[d].indent == indent {
			return d
		}
	}
	return depth
}

// partnerAhead tells whether the next closing bracket after t is the right one for open, so that t is one too many
// rather than a slip for it.
func partnerAhead(in []lexer.Token, t *lexer.Token, open bracket) bool {
	i, _ := slices.BinarySearchFunc(in, startOf(t)+1, func(t lexer.Token, offset int) int { return startOf(&t) - offset })
	for ; i < len(in); i++ {
		switch kindOf(&in[i]) {
		case token.Close:
			return in[i].Value == partners[open.token.Value]
		case token.Open, token.Newline, token.StringMid, token.StringEnd:
			return false
		}
	}
	return false
}

// closeString closes the interpolation that a further piece of a string ends, and what is open in it. The piece is
// dropped if its string was abandoned.
func (l *layout) closeString(t *lexer.Token) {
	depth := len(l.open) - 1
	for depth >= 0 && kindOf(&l.open[depth].token) != token.StringBegin {
		depth--
	}
	if depth < 0 {
		return
	}
	l.abandon(len(l.open)-1-depth, t)
	if kindOf(t) == token.StringEnd {
		l.open = l.open[:depth]
	}
	l.tokens = append(l.tokens, *t)
}

// lineStart is called, when brackets do not agree, for the first token of each line. A line that is not indented
// further than the one with an open bracket is not inside of it, and a declaration in the first column is in nothing.
func (l *layout) lineStart(t *lexer.Token) {
	if k := kindOf(t); k == token.Close || k == token.Newline || k == token.EOF {
		return
	}
	indent, _ := l.indentOf(t)
	if indent == 0 && token.IsDeclaration(t.Value) {
		l.abandon(len(l.open), t)
		return
	}
	if token.ContinuesBefore(t.Value) {
		return
	}
	n := 0
	for d := len(l.open) - 1; d >= 0 && l.open[d].indent >= indent; d-- {
		if l.open[d].token.Value == "{" && l.open[0].indent >= indent {
			break // nothing is indented here
		}
		n++
	}
	l.abandon(n, t)
}

// stepStart is called, when brackets do not agree, for each `|>`, which never stands in parentheses.
func (l *layout) stepStart(t *lexer.Token) {
	n := 0
	for d := len(l.open) - 1; d >= 0 && l.open[d].token.Value != "{"; d-- {
		n++
	}
	l.abandon(n, t)
}

// endsLine tells whether a newline counts at this place, as far as brackets are concerned.
func (l *layout) endsLine() bool {
	return len(l.open) == 0 || l.open[len(l.open)-1].token.Value == "{"
}

// abandon closes the n innermost brackets, which were forgotten, before t, and reports them as one mistake.
func (l *layout) abandon(n int, t *lexer.Token) {
	if n == 0 {
		return
	}
	lost := slices.Clone(l.open[len(l.open)-n:])
	l.open = l.open[:len(l.open)-n]
	end := l.lastEnd()
	for i := len(lost) - 1; i >= 0; i-- {
		if closing, ok := partners[lost[i].token.Value]; ok {
			l.tokens = append(l.tokens, newToken(token.Close, closing, end, end))
		} else {
			l.tokens = append(l.tokens, newToken(token.StringEnd, `}"`, end, end))
		}
	}
	if kindOf(t) != token.Close && kindOf(t) != token.EOF && !token.ContinuesBefore(t.Value) && l.endsLine() {
		if _, first := l.indentOf(t); first {
			l.tokens = append(l.tokens, newToken(token.Newline, "\n", end, end))
		}
	}
	l.out.forgotten(lost, t, end)
}

func (l *layout) lastEnd() int {
	for i := len(l.tokens) - 1; i >= 0; i-- {
		if kindOf(&l.tokens[i]) != token.Newline {
			return endOf(&l.tokens[i])
		}
	}
	return 0
}

// newline keeps the i-th token, a Newline, if it ends a statement.
func (l *layout) newline(i int) {
	t := &l.in[i]
	if t.Value == ";" {
		l.tokens = append(l.tokens, *t)
		return
	}
	if !l.endsLine() || len(l.tokens) == 0 {
		return
	}
	last := &l.tokens[len(l.tokens)-1]
	if !token.ContinuesAfter(last.Value) && !token.ContinuesBefore(l.in[i+1].Value) {
		l.tokens = append(l.tokens, *t)
	}
}

// indentOf is the indentation of the line that t stands in, in bytes, and whether t is its first token.
func (l *layout) indentOf(t *lexer.Token) (indent int, first bool) {
	p := l.out.file.Position(startOf(t))
	if p.Line != l.line {
		line := l.out.file.Line(p.Line)
		l.line, l.indent = p.Line, len(line)-len(strings.TrimLeft(line, " \t"))
	}
	return l.indent, p.Column == l.indent+1
}

// stray reports a closing bracket that closes nothing, and drops it.
func (l *layout) stray(t *lexer.Token) {
	l.out.add(&diag.Diagnostic{
		Code:    codeBracket,
		Title:   fmt.Sprintf("this `%s` closes nothing", t.Value),
		Primary: diag.Label{Span: l.out.span(startOf(t), endOf(t)), Text: fmt.Sprintf("there is no open `%s` for it", partners[t.Value])},
		Help:    "Remove it, or write the bracket that it should close.",
	})
}

// wrongPartner reports a closing bracket of the wrong shape, and takes it for the right one.
func (l *layout) wrongPartner(t *lexer.Token) {
	top := &l.open[len(l.open)-1].token
	right := partners[top.Value]
	l.open = l.open[:len(l.open)-1]
	l.tokens = append(l.tokens, newToken(token.Close, right, startOf(t), endOf(t)))
	span := l.out.span(startOf(t), endOf(t))
	l.out.add(&diag.Diagnostic{
		Code:      codeBracket,
		Title:     fmt.Sprintf("`%s` does not close `%s`", t.Value, top.Value),
		Primary:   diag.Label{Span: span, Text: fmt.Sprintf("expected `%s` here", right)},
		Secondary: []diag.Label{{Span: l.out.span(startOf(top), endOf(top)), Text: "because of this"}},
		Help:      fmt.Sprintf("Write `%s`.", right),
		Edits:     []diag.Edit{{Span: span, New: right}},
	})
}

// forgotten reports brackets that are still open before t, where they cannot be; end is where they should have been
// closed at the latest.
func (r *reporter) forgotten(lost []bracket, t *lexer.Token, end int) {
	lost = slices.DeleteFunc(lost, func(b bracket) bool { return kindOf(&b.token) != token.Open })
	if len(lost) == 0 {
		return
	}
	inner := &lost[len(lost)-1].token
	if r.unquotedURL(inner) {
		r.guessed = append(r.guessed, r.span(startOf(inner), end))
		return
	}
	closing := partners[inner.Value]
	if inner.Value != "{" {
		r.guessed = append(r.guessed, r.span(startOf(inner), end))
	}
	d := &diag.Diagnostic{
		Code:    codeBracket,
		Title:   fmt.Sprintf("this `%s` is never closed", inner.Value),
		Primary: diag.Label{Span: r.span(startOf(inner), endOf(inner)), Text: fmt.Sprintf("a `%s` for this is missing", closing)},
		Help:    fmt.Sprintf("Write the missing `%s`.", closing),
	}
	switch where := r.span(startOf(t), endOf(t)); kindOf(t) {
	case token.EOF:
		d.Notes = []string{"the file ends before it is closed"}
	case token.Close:
		d.Secondary = append(d.Secondary, diag.Label{Span: where, Text: "this closes what is around it"})
	case token.StringMid, token.StringEnd:
		d.Secondary = append(d.Secondary, diag.Label{Span: r.span(startOf(t), startOf(t)+1), Text: "`${` ends here"})
	case token.Operator:
		d.Secondary = append(d.Secondary, diag.Label{Span: where, Text: "a step cannot be inside of it"})
	default:
		d.Secondary = append(d.Secondary, diag.Label{Span: where, Text: "this line is not inside of it any more"})
	}
	switch len(lost) {
	case 1:
	case 2:
		d.Notes = append(d.Notes, fmt.Sprintf("the `%s` around it is not closed either", lost[0].token.Value))
	default:
		d.Notes = append(d.Notes, fmt.Sprintf("%d brackets around it are not closed either", len(lost)-1))
	}
	if inner.Value != "{" && len(lost) == 1 {
		d.Edits = []diag.Edit{{Span: r.span(end, end), New: closing}}
	}
	r.add(d)
}
