// Package parser turns the text of a .ptl file into its syntax tree.
//
// It promises three things: it always returns a tree, it always ends, and one mistake costs one message. To that end a
// text passes three rooms.
//
// The scanner cuts the text into tokens and mends what is plainly a spelling of another language. The layout gives
// every bracket its partner and keeps those line ends that end a statement. What comes out is lexed once and for all
// and has balanced brackets, so that whoever loses the thread later can find it again by skipping to a line end or a
// closing bracket.
//
// The grammar of declarations is written in participle's tags (grammar.go), one small grammar for each kind of
// declaration. Their holes are filled by hand-written functions: names, types, patterns, expressions by precedence
// climbing, blocks statement by statement. A hole never fails: it reports, and leaves a Bad node. So participle has to
// refuse nothing but a missing word or sign, and one token of lookahead is enough everywhere.
//
// After a report the parser is quiet until it has found the thread again: at the next statement, member, element of a
// list, or declaration.
package parser

import (
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/token"
)

// maxDepth is how deep things may be nested; people stay below 20.
const maxDepth = 256

// maxChain is how many operands or calls may follow each other in one expression: a chain makes a deep tree, too.
const maxChain = 1000

// windowSize is how many tokens participle has at a time, at least: more than most declarations.
const windowSize = 200

// Parse parses a file. It always returns a tree; what is wrong with the text is added to diags.
func Parse(f *source.File, diags *diag.List) *ast.File { return parse(f, diags, windowSize) }

func parse(f *source.File, diags *diag.List, size int) *ast.File {
	out := &reporter{file: f, diags: diags}
	s := scan(f, out)
	p := &parser{reporter: out, docs: s.docs, missed: map[int]int{}, quiet: out.full()}
	p.window = window{all: arrange(s.tokens, out), size: size}
	s.tokens = nil
	p.look(0)
	p.grammar = grammars.Get().(*grammar)
	p.grammar.parser = p
	defer func() {
		p.grammar.parser = nil
		grammars.Put(p.grammar)
	}()
	file := &ast.File{Source: f, Comments: s.comments}
	file.At = at(f, 0, len(f.Text()))
	defer p.unwedge()
	file.Decls = p.declarations()
	return file
}

// parser reads the tokens of one file.
type parser struct {
	*reporter
	window
	grammar *grammar
	tokens  []lexer.Token       // of the window
	lex     *lexer.PeekingLexer // the place in tokens; participle lends it to a hole while that is being filled
	docs    map[int]ast.Doc
	missed  map[int]int // where parts are missing: before the token that starts here, behind the one that ends there

	quiet     bool // something was reported and the thread is lost
	depth     int
	noLambdas bool              // `x =>` is the end of a guard, not a lambda
	limits    bool              // `or` parts the two limits of an atom
	resume    *lexer.Checkpoint // where to go on after abandoning a declaration that was nested too deeply

	misnamed map[string]*diag.Diagnostic // the reports of reserved words that are used as names

	looked lexer.RawCursor // where the parser looked last,
	looks  int             // and how often since it came there
}

// maxLooks is how often one token may be looked at. Every level of nesting looks at it a few dozen times; a loop that
// takes no token looks for ever.
const maxLooks = 1000 * maxDepth

// wedged is what a parser that takes no token any more is stopped with.
type wedged struct{}

// peek is the next token. All loops of the parser look at tokens through it, so here is where they are seen to move.
func (p *parser) peek() *lexer.Token {
	if at := p.lex.RawCursor(); at != p.looked {
		p.looked, p.looks = at, 0
	}
	if p.looks++; p.looks > maxLooks {
		panic(wedged{})
	}
	return p.lex.Peek()
}

// unwedge ends a parse that would not have ended. That is a mistake of ours, and is reported as one.
func (p *parser) unwedge() {
	switch r := recover(); r {
	case nil:
	case wedged{}:
		p.diags.Add(&diag.Diagnostic{
			Code:    diag.Internal,
			Title:   "the parser does not get past this place",
			Primary: diag.Label{Span: p.spanOf(p.lex.Peek())},
			Help:    "This is a bug of portalsc. Please report it with the program.",
		})
	default:
		panic(r)
	}
}

func (p *parser) next() *lexer.Token { return p.lex.Next() }

// ahead is the token n places after the next one.
func (p *parser) ahead(n int) *lexer.Token {
	return &p.tokens[min(int(p.lex.RawCursor())+n, len(p.tokens)-1)]
}

// at tells whether the next token is this word, operator or bracket. (The value of a string begins with its quote.)
func (p *parser) at(text string) bool { return p.peek().Value == text }

func (p *parser) kind() token.Kind { return kindOf(p.peek()) }

// accept takes the next token if it is text.
func (p *parser) accept(text string) bool {
	if !p.at(text) {
		return false
	}
	p.next()
	return true
}

// start is the offset of the next token.
func (p *parser) start() int { return startOf(p.peek()) }

// end is the offset where the last token ended.
func (p *parser) end() int {
	if i := int(p.lex.RawCursor()); i > 0 {
		return endOf(&p.tokens[i-1])
	}
	return 0
}

// from is the place from start, where a token starts, to the last token.
func (p *parser) from(start int) ast.At {
	if before, ok := p.missed[start]; ok {
		start = before
	}
	return at(p.file, start, p.end())
}

// missing is the place of a part that is not there: behind the last token. What begins with that part begins there.
func (p *parser) missing() ast.At {
	p.missed[p.start()] = p.end()
	return at(p.file, p.end(), p.end())
}

