package parser

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/token"
)

// foreignSign is a sign that other languages have and this one has not. Where its meaning is plain it is reported and
// read as ours.
type foreignSign struct {
	text string
	when func(*scanner) bool // nil: always
	mend func(*scanner)
}

// foreignSigns are tried before the signs of the language, in order.
var foreignSigns = []foreignSign{
	{"<<<<<<<", startsLine, (*scanner).mergeMark},
	{"|||||||", startsLine, (*scanner).mergeMark},
	{"=======", startsLine, (*scanner).mergeMark},
	{">>>>>>>", startsLine, (*scanner).mergeMark},
	sameAs("===", "==", "`==` compares what values are made of"),
	sameAs("!==", "!=", "`!=` compares what values are made of"),
	sameAs("<>", "!=", "values that differ are found with `!=`"),
	sameAs("?.", ".", "there is no null: a value that may be missing is an Option, unwrapped with `??`, `map` or `match`"),
	sameAs("?:", "??", "`a ?? b` is `a`'s value, or `b` when there is none"),
	{"::", inSlice, func(s *scanner) { // as in `xs[::2]`; the parser knows what is meant
		for range 2 {
			s.at++
			s.emit(token.Operator, ":", s.at-1)
		}
	}},
	{"::", inImport, func(s *scanner) { // as in `use a::b`; the same
		s.at += 2
		s.emit(token.Operator, ".", s.at-2)
	}},
	sameAs("::", ".", "what belongs to something stands behind a `.`"),
	{"...", behindBrace, func(s *scanner) {
		s.at += 3
		s.out.foreign(s.at-3, s.at, "there is no `...`", "a copy of a record with changes is `r.with(field: value)`", "")
		s.emit(token.Bad, "...", s.at-3)
	}},
	{"...", func(s *scanner) bool { return beforeOperand(s) || amongElements(s) }, func(s *scanner) { // the parser knows what is meant
		s.at += 3
		s.emit(token.Operator, "..", s.at-3)
	}},
	sameAs("...", "..", "in a pattern, the rest of a list is written `..rest`"),
	{"&", func(s *scanner) bool { return !s.has("&&") }, func(s *scanner) {
		s.replace("&", "&&", "`&&` is true when both sides are; there are no operators on bits")
	}},
	{"++", inCountingHead, func(s *scanner) { s.at += 2 }}, // what the parser says of the loop is enough
	{"--", inCountingHead, func(s *scanner) { s.at += 2 }},
	{"++", func(s *scanner) bool { return afterOperand(s) && s.endsValue(2) }, func(s *scanner) { s.step("++", "+=") }},
	{"++", behindOperand, func(s *scanner) {
		s.replace("++", "+", "texts are joined by `+`, lists by `xs.concat(ys)`")
	}},
	{"++", stepsAhead, (*scanner).stepBefore},
	{"--", startsComment, func(s *scanner) {
		s.out.foreign(s.at, s.at+2, "`--` does not begin a comment", "comments begin with `//`", "//")
		s.comment(2)
	}},
	{"--", func(s *scanner) bool { return afterOperand(s) && s.endsValue(2) }, func(s *scanner) { s.step("--", "-=") }},
	{":=", nil, func(s *scanner) { // the parser knows what is being declared
		s.at += 2
		s.emit(token.Operator, ":=", s.at-2)
	}},
	{"#", nil, func(s *scanner) {
		s.out.foreign(s.at, s.at+1, "`#` does not begin a comment", "comments begin with `//`", "//")
		s.comment(1)
	}},
	{"/*", nil, func(s *scanner) { s.blockComment() }},
	{"'", nil, func(s *scanner) { s.otherQuotes("'", `"`, "a text stands between double quotes") }},
	{"“", nil, func(s *scanner) { s.curlyQuotes("”") }},
	{"”", nil, func(s *scanner) { s.curlyQuotes("”") }},
	{"„", nil, func(s *scanner) { s.curlyQuotes("“") }},
	{"‘", nil, func(s *scanner) { s.curlyQuotes("’") }},
	{"’", nil, func(s *scanner) { s.curlyQuotes("’") }},
	{"`", nil, func(s *scanner) { s.otherQuotes("`", rawQuote, `a raw text stands between """ and """`) }},
	{"?", func(s *scanner) bool { return !s.has("??") }, func(s *scanner) {
		s.at++
		s.emit(token.Operator, "?", s.at-1)
	}},
}

// sameAs is a sign that is read as another one.
func sameAs(text, ours, why string) foreignSign {
	return foreignSign{text, nil, func(s *scanner) { s.replace(text, ours, why) }}
}

