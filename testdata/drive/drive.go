// Package drive runs the workflows of an application without an engine, for tests: it draws from a seed which workflow
// takes which of the atoms that wait for it, and how large atoms are, and it stops and begins again from what was written
// whenever it likes. What a program gives must not depend on any of that.
package drive

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store/group"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// Main runs an application under many seeds, with the events 0 … events-1 on each stream of Ints that nothing in it
// writes, and prints what each gave. What all gave alike is printed once.
func Main(app *ptl.App, events, seeds int) {
	for _, p := range app.Params {
		if p.Default != nil {
			p.Default()
		}
	}
	first := ""
	for seed := range seeds {
		got := run(app, events, uint64(seed))
		switch {
		case seed == 0:
			first = got
			fmt.Print(got)
		case got != first:
			fmt.Printf("seed %d differs:\n%s", seed, got)
			os.Exit(1)
		}
	}
}

// driver is one run.
type driver struct {
	app      *ptl.App
	rand     *rand.Rand
	programs []ptl.Program
	progress []ptl.Progress
	queues   map[string][]ptl.Batch // by reader and stream
	store    map[string][]byte
	batch    group.Batch
	lines    map[string][]string // what was emitted, by stream and by what stands before the first bar
}

func run(app *ptl.App, events int, seed uint64) string {
	d := &driver{
		app: app, rand: rand.New(rand.NewPCG(seed, 7)), queues: map[string][]ptl.Batch{}, store: map[string][]byte{},
		lines: map[string][]string{},
	}
	d.begin()
	d.feed(events)
	for d.step() {
		if seed > 0 && d.rand.IntN(200) == 0 {
			d.again()
		}
	}
	var out strings.Builder
	for _, p := range d.programs {
		if n := p.Waiting(); n > 0 {
			fmt.Fprintf(&out, "%s: %d wait for ever\n", p.Spec().Name, n)
		}
	}
	var groups []string
	for g := range d.lines {
		groups = append(groups, g)
	}
	sort.Strings(groups)
	for _, g := range groups {
		for _, line := range d.lines[g] {
			fmt.Fprintf(&out, "%s\n", line)
		}
	}
	return out.String()
}

// begin builds the graph and takes up what was written.
func (d *driver) begin() {
	g := &ptl.Graph{}
	d.app.Build(g)
	if err := g.Connect(); err != nil {
		panic(err)
	}
	d.programs = g.Workflows
	deadlocks := ptl.NewDeadlocks()
	for i, p := range d.programs {
		err := p.Start(ptl.Runtime{
			Lanes: 1 + d.rand.IntN(3), Guarded: true, Now: func() ptl.Time { return 1 }, Seed: d.rand.Uint64,
			Log: slog.New(slog.DiscardHandler), Parallel: d.parallel, ParallelEvents: 2, Number: uint64(i),
			Exclusive: g.Exclusive, Deadlocks: deadlocks, Load: d.load, Scan: d.scan, RecordLimit: 1 + d.rand.IntN(50),
		})
		if err != nil {
			panic(err)
		}
		for _, s := range p.States() {
			prefix := fmt.Sprintf("%s %s %v\x00", p.Spec().Name, s.Name(), s.Shared())
			at := ptl.Prefixes{Records: []byte(prefix), Items: []byte("entries of " + prefix)}
			if err := ptl.Attach(s, at, true); err != nil {
				panic(err)
			}
		}
		if i < len(d.progress) {
			p.SetProgress(d.progress[i])
		}
	}
}

// parallel calls the lanes one after the other, in any order.
func (d *driver) parallel(n int, work func(i int)) {
	for _, i := range d.rand.Perm(n) {
		work(i)
	}
}

// again writes what changed, forgets everything else and begins again.
func (d *driver) again() {
	d.progress = nil
	for _, p := range d.programs {
		for _, s := range p.States() {
			ptl.Changes(s, d)
		}
		d.progress = append(d.progress, p.Progress())
	}
	d.begin()
}

// Put, Delete, DeleteRange, Begin, End and Later make a driver a ptl.StateWriter.
func (d *driver) Put(key, value []byte) { d.store[string(key)] = bytes.Clone(value) }

// Later writes now: the driver runs no atom before it begins again.
func (d *driver) Later(write func(w ptl.StateWriter)) { write(d) }

// Begin and End change entries in the form of a group.
func (d *driver) Begin(prefix []byte) []byte {
	d.batch.Reset()
	return d.batch.Begin(prefix)
}

