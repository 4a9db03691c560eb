package ptl

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// The tuples `(A, B)` and so on. The language stops at eight elements, where a record with names reads better anyway.
type (
	Tuple2[A, B any] struct {
		V0 A
		V1 B
	}
	Tuple3[A, B, C any] struct {
		V0 A
		V1 B
		V2 C
	}
	Tuple4[A, B, C, D any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
	}
	Tuple5[A, B, C, D, E any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
		V4 E
	}
	Tuple6[A, B, C, D, E, F any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
		V4 E
		V5 F
	}
	Tuple7[A, B, C, D, E, F, G any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
		V4 E
		V5 F
		V6 G
	}
	Tuple8[A, B, C, D, E, F, G, H any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
		V4 E
		V5 F
		V6 G
		V7 H
	}
)

// tupleType describes a tuple with the given fields, of types with the given names. In JSON it is a list.
func tupleType[T any](names []string, fields ...FieldOf[T]) *Type[T] {
	t := &Type[T]{
		Name:   "(" + strings.Join(names, ", ") + ")",
		Equal:  func(a, b T) bool { return equalFields(fields, still(&a), still(&b)) },
		Hash:   hasherOfFields(fields),
		shaped: func(s *shaper) *ShapePart { return tupleOfFields(fields, s) },
		Quote:  func(b []byte, v T) []byte { return quoteFields(fields, b, still(&v)) },
		Append: func(b []byte, v T) []byte { return appendFields(fields, b, still(&v)) },
		Read: func(r *Reader) (v T) {
			readFields(fields, r, still(&v))
			return v
		},
		AppendJSON: func(b []byte, v T) []byte {
			for i := range fields {
				b = append(b, "[,"[min(i, 1)])
				b = fields[i].appendJSON(b, still(&v))
			}
			return append(b, ']')
		},
		Share: sharerOfFields(fields),
	}
	t.ReadJSON = func(d *jsontext.Decoder) (T, error) { return readList(fields, d, t.Name) }
	t.Show = t.Quote
	for i := range fields {
		if fields[i].compare == nil {
			return t
		}
	}
	t.Compare = func(a, b T) int { return compareFields(fields, still(&a), still(&b)) }
	return t
}

func compareFields[T any](p []FieldOf[T], a, b *T) int {
	for i := range p {
		if c := p[i].compare(a, b); c != 0 {
			return c
		}
	}
	return 0
}

// readList reads a JSON list with one item for each field.
func readList[T any](p []FieldOf[T], d *jsontext.Decoder, name string) (v T, err error) {
	if err := openList(d, name); err != nil {
		return v, err
	}
	for i := range p {
		if d.PeekKind() == jsontext.KindEndArray {
			return v, inItem(broken("is missing: a list of the items of "+name+" was expected"), i)
		}
		if err := p[i].readJSON(d, still(&v)); err != nil {
			return v, inItem(err, i)
		}
	}
	tok, err := d.ReadToken()
	if err == nil && tok.Kind() != jsontext.KindEndArray {
		err = inItem(broken("is more than "+name+" has"), len(p))
	}
	return v, err
}

// Tuple2Type describes the tuples of 2 elements.
func Tuple2Type[A, B any](a *Type[A], b *Type[B]) *Type[Tuple2[A, B]] {
	type tuple = Tuple2[A, B]
	return tupleType([]string{a.Name, b.Name},
		Field("", func(v *tuple) *A { return &v.V0 }, a),
		Field("", func(v *tuple) *B { return &v.V1 }, b))
}

// Tuple3Type describes the tuples of 3 elements.
func Tuple3Type[A, B, C any](a *Type[A], b *Type[B], c *Type[C]) *Type[Tuple3[A, B, C]] {
	type tuple = Tuple3[A, B, C]
	return tupleType([]string{a.Name, b.Name, c.Name},
		Field("", func(v *tuple) *A { return &v.V0 }, a),
		Field("", func(v *tuple) *B { return &v.V1 }, b),
		Field("", func(v *tuple) *C { return &v.V2 }, c))
}

