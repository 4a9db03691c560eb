package parser

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/token"
)

// Forms of other languages that show by the token with which ours cannot go on.

// foreignOperand knows operators that stand where a value is expected, behind another one: `**`, `<<`, `=+`.
func (p *parser) foreignOperand(t *lexer.Token) bool {
	behind := ""
	if p.end() > 0 {
		behind = p.file.Text()[p.end()-1 : p.end()]
	}
	touches := p.end() == startOf(t)
	switch {
	case t.Value == "+" && behind == "=" && touches:
		p.refuse(codeForeign, "there is no `=+`", "", "To add to a variable, write `+=`; a number has no sign `+`.")
	case t.Value == "+":
		p.refuse(codeForeign, "a number has no sign `+`", "", "Leave it out.")
	case t.Value == "*" && behind == "*" && touches:
		p.refuse(codeForeign, "there is no operator `**`", "", "A power is written `x.pow(n)`.")
	case (t.Value == "<" || t.Value == ">") && behind == t.Value && touches:
		p.refuse(codeForeign, fmt.Sprintf("there is no operator `%s%s`", behind, behind), "", "There are no operators on bits.")
	case t.Value == ".." && behind == "(":
		p.notTakenApart()
	case t.Value == "..":
		p.refuse(codeForeign, fmt.Sprintf("a list is not made by `%s`", p.here().Text()), "", "Lists are joined by `xs.concat(ys)`; in a pattern, `..rest` is the rest of one.")
	default:
		return false
	}
	return true
}

