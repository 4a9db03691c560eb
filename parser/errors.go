package parser

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/token"
)

// describe says what a token is, for `expected …, found …`.
func describe(t *lexer.Token) string {
	switch kindOf(t) {
	case token.EOF:
		return "the end of the file"
	case token.Newline:
		if t.Value == ";" {
			return "`;`"
		}
		return "the end of the line"
	case token.String, token.RawString, token.StringBegin:
		return "a text"
	case token.StringMid, token.StringEnd:
		return "the `}` of an interpolation"
	case token.Int, token.Float:
		return "the number `" + t.Value + "`"
	case token.Keyword:
		return "the word `" + t.Value + "`"
	case token.Operator:
		if t.Value == ".." && endOf(t)-startOf(t) == len("...") {
			return "`...`"
		}
	}
	if len(t.Value) > 40 {
		return "a name"
	}
	return "`" + t.Value + "`"
}

// lineEnds tells whether nothing that belongs to the statement follows: the line ends, or it ends in an operator and
// the next line begins with another statement.
func (p *parser) lineEnds() bool {
	return p.atNewline() || p.kind() == token.Keyword && p.atLineStart() && p.end() > 0
}

// found says what the next token is.
func (p *parser) found() string {
	if p.lineEnds() && p.kind() == token.Keyword {
		return "the end of the line"
	}
	return describe(p.peek())
}

// foundAt is the place of the next token; a missing thing is missing behind the last token.
func (p *parser) foundAt() source.Span {
	if p.lineEnds() {
		return p.span(p.end(), p.end())
	}
	return p.here()
}

// refuse reports that the next token does not fit.
func (p *parser) refuse(code diag.Code, title, label, help string, notes ...string) {
	if p.kind() == token.Bad { // has been reported
		p.quiet = true
		return
	}
	p.report(&diag.Diagnostic{
		Code: code, Title: title, Primary: diag.Label{Span: p.foundAt(), Text: label}, Help: help, Notes: notes,
	})
}

// expected reports that something else should stand here; because, if not "", says why.
func (p *parser) expected(what, because string) {
	p.refuse(codeUnexpected, fmt.Sprintf("expected %s, found %s", what, p.found()), because, "")
}

// expectedExpr reports that an expression is missing, with the special cases that people run into.
func (p *parser) expectedExpr() {
	switch t := p.peek(); {
	case p.atLineStart() && p.end() > 0 && kindOf(t) != token.Bad:
		d := &diag.Diagnostic{
			Code: codeUnexpected, Title: "the line ends where an expression is expected",
			Primary: diag.Label{Span: p.span(p.end()-1, p.end()), Text: "because of this"},
		}
		if isStatement(t) && d.Primary.Span.Text() == "=" {
			d.Help = "A value of several statements is a block, `{ … }`, with the value last."
		}
		p.report(d)
	case t.Value == "fun":
		p.refuse(codeForeign, "a function without a name is written `x => …`", "",
			"Write `x => expression`, `(a, b) => expression` or `x => { … }`.")
	case isStatement(t):
		p.refuse(codeUnexpected, fmt.Sprintf("`%s` is a statement, but a value is expected here", t.Value), "",
			"A block `{ … }` holds statements; its value is that of its last expression.")
	case t.Value == "=>":
		p.refuse(codeUnexpected, "expected an expression, found `=>`", "",
			"A lambda has its parameters before the arrow: `x => …`, `(a, b) => …`, `() => …`.")
	case t.Value == "|" && kindOf(p.ahead(1)) == token.Ident && (p.ahead(2).Value == "|" || p.ahead(2).Value == ","):
		p.lambdaOfOthers(p.ahead(1).Value)
	case t.Value == "_" && p.ahead(1).Value != ")" && p.ahead(1).Value != "," && strings.HasSuffix(p.file.Text()[:p.end()], "("):
		p.refuse(codeForeign, "`_` has no value", "", "A function of one value gives it a name: `x => …`.")
	case t.Value == "_":
		p.refuse(codeUnexpected, "`_` has no value", "", "Give the value a name where it is bound.")
	case t.Value == "," && p.end() > 0 && strings.IndexByte(",([", p.file.Text()[p.end()-1]) >= 0:
		p.mend(&diag.Diagnostic{
			Code: codeUnexpected, Title: "a comma stands where an element is expected", Primary: diag.Label{Span: p.here()},
			Help: "Leave it out.", Edits: []diag.Edit{{Span: p.here(), New: ""}},
		})
	case t.Value == "." && kindOf(p.ahead(1)) == token.Ident:
		p.fieldOfNothing(p.ahead(1).Value)
	case p.atNewline() || kindOf(t) == token.Close:
		p.refuse(codeUnexpected, "expected an expression, found "+describe(t), "something is missing here", "")
	case p.foreignOperand(t):
	default:
		p.expected("an expression", "")
	}
}

