package gogen

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

// defNames are the Go names of a record or enum.
type defNames struct {
	typ      string
	tag      string     // enums: the type of Tag
	tags     []string   // its constants
	fields   [][]string // of each variant
	members  []member   // the fields of the struct, after Tag
	describe string     // the variable with its descriptor
	codec    codecNames
}

// member is a field of a generated struct; variants of an enum share one when name and type agree.
type member struct {
	name  string
	field *ir.Field
}

// nameTypes names all records and enums with their parts.
func (e *emitter) nameTypes() {
	for _, d := range e.prog.Types {
		if !d.Builtin {
			e.defs[d] = &defNames{typ: e.scope.Take(names.Upper(d.Name))}
		}
	}
	for _, d := range e.prog.Types {
		if d.Builtin {
			e.defs[d] = builtinNames(d)
			continue
		}
		n := e.defs[d]
		n.describe = e.scope.Take(names.Lower(d.Name) + "Type")
		n.codec = codecNames{
			append: e.scope.Take("append" + n.typ), read: e.scope.Take("read" + n.typ),
			equal: e.scope.Take("equal" + n.typ), hash: e.scope.Take("hash" + n.typ),
		}
		inside := names.NewScope()
		if d.Enum {
			inside.Reserve("Tag")
			n.tag = e.scope.Take(n.typ + "Tag")
		}
		for _, v := range d.Variants {
			if d.Enum {
				n.tags = append(n.tags, e.scope.Take(n.typ+names.Upper(v.Name)))
			}
			n.fields = append(n.fields, nil)
			for _, f := range v.Fields {
				n.fields[v.Index] = append(n.fields[v.Index], n.member(inside, v, f))
			}
		}
	}
}

// builtinNames are the names of a record that the runtime has.
func builtinNames(d *ir.TypeDef) *defNames {
	n := &defNames{fields: [][]string{nil}}
	for _, f := range d.Variants[0].Fields {
		n.fields[0] = append(n.fields[0], names.Upper(f.Name))
	}
	return n
}

// goType is the Go type of a record or enum.
func (e *emitter) goType(d *ir.TypeDef) *jen.Statement {
	if d.Builtin {
		return ptl(d.Name)
	}
	return jen.Id(e.defs[d].typ)
}

// member finds the struct's field for f: that of an earlier variant, if it has the same name and type, or a new one.
func (n *defNames) member(inside *names.Scope, v *ir.Variant, f *ir.Field) string {
	want := names.Upper(f.Name)
	for _, m := range n.members {
		if m.field.Name == f.Name && m.field.Type == f.Type && m.field.Boxed == f.Boxed {
			return m.name
		}
		if m.field.Name == f.Name {
			want = names.Upper(v.Name) + names.Upper(f.Name)
		}
	}
	name := inside.Take(want)
	n.members = append(n.members, member{name, f})
	return name
}

// typ is the Go type of values of t.
func (e *emitter) typ(t *ir.Type) *jen.Statement {
	switch t.Kind {
	case ir.Bool:
		return jen.Bool()
	case ir.Int:
		return jen.Int64()
	case ir.Float:
		return jen.Float64()
	case ir.String:
		return jen.String()
	case ir.Bytes:
		return ptl("Bytes")
	case ir.Time:
		return ptl("Time")
	case ir.Duration:
		return ptl("Duration")
	case ir.Unit:
		return ptl("Unit")
	case ir.Timer:
		return jen.Op("*").Add(ptl("Timer"))
	case ir.Future:
		return jen.Op("*").Add(ptl("Future").Types(e.typeList(t.Elems)...))
	case ir.Option, ir.Result, ir.List, ir.Map, ir.Set:
		return ptl(constructors[t.Kind]).Types(e.typeList(t.Elems)...)
	case ir.Tuple:
		return ptl("Tuple" + strconv.Itoa(len(t.Elems))).Types(e.typeList(t.Elems)...)
	case ir.FuncType:
		last := len(t.Elems) - 1
		return jen.Func().Params(e.typeList(t.Elems[:last])...).Add(e.result(t.Elems[last]))
	case ir.Record, ir.Enum:
		return e.goType(t.Def)
	}
	panic("gogen: type " + t.Name)
}

var constructors = map[ir.Kind]string{
	ir.Option: "Option", ir.Result: "Result", ir.List: "List", ir.Map: "Map", ir.Set: "Set", ir.Future: "Future",
}

func (e *emitter) typeList(ts []*ir.Type) []jen.Code {
	out := make([]jen.Code, len(ts))
	for i, t := range ts {
		out[i] = e.typ(t)
	}
	return out
}

// result is the Go type of a function's result: none for Unit.
func (e *emitter) result(t *ir.Type) *jen.Statement {
	if t == nil || t.Kind == ir.Unit {
		return jen.Null()
	}
	return e.typ(t)
}

// fieldType is the Go type of a struct's field.
func (e *emitter) fieldType(f *ir.Field) *jen.Statement {
	if f.Boxed {
		return jen.Op("*").Add(e.typ(f.Type))
	}
	return e.typ(f.Type)
}