// foreignRest knows what other languages have behind a value, a name or a statement. It fills d in.
func (p *parser) foreignRest(what string, t *lexer.Token, d *diag.Diagnostic) bool {
	before := p.nameBefore()
	touches := p.end() == startOf(t)
	switch {
	case t.Value == "|>" && !p.atLineStart(): // else a bracket is open that should not be
		d.Title, d.Help = "`|>` stands in workflows only", "It joins steps; a function is called by `f(x)`, a method by `x.f()`."
		if name := p.ahead(1); kindOf(name) == token.Ident && before != "" {
			d.Help = fmt.Sprintf("It joins steps; a function is called by `%s(%s)`, a method by `%s.%s()`.", name.Value, before, before, name.Value)
		}
	case t.Value == "..":
		d.Title = fmt.Sprintf("there is no `%s` between numbers", p.spanOf(t).Text())
		d.Help = "Numbers in a row are `range(a, b)`, up to the second number and without it."
	case t.Value == "!" && touches:
		d.Title, d.Help = "there is no `!` behind a value", "What an Option holds is taken by `x ?? other`, or by `match` or `if let`."
	case t.Value == "{" && isUpper(before) && kindOf(p.ahead(1)) == token.Ident && p.ahead(2).Value == ":":
		d.Title, d.Help = fmt.Sprintf("`%s` is made with parentheses", before), fmt.Sprintf("Write `%s(%s: …)`.", before, p.ahead(1).Value)
	case t.Value == "catch" || t.Value == "except":
		d.Title = fmt.Sprintf("there is no `%s`", t.Value)
		d.Help = "What a handler does when it has failed stands in `on error e { … }` of its task; `try await` gives the failure of an ask as a Result."
	case what == "statement" && t.Value == "match" && before != "" && !p.atLineStart() && p.ahead(1).Value == "{":
		d.Title = "`match` stands before what it looks at"
		d.Help = fmt.Sprintf("Write `match %s { pattern => result }`.", before)
	case what == "statement" && t.Value == "if" && !p.atLineStart() && !strings.HasSuffix(p.lineBefore(), "} "):
		d.Title = "an `if` does not stand behind a value"
		d.Help = "Write `if condition { a } else { b }`, which has a value, or `if condition { … }`."
	case what == "statement" && t.Value == "," && strings.Contains(p.lineBefore(), "emit "):
		d.Title, d.Help = "one `emit` gives one event", "Write an `emit` for each, or put parentheses around the values to make a tuple of them."
	case what == "statement" && t.Value == ":" && strings.HasSuffix(p.file.Text()[:p.end()], `"`):
		d.Title, d.Help = "a map does not stand between braces", "Write `[\"key\": value]`; the empty map is `[:]`."
	case what == "variant" && t.Value == "=" && before != "":
		d.Title, d.Help = "a variant has no value of its own", "Leave it out; a `fun` with a `match` gives each variant its value."
	case what == "statement" && kindOf(t) == token.Ident && before != "" && p.ahead(1).Value == "=":
		d.Title = "a name is declared by `let` or `var`"
		d.Help = fmt.Sprintf("Write `let %s = …`, or `var %s = …` if it is to change.", t.Value, t.Value)
	case what == "statement" && t.Value == ":" && before != "" && p.openedBefore(before):
		d.Title = "a record is not made between braces"
		d.Help = fmt.Sprintf("Write its name and parentheses, `Name(%s: …)`. A map is `[\"%s\": …]`.", before, before)
	case what == "statement" && t.Value == "|" && p.openedBefore(before) && p.ahead(2).Value == "=":
		d.Title = "a copy of a record with changes is made by `with`"
		d.Help = fmt.Sprintf("Write `%s.with(%s: …)`.", before, p.ahead(1).Value)
	case what == "arm" && t.Value == "|":
		d.Title, d.Help = "arms are not parted by `|`", "Part them by a line end or `,`."
		d.Edits = []diag.Edit{{Span: p.span(p.end(), endOf(t)), New: ","}}
	case t.Value == "=" && what == "declaration":
		d.Title, d.Help = "`=` does not compare", "Write `==`."
		d.Edits = []diag.Edit{{Span: p.here(), New: "=="}}
	case t.Value == ":=" && what == "declaration":
		d.Title, d.Help = "there is no `:=`", "Write `=`."
		d.Edits = []diag.Edit{{Span: p.here(), New: "="}}
	case what == "variant" && t.Value == "|":
		d.Title, d.Help = "variants are not parted by `|`", "Part them by a line end or `,`."
		d.Edits = []diag.Edit{{Span: p.span(p.end(), endOf(t)), New: ","}}
	case what == "line of a test" && kindOf(t) == token.Ident:
		d.Help = "Behind the stream stands `[event, …]`, `unordered […]`, `one of [[…], …]`, `sealed` or `none`."
		return true
	case kindOf(t) == token.String && touches && len(before) == 1:
		d.Title, d.Help = fmt.Sprintf("a text has no `%s` in front", before), "Every text may hold values, `${x}`; one between three double quotes is raw."
	default:
		return false
	}
	d.Code = codeForeign
	return true
}

// nameBefore is the name, word or number before the next token; "" if there is something else.
func (p *parser) nameBefore() string {
	text := p.file.Text()[:p.end()]
	return text[strings.LastIndexFunc(text, func(r rune) bool { return !isNamePart(r) })+1:]
}

// openedBefore tells whether the name just read is the first of its block.
func (p *parser) openedBefore(name string) bool {
	rest := strings.TrimRight(strings.TrimSuffix(p.file.Text()[:p.end()], name), " \t\r\n")
	return name != "" && strings.HasSuffix(rest, "{")
}

// fieldOfNothing reports `.name` where a value is expected, which is a function in Elm, Swift and others.
func (p *parser) fieldOfNothing(name string) {
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "a field is read of a value", Primary: diag.Label{Span: p.span(p.start(), endOf(p.ahead(1)))},
		Help: fmt.Sprintf("The function that reads it is `x => x.%s`.", name),
	}
	if p.end() > 0 && strings.IndexByte("(,", p.file.Text()[p.end()-1]) >= 0 {
		d.Edits = []diag.Edit{{Span: p.span(p.start(), p.start()), New: "x => x"}}
	}
	p.report(d)
}

