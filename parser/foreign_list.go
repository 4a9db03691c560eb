package parser

import (
	"fmt"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/token"
)

// How other languages take lists and records apart, and put lists together.

// slice reads the rest of `x[from:until]` behind from, which may be missing, as until may; opening is where the bracket stands.
func (p *parser) slice(x ast.Expr, opening int, from ast.Expr) {
	var until ast.Expr
	if p.next(); p.kind() != token.Close {
		until = p.expr()
	}
	if !p.at("]") { // a step, or what is no index either
		p.refuse(codeForeign, "an index is one number", "", "Elements from one index up to another are `xs.slice(from, until)`, the first ones `xs.take(n)`.")
		p.skipTo(func(t *lexer.Token) bool { return kindOf(t) == token.Newline })
		return
	}
	_, named := x.(*ast.Ident)
	call := "slice(from, until)"
	switch {
	case negative(from) || negative(until): // which counts from the end there
	case until != nil && from == nil:
		call = "slice(0, " + until.Span().Text() + ")"
	case until != nil:
		call = "slice(" + from.Span().Text() + ", " + until.Span().Text() + ")"
	case from != nil && named:
		call = "slice(" + from.Span().Text() + ", " + x.Span().Text() + ".length)"
	case from != nil:
		call = "drop(" + from.Span().Text() + ")"
	}
	place := p.span(opening, endOf(p.peek()))
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "an index is one number", Primary: diag.Label{Span: place},
		Help: fmt.Sprintf("Elements from one index up to another are `.%s`.", call),
	}
	if call != "slice(from, until)" {
		d.Help = fmt.Sprintf("Write `.%s`, the elements from one index up to another.", call)
		d.Edits = []diag.Edit{{Span: place, New: "." + call}}
	}
	p.mend(d)
}

func negative(e ast.Expr) bool {
	minus, ok := e.(*ast.Unary)
	return ok && minus.Op == ast.Neg
}

// spread is what a list is put together of that was written with `...xs` or `*xs` among its elements.
type spread struct {
	lists []string
	loose []string // elements behind the last list
	first source.Span
}

// spreads tells whether a list comes whose elements are to be elements here, and takes the sign before it.
func (s *spread) spreads(p *parser) bool {
	if !p.at("..") && !p.at("*") {
		return false
	}
	if sign := p.spanOf(p.next()); !s.first.Valid() {
		s.first = sign
	}
	return true
}

func (s *spread) element(x ast.Expr) { s.loose = append(s.loose, x.Span().Text()) }

func (s *spread) list(x ast.Expr) {
	s.gather()
	text := x.Span().Text()
	switch x.(type) {
	case *ast.Ident, *ast.Field, *ast.Call, *ast.Index, *ast.Paren, *ast.ListLit:
	default:
		text = "(" + text + ")"
	}
	s.lists = append(s.lists, text)
}

// gather makes a list of the loose elements.
func (s *spread) gather() {
	if len(s.loose) > 0 {
		s.lists = append(s.lists, "["+strings.Join(s.loose, ", ")+"]")
		s.loose = nil
	}
}

// report tells how such a list, which stands at place, is made here.
func (s *spread) report(p *parser, place source.Span) {
	s.gather()
	text := s.lists[0]
	for _, list := range s.lists[1:] {
		text += ".concat(" + list + ")"
	}
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("a list is not made by `%s`", s.first.Text()), Primary: diag.Label{Span: s.first},
		Help: fmt.Sprintf("Lists are joined by `concat`: `%s`.", text), Edits: []diag.Edit{{Span: place, New: text}},
	})
}

// twoPoints takes the sign before the rest of a list in a pattern, which has three points in other languages.
func (p *parser) twoPoints() {
	if at := p.spanOf(p.next()); at.Text() == "..." {
		p.mend(&diag.Diagnostic{
			Code: codeForeign, Title: "there is no `...`", Primary: diag.Label{Span: at},
			Help: "In a pattern, the rest of a list is written `..rest`.", Edits: []diag.Edit{{Span: at, New: ".."}},
		})
	}
}

// letFields reads `let { a, b } = r`; nil if something else comes. The names are known from then on.
func (p *parser) letFields(start int) *ast.LetStmt {
	n := 1
	tuple := &ast.TuplePattern{}
	for ; kindOf(p.ahead(n)) == token.Ident; n++ {
		tuple.Elems = append(tuple.Elems, &ast.BindPattern{Name: p.ahead(n).Value, At: ast.At{Place: p.spanOf(p.ahead(n))}})
		if n++; p.ahead(n).Value != "," {
			break
		}
	}
	if !p.at("{") || len(tuple.Elems) == 0 || p.ahead(n).Value != "}" || p.ahead(n+1).Value != "=" {
		return nil
	}
	braces := p.span(p.start(), endOf(p.ahead(n)))
	for range n + 2 {
		p.next()
	}
	value := p.expr()
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "a record is not taken apart by braces", Primary: diag.Label{Span: braces},
	}
	lets := make([]string, len(tuple.Elems))
	for i, elem := range tuple.Elems {
		name := elem.(*ast.BindPattern).Name
		lets[i] = fmt.Sprintf("let %s = %s.%s", name, value.Span().Text(), name)
	}
	d.Help = "Take the fields one by one: `let name = record.name`; or, by the record's own name, all of them in their order: `let Name(a, b) = record`."
	if _, named := value.(*ast.Ident); named {
		d.Help = fmt.Sprintf("Write `%s`; or, by the record's own name, take all fields in their order: `let Name(a, b) = %s`.",
			strings.Join(lets, "; "), value.Span().Text())
		d.Edits = []diag.Edit{{Span: p.from(start).Place, New: strings.Join(lets, "; ")}}
	}
	p.mend(d)
	return &ast.LetStmt{Pattern: tuple, Value: &ast.BadExpr{At: ast.At{Place: value.Span()}}, At: p.from(start)}
}
