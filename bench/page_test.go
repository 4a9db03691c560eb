package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portals-lang/portals/bench/measure"
)

// TestRenewing: a run of a few rows renews those alone, and the plots are well-formed in both themes.
func TestRenewing(t *testing.T) {
	page := filepath.Join(t.TempDir(), "page.md")
	if err := os.WriteFile(page, []byte("before\n"+beginMark+"old"+endMark+"behind\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	times := func(took float64) *measure.Times {
		five := slices.Repeat([]float64{took}, 5)
		return &measure.Times{Took: five, CPU: five}
	}
	result := func(name string, took float64) *measure.Result {
		return &measure.Result{Case: name, Events: 1000, Plain: times(1e6), Runs: map[measure.Mode]*measure.Times{measure.Memory: times(took), measure.Sync: times(2 * took)}}
	}
	first := &record{Machine: "a machine", Results: []*measure.Result{result("word count", 2e6), result("Nexmark q0", 3e6), result("gone", 1e6)},
		Figures: []*measure.Figure{{Name: "one", Unit: "ms", Own: []float64{3}, Most: 2}, {Name: "other", Unit: "s", Own: []float64{4, 4, 4, 4, 4}, Plain: []float64{2, 2, 2, 2, 2}, Most: 2.5}},
		Curves: []*measure.Curve{{Name: "asks in flight", Mode: measure.Memory, Sizes: []int64{1, 2, 4}, Took: []float64{0.1, 0.2, 0.4}, Most: 1, Others: 1.5},
			{Name: "keys, in memory", Mode: measure.Memory, Sizes: []int64{1, 2, 4}, Took: []float64{0.1, 0.3, 0.9}, Plain: []float64{0.02, 0.06, 0.18}, Most: 1}}}
	second := &record{Machine: "another", Results: []*measure.Result{result("word count", 4e6)}, Figures: []*measure.Figure{{Name: "one", Unit: "ms", Own: []float64{1}, Most: 2}}}
	for _, r := range []*record{first, second} {
		if err := renew(page, r); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"Goals: 3 held, 2 missed, 1 undecided, 3 not judged.\n\n", "| word count, memory | ≥ 0.6 × | 0.25 | **missed** |\n",
		"| one | ≤ 2 ms | 1.00 | undecided: reached in 1 of 1 rounds |\n",
		"before\n" + beginMark, endMark + "behind\n", "another.",
		"| word count | memory | 0.25 | 4000.0 | 1000.0 | 0.25 (0.25–0.25) |", "| 0.25 |  | 0.000 | ≥ 0.6 × **missed** |",
		"| Nexmark q0 | memory | 0.33 | 0.33 | 0.155 | 2.2 |",
		"| one | 1.00 (1.00–1.00) | ms |  |  | ≤ 2 ms (undecided: reached in 1 of 1 rounds) |", "| 2.00 (2.00–2.00) | ≤ 2.5 × |",
		"| asks in flight ~ | 1 | 4 | 100 ms | 400 ms | 1.00 |  |  |  | ≤ 1 + 0.3 |",
		"| keys, in memory | 1 | 4 | 100 ms | 900 ms | 1.58 | 20 ms | 180 ms | 1.58 | ≤ 1 + 0.3, or plain + 0.1 |",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page does not hold %q:\n%s", want, text)
		}
	}
	for _, not := range []string{"old", "gone", "a machine"} {
		if strings.Contains(string(text), not) {
			t.Errorf("the page still holds %q", not)
		}
	}
	for _, name := range []string{"speed", "growth", "speed-dark", "growth-dark"} {
		drawn, err := os.ReadFile(filepath.Join(filepath.Dir(page), name+".svg"))
		if err != nil {
			t.Fatal(err)
		}
		checkXML(t, name, drawn)
	}
}

func checkXML(t *testing.T, name string, text []byte) {
	d := xml.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
	}
}

func TestExponents(t *testing.T) {
	for _, power := range []float64{0, 1, 2} {
		c := &measure.Curve{Sizes: []int64{8, 16, 32, 64}}
		for _, size := range c.Sizes {
			c.Took = append(c.Took, 3*math.Pow(float64(size), power))
		}
		if got := exponent(c.Sizes, c.Took); math.Abs(got-power) > 1e-9 {
			t.Errorf("the exponent of n^%g is %g", power, got)
		}
	}
}

// TestProgramsThatAreMade: names tell how often; names of other programs are no such names.
func TestProgramsThatAreMade(t *testing.T) {
	if text, ok := generate("chain3"); !ok || strings.Count(text, "\nworkflow ") != 4 {
		t.Errorf("chain3:\n%s", text)
	}
	for _, name := range []string{"nexmark0", "words", "chain", "chain3x"} {
		if _, ok := generate(name); ok {
			t.Errorf("%s was made", name)
		}
	}
}

// TestAllHeld: where all goals are held there is nothing to list; where one is missed it is listed.
func TestAllHeld(t *testing.T) {
	five := []float64{1, 1, 1, 1, 1}
	for _, c := range []struct {
		most float64
		says string
	}{{2, "Goals: 1 held, 0 missed, 0 undecided, 0 not judged.\n"},
		{0.5, "Goals: 0 held, 1 missed, 0 undecided, 0 not judged.\n\nNot held, or not for sure:\n\n| of | goal | median | |\n|---|---|---:|---|\n| one | ≤ 0.5 ms | 1.00 | **missed** |\n"}} {
		r := &record{Figures: []*measure.Figure{{Name: "one", Unit: "ms", Own: five, Most: c.most}}}
		if got := r.goalTable(); got != c.says {
			t.Errorf("with a goal of %v it says %q, not %q", c.most, got, c.says)
		}
	}
}
