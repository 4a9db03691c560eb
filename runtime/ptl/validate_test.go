package ptl

import (
	"strings"
	"testing"
)

type bareLane struct {
	Lane
	out     [2]Out[int64]
	asks    Asks[int64, int64]
	answers Answers[int64, int64]
}

func (l *bareLane) first() *Out[int64]             { return &l.out[0] }
func (l *bareLane) second() *Out[int64]            { return &l.out[1] }
func (l *bareLane) ask() *Asks[int64, int64]       { return &l.asks }
func (l *bareLane) answer() *Answers[int64, int64] { return &l.answers }
func (l *bareLane) takeAll([]int64)                {}
func (l *bareLane) takeRequest(Request[int64])     {}
func source(g *Graph, name string) *Stream[int64] {
	return SourceStream(g, StreamSpec{Name: name}, IntType, RangeSource(0, 9, Cut{}))
}
func stream(g *Graph, name string) *Stream[int64] {
	return NewStream(g, StreamSpec{Name: name}, IntType)
}
func emptyFlow(g *Graph, name string) *Workflow[*bareLane] {
	return NewWorkflow[bareLane](g, WorkflowSpec{Name: name}, nil)
}

// TestGraphsThatMakeNoSense are refused when they are connected, by what is wrong with them.
func TestGraphsThatMakeNoSense(t *testing.T) {
	for want, build := range map[string]func(g *Graph){
		"": func(g *Graph) { // a circle through a sequencer, and one through portals
			s, back := stream(g, "s"), stream(g, "back")
			joined := Sequence(g, StreamSpec{Name: "joined"}, IntType, s, back)
			a, b := emptyFlow(g, "a"), emptyFlow(g, "b")
			Writes(a, s, (*bareLane).first)
			Reads(a, source(g, "in"), (*bareLane).takeAll)
			Reads(b, joined, (*bareLane).takeAll)
			Writes(b, back, (*bareLane).first)
			p := NewPortal(g, PortalSpec{Name: "p"}, IntType, IntType)
			AsksPortal(a, g, p, (*bareLane).ask)
			AnswersPortal(b, g, p, (*bareLane).answer, (*bareLane).takeRequest)
			AddTask(b, &Task[*bareLane]{Name: "Free"}) // used twice in `steps`
			AddTask(b, &Task[*bareLane]{Name: "Free"})
		},
		"there are two tasks named a/Kept": func(g *Graph) {
			a := emptyFlow(g, "a")
			AddTask(a, &Task[*bareLane]{Name: "Kept", State: &StateSlot[*bareLane]{}})
			AddTask(a, &Task[*bareLane]{Name: "Kept", Shared: &StateSlot[*bareLane]{}})
		},
		"stream s is written by workflow a and by workflow b": func(g *Graph) {
			s := stream(g, "s")
			Writes(emptyFlow(g, "a"), s, (*bareLane).first)
			Writes(emptyFlow(g, "b"), s, (*bareLane).first)
		},
		"workflow a writes stream in, which something else produces": func(g *Graph) { Writes(emptyFlow(g, "a"), source(g, "in"), (*bareLane).first) },
		"no workflow writes stream s":                                func(g *Graph) { stream(g, "s") },
		"there are two streams named in":                             func(g *Graph) { source(g, "in"); source(g, "in") },
		"there are two workflows named a":                            func(g *Graph) { emptyFlow(g, "a"); emptyFlow(g, "a") },
		"workflow a reads stream in, which is none of this graph": func(g *Graph) {
			Reads(emptyFlow(g, "a"), source(&Graph{}, "in"), (*bareLane).takeAll)
		},
		"workflow a reads what it writes, without a sequencer in between": func(g *Graph) {
			s, back := stream(g, "s"), stream(g, "back")
			a, b := emptyFlow(g, "a"), emptyFlow(g, "b")
			Reads(a, back, (*bareLane).takeAll)
			Writes(a, s, (*bareLane).first)
			Reads(b, s, (*bareLane).takeAll)
			Writes(b, back, (*bareLane).second)
		},
		"nobody answers portal p": func(g *Graph) { NewPortal(g, PortalSpec{Name: "p"}, IntType, IntType) },
		"portals costarring and liquid are told apart by a number": func(g *Graph) {
			for _, name := range []string{"costarring", "liquid"} {
				p := NewPortal(g, PortalSpec{Name: name}, IntType, IntType)
				AnswersPortal(emptyFlow(g, name), g, p, (*bareLane).answer, (*bareLane).takeRequest)
			}
		},
		"portal p is answered by workflow a and by workflow b": func(g *Graph) {
			p := NewPortal(g, PortalSpec{Name: "p"}, IntType, IntType)
			for _, name := range []string{"a", "b"} {
				AnswersPortal(emptyFlow(g, name), g, p, (*bareLane).answer, (*bareLane).takeRequest)
			}
		},
	} {
		g := &Graph{}
		build(g)
		switch err := g.Connect(); {
		case want == "" && err != nil:
			t.Error(err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("got %v, want %s", err, want)
		}
	}
}
