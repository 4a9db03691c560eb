package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// quietShare is how much of the processors others may take on a machine that counts as quiet.
const quietShare = 0.05

// quiet tells whether others were so busy that a figure means little.
func quiet(others float64) bool { return others <= quietShare*float64(runtime.NumCPU()) }

// machine says what the figures are taken on, with the load average before the suite adds to it.
func machine() string {
	text := fmt.Sprintf("%s, %s/%s, %d processors", runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		if first, _, ok := strings.Cut(string(load), " "); ok {
			text += ", load average " + first + " before the run"
		}
	}
	return text
}

// watch finds out how busy others keep the processors.
type watch struct {
	begun     time.Time
	busy, own time.Duration
	ok        bool
}

func startWatch() *watch {
	w := &watch{begun: time.Now(), own: ownTime()}
	w.busy, w.ok = busyTime()
	return w
}

// others is how many processors others have kept busy since the watch began; -1 where the system does not tell.
func (w *watch) others() float64 {
	busy, ok := busyTime()
	if !ok || !w.ok {
		return -1
	}
	return max(0, (busy-w.busy-(ownTime()-w.own)).Seconds()/time.Since(w.begun).Seconds())
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
