// Package token names the words and signs of .ptl files.
//
// It holds what more than one phase must agree on: the kinds of tokens, which words are reserved, and the one table of
// operators, from which the parser takes how they bind and the formatter where parentheses are needed.
package token

// Kind is the class of a token. Operators, brackets and words of one class are told apart by their text.
type Kind int

// The kinds of tokens.
const (
	EOF         Kind = iota
	Newline          // the end of a statement: a line end that counts, or `;`
	Ident            // a name, or a word that has a meaning only where the grammar expects it
	Keyword          // a reserved word
	Int              // 42, 1_000
	Float            // 3.14
	Duration         // 5s
	String           // "text" without interpolation
	RawString        // """text"""
	StringBegin      // "text ${
	StringMid        // } text ${
	StringEnd        // } text"
	Operator         // operators and punctuation
	Open             // ( [ {
	Close            // ) ] }
	Bad              // what could not be read; it has been reported
)

var names = [...]string{
	"EOF", "Newline", "Ident", "Keyword", "Int", "Float", "Duration", "String", "RawString", "StringBegin",
	"StringMid", "StringEnd", "Operator", "Open", "Close", "Bad",
}

// String is the name of the kind, as the grammar of declarations uses it.
func (k Kind) String() string { return names[k] }

// Kinds returns all kinds in order.
func Kinds() []Kind {
	kinds := make([]Kind, len(names))
	for i := range kinds {
		kinds[i] = Kind(i)
	}
	return kinds
}

// keywords are the words that can start an expression or a statement, and those that continue one.
var keywords = map[string]bool{
	"ask": true, "await": true, "break": true, "continue": true, "else": true, "emit": true, "fail": true,
	"false": true, "for": true, "fun": true, "if": true, "in": true, "let": true, "log": true, "match": true,
	"reply": true, "return": true, "task": true, "true": true, "try": true, "var": true, "while": true,
}

// IsKeyword tells whether word is reserved: it can name a field or an argument, but nothing else.
func IsKeyword(word string) bool { return keywords[word] }

// declarations are the words that begin a declaration at the top level of a file.
var declarations = map[string]bool{
	"app": true, "enum": true, "exclusive": true, "export": true, "extern": true, "fun": true, "import": true,
	"param": true, "portal": true, "record": true, "sink": true, "stream": true, "task": true, "test": true,
	"workflow": true,
}

// IsDeclaration tells whether word begins a declaration where one may stand. Some of these words are not reserved.
func IsDeclaration(word string) bool { return declarations[word] }

// Signs are the operators and punctuation other than brackets, the longer before their prefixes.
var Signs = []string{
	"=>", "->", "|>", "??", "==", "!=", "<=", ">=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "..",
	"=", "<", ">", "!", "+", "-", "*", "/", "%", "|", ",", ".", ":",
}
