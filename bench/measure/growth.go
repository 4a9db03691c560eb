package measure

import (
	"fmt"
	"io"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Growth is how the time that a program takes grows as one thing doubles, and beside it the time that plain Go takes for the
// same, where there is such a side: so what the caches of the machine make of it is seen on both.
type Growth struct {
	Name string
	// Sizes are the numbers of that thing, each twice the one before, or four times.
	Sizes []int64
	// Case is the program for a size.
	Case func(size int64) *Case
	// Mode is the one in which it runs.
	Mode Mode
	// Most is what the exponent of the growth may be: 1 stands for linear, 0 for none.
	Most float64
}

// Curve is what a Growth has shown.
type Curve struct {
	Name  string
	Mode  Mode
	Sizes []int64
	Took  []float64 // seconds, the least of the rounds
	Plain []float64 `json:",omitempty"` // the same of plain Go; nil where there is no such side
	Most  float64
	// Others is how many processors others kept busy meanwhile; negative if nobody knows.
	Others float64
}

// Join takes a later measurement of the same growth into this one: of each size, the least time of all rounds.
func (c *Curve) Join(later *Curve) {
	least := func(times, others []float64) {
		for i := range times {
			times[i] = min(times[i], others[i])
		}
	}
	least(c.Took, later.Took)
	least(c.Plain, later.Plain)
	c.Others = max(c.Others, later.Others)
}

// Growths are all of them, in the order in which they are shown.
func Growths() []*Growth {
	doubled := func(from int64, n int) (sizes []int64) {
		for range n {
			sizes = append(sizes, from)
			from *= 2
		}
		return sizes
	}
	program := func(family string, events int64, atom string, plain func(size int) func(Params, io.Writer) error) func(size int64) *Case {
		return func(size int64) *Case {
			return &Case{Program: fmt.Sprintf("%s%d", family, size), Events: events, Params: Params{"atom": atom}, Plain: loop(plain(int(size)))}
		}
	}
	count := func(events, keys int64) *Case {
		return &Case{Program: "countint", Events: events, Params: Params{"atom": "4096", "keys": fmt.Sprint(keys), "each": "4"}, Plain: loop(plainCountInt)}
	}
	entries := func(size int64) *Case {
		return &Case{Program: "bigmap", Events: 4 * size, Params: Params{"atom": "4096", "keys": fmt.Sprint(size), "each": "4"}, Plain: loop(plainCountInt)}
	}
	inFlight := func(size int64) *Case {
		return &Case{Program: "flight", Events: 300_000, Params: Params{"atom": fmt.Sprint(size)}, Plain: loop(plainFlight)}
	}
	gather := func(program string) func(size int64) *Case {
		return func(size int64) *Case {
			return &Case{Program: program, Events: 131_072, Params: Params{"width": fmt.Sprint(size)}}
		}
	}
	parked := func(size int64) *Case {
		return &Case{Program: "parked", Events: 65_536, Params: Params{"atom": fmt.Sprint(size)}}
	}
	return []*Growth{
		{Name: "events, in memory", Sizes: doubled(500_000, 6), Mode: Memory, Most: 1, Case: func(size int64) *Case { return count(size, 10_000) }},
		{Name: "events, with sync", Sizes: doubled(500_000, 6), Mode: Sync, Most: 1, Case: func(size int64) *Case { return count(size, 10_000) }},
		{Name: "keys, in memory", Sizes: doubled(32_000, 6), Mode: Memory, Most: 1, Case: func(size int64) *Case { return count(4*size, size) }},
		{Name: "keys, with sync", Sizes: doubled(32_000, 6), Mode: Sync, Most: 1, Case: func(size int64) *Case { return count(4*size, size) }},
		{Name: "workflows in a chain", Sizes: doubled(8, 5), Mode: Memory, Most: 1, Case: program("chain", 200_000, "256", plainChain)},
		{Name: "tasks in a chain", Sizes: doubled(2, 5), Mode: Memory, Most: 1, Case: program("tasks", 200_000, "4096", plainTasks)},
		{Name: "asks in flight", Sizes: doubled(64, 6), Mode: Memory, Case: inFlight},
		{Name: "asks that one handler awaits", Sizes: doubled(64, 8), Mode: Memory, Case: gather("gather")},
		{Name: "asks that one handler awaits, within a time", Sizes: doubled(64, 8), Mode: Memory, Case: gather("gatherwithin")},
		{Name: "asks that one exclusive handler awaits", Sizes: doubled(64, 8), Mode: Memory, Case: gather("gatherexclusive")},
		{Name: "asks that one handler awaits in turn", Sizes: doubled(64, 8), Mode: Memory, Case: gather("gatherinturn")},
		{Name: "events parked for one key", Sizes: doubled(64, 8), Mode: Memory, Case: parked},
		{Name: "map entries, in memory", Sizes: doubled(8192, 6), Mode: Memory, Most: 1, Case: entries},
		{Name: "map entries, with sync", Sizes: doubled(8192, 6), Mode: Sync, Most: 1, Case: entries},
	}
}

// Programs are those that it needs.
func (g *Growth) Programs() (names []string) {
	for _, size := range g.Sizes {
		names = append(names, g.Case(size).Program)
	}
	return names
}

// Measure runs the program for each size, in rounds, and keeps the least time of each size: what else the machine does
// only ever adds to it.
func (g *Growth) Measure(apps map[string]*ptl.App, effort Effort) (*Curve, error) {
	curve := &Curve{Name: g.Name, Mode: g.Mode, Sizes: g.Sizes, Most: g.Most, Took: make([]float64, len(g.Sizes))}
	for range effort.Rounds {
		for i, size := range g.Sizes {
			c := g.Case(size)
			b := &bench{Case: c, app: apps[c.Program], effort: effort, events: max(int64(float64(c.Events)*effort.Share), 1)}
			if effort.Few {
				b.events = 1000
			}
			if err := b.prepare(); err != nil {
				return nil, err
			}
			m, printed, err := b.program(g.Mode, 1)
			if err != nil {
				return nil, err
			}
			keepLeast(&curve.Took[i], m)
			if c.Plain == nil {
				continue
			}
			if curve.Plain == nil {
				curve.Plain = make([]float64, len(g.Sizes))
			}
			wanted := &output{}
			if m, err = timePlain(c.Plain(b.params), wanted); err != nil {
				return nil, err
			}
			keepLeast(&curve.Plain[i], m)
			if printed.sum(false) != wanted.sum(false) {
				return nil, fmt.Errorf("%s, %d: the sides disagree: they print %d and %d bytes", g.Name, size, printed.size, wanted.size)
			}
		}
	}
	return curve, nil
}

func keepLeast(least *float64, m measured) {
	if took := m.took.Seconds(); *least == 0 || took < *least {
		*least = took
	}
}
