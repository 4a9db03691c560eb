package runtime

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// The exit statuses of a compiled program.
const (
	exitDone   = 0
	exitFailed = 1 // the program failed
	exitUsage  = 2 // wrong flags
)

// Main is the main function of a compiled program: it reads the flags, runs the apps together and exits.
func Main(apps ...*ptl.App) {
	MakeHeadroom()
	os.Exit(run(ptl.Together(apps...), os.Args[1:], os.Stdout, os.Stderr))
}

// program is a compiled program as its command line sees it.
type program struct {
	app            *ptl.App
	params         params
	stdout, stderr io.Writer
	quiet          bool
	status         int
}

func run(app *ptl.App, args []string, stdout, stderr io.Writer) int {
	p := &program{app: app, params: params{all: app.Params}, stdout: stdout, stderr: stderr}
	cmd := p.command()
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	if err := cmd.Execute(); err != nil {
		p.say("%s\nTry '%s --help'.", err, app.Name)
		return exitUsage
	}
	return p.status
}

// say tells the user something, on one line behind the name of the app.
func (p *program) say(format string, args ...any) {
	fmt.Fprintf(p.stderr, "%s: %s\n", p.app.Name, fmt.Sprintf(format, args...))
}

// fails tells why the program fails.
func (p *program) fails(err error) {
	p.say("%s", err)
	p.status = exitFailed
}

// start runs the app.
func (p *program) start(o Options) {
	shown := newProgress(p.stderr, p.quiet)
	p.stderr = shown
	defer shown.close()
	o.Stdout = shown.beside(p.stdout)
	o.Notice = func(text string) {
		if !p.quiet {
			p.say("%s", text)
		}
	}
	o.Log = slog.New(slog.NewTextHandler(shown, nil))
	slog.SetDefault(o.Log) // what is computed before anything runs may log, and so may functions of Go
	o.Progress, o.Recovering = shown.show, shown.recovering
	ctx, stop := p.interruptible()
	defer stop()
	if err := Run(ctx, p.app, o); err != nil {
		shown.close()
		p.fails(withWayOut(err, o))
	}
}

// withWayOut adds to the failure of an event what can be done about it.
func withWayOut(err error, o Options) error {
	var failed *ptl.AtomError
	switch {
	case !errors.As(err, &failed):
		return err
	case failed.Event == "" || o.SkipFailed: // skipping is for events
		return fmt.Errorf("%w\n  mend the program and start it again", err)
	}
	return fmt.Errorf("%w\n  mend the program and start it again, or have such events put aside with --on-failure skip", err)
}

// command is the command line of a compiled program.
func (p *program) command() *cobra.Command {
	var o Options
	var durability, onFailure string
	cmd := &cobra.Command{
		Use:           p.app.Name + " [flags]",
		Short:         firstSentence(p.app.Doc),
		Long:          strings.TrimSpace(p.app.Doc),
		Example:       examples(p.app),
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := o.choose(durability, onFailure); err != nil {
				return err
			}
			if err := p.params.settleAll(); err != nil {
				p.fails(err)
				return nil
			}
			boundHeap(o.MemoryBudget)
			p.start(o)
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	p.params.define(f)
	groupFlags(cmd)
	for _, param := range p.app.Params {
		if param.Default == nil {
			_ = cmd.MarkFlagRequired(param.Spec.Flag) // it has just been defined
		}
	}
	p.dataFlag(f, &o.Data)
	f.BoolVar(&o.Memory, "memory", false, "keep everything in memory: nothing survives the process")
	f.StringVar(&durability, "durability", "sync", "sync: survives a power cut; async: survives a crash of the process only")
	f.Var((*count)(&o.Parallelism), "parallelism", "partitions of each workflow (default one for each processor); results do not depend on it")
	f.Var((*size)(&o.MemoryBudget), "memory-budget", "how much memory states and the store's cache may take together, such as 2GiB; the rest stays in the store (default no limit)")
	f.StringVar(&onFailure, "on-failure", "stop", "stop at an event that fails, or skip it")
	f.BoolVar(&o.Fresh, "fresh", false, "forget what an earlier run has left and start again")
	f.BoolVar(&o.RestartSources, "restart-source", false, "accept a source that holds other data than it did, from its start")
	f.BoolVar(&p.quiet, "quiet", false, "show no progress and no notices, only what fails")
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.SetHelpCommand(&cobra.Command{Hidden: true})
	cmd.AddCommand(p.storeCommand(), p.stateCommand(), p.waitingCommand(), p.dumpCommand(), p.upgradeCommand())
	return cmd
}

func (p *program) dataFlag(f *pflag.FlagSet, data *string) {
	f.StringVar(data, "data", "", "directory of the durable store (default .portals/"+p.app.Name+")")
}

// choose takes the options that are words.
func (o *Options) choose(durability, onFailure string) error {
	switch durability {
	case "sync":
		o.Durability = store.Sync
	case "async":
		o.Durability = store.Async
	default:
		return fmt.Errorf("--durability is %q; it must be sync or async", durability)
	}
	if o.Memory && o.MemoryBudget > 0 {
		return errors.New("--memory-budget needs a store, and --memory means none: leave one of them out")
	}
	switch onFailure {
	case "stop", "skip":
		o.SkipFailed = onFailure == "skip"
	default:
		return fmt.Errorf("--on-failure is %q; it must be stop or skip", onFailure)
	}
	return nil
}

func firstSentence(doc string) string {
	doc = strings.TrimSpace(doc)
	if i := strings.Index(doc, ". "); i >= 0 {
		return doc[:i+1]
	}
	line, _, _ := strings.Cut(doc, "\n")
	return line
}

func examples(app *ptl.App) string {
	lines := []string{
		"  " + app.Name + "                      run, or go on where the last run ended",
		"  " + app.Name + " --memory             try it without leaving anything behind",
		"  " + app.Name + " --data /var/lib/x    keep the store elsewhere",
		"  " + app.Name + " state TASK           what a task has stored, when the app does not run",
		"  " + app.Name + " store check          look for damage",
	}
	return strings.Join(lines, "\n")
}
