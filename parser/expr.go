package parser

import (
	"slices"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/token"
)

// valued is an expression that was read, or a BadExpr.
func (p *parser) valued(e ast.Expr) ast.Expr {
	if e != nil {
		return e
	}
	return p.badExpr()
}

func (p *parser) badExpr() ast.Expr { return &ast.BadExpr{At: p.missing()} }

// expr reads an expression.
func (p *parser) expr() ast.Expr { return p.binary(token.PrecOr) }

// binary reads operands and the operators between them that bind at least as tightly as min: precedence climbing.
func (p *parser) binary(min int) ast.Expr {
	start := p.start()
	defer p.up()
	if !p.deeper() {
		return p.badExpr()
	}
	x := p.unary()
	for links := 0; ; links++ {
		p.wordOperator()
		t := p.peek()
		precedence := p.operator(t)
		if precedence < min || precedence == token.PrecNone {
			return x
		}
		if token.GroupsRight(precedence) {
			x = p.rightward(start, x, precedence)
			continue
		}
		if links > maxChain {
			p.tooLong()
			return x
		}
		p.next()
		op, _ := ast.BinaryOpOf(t.Value)
		y := p.binary(precedence + 1)
		x = &ast.Binary{Op: op, OpAt: ast.At{Place: p.spanOf(t)}, X: x, Y: y, At: p.from(start)}
		if next := p.peek(); !token.Chains(precedence) && p.operator(next) == precedence {
			p.chained(x.(*ast.Binary), next)
		}
	}
}

// rightward reads the rest of a chain of operators that group from the right, behind its first operand x. It is a loop,
// since a chain may be longer than nesting is deep.
func (p *parser) rightward(start int, x ast.Expr, precedence int) ast.Expr {
	type link struct {
		start int
		x     ast.Expr
		op    *lexer.Token
	}
	var links []link
	for ; p.operator(p.peek()) == precedence; p.wordOperator() {
		if len(links) > maxChain {
			p.tooLong()
			break
		}
		links = append(links, link{start, x, p.next()})
		start = p.start()
		x = p.binary(precedence + 1)
	}
	for _, l := range slices.Backward(links) {
		op, _ := ast.BinaryOpOf(l.op.Value)
		x = &ast.Binary{Op: op, OpAt: ast.At{Place: p.spanOf(l.op)}, X: l.x, Y: x, At: p.from(l.start)}
	}
	return x
}

// operator is the precedence of a binary operator, PrecNone for anything else.
func (p *parser) operator(t *lexer.Token) int {
	if kindOf(t) == token.Operator {
		return token.Precedence(t.Value)
	}
	return token.PrecNone
}

// unary reads an operand with the operators before it.
func (p *parser) unary() ast.Expr {
	start := p.start()
	switch p.peek().Value {
	case "-", "!", "await", "try":
	default:
		return p.postfix()
	}
	defer p.up()
	if !p.deeper() {
		return p.badExpr()
	}
	switch p.next().Value {
	case "-":
		x := p.unary()
		return &ast.Unary{Op: ast.Neg, X: x, At: p.from(start)}
	case "!":
		x := p.unary()
		return &ast.Unary{Op: ast.Not, X: x, At: p.from(start)}
	case "try":
		x := p.unary()
		return &ast.Try{X: x, At: p.from(start)}
	}
	a := &ast.Await{X: p.unary()}
	a.Mode, a.X = awaitMode(a.X)
	if p.accept("within") {
		a.Within = p.unary()
	}
	a.At = p.from(start)
	return a
}

// awaitMode tells `await all(fs)` and `await any(fs)` from the await of a single future.
func awaitMode(x ast.Expr) (ast.AwaitMode, ast.Expr) {
	call, ok := x.(*ast.Call)
	if !ok || len(call.Args) != 1 || call.Args[0].Name != nil {
		return ast.AwaitOne, x
	}
	switch name, _ := call.Fun.(*ast.Ident); {
	case name != nil && name.Name == "all":
		return ast.AwaitAll, call.Args[0].Value
	case name != nil && name.Name == "any":
		return ast.AwaitAny, call.Args[0].Value
	}
	return ast.AwaitOne, x
}

