package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The page keeps its tables between two marks; what stands around them is written by hand.
const (
	beginMark = "<!-- measured: begin -->\n"
	endMark   = "<!-- measured: end -->\n"
)

// renew puts the rows into the page, and draws them beside it.
func renew(page string, rows []row) error {
	old, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(old), beginMark)
	_, tail, closed := strings.Cut(rest, endMark)
	if !ok || !closed {
		return fmt.Errorf("%s has no marks for the tables", page)
	}
	if err := os.WriteFile(page, []byte(head+beginMark+"\n"+table(rows)+"\n"+endMark+tail), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(filepath.Dir(page), "performance.svg"), plot(rows), 0o644)
}

// table is the rows as Markdown.
func table(rows []row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %s/%s, %d processors.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	b.WriteString("| row | durability | M events/s | ns/event | plain ns/event | ratio (spread) | of processor time | allocs/event | goal |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|---:|---|\n")
	for _, w := range rows {
		plain, ratio, work, goal := "", "", "", w.goal
		if w.plain > 0 {
			work = fmt.Sprintf("%.2f", w.work)
			plain = fmt.Sprintf("%.1f", w.plain)
			ratio = fmt.Sprintf("%.2f (%.2f–%.2f)", w.ratio, w.least, w.most)
		}
		if goal != "" && !w.holds {
			goal += " **missed**"
		}
		fmt.Fprintf(&b, "| %s | %s | %.2f | %.1f | %s | %s | %s | %.3f | %s |\n", w.name, w.mode, w.rate(), w.perEvent, plain, ratio, work, w.allocs, goal)
	}
	return b.String()
}
