package engine

import (
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
)

// meter counts what a run does, for people.
type meter struct {
	atoms, events, skipped atomic.Uint64
}

// Progress is how far a run has come.
type Progress struct {
	Atoms, Events uint64 // that sources have given in this run
	Skipped       uint64 // events that failed
	Sources       []SourceProgress
}

// SourceProgress is how much a source has read, of one that knows how much there is.
type SourceProgress struct {
	Stream      string
	Read, Total int64 // bytes
}

// Progress may be called at any time.
func (e *Engine) Progress() Progress {
	p := Progress{Atoms: e.meter.atoms.Load(), Events: e.meter.events.Load(), Skipped: e.meter.skipped.Load()}
	for _, s := range e.sources {
		if m, ok := ptl.As[ptl.Measured](s.from); ok {
			read, total := m.Measure()
			p.Sources = append(p.Sources, SourceProgress{s.stream.node.Spec.Name, read, total})
		}
	}
	return p
}
