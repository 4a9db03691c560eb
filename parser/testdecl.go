package parser

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/token"
)

// testSteps reads the body of a test.
func (p *parser) testSteps() []ast.TestStep {
	steps := []ast.TestStep{}
	defer p.up()
	if !p.deeper() || !p.openBlock("a test") {
		return steps
	}
	p.lines("line of a test", "", func() { steps = append(steps, p.testStep()) })
	return steps
}

func (p *parser) testStep() ast.TestStep {
	start := p.start()
	switch p.peek().Value {
	case "feed":
		return p.feed()
	case "seal":
		p.next()
		stream := p.path().expr
		return &ast.SealStep{Stream: stream, At: p.from(start)}
	case "advance":
		p.next()
		by := p.expr()
		return &ast.AdvanceStep{By: by, At: p.from(start)}
	case "watermark":
		p.next()
		s := &ast.WatermarkStep{Stream: p.path().expr}
		s.Time = p.expr()
		s.At = p.from(start)
		return s
	case "expect":
		return p.expect()
	case "let":
		let := p.let()
		return &ast.LetStep{Let: let, At: let.At}
	}
	if p.at("assert") {
		p.mendWord("expect", "A test says what must come about by `expect`.")
		return p.expect()
	}
	p.unknownWord("a line of a test begins with", testWords)
	p.skipLine()
	return &ast.BadTestStep{At: p.from(start)}
}

var testWords = []string{"feed", "expect", "seal", "advance", "watermark", "let"}

// feed reads `feed a […], b […]`.
func (p *parser) feed() ast.TestStep {
	start := p.start()
	p.next()
	s := &ast.FeedStep{}
	for more := true; more; more = p.accept(",") {
		from := p.start()
		f := &ast.Feed{Stream: p.path().expr}
		f.Events = p.events("feed stream [event, …]")
		f.At = p.from(from)
		s.Feeds = append(s.Feeds, f)
	}
	s.At = p.from(start)
	return s
}

// events reads the list literal that a stream is fed with or compared to.
func (p *parser) events(form string) *ast.ListLit {
	if p.opens("[", "the events of an atom stand in brackets", form) {
		switch x := p.elements(true).(type) {
		case *ast.ListLit:
			return x
		case *ast.MapLit:
			p.noEvents(x.Place, form)
		}
	}
	return &ast.ListLit{At: p.missing()}
}

// expect reads `expect stream […]` in its modes, and `expect EXPRESSION`. A name, or app.name, is a stream if a
// bracket on the same line, parted from it by a blank, or a mode follows.
func (p *parser) expect() ast.TestStep {
	start := p.start()
	p.next()
	mode, isStream := p.expectMode()
	if !isStream {
		x := p.expr()
		return &ast.ExpectExpr{X: x, At: p.from(start)}
	}
	s := &ast.ExpectStream{Stream: p.path().expr, Mode: mode}
	switch mode {
	case ast.ExpectUnordered, ast.ExpectSealed, ast.ExpectNone:
		p.next()
	case ast.ExpectOneOf:
		p.next()
		p.next()
	}
	if mode != ast.ExpectSealed && mode != ast.ExpectNone {
		s.Events = p.events("expect stream [event, …]")
	}
	s.At = p.from(start)
	return s
}

// expectMode looks ahead for a stream's name and what is expected of it.
func (p *parser) expectMode() (mode ast.ExpectMode, isStream bool) {
	if p.kind() != token.Ident {
		return 0, false
	}
	n := 1
	if p.ahead(1).Value == "." && kindOf(p.ahead(2)) == token.Ident {
		n = 3
	}
	behind := p.ahead(n)
	switch {
	case behind.Value == "[":
		return ast.ExpectExact, startOf(behind) > endOf(p.ahead(n-1))
	case kindOf(behind) != token.Ident:
		return 0, false
	case behind.Value == "unordered":
		return ast.ExpectUnordered, true
	case behind.Value == "one" && p.ahead(n+1).Value == "of":
		return ast.ExpectOneOf, true
	case behind.Value == "sealed":
		return ast.ExpectSealed, true
	case behind.Value == "none":
		return ast.ExpectNone, true
	}
	return 0, false
}
