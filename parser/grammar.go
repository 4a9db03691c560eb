package parser

import (
	"sync"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
)

// The heads of declarations and of task members. A `part` is a hole that hand-written code fills, with a value of the
// type that it names; after a head that did not parse, the holes that were not reached are nil.

// app shop
type appHead struct {
	Name part[lowerName] `parser:"'app' @@"`
}

// import window, import "./money", import app "../shop"
type importHead struct {
	App  bool             `parser:"'import' @'app'?"`
	Path part[importPath] `parser:"@@"`
}

// param input: String = "ops.ndjson"
type paramHead struct {
	Name    part[lowerName] `parser:"'param' @@"`
	Type    part[ast.Type]  `parser:"':' @@"`
	Default part[ast.Expr]  `parser:"( '=' @@ )?"`
}

// record Order[T](user: Int, items: List[T])
type recordHead struct {
	Name       part[upperName]        `parser:"'record' @@"`
	TypeParams part[[]*ast.TypeParam] `parser:"@@"`
	Fields     part[[]*ast.FieldDecl] `parser:"@@"`
}

// userId: Int as "user_id" = 1
type fieldHead struct {
	Name     part[anyName]        `parser:"@@"`
	Type     part[ast.Type]       `parser:"':' @@"`
	DataName part[*ast.StringLit] `parser:"( 'as' @@ )?"`
	Default  part[ast.Expr]       `parser:"( '=' @@ )?"`
}

// enum Tree[T] { Leaf, Node(left: Tree[T], right: Tree[T]) }
type enumHead struct {
	Name       part[upperName]          `parser:"'enum' @@"`
	TypeParams part[[]*ast.TypeParam]   `parser:"@@"`
	Variants   part[[]*ast.VariantDecl] `parser:"@@"`
}

// a: A, of a function or task
type paramFieldHead struct {
	Name    part[lowerName] `parser:"@@"`
	Type    part[ast.Type]  `parser:"':' @@"`
	Default part[ast.Expr]  `parser:"( '=' @@ )?"`
}

// fun f[T](a: A) -> R { … } or = expression
type funHead struct {
	Name       part[lowerName]        `parser:"'fun' @@"`
	TypeParams part[[]*ast.TypeParam] `parser:"@@"`
	Params     part[funParams]        `parser:"@@"`
	Result     part[ast.Type]         `parser:"( '->' @@ )?"`
	Body       part[funBody]          `parser:"@@"`
}

// extern fun slug(s: String) -> String = go "example.com/text".Slug
type externHead struct {
	Name    part[lowerName]      `parser:"'extern' 'fun' @@"`
	Params  part[funParams]      `parser:"@@"`
	Result  part[ast.Type]       `parser:"( '->' @@ )?"`
	Package part[*ast.StringLit] `parser:"'=' 'go' @@"`
	GoName  part[anyName]        `parser:"'.' @@"`
}

// export portal inventory(Req) -> Rep key r => r.item
type portalHead struct {
	Export bool            `parser:"@'export'?"`
	Name   part[lowerName] `parser:"'portal' @@"`
	Req    part[ast.Type]  `parser:"'(' @@ ')'"`
	Rep    part[ast.Type]  `parser:"'->' @@"`
	Key    part[ast.Expr]  `parser:"( 'key' @@ )?"`
}

// export stream orders was bookings: Order = file.ndjson(…)
type streamHead struct {
	Export bool             `parser:"@'export'?"`
	Name   part[lowerName]  `parser:"'stream' @@"`
	Was    part[anyName]    `parser:"( 'was' @@ )?"`
	Type   part[streamType] `parser:"( ':' @@ )?"`
	Source part[ast.Expr]   `parser:"( '=' @@ )?"`
}

// sink orders to file.ndjson("orders.ndjson")
type sinkHead struct {
	Stream part[path]     `parser:"'sink' @@"`
	Target part[ast.Expr] `parser:"'to' @@"`
}

// exclusive task Cart[T](size: Int): In -> Out keyed K { … }
type taskHead struct {
	Exclusive  bool                    `parser:"@'exclusive'?"`
	Name       part[upperName]         `parser:"'task' @@"`
	Was        part[anyName]           `parser:"( 'was' @@ )?"`
	TypeParams part[[]*ast.TypeParam]  `parser:"@@"`
	Params     part[[]*ast.ParamField] `parser:"@@"`
	In         part[inputType]         `parser:"( ':' @@ )?"`
	Out        part[ast.Type]          `parser:"( '->' @@ )?"`
	Keyed      part[ast.Type]          `parser:"( 'keyed' @@ )?"`
	Members    part[[]ast.Member]      `parser:"@@"`
}

// task In -> Out keyed K { … }, in the middle of a chain
type inlineTaskHead struct {
	Exclusive bool               `parser:"@'exclusive'?"`
	In        part[inputType]    `parser:"'task' ( (?! '{' | '->' | 'keyed' ) @@ )?"`
	Out       part[ast.Type]     `parser:"( '->' @@ )?"`
	Keyed     part[ast.Type]     `parser:"( 'keyed' @@ )?"`
	Members   part[[]ast.Member] `parser:"@@"`
}

// shared state total was sum: Int = 0
type stateHead struct {
	Shared bool            `parser:"@'shared'?"`
	Name   part[lowerName] `parser:"'state' @@"`
	Was    part[anyName]   `parser:"( 'was' @@ )?"`
	Type   part[ast.Type]  `parser:"':' @@"`
	Init   part[ast.Expr]  `parser:"'=' @@"`
}

