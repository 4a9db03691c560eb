package ptl

// Result is `Ok(Value)` when OK, else `Err(Err)`; the side that is not meant holds its zero value.
type Result[T, E any] struct {
	Value T
	Err   E
	OK    bool
}

// Ok is the Result of what went well.
func Ok[T, E any](v T) Result[T, E] { return Result[T, E]{Value: v, OK: true} }

// Err is the Result of what failed.
func Err[T, E any](e E) Result[T, E] { return Result[T, E]{Err: e} }

// Error is what `try await` and `on error` find: why something failed, in words.
type Error struct{ Message string }

// ResultIsOk tells whether r is a value.
func ResultIsOk[T, E any](r Result[T, E]) bool { return r.OK }

// ResultIsErr tells whether r is an error.
func ResultIsErr[T, E any](r Result[T, E]) bool { return !r.OK }

// ResultMap is the value changed by f, or the error.
func ResultMap[T, E, U any](r Result[T, E], f func(T) U) Result[U, E] {
	if !r.OK {
		return Err[U](r.Err)
	}
	return Ok[U, E](f(r.Value))
}

// ResultMapErr is the value, or the error changed by f.
func ResultMapErr[T, E, F any](r Result[T, E], f func(E) F) Result[T, F] {
	if !r.OK {
		return Err[T](f(r.Err))
	}
	return Ok[T, F](r.Value)
}

// ResultFlatMap is what f makes of the value, or the error.
func ResultFlatMap[T, E, U any](r Result[T, E], f func(T) Result[U, E]) Result[U, E] {
	if !r.OK {
		return Err[U](r.Err)
	}
	return f(r.Value)
}

// ResultToOption is the value, without the reason if there is none.
func ResultToOption[T, E any](r Result[T, E]) Option[T] { return Option[T]{r.Value, r.OK} }

// ErrorType describes Error.
var ErrorType = RecordType("Error", Field("message", func(e *Error) *string { return &e.Message }, StringType))

// ResultType describes the Results of two types: enums of Ok(value) and Err(error), in JSON too.
func ResultType[T, E any](t *Type[T], e *Type[E]) *Type[Result[T, E]] {
	s := &sum[Result[T, E]]{
		name: "Result[" + t.Name + ", " + e.Name + "]",
		index: func(r *Result[T, E]) int {
			if r.OK {
				return 0
			}
			return 1
		},
		choose: func(r *Result[T, E], i int) { r.OK = i == 0 },
		variants: []VariantOf[Result[T, E]]{
			Variant("Ok", Field("value", func(r *Result[T, E]) *T { return &r.Value }, t)),
			Variant("Err", Field("error", func(r *Result[T, E]) *E { return &r.Err }, e)),
		},
	}
	d := s.descriptor()
	d.shaped = madeOf(kindResult, partOf(t), partOf(e))
	return d
}
