package parser

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/token"
)

// This file knows the mistakes that people make. Each is reported in terms of what was probably meant; where that is
// beyond doubt, the parser goes on as if it had been written.

// respell takes the next token for another word or sign.
func (p *parser) respell(kind token.Kind, value string) {
	t := p.peek()
	t.Type, t.Value = typeOf(kind), value
}

// mendWord reports the next token, a word of another language, and takes it for ours.
func (p *parser) mendWord(ours, help string) {
	t := p.peek()
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("`%s` is written `%s` here", t.Value, ours),
		Primary: diag.Label{Span: p.here()}, Help: help, Edits: []diag.Edit{{Span: p.here(), New: ours}},
	})
	if token.IsKeyword(ours) {
		p.respell(token.Keyword, ours)
		return
	}
	p.respell(token.Ident, ours)
}

// foreignDeclarations are the words that other languages begin declarations with.
var foreignDeclarations = map[string]struct{ ours, help string }{
	"func":        {"fun", "A function is `fun name(parameter: Type) -> Type { … }`."},
	"def":         {"fun", "A function is `fun name(parameter: Type) -> Type { … }`."},
	"fn":          {"fun", "A function is `fun name(parameter: Type) -> Type { … }`."},
	"function":    {"fun", "A function is `fun name(parameter: Type) -> Type { … }`."},
	"struct":      {"record", "A record is `record Name(field: Type, …)`."},
	"class":       {"record", "A record is `record Name(field: Type, …)`; what keeps state and reacts to events is a task."},
	"data":        {"record", "A record is `record Name(field: Type, …)`."},
	"use":         {"import", "A module is brought in by `import name`."},
	"require":     {"import", "A module is brought in by `import name`."},
	"application": {"app", "The name of the app is given by `app name`."},
}

// foreignDeclaration takes the word t of another language for ours.
func (p *parser) foreignDeclaration(t *lexer.Token) bool {
	word, ok := foreignDeclarations[t.Value]
	switch {
	case !ok || kindOf(p.ahead(1)) != token.Ident:
		return false
	case word.ours == "import" && p.ahead(2).Value == "." && kindOf(p.ahead(3)) == token.Ident: // dottedImport tells of both
		p.respell(token.Ident, word.ours)
	default:
		p.mendWord(word.ours, word.help)
	}
	return true
}