// End changes what was appended.
func (d *driver) End(buf []byte, changes int) {
	d.batch.End(buf, changes)
	record, err := d.batch.Record()
	if err != nil {
		panic(err)
	}
	r := group.Read(record[wal.HeaderSize:])
	for ; changes > 0; changes-- {
		switch op, key, value, _ := r.Next(); op {
		case group.Put:
			d.Put(key, value)
		case group.Delete:
			d.Delete(key)
		default:
			panic("changes that make no sense")
		}
	}
	if !r.Skip() {
		panic("more than was counted")
	}
}

// DeleteRange removes the entries from start up to end.
func (d *driver) DeleteRange(start, end []byte) {
	maps.DeleteFunc(d.store, func(k string, _ []byte) bool { return string(start) <= k && k < string(end) })
}

// Delete removes an entry.
func (d *driver) Delete(key []byte) { delete(d.store, string(key)) }

func (d *driver) load(key []byte) ([]byte, bool, error) {
	v, ok := d.store[string(key)]
	return v, ok, nil
}

func (d *driver) scan(prefix []byte, visit func(key, value []byte) error) error {
	var keys []string
	for k := range d.store {
		if strings.HasPrefix(k, string(prefix)) {
			keys = append(keys, k)
		}
	}
	sort.Strings(keys)
	for _, k := range keys {
		if err := visit([]byte(k), d.store[k]); err != nil {
			return err
		}
	}
	return nil
}

// feed gives every workflow that reads from outside its events, in atoms of any size.
func (d *driver) feed(n int) {
	for _, p := range d.programs {
		for _, in := range p.Inputs() {
			if in.Kind != ptl.BySource {
				continue
			}
			for from := 0; from < n; {
				until := min(n, from+1+d.rand.IntN(n))
				var atom ptl.Events[int64]
				for i := from; i < until; i++ {
					atom = append(atom, int64(i))
				}
				d.push(p, in, atom)
				from = until
			}
		}
	}
}

func queue(p ptl.Program, s *ptl.StreamNode) string { return p.Spec().Name + "<" + s.Spec.Name }

func (d *driver) push(p ptl.Program, s *ptl.StreamNode, events ptl.Batch) {
	d.queues[queue(p, s)] = append(d.queues[queue(p, s)], events)
}

// step lets some workflow process an atom, if there is any.
func (d *driver) step() bool {
	type choice struct {
		program ptl.Program
		input   int
	}
	var all []choice
	for _, p := range d.programs {
		for i, in := range p.Inputs() {
			if len(d.queues[queue(p, in)]) > 0 {
				all = append(all, choice{p, i})
			}
		}
	}
	if len(all) == 0 || d.rand.IntN(100) == 0 {
		return d.ring() || len(all) > 0
	}
	c := all[d.rand.IntN(len(all))]
	q := queue(c.program, c.program.Inputs()[c.input])
	events := d.queues[q][0]
	d.queues[q] = d.queues[q][1:]
	ran, err := c.program.Run(c.input, events)
	if err != nil {
		panic(err)
	}
	if ran {
		d.take(c.program)
	}
	return true
}

// ring lets the first timer of some workflow ring, if there is any.
func (d *driver) ring() bool {
	for _, i := range d.rand.Perm(len(d.programs)) {
		p := d.programs[i]
		due, ok := p.NextTimer()
		if !ok {
			continue
		}
		ran, err := p.Ring(due)
		if err != nil {
			panic(err)
		}
		if ran {
			d.take(p)
		}
		return true
	}
	return false
}

// take hands on what the last atom of a workflow gave.
func (d *driver) take(p ptl.Program) {
	for i, s := range p.Outputs() {
		events, _ := p.Take(i)
		if events.Len() == 0 {
			continue
		}
		if texts, ok := events.(ptl.Events[string]); ok {
			for _, text := range texts {
				d.emit(s.Spec.Name, text)
			}
		}
		for _, reader := range d.programs {
			if slices.Contains(reader.Inputs(), s) {
				d.push(reader, s, events)
			}
		}
	}
	for _, f := range p.TakeFailed() {
		d.emit(f.Task, fmt.Sprintf("failed %s|%s", f.Event, f.Error))
	}
}

func (d *driver) emit(from, text string) {
	group, _, _ := strings.Cut(text, "|")
	group = from + " " + group
	d.lines[group] = append(d.lines[group], from+": "+text)
}
