package typecheck

import (
	"slices"

	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// checkGraph checks what the streams and portals of the whole app must be: each has exactly one producer or replier
// (that there are not two has been seen when workflows were built), and streams that lead back to themselves pass a
// sequence.
func (c *checker) checkGraph() {
	for _, s := range c.app.streams {
		if s.Kind == FromWorkflow && s.Writer == nil && s.Decl.Source == nil && s.Type != types.Type(types.Invalid) && !c.doubled[s] {
			c.err("PTL0501", declOf(s), "", "nothing writes the stream `%s`", s.Name).
				help("Write to it in a workflow, `… |> to %s`; or say after `=` what produces it.", s.Name)
		}
	}
	for _, p := range c.app.portals {
		if p.Replier == nil && !c.doubled[p] {
			c.noReplier(p)
		}
	}
	c.checkStreamCycles()
	c.checkAskCycles()
	c.checkPaths()
	c.checkFiles()
	c.checkAddresses()
}

func (c *checker) noReplier(p *Portal) {
	for t := range c.unserved {
		if slices.Contains(t.Answers, p) {
			return
		}
	}
	f := c.err("PTL0503", declOf(p), "", "nothing answers the portal `%s`", p.Name)
	for _, t := range c.app.tasks {
		for _, q := range t.Answers {
			if q == p {
				f.at(declOf(t), "this task answers it, but no workflow uses the task")
				if t.In == nil {
					f.help("Use it in a workflow: `workflow w { serve %s }`.", t.Name)
				} else {
					f.help("Use it in a workflow: `from s |> %s`.", t.Name)
				}
				return
			}
		}
	}
	f.help("Write a task with `on ask %s(request) { reply … }`, and use it in a workflow: `serve` the task.", p.Name)
}

// link is an edge of the graph of streams: from is needed to make to.
type link struct {
	to *Stream
	at source.Span
	by string
}

// checkStreamCycles reports cycles of streams that no sequence breaks: nothing could ever start in them.
func (c *checker) checkStreamCycles() {
	links := map[*Stream][]link{}
	for _, w := range c.app.flows {
		for _, n := range w.Nodes {
			if n.Kind != NodeOutput || n.Stream == nil || n.Stream.Writer != n {
				continue
			}
			for _, in := range w.Inputs {
				links[in] = append(links[in], link{n.Stream, n.Span, "the workflow `" + w.Name + "`"})
			}
		}
	}
	for _, s := range c.app.streams {
		if s.Kind == FromSplit {
			for _, in := range s.Inputs {
				links[in] = append(links[in], link{s, declOf(s), "`split`"})
			}
		}
	}
	search := cycleSearch{c, links, map[*Stream]int{}, nil, nil}
	for _, s := range c.app.streams {
		search.visit(s)
	}
}

// cycleSearch is a depth-first search; a stream is open (1) while what it leads to is visited, then done (2).
type cycleSearch struct {
	*checker
	links map[*Stream][]link
	state map[*Stream]int
	path  []*Stream
	taken []link // taken[i] leads from path[i] to path[i+1]
}

func (c *cycleSearch) visit(s *Stream) {
	if c.state[s] == 2 {
		return
	}
	c.state[s] = 1
	c.path = append(c.path, s)
	for _, l := range c.links[s] {
		c.taken = append(c.taken, l)
		if c.state[l.to] == 1 {
			c.cycle(l.to)
		} else {
			c.visit(l.to)
		}
		c.taken = c.taken[:len(c.taken)-1]
	}
	c.path = c.path[:len(c.path)-1]
	c.state[s] = 2
}

func (c *cycleSearch) cycle(from *Stream) {
	start := 0
	for i, s := range c.path {
		if s == from {
			start = i
		}
	}
	f := c.err("PTL0506", declOf(from), "", "the stream `%s` needs its own events", from.Name)
	for i := start; i < len(c.path); i++ {
		f.at(c.taken[i].at, "%s makes `%s` of `%s`", c.taken[i].by, c.taken[i].to.Name, c.path[i].Name)
	}
	f.note("A cycle of streams needs a `sequence`, where events from outside come in.").
		help("Join it with another stream: `stream loop = sequence(input, %s)`.", from.Name)
}

// checkAskCycles warns of exclusive tasks that wait for each other in a circle: a key of one and a key of another can
// each hold what the other waits for.
func (c *checker) checkAskCycles() {
	waits := waiting{all: map[*Task][]*Task{}, each: map[[2]*Task]bool{}}
	for _, t := range c.info.App.Tasks {
		if !t.Exclusive || !t.Awaits {
			continue
		}
		for _, p := range t.Asks {
			if p.Replier != nil && p.Replier.Task.Exclusive {
				waits.add(t, p.Replier.Task)
			}
		}
	}
	waits.inCircle(c.info.App.Tasks)
	warned := map[*Task]bool{}
	for _, t := range c.info.App.Tasks {
		if waits.circles[t] == 0 || warned[t] {
			continue
		}
		circle := waits.circle(t)
		if circle == nil {
			c.warnCircle([]string{"awaits replies of " + waits.all[t][0].describe() + ", which, by way of others, awaits replies of this one"}, t)
			continue
		}
		labels := make([]string, len(circle))
		for i, u := range circle {
			warned[u] = true
			labels[i] = "awaits replies of " + circle[(i+1)%len(circle)].describe()
		}
		c.warnCircle(labels, circle...)
	}
}

// warnCircle warns of tasks that wait for themselves, and says at each what it waits for.
func (c *checker) warnCircle(labels []string, tasks ...*Task) {
	f := c.warn("PTL0804", declOf(tasks[0]), labels[0], "exclusive tasks may wait for each other")
	for i, t := range tasks[1:] {
		f.at(declOf(t), "%s", labels[i+1])
	}
	f.note("If two keys each wait for the other, the youngest ask is failed to let the rest go on.").
		help("Leave out `exclusive` where it is not needed, or handle the failure with `try await`.")
}
