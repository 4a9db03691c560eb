package ptl

// Unit is the type of what has nothing to say; its one value is `()`.
type Unit = struct{}
