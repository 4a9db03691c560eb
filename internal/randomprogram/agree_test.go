package randomprogram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/internal/randomprogram"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/ir/interp"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/runtime/engine"
	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/ptltest"
)

const module = "github.com/portals-lang/portals"

// program is a program with a name, which is that of its file and unique in a binary.
type program struct {
	name, text string
	app        string // what it is compiled as a part of
	types      string // the text of the types that it shares with the other parts
	module     bool   // it imports them
	peer       string // the text of a second app, which imports it; "": none
}

// programOf is the program of a seed.
func programOf(seed uint64) program {
	world := randomprogram.World(seed)
	p := program{name: fmt.Sprintf("p%d", seed), text: randomprogram.Program(seed), app: fmt.Sprintf("w%d", world)}
	p.types, p.module = randomprogram.Types(world)
	p.peer = randomprogram.Peer(seed, p.app)
	return p
}

// imports is the text of the file that imports the types of an application which has them in a module.
const imports = "import \"./types\"\n"

// app is an application that consists of programs.
func app(name string, ps ...program) (*codegen.App, codegen.Options) {
	a := &codegen.App{Name: name}
	for _, p := range ps {
		a.Files = append(a.Files, source.New(p.name+".ptl", p.text))
	}
	types := []*source.File{source.New("types.ptl", ps[0].types)}
	if ps[0].module {
		a.Files = append(a.Files, source.New("imports.ptl", imports))
	} else {
		a.Files = append(a.Files, types...)
	}
	resolve := func(_ string, app bool) ([]*source.File, error) {
		if app {
			return a.Files, nil
		}
		return types, nil
	}
	return a, codegen.Options{Module: "generated", Lines: true, Resolve: resolve, Go: findGo}
}

// peers is the application that consists of the peers of programs; nil if there are none.
func peers(name string, ps ...program) *codegen.App {
	a := &codegen.App{Name: name + "peers", Files: []*source.File{source.New("imports.ptl", "import app \"../"+name+"\"\n")}}
	for _, p := range ps {
		if p.peer != "" {
			a.Files = append(a.Files, source.New(p.name+".ptl", p.peer))
		}
	}
	if len(a.Files) == 1 {
		return nil
	}
	return a
}

// lower is a program, and its peer, in lowered form; if one has none, what comes before it is all there is, and why.
func (p program) lower() (progs []*ir.Program, wrong string) {
	a, opts := app(p.app, p)
	apps := []*codegen.App{a}
	if b := peers(p.app, p); b != nil {
		apps = append(apps, b)
	}
	for _, a := range apps {
		prog, found := codegen.Lower(a, opts)
		if prog == nil {
			return progs, reported(found)
		}
		progs = append(progs, prog)
	}
	return progs, ""
}

func reported(found []*diag.Diagnostic) string {
	var report strings.Builder
	_ = diag.Text(&report, found, diag.TextOptions{})
	return report.String()
}

// binary is many programs in one binary, which traces them. Those of one app are compiled as one application.
type binary struct {
	dir  string
	apps map[string][]program
}

func newBinary(dir string, ps []program) *binary {
	b := &binary{dir, map[string][]program{}}
	for _, p := range ps {
		b.apps[p.app] = append(b.apps[p.app], p)
	}
	return b
}

// build links the binary. Programs that Go refuses are reported and left out.
func (b *binary) build(t testing.TB) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for {
		b.write(t, root)
		cmd := exec.Command("go", "build", "-gcflags=generated/...=-dwarf=false -l", "-ldflags=-s -w", "-o", "trace", ".")
		cmd.Dir = b.dir
		out, err := cmd.CombinedOutput()
		if err == nil {
			return
		}
		t.Errorf("go build: %v\n%s", err, out)
		if b.leaveOut(string(out)) == 0 {
			t.FailNow()
		}
	}
}

// leaveOut leaves out the programs that Go complains of, by their files or those of their workflows.
func (b *binary) leaveOut(complaints string) (n int) {
	workflows := regexp.MustCompile(`(?m)^(?:\w+/)?(\w+)\.go:`).FindAllStringSubmatch(complaints, -1)
	for name, ps := range b.apps {
		b.apps[name] = slices.DeleteFunc(ps, func(p program) bool {
			refused := strings.Contains(complaints, p.name+".ptl:")
			for _, name := range workflows {
				refused = refused || strings.Contains(p.text, "workflow "+name[1]+" {")
			}
			if refused {
				n++
			}
			return refused
		})
	}
	return n
}