func (s *scanner) replace(text, ours, why string) {
	start := s.at
	s.at += len(text)
	s.out.foreign(start, s.at, "there is no `"+text+"`", why, ours)
	s.emit(token.Operator, ours, start)
}

func startsLine(s *scanner) bool { return s.at == 0 || s.text[s.at-1] == '\n' }

// mergeMark skips a line that a merge of two versions has left. One of them is reported.
func (s *scanner) mergeMark() {
	start := s.at
	s.comment(1)
	if !s.merging {
		s.out.add(&diag.Diagnostic{
			Code: codeMeaningless, Title: "a merge of two versions is not finished", Primary: diag.Label{Span: s.out.span(start, start+7)},
			Help: "Keep one of the versions, or what is right of both, and remove the marks between them.",
		})
	}
	s.merging = true
}

// step reads `n++` as `n += 1` where that can stand, and otherwise as `n`.
func (s *scanner) step(text, assignment string) {
	start := s.at
	s.at += len(text)
	if !s.beganStatement(start) || !s.endsStatement() {
		s.out.foreign(start, s.at, "there is no `"+text+"`",
			"a variable is changed by `"+assignment+" 1`, a statement on a line of its own, which has no value", "")
		return
	}
	s.out.foreign(start, s.at, "there is no `"+text+"`",
		"a variable is changed by `"+assignment+" 1`, which is a statement", " "+assignment+" 1")
	s.emit(token.Operator, assignment, start)
	s.emit(token.Int, "1", s.at)
}

// stepsAhead tells whether `++n` comes, and is a statement.
func stepsAhead(s *scanner) bool {
	begins := len(s.tokens) == 0 || kindOf(&s.tokens[len(s.tokens)-1]) == token.Newline || s.tokens[len(s.tokens)-1].Value == "{"
	return begins && s.nameAhead() != ""
}

// nameAhead is the name behind `++`, if nothing follows it.
func (s *scanner) nameAhead() string {
	after := *s
	after.at += len("++")
	start := after.at
	for after.at < len(s.text) && (isLetter(s.text[after.at]) || after.at > start && isDigit(s.text[after.at])) {
		after.at++
	}
	if !after.endsStatement() {
		return ""
	}
	return s.text[start:after.at]
}

// stepBefore reads `++n` as `n += 1`.
func (s *scanner) stepBefore() {
	start, name := s.at, s.nameAhead()
	s.at += len("++") + len(name)
	s.out.foreign(start, s.at, "there is no `++`", "a variable is changed by `+= 1`, which is a statement", name+" += 1")
	s.emit(token.Ident, name, start+len("++"))
	s.emit(token.Operator, "+=", s.at)
	s.emit(token.Int, "1", s.at)
}

// beganStatement tells whether a statement began with what stands before a place: with nothing but the name of a variable, a field
// or an element.
func (s *scanner) beganStatement(at int) bool {
	before := s.text[:at]
	before = strings.TrimSpace(before[strings.LastIndexAny(before, "\n;{")+1:])
	if arrow := strings.LastIndex(before, "=>"); arrow >= 0 {
		before = strings.TrimSpace(before[arrow+2:])
	}
	depth := 0
	for _, r := range before {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		case ' ', '\t', '(', ',', '=':
			if depth == 0 {
				return false
			}
		}
	}
	return depth == 0
}

// endsStatement tells whether nothing but the end of a statement comes, or of an arm of a match.
func (s *scanner) endsStatement() bool {
	rest := strings.TrimLeft(s.text[s.at:], " \t\r")
	return rest == "" || strings.IndexByte("\n;}),", rest[0]) >= 0 || strings.HasPrefix(rest, "//")
}

// afterOperand tells whether the text stands right behind a name or a closing bracket.
func afterOperand(s *scanner) bool {
	if len(s.tokens) == 0 {
		return false
	}
	last := &s.tokens[len(s.tokens)-1]
	return endOf(last) == s.at && (kindOf(last) == token.Ident || kindOf(last) == token.Close)
}

// behindOperand tells whether a value ends before, in the same line or not.
func behindOperand(s *scanner) bool {
	if len(s.tokens) == 0 {
		return false
	}
	switch kindOf(&s.tokens[len(s.tokens)-1]) {
	case token.Ident, token.Close, token.Int, token.Float, token.String, token.RawString, token.StringEnd:
		return true
	}
	return false
}

// beforeOperand tells whether a value ends before `...`, and another one begins right behind it.
func beforeOperand(s *scanner) bool {
	at := s.at + len("...")
	return behindOperand(s) && at < len(s.text) && (isLetter(s.text[at]) || isDigit(s.text[at]) || s.text[at] == '(')
}

// amongElements tells whether an element of a list, or an argument, would begin here.
func amongElements(s *scanner) bool {
	before := signBefore(s)
	return before == "[" || before == "," || before == "("
}

