package sim

import (
	"fmt"
	"math/rand/v2"
)

// generate draws an application.
func generate(dice *rand.Rand) *App {
	g := &generator{dice: dice, app: &App{}}
	g.sources()
	n := 1 + dice.IntN(3)
	for i := range n {
		w := Workflow{Name: fmt.Sprintf("W%d", i)}
		for range 1 + dice.IntN(3) {
			w.Tasks = append(w.Tasks, g.task())
		}
		g.app.Workflows = append(g.app.Workflows, w)
	}
	g.portals()
	for i := range g.app.Workflows {
		g.bodies(&g.app.Workflows[i])
	}
	if g.app.Letters = g.chance(40); g.app.Letters {
		g.streams = append(g.streams, lettersName)
	}
	g.wire()
	g.sinks()
	return g.app
}

type generator struct {
	dice    *rand.Rand
	app     *App
	streams []string
}

func (g *generator) chance(percent int) bool { return g.dice.IntN(100) < percent }

func (g *generator) sources() {
	for i := range 1 + g.dice.IntN(2) {
		s := Source{Name: fmt.Sprintf("s%d", i), Replayable: g.chance(60)}
		for range g.dice.IntN(6) {
			var atom []int64
			for range g.dice.IntN(5) {
				atom = append(atom, event(int64(g.dice.IntN(1000)), int64(1+g.dice.IntN(2)+g.dice.IntN(2))))
			}
			s.Atoms = append(s.Atoms, atom)
		}
		g.app.Sources = append(g.app.Sources, s)
		g.streams = append(g.streams, s.Name)
	}
}

func (g *generator) task() Task {
	t := Task{Keys: int64(1 + g.dice.IntN(4))}
	if g.chance(25) {
		t.Keys = 0
	}
	t.Exclusive = t.Keys > 0 && g.chance(35)
	t.PerKey = t.Keys > 0 && g.chance(25)
	t.OnAtom = t.Keys == 0 && g.chance(40)
	t.OnEnd = g.chance(20)
	return t
}

// portals gives some tasks portals to answer.
func (g *generator) portals() {
	for range g.dice.IntN(4) {
		w := g.dice.IntN(len(g.app.Workflows))
		t := g.dice.IntN(len(g.app.Workflows[w].Tasks))
		p := len(g.app.Portals)
		g.app.Portals = append(g.app.Portals, Portal{Name: fmt.Sprintf("p%d", p), Workflow: w, Task: t})
		task := &g.app.Workflows[w].Tasks[t]
		task.Answers = append(task.Answers, p)
	}
}

// bodies draws the handlers of a workflow.
func (g *generator) bodies(w *Workflow) {
	for i := range w.Tasks {
		t := &w.Tasks[i]
		t.Bodies = append(t.Bodies, g.body(false))
		for range t.Answers {
			t.Bodies = append(t.Bodies, g.body(true))
		}
		if g.chance(25) {
			t.OnError = Body{{Op: Count}, {Op: Emit, N: int64(g.dice.IntN(9))}}
		}
	}
}

func (g *generator) body(answers bool) Body {
	var b Body
	for range 1 + g.dice.IntN(4) {
		b = append(b, g.instr()...)
	}
	if answers {
		at := g.dice.IntN(len(b) + 1)
		if g.chance(60) {
			at = len(b)
		}
		b = append(b[:at:at], append(Body{{Op: Reply}}, b[at:]...)...)
	}
	// A loop or a failure behind the reply, and a reply within a loop, are fine: the reply is given once.
	if answers && b[len(b)-1].Op != Reply {
		b = append(b, Instr{Op: Reply})
	}
	return b
}

