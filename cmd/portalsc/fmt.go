package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/format"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
)

// formatting says what fmt does with a text that is not in its canonical form.
type formatting struct {
	list, diff bool
	changed    bool
	broken     bool // a text did not parse
	out        io.Writer
}

func fmtCommand() *cobra.Command {
	f := &formatting{}
	cmd := &cobra.Command{
		Use:   "fmt [-l] [-d] [FILE|DIR…]",
		Short: "Put programs into their canonical form",
		Long: `Fmt rewrites files in their canonical form, of a directory all .ptl files. Without files, or for -, it reads the
standard input and prints to the standard output. With -l or -d it changes nothing, and the exit status is 1 if a file
is not in canonical form. A file that does not parse is left alone, and the status is 1; the others are done.`,
		Example: `  portalsc fmt .
  portalsc fmt -d wordcount.ptl
  portalsc fmt < draft.ptl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			f.out = cmd.OutOrStdout()
			if len(args) == 0 {
				args = []string{"-"}
			}
			for _, arg := range args {
				if err := f.argument(arg, cmd.InOrStdin()); err != nil {
					return err
				}
			}
			if f.broken || f.changed && (f.list || f.diff) {
				return exit(exitFailed)
			}
			return nil
		},
	}
	cmd.Flags().BoolVarP(&f.list, "list", "l", false, "list the files that are not in canonical form")
	cmd.Flags().BoolVarP(&f.diff, "diff", "d", false, "print what would change")
	return cmd
}

func (f *formatting) argument(arg string, stdin io.Reader) error {
	if arg == "-" {
		text, err := io.ReadAll(stdin)
		if err != nil {
			return failure{err}
		}
		return f.text("standard input", string(text), func(formatted string) error {
			_, err := io.WriteString(f.out, formatted)
			return err
		})
	}
	app, err := readApp(arg)
	if err != nil {
		return misuse{err}
	}
	for _, file := range app.Files {
		path := filepath.FromSlash(file.Name())
		err := f.text(path, file.Text(), func(formatted string) error {
			if formatted == file.Text() {
				return nil
			}
			return os.WriteFile(path, []byte(formatted), 0o644)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// text formats one text. Without -l and -d, write takes the result.
func (f *formatting) text(name, text string, write func(string) error) error {
	diags := &diag.List{}
	tree := parser.Parse(source.New(name, text), diags)
	if diags.HasErrors() {
		f.broken = true // what does not parse cannot be formatted without losing some of it
		return printed(diags.Sorted())
	}
	formatted := format.Format(tree)
	if !f.list && !f.diff {
		if err := write(formatted); err != nil {
			return failure{err}
		}
		return nil
	}
	if formatted == text {
		return nil
	}
	f.changed = true
	if f.list {
		fmt.Fprintln(f.out, name)
	}
	if f.diff {
		if _, err := f.out.Write(diff.Diff(name, []byte(text), name+" (formatted)", []byte(formatted))); err != nil {
			return failure{err}
		}
	}
	return nil
}
