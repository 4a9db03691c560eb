package ptl

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// What `"${v}"` prints. At the top a String is itself; inside another value it stands in quotes, so that the text of a
// value is, as far as there are literals for it, an expression that gives the value again.

// Text is what `"${v}"` prints.
func (t *Type[T]) Text(v T) string {
	return string(t.Show(make([]byte, 0, 64), v))
}

// ShowInt appends v in decimal.
func ShowInt(b []byte, v int64) []byte { return strconv.AppendInt(b, v, 10) }

// ShowBool appends `true` or `false`.
func ShowBool(b []byte, v bool) []byte { return strconv.AppendBool(b, v) }

// ShowString appends v as it is.
func ShowString(b []byte, v string) []byte { return append(b, v...) }

// ShowFloat appends the shortest text that reads back as v, always with a point or an exponent: `6.0`, `1e+21`. What is
// no number is `NaN`, `Infinity` or `-Infinity`.
func ShowFloat(b []byte, v float64) []byte {
	switch size := math.Abs(v); {
	case v != v:
		return append(b, "NaN"...)
	case v > math.MaxFloat64:
		return append(b, "Infinity"...)
	case v < -math.MaxFloat64:
		return append(b, "-Infinity"...)
	case size == math.Trunc(size) && size < 1<<53:
		// Whole numbers are common, and three times faster this way.
		if v == 0 && math.Signbit(v) {
			b = append(b, '-')
		}
		return append(strconv.AppendInt(b, int64(v), 10), ".0"...)
	case size < 1e-4 || size >= 1e21:
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	case size >= 1<<53:
		return append(strconv.AppendFloat(b, v, 'f', -1, 64), ".0"...)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// QuoteString appends v as a literal, with Go's escapes and `\$` before a brace.
func QuoteString(b []byte, v string) []byte {
	b = append(b, '"')
	plain := 0 // start of what needs no escape
	for i := 0; i < len(v); {
		c := v[i]
		size := 1
		if c >= utf8.RuneSelf {
			var r rune
			r, size = utf8.DecodeRuneInString(v[i:])
			if strconv.IsPrint(r) && (r != utf8.RuneError || size > 1) {
				i += size
				continue
			}
		} else if c >= ' ' && c != '"' && c != '\\' && c != 0x7f && (c != '$' || i+1 == len(v) || v[i+1] != '{') {
			i++
			continue
		}
		b = append(b, v[plain:i]...)
		if c == '$' {
			b = append(b, `\$`...)
		} else {
			quoted := strconv.Quote(v[i : i+size])
			b = append(b, quoted[1:len(quoted)-1]...)
		}
		i += size
		plain = i
	}
	return append(append(b, v[plain:]...), '"')
}

// ShowBytes appends v in base64, as JSON does.
func ShowBytes(b []byte, v Bytes) []byte { return appendBase64(b, v) }

// QuoteBytes appends v in base64, in quotes.
func QuoteBytes(b []byte, v Bytes) []byte {
	return append(appendBase64(append(b, '"'), v), '"')
}

// ShowUnit appends `()`.
func ShowUnit(b []byte, _ Unit) []byte { return append(b, "()"...) }
