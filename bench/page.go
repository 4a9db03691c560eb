package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/portals-lang/portals/bench/measure"
)

// The page keeps its tables between two marks; what stands around them is written by hand.
const (
	beginMark = "<!-- measured: begin -->\n"
	endMark   = "<!-- measured: end -->\n"
)

// renew puts what has been measured into the page, beside what was measured before, and draws the plots.
func renew(page string, found *record) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(text), beginMark)
	_, tail, closed := strings.Cut(rest, endMark)
	if !ok || !closed {
		return fmt.Errorf("%s has no marks for the tables", page)
	}
	stored := strings.TrimSuffix(page, ".md") + ".json"
	r, err := readRecord(stored)
	if err != nil {
		return err
	}
	r = r.renewed(found)
	if err := r.write(stored); err != nil {
		return err
	}
	dir := filepath.Dir(page)
	for _, theme := range themes() {
		for name, draw := range map[string]func(*record, *colours) []byte{"speed": drawSpeed, "growth": drawGrowth} {
			if err := os.WriteFile(filepath.Join(dir, name+theme.suffix+".svg"), draw(r, theme), 0o644); err != nil {
				return err
			}
		}
	}
	return os.WriteFile(page, []byte(head+beginMark+"\n"+r.text()+"\n"+endMark+tail), 0o644)
}

// text is what stands between the marks.
func (r *record) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.", r.Machine)
	if n := r.disturbed(); n > 0 {
		fmt.Fprintf(&b, " While %d of the figures were taken, others used more than a twentieth of the processors; these are marked with ~,\nand their spread says how far to trust them.", n)
	}
	fmt.Fprintf(&b, "\n\n### Goals\n\n%s", r.goalTable())
	fmt.Fprintf(&b, "\n### Speed\n\n%s\n%s", picture("speed", "Speed of each row beside plain Go"), r.speedTable())
	fmt.Fprintf(&b, "\n### Nexmark\n\n%s", r.nexmarkTable())
	fmt.Fprintf(&b, "\n### Commits, restarts, memory, the compiler\n\n%s", r.figureTable())
	fmt.Fprintf(&b, "\n### Growth\n\n%s\n%s", picture("growth", "Time by size, both logarithmic"), r.growthTable())
	return b.String()
}

// picture shows a plot in the reader's theme.
func picture(name, what string) string {
	return fmt.Sprintf("<picture>\n  <source media=\"(prefers-color-scheme: dark)\" srcset=\"%s-dark.svg\">\n  <img alt=\"%s\" src=\"%s.svg\">\n</picture>\n", name, what, name)
}

// rows are the lines of the tables.
func (r *record) rows() (rows []*row) {
	for _, c := range measure.Cases() {
		for _, x := range r.Results {
			if x.Case == c.Name {
				rows = append(rows, newRows(c, x)...)
			}
		}
	}
	return rows
}

// What stands behind a goal that is missed, on the page and in a terminal.
const (
	missedMark = " **missed**"
	missedWord = " MISSED"
)

// goalTable counts the goals, and has those that are not held: the missed first, then those that the rounds do not agree about.
func (r *record) goalTable() string {
	var b strings.Builder
	all := r.goals()
	fmt.Fprintf(&b, "%s\n", tally(all))
	if !slices.ContainsFunc(all, func(g named) bool { return g.verdict != held }) {
		return b.String()
	}
	b.WriteString("\nNot held, or not for sure:\n\n| of | goal | median | |\n|---|---|---:|---|\n")
	for _, v := range []verdict{missed, undecided, unjudged} {
		for _, g := range all {
			if g.verdict != v {
				continue
			}
			why := g.why
			if v == missed {
				why = strings.TrimSpace(missedMark)
			}
			fmt.Fprintf(&b, "| %s | %s | %.2f | %s |\n", g.name, g.text, g.median, why)
		}
	}
	return b.String()
}

func (r *record) speedTable() string {
	var b strings.Builder
	b.WriteString("| row | durability | M events/s | ns/event | plain ns/event | ratio (spread) | of processor time | of memory (spread) | allocs/event | goal |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|---:|---:|---|\n")
	for _, w := range r.rows() {
		if w.published() {
			continue
		}
		kept := ""
		if w.kept.median > 0 {
			kept = w.kept.String()
		}
		fmt.Fprintf(&b, "| %s | %s | %.2f | %.1f | %.1f | %s | %.2f | %s | %.3f | %s |\n",
			marked(w.name, w.others), w.mode, w.rate(), w.perEvent, w.plain, w.ratio, w.work, kept, w.allocs, w.wanted(missedMark))
	}
	return b.String()
}

func (r *record) nexmarkTable() string {
	var b strings.Builder
	b.WriteString("| query | durability | M events/s | M events/s per core | published, per core | multiple | ratio (spread) | of processor time | of memory (spread) | goal |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|---:|---:|---|\n")
	for _, w := range r.rows() {
		if !w.published() {
			continue
		}
		published, multiple, kept := "", "", ""
		if w.of.Published > 0 {
			published, multiple = fmt.Sprintf("%.3f", w.of.Published/1e6), fmt.Sprintf("%.1f", w.multiple())
		}
		if w.kept.median > 0 {
			kept = w.kept.String()
		}
		fmt.Fprintf(&b, "| %s | %s | %.2f | %.2f | %s | %s | %s | %.2f | %s | %s |\n",
			marked(w.name, w.others), w.mode, w.rate(), w.core/1e6, published, multiple, w.ratio, w.work, kept, w.wanted(missedMark))
	}
	return b.String()
}

func (r *record) figureTable() string {
	var b strings.Builder
	b.WriteString("| figure | measured (spread) | | beside (spread) | ratio (spread) | goal | |\n|---|---:|---|---:|---:|---|---|\n")
	for _, f := range r.Figures {
		beside, ratio, wanted := "", "", ""
		if len(f.Plain) > 0 {
			beside, ratio = spreadOf(f.Plain).String(), ratios(f.Own, f.Plain).String()
		}
		if g, ok := figureGoal(f); ok {
			wanted = g.shown(missedMark)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s |\n", marked(f.Name, f.Others), spreadOf(f.Own), f.Unit, beside, ratio, wanted, f.Note)
	}
	return b.String()
}

func (r *record) growthTable() string {
	var b strings.Builder
	b.WriteString("| what grows | from | to | time at the first | time at the last | exponent | plain Go at the first | at the last | its exponent | goal |\n")
	b.WriteString("|---|---:|---:|---:|---:|---:|---:|---:|---:|---|\n")
	for _, c := range r.Curves {
		last := len(c.Sizes) - 1
		plain := " |  | "
		if c.Plain != nil {
			plain = fmt.Sprintf("%.0f ms | %.0f ms | %.2f", c.Plain[0]*1e3, c.Plain[last]*1e3, exponent(c.Sizes, c.Plain))
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %.0f ms | %.0f ms | %.2f | %s | %s |\n", marked(c.Name, c.Others), measure.Short(c.Sizes[0]),
			measure.Short(c.Sizes[last]), c.Took[0]*1e3, c.Took[last]*1e3, exponent(c.Sizes, c.Took), plain, curveGoal(c).shown(missedMark))
	}
	return b.String()
}