// endsInStream reports a chain that ends in the name of a stream, as pipes do elsewhere; it answers true if that is it.
func (p *parser) endsInStream() bool {
	t, behind := p.peek(), kindOf(p.ahead(1))
	if kindOf(t) != token.Ident || stepsOfOthers[t.Value] != "" || behind != token.Newline && behind != token.Close {
		return false
	}
	for _, word := range []string{"key", "map", "flatMap", "filter", "union", "steps", "to", "from"} {
		if t.Value == word {
			return false
		}
	}
	p.mend(&diag.Diagnostic{
		Code: codeUnexpected, Title: fmt.Sprintf("`%s` is not a step", t.Value), Primary: diag.Label{Span: p.here()},
		Help: fmt.Sprintf("To write to a stream, write `to %s`. The name of a task begins with an upper-case letter.", t.Value),
	})
	return true
}

// typeOfOthers reports `type Name = …`, which is a sum, a record or another name in other languages.
func (p *parser) typeOfOthers() {
	n := 1
	if p.ahead(1).Value == "alias" && kindOf(p.ahead(2)) == token.Ident {
		n = 2
	}
	name := p.ahead(n).Value
	first, second := p.ahead(n+2), p.ahead(n+3)
	switch {
	case p.ahead(n+1).Value != "=":
		p.refuse(codeForeign, "a type is not declared by `"+p.peek().Value+"`", "",
			fmt.Sprintf("A type with fields is a `record %s(field: Type)`, one with variants an `enum %s { One, Two }`.", name, name))
	case first.Value == "{" || first.Value == "struct":
		p.refuse(codeForeign, "a type with fields is declared by `record`", "", fmt.Sprintf("Write `record %s(field: Type, …)`.", name))
	case second.Value == "|" && slices.Contains(nulls, p.ahead(n+4).Value):
		p.refuse(codeForeign, "a value that may be missing has the type Option", "",
			fmt.Sprintf("Write `Option[%s]` in place of `%s`.", first.Value, name))
	case first.Value == "|" || second.Value == "|" || second.Value == "(":
		p.refuse(codeForeign, "a type with variants is declared by `enum`", "",
			fmt.Sprintf("Write `enum %s { %s }`.", name, p.variantsOfOthers(n+2)))
	default:
		p.refuse(codeForeign, "a type has one name only", "",
			fmt.Sprintf("Write `%s` itself; or, to tell it from others, `record %s(value: %s)`.", first.Value, name, first.Value))
	}
}

// variantsOfOthers are those of which the first stands n tokens ahead, with `|` between them, as an enum declares them. What one
// has in parentheses is left to the reader.
func (p *parser) variantsOfOthers(n int) string {
	var variants []string
	if p.ahead(n).Value == "|" {
		n++
	}
	for ; ; n += 2 {
		t := p.ahead(n)
		if open := p.ahead(n + 1); kindOf(t) == token.Ident && open.Value == "(" {
			n = p.behindBracket(n+1) - 1
			holds := p.span(startOf(open), endOf(p.ahead(n))).Text()
			if !strings.Contains(holds, ":") {
				holds = "(field: Type)"
			}
			variants = append(variants, t.Value+holds)
			if kindOf(p.ahead(n+1)) == token.Newline && p.ahead(n+2).Value == "|" {
				n++
			}
			if p.ahead(n+1).Value != "|" || kindOf(p.ahead(n+2)) != token.Ident {
				break
			}
			continue
		}
		switch {
		case kindOf(t) == token.String:
			variants = append(variants, variantOf(t.Value))
		case slices.Contains(primitives, t.Value):
			variants = append(variants, wrapping(t.Value))
		default:
			variants = append(variants, t.Value)
		}
		if kindOf(p.ahead(n+1)) == token.Newline && p.ahead(n+2).Value == "|" {
			n++
		}
		if p.ahead(n+1).Value != "|" || kindOf(p.ahead(n+2)) != kindOf(t) {
			break
		}
	}
	if len(variants) == 1 || p.ahead(n+1).Value == "|" || p.ahead(n+1).Value == "(" {
		variants = append(variants, "…")
	}
	return strings.Join(variants, ", ")
}

