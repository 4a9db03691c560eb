package sim

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/ptl"
)

// source gives the atoms of a Source. One that cannot repeat them takes some ahead, as a reader of a pipe does, and loses
// in a crash what it took and nobody logged.
type source struct {
	run   *Run
	spec  *Source
	begun int // how many atoms were taken when the process began
	taken int // how many are; of a source that can repeat them, as many as it gave
	at    int
	told  int            // how many of them it was told are durable
	notes map[uint64]int // that were given back, each the place of an atom in the stream
	halt  atomic.Bool
}

func (s *source) Open(_ *ptl.Env, at []byte) error {
	if s.spec.Replayable {
		if s.at = 0; at != nil {
			s.at = int(ptl.NewReader(at).Uint())
		}
		return nil
	}
	s.at = s.run.given[s.spec.Name]
	s.begun, s.taken = s.at, s.at
	s.run.pipes = append(s.run.pipes, s)
	return nil
}

func (s *source) Next(buf []int64) ([]int64, []byte, error) {
	if s.halt.Load() && (s.spec.Replayable || s.at == s.taken) {
		return nil, nil, ptl.ErrInterrupted
	}
	if s.at == len(s.spec.Atoms) {
		return nil, nil, io.EOF
	}
	if s.at >= s.taken {
		s.taken = min(s.at+1+s.at%3, len(s.spec.Atoms))
		s.run.gave(s.spec.Name, s.taken)
	}
	events := append(buf, s.spec.Atoms[s.at]...)
	s.at++
	s.run.history.gives(s.spec.Name, s.spec.Atoms[s.at-1])
	return events, ptl.AppendUint(nil, uint64(s.at)), nil
}

// Durable is where a source answers those that its atoms came from.
func (s *source) Durable(atoms uint64) {
	s.run.history.lock.Lock()
	defer s.run.history.lock.Unlock()
	if !s.spec.Replayable && !s.run.world.dead.Load() {
		s.told = int(atoms)
		s.run.answered[s.spec.Name] = s.run.history.begun[s.spec.Name] + s.told
	}
}

// mostNotes is how many notes a source has: the places of its last atoms.
const mostNotes = 3

// Notes has the place of an atom stored with it.
func (s *source) Notes() []ptl.Note {
	s.run.history.lock.Lock()
	defer s.run.history.lock.Unlock()
	if s.spec.Replayable {
		return nil
	}
	place := s.run.history.begun[s.spec.Name] + s.at - s.begun - 1
	return []ptl.Note{{Number: uint64(place % mostNotes), Value: ptl.AppendUint(nil, uint64(place))}}
}

// Recall takes a note back.
func (s *source) Recall(number uint64, note []byte) error {
	if s.notes == nil {
		s.notes = map[uint64]int{}
	}
	s.notes[number] = int(ptl.NewReader(note).Uint())
	return nil
}

func (s *source) Interrupt()       { s.halt.Store(true) }
func (s *source) Close() error     { return nil }
func (s *source) Replayable() bool { return s.spec.Replayable }

// page is what a sink writes to: a file on the simulated disk, and what a reader of it has ever seen.
type page struct {
	name   string
	atoms  [][]int64
	synced int
	shown  [][]int64
	parted bool // a version had no sink
	gone   bool // this one has none
	// kept is how many atoms it has shown, at least, when its sink was left out, and back where it began again; 0: it did not.
	kept, back int
}

// sink writes to a page.
type sink struct {
	run  *Run
	page *page
}

var errSink = errors.New("the sink's disk fails")

func (s *sink) Open(_ *ptl.Env, at []byte) error {
	n := 0
	if at != nil {
		n = int(ptl.NewReader(at).Uint())
	}
	s.run.instant.Lock()
	defer s.run.instant.Unlock()
	if n > len(s.page.atoms) {
		s.run.found("exactly-once", fmt.Sprintf("sink %s goes on behind atom %d and has only %d", s.page.name, n, len(s.page.atoms)))
		return errSink
	}
	s.page.atoms, s.page.synced = s.page.atoms[:n], n
	if s.page.parted { // it is cut back, and nobody has kept what it showed behind that
		s.page.shown = s.page.shown[:min(n, len(s.page.shown))]
	}
	return nil
}

func (s *sink) Write(events []int64) error {
	if s.run.world.fails() {
		return errSink
	}
	s.run.instant.Lock()
	defer s.run.instant.Unlock()
	s.page.atoms = append(s.page.atoms, append([]int64(nil), events...))
	return nil
}

// Flush shows what was written. Whoever has seen something must never see something else in its place.
func (s *sink) Flush() error {
	s.run.instant.Lock()
	defer s.run.instant.Unlock()
	p := s.page
	for i, atom := range p.atoms {
		if i == len(p.shown) {
			p.shown = append(p.shown, atom)
		} else if !equal(p.shown[i], atom) {
			s.run.found("observation", fmt.Sprintf("sink %s showed %v as atom %d, and after a crash %v", p.name, p.shown[i], i, atom))
			p.shown[i] = atom
		}
	}
	return nil
}

func (s *sink) Sync() ([]byte, error) {
	if s.run.world.fails() {
		return nil, errSink
	}
	s.run.instant.Lock()
	defer s.run.instant.Unlock()
	s.page.synced = len(s.page.atoms)
	return ptl.AppendUint(nil, uint64(s.page.synced)), nil
}

// letterSink writes dead letters to a page, each as the number that stands for it.
type letterSink struct{ sink }

func (s *letterSink) Write(letters []ptl.DeadLetter) error {
	var events []int64
	for _, d := range letters {
		events = append(events, letterOf(d))
	}
	return s.sink.Write(events)
}

func (s *sink) Close() error { return nil }
func (s *sink) Exact() bool  { return true }
