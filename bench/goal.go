package main

import (
	"fmt"

	"github.com/portals-lang/portals/bench/measure"
)

// verdict is what rounds say about a goal, from good to bad.
type verdict int

const (
	held verdict = iota
	unjudged
	undecided
	missed
)

// goal is what a row or a figure is to reach.
type goal struct {
	text   string
	median float64 // of what the rounds have shown
	verdict
	why string // of what is neither held nor missed
}

// chance is how often a verdict may be wrong for something that is exactly at its mark.
const chance = 0.04

// judge lets each round say whether it reaches the mark, and decides as a sign test does: a goal is held or missed if so many
// rounds agree that something exactly at the mark, which is as often above as below, would show that in one of 25 trials at most.
// Up to seven rounds all must agree, and fewer than five decide nothing. So what is missed has a median below the mark,
// and what is held has none.
func judge(text string, rounds []float64, reaches func(round float64) bool) goal {
	reached := 0
	for _, x := range rounds {
		if reaches(x) {
			reached++
		}
	}
	n := len(rounds)
	g := goal{text: text, median: median(rounds)}
	switch {
	case atMost(n-reached, n) <= chance:
		g.verdict = held
	case atMost(reached, n) <= chance:
		g.verdict = missed
	default:
		g.verdict, g.why = undecided, fmt.Sprintf("undecided: reached in %d of %d rounds", reached, n)
	}
	return g
}

// atMost is the probability of at most k heads among n coins.
func atMost(k, n int) float64 {
	sum, ways, all := 0.0, 1.0, 1.0
	for i := range n + 1 {
		if i <= k {
			sum += ways
		}
		ways *= float64(n-i) / float64(i+1)
		if i < n {
			all *= 2
		}
	}
	return sum / all
}

const othersBusy = "not judged: others were busy"

// open tells whether measuring it once more could decide it.
func (g goal) open() bool { return g.verdict == undecided || g.why == othersBusy }

// absolute is a goal of an absolute figure. What others take of the machine makes that worse only, so it is held even then, but not missed;
// a ratio has both its sides in the same rounds.
func (g goal) absolute(others float64) goal {
	if g.verdict == missed && !quiet(others) {
		g.verdict, g.why = unjudged, othersBusy
	}
	return g
}

// shown is the goal with its verdict; mark is put behind one that is missed.
func (g goal) shown(mark string) string {
	switch g.verdict {
	case missed:
		return g.text + mark
	case held:
		return g.text
	}
	return g.text + " (" + g.why + ")"
}

// figureGoal is what a figure is to reach, if there is something.
func figureGoal(f *measure.Figure) (goal, bool) {
	values, unit, ratio := f.Own, " "+f.Unit, len(f.Plain) > 0 && !f.MostOfOwn
	if ratio {
		values, unit = eachRatio(f.Own, f.Plain), " ×"
	}
	var g goal
	switch {
	case f.Most > 0:
		g = judge(fmt.Sprintf("≤ %g%s", f.Most, unit), values, func(x float64) bool { return x <= f.Most })
	case f.Least > 0:
		g = judge(fmt.Sprintf("≥ %g%s", f.Least, unit), values, func(x float64) bool { return x >= f.Least })
	default:
		return g, false
	}
	if !ratio {
		g = g.absolute(f.Others)
	}
	return g, true
}

// An exponent may be so much above the one of its growth, or above that of plain Go, which the same caches bend.
const (
	exponentSlack = 0.3
	plainSlack    = 0.1
)

// curveGoal has no rounds to ask, since a curve is made of the least time of each size; so there is slack.
func curveGoal(c *measure.Curve) goal {
	most := c.Most + exponentSlack
	text := fmt.Sprintf("≤ %g + %g", c.Most, exponentSlack)
	if c.Plain != nil {
		most = max(most, exponent(c.Sizes, c.Plain)+plainSlack)
		text += fmt.Sprintf(", or plain + %g", plainSlack)
	}
	g := goal{text: text, median: exponent(c.Sizes, c.Took)}
	if g.median > most {
		g.verdict = missed
	}
	return g
}

// named is a goal with the name of what is to reach it.
type named struct {
	name string
	goal
}

// goals are all that there are about what was measured.
func (r *record) goals() (all []named) {
	for _, w := range r.rows() {
		for _, g := range w.goals {
			all = append(all, named{marked(w.name, w.others) + ", " + string(w.mode), g})
		}
	}
	for _, f := range r.Figures {
		if g, ok := figureGoal(f); ok {
			all = append(all, named{marked(f.Name, f.Others), g})
		}
	}
	for _, c := range r.Curves {
		all = append(all, named{marked(c.Name, c.Others), curveGoal(c)})
	}
	return all
}

// tally counts them.
func tally(goals []named) string {
	var n [missed + 1]int
	for _, g := range goals {
		n[g.verdict]++
	}
	return fmt.Sprintf("Goals: %d held, %d missed, %d undecided, %d not judged.", n[held], n[missed], n[undecided], n[unjudged])
}
