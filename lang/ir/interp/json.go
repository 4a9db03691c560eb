package interp

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"

	"github.com/portals-lang/portals/lang/ir"
)

// JSON is a value of type t as a program writes it.
func JSON(v Value, t *ir.Type) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int64:
		if t.Kind == ir.Int {
			return strconv.FormatInt(v, 10)
		}
		return quote(showNumber(v, t.Kind))
	case float64:
		if v != v || math.IsInf(v, 0) {
			return quote(showFloat(v))
		}
		return showFloat(v)
	case string:
		if t.Kind == ir.Bytes {
			return quote(base64.StdEncoding.EncodeToString([]byte(v)))
		}
		return quote(v)
	case Unit:
		return "null"
	case Option:
		if !v.Is {
			return "null"
		}
		return JSON(v.Value, t.Elems[0])
	case List:
		return array(v, func(int) *ir.Type { return t.Elems[0] })
	case Set:
		return array(v, func(int) *ir.Type { return t.Elems[0] })
	case Tuple:
		return array(v, func(i int) *ir.Type { return t.Elems[i] })
	case Map:
		return mapJSON(v, t)
	case Result:
		if v.Err {
			return `{"type":"Err","error":` + JSON(v.Value, t.Elems[1]) + "}"
		}
		return `{"type":"Ok","value":` + JSON(v.Value, t.Elems[0]) + "}"
	case Made:
		return madeJSON(v)
	}
	panic("interp: a value without JSON")
}

func array(vs []Value, t func(int) *ir.Type) string {
	parts := make([]string, len(vs))
	for i, v := range vs {
		parts[i] = JSON(v, t(i))
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func mapJSON(m Map, t *ir.Type) string {
	parts := make([]string, len(m))
	texts := t.Elems[0].Kind == ir.String
	for i, e := range m {
		parts[i] = JSON(e.Key, t.Elems[0]) + ":" + JSON(e.Value, t.Elems[1])
		if !texts {
			parts[i] = "[" + JSON(e.Key, t.Elems[0]) + "," + JSON(e.Value, t.Elems[1]) + "]"
		}
	}
	if texts {
		return "{" + strings.Join(parts, ",") + "}"
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func madeJSON(v Made) string {
	var parts []string
	if v.Variant.Def.Enum {
		parts = append(parts, `"type":`+quote(v.Variant.Name))
	}
	for i, f := range v.Variant.Fields {
		parts = append(parts, quote(f.DataName)+":"+JSON(v.Fields[i], f.Type))
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// quote is a text in JSON, with as few escapes as there may be.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteRune(c)
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '\t':
			b.WriteString(`\t`)
		case c == '\b':
			b.WriteString(`\b`)
		case c == '\f':
			b.WriteString(`\f`)
		case c < 0x20:
			b.WriteString(`\u00` + string("0123456789abcdef"[c>>4]) + string("0123456789abcdef"[c&15]))
		default:
			b.WriteRune(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