func (g *generator) instr() []Instr {
	n := int64(g.dice.IntN(9))
	portals := len(g.app.Portals)
	slot := func() int64 { return int64(g.dice.IntN(slots)) }
	portal := func() int { return g.dice.IntN(portals) }
	switch k := g.dice.IntN(21); {
	case k < 5:
		return []Instr{{Op: Update, N: n}}
	case k < 7:
		return []Instr{{Op: Count}}
	case k < 8:
		return []Instr{{Op: Reset, M: int64(2 + g.dice.IntN(3))}}
	case k < 9:
		return []Instr{{Op: Grow, M: int64(1 + g.dice.IntN(20))}, {Op: Edit, N: n, M: int64(g.dice.IntN(4))}}
	case k < 10:
		return []Instr{{Op: Edit, N: n, M: int64(1 + g.dice.IntN(6))}}
	case k < 13:
		return []Instr{{Op: Emit, N: n, M: int64(g.dice.IntN(4))}}
	case k < 14:
		return []Instr{{Op: Fail, M: int64(3 + g.dice.IntN(9))}}
	case portals == 0:
		return []Instr{{Op: Update, N: n}}
	case k < 15:
		return []Instr{{Op: Tell, N: n, P: portal()}}
	case k < 18:
		s := slot()
		await := []Op{Await, Await, Try, AwaitBoth, AwaitAny, Within, Within}[g.dice.IntN(7)]
		return []Instr{{Op: Ask, N: s, P: portal()}, {Op: await, N: s, M: int64(g.dice.IntN(5))}}
	case k < 19:
		s := slot()
		return []Instr{{Op: Ask, N: s, P: portal()}, {Op: Try, N: s}, {Op: Again, N: 2, M: int64(1 + g.dice.IntN(2))}}
	case k < 20:
		return []Instr{{Op: Ask, N: 0, P: portal()}, {Op: Ask, N: 1, P: portal()}, {Op: []Op{AwaitBoth, AwaitAny}[g.dice.IntN(2)]}}
	default:
		return []Instr{{Op: Ask, N: slot(), P: portal()}}
	}
}

// wire connects what there is: workflows read streams of earlier ones, or of later ones through a sequencer.
func (g *generator) wire() {
	n := len(g.app.Workflows)
	for i := range g.app.Workflows {
		w := &g.app.Workflows[i]
		for j := range 1 + g.dice.IntN(2) {
			w.Outputs = append(w.Outputs, fmt.Sprintf("o%d%d", i, j))
		}
	}
	for i := range g.app.Workflows {
		w := &g.app.Workflows[i]
		for range 1 + g.dice.IntN(2) {
			name := g.streams[g.dice.IntN(len(g.streams))]
			if name != lettersName && g.chance(40) {
				name = g.relay(name, g.dice.IntN(n))
			}
			g.reads(w, name)
		}
		for t := range w.Tasks {
			w.Tasks[t].To = g.targets(w, t+1)
		}
		g.streams = append(g.streams, w.Outputs...)
	}
}

// relay puts a sequencer or splitter on a stream; a sequencer may also take what a workflow writes, of whatever place.
func (g *generator) relay(of string, w int) string {
	r := Relay{Name: fmt.Sprintf("q%d", len(g.app.Relays)), Inputs: []string{of}}
	if g.chance(30) {
		r.Keep = 2
	} else {
		out := g.app.Workflows[w].Outputs
		r.Inputs = append(r.Inputs, out[g.dice.IntN(len(out))])
		if r.Inputs[1] == of {
			r.Inputs = r.Inputs[:1]
		}
	}
	g.app.Relays = append(g.app.Relays, r)
	return r.Name
}

func (g *generator) reads(w *Workflow, stream string) {
	for _, in := range w.Inputs {
		if in.Stream == stream {
			return
		}
	}
	w.Inputs = append(w.Inputs, Input{Stream: stream, To: g.targets(w, 0)})
}

// targets draws who gets what something emits: tasks from number `from` on, and outputs.
func (g *generator) targets(w *Workflow, from int) []Target {
	var to []Target
	for t := from; t < len(w.Tasks); t++ {
		if g.chance(45) || t == 0 {
			to = append(to, Target{N: t})
		}
	}
	for o := range w.Outputs {
		if g.chance(50) || len(to) == 0 {
			to = append(to, Target{Output: true, N: o})
		}
	}
	g.dice.Shuffle(len(to), func(i, j int) { to[i], to[j] = to[j], to[i] })
	return to
}

func (g *generator) sinks() {
	for _, w := range g.app.Workflows {
		for _, o := range w.Outputs {
			if g.chance(70) || len(g.app.Sinks) == 0 {
				g.app.Sinks = append(g.app.Sinks, o)
			}
		}
	}
	for _, r := range g.app.Relays {
		if g.chance(20) {
			g.app.Sinks = append(g.app.Sinks, r.Name)
		}
	}
	if g.app.Letters {
		g.app.Sinks = append(g.app.Sinks, lettersName)
	}
	for _, s := range g.app.Sources {
		if g.chance(15) {
			g.app.Sinks = append(g.app.Sinks, s.Name)
		}
	}
}