// postfix reads a value and the fields, calls and indices behind it.
func (p *parser) postfix() ast.Expr {
	start := p.start()
	x := p.primary()
	for links := 0; ; links++ {
		if links > maxChain {
			p.tooLong()
			return x
		}
		switch p.peek().Value {
		case ".":
			p.next()
			x = &ast.Field{X: x, Name: p.fieldName()}
			x.(*ast.Field).At = p.from(start)
		case "(":
			x = &ast.Call{Fun: x, Args: p.args(x)}
			x.(*ast.Call).At = p.from(start)
		case "[":
			index := p.index(x)
			if index == nil {
				x = &ast.BadExpr{At: p.from(start)}
				continue
			}
			x = &ast.Index{X: x, Index: index, At: p.from(start)}
		default:
			return x
		}
	}
}

// fieldName is the name behind a point; a reserved word in the next line is not one.
func (p *parser) fieldName() *ast.Name {
	if p.kind() == token.Keyword && p.atLineStart() {
		return p.name("a name")
	}
	return p.anyName()
}

// index reads the index of x; it is nil for what other languages take more than one element by.
func (p *parser) index(x ast.Expr) ast.Expr {
	var found []ast.Expr
	var cut *slice
	opening, known := p.start(), p.count
	p.list("]", "an index", func() {
		var from ast.Expr
		if !p.at(":") {
			from = p.expr()
			found = append(found, from)
		}
		if p.at(":") {
			cut = p.slice(from)
		}
	})
	if cut != nil {
		if p.count == known {
			p.sliced(x, cut, p.from(opening).Place)
		}
		return nil
	}
	if len(found) == 1 {
		return found[0]
	}
	p.oneIndex()
	return p.badExpr()
}

// args reads the arguments of a call of callee, nil if it is none of an expression.
func (p *parser) args(callee ast.Expr) []*ast.Arg {
	var args []*ast.Arg
	p.list(")", "arguments", func() {
		start := p.start()
		arg := &ast.Arg{}
		if p.atLabel() {
			arg.Name = p.anyName()
			p.next()
		}
		if p.at("..") && len(args) > 0 && startsExpr(p.ahead(1)) {
			p.spreadArg(args[len(args)-1])
			return
		}
		if p.unquoted(callee) {
			return
		}
		p.limits = arg.Name != nil && arg.Name.Text == "atom"
		arg.Value = p.expr()
		if p.limits && p.accept("or") {
			arg.Or = p.expr()
		}
		p.limits = false
		arg.At = p.from(start)
		args = append(args, arg)
	})
	return args
}

// atLabel tells whether the next two tokens are a name and a colon.
func (p *parser) atLabel() bool {
	k := p.kind()
	return (k == token.Ident || k == token.Keyword) && p.ahead(1).Value == ":"
}

// primary reads the innermost kind of expression.
func (p *parser) primary() ast.Expr {
	start := p.start()
	switch p.kind() {
	case token.Ident:
		return p.word()
	case token.Keyword:
		return p.keyword()
	case token.Int:
		return &ast.IntLit{Text: p.next().Value, At: p.from(start)}
	case token.Float:
		return &ast.FloatLit{Text: p.next().Value, At: p.from(start)}
	case token.Duration:
		return &ast.DurationLit{Text: p.next().Value, At: p.from(start)}
	case token.String, token.RawString, token.StringBegin:
		return p.stringLit()
	case token.Open:
		switch p.peek().Value {
		case "(":
			return p.parens()
		case "[":
			return p.listOrMap()
		default:
			return p.block("a block")
		}
	}
	p.expectedExpr()
	return p.badExpr()
}

