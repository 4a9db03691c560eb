package engine

import (
	"fmt"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Names of facts about the whole app.
const (
	metaFinished = "finished" // the last run came to its end
	metaShape    = "shape"    // what the version that ran last stores
	metaParams   = "params"   // the values of params that must not change
)

// recover takes up what the store holds, and opens the connectors where it ended.
func (e *Engine) recover() error {
	positions := map[*stream][]byte{} // of sources
	if e.store != nil {
		if err := e.checkParams(); err != nil {
			return err
		}
		for _, s := range e.streams {
			at, err := e.recoverStream(s)
			if err != nil {
				return fmt.Errorf("stream %s: %w", s.node.Spec.Name, err)
			}
			positions[s] = at
		}
		for _, w := range e.workflows {
			if err := e.recoverWorkflow(w); err != nil {
				return fmt.Errorf("workflow %s: %w", w.program.Spec().Name, err)
			}
		}
	}
	for _, s := range e.sources {
		env := *e.env
		env.Stream = s.stream.node.Spec.Name
		s.stream.began = s.stream.next.Load()
		if err := e.recall(s); err != nil {
			return fmt.Errorf("stream %s: %w", s.stream.node.Spec.Name, err)
		}
		if err := s.from.Open(&env, positions[s.stream]); err != nil {
			return fmt.Errorf("%s: stream %s: %w", s.stream.node.Spec.Place, s.stream.node.Spec.Name, err)
		}
	}
	for _, s := range e.sinks {
		if err := e.recoverSink(s); err != nil {
			return fmt.Errorf("%s: sink %s: %w", s.node.Spec.Place, s.node.Spec.Name, err)
		}
	}
	return nil
}

// recall gives a source its notes.
func (e *Engine) recall(s *source) error {
	if s.noting == nil || e.store == nil {
		return nil
	}
	prefix := key(keyNote, s.stream.id)
	return e.store.Scan(prefix, after(prefix), func(k, value []byte) error {
		return s.noting.Recall(positionOf(k[len(prefix):]), value)
	})
}

// recoverStream restores the window: the atoms that some reader has yet to process. It returns the source's position.
func (e *Engine) recoverStream(s *stream) (at []byte, err error) {
	_, _, err = read(e.store, key(keyStream, s.id), "position", func(r *ptl.Reader) struct{} {
		s.next.Store(r.Uint())
		at = r.Rest()
		return struct{}{}
	})
	if err != nil {
		return nil, err
	}
	next := s.next.Load()
	least := next
	for _, r := range s.readers {
		pos, _, err := read(e.store, key(keyCursor, r.id), "cursor", (*ptl.Reader).Uint)
		if err != nil {
			return nil, err
		}
		if pos > next {
			return nil, fmt.Errorf("%s has read %d atoms of it, and the store knows of %d: a part of the store is missing", r.name, pos, next)
		}
		if pos > 0 && e.breaks("replay an atom") {
			pos--
		}
		logged := pos
		if r.fresh { // of another version: it begins with what comes next
			pos = next
		}
		r.pos.Store(pos)
		r.cut, r.logged = pos, logged
		least = min(least, pos)
		if r.circle != nil {
			r.circle.moving.Add(int64(next - pos))
		}
	}
	s.low, s.unread, s.durable = least, least, next
	s.log.next, s.log.logged, s.log.stored, s.log.written = next, next, least, next
	for _, number := range s.left {
		pos, _, err := read(e.store, key(keyCursor, number), "cursor", (*ptl.Reader).Uint)
		if err != nil {
			return nil, err
		}
		s.log.stored = min(s.log.stored, pos)
	}
	for pos := least; pos < next; pos++ {
		events, ok, err := read(e.store, atomKey(s.id, pos), "atom", s.node.Read)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, fmt.Errorf("atom %d is missing in the store", pos)
		}
		weight := weigh(events)
		s.window.push(events, weight)
		s.weight += weight
	}
	if len(at) == 0 {
		at = nil
	}
	return at, nil
}

func (e *Engine) recoverWorkflow(w *workflow) error {
	for _, s := range w.states {
		if err := ptl.Attach(s.States, s.prefixes(), s.stored); err != nil {
			return err
		}
	}
	w.noteWaiting()
	_, _, err := read(e.store, key(keyFlow, w.id), "progress", func(r *ptl.Reader) struct{} {
		w.done = r.Bool()
		w.program.SetProgress(ptl.Progress{Atoms: r.Uint(), Asks: r.Uint(), Parked: r.Uint()})
		return struct{}{}
	})
	if err != nil {
		return err
	}
	if w.done {
		w.circle.over.Store(true)
		w.circle.ended.Add(1)
		e.open.Add(-1)
		for _, s := range w.writes {
			s.sealed.Store(true)
		}
	}
	return nil
}

func (e *Engine) recoverSink(s *sink) error {
	at, _, err := read(e.store, key(keySink, s.id), "position", (*ptl.Reader).Rest)
	if err != nil {
		return err
	}
	s.at = at
	s.synced.Store(s.reader.pos.Load())
	env := *e.env
	env.Stream, env.Sink, env.Atom = s.node.Stream.Spec.Name, s.node.Spec.Name, s.reader.pos.Load()
	return s.node.Sink.Open(&env, at)
}

// checkParams refuses a param that must not change while a store is in use, and has changed.
func (e *Engine) checkParams() error {
	for _, p := range e.opts.Params {
		if !p.Spec.Fixed {
			continue
		}
		k := paramKey(p)
		was, ok, err := read(e.store, k, "value of param "+p.Spec.Name, (*ptl.Reader).String)
		if err != nil {
			return err
		}
		if now := p.Get(); ok && was != now {
			return &ParamChanged{Param: p.Spec, Was: was, Now: now}
		}
		if !ok {
			e.facts = append(e.facts, fact{k, ptl.AppendString(nil, p.Get())})
		}
	}
	return nil
}

// Params are the values that params had which must not change while a store is in use, as far as the store has them.
func Params(s Store, params []*ptl.Param) (map[*ptl.Param]string, error) {
	values := map[*ptl.Param]string{}
	for _, p := range params {
		value, ok, err := read(s, paramKey(p), "value of param "+p.Spec.Name, (*ptl.Reader).String)
		if err != nil {
			return nil, err
		}
		if ok {
			values[p] = value
		}
	}
	return values, nil
}

func paramKey(p *ptl.Param) []byte { return append(metaKey(metaParams), p.Spec.Name...) }

// fact is an entry about the whole app that the first cut writes.
type fact struct{ key, value []byte }

// ParamChanged is the error of a run whose store was made with another value of a param that shapes what is stored.
type ParamChanged struct {
	Param    ptl.ParamSpec
	Was, Now string
}

func (e *ParamChanged) Error() string {
	return fmt.Sprintf("%s: --%s is %q now and was %q when the store was begun; it shapes what is stored, so it must stay "+
		"while the run goes on. Give the old value, or --fresh to begin again", e.Param.Place, e.Param.Flag, e.Now, e.Was)
}
