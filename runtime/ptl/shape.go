package ptl

import (
	"slices"
	"strconv"
	"strings"
)

// Shape describes a type as data: what its binary form looks like, and what users call its parts. It is stored with the
// data of the type, so that a later version of the program can tell what it finds (convert.go), and apps that were
// compiled apart compare the shapes of what they exchange.
type Shape struct {
	Type *ShapePart `json:"type"`
	// Named are the records and enums that the type is made of, by first use. They refer to each other, and so to
	// themselves, by name.
	Named []*NamedShape `json:"named,omitempty"`
}

// ShapePart is a type inside a shape.
type ShapePart struct {
	// Kind is `Int`, `List` … of a type that the language has, `named` of the user's own.
	Kind string       `json:"kind"`
	Name string       `json:"name,omitempty"` // of a NamedShape
	Of   []*ShapePart `json:"of,omitempty"`
}

// NamedShape is a record or an enum. A record has one variant, of its own name.
type NamedShape struct {
	Name     string         `json:"name"`
	Enum     bool           `json:"enum,omitempty"`
	Variants []VariantShape `json:"variants"`
}

// VariantShape is a variant of an enum.
type VariantShape struct {
	Name   string       `json:"name"`
	Fields []FieldShape `json:"fields,omitempty"`
}

// FieldShape is a field of a record or variant.
type FieldShape struct {
	Name string     `json:"name"`
	Type *ShapePart `json:"type"`
	// Default is the binary form of what data that lack the field get; nil when there is no such value.
	Default []byte `json:"default,omitempty"`
}

// flat tells whether values take no memory outside of the place that holds them.
func (s *Shape) flat() bool { return s.Type.flat() }

func (p *ShapePart) flat() bool {
	switch p.Kind {
	case "Int", "Float", "Bool", "Unit", "Time", "Duration":
		return true
	case kindTuple, kindOption:
		return !slices.ContainsFunc(p.Of, func(of *ShapePart) bool { return !of.flat() })
	}
	return false
}

// The kinds of parts that have parts of their own, or a name.
const (
	kindNamed   = "named"
	kindTuple   = "Tuple"
	kindOption  = "Option"
	kindResult  = "Result"
	kindList    = "List"
	kindMap     = "Map"
	kindSet     = "Set"
	kindRequest = "Request"
	kindReply   = "Reply"
	kindReplies = "Replies" // an atom of a stream of replies; of other streams the shape is that of an event
)

// Shape is the shape of the type, made anew.
func (t *Type[T]) Shape() *Shape {
	s := &shaper{shape: &Shape{}, names: map[any]string{}, taken: map[string]bool{}}
	s.shape.Type = partOf(t)(s)
	return s.shape
}

// partOf makes the type a part of a shape. Types that say nothing of themselves are known by their names.
func partOf[T any](t *Type[T]) func(s *shaper) *ShapePart {
	return func(s *shaper) *ShapePart {
		if t.shaped == nil {
			return &ShapePart{Kind: t.Name}
		}
		return t.shaped(s)
	}
}

// shaper makes a shape. It asks descriptors for what they are made of when a shape is wanted and not before: while
// those of recursive types are built they cannot answer yet.
type shaper struct {
	shape *Shape
	names map[any]string // by descriptor
	taken map[string]bool
}

// named is the part that stands for a record or enum; variants is called once, when it is met first.
func (s *shaper) named(descriptor any, name string, enum bool, variants func() []VariantShape) *ShapePart {
	if known, ok := s.names[descriptor]; ok {
		return &ShapePart{Kind: kindNamed, Name: known}
	}
	unique := name
	for n := 2; s.taken[unique]; n++ { // modules of one name in two places
		unique = name + "#" + strconv.Itoa(n)
	}
	s.names[descriptor], s.taken[unique] = unique, true
	def := &NamedShape{Name: unique, Enum: enum}
	s.shape.Named = append(s.shape.Named, def)
	def.Variants = variants()
	return &ShapePart{Kind: kindNamed, Name: unique}
}

// madeOf is the shape of a type that is made of others.
func madeOf(kind string, parts ...func(*shaper) *ShapePart) func(*shaper) *ShapePart {
	return func(s *shaper) *ShapePart {
		p := &ShapePart{Kind: kind}
		for _, part := range parts {
			p.Of = append(p.Of, part(s))
		}
		return p
	}
}

// shapes are the fields in shapes.
func shapesOfFields[T any](p []FieldOf[T], s *shaper) []FieldShape {
	var out []FieldShape
	for i := range p {
		out = append(out, FieldShape{Name: p[i].declared, Type: p[i].part(s), Default: byDefault(&p[i])})
	}
	return out
}

// byDefault is the binary form of what the field is where data lack it; nil if they must have it.
func byDefault[T any](f *FieldOf[T]) (b []byte) {
	if f.absent == nil {
		return nil
	}
	Protect(func() { // a default that fails is none
		var v T
		f.absent(&v)
		b = f.append(nil, &v)
	})
	return b
}

// Find is the record or enum of that name, or nil.
func (s *Shape) Find(name string) *NamedShape {
	for _, n := range s.Named {
		if n.Name == name {
			return n
		}
	}
	return nil
}

// Text is the canonical form: equal for shapes that are the same but for defaults of fields.
func (s *Shape) Text() string {
	var b strings.Builder
	b.WriteString(s.Type.text())
	separator := " where "
	for _, n := range s.Named {
		b.WriteString(separator + n.text())
		separator = ", "
	}
	return b.String()
}

func (n *NamedShape) text() string {
	if !n.Enum {
		return "record " + n.Name + n.Variants[0].fieldsText()
	}
	variants := make([]string, len(n.Variants))
	for i, v := range n.Variants {
		variants[i] = v.Name
		if len(v.Fields) > 0 {
			variants[i] += v.fieldsText()
		}
	}
	return "enum " + n.Name + " { " + strings.Join(variants, ", ") + " }"
}

func (v *VariantShape) fieldsText() string {
	fields := make([]string, len(v.Fields))
	for i, f := range v.Fields {
		fields[i] = f.Name + ": " + f.Type.text()
	}
	return "(" + strings.Join(fields, ", ") + ")"
}

// text is the type as users write it.
func (p *ShapePart) text() string {
	parts := make([]string, len(p.Of))
	for i, of := range p.Of {
		parts[i] = of.text()
	}
	list := strings.Join(parts, ", ")
	switch {
	case p.Kind == kindNamed:
		return p.Name
	case p.Kind == kindTuple:
		return "(" + list + ")"
	case len(parts) > 0:
		return p.Kind + "[" + list + "]"
	}
	return p.Kind
}
