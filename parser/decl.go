package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/token"
)

// The shapes of declarations, for messages about those that did not parse.
const (
	formApp        = "app name"
	formImport     = "import module`, `import \"./directory\"` or `import app \"../directory\""
	formParam      = "param name: Type = value"
	formRecord     = "record Name(field: Type, …)"
	formField      = "name: Type"
	formEnum       = "enum Name { One(field: Type), Two }"
	formParamField = "name: Type"
	formFun        = "fun name(parameter: Type) -> Type { … }"
	formExtern     = "extern fun name(parameter: Type) -> Type = go \"package\".Name"
	formPortal     = "portal name(Request) -> Reply key request => key"
	formStream     = "stream name: Type = source"
	formSink       = "sink stream to target"
	formTask       = "task Name(parameter: Type): Input -> Output keyed Key { … }"
	formInlineTask = "task Input -> Output { … }"
	formState      = "state name: Type = value"
	formHandler    = "on event pattern { … }"
	formWorkflow   = "workflow name { … }"
	formTest       = "test \"what should happen\" { … }"
)

// declarations reads the whole file.
func (p *parser) declarations() []ast.Decl {
	var decls []ast.Decl
	for {
		p.skipNewlines()
		if p.kind() == token.EOF {
			p.resumed()
		}
		p.lookOn()
		if p.kind() == token.EOF {
			return decls
		}
		decls = append(decls, p.declaration())
		if !p.atNewline() && !p.quiet {
			p.twoOnOneLine("declaration")
		}
		if p.quiet {
			p.skipToDeclaration()
		}
	}
}

// resumed goes on behind a declaration that was nested too deeply, if there was one.
func (p *parser) resumed() {
	if p.resume != nil {
		p.lex.LoadCheckpoint(*p.resume)
		p.resume = nil
		p.quiet = false
	}
}

// skipToDeclaration skips to the next line that begins with the word of a declaration: anywhere in the first column, and
// further in where a statement could begin.
func (p *parser) skipToDeclaration() {
	for p.kind() != token.EOF {
		if kindOf(p.next()) == token.Newline && p.mayBeDeclaration() {
			break
		}
		p.skipTo(func(t *lexer.Token) bool { return kindOf(t) == token.Newline || p.startsDeclaration(t) })
		if p.startsDeclaration(p.peek()) {
			break
		}
		if p.kind() == token.Close {
			p.next()
		}
	}
	p.quiet = p.full()
}

// mayBeDeclaration tells whether a line begins with a declaration, or in the first column with what may be meant as one.
func (p *parser) mayBeDeclaration() bool {
	t := p.peek()
	return token.IsDeclaration(t.Value) ||
		kindOf(t) == token.Ident && kindOf(p.ahead(1)) == token.Ident && p.file.Position(startOf(t)).Column == 1
}

func (p *parser) declaration() ast.Decl {
	for {
		if d := p.declared(); d != nil {
			return d
		}
		if start := p.start(); !p.notADeclaration() {
			p.next()
			return &ast.BadDecl{At: p.from(start)}
		}
	}
}

// declared reads the declaration that the next word begins; nil if it begins none.
func (p *parser) declared() ast.Decl {
	word := p.peek().Value
	switch word {
	case "exclusive":
		if p.ahead(1).Value == "task" {
			word = "task"
		}
	case "export":
		word = p.ahead(1).Value
		if word != "portal" && word != "stream" && word != "export" && token.IsDeclaration(word) {
			p.notExported(word)
			p.next()
		}
	}
	switch word {
	case "app":
		return p.appDecl()
	case "import":
		return p.importDecl()
	case "param":
		return p.paramDecl()
	case "record":
		return p.recordDecl()
	case "enum":
		return p.enumDecl()
	case "fun":
		return p.funDecl()
	case "extern":
		return p.externDecl()
	case "portal":
		return p.portalDecl()
	case "stream":
		return p.streamDecl()
	case "sink":
		return p.sinkDecl()
	case "task":
		return p.taskDecl()
	case "workflow":
		return p.workflowDecl()
	case "test":
		return p.testDecl()
	}
	return nil
}

func (p *parser) appDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.app, formApp)
	return &ast.AppDecl{Doc: doc, Name: named(p, h.Name), At: p.from(start)}
}

