package ptltest

import (
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strings"
)

// report tells of results as they come.
type report struct {
	out    io.Writer
	json   bool
	plan   plan
	passed int
	failed int
}

// source is where a suite comes from, as the user has named it.
type source struct {
	arg   string   // of `portalsc test`
	dir   string   // that places begin in
	flags []string // of the params
}

// place is a place of a suite as the user can open it.
func (s source) place(at string) string {
	if at == "" {
		return ""
	}
	return path.Join(s.dir, at)
}

// add reports on a test.
func (p *report) add(s source, r *result) {
	if r.failure == nil {
		p.passed++
	} else {
		p.failed++
	}
	if p.json {
		p.addJSON(s, r)
		return
	}
	if r.failure == nil {
		fmt.Fprintf(p.out, "ok    %s  %s  (%s)\n", s.place(line(r.test.Place)), r.test.Name, r.extent())
		return
	}
	fmt.Fprintf(p.out, "FAIL  %s  %s\n", s.place(line(r.test.Place)), r.test.Name)
	p.explain(s, r)
}

// extent says how much was tried.
func (r *result) extent() string {
	text := counted(r.schedules, "schedule")
	if r.crashes > 0 {
		text += ", " + counted(r.crashes, "crash")
	}
	return text
}

// explain tells why a test failed: the line, what it expected and what was there, and how to see it again.
func (p *report) explain(s source, r *result) {
	f := r.failure
	text := func(indent int, lines ...string) {
		for _, l := range lines {
			fmt.Fprintln(p.out, strings.TrimRight(strings.Repeat(" ", indent)+l, " "))
		}
	}
	if f.Line != "" {
		text(0, "")
		text(2, s.place(line(f.Place))+"  "+f.Line)
	}
	text(0, "")
	message := strings.Split(f.Message, "\n")
	switch {
	case len(f.Diff) > 0:
		text(2, message[0]+"  (- expected, + seen)")
		text(4, f.Diff...)
	default:
		text(2, message...)
	}
	if f.Seen != "" {
		text(4, "expected  "+f.Expected[0], "seen      "+f.Seen)
	} else {
		for i, e := range f.Expected {
			text(4, [...]string{"expected  ", "or        "}[min(i, 1)]+e)
		}
	}
	text(2, f.Notes...)
	if len(f.Log) > 0 {
		text(2, "the app has logged:")
		text(4, f.Log...)
	}
	text(0, "")
	text(2, r.when())
	text(2, "again: "+p.command(s, r))
	text(0, "")
}

// when names the schedule that failed.
func (r *result) when() string {
	text := fmt.Sprintf("seed %d", r.seed)
	if r.schedules > 1 {
		text += fmt.Sprintf(" (%s before it went well)", counted(r.schedules-1, "schedule"))
	}
	if r.crash.Commit > 0 {
		text += fmt.Sprintf(", crashed just %s commit %d of %d is durable", [...]string{"before", "after"}[truth(r.crash.After)], r.crash.Commit, r.commits)
	}
	return text
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// command is how to run the test that failed again.
func (p *report) command(s source, r *result) string {
	parts := []string{"portalsc test --seed", fmt.Sprint(r.seed), "--seeds 1"}
	if p.plan.crash {
		parts = append(parts, "--crash")
	}
	if len(r.suite.Tests) > 1 {
		parts = append(parts, "--run", quoted(r.test.Name))
	}
	parts = append(parts, s.arg)
	if len(s.flags) > 0 {
		parts = append(append(parts, "--"), s.flags...)
	}
	return strings.Join(parts, " ")
}

// quoted makes a name a pattern that a shell leaves alone.
func quoted(name string) string {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`\.+*?()|[]{}^$'"!`, r) {
			return '.'
		}
		return r
	}, name)
	return "'^" + plain + "$'"
}

// end reports on the whole.
func (p *report) end() {
	if p.json {
		return
	}
	switch all := p.passed + p.failed; {
	case all == 0:
		fmt.Fprintln(p.out, "no test has a name that matches")
	case p.failed == 0:
		fmt.Fprintf(p.out, "%s passed\n", counted(all, "test"))
	default:
		fmt.Fprintf(p.out, "%d of %s failed\n", p.failed, counted(all, "test"))
	}
}

func counted(n int, what string) string {
	switch {
	case n == 1:
		return "1 " + what
	case strings.HasSuffix(what, "sh"):
		what += "e"
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// line is a place without its column.
func line(place string) string {
	file, rest, _ := strings.Cut(place, ":")
	n, _, _ := strings.Cut(rest, ":")
	if n == "" {
		return file
	}
	return file + ":" + n
}

// record is a result for machines: one line of JSON.
type record struct {
	App       string   `json:"app"`
	Test      string   `json:"test"`
	Place     string   `json:"place"`
	OK        bool     `json:"ok"`
	Schedules int      `json:"schedules"`
	Crashes   int      `json:"crashes"`
	Seed      *uint64  `json:"seed,omitempty"`  // that failed
	Crash     *moment  `json:"crash,omitempty"` // after which it failed
	Failure   *Failure `json:"failure,omitempty"`
}

// moment is a crash.
type moment struct {
	Commit uint64 `json:"commit"`
	After  bool   `json:"after"` // it was durable
}

func (p *report) addJSON(s source, r *result) {
	rec := record{
		App: r.suite.App.Name, Test: r.test.Name, Place: s.place(r.test.Place), OK: r.failure == nil,
		Schedules: r.schedules, Crashes: r.crashes,
	}
	if r.failure != nil {
		f := *r.failure
		f.Place = s.place(f.Place)
		rec.Seed, rec.Failure = &r.seed, &f
		if r.crash.Commit > 0 {
			rec.Crash = &moment{r.crash.Commit, r.crash.After}
		}
	}
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	_ = e.Encode(rec) // a reader that went away is no concern of the tests
}