func isStatement(t *lexer.Token) bool {
	switch t.Value {
	case "let", "var", "for", "while", "log":
		return true
	}
	return false
}

// bodyForms are the forms of what has a body that can be forgotten altogether.
var bodyForms = map[string]string{
	"a task":            "task Name: Input -> Output { … }",
	"a workflow":        formWorkflow,
	"a test":            formTest,
	"a function's body": formFun + "` or `fun name(parameter: Type) -> Type = expression",
	"a handler":         formHandler,
	"an `on ask`":       "on ask portal(request) { … reply answer }",
	"an `on atom`":      "on atom { … }",
	"an `on complete`":  "on complete { … }",
	"an `on error`":     "on error e { … }",
}

// opens tells whether the next token is the sign that must stand here, and reports it if it is missing.
func (p *parser) opens(sign, because, form string) bool {
	if p.at(sign) {
		return true
	}
	p.refuse(codeUnexpected, fmt.Sprintf("expected `%s`, found %s", sign, describe(p.peek())), because,
		fmt.Sprintf("The form is `%s`.", form))
	return false
}

// openBlock is opens for the `{` of a body; of says whose. A brace in the next line is taken.
func (p *parser) openBlock(of string) bool {
	if p.at("{") {
		return true
	}
	if p.kind() == token.Newline && p.peek().Value == "\n" && p.ahead(1).Value == "{" {
		brace := p.spanOf(p.ahead(1))
		p.mend(&diag.Diagnostic{
			Code:    codeBraces,
			Title:   "a `{` stands in the line of what it belongs to",
			Primary: diag.Label{Span: brace},
			Notes:   []string{"a line end ends a statement, so a block in a line of its own would belong to nothing"},
			Help:    "Move it to the end of the line before.",
			Edits:   []diag.Edit{{Span: p.span(p.end(), brace.Start), New: " "}},
		})
		p.next()
		return true
	}
	help := "Bodies and branches stand in braces, even those of a single statement."
	if form, ok := bodyForms[of]; ok {
		help = fmt.Sprintf("The form is `%s`.", form)
	}
	p.refuse(codeBraces, fmt.Sprintf("expected the `{` of %s, found %s", of, describe(p.peek())), "", help)
	return false
}

// expectedBody reports what stands between a condition and its block.
func (p *parser) expectedBody() {
	switch t := p.peek(); {
	case kindOf(t) == token.Newline && p.ahead(1).Value == "{": // openBlock will see to it
	case t.Value == "in" || t.Value == "is" && p.startsAfter():
		d := &diag.Diagnostic{Primary: diag.Label{Span: p.here()}}
		p.operatorOfOthers(t, d)
		p.report(d)
	case t.Value == "then" || t.Value == ":" || t.Value == "do":
		p.refuse(codeBraces, fmt.Sprintf("expected `{`, found `%s`", t.Value), "",
			fmt.Sprintf("Write `{ … }` in place of `%s`.", t.Value))
	case p.startsExpr() || kindOf(t) == token.Newline || t.Value == "else":
		p.refuse(codeBraces, "the braces of this body are missing", "expected `{` here",
			"Bodies and branches stand in braces, even those of a single statement.")
	default:
		p.expected("`{`", "")
	}
}

