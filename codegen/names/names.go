// Package names chooses the names of generated Go.
//
// A user's name is kept where Go allows it; else it changes as little as a reader would expect: what Go must see from
// other packages gets a capital, a keyword or a name that the surrounding code needs gets a mark behind it, and of two
// things that would be called the same the second is numbered. Names come from Scopes. A Scope knows what is taken
// around it, and nothing is ever shadowed: generated code may then name anything that is in scope without looking
// again. Scopes next to each other know nothing of each other, so `item` is `item` in every loop.
//
// Choosing is deterministic: it depends on the order in which names are asked for, and on nothing else.
package names

import (
	"go/token"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// predeclared are Go's names that generated code itself may use: all types, and some of the functions. The others (`close`,
// `copy`) may be taken.
var predeclared = strings.Fields("any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 " +
	"rune string uint uint8 uint16 uint32 uint64 uintptr false true iota nil append len max min new panic")

// Scope is a region of Go code in which names must differ.
type Scope struct {
	outer *Scope
	taken map[string]bool
	next  map[string]int // names that were numbered: the first number that was not tried
}

// NewScope returns the outermost scope of a package: what Go predeclares is taken, and so is reserved.
func NewScope(reserved ...string) *Scope {
	s := &Scope{taken: map[string]bool{}, next: map[string]int{}}
	s.Reserve(predeclared...)
	s.Reserve(reserved...)
	return s
}

// Inner returns a scope inside s, in which everything taken in s is taken, now and later.
func (s *Scope) Inner() *Scope {
	return &Scope{outer: s, taken: map[string]bool{}, next: map[string]int{}}
}

// Reserve takes names for the emitter's own use.
func (s *Scope) Reserve(names ...string) {
	for _, name := range names {
		s.taken[name] = true
	}
}

// Free tells whether name is taken neither in s nor around it, and is no keyword.
func (s *Scope) Free(name string) bool {
	if token.IsKeyword(name) || name == "_" {
		return false
	}
	for ; s != nil; s = s.outer {
		if s.taken[name] {
			return false
		}
	}
	return true
}

// Take returns want, which must be an identifier, or the first variation of it that is free, and takes it.
func (s *Scope) Take(want string) string {
	name := want
	if token.IsKeyword(name) {
		name += "_"
	}
	if !s.Free(name) {
		n := 2
		for around := s; around != nil; around = around.outer {
			n = max(n, around.next[want])
		}
		for ; !s.Free(name); n++ {
			name = numbered(want, n)
		}
		s.next[want] = n
	}
	s.taken[name] = true
	return name
}

// numbered puts n behind a name, with a mark between two digits.
func numbered(name string, n int) string {
	if last := name[len(name)-1]; last >= '0' && last <= '9' {
		name += "_"
	}
	return name + strconv.Itoa(n)
}

// Lower is a user's name as an unexported identifier: `Total` is total, `money.toCents` is moneyToCents, `URL` is url.
func Lower(name string) string {
	name = Join(name)
	upper := 0
	for _, r := range name {
		if !unicode.IsUpper(r) {
			break
		}
		upper++
	}
	runes := []rune(name)
	if upper > 1 && upper < len(runes) {
		upper-- // the last capital begins the next word: `HTTPServer` is httpServer
	}
	for i := range upper {
		runes[i] = unicode.ToLower(runes[i])
	}
	return string(runes)
}

// Upper is a user's name as an exported identifier: `word` is Word, `Tree[Int]` is TreeInt. A script without capitals
// gets an X before it, as Go's export rule asks for an upper-case letter.
func Upper(name string) string {
	name = Join(name)
	first, size := utf8.DecodeRuneInString(name)
	if unicode.IsUpper(first) {
		return name
	}
	if upper := unicode.ToUpper(first); unicode.IsUpper(upper) {
		return string(upper) + name[size:]
	}
	return "X" + name
}

// Join makes one identifier out of any text, each word after the first with a capital: `Map[String, Int]` is
// MapStringInt, `a checkout emits` is aCheckoutEmits.
func Join(text string) string {
	var b strings.Builder
	start := false // of a word that is not the first
	for _, r := range text {
		switch {
		case r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r):
			start = b.Len() > 0
			continue
		case b.Len() == 0 && unicode.IsDigit(r):
			b.WriteByte('n')
		case start:
			r = unicode.ToUpper(r)
		}
		start = false
		b.WriteRune(r)
	}
	if b.Len() == 0 {
		return "x"
	}
	return b.String()
}

// Package is a legal, lower-case Go package name for an application.
func Package(app string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(app) {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) && b.Len() > 0 {
			b.WriteRune(r)
		}
	}
	name := strings.Trim(b.String(), "_")
	if name == "" || token.IsKeyword(name) || slices.Contains([]string{"main", "init", "internal", "vendor", "runtime"}, name) {
		name += "app"
	}
	return name
}

// systems are file name endings by which Go takes a file for one of a certain machine, or for a test.
var systems = strings.Fields("test aix android darwin dragonfly freebsd hurd illumos ios js linux netbsd openbsd plan9 " +
	"solaris wasip1 windows zos 386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm")

// File is the base name, without extension, of the Go file for what users call name.
func File(name string) string {
	file := strings.ToLower(Join(name))
	last := file[strings.LastIndexByte(file, '_')+1:]
	for _, system := range systems {
		if last == system && last != file || file == "test" {
			return file + "_"
		}
	}
	return strings.TrimLeft(file, "_") // Go ignores files that start with one
}
