package store

import (
	"errors"
	"slices"
	"sync"

	"github.com/portals-lang/portals/runtime/store/fault"
	"github.com/portals-lang/portals/runtime/store/fold"
	"github.com/portals-lang/portals/runtime/store/wal"
)

// checkpointer is what is known about checkpoints, and what makes them take turns.
type checkpointer struct {
	turn sync.Mutex
	fold fold.Fold // its memory stays; for whoever has the turn

	mu     sync.Mutex
	at     Position
	count  int64
	folded int64
	failed error // of the last one, if it failed
}

func (c *checkpointer) position() Position {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *checkpointer) moved(to wal.Mark, operations int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.answers(to)
	c.count++
	c.folded += int64(operations)
}

// answers notes that reading the store answers for a mark, if it does not for a later one.
func (c *checkpointer) answers(to wal.Mark) {
	if to.Position.Covers(c.at) {
		c.at = to.Position
	}
}

func (c *checkpointer) ended(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.failed = err
}

// Checkpoint folds what is durable in the log into the state, and gives up the log behind it. In a store that is
// Async it syncs first. If it fails, the state stands where it stood and the log has everything; it may be tried again.
func (s *Store) Checkpoint() error {
	s.checkpoint.turn.Lock()
	defer s.checkpoint.turn.Unlock()
	err := s.fold()
	s.checkpoint.ended(err)
	return err
}

func (s *Store) fold() error {
	if s.opts.Durability == Async {
		if err := s.log.Sync(); err != nil {
			return err
		}
	}
	to := s.log.Durable()
	err := s.foldTo(to, func() (wal.Mark, bool) { return s.log.Durable(), s.backlog.more() })
	if err != nil {
		return err
	}
	return s.log.Trim(to) // a crash may have left something before it
}

// foldTo folds the log from the state's mark to another one into the state, as foldBy does. What Open has found there and left in memory
// comes first.
func (s *Store) foldTo(to wal.Mark, further func() (wal.Mark, bool)) error {
	defer s.backlog.dropped()
	for layers := s.overlay.all(); len(layers) > 0; layers = s.overlay.all() {
		s.backlog.took(layers[0].bytes)
		if err := s.advance(layers[0].fold, layers[0].to); err != nil {
			return err
		}
		s.overlay.set(slices.Clone(layers[1:])) // the first one is not held any more
		if err := s.log.Trim(layers[0].to); err != nil {
			return err
		}
	}
	return s.foldBy(&s.checkpoint.fold, to, further)
}

// foldBy folds the log from the state's mark to another one into the state, with the memory of f, in steps that are bounded by the
// log that they take, and by the memory: once that is full, a step goes on if half of it was overwritten meanwhile. When it has come
// there and the step is not full, it goes on to the mark that further gives, if that is ok: the next table would have much the same keys.
func (s *Store) foldBy(f *fold.Fold, to wal.Mark, further func() (wal.Mark, bool)) error {
	f.Yield, f.Progress = s.yield, s.backlog.made
	defer f.Reset()
	defer s.backlog.dropped()
	from, reached := s.folded(), false
	for to != from {
		err := s.log.Read(from, to, func(rec wal.Record) error {
			if !f.Add(rec.Payload) {
				return malformed(s.paths, rec.Position)
			}
			s.backlog.took(wal.HeaderSize + int64(len(rec.Payload)))
			if f.Bytes() < s.opts.foldBytes && (f.Held() < s.opts.foldHolds || f.Condense() < s.opts.foldHolds/2) {
				return s.ended()
			}
			if err := s.ingest(f, rec.End); err != nil {
				return err
			}
			if f.Reset(); reached {
				return errReached
			}
			return nil
		})
		if err == errReached {
			return nil
		}
		if err != nil {
			return err
		}
		from, reached = to, true
		if more, ok := further(); ok && f.Len() > 0 {
			to = more
		}
	}
	if at, _ := s.state.Mark(); at == to {
		return nil
	}
	return s.ingest(f, to)
}

