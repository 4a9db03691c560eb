package ptl

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"
)

// anyShapes draws a shape with a few records and enums that refer to each other. The last variant of each enum has no
// fields, and a record refers only to what stands behind it, so that every type has a finite value.
func anyShapes(t *rapid.T) *Shape {
	s := &Shape{}
	n := rapid.IntRange(1, 4).Draw(t, "named")
	for i := range n {
		def := &NamedShape{Name: fmt.Sprint("T", i), Enum: rapid.Bool().Draw(t, "enum")}
		first := i + 1
		variants := 1
		if def.Enum {
			first, variants = 0, rapid.IntRange(1, 3).Draw(t, "variants")
		}
		for v := range variants {
			variant := VariantShape{Name: fmt.Sprint("V", v)}
			for f := range rapid.IntRange(0, 3).Draw(t, "fields") {
				variant.Fields = append(variant.Fields, FieldShape{Name: fmt.Sprint("f", f), Type: anyPart(t, first, n, 2)})
			}
			def.Variants = append(def.Variants, variant)
		}
		if def.Enum {
			def.Variants = append(def.Variants, VariantShape{Name: "End"})
		}
		s.Named = append(s.Named, def)
	}
	s.Type = anyPart(t, 0, n, 2)
	return s
}

// anyPart draws a type, which may be one of the definitions number first to n-1.
func anyPart(t *rapid.T, first, n, depth int) *ShapePart {
	kinds := []string{"Int", "String", "Bool", "Float", "Unit", "Time", "Bytes", "Duration"}
	if depth > 0 {
		kinds = append(kinds, kindOption, kindList, kindSet, kindTuple, kindMap, kindResult)
	}
	if first < n {
		kinds = append(kinds, kindNamed, kindNamed, kindNamed)
	}
	p := &ShapePart{Kind: rapid.SampledFrom(kinds).Draw(t, "kind")}
	parts := map[string]int{kindOption: 1, kindList: 1, kindSet: 1, kindTuple: 2, kindMap: 2, kindResult: 2}[p.Kind]
	for range parts {
		p.Of = append(p.Of, anyPart(t, first, n, depth-1))
	}
	if p.Kind == kindNamed {
		p.Name = fmt.Sprint("T", rapid.IntRange(first, n-1).Draw(t, "which"))
	}
	return p
}

// changed draws a shape that a value of s can be converted to.
func changed(t *rapid.T, s *Shape) *Shape {
	out := &Shape{Type: renamed(s.Type)}
	for _, def := range s.Named {
		made := &NamedShape{Name: "New" + def.Name, Enum: def.Enum}
		for _, v := range def.Variants {
			variant := VariantShape{Name: v.Name}
			for _, f := range v.Fields {
				variant.Fields = append(variant.Fields, FieldShape{Name: f.Name, Type: renamed(f.Type), Default: f.Default})
			}
			if rapid.Bool().Draw(t, "new field") {
				variant.Fields = append(variant.Fields, FieldShape{Name: "new", Type: &ShapePart{Kind: "Int"}, Default: AppendInt(nil, 777)})
			}
			variant.Fields = rapid.Permutation(variant.Fields).Draw(t, "fields")
			made.Variants = append(made.Variants, variant)
		}
		if def.Enum {
			made.Variants = append(made.Variants, VariantShape{Name: "New"})
			made.Variants = rapid.Permutation(made.Variants).Draw(t, "variants")
		}
		out.Named = append(out.Named, made)
	}
	return out
}

func renamed(p *ShapePart) *ShapePart {
	out := &ShapePart{Kind: p.Kind}
	if p.Name != "" {
		out.Name = "New" + p.Name
	}
	for _, of := range p.Of {
		out.Of = append(out.Of, renamed(of))
	}
	return out
}

// abstract is a value apart from its binary form.
type abstract struct {
	plain   []byte               // of a basic type
	parts   []*abstract          // of a tuple, collection, Option or Result
	variant string               // of a record or enum, or the side of a Result
	fields  map[string]*abstract // of a record or enum
}

func anyValue(t *rapid.T, s *Shape, p *ShapePart, depth int) *abstract {
	v := &abstract{}
	count := 0
	switch p.Kind {
	case "Int", "Time", "Duration":
		v.plain = AppendInt(nil, rapid.Int64().Draw(t, "int"))
	case "String", "Bytes":
		v.plain = AppendString(nil, anyString().Draw(t, "text"))
	case "Bool":
		v.plain = AppendBool(nil, rapid.Bool().Draw(t, "bool"))
	case "Float":
		v.plain = AppendFloat(nil, anyFloat().Draw(t, "float"))
	case "Unit":
		v.plain = []byte{0}
	case kindTuple:
		count = 1
	case kindOption:
		count = rapid.IntRange(0, min(1, max(depth, 0))).Draw(t, "some")
	case kindList, kindSet, kindMap:
		count = rapid.IntRange(0, max(depth, 0)).Draw(t, "count")
	case kindResult:
		side := rapid.IntRange(0, 1).Draw(t, "side")
		v.variant = fmt.Sprint(side)
		v.parts = []*abstract{anyValue(t, s, p.Of[side], depth-1)}
	case kindNamed:
		def := s.Find(p.Name)
		variant := def.Variants[len(def.Variants)-1]
		if depth > 0 {
			variant = rapid.SampledFrom(def.Variants).Draw(t, "variant")
		}
		v.variant, v.fields = variant.Name, map[string]*abstract{}
		for _, f := range variant.Fields {
			v.fields[f.Name] = anyValue(t, s, f.Type, depth-1)
		}
	}
	for range count {
		for _, of := range p.Of {
			v.parts = append(v.parts, anyValue(t, s, of, depth-1))
		}
	}
	return v
}

// encode appends the binary form that the value has in a shape.
func (v *abstract) encode(s *Shape, p *ShapePart, b []byte) []byte {
	b = append(b, v.plain...)
	switch p.Kind {
	case kindOption, kindList, kindSet, kindMap:
		b = AppendUint(b, uint64(len(v.parts)/len(p.Of)))
	case kindResult:
		side := int(v.variant[0] - '0')
		return v.parts[0].encode(s, p.Of[side], AppendUint(b, uint64(side)))
	case kindNamed:
		return v.encodeNamed(s, s.Find(p.Name), b)
	}
	for i, part := range v.parts {
		b = part.encode(s, p.Of[i%len(p.Of)], b)
	}
	return b
}

func (v *abstract) encodeNamed(s *Shape, def *NamedShape, b []byte) []byte {
	variant := def.Variants[0]
	if def.Enum {
		i := slices.IndexFunc(def.Variants, func(w VariantShape) bool { return w.Name == v.variant })
		variant = def.Variants[i]
		b = AppendUint(b, uint64(i))
	} else if len(variant.Fields) == 0 {
		b = append(b, 0)
	}
	for _, f := range variant.Fields {
		if value := v.fields[f.Name]; value != nil {
			b = value.encode(s, f.Type, b)
		} else {
			b = append(b, f.Default...)
		}
	}
	return b
}
