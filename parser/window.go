package parser

import (
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/token"
)

// A window is the part of a file's tokens that participle has for the moment: some declarations. It copies what it reads
// from into a list of its own, which grows; with all of a large file in it, that list is most of what parsing costs. So is it with
// a list for each window; so the next one is laid into the list of the one before, if it has room.
//
// A window ends at a declaration, and reaches on to the next one, so that who looks ahead, or goes on by mistake, finds what
// stands there and not the end of the file.
type window struct {
	all   []lexer.Token // of the file
	size  int           // how many tokens a window has at least
	first int           // the place in all of the window's first token
	due   int           // from which place in the window on another is due

	reader *lexer.PeekingLexer
	room   []lexer.Token // the reader's
}

// look opens the window in which the token at from, a place in all tokens, can be read next.
func (p *parser) look(from int) {
	last := len(p.all) - 1
	until := p.boundary(from, from+p.size)
	to := p.boundary(until, until+1)
	p.first = max(from-1, 0) // the token before, too: where it ends is asked for
	p.due = until - p.first
	if to == last {
		p.due = last + 1 // this is the last one
	}
	p.lay(p.all[p.first:to], p.all[last])
	p.lex = p.reader
	if p.first < from {
		p.lex.Next()
	}
}

// lay makes a window of tokens and an end. Its tokens are the reader's own, so that respelling shows in both.
func (p *parser) lay(tokens []lexer.Token, end lexer.Token) {
	n := len(tokens)
	if n >= len(p.room) {
		reader, err := lexer.Upgrade(&tokenStream{tokens: tokens, end: end})
		if err != nil {
			panic(err) // a token stream has no errors
		}
		p.reader, p.room = reader, reader.Range(0, lexer.RawCursor(n+1))
	} else {
		copy(p.room, tokens)
		p.room[n] = end
		p.reader.LoadCheckpoint(lexer.Checkpoint{})
	}
	p.tokens = p.room[:n+1]
}

// boundary is the place of the first declaration behind `after` that is in no bracket, as seen from a place that is in none;
// or of the end of the file.
func (p *parser) boundary(from, after int) int {
	depth := 0
	for i := from; i < len(p.all)-1; i++ {
		t := &p.all[i]
		switch kindOf(t) {
		case token.Open, token.StringBegin:
			depth++
		case token.Close, token.StringEnd:
			depth--
		}
		if i >= after && depth <= 0 && p.startsDeclaration(t) {
			return i
		}
	}
	return len(p.all) - 1
}

// lookOn opens the next window when it is due.
func (p *parser) lookOn() {
	if at := int(p.lex.RawCursor()); at >= p.due {
		p.look(p.first + at)
	}
}
