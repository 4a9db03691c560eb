package main

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/portals-lang/portals/cmd/portalsc/internal/toolchain"
	"github.com/portals-lang/portals/codegen"
)

// testFlags are the flags of `portalsc test`; the binary that it builds has the same.
type testFlags struct {
	seed   number
	seeds  number
	crash  bool
	run    string
	asJSON bool
}

func testCommand() *cobra.Command {
	f := testFlags{seed: number{n: 1, most: math.MaxUint64}, seeds: number{n: 10, least: 1, most: 1_000_000_000}}
	cmd := &cobra.Command{
		Use:   "test [--seed S] [--seeds N] [--crash] [--run REGEXP] [--json] FILE|DIR… [-- FLAGS…]",
		Short: "Run the tests of programs",
		Long: `Test runs the tests of apps, each with several schedules: the order of everything that may happen in any order is drawn
from a seed. What a test expects must come about with every schedule. The seeds are 1, 2, 3 … unless --seed says where to
begin, so a run can be repeated; a failure names its seed.

With --crash, each schedule is also run once for every commit that it makes, just before and just after it is durable: there
the process crashes, and goes on with what the store holds.

Sources, sinks and the store are cut off. Apps that an app imports run with it, cut off as well. What stands behind -- are
the flags of the params. The exit status is 1 if a test fails.`,
		Example: `  portalsc test shop/
  portalsc test --seeds 1000 --crash bank.ptl
  portalsc test --seed 42 --seeds 1 --run 'money' bank.ptl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			files, params := args, []string(nil)
			if n := cmd.ArgsLenAtDash(); n >= 0 {
				files, params = args[:n], args[n:]
			}
			if len(files) == 0 {
				return needsProgram(cmd, files)
			}
			if err := runsHere(); err != nil {
				return err
			}
			if _, err := regexp.Compile(f.run); err != nil {
				return fmt.Errorf("--run: %w", err)
			}
			apps, err := readApps(files)
			if err != nil {
				return misuse{err}
			}
			externs := &goPackages{}
			out, found := codegen.Compile(apps, codegen.Options{
				Module: inToolchain, Lines: true, Tests: true, Resolve: resolve, Go: externs.find,
			})
			if err := report(found); err != nil {
				return err
			}
			if out.Tests == 0 {
				fmt.Fprintln(cmd.ErrOrStderr(), "there are no tests")
				return nil
			}
			for i, app := range out.Apps {
				if err := distinctPeers(app, out.Peers[i]); err != nil {
					return failure{err}
				}
			}
			binary, err := link(cmd.Context(), out, externs, false)
			if err != nil {
				return err
			}
			return failure{toolchain.Exec(binary, append(f.args(files), params...))}
		},
	}
	cmd.Flags().Var(&f.seed, "seed", "the first seed to draw a schedule from")
	cmd.Flags().Var(&f.seeds, "seeds", "how many seeds to try")
	cmd.Flags().BoolVar(&f.crash, "crash", false, "crash and recover at every commit, too")
	cmd.Flags().StringVar(&f.run, "run", "", "run only the tests whose names match a regular expression")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "report as JSON, a line for each test")
	return cmd
}

// distinctPeers refuses a test of apps that run together and of which two have one name.
func distinctPeers(app string, peers []string) error {
	for i, name := range peers {
		if name == app || slices.Contains(peers[:i], name) {
			return fmt.Errorf("%s is tested with the apps that it imports, directly or not, and two of all these are called %s; name one otherwise: `app NAME` at its top", app, name)
		}
	}
	return nil
}

// args are the arguments of the test binary, up to the flags of the params.
func (f *testFlags) args(files []string) []string {
	args := []string{
		"portalsc", "--seed=" + f.seed.String(), "--seeds=" + f.seeds.String(), "--run=" + f.run,
		"--crash=" + strconv.FormatBool(f.crash), "--json=" + strconv.FormatBool(f.asJSON),
	}
	return append(append(args, files...), "--")
}

// number is a flag that takes a whole number within bounds.
type number struct{ n, least, most uint64 }

// Set reads a number.
func (n *number) Set(text string) error {
	read, err := strconv.ParseUint(text, 10, 64)
	if err != nil || read < n.least || read > n.most {
		return fmt.Errorf("write a number from %d to %d", n.least, n.most)
	}
	n.n = read
	return nil
}

func (n *number) String() string { return strconv.FormatUint(n.n, 10) }

// Type is what --help calls the value.
func (n *number) Type() string { return "number" }