// on event PATTERN, on ask portal(PATTERN), on timer name(PATTERNS), on atom per key, on complete, on error e
type handlerHead struct {
	Event    part[ast.Pattern]   `parser:"'on' ( 'event' @@"`
	Portal   part[path]          `parser:"| 'ask' @@"`
	Request  part[request]       `parser:"@@"`
	Timer    part[lowerName]     `parser:"| 'timer' @@"`
	Args     part[[]ast.Pattern] `parser:"@@"`
	Atom     bool                `parser:"| @'atom'"`
	PerKey   bool                `parser:"( 'per' @'key' )?"`
	Complete bool                `parser:"| @'complete'"`
	Error    part[ast.Pattern]   `parser:"| 'error' @@ )"`
	Guard    part[ast.Expr]      `parser:"( 'if' @@ )?"`
}

// workflow analytics { … }
type workflowHead struct {
	Name   part[lowerName]    `parser:"'workflow' @@"`
	Was    part[anyName]      `parser:"( 'was' @@ )?"`
	Chains part[[]*ast.Chain] `parser:"@@"`
}

// test "name" { … }
type testHead struct {
	Name  part[*ast.StringLit] `parser:"'test' @@"`
	Steps part[[]ast.TestStep] `parser:"@@"`
}

// part is a hole in a grammar. Participle wants an interface of each type that it is to leave to us.
type part[T any] interface{ get() T }

type filled[T any] struct{ value T }

func (f filled[T]) get() T { return f.value }

// valueOf is what a hole was filled with, the zero value if it was not reached.
func valueOf[T any](p part[T]) T {
	if p == nil {
		var none T
		return none
	}
	return p.get()
}

// grammar holds participle's parsers. They reach the parser of the file in hand through it, since participle gives a
// hole nothing but the lexer. Building one takes about as long as parsing a few hundred lines, so they are kept.
type grammar struct {
	parser *parser

	app        *participle.Parser[appHead]
	imports    *participle.Parser[importHead]
	param      *participle.Parser[paramHead]
	record     *participle.Parser[recordHead]
	field      *participle.Parser[fieldHead]
	enum       *participle.Parser[enumHead]
	paramField *participle.Parser[paramFieldHead]
	fun        *participle.Parser[funHead]
	extern     *participle.Parser[externHead]
	portal     *participle.Parser[portalHead]
	stream     *participle.Parser[streamHead]
	sink       *participle.Parser[sinkHead]
	task       *participle.Parser[taskHead]
	inlineTask *participle.Parser[inlineTaskHead]
	state      *participle.Parser[stateHead]
	handler    *participle.Parser[handlerHead]
	workflow   *participle.Parser[workflowHead]
	test       *participle.Parser[testHead]
}

var grammars = sync.Pool{New: func() any { return newGrammar() }}

func newGrammar() *grammar {
	g := &grammar{}
	options := []participle.Option{
		participle.Lexer(definition{}),
		// The first token decides everywhere: an optional part that has begun must go on.
		participle.UseLookahead(0),
		hole(g, (*parser).upperName),
		hole(g, (*parser).lowerName),
		hole(g, (*parser).anyName),
		hole(g, (*parser).path),
		hole(g, (*parser).importPath),
		hole(g, (*parser).plainString),
		hole(g, (*parser).typ),
		hole(g, (*parser).inputType),
		hole(g, (*parser).streamType),
		hole(g, (*parser).expr),
		hole(g, (*parser).pattern),
		hole(g, (*parser).request),
		hole(g, (*parser).patterns),
		hole(g, (*parser).typeParams),
		hole(g, (*parser).fields),
		hole(g, (*parser).variants),
		hole(g, (*parser).params),
		hole(g, (*parser).funParams),
		hole(g, (*parser).funBody),
		hole(g, (*parser).members),
		hole(g, (*parser).chains),
		hole(g, (*parser).testSteps),
	}
	g.app = participle.MustBuild[appHead](options...)
	g.imports = participle.MustBuild[importHead](options...)
	g.param = participle.MustBuild[paramHead](options...)
	g.record = participle.MustBuild[recordHead](options...)
	g.field = participle.MustBuild[fieldHead](options...)
	g.enum = participle.MustBuild[enumHead](options...)
	g.paramField = participle.MustBuild[paramFieldHead](options...)
	g.fun = participle.MustBuild[funHead](options...)
	g.extern = participle.MustBuild[externHead](options...)
	g.portal = participle.MustBuild[portalHead](options...)
	g.stream = participle.MustBuild[streamHead](options...)
	g.sink = participle.MustBuild[sinkHead](options...)
	g.task = participle.MustBuild[taskHead](options...)
	g.inlineTask = participle.MustBuild[inlineTaskHead](options...)
	g.state = participle.MustBuild[stateHead](options...)
	g.handler = participle.MustBuild[handlerHead](options...)
	g.workflow = participle.MustBuild[workflowHead](options...)
	g.test = participle.MustBuild[testHead](options...)
	return g
}

// hole lets participle fill every part[T] by calling parse.
func hole[T any](g *grammar, parse func(*parser) T) participle.Option {
	return participle.ParseTypeWith(func(lex *lexer.PeekingLexer) (part[T], error) {
		p := g.parser
		outer := p.lex
		p.lex = lex
		value := parse(p)
		p.lex = outer
		return filled[T]{value}, nil
	})
}

// head reads the head of a declaration. What participle misses is reported as an error in the declaration that form
// shows the shape of; what was read up to there is returned all the same.
func head[T any](p *parser, g *participle.Parser[T], form string) *T {
	first := *p.peek()
	parsed, err := g.ParseFromLexer(p.lex, participle.AllowTrailing(true))
	if err != nil {
		p.malformed(&first, form, err)
	}
	return parsed
}
