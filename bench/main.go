// Bench measures what compiled programs do against plain Go loops that do the same work:
//
//	go run ./bench            the whole suite, into docs/performance.md
//	go run ./bench --quick    a minute; prints only
//	go run ./bench --only 'word count' --modes memory --cpu cpu.prof
//
// The programs are in bench/programs, the plain sides and the method in package measure.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"

	"github.com/portals-lang/portals/bench/measure"
)

// options are the flags.
type options struct {
	quick bool
	pairs int
	only  string
	modes string
	dir   string
	keep  string
	doc   string
	write bool
	extra []string // flags that are passed on
}

func main() {
	var o options
	var cpu, heap string
	flag.BoolVar(&o.quick, "quick", false, "a minute: fewer events, three pairs, two modes")
	flag.IntVar(&o.pairs, "pairs", 0, "pairs of runs for each row (default 5; 3 when quick)")
	flag.StringVar(&o.only, "only", "", "only rows whose names contain one of these texts, parted by |")
	flag.StringVar(&o.modes, "modes", "", "only these modes, parted by commas: memory, async, sync")
	flag.StringVar(&o.dir, "dir", "", "where stores and input files live (default a temporary directory): the disk that is measured")
	flag.StringVar(&o.keep, "keep", "", "keep the generated programs and the binary in this directory")
	flag.StringVar(&o.doc, "doc", "docs/performance.md", "the page whose tables a whole run renews")
	flag.BoolVar(&o.write, "write", false, "renew the page even if not everything was measured")
	flag.StringVar(&cpu, "cpu", "", "write a CPU profile of the last row, without its plain side")
	flag.StringVar(&heap, "heap", "", "write an allocation profile of the last row, without its plain side")
	lanes := flag.Int("lanes", 0, "number of partitions (default what the row says)")
	flag.Parse()
	if *lanes > 0 {
		o.extra = append(o.extra, "-lanes", fmt.Sprint(*lanes))
	}
	if cpu != "" {
		o.extra = append(o.extra, "-alone", "-cpu", cpu)
	}
	if heap != "" {
		o.extra = append(o.extra, "-alone", "-heap", heap)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench builds the programs, measures the rows and shows them.
func bench(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp(o.dir, "portals-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := dir
	if o.keep != "" {
		program = o.keep
	}
	binary, err := build(ctx, program)
	if err != nil {
		return err
	}
	var rows []row
	for _, c := range measure.Cases() {
		for _, mode := range c.Modes {
			if !o.wants(c, mode) {
				continue
			}
			r, err := o.measure(ctx, binary, dir, c, mode)
			if err != nil {
				return fmt.Errorf("%s, %s: %w", c.Name, mode, err)
			}
			rows = append(rows, newRow(c, r))
			fmt.Println(rows[len(rows)-1].line())
		}
	}
	if !o.write && (o.quick || o.only != "" || o.modes != "") {
		return nil
	}
	return renew(o.doc, rows)
}

// wants tells whether the flags ask for a row in a mode.
func (o *options) wants(c *measure.Case, mode measure.Mode) bool {
	if o.modes != "" && !slices.Contains(strings.Split(o.modes, ","), string(mode)) {
		return false
	}
	if o.modes == "" && o.quick && mode == measure.Async {
		return false
	}
	return slices.ContainsFunc(strings.Split(o.only, "|"), func(part string) bool { return strings.Contains(c.Name, part) })
}

// measure runs a row in a process of its own, so that no row finds the heap as another has left it.
func (o *options) measure(ctx context.Context, binary, dir string, c *measure.Case, mode measure.Mode) (*measure.Result, error) {
	pairs, share := 5, "1"
	if o.quick {
		pairs, share = 3, "0.1"
	}
	if o.pairs > 0 {
		pairs = o.pairs
	}
	args := []string{"-case", c.Name, "-mode", string(mode), "-pairs", fmt.Sprint(pairs), "-share", share, "-dir", dir}
	cmd := exec.CommandContext(ctx, binary, append(args, o.extra...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%w\n%s", err, &errs)
	}
	r := &measure.Result{}
	return r, json.Unmarshal(out.Bytes(), r)
}
