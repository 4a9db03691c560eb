package ptl

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
