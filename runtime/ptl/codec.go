package ptl

// Codec is straight-line code for a generated type. What RecordType and EnumType put together from fields calls a function
// through a pointer for every field, which is good enough for JSON and text, but takes several times as long where
// every event passes: in the log, in state, and as a key.
type Codec[T any] struct {
	Append func(b []byte, v T) []byte
	Read   func(r *Reader) T
	Equal  func(a, b T) bool
	Hash   func(v T) uint64 // nil for what is no key
}

// With makes t use code that gives the same results faster, and returns t.
func (t *Type[T]) With(c Codec[T]) *Type[T] {
	t.Append, t.Read, t.Equal = c.Append, c.Read, c.Equal
	if c.Hash != nil {
		t.Hash = c.Hash
	}
	return t
}
