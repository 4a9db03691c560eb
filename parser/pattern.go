package parser

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/token"
)

// pattern reads a pattern, with its alternatives.
func (p *parser) pattern() ast.Pattern {
	start := p.start()
	defer p.up()
	if !p.deeper() {
		return &ast.BadPattern{At: p.from(start)}
	}
	first := p.simplePattern()
	if !p.at("|") {
		return first
	}
	or := &ast.OrPattern{Alts: []ast.Pattern{first}}
	for p.accept("|") {
		or.Alts = append(or.Alts, p.simplePattern())
	}
	or.At = p.from(start)
	return or
}

func (p *parser) simplePattern() ast.Pattern {
	start := p.start()
	switch p.kind() {
	case token.Ident:
		return p.namePattern()
	case token.Int, token.Float, token.Duration, token.String, token.RawString:
		value := p.primary()
		return &ast.LiteralPattern{Value: value, At: p.from(start)}
	case token.StringBegin:
		p.interpolatedPattern()
		p.primary()
		return &ast.BadPattern{At: p.from(start)}
	}
	switch p.peek().Value {
	case "true", "false":
		value := p.primary()
		return &ast.LiteralPattern{Value: value, At: p.from(start)}
	case "-":
		p.next()
		if k := p.kind(); k == token.Int || k == token.Float || k == token.Duration {
			value := &ast.Unary{Op: ast.Neg, X: p.primary()}
			value.At = p.from(start)
			return &ast.LiteralPattern{Value: value, At: value.At}
		}
		p.expected("a number", "because of the `-` before it")
		return &ast.BadPattern{At: p.from(start)}
	case "(":
		return p.tuplePattern()
	case "[":
		return p.listPattern()
	}
	if p.kind() == token.Keyword && p.reservedAsName() {
		return &ast.BindPattern{Name: p.next().Value, At: p.from(start)}
	}
	if p.at("|") {
		p.mend(&diag.Diagnostic{
			Code: codeForeign, Title: "an arm begins with its pattern", Primary: diag.Label{Span: p.here()},
			Help: "Leave out the `|`; it stands between two patterns of one arm.", Edits: []diag.Edit{{Span: p.here(), New: ""}},
		})
		p.next()
		return p.pattern()
	}
	p.expected("a pattern", "")
	return &ast.BadPattern{At: p.missing()}
}

// namePattern reads a constructor with its arguments, `_`, or a name that takes the value.
func (p *parser) namePattern() ast.Pattern {
	start := p.start()
	word := p.next().Value
	if word == "_" {
		return &ast.WildcardPattern{At: p.from(start)}
	}
	var name ast.Expr = &ast.Ident{Name: word, At: p.from(start)}
	if p.at(".") {
		p.next()
		name = &ast.Field{X: name, Name: p.name("a constructor of the module")}
		name.(*ast.Field).At = p.from(start)
	} else if !isUpper(word) {
		if p.at("(") {
			p.lowerConstructor(word, start)
		} else {
			p.mustBeLower(&ast.Name{Text: word, At: p.from(start)})
			return &ast.BindPattern{Name: word, At: p.from(start)}
		}
	}
	c := &ast.ConstructorPattern{Name: name, Parens: p.at("(")}
	if c.Parens {
		p.list(")", "patterns", func() { c.Args = append(c.Args, p.patternArg()) })
	}
	c.At = p.from(start)
	return c
}

func (p *parser) patternArg() *ast.PatternArg {
	start := p.start()
	arg := &ast.PatternArg{}
	if p.atLabel() {
		arg.Name = p.anyName()
		p.next()
	}
	if p.at("..") {
		p.restOfFields()
	}
	arg.Pattern = p.pattern()
	arg.At = p.from(start)
	return arg
}

// tuplePattern reads `(a, b)`; one pattern in parentheses is that pattern, and none is Unit.
func (p *parser) tuplePattern() ast.Pattern {
	start := p.start()
	var elems []ast.Pattern
	p.list(")", "patterns", func() { elems = append(elems, p.pattern()) })
	switch len(elems) {
	case 0:
		return &ast.LiteralPattern{Value: &ast.UnitLit{At: p.from(start)}, At: p.from(start)}
	case 1:
		return elems[0]
	}
	return &ast.TuplePattern{Elems: elems, At: p.from(start)}
}

func (p *parser) listPattern() ast.Pattern {
	start := p.start()
	list := &ast.ListPattern{}
	p.list("]", "patterns", func() {
		switch {
		case list.Rest != nil:
			p.behindRest()
		case p.at(".."):
			p.twoPoints()
			list.Rest = p.restPattern()
		default:
			list.Elems = append(list.Elems, p.pattern())
		}
	})
	list.At = p.from(start)
	return list
}

func (p *parser) restPattern() ast.Pattern {
	if p.kind() == token.Close {
		p.namelessRest()
		return &ast.WildcardPattern{At: p.missing()}
	}
	if p.at("_") {
		return &ast.WildcardPattern{At: p.from(startOf(p.next()))}
	}
	name := p.lowerName()
	return &ast.BindPattern{Name: name.Text, At: name.At}
}

// request is the pattern of a request, which stands in parentheses; `()` is that of a portal without one.
type request ast.Pattern

func (p *parser) request() request {
	start := p.start()
	if !p.opens("(", "the request stands in parentheses", "on ask portal(pattern) { … }") {
		return &ast.BadPattern{At: p.missing()}
	}
	var patterns []ast.Pattern
	p.list(")", "patterns", func() { patterns = append(patterns, p.pattern()) })
	switch len(patterns) {
	case 0:
		return &ast.LiteralPattern{Value: &ast.UnitLit{At: p.from(start)}, At: p.from(start)}
	case 1:
		return patterns[0]
	}
	p.oneRequest(p.from(start).Place)
	return &ast.TuplePattern{Elems: patterns, At: p.from(start)}
}

// patterns reads those of a timer's arguments.
func (p *parser) patterns() []ast.Pattern {
	list := []ast.Pattern{}
	if p.opens("(", "the arguments of the timer stand in parentheses, even if there are none", "on timer name() { … }") {
		p.list(")", "patterns", func() { list = append(list, p.pattern()) })
	}
	return list
}