// notADeclaration reports a line at the top level that is no declaration. It tells whether it was mended.
func (p *parser) notADeclaration() bool {
	t := p.behindModifier()
	if p.foreignDeclaration(t) || p.modifier(p.declares) || p.caseClass() {
		return true
	}
	if help, known := declarationsOfOthers[t.Value]; known && kindOf(p.ahead(1)) == token.Ident {
		p.refuse(codeForeign, fmt.Sprintf("there is no `%s`", t.Value), "", help)
		return false
	}
	switch {
	case t.Value == "from" && p.ahead(2).Value == "import":
		p.refuse(codeForeign, "a module is imported as a whole", "",
			fmt.Sprintf("Write `import \"./%s\"`, with the path of its file or directory; what it declares is then `%s.name`.",
				p.ahead(1).Value, p.ahead(1).Value))
		return false
	case t.Value == "exclusive":
		p.refuse(codeWrongPlace, "only tasks are `exclusive`", "", "Leave it out, or write `exclusive task Name …`.")
		return false
	case t.Value == "let" || t.Value == "var" || t.Value == "const" || t.Value == "val":
		p.refuse(codeWrongPlace, "a file has no variables of its own", "",
			"A value that the user of the program may set is a `param`, a constant a `fun` without parameters, and what "+
				"changes is the `state` of a task.")
		return false
	case t.Value == "state" || t.Value == "shared" || t.Value == "on":
		p.refuse(codeWrongPlace, fmt.Sprintf("`%s` belongs in a task", t.Value), "",
			"Move it between the braces of a `task Name { … }`.")
		return false
	case t.Value == "from" || t.Value == "flow" || t.Value == "serve":
		p.refuse(codeWrongPlace, fmt.Sprintf("`%s` belongs in a workflow", t.Value), "",
			"Move it between the braces of a `workflow name { … }`.")
		return false
	case (t.Value == "type" || t.Value == "typealias" || t.Value == "newtype") && kindOf(p.ahead(1)) == token.Ident:
		p.typeOfOthers()
		return false
	case (t.Value == "module" || t.Value == "package" || t.Value == "namespace") && kindOf(p.ahead(1)) == token.Ident:
		p.refuse(codeForeign, fmt.Sprintf("a file does not begin with `%s`", t.Value), "",
			"Leave the line out: an app or a module is called after its file or directory, and all that it declares can be used.")
		return false
	case kindOf(t) == token.Keyword:
		p.refuse(codeWrongPlace, fmt.Sprintf("`%s` cannot stand outside of functions and tasks", t.Value), "",
			"Statements stand in the body of a function, or of a handler of a task.")
		return false
	}
	if near, ok := diag.Nearest(t.Value, declarationWords); ok && kindOf(t) == token.Ident &&
		(kindOf(p.ahead(1)) == token.Ident || p.ahead(1).Value == "task") {
		p.mend(&diag.Diagnostic{
			Code: codeUnexpected, Title: fmt.Sprintf("`%s` does not begin a declaration", t.Value),
			Primary: diag.Label{Span: p.here()}, Help: fmt.Sprintf("Did you mean `%s`?", near),
			Edits: []diag.Edit{{Span: p.here(), New: near}},
		})
		p.respell(token.Ident, near)
		if token.IsKeyword(near) {
			p.respell(token.Keyword, near)
		}
		return true
	}
	if sign := p.ahead(1).Value; kindOf(t) == token.Ident && (sign == ":" || sign == "=" || sign == "(") {
		p.refuse(codeUnexpected, fmt.Sprintf("a declaration begins with a word that says what `%s` is", t.Value), "",
			fmt.Sprintf("A function is `fun %s(x: Type) -> Type { … }`, what the user of the program sets `param %s: Type = …`, a stream `stream %s: Type`.",
				t.Value, t.Value, t.Value))
		return false
	}
	p.refuse(codeUnexpected, "expected a declaration, found "+describe(t), "",
		"A file consists of "+listed(declarationWords, "and")+" declarations.")
	return false
}

func (p *parser) notExported(word string) {
	p.mend(&diag.Diagnostic{
		Code: codeWrongPlace, Title: fmt.Sprintf("a `%s` is not exported", word), Primary: diag.Label{Span: p.here()},
		Notes: []string{"an app shares portals and streams with other apps; what modules declare is public anyway"},
		Help:  "Leave `export` out.", Edits: []diag.Edit{{Span: p.span(p.start(), startOf(p.ahead(1))), New: ""}},
	})
}

var declarationWords = []string{
	"app", "import", "param", "record", "enum", "fun", "extern", "portal", "stream", "sink", "task", "workflow", "test",
}

// notAMember reports a line in the body of a task that is no member.
func (p *parser) notAMember() {
	t := p.peek()
	switch {
	case p.ahead(1).Value == "=>":
		p.refuse(codeForeign, "a handler begins with what it reacts to", "", fmt.Sprintf("Write `on event %s { … }`.", t.Value))
	case t.Value == "let" || t.Value == "var" || t.Value == "val":
		p.refuse(codeWrongPlace, fmt.Sprintf("a task has no `%s` of its own", t.Value), "",
			"What a task remembers is declared by `state name: Type = value`.")
	case kindOf(t) == token.Keyword:
		p.refuse(codeWrongPlace, fmt.Sprintf("`%s` cannot stand directly in a task", t.Value), "",
			"Statements stand in handlers such as `on event e { … }`, and in functions.")
	case token.IsDeclaration(t.Value):
		p.refuse(codeWrongPlace, fmt.Sprintf("a `%s` cannot be declared in a task", t.Value), "",
			"Move it out of the task.")
	default:
		p.unknownWord("a member of a task begins with", []string{"state", "shared", "on", "fun"})
	}
}

// onWhat reports an `on` that a pattern follows at once.
func (p *parser) onWhat() {
	p.report(&diag.Diagnostic{
		Code: codeUnexpected, Title: "a handler says what kind of thing it reacts to", Primary: diag.Label{Span: p.here()},
		Notes: []string{"a task reacts to " + listed(handlerWords, "or")},
		Help:  fmt.Sprintf("To react to what the task takes, write `on event %s`.", p.peek().Value),
		Edits: []diag.Edit{{Span: p.span(p.start(), p.start()), New: "event "}},
	})
}

