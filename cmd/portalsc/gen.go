package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/codegen"
)

func genCommand() *cobra.Command {
	var dir string
	var lines bool
	cmd := &cobra.Command{
		Use:   "gen [-o DIR] [--lines] FILE|DIR…",
		Short: "Show the Go that programs become",
		Long: `Gen prints the Go code of programs, one file after the other, or writes it into a directory. The //line directives, by
which panics and debuggers show the lines of the program, are left out on paper and put in on disk; --lines decides.`,
		Example: `  portalsc gen wordcount.ptl | less
  portalsc gen -o out wordcount.ptl`,
		Args: needsProgram,
		RunE: func(cmd *cobra.Command, args []string) error {
			apps, err := readApps(args)
			if err != nil {
				return misuse{err}
			}
			if !cmd.Flags().Changed("lines") {
				lines = dir != ""
			}
			out, found := codegen.Compile(apps, codegen.Options{
				Module: "example.com/program", Lines: lines, Resolve: resolve, Go: new(goPackages).find,
			})
			if err := report(found); err != nil {
				return err
			}
			if dir != "" {
				return writeFiles(dir, out.Files)
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s", txtar.Format(archive(out.Files)))
			return nil
		},
	}
	cmd.Flags().StringVarP(&dir, "output", "o", "", "the directory to write the files into")
	cmd.Flags().BoolVar(&lines, "lines", false, "refer to the lines of the program (default: only with -o)")
	return cmd
}

// archive lists files by name.
func archive(files map[string][]byte) *txtar.Archive {
	a := &txtar.Archive{}
	for name, text := range files {
		a.Files = append(a.Files, txtar.File{Name: name, Data: text})
	}
	slices.SortFunc(a.Files, func(x, y txtar.File) int {
		if x.Name < y.Name {
			return -1
		}
		return 1
	})
	return a
}

func writeFiles(dir string, files map[string][]byte) error {
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return failure{err}
		}
		if err := os.WriteFile(path, text, 0o644); err != nil {
			return failure{err}
		}
	}
	return nil
}
