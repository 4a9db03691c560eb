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
	"syscall"
	"time"

	"github.com/portals-lang/portals/runtime"
	"github.com/portals-lang/portals/runtime/ptl"
)

// Effort says how long to measure.
type Effort struct {
	Pairs int
	// Share is the part of a row's events that a run takes.
	Share float64
	// Dir is where stores and input files live.
	Dir string
	// Profiles are the files of a CPU profile and of an allocation profile of the program's runs; "" for none.
	CPU, Heap string
	// Alone leaves the plain side out.
	Alone bool
	// Lanes overrides the number of partitions; 0 leaves it to the row.
	Lanes int
}

// bench is a row in one mode.
type bench struct {
	*Case
	mode   Mode
	app    *ptl.App
	effort Effort
	params Params
	events int64
}

// Run measures a case in one mode.
func (c *Case) Run(app *ptl.App, mode Mode, effort Effort) (*Result, error) {
	b := &bench{Case: c, mode: mode, app: app, effort: effort, events: int64(float64(c.Events) * effort.Share)}
	if err := b.prepare(); err != nil {
		return nil, err
	}
	var plain func(io.Writer) error
	if c.Plain != nil && !effort.Alone {
		plain = c.Plain(b.params)
	}
	stop, err := b.profile()
	if err != nil {
		return nil, err
	}
	defer stop()
	r := &Result{Case: c.Name, Mode: mode, Events: b.events}
	for pair := range effort.Pairs + 1 {
		run, printed, err := b.program(b.lanes())
		if err != nil {
			return nil, err
		}
		var other measured
		var wanted *output
		switch {
		case effort.Alone || c.Plain == nil && !c.Single:
			wanted = printed
		case c.Single:
			other, wanted, err = b.program(1)
		default:
			wanted = &output{}
			other, err = timePlain(plain, wanted)
		}
		if err != nil {
			return nil, err
		}
		if printed.sum(c.Unordered) != wanted.sum(c.Unordered) {
			return nil, fmt.Errorf("%s: the two sides disagree: they print %d and %d bytes", c.Name, printed.size, wanted.size)
		}
		if pair == 0 {
			continue // warm-up
		}
		r.Portals = append(r.Portals, float64(run.took))
		r.PortalsCPU = append(r.PortalsCPU, float64(run.cpu))
		if other.took > 0 {
			r.Plain = append(r.Plain, float64(other.took))
			r.PlainCPU = append(r.PlainCPU, float64(other.cpu))
		}
		r.Allocs = float64(run.allocs) / float64(b.events)
		r.Bytes = float64(run.bytes) / float64(b.events)
	}
	return r, nil
}

func (b *bench) lanes() int {
	if b.effort.Lanes > 0 {
		return b.effort.Lanes
	}
	return b.Lanes
}

// prepare sets the params of the program and makes its input.
func (b *bench) prepare() error {
	if b.params = maps.Clone(b.Params); b.params == nil {
		b.params = Params{}
	}
	if b.Input != nil {
		path := filepath.Join(b.effort.Dir, "input")
		n, err := b.Input(path, b.events)
		if err != nil {
			return err
		}
		b.params["input"], b.events = path, n
	}
	for _, p := range b.app.Params {
		if p.Default != nil {
			p.Default()
		}
		if p.Spec.Name == "events" {
			b.params["events"] = fmt.Sprint(b.events)
		}
	}
	for name, value := range b.params {
		i := slices.IndexFunc(b.app.Params, func(p *ptl.Param) bool { return p.Spec.Name == name })
		if i < 0 {
			return fmt.Errorf("program %s has no param %s", b.Program, name)
		}
		if err := b.app.Params[i].Set(value); err != nil {
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

// program runs the program once, on that many partitions; 0 stands for one for each processor.
func (b *bench) program(lanes int) (m measured, printed *output, err error) {
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
	err = runtime.Run(context.Background(), &app, b.mode.options(runtime.Options{Data: data, Stdout: printed, Parallelism: lanes}))
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

// processorTime is what the process has used of all processors so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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

// output takes what a side prints: enough of it to compare.
type output struct {
	size  int64
	lines []byte
}

func (o *output) Write(b []byte) (int, error) {
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
