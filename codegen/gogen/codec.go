package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// Records and enums are encoded, compared and hashed by straight-line code, which gives what the runtime's descriptors
// would, field by field, without a call through a pointer for each.

// codecNames are the functions that do it.
type codecNames struct{ append, read, equal, hash string }

// hasCodec tells whether a type gets such code: what has no fields needs none, and what contains itself is guarded by the
// runtime against data that are nested too deeply.
func hasCodec(d *ir.TypeDef) bool {
	if d.Builtin || recursive(d) {
		return false
	}
	for _, v := range d.Variants {
		if len(v.Fields) > 0 {
			return true
		}
	}
	return false
}

// codecFile prints the code for all types whose descriptors are in use.
func (e *emitter) codecFile() {
	f := e.newFile("codec.go", "")
	any := false
	for _, d := range e.prog.Types {
		if e.used[d] && hasCodec(d) {
			f.codec(d)
			any = true
		}
	}
	if any {
		f.finish()
	}
}

// codecOf is what the descriptor of d is given.
func (f *goFile) codecOf(d *ir.TypeDef) *jen.Statement {
	n := f.e.defs[d]
	fields := []jen.Code{
		jen.Id("Append").Op(":").Id(n.codec.append), jen.Id("Read").Op(":").Id(n.codec.read), jen.Id("Equal").Op(":").Id(n.codec.equal),
	}
	if isKey(d.Type) {
		fields = append(fields, jen.Id("Hash").Op(":").Id(n.codec.hash))
	}
	return ptl("Codec").Types(jen.Id(n.typ)).Values(fields...)
}

// isKey tells whether values of t can be keys, which have hashes.
func isKey(t *ir.Type) bool {
	switch t.Kind {
	case ir.Int, ir.String, ir.Bool, ir.Time, ir.Duration:
		return true
	case ir.Tuple:
		for _, elem := range t.Elems {
			if !isKey(elem) {
				return false
			}
		}
		return true
	case ir.Record, ir.Enum:
		if t.Def.Builtin || recursive(t.Def) {
			return false
		}
		for _, v := range t.Def.Variants {
			for _, f := range v.Fields {
				if !isKey(f.Type) {
					return false
				}
			}
		}
		return true
	}
	return false
}

func (f *goFile) codec(d *ir.TypeDef) {
	n := f.e.defs[d]
	typ := jen.Id(n.typ)
	v := jen.Id("v").Add(typ)
	f.declare(fmt.Sprintf("// %s appends the binary form of %s.", n.codec.append, d.Name), f.nowhere())
	f.Func().Id(n.codec.append).Params(jen.Id("b").Index().Byte(), v).Index().Byte().BlockFunc(func(g *jen.Group) { f.appendFields(g, d) })
	f.declare(fmt.Sprintf("// %s reads what %s wrote.", n.codec.read, n.codec.append), f.nowhere())
	f.Func().Id(n.codec.read).Params(jen.Id("r").Op("*").Add(ptl("Reader"))).Params(v.Clone()).BlockFunc(func(g *jen.Group) { f.readFields(g, d) })
	f.declare(fmt.Sprintf("// %s is == on %s.", n.codec.equal, d.Name), f.nowhere())
	f.Func().Id(n.codec.equal).Params(jen.List(jen.Id("a"), jen.Id("b")).Add(typ.Clone())).Bool().BlockFunc(func(g *jen.Group) { f.equalFields(g, d) })
	if isKey(d.Type) {
		f.declare(fmt.Sprintf("// %s is the hash of %s as a key.", n.codec.hash, d.Name), f.nowhere())
		f.Func().Id(n.codec.hash).Params(v.Clone()).Uint64().BlockFunc(func(g *jen.Group) { f.hashFields(g, d) })
	}
}

