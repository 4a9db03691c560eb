package gogen

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

var basicNames = map[ir.Kind]string{
	ir.Bool: "Bool", ir.Int: "Int", ir.Float: "Float", ir.String: "String", ir.Bytes: "Bytes", ir.Time: "Time",
	ir.Duration: "Duration", ir.Unit: "Unit", ir.Timer: "Timer",
}

// desc is the descriptor of a type: the runtime's for the basic types, else a variable of this package.
func (e *emitter) desc(t *ir.Type) *jen.Statement {
	if name, ok := basicNames[t.Kind]; ok {
		return ptl(name + "Type")
	}
	if t.Def != nil && t.Def.Builtin {
		return ptl(t.Def.Name + "Type")
	}
	if t.Def != nil {
		e.use(t.Def)
		return jen.Id(e.defs[t.Def].describe)
	}
	name, ok := e.descs[t]
	if !ok {
		want := names.Lower(t.Name) + "Type"
		if t.Kind == ir.Tuple {
			want = names.Lower("tuple "+t.Name) + "Type"
		}
		name = e.scope.Take(want)
		e.descs[t] = name // before its parts, which may be made of it
		for _, elem := range t.Elems {
			e.desc(elem) // its parts first, for the reader
		}
		e.composed = append(e.composed, t)
	}
	return jen.Id(name)
}

// use notes that the descriptor of d is needed, and with it those of its fields.
func (e *emitter) use(d *ir.TypeDef) {
	if e.used[d] {
		return
	}
	e.used[d] = true
	for _, v := range d.Variants {
		for _, f := range v.Fields {
			e.desc(f.Type)
		}
	}
}

// compose is the descriptor of a type that is made of others.
func (e *emitter) compose(t *ir.Type) *jen.Statement {
	constructor := constructors[t.Kind] + "Type"
	if t.Kind == ir.Tuple {
		constructor = "Tuple" + strconv.Itoa(len(t.Elems)) + "Type"
	}
	parts := make([]jen.Code, len(t.Elems))
	for i, elem := range t.Elems {
		parts[i] = e.desc(elem)
	}
	return ptl(constructor).Call(parts...)
}

// appendValue appends the binary form of a value to b.
func (e *emitter) appendValue(t *ir.Type, value *jen.Statement) *jen.Statement {
	switch t.Kind {
	case ir.Record, ir.Enum:
		if hasCodec(t.Def) {
			e.use(t.Def)
			return jen.Id(e.defs[t.Def].codec.append).Call(jen.Id("b"), value)
		}
	case ir.Bool, ir.Int, ir.Float, ir.String:
		return ptl("Append"+basicNames[t.Kind]).Call(jen.Id("b"), value)
	case ir.Time, ir.Duration:
		return ptl("AppendInt").Call(jen.Id("b"), jen.Int64().Parens(value))
	}
	if t.Kind == ir.Future {
		return ptl("AppendFuture").Call(jen.Id("b"), value, e.desc(t.Elems[0]))
	}
	return e.desc(t).Dot("Append").Call(jen.Id("b"), value)
}

// readValue reads what appendValue wrote, from r.
func (e *emitter) readValue(t *ir.Type) *jen.Statement {
	switch t.Kind {
	case ir.Record, ir.Enum:
		if hasCodec(t.Def) {
			e.use(t.Def)
			return jen.Id(e.defs[t.Def].codec.read).Call(jen.Id("r"))
		}
	case ir.Bool, ir.Int, ir.Float, ir.String:
		return jen.Id("r").Dot(basicNames[t.Kind]).Call()
	case ir.Time, ir.Duration:
		return e.typ(t).Call(jen.Id("r").Dot("Int").Call())
	}
	if t.Kind == ir.Future {
		return ptl("ReadFuture").Call(jen.Id("r"), e.desc(t.Elems[0]))
	}
	return e.desc(t).Dot("Read").Call(jen.Id("r"))
}

// shareValue takes away what a place owns.
func (e *emitter) shareValue(t *ir.Type, place *jen.Statement) *jen.Statement {
	switch t.Kind {
	case ir.List, ir.Map, ir.Set:
		return place.Dot("Share").Call()
	}
	return e.desc(t).Dot("Share").Call(addressOf(place))
}

// typesFile prints the records and enums, and the descriptors that the package uses.
func (e *emitter) typesFile() {
	f := e.newFile("types.go", "")
	for _, d := range e.prog.Types {
		switch {
		case d.Builtin: // the runtime has it
		case d.Enum:
			f.enumType(d)
		default:
			f.recordType(d)
		}
	}
	for i := 0; i < len(e.composed); i++ {
		t := e.composed[i]
		f.declare(fmt.Sprintf("// %s describes %s.", e.descs[t], t.Name), f.nowhere())
		f.Var().Id(e.descs[t]).Op("=").Add(e.compose(t))
	}
	if len(e.prog.Types)+len(e.composed) > 0 {
		f.finish()
	}
}

func (f *goFile) recordType(d *ir.TypeDef) {
	n, v := f.e.defs[d], d.Variants[0]
	f.declare(doc(fmt.Sprintf("%s is record %s.", n.typ, d.Name), d.Doc), f.nowhere())
	f.Type().Id(n.typ).StructFunc(func(g *jen.Group) { f.structFields(g, n) })
	fields := []jen.Code{jen.Lit(d.Name)}
	for i := range v.Fields {
		fields = append(fields, jen.Line().Add(f.fieldDesc(v, i)))
	}
	f.describe(d, ptl("RecordType"), fields)
}

