package runtime

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// progress is a line at the bottom of a terminal that tells how far a run has come. All that the process writes to the
// terminal goes through it, so that the line gives way. Where there is no terminal there is no line.
type progress struct {
	mu    sync.Mutex
	out   io.Writer
	on    bool
	shown bool // the line stands there
	last  Progress
	at    time.Time // when last was
	quick int       // ticks so far: a short run shows nothing
}

func newProgress(out io.Writer, quiet bool) *progress {
	return &progress{out: out, on: !quiet && isTerminal(out), at: time.Now()}
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// Write writes to the terminal in place of the line.
func (p *progress) Write(b []byte) (int, error) { return p.instead(p.out, b) }

func (p *progress) instead(out io.Writer, b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	return out.Write(b)
}

func (p *progress) clear() {
	if p.shown {
		p.shown = false
		_, _ = io.WriteString(p.out, "\r\x1b[K") // a terminal that is gone needs no clearing
	}
}

// beside is what the app writes to out: if that is a terminal too, it is the same one.
func (p *progress) beside(out io.Writer) io.Writer {
	if !p.on || !isTerminal(out) {
		return out
	}
	return aside{p, out}
}

type aside struct {
	p   *progress
	out io.Writer
}

func (a aside) Write(b []byte) (int, error) { return a.p.instead(a.out, b) }

// show replaces the line.
func (p *progress) show(now Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	passed := time.Since(p.at).Seconds()
	line := progressLine(now, p.last, passed)
	p.last, p.at = now, time.Now()
	p.clear()
	if p.quick++; !p.on || p.quick < 2 || passed <= 0 {
		return
	}
	p.shown = true
	_, _ = io.WriteString(p.out, line)
}

// recovering shows how far a store's log was read, if that takes more than a second.
func (p *progress) recovering(done, all int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.on || time.Since(p.at) < time.Second {
		return
	}
	p.clear()
	p.shown = true
	_, _ = io.WriteString(p.out, recoveringLine(done, all))
}

const barWidth = 30

func recoveringLine(done, all int64) string {
	share := 1.0
	if all > 0 {
		share = min(1, float64(done)/float64(all))
	}
	full := int(share * barWidth)
	return fmt.Sprintf("reading the store's log [%s%s] %d of %d MiB", strings.Repeat("#", full), strings.Repeat(".", barWidth-full),
		done>>20, max(done, all)>>20)
}

// close takes the line away for good.
func (p *progress) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.on = false
}

func progressLine(now, last Progress, seconds float64) string {
	var b strings.Builder
	rate := func(now, last uint64) uint64 { return uint64(float64(now-last) / seconds) }
	fmt.Fprintf(&b, "%s events (%s/s), %s atoms (%s/s)", thousands(now.Events), thousands(rate(now.Events, last.Events)),
		thousands(now.Atoms), thousands(rate(now.Atoms, last.Atoms)))
	for _, s := range now.Sources {
		if s.Total > 0 {
			fmt.Fprintf(&b, ", %s %d%%", s.Stream, min(100, s.Read*100/s.Total))
		}
	}
	if now.Skipped > 0 {
		fmt.Fprintf(&b, ", %s skipped", thousands(now.Skipped))
	}
	return b.String()
}

// thousands is n with a comma between groups of three digits.
func thousands(n uint64) string {
	digits := fmt.Sprint(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
