package runtime

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

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
	os.Exit(run(ptl.Together(apps...), os.Args[1:], os.Stdout, os.Stderr))
}

func run(app *ptl.App, args []string, stdout, stderr io.Writer) int {
	// Params' defaults come first: a flag's help shows them, and other defaults may read them.
	for _, p := range app.Params {
		if p.Default == nil {
			continue
		}
		if fault := ptl.Protect(p.Default); fault != nil {
			fmt.Fprintf(stderr, "%s: %s: the default of --%s fails: %s\n", app.Name, p.Spec.Place, p.Spec.Flag, fault.Message)
			return exitFailed
		}
	}
	status := exitDone
	cmd := command(app, func(o Options) {
		o.Stdout = stdout
		o.Notice = func(text string) { fmt.Fprintf(stderr, "%s: %s\n", app.Name, text) }
		o.Log = slog.New(slog.NewTextHandler(stderr, nil))
		ctx, stop := interruptible(stderr, app.Name)
		defer stop()
		if err := Run(ctx, app, o); err != nil {
			fmt.Fprintf(stderr, "%s: %s\n", app.Name, err)
			status = exitFailed
		}
	})
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	if err := cmd.Execute(); err != nil {
		fmt.Fprintf(stderr, "%s: %s\nTry '%s --help'.\n", app.Name, err, app.Name)
		return exitUsage
	}
	return status
}

// interruptible is done at the first SIGINT or SIGTERM; the second one ends the process at once, which a store
// survives as it survives any crash.
func interruptible(stderr io.Writer, name string) (context.Context, func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, ok := <-signals; !ok {
			return
		}
		fmt.Fprintf(stderr, "%s: stopping; what runs is being finished and committed (once more to stop at once)\n", name)
		cancel()
		if _, ok := <-signals; ok {
			os.Exit(exitFailed)
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel()
	}
}

// command is the command line of a compiled program.
func command(app *ptl.App, start func(Options)) *cobra.Command {
	var o Options
	var durability, onFailure string
	cmd := &cobra.Command{
		Use:           app.Name + " [flags]",
		Short:         firstSentence(app.Doc),
		Long:          strings.TrimSpace(app.Doc),
		Example:       examples(app),
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch durability {
			case "sync":
				o.Durability = store.Sync
			case "async":
				o.Durability = store.Async
			default:
				return fmt.Errorf("--durability is %q; it must be sync or async", durability)
			}
			switch onFailure {
			case "stop", "skip":
				o.SkipFailed = onFailure == "skip"
			default:
				return fmt.Errorf("--on-failure is %q; it must be stop or skip", onFailure)
			}
			if cmd.Flags().Changed("parallelism") && o.Parallelism < 1 {
				return errors.New("--parallelism must be 1 or more")
			}
			start(o)
			return nil
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	for _, p := range app.Params {
		f.Var(paramValue{p}, p.Spec.Flag, p.Spec.Doc)
		if p.Default == nil {
			_ = cmd.MarkFlagRequired(p.Spec.Flag) // the flag was defined in the line above
		}
	}
	f.StringVar(&o.Data, "data", "", "directory of the durable store (default .portals/"+app.Name+")")
	f.BoolVar(&o.Memory, "memory", false, "keep everything in memory: nothing survives the process")
	f.StringVar(&durability, "durability", "sync", "sync: survives a power cut; async: survives a crash of the process only")
	f.IntVar(&o.Parallelism, "parallelism", 0, "partitions of each workflow (default one for each processor); results do not depend on it")
	f.StringVar(&onFailure, "on-failure", "stop", "stop at an event that fails, or skip it")
	f.BoolVar(&o.Fresh, "fresh", false, "forget what an earlier run has left and start again")
	f.BoolVar(&o.RestartSources, "restart-source", false, "accept a source that holds other data than it did, from its start")
	cmd.CompletionOptions.DisableDefaultCmd = true
	return cmd
}

// paramValue makes a param a flag.
type paramValue struct{ p *ptl.Param }

func (v paramValue) String() string {
	if v.p == nil || v.p.Default == nil {
		return ""
	}
	return v.p.Get()
}

func (v paramValue) Set(text string) error { return v.p.Set(text) }
func (v paramValue) Type() string          { return v.p.Type }

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
	}
	return strings.Join(lines, "\n")
}
