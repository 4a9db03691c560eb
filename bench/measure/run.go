package measure

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	goruntime "runtime"
	"runtime/pprof"
	"slices"
	"sync"
	"time"

	"github.com/portals-lang/portals/runtime"
	"github.com/portals-lang/portals/runtime/ptl"
)

// Effort says how long to measure.
type Effort struct {
	Rounds int
	Modes  []Mode
	// Share is the part of a row's events that a run takes.
	Share float64
	// Few lets a run take so few events that it is for comparing what both sides print, not for measuring.
	Few bool
	// Dir is where stores and input files live.
	Dir string
	// CPU and Heap are the files of a CPU profile and of an allocation profile of the program's runs; "" for none.
	CPU, Heap string
	// Alone leaves the plain side out.
	Alone bool
	// Lanes overrides the number of partitions of a row; 0 leaves it to the row.
	Lanes int
}

// bench is a row on its way.
type bench struct {
	*Case
	app    *ptl.App
	effort Effort
	params Params
	events int64
	plain  func(io.Writer) error
}

// few is the number of events of a run that is not for measuring.
const few = 20_000

// Run measures a case. A round is a run in each mode and one of the plain side; every other round goes backwards, so that
// what changes slowly falls on all alike.
func (c *Case) Run(app *ptl.App, effort Effort) (*Result, error) {
	b := &bench{Case: c, app: app, effort: effort, events: int64(float64(c.Events) * effort.Share)}
	if effort.Few {
		b.events = min(c.Events, few)
	}
	if err := b.prepare(); err != nil {
		return nil, err
	}
	sides := slices.Clone(effort.Modes)
	r := &Result{Case: c.Name, Events: b.events, Runs: map[Mode]*Times{}}
	for _, mode := range sides {
		r.Runs[mode] = &Times{}
	}
	if !effort.Alone {
		if sides = append(sides, plainSide); !c.Single {
			b.plain = c.Plain(b.params)
		}
		r.Plain = &Times{}
	}
	stop, err := b.profile()
	if err != nil {
		return nil, err
	}
	defer stop()
	for round := range effort.Rounds + 1 {
		if err := b.round(sides, r, round == 0); err != nil {
			return nil, err
		}
		slices.Reverse(sides)
	}
	return r, nil
}

// plainSide stands among the modes for the plain side.
const plainSide Mode = ""

// round runs all sides once, and compares what they print. A round that warms up does not count.
func (b *bench) round(sides []Mode, r *Result, warmup bool) error {
	var wanted *output
	for _, side := range sides {
		m, printed, err := b.side(side)
		if err != nil {
			return err
		}
		if wanted == nil {
			wanted = printed
		}
		if printed.sum(b.Unordered) != wanted.sum(b.Unordered) {
			return fmt.Errorf("%s: the sides disagree: they print %d and %d bytes", b.Name, printed.size, wanted.size)
		}
		if b.effort.Few && printed.size == 0 {
			return fmt.Errorf("%s prints nothing, which compares nothing", b.Name)
		}
		switch {
		case warmup:
		case side == plainSide:
			r.Plain.add(m, b.events)
		default:
			r.Runs[side].add(m, b.events)
		}
	}
	return nil
}

// side runs one of them.
func (b *bench) side(side Mode) (measured, *output, error) {
	switch {
	case side != plainSide:
		return b.program(side, b.lanes())
	case b.Single:
		return b.program(Memory, 1)
	}
	printed := &output{}
	m, err := timePlain(b.plain, printed)
	return m, printed, err
}

func (b *bench) lanes() int {
	if b.effort.Lanes > 0 {
		return b.effort.Lanes
	}
	return max(b.Lanes, 1)
}

// prepare sets the params of the program and makes its input.
func (b *bench) prepare() error {
	if b.params = maps.Clone(b.Params); b.params == nil {
		b.params = Params{}
	}
	if _, ok := b.params["keys"]; ok && b.effort.Few {
		b.params["keys"] = fmt.Sprint(min(b.params.Int("keys"), b.events/16))
	}
	if _, ok := b.params["show"]; ok && b.effort.Few {
		b.params["show"] = "true"
	}
	if b.Input != nil {
		path := filepath.Join(b.effort.Dir, "input")
		n, err := b.Input(path, b.events)
		if err != nil {
			return err
		}
		b.params["input"], b.events = path, n
	}
	if slices.ContainsFunc(b.app.Params, func(p *ptl.Param) bool { return p.Spec.Name == "events" }) {
		b.params["events"] = fmt.Sprint(b.events)
	}
	return setParams(b.app, b.params)
}