// word reads a name, or a lambda with one parameter.
func (p *parser) word() ast.Expr {
	start := p.start()
	if p.arrowAt(1) {
		param := p.lambdaParam()
		return p.lambda(start, []*ast.LambdaParam{param})
	}
	if p.respellOperator("not", "!") {
		return p.unary()
	}
	if p.notAnExpr() {
		return p.badExpr()
	}
	return &ast.Ident{Name: p.next().Value, At: p.from(start)}
}

func (p *parser) lambdaParam() *ast.LambdaParam {
	start := p.start()
	name := &ast.Name{Text: p.next().Value, At: p.from(start)}
	if name.Text != "_" {
		p.mustBeLower(name)
	}
	return &ast.LambdaParam{Name: name, At: name.At}
}

// lambda reads `=>` and the body.
func (p *parser) lambda(start int, params []*ast.LambdaParam) ast.Expr {
	if p.at("->") {
		p.thinArrow()
	}
	p.next()
	body := p.expr()
	return &ast.Lambda{Params: params, Body: body, At: p.from(start)}
}

// parens reads what can begin with a parenthesis: `()`, `(e)`, a tuple, the parameters of a lambda.
func (p *parser) parens() ast.Expr {
	start := p.start()
	if p.lambdaAhead() {
		var params []*ast.LambdaParam
		p.list(")", "parameters", func() { params = append(params, p.lambdaParam()) })
		return p.lambda(start, params)
	}
	var elems []ast.Expr
	typed := false
	p.list(")", "elements of the tuple", func() {
		elems = append(elems, p.expr())
		typed = p.typedLambdaParam() || typed
	})
	if typed && p.at("=>") {
		return p.lambda(start, paramsOf(elems))
	}
	switch len(elems) {
	case 0:
		return &ast.UnitLit{At: p.from(start)}
	case 1:
		return &ast.Paren{X: elems[0], At: p.from(start)}
	}
	return &ast.TupleLit{Elems: elems, At: p.from(start)}
}

// paramsOf makes parameters of a lambda out of names that were read as expressions.
func paramsOf(elems []ast.Expr) []*ast.LambdaParam {
	var params []*ast.LambdaParam
	for _, e := range elems {
		if name, ok := e.(*ast.Ident); ok {
			params = append(params, &ast.LambdaParam{Name: &ast.Name{Text: name.Name, At: name.At}, At: name.At})
		}
	}
	return params
}

// lambdaAhead tells whether the parenthesis ahead holds the parameters of a lambda: nothing but names, an arrow behind.
func (p *parser) lambdaAhead() bool {
	n := 1
	for kindOf(p.ahead(n)) == token.Ident {
		n++
		if p.ahead(n).Value != "," {
			break
		}
		n++
	}
	return p.ahead(n).Value == ")" && p.arrowAt(n+1)
}

// arrowAt tells whether the arrow of a lambda stands n places ahead. The thin one is mended.
func (p *parser) arrowAt(n int) bool {
	arrow := p.ahead(n).Value
	return (arrow == "=>" || arrow == "->") && !p.noLambdas
}

// listOrMap reads `[a, b]`, `["k": v]` or `[:]`. The first element decides which of them it is.
func (p *parser) listOrMap() ast.Expr { return p.elements(false) }

// elements is listOrMap; only tells whether nothing but such a literal can stand here.
func (p *parser) elements(only bool) ast.Expr {
	start := p.start()
	if p.ahead(1).Value == ":" && p.ahead(2).Value == "]" {
		p.next()
		p.next()
		p.next()
		return &ast.MapLit{At: p.from(start)}
	}
	var elems []ast.Expr
	var entries []*ast.MapEntry
	spread := spread{only: only}
	known := p.count
	p.list("]", "elements", func() {
		from := p.start()
		if p.spreads(&spread) {
			spread.list(p.expr())
			return
		}
		x := p.expr()
		spread.element(x)
		if len(elems) == 0 && p.accept(":") {
			value := p.expr()
			entries = append(entries, &ast.MapEntry{Key: x, Value: value, At: p.from(from)})
			return
		}
		if len(entries) > 0 {
			p.entryWithoutValue()
			return
		}
		elems = append(elems, x)
	})
	if spread.first.Valid() {
		if len(entries) > 0 {
			p.mapOfMaps(&spread)
		} else {
			p.listOfLists(&spread, p.from(start).Place, p.count == known)
		}
		return &ast.BadExpr{At: p.from(start)}
	}
	if len(entries) > 0 {
		return &ast.MapLit{Entries: entries, At: p.from(start)}
	}
	return &ast.ListLit{Elems: elems, At: p.from(start)}
}