// primitives are types that are no names of variants.
var primitives = []string{"Bool", "Duration", "Float", "Int", "String"}

// variantOf is a variant's name for a text, `"not found"`.
func variantOf(text string) string {
	var name strings.Builder
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !isNamePart(r) || r > 127 || r == '_' }) {
		name.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	if name.Len() == 0 || name.String()[0] <= '9' {
		return "V" + name.String()
	}
	return name.String()
}

// wrapping is a variant that holds a value of a type.
func wrapping(typ string) string {
	name, _, _ := strings.Cut(typ, "[")
	if !isNamed(name) {
		name = "Other"
	}
	return fmt.Sprintf("Of%s(value: %s)", name, typ)
}

func isNamed(text string) bool {
	return text != "" && text[0] >= 'A' && strings.IndexFunc(text, func(r rune) bool { return !isNamePart(r) }) < 0
}

// textAsType reports `"a" | "b"` where a type is expected.
func (p *parser) textAsType() ast.Type {
	start := p.start()
	var variants []string
	for p.kind() == token.String {
		variants = append(variants, variantOf(p.next().Value))
		if !p.at("|") || kindOf(p.ahead(1)) != token.String {
			break
		}
		p.next()
	}
	if len(variants) == 1 {
		variants = append(variants, "…")
	}
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "a text is not a type", Primary: diag.Label{Span: p.from(start).Place},
		Help: fmt.Sprintf("A type of certain values only is an enum: declare `enum Kind { %s }`, and write `Kind` here.", strings.Join(variants, ", ")),
	})
	return &ast.BadType{At: p.from(start)}
}

// nulls are what other languages call the type of nothing.
var nulls = []string{"null", "nil", "None", "undefined", "Null", "void"}

// oneOfTypes reports `A | B`, `A or B`, or `A, B` for the events of a stream, of which A has been read.
func (p *parser) oneOfTypes(start int, first ast.Type, sign string) ast.Type {
	elems := []ast.Type{first}
	for p.accept(sign) {
		elems = append(elems, p.plainType())
	}
	if second := elems[1].Span().Text(); len(elems) == 2 && sign != "," && slices.Contains(nulls, second) {
		return p.mayBeMissing(first)
	}
	variants := make([]string, len(elems))
	for i, elem := range elems {
		variants[i] = wrapping(elem.Span().Text())
	}
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "a value has one type", Primary: diag.Label{Span: p.from(start).Place},
		Help: fmt.Sprintf("What is one of several is an enum: declare `enum Name { %s }`, and write `Name` here.", strings.Join(variants, ", ")),
	}
	if sign == "," {
		d.Title = "all events of a stream have one type"
	}
	p.mend(d)
	return &ast.BadType{At: p.from(start)}
}

func isNamePart(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r > 127
}

// comprehension takes `[x * 2 for x in xs]` for a mistake as a whole.
func (p *parser) comprehension(t *lexer.Token, d *diag.Diagnostic) bool {
	if t.Value != "for" || d.Secondary[0].Text != "elements of this" {
		return false
	}
	d.Code, d.Title = codeForeign, "a list is not made by a loop inside of it"
	d.Help = "Write `xs.map(x => …)`, with `.filter(x => …)` before it to leave some out."
	return true
}

// inlineWithoutTypes reports an inline task in a chain that does not say what it takes.
func (p *parser) inlineWithoutTypes() {
	p.mend(&diag.Diagnostic{
		Code: codeUnexpected, Title: "an inline task says what it takes and what it gives", Primary: diag.Label{Span: p.here()},
		Help: "Write `task In -> Out { … }`, with the types of its events; without `-> Out` it gives nothing.",
	})
}

