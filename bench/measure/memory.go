package measure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/portals-lang/portals/runtime"
)

// touches is how often each key occurs when memory is measured: often enough that checkpoints are made beside it.
const touches = 16

// memoryPerKey holds the peak memory of a process that counts keys against that of one which counts them in a map. Each
// runs in a process of its own, which tells how much its peak rose.
func memoryPerKey(p *probing) ([]*Figure, error) {
	// Of 200 k keys, what a process takes once is a third.
	keys := p.sized(1_000_000, 1_000_000, 2_000)
	kind := strings.TrimPrefix(p.Name, "memory per ")
	var figures []*Figure
	for _, mode := range []Mode{Memory, Sync} {
		f := &Figure{Name: fmt.Sprintf("peak memory per %s, %s", kind, mode), Unit: "bytes", Most: 2.5, Note: Short(int64(keys)) + " keys, beside a Go map"}
		for range p.sized(5, 5, 1) {
			own, err := p.peak(mode, keys)
			if err != nil {
				return nil, err
			}
			plain, err := p.peak(plainSide, keys)
			if err != nil {
				return nil, err
			}
			f.Own, f.Plain = append(f.Own, own), append(f.Plain, plain)
		}
		figures = append(figures, f)
	}
	return figures, nil
}

// peak starts a process that counts, and returns its peak per key in bytes.
func (p *probing) peak(mode Mode, keys int) (float64, error) {
	out, err := exec.Command(p.self, "-peak", p.Program, "-modes", string(mode), "-dir", p.effort.Dir,
		"-param", fmt.Sprintf("keys=%d", keys), "-param", fmt.Sprintf("events=%d", touches*keys), "-param", fmt.Sprintf("each=%d", touches)).Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			err = fmt.Errorf("%w\n%s", err, failed.Stderr)
		}
		return 0, err
	}
	bytes, err := strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
	return bytes / float64(keys), err
}

// printPeak is what such a process does.
func (p *probing) printPeak(mode Mode, params Params) error {
	before, err := peakMemory()
	if err != nil {
		return err
	}
	if mode == plainSide {
		count := plainCountInt
		if p.Program == "countmade" {
			count = plainCountMade
		}
		err = count(params, io.Discard)
	} else if err = p.set(params); err == nil {
		err = runtime.Run(context.Background(), p.app, mode.options(runtime.Options{Data: p.store(), Stdout: io.Discard, Parallelism: 1}))
		err = errors.Join(err, os.RemoveAll(p.store()))
	}
	if err != nil {
		return err
	}
	after, err := peakMemory()
	fmt.Println(after - before)
	return err
}

// peakMemory is the most memory that this process has had, in bytes, by what Linux tells.
func peakMemory() (int64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kb << 10, err
		}
	}
	return 0, errors.New("the system does not tell how much memory a process has had")
}
