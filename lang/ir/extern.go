package ir

import "github.com/portals-lang/portals/lang/source"

// Extern is a Go function that the program calls.
type Extern struct {
	Name        string
	Doc         string
	Package     string // its path
	PackageName string
	GoName      string
	Params      []*Var
	Result      *Type

	Args     []*GoType // the forms of the parameters in Go
	Variadic bool      // the last parameter, a List, is Go's `...T`
	Results  []*GoType // the values that make up the result; several if it is a tuple
	OK       bool      // a bool follows them, which tells whether there is a value: the result is an Option of them
	HasError bool      // an error follows, which fails the event
	Span     source.Span
}

// GoForm says how a value stands in Go.
type GoForm int

// The forms of values in Go.
const (
	GoSame     GoForm = iota // as the runtime has it: bool, int64, float64
	GoText                   // string, which in Go need not be UTF-8
	GoInt                    // int, which need not have 64 bits
	GoBytes                  // []byte
	GoTime                   // time.Time
	GoDuration               // time.Duration
	GoPointer                // Option[T] as *T
	GoSlice                  // List[T] as []T
	GoMap                    // Map[K, V] as map[K]V
)

// GoType is the form of a type in Go, with those of its parts: one for an Option or List, two for a Map.
type GoType struct {
	Form  GoForm
	Type  *Type
	Parts []*GoType
}
