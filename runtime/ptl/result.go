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