// variableOfTask takes `var x: T = …` in a task for a state.
func (p *parser) variableOfTask() {
	p.mend(&diag.Diagnostic{
		Code: codeWrongPlace, Title: fmt.Sprintf("a task has no `%s` of its own", p.peek().Value), Primary: diag.Label{Span: p.here()},
		Help: "What a task remembers is declared by `state name: Type = value`.", Edits: []diag.Edit{{Span: p.here(), New: "state"}},
	})
	p.respell(token.Ident, "state")
}

// unknownWord reports a word in a place where there are only a few to choose from; rule says what they do.
func (p *parser) unknownWord(rule string, words []string) {
	t := p.peek()
	help := ""
	near, ok := diag.Nearest(t.Value, words)
	ok = ok && kindOf(t) == token.Ident
	if ok {
		help = fmt.Sprintf("Did you mean `%s`?", near)
	}
	d := &diag.Diagnostic{
		Code: codeUnexpected, Title: fmt.Sprintf("expected %s, found %s", listed(words, "or"), describe(t)),
		Primary: diag.Label{Span: p.foundAt()}, Help: help,
	}
	if ok {
		d.Notes = []string{rule + " " + listed(words, "or")}
		d.Title = fmt.Sprintf("`%s` is not a word that can stand here", t.Value)
		d.Edits = []diag.Edit{{Span: p.here(), New: near}}
	}
	if kindOf(t) == token.Bad {
		p.quiet = true
		return
	}
	p.report(d)
}

// listed writes words as `a`, `b` or `c`.
func listed(words []string, last string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = "`" + w + "`"
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " " + last + " " + quoted[len(quoted)-1]
}

// reservedAsName reports a reserved word that is used as a name, if it plainly is: something that follows a name
// follows it.
func (p *parser) reservedAsName() bool {
	behind := p.ahead(1)
	switch {
	case kindOf(behind) == token.Close, strings.Contains(" : = ( , . |> [ as was { -> => in ", " "+behind.Value+" "):
	default:
		return false
	}
	t := p.peek()
	d := &diag.Diagnostic{
		Code:    codeReserved,
		Title:   fmt.Sprintf("`%s` is a word of the language and cannot be a name", t.Value),
		Primary: diag.Label{Span: p.here()},
		Help:    "Choose another name. (Only fields and arguments may be called like that.)",
		Edits:   []diag.Edit{{Span: p.here(), New: misnamed(t.Value)}},
	}
	p.mend(d)
	if p.misnamed == nil {
		p.misnamed = map[string]*diag.Diagnostic{}
	}
	p.misnamed[t.Value] = d
	return true
}

// misnamed is what is offered for a reserved word as a name.
func misnamed(word string) string { return word + "Value" }

// mostUses is how many uses of a misnamed name are shown.
const mostUses = 20

// ofMisnamed tells whether what is wrong at a place comes of a reserved word before it in the line, which was meant as the name
// that it was declared as. The report of that then shows the place.
func (p *parser) ofMisnamed(place source.Span) bool {
	if len(p.misnamed) == 0 {
		return false
	}
	line := strings.LastIndexByte(p.file.Text()[:place.Start], '\n') + 1
	i, _ := slices.BinarySearchFunc(p.all, place.Start+1, func(t lexer.Token, offset int) int { return startOf(&t) - offset })
	for n := 0; n < 100 && i > n && startOf(&p.all[i-1-n]) >= line; n++ {
		t := &p.all[i-1-n]
		d := p.misnamed[t.Value]
		if d == nil || kindOf(t) != token.Keyword || len(d.Secondary) >= mostUses {
			continue
		}
		use := p.spanOf(t)
		if !slices.ContainsFunc(d.Edits, func(e diag.Edit) bool { return e.Span == use }) {
			d.Secondary = append(d.Secondary, diag.Label{Span: use, Text: "here, too"})
			d.Edits = append(d.Edits, diag.Edit{Span: use, New: misnamed(t.Value)})
		}
		return true
	}
	return false
}

// Declarations and types.

