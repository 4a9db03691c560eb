package sim

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// mutations are the wrong things that the engine does on purpose, and the checker that must notice each.
var mutations = []struct{ place, checker string }{
	{"skip a sync", "observation"},
	{"release before the watermark", "observation"},
	{"answer before the watermark", "observation"},
	{"hand off before the log place", "atomicity"},
	{"commit without the state", "atomicity"},
	{"forget the cursors", "atomicity"},
	{"replay an atom", "recovery"},
	{"keep what an undone atom has changed", "atomicity"},
	{"forget what is parked", "atomicity"},
	{"drop an end-mark", "barrier"},
	{"drop empty atoms", "total-order"},
	{"merge out of order", "output-order"},
	{"send asks and replies twice", "ask-reply"},
	{"complete too early", "no-lost-event"},
	{"forget an entry of a collection", "atomicity"},
	{"let go of what is not stored", "atomicity"},
	{"forget where a sink is", "no-lost-event"},
	{"drop what a source has taken", "no-lost-event"},
	{"forget what a source has noted", "atomicity"},
	{"let timers pass", "time"},
	{"ring out of order", "output-order"},
	{"drop dead letters", "no-lost-event"},
	{"leave out a group", "state=model"},
	{"keep readers that left", "recovery"},
}

// TestEveryMutationIsCaught breaks the engine in each way, and wants the checker to notice that docs/guarantees.md names.
func TestEveryMutationIsCaught(t *testing.T) {
	table, err := os.ReadFile(filepath.Join("..", "..", "docs", "guarantees.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		t.Run(m.place, func(t *testing.T) {
			const runs = 1000 // most take a few; timers that ring out of order show in one of five hundred
			caught := map[string]int{}
			for seed := uint64(1); seed <= runs && caught[m.checker] == 0; seed++ {
				app, plan := draw(seed)
				plan.Break, plan.Memory, plan.Power = m.place, false, true
				plan.Guarded = plan.Guarded && m.place != "keep what an undone atom has changed"
				plan.Crashes = max(plan.Crashes, 1)
				if plan.Async = m.place == "leave out a group"; plan.Async {
					plan.Without = 0
				}
				if m.place == "keep readers that left" {
					plan.Crashes, plan.Without = max(plan.Crashes, 2), 1
				}
				for _, f := range simulate(app, plan).findings {
					caught[f.Checker]++
				}
			}
			if caught[m.checker] == 0 {
				t.Errorf("%s: not noticed by %s in %d runs; by others: %v", m.place, m.checker, runs, caught)
			}
			if row := fmt.Sprintf("| %s | %s |", m.place, m.checker); !strings.Contains(string(table), row) {
				t.Errorf("docs/guarantees.md has no row %q", row)
			}
		})
	}
}
