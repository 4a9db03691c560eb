package measure

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"

	"github.com/portals-lang/portals/runtime"
	"github.com/portals-lang/portals/runtime/ptl"
)

// job is what the binary is asked to do: one of its texts is not empty.
type job struct {
	row, probe   string
	growth       string
	all          bool // rows and probes
	resume, peak string
	params       Params
	effort       Effort
}

// Main is the main function of the binary that holds the programs: it does one job and prints what it found as JSON.
func Main(apps map[string]*ptl.App) {
	j := job{params: Params{}}
	e := &j.effort
	flag.StringVar(&j.row, "case", "", "measure the row of this name")
	flag.StringVar(&j.probe, "probe", "", "measure the figures of this name")
	flag.StringVar(&j.growth, "growth", "", "measure the growth of this name")
	flag.BoolVar(&j.all, "all", false, "measure all rows and figures")
	flag.StringVar(&j.resume, "resume", "", "go on with this program until it is interrupted")
	flag.StringVar(&j.peak, "peak", "", "print by how much the peak memory rises while this program runs, or its plain side")
	flag.Func("param", "a param of the program, name=value", func(text string) error {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return fmt.Errorf("%q is not name=value", text)
		}
		j.params[name] = value
		return nil
	})
	modes := flag.String("modes", "memory", "memory, async and sync, parted by commas")
	flag.IntVar(&e.Rounds, "rounds", 5, "rounds of runs")
	flag.Float64Var(&e.Share, "share", 1, "part of the events")
	flag.BoolVar(&e.Few, "few", false, "so few events that it is only for comparing what both sides print")
	flag.StringVar(&e.Dir, "dir", os.TempDir(), "where stores and input files live")
	flag.StringVar(&e.CPU, "cpu", "", "file for a CPU profile")
	flag.StringVar(&e.Heap, "heap", "", "file for an allocation profile")
	flag.BoolVar(&e.Alone, "alone", false, "only the program, for profiles")
	flag.IntVar(&e.Lanes, "lanes", 0, "number of partitions (default what the row says)")
	flag.Parse()
	for mode := range strings.SplitSeq(*modes, ",") {
		e.Modes = append(e.Modes, Mode(mode))
	}
	if err := j.check(apps); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	runtime.MakeHeadroom() // as every compiled program does; the plain sides have it too
	if err := j.run(apps); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func (j *job) run(apps map[string]*ptl.App) error {
	switch {
	case j.resume != "":
		return resume(apps[j.resume], j.params, j.effort)
	case j.peak != "":
		p := &probing{Probe: &Probe{Program: j.peak}, app: apps[j.peak], effort: j.effort}
		return p.printPeak(j.effort.Modes[0], j.params)
	}
	out := json.NewEncoder(os.Stdout)
	for _, c := range Cases() {
		if !j.all && c.Name != j.row {
			continue
		}
		r, err := c.Run(apps[c.Program], j.effort)
		if err != nil {
			return err
		}
		if err := out.Encode(r); err != nil {
			return err
		}
	}
	for _, p := range Probes() {
		if !j.all && p.Name != j.probe {
			continue
		}
		figures, err := p.Measure(apps[p.Program], j.effort)
		if err != nil {
			return err
		}
		if err := out.Encode(figures); err != nil {
			return err
		}
	}
	for _, g := range Growths() {
		if g.Name != j.growth {
			continue
		}
		curve, err := g.Measure(apps, j.effort)
		if err != nil {
			return err
		}
		if err := out.Encode(curve); err != nil {
			return err
		}
	}
	return nil
}

// resume runs a program on the store that is there, until it is interrupted.
func resume(app *ptl.App, params Params, e Effort) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	p := &probing{app: app, effort: e}
	if err := p.set(params); err != nil {
		return err
	}
	return runtime.Run(ctx, app, runtime.Options{Data: p.store(), Parallelism: 1})
}
