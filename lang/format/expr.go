package format

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/token"
)

// expr prints an expression. Where the source breaks the line before a method or beside an operator, so does the
// text; what follows in the expression is then indented by one level.
func (p *printer) expr(e ast.Expr) {
	base, indent := p.base, p.indent
	p.base = p.indent
	p.operand(e)
	p.base, p.indent = base, indent
}

// continueLine breaks the line within an expression, before what stands at next in the source.
func (p *printer) continueLine(next int) {
	p.indent = p.base + 1
	p.newline(next)
	p.commentsBefore(next)
}

// operand is expr for what an expression begins with.
func (p *printer) operand(e ast.Expr) {
	switch e := e.(type) {
	case *ast.Ident:
		p.text(e.Name)
	case *ast.IntLit:
		p.text(e.Text)
	case *ast.FloatLit:
		p.text(e.Text)
	case *ast.DurationLit:
		p.text(e.Text)
	case *ast.BoolLit, *ast.StringLit:
		p.text(e.Span().Text())
	case *ast.UnitLit:
		p.text("()")
	case *ast.ListLit:
		p.list("[", "]", p.exprs(e.Elems), e.Place.Start, e.Place.End)
	case *ast.MapLit:
		p.mapLit(e)
	case *ast.TupleLit:
		p.list("(", ")", p.exprs(e.Elems), e.Place.Start, e.Place.End)
	case *ast.Paren:
		p.list("(", ")", p.exprs([]ast.Expr{e.X}), e.Place.Start, e.Place.End)
	case *ast.Call:
		p.operand(e.Fun)
		p.args(e.Args, p.opening(e.Fun.Span().End, '('), e.Place.End)
	case *ast.Field:
		p.field(e)
	case *ast.Index:
		p.operand(e.X)
		p.list("[", "]", p.exprs([]ast.Expr{e.Index}), p.opening(e.X.Span().End, '['), e.Place.End)
	case *ast.Unary:
		p.text(e.Op.String())
		p.expr(e.X)
	case *ast.Binary:
		p.binary(e)
	case *ast.Lambda:
		p.lambda(e)
	case *ast.If:
		p.ifExpr(e)
	case *ast.Match:
		p.matchExpr(e)
	case *ast.Block:
		p.stmts(e)
	case *ast.Ask:
		p.ask(e)
	case *ast.Await:
		p.await(e)
	case *ast.Try:
		p.word("try", e.X)
	case *ast.Emit:
		p.word("emit", e.X)
	case *ast.Reply:
		p.word("reply", e.X)
	case *ast.Fail:
		p.word("fail", e.X)
	case *ast.Return:
		if e.X == nil {
			p.text("return")
			return
		}
		p.word("return", e.X)
	case *ast.Break:
		p.text("break")
	case *ast.Continue:
		p.text("continue")
	}
}

func (p *printer) word(word string, x ast.Expr) {
	p.text(word + " ")
	p.expr(x)
}

func (p *printer) exprs(list []ast.Expr) []item {
	items := make([]item, len(list))
	for i, e := range list {
		items[i] = p.item(e, func() { p.expr(e) })
	}
	return items
}

func (p *printer) mapLit(m *ast.MapLit) {
	if len(m.Entries) == 0 {
		p.text("[:]")
		return
	}
	items := make([]item, len(m.Entries))
	for i, e := range m.Entries {
		items[i] = p.item(e, func() {
			p.expr(e.Key)
			p.text(": ")
			p.expr(e.Value)
		})
	}
	p.list("[", "]", items, m.Place.Start, m.Place.End)
}

// args prints arguments between parentheses, which the source opens at open and closes right before end.
func (p *printer) args(args []*ast.Arg, open, end int) {
	items := make([]item, len(args))
	for i, a := range args {
		items[i] = p.item(a, func() {
			if a.Name != nil {
				p.text(a.Name.Text + ": ")
			}
			p.expr(a.Value)
			p.optional(" or ", a.Or)
		})
	}
	p.list("(", ")", items, open, end)
}

func (p *printer) field(f *ast.Field) {
	p.operand(f.X)
	p.reached(f.X.Span().End)
	if p.breakBetween(f.X.Span().End, f.Name.Place.Start) {
		p.continueLine(f.Name.Place.Start)
	}
	p.text("." + f.Name.Text)
}

// binary keeps a line break on that side of the operator where it ends no statement.
func (p *printer) binary(b *ast.Binary) {
	p.operand(b.X)
	p.operator(b)
	for token.GroupsRight(b.Op.Precedence()) {
		next, ok := b.Y.(*ast.Binary)
		if !ok || next.Op != b.Op {
			break
		}
		p.expr(next.X)
		p.operator(next)
		b = next
	}
	p.expr(b.Y)
}

