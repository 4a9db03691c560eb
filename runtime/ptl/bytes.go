package ptl

import (
	"encoding/base64"
	"unicode/utf8"
)

// Bytes is a sequence of bytes. It is a Go string underneath because, like all values, it never changes.
type Bytes string

func appendBase64(b []byte, v Bytes) []byte {
	return base64.StdEncoding.AppendEncode(b, []byte(v))
}

// ParseBytes reads base64, the form in which Bytes stand in JSON and CSV.
func ParseBytes(s string) (Bytes, error) {
	v, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil {
		return "", wanted("Bytes in base64", s)
	}
	return Bytes(v), nil
}

// BytesLength is the number of bytes.
func BytesLength(v Bytes) int64 { return int64(len(v)) }

// BytesSlice is the bytes from low up to, but without, high; what lies outside is left out.
func BytesSlice(v Bytes, low, high int64) Bytes {
	from, to := within(low, high, len(v))
	return v[from:to]
}

// BytesConcat is the bytes of both.
func BytesConcat(v, other Bytes) Bytes { return v + other }

// BytesToText is the text that the bytes are in UTF-8.
func BytesToText(v Bytes) Option[string] {
	if !utf8.ValidString(string(v)) {
		return Option[string]{}
	}
	return Some(string(v))
}

// BytesToList is the bytes as numbers from 0 to 255.
func BytesToList(v Bytes) List[int64] {
	numbers := make([]int64, len(v))
	for i := range numbers {
		numbers[i] = int64(v[i])
	}
	return ListFrom(numbers)
}

// BytesEncodeBase64 is the bytes in base64.
func BytesEncodeBase64(v Bytes) string { return base64.StdEncoding.EncodeToString([]byte(v)) }