// stepsOfOthers tells what to write for the steps of other languages' streams.
var stepsOfOthers = map[string]string{
	"reduce": remembers, "fold": remembers, "scan": remembers, "count": remembers, "sum": remembers, "window": remembers, "join": remembers,
	"distinct": remembers, "aggregate": remembers, "forEach": remembers, "process": remembers,
	"keyBy": "Write `key(e => …)`.", "groupBy": "Write `key(e => …)`; a task behind it has state for each key.",
	"where": "Write `filter(e => …)`.", "select": "Write `map(e => …)`.", "merge": "Write `union(flow)`.", "sink": "Write `to stream`; a sink writes a stream.",
}

const remembers = "What is kept from event to event is the state of a task: `task In -> Out { state … on event e { … } }`."

// defaultOfFun reports `fun f(n: Int = 3)`.
func (p *parser) defaultOfFun(param *ast.ParamField) {
	d := &diag.Diagnostic{
		Code: codeWrongPlace, Title: "the parameters of functions have no defaults", Primary: diag.Label{Span: param.Default.Span()},
		Notes: []string{"those of tasks and the fields of records have"}, Help: "Leave it out, and give the value in each call.",
	}
	if t := param.Type; t != nil && t.Span().Valid() {
		d.Edits = []diag.Edit{{Span: p.span(t.Span().End, param.Default.Span().End), New: ""}}
	}
	p.mend(d)
}

// modifiers are words that other languages have before declarations.
var modifiers = map[string]string{
	"pub": "", "export": "", "public": "", "private": "", "static": "", "final": "", "abstract": "",
	"async": "A handler of a task waits by `await`; it needs no word for it.",
}

// declarationsOfOthers tells what to declare in place of what there is not.
var declarationsOfOthers = map[string]string{
	"interface": shapes, "trait": shapes, "protocol": shapes, "sealed": shapes, "union": shapes,
	"impl":   "What belongs to a type is a function, `fun name(x: Type) -> Result { … }`.",
	"object": "A function stands at the top level of a file; what keeps state is a task.",
}

const shapes = "A type with fields is a `record Name(field: Type)`, one of several kinds an `enum Name { One(field: Type), Two }`."

// caseClass takes `case class` for `record`.
func (p *parser) caseClass() bool {
	if !p.at("case") || p.ahead(1).Value != "class" {
		return false
	}
	place := p.span(p.start(), endOf(p.ahead(1)))
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "`case class` is written `record` here", Primary: diag.Label{Span: place},
		Help: foreignDeclarations["struct"].help, Edits: []diag.Edit{{Span: place, New: "record"}},
	})
	p.next()
	p.respell(token.Ident, "record")
	return true
}

// dottedImport reports `import a.b.c`, and `use a::b`.
func (p *parser) dottedImport() {
	n := 1
	var names []string
	for ; kindOf(p.ahead(n)) == token.Ident; n += 2 {
		if names = append(names, p.ahead(n).Value); p.ahead(n+1).Value != "." {
			break
		}
	}
	if len(names) < 2 {
		return
	}
	place := p.span(startOf(p.ahead(1)), endOf(p.ahead(2*len(names)-1)))
	written := `"./` + strings.Join(names, "/") + `"`
	title, edit := "a module has no dots in its name", diag.Edit{Span: place, New: written}
	if strings.Contains(place.Text(), "::") {
		title = "a module has no `::` in its name"
	}
	if word := p.here(); word.Text() != "import" { // it is of another language
		place.Start = word.Start
		edit = diag.Edit{Span: place, New: "import " + written}
	}
	p.report(&diag.Diagnostic{
		Code: codeForeign, Title: title, Primary: diag.Label{Span: place},
		Help:  fmt.Sprintf("A module is imported by the path of its file or directory: `import %s`; what it declares is then `%s.name`.", written, names[len(names)-1]),
		Edits: []diag.Edit{edit},
	})
}

