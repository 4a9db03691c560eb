package main

import (
	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/codegen"
)

func checkCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "check FILE|DIR…",
		Short: "Find the mistakes in programs",
		Long: `Check finds what is wrong with programs and builds nothing. Each argument is an app of its own; all its errors and
warnings are reported, sorted by place. The exit status is 3 if there is an error.`,
		Example: `  portalsc check wordcount.ptl
  portalsc check --json shop/`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			apps, err := readApps(args)
			if err != nil {
				return failure{err}
			}
			found := codegen.Check(apps, codegen.Options{Resolve: resolve, Go: new(goPackages).find})
			if asJSON {
				return reportJSON(cmd.OutOrStdout(), found)
			}
			return report(found)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON, to the standard output")
	return cmd
}