func (p *parser) importDecl() ast.Decl {
	start := p.start()
	p.dottedImport()
	h := head(p, p.grammar.imports, formImport)
	path := valueOf(h.Path)
	if path.name == nil {
		path.name = &ast.Name{At: p.missing()}
	}
	return &ast.ImportDecl{
		App: h.App, Path: path.text, Quoted: path.quoted, Name: path.name, At: p.from(start),
	}
}

func (p *parser) paramDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.param, formParam)
	return &ast.ParamDecl{
		Doc: doc, Name: named(p, h.Name), Type: typed(p, h.Type), Default: valueOf(h.Default), At: p.from(start),
	}
}

func (p *parser) recordDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.record, formRecord)
	return &ast.RecordDecl{
		Doc: doc, Name: named(p, h.Name), TypeParams: valueOf(h.TypeParams), Fields: valueOf(h.Fields),
		At: p.from(start),
	}
}

func (p *parser) enumDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.enum, formEnum)
	return &ast.EnumDecl{
		Doc: doc, Name: named(p, h.Name), TypeParams: valueOf(h.TypeParams), Variants: valueOf(h.Variants),
		At: p.from(start),
	}
}

func (p *parser) funDecl() *ast.FunDecl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.fun, formFun)
	body := valueOf(h.Body)
	if h.Body == nil {
		body = p.bodyAfterError()
	}
	return &ast.FunDecl{
		Doc: doc, Name: named(p, h.Name), TypeParams: valueOf(h.TypeParams), Params: valueOf(h.Params),
		Result: firstOf(body.result, valueOf(h.Result)), Body: body.block, Expr: body.expr, At: p.from(start),
	}
}

func (p *parser) externDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.extern, formExtern)
	pack := valueOf(h.Package)
	if pack == nil {
		pack = &ast.StringLit{At: p.missing()}
	}
	return &ast.ExternDecl{
		Doc: doc, Name: named(p, h.Name), Params: valueOf(h.Params), Result: valueOf(h.Result),
		Package: pack, GoName: named(p, h.GoName), At: p.from(start),
	}
}

func (p *parser) portalDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.portal, formPortal)
	return &ast.PortalDecl{
		Doc: doc, Export: h.Export, Name: named(p, h.Name), Req: typed(p, h.Req), Rep: typed(p, h.Rep),
		Key: valueOf(h.Key), At: p.from(start),
	}
}

func (p *parser) streamDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.stream, formStream)
	return &ast.StreamDecl{
		Doc: doc, Export: h.Export, Name: named(p, h.Name), Was: valueOf(h.Was), Type: valueOf(h.Type),
		Source: valueOf(h.Source), At: p.from(start),
	}
}

func (p *parser) sinkDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.sink, formSink)
	return &ast.SinkDecl{
		Doc: doc, Stream: p.valued(valueOf(h.Stream).expr), Target: p.valued(valueOf(h.Target)), At: p.from(start),
	}
}

func (p *parser) taskDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.task, formTask)
	members := valueOf(h.Members)
	if h.Members == nil {
		p.skipToBody()
		members = p.members()
	}
	return &ast.TaskDecl{
		Doc: doc, Exclusive: h.Exclusive, Name: named(p, h.Name), Was: valueOf(h.Was),
		TypeParams: valueOf(h.TypeParams), Params: valueOf(h.Params), In: valueOf(h.In), Out: valueOf(h.Out),
		Keyed: valueOf(h.Keyed), Members: members, At: p.from(start),
	}
}

func (p *parser) inlineTask() *ast.TaskDecl {
	start := p.start()
	h := head(p, p.grammar.inlineTask, formInlineTask)
	members := valueOf(h.Members)
	if h.Members == nil {
		p.skipToBody()
		members = p.members()
	}
	return &ast.TaskDecl{
		Exclusive: h.Exclusive, In: valueOf(h.In), Out: valueOf(h.Out), Keyed: valueOf(h.Keyed), Members: members,
		At: p.from(start),
	}
}

func (p *parser) workflowDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.workflow, formWorkflow)
	chains := valueOf(h.Chains)
	if h.Chains == nil {
		p.skipToBody()
		chains = p.chains()
	}
	return &ast.WorkflowDecl{
		Doc: doc, Name: named(p, h.Name), Was: valueOf(h.Was), Chains: chains, At: p.from(start),
	}
}

