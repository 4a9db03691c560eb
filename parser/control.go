package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/token"
)

// keyword reads an expression that begins with a reserved word.
func (p *parser) keyword() ast.Expr {
	start := p.start()
	switch p.peek().Value {
	case "true", "false":
		return &ast.BoolLit{Value: p.next().Value == "true", At: p.from(start)}
	case "if":
		return p.ifExpr()
	case "match":
		return p.matchExpr()
	case "ask":
		return p.ask()
	case "emit":
		p.next()
		x := p.operand("emit")
		return &ast.Emit{X: x, At: p.from(start)}
	case "reply":
		p.next()
		x := p.operand("reply")
		return &ast.Reply{X: x, At: p.from(start)}
	case "fail":
		p.next()
		x := p.operand("fail")
		return &ast.Fail{X: x, At: p.from(start)}
	case "return":
		p.next()
		r := &ast.Return{}
		if p.startsExpr() {
			r.X = p.nested()
		}
		r.At = p.from(start)
		return r
	case "break":
		p.next()
		return &ast.Break{At: p.from(start)}
	case "continue":
		p.next()
		return &ast.Continue{At: p.from(start)}
	}
	p.expectedExpr()
	return p.badExpr()
}

// operand reads what is emitted, replied or failed with.
func (p *parser) operand(word string) ast.Expr {
	if p.atNewline() || p.kind() == token.Close {
		p.expected("an expression", "because of the `"+word+"`")
		return p.badExpr()
	}
	return p.nested()
}

// nested is expr behind a word that may follow itself.
func (p *parser) nested() ast.Expr {
	defer p.up()
	if !p.deeper() {
		return p.badExpr()
	}
	return p.expr()
}

// startsExpr tells whether an expression can begin with the next token.
func (p *parser) startsExpr() bool { return startsExpr(p.peek()) }

func startsExpr(t *lexer.Token) bool {
	switch kindOf(t) {
	case token.Ident, token.Int, token.Float, token.Duration, token.String, token.RawString, token.StringBegin, token.Open:
		return true
	case token.Keyword:
		return t.Value != "else" && t.Value != "in"
	case token.Operator:
		return t.Value == "-" || t.Value == "!"
	}
	return false
}

// ifExpr reads `if c { … } else …` and `if let p = e { … }`.
func (p *parser) ifExpr() ast.Expr {
	start := p.start()
	defer p.up()
	if !p.deeper() {
		return p.badExpr()
	}
	p.next()
	n := &ast.If{}
	if p.accept("let") {
		n.Pattern = p.pattern()
		if !p.accept("=") {
			p.expected("`=` and the value to take apart", "because of the `if let`")
			n.Cond = p.badExpr()
			p.skipToBody()
		}
	}
	if n.Cond == nil {
		n.Cond = p.condition()
	}
	n.Then = p.block("`if`")
	switch {
	case p.elif():
		n.Else = p.ifExpr()
	case !p.accept("else"):
	case p.at("if"):
		n.Else = p.ifExpr()
	default:
		n.Else = p.block("`else`")
	}
	n.At = p.from(start)
	return n
}

// condition reads the expression between `if` or `while` and the block; a `=` in it should have been `==`.
func (p *parser) condition() ast.Expr {
	start := p.start()
	c := p.expr()
	if p.at("=") {
		p.assignmentInCondition()
		opAt := p.spanOf(p.next())
		y := p.expr()
		c = &ast.Binary{Op: ast.Eq, OpAt: ast.At{Place: opAt}, X: c, Y: y, At: p.from(start)}
	}
	if p.at("..") {
		c = p.rangeOfOthers(c)
	}
	if !p.at("{") {
		p.expectedBody()
		p.skipToBody()
	}
	return c
}

func (p *parser) matchExpr() ast.Expr {
	start := p.start()
	p.next()
	m := &ast.Match{}
	if p.at("{") {
		p.expected("the value to match", "because of the `match`")
		m.X = p.badExpr()
		p.quiet = p.full()
	} else {
		m.X = p.nested()
	}
	if p.armsWithoutBraces() {
		return p.badExpr()
	}
	if !p.at("{") {
		p.expectedBody()
		p.skipToBody()
	}
	if p.opens("{", "the arms of a match stand in braces", "match value { pattern => result }") {
		p.lines("arm", ",", func() { m.Arms = append(m.Arms, p.arm()) })
	}
	m.At = p.from(start)
	return m
}

func (p *parser) arm() *ast.Arm {
	start := p.start()
	p.caseWord()
	p.elseArm()
	arm := &ast.Arm{Pattern: p.pattern()}
	if p.accept("if") {
		p.noLambdas = true
		arm.Guard = p.expr()
		p.noLambdas = false
	}
	if p.arrow() {
		arm.Body = p.armBody()
	} else {
		arm.Body = &ast.BadStmt{At: p.missing()}
	}
	arm.At = p.from(start)
	return arm
}

// arrow takes the `=>` of an arm.
func (p *parser) arrow() bool {
	if p.accept("=>") {
		return true
	}
	if p.wrongArrow() {
		p.next()
		return true
	}
	p.skipTo(func(t *lexer.Token) bool {
		return t.Value == "=>" || t.Value == "," || kindOf(t) == token.Newline
	})
	if p.accept("=>") {
		p.quiet = p.full()
		return true
	}
	return false
}

// armBody reads an expression or one simple statement; others need braces.
func (p *parser) armBody() ast.Stmt {
	switch p.peek().Value {
	case "let", "var", "for", "while":
		p.armNeedsBraces()
	}
	return p.stmt()
}

// ask reads `ask portal(request)`.
func (p *parser) ask() ast.Expr {
	start := p.start()
	p.next()
	a := &ast.Ask{Portal: p.path().expr}
	open := p.start()
	if !p.opens("(", "the request stands in parentheses", "ask portal(request)") {
		a.Arg = p.badExpr()
		a.At = p.from(start)
		return a
	}
	var requests []ast.Expr
	p.list(")", "the request", func() { requests = append(requests, p.expr()) })
	switch len(requests) {
	case 0:
		a.Arg = &ast.UnitLit{At: p.from(open)}
	case 1:
		a.Arg = requests[0]
	default:
		p.oneRequest(p.from(open).Place)
		a.Arg = &ast.TupleLit{Elems: requests, At: p.from(open)}
	}
	a.At = p.from(start)
	return a
}