// missingComma reports what stands between two elements of a list.
func (p *parser) missingComma(opening *lexer.Token, closing, what string) {
	t := p.peek()
	if p.quiet || kindOf(t) == token.Bad {
		p.quiet = true
		return
	}
	d := &diag.Diagnostic{
		Code:      codeUnexpected,
		Title:     fmt.Sprintf("expected `,` or `%s`, found %s", closing, describe(t)),
		Primary:   diag.Label{Span: p.foundAt()},
		Secondary: []diag.Label{{Span: p.spanOf(opening), Text: what + " of this"}},
	}
	switch {
	case t.Value == "=":
		d.Title = "a name and its value are parted by `:`"
		d.Help = "Write `name: value`."
		d.Edits = []diag.Edit{{Span: p.span(p.end(), endOf(t)), New: ":"}}
	case t.Value == ";":
		d.Help = "Elements are parted by commas."
		d.Edits = []diag.Edit{{Span: p.span(startOf(t), endOf(t)), New: ","}}
	case t.Value == "=>":
		d.Title = "this is not a lambda's list of parameters"
		d.Help = "The parameters of a lambda are names: `(a, b) => …`; their types are inferred."
	case what == "patterns" && t.Value == ":":
		d.Title, d.Secondary = "a pattern has no type", nil
		d.Help = "Leave the type out; it is known from what is matched."
		if kindOf(p.ahead(1)) == token.Ident && (kindOf(p.ahead(2)) == token.Close || p.ahead(2).Value == ",") {
			d.Edits = []diag.Edit{{Span: p.span(startOf(t), endOf(p.ahead(1))), New: ""}}
		}
	case p.operatorOfOthers(t, d) || p.comprehension(t, d):
	case t.Value == "{" && p.foreignRest(what, t, d):
		d.Secondary = nil
	case p.startsExpr():
		d.Title = "a comma is missing"
		d.Primary = diag.Label{Span: p.span(p.end(), p.end()), Text: "expected `,` here"}
		d.Help = "Elements are parted by commas."
		d.Edits = []diag.Edit{{Span: d.Primary.Span, New: ","}}
	}
	p.report(d)
}

// operatorOfOthers explains words and signs that are operators elsewhere.
func (p *parser) operatorOfOthers(t *lexer.Token, d *diag.Diagnostic) bool {
	switch t.Value {
	case "?":
		d.Title, d.Help = "there is no operator `?`", "A choice is written `if condition { a } else { b }`, for it has a value."
	case "in":
		d.Title, d.Help = "`in` stands in a `for` only", "Whether a collection has an element is told by `xs.contains(x)`."
	case "as", "is", "instanceof":
		if !p.startsAfter() {
			return false
		}
		d.Title, d.Help = fmt.Sprintf("there is no operator `%s`", t.Value), "Values are taken apart by `match`, and converted by methods such as `toInt`."
	default:
		return false
	}
	d.Code = codeForeign
	return true
}

// startsAfter tells whether a name follows the next token.
func (p *parser) startsAfter() bool { return kindOf(p.ahead(1)) == token.Ident }

// malformed reports what participle missed in the declaration that began with first.
func (p *parser) malformed(first *lexer.Token, form string, err error) {
	title := fmt.Sprintf("found %s where this cannot go on", describe(p.peek()))
	if sign := expectedSign(err); sign != "" {
		title = fmt.Sprintf("expected `%s`, found %s", sign, describe(p.peek()))
	}
	if p.kind() == token.Bad {
		p.quiet = true
		return
	}
	d := &diag.Diagnostic{
		Code: codeUnexpected, Title: title, Primary: diag.Label{Span: p.foundAt()},
		Help: fmt.Sprintf("The form is `%s`.", form),
	}
	if begin := p.spanOf(first); begin.End <= d.Primary.Span.Start {
		d.Secondary = []diag.Label{{Span: begin, Text: "because of this `" + first.Value + "`"}}
	}
	switch sign := expectedSign(err); {
	case sign == "->" && p.at("=>"):
		d.Code, d.Edits = codeArrow, []diag.Edit{{Span: d.Primary.Span, New: "->"}}
	case sign == ":":
		p.typeMissing(d)
	case sign == "to" && p.at("="):
		d.Title, d.Edits = "a stream is joined to its sink by `to`", []diag.Edit{{Span: d.Primary.Span, New: "to"}}
	}
	p.report(d)
}

// typeMissing says of a name that has no `:` behind it that it needs a type, in d.
func (p *parser) typeMissing(d *diag.Diagnostic) {
	name, behind := p.nameBefore(), p.ahead(1)
	switch {
	case name == "":
	case p.kind() == token.Ident:
		d.Title = "a name and its type are parted by `:`"
		d.Help = "Write it between them."
		d.Edits = []diag.Edit{{Span: p.span(p.end(), p.end()), New: ":"}}
	case p.at("=") && typeOfLiteral(behind) != "":
		typ := typeOfLiteral(behind)
		d.Title = fmt.Sprintf("the type of `%s` is missing", name)
		d.Help = fmt.Sprintf("Write `%s: %s = %s`.", name, typ, p.spanOf(behind).Text())
		d.Edits = []diag.Edit{{Span: p.span(p.end(), p.end()), New: ": " + typ}}
	case p.at("=") || p.at(",") || p.at(")") || p.atNewline():
		d.Title = fmt.Sprintf("the type of `%s` is missing", name)
		d.Help = fmt.Sprintf("Write `%s: Type`.", name)
		switch {
		case !p.at("="):
		case behind.Value == "[" && p.ahead(2).Value == "]":
			d.Help = fmt.Sprintf("Write `%s: List[Type] = []`.", name)
		case behind.Value == "{" || behind.Value == "[" && p.ahead(2).Value == ":":
			d.Help = fmt.Sprintf("Write `%s: Map[Key, Value] = [:]`.", name)
		}
	default:
		return
	}
	d.Primary.Span = p.span(p.end()-len(name), p.end())
	d.Secondary = nil
}

