package main

import (
	"testing"

	"github.com/portals-lang/portals/bench/measure"
)

// TestNothingIsAllocatedForAnEvent runs the rows that count and map. What an atom costs falls on its events in such small
// parts that a single allocation for each would stand out.
func TestNothingIsAllocatedForAnEvent(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	dir := t.TempDir()
	binary, err := build(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	o := &options{quick: true, pairs: 1}
	for _, c := range measure.Cases() {
		if !c.Lean {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			r, err := o.measure(t.Context(), binary, dir, c, measure.Memory)
			if err != nil {
				t.Fatal(err)
			}
			if atom := measure.Params(c.Params).Int("atom"); atom >= 1000 && r.Allocs > 0.05 {
				t.Errorf("%.3f allocations for each event", r.Allocs)
			}
		})
	}
}
