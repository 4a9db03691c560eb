package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/doc"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/stdlib"
	"github.com/portals-lang/portals/typecheck"
)

func docCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doc [--json] [FILE|DIR|MODULE] [NAME]",
		Short: "Show the documentation of programs and of what is built in",
		Long: `Doc prints what an app declares, with the doc comments (lines that begin with ///), and without the bodies of tasks and
functions; so too of a module of the standard library. With a name it prints that declaration with all its members. Without
a file, directory or module it is about what every program finds: types and their methods, functions, connectors, generators
and the words of the language.`,
		Example: `  portalsc doc shop/
  portalsc doc shop/ Cart
  portalsc doc window
  portalsc doc window Join
  portalsc doc List
  portalsc doc List.map
  portalsc doc file.ndjson
  portalsc doc await`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			all, about, name, err := documented(args)
			if err != nil {
				return err
			}
			whole := name != ""
			if whole {
				found, near := doc.Find(all, name)
				if len(found) == 0 {
					return misuse{fmt.Errorf("%s has no %s%s", about, name, question(near))}
				}
				all = found
			}
			if asJSON {
				e := json.NewEncoder(cmd.OutOrStdout())
				e.SetIndent("", "  ")
				e.SetEscapeHTML(false)
				err = e.Encode(all)
			} else {
				err = doc.Text(cmd.OutOrStdout(), all, whole)
			}
			if err != nil {
				return failure{err}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

// documented reads arguments: what there is to show, of what, and the name that is asked for, if there is one.
func documented(args []string) (all []doc.Entry, about, name string, err error) {
	if len(args) > 0 {
		about, name = args[0], strings.Join(args[1:], "")
		if isProgram(about) {
			all, err = declarations(about)
			return all, about, name, err
		}
		if module, member, dotted := strings.Cut(about, "."); dotted && len(args) == 1 && !isProgram(about) {
			if _, _, found := stdlib.Module(module); found { // as programs write it
				about, name = module, member
			}
		}
		if path, text, found := stdlib.Module(about); found {
			return doc.App([]*ast.File{parser.Parse(source.New(path, text), &diag.List{})}), about, name, nil
		}
	}
	switch len(args) {
	case 2:
		return nil, "", "", misuse{fmt.Errorf("there is no file or directory %s%s", args[0], suggest(args[0]))}
	case 1:
		return append(builtins(), doc.Words()...), "what is built in", args[0], nil
	}
	words := doc.Entry{Kind: "type", Name: "words", Text: "words of the language", Members: doc.Words()}
	return append(builtins(), words), "", "", nil
}

// isProgram tells whether an argument is meant to be a file or directory.
func isProgram(arg string) bool {
	_, err := os.Stat(arg)
	return err == nil || filepath.Ext(arg) == extension || filepath.Base(arg) != arg
}

func declarations(arg string) ([]doc.Entry, error) {
	app, err := readApp(arg)
	if err != nil {
		return nil, misuse{err}
	}
	diags := &diag.List{}
	var files []*ast.File
	for _, f := range app.Files {
		files = append(files, parser.Parse(f, diags))
	}
	return doc.App(files), report(diags.Sorted())
}

// builtins are the built-in types and functions, the connectors and the generators.
func builtins() []doc.Entry {
	all := doc.Builtins()
	for _, role := range []string{"source", "sink", "generator"} {
		for _, c := range typecheck.Connectors(role) {
			all = append(all, doc.Entry{Kind: role, Name: c.Name(), Text: c.Sig, Doc: c.Doc})
		}
	}
	return all
}

// question asks whether that name was meant; without one it says where all names are.
func question(near string) string {
	if near == "" {
		return "; `portalsc doc` shows what there is"
	}
	return "; is it " + near + "?"
}