// typeOfLiteral is the type of the value that a token is; "" if it is none of those that show.
func typeOfLiteral(t *lexer.Token) string {
	switch kindOf(t) {
	case token.Int:
		return "Int"
	case token.Float:
		return "Float"
	case token.Duration:
		return "Duration"
	case token.String, token.RawString, token.StringBegin:
		return "String"
	}
	if t.Value == "true" || t.Value == "false" {
		return "Bool"
	}
	return ""
}

// Participle tells what it missed in the text of its message alone; its first quoted word is the sign that we want.
// Should the text change, our message says a little less.
var expectedPattern = regexp.MustCompile(`\(expected \(*"([^"]+)"`)

func expectedSign(err error) string {
	var unexpected *participle.UnexpectedTokenError
	if !errors.As(err, &unexpected) {
		return ""
	}
	if m := expectedPattern.FindStringSubmatch(unexpected.Message()); m != nil {
		return m[1]
	}
	return ""
}

// twoOnOneLine reports what stands behind a statement, member, arm or the like in its line, and tells whether it is
// the beginning of another one, where the parser can go on.
func (p *parser) twoOnOneLine(what string) bool {
	t := p.peek()
	if p.quiet || kindOf(t) == token.Bad || kindOf(t) == token.EOF {
		p.quiet = true
		return false
	}
	if what == "arm" && p.elseArm() { // a line that begins with `else` goes on with the one before
		return true
	}
	d := &diag.Diagnostic{
		Code:    codeUnexpected,
		Title:   fmt.Sprintf("expected the end of this %s, found %s", what, describe(t)),
		Primary: diag.Label{Span: p.here()},
	}
	parted, mend := "a line end or `;`", ";"
	switch what {
	case "arm", "variant":
		parted, mend = "a line end or `,`", ","
	case "declaration":
		parted, mend = "a line end", "\n"
	}
	again := false
	switch {
	case t.Value == "else":
		d.Code, d.Title = codeWrongPlace, "this `else` has no `if`"
	case p.operatorOfOthers(t, d) || p.foreignRest(what, t, d):
	case t.Value == ":":
		d.Help = "A variable with a type is declared by `let name: Type = value` or `var name: Type = value`."
	case p.beginsAnother(what, t):
		again = true
		d.Code, d.Title = codeOneLine, fmt.Sprintf("two %ss in one line", what)
		d.Help = fmt.Sprintf("Part them by %s.", parted)
		d.Edits = []diag.Edit{{Span: p.span(p.end(), p.end()), New: mend}}
	case what == "declaration" && t.Value == "-" && strings.HasPrefix(p.lineBefore(), "app "):
		d.Title, d.Help = "a name has no `-`", "It has letters, digits and `_`."
	case what == "chain":
		d.Help = "Steps are joined by `|>`; a chain ends by a line end or `;`."
	case p.startsExpr():
		d.Help = fmt.Sprintf("One %s ends by %s; a call has parentheses around its arguments.", what, parted)
	}
	if again {
		p.mend(d)
		return true
	}
	p.report(d)
	return false
}

// beginsAnother tells whether t begins another item of the kind beyond doubt.
func (p *parser) beginsAnother(what string, t *lexer.Token) bool {
	closed := p.end() > 0 && strings.IndexByte(")]}", p.file.Text()[p.end()-1]) >= 0
	switch what {
	case "statement":
		return kindOf(t) == token.Keyword && t.Value != "in" || closed && kindOf(t) == token.Ident
	case "member":
		return t.Value == "on" || t.Value == "state" || t.Value == "shared" || t.Value == "fun"
	case "chain":
		return t.Value == "from" || t.Value == "flow" || t.Value == "serve"
	case "declaration":
		return token.IsDeclaration(t.Value)
	case "variant":
		return isUpper(t.Value)
	case "arm":
		return kindOf(t) == token.Ident && (isUpper(t.Value) || t.Value == "_" || p.ahead(1).Value == "=>")
	}
	return false
}
