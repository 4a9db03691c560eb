package stdio

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/portals-lang/portals/runtime/connector/format"
	"github.com/portals-lang/portals/runtime/connector/reject"
	"github.com/portals-lang/portals/runtime/ptl"
)

// source reads standard input.
type source[T any] struct {
	options SourceOptions
	decoder format.Decoder[T]
	records *format.Records
	remedy  string // for input that does not decode

	env       *ptl.Env
	cutter    *ptl.Cutter
	input     *readAhead
	rejects   *reject.File // nil unless bad input is skipped
	ended     bool         // there is nothing more to read
	halted    bool         // nothing more is read, after Interrupt or bad input
	bad       []error      // the first input that did not decode, with which Next ends when all that was read is taken
	badBeside int          // how much more did not
	failed    error        // what every Next returns from now on
	interrupt chan struct{}
	closes    <-chan struct{} // closed at closesAt, when an atom closes by time
	closesAt  ptl.Time
}

func newSource[T any](d format.Decoder[T], r *format.Records, o SourceOptions, remedy string) ptl.Source[T] {
	return &source[T]{options: o, decoder: d, records: r, remedy: remedy, interrupt: make(chan struct{}, 1)}
}

// inputName is how messages call standard input.
const inputName = "stdin"

// Open implements ptl.Source. A position holds only how long the file of rejected input is.
func (s *source[T]) Open(env *ptl.Env, at []byte) error {
	s.env = env
	s.cutter = ptl.NewCutter(s.options.Atom, env)
	s.decoder.Start()
	if s.options.Bad == ptl.SkipBad {
		size := int64(0)
		if at != nil {
			size = int64(ptl.NewReader(at).Uint())
		}
		var err error
		if s.rejects, err = reject.Open(env, inputName, max(size, 0)); err != nil {
			return err
		}
	}
	s.input = newReadAhead(env.Stdin)
	env.Go(s.input.run)
	return nil
}

// Next implements ptl.Source.
func (s *source[T]) Next(buf []T) ([]T, []byte, error) {
	if s.failed != nil {
		return buf, nil, s.failed
	}
	select {
	case <-s.interrupt:
		s.halt()
	default:
	}
	s.cutter.Start()
	events, err := s.atom(buf)
	switch {
	case err == ptl.ErrInterrupted && len(events) > len(buf):
		err = nil // what was read is an atom, and ErrInterrupted comes next
	case err == nil && len(events) == len(buf):
		err = io.EOF
	}
	switch {
	case err == nil || len(s.bad) == 0:
	case err == io.EOF || err == ptl.ErrInterrupted:
		err = s.allBad()
	default:
		err = errors.Join(s.allBad(), err)
	}
	var at []byte
	if s.rejects != nil {
		at = ptl.AppendUint(nil, uint64(s.rejects.Size()))
		if syncErr := s.rejects.Sync(); syncErr != nil {
			err = syncErr
		}
	}
	if err != nil {
		s.failed = err
		return buf, nil, err
	}
	return events, at, nil
}

// atom appends the events of the atom; none at the end of the input.
func (s *source[T]) atom(buf []T) ([]T, error) {
	for {
		closed, events, err := s.take(buf)
		if err != nil || closed || s.ended {
			return events, err
		}
		buf = events
		closed, err = s.wait()
		if err != nil || closed {
			return buf, err
		}
	}
}

// take appends the events of what was read, up to the end of the atom.
func (s *source[T]) take(buf []T) (closed bool, events []T, err error) {
	for {
		line := s.records.Lines() + 1
		record, size, ok := s.records.Next()
		if !ok {
			return false, buf, nil
		}
		v, ok, err := s.decoder.Decode(record)
		if err != nil {
			if err := s.reject(err, line, record); err != nil {
				return false, nil, err
			}
		}
		if !ok {
			continue
		}
		buf = append(buf, v)
		if closed, err = s.cutter.Add(1, int64(size)); err != nil || closed {
			return closed, buf, err
		}
	}
}

// halt ends the reading ahead. What was read by then is still taken, for it cannot be read again; a line whose end was
// not read is not.
func (s *source[T]) halt() {
	if !s.halted {
		s.halted = true
		close(s.input.stop)
	}
}

// wait waits for more to read, or for the time at which the atom closes.
func (s *source[T]) wait() (closed bool, err error) {
	if s.halted {
		select {
		case c := <-s.input.chunks:
			return false, s.fill(c)
		default:
			return false, ptl.ErrInterrupted
		}
	}
	var deadline <-chan struct{}
	if at, ok := s.cutter.Deadline(); ok {
		now := s.env.Now()
		if now >= at {
			return true, nil
		}
		if at != s.closesAt { // once for an atom, since what After has noted stays until its time has come
			s.closesAt, s.closes = at, s.env.After(ptl.Duration(at-now))
		}
		deadline = s.closes
	}
	select {
	case c := <-s.input.chunks:
		return false, s.fill(c)
	case <-deadline:
		return true, nil
	case <-s.interrupt:
		s.halt()
		return false, nil
	}
}

// fill takes over what was read.
func (s *source[T]) fill(c chunk) error {
	for data := c.data; len(data) > 0; {
		space, err := s.records.Space()
		if err != nil {
			return fmt.Errorf("%s:%d: %w", inputName, s.records.Lines()+1, err)
		}
		n := copy(space, data)
		s.records.Filled(n)
		data = data[n:]
	}
	switch {
	case c.err == io.EOF:
		s.ended = true
		s.records.Finish()
	case c.err != nil:
		return fmt.Errorf("cannot read %s: %w", inputName, c.err)
	}
	s.input.free <- c.data[:cap(c.data)]
	return nil
}

// reject deals with a record that does not decode, as the source was told to.
func (s *source[T]) reject(err error, line int64, record []byte) error {
	place := fmt.Sprintf("%s:%d", inputName, line)
	bad, ok := err.(*ptl.BadInput)
	if !ok {
		return fmt.Errorf("%s: %w", place, err)
	}
	bad.Place = place
	if s.rejects != nil {
		return s.rejects.Add(bad, record)
	}
	s.halt() // the app stops, but not before it has what was read beside this
	if len(s.bad) == shownRecords {
		s.badBeside++
		return nil
	}
	if bad.Record = ptl.Shortened(string(record), shownRecord); !strconv.CanBackquote(bad.Record) {
		bad.Record = strconv.Quote(bad.Record)
	}
	s.bad = append(s.bad, bad)
	return nil
}

// These bound how many bad records are shown, and how much of each. Who gave them may not have them any more.
const (
	shownRecords = 20
	shownRecord  = 1000
)

// allBad is the error for all input that did not decode.
func (s *source[T]) allBad() error {
	all := s.bad
	if s.badBeside > 0 {
		all = append(all, fmt.Errorf("%s: %d more that do not decode, of those that were read already", inputName, s.badBeside))
	}
	return errors.Join(append(all, errors.New("  "+s.remedy))...)
}

// Interrupt implements ptl.Source.
func (s *source[T]) Interrupt() {
	select {
	case s.interrupt <- struct{}{}:
	default:
	}
}

// Close implements ptl.Source.
func (s *source[T]) Close() error {
	if s.input != nil {
		s.halt()
		s.input = nil
	}
	if s.rejects == nil {
		return nil
	}
	r := s.rejects
	s.rejects = nil
	return r.Close()
}

// Replayable implements ptl.Source.
func (s *source[T]) Replayable() bool { return false }
