package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/token"
)

// block reads `{ … }`; of is what it belongs to.
func (p *parser) block(of string) *ast.Block {
	start := p.start()
	b := &ast.Block{}
	defer p.up()
	if !p.deeper() || !p.openBlock(of) {
		b.At = p.missing()
		return b
	}
	start = p.start()
	p.lines("statement", "", func() { b.Stmts = append(b.Stmts, p.stmt()) })
	b.At = p.from(start)
	return b
}

// lines reads what stands between two braces, parted by newlines or `;` or, if it is not "", by the sign. What is
// wrong with one of them does not touch the others.
func (p *parser) lines(what, sign string, item func()) {
	outer := p.noLambdas
	p.noLambdas = false
	p.next()
	for {
		p.skipNewlines()
		if p.kind() == token.Close || p.kind() == token.EOF {
			break
		}
		before := p.lex.RawCursor()
		item()
		ended := p.kind() == token.Newline || p.kind() == token.Close || sign != "" && p.at(sign) ||
			p.quiet && p.kind() == token.Keyword && p.atLineStart() // an operator at the end of a line had no right side
		if !ended && !p.twoOnOneLine(what) {
			p.skipTo(func(t *lexer.Token) bool { return kindOf(t) == token.Newline || sign != "" && t.Value == sign })
		}
		if p.kind() == token.EOF {
			break
		}
		if sign != "" {
			p.accept(sign)
		}
		p.quiet = p.full()
		if p.kind() != token.Close {
			p.onward(before)
		}
	}
	p.accept("}")
	p.noLambdas = outer
}

func (p *parser) stmt() ast.Stmt {
	start := p.start()
	p.respellStmt()
	switch p.peek().Value {
	case "let":
		if p.ahead(1).Value == "mut" && kindOf(p.ahead(2)) == token.Ident {
			return p.letMut()
		}
		return p.let()
	case "var":
		return p.varStmt()
	case "for":
		return p.forStmt()
	case "while":
		p.next()
		if p.at("let") {
			return p.whileLet(start)
		}
		w := &ast.WhileStmt{Cond: p.condition()}
		w.Body = p.block("`while`")
		w.At = p.from(start)
		return w
	case "log":
		p.next()
		x := p.operand("log")
		return &ast.LogStmt{X: x, At: p.from(start)}
	case "schedule":
		if kindOf(p.ahead(1)) == token.Ident {
			return p.schedule()
		}
	case "cancel":
		if kindOf(p.ahead(1)) == token.Ident {
			p.next()
			c := &ast.CancelStmt{}
			c.Timer, c.Args = p.timerCall()
			c.At = p.from(start)
			return c
		}
	}
	if p.misplacedStmt() {
		p.skipLine()
		return &ast.BadStmt{At: p.from(start)}
	}
	return p.exprStmt()
}

// exprStmt reads an expression, and an assignment if one follows.
func (p *parser) exprStmt() ast.Stmt {
	start := p.start()
	x := p.expr()
	if p.at(":=") {
		return p.walrus(start, x)
	}
	op, ok := ast.AssignOpOf(p.peek().Value)
	if !ok || p.kind() != token.Operator {
		return &ast.ExprStmt{X: x, At: p.from(start)}
	}
	p.checkTarget(x)
	p.next()
	value := p.expr()
	return &ast.AssignStmt{Target: x, Op: op, Value: value, At: p.from(start)}
}

// walrus reads `x := e`, which other languages declare a variable with, as `let x = e`.
func (p *parser) walrus(start int, x ast.Expr) ast.Stmt {
	p.colonEquals(x)
	p.next()
	value := p.expr()
	if name, ok := x.(*ast.Ident); ok {
		return &ast.LetStmt{Pattern: &ast.BindPattern{Name: name.Name, At: name.At}, Value: value, At: p.from(start)}
	}
	return &ast.BadStmt{At: p.from(start)}
}

func (p *parser) let() *ast.LetStmt {
	start := p.start()
	p.next()
	if n := p.letFields(start); n != nil {
		return n
	}
	n := &ast.LetStmt{Pattern: p.pattern()}
	if p.accept(":") {
		n.Type = p.typ()
	}
	n.Value = p.initial("let", "let name = value")
	n.At = p.from(start)
	return n
}

func (p *parser) varStmt() ast.Stmt {
	start := p.start()
	p.next()
	n := &ast.VarStmt{Name: p.lowerName()}
	if p.accept(":") {
		n.Type = p.typ()
	}
	n.Value = p.initial("var", "var name = value")
	n.At = p.from(start)
	return n
}

// initial reads `= value`.
func (p *parser) initial(word, form string) ast.Expr {
	if !p.opens("=", "because of the `"+word+"`: what it names has a value from the start", form) {
		return p.badExpr()
	}
	p.next()
	return p.expr()
}

func (p *parser) forStmt() ast.Stmt {
	start := p.start()
	p.next()
	if n := p.foreignFor(); n != nil {
		n.Body = p.block("`for`")
		n.At = p.from(start)
		return n
	}
	n := &ast.ForStmt{Pattern: p.pattern()}
	if p.opens("in", "because of the `for`", "for x in list { … }") {
		p.next()
		n.X = p.condition()
	} else {
		n.X = p.badExpr()
		p.skipToBody()
	}
	n.Body = p.block("`for`")
	n.At = p.from(start)
	return n
}

func (p *parser) schedule() ast.Stmt {
	start := p.start()
	p.next()
	s := &ast.ScheduleStmt{}
	s.Timer, s.Args = p.timerCall()
	switch {
	case p.accept("at"):
	case p.accept("after"):
		s.After = true
	default:
		p.expected("`at` and a Time, or `after` and a Duration", "because of the `schedule`")
		s.When = p.badExpr()
		s.At = p.from(start)
		return s
	}
	s.When = p.expr()
	s.At = p.from(start)
	return s
}

// timerCall reads `name(args)`.
func (p *parser) timerCall() (*ast.Name, []*ast.Arg) {
	name := p.lowerName()
	if !p.opens("(", "the arguments of the timer stand in parentheses, even if there are none", "schedule name() after 5s") {
		return name, nil
	}
	return name, p.args(nil)
}
