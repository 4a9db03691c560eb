package parser

import (
	"fmt"
	"io"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/token"
)

// A participle token carries a Position with room for a file name, a line and a column, none of which we want. Offset
// is the byte offset where the token starts, and Line the one where it ends: the length of Value does not tell, since
// a token that was mended (`&` read as `&&`, a closing bracket that was forgotten) has a Value that the file has not.

func startOf(t *lexer.Token) int { return t.Pos.Offset }

func endOf(t *lexer.Token) int { return t.Pos.Line }

func newToken(kind token.Kind, value string, start, end int) lexer.Token {
	return lexer.Token{Type: typeOf(kind), Value: value, Pos: lexer.Position{Offset: start, Line: end}}
}

// Participle numbers tokens downwards from EOF, which is -1.

func typeOf(kind token.Kind) lexer.TokenType { return lexer.EOF - lexer.TokenType(kind) }

func kindOf(t *lexer.Token) token.Kind { return token.Kind(lexer.EOF - t.Type) }

// tokenStream hands finished tokens to participle, and then the end.
type tokenStream struct {
	tokens []lexer.Token
	end    lexer.Token
	next   int
}

// Next implements lexer.Lexer.
func (s *tokenStream) Next() (lexer.Token, error) {
	if s.next == len(s.tokens) {
		return s.end, nil
	}
	s.next++
	return s.tokens[s.next-1], nil
}

// definition tells participle the names of the tokens. Files are not lexed through it: a file is lexed once, and many
// grammars read from its tokens.
type definition struct{}

// Symbols implements lexer.Definition.
func (definition) Symbols() map[string]lexer.TokenType {
	symbols := map[string]lexer.TokenType{}
	for _, kind := range token.Kinds() {
		symbols[kind.String()] = typeOf(kind)
	}
	return symbols
}

// Lex implements lexer.Definition.
func (definition) Lex(string, io.Reader) (lexer.Lexer, error) {
	return nil, fmt.Errorf("tokens come from the scanner")
}
