package sim

import "slices"

// shrink makes an application and its plan smaller as long as the same checker still finds something. Each round tries
// every way of leaving one thing out; it ends when none of them works, or after so many tries.
func shrink(app *App, plan Plan, tries int) *Run {
	best := simulate(app.clone(), plan)
	if len(best.findings) == 0 {
		return best
	}
	want := best.findings[0].Checker
	for smaller := true; smaller && tries > 0; {
		smaller = false
		for i := 0; tries > 0; tries-- {
			next, nextPlan := app.clone(), plan
			if !leaveOut(next, &nextPlan, i) {
				break
			}
			r := simulate(next.clone(), nextPlan)
			if len(r.findings) > 0 && r.findings[0].Checker == want {
				app, plan, best, smaller = next, nextPlan, r, true
			} else {
				i++
			}
		}
	}
	return best
}

func (a *App) clone() *App {
	c := &App{Letters: a.Letters, Portals: slices.Clone(a.Portals), Sinks: slices.Clone(a.Sinks)}
	for _, s := range a.Sources {
		s.Atoms = slices.Clone(s.Atoms)
		for i := range s.Atoms {
			s.Atoms[i] = slices.Clone(s.Atoms[i])
		}
		c.Sources = append(c.Sources, s)
	}
	for _, r := range a.Relays {
		r.Inputs = slices.Clone(r.Inputs)
		c.Relays = append(c.Relays, r)
	}
	for _, w := range a.Workflows {
		w.Outputs, w.Inputs, w.Tasks = slices.Clone(w.Outputs), slices.Clone(w.Inputs), slices.Clone(w.Tasks)
		for i := range w.Inputs {
			w.Inputs[i].To = slices.Clone(w.Inputs[i].To)
		}
		for i := range w.Tasks {
			t := &w.Tasks[i]
			t.Bodies, t.Answers, t.To = slices.Clone(t.Bodies), slices.Clone(t.Answers), slices.Clone(t.To)
			for b := range t.Bodies {
				t.Bodies[b] = slices.Clone(t.Bodies[b])
			}
		}
		c.Workflows = append(c.Workflows, w)
	}
	return c
}

// cutter counts the things that can be left out, and leaves out the one whose turn it is.
type cutter struct{ left int }

func (c *cutter) turn() bool {
	c.left--
	return c.left == -1
}

// without leaves one element of a slice out, if it is its turn.
func without[T any](c *cutter, s *[]T) {
	n := len(*s)
	if c.left >= 0 && c.left < n {
		*s = slices.Delete(*s, c.left, c.left+1)
		c.left = -1
		return
	}
	c.left -= n
}

func off(c *cutter, flag *bool) {
	if *flag && c.turn() {
		*flag = false
	}
}

func lower(c *cutter, n *int, least int) {
	if *n > least && c.turn() {
		*n--
	}
}

// leaveOut leaves thing number i out; false when there are not so many.
func leaveOut(a *App, p *Plan, i int) bool {
	c := &cutter{i}
	lower(c, &p.Crashes, 0)
	off(c, &p.Stops)
	off(c, &p.Async)
	off(c, &p.Power)
	lower(c, &p.Lanes, 0)
	for s := range a.Sources {
		without(c, &a.Sources[s].Atoms)
	}
	for w := range a.Workflows {
		f := &a.Workflows[w]
		without(c, &f.Inputs)
		for t := range f.Tasks {
			c.task(&f.Tasks[t])
		}
		for in := range f.Inputs {
			without(c, &f.Inputs[in].To)
		}
	}
	for s := range a.Sources {
		for n := range a.Sources[s].Atoms {
			without(c, (*[]int64)(&a.Sources[s].Atoms[n]))
		}
	}
	if len(a.Sinks) > 1 {
		without(c, &a.Sinks)
	}
	return c.left < 0
}

func (c *cutter) task(t *Task) {
	off(c, &t.Exclusive)
	off(c, &t.PerKey)
	off(c, &t.OnAtom)
	off(c, &t.OnEnd)
	if t.OnError != nil && c.turn() {
		t.OnError = nil
	}
	without(c, &t.To)
	for b := range t.Bodies {
		c.body(&t.Bodies[b])
	}
}

// body leaves one operation out, but no reply: that each request gets one is the compiler's promise, not the engine's.
func (c *cutter) body(b *Body) {
	for i := range *b {
		if (*b)[i].Op != Reply && c.turn() {
			*b = slices.Delete(*b, i, i+1)
			return
		}
	}
}
