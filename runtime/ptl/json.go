package ptl

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// JSON is read from tokens, without reflection, straight into typed values. Where JSON has no form of its own the
// language chooses one, the same in both directions: Floats always with a point or exponent, and `"NaN"`,
// `"Infinity"`, `"-Infinity"` as strings; Time in RFC 3339; Duration like its literals; Bytes in base64; Unit as `null`.
// An Int may be written `1.0` or `1e3` as long as it is whole and fits.

// JSONReader reads texts that hold one value each, such as the lines of an NDJSON file. It is not for concurrent use.
type JSONReader[T any] struct {
	t       *Type[T]
	decoder *jsontext.Decoder
	text    bytes.Buffer // jsontext works inside a bytes.Buffer without copying it
}

// Duplicate names are found where records are read, which know the names that count; jsontext's own check costs a fifth
// more and would also guard the fields that nobody reads.
var jsonOptions = jsontext.AllowDuplicateNames(true)

// NewJSONReader reads values that t describes.
func NewJSONReader[T any](t *Type[T]) *JSONReader[T] {
	r := &JSONReader[T]{t: t}
	r.decoder = jsontext.NewDecoder(&r.text, jsonOptions)
	return r
}

// Read reads the one value that text holds. An error is a *BadInput; text is not kept.
func (r *JSONReader[T]) Read(text []byte) (T, error) {
	r.text = *bytes.NewBuffer(text)
	r.decoder.Reset(&r.text, jsonOptions)
	v, err := r.t.ReadJSON(r.decoder)
	if err == nil {
		if _, end := r.decoder.ReadToken(); end != io.EOF {
			err = broken("there is more behind the value")
		}
	}
	if err != nil {
		var zero T
		return zero, notJSON(err)
	}
	return v, nil
}

// ReadAll reads the values that text holds one after the other, with or without white space between them, and appends them
// to values; more than most are an error. An error is a *BadInput, and comes with the line that reading has come to.
func (r *JSONReader[T]) ReadAll(text []byte, values []T, most int) (all []T, line int, err error) {
	r.text = *bytes.NewBuffer(text)
	r.decoder.Reset(&r.text, jsonOptions)
	for err == nil {
		var v T
		switch {
		case r.decoder.PeekKind() == jsontext.KindInvalid: // the end, or nothing that a value begins with
			if _, err = r.decoder.ReadToken(); err == io.EOF {
				return values, 0, nil
			}
		case len(values) == most:
			err = broken("there are more than " + thousands(int64(most)) + " values")
		default:
			if v, err = r.t.ReadJSON(r.decoder); err == nil {
				values = append(values, v)
			}
		}
	}
	at := r.decoder.InputOffset()
	if syntax := (*jsontext.SyntacticError)(nil); errors.As(err, &syntax) {
		at = min(syntax.ByteOffset, int64(len(text)))
		syntax.ByteOffset -= int64(bytes.LastIndexByte(text[:at], '\n') + 1) // counted in its line, as where each is read alone
	}
	return values, 1 + bytes.Count(text[:at], []byte{'\n'}), notJSON(err)
}

// ParseJSON reads the one value that text holds.
func ParseJSON[T any](t *Type[T], text []byte) (T, error) {
	return NewJSONReader(t).Read(text)
}

// notJSON puts what jsontext has to say about broken syntax into a BadInput.
func notJSON(err error) error {
	var bad *BadInput
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &bad):
		return err
	case errors.As(err, &syntax) && syntax.Err != nil:
		return broken("not valid JSON: " + strings.TrimPrefix(syntax.Err.Error(), "jsontext: ") +
			" at byte " + strconv.FormatInt(syntax.ByteOffset+1, 10))
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return broken("not valid JSON: the text ends too early")
	}
	return err
}

// wrongToken is the error for a token of another kind than was wanted.
func wrongToken(what string, tok jsontext.Token) error {
	text := tok.String()
	switch tok.Kind() {
	case jsontext.KindString:
		return wanted(what, text)
	case jsontext.KindBeginObject:
		text = "{…}"
	case jsontext.KindBeginArray:
		text = "[…]"
	}
	return &BadInput{Text: Shortened(text, longestQuote), Bare: true, Want: what}
}

