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
}
