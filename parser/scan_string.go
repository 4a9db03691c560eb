package parser

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/token"
)

const rawQuote = `"""`

// quoted reads a string from its first quote to its end or to its first interpolation.
func (s *scanner) quoted() {
	start := s.at
	if !s.has(rawQuote) {
		s.at++
		s.stringText(start, start, token.String, token.StringBegin)
		return
	}
	s.at += len(rawQuote)
	if end := strings.Index(s.text[s.at:], rawQuote); end >= 0 {
		s.at += end + len(rawQuote)
		s.emit(token.RawString, s.text[start:s.at], start)
		return
	}
	s.out.unfinishedRaw(start)
	s.at = len(s.text)
	s.emit(token.RawString, s.text[start:]+rawQuote, start)
}

// rightBrace reads a `}` inside an interpolation: it closes a brace of the expression, or the interpolation.
func (s *scanner) rightBrace() {
	start := s.at
	s.at++
	top := &s.strings[len(s.strings)-1]
	if top.braces > 0 {
		top.braces--
		s.emit(token.Close, "}", start)
		return
	}
	whole := top.start
	s.strings = s.strings[:len(s.strings)-1]
	s.stringText(start, whole, token.StringEnd, token.StringMid)
}

// stringText reads the text of a string up to its closing quote, where it is a token of the kind ended, or up to `${`,
// where it is one of the kind opened. The token starts at start, the whole string at whole.
func (s *scanner) stringText(start, whole int, ended, opened token.Kind) {
	for s.at < len(s.text) && s.text[s.at] != '\n' {
		switch {
		case s.text[s.at] == '"':
			s.at++
			s.emit(ended, s.text[start:s.at], start)
			return
		case s.has("${"):
			s.strings = append(s.strings, interpolation{start: whole, dollar: s.at})
			s.at += 2
			s.emit(opened, s.text[start:s.at], start)
			return
		case s.text[s.at] == '\\' && s.at+1 < len(s.text) && s.text[s.at+1] != '\n':
			s.at++
		}
		s.at++
	}
	if len(s.strings) == 0 { // otherwise the interpolation around it is what is open, and closeStrings says so
		s.out.unfinishedString(whole, s.at)
	}
	s.emit(ended, s.text[start:s.at]+`"`, start)
}

// closeStrings ends, at the end of a line, the strings whose `${` is still open.
func (s *scanner) closeStrings() {
	if len(s.strings) == 0 {
		return
	}
	s.out.unfinishedInterpolation(s.strings[0], s.at)
	for range s.strings {
		s.emit(token.StringEnd, `}"`, s.at)
	}
	s.strings = nil
}

// unquote resolves the escapes of the text of a string; offset is its place in the file.
func unquote(text string, offset int, out *reporter) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var value []byte
	var bad []source.Span
	for rest := text; rest != ""; {
		if strings.HasPrefix(rest, `\$`) {
			value = append(value, '$')
			rest = rest[2:]
			continue
		}
		r, isRune, tail, err := strconv.UnquoteChar(rest, '"')
		if err != nil {
			at := offset + len(text) - len(rest)
			_, size := utf8.DecodeRuneInString(rest[1:])
			bad = append(bad, out.span(at, at+1+size))
			value = append(value, rest[:1+size]...)
			rest = rest[1+size:]
			continue
		}
		if isRune {
			value = utf8.AppendRune(value, r)
		} else {
			value = append(value, byte(r))
		}
		rest = tail
	}
	out.badEscapes(bad)
	return string(value)
}