func (f *goFile) structFields(g *jen.Group, n *defNames) {
	for _, m := range n.members {
		if m.field.Doc != "" {
			g.Comment(comment(m.field.Doc))
		}
		g.Id(m.name).Add(f.e.fieldType(m.field))
	}
}

func (f *goFile) enumType(d *ir.TypeDef) {
	n := f.e.defs[d]
	f.declare(doc(fmt.Sprintf("%s is enum %s: what Tag says, with the fields of that variant.", n.typ, d.Name), d.Doc), f.nowhere())
	f.Type().Id(n.typ).StructFunc(func(g *jen.Group) {
		g.Id("Tag").Id(n.tag)
		f.structFields(g, n)
	})
	f.declare(fmt.Sprintf("// %s tells the variants of %s apart.", n.tag, d.Name), f.nowhere())
	f.Type().Id(n.tag).Add(tagType(d))
	f.declare(fmt.Sprintf("// The variants of %s.", d.Name), f.nowhere())
	f.Const().DefsFunc(func(g *jen.Group) {
		for i, v := range d.Variants {
			c := g.Id(n.tags[i])
			if i == 0 {
				c.Id(n.tag).Op("=").Iota()
			}
			if v.Doc != "" {
				c.Comment(firstLine(v.Doc))
			}
		}
	})
	args := []jen.Code{jen.Lit(d.Name), jen.Line().Func().Params(jen.Id("v").Op("*").Id(n.typ)).Op("*").Id(n.tag).Op("{").Return(jen.Op("&").Id("v").Dot("Tag")).Op("}")}
	for _, v := range d.Variants {
		parts := []jen.Code{jen.Lit(v.Name)}
		for i := range v.Fields {
			parts = append(parts, jen.Line().Add(f.fieldDesc(v, i)))
		}
		if len(v.Fields) > 0 {
			parts = append(parts, jen.Line())
		}
		args = append(args, jen.Line().Add(ptl("Variant").Types(jen.Id(n.typ)).Call(parts...)))
	}
	f.describe(d, ptl("EnumType"), args)
}

func tagType(d *ir.TypeDef) *jen.Statement {
	if len(d.Variants) > 256 {
		return jen.Uint16()
	}
	return jen.Uint8()
}

// fieldDesc describes a field of a record or variant.
func (f *goFile) fieldDesc(v *ir.Variant, i int) *jen.Statement {
	field, n := v.Fields[i], f.e.defs[v.Def]
	name := "Field"
	if field.Boxed {
		name = "PointerField"
	}
	pointer := jen.Func().Params(jen.Id("v").Op("*").Id(n.typ)).Op("*").Add(f.e.fieldType(field)).Op("{").Return(jen.Op("&").Id("v").Dot(n.fields[v.Index][i])).Op("}")
	code := ptl(name).Call(jen.Lit(field.Name), pointer, f.e.desc(field.Type))
	if field.DataName != "" && field.DataName != field.Name {
		code.Dot("As").Call(jen.Lit(field.DataName))
	}
	if field.Default != nil {
		b := f.newBody(nil, "v")
		code.Dot("Default").Call(jen.Func().Params(jen.Id("v").Op("*").Id(n.typ)).Op("{").
			Id("v").Dot(n.fields[v.Index][i]).Op("=").Add(b.fieldValue(field, field.Default)).Op("}"))
	}
	return code
}

// describe prints the descriptor of a record or enum. One that contains itself is described by way of a lazy one,
// because Go refuses a variable whose value depends on itself.
func (f *goFile) describe(d *ir.TypeDef, constructor *jen.Statement, args []jen.Code) {
	n := f.e.defs[d]
	if !f.e.used[d] {
		return
	}
	f.declare(fmt.Sprintf("// %s describes %s.", n.describe, n.typ), f.nowhere())
	args = append(args, jen.Line())
	if !recursive(d) {
		code := constructor.Call(args...)
		if hasCodec(d) {
			code.Dot("With").Call(f.codecOf(d))
		}
		f.Var().Id(n.describe).Op("=").Add(code)
		return
	}
	pointer := jen.Op("*").Add(ptl("Type").Types(jen.Id(n.typ)))
	whole := f.e.scope.Take(n.describe + "Itself")
	f.Var().Defs(
		jen.Id(n.describe).Op("=").Add(ptl("Lazy")).Call(jen.Lit(d.Name), jen.Func().Params().Add(pointer).Op("{").Return(jen.Id(whole)).Op("}")),
		jen.Id(whole).Add(pointer.Clone()),
	)
	f.Func().Id("init").Params().Block(jen.Id(whole).Op("=").Add(constructor).Call(args...))
}

// recursive tells whether values of d can contain values of d.
func recursive(d *ir.TypeDef) bool {
	seen := map[*ir.Type]bool{}
	var reaches func(t *ir.Type) bool
	fields := func(d *ir.TypeDef) []*ir.Type {
		var out []*ir.Type
		for _, v := range d.Variants {
			for _, f := range v.Fields {
				out = append(out, f.Type)
			}
		}
		return out
	}
	reaches = func(t *ir.Type) bool {
		if t.Def == d {
			return true
		}
		if seen[t] {
			return false
		}
		seen[t] = true
		inside := t.Elems
		if t.Def != nil {
			inside = fields(t.Def)
		}
		for _, elem := range inside {
			if reaches(elem) {
				return true
			}
		}
		return false
	}
	for _, t := range fields(d) {
		if reaches(t) {
			return true
		}
	}
	return false
}

// firstLine is the first line of a text, for a comment behind a constant.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(line)
}
