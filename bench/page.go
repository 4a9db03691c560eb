package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// report is what a run of the suite has found.
type report struct {
	machine *machine
	rows    []*row
}

// The page keeps its tables between two marks; what stands around them is written by hand.
const (
	beginMark = "<!-- measured: begin -->\n"
	endMark   = "<!-- measured: end -->\n"
)

// renew puts the tables into the page, and draws the plots beside it.
func (r *report) renew(page string) error {
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(old), beginMark)
	_, tail, closed := strings.Cut(rest, endMark)
	if !ok || !closed {
		return fmt.Errorf("%s has no marks for the tables", page)
	}
	if err := os.WriteFile(page, []byte(head+beginMark+"\n"+r.tables()+"\n"+endMark+tail), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(filepath.Dir(page), "performance.svg"), plot(r.rows), 0o644)
}

// tables are what stands between the marks.
func (r *report) tables() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s. %s\n\n", r.machine, r.machine.used())
	if warning := r.machine.warning(); warning != "" {
		fmt.Fprintf(&b, "%s\n\n", warning)
	}
	b.WriteString(table(r.rows))
	return b.String()
}

// table is the rows as Markdown.
func table(rows []*row) string {
	var b strings.Builder
	b.WriteString("| row | durability | M events/s | ns/event | plain ns/event | ratio (spread) | of processor time | of memory (spread) | allocs/event | goal |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|---:|---:|---|\n")
	for _, w := range rows {
		plain, ratio, work, kept := "", "", "", ""
		if w.plain > 0 {
			plain, ratio, work = fmt.Sprintf("%.1f", w.plain), w.ratio.String(), fmt.Sprintf("%.2f", w.work)
		}
		if w.kept.median > 0 {
			kept = w.kept.String()
		}
		fmt.Fprintf(&b, "| %s | %s | %.2f | %.1f | %s | %s | %s | %s | %.3f | %s |\n",
			w.name, w.mode, w.rate(), w.perEvent, plain, ratio, work, kept, w.allocs, w.wanted(" **missed**"))
	}
	return b.String()
}