// foreignResult takes `:`, `=>` or nothing before the result of a function for `->`; it answers true if a type follows.
func (p *parser) foreignResult() bool {
	behind := p.ahead(1)
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "the result of a function stands behind `->`", Primary: diag.Label{Span: p.here()},
		Help: "Write `-> Type`.",
	}
	switch {
	case p.at(":") && strings.Contains(p.span(p.start(), startOf(behind)).Text(), "\n"):
		d.Code, d.Title = codeBraces, "the body of a function stands in braces"
		d.Help = fmt.Sprintf("The form is `%s`.", formFun)
		p.report(d)
		return false
	case p.at(":"):
		d.Edits = []diag.Edit{{Span: p.here(), New: " ->"}}
		p.next()
	case p.at("=>") && isUpper(behind.Value) && p.ahead(2).Value != "(":
		d.Code, d.Edits = codeArrow, []diag.Edit{{Span: p.here(), New: "->"}}
		p.next()
	case p.kind() == token.Ident && behind.Value == "{":
		d.Edits = []diag.Edit{{Span: p.span(p.start(), p.start()), New: "-> "}}
	default:
		return false
	}
	p.mend(d)
	return true
}

// bodyBehindArrow takes `=>` before the value of a function for `=`; it answers true if an expression follows.
func (p *parser) bodyBehindArrow() bool {
	if !p.at("=>") {
		return false
	}
	d := &diag.Diagnostic{
		Code: codeArrow, Title: "the value of a function stands behind `=`", Primary: diag.Label{Span: p.here()},
		Help: "Write `fun name(parameter: Type) -> Type = expression`.", Edits: []diag.Edit{{Span: p.here(), New: "="}},
	}
	block := p.ahead(1).Value == "{"
	if block {
		d.Title, d.Help = "there is no arrow before the body of a function", "Leave it out."
		d.Edits[0] = diag.Edit{Span: p.span(p.start(), startOf(p.ahead(1))), New: ""}
	}
	p.mend(d)
	p.next()
	return !block
}

// recordBraces takes `record R { … }` for `record R(…)`, if its fields are parted by commas or line ends.
func (p *parser) recordBraces() {
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "the fields of a record stand in parentheses", Primary: diag.Label{Span: p.here()},
		Help: "Write `record Name(field: Type, other: Type)`.",
	}
	n, text, copied, twice := 1, "", endOf(p.peek()), false
	var parting []*lexer.Token
	for ; kindOf(p.ahead(n)) != token.Close && kindOf(p.ahead(n)) != token.EOF; n++ {
		switch t := p.ahead(n); kindOf(t) {
		case token.Open:
			n = p.behindBracket(n) - 1
		case token.Newline:
			end := endOf(p.ahead(n - 1))
			text += p.span(copied, end).Text() + ","
			copied = end
			if t.Value == ";" {
				copied = endOf(t)
			}
			twice = twice || kindOf(p.ahead(n-1)) == token.Newline
			parting = append(parting, t)
		}
	}
	closing := p.ahead(n)
	if closing.Value != "}" || twice {
		p.report(d)
		p.skipTo(func(t *lexer.Token) bool { return kindOf(t) == token.Newline })
		return
	}
	text = strings.TrimSuffix(strings.TrimSpace(text+p.span(copied, startOf(closing)).Text()), ",")
	d.Edits = []diag.Edit{{Span: p.span(p.end(), endOf(closing)), New: "(" + text + ")"}}
	p.mend(d)
	for _, t := range parting {
		t.Type, t.Value = typeOf(token.Operator), ","
	}
	p.respell(token.Open, "(")
	closing.Value = ")"
}

// angleBrackets reports `<…>` around types and skips it.
func (p *parser) angleBrackets() {
	start := p.start()
	depth := 0
	for p.kind() == token.Ident || strings.Contains(" < > >= , . ? ", " "+p.peek().Value+" ") {
		switch p.next().Value {
		case "<":
			depth++
		case ">", ">=":
			depth--
		}
		if depth == 0 {
			break
		}
	}
	place := p.from(start).Place
	text := strings.NewReplacer("<", "[", ">", "]").Replace(place.Text())
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "types stand in square brackets behind the type that they belong to",
		Primary: diag.Label{Span: place}, Help: fmt.Sprintf("Write `%s`.", text),
		Edits: []diag.Edit{{Span: place, New: text}},
	})
}

