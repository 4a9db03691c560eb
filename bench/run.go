package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/portals-lang/portals/bench/measure"
)

// measuring runs the suite by calling the binary that holds the programs.
type measuring struct {
	options
	binary string
	dir    string // where stores and input files live
	bar    *bar
	found  record
	shows  map[string]*measure.Probe // by the name of a figure
}

// bench builds the programs, measures what the flags ask for and shows it.
func bench(ctx context.Context, o options) error {
	dir, err := os.MkdirTemp(o.dir, "portals-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	m := &measuring{options: o, dir: dir, bar: newBar(os.Stdout), found: record{Machine: machine()}, shows: map[string]*measure.Probe{}}
	defer m.bar.close()
	m.bar.say("%s", m.found.Machine)
	if err := m.all(ctx); err != nil {
		return err
	}
	m.bar.close()
	if goals := m.found.goals(); len(goals) > 0 {
		fmt.Println(tally(goals))
	}
	if text := o.leftOut(); text != "" {
		fmt.Println(text)
	}
	if n := m.found.disturbed(); n > 0 {
		fmt.Printf("Warning: the machine was not quiet: %d of the measurements, marked with ~, are disturbed. Spreads are wide, and ratios may mislead.\n", n)
	}
	if !o.write && (o.quick || o.only != "" || o.modes != "") {
		return nil
	}
	return renew(o.doc, &m.found)
}

// all measures everything that is wanted, one after the other.
func (m *measuring) all(ctx context.Context) error {
	cases, probes, growths := m.cases(), m.probes(), m.growths()
	compiler := m.named("portalsc") && m.modes == "" && !m.short()
	if len(cases)+len(probes)+len(growths) == 0 && !compiler {
		return fmt.Errorf("nothing that is measured has %q in its name, in these modes", m.only)
	}
	m.bar.begin(len(cases) + len(probes) + len(growths) + 2)
	m.bar.step("building the programs")
	if len(cases)+len(probes)+len(growths) > 0 {
		program := m.dir
		if m.keep != "" {
			program = m.keep
		}
		var err error
		if m.binary, err = build(ctx, program, programsOf(cases, probes, growths)); err != nil {
			return err
		}
	}
	for _, c := range cases {
		if err := m.watched(c.Name, func() error { return m.rows(ctx, c) }); err != nil {
			return err
		}
	}
	for _, p := range probes {
		if err := m.watched(p.Name, func() error { return m.figures(ctx, p) }); err != nil {
			return err
		}
	}
	for _, g := range growths {
		if err := m.watched(g.Name, func() error { return m.curve(ctx, g) }); err != nil {
			return err
		}
	}
	if compiler {
		if err := m.watched("the compiler", func() error { return m.compiler(ctx) }); err != nil {
			return err
		}
	}
	if err := m.again(ctx); err != nil { // what was measured before stays
		m.bar.say("Warning: not all was measured again: %v", err)
	}
	return nil
}

func (m *measuring) watched(what string, do func() error) error {
	m.bar.step(what)
	if err := do(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// named tells whether the flags ask for something of that name: where a text is a row's whole name, for no other one.
func (o *options) named(name string) bool {
	return slices.ContainsFunc(strings.Split(o.only, "|"), func(part string) bool {
		row := slices.ContainsFunc(measure.Cases(), func(c *measure.Case) bool { return c.Name == part })
		return name == part || !row && strings.Contains(name, part)
	})
}

// short tells whether the run leaves out what its minute does not judge; what is named is measured all the same.
func (o *options) short() bool { return o.quick && o.only == "" }

// leftOut names what a short run leaves out.
func (o *options) leftOut() string {
	if !o.short() {
		return ""
	}
	rows := 0
	for _, c := range measure.Cases() {
		if !c.Quick() {
			rows++
		}
	}
	what := []string{fmt.Sprintf("%d rows", rows), string(measure.Async)}
	for _, p := range measure.Probes() {
		if !p.Quick {
			what = append(what, p.Name)
		}
	}
	return "Left out, since a minute does not judge them: " + strings.Join(append(what, "growth", "portalsc"), ", ") +
		".\nA run without --quick has them all; --only NAME has those of that name."
}

// cases are the rows that the flags ask for.
func (o *options) cases() []*measure.Case {
	return slices.DeleteFunc(measure.Cases(), func(c *measure.Case) bool {
		return !o.named(c.Name) || len(o.in(c)) == 0 || o.short() && !c.Quick()
	})
}

// probes and growths are those that the flags ask for; modes are a matter of rows.
func (o *options) probes() []*measure.Probe {
	return slices.DeleteFunc(measure.Probes(), func(p *measure.Probe) bool { return !o.named(p.Name) || o.modes != "" || o.short() && !p.Quick })
}

// growths are those that the flags ask for; they take long.
func (o *options) growths() []*measure.Growth {
	return slices.DeleteFunc(measure.Growths(), func(g *measure.Growth) bool {
		return !o.named(g.Name) || o.modes != "" || o.short()
	})
}

// in are the modes of a row that the flags ask for.
func (o *options) in(c *measure.Case) []measure.Mode {
	wanted := strings.Split(o.modes, ",")
	switch {
	case o.modes == "" && !o.quick:
		return c.In()
	case o.modes == "":
		wanted = []string{string(measure.Memory), string(measure.Sync)}
	}
	return slices.DeleteFunc(slices.Clone(c.In()), func(m measure.Mode) bool { return !slices.Contains(wanted, string(m)) })
}

// rows measures a row in all modes, in a process of its own, so that no row finds the heap as another has left it.
func (m *measuring) rows(ctx context.Context, c *measure.Case) error {
	w, r := startWatch(), &measure.Result{}
	if err := m.call(ctx, r, "-case", c.Name, "-modes", joined(m.in(c))); err != nil {
		return err
	}
	r.Others = w.others()
	r = m.found.add(r)
	for _, row := range newRows(c, r) {
		m.bar.say("%s", row.line())
	}
	return nil
}

func (m *measuring) figures(ctx context.Context, p *measure.Probe) error {
	w := startWatch()
	var figures []*measure.Figure
	if err := m.call(ctx, &figures, "-probe", p.Name); err != nil {
		return err
	}
	for _, f := range figures {
		m.shows[f.Name] = p
	}
	m.take(figures, w)
	return nil
}

func (m *measuring) compiler(ctx context.Context) error {
	w := startWatch()
	figures, err := compilerFigures(ctx, m.dir, m.quick)
	m.take(figures, w)
	return err
}

// take keeps figures and shows them.
func (m *measuring) take(figures []*measure.Figure, w *watch) {
	for _, f := range figures {
		f.Others = w.others()
		f = m.found.addFigure(f)
		m.bar.say("%s", figureLine(f))
	}
}

func (m *measuring) curve(ctx context.Context, g *measure.Growth) error {
	w, c := startWatch(), &measure.Curve{}
	if err := m.call(ctx, c, "-growth", g.Name); err != nil {
		return err
	}
	c.Others = w.others()
	c = m.found.addCurve(c)
	m.bar.say("%s", curveLine(c))
	return nil
}

func joined(modes []measure.Mode) string {
	var names []string
	for _, m := range modes {
		names = append(names, string(m))
	}
	return strings.Join(names, ",")
}

// quickShare is the part of its events that a row takes in a quick run. The fewer they are, the more weighs what a run costs once, and keys that
// come for the first time.
const quickShare = "0.4"

// call calls the binary and reads what it prints.
func (m *measuring) call(ctx context.Context, result any, args ...string) error {
	rounds, share := 5, "1"
	if m.quick {
		share = quickShare
	}
	if m.options.rounds > 0 {
		rounds = m.options.rounds
	}
	args = append(args, "-rounds", fmt.Sprint(rounds), "-share", share, "-dir", m.dir)
	cmd := exec.CommandContext(ctx, m.binary, append(args, m.extra...)...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w\n%s", err, &errs)
	}
	return json.Unmarshal(out.Bytes(), result)
}
