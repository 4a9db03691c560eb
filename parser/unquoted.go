package parser

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/token"
)

// This file knows addresses, URLs and paths that stand without quotes. Those that could be read as something else, such as
// `localhost:8080` and `data.txt`, are left to the checker, which knows what is declared.

var (
	// noExpression is the beginning of an address or a path that no expression begins with.
	noExpression = regexp.MustCompile(`^(:\d|[/*]|\.{1,2}/|[\w-]+(\.[\w-]+)+:\d)`)
	// urlBehind is a URL as the first argument, which the scanner has taken for a name and a comment.
	urlBehind = regexp.MustCompile(`^\(\s*(?:(?:address|url):\s*)?(https?://[^\s,)"]*)`)
	// foreignPath is the beginning of a path that has signs which the language has not: of Windows, or of a home directory.
	foreignPath = regexp.MustCompile(`^([A-Za-z]:[\\/]|[~\\]|[\w. -]*\\)`)
	// address is an IP address, perhaps with port and path; what would mean something else between quotes is in none.
	address = regexp.MustCompile(`^\d+\.\d+\.\d+\.\d+(:\d+)?(/[^\s,)"\\$]*)?`)
)

// unquoted reports an argument of a connector that stands without quotes, and skips it.
func (p *parser) unquoted(callee ast.Expr) bool {
	f, ok := callee.(*ast.Field)
	if !ok {
		return false
	}
	module, ok := f.X.(*ast.Ident)
	if !ok || module.Name != "file" && module.Name != "http" {
		return false
	}
	rest := p.file.Text()[p.start():]
	if !noExpression.MatchString(rest) {
		return false
	}
	p.report(withoutQuotes(p.span(p.start(), p.start()+lengthOfPath(rest))))
	p.skipTo(func(t *lexer.Token) bool { return t.Value == "," || kindOf(t) == token.Newline })
	return true
}

// lengthOfPath is how far an argument reaches that is one path. Blanks belong to it unless a comma is missing behind it.
func lengthOfPath(text string) int {
	whole := strings.TrimRight(text[:strings.IndexAny(text+"\n", "\r\n,)\"")], " \t")
	word := strings.IndexAny(whole+" ", " \t")
	if strings.Contains(whole[word:], ":") {
		return word
	}
	return len(whole)
}

// unquotedPath reads the first argument of `file.…` as a text, if it is a path that the signs of the language cannot express.
func (s *scanner) unquotedPath() bool {
	n := len(s.tokens)
	if n >= 6 && s.tokens[n-1].Value == ":" && s.tokens[n-2].Value == "path" {
		n -= 2
	}
	if n < 4 || s.tokens[n-1].Value != "(" || s.tokens[n-3].Value != "." || s.tokens[n-4].Value != "file" ||
		!foreignPath.MatchString(s.text[s.at:]) {
		return false
	}
	start := s.at
	s.at += lengthOfPath(s.text[start:])
	d := withoutQuotes(s.out.span(start, s.at))
	s.out.add(d)
	s.emit(token.String, d.Edits[0].New, start)
	return true
}

// unquotedURL reports a URL behind a parenthesis that is not closed because the URL was taken for a comment.
func (r *reporter) unquotedURL(open *lexer.Token) bool {
	at := urlBehind.FindStringSubmatchIndex(r.file.Text()[startOf(open):])
	if at == nil {
		return false
	}
	r.add(withoutQuotes(r.span(startOf(open)+at[2], startOf(open)+at[3])))
	return true
}

// unquotedAddress reads `127.0.0.1:8080` as a text.
func (s *scanner) unquotedAddress() bool {
	text := address.FindString(s.text[s.at:])
	if text == "" {
		return false
	}
	start := s.at
	s.at += len(text)
	s.out.add(withoutQuotes(s.out.span(start, s.at)))
	s.emit(token.String, `"`+text+`"`, start)
	return true
}

func withoutQuotes(place source.Span) *diag.Diagnostic {
	text := `"` + strings.NewReplacer(`\`, `\\`, `${`, `\${`).Replace(place.Text()) + `"`
	return &diag.Diagnostic{
		Code: codeUnexpected, Title: "a text stands between double quotes", Primary: diag.Label{Span: place},
		Notes: []string{"addresses, URLs and paths are texts"},
		Help:  fmt.Sprintf("Write `%s`.", text), Edits: []diag.Edit{{Span: place, New: text}},
	}
}