// ReadJSONInt reads a whole number that fits.
func ReadJSONInt(d *jsontext.Decoder) (int64, error) {
	tok, err := d.ReadToken()
	if err != nil {
		return 0, err
	}
	if tok.Kind() != jsontext.KindNumber {
		return 0, wrongToken("an Int", tok)
	}
	v, err := tok.Int()
	if err == nil {
		return v, nil
	}
	if !errors.Is(err, strconv.ErrRange) {
		if f, _ := tok.Float(); f == math.Trunc(f) && f >= math.MinInt64 && f < -math.MinInt64 {
			return int64(f), nil
		}
	}
	return 0, wrongToken("an Int (whole, of 64 bits)", tok)
}

// ReadJSONFloat reads a number, or one of the three names of what is no number.
func ReadJSONFloat(d *jsontext.Decoder) (float64, error) {
	tok, err := d.ReadToken()
	if err != nil {
		return 0, err
	}
	switch tok.Kind() {
	case jsontext.KindNumber:
		v, err := tok.Float()
		if err != nil {
			return 0, wrongToken("a Float (at most 1.8e308)", tok)
		}
		return v, nil
	case jsontext.KindString:
		if v, ok := nonFinite(tok.String()); ok {
			return v, nil
		}
	}
	return 0, wrongToken("a Float", tok)
}

func nonFinite(s string) (float64, bool) {
	switch s {
	case "NaN":
		return math.NaN(), true
	case "Infinity":
		return math.Inf(1), true
	case "-Infinity":
		return math.Inf(-1), true
	}
	return 0, false
}

// ReadJSONBool reads `true` or `false`.
func ReadJSONBool(d *jsontext.Decoder) (bool, error) {
	tok, err := d.ReadToken()
	if err != nil {
		return false, err
	}
	switch tok.Kind() {
	case jsontext.KindTrue:
		return true, nil
	case jsontext.KindFalse:
		return false, nil
	}
	return false, wrongToken("a Bool", tok)
}

// ReadJSONString reads a string.
func ReadJSONString(d *jsontext.Decoder) (string, error) {
	return readJSONText(d, "a String")
}

func readJSONText(d *jsontext.Decoder, what string) (string, error) {
	tok, err := d.ReadToken()
	if err != nil {
		return "", err
	}
	if tok.Kind() != jsontext.KindString {
		return "", wrongToken(what, tok)
	}
	return tok.String(), nil
}

// readJSONParsed reads a string and what it stands for.
func readJSONParsed[T any](what string, parse func(string) (T, error)) func(*jsontext.Decoder) (T, error) {
	return func(d *jsontext.Decoder) (T, error) {
		s, err := readJSONText(d, what)
		if err != nil {
			var zero T
			return zero, err
		}
		return parse(s)
	}
}

func readJSONUnit(d *jsontext.Decoder) (Unit, error) {
	tok, err := d.ReadToken()
	if err == nil && tok.Kind() != jsontext.KindNull {
		err = wrongToken("null", tok)
	}
	return Unit{}, err
}

// AppendJSONFloat appends v as ShowFloat does, and what is no number as a string.
func AppendJSONFloat(b []byte, v float64) []byte {
	if v-v != 0 { // NaN and the infinities
		return append(ShowFloat(append(b, '"'), v), '"')
	}
	return ShowFloat(b, v)
}

// AppendJSONString appends v in quotes. What is not UTF-8 in it becomes U+FFFD, as JSON must be UTF-8.
func AppendJSONString(b []byte, v string) []byte {
	for i := 0; i < len(v); i++ {
		if c := v[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := jsontext.AppendQuote(b, v) // its error tells of the replacement only
			return quoted
		}
	}
	return append(append(append(b, '"'), v...), '"')
}

// appendJSONQuoted appends in quotes what show appends, which holds nothing that JSON escapes.
func appendJSONQuoted[T any](show func([]byte, T) []byte) func([]byte, T) []byte {
	return func(b []byte, v T) []byte { return append(show(append(b, '"'), v), '"') }
}

func appendJSONUnit(b []byte, _ Unit) []byte { return append(b, "null"...) }
