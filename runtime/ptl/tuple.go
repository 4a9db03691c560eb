package ptl

// The tuples `(A, B)` and so on. The language stops at eight elements, where a record with names reads better anyway.
type (
	Tuple2[A, B any] struct {
		V0 A
		V1 B
	}
	Tuple3[A, B, C any] struct {
		V0 A
		V1 B
		V2 C
	}
	Tuple4[A, B, C, D any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
	}
	Tuple5[A, B, C, D, E any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
		V4 E
	}
	Tuple6[A, B, C, D, E, F any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
		V4 E
		V5 F
	}
	Tuple7[A, B, C, D, E, F, G any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
		V4 E
		V5 F
		V6 G
	}
	Tuple8[A, B, C, D, E, F, G, H any] struct {
		V0 A
		V1 B
		V2 C
		V3 D
		V4 E
		V5 F
		V6 G
		V7 H
	}
)
