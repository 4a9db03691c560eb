// Package builtin is the one table of what every program finds without an import: methods, properties, functions and
// operators.
//
// The checker reads the signatures, the documentation and its tests read the examples, and the emitter derives the
// name of the Go function in runtime/ptl: receiver and method (`ListMap`), or the function's name (`Min`). What a
// signature asks of a type parameter (`T: ord`) is passed to that function as a type descriptor, after the arguments, in the
// order of the signature's type parameters; `num` needs none, as the Go function is generic over the number types. A
// mutating method takes a pointer to the place that it changes.
//
// The table is small on purpose: where an operator, an index or another method says the same, there is no second way.
// Hints lists the names that people bring along from other languages, and what they are called here.
package builtin

import (
	"sort"
	"strings"
	"sync"
)

// Entry is one built-in. Sig is written in the language's own types, with constraints after a colon:
// `List[T: eq].contains(x: T) -> Bool`, `List[T].sortBy[K: ord](f: fun(T) -> K) -> List[T]`, `min[T: ord](a: T, b: T) -> T`.
// A property has no parentheses. A result left out is Unit. A parameter with a question mark may be left out.
type Entry struct {
	Sig      string
	Doc      string // one sentence
	Fails    bool   // calling it can fail the event; Doc says when
	Example  string // an expression that is true; for a mutating one a block of statements whose last is
	Mutates  bool   // stands as a statement on a `var` or `state` only
	TaskOnly bool   // needs a running task (now, random, uuid)

	sig *Signature
}

// Signature is the parsed form of Sig.
func (e *Entry) Signature() *Signature { return e.sig }

// Name is how the entry is called in messages and tables: `List.map`, `min`.
func (e *Entry) Name() string { return qualified(e.sig.Receiver(), e.sig.Name) }

// GoName is the name of the Go function in runtime/ptl that does the work: `ListMap`, `Min`.
func (e *Entry) GoName() string {
	name := e.sig.Name
	return e.sig.Receiver() + strings.ToUpper(name[:1]) + name[1:]
}

func qualified(receiver, name string) string {
	if receiver == "" {
		return name
	}
	return receiver + "." + name
}

// table is every entry by its name; it is built once, from the slices of the other files.
var table = sync.OnceValue(func() map[string]*Entry {
	m := map[string]*Entry{}
	for _, group := range [][]Entry{functions, numbers, texts, times, options, lists, maps, sets} {
		for i := range group {
			e := &group[i]
			e.sig = MustParse(e.Sig)
			if m[e.Name()] != nil {
				panic("builtin: " + e.Name() + " twice")
			}
			m[e.Name()] = e
		}
	}
	return m
})

// Lookup finds the method or property of a receiver type by its name: Lookup("List", "map"). It returns nil if there
// is none.
func Lookup(receiver, method string) *Entry { return table()[qualified(receiver, method)] }

// Named finds an entry by its whole name: `List.map`, or `min` of a global function. It returns nil if there is none.
func Named(name string) *Entry { return table()[name] }

// Methods returns the names of the methods and properties of a receiver type, sorted; with "" those of the functions.
func Methods(receiver string) []string {
	var names []string
	for _, e := range table() {
		if e.sig.Receiver() == receiver {
			names = append(names, e.sig.Name)
		}
	}
	sort.Strings(names)
	return names
}

// All returns every entry, by name.
func All() []*Entry {
	entries := make([]*Entry, 0, len(table()))
	for _, e := range table() {
		entries = append(entries, e)
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries
}
