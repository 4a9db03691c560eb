package ptl

import (
	"unsafe"

	"github.com/go-json-experiment/json/jsontext"
)

// FieldOf describes a field of T, which is a record, a tuple or an enum; its type is hidden in the functions, so that
// fields of different types stand in one list.
type FieldOf[T any] struct {
	name     string // in data
	declared string // in the program
	key      []byte // `"name":`

	equal      func(a, b *T) bool
	compare    func(a, b *T) int  // nil: no order
	hash       func(v *T) uint64  // nil: no key
	share      func(place, to *T) // nil: nothing to own
	quote      func(b []byte, v *T) []byte
	append     func(b []byte, v *T) []byte
	read       func(r *Reader, v *T)
	appendJSON func(b []byte, v *T) []byte
	readJSON   func(d *jsontext.Decoder, v *T) error
	cell       func(b []byte, v *T) []byte // in a CSV file
	readText   func(s string, v *T) error  // nil: no plain text form
	absent     func(v *T)                  // sets what a field that is left out means; nil: it must be there
	part       func(s *shaper) *ShapePart
}

// Field describes the field that at points to, called name in data.
func Field[T, F any](name string, at func(*T) *F, t *Type[F]) FieldOf[T] {
	f := FieldOf[T]{
		equal:      func(a, b *T) bool { return t.Equal(*at(a), *at(b)) },
		quote:      func(b []byte, v *T) []byte { return t.Quote(b, *at(v)) },
		cell:       func(b []byte, v *T) []byte { return appendCell(t, b, *at(v)) },
		append:     func(b []byte, v *T) []byte { return t.Append(b, *at(v)) },
		read:       func(r *Reader, v *T) { *at(v) = t.Read(r) },
		appendJSON: func(b []byte, v *T) []byte { return t.AppendJSON(b, *at(v)) },
		readJSON: func(d *jsontext.Decoder, v *T) (err error) {
			*at(v), err = t.ReadJSON(d)
			return err
		},
		declared: name,
		part:     partOf(t),
	}
	if t.Compare != nil {
		f.compare = func(a, b *T) int { return t.Compare(*at(a), *at(b)) }
	}
	if t.Hash != nil {
		f.hash = func(v *T) uint64 { return t.Hash(*at(v)) }
	}
	if t.Share != nil {
		f.share = func(place, to *T) { *at(to) = t.Share(at(place)) }
	}
	if t.ReadText != nil {
		f.readText = func(s string, v *T) (err error) {
			*at(v), err = t.ReadText(s)
			return err
		}
	}
	if t.optional {
		f.absent = func(*T) {}
	}
	return f.As(name)
}

// PointerField describes a field through which a type contains itself. What it points to is never changed, so it can
// own nothing; nil, which only a variant without the field has, is read as the zero value.
func PointerField[T, F any](name string, at func(*T) **F, t *Type[F]) FieldOf[T] {
	value := func(v *T) *F {
		if p := *at(v); p != nil {
			return p
		}
		return new(F)
	}
	f := FieldOf[T]{
		equal: func(a, b *T) bool {
			return *at(a) == *at(b) || t.Equal(*value(a), *value(b))
		},
		quote:  func(b []byte, v *T) []byte { return t.Quote(b, *value(v)) },
		cell:   func(b []byte, v *T) []byte { return appendCell(t, b, *value(v)) },
		append: func(b []byte, v *T) []byte { return t.Append(b, *value(v)) },
		read: func(r *Reader, v *T) {
			x := t.Read(r)
			*at(v) = &x
		},
		appendJSON: func(b []byte, v *T) []byte { return t.AppendJSON(b, *value(v)) },
		readJSON: func(d *jsontext.Decoder, v *T) error {
			x, err := t.ReadJSON(d)
			*at(v) = &x
			return err
		},
		declared: name,
		part:     partOf(t),
	}
	if t.optional {
		f.absent = func(*T) {}
	}
	return f.As(name)
}

// As gives the field another name in data.
func (f FieldOf[T]) As(name string) FieldOf[T] {
	f.name, f.key = name, keyJSON(name)
	return f
}

// keyJSON is what stands before the value of a member of an object.
func keyJSON(name string) []byte { return append(AppendJSONString(nil, name), ':') }

// Default lets the field be left out of data: set then gives it its default.
func (f FieldOf[T]) Default(set func(v *T)) FieldOf[T] {
	f.absent = set
	return f
}

// still is p, without Go's escape analysis seeing it: the functions of a FieldOf are called through pointers, which Go must
// take to keep their arguments, but none does, and every encoding of a record would cost an allocation.
//
// A stack moves when it grows, and then pointers into it are mended, but not an address that is a number. So it must not be
// a number while anything is called. Inlined, it was: Go read the pointer from address again in a loop over fields.
// TestStackMoves finds that.
//
//go:noinline
func still[T any](p *T) *T {
	address := uintptr(unsafe.Pointer(p))
	return *(**T)(unsafe.Pointer(&address))
}