// inSlice tells whether `::` leaves out a bound of a slice: nothing stands before it in the brackets, or no name behind it.
func inSlice(s *scanner) bool {
	rest := s.text[s.at+len("::"):]
	return signBefore(s) == "[" || rest != "" && (isDigit(rest[0]) || rest[0] == '-' || rest[0] == ']')
}

// inImport tells whether `::` stands between two names of a module that is brought in, in a line that begins so.
func inImport(s *scanner) bool {
	if rest := s.text[s.at+len("::"):]; rest == "" || !isLetter(rest[0]) {
		return false
	}
	first := -1
	for i := len(s.tokens) - 1; i >= max(0, len(s.tokens)-longestHead); i-- {
		t := &s.tokens[i]
		if kindOf(t) != token.Ident && t.Value != "." {
			break
		}
		first = i
	}
	if first < 0 {
		return false
	}
	word := &s.tokens[first]
	begins := startOf(word) == 0 || s.text[startOf(word)-1] == '\n'
	return begins && (word.Value == "import" || foreignDeclarations[word.Value].ours == "import")
}

// signBefore is the token before this place, in the same line or not; "" if there is none.
func signBefore(s *scanner) string {
	for _, t := range slices.Backward(s.tokens) {
		if t.Value != "\n" {
			return t.Value
		}
	}
	return ""
}

// longestHead is in how many tokens the `for` of such a loop is looked for.
const longestHead = 50

// inCountingHead tells whether the text stands in the head of a loop of C, behind its first `;`.
func inCountingHead(s *scanner) bool {
	parted := false
	for i := len(s.tokens) - 1; i >= max(0, len(s.tokens)-longestHead); i-- {
		switch t := &s.tokens[i]; t.Value {
		case "\n", "{", "}":
			return false
		case ";":
			parted = true
		case "for":
			return parted && kindOf(t) == token.Keyword
		}
	}
	return false
}

func behindBrace(s *scanner) bool { return signBefore(s) == "{" }

// startsComment tells whether `--` begins a line, as a comment does in SQL, Lua, Elm and Haskell.
func startsComment(s *scanner) bool {
	before := strings.TrimRight(s.text[:s.at], " \t")
	return s.has("-- ") && (before == "" || before[len(before)-1] == '\n')
}

// endsValue tells whether what stands n bytes ahead cannot begin an operand: the end of a statement, a closing bracket, or a
// sign that goes on behind a value.
func (s *scanner) endsValue(n int) bool {
	rest := strings.TrimLeft(s.text[s.at+n:], " \t\r")
	return rest == "" || strings.IndexByte("\n;})],:<>=*/%&|?+", rest[0]) >= 0
}

func (s *scanner) blockComment() {
	start := s.at
	end := strings.Index(s.text[start+2:], "*/")
	if end < 0 {
		s.at = len(s.text)
	} else {
		s.at = start + 2 + end + 2
	}
	s.out.foreign(start, start+2, "there are no `/* … */` comments", "every line of a comment begins with `//`", "")
}

// curlyQuotes reads a text between the quotes of a word processor.
func (s *scanner) curlyQuotes(closing string) {
	start := s.at
	_, opening := utf8.DecodeRuneInString(s.text[start:])
	line, _, _ := strings.Cut(s.text[start+opening:], "\n")
	end := strings.Index(line, closing)
	if end < 0 {
		s.meaningless()
		return
	}
	s.at = start + opening + end + len(closing)
	text := `"` + strings.ReplaceAll(line[:end], `"`, `\"`) + `"`
	s.out.foreign(start, s.at, "a text does not stand between curly quotes", "a text stands between straight double quotes", text)
	s.emit(token.String, text, start)
}

// otherQuotes reads a text between quotes that are not ours; one without an end is a stray character.
func (s *scanner) otherQuotes(quote, ours, why string) {
	start := s.at
	line := s.text[start+1:]
	title := "a text does not begin with a backquote"
	if quote == "'" {
		title = "a text does not begin with a single quote"
		line, _, _ = strings.Cut(line, "\n")
	}
	end := strings.Index(line, quote)
	if end < 0 {
		s.at++
		s.out.foreign(start, s.at, title, why, "")
		s.emit(token.Bad, quote, start)
		return
	}
	text := line[:end]
	s.at = start + 1 + end + 1
	if quote == "'" {
		text = strings.ReplaceAll(strings.ReplaceAll(text, `\'`, `'`), `"`, `\"`)
	}
	kind := token.String
	if ours == rawQuote {
		kind = token.RawString
	}
	s.out.foreign(start, s.at, title, why, ours+text+ours)
	s.emit(kind, ours+text+ours, start)
}
