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

// ascii tells whether all bytes of s are below 128. It looks at four pieces of most texts, which meet or overlap: a loop over another
// length each time is where a processor guesses wrong.
func ascii(s string) bool {
	p, n := unsafe.Pointer(unsafe.StringData(s)), len(s)
	all := uint64(0)
	switch {
	case n >= 24:
		for ; n > 4*24; n -= 2 * 24 {
			all |= bits24(p) | bits24(unsafe.Add(p, 24))
			p = unsafe.Add(p, 2*24)
		}
		last := n - 24
		in := min(24, last)
		all |= bits24(p) | bits24(unsafe.Add(p, in)) | bits24(unsafe.Add(p, last-in)) | bits24(unsafe.Add(p, last))
	case n >= 16:
		all = bits16(p) | bits16(unsafe.Add(p, n-16))
	case n >= 4:
		last := n - 4
		in := min(4, last)
		all = bits4(p) | bits4(unsafe.Add(p, in)) | bits4(unsafe.Add(p, last-in)) | bits4(unsafe.Add(p, last))
	default:
		for i := range n {
			all |= uint64(s[i])
		}
	}
	return all&beyondASCII == 0
}

// bits24, bits16, bits8 and bits4 have the bits that so many bytes have. What is behind p is not looked up in a slice, whose bounds
// would be checked for each piece; where a processor has to, Go reads it byte by byte.
func bits24(p unsafe.Pointer) uint64 { return bits16(p) | bits8(unsafe.Add(p, 16)) }
func bits16(p unsafe.Pointer) uint64 { return bits8(p) | bits8(unsafe.Add(p, 8)) }
func bits8(p unsafe.Pointer) uint64  { return binary.NativeEndian.Uint64((*[8]byte)(p)[:]) }
func bits4(p unsafe.Pointer) uint64  { return uint64(binary.NativeEndian.Uint32((*[4]byte)(p)[:])) }

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
