// Package stdlib is the standard library: modules written in the language itself, NAME.ptl for `import NAME`, which the
// compiler carries with it.
//
// What is here is meant to be read and copied. A module is like one of the user's own: records, enums, functions and
// tasks, all public. Its tests need streams and workflows, which only apps have; so they are apps that import it, in the
// directory tests.
package stdlib

import (
	"embed"
	"strings"
)

//go:embed *.ptl
var files embed.FS

const extension = ".ptl"

// Module is the text of a module, and the path that messages and generated code call it by.
func Module(name string) (path, text string, found bool) {
	held, err := files.ReadFile(name + extension)
	if err != nil {
		return "", "", false
	}
	return "stdlib/" + name + extension, string(held), true
}

// Names are the names of all modules, sorted.
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the root of an embedded directory is always there
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = strings.TrimSuffix(e.Name(), extension)
	}
	return names
}
