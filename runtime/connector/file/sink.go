package file

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/portals-lang/portals/runtime/connector/format"
	"github.com/portals-lang/portals/runtime/connector/outfile"
	"github.com/portals-lang/portals/runtime/ptl"
)

// sink writes a file.
type sink[T any] struct {
	options SinkOptions
	encoder format.Encoder[T]
	file    *outfile.File
	trail   trail  // what was written
	buf     []byte // what was not yet
}

// writeSize is how much a sink gathers before it writes.
const writeSize = 256 << 10

// Open implements ptl.Sink.
func (s *sink[T]) Open(env *ptl.Env, at []byte) (err error) {
	s.buf = s.buf[:0]
	if at == nil {
		s.trail = newTrail()
		if s.file, err = outfile.Create(env.FS, s.options.Path, env.Durable); err != nil {
			return err
		}
		s.buf = s.encoder.Header(s.buf)
		return s.Flush()
	}
	r := ptl.NewReader(at)
	m := readMark(r)
	if r.Err() == nil && r.Len() > 0 {
		r.Fail(fmt.Errorf("%d bytes too many", r.Len()))
	}
	if err := r.Err(); err != nil {
		return fmt.Errorf("the position of the sink is damaged: %w", err)
	}
	return s.reopen(env, m)
}

// reopen goes on behind m in a file that must be the one that it was set in: cutting back another file would destroy
// what was never ours.
func (s *sink[T]) reopen(env *ptl.Env, m mark) (err error) {
	const remedy = "put back the file as it was, or remove the app's store to start afresh"
	s.file, err = outfile.Reopen(env.FS, s.options.Path, m.offset, env.Durable)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, outfile.ErrShort) {
		return fmt.Errorf("%w, written by an earlier run; %s", err, remedy)
	}
	if err != nil {
		return err
	}
	var differs string
	s.trail, differs, err = follow(s.file, m.offset, m)
	if err != nil {
		return errors.Join(named("read", s.options.Path, err), s.file.Close())
	}
	if differs != "" {
		err := fmt.Errorf("%s is not the file that an earlier run wrote: %s; %s", s.options.Path, differs, remedy)
		return errors.Join(err, s.file.Close())
	}
	return s.file.Cut()
}

// Write implements ptl.Sink.
func (s *sink[T]) Write(events []T) error {
	for i := range events {
		s.buf = s.encoder.Append(s.buf, events[i])
		if len(s.buf) >= writeSize {
			if err := s.Flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// Flush implements ptl.Sink.
func (s *sink[T]) Flush() error {
	if len(s.buf) == 0 {
		return nil
	}
	if err := s.file.Append(s.buf); err != nil {
		return err
	}
	s.trail.add(s.buf)
	s.buf = s.buf[:0]
	return nil
}

// Sync implements ptl.Sink.
func (s *sink[T]) Sync() ([]byte, error) {
	if err := s.Flush(); err != nil {
		return nil, err
	}
	if err := s.file.Sync(); err != nil {
		return nil, err
	}
	return s.trail.mark().append(nil), nil
}

// Close implements ptl.Sink.
func (s *sink[T]) Close() error {
	if s.file == nil {
		return nil
	}
	err := errors.Join(s.Flush(), s.file.Close())
	s.file = nil
	return err
}

// Exact implements ptl.Sink.
func (s *sink[T]) Exact() bool { return true }
