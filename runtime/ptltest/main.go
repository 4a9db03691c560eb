package ptltest

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// The exit statuses of a test binary.
const (
	exitPassed = 0
	exitFailed = 1
	exitUsage  = 2
)

// Main is the main function of a test binary, which `portalsc test` builds and calls: flags, then for each suite the
// argument that it was compiled from, and behind `--` flags for the params.
func Main(suites ...*Suite) {
	os.Exit(run(suites, os.Args[1:], os.Stdout, os.Stderr))
}

func run(suites []*Suite, args []string, stdout, stderr io.Writer) int {
	var params []string
	if i := slices.Index(args, "--"); i >= 0 {
		args, params = args[:i], args[i+1:]
	}
	var p plan
	flags := flag.NewFlagSet("test", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Uint64Var(&p.first, "seed", 1, "the first seed")
	flags.IntVar(&p.seeds, "seeds", 1, "how many seeds")
	flags.BoolVar(&p.crash, "crash", false, "crash at every commit")
	pattern := flags.String("run", "", "only tests whose names match")
	asJSON := flags.Bool("json", false, "report as JSON")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	wanted, err := regexp.Compile(*pattern)
	if err != nil {
		fmt.Fprintln(stderr, "portalsc test:", err)
		return exitUsage
	}
	dir := commonDir(flags.Args())
	rep := &report{out: stdout, json: *asJSON, plan: p}
	for i, suite := range suites {
		if err := setParams(suite.all(), params); err != nil {
			fmt.Fprintf(stderr, "portalsc test: %s: %s\n", suite.App.Name, err)
			return exitUsage
		}
		s := source{arg: flags.Arg(i), dir: dir, flags: params}
		for _, test := range suite.Tests {
			if wanted.MatchString(test.Name) {
				rep.add(s, p.try(suite, test))
			}
		}
	}
	rep.end()
	if rep.failed > 0 {
		return exitFailed
	}
	return exitPassed
}

// commonDir is the directory that everything which the arguments name lies in: places of the program begin there.
func commonDir(args []string) string {
	var common []string
	for i, arg := range args {
		dir := path.Clean(strings.ReplaceAll(arg, `\`, "/"))
		if strings.HasSuffix(dir, ".ptl") {
			dir = path.Dir(dir)
		}
		parts := strings.Split(dir, "/")
		if i == 0 {
			common = parts
			continue
		}
		n := 0
		for n < min(len(common), len(parts)) && common[n] == parts[n] {
			n++
		}
		common = common[:n]
	}
	if len(common) == 1 && common[0] == "" {
		return "/"
	}
	return strings.Join(common, "/")
}

// setParams gives the params of an app their values: those of the flags, and defaults.
func setParams(app *ptl.App, args []string) error {
	flags := flag.NewFlagSet(app.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	for _, p := range app.Params {
		if p.Default != nil {
			if fault := ptl.Protect(p.Default); fault != nil {
				return fmt.Errorf("%s: the default of --%s fails: %s", p.Spec.Place, p.Spec.Flag, fault.Message)
			}
		}
		set := func(text string) error { return p.Set(text) }
		if p.Type == "Bool" {
			flags.BoolFunc(p.Spec.Flag, "", set)
		} else {
			flags.Func(p.Spec.Flag, "", set)
		}
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for _, p := range app.Params {
		if p.Default == nil && !given[p.Spec.Flag] {
			return fmt.Errorf("%s: the param %s has no default; give it behind --, as in `portalsc test … -- --%s VALUE`", p.Spec.Place, p.Spec.Name, p.Spec.Flag)
		}
	}
	return nil
}