// stringLit reads a string with its interpolations.
func (p *parser) stringLit() ast.Expr {
	start := p.start()
	t := p.next()
	lit := &ast.StringLit{}
	switch kindOf(t) {
	case token.RawString:
		lit.Raw = true
		p.text(lit, t, len(rawQuote), len(rawQuote))
	case token.String:
		p.text(lit, t, 1, 1)
	default:
		p.text(lit, t, 1, 2)
		for more := true; more; {
			lit.Parts = append(lit.Parts, p.interpolated())
			t := p.peek()
			switch kindOf(t) {
			case token.StringMid:
				p.text(lit, p.next(), 1, 2)
			case token.StringEnd:
				p.text(lit, p.next(), 1, 1)
				more = false
			default: // the end of the file: the string was abandoned
				more = false
			}
		}
	}
	lit.At = p.from(start)
	return lit
}

// interpolated reads the expression of a `${…}`.
func (p *parser) interpolated() ast.Expr {
	outer := p.noLambdas
	p.noLambdas = false
	x := p.expr()
	if k := p.kind(); k != token.StringMid && k != token.StringEnd {
		p.expected("the `}` of this `${`", "")
		p.skipTo(func(t *lexer.Token) bool { return kindOf(t) == token.StringMid })
	}
	p.quiet = p.quiet && p.kind() == token.EOF
	p.noLambdas = outer
	return x
}

// text adds the text of a piece of a string, without the signs that open and close it.
func (p *parser) text(lit *ast.StringLit, t *lexer.Token, open, close int) {
	text := t.Value[open : len(t.Value)-close]
	if text == "" {
		return
	}
	offset := startOf(t) + open
	part := &ast.TextPart{Value: text, At: at(p.file, offset, min(offset+len(text), endOf(t)))}
	if !lit.Raw {
		part.Value = unquote(text, offset, p.reporter)
	}
	lit.Parts = append(lit.Parts, part)
}

// plainString reads a string without interpolation.
func (p *parser) plainString() *ast.StringLit {
	switch p.kind() {
	case token.String, token.RawString:
		return p.stringLit().(*ast.StringLit)
	case token.StringBegin:
		p.plainStringExpected()
		return p.stringLit().(*ast.StringLit)
	}
	p.expected("a text in double quotes", "")
	return &ast.StringLit{At: p.missing()}
}

// path is a name, or app.name.
type path struct{ expr ast.Expr }

func (p *parser) path() path {
	start := p.start()
	name := p.name("a name")
	if name.Text == "" {
		return path{p.badExpr()}
	}
	var x ast.Expr = &ast.Ident{Name: name.Text, At: name.At}
	if p.accept(".") {
		field := p.name("a name of that app or module")
		x = &ast.Field{X: x, Name: field, At: p.from(start)}
	}
	return path{x}
}

// importPath is what an import names.
type importPath struct {
	text   string
	quoted bool
	name   *ast.Name
}

func (p *parser) importPath() importPath {
	start := p.start()
	if p.at("{") || p.at("*") {
		p.refuse(codeForeign, "a module is imported as a whole", "",
			"Write `import \"./money\"`, with the path of its file or directory; what it declares is then `money.name`.")
	}
	if p.kind() != token.String {
		name := p.name("a module's name, or a path in double quotes")
		return importPath{text: name.Text, name: name}
	}
	text := ""
	for _, part := range p.plainString().Parts {
		text += part.(*ast.TextPart).Value
	}
	return importPath{text: text, quoted: true, name: &ast.Name{Text: text, At: p.from(start)}}
}
