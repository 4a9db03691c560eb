package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/token"
)

// members reads the body of a task.
func (p *parser) members() []ast.Member {
	members := []ast.Member{}
	defer p.up()
	if !p.deeper() || !p.openBlock("a task") {
		return members
	}
	p.lines("member", "", func() { members = append(members, p.member()) })
	return members
}

func (p *parser) member() ast.Member {
	start := p.start()
	p.modifier(func(word string) bool { return word == "on" || word == "fun" || word == "state" || word == "shared" })
	switch p.peek().Value {
	case "state", "shared":
		return p.stateDecl()
	case "on":
		return p.handler()
	case "fun":
		return p.funDecl()
	case "var", "let", "val":
		if kindOf(p.ahead(1)) == token.Ident && p.ahead(2).Value == ":" {
			p.variableOfTask()
			return p.stateDecl()
		}
	}
	p.notAMember()
	p.skipLine()
	return &ast.BadMember{At: p.from(start)}
}

func (p *parser) stateDecl() ast.Member {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.state, formState)
	return &ast.StateDecl{
		Doc: doc, Shared: h.Shared, Name: named(p, h.Name), Was: valueOf(h.Was), Type: typed(p, h.Type),
		Init: p.valued(valueOf(h.Init)), At: p.from(start),
	}
}

// handler reads a clause `on …`.
func (p *parser) handler() ast.Member {
	start, doc := p.start(), p.doc()
	h := &ast.Handler{Doc: doc}
	if p.unknownHandler() {
		p.skipToBody()
	} else {
		p.handlerHead(h, head(p, p.grammar.handler, formHandler))
		h.Head = p.from(start)
		if p.quiet {
			p.skipToBody()
		}
	}
	p.behindHandlerHead(h)
	h.Body = p.block(handlerBody[h.Kind])
	h.At = p.from(start)
	return h
}

// handlerBody says whose body it is, in messages.
var handlerBody = map[ast.HandlerKind]string{
	ast.OnEvent: "a handler", ast.OnTimer: "a handler", ast.OnAsk: "an `on ask`", ast.OnAtom: "an `on atom`", ast.OnAtomPerKey: "an `on atom per key`",
	ast.OnComplete: "an `on complete`", ast.OnError: "an `on error`",
}

func (p *parser) handlerHead(h *ast.Handler, read *handlerHead) {
	h.Guard = valueOf(read.Guard)
	switch {
	case read.Event != nil:
		h.Kind, h.Patterns = ast.OnEvent, []ast.Pattern{read.Event.get()}
	case read.Portal != nil:
		h.Kind, h.Portal = ast.OnAsk, p.valued(valueOf(read.Portal).expr)
		if read.Request != nil {
			h.Patterns = []ast.Pattern{read.Request.get()}
		}
	case read.Timer != nil:
		h.Kind, h.Timer, h.Patterns = ast.OnTimer, named(p, read.Timer), valueOf(read.Args)
	case read.PerKey:
		h.Kind = ast.OnAtomPerKey
	case read.Atom:
		h.Kind = ast.OnAtom
	case read.Complete:
		h.Kind = ast.OnComplete
	case read.Error != nil:
		h.Kind, h.Patterns = ast.OnError, []ast.Pattern{read.Error.get()}
	}
	if len(h.Patterns) == 0 && (h.Kind == ast.OnEvent || h.Kind == ast.OnAsk || h.Kind == ast.OnError) {
		h.Patterns = []ast.Pattern{&ast.BadPattern{At: p.missing()}}
	}
}

// unknownHandler reports an `on` that is followed by none of the words that it may be followed by.
func (p *parser) unknownHandler() bool {
	switch p.ahead(1).Value {
	case "event", "ask", "timer", "atom", "complete", "error":
		return false
	}
	p.next()
	if _, near := diag.Nearest(p.peek().Value, handlerWords); !near && p.kind() == token.Ident {
		p.onWhat()
		return true
	}
	p.unknownWord("a task reacts to", handlerWords)
	return true
}

var handlerWords = []string{"event", "ask", "timer", "atom", "complete", "error"}

// chains reads the body of a workflow.
func (p *parser) chains() []*ast.Chain {
	chains := []*ast.Chain{}
	defer p.up()
	if !p.deeper() || !p.openBlock("a workflow") {
		return chains
	}
	p.lines("chain", "", func() { chains = append(chains, p.chain()) })
	return chains
}

// chain reads `flow name = start |> step |> step`.
func (p *parser) chain() *ast.Chain {
	start, doc := p.start(), p.doc()
	c := &ast.Chain{Doc: doc}
	if p.at("flow") && (kindOf(p.ahead(1)) == token.Ident || p.ahead(1).Value == "=") {
		p.next()
		c.Flow = p.lowerName()
		if p.opens("=", "because of the `flow`: what it names follows", "flow name = from stream |> …") {
			p.next()
		}
	}
	c.Start = p.chainStart()
	var dotted *diag.Diagnostic
	for p.accept("|>") || p.pipeOfOthers() || p.dottedStep(&dotted) {
		c.Steps = append(c.Steps, p.step())
		if p.quiet { // the next step may be as it should
			p.skipTo(func(t *lexer.Token) bool { return t.Value == "|>" || kindOf(t) == token.Newline })
			p.quiet = p.full() || p.kind() == token.EOF
		}
	}
	c.At = p.from(start)
	return c
}

