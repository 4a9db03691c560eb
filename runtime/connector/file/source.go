package file

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/portals-lang/portals/runtime/connector/format"
	"github.com/portals-lang/portals/runtime/connector/reject"
	"github.com/portals-lang/portals/runtime/ptl"
)

// source reads the files that a path names, one after the other.
type source[T any] struct {
	options SourceOptions
	decoder format.Decoder[T]
	records *format.Records
	remedy  string // for input that does not decode

	env     *ptl.Env
	cutter  *ptl.Cutter
	paths   []string
	index   int    // of the file that is read
	before  uint64 // see position
	in      *input
	rejects *reject.File // of that file; nil unless bad input is skipped

	measure     measure
	failed      error // what every Next returns from now on
	interrupted atomic.Bool
}

// Open implements ptl.Source.
func (s *source[T]) Open(env *ptl.Env, at []byte) error {
	s.env = env
	s.cutter = ptl.NewCutter(s.options.Atom, env)
	paths, err := expand(env.FS, s.options.Path)
	if err != nil {
		return err
	}
	s.paths = paths
	defer func() { s.measure.begin(env, s.paths, s.index) }()
	if at == nil {
		return s.start(0)
	}
	p, err := readPosition(at)
	if err != nil {
		return err
	}
	differs, err := s.resume(p)
	if err != nil || differs == "" {
		return err
	}
	if !env.Restart {
		const remedy = "put back what was read, or read what is there now from its start with --restart-source"
		return fmt.Errorf("%s; %s", differs, remedy)
	}
	if env.Log != nil {
		env.Log.Warn("a source starts again", "stream", env.Stream, "because", differs)
	}
	if err := s.Close(); err != nil {
		return err
	}
	s.before = 0
	return s.start(0)
}

// start begins to read file i.
func (s *source[T]) start(i int) (err error) {
	s.index = i
	if s.in, err = openInput(s.env.FS, s.paths[i], s.records); err != nil {
		return err
	}
	s.decoder.Start()
	if s.options.Bad == ptl.SkipBad {
		s.rejects, err = reject.Open(s.env, s.paths[i], 0)
	}
	return err
}

// resume goes back to p. differs tells, as a sentence without its end, why it cannot.
func (s *source[T]) resume(p position) (differs string, err error) {
	s.before = 0
	for s.index = 0; s.index < p.index && s.index < len(s.paths); s.index++ {
		info, err := s.env.FS.Stat(s.paths[s.index])
		if err != nil {
			return "", named("look at", s.paths[s.index], err)
		}
		s.pass(info.Size())
	}
	if s.index == len(s.paths) || s.before != p.before {
		const differs = "of the files that %s names, the first %d are not those that were read before"
		return fmt.Sprintf(differs, s.options.Path, p.index+1), nil
	}
	path := s.paths[s.index]
	if err := s.resumeDecoder(path); err != nil {
		return "", err
	}
	s.in, differs, err = reopenInput(s.env.FS, path, s.records, p)
	if err != nil {
		return "", err
	}
	if differs != "" {
		return fmt.Sprintf("%s is not the file that was read before: %s", path, differs), nil
	}
	if s.options.Bad == ptl.SkipBad {
		s.rejects, err = reject.Open(s.env, path, p.rejected)
	}
	return "", err
}

// resumeDecoder gives the decoder the header of a file that is not read from its start.
func (s *source[T]) resumeDecoder(path string) error {
	s.decoder.Start()
	if !s.decoder.Header() {
		return nil
	}
	in, err := openInput(s.env.FS, path, s.records)
	if err != nil {
		return err
	}
	for s.decoder.Header() {
		record, _, ok, err := in.next()
		if err == nil && !ok {
			break // follow will find that the file is too short
		}
		if err == nil {
			_, _, err = s.decoder.Decode(record)
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%s: %w", path, err), in.close())
		}
	}
	return in.close()
}

// pass puts the file under s.index among those that were read, of which size bytes were read. Their names and sizes
// are all that is remembered of them, so that one that has grown after its turn does not go unnoticed.
func (s *source[T]) pass(size int64) {
	s.before = ptl.HashCombine(ptl.HashCombine(s.before, ptl.HashString(s.paths[s.index])), ptl.HashInt(size))
}

// Next implements ptl.Source.
func (s *source[T]) Next(buf []T) ([]T, []byte, error) {
	if s.failed != nil {
		return buf, nil, s.failed
	}
	if s.interrupted.Load() && s.interrupted.Swap(false) {
		return buf, nil, ptl.ErrInterrupted
	}
	events, err := s.atom(buf)
	if err == nil && len(events) == len(buf) {
		err = io.EOF
	}
	if s.rejects != nil {
		if syncErr := s.rejects.Sync(); syncErr != nil {
			err = syncErr
		}
	}
	if err != nil {
		s.failed = err
		return buf, nil, err
	}
	s.measure.read.Store(s.measure.passed + s.in.offset)
	return events, s.position(), nil
}

// atom appends the events of the next atom; none at the end.
func (s *source[T]) atom(buf []T) ([]T, error) {
	s.cutter.Start()
	for {
		line := s.records.Lines() + 1
		record, size, ok, err := s.in.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			if s.index+1 == len(s.paths) {
				return buf, nil
			}
			if err := s.nextFile(); err != nil {
				return nil, err
			}
			continue
		}
		v, ok, err := s.decoder.Decode(record)
		if err != nil {
			if err := s.reject(err, line, record); err != nil {
				return nil, err
			}
		}
		if !ok {
			continue
		}
		buf = append(buf, v)
		if closed, err := s.cutter.Add(1, int64(size)); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", s.in.path, line, err)
		} else if closed {
			return buf, nil
		}
	}
}

// nextFile goes from one file to the next.
func (s *source[T]) nextFile() error {
	s.pass(s.in.offset)
	s.measure.passed += s.in.offset
	if err := s.Close(); err != nil {
		return err
	}
	return s.start(s.index + 1)
}

// reject deals with a record that does not decode, as the source was told to.
func (s *source[T]) reject(err error, line int64, record []byte) error {
	place := fmt.Sprintf("%s:%d", s.in.path, line)
	bad, ok := err.(*ptl.BadInput)
	if !ok {
		return fmt.Errorf("%s: %w", place, err)
	}
	bad.Place = place
	if s.rejects == nil {
		bad.Remedy = s.remedy
		return bad
	}
	return s.rejects.Add(bad, record)
}

// position is where the source stands.
func (s *source[T]) position() []byte {
	p := position{
		index: s.index, before: s.before,
		mark: s.in.mark(), lines: s.records.Lines(), cut: s.records.Cut(),
	}
	if s.rejects != nil {
		p.rejected = s.rejects.Size()
	}
	return p.append(make([]byte, 0, 48))
}

// Interrupt implements ptl.Source. Reading a file never waits, so it shows at the next call of Next.
func (s *source[T]) Interrupt() { s.interrupted.Store(true) }

// Close implements ptl.Source.
func (s *source[T]) Close() (err error) {
	if s.in != nil {
		err = s.in.close()
		s.in = nil
	}
	if s.rejects != nil {
		err = errors.Join(err, s.rejects.Close())
		s.rejects = nil
	}
	return err
}

// Replayable implements ptl.Source.
func (s *source[T]) Replayable() bool { return true }