// errReached ends reading the log where a step is full that has gone on to more than it had to.
var errReached = errors.New("far enough")

// noFurther is for who folds up to one mark.
func noFurther() (wal.Mark, bool) { return wal.Mark{}, false }

// folded is the mark up to which the log is folded into the state.
func (s *Store) folded() wal.Mark {
	if mark, ok := s.state.Mark(); ok {
		return mark
	}
	return s.log.Origin()
}

// ingest moves the state on by one fold, and gives up the log behind it: a checkpoint that is broken off leaves nothing that
// nobody needs.
func (s *Store) ingest(f *fold.Fold, to wal.Mark) error {
	if err := s.advance(f, to); err != nil {
		return err
	}
	return s.log.Trim(to)
}

// advance moves the state on by one fold. A store that is being closed leaves it to its next opening.
func (s *Store) advance(f *fold.Fold, to wal.Mark) error {
	if err := s.givenUp(); err != nil {
		return err
	}
	if err := s.state.Ingest(f, to); err != nil {
		return err
	}
	s.checkpoint.moved(to, f.Len())
	s.backlog.stepped()
	return nil
}

// ended is the error of what a store that is closed does not end.
func (s *Store) ended() error {
	if s.closed.Load() {
		return &Error{Kind: fault.Closed, Path: s.paths.dir, Offset: fault.NoOffset}
	}
	return nil
}

// givenUp is why a checkpoint must not go on. It is asked again and again: somebody waits for the answer.
func (s *Store) givenUp() error {
	if err := s.ended(); err != nil || s.mayFold == nil {
		return err
	}
	return s.mayFold()
}

// keepUp counts log bytes and begins a checkpoint when there are enough. If checkpoints have fallen far behind, the caller waits for as
// much of their work as makes up for what it brings, so that neither the log nor the time to recover grows without bound.
func (s *Store) keepUp(bytes int64) {
	s.backlog.add(bytes)
	for {
		if s.backlog.begins() {
			s.beside(func(error) {})
		}
		if !s.backlog.owing() {
			return
		}
		s.awaited.Add(1)
		s.backlog.wait()
		s.awaited.Add(-1)
	}
}

// beside makes a checkpoint that has begun in the background, if there is one. Done is called when it has ended, or failed.
func (s *Store) beside(done func(err error)) {
	if s.opts.Go == nil {
		defer s.backlog.ended()
		done(s.background())
		return
	}
	s.tasks.Add(1)
	s.opts.Go(func() {
		defer s.tasks.Done()
		defer s.backlog.ended()
		done(s.background())
	})
}

// CheckpointSoon has a checkpoint of all that was committed made in the background, and done called when it has ended, or
// failed. It is for the goroutine that commits.
func (s *Store) CheckpointSoon(done func(err error)) {
	s.backlog.asked()
	s.awaited.Add(1)
	s.beside(func(err error) {
		defer s.awaited.Add(-1)
		done(err)
	})
}

// How many times as long as they work do checkpoints and compactions rest, if they have the time. Compactions have less to do: they
// take some ten checkpoints together.
const (
	checkpointRests = 3
	compactionRests = 9
)

// paced makes what one kind of work calls beside the events, to let these have processors and disk; nil for nothing. The work may be in
// haste, from 0 to 1, and is when somebody waits.
func (s *Store) paced(times float64, haste func() float64) func() {
	if s.opts.Pace == nil {
		return nil
	}
	yield := s.opts.Pace(times)
	return func() {
		if s.awaited.Load() > 0 {
			yield(1)
		} else {
			yield(haste())
		}
	}
}

// background makes a checkpoint that is not the committer's own. Nor is its failure: the log goes on, and the next
// checkpoint tries again.
func (s *Store) background() error {
	err := s.Checkpoint()
	if err != nil && !s.closed.Load() {
		s.opts.Logger.Error("checkpoint failed; the log keeps what it would have covered", "err", err)
	}
	return err
}