func (p *parser) chainStart() ast.Start {
	start := p.start()
	word := p.peek().Value
	switch behind := p.ahead(1); {
	case word == "from" && behind.Value != "|>" && kindOf(behind) != token.Newline && kindOf(behind) != token.Close:
		p.next()
		stream := p.streamOfChain()
		return &ast.FromStart{Stream: stream, At: p.from(start)}
	case word == "serve" && (kindOf(behind) == token.Ident || behind.Value == "task" || behind.Value == "exclusive"):
		p.next()
		use := p.taskUse()
		return &ast.ServeStart{Task: use, At: p.from(start)}
	case word == "union" && behind.Value == "(":
		p.next()
		flows := p.flowNames()
		return &ast.UnionStart{Flows: flows, At: p.from(start)}
	case p.kind() == token.Ident && (kindOf(behind) != token.Ident || !nearStart(word)):
		name := p.lowerName()
		return &ast.FlowStart{Flow: name, At: p.from(start)}
	}
	p.notAStart()
	return &ast.BadStart{At: p.missing()}
}

var startWords = []string{"from", "flow", "serve", "union"}

// nearStart tells whether a word is probably meant to begin a chain.
func nearStart(word string) bool {
	_, near := diag.Nearest(word, startWords)
	return near
}

func (p *parser) flowNames() []*ast.Name {
	var names []*ast.Name
	p.list(")", "names of flows", func() { names = append(names, p.lowerName()) })
	return names
}

var opKinds = map[string]ast.OpKind{
	"key": ast.OpKey, "map": ast.OpMap, "flatMap": ast.OpFlatMap, "filter": ast.OpFilter,
}

func (p *parser) step() ast.Step {
	start := p.start()
	word := p.peek().Value
	calls := p.ahead(1).Value == "("
	switch op, isOp := opKinds[word]; {
	case isOp && calls:
		p.next()
		fn := p.onlyArg(word)
		return &ast.OpStep{Op: op, Fn: fn, At: p.from(start)}
	case word == "union" && calls:
		p.next()
		flows := p.flowNames()
		return &ast.UnionStep{Flows: flows, At: p.from(start)}
	case word == "steps" && calls:
		return p.stepsStep()
	case word == "to":
		p.next()
		name := p.lowerName()
		return &ast.ToStep{Stream: name, At: p.from(start)}
	case word == "task" || word == "exclusive" || p.kind() == token.Ident && (isUpper(word) || p.ahead(1).Value == "."):
		typeless := word == "task" && p.ahead(1).Value == "{"
		if typeless {
			p.inlineWithoutTypes()
		}
		use := p.taskUse()
		if typeless && use.Inline != nil { // everything fits
			use.Inline.In, use.Inline.Out = &ast.BadType{At: p.missing()}, &ast.BadType{At: p.missing()}
		}
		return &ast.TaskStep{Use: use, At: p.from(start)}
	case p.endsInStream():
		name := p.lowerName()
		return &ast.ToStep{Stream: name, At: p.from(start)}
	}
	p.notAStep()
	return &ast.BadStep{At: p.missing()}
}

// onlyArg reads the one function that a step like `map` is given.
func (p *parser) onlyArg(step string) ast.Expr {
	var found []ast.Expr
	start := p.start()
	p.list(")", "the function", func() { found = append(found, p.expr()) })
	if len(found) != 1 && !p.quiet {
		p.oneFunction(step, p.from(start).Place)
	}
	if len(found) == 0 {
		return p.badExpr()
	}
	return found[0]
}

// taskUse reads `Top(100) as best`, or an inline task.
func (p *parser) taskUse() *ast.TaskUse {
	use := p.taskCall()
	start := use.Place.Start
	if p.accept("as") {
		use.As = p.lowerName()
	}
	use.At = p.from(start)
	return use
}

func (p *parser) taskCall() *ast.TaskUse {
	start := p.start()
	use := &ast.TaskUse{}
	if p.at("task") || p.at("exclusive") {
		use.Inline = p.inlineTask()
	} else {
		use.Task = p.path().expr
		if p.at("(") {
			use.Parens = true
			use.Args = p.args(nil)
		}
	}
	use.At = p.from(start)
	return use
}

// stepsStep reads `steps(A, B * 3) as name`.
func (p *parser) stepsStep() ast.Step {
	start := p.start()
	p.next()
	s := &ast.StepsStep{}
	p.list(")", "tasks", func() {
		start := p.start()
		item := &ast.StepsItem{Use: p.taskCall()}
		if p.accept("*") {
			item.Times = p.unary()
		}
		item.At = p.from(start)
		s.Items = append(s.Items, item)
	})
	if p.accept("as") {
		s.As = p.lowerName()
	}
	s.At = p.from(start)
	return s
}
