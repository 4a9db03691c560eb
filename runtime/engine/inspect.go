package engine

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Inspection looks into the store of an app that does not run, with the eyes of the app: it knows the types of what is
// stored. It changes nothing.
type Inspection struct {
	e       *Engine
	portals map[uint32]string // by their marks
}

// Inspect looks into a store.
func Inspect(g *ptl.Graph, s Store) (*Inspection, error) {
	e, err := prepareLook(g, s)
	if err != nil {
		return nil, err
	}
	p, err := e.plan()
	if err != nil {
		return nil, err
	}
	if p != nil && len(p.states)+len(p.streams)+len(p.Problems) > 0 {
		return nil, errors.New("another version of the program has written the store; look with that one, or let `upgrade` make it one of this version (--dry-run tells what that does)")
	}
	i := &Inspection{e: e, portals: map[uint32]string{}}
	for _, p := range g.Portals {
		i.portals[ptl.PortalMark(p.Spec.Name)] = p.Spec.Name
	}
	return i, nil
}

// prepareLook prepares a run that is not to be.
func prepareLook(g *ptl.Graph, s Store) (*Engine, error) {
	env := &ptl.Env{Now: func() ptl.Time { return 0 }, Log: slog.New(slog.DiscardHandler)}
	return prepare(g, Options{Env: env, Store: s, Lanes: 1, Workers: 1})
}

// StreamFacts is where a stream stands.
type StreamFacts struct {
	Name    string        `json:"stream"`
	Type    string        `json:"type"`
	Atoms   uint64        `json:"atoms"` // published so far
	Held    uint64        `json:"held"`  // of which the store holds
	Bytes   uint64        `json:"bytes"` // of these
	Readers []ReaderFacts `json:"readers,omitempty"`
}

// ReaderFacts is where a reader stands in its stream.
type ReaderFacts struct {
	Name string `json:"reader"`
	At   uint64 `json:"at"`  // atoms processed
	Lag  uint64 `json:"lag"` // atoms yet to process
}

// Streams tells where all streams stand. Requests and replies are streams too: `asker?portal`, `replier!asker`.
func (i *Inspection) Streams() ([]StreamFacts, error) {
	var all []StreamFacts
	for _, s := range i.e.streams {
		f := StreamFacts{Name: s.node.Spec.Name, Type: s.node.Type}
		var err error
		if f.Atoms, _, err = read(i.e.store, key(keyStream, s.id), "position of stream "+f.Name, (*ptl.Reader).Uint); err != nil {
			return nil, err
		}
		prefix := key(keyAtom, s.id)
		err = i.e.store.Scan(prefix, after(prefix), func(_, value []byte) error {
			f.Held++
			f.Bytes += uint64(len(value))
			return nil
		})
		if err != nil {
			return nil, err
		}
		for _, r := range s.readers {
			at, _, err := read(i.e.store, key(keyCursor, r.id), "cursor "+r.name, (*ptl.Reader).Uint)
			if err != nil {
				return nil, err
			}
			f.Readers = append(f.Readers, ReaderFacts{Name: readerOf(r.name), At: at, Lag: f.Atoms - min(at, f.Atoms)})
		}
		all = append(all, f)
	}
	return all, nil
}

// readerOf says for people who a reader is: `flow<stream` and `sink>` are names of readers.
func readerOf(name string) string {
	if sink, ok := strings.CutSuffix(name, ">"); ok {
		return "sink " + sink
	}
	who, _, _ := strings.Cut(name, "<")
	return who
}

// StreamNames are the names of all streams.
func (i *Inspection) StreamNames() (names []string) {
	for _, s := range i.e.streams {
		names = append(names, s.node.Spec.Name)
	}
	return names
}

// Atoms visits the atoms that the store holds of a stream, with their events as JSON.
func (i *Inspection) Atoms(name string, visit func(position uint64, events []string) error) error {
	n := slices.IndexFunc(i.e.streams, func(s *stream) bool { return s.node.Spec.Name == name })
	if n < 0 {
		return fmt.Errorf("there is no stream %s", name)
	}
	s := i.e.streams[n]
	prefix := key(keyAtom, s.id)
	return i.e.store.Scan(prefix, after(prefix), func(k, value []byte) error {
		position, batch, err := readAtom(s.node, k[len(prefix):], value)
		if err != nil {
			return err
		}
		events := make([]string, batch.Len())
		for j := range events {
			events[j] = string(s.node.EventJSON(batch, j))
		}
		return visit(position, events)
	})
}

