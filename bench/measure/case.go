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
	Params map[string]string
	// Plain prepares what does the same work and prints the same; nil when there is nothing to compare with.
	Plain func(p Params) func(out io.Writer) error
	// Input makes the file that the param `input` names, and tells how many events it holds.
	Input func(path string, events int64) (int64, error)
	// Lanes is the number of partitions; 0 stands for one for each processor.
	Lanes int
	// Single says that the other side is the same program on one partition.
	Single bool
	// Unordered says that the order of the lines printed is nobody's promise.
	Unordered bool
	// Modes are those that it is measured in.
	Modes []Mode
	// Goal is the least ratio to the plain loop, by mode; Rate the least number of events per second.
	Goal map[Mode]float64
	Rate map[Mode]float64
	// Counting rows allocate nothing per event.
	Lean bool
}

// Params are the values of a program's params, as both sides read them.
type Params map[string]string

// Int is a param of type Int.
func (p Params) Int(name string) int64 {
	n, err := strconv.ParseInt(p[name], 10, 64)
	if err != nil {
		panic(err) // a row of the table above is wrong
	}
	return n
}

// Result is what a row has shown.
type Result struct {
	Case   string
	Mode   Mode
	Events int64
	// Portals and Plain are the times of the runs in nanoseconds; those of one pair have one index.
	Portals, Plain []float64
	// PortalsCPU and PlainCPU are what they took of all processors together.
	PortalsCPU, PlainCPU []float64
	// Allocs and Bytes are what the program has allocated for each event.
	Allocs, Bytes float64
	// Peak is the memory in use after the program's last atom, in bytes, and that of the plain loop.
	Peak, PlainPeak float64 `json:",omitempty"`
}
