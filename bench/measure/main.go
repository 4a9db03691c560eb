package measure

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"

	"github.com/portals-lang/portals/runtime"
	"github.com/portals-lang/portals/runtime/ptl"
)

// Main is the main function of the binary that holds the programs: it measures one row and prints the Result as JSON.
func Main(apps map[string]*ptl.App) {
	var e Effort
	name := flag.String("case", "", "name of the row")
	mode := flag.String("mode", string(Memory), "memory, async or sync")
	flag.IntVar(&e.Pairs, "pairs", 5, "pairs of runs")
	flag.Float64Var(&e.Share, "share", 1, "part of the events")
	flag.StringVar(&e.Dir, "dir", os.TempDir(), "where stores and input files live")
	flag.StringVar(&e.CPU, "cpu", "", "file for a CPU profile")
	flag.StringVar(&e.Heap, "heap", "", "file for an allocation profile")
	flag.BoolVar(&e.Alone, "alone", false, "only the program, for profiles")
	flag.IntVar(&e.Lanes, "lanes", 0, "number of partitions (default what the row says)")
	flag.Parse()
	runtime.MakeHeadroom() // as every compiled program does; the plain sides have it too
	if err := run(apps, *name, Mode(*mode), e); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(apps map[string]*ptl.App, name string, mode Mode, e Effort) error {
	cases := Cases()
	i := slices.IndexFunc(cases, func(c *Case) bool { return c.Name == name })
	if i < 0 {
		return fmt.Errorf("there is no row %q", name)
	}
	app := apps[cases[i].Program]
	if app == nil {
		return fmt.Errorf("there is no program %q", cases[i].Program)
	}
	r, err := cases[i].Run(app, mode, e)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(r)
}
