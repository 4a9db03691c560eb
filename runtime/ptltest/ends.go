package ptltest

import (
	"fmt"
	"io"
	"slices"

	"github.com/portals-lang/portals/runtime/ptl"
)

// feed is the source of a stream in a test. Like a file it survives a crash, and gives its atoms again.
type feed struct {
	atoms  []ptl.Batch
	sealed bool
	// replayable is what the stream's own source is, so that the same is logged as in earnest. A source that cannot go
	// back would lose what was not logged; here that would be no outcome that anybody could expect, so it is given again.
	replayable bool

	at     int
	halted bool
}

func (f *feed) Open(_ *ptl.Env, at []byte) error {
	f.at, f.halted = position(at), false
	return nil
}

func (f *feed) Next() (ptl.Batch, []byte, error) {
	switch {
	case f.halted:
		return nil, nil, ptl.ErrInterrupted
	case f.at < len(f.atoms):
		f.at++
		return f.atoms[f.at-1], ptl.AppendUint(nil, uint64(f.at)), nil
	case f.sealed:
		return nil, nil, io.EOF
	}
	return nil, nil, ptl.ErrNotYet
}

func (f *feed) Interrupt()       { f.halted = true }
func (f *feed) Close() error     { return nil }
func (f *feed) Replayable() bool { return f.replayable }

// written is what a stream is written to. Like a file it survives a crash, and is cut there to what the store knows of.
type written[A any] struct{ atoms []A }

func (w *written[A]) Open(_ *ptl.Env, at []byte) error {
	n := position(at)
	if n > len(w.atoms) {
		return fmt.Errorf("%d atoms are known to be written, of which there are %d", n, len(w.atoms))
	}
	w.atoms = w.atoms[:n]
	return nil
}

func (w *written[A]) Flush() error          { return nil }
func (w *written[A]) Sync() ([]byte, error) { return ptl.AppendUint(nil, uint64(len(w.atoms))), nil }
func (w *written[A]) Close() error          { return nil }
func (w *written[A]) Exact() bool           { return true }

// page is what a stream that the test looks at is written to. What a crash cuts off, the test may have seen; then the
// same comes again.
type page struct {
	written[ptl.Batch]
	seen  Seen
	read  int
	again []ptl.Batch // what the test has seen of what was cut off
}

func (p *page) Open(env *ptl.Env, at []byte) error {
	before := p.atoms
	if err := p.written.Open(env, at); err != nil {
		return err
	}
	if n := len(p.atoms); n < p.read {
		p.again = append(slices.Clone(before[n:min(p.read, len(before))]), p.again...)
	}
	return nil
}

func (p *page) write(events ptl.Batch) error {
	if len(p.again) > 0 {
		if was := p.again[0]; !p.seen.same(was, events) {
			return fmt.Errorf("after a crash it is %s where the test has seen %s", oneLine(p.seen.texts(events)), oneLine(p.seen.texts(was)))
		}
		p.again = p.again[1:]
	}
	p.atoms = append(p.atoms, events)
	return nil
}

// next takes the next atom that is not empty; nil if there is none.
func (p *page) next() ptl.Batch {
	for p.read < len(p.atoms) {
		p.read++
		if atom := p.atoms[p.read-1]; atom.Len() > 0 {
			return atom
		}
	}
	return nil
}

// rest are the atoms that are not empty and that nobody has taken.
func (p *page) rest() []ptl.Batch {
	var rest []ptl.Batch
	for _, atom := range p.atoms[p.read:] {
		if atom.Len() > 0 {
			rest = append(rest, atom)
		}
	}
	return rest
}

func position(at []byte) int {
	if at == nil {
		return 0
	}
	return int(ptl.NewReader(at).Uint())
}
