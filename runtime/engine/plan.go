package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Shape is what a version of the app stores, by name. The store keeps that of the version that ran last; the next one is
// compared with it.
type Shape struct {
	Streams map[string]StreamShape `json:"streams"`
	States  map[string]ptl.Layout  `json:"states"` // by kind, workflow and task, as they are numbered
	Keys    map[string]string      `json:"keys"`   // by workflow and task, what gives events their keys
}

// StreamShape is what is stored of a stream.
type StreamShape struct {
	Source bool       `json:"source,omitempty"`
	Made   string     `json:"made,omitempty"`
	Type   *ptl.Shape `json:"type,omitempty"`
}

// Plan is what starting this version on a store does to it.
type Plan struct {
	Changes  []string // what happens
	Problems []string // what stands in the way
	Texts    []string // … unless the user says that the texts mean the same

	states  []*stateUpgrade
	streams []*stream // whose stored atoms have another shape
	before  Shape
}

type stateUpgrade struct {
	state       *keptState
	name        string
	before, now ptl.Layout
}

func (e *Engine) shape() Shape {
	now := Shape{map[string]StreamShape{}, map[string]ptl.Layout{}, map[string]string{}}
	for _, s := range e.streams {
		shape := StreamShape{Source: s.node.Kind == ptl.BySource, Made: s.node.Spec.Made}
		if s.node.Shape != nil {
			shape.Type = s.node.Shape()
		}
		now.Streams[s.node.Spec.Name] = shape
	}
	for _, w := range e.workflows {
		for _, t := range w.program.TaskSpecs() {
			if t.Keys != "" {
				now.Keys[w.program.Spec().Name+"/"+t.Name] = t.Keys
			}
		}
		for _, s := range w.states {
			now.States[s.name] = ptl.LayoutOf(s.States)
		}
	}
	return now
}

// plan compares the app with the shape that the store keeps; nil when it keeps none yet.
func (e *Engine) plan() (*Plan, error) {
	text, ok, err := e.store.Get(metaKey(metaShape))
	if err != nil || !ok {
		return nil, err
	}
	var before Shape
	if err := json.Unmarshal(text, &before); err != nil {
		return nil, fmt.Errorf("the stored shape of the app cannot be read: %w", err)
	}
	p := &Plan{Changes: slices.Clone(e.moves), before: e.renaming.shape(before)}
	now := e.shape()
	if err := e.planStreams(p, now); err != nil {
		return nil, err
	}
	for _, w := range e.workflows {
		for i := range w.states {
			if err := e.planState(p, &w.states[i], now); err != nil {
				return nil, err
			}
		}
	}
	for task, keys := range now.Keys {
		if was, ok := p.before.Keys[task]; ok && was != keys && e.hasState(p, task) {
			p.Texts = append(p.Texts, fmt.Sprintf("task %s: its keys were made by `%s` and are made by `%s` now", task, was, keys))
		}
	}
	if err := e.planGone(p, now); err != nil {
		return nil, err
	}
	slices.Sort(p.Changes)
	slices.Sort(p.Problems)
	slices.Sort(p.Texts)
	return p, nil
}

func (e *Engine) hasState(p *Plan, task string) bool {
	_, perKey := p.before.States["task "+task]
	return perKey
}

func (e *Engine) planStreams(p *Plan, now Shape) error {
	for _, s := range e.streams {
		name := s.node.Spec.Name
		was, ok := p.before.Streams[name]
		if !ok {
			p.Changes = append(p.Changes, "stream "+name+" is new")
			continue
		}
		if err := e.planUnderWay(p, s); err != nil {
			return err
		}
		is := now.Streams[name]
		switch {
		case was.Source != is.Source:
			p.Problems = append(p.Problems, fmt.Sprintf("stream %s: what produces it is another kind of thing now", name))
		case was.Made != is.Made:
			p.Texts = append(p.Texts, fmt.Sprintf("stream %s was made by `%s` and is made by `%s` now", name, was.Made, is.Made))
		}
		if was.Type == nil || is.Type == nil || was.Type.Text() == is.Type.Text() {
			continue
		}
		held, err := e.count(key(keyAtom, s.id))
		if err != nil {
			return err
		}
		if held == 0 {
			continue
		}
		if ok, why := ptl.Compatible(was.Type, is.Type); !ok {
			p.Problems = append(p.Problems, fmt.Sprintf("stream %s: %s, and %d atoms are yet to be processed", name, why, held))
			continue
		}
		p.Changes = append(p.Changes, fmt.Sprintf("stream %s: the events of %d atoms become ones of %s", name, held, is.Type.Text()))
		p.streams = append(p.streams, s)
	}
	return nil
}

func (e *Engine) planState(p *Plan, s *keptState, now Shape) error {
	was, ok := p.before.States[s.name]
	if !ok {
		p.Changes = append(p.Changes, s.name+" is new")
		return nil
	}
	if some, err := e.holds(key(keyState, s.number)); err != nil || !some {
		return err
	}
	if kind := s.Kind(); kind == ptl.WaitingFrames || kind == ptl.ParkedItems {
		held, err := e.count(key(keyState, s.number))
		if err == nil {
			e.planWaiting(p, s, held)
		}
		return err
	}
	is := now.States[s.name]
	changes, problems := is.Differences(was)
	for _, c := range changes {
		p.Changes = append(p.Changes, s.name+": "+c)
	}
	for _, c := range problems {
		p.Problems = append(p.Problems, s.name+": "+c)
	}
	if len(problems) == 0 && !is.Same(was) {
		p.states = append(p.states, &stateUpgrade{s, s.name, was, is})
	}
	return nil
}

