package measure

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/portals-lang/portals/runtime"
	"github.com/portals-lang/portals/runtime/ptl"
)

// Main is the main function of the binary that holds the programs: it measures one row and prints the Result as JSON.
func Main(apps map[string]*ptl.App) {
	var e Effort
	name := flag.String("case", "", "name of the row")
	modes := flag.String("modes", "memory", "memory, async and sync, parted by commas")
	flag.IntVar(&e.Rounds, "rounds", 5, "rounds of runs")
	flag.Float64Var(&e.Share, "share", 1, "part of the events")
	flag.BoolVar(&e.Few, "few", false, "so few events that it is only for comparing what both sides print; of all rows if none is named")
	flag.StringVar(&e.Dir, "dir", os.TempDir(), "where stores and input files live")
	flag.StringVar(&e.CPU, "cpu", "", "file for a CPU profile")
	flag.StringVar(&e.Heap, "heap", "", "file for an allocation profile")
	flag.BoolVar(&e.Alone, "alone", false, "only the program, for profiles")
	flag.IntVar(&e.Lanes, "lanes", 0, "number of partitions (default what the row says)")
	flag.Parse()
	for mode := range strings.SplitSeq(*modes, ",") {
		e.Modes = append(e.Modes, Mode(mode))
	}
	runtime.MakeHeadroom() // as every compiled program does; the plain sides have it too
	if err := run(apps, *name, e); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run measures the row of that name, or all, and prints a Result for each.
func run(apps map[string]*ptl.App, name string, e Effort) error {
	found := false
	for _, c := range Cases() {
		if name != "" && c.Name != name {
			continue
		}
		found = true
		app := apps[c.Program]
		if app == nil {
			return fmt.Errorf("there is no program %q", c.Program)
		}
		r, err := c.Run(app, e)
		if err != nil {
			return err
		}
		if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("there is no row %q", name)
	}
	return nil
}
