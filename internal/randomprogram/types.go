package randomprogram

import (
	"fmt"
	"strings"
)

// kind is the kind of a typ.
type kind int

const (
	kBool kind = iota
	kInt
	kFloat
	kString
	kDuration
	kTime
	kBytes
	kUnit
	kOption
	kResult
	kList
	kMap
	kSet
	kTuple
	kDef
)

// typ is a type of the language.
type typ struct {
	kind  kind
	elems []*typ
	def   *def   // of kDef
	name  string // as it is written
}

// def is a record or an enum, an instance of it if it is generic.
type def struct {
	name     string // without type arguments
	enum     bool
	variants []variant
	self     bool // it contains itself
}

type variant struct {
	name   string
	fields []field
}

type field struct {
	name     string
	t        *typ
	fallback string // its default; "": none
	as       string // its name in data; "": its own
}

var (
	tBool     = &typ{kind: kBool, name: "Bool"}
	tInt      = &typ{kind: kInt, name: "Int"}
	tFloat    = &typ{kind: kFloat, name: "Float"}
	tString   = &typ{kind: kString, name: "String"}
	tDuration = &typ{kind: kDuration, name: "Duration"}
	tTime     = &typ{kind: kTime, name: "Time"}
	tBytes    = &typ{kind: kBytes, name: "Bytes"}
	tUnit     = &typ{kind: kUnit, name: "Unit"}
)

func option(t *typ) *typ { return of(kOption, "Option", t) }
func list(t *typ) *typ   { return of(kList, "List", t) }
func set(t *typ) *typ    { return of(kSet, "Set", t) }
func mapOf(k, v *typ) *typ {
	return of(kMap, "Map", k, v)
}

func of(k kind, name string, elems ...*typ) *typ {
	return &typ{kind: k, elems: elems, name: name + "[" + names(elems) + "]"}
}

func result(t *typ) *typ { return of(kResult, "Result", t, tString) }

func tuple(elems ...*typ) *typ {
	return &typ{kind: kTuple, elems: elems, name: "(" + names(elems) + ")"}
}

func names(ts []*typ) string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = t.name
	}
	return strings.Join(parts, ", ")
}

func (t *typ) is(u *typ) bool { return t != nil && u != nil && t.name == u.name }

// same is is, where both may be none.
func (t *typ) same(u *typ) bool { return t == nil && u == nil || t.is(u) }

// isKey tells whether a value of t can be a key.
func (t *typ) isKey() bool {
	switch t.kind {
	case kBool, kInt, kString, kDuration, kTime:
		return true
	case kTuple:
		return all(t.elems, (*typ).isKey)
	case kDef:
		if t.def.self {
			return false
		}
		for _, v := range t.def.variants {
			for _, f := range v.fields {
				if !f.t.isKey() {
					return false
				}
			}
		}
		return true
	}
	return false
}

// isOrdered tells whether < works on t.
func (t *typ) isOrdered() bool {
	switch t.kind {
	case kInt, kFloat, kString, kDuration, kTime:
		return true
	case kTuple:
		return all(t.elems, (*typ).isOrdered)
	}
	return false
}

func all[T any](xs []T, f func(T) bool) bool {
	for _, x := range xs {
		if !f(x) {
			return false
		}
	}
	return true
}

// common is the fields that all variants have, with one type.
func (d *def) common() (fields []field) {
	for _, f := range d.variants[0].fields {
		everywhere := all(d.variants, func(v variant) bool {
			for _, other := range v.fields {
				if other.name == f.name {
					return other.t.is(f.t)
				}
			}
			return false
		})
		if everywhere {
			fields = append(fields, f)
		}
	}
	return fields
}

// basic is a type without parts.
func (g *gen) basic() *typ {
	return pick(g, tInt, tInt, tInt, tInt, tString, tString, tBool, tDuration, tTime)
}

// keyType is a type of keys.
func (g *gen) keyType() *typ {
	var keys []*typ
	for _, t := range g.types {
		if t.isKey() {
			keys = append(keys, t)
		}
	}
	switch n := g.n(10); {
	case n < 5:
		return tInt
	case n < 7:
		return tString
	case n < 8:
		return tBool
	case n < 9 && len(keys) > 0:
		return pick(g, keys...)
	}
	return tuple(tInt, tString)
}

