// Bench measures what compiled programs do against plain Go that does the same work:
//
//	go run ./bench            the whole suite, into docs/performance.md
//	go run ./bench --quick    a minute, once the programs are built; prints only
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
)

// options are the flags.
type options struct {
	quick   bool
	rounds  int
	only    string
	modes   string
	dir     string
	keep    string
	doc     string
	write   bool
	profile bool     // the runs are for a profile
	extra   []string // flags that are passed on
}

func main() {
	var o options
	var cpu, heap string
	flag.BoolVar(&o.quick, "quick", false, "a minute: less than half of the events, two modes, and only what that decides")
	flag.IntVar(&o.rounds, "rounds", 0, "rounds of runs for each row (default 5, and up to 25 more where that does not decide about a goal); fewer than 5 decide nothing")
	flag.StringVar(&o.only, "only", "", "only what has one of these texts, parted by |, in its name, or is a row of that name; the compiler's figures are called portalsc")
	flag.StringVar(&o.modes, "modes", "", "only these modes, parted by commas: memory, async, sync")
	flag.StringVar(&o.dir, "dir", "", "where stores and input files live (default a temporary directory): the disk that is measured")
	flag.StringVar(&o.keep, "keep", "", "keep the generated programs and the binary in this directory")
	flag.StringVar(&o.doc, "doc", "docs/performance.md", "the page whose tables a whole run renews")
	flag.BoolVar(&o.write, "write", false, "renew the page even if not everything was measured: what was not stays as it is")
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
	o.profile = cpu != "" || heap != ""
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := bench(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