func (p *printer) operator(b *ast.Binary) {
	op := b.Op.String()
	if !p.breakBetween(b.X.Span().End, b.Y.Span().Start) {
		p.text(" " + op + " ")
		return
	}
	p.reached(b.X.Span().End)
	if token.ContinuesBefore(op) {
		p.continueLine(b.Y.Span().Start)
		p.text(op + " ")
		return
	}
	p.text(" " + op)
	p.reached(b.OpAt.Place.End)
	p.continueLine(b.Y.Span().Start)
}

func (p *printer) lambda(l *ast.Lambda) {
	if len(l.Params) == 1 {
		p.text(l.Params[0].Name.Text)
	} else {
		p.text("(")
		for i, param := range l.Params {
			if i > 0 {
				p.text(", ")
			}
			p.text(param.Name.Text)
		}
		p.text(")")
	}
	p.text(" => ")
	p.expr(l.Body)
}

// ifExpr prints an `if` with all that belongs to it: its branches stand in one line, or each in lines of its own.
func (p *printer) ifExpr(e *ast.If) {
	apart := e.Else != nil && (p.parted(e) || !p.rigid && !p.fits(func() { p.branches(e, false) }))
	p.branches(e, apart)
}

// parted tells whether the source breaks a line in a condition or a branch.
func (p *printer) parted(e *ast.If) bool {
	if p.breakBetween(e.Place.Start, e.Then.Place.End) {
		return true
	}
	switch other := e.Else.(type) {
	case *ast.If:
		return p.parted(other)
	case *ast.Block:
		return p.breakBetween(other.Place.Start, other.Place.End)
	}
	return false
}

func (p *printer) branches(e *ast.If, apart bool) {
	p.text("if ")
	if e.Pattern != nil {
		p.text("let ")
		p.pattern(e.Pattern)
		p.text(" = ")
	}
	p.expr(e.Cond)
	p.text(" ")
	p.branch(e.Then, apart)
	if e.Else == nil {
		return
	}
	p.text(" else ")
	switch other := e.Else.(type) {
	case *ast.If:
		p.branches(other, apart)
	case *ast.Block:
		p.branch(other, apart)
	default:
		p.operand(other)
	}
}

// ask prints `ask p(request)`. The request of a portal without one may be written `()` or `(())`.
func (p *printer) ask(a *ast.Ask) {
	p.text("ask ")
	p.expr(a.Portal)
	if _, unit := a.Arg.(*ast.UnitLit); unit && a.Arg.Span().End == a.Place.End {
		p.text("()")
		return
	}
	p.list("(", ")", p.exprs([]ast.Expr{a.Arg}), p.opening(a.Portal.Span().End, '('), a.Place.End)
}

func (p *printer) await(a *ast.Await) {
	p.text("await ")
	if a.Mode == ast.AwaitOne {
		p.expr(a.X)
	} else {
		p.text(a.Mode.String() + "(")
		p.expr(a.X)
		p.text(")")
	}
	p.optional(" within ", a.Within)
}

func (p *printer) pattern(x ast.Pattern) {
	switch x := x.(type) {
	case *ast.WildcardPattern:
		p.text("_")
	case *ast.BindPattern:
		p.text(x.Name)
	case *ast.LiteralPattern:
		p.expr(x.Value)
	case *ast.ConstructorPattern:
		p.expr(x.Name)
		if x.Parens {
			p.patternArgs(x)
		}
	case *ast.TuplePattern:
		p.list("(", ")", p.patternItems(x.Elems), x.Place.Start, x.Place.End)
	case *ast.ListPattern:
		items := p.patternItems(x.Elems)
		if x.Rest != nil {
			rest := p.item(x.Rest, func() { p.text(".."); p.pattern(x.Rest) })
			rest.start = strings.LastIndex(p.source[:rest.start], "..")
			items = append(items, rest)
		}
		p.list("[", "]", items, x.Place.Start, x.Place.End)
	case *ast.OrPattern:
		for i, alt := range x.Alts {
			if i > 0 {
				p.text(" | ")
			}
			if _, nested := alt.(*ast.OrPattern); nested {
				p.text("(")
				p.pattern(alt)
				p.text(")")
				continue
			}
			p.pattern(alt)
		}
	}
}

func (p *printer) patternItems(list []ast.Pattern) []item {
	items := make([]item, len(list))
	for i, x := range list {
		items[i] = p.item(x, func() { p.pattern(x) })
	}
	return items
}

func (p *printer) patternArgs(c *ast.ConstructorPattern) {
	items := make([]item, len(c.Args))
	for i, a := range c.Args {
		items[i] = p.item(a, func() {
			if a.Name != nil {
				p.text(a.Name.Text + ": ")
			}
			p.pattern(a.Pattern)
		})
	}
	p.list("(", ")", items, p.opening(c.Name.Span().End, '('), c.Place.End)
}
