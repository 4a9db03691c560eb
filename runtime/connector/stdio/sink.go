package stdio

import (
	"errors"
	"fmt"
	"io"
	"syscall"

	"github.com/portals-lang/portals/runtime/connector/format"
	"github.com/portals-lang/portals/runtime/ptl"
)

// sink writes standard output.
type sink[T any] struct {
	encoder format.Encoder[T]
	out     io.Writer
	buf     []byte
}

// writeSize is how much a sink gathers before it writes.
const writeSize = 64 << 10

// Open implements ptl.Sink. Whatever at is: this process has written nothing yet.
func (s *sink[T]) Open(env *ptl.Env, _ []byte) error {
	s.out = env.Stdout
	s.buf = s.encoder.Header(s.buf[:0])
	return s.Flush()
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
	n, err := s.out.Write(s.buf)
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
		err = fmt.Errorf("%w: stdout is closed", ptl.ErrReaderGone)
	} else if err != nil {
		err = fmt.Errorf("cannot write to stdout: %w", err)
	}
	s.buf = append(s.buf[:0], s.buf[n:]...) // after an error, what was not written
	return err
}

// Sync implements ptl.Sink: there is nothing to come back to.
func (s *sink[T]) Sync() ([]byte, error) { return nil, s.Flush() }

// Close implements ptl.Sink.
func (s *sink[T]) Close() error { return s.Flush() }

// Exact implements ptl.Sink.
func (s *sink[T]) Exact() bool { return false }