// anyType is a type of the world, which has parts if depth is not 0.
func (g *gen) anyType(depth int) *typ {
	if depth <= 0 || g.pool == nil {
		return g.newType(depth)
	}
	switch n := g.n(10); {
	case n < 4:
		return g.basic()
	case n < 6 && len(g.types) > 0:
		return pick(g, g.types...)
	}
	return pick(g, g.pool...)
}

// eventType is a type of the events and requests of the world.
func (g *gen) eventType() *typ { return pick(g, g.events...) }

// flowKey is a type of the keys of the world.
func (g *gen) flowKey() *typ { return pick(g, g.keys...) }

// newType is a type whose parts are up to depth deep.
func (g *gen) newType(depth int) *typ {
	if depth <= 0 {
		return g.basic()
	}
	switch n := g.n(20); {
	case n < 8:
		return g.basic()
	case n < 12 && len(g.types) > 0:
		return pick(g, g.types...)
	case n < 14:
		return list(g.newType(depth - 1))
	case n < 15:
		return option(g.newType(depth - 1))
	case n < 16:
		return mapOf(g.keyType(), g.newType(depth-1))
	case n < 17:
		return set(g.keyType())
	case n < 18:
		return tuple(g.newType(depth-1), g.newType(depth-1))
	case n < 19:
		return pick(g, tFloat, tFloat, tBytes)
	}
	return result(g.newType(depth - 1))
}

// declareTypes writes records and enums, which are called as those who use them call them.
func (g *gen) declareTypes() {
	for range 1 + g.n(3) {
		d := &def{name: g.module + g.upper("R")}
		v := variant{name: d.name, fields: g.fields(1 + g.n(3))}
		d.variants = []variant{v}
		g.line("record %s(%s)", d.name, fieldsText(v.fields))
		g.types = append(g.types, &typ{kind: kDef, def: d, name: d.name})
	}
	for range 1 + g.n(3) {
		d := &def{name: g.module + g.upper("E"), enum: true}
		shared := g.fields(g.n(2))
		var parts []string
		for range 1 + g.n(4) {
			v := variant{name: g.module + g.upper("V"), fields: append(append([]field(nil), shared...), g.fields(g.n(3))...)}
			d.variants = append(d.variants, v)
			text := v.name
			if len(v.fields) > 0 {
				text += "(" + fieldsText(v.fields) + ")"
			}
			parts = append(parts, text)
		}
		g.line("enum %s { %s }", d.name, strings.Join(parts, ", "))
		g.types = append(g.types, &typ{kind: kDef, def: d, name: d.name})
	}
	g.declareGenerics()
}

// declareGenerics writes a generic record and a generic enum that contains itself, and uses some of their instances.
func (g *gen) declareGenerics() {
	name, tree := g.module+g.upper("G"), g.module+g.upper("Tree")
	leaf, node := g.module+g.upper("Leaf"), g.module+g.upper("Node")
	g.line("record %s[A, B](left: A, right: B, n: Int)", name)
	g.line("enum %s[T] { %s, %s(sub: %s[T], value: T) }", tree, leaf, node, tree)
	for range 1 + g.n(2) {
		a, b := g.basic(), g.anyType(1)
		text := fmt.Sprintf("%s[%s, %s]", name, a.name, b.name)
		fields := []field{{name: "left", t: a}, {name: "right", t: b}, {name: "n", t: tInt}}
		g.types = append(g.types, &typ{kind: kDef, name: text, def: &def{name: name, variants: []variant{{name, fields}}}})
		t := &typ{kind: kDef, name: tree + "[" + a.name + "]"}
		t.def = &def{name: tree, enum: true, self: true, variants: []variant{{leaf, nil}, {node, []field{{name: "sub", t: t}, {name: "value", t: a}}}}}
		g.types = append(g.types, t)
	}
}

func (g *gen) fields(n int) []field {
	var fields []field
	for range n {
		f := field{name: g.fresh(), t: g.anyType(1)}
		if g.chance(4) {
			f.fallback = g.literal(&env{}, f.t, 1, true)
		}
		if g.chance(6) {
			f.as = f.name + " in data"
		}
		fields = append(fields, f)
	}
	return fields
}

func fieldsText(fields []field) string {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = f.name + ": " + f.t.name
		if f.as != "" {
			parts[i] += fmt.Sprintf(" as %q", f.as)
		}
		if f.fallback != "" {
			parts[i] += " = " + f.fallback
		}
	}
	return strings.Join(parts, ", ")
}
