package ptl

import (
	"bytes"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// VariantOf describes a variant of the enum T.
type VariantOf[T any] struct {
	name   string
	open   []byte // `{"type":"Name"`
	fields []FieldOf[T]
}

// Variant describes the variant of that name with its fields.
func Variant[T any](name string, fields ...FieldOf[T]) VariantOf[T] {
	open := AppendJSONString([]byte(`{"type":`), name)
	return VariantOf[T]{name, open, fields}
}

// EnumType describes an enum: tag points to the index of the variant that a value is, counted as the variants are given.
func EnumType[T any, G ~uint8 | ~uint16 | ~int](name string, tag func(*T) *G, variants ...VariantOf[T]) *Type[T] {
	s := &sum[T]{
		name:     name,
		index:    func(v *T) int { return int(*tag(v)) },
		choose:   func(v *T, i int) { *tag(v) = G(i) },
		variants: variants,
	}
	return s.descriptor()
}

// sum is a choice between variants.
type sum[T any] struct {
	name     string
	index    func(*T) int
	choose   func(*T, int)
	variants []VariantOf[T]
}

func (s *sum[T]) descriptor() *Type[T] {
	t := &Type[T]{
		Name:       s.name,
		Equal:      s.equal,
		Quote:      s.quote,
		Show:       s.quote,
		Append:     s.append,
		Read:       s.read,
		AppendJSON: s.appendJSON,
		ReadJSON:   s.readJSON,
		Share:      s.sharer(),
	}
	t.shaped = func(to *shaper) *ShapePart {
		return to.named(t, s.name, true, func() []VariantShape { return s.shapes(to) })
	}
	plain, keys := true, true
	for _, v := range s.variants {
		plain = plain && len(v.fields) == 0
		keys = keys && hasherOfFields(v.fields) != nil
	}
	if plain {
		t.ReadText = s.readText
	}
	if keys {
		t.Hash = s.hash
	}
	return t
}

func (s *sum[T]) variant(v *T) *VariantOf[T] { return &s.variants[s.index(v)] }

func (s *sum[T]) shapes(to *shaper) []VariantShape {
	var out []VariantShape
	for _, v := range s.variants {
		out = append(out, VariantShape{Name: v.name, Fields: shapesOfFields(v.fields, to)})
	}
	return out
}

func (s *sum[T]) equal(a, b T) bool {
	return s.index(still(&a)) == s.index(still(&b)) && equalFields(s.variant(still(&a)).fields, still(&a), still(&b))
}

func (s *sum[T]) hash(v T) uint64 {
	return hashFields(s.variant(still(&v)).fields, HashInt(int64(s.index(still(&v)))), still(&v))
}

// sharer shares the fields of all variants: those that a value does not use are zero, and own nothing.
func (s *sum[T]) sharer() func(place *T) T {
	var all []FieldOf[T]
	for i := range s.variants {
		all = append(all, s.variants[i].fields...)
	}
	return sharerOfFields(all)
}

func (s *sum[T]) quote(b []byte, v T) []byte {
	w := s.variant(still(&v))
	b = append(b, w.name...)
	if len(w.fields) == 0 {
		return b
	}
	return quoteFields(w.fields, b, still(&v))
}

func (s *sum[T]) append(b []byte, v T) []byte {
	return appendFields(s.variant(still(&v)).fields, AppendUint(b, uint64(s.index(still(&v)))), still(&v))
}

func (s *sum[T]) read(r *Reader) (v T) {
	i := r.Tag(len(s.variants))
	s.choose(still(&v), i)
	readFields(s.variants[i].fields, r, still(&v))
	return v
}

func (s *sum[T]) appendJSON(b []byte, v T) []byte {
	w := s.variant(still(&v))
	return append(appendJSONFields(w.fields, append(b, w.open...), still(&v), false), '}')
}

func (s *sum[T]) readText(text string) (v T, err error) {
	i, err := s.named(text)
	s.choose(still(&v), i)
	return v, err
}

// named is the index of a variant.
func (s *sum[T]) named(name string) (int, error) {
	for i := range s.variants {
		if s.variants[i].name == name {
			return i, nil
		}
	}
	names := make([]string, len(s.variants))
	for i := range s.variants {
		names[i] = s.variants[i].name
	}
	return 0, wanted("a variant of "+s.name+" ("+strings.Join(names, ", ")+")", name)
}

// sample is how a value of a variant is written: of that one, if it is one.
func (s *sum[T]) sample(name string) string {
	i, err := s.named(name)
	if err != nil {
		i = 0
	}
	rest := ""
	if len(s.variants[i].fields) > 0 {
		rest = ",…"
	}
	return `{"type":"` + s.variants[i].name + `"` + rest + "}"
}

// readJSON reads an object with a member "type". That stands first as a rule; members before it wait in a buffer.
func (s *sum[T]) readJSON(d *jsontext.Decoder) (v T, err error) {
	tok, err := d.ReadToken()
	if err == nil && tok.Kind() != jsontext.KindBeginObject {
		err = wrongToken("an object such as "+s.sample(tok.String())+" ("+s.name+")", tok)
	}
	if err != nil {
		return v, err
	}
	var early []member
	for {
		tok, err := d.ReadToken()
		if err != nil {
			return v, err
		}
		if tok.Kind() == jsontext.KindEndObject {
			return v, inField(broken("is missing"), "type")
		}
		if tok.String() == "type" {
			return v, s.readVariant(d, early, still(&v))
		}
		m := member{name: strings.Clone(tok.String())}
		text, err := d.ReadValue()
		if err != nil {
			return v, err
		}
		m.text = text.Clone()
		early = append(early, m)
	}
}

// member is a member of a JSON object that was read before its meaning was known.
type member struct {
	name string
	text jsontext.Value
}

// readVariant reads on behind the name "type".
func (s *sum[T]) readVariant(d *jsontext.Decoder, early []member, v *T) error {
	name, err := readJSONText(d, "the name of a variant")
	if err != nil {
		return inField(err, "type")
	}
	i, err := s.named(name)
	if err != nil {
		return inField(err, "type")
	}
	s.choose(v, i)
	o := objectReader[T]{fields: s.variants[i].fields, v: v, tagged: true}
	for _, m := range early {
		if err := o.member(jsontext.NewDecoder(bytes.NewBuffer(m.text), jsonOptions), o.find(m.name)); err != nil {
			return err
		}
	}
	return o.rest(d)
}
