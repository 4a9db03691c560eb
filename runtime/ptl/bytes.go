package ptl

import "encoding/base64"

// Bytes is a sequence of bytes. It is a Go string underneath because, like all values, it never changes.
type Bytes string

func appendBase64(b []byte, v Bytes) []byte {
	return base64.StdEncoding.AppendEncode(b, []byte(v))
}

// ParseBytes reads base64, the form in which Bytes stand in JSON and CSV.
func ParseBytes(s string) (Bytes, error) {
	v, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return "", wanted("Bytes in base64", s)
	}
	return Bytes(v), nil
}