// mayBeMissing reports `T?`, of which the sign has been read, or `T | null`, and takes it for an Option.
func (p *parser) mayBeMissing(t ast.Type) ast.Type {
	text := "Option[" + t.Span().Text() + "]"
	at := p.from(t.Span().Start)
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "a value that may be missing has the type Option", Primary: diag.Label{Span: at.Place},
		Help: fmt.Sprintf("Write `%s`.", text), Edits: []diag.Edit{{Span: at.Place, New: text}},
	})
	return &ast.NamedType{Name: &ast.Name{Text: "Option", At: at}, Args: []ast.Type{t}, At: at}
}

func (p *parser) unitType(start int) {
	place := p.from(start).Place
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "the type of `()` is written `Unit`", Primary: diag.Label{Span: place},
		Help: "Write `Unit`, or leave the result of a function out.", Edits: []diag.Edit{{Span: place, New: "Unit"}},
	})
}

func (p *parser) listType(list *ast.NamedType) {
	elem := "Int"
	if len(list.Args) > 0 && list.Args[0].Span().Text() != "" {
		elem = list.Args[0].Span().Text()
	}
	text := "List[" + elem + "]"
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("the type of a list is written `%s`", text),
		Primary: diag.Label{Span: list.Place}, Edits: []diag.Edit{{Span: list.Place, New: text}},
	})
}

// Patterns.

func (p *parser) interpolatedPattern() {
	p.mend(&diag.Diagnostic{
		Code: codeUnexpected, Title: "a pattern holds no expression", Primary: diag.Label{Span: p.here()},
		Help: "Bind the value to a name, and compare it in a guard: `x if x == \"…\" => …`.",
	})
}

func (p *parser) plainStringExpected() {
	p.mend(&diag.Diagnostic{
		Code: codeUnexpected, Title: "this text must be a plain one", Primary: diag.Label{Span: p.here()},
		Help: "Leave `${…}` out; to write a dollar sign before a brace, write `\\${`.",
	})
}

func (p *parser) lowerConstructor(name string, start int) {
	mended := upperCased(name)
	place := p.from(start).Place
	p.mend(&diag.Diagnostic{
		Code: codeCase, Title: fmt.Sprintf("`%s` cannot be a constructor", name), Primary: diag.Label{Span: place},
		Notes: []string{"a pattern with arguments is a constructor, and constructors start with an upper-case letter"},
		Help:  fmt.Sprintf("Write `%s`.", mended), Edits: []diag.Edit{{Span: place, New: mended}},
	})
}

func (p *parser) restOfFields() {
	p.refuse(codeUnexpected, "a constructor has no rest", "", "Write `_` for each argument that is not needed.")
}

func (p *parser) namelessRest() {
	p.mend(&diag.Diagnostic{
		Code: codeUnexpected, Title: "the rest of a list has a name", Primary: diag.Label{Span: p.foundAt()},
		Help:  "Write `..rest`, or `.._` if it is not needed.",
		Edits: []diag.Edit{{Span: p.span(p.end(), p.end()), New: "_"}},
	})
}

func (p *parser) functionType(start int) {
	place := p.span(start, start)
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "the type of a function begins with `fun`", Primary: diag.Label{Span: p.here()},
		Help: "Write `fun(A, B) -> C`.", Edits: []diag.Edit{{Span: place, New: "fun"}},
	})
}

func (p *parser) behindRest() {
	p.refuse(codeUnexpected, "nothing can follow the rest of a list", "", "Move `..rest` to the end of the pattern.")
}

// Expressions.

// notAnExpr mends words that other languages have for values and operators; it answers true if nothing is left.
func (p *parser) notAnExpr() bool {
	t := p.peek()
	switch t.Value {
	case "_":
		p.expectedExpr()
		return true
	case "switch", "when", "case":
		if kindOf(p.ahead(1)) == token.Ident {
			p.refuse(codeForeign, fmt.Sprintf("`%s` is written `match` here", t.Value), "",
				fmt.Sprintf("A choice by shape is `match %s { pattern => result }`.", p.ahead(1).Value))
			return true
		}
	case "lambda":
		if kindOf(p.ahead(1)) == token.Ident && (p.ahead(2).Value == ":" || p.ahead(2).Value == ",") {
			p.lambdaOfOthers(p.ahead(1).Value)
			return true
		}
	case "new":
		if kindOf(p.ahead(1)) == token.Ident {
			p.mend(&diag.Diagnostic{
				Code: codeForeign, Title: "values are made without `new`", Primary: diag.Label{Span: p.here()},
				Help: "Leave it out.", Edits: []diag.Edit{{Span: p.span(p.start(), startOf(p.ahead(1))), New: ""}},
			})
			p.next()
		}
	}
	return false
}