// modifier drops a word before a declaration, or what else begins tells of; it answers whether there was one.
func (p *parser) modifier(begins func(string) bool) bool {
	help, known := modifiers[p.peek().Value]
	if !known || p.kind() != token.Ident || !begins(p.ahead(1).Value) {
		return false
	}
	if help == "" {
		help = "What a module declares can be used where it is imported; an app shares what it says `export` before."
	}
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("a declaration has no `%s`", p.peek().Value), Primary: diag.Label{Span: p.here()}, Help: help,
		Edits: []diag.Edit{{Span: p.span(p.start(), startOf(p.ahead(1))), New: ""}},
	})
	p.next()
	return true
}

// behindModifier is the next token, or the word behind it that would declare a variable.
func (p *parser) behindModifier() *lexer.Token {
	if _, ok := modifiers[p.peek().Value]; ok && declaring[p.ahead(1).Value] && kindOf(p.ahead(2)) == token.Ident {
		return p.ahead(1)
	}
	return p.peek()
}

// declares tells of the word behind a modifier whether it begins a declaration, here or in another language.
func (p *parser) declares(word string) bool {
	_, foreign := foreignDeclarations[word]
	return token.IsDeclaration(word) || foreign && kindOf(p.ahead(2)) == token.Ident
}

// conditionAhead tells whether what stands n tokens ahead, behind a name, can only be a condition: it does not go on with the name.
func (p *parser) conditionAhead(n int) bool {
	switch t := p.ahead(n); kindOf(t) {
	case token.Ident, token.Keyword, token.Int, token.Float, token.Duration, token.String, token.RawString, token.StringBegin:
		return true
	case token.Operator:
		return t.Value == "!"
	case token.Open: // or it is a call
		return t.Value == "(" && p.firstInLine(n, "{", "match", "if", "=>") == "{"
	}
	return false
}

// elif takes `elif` and its likes for the `if` of an `else if`.
func (p *parser) elif() bool {
	isElif := func(t *lexer.Token) bool { return t.Value == "elif" || t.Value == "elsif" || t.Value == "elseif" }
	if p.kind() == token.Newline && isElif(p.ahead(1)) && p.conditionAhead(2) {
		p.next()
	}
	if !isElif(p.peek()) {
		return false
	}
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("`%s` is written `else if` here", p.peek().Value),
		Primary: diag.Label{Span: p.here()}, Edits: []diag.Edit{{Span: p.here(), New: "else if"}},
	})
	p.respell(token.Keyword, "if")
	return true
}

// countingHead is the head of a loop of C that counts up by one.
var countingHead = regexp.MustCompile(`^\(?\s*(?:\w+\s+)?(\w+)\s*:?=\s*([^;\n]+);\s*(\w+)\s*(<=?)\s*([^;\n]+);\s*(?:\+\+\s*\w+|\w+\s*\+\+|\w+\s*\+=\s*1)\s*\)?\s*$`)

// countingFor reports the loop of C, `for (i = 0; …; …)`, and goes on behind its parentheses. It gives the name that counts; nil
// if it is no such loop.
func (p *parser) countingFor() ast.Pattern {
	n := 0
	if p.at("(") {
		n++
	}
	if sign := p.ahead(n + 1).Value; sign != "=" && sign != ":=" {
		n++ // a word that declares, or a type
	}
	sign := p.ahead(n + 1).Value
	if kindOf(p.ahead(n)) != token.Ident || sign != "=" && sign != ":=" {
		return nil
	}
	name := &ast.BindPattern{Name: p.ahead(n).Value, At: ast.At{Place: p.spanOf(p.ahead(n))}}
	first, start := p.here(), p.start()
	p.skipTo(func(t *lexer.Token) bool { return t.Value == "{" })
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "a loop does not count by itself", Primary: diag.Label{Span: first},
		Help: "Write `for i in range(0, n) { … }`, or change a `var` in a `while`.",
	}
	if h := countingHead.FindStringSubmatch(p.span(start, p.start()).Text()); h != nil && h[1] == h[3] {
		until := strings.TrimSpace(h[5])
		if h[4] == "<=" {
			until += " + 1"
		}
		d.Help = fmt.Sprintf("Write `for %s in range(%s, %s) { … }`, or change a `var` in a `while`.", h[1], strings.TrimSpace(h[2]), until)
	}
	p.mend(d)
	return name
}

