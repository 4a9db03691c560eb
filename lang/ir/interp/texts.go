package interp

import (
	"encoding/base64"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// strs is a list of texts.
func strs(parts []string) List {
	out := List{}
	for _, p := range parts {
		out = append(out, p)
	}
	return out
}

// chars is the characters of a text; a byte that is not UTF-8 is one.
func chars(s string) []string {
	var out []string
	for s != "" {
		_, n := utf8.DecodeRuneInString(s)
		out = append(out, s[:n])
		s = s[n:]
	}
	return out
}

func joined(xs List) string {
	text := ""
	for _, x := range xs {
		text += x.(string)
	}
	return text
}

// padding is what a text lacks to be so long.
func padding(a []Value) string {
	lack, pad := a[1].(int64)-int64(len(chars(a[0].(string)))), chars(a[2].(string))
	text := ""
	for i := int64(0); i < lack && len(pad) > 0; i++ {
		text += pad[i%int64(len(pad))]
	}
	return text
}

// read is Some of what was read without an error.
func read[T any](v T, err error) Value {
	return optional(err == nil, func() Value { return v })
}

var texts = map[string]func([]Value) Value{
	"String.length":     func(a []Value) Value { return int64(len(chars(a[0].(string)))) },
	"String.isEmpty":    func(a []Value) Value { return a[0].(string) == "" },
	"String.contains":   func(a []Value) Value { return strings.Contains(a[0].(string), a[1].(string)) },
	"String.startsWith": func(a []Value) Value { return strings.HasPrefix(a[0].(string), a[1].(string)) },
	"String.endsWith":   func(a []Value) Value { return strings.HasSuffix(a[0].(string), a[1].(string)) },
	"String.indexOf": func(a []Value) Value {
		before, _, found := strings.Cut(a[0].(string), a[1].(string))
		return optional(found, func() Value { return int64(len(chars(before))) })
	},
	"String.slice": func(a []Value) Value { return joined(cut(strs(chars(a[0].(string))), a[1].(int64), a[2].(int64))) },
	"String.upper": func(a []Value) Value { return strings.ToUpper(a[0].(string)) },
	"String.lower": func(a []Value) Value { return strings.ToLower(a[0].(string)) },
	"String.trim":  func(a []Value) Value { return strings.TrimSpace(a[0].(string)) },
	"String.replace": func(a []Value) Value {
		return strings.ReplaceAll(a[0].(string), a[1].(string), a[2].(string))
	},
	"String.repeat":   func(a []Value) Value { return strings.Repeat(a[0].(string), int(max(a[1].(int64), 0))) },
	"String.padStart": func(a []Value) Value { return padding(a) + a[0].(string) },
	"String.padEnd":   func(a []Value) Value { return a[0].(string) + padding(a) },
	"String.split": func(a []Value) Value {
		if a[1].(string) == "" {
			return strs(chars(a[0].(string)))
		}
		return strs(strings.Split(a[0].(string), a[1].(string)))
	},
	"String.words": func(a []Value) Value { return strs(strings.Fields(a[0].(string))) },
	"String.lines": func(a []Value) Value {
		var out []string
		for line := range strings.Lines(a[0].(string)) {
			if full, ended := strings.CutSuffix(line, "\n"); ended {
				line = strings.TrimSuffix(full, "\r")
			}
			out = append(out, line)
		}
		return strs(out)
	},
	"String.chars": func(a []Value) Value { return strs(chars(a[0].(string))) },
	"String.reverse": func(a []Value) Value {
		text := ""
		for _, c := range chars(a[0].(string)) {
			text = c + text
		}
		return text
	},
	"String.toInt":   func(a []Value) Value { return read(strconv.ParseInt(a[0].(string), 10, 64)) },
	"String.toFloat": func(a []Value) Value { return read(strconv.ParseFloat(a[0].(string), 64)) },
	"String.toTime": func(a []Value) Value {
		t, err := time.Parse(time.RFC3339Nano, a[0].(string))
		return read(t.UnixNano(), err)
	},
	"String.toDuration": func(a []Value) Value {
		return readDuration(a[0].(string))
	},
	"String.toBytes": func(a []Value) Value { return a[0] },
	"String.decodeBase64": func(a []Value) Value {
		text, err := base64.StdEncoding.DecodeString(a[0].(string))
		return read(string(text), err)
	},
	"Bytes.length": func(a []Value) Value { return int64(len(a[0].(string))) },
	"Bytes.slice": func(a []Value) Value {
		var bytes List
		for i := range len(a[0].(string)) {
			bytes = append(bytes, a[0].(string)[i:i+1])
		}
		return joined(cut(bytes, a[1].(int64), a[2].(int64)))
	},
	"Bytes.concat": func(a []Value) Value { return a[0].(string) + a[1].(string) },
	"Bytes.toText": func(a []Value) Value {
		return optional(utf8.ValidString(a[0].(string)), func() Value { return a[0] })
	},
	"Bytes.toList": func(a []Value) Value {
		out := List{}
		for i := range len(a[0].(string)) {
			out = append(out, int64(a[0].(string)[i]))
		}
		return out
	},
	"Bytes.encodeBase64": func(a []Value) Value { return base64.StdEncoding.EncodeToString([]byte(a[0].(string))) },
}

var durationParts = regexp.MustCompile(`(\d+)(?:\.(\d+))?(ms|us|µs|ns|d|h|m|s)`)

// readDuration reads a duration as programs write it: numbers with units, of which what is below a nanosecond is cut off.
func readDuration(text string) Value {
	digits, negative := strings.CutPrefix(text, "-")
	units := map[string]int64{"d": 86400e9, "h": 3600e9, "m": 60e9, "s": 1e9, "ms": 1e6, "us": 1e3, "µs": 1e3, "ns": 1}
	total, read := new(big.Int), ""
	for _, part := range durationParts.FindAllStringSubmatch(digits, -1) {
		read += part[0]
		n, _ := new(big.Int).SetString(part[1]+part[2], 10)
		n.Mul(n, big.NewInt(units[part[3]]))
		total.Add(total, n.Div(n, new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(len(part[2]))), nil)))
	}
	if negative {
		total.Neg(total)
	}
	if read == "" || read != digits || !total.IsInt64() {
		return Option{}
	}
	return Option{true, total.Int64()}
}