// TaskFacts is a task, or one that waits, with how much the store holds of it.
type TaskFacts struct {
	Workflow string        `json:"workflow"`
	Task     string        `json:"task"`
	Kind     ptl.StateKind `json:"-"`
	Entries  uint64        `json:"entries"` // keys, or what waits
	Bytes    uint64        `json:"bytes"`

	state keptState
}

// Tasks are the states of all tasks, and what waits at them, as Workflow.Task names them.
func (i *Inspection) Tasks() []*TaskFacts {
	var all []*TaskFacts
	for _, w := range i.e.workflows {
		for _, s := range w.states {
			all = append(all, &TaskFacts{Workflow: w.program.Spec().Name, Task: s.Name(), Kind: s.Kind(), state: s})
		}
	}
	return all
}

// Count sets how much the store holds of t.
func (i *Inspection) Count(t *TaskFacts) error {
	t.Entries, t.Bytes = 0, 0
	prefix := key(keyState, t.state.number)
	err := i.e.store.Scan(prefix, after(prefix), func(k, value []byte) error {
		t.Entries++
		t.Bytes += uint64(len(k) + len(value))
		return nil
	})
	if err != nil {
		return err
	}
	items := key(keyItem, t.state.number)
	return i.e.store.Scan(items, after(items), func(k, value []byte) error {
		t.Bytes += uint64(len(k) + len(value))
		return nil
	})
}

// Entries visits what the store holds of t.
func (i *Inspection) Entries(t *TaskFacts, visit func(ptl.Entry) error) error {
	prefix := key(keyState, t.state.number)
	return i.e.store.Scan(prefix, after(prefix), func(k, value []byte) error {
		e, err := ptl.Show(t.state.States, t.state.prefixes(), k[len(prefix):], value)
		if err != nil {
			return unreadable(t, e, err)
		}
		return visit(e)
	})
}

// Entry is what the store holds for one key, which is written as JSON or as in a flag.
func (i *Inspection) Entry(t *TaskFacts, text string) (e ptl.Entry, ok bool, err error) {
	rest, err := ptl.Find(t.state.States, text)
	if err != nil {
		return e, false, err
	}
	value, ok, err := i.e.store.Get(append(key(keyState, t.state.number), rest...))
	if err != nil || !ok {
		return e, false, err
	}
	if e, err = ptl.Show(t.state.States, t.state.prefixes(), rest, value); err != nil {
		err = unreadable(t, e, err)
	}
	return e, true, err
}

// PortalsOf names the portals that marks stand for.
func (i *Inspection) PortalsOf(marks []uint32) (names []string) {
	for _, m := range marks {
		if name := i.portals[m]; name != "" {
			names = append(names, name)
		}
	}
	return names
}

// LeftOver names what the store holds of things that this version of the app does not have.
func (i *Inspection) LeftOver() (names []string) {
	inUse := i.numbersInUse()
	kinds := map[byte]string{numberStream: "stream ", numberReader: "reader ", numberWorkflow: "workflow ", numberState: "", numberSink: "sink "}
	for id, number := range i.e.numbers.known {
		if !inUse[number] {
			names = append(names, kinds[id[0]]+id[1:])
		}
	}
	slices.Sort(names)
	return names
}

func (i *Inspection) numbersInUse() map[uint64]bool {
	inUse := map[uint64]bool{}
	for _, s := range i.e.streams {
		inUse[s.id] = true
		for _, r := range s.readers {
			inUse[r.id] = true
		}
	}
	for _, w := range i.e.workflows {
		inUse[w.id] = true
		for _, s := range w.states {
			inUse[s.number] = true
		}
	}
	for _, s := range i.e.sinks {
		inUse[s.id] = true
	}
	return inUse
}

// readAtom decodes a stored atom; rest is what its key has behind the prefix of its stream.
func readAtom(n *ptl.StreamNode, rest, value []byte) (position uint64, events ptl.Batch, err error) {
	if len(rest) != 8 {
		return 0, nil, fmt.Errorf("an atom of stream %s has a broken position", n.Spec.Name)
	}
	position = positionOf(rest)
	r := ptl.NewReader(value)
	events = n.Read(r)
	if err := r.Err(); err != nil {
		return position, nil, fmt.Errorf("atom %d of stream %s cannot be read: %w", position, n.Spec.Name, err)
	}
	return position, events, nil
}

func unreadable(t *TaskFacts, e ptl.Entry, err error) error {
	what := "an entry"
	switch {
	case e.Key != "":
		what = "key " + e.Key
	case t.Kind == ptl.StateShared:
		what = "the shared state"
	}
	return fmt.Errorf("task %s/%s: %s cannot be read: %w", t.Workflow, t.Task, what, err)
}
