package ptl

// Bytes is a sequence of bytes. It is a Go string underneath because, like all values, it never changes.
type Bytes string
