package measure

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/portals-lang/portals/runtime"
	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/store"
)

// recovery fills a store with keys, and then takes the time from the start of a process until it has processed an atom.
func recovery(p *probing) ([]*Figure, error) {
	var figures []*Figure
	for _, keys := range []int{p.sized(1_000_000, 200_000, 1_000), p.sized(10_000_000, 0, 0)} {
		if keys == 0 {
			continue
		}
		f := &Figure{Name: "first atom after a restart, " + Short(int64(keys)) + " keys", Unit: "ms", Most: 1000}
		atom := min(4096, keys/10)
		params := Params{"keys": fmt.Sprint(keys), "events": fmt.Sprint(1 << 40), "atom": fmt.Sprint(atom)} // more than there is time for
		if err := p.set(params); err != nil {
			return nil, err
		}
		if err := p.runUntil((keys + atom - 1) / atom); err != nil {
			return nil, err
		}
		for range p.sized(5, 5, 1) {
			took, err := p.restart(params)
			if err != nil {
				return nil, err
			}
			f.Own = append(f.Own, float64(took)/1e6)
		}
		figures = append(figures, f)
		if err := os.RemoveAll(p.store()); err != nil {
			return nil, err
		}
	}
	return figures, nil
}

// runUntil runs the app durably until its sink has shown so many lines. What is shown is durable, whatever was not done yet when the run was
// stopped.
func (p *probing) runUntil(lines int) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	return runtime.Run(ctx, p.app, runtime.Options{Data: p.store(), Stdout: &counted{lines, stop}, Durability: store.Async, Parallelism: 1})
}

// counted stops the run when so many lines have been written.
type counted struct {
	left int
	stop func()
}

func (c *counted) Write(text []byte) (int, error) {
	c.left -= bytes.Count(text, []byte("\n"))
	if c.left <= 0 {
		c.stop()
	}
	return len(text), nil
}

// restart starts a process that goes on where the store ends, and ends it when it has printed something.
func (p *probing) restart(params Params) (time.Duration, error) {
	args := []string{"-resume", p.Program, "-dir", p.effort.Dir}
	for name, value := range params {
		args = append(args, "-param", name+"="+value)
	}
	cmd := exec.Command(p.self, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	took := time.Since(begin)
	_ = cmd.Process.Signal(os.Interrupt)
	_, _ = io.Copy(io.Discard, out)
	if waited := cmd.Wait(); err != nil || waited != nil {
		return 0, fmt.Errorf("%w\n%s", errors.Join(err, waited), &errs)
	}
	if strings.TrimSpace(line) == "0" {
		return 0, errors.New("the process began from the start")
	}
	return took, nil
}

// replay takes the time that opening a store takes behind whose checkpoint so many changes lie in the log.
func replay(p *probing) ([]*Figure, error) {
	changes := p.sized(2_000_000, 300_000, 5_000)
	f := &Figure{Name: "replay of the log", Unit: "M entries/s", Least: 2, Note: fmt.Sprintf("%s entries of 100 k keys", Short(int64(changes)))}
	for range p.sized(5, 5, 1) {
		dir := p.store()
		options := store.Options{App: "bench", Random: bytes.NewReader(make([]byte, 16)), CheckpointBytes: -1, Durability: store.Async,
			Go: func(f func()) { go f() }}
		if err := fill(dir, options, changes); err != nil {
			return nil, err
		}
		begin := time.Now()
		s, err := store.Open(dir, options)
		if err != nil {
			return nil, err
		}
		took := time.Since(begin)
		if s.Stats().Recovered == 0 {
			return nil, errors.New("opening the store replayed nothing")
		}
		f.Own = append(f.Own, float64(changes)/1e6/took.Seconds())
		if err := errors.Join(s.Close(), os.RemoveAll(dir)); err != nil {
			return nil, err
		}
	}
	return []*Figure{f}, nil
}

// fill writes a log of changes, in groups as a busy run makes them.
func fill(dir string, options store.Options, changes int) error {
	s, err := store.Open(dir, options)
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 2))
	var b store.Batch
	key, value := make([]byte, 11), make([]byte, 8)
	for i := range changes {
		n := r.Uint64N(100_000)
		key[0], key[1], key[2] = 7, byte(n*0x9e37), 1 // a table, a slot, an Int
		binary.BigEndian.PutUint64(key[3:], n)
		binary.BigEndian.PutUint64(value, uint64(i))
		b.Put(key, value)
		if b.Len() < 4096 && i < changes-1 {
			continue
		}
		if _, err := s.Commit(&b); err != nil {
			return errors.Join(err, s.Close())
		}
		b.Reset()
	}
	return s.Close()
}

// pauses runs the app at full load, durably, and notes the longest time between two atoms that its source gives: it is
// held back when something behind it stands still.
func pauses(p *probing) ([]*Figure, error) {
	keys := p.sized(1_000_000, 200_000, 1_000)
	f := &Figure{Name: "longest halt of a source at full load", Unit: "ms", Note: "with sync and its checkpoints, beside a run in memory"}
	for range p.sized(3, 2, 1) {
		for _, mode := range []Mode{Memory, Sync} {
			if err := p.set(Params{"keys": fmt.Sprint(keys), "events": fmt.Sprint(8 * keys), "each": "4"}); err != nil {
				return nil, err
			}
			w := &gaps{}
			app := *p.app
			app.Build = func(g *ptl.Graph) {
				p.app.Build(g)
				for _, s := range g.Streams {
					if s.Source != nil {
						s.Source = &gapped{s.Source, w}
					}
				}
			}
			err := runtime.Run(context.Background(), &app, mode.options(runtime.Options{Data: p.store(), Stdout: io.Discard, Parallelism: 1}))
			if err != nil {
				return nil, err
			}
			if mode == Memory {
				f.Plain = append(f.Plain, float64(w.longest)/1e6)
				continue
			}
			f.Own = append(f.Own, float64(w.longest)/1e6)
			if tables(p.store()) == 0 && keys == 1_000_000 {
				return nil, errors.New("there was no checkpoint")
			}
			if err := os.RemoveAll(p.store()); err != nil {
				return nil, err
			}
		}
	}
	return []*Figure{f}, nil
}

// gaps is the longest time between two calls of a source.
type gaps struct {
	last    time.Time
	longest time.Duration
}

type gapped struct {
	ptl.SourceNode
	gaps *gaps
}

func (g *gapped) Next() (ptl.Batch, []byte, error) {
	now := time.Now()
	if !g.gaps.last.IsZero() {
		g.gaps.longest = max(g.gaps.longest, now.Sub(g.gaps.last))
	}
	events, at, err := g.SourceNode.Next()
	g.gaps.last = time.Now()
	return events, at, err
}
