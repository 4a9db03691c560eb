package interp

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/portals-lang/portals/lang/ir"
)

// Value is a value of the language. Bool, Float and String are Go's bool, float64 and string, Bytes a string too, Int,
// Time and Duration an int64. Nobody changes a value; what changes is which one a place holds.
type Value any

// The values that are not Go's own.
type (
	// Unit is ().
	Unit struct{}
	// Option is Some(Value), or None when Is is false.
	Option struct {
		Is    bool
		Value Value
	}
	// Result is Ok(Value), or Err(Value) when Err is set.
	Result struct {
		Err   bool
		Value Value
	}
	// List is a list.
	List []Value
	// Tuple is a tuple.
	Tuple []Value
	// Map holds entries in the order of insertion.
	Map []Entry
	// Set holds elements in the order of insertion.
	Set []Value
	// Entry is an entry of a Map.
	Entry struct{ Key, Value Value }
	// Made is a record, or a variant of an enum.
	Made struct {
		Variant *ir.Variant
		Fields  []Value
	}
	// Function is a function value.
	Function func(args []Value) Value
)

// Equal is ==: structural, and for maps and sets without regard to order.
func Equal(a, b Value) bool {
	switch a := a.(type) {
	case Option:
		b := b.(Option)
		return a.Is == b.Is && (!a.Is || Equal(a.Value, b.Value))
	case Result:
		b := b.(Result)
		return a.Err == b.Err && Equal(a.Value, b.Value)
	case List:
		return slices.EqualFunc(a, b.(List), Equal)
	case Tuple:
		return slices.EqualFunc(a, b.(Tuple), Equal)
	case Set:
		return len(a) == len(b.(Set)) && !slices.ContainsFunc(a, func(x Value) bool { return !a.member(b.(Set), x) })
	case Map:
		return len(a) == len(b.(Map)) && !slices.ContainsFunc(a, func(e Entry) bool {
			i := b.(Map).find(e.Key)
			return i < 0 || !Equal(e.Value, b.(Map)[i].Value)
		})
	case Made:
		b := b.(Made)
		return a.Variant == b.Variant && slices.EqualFunc(a.Fields, b.Fields, Equal)
	}
	return a == b
}

func (Set) member(s Set, x Value) bool { return index(s, x) >= 0 }

func index(xs []Value, x Value) int {
	return slices.IndexFunc(xs, func(y Value) bool { return Equal(x, y) })
}

func (m Map) find(key Value) int {
	return slices.IndexFunc(m, func(e Entry) bool { return Equal(e.Key, key) })
}

// put is the map with an entry changed, or a new one at its end.
func (m Map) put(key, value Value) Map {
	out := slices.Clone(m)
	if i := out.find(key); i >= 0 {
		out[i].Value = value
		return out
	}
	return append(out, Entry{key, value})
}

func (m Map) without(key Value) Map {
	if i := m.find(key); i >= 0 {
		return slices.Delete(slices.Clone(m), i, i+1)
	}
	return m
}

// with is the set with x.
func (s Set) with(x Value) Set {
	if index(s, x) >= 0 {
		return s
	}
	return append(slices.Clone(s), x)
}

func (s Set) without(x Value) Set {
	if i := index(s, x); i >= 0 {
		return slices.Delete(slices.Clone(s), i, i+1)
	}
	return s
}

// setOf is the set of xs.
func setOf(xs []Value) Set {
	s := Set{}
	for _, x := range xs {
		s = s.with(x)
	}
	return s
}

// Compare orders Int, Float, String, Time, Duration and tuples of them. A NaN is less than every other Float, so that
// sorting ends.
func Compare(a, b Value) int {
	switch a := a.(type) {
	case int64:
		return order(a < b.(int64), a > b.(int64))
	case float64:
		b := b.(float64)
		return order(a < b || a != a && b == b, a > b || b != b && a == a)
	case string:
		return strings.Compare(a, b.(string))
	case Tuple:
		for i, x := range a {
			if c := Compare(x, b.(Tuple)[i]); c != 0 {
				return c
			}
		}
		return 0
	}
	panic("interp: values without an order")
}

