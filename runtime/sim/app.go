package sim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// App is an application as data.
type App struct {
	Sources   []Source
	Relays    []Relay
	Workflows []Workflow
	Portals   []Portal
	Letters   bool     // what fails and is skipped goes to a stream
	Sinks     []string // the streams that have one
}

// Source is a stream whose atoms are given.
type Source struct {
	Name       string
	Replayable bool
	Atoms      [][]int64
}

// Relay is a sequencer, or a splitter if Keep is not 0.
type Relay struct {
	Name   string
	Inputs []string
	Keep   int64 // a splitter keeps events v with mix(v) % Keep == 0
}

// Workflow is a workflow: what its inputs give goes to targets; tasks stand in the order of their barriers.
type Workflow struct {
	Name    string
	Inputs  []Input
	Tasks   []Task
	Outputs []string
}

// Input is a stream that a workflow reads, and who gets its events, in order.
type Input struct {
	Stream string
	To     []Target
}

// pass gives an event to an input's targets. What goes straight to an output has less life there, lest it circles for ever.
func (in *Input) pass(v int64, to func([]Target, int64)) {
	for _, t := range in.To {
		switch {
		case !t.Output:
			to([]Target{t}, v)
		case life(v) > 0:
			to([]Target{t}, v-1)
		}
	}
}

// Target is a later task, or an output.
type Target struct {
	Output bool
	N      int
}

// Task is a use of a task.
type Task struct {
	Keys      int64 // number of keys; 0: a single instance with shared state
	Exclusive bool
	// Bodies are its handlers: OnEvent first, then one for each portal that it answers.
	Bodies  []Body
	Answers []int // portals, by the index of their body less one
	OnError Body  // nil: none
	PerKey  bool  // `on atom per key` emits what its state holds
	OnAtom  bool  // `on atom` emits what the shared state holds
	OnEnd   bool  // `on complete` emits
	To      []Target
}

// Portal is a portal.
type Portal struct {
	Name     string
	Workflow int // that answers
	Task     int
}

// lettersName is the stream of dead letters.
const lettersName = "deadLetters"

// lettersOf is the stream of those of one workflow.
func lettersOf(w *Workflow) string { return lettersName + "/" + w.Name }

// readsLetters tells that a workflow reads dead letters; such a one gives none.
func (w *Workflow) readsLetters() bool {
	return slices.ContainsFunc(w.Inputs, func(in Input) bool { return in.Stream == lettersName })
}

// letter is the number that stands for a dead letter.
func letter(task string, key, v int64, reason string) int64 {
	return event(mix(int64(task[1]), key, v, int64(len(reason))), 1)
}

func letterOf(d ptl.DeadLetter) int64 {
	key, _ := strconv.ParseInt(d.Key, 10, 64)
	v, _ := strconv.ParseInt(d.Event, 10, 64)
	return letter(d.Task, key, v, d.Error)
}

func (t *Task) name(i int) string { return fmt.Sprintf("T%d", i) }

// key is the key that an event has in a task.
func (t *Task) key(v int64) int64 {
	if t.Keys == 0 {
		return 0
	}
	return mix(v) % t.Keys
}

// touch notes what the barrier must know of an event.
func (t *Task) touch(s *State, x int64) {
	if t.PerKey || t.OnAtom {
		s.Life = max(s.Life, life(x))
	}
}

// barrier is what `on atom` and `on atom per key` emit, if anything.
func (t *Task) barrier(s *State, key int64) (v int64, ok bool) {
	had := s.Life
	s.Life = 0
	return event(mix(key, s.A, s.B, 77), had-1), had > 0
}

// ending is what `on complete` emits.
func (t *Task) ending(n int, s *State) int64 { return event(mix(int64(n), s.A, s.B, 99), 0) }

// asks are the portals that the handlers of a workflow ask, without repetition, in the order of the portals.
func (a *App) asks(w *Workflow) []int {
	asked := make([]bool, len(a.Portals))
	for _, t := range w.Tasks {
		for _, b := range t.Bodies {
			for _, in := range b {
				if in.Op == Ask || in.Op == Tell {
					asked[in.P] = true
				}
			}
		}
	}
	var portals []int
	for p, yes := range asked {
		if yes {
			portals = append(portals, p)
		}
	}
	return portals
}

// exclusive tells whether any task is.
func (a *App) exclusive() bool {
	for _, w := range a.Workflows {
		for _, t := range w.Tasks {
			if t.Exclusive {
				return true
			}
		}
	}
	return false
}

func (a *App) String() string {
	var b strings.Builder
	for _, s := range a.Sources {
		fmt.Fprintf(&b, "source %s replayable=%v %v\n", s.Name, s.Replayable, s.Atoms)
	}
	for _, r := range a.Relays {
		fmt.Fprintf(&b, "relay %s of %v keep=%d\n", r.Name, r.Inputs, r.Keep)
	}
	for _, p := range a.Portals {
		fmt.Fprintf(&b, "portal %s answered by W%d.T%d\n", p.Name, p.Workflow, p.Task)
	}
	for _, w := range a.Workflows {
		fmt.Fprintf(&b, "workflow %s\n", w.Name)
		for _, in := range w.Inputs {
			fmt.Fprintf(&b, "  from %s to %s\n", in.Stream, targets(&w, in.To))
		}
		for i, t := range w.Tasks {
			fmt.Fprintf(&b, "  task T%d keys=%d exclusive=%v perKey=%v onAtom=%v onComplete=%v to %s\n", i, t.Keys, t.Exclusive, t.PerKey, t.OnAtom, t.OnEnd, targets(&w, t.To))
			for j, body := range t.Bodies {
				what := "on event"
				if j > 0 {
					what = "on ask " + a.Portals[t.Answers[j-1]].Name
				}
				fmt.Fprintf(&b, "    %s: %s\n", what, body)
			}
			if t.OnError != nil {
				fmt.Fprintf(&b, "    on error: %s\n", t.OnError)
			}
		}
	}
	fmt.Fprintf(&b, "letters=%v, sinks on %v\n", a.Letters, a.Sinks)
	return b.String()
}

func targets(w *Workflow, to []Target) string {
	var parts []string
	for _, t := range to {
		if t.Output {
			parts = append(parts, w.Outputs[t.N])
		} else {
			parts = append(parts, fmt.Sprintf("T%d", t.N))
		}
	}
	return strings.Join(parts, ", ")
}
