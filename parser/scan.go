package parser

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/token"
)

// scanner cuts a text into tokens. Line ends become Newline tokens, one for as many as there
// are; layout decides later which of them count.
// What is not a token is reported, and mended where the intention is plain, so that the parser sees as much of a good
// program as there is.
type scanner struct {
	merging  bool // a mark of an unfinished merge was reported
	file     *source.File
	text     string
	at       int
	out      *reporter
	tokens   []lexer.Token
	comments []*ast.Comment
	docs     map[int]ast.Doc // by the offset of the token that the lines stand above
	pending  []*ast.Comment  // comment lines since the last token, without an empty line between them
	strings  []interpolation // the strings with an open `${`, outermost first
}

// interpolation is a string whose `${` is open.
type interpolation struct {
	start  int // of the string
	dollar int // of the `${`
	braces int // opened since and not closed
}

func scan(file *source.File, out *reporter) *scanner {
	s := &scanner{file: file, text: file.Text(), out: out, docs: map[int]ast.Doc{}}
	s.tokens = make([]lexer.Token, 0, len(s.text)/3+1)
	if s.isText() {
		for s.at < len(s.text) && !out.full() {
			s.token()
		}
		s.closeStrings()
	}
	s.emit(token.EOF, "", len(s.text))
	return s
}

// isText refuses files that are not text at all, for which no further message would be of use.
func (s *scanner) isText() bool {
	if utf8.ValidString(s.text) {
		if i := strings.IndexByte(s.text, 0); i >= 0 {
			s.out.notText(i, "a zero byte")
			return false
		}
		s.at = len(s.text) - len(strings.TrimPrefix(s.text, "\ufeff"))
		return true
	}
	for i, r := range s.text {
		if _, size := utf8.DecodeRuneInString(s.text[i:]); r == utf8.RuneError && size == 1 {
			s.out.notText(i, "a byte that is not UTF-8")
			break
		}
	}
	return false
}

// emit adds the token that reaches from start to the scanner's place.
func (s *scanner) emit(kind token.Kind, value string, start int) {
	s.tokens = append(s.tokens, newToken(kind, value, start, max(s.at, start)))
	if kind != token.Newline && value != "," { // a comma in front of an item is not what its doc lines are about
		s.attachDocs(start)
	}
}

func (s *scanner) token() {
	start := s.at
	c := s.text[s.at]
	switch {
	case c == '\n':
		s.newline()
	case c == ' ' || c == '\t' || c == '\r':
		s.at++
	case s.unquotedPath():
	case c == '/' && s.has("//"):
		s.comment(0)
	case isLetter(c):
		s.word()
	case isDigit(c) || c == '.' && s.digitAt(1):
		s.number()
	case c == '"':
		s.quoted()
	case c == '}' && len(s.strings) > 0:
		s.rightBrace()
	case c == ';':
		s.at++
		s.emit(token.Newline, ";", start)
	case strings.IndexByte("([{", c) >= 0:
		if n := len(s.strings); n > 0 && c == '{' {
			s.strings[n-1].braces++
		}
		s.at++
		s.emit(token.Open, s.text[start:s.at], start)
	case strings.IndexByte(")]}", c) >= 0:
		s.at++
		s.emit(token.Close, s.text[start:s.at], start)
	default:
		s.sign()
	}
}

func (s *scanner) newline() {
	s.closeStrings()
	s.at++
	if n := len(s.tokens); n > 0 && s.tokens[n-1].Value != "\n" {
		s.emit(token.Newline, "\n", s.at-1)
	}
	if n := len(s.pending); n > 0 && strings.TrimLeft(s.text[s.pending[n-1].Place.End:s.at], " \t\r\n") == "" &&
		strings.Count(s.text[s.pending[n-1].Place.End:s.at], "\n") > 1 {
		s.pending = nil // an empty line parts comments from what follows
	}
}

// comment reads to the end of the line; skip is the number of bytes of a wrong comment sign.
func (s *scanner) comment(skip int) {
	start := s.at
	end := strings.IndexByte(s.text[start:], '\n')
	if end < 0 {
		end = len(s.text) - start
	}
	text := strings.TrimRight(s.text[start:start+end], " \t\r")
	s.at = start + end
	doc := skip == 0 && strings.HasPrefix(text, "///") && !strings.HasPrefix(text, "////")
	c := &ast.Comment{At: at(s.file, start, start+len(text)), Text: text, Doc: doc}
	s.comments = append(s.comments, c)
	s.pending = append(s.pending, c)
}

// attachDocs gives the doc lines right above a token to it. One behind code documents nothing.
func (s *scanner) attachDocs(start int) {
	var lines []string
	for _, c := range s.pending {
		if c.Doc && s.alone(c) {
			lines = append(lines, strings.TrimPrefix(c.Text[len("///"):], " "))
		}
	}
	if len(lines) > 0 {
		s.docs[start] = ast.Doc(strings.Join(lines, "\n"))
	}
	s.pending = nil
}

// alone tells whether a comment has its line for itself.
func (s *scanner) alone(c *ast.Comment) bool {
	line := s.text[:c.Place.Start]
	return strings.TrimRight(line[strings.LastIndexByte(line, '\n')+1:], " \t") == ""
}

func (s *scanner) word() {
	start := s.at
	for s.at < len(s.text) {
		c := s.text[s.at]
		if c < utf8.RuneSelf {
			if !isLetter(c) && !isDigit(c) {
				break
			}
			s.at++
			continue
		}
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) {
			break
		}
		s.at += size
	}
	word := s.text[start:s.at]
	if token.IsKeyword(word) {
		s.emit(token.Keyword, word, start)
		return
	}
	s.emit(token.Ident, word, start)
}

func (s *scanner) sign() {
	start := s.at
	for _, sign := range foreignSigns {
		if s.has(sign.text) && (sign.when == nil || sign.when(s)) {
			sign.mend(s)
			return
		}
	}
	for _, sign := range token.Signs {
		if s.has(sign) {
			s.at += len(sign)
			s.emit(token.Operator, sign, start)
			return
		}
	}
	if r, _ := utf8.DecodeRuneInString(s.text[s.at:]); unicode.IsLetter(r) {
		s.word()
		return
	}
	s.meaningless()
}

// meaningless reports a run of characters that begin no token.
func (s *scanner) meaningless() {
	start := s.at
	for s.at < len(s.text) {
		r, size := utf8.DecodeRuneInString(s.text[s.at:])
		if r < utf8.RuneSelf && (strings.ContainsRune(" \t\r\n\"/;.,:=<>!+-*|()[]{}%&?'`#", r) || isLetter(byte(r)) || isDigit(byte(r))) ||
			r >= utf8.RuneSelf && unicode.IsLetter(r) {
			break
		}
		s.at += size
	}
	if s.at == start {
		s.at++
	}
	s.out.meaningless(start, s.at)
	s.emit(token.Bad, s.text[start:s.at], start)
}

// has tells whether the rest of the text begins with prefix.
func (s *scanner) has(prefix string) bool { return strings.HasPrefix(s.text[s.at:], prefix) }

func (s *scanner) digitAt(n int) bool { return s.at+n < len(s.text) && isDigit(s.text[s.at+n]) }

func isLetter(c byte) bool { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func at(file *source.File, start, end int) ast.At {
	return ast.At{Place: source.Span{File: file, Start: start, End: max(start, end)}}
}