// setParams gives params of a program their values; those that are not named get their defaults.
func setParams(app *ptl.App, params Params) error {
	for _, p := range app.Params {
		if p.Default != nil {
			p.Default()
		}
	}
	for name, value := range params {
		i := slices.IndexFunc(app.Params, func(p *ptl.Param) bool { return p.Spec.Name == name })
		if i < 0 {
			return fmt.Errorf("program %s has no param %s", app.Name, name)
		}
		if err := app.Params[i].Set(value); err != nil {
			return err
		}
	}
	return nil
}

// profile starts what Effort asks for; stop ends it.
func (b *bench) profile() (stop func(), err error) {
	if b.effort.Heap != "" {
		goruntime.MemProfileRate = 4096
	}
	if b.effort.CPU != "" {
		f, err := os.Create(b.effort.CPU)
		if err != nil {
			return nil, err
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			return nil, err
		}
	}
	return func() {
		pprof.StopCPUProfile()
		if b.effort.Heap == "" {
			return
		}
		if f, err := os.Create(b.effort.Heap); err == nil {
			_ = pprof.Lookup("allocs").WriteTo(f, 0)
			_ = f.Close()
		}
	}, nil
}

// measured is what one run of a program took.
type measured struct {
	took, cpu     time.Duration
	allocs, bytes uint64
}

// program runs the program once, on that many partitions.
func (b *bench) program(mode Mode, lanes int) (m measured, printed *output, err error) {
	data := filepath.Join(b.effort.Dir, "store")
	defer os.RemoveAll(data)
	goruntime.GC()
	var w watch
	printed = &output{}
	app := *b.app
	app.Build = func(g *ptl.Graph) {
		b.app.Build(g)
		w.put(g)
	}
	err = runtime.Run(context.Background(), &app, mode.options(runtime.Options{Data: data, Stdout: printed, Parallelism: lanes}))
	if err != nil {
		return m, nil, err
	}
	m.took, m.cpu = w.end.Sub(w.begin), w.endCPU-w.beginCPU
	m.allocs = w.after.Mallocs - w.before.Mallocs
	m.bytes = w.after.TotalAlloc - w.before.TotalAlloc
	return m, printed, nil
}

func timePlain(plain func(io.Writer) error, out io.Writer) (m measured, err error) {
	goruntime.GC()
	begin, cpu := time.Now(), processorTime()
	err = plain(out)
	return measured{took: time.Since(begin), cpu: processorTime() - cpu}, err
}

// watch takes the time between the first call for an atom and the end of a run.
type watch struct {
	first, last      sync.Once
	begin, end       time.Time
	beginCPU, endCPU time.Duration
	before, after    goruntime.MemStats
}

func (w *watch) put(g *ptl.Graph) {
	for _, s := range g.Streams {
		if s.Source != nil {
			s.Source = &watched{s.Source, w}
		}
	}
}

type watched struct {
	ptl.SourceNode
	watch *watch
}

func (s *watched) Next() (ptl.Batch, []byte, error) {
	s.watch.first.Do(func() {
		goruntime.ReadMemStats(&s.watch.before)
		s.watch.begin, s.watch.beginCPU = time.Now(), processorTime()
	})
	return s.SourceNode.Next()
}

// Recycle implements ptl.Recycler.
func (s *watched) Recycle(events ptl.Batch) {
	if r, ok := s.SourceNode.(ptl.Recycler); ok {
		r.Recycle(events)
	}
}

func (s *watched) Close() error {
	s.watch.last.Do(func() {
		s.watch.end, s.watch.endCPU = time.Now(), processorTime()
		goruntime.ReadMemStats(&s.watch.after)
	})
	return s.SourceNode.Close()
}

// output takes what a side prints. Several sinks of a program may write at once, whole lines each.
type output struct {
	mu    sync.Mutex
	size  int64
	lines []byte
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.size += int64(len(b))
	o.lines = append(o.lines, b...)
	return len(b), nil
}

// sum identifies what was printed.
func (o *output) sum(unordered bool) string {
	if !unordered {
		return string(o.lines)
	}
	lines := bytes.Split(o.lines, []byte("\n"))
	slices.SortFunc(lines, bytes.Compare)
	return string(bytes.Join(lines, []byte("\n")))
}