// lambdaOfOthers reports `lambda x: …` and `|x| …`; name is the first parameter.
func (p *parser) lambdaOfOthers(name string) {
	p.refuse(codeForeign, fmt.Sprintf("a function without a name is written `%s => …`", name), "",
		fmt.Sprintf("Write `%s => expression`, or `(a, b) => expression` with several parameters.", name))
}

// respellOperator takes `and`, `or` and `not` for what they mean, where they can be nothing else.
func (p *parser) respellOperator(word, ours string) bool {
	if !p.at(word) || p.kind() != token.Ident {
		return false
	}
	if k := kindOf(p.ahead(1)); k != token.Ident && k != token.Keyword && k != token.Int && k != token.Float && k != token.String {
		return false
	}
	t := p.peek()
	place := p.here()
	if ours == "!" {
		place.End = startOf(p.ahead(1))
	}
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("`%s` is written `%s` here", t.Value, ours),
		Primary: diag.Label{Span: p.here()}, Edits: []diag.Edit{{Span: place, New: ours}},
	})
	p.respell(token.Operator, ours)
	return true
}

// wordOperator takes `and` and `or` for operators.
func (p *parser) wordOperator() {
	if p.kind() == token.Ident {
		p.respellOperator("and", "&&")
		p.respellOperator("mod", "%")
		p.respellOperator("div", "/")
		if !p.limits {
			p.respellOperator("or", "||")
		}
	}
}

func (p *parser) thinArrow() {
	p.mend(&diag.Diagnostic{
		Code: codeArrow, Title: "the arrow of a lambda is `=>`, not `->`", Primary: diag.Label{Span: p.here()},
		Edits: []diag.Edit{{Span: p.here(), New: "=>"}},
	})
}

// typedLambdaParam takes the `: Type` behind the parameter of a lambda.
func (p *parser) typedLambdaParam() bool {
	if !p.at(":") {
		return false
	}
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "the parameters of a lambda have no types of their own",
		Help: "Leave the type out: `(a, b) => …`; it follows from where the lambda stands.",
	}
	start := p.end()
	p.next()
	p.typ()
	d.Primary.Span = p.from(start).Place
	d.Edits = []diag.Edit{{Span: d.Primary.Span, New: ""}}
	p.mend(d)
	return true
}

func (p *parser) entryWithoutValue() {
	p.refuse(codeUnexpected, "expected `:` and the value of this key, found "+describe(p.peek()), "",
		"A map is written `[key: value, …]`, a list `[a, b]`; a literal is one of them.")
}

func (p *parser) oneRequest(place source.Span) {
	p.mend(&diag.Diagnostic{
		Code: codeUnexpected, Title: "a request is one value", Primary: diag.Label{Span: place},
		Help: "Put parentheses around the values to make a tuple of them, or make a record of them.",
	})
}

func (p *parser) noEvents(place source.Span, form string) {
	p.mend(&diag.Diagnostic{
		Code: codeUnexpected, Title: "the events of an atom are a list, and this is a map", Primary: diag.Label{Span: place},
		Help: fmt.Sprintf("The form is `%s`.", form),
	})
}

func (p *parser) oneIndex() {
	p.refuse(codeUnexpected, "expected one index between the brackets", "", "")
}

func (p *parser) oneFunction(step string, place source.Span) {
	p.mend(&diag.Diagnostic{
		Code: codeUnexpected, Title: fmt.Sprintf("`%s` takes one function", step), Primary: diag.Label{Span: place},
		Help: fmt.Sprintf("Write `%s(x => …)`.", step),
	})
}

// chained reports `a < b < c` once.
func (p *parser) chained(x *ast.Binary, next *lexer.Token) {
	d := &diag.Diagnostic{
		Code:      codeChained,
		Title:     "comparisons cannot be chained",
		Primary:   diag.Label{Span: p.spanOf(next), Text: "this would compare the outcome of the first comparison"},
		Secondary: []diag.Label{{Span: x.OpAt.Place, Text: "the first comparison"}},
		Help:      fmt.Sprintf("Write `a %s b && b %s c`, or put parentheses around one of them.", x.Op, next.Value),
	}
	if y := x.Y.Span().Text(); y != "" && !strings.Contains(y, "\n") {
		end := p.span(x.Place.End, x.Place.End)
		d.Edits = []diag.Edit{{Span: end, New: " && " + y}}
	}
	p.mend(d)
}

