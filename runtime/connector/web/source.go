package web

import (
	"context"
	"sync"

	"github.com/portals-lang/portals/runtime/ptl"
)

// source takes the events that are posted at a path.
type source[T any] struct {
	options SourceOptions
	readers sync.Pool // of *ptl.JSONReader[T]
	env     *ptl.Env
	server  *server
	name    string // of the stream

	posts    chan *post[T]   // without a buffer: what it gives, Next has
	stopping context.Context // done from Interrupt on
	stop     func()
	closing  sync.Once
	closed   chan struct{} // nothing more becomes durable

	mu    sync.Mutex
	owed  [][]*post[T] // atoms that are not durable yet
	given uint64       // atoms before those

	keys  *keys
	notes []ptl.Note // of the last atom
}

// Open implements ptl.Source. There are no positions.
func (s *source[T]) Open(env *ptl.Env, _ []byte) error {
	s.env = env
	a, err := parseAddress(s.options.Address)
	if err != nil {
		return err
	}
	return join(env, a, s)
}

func (s *source[T]) joined(server *server, stream string) { s.server, s.name = server, stream }
func (s *source[T]) stream() string                       { return s.name }

// Next implements ptl.Source.
func (s *source[T]) Next(buf []T) ([]T, []byte, error) {
	s.server.serve(s.env)
	var atom []*post[T]
	select {
	case p := <-s.posts:
		atom = append(atom, p)
	case <-s.stopping.Done():
		return buf, nil, ptl.ErrInterrupted
	case <-s.server.failed:
		return buf, nil, s.server.err
	}
	atom = s.gather(atom)
	s.notes = nil
	for _, p := range atom {
		if p.keyed {
			s.notes = append(s.notes, s.keys.taken(&p.request))
		}
		buf = append(buf, p.events...)
		p.events = nil // the stream has them
	}
	s.mu.Lock()
	s.owed = append(s.owed, atom)
	s.mu.Unlock()
	return buf, nil, nil
}

// gather adds requests to an atom until it closes.
func (s *source[T]) gather(atom []*post[T]) []*post[T] {
	cut := s.options.Atom
	if cut.Events <= 0 && cut.After <= 0 {
		return atom
	}
	most := cut.Events
	if most <= 0 {
		most = ptl.DefaultAtomEvents
	}
	late := (<-chan struct{})(isClosed)
	if cut.After > 0 {
		late = s.env.After(cut.After)
	}
	for n := atom[0].count; n < most; {
		p := s.another(late)
		if p == nil {
			break
		}
		atom = append(atom, p)
		n += p.count
	}
	return atom
}

// another waits for a request until it is late; one that waits when it is late already is not left behind.
func (s *source[T]) another(late <-chan struct{}) *post[T] {
	select {
	case p := <-s.posts:
		return p
	default:
	}
	select {
	case p := <-s.posts:
		return p
	case <-late:
	case <-s.stopping.Done():
	}
	return nil
}

// Durable implements ptl.Answering.
func (s *source[T]) Durable(atoms uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.given < atoms && len(s.owed) > 0 {
		for _, p := range s.owed[0] {
			close(p.durable)
		}
		s.owed[0] = nil
		s.owed = s.owed[1:]
		s.given++
	}
}

// Notes implements ptl.Noting.
func (s *source[T]) Notes() []ptl.Note { return s.notes }

// Recall implements ptl.Noting.
func (s *source[T]) Recall(number uint64, note []byte) error { return s.keys.recall(number, note) }

// Interrupt implements ptl.Source.
func (s *source[T]) Interrupt() { s.stop() }

// Close implements ptl.Source.
func (s *source[T]) Close() (err error) {
	s.stop()
	s.closing.Do(func() {
		close(s.closed)
		if s.server != nil {
			err = s.server.leave()
		}
	})
	return err
}

// Replayable implements ptl.Source.
func (s *source[T]) Replayable() bool { return false }
