package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/lang/diag"
)

func checkCommand() *cobra.Command {
	var asJSON, fix, onlyDiff bool
	cmd := &cobra.Command{
		Use:   "check [--fix [-d]] [--json] FILE|DIR…",
		Short: "Find the mistakes in programs",
		Long: `Check finds what is wrong with programs and builds nothing. Each argument is an app of its own; all its errors and
warnings are reported, sorted by place. The exit status is 1 if there is an error; warnings do not count.

With --fix, the edits that errors and warnings suggest are made in the files, and those made that then show; what is left
is reported. With --fix -d they are printed instead.`,
		Example: `  portalsc check wordcount.ptl
  portalsc check --fix -d wordcount.ptl
  portalsc check --json shop/`,
		Args: needsProgram,
		RunE: func(cmd *cobra.Command, args []string) error {
			apps, err := readApps(args)
			if err != nil {
				return misuse{err}
			}
			if onlyDiff && !fix {
				return errors.New("-d says how --fix works; write both")
			}
			f := newFixer(apps)
			var found []*diag.Diagnostic
			if fix {
				found = f.fix()
			} else {
				found = f.check()
			}
			switch {
			case onlyDiff:
				err = f.diff(cmd.OutOrStdout())
			case fix:
				err = f.write()
			}
			if err != nil {
				return failure{err}
			}
			if asJSON {
				return reportJSON(cmd.OutOrStdout(), found)
			}
			return report(found)
		},
	}
	cmd.Flags().BoolVar(&fix, "fix", false, "make the edits that are suggested")
	cmd.Flags().BoolVarP(&onlyDiff, "diff", "d", false, "print what --fix would change, and change nothing")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON, to the standard output")
	return cmd
}