// declaring are words that other languages declare the variable of a loop with.
var declaring = map[string]bool{"let": true, "var": true, "const": true, "val": true, "auto": true, "final": true}

// eachOfOthers takes `(x of xs)`, `let x of xs`, `(auto x : xs)` and their likes for `x in xs`; nil if it is none of them.
func (p *parser) eachOfOthers() *ast.ForStmt {
	n, paren := 0, p.at("(")
	if paren {
		n++
	}
	declares := declaring[p.ahead(n).Value] && kindOf(p.ahead(n+1)) == token.Ident && p.ahead(n).Value != p.ahead(n+1).Value
	if declares && p.ahead(n+1).Value != "in" {
		n++
	} else {
		declares = false
	}
	name, sign := p.ahead(n), p.ahead(n+1)
	if kindOf(name) != token.Ident || sign.Value != "of" && sign.Value != "in" && sign.Value != ":" || sign.Value == "in" && !paren && !declares {
		return nil
	}
	head := p.span(p.start(), endOf(sign))
	d := &diag.Diagnostic{
		Code: codeForeign, Title: "a loop is written `for x in list { … }`", Primary: diag.Label{Span: head},
		Help: fmt.Sprintf("Write `for %s in … { … }`.", name.Value), Edits: []diag.Edit{{Span: head, New: name.Value + " in"}},
	}
	loop := &ast.ForStmt{Pattern: &ast.BindPattern{Name: name.Value, At: ast.At{Place: p.spanOf(name)}}}
	for range n + 2 {
		p.next()
	}
	if !paren {
		loop.X = p.condition()
		p.mend(d)
		return loop
	}
	loop.X = p.expr()
	if p.at(")") {
		d.Edits = append(d.Edits, diag.Edit{Span: p.here(), New: ""})
		p.next()
	}
	d.Help = fmt.Sprintf("Write `for %s in … { … }`, without parentheses.", name.Value)
	p.mend(d)
	return loop
}

// whileLet reports `while let pattern = e { … }`; what the pattern binds is known in the body.
func (p *parser) whileLet(start int) ast.Stmt {
	at := p.here()
	n := &ast.ForStmt{Pattern: p.let().Pattern}
	head := p.span(at.Start, p.end())
	n.X = p.badExpr()
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: "the condition of a `while` has no pattern", Primary: diag.Label{Span: head},
		Help: fmt.Sprintf("Write `while true { if %s { … } else { break } }`.", head.Text()),
	})
	n.Body = p.block("`while`")
	n.At = p.from(start)
	return n
}

// behindHandlerHead takes what other languages have behind the head of a handler: the type of what it is given, and empty parentheses.
func (p *parser) behindHandlerHead(h *ast.Handler) {
	start := p.start()
	d := &diag.Diagnostic{Code: codeForeign}
	switch {
	case p.at(":") && (h.Kind == ast.OnEvent || h.Kind == ast.OnError) && !p.quiet:
		p.next()
		p.typ()
		d.Title, d.Help = "the pattern of a handler has no type", "Leave it out: what a task takes stands in its head, `task Name: Type`."
	case p.at("(") && p.ahead(1).Value == ")" && (h.Kind == ast.OnAtom || h.Kind == ast.OnAtomPerKey || h.Kind == ast.OnComplete):
		p.next()
		p.next()
		d.Title, d.Help = "this handler is given nothing", "Leave the parentheses out."
	default:
		return
	}
	d.Primary.Span = p.from(start).Place
	d.Edits = []diag.Edit{{Span: d.Primary.Span, New: ""}}
	p.mend(d)
}

