// Package builtin is the one table of what every program finds without an import: methods, properties and functions.
//
// The checker reads the signatures, the documentation and its tests read the examples, and the emitter derives the
// name of the Go function in runtime/ptl: receiver and method (`ListMap`), or the function's name (`Min`). What a
// signature asks of a type parameter (`T: ord`) is passed to that function as a type descriptor, after the arguments, in the
// order of the signature's type parameters. A mutating method takes a pointer to the place that it changes.
package builtin

// Entry is one built-in. Sig is written in the language's own types, with constraints after a colon:
// `List[T: eq].contains(x: T) -> Bool`, `List[T].sortBy[K: ord](f: fun(T) -> K) -> List[T]`, `min[T: ord](a: T, b: T) -> T`.
// A property has no parentheses. A result left out is Unit.
type Entry struct {
	Sig      string
	Doc      string // one sentence
	Example  string // an expression that is true; for a mutating one a block of statements whose last is
	Mutates  bool   // stands as a statement on a `var` or `state` only
	TaskOnly bool   // needs a running task (now, random, uuid)
}
