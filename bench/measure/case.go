package measure

import (
	"io"
	"strconv"

	"github.com/portals-lang/portals/runtime"
	"github.com/portals-lang/portals/runtime/store"
)

// Mode says what a run survives.
type Mode string

// The modes.
const (
	Memory Mode = "memory"
	Async  Mode = "async"
	Sync   Mode = "sync"
)

// Modes are all of them, in the order in which they are shown.
func Modes() []Mode { return []Mode{Memory, Async, Sync} }

func (m Mode) options(o runtime.Options) runtime.Options {
	switch m {
	case Memory:
		o.Memory = true
	case Async:
		o.Durability = store.Async
	case Sync:
		o.Durability = store.Sync
	}
	return o
}

// Case is a program with its params, and the same work as plain Go.
type Case struct {
	Name    string
	Program string
	// Events is how many a full run takes; they are what times are divided by.
	Events int64
	// Params are the program's flags but for `events`.
	Params Params
	// Plain prepares what does the same work and prints the same.
	Plain func(p Params) func(out io.Writer) error
	// Input makes the file that the param `input` names, and tells how many events it holds.
	Input func(path string, events int64) (int64, error)
	// Lanes is the number of partitions; 0 stands for one.
	Lanes int
	// Single says that the other side is the same program on one partition, in memory.
	Single bool
	// Unordered says that the order of the lines printed is nobody's promise.
	Unordered bool
	// Modes are those that it is measured in; nil stands for all.
	Modes []Mode
	// Goal is the least ratio to the plain loop, by mode; Rate the least number of events per second.
	Goal map[Mode]float64
	Rate map[Mode]float64
	// Lean rows allocate nothing per event.
	Lean bool
	// Published is what others publish for this work, in events per second and core.
	Published float64
}

// In are the modes that the row is measured in.
func (c *Case) In() []Mode {
	if c.Modes == nil {
		return Modes()
	}
	return c.Modes
}

// Atom is how many events an atom of the row has, as far as it says so; else 0.
func (c *Case) Atom() int64 {
	n, _ := strconv.ParseInt(c.Params["atom"], 10, 64)
	return n
}

// Params are the values of a program's params, as both sides read them.
type Params map[string]string

// Int is a param of type Int.
func (p Params) Int(name string) int64 {
	n, err := strconv.ParseInt(p[name], 10, 64)
	if err != nil {
		panic(err) // a row of the table is wrong
	}
	return n
}

// Result is what a row has shown.
type Result struct {
	Case   string
	Events int64
	Runs   map[Mode]*Times
	Plain  *Times // nil where the program ran alone
	// Others is how many processors others kept busy meanwhile; negative if nobody knows.
	Others float64
}

// Times are what the runs of one side took; what has one index ran in one round.
type Times struct {
	// Took is elapsed time and CPU time of all processors together, in nanoseconds.
	Took, CPU []float64
	// Allocs and Bytes are what the last run has allocated for each event.
	Allocs, Bytes float64
}

// Join puts the rounds of a later result of the same row behind those of this one. Memory is what the later one has seen, others are the
// busiest.
func (r *Result) Join(later *Result) {
	for mode, t := range r.Runs {
		t.join(later.Runs[mode])
	}
	if r.Plain != nil {
		r.Plain.join(later.Plain)
	}
	r.Others = max(r.Others, later.Others)
}

func (t *Times) join(later *Times) {
	t.Took = append(t.Took, later.Took...)
	t.CPU = append(t.CPU, later.CPU...)
	t.Allocs, t.Bytes = later.Allocs, later.Bytes
}

func (t *Times) add(m measured, events int64) {
	t.Took = append(t.Took, float64(m.took))
	t.CPU = append(t.CPU, float64(m.cpu))
	t.Allocs, t.Bytes = float64(m.allocs)/float64(events), float64(m.bytes)/float64(events)
}
