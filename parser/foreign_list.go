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

// slice is what stands in the brackets of `x[from:until]`; either may be missing.
type slice struct{ from, until ast.Expr }

// slice reads the rest of one behind from.
func (p *parser) slice(from ast.Expr) *slice {
	cut := &slice{from: from}
	ends := func() bool { return p.kind() == token.Close || p.at(",") }
	if p.next(); !ends() && !p.at(":") {
		cut.until = p.expr()
	}
	if !ends() { // a step, or what is no index either
		p.refuse(codeForeign, "an index is one number", "", "Elements from one index up to another are `xs.slice(from, until)`, the first ones `xs.take(n)`.")
		p.skipTo(func(t *lexer.Token) bool { return t.Value == "," })
	}
	return cut
}

// sliced reports that x is sliced in the brackets at place, if their end was not forgotten. Once enough has been reported it does
// not look through the rest of the line.
func (p *parser) sliced(x ast.Expr, cut *slice, place source.Span) {
	if last := p.tokens[p.lex.RawCursor()-1]; p.full() || p.spanOf(&last).Text() != "]" {
		return
	}
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "an index is one number", Primary: diag.Label{Span: place},
		Help: "Elements from one index up to another are `.slice(from, until)`.",
	}
	call := cut.call(x)
	switch {
	case p.firstInLine(0, "=", "+=", "-=", "*=", "/=", "%=") != "":
		d.Help = "Elements are assigned one by one: `xs[i] = x`."
	case call != "" && p.madeOf(place, cut.from, cut.until):
		d.Edits = []diag.Edit{{Span: place, New: call}}
		if canBeQuoted(call) {
			d.Help = fmt.Sprintf("Write `%s`, the elements from one index up to another.", call)
		}
	case cut.from != nil && cut.until == nil && !negative(cut.from):
		d.Help = "Elements from one index on are `.drop(n)` of a list, and `.slice(n, text.length)` of a text."
	}
	p.mend(d)
}

// call is what takes the same elements of x; "" if that is not plain: negative indices count from the end there, a length is that
// of a name, and only lists have `drop`.
func (s *slice) call(x ast.Expr) string {
	from, until := "0", ""
	if s.from != nil {
		from = s.from.Span().Text()
	}
	switch {
	case negative(s.from) || negative(s.until):
		return ""
	case s.until != nil:
		until = s.until.Span().Text()
	case s.from != nil && isPath(x):
		until = x.Span().Text() + ".length"
	default:
		return ""
	}
	return ".slice(" + from + ", " + until + ")"
}

func negative(e ast.Expr) bool {
	minus, ok := e.(*ast.Unary)
	return ok && minus.Op == ast.Neg
}

// isPath tells whether e is a name, or a field of what is named.
func isPath(e ast.Expr) bool {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return true
		case *ast.Field:
			e = x.X
		default:
			return false
		}
	}
}

// madeOf tells whether nothing but signs stands at place besides these parts, which stand there in order: whoever puts them
// together anew loses nothing then, no comment either. A part that is nil is left out.
func (p *parser) madeOf(place source.Span, parts ...ast.Node) bool {
	end := place.Start
	between := func(until int) bool { return strings.Trim(p.file.Text()[end:until], "[]{}=:,.* \t\r\n") == "" }
	for _, part := range parts {
		if part == nil {
			continue
		}
		s := part.Span()
		if s.Start < end || s.Start == s.End || !between(s.Start) {
			return false
		}
		end = s.End
	}
	return between(place.End)
}

// canBeQuoted tells whether a text of the program fits into a sentence.
func canBeQuoted(text string) bool { return len(text) <= 80 && !strings.Contains(text, "\n") }

// takesRest reports a parameter that is to take all arguments that are left.
func (p *parser) takesRest(sign source.Span, t ast.Type) {
	if _, bad := t.(*ast.BadType); bad { // which has been reported
		return
	}
	edits := []diag.Edit{{Span: sign}}
	if named, ok := t.(*ast.NamedType); !ok || named.Name.Text != "List" { // however it was written
		edits = append(edits, diag.Edit{Span: t.Span(), New: "List[" + t.Span().Text() + "]"})
	}
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "a parameter takes one argument", Primary: diag.Label{Span: sign},
		Help: "Let it be a `List`, and write `f([1, 2])`.", Edits: edits,
	})
}

// spreadArg reports an argument that is to be taken apart into several, behind another one.
func (p *parser) spreadArg(before *ast.Arg) {
	if before.Name == nil {
		p.notTakenApart()
		return
	}
	p.refuse(codeForeign, fmt.Sprintf("a record is not filled up by `%s`", p.here().Text()), "", "A copy of a record `r` with changes is `r.with(name: value)`.")
}