func (p *parser) tooLong() {
	p.tooDeep("this expression is too long", fmt.Sprintf("an expression may have %d operators or calls in a row", maxChain))
}

// Statements.

// respellStmt takes the words that other languages begin statements with for ours, if they can be nothing else.
func (p *parser) respellStmt() {
	if p.kind() != token.Ident {
		return
	}
	word, ok := foreignStatements[p.peek().Value]
	if !ok {
		return
	}
	switch kindOf(p.ahead(1)) {
	case token.Ident, token.Int, token.String, token.StringBegin, token.RawString:
		p.mendWord(word.ours, word.help)
	case token.Open:
		if word.ours == "let" && p.ahead(1).Value == "{" {
			p.mendWord(word.ours, word.help)
		}
		if word.ours == "match" && p.ahead(1).Value == "(" && p.ahead(p.behindBracket(1)).Value == "{" {
			p.mendWord(word.ours, word.help)
		}
	}
}

// behindBracket tells how many tokens ahead the one behind a bracket's partner is, if the bracket is n ahead.
func (p *parser) behindBracket(n int) int {
	for depth := 0; ; n++ {
		switch kindOf(p.ahead(n)) {
		case token.Open:
			depth++
		case token.Close:
			depth--
		case token.EOF:
			return n
		}
		if depth == 0 {
			return n + 1
		}
	}
}

var foreignStatements = map[string]struct{ ours, help string }{
	"const":   {"let", "`let` binds a name once, `var` one that can be assigned."},
	"val":     {"let", "`let` binds a name once, `var` one that can be assigned."},
	"switch":  {"match", "A choice by shape is `match value { pattern => result }`."},
	"when":    {"match", "A choice by shape is `match value { pattern => result }`."},
	"throw":   {"fail", "`fail` gives up the event, with a text that says why."},
	"raise":   {"fail", "`fail` gives up the event, with a text that says why."},
	"panic":   {"fail", "`fail` gives up the event, with a text that says why."},
	"yield":   {"emit", "`emit` gives an event to the output of the task."},
	"print":   {"log", "`log` writes a line to the log; what a program puts out are the events of a sink."},
	"println": {"log", "`log` writes a line to the log; what a program puts out are the events of a sink."},
	"foreach": {"for", "A loop is `for x in list { … }`."},
}

// misplacedStmt reports what belongs elsewhere.
func (p *parser) misplacedStmt() bool {
	t, behind := p.peek(), p.ahead(1)
	named := kindOf(behind) == token.Ident
	switch {
	case (t.Value == "del" || t.Value == "delete") && named:
		p.refuse(codeForeign, fmt.Sprintf("there is no `%s`", t.Value), "", fmt.Sprintf("Write `%s.remove(key)`.", behind.Value))
	case t.Value == "fun" && named, foreignDeclarations[t.Value].ours == "fun" && named:
		p.refuse(codeWrongPlace, "a function cannot be declared in a block", "",
			"Move it out, to the top level or into the task.")
	case t.Value == "else":
		p.refuse(codeWrongPlace, "this `else` has no `if`", "", "An `else` follows the `}` of its `if`.")
	case kindOf(t) == token.Ident && named && token.IsDeclaration(t.Value):
		p.refuse(codeWrongPlace, fmt.Sprintf("a `%s` cannot be declared in a block", t.Value), "",
			"Move it to the top level of the file.")
	case named && (t.Value == "state" || t.Value == "shared") || t.Value == "on" && (named || behind.Value == "ask"):
		p.refuse(codeWrongPlace, fmt.Sprintf("`%s` cannot stand in a block", t.Value), "",
			"Move it out: members stand directly in the braces of their task.")
	default:
		return false
	}
	return true
}

