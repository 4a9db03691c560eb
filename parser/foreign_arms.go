package parser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/token"
)

// The arms of a `match` as other languages write them.

// armsWithoutBraces reports a `match` whose arms stand in lines of their own without braces around them, and skips these.
func (p *parser) armsWithoutBraces() bool {
	n := 0
	if p.at("with") || p.at(":") || p.at("of") || p.at("do") {
		n++
	}
	if kindOf(p.ahead(n)) == token.Newline {
		n++
	} else if !p.at(":") || !strings.Contains(p.span(p.start(), startOf(p.ahead(1))).Text(), "\n") { // behind a `:`, line ends do not count
		return false
	}
	if !p.armAhead(n) {
		return false
	}
	p.refuse(codeBraces, "the arms of a `match` stand in braces", "expected `{` here", "The form is `match value { pattern => result }`.")
	for ok := true; ok; ok = p.kind() == token.Newline && p.armAhead(1) {
		for range n {
			p.next()
		}
		p.skipTo(func(t *lexer.Token) bool { return kindOf(t) == token.Newline })
		n = 1
	}
	return true
}

// armAhead tells whether the line that begins n tokens ahead is an arm.
func (p *parser) armAhead(n int) bool {
	if word := p.ahead(n).Value; word == "|" || word == "case" || word == "default" {
		return true
	}
	return p.firstInLine(n, "=>", "->") != ""
}

// firstInLine is which of the words and signs comes first in the line from n tokens ahead on, outside of brackets; "" if none does.
func (p *parser) firstInLine(n int, words ...string) string {
	for depth := 0; ; n++ {
		t := p.ahead(n)
		if depth == 0 && slices.Contains(words, t.Value) {
			return t.Value
		}
		switch kindOf(t) {
		case token.EOF:
			return ""
		case token.Newline:
			if depth == 0 {
				return ""
			}
		case token.Open, token.StringBegin:
			depth++
		case token.Close, token.StringEnd:
			if depth--; depth < 0 {
				return ""
			}
		}
	}
}

// caseWord drops the `case` that other languages begin an arm with.
func (p *parser) caseWord() {
	if !p.at("case") {
		return
	}
	switch kindOf(p.ahead(1)) {
	case token.Ident, token.Int, token.String:
		p.mend(&diag.Diagnostic{
			Code: codeForeign, Title: "an arm begins with its pattern", Primary: diag.Label{Span: p.here()},
			Help: "Leave `case` out: `pattern => result`.", Edits: []diag.Edit{{Span: p.span(p.start(), startOf(p.ahead(1))), New: ""}},
		})
		p.next()
	}
}

// elseArm takes `else =>` and `default:` for `_ =>`; it answers true if that is what stands there.
func (p *parser) elseArm() bool {
	switch behind := p.ahead(1).Value; {
	case p.at("else") && (behind == "=>" || behind == "->" || behind == ":"):
	case p.at("default") && (behind == "->" || behind == ":"):
	default:
		return false
	}
	p.mendWord("_", "The arm for all that is left is `_ => result`.")
	return true
}

// wrongArrow reports what stands in the place of an arm's `=>`; it answers true if it was meant as one.
func (p *parser) wrongArrow() bool {
	if p.at("->") || p.at(":") || p.at("=") {
		mended := "=>"
		if p.end() == p.start() {
			mended = " =>"
		}
		p.mend(&diag.Diagnostic{
			Code: codeArrow, Title: fmt.Sprintf("the arrow of an arm is `=>`, not `%s`", p.peek().Value),
			Primary: diag.Label{Span: p.here()}, Help: "Write `pattern => result`.",
			Edits: []diag.Edit{{Span: p.here(), New: mended}},
		})
		return true
	}
	if p.at("..") {
		p.refuse(codeForeign, "a pattern has no range of numbers", "", "Bind the number and compare it in a guard: `n if n >= 0 && n < 10 => …`.")
		return false
	}
	if name := p.nameBefore(); p.at("{") && isUpper(name) {
		p.refuse(codeForeign, "what a variant holds stands in parentheses", "", fmt.Sprintf("Write `%s(a, b) => result`.", name))
		return false
	}
	p.refuse(codeArrow, "expected `=>`, found "+describe(p.peek()), "because of the pattern before it", "Write `pattern => result`.")
	return false
}

func (p *parser) armNeedsBraces() {
	word := p.peek().Value
	p.mend(&diag.Diagnostic{
		Code: codeBraces, Title: fmt.Sprintf("`%s` needs braces here", word), Primary: diag.Label{Span: p.here()},
		Notes: []string{"an arm is an expression or one simple statement"}, Help: "Write `pattern => { … }`.",
	})
}
