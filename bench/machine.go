package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// machine is what the figures were taken on, and who else used it meanwhile.
type machine struct {
	load    float64 // average of the last minute, before anything ran; -1: unknown
	begun   time.Time
	took    time.Duration
	busy    time.Duration // of all processors, by anybody
	own     time.Duration
	others  float64 // processors that others kept busy while rows were measured; -1: unknown
	measure bool
}

// A machine is quiet when others take less than this of its processors.
const quietShare = 0.05

// look takes the load average before the suite adds to it.
func look() *machine {
	m := &machine{load: -1, others: -1}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		if first, _, ok := strings.Cut(string(text), " "); ok {
			if load, err := strconv.ParseFloat(first, 64); err == nil {
				m.load = load
			}
		}
	}
	return m
}

// String says what machine it is.
func (m *machine) String() string {
	text := fmt.Sprintf("%s, %s/%s, %d processors", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if m.load >= 0 {
		text += fmt.Sprintf(", load average %.2f before the run", m.load)
	}
	return text
}

// start begins to watch who uses the processors.
func (m *machine) start() {
	m.begun = time.Now()
	m.busy, m.measure = busyTime()
	m.own = ownTime()
}

// stop ends that.
func (m *machine) stop() {
	m.took = time.Since(m.begun)
	busy, ok := busyTime()
	if ok && m.measure {
		m.others = max(0, (busy-m.busy-(ownTime()-m.own)).Seconds()/m.took.Seconds())
	}
}

// used tells how much others used.
func (m *machine) used() string {
	if m.others < 0 {
		return ""
	}
	return fmt.Sprintf("Measuring took %v, in which others used %.2f processors.", m.took.Round(time.Second), m.others)
}

// warning tells that the machine was not quiet, or nothing.
func (m *machine) warning() string {
	limit := quietShare * float64(runtime.NumCPU())
	switch {
	case m.others >= 0 && m.others > limit:
		return fmt.Sprintf("Warning: the machine was not quiet: others used %.2f of %d processors. Spreads are wide, and ratios may mislead.", m.others, runtime.NumCPU())
	case m.others < 0 && m.load > limit:
		return fmt.Sprintf("Warning: the machine may not have been quiet: its load average was %.2f. Spreads may be wide.", m.load)
	}
	return ""
}

// busyTime is how long all processors together have been busy, by the counters of Linux.
func busyTime() (busy time.Duration, ok bool) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, false
	}
	line, _, _ := strings.Cut(string(text), "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, false
	}
	ticks := int64(0)
	for i, field := range fields[1:9] { // user nice system idle iowait irq softirq steal
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, false
		}
		if i != 3 && i != 4 {
			ticks += n
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond, true
}

// ownTime is what this process and those that it has started have used.
func ownTime() time.Duration {
	sum := time.Duration(0)
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			sum += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return sum
}
