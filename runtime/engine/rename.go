package engine

import (
	"maps"
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// renaming gives what a store knows under names of an earlier version the names of this one. A `was` counts when the
// store knows the old name and not the new one; it moves everything that has the old name in its own: the cursors of a
// workflow, the states of its tasks, its requests.
type renaming struct {
	streams, workflows map[string]string            // old name → new name
	tasks              map[string]map[string]string // new name of the workflow → old → new
}

// renamed finds what has another name now.
func renamed(g *ptl.Graph, known map[string]uint64) *renaming {
	r := &renaming{streams: map[string]string{}, workflows: map[string]string{}, tasks: map[string]map[string]string{}}
	move := func(into map[string]string, kind byte, name, was string) {
		_, old := known[string(kind)+was]
		if _, now := known[string(kind)+name]; was != "" && old && !now {
			into[was] = name
		}
	}
	for _, s := range g.Streams {
		move(r.streams, numberStream, s.Spec.Name, s.Spec.Was)
	}
	for _, w := range g.Workflows {
		spec := w.Spec()
		move(r.workflows, numberWorkflow, spec.Name, spec.Was)
		r.tasks[spec.Name] = map[string]string{}
		for _, t := range w.TaskSpecs() {
			before := spec.Name
			if r.workflows[spec.Was] == spec.Name {
				before = spec.Was
			}
			if t.Was != "" && knowsTask(known, before, t.Was) && !knowsTask(known, before, t.Name) {
				r.tasks[spec.Name][t.Was] = t.Name
			}
		}
	}
	return r
}

func knowsTask(known map[string]uint64, workflow, task string) bool {
	for id := range known {
		for _, kind := range []string{"task ", "shared "} {
			if rest, ok := strings.CutPrefix(id, string(byte(numberState))+kind+workflow+"/"+task); ok && (rest == "" || rest[0] == '/') {
				return true
			}
		}
	}
	return false
}

func to(names map[string]string, name string) string {
	if now, ok := names[name]; ok {
		return now
	}
	return name
}

// id is what a numbered thing is called now.
func (r *renaming) id(id string) string {
	kind, name := id[0], id[1:]
	switch kind {
	case numberStream:
		return string(kind) + r.stream(name)
	case numberSink:
		return string(kind) + r.sink(name)
	case numberWorkflow:
		return string(kind) + to(r.workflows, name)
	case numberReader:
		if sink, ok := strings.CutSuffix(name, ">"); ok {
			return string(kind) + r.sink(sink) + ">"
		}
		owner, rest, _ := strings.Cut(name, "<")
		stream := strings.TrimLeft(rest, "<") // see addRelay
		return string(kind) + to(r.workflows, r.stream(owner)) + "<" + strings.TrimSuffix(rest, stream) + r.stream(stream)
	case numberState:
		return string(kind) + r.state(name)
	}
	return id
}

// stream is what a stream is called now: by itself, or as requests (`asker?portal`) or replies (`replier!asker`).
func (r *renaming) stream(name string) string {
	if asker, portal, ok := strings.Cut(name, "?"); ok {
		return to(r.workflows, asker) + "?" + portal
	}
	if replier, asker, ok := strings.Cut(name, "!"); ok {
		return to(r.workflows, replier) + "!" + to(r.workflows, asker)
	}
	return to(r.streams, name)
}

// sink is what a sink is called now: as its stream, with -2, -3 … behind that if it is not the first one.
func (r *renaming) sink(name string) string {
	stream, more, several := strings.Cut(name, "-")
	if several {
		return r.stream(stream) + "-" + more
	}
	return r.stream(stream)
}

// state is what the state of a task is called now.
func (r *renaming) state(name string) string {
	kind, rest, _ := strings.Cut(name, " ")
	parts := strings.Split(rest, "/")
	if len(parts) < 2 {
		return name
	}
	parts[0] = to(r.workflows, parts[0])
	parts[1] = to(r.tasks[parts[0]], parts[1])
	return kind + " " + strings.Join(parts, "/")
}

// leave finds the readers that the store knows and this version does not have, though it has their streams. If one comes
// back it is new, and begins with the next atom: what the stream has given meanwhile nobody has kept for it.
func (e *Engine) leave() {
	n := e.numbers
	byName := map[string]*stream{}
	for _, s := range e.streams {
		byName[s.node.Spec.Name] = s
	}
	for _, id := range slices.Sorted(maps.Keys(n.known)) {
		name, isReader := strings.CutPrefix(id, string(byte(numberReader)))
		if !isReader {
			continue
		}
		owner, of := "", ""
		if sink, ok := strings.CutSuffix(name, ">"); ok {
			of, _, _ = strings.Cut(sink, "-")
			owner = "sink " + sink
		} else if reads, stream, ok := strings.Cut(name, "<"); ok {
			owner, of = "stream "+reads, strings.TrimLeft(stream, "<")
			if _, ok := n.known[string(byte(numberWorkflow))+reads]; ok {
				owner = "workflow " + reads
			}
		}
		s := byName[of]
		if s == nil || e.breaks("keep readers that left") || slices.ContainsFunc(s.readers, func(r *reader) bool { return r.name == name }) {
			continue
		}
		s.left = append(s.left, n.known[id])
		n.left = append(n.left, n.known[id])
		n.gone = append(n.gone, id)
		delete(n.known, id)
		if !isOfPortals(of) {
			e.moves = append(e.moves, owner+" does not read "+of+" any more; if it does again, it begins with the next atom")
		}
	}
}

// rename moves the numbers to the new names.
func (n *numbers) rename(r *renaming) (moves []string) {
	known := map[string]uint64{}
	for id, number := range n.known {
		now := r.id(id)
		if now != id {
			n.gone = append(n.gone, id)
			n.fresh = append(n.fresh, now)
			if id[0] == numberStream && !strings.ContainsAny(id, "?!") || id[0] == numberWorkflow || id[0] == numberState {
				moves = append(moves, now[1:]+" was "+id[1:])
			}
		}
		known[now] = number
	}
	n.known = known
	slices.Sort(moves)
	slices.Sort(n.gone)
	slices.Sort(n.fresh)
	return moves
}