// Tuple4Type describes the tuples of 4 elements.
func Tuple4Type[A, B, C, D any](a *Type[A], b *Type[B], c *Type[C], d *Type[D]) *Type[Tuple4[A, B, C, D]] {
	type tuple = Tuple4[A, B, C, D]
	return tupleType([]string{a.Name, b.Name, c.Name, d.Name},
		Field("", func(v *tuple) *A { return &v.V0 }, a),
		Field("", func(v *tuple) *B { return &v.V1 }, b),
		Field("", func(v *tuple) *C { return &v.V2 }, c),
		Field("", func(v *tuple) *D { return &v.V3 }, d))
}

// Tuple5Type describes the tuples of 5 elements.
func Tuple5Type[A, B, C, D, E any](a *Type[A], b *Type[B], c *Type[C], d *Type[D], e *Type[E]) *Type[Tuple5[A, B, C, D, E]] {
	type tuple = Tuple5[A, B, C, D, E]
	return tupleType([]string{a.Name, b.Name, c.Name, d.Name, e.Name},
		Field("", func(v *tuple) *A { return &v.V0 }, a),
		Field("", func(v *tuple) *B { return &v.V1 }, b),
		Field("", func(v *tuple) *C { return &v.V2 }, c),
		Field("", func(v *tuple) *D { return &v.V3 }, d),
		Field("", func(v *tuple) *E { return &v.V4 }, e))
}

// Tuple6Type describes the tuples of 6 elements.
func Tuple6Type[A, B, C, D, E, F any](a *Type[A], b *Type[B], c *Type[C], d *Type[D], e *Type[E], f *Type[F]) *Type[Tuple6[A, B, C, D, E, F]] {
	type tuple = Tuple6[A, B, C, D, E, F]
	return tupleType([]string{a.Name, b.Name, c.Name, d.Name, e.Name, f.Name},
		Field("", func(v *tuple) *A { return &v.V0 }, a),
		Field("", func(v *tuple) *B { return &v.V1 }, b),
		Field("", func(v *tuple) *C { return &v.V2 }, c),
		Field("", func(v *tuple) *D { return &v.V3 }, d),
		Field("", func(v *tuple) *E { return &v.V4 }, e),
		Field("", func(v *tuple) *F { return &v.V5 }, f))
}

// Tuple7Type describes the tuples of 7 elements.
func Tuple7Type[A, B, C, D, E, F, G any](a *Type[A], b *Type[B], c *Type[C], d *Type[D], e *Type[E], f *Type[F], g *Type[G]) *Type[Tuple7[A, B, C, D, E, F, G]] {
	type tuple = Tuple7[A, B, C, D, E, F, G]
	return tupleType([]string{a.Name, b.Name, c.Name, d.Name, e.Name, f.Name, g.Name},
		Field("", func(v *tuple) *A { return &v.V0 }, a),
		Field("", func(v *tuple) *B { return &v.V1 }, b),
		Field("", func(v *tuple) *C { return &v.V2 }, c),
		Field("", func(v *tuple) *D { return &v.V3 }, d),
		Field("", func(v *tuple) *E { return &v.V4 }, e),
		Field("", func(v *tuple) *F { return &v.V5 }, f),
		Field("", func(v *tuple) *G { return &v.V6 }, g))
}

// Tuple8Type describes the tuples of 8 elements.
func Tuple8Type[A, B, C, D, E, F, G, H any](a *Type[A], b *Type[B], c *Type[C], d *Type[D], e *Type[E], f *Type[F], g *Type[G], h *Type[H]) *Type[Tuple8[A, B, C, D, E, F, G, H]] {
	type tuple = Tuple8[A, B, C, D, E, F, G, H]
	return tupleType([]string{a.Name, b.Name, c.Name, d.Name, e.Name, f.Name, g.Name, h.Name},
		Field("", func(v *tuple) *A { return &v.V0 }, a),
		Field("", func(v *tuple) *B { return &v.V1 }, b),
		Field("", func(v *tuple) *C { return &v.V2 }, c),
		Field("", func(v *tuple) *D { return &v.V3 }, d),
		Field("", func(v *tuple) *E { return &v.V4 }, e),
		Field("", func(v *tuple) *F { return &v.V5 }, f),
		Field("", func(v *tuple) *G { return &v.V6 }, g),
		Field("", func(v *tuple) *H { return &v.V7 }, h))
}

// tuple is the shape of a tuple with these fields.
func tupleOfFields[T any](p []FieldOf[T], s *shaper) *ShapePart {
	made := &ShapePart{Kind: kindTuple}
	for i := range p {
		made.Of = append(made.Of, p[i].part(s))
	}
	return made
}