// here is the place of the next token; that of a newline is empty, and so is that of the file's end.
func (p *parser) here() source.Span { return p.spanOf(p.peek()) }

func (p *parser) spanOf(t *lexer.Token) source.Span {
	if kindOf(t) == token.Newline {
		return p.span(startOf(t), startOf(t))
	}
	return p.span(startOf(t), endOf(t))
}

// doc is the doc comment above the next token.
func (p *parser) doc() ast.Doc { return p.docs[p.start()] }

// atNewline tells whether the statement ends here.
func (p *parser) atNewline() bool { return p.kind() == token.Newline || p.kind() == token.EOF }

// atLineStart tells whether the next token is the first one of its line.
func (p *parser) atLineStart() bool {
	return p.end() == 0 || strings.IndexByte(p.file.Text()[p.end():max(p.end(), p.start())], '\n') >= 0
}

func (p *parser) skipNewlines() {
	for p.kind() == token.Newline {
		p.next()
	}
}

// report reports that the thread is lost: nothing more is reported until it is found again.
func (p *parser) report(d *diag.Diagnostic) {
	p.mend(d)
	p.quiet = true
	if p.full() {
		p.abandon()
	}
}

// mend reports a mistake that does not keep the parser from going on. Behind a forgotten bracket nothing is reported:
// that it was forgotten has been said, and where it belongs is a guess.
func (p *parser) mend(d *diag.Diagnostic) {
	if p.quiet {
		return
	}
	start := d.Primary.Span.Start
	for _, g := range p.guessed {
		if g.Start < start && start <= g.End {
			return
		}
	}
	if d.Code != codeReserved && p.ofMisnamed(d.Primary.Span) {
		return
	}
	p.add(d)
}

// skipTo skips to the next token that stop is true for, or to the end of what the parser is in: a closing bracket, the
// end of the file. Whole pairs of brackets are skipped.
func (p *parser) skipTo(stop func(*lexer.Token) bool) {
	depth := 0
	for {
		t := p.peek()
		switch kindOf(t) {
		case token.EOF:
			return
		case token.Open, token.StringBegin:
			if depth == 0 && stop(t) {
				return
			}
			depth++
		case token.Close, token.StringEnd:
			if depth == 0 {
				return
			}
			depth--
		default:
			if depth == 0 && stop(t) {
				return
			}
		}
		p.next()
	}
}

// skipLine skips what is left of a statement.
func (p *parser) skipLine() {
	p.skipTo(func(t *lexer.Token) bool { return kindOf(t) == token.Newline })
}

// skipToBody skips to the `{` of a head that did not parse, if there is one in its line.
func (p *parser) skipToBody() {
	p.skipTo(func(t *lexer.Token) bool { return t.Value == "{" || kindOf(t) == token.Newline })
	if p.at("{") {
		p.quiet = false
	}
}

// deeper is called on the way into something that can contain itself; it answers false when that is too deep, and
// then everything up to the next declaration has been skipped. Every call is paired with one of p.up.
func (p *parser) deeper() bool {
	p.depth++
	if p.depth <= maxDepth {
		return true
	}
	p.tooDeep("this is nested too deeply", "things may be nested 256 levels deep")
	return false
}

func (p *parser) up() { p.depth-- }

func (p *parser) tooDeep(title, why string) {
	p.report(&diag.Diagnostic{
		Code:    codeDepth,
		Title:   title,
		Primary: diag.Label{Span: p.here()},
		Notes:   []string{why},
		Help:    "Give parts of it names of their own, as functions or with `let`.",
	})
	i := int(p.lex.RawCursor())
	for i < len(p.tokens)-1 && !p.startsDeclaration(&p.tokens[i]) {
		i++
	}
	p.lex.FastForward(lexer.RawCursor(i) - 1)
	resume := p.lex.MakeCheckpoint()
	p.resume = &resume
	p.abandon()
}

// abandon shows everybody the end of the window, so that they come to an end.
func (p *parser) abandon() { p.lex.FastForward(lexer.RawCursor(len(p.tokens) - 1)) }

// startsDeclaration tells whether a token is a declaration's first word in the first column.
func (p *parser) startsDeclaration(t *lexer.Token) bool {
	return token.IsDeclaration(t.Value) && (startOf(t) == 0 || p.file.Text()[startOf(t)-1] == '\n')
}

// list reads the items between two brackets, which are parted by commas; one may follow the last. What is wrong with
// one item does not touch the others.
func (p *parser) list(closing string, what string, item func()) {
	outer := p.noLambdas
	p.noLambdas = false
	opening := p.next()
	for p.kind() != token.Close && p.kind() != token.EOF {
		before := p.lex.RawCursor()
		item()
		if p.kind() != token.Close && !p.at(",") {
			p.missingComma(opening, closing, what)
			p.skipTo(func(t *lexer.Token) bool { return t.Value == "," })
		}
		if p.accept(",") || p.kind() == token.Close {
			p.quiet = p.full()
		}
		if p.kind() != token.Close {
			p.onward(before)
		}
	}
	p.accept(closing)
	p.noLambdas = outer
}

// onward ends a round of a loop that began at before. A round that took no token would be repeated for ever, so a token
// is taken for it.
func (p *parser) onward(before lexer.RawCursor) {
	if p.lex.RawCursor() == before {
		p.next()
	}
}
