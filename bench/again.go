package main

import (
	"context"
	"slices"

	"github.com/portals-lang/portals/bench/measure"
)

// moreTimes is how often what is undecided is measured again, with as many rounds each time. Of five rounds all have to agree, then nine of
// ten, 12 of 15, 15 of 20, 18 of 25, 21 of 30: something exactly at its mark is called held in one of fifteen runs, and missed in as
// many (3.1 % after five rounds, 6.8 % after all).
const moreTimes = 5

// again measures once more what is undecided, or was disturbed, and lets all rounds judge it. That is done when the rest has been measured and in
// processes of its own, since the rounds of one process have much in common, and so has what is measured in the same minute. A growth, of
// which the least times count, is measured again if it is missed.
func (m *measuring) again(ctx context.Context) error {
	if m.quick || m.options.rounds > 0 || m.profile {
		return nil
	}
	for range moreTimes {
		cases, probes := m.found.undecided(m.shows)
		growths := m.found.bent()
		if len(cases)+len(probes)+len(growths) == 0 {
			return nil
		}
		m.bar.more(len(cases) + len(probes) + len(growths))
		for _, c := range cases {
			if err := m.watched(c.Name+", again", func() error { return m.rows(ctx, c) }); err != nil {
				return err
			}
		}
		for _, p := range probes {
			if err := m.watched(p.Name+", again", func() error { return m.figures(ctx, p) }); err != nil {
				return err
			}
		}
		for _, g := range growths {
			if err := m.watched(g.Name+", again", func() error { return m.curve(ctx, g) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// bent are the growths that are missed.
func (r *record) bent() []*measure.Growth {
	return slices.DeleteFunc(measure.Growths(), func(g *measure.Growth) bool {
		return !slices.ContainsFunc(r.Curves, func(c *measure.Curve) bool { return c.Name == g.Name && curveGoal(c).verdict == missed })
	})
}

// undecided are the rows and the probes with a goal that so many rounds do not decide; shows tells which probe a figure is of. The
// compiler's figures are no probe's.
func (r *record) undecided(shows map[string]*measure.Probe) (cases []*measure.Case, probes []*measure.Probe) {
	for _, c := range measure.Cases() {
		x := r.result(c.Name)
		if x != nil && slices.ContainsFunc(newRows(c, x), (*row).open) {
			cases = append(cases, c)
		}
	}
	seen := map[*measure.Probe]bool{nil: true}
	for _, f := range r.Figures {
		if g, ok := figureGoal(f); ok && g.open() && !seen[shows[f.Name]] {
			seen[shows[f.Name]] = true
			probes = append(probes, shows[f.Name])
		}
	}
	return cases, probes
}