// planWaiting makes sure that what waits can be read.
func (e *Engine) planWaiting(p *Plan, s *keptState, held uint64) {
	was, is := p.before.States[s.name], ptl.LayoutOf(s.States)
	if !is.Same(was) {
		p.Problems = append(p.Problems, fmt.Sprintf("%s: %d wait, and their types have changed", s.name, held))
		return
	}
	prefix := key(keyState, s.number)
	err := e.store.Scan(prefix, after(prefix), func(k, value []byte) error {
		_, err := ptl.Show(s.States, s.prefixes(), k[len(prefix):], value)
		return err
	})
	if err != nil {
		p.Problems = append(p.Problems, fmt.Sprintf("%s: %d wait there: %s", s.name, held, err))
	}
}

// planUnderWay makes sure that requests and replies which are under way have the reader that they were sent to. A new
// reader begins with what comes next, so nobody would ever answer them.
func (e *Engine) planUnderWay(p *Plan, s *stream) error {
	if !isOfPortals(s.node.Spec.Name) || !slices.ContainsFunc(s.readers, func(r *reader) bool { return r.fresh }) {
		return nil
	}
	held, err := e.count(key(keyAtom, s.id))
	if err == nil && held > 0 {
		p.Problems = append(p.Problems, fmt.Sprintf("%s: %d atoms are under way, and another workflow takes them now", e.underWay(s.node.Spec.Name), held))
	}
	return err
}

// isOfPortals tells whether a stream is one of requests or replies.
func isOfPortals(stream string) bool { return strings.ContainsAny(stream, "?!") }

// isOfRequests tells whether it is one of requests.
func isOfRequests(stream string) bool { return strings.Contains(stream, "?") }

// underWay is what people call a stream of requests or replies.
func (e *Engine) underWay(stream string) string {
	if asker, portal, ok := strings.Cut(stream, "?"); ok {
		return "requests of " + asker + " for portal " + portal
	}
	replier, asker, _ := strings.Cut(stream, "!")
	return "replies of " + replier + " for " + asker
}

// planGone tells of what this version does not have any more. Its data stay where they are, unless somebody waits for it.
func (e *Engine) planGone(p *Plan, now Shape) error {
	for name := range p.before.Streams {
		if _, ok := now.Streams[name]; ok {
			continue
		}
		held, err := e.count(key(keyAtom, e.numbers.known[string(byte(numberStream))+name]))
		switch {
		case err != nil:
			return err
		case isOfPortals(name) && held > 0:
			p.Problems = append(p.Problems, fmt.Sprintf("%s: %d atoms are under way, and nobody takes them now", e.underWay(name), held))
		case !isOfPortals(name):
			p.Changes = append(p.Changes, "stream "+name+" is gone; what is stored of it stays, unused")
		}
	}
	for name := range p.before.States {
		if _, ok := now.States[name]; ok {
			continue
		}
		held, err := e.count(key(keyState, e.numbers.known[string(byte(numberState))+name]))
		switch waits := strings.Count(name, "/") > 1; { // a handler of a task, or what it has parked
		case err != nil:
			return err
		case waits && held > 0:
			p.Problems = append(p.Problems, fmt.Sprintf("%s is gone, and %d wait there", name, held))
		case !waits || held > 0:
			p.Changes = append(p.Changes, name+" is gone; what is stored of it stays, unused")
		}
	}
	return nil
}

func (e *Engine) count(prefix []byte) (n uint64, err error) {
	err = e.store.Scan(prefix, after(prefix), func(_, _ []byte) error {
		n++
		return nil
	})
	return n, err
}

// holds tells whether there is anything under a prefix, which count would take long to find out of a large state.
func (e *Engine) holds(prefix []byte) (bool, error) {
	err := e.store.Scan(prefix, after(prefix), func(_, _ []byte) error { return errFound })
	if errors.Is(err, errFound) {
		return true, nil
	}
	return false, err
}

var errFound = errors.New("found")

// shape is a stored shape under the names of this version.
func (r *renaming) shape(before Shape) Shape {
	now := Shape{map[string]StreamShape{}, map[string]ptl.Layout{}, map[string]string{}}
	for name, s := range before.Streams {
		now.Streams[r.stream(name)] = s
	}
	for name, s := range before.States {
		now.States[r.state(name)] = s
	}
	for name, keys := range before.Keys {
		now.Keys[strings.TrimPrefix(r.state("task "+name), "task ")] = keys
	}
	return now
}

// Incompatible is the error of a version that cannot go on with what the store holds.
type Incompatible struct {
	Problems []string
	Texts    []string
}

func (e *Incompatible) Error() string {
	var b strings.Builder
	b.WriteString("this version of the program cannot go on with what an earlier one has stored; nothing was changed:\n")
	for _, problem := range append(slices.Clone(e.Problems), e.Texts...) {
		b.WriteString("  " + problem + "\n")
	}
	b.WriteString("Ways out: give new fields a default; say `was` where something has another name now; let the old version run until nothing " +
		"waits and all is processed; or begin again with --fresh")
	if len(e.Problems) == 0 {
		b.WriteString("; or, if the new texts mean the same as the old ones, run `upgrade --same`")
	}
	return b.String()
}
