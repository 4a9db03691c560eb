package ptl

import (
	"github.com/go-json-experiment/json/jsontext"
)

// RecordType describes a record with the given fields, in the order of its declaration.
func RecordType[T any](name string, fields ...FieldOf[T]) *Type[T] {
	shown := bare(name)
	t := &Type[T]{
		Name:  name,
		Equal: func(a, b T) bool { return equalFields(fields, still(&a), still(&b)) },
		Quote: func(b []byte, v T) []byte { return quoteFields(fields, append(b, shown...), still(&v)) },
		Append: func(b []byte, v T) []byte {
			if len(fields) == 0 {
				return append(b, 0) // every value takes a byte
			}
			return appendFields(fields, b, still(&v))
		},
		Read: func(r *Reader) (v T) {
			if len(fields) == 0 {
				r.Tag(1)
			}
			readFields(fields, r, still(&v))
			return v
		},
		AppendJSON: func(b []byte, v T) []byte {
			return append(appendJSONFields(fields, append(b, '{'), still(&v), true), '}')
		},
		ReadJSON: func(d *jsontext.Decoder) (T, error) { return readObject(fields, d, name) },
		Hash:     hasherOfFields(fields),
		Share:    sharerOfFields(fields),
		fields:   fields,
	}
	t.Show = t.Quote
	t.shaped = func(s *shaper) *ShapePart {
		return s.named(t, name, false, func() []VariantShape { return []VariantShape{{Name: name, Fields: shapesOfFields(fields, s)}} })
	}
	return t
}

// constructor is the name of a type without its arguments: `Pair` of `Pair[Int, String]`.
func constructor(name string) string {
	for i := range len(name) {
		if name[i] == '[' {
			return name[:i]
		}
	}
	return name
}

// What records, tuples and the variants of enums have in common: a row of fields. These are functions and no methods, since of a
// generic type that a program uses Go compiles every method, and a wrapper of each, for every type that it is of.

func equalFields[T any](p []FieldOf[T], a, b *T) bool {
	for i := range p {
		if !p[i].equal(a, b) {
			return false
		}
	}
	return true
}

func hasherOfFields[T any](p []FieldOf[T]) func(v T) uint64 {
	for i := range p {
		if p[i].hash == nil {
			return nil
		}
	}
	return func(v T) uint64 { return hashFields(p, 0, still(&v)) }
}

func hashFields[T any](p []FieldOf[T], h uint64, v *T) uint64 {
	for i := range p {
		h = HashCombine(h, p[i].hash(v))
	}
	return h
}

func sharerOfFields[T any](p []FieldOf[T]) func(place *T) T {
	var owning []FieldOf[T]
	for i := range p {
		if p[i].share != nil {
			owning = append(owning, p[i])
		}
	}
	if owning == nil {
		return nil
	}
	return func(place *T) T {
		v := *place
		for i := range owning {
			owning[i].share(place, still(&v))
		}
		return v
	}
}

// quote appends the fields in parentheses.
func quoteFields[T any](p []FieldOf[T], b []byte, v *T) []byte {
	b = append(b, '(')
	for i := range p {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = p[i].quote(b, v)
	}
	return append(b, ')')
}

func appendFields[T any](p []FieldOf[T], b []byte, v *T) []byte {
	for i := range p {
		b = p[i].append(b, v)
	}
	return b
}

func readFields[T any](p []FieldOf[T], r *Reader, v *T) {
	for i := range p {
		p[i].read(r, v)
	}
}

// appendJSON appends the fields without braces; first tells that nothing stands before them.
func appendJSONFields[T any](p []FieldOf[T], b []byte, v *T, first bool) []byte {
	for i := range p {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = p[i].appendJSON(append(b, p[i].key...), v)
	}
	return b
}

// readObject reads a JSON object into a value of the named record.
func readObject[T any](p []FieldOf[T], d *jsontext.Decoder, name string) (v T, err error) {
	tok, err := d.ReadToken()
	if err == nil && tok.Kind() != jsontext.KindBeginObject {
		err = wrongToken("an object ("+name+")", tok)
	}
	if err != nil {
		return v, err
	}
	o := objectReader[T]{fields: p, v: still(&v)}
	return v, o.rest(d)
}

// objectReader reads the members of a JSON object, in any order.
type objectReader[T any] struct {
	fields []FieldOf[T]
	v      *T
	seen   marks // by field
	next   int   // the field that follows the last one: the likely next
	tagged bool  // a variant, whose "type" was read
}

// rest reads the members up to the closing brace, which the decoder stands before, and sets what was left out.
func (o *objectReader[T]) rest(d *jsontext.Decoder) error {
	for {
		tok, err := d.ReadToken()
		if err != nil {
			return err
		}
		if tok.Kind() == jsontext.KindEndObject {
			return o.finish()
		}
		i := o.find(tok.String())
		if i < 0 && o.tagged && tok.String() == "type" {
			return inField(errTwice(), "type")
		}
		if err := o.member(d, i); err != nil {
			return err
		}
	}
}

// find is the index of the field of that name, or -1.
func (o *objectReader[T]) find(name string) int {
	i := o.next
	for range o.fields {
		if i >= len(o.fields) {
			i = 0
		}
		if o.fields[i].name == name {
			return i
		}
		i++
	}
	return -1
}

// member reads the value of field i, or skips it if i is -1.
func (o *objectReader[T]) member(d *jsontext.Decoder, i int) error {
	if i < 0 {
		return d.SkipValue()
	}
	f := &o.fields[i]
	if !o.seen.add(i) {
		return inField(errTwice(), f.name)
	}
	o.next = i + 1
	if err := f.readJSON(d, o.v); err != nil {
		return inField(err, f.name)
	}
	return nil
}

func (o *objectReader[T]) finish() error {
	for i := range o.fields {
		if !o.seen.add(i) {
			continue
		}
		f := &o.fields[i]
		if f.absent == nil {
			return inField(broken("is missing"), f.name)
		}
		f.absent(o.v)
	}
	return nil
}

// marks is a set of small numbers, which allocates nothing below 64.
type marks struct {
	low  uint64
	rest map[int]bool
}

// add tells whether i is new.
func (m *marks) add(i int) bool {
	if i < 64 {
		known := m.low>>i&1 == 1
		m.low |= 1 << i
		return !known
	}
	if m.rest[i] {
		return false
	}
	if m.rest == nil {
		m.rest = map[int]bool{}
	}
	m.rest[i] = true
	return true
}

func errTwice() error { return broken("stands twice in the object") }
