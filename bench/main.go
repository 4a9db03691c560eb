// Bench measures what compiled programs do against plain Go that does the same work:
//
//	go run ./bench            the whole suite, into docs/performance.md
//	go run ./bench --quick    a minute; prints only
//	go run ./bench --only 'word count' --modes memory --cpu cpu.prof
//
// The programs are in bench/programs, the plain sides and the method in package measure.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/portals-lang/portals/bench/measure"
)

// options are the flags.
type options struct {
	quick  bool
	rounds int
	only   string
	modes  string
	dir    string
	keep   string
	doc    string
	write  bool
	extra  []string // flags that are passed on
}

func main() {
	var o options
	var cpu, heap string
	flag.BoolVar(&o.quick, "quick", false, "a minute: fewer events, three rounds, two modes")
	flag.IntVar(&o.rounds, "rounds", 0, "rounds of runs for each row (default 5; 3 when quick)")
	flag.StringVar(&o.only, "only", "", "only rows whose names contain one of these texts, parted by |")
	flag.StringVar(&o.modes, "modes", "", "only these modes, parted by commas: memory, async, sync")
	flag.StringVar(&o.dir, "dir", "", "where stores and input files live (default a temporary directory): the disk that is measured")
	flag.StringVar(&o.keep, "keep", "", "keep the generated programs and the binary in this directory")
	flag.StringVar(&o.doc, "doc", "docs/performance.md", "the page whose tables a whole run renews")
	flag.BoolVar(&o.write, "write", false, "renew the page even if not everything was measured")
	flag.StringVar(&cpu, "cpu", "", "write a CPU profile of the last row, without its plain side; name one mode with it")
	flag.StringVar(&heap, "heap", "", "write an allocation profile of the last row, without its plain side; name one mode with it")
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
	r := &report{machine: look()}
	bar := newBar(os.Stdout)
	defer bar.close()
	bar.say("%s", r.machine)
	cases := o.cases()
	bar.begin(len(cases) + 1)
	bar.step("building the programs")
	m := &measuring{options: o, dir: dir}
	program := dir
	if o.keep != "" {
		program = o.keep
	}
	if m.binary, err = build(ctx, program, programsOf(cases)); err != nil {
		return err
	}
	r.machine.start()
	for _, c := range cases {
		bar.step(c.Name)
		result, err := m.rows(ctx, c)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		for _, w := range newRows(c, result) {
			r.rows = append(r.rows, w)
			bar.say("%s", w.line())
		}
	}
	r.machine.stop()
	bar.close()
	if warning := r.machine.warning(); warning != "" {
		fmt.Println(warning)
	}
	if !o.write && (o.quick || o.only != "" || o.modes != "") {
		return nil
	}
	return r.renew(o.doc)
}

// cases are the rows that the flags ask for.
func (o *options) cases() []*measure.Case {
	var wanted []*measure.Case
	for _, c := range measure.Cases() {
		named := slices.ContainsFunc(strings.Split(o.only, "|"), func(part string) bool { return strings.Contains(c.Name, part) })
		if named && len(o.in(c)) > 0 {
			wanted = append(wanted, c)
		}
	}
	return wanted
}

// in are the modes of a row that the flags ask for.
func (o *options) in(c *measure.Case) []measure.Mode {
	wanted := strings.Split(o.modes, ",")
	switch {
	case o.modes == "" && !o.quick:
		return c.In()
	case o.modes == "":
		wanted = []string{string(measure.Memory), string(measure.Sync)}
	}
	return slices.DeleteFunc(slices.Clone(c.In()), func(m measure.Mode) bool { return !slices.Contains(wanted, string(m)) })
}