func order(less, greater bool) int {
	switch {
	case less:
		return -1
	case greater:
		return 1
	}
	return 0
}

// Text is what "${v}" prints for a v of type t: a String is itself, Bytes are in base64, anything else what would be written for it.
func Text(v Value, t *ir.Type) string {
	switch s, _ := v.(string); t.Kind {
	case ir.String:
		return s
	case ir.Bytes:
		return base64.StdEncoding.EncodeToString([]byte(s))
	}
	return show(v, t)
}

func show(v Value, t *ir.Type) string {
	switch v := v.(type) {
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return showNumber(v, t.Kind)
	case float64:
		return showFloat(v)
	case string:
		return strings.ReplaceAll(strconv.Quote(Text(v, t)), "${", `\${`)
	case Unit:
		return "()"
	case Option:
		if !v.Is {
			return "None"
		}
		return "Some(" + show(v.Value, t.Elems[0]) + ")"
	case Result:
		if v.Err {
			return "Err(" + show(v.Value, t.Elems[1]) + ")"
		}
		return "Ok(" + show(v.Value, t.Elems[0]) + ")"
	case List:
		return "[" + showAll(v, func(int) *ir.Type { return t.Elems[0] }) + "]"
	case Tuple:
		return "(" + showAll(v, func(i int) *ir.Type { return t.Elems[i] }) + ")"
	case Set:
		if len(v) == 0 {
			return "Set()"
		}
		return "Set([" + showAll(v, func(int) *ir.Type { return t.Elems[0] }) + "])"
	case Map:
		return showMap(v, t)
	case Made:
		if len(v.Fields) == 0 {
			return v.Variant.Name
		}
		return v.Variant.Name + "(" + showAll(v.Fields, func(i int) *ir.Type { return v.Variant.Fields[i].Type }) + ")"
	}
	return "?"
}

func showAll(vs []Value, t func(int) *ir.Type) string {
	parts := make([]string, len(vs))
	for i, v := range vs {
		parts[i] = show(v, t(i))
	}
	return strings.Join(parts, ", ")
}

func showMap(m Map, t *ir.Type) string {
	if len(m) == 0 {
		return "[:]"
	}
	parts := make([]string, len(m))
	for i, e := range m {
		parts[i] = show(e.Key, t.Elems[0]) + ": " + show(e.Value, t.Elems[1])
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func showNumber(v int64, k ir.Kind) string {
	switch k {
	case ir.Time:
		return time.Unix(0, v).UTC().Format(time.RFC3339Nano)
	case ir.Duration:
		return showDuration(v)
	}
	return strconv.FormatInt(v, 10)
}

// showDuration writes the greatest unit first and leaves out those that are zero; fractions stand at the last.
func showDuration(v int64) string {
	sign, text, rest := "", "", uint64(v)
	if v < 0 {
		sign, rest = "-", -rest
	}
	for _, u := range []struct {
		name string
		size uint64
	}{{"d", 24 * 3600e9}, {"h", 3600e9}, {"m", 60e9}} {
		if rest >= u.size {
			text += strconv.FormatUint(rest/u.size, 10) + u.name
			rest %= u.size
			if rest == 0 {
				return sign + text
			}
		}
	}
	last := func(unit string, size float64) string {
		return sign + text + strconv.FormatFloat(float64(rest)/size, 'f', -1, 64) + unit
	}
	switch {
	case text != "" || rest == 0 || rest >= 1e9:
		return last("s", 1e9)
	case rest >= 1e6:
		return last("ms", 1e6)
	case rest >= 1e3:
		return last("us", 1e3)
	}
	return last("ns", 1)
}

// showFloat is the shortest text that reads back, with a point or an exponent.
func showFloat(v float64) string {
	switch size := math.Abs(v); {
	case v != v:
		return "NaN"
	case math.IsInf(v, 0):
		return strings.TrimPrefix(map[bool]string{true: "Infinity", false: "-Infinity"}[v > 0], "+")
	case size != 0 && (size < 1e-4 || size >= 1e21):
		return strconv.FormatFloat(v, 'e', -1, 64)
	case v == math.Trunc(v):
		return strconv.FormatFloat(v, 'f', -1, 64) + ".0"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