func (p *parser) testDecl() ast.Decl {
	start, doc := p.start(), p.doc()
	h := head(p, p.grammar.test, formTest)
	name := valueOf(h.Name)
	if name == nil {
		name = &ast.StringLit{At: p.missing()}
	}
	steps := valueOf(h.Steps)
	if h.Steps == nil {
		p.skipToBody()
		steps = p.testSteps()
	}
	return &ast.TestDecl{Doc: doc, Name: name, Steps: steps, At: p.from(start)}
}

// funBody is what follows the head of a function: a block, or `= expression`.
type funBody struct {
	result ast.Type // `: T`, where `-> T` should have been written
	block  *ast.Block
	expr   ast.Expr
}

func (p *parser) funBody() funBody {
	var body funBody
	if p.foreignResult() {
		body.result = p.typ()
	}
	if p.accept("=") || p.bodyBehindArrow() {
		body.expr = p.expr()
		return body
	}
	body.block = p.block("a function's body")
	return body
}

// bodyAfterError looks for the body of a function whose head did not parse.
func (p *parser) bodyAfterError() funBody {
	p.skipTo(func(t *lexer.Token) bool { return t.Value == "{" || t.Value == "=" || kindOf(t) == token.Newline })
	if p.at("{") || p.at("=") {
		p.quiet = p.full()
		return p.funBody()
	}
	return funBody{block: &ast.Block{At: p.missing()}}
}

// typeParams reads `[T, U]`, if it is there.
func (p *parser) typeParams() []*ast.TypeParam {
	var list []*ast.TypeParam
	if p.at("<") {
		p.angleBrackets()
	}
	if !p.at("[") {
		return nil
	}
	p.list("]", "type parameters", func() {
		start := p.start()
		name := p.upperName()
		list = append(list, &ast.TypeParam{Name: name, At: p.from(start)})
	})
	return list
}

// fields reads the fields of a record.
func (p *parser) fields() []*ast.FieldDecl {
	if p.at("{") {
		p.recordBraces()
	}
	if !p.opens("(", "the fields of a record stand in parentheses", "record Name(field: Type, …)") {
		return nil
	}
	return p.fieldList()
}

func (p *parser) fieldList() []*ast.FieldDecl {
	var list []*ast.FieldDecl
	p.list(")", "fields", func() {
		start, doc := p.start(), p.doc()
		h := head(p, p.grammar.field, formField)
		list = append(list, &ast.FieldDecl{
			Doc: doc, Name: named(p, h.Name), Type: typed(p, h.Type), DataName: valueOf(h.DataName),
			Default: valueOf(h.Default), At: p.from(start),
		})
	})
	return list
}

// variants reads the variants of an enum, which are parted by commas or newlines.
func (p *parser) variants() []*ast.VariantDecl {
	var list []*ast.VariantDecl
	if !p.opens("{", "the variants of an enum stand in braces", "enum Name { One(field: Type), Two }") {
		return nil
	}
	p.lines("variant", ",", func() {
		start, doc := p.start(), p.doc()
		v := &ast.VariantDecl{Doc: doc, Name: p.upperName()}
		v.Parens = p.at("(")
		if v.Parens {
			v.Fields = p.fieldList()
		}
		v.At = p.from(start)
		list = append(list, v)
	})
	return list
}

// funParams are the parameters of a function, whose parentheses are never left out.
type funParams []*ast.ParamField

func (p *parser) funParams() funParams {
	if !p.opens("(", "the parameters of a function stand in parentheses, even if there are none", formFun) {
		return nil
	}
	params := p.params()
	for _, param := range params {
		if param.Default != nil {
			p.defaultOfFun(param)
		}
	}
	return params
}

// params reads the parameters of a task, if they are there.
func (p *parser) params() []*ast.ParamField {
	if !p.at("(") {
		return nil
	}
	list := []*ast.ParamField{}
	p.list(")", "parameters", func() {
		start, rest := p.start(), p.here()
		takesRest := p.accept("..")
		h := head(p, p.grammar.paramField, formParamField)
		f := &ast.ParamField{Name: named(p, h.Name), Type: typed(p, h.Type), Default: valueOf(h.Default), At: p.from(start)}
		if list = append(list, f); takesRest {
			p.takesRest(rest, f.Type)
		}
	})
	return list
}

func firstOf(a, b ast.Type) ast.Type {
	if a != nil {
		return a
	}
	return b
}