func (p *parser) notTakenApart() {
	p.refuse(codeForeign, fmt.Sprintf("a list is not taken apart by `%s`", p.here().Text()), "", "A list is one argument: write `f(xs)`, and let the parameter be a `List`.")
}

// spread is what a list is put together of that was written with `...xs` or `*xs` among its elements.
type spread struct {
	lists []string
	loose []string   // elements behind the last list
	parts []ast.Node // all of them in order
	first source.Span
	only  bool // nothing but a literal can stand here
}

// spreads tells whether a list comes whose elements are to be elements here, and takes the sign before it.
func (p *parser) spreads(s *spread) bool {
	if !p.at("..") && !p.at("*") || !startsExpr(p.ahead(1)) {
		return false
	}
	if sign := p.spanOf(p.next()); !s.first.Valid() {
		s.first = sign
	}
	return true
}

func (s *spread) element(x ast.Expr) {
	s.loose = append(s.loose, x.Span().Text())
	s.parts = append(s.parts, x)
}

func (s *spread) list(x ast.Expr) {
	s.gather()
	text := x.Span().Text()
	switch x.(type) {
	case *ast.Ident, *ast.Field, *ast.Call, *ast.Index, *ast.Paren, *ast.ListLit:
	default:
		text = "(" + text + ")"
	}
	s.lists = append(s.lists, text)
	s.parts = append(s.parts, x)
}

// gather makes a list of the loose elements.
func (s *spread) gather() {
	if len(s.loose) > 0 {
		s.lists = append(s.lists, "["+strings.Join(s.loose, ", ")+"]")
		s.loose = nil
	}
}

// joined is a list of the same elements.
func (s *spread) joined() string {
	s.gather()
	var text strings.Builder
	text.WriteString(s.lists[0])
	for _, list := range s.lists[1:] {
		text.WriteString(".concat(" + list + ")")
	}
	return text.String()
}

// listOfLists tells how such a list is made here, which stands at place; flawless if nothing else is wrong with it.
func (p *parser) listOfLists(s *spread, place source.Span, flawless bool) {
	d := &diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("a list is not made by `%s`", s.first.Text()), Primary: diag.Label{Span: s.first},
		Help: "Lists are joined by `concat`: `xs.concat(ys)`.",
	}
	switch {
	case s.only:
		d.Help = "The events of an atom are written one by one: `[event, …]`."
	case flawless && p.madeOf(place, s.parts...):
		text := s.joined()
		d.Edits = []diag.Edit{{Span: place, New: text}}
		if canBeQuoted(text) {
			d.Help = fmt.Sprintf("Lists are joined by `concat`: `%s`.", text)
		}
	}
	p.mend(d)
}

// mapOfMaps tells how a map is made that was written with other maps among its entries.
func (p *parser) mapOfMaps(s *spread) {
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("a map is not made by `%s`", s.first.Text()), Primary: diag.Label{Span: s.first},
		Help: "Maps are joined by `merge`: `m.merge(n)` has the entries of both, and where both have one that of `n`.",
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
	tuple.At = ast.At{Place: braces}
	for range n + 2 {
		p.next()
	}
	value := p.expr()
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "a record is not taken apart by braces", Primary: diag.Label{Span: braces},
	}
	lets := make([]string, len(tuple.Elems))
	parts := make([]ast.Node, len(lets))
	for i, elem := range tuple.Elems {
		name := elem.(*ast.BindPattern).Name
		lets[i] = fmt.Sprintf("let %s = %s.%s", name, value.Span().Text(), name)
		parts[i] = elem
	}
	d.Help = "Take the fields one by one: `let name = record.name`; or, by the record's own name, all of them in their order: `let Name(a, b) = record`."
	_, named := value.(*ast.Ident)
	if named && p.madeOf(p.from(braces.Start).Place, append(parts, value)...) {
		text := strings.Join(lets, "; ")
		d.Edits = []diag.Edit{{Span: p.from(start).Place, New: text}}
		if canBeQuoted(text) {
			d.Help = fmt.Sprintf("Write `%s`; or, by the record's own name, take all fields in their order: `let Name(a, b) = %s`.", text, value.Span().Text())
		}
	}
	p.mend(d)
	return &ast.LetStmt{Pattern: tuple, Value: &ast.BadExpr{At: ast.At{Place: value.Span()}}, At: p.from(start)}
}
