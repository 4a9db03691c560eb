package ptl

import (
	"github.com/go-json-experiment/json/jsontext"
)

// Option is `Some(v)` when OK, else `None`, whose Value is the zero value: so Go's == compares Options of comparable
// types as the language does.
type Option[T any] struct {
	Value T
	OK    bool
}

// Some is the Option that holds v.
func Some[T any](v T) Option[T] { return Option[T]{v, true} }

// None is the Option that holds nothing.
func None[T any]() Option[T] { return Option[T]{} }

// Or is `o ?? v` for a v that costs nothing to have ready.
func (o Option[T]) Or(v T) T {
	if o.OK {
		return o.Value
	}
	return v
}

// OptionIsSome tells whether there is a value.
func OptionIsSome[T any](o Option[T]) bool { return o.OK }

// OptionIsNone tells whether there is no value.
func OptionIsNone[T any](o Option[T]) bool { return !o.OK }

// OptionMap is the value changed by f, if there is one.
func OptionMap[T, U any](o Option[T], f func(T) U) Option[U] {
	if !o.OK {
		return Option[U]{}
	}
	return Some(f(o.Value))
}

// OptionFlatMap is what f makes of the value, if there is one.
func OptionFlatMap[T, U any](o Option[T], f func(T) Option[U]) Option[U] {
	if !o.OK {
		return Option[U]{}
	}
	return f(o.Value)
}

// OptionFilter is the value, if there is one and f holds for it.
func OptionFilter[T any](o Option[T], f func(T) bool) Option[T] {
	if o.OK && f(o.Value) {
		return o
	}
	return Option[T]{}
}

// OptionOrElse is o if it has a value, else other.
func OptionOrElse[T any](o, other Option[T]) Option[T] {
	if o.OK {
		return o
	}
	return other
}

// OptionOkOr is the value as Ok, or the error.
func OptionOkOr[T, E any](o Option[T], e E) Result[T, E] {
	if o.OK {
		return Ok[T, E](o.Value)
	}
	return Err[T](e)
}

// OptionToList is the list of the value, or the empty list.
func OptionToList[T any](o Option[T]) List[T] {
	if o.OK {
		return ListOf(o.Value)
	}
	return List[T]{}
}

// OptionType describes the Options of a type. In JSON, Some is its value and None null; an Option of an Option
// cannot tell Some(None) from None there.
func OptionType[T any](t *Type[T]) *Type[Option[T]] {
	o := &Type[Option[T]]{
		Name:  "Option[" + t.Name + "]",
		Equal: func(a, b Option[T]) bool { return a.OK == b.OK && (!a.OK || t.Equal(a.Value, b.Value)) },
		Quote: func(b []byte, v Option[T]) []byte {
			if !v.OK {
				return append(b, "None"...)
			}
			return append(t.Quote(append(b, "Some("...), v.Value), ')')
		},
		Append: func(b []byte, v Option[T]) []byte {
			if !v.OK {
				return append(b, 0)
			}
			return t.Append(append(b, 1), v.Value)
		},
		Read: func(r *Reader) Option[T] {
			if !r.Bool() {
				return Option[T]{}
			}
			return Some(t.Read(r))
		},
		AppendJSON: func(b []byte, v Option[T]) []byte {
			if !v.OK {
				return append(b, "null"...)
			}
			return t.AppendJSON(b, v.Value)
		},
		ReadJSON: func(d *jsontext.Decoder) (Option[T], error) { return readJSONOption(d, t) },
		optional: true, shaped: madeOf(kindOption, partOf(t)),
	}
	o.Show = o.Quote
	if t.Hash != nil {
		o.Hash = func(v Option[T]) uint64 {
			if !v.OK {
				return HashInt(0)
			}
			return HashCombine(HashInt(1), t.Hash(v.Value))
		}
	}
	if t.ReadText != nil {
		o.ReadText = func(s string) (Option[T], error) {
			if s == "" {
				return Option[T]{}, nil
			}
			v, err := t.ReadText(s)
			return Option[T]{v, err == nil}, err
		}
		o.cell = func(b []byte, v Option[T]) []byte {
			if !v.OK {
				return b
			}
			return appendCell(t, b, v.Value)
		}
	}
	if t.Share != nil {
		o.Share = func(place *Option[T]) Option[T] { return Option[T]{t.Share(&place.Value), place.OK} }
	}
	return o
}

func readJSONOption[T any](d *jsontext.Decoder, t *Type[T]) (Option[T], error) {
	if d.PeekKind() == jsontext.KindNull {
		_, err := d.ReadToken()
		return Option[T]{}, err
	}
	v, err := t.ReadJSON(d)
	return Option[T]{v, err == nil}, err
}