// streamOfChain reads the stream that a chain begins with; of `events.filter(…)` it is `events`.
func (p *parser) streamOfChain() ast.Expr {
	if p.ahead(1).Value == "." && p.ahead(3).Value == "(" {
		name := p.name("a name")
		return &ast.Ident{Name: name.Text, At: name.At}
	}
	return p.path().expr
}

// dottedStep takes `.` before a step for `|>`; a chain is told so once.
func (p *parser) dottedStep(told **diag.Diagnostic) bool {
	if !p.at(".") || p.ahead(2).Value != "(" {
		return false
	}
	sign := "|> "
	if !p.atLineStart() {
		sign = " |> "
	}
	edit := diag.Edit{Span: p.here(), New: sign}
	if *told == nil {
		*told = &diag.Diagnostic{
			Code: codeForeign, Title: "steps are joined by `|>`", Primary: diag.Label{Span: p.here()},
			Help: fmt.Sprintf("Write `|> %s(…)`.", p.ahead(1).Value), Edits: []diag.Edit{edit},
		}
		p.mend(*told)
	} else {
		(*told).Edits = append((*told).Edits, edit)
	}
	p.next()
	return true
}

// pipeOfOthers takes `->` and `|` before a step for `|>`.
func (p *parser) pipeOfOthers() bool {
	if !p.at("->") && !p.at("|") || kindOf(p.ahead(1)) != token.Ident {
		return false
	}
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("steps are joined by `|>`, not by `%s`", p.peek().Value), Primary: diag.Label{Span: p.here()},
		Edits: []diag.Edit{{Span: p.here(), New: "|>"}},
	})
	p.next()
	return true
}

// lineBefore is what stands before the next token in its line.
func (p *parser) lineBefore() string {
	before := p.file.Text()[:p.start()]
	return before[strings.LastIndexByte(before, '\n')+1:]
}

// rangeOfOthers takes `a..b`, of which a has been read, for a range.
func (p *parser) rangeOfOthers(from ast.Expr) ast.Expr {
	start := from.Span().Start
	sign := p.here().Text()
	p.next()
	behind := ""
	if p.accept("=") {
		behind = " + 1"
	} else {
		p.accept("<")
	}
	until := p.expr()
	place := p.span(start, p.end())
	text := "range(" + from.Span().Text() + ", " + until.Span().Text() + behind + ")"
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("there is no `%s` between numbers", sign), Primary: diag.Label{Span: place},
		Help: fmt.Sprintf("Write `%s`, which goes up to the second number and without it.", text), Edits: []diag.Edit{{Span: place, New: text}},
	})
	return &ast.BadExpr{At: p.from(start)}
}

// atBrackets tells whether a `[]` comes.
func (p *parser) atBrackets() bool { return p.at("[") && p.ahead(1).Value == "]" }

// arrayType takes `T[]` for `List[T]`, and `T[][]` for `List[List[T]]`.
func (p *parser) arrayType(elem *ast.NamedType) ast.Type {
	text, typ := elem.Place.Text(), ast.Type(elem)
	var at ast.At
	for p.atBrackets() {
		p.next()
		p.next()
		at = p.from(elem.Place.Start)
		text, typ = "List["+text+"]", &ast.NamedType{Name: &ast.Name{Text: "List", At: at}, Args: []ast.Type{typ}, At: at}
	}
	p.mend(&diag.Diagnostic{
		Code: codeForeign, Title: fmt.Sprintf("the type of a list is written `%s`", text),
		Primary: diag.Label{Span: at.Place}, Edits: []diag.Edit{{Span: at.Place, New: text}},
	})
	return typ
}
