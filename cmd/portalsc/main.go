// Command portalsc compiles and runs Portals programs.
//
// It is thin: it reads files and flags, lets package codegen compile, lets the Go toolchain build (internal/toolchain),
// and prints. The exit status is 0 when all went well, 1 when the program is to blame (it is wrong, one of its tests
// fails, its run failed) and 2 when the command line is.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// The exit statuses.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(200) // a compiler ends soon, and keeps most of what it makes until then
	}
	os.Exit(run(os.Args[1:]))
}

// run is main with its arguments and its exit status.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	cmd := root()
	cmd.SetArgs(args)
	called, err := cmd.ExecuteContextC(ctx)
	return status(called, err)
}

// exit is an error that has been reported, with the status that is left to give.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// failure is an error in doing what was asked.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// misuse is wrong use that the help would not explain, such as a file that is not there. Errors of neither kind are
// wrong use, too.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// status reports an error and is the exit status for it.
func status(cmd *cobra.Command, err error) int {
	var reported exit
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &reported):
		return int(reported)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "portalsc: interrupted")
		return exitFailed
	case errors.As(err, &failure{}):
		fmt.Fprintln(os.Stderr, "portalsc:", err)
		return exitFailed
	case errors.As(err, &misuse{}):
		fmt.Fprintln(os.Stderr, "portalsc:", err)
		return exitUsage
	}
	fmt.Fprintf(os.Stderr, "portalsc: %v\nTry '%s --help'.\n", err, cmd.CommandPath())
	return exitUsage
}

// needsProgram refuses to do something with no program at all.
func needsProgram(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%s needs a program: a .ptl file, or a directory of such files", cmd.Name())
	}
	return nil
}

func root() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "portalsc",
		Short: "Compile and run Portals programs",
		Long: `portalsc compiles programs in the Portals language (.ptl) to native binaries, by way of Go.

An app is one file, or a directory with all its .ptl files.

Binaries are kept in the directory that PORTALS_CACHE names, or else in portals of your cache directory, until nobody has
used them for five days.

The exit status is 0 if all is well; 1 if a program is wrong, a test fails or a run failed; and 2 for wrong use, such as
an unknown flag or a file that is not there.`,
		Example: `  portalsc run hello.ptl
  portalsc run wordcount.ptl -- --input shakespeare.txt
  portalsc check .
  portalsc build -o wordcount wordcount.ptl`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.CompletionOptions.HiddenDefaultCmd = true
	cmd.AddCommand(runCommand(), buildCommand(), testCommand(), checkCommand(), fmtCommand(), genCommand(), explainCommand(), docCommand(), versionCommand())
	for _, sub := range cmd.Commands() {
		sub.DisableFlagsInUseLine = true // where they stand is said
	}
	return cmd
}