// eachVariant prints a record's one variant as it is, and those of an enum as cases. last is what stands behind the cases.
func (f *goFile) eachVariant(g *jen.Group, d *ir.TypeDef, tag *jen.Statement, print func(g *jen.Group, v *ir.Variant)) {
	if !d.Enum {
		print(g, d.Variants[0])
		return
	}
	g.Switch(tag).BlockFunc(func(g *jen.Group) {
		for _, v := range d.Variants {
			if len(v.Fields) > 0 {
				g.Case(jen.Id(f.e.defs[d].tags[v.Index])).BlockFunc(func(g *jen.Group) { print(g, v) })
			}
		}
	})
}

func (f *goFile) field(of string, v *ir.Variant, i int) *jen.Statement {
	return jen.Id(of).Dot(f.e.defs[v.Def].fields[v.Index][i])
}

func (f *goFile) appendFields(g *jen.Group, d *ir.TypeDef) {
	if d.Enum {
		g.Id("b").Op("=").Add(ptl("AppendUint")).Call(jen.Id("b"), jen.Uint64().Parens(jen.Id("v").Dot("Tag")))
	}
	f.eachVariant(g, d, jen.Id("v").Dot("Tag"), func(g *jen.Group, v *ir.Variant) {
		for i, field := range v.Fields {
			code := f.e.appendValue(field.Type, f.field("v", v, i))
			if i == len(v.Fields)-1 {
				g.Return(code)
				return
			}
			g.Id("b").Op("=").Add(code)
		}
	})
	if d.Enum {
		g.Return(jen.Id("b"))
	}
}

func (f *goFile) readFields(g *jen.Group, d *ir.TypeDef) {
	tag := jen.Id("v").Dot("Tag")
	if d.Enum {
		g.Add(tag).Op("=").Id(f.e.defs[d].tag).Parens(jen.Id("r").Dot("Tag").Call(jen.Lit(len(d.Variants))))
	}
	f.eachVariant(g, d, tag.Clone(), func(g *jen.Group, v *ir.Variant) {
		for i, field := range v.Fields {
			g.Add(f.field("v", v, i)).Op("=").Add(f.e.readValue(field.Type))
		}
	})
	g.Return(jen.Id("v"))
}

func (f *goFile) equalFields(g *jen.Group, d *ir.TypeDef) {
	if d.Type.Comparable {
		g.Return(jen.Id("a").Op("==").Id("b"))
		return
	}
	if d.Enum {
		g.If(jen.Id("a").Dot("Tag").Op("!=").Id("b").Dot("Tag")).Block(jen.Return(jen.False()))
	}
	f.eachVariant(g, d, jen.Id("a").Dot("Tag"), func(g *jen.Group, v *ir.Variant) {
		same := jen.Null()
		for i, field := range v.Fields {
			if i > 0 {
				same.Op("&&")
			}
			same.Add(f.e.equalValues(field.Type, f.field("a", v, i), f.field("b", v, i)))
		}
		g.Return(same)
	})
	if d.Enum {
		g.Return(jen.True())
	}
}

// equalValues compares two values.
func (e *emitter) equalValues(t *ir.Type, a, b *jen.Statement) *jen.Statement {
	switch {
	case t.Comparable:
		return a.Op("==").Add(b)
	case t.Def != nil && hasCodec(t.Def):
		e.use(t.Def)
		return jen.Id(e.defs[t.Def].codec.equal).Call(a, b)
	}
	return e.desc(t).Dot("Equal").Call(a, b)
}

func (f *goFile) hashFields(g *jen.Group, d *ir.TypeDef) {
	start := jen.Lit(0)
	if d.Enum {
		g.Id("h").Op(":=").Add(ptl("HashInt")).Call(jen.Int64().Parens(jen.Id("v").Dot("Tag")))
		start = jen.Id("h")
	}
	f.eachVariant(g, d, jen.Id("v").Dot("Tag"), func(g *jen.Group, v *ir.Variant) {
		hash := start.Clone()
		for i, field := range v.Fields {
			hash = ptl("HashCombine").Call(hash, f.e.hash(field.Type, f.field("v", v, i)))
		}
		g.Return(hash)
	})
	if d.Enum {
		g.Return(jen.Id("h"))
	}
}
