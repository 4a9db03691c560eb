package ptl

import (
	"github.com/go-json-experiment/json/jsontext"
)

// Type is the descriptor of a type: how its values are compared, printed and encoded. Compare is nil for types without
// `<`, Hash for those that are no key. Descriptors are built once and never change.
type Type[T any] struct {
	Name    string // as users write it
	Equal   func(a, b T) bool
	Compare func(a, b T) int
	// Hash is the same in every process and version: slots and partitions are cut by its top bits.
	Hash func(v T) uint64
	// Show appends what `"${v}"` prints; Quote the same inside another value (strings in quotes).
	Show  func(b []byte, v T) []byte
	Quote func(b []byte, v T) []byte
	// Append and Read are the binary form, in the log and in state. Read reports damage through r, never by panic.
	Append func(b []byte, v T) []byte
	Read   func(r *Reader) T
	// AppendJSON appends compact JSON; ReadJSON reads the next value of d.
	AppendJSON func(b []byte, v T) []byte
	ReadJSON   func(d *jsontext.Decoder) (T, error)
	// ReadText reads a cell of a CSV file or a flag; nil for types that have no plain text form.
	ReadText func(s string) (T, error)
	// Share takes the ownership of collections in the place away and returns its value; nil where nothing can be owned.
	Share func(place *T) T

	optional bool                       // the zero value stands for a field that is left out, or an empty cell
	fields   any                        // of a record: the columns of its CSV files, a []FieldOf[T]; see columns
	cell     func(b []byte, v T) []byte // a cell of a CSV file; nil: as Show has it
	shaped   func(s *shaper) *ShapePart // nil: a type that its name tells all of
}

// Lazy is the descriptor of a type that is still being built: a recursive type refers to itself through it. get is
// called when the first value is met, not before. Recursive types have no order, are no keys and have no plain text.
func Lazy[T any](name string, get func() *Type[T]) *Type[T] {
	return &Type[T]{
		Name:       name,
		Equal:      func(a, b T) bool { return get().Equal(a, b) },
		Show:       func(b []byte, v T) []byte { return get().Show(b, v) },
		Quote:      func(b []byte, v T) []byte { return get().Quote(b, v) },
		Append:     func(b []byte, v T) []byte { return get().Append(b, v) },
		Read:       func(r *Reader) T { return readDeeper(r, get()) },
		AppendJSON: func(b []byte, v T) []byte { return get().AppendJSON(b, v) },
		ReadJSON:   func(d *jsontext.Decoder) (T, error) { return get().ReadJSON(d) },
		Share:      func(place *T) T { return shareOf(get(), place) },
		shaped:     func(s *shaper) *ShapePart { return partOf(get())(s) },
	}
}

// readDeeper reads a value that stands inside another of its own type.
func readDeeper[T any](r *Reader, t *Type[T]) (v T) {
	if r.depth == deepest {
		r.Fail(errTooDeep)
		return v
	}
	r.depth++
	v = t.Read(r)
	r.depth--
	return v
}

// shareOf is Share, whether there is anything to own or not. This and others are no methods, as those are compiled for every type
// that a program has, used or not.
func shareOf[T any](t *Type[T], place *T) T {
	if t.Share == nil {
		return *place
	}
	return t.Share(place)
}
