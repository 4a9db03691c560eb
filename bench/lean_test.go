package main

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"testing"

	"github.com/portals-lang/portals/bench/measure"
)

// builtOnce compiles all programs for the tests of this package, which run the Go toolchain for it.
func builtOnce(t *testing.T) *measuring {
	t.Helper()
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	m := &measuring{dir: t.TempDir()}
	var err error
	if m.binary, err = build(t.Context(), m.dir, programsOf(measure.Cases(), measure.Probes(), nil)); err != nil {
		t.Fatal(err)
	}
	return m
}

// TestRows runs all rows with few events, on as many partitions as they have, and on two: both sides must print the same, whatever the
// durability. Then it runs the rows that count and map with so many that what an atom costs falls on its events in small parts, where a
// single allocation for each would stand out.
func TestRows(t *testing.T) {
	m := builtOnce(t)
	t.Run("both sides agree, and probes find something", func(t *testing.T) {
		for _, lanes := range partitions {
			cmd := exec.CommandContext(t.Context(), m.binary, "-all", "-few", "-rounds", "0", "-modes", joined(measure.Modes()), "-lanes", lanes, "-dir", m.dir)
			if text, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("partitions %s: %v\n%s", lanes, err, text)
			}
		}
	})
	t.Run("nothing is allocated for an event", func(t *testing.T) {
		for _, c := range measure.Cases() {
			if c.Lean && c.Atom() >= 1000 {
				for _, lanes := range partitions {
					m.checkLean(t, c, lanes)
				}
			}
		}
	})
}

// partitions are how many a row is tested with; 0 leaves it to the row.
var partitions = []string{"0", "2"}

func (m *measuring) checkLean(t *testing.T, c *measure.Case, lanes string) {
	cmd := exec.CommandContext(t.Context(), m.binary, "-case", c.Name, "-rounds", "1", "-share", "0.1", "-lanes", lanes, "-dir", m.dir)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", c.Name, err, &errs)
	}
	var r measure.Result
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatal(err)
	}
	if got := r.Runs[measure.Memory].Allocs; got > 0.05 {
		t.Errorf("%s, partitions %s: %.3f allocations for each event", c.Name, lanes, got)
	}
}
