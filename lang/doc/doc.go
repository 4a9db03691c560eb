// Package doc says what there is to know of a program, or of what every program finds without an import: declarations
// without their bodies, each with its doc comment. It is what `portalsc doc` prints.
package doc

import (
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/format"
)

// Entry is something that has a name.
type Entry struct {
	Kind    string  `json:"kind"`              // the word that declares it: `task`, `stream`, …; or `method`, `connector`, …
	Name    string  `json:"name"`              // as programs write it
	Text    string  `json:"text"`              // its declaration, without a body, in canonical form
	Doc     string  `json:"doc,omitempty"`     // the text of its doc comment
	Example string  `json:"example,omitempty"` // of a built-in: an expression that is true, or statements that end in one
	Place   string  `json:"place,omitempty"`   // of a word: where its example stands, a `file`, `task`, `handler`, `workflow` or `test`
	Section string  `json:"section,omitempty"` // of a word: where spec.md tells of it
	File    string  `json:"file,omitempty"`    // where it is declared
	Line    int     `json:"line,omitempty"`    // from 1
	Members []Entry `json:"members,omitempty"` // fields, variants, states, handlers, helpers; methods of a type
}

// App lists what the files of an application, or of a module, declare, in the order in which they stand there; imports
// and tests are left out.
func App(files []*ast.File) []Entry {
	var all []Entry
	for _, f := range files {
		for _, d := range f.Decls {
			if e, ok := declared(f, d); ok {
				e.Text = strings.TrimSuffix(format.Head(f, d), "\n")
				e.File, e.Line = f.Source.Name(), f.Source.Position(d.Span().Start).Line
				all = append(all, e)
			}
		}
	}
	return all
}

// declared is all of an entry that depends on the kind of its declaration.
func declared(f *ast.File, d ast.Decl) (e Entry, ok bool) {
	switch d := d.(type) {
	case *ast.AppDecl:
		e = Entry{Kind: "app", Name: d.Name.Text, Doc: string(d.Doc)}
	case *ast.ParamDecl:
		e = Entry{Kind: "param", Name: d.Name.Text, Doc: string(d.Doc)}
	case *ast.RecordDecl:
		e = Entry{Kind: "record", Name: d.Name.Text, Doc: string(d.Doc), Members: fields(f, d.Fields)}
	case *ast.EnumDecl:
		e = Entry{Kind: "enum", Name: d.Name.Text, Doc: string(d.Doc), Members: variants(f, d.Variants)}
	case *ast.FunDecl:
		e = Entry{Kind: "fun", Name: d.Name.Text, Doc: string(d.Doc)}
	case *ast.ExternDecl:
		e = Entry{Kind: "extern fun", Name: d.Name.Text, Doc: string(d.Doc)}
	case *ast.PortalDecl:
		e = Entry{Kind: "portal", Name: d.Name.Text, Doc: string(d.Doc)}
	case *ast.StreamDecl:
		e = Entry{Kind: "stream", Name: d.Name.Text, Doc: string(d.Doc)}
	case *ast.SinkDecl:
		e = Entry{Kind: "sink", Name: d.Stream.Span().Text(), Doc: string(d.Doc)}
	case *ast.TaskDecl:
		e = Entry{Kind: "task", Name: d.Name.Text, Doc: string(d.Doc), Members: members(f, d.Members)}
	case *ast.WorkflowDecl:
		e = Entry{Kind: "workflow", Name: d.Name.Text, Doc: string(d.Doc)}
	default:
		return Entry{}, false
	}
	return e, true
}

func fields(f *ast.File, fields []*ast.FieldDecl) []Entry {
	var all []Entry
	for _, x := range fields {
		all = append(all, Entry{
			Kind: "field", Name: x.Name.Text, Doc: string(x.Doc),
			Text: strings.TrimSuffix(format.FieldHead(f, x), "\n"), Line: f.Source.Position(x.Place.Start).Line,
		})
	}
	return all
}

func variants(f *ast.File, variants []*ast.VariantDecl) []Entry {
	var all []Entry
	for _, v := range variants {
		all = append(all, Entry{
			Kind: "variant", Name: v.Name.Text, Doc: string(v.Doc), Text: v.Place.Text(),
			Line: f.Source.Position(v.Place.Start).Line, Members: fields(f, v.Fields),
		})
	}
	return all
}

func members(f *ast.File, members []ast.Member) []Entry {
	var all []Entry
	for _, m := range members {
		e := Entry{Text: strings.TrimSuffix(format.MemberHead(f, m), "\n"), Line: f.Source.Position(m.Span().Start).Line}
		switch m := m.(type) {
		case *ast.StateDecl:
			e.Kind, e.Name, e.Doc = "state", m.Name.Text, string(m.Doc)
		case *ast.Handler:
			e.Kind, e.Name, e.Doc = "handler", "on "+m.Kind.String(), string(m.Doc)
		case *ast.FunDecl:
			e.Kind, e.Name, e.Doc = "helper", m.Name.Text, string(m.Doc)
		}
		all = append(all, e)
	}
	return all
}

// Builtins lists the types with their methods, and behind them the functions, that every program finds.
func Builtins() []Entry {
	byName := map[string]int{}
	var types, functions []Entry
	for _, b := range builtin.All() {
		e := Entry{Kind: "function", Name: b.Name(), Text: b.Sig, Doc: b.Doc, Example: b.Example}
		receiver := b.Signature().Receiver()
		if receiver == "" {
			functions = append(functions, e)
			continue
		}
		e.Kind = "method"
		at, known := byName[receiver]
		if !known {
			at = len(types)
			byName[receiver] = at
			types = append(types, Entry{Kind: "type", Name: receiver, Text: receiver})
		}
		types[at].Members = append(types[at].Members, e)
	}
	return append(types, functions...)
}

// Find returns every entry of a name: `Cart`, or with the name of what it belongs to, `Cart.items`, `List.map`; of `http` all
// whose names begin with it, such as `http.post`; of `map` every method of that name; of a word every form that it is in. If there
// is none, near is the name that was probably meant, or "".
func Find(all []Entry, name string) (found []Entry, near string) {
	var names []string
	var members []Entry
	for _, e := range all {
		names = append(names, e.Name)
		isWord := e.Kind == "word" && slices.Contains(strings.Fields(e.Name), name)
		if e.Name == name || strings.HasPrefix(e.Name, name+".") || isWord {
			found = append(found, e)
		}
		if e.Kind == "word" {
			names = append(names, strings.Fields(e.Name)...)
		}
		for _, m := range e.Members {
			bare := strings.TrimPrefix(m.Name, e.Name+".")
			whole := e.Name + "." + bare
			names = append(names, whole, bare)
			switch name {
			case whole:
				found = append(found, m)
			case bare:
				members = append(members, m)
			}
		}
	}
	if found = append(found, members...); len(found) == 0 {
		near, _ = diag.Nearest(name, names)
	}
	return found, near
}
