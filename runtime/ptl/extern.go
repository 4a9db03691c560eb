package ptl

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"
	"unicode/utf8"
	"unsafe"
)

// What follows takes values to functions of Go, and back. Values of the language never change, so whatever Go could
// change, or may have kept, is copied.

// Check fails the event with the error that a function of Go has returned, if there is one.
func Check(err error) {
	if err != nil {
		Fail(err.Error())
	}
}

// Same is the conversion of elements that are the same on either side.
func Same[T any](v T) T { return v }

// GoInt is a number as an int; it fails where ints are too small for it.
func GoInt(n int64) int {
	if int64(int(n)) != n {
		Fail(IntType.Text(n) + " does not fit in an int of this machine")
	}
	return int(n)
}

// GoTime is a Time of package time, in UTC.
func GoTime(t Time) time.Time { return t.utc() }

// GoPointer is a pointer to the value, or nil.
func GoPointer[T, G any](o Option[T], convert func(T) G) *G {
	if !o.OK {
		return nil
	}
	v := convert(o.Value)
	return &v
}

// GoSlice is a slice of the elements.
func GoSlice[T, G any](l List[T], convert func(T) G) []G {
	out := make([]G, len(l.items))
	for i, v := range l.items {
		out[i] = convert(v)
	}
	return out
}

// GoMap is a map of Go with the entries.
func GoMap[K, GK comparable, V, GV any](m Map[K, V], key func(K) GK, value func(V) GV) map[GK]GV {
	out := make(map[GK]GV, m.Len())
	for k, v := range m.All() {
		out[key(k)] = value(v)
	}
	return out
}

// TextOfGo is a string of Go, which fails the event if it is not UTF-8: texts always are.
func TextOfGo(s string) string {
	if !ascii(s) && !utf8.ValidString(s) {
		Fail("Go gave a string that is not UTF-8")
	}
	return s
}

// ascii tells whether all bytes of s are below 128. It looks at the first and the last few of them, which meet or overlap in most
// texts: a loop over what is left, of another length each time, is where a processor guesses wrong.
func ascii(s string) bool {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	all, n := uint64(0), len(b)
	switch {
	case n >= 32:
		all = bits32(b) | bits32(b[n-32:])
		for b = b[32:]; len(b) > 32; b = b[32:] {
			all |= bits32(b)
		}
	case n >= 16:
		all = bits16(b) | bits16(b[n-16:])
	case n >= 8:
		all = binary.NativeEndian.Uint64(b) | binary.NativeEndian.Uint64(b[n-8:])
	default:
		for _, c := range b {
			all |= uint64(c)
		}
	}
	return all&beyondASCII == 0
}

// bits32 and bits16 have the bits that so many bytes have.
func bits32(b []byte) uint64 { return bits16(b) | bits16(b[16:]) }
func bits16(b []byte) uint64 {
	return binary.NativeEndian.Uint64(b) | binary.NativeEndian.Uint64(b[8:])
}

const beyondASCII = 0x8080808080808080

// IntOfGo is an int of Go.
func IntOfGo(n int) int64 { return int64(n) }

// TimeOfGo is a time of Go; it fails the event outside of the years that a Time can hold.
func TimeOfGo(t time.Time) Time {
	n := t.UnixNano()
	if !time.Unix(0, n).Equal(t) {
		Fail("Go gave the time " + t.Format(time.RFC3339) + ", which does not fit in Time (the years 1678 to 2262)")
	}
	return Time(n)
}

// OptionOfGo is what p points to, or None.
func OptionOfGo[T, G any](p *G, convert func(G) T) Option[T] {
	if p == nil {
		return Option[T]{}
	}
	return Some(convert(*p))
}

// ListOfGo is the list of a slice's elements.
func ListOfGo[T, G any](s []G, convert func(G) T) List[T] {
	out := make([]T, len(s))
	for i, v := range s {
		out[i] = convert(v)
	}
	return ListFrom(out)
}

// MapOfGo is the map with the entries of Go's, in the order of the keys, since Go's have none.
func MapOfGo[K cmp.Ordered, GK comparable, V, GV any](m map[GK]GV, key func(GK) K, value func(GV) V) Map[K, V] {
	entries := make([]Tuple2[K, V], 0, len(m))
	for k, v := range m {
		entries = append(entries, Tuple2[K, V]{key(k), value(v)})
	}
	slices.SortFunc(entries, func(a, b Tuple2[K, V]) int { return cmp.Compare(a.V0, b.V0) })
	return MapOf(entries...)
}