func (p *parser) checkTarget(x ast.Expr) {
	switch x.(type) {
	case *ast.Ident, *ast.Field, *ast.Index, *ast.BadExpr:
		return
	}
	help := "Assign to a variable, a field `x.f` or an element `xs[i]`."
	switch x.(type) {
	case *ast.TupleLit:
		help = "A tuple is taken apart by `let (a, b) = …`."
	case *ast.Binary, *ast.Unary:
		help = "To compare, write `==`."
	}
	p.mend(&diag.Diagnostic{
		Code: codeTarget, Title: "this cannot be assigned to", Primary: diag.Label{Span: x.Span()},
		Secondary: []diag.Label{{Span: p.here(), Text: "by this assignment"}}, Help: help,
	})
}

func (p *parser) colonEquals(x ast.Expr) {
	place := p.here()
	start := x.Span().Start
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "there is no `:=`", Primary: diag.Label{Span: place},
		Help:  "A new name is bound by `let name = value`, or by `var name = value` if it is to change.",
		Edits: []diag.Edit{{Span: p.span(start, start), New: "let "}, {Span: place, New: "="}},
	})
}

// letMut reads `let mut name = value` as `var name = value`.
func (p *parser) letMut() ast.Stmt {
	place := p.span(p.start(), endOf(p.ahead(1)))
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "a name that changes is declared by `var`", Primary: diag.Label{Span: place},
		Help: fmt.Sprintf("Write `var %s = value`.", p.ahead(2).Value), Edits: []diag.Edit{{Span: place, New: "var"}},
	})
	p.next()
	return p.varStmt()
}

// foreignFor reports the loops of other languages. It gives what is known of the loop up to its body; nil if it is one of ours.
func (p *parser) foreignFor() *ast.ForStmt {
	behind := p.ahead(1).Value
	loop := &ast.ForStmt{Pattern: &ast.BadPattern{At: p.missing()}}
	if counts := p.countingFor(); counts != nil {
		loop.Pattern = counts
	} else if each := p.eachOfOthers(); each != nil {
		return each
	} else if p.at("{") {
		p.refuse(codeForeign, "an endless loop is written `while true { … }`", "", "")
	} else if behind == "range" {
		p.refuse(codeForeign, "a loop is written `for x in list { … }`", "", "To count, write `for i in range(0, n) { … }`.")
	} else if kindOf(p.peek()) == token.Ident && behind == "," {
		p.refuse(codeForeign, "two names stand in parentheses", "", "Write `for (key, value) in map { … }`.")
	} else {
		return nil
	}
	loop.X = p.badExpr()
	p.skipToBody()
	return loop
}

func (p *parser) assignmentInCondition() {
	p.mend(&diag.Diagnostic{
		Code: codeAssignment, Title: "`=` assigns, it does not compare",
		Primary: diag.Label{Span: p.here()},
		Help:    "Write `==` to compare.", Edits: []diag.Edit{{Span: p.here(), New: "=="}},
	})
}

// Workflows.

func (p *parser) notAStart() {
	t := p.peek()
	if kindOf(t) == token.Ident {
		p.unknownWord("a chain begins with the name of a flow, or with", startWords)
		return
	}
	p.expected("the start of a chain", "a chain begins with `from stream`, a flow, `union(…)` or `serve Task`")
}

func (p *parser) notAStep() {
	t := p.peek()
	words := []string{"key", "map", "flatMap", "filter", "union", "steps", "to"}
	_, isOp := opKinds[t.Value]
	switch {
	case stepsOfOthers[t.Value] != "":
		p.refuse(codeForeign, fmt.Sprintf("there is no step `%s`", t.Value), "", stepsOfOthers[t.Value])
	case t.Value == "from":
		p.refuse(codeUnexpected, "`from` begins a chain", "", "Begin a chain with it; flows are joined by `union(flow, …)`.")
	case isOp || t.Value == "steps" || t.Value == "union":
		p.refuse(codeUnexpected, fmt.Sprintf("expected `(` behind `%s`", t.Value), "",
			fmt.Sprintf("Write `%s(…)`.", t.Value))
	case kindOf(t) == token.Ident:
		if mended := upperCased(t.Value); p.ahead(1).Value != "(" {
			p.refuse(codeUnexpected, fmt.Sprintf("`%s` is not a step", t.Value), "",
				fmt.Sprintf("A step is a task, such as `%s`, or one of %s.", mended, listed(words, "and")))
			return
		}
		p.unknownWord("a step is a task or one of", words)
	default:
		p.expected("a step", "because of the `|>`")
	}
}