// write writes the module.
func (b *binary) write(t testing.TB, root string) {
	if err := errors.Join(os.RemoveAll(b.dir), os.MkdirAll(b.dir, 0o755)); err != nil {
		t.Fatal(err)
	}
	var imports, entries bytes.Buffer
	files := map[string][]byte{}
	for name, ps := range b.apps {
		if len(ps) == 0 {
			continue
		}
		a, opts := app(name, ps...)
		apps := []*codegen.App{a}
		other := peers(name, ps...)
		if other != nil {
			apps = append(apps, other)
			fmt.Fprintf(&imports, "\t%q\n", "generated/"+other.Name)
		}
		out, found := codegen.Compile(apps, opts)
		if out == nil {
			t.Fatalf("programs that are right alone are not together:\n%s", reported(found))
		}
		maps.Copy(files, out.Files)
		fmt.Fprintf(&imports, "\t%q\n", "generated/"+name)
		for _, p := range ps {
			whole := name + ".App"
			if p.peer != "" {
				whole = fmt.Sprintf("ptl.Together(%s.App, %s.App)", name, other.Name)
			}
			fmt.Fprintf(&entries, "\t\t%q: ptltest.Part(%s, %q),\n", p.name, whole, p.name+".ptl")
		}
	}
	files["main.go"] = fmt.Appendf(nil, "package main\n\nimport (\n\t%q\n\t%q\n%s)\n\nfunc main() {\n\tptltest.TraceMain(map[string]*ptl.App{\n%s\t})\n}\n",
		module+"/runtime/ptl", module+"/runtime/ptltest", &imports, &entries)
	text, err := outsideText()
	if err != nil {
		t.Fatal(err)
	}
	files[strings.TrimPrefix(randomprogram.Outside, "generated/")+"/outside.go"] = text
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = text
	}
	mod := strings.Replace(string(files["go.mod"]), "module "+module, "module generated", 1)
	files["go.mod"] = []byte(mod + "\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + root + "\n")
	for name, text := range files {
		path := filepath.Join(b.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, text, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// disagreeing runs all programs of the binary and tells what disagrees with the interpreter, by program.
func (b *binary) disagreeing(t testing.TB) map[string]string {
	progs, failed := map[string]*ir.Program{}, map[string]string{}
	for _, ps := range b.apps {
		for _, p := range ps {
			alone, _ := p.lower()
			progs[p.name] = alone[0]
			if len(alone) > 1 {
				progs[p.name] = interp.Together(alone...)
			}
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute+time.Duration(*runs)*10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(b.dir, "trace"), "-seeds", fmt.Sprint(*runs))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%v\n%s", err, errs.String())
	}
	for d := json.NewDecoder(bytes.NewReader(out)); d.More(); {
		traced := &ptltest.Traced{}
		if err := d.Decode(traced); err != nil {
			t.Fatal(err)
		}
		name := traced.App
		if found := disagreements(progs[name], traced); len(found) > 0 && failed[name] == "" {
			failed[name] = fmt.Sprintf("run %d, skip %v, crash %v:\n  %s", traced.Seed, traced.Skip, traced.Crash, strings.Join(found, "\n  "))
		}
	}
	return failed
}

// judge is what disagrees between a run and the interpreter that takes the same choices.
type judge struct {
	prog   *ir.Program
	traced *ptltest.Traced
	run    *interp.Run
	found  []string
}

func (j *judge) finds(format string, args ...any) {
	j.found = append(j.found, fmt.Sprintf(format, args...))
}

// disagreements compares a run with the interpreter.
func disagreements(prog *ir.Program, traced *ptltest.Traced) []string {
	run := interp.NewRun(prog, interp.World{
		Log: func(string) {}, Random: func(int64) int64 { return 0 }, UUID: func() string { return strings.Repeat("-", 36) },
		Extern: callGo,
	})
	defer run.Close()
	run.Skip = traced.Skip
	run.Exact = traced.Crash == ptltest.Crash{} // a crash may undo one of those who wait for each other
	j := &judge{prog: prog, traced: traced, run: run}
	if traced.Error != "" {
		j.finds("%s", traced.Error)
		return j.found
	}
	if err := run.Generate(); err != nil {
		j.finds("a generator fails: %v", err)
	}
	for _, s := range prog.Streams {
		for _, tick := range traced.Ticks[s.Name] {
			run.Give(s, []interp.Value{int64(tick)})
		}
	}
	j.follow()
	switch {
	case len(j.found) > 0:
		return j.found
	case traced.Failed != nil:
		j.fails()
	case !traced.Complete:
		j.finds("the run is stuck")
	default:
		for _, left := range run.Left() {
			j.finds("the run is complete, but %s", left)
		}
	}
	j.compareStreams()
	j.compareStates()
	return j.found
}

// follow takes the choices of the run, in their order.
func (j *judge) follow() {
	type step struct {
		node string
		ptltest.Choice
	}
	var steps []step
	for node, choices := range j.traced.Choices {
		if strings.HasPrefix(node, "source ") || !j.run.Knows(node) { // dead letters, where only another program of the binary reads them
			continue
		}
		for _, c := range choices {
			steps = append(steps, step{node, c})
		}
	}
	slices.SortFunc(steps, func(a, b step) int { return a.At - b.At })
	for _, s := range steps {
		if !j.can(s.node, s.Choice) {
			j.finds("%s takes an atom of %s that nobody gave", s.node, s.Input)
			return
		}
		if err := j.take(s.node, s.Choice); err != nil {
			j.finds("%s takes %q: by the interpreter: %s", s.node, s.Input, report(err))
			return
		}
		for _, r := range j.run.Refused {
			j.finds("%s takes an atom of %s and refuses request %d at key %s of %s: by the interpreter, that is not parked", s.node, s.Input, r.N, r.Key, r.Task)
		}
	}
}

func (j *judge) can(node string, c ptltest.Choice) bool {
	switch c.Input {
	case "":
		return true
	case engine.Timers:
		return j.run.Due(node, int64(c.Now))
	}
	return j.run.Has(node, c.Input)
}

func (j *judge) take(node string, c ptltest.Choice) error {
	j.run.Now = func() int64 { return int64(c.Now) }
	j.run.Refused = nil
	for _, r := range c.Refused {
		j.run.Refused = append(j.run.Refused, interp.Refused(r))
	}
	switch c.Input {
	case "":
		return j.run.Complete(node)
	case engine.Timers:
		return j.run.Ring(node, int64(c.Now))
	}
	return j.run.Take(node, c.Input, !c.Idle)
}

func report(err error) string {
	var e *interp.AtomError
	if errors.As(err, &e) {
		return fmt.Sprintf("it fails: %q at %s, in %s, at the event %s, task %s, key %s", e.Message, interp.Line(e.At), e.Workflow, e.Event, e.Task, e.Key)
	}
	return err.Error()
}

// fails lets the interpreter take the atom that ended the run.
func (j *judge) fails() {
	f := j.traced.Failed
	err := j.take("workflow "+f.Workflow, ptltest.Choice{Input: f.Stream, Now: f.Now})
	want := fmt.Sprintf("it fails: %q at %s, in %s, at the event %s, task %s, key %s", f.Message, f.Place, f.Workflow, f.Event, f.Task, f.Key)
	if err == nil {
		j.finds("%s\n  by the interpreter it does not", want)
	} else if got := report(err); got != want {
		j.finds("%s\n  by the interpreter: %s", want, got)
	}
}

func (j *judge) compareStreams() {
	for _, s := range j.prog.Streams {
		seen, watched := j.traced.Streams[s.Name]
		if !watched {
			continue
		}
		want := j.run.Output(s)
		for i := range max(len(seen), len(want)) {
			a, b := "no atom", "no atom"
			if i < len(seen) {
				a = strings.Join(seen[i], "\n    ")
			}
			if i < len(want) {
				var events []string
				for _, e := range want[i] {
					events = append(events, interp.JSON(e, s.Type))
				}
				b = strings.Join(events, "\n    ")
			}
			if a != b {
				j.finds("atom %d of %s is\n    %s\n  by the interpreter\n    %s", i, s.Name, a, b)
				break
			}
		}
	}
}

func (j *judge) compareStates() {
	for _, s := range j.traced.States {
		if s.Kind != ptl.StatePerKey && s.Kind != ptl.StateShared {
			if len(s.Entries) > 0 && j.traced.Complete {
				j.finds("%d things wait at %s of %s, which is complete", len(s.Entries), s.Task, s.Workflow)
			}
			continue
		}
		for _, w := range j.prog.Workflows {
			for _, t := range w.Tasks {
				if w.Name != s.Workflow || t.Name != s.Task {
					continue
				}
				shared := s.Kind == ptl.StateShared
				if shared && len(s.Entries) == 0 { // it was never touched
					s.Entries = interp.NewRun(j.prog, interp.World{}).States(w, t, true)
				}
				if want := j.run.States(w, t, shared); !maps.Equal(want, s.Entries) {
					j.finds("the state of %s in %s is\n    %v\n  by the interpreter\n    %v", t.Name, w.Name, s.Entries, want)
				}
			}
		}
	}
}
