package measure

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Figure is a number about programs that is no speed, perhaps beside that of plain Go or of the disk.
type Figure struct {
	Name string
	Unit string
	// Own and Plain are what the rounds have shown; what has one index belongs together. Plain may be empty.
	Own, Plain []float64
	// Most and Least are goals, 0 for none: of the ratio of Own to Plain, or of Own if there is no Plain.
	Most, Least float64
	MostOfOwn   bool // Most is of Own, although there is a Plain
	// Note says what else one has to know.
	Note string
	// Others is how many processors others kept busy meanwhile; negative if nobody knows.
	Others float64
}

// Join puts the rounds of a later measurement of the same figure behind those of this one.
func (f *Figure) Join(later *Figure) {
	f.Own = append(f.Own, later.Own...)
	f.Plain = append(f.Plain, later.Plain...)
	if later.Note != f.Note {
		f.Note += "; then " + later.Note
	}
	f.Others = max(f.Others, later.Others)
}

// Probe measures figures. It runs in a process of its own.
type Probe struct {
	Name    string
	Program string // "" if it needs none
	Quick   bool   // whether a run that takes a minute has it
	run     func(p *probing) ([]*Figure, error)
}

// Probes are all of them, in the order in which they are shown.
func Probes() []*Probe {
	return []*Probe{
		{Name: "two processors", Quick: true, run: twoProcessors},
		{Name: "waited commit", Program: "echo", Quick: true, run: waitedCommit},
		{Name: "latency at half load", Program: "echo", run: latency},
		{Name: "checkpoints at full load", Program: "countint", run: pauses},
		{Name: "recovery", Program: "ticking", Quick: true, run: recovery},
		{Name: "replay", Quick: true, run: replay},
		{Name: "memory per Int key", Program: "countint", run: memoryPerKey},
		{Name: "memory per String key", Program: "countmade", run: memoryPerKey},
		{Name: "memory per waiting handler", Program: "waits", Quick: true, run: memoryPerWaiting},
	}
}

// probing is a Probe on its way.
type probing struct {
	*Probe
	app    *ptl.App
	effort Effort
	self   string // the binary that this is, for processes that start afresh
}

// Measure runs the probe. Few makes it so small that its figures mean nothing.
func (p *Probe) Measure(app *ptl.App, effort Effort) ([]*Figure, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(effort.Dir, "probe-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	effort.Dir = dir
	figures, err := p.run(&probing{Probe: p, app: app, effort: effort, self: self})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	return figures, nil
}

// sized is a number of a full measurement, or the smaller one of a quick one, or one of a run that is not for measuring.
func (p *probing) sized(full, quick, few int) int {
	switch {
	case p.effort.Few:
		return few
	case p.effort.Share < 1:
		return quick
	}
	return full
}

// set gives params their values; those that are not named get their defaults.
func (p *probing) set(params Params) error { return setParams(p.app, params) }

func (p *probing) store() string { return filepath.Join(p.effort.Dir, "store") }

// quantile is the value below which so large a part of them lies.
func quantile(xs []float64, part float64) float64 {
	xs = slices.Sorted(slices.Values(xs))
	if len(xs) == 0 {
		return 0
	}
	return xs[min(int(part*float64(len(xs))), len(xs)-1)]
}
