package main

import (
	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/cmd/portalsc/internal/toolchain"
)

func runCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run FILE|DIR… [-- FLAGS…]",
		Short: "Compile programs and run them",
		Long: `Run compiles apps and runs them in one process. What stands behind -- are the flags of the program: its params, and those
that every program has (see "portalsc run app.ptl -- --help"). The exit status is that of the program.

The binary is kept, so a program that has not changed starts at once.`,
		Example: `  portalsc run hello.ptl
  portalsc run wordcount.ptl -- --input shakespeare.txt
  portalsc run pinger/ ponger/ starter/`,
		RunE: func(cmd *cobra.Command, args []string) error {
			files, flags := args, []string(nil)
			if n := cmd.ArgsLenAtDash(); n >= 0 {
				files, flags = args[:n], args[n:]
			}
			if len(files) == 0 {
				return needsProgram(cmd, files)
			}
			if err := runsHere(); err != nil {
				return err
			}
			binary, apps, err := buildApps(cmd.Context(), files, false)
			if err != nil {
				return err
			}
			return failure{toolchain.Exec(binary, append([]string{apps[0]}, flags...))}
		},
	}
}
