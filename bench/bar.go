package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// bar is a line at the bottom of a terminal that tells how far the suite has come. Elsewhere there is none.
type bar struct {
	out      *os.File
	on       bool
	begun    time.Time
	done, of int
	doing    string
}

func newBar(out *os.File) *bar {
	return &bar{out: out, on: term.IsTerminal(int(out.Fd()))}
}

const barLength = 24

// begin says how many steps there will be.
func (b *bar) begin(steps int) { b.begun, b.done, b.of = time.Now(), -1, steps }

// more says that there will be more steps than that.
func (b *bar) more(steps int) { b.of += steps }

// step begins the next step.
func (b *bar) step(doing string) {
	b.done++
	b.doing = doing
	b.show()
}

func (b *bar) show() {
	if !b.on || b.of == 0 {
		return
	}
	full := barLength * b.done / b.of
	left := ""
	if b.done > 1 {
		rest := time.Since(b.begun) / time.Duration(b.done) * time.Duration(b.of-b.done)
		left = fmt.Sprintf(", %v left", rest.Round(time.Second))
	}
	line := fmt.Sprintf("%s%s %d/%d%s  %s", strings.Repeat("█", full), strings.Repeat("░", barLength-full), b.done, b.of, left, b.doing)
	if width, _, err := term.GetSize(int(b.out.Fd())); err == nil && width > 0 {
		line = string([]rune(line)[:min(len([]rune(line)), width-1)])
	}
	fmt.Fprint(b.out, "\r\x1b[K"+line)
}

// say prints a line above the bar.
func (b *bar) say(format string, args ...any) {
	b.clear()
	fmt.Fprintf(b.out, format+"\n", args...)
	b.show()
}

func (b *bar) clear() {
	if b.on {
		fmt.Fprint(b.out, "\r\x1b[K")
	}
}

// close takes the bar away.
func (b *bar) close() {
	b.clear()
	b.on = false
}
