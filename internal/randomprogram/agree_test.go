package randomprogram_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/ir/interp"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/runtime/ptl"
	"github.com/portals-lang/portals/runtime/ptltest"
)

const module = "github.com/portals-lang/portals"

// binary is many programs in one binary, which traces them: linking one is much quicker than linking many.
type binary struct {
	dir   string
	apps  []string
	files map[string][]byte
}

// add compiles a program and puts it into the binary.
func (b *binary) add(name, text string) bool {
	app := &codegen.App{Name: name, Files: []*source.File{source.New(name+".ptl", text)}}
	out, _ := codegen.Compile([]*codegen.App{app}, codegen.Options{Module: "generated", Lines: true})
	if out == nil {
		return false
	}
	for name, text := range out.Files {
		if name != "main.go" {
			b.files[name] = text
		}
	}
	b.apps = append(b.apps, name)
	return true
}

// build links the binary. Programs that Go refuses are reported and left out.
func (b *binary) build(t testing.TB) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if b.files[name], err = os.ReadFile(filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	mod := strings.Replace(string(b.files["go.mod"]), "module "+module, "module generated", 1)
	b.files["go.mod"] = []byte(mod + "\nrequire " + module + " v0.0.0\n\nreplace " + module + " => " + root + "\n")
	for len(b.apps) > 0 {
		b.write(t)
		cmd := exec.Command("go", "build", "-gcflags=generated/...=-dwarf=false", "-ldflags=-s -w", "-o", "trace", ".")
		cmd.Dir = b.dir
		out, err := cmd.CombinedOutput()
		if err == nil {
			return
		}
		t.Errorf("go build: %v\n%s", err, out)
		refused := slices.DeleteFunc(slices.Clone(b.apps), func(name string) bool { return !strings.Contains(string(out), "# generated/"+name+"\n") })
		if len(refused) == 0 {
			t.FailNow()
		}
		b.apps = slices.DeleteFunc(b.apps, func(name string) bool { return slices.Contains(refused, name) })
	}
}

// write writes the module.
func (b *binary) write(t testing.TB) {
	var imports, entries bytes.Buffer
	for _, name := range b.apps {
		fmt.Fprintf(&imports, "\t%q\n", "generated/"+name)
		fmt.Fprintf(&entries, "\t\t%q: %s.App,\n", name, name)
	}
	b.files["main.go"] = fmt.Appendf(nil, "package main\n\nimport (\n\t%q\n\t%q\n%s)\n\nfunc main() {\n\tptltest.TraceMain(map[string]*ptl.App{\n%s\t})\n}\n",
		module+"/runtime/ptl", module+"/runtime/ptltest", &imports, &entries)
	for name, text := range b.files {
		path := filepath.Join(b.dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, text, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
}

// traces runs all programs of the binary.
func (b *binary) traces(t testing.TB) []*ptltest.Traced {
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(b.dir, "trace"))
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("%v\n%s", err, errs.String())
	}
	var all []*ptltest.Traced
	lines := bufio.NewReader(bytes.NewReader(out))
	for d := json.NewDecoder(lines); d.More(); {
		traced := &ptltest.Traced{}
		if err := d.Decode(traced); err != nil {
			t.Fatal(err)
		}
		all = append(all, traced)
	}
	return all
}

// disagreeing tells what disagrees with the interpreter, by program.
func (b *binary) disagreeing(t testing.TB, texts map[string]string) map[string]string {
	progs, failed := map[string]*ir.Program{}, map[string]string{}
	for _, traced := range b.traces(t) {
		name := traced.App
		if progs[name] == nil {
			progs[name] = lowered(t, name, texts[name])
		}
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
	run := interp.NewRun(prog, interp.World{Log: func(string) {}})
	defer run.Close()
	run.Skip = traced.Skip
	j := &judge{prog: prog, traced: traced, run: run}
	if traced.Error != "" {
		j.finds("%s", traced.Error)
		return j.found
	}
	if err := run.Generate(); err != nil {
		j.finds("a generator fails: %v", err)
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

// follow takes the choices of the run, as long as there is one whose atom is there.
func (j *judge) follow() {
	left := maps.Clone(j.traced.Choices)
	nodes := slices.Sorted(maps.Keys(left))
	for moved := true; moved; {
		moved = false
		for _, node := range nodes {
			for len(left[node]) > 0 && !strings.HasPrefix(node, "source ") && (left[node][0].Input == "" || j.run.Has(node, left[node][0].Input)) {
				if err := j.take(node, left[node][0]); err != nil {
					j.finds("%s takes %q: by the interpreter: %s", node, left[node][0].Input, report(err))
					return
				}
				left[node] = left[node][1:]
				moved = true
			}
		}
	}
	for _, node := range nodes {
		if len(left[node]) > 0 && !strings.HasPrefix(node, "source ") {
			j.finds("%s takes an atom of %s that nobody gave", node, left[node][0].Input)
		}
	}
}

func (j *judge) take(node string, c ptltest.Choice) error {
	if c.Input == "" {
		return j.run.Complete(node)
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
	err := j.take("workflow "+f.Workflow, ptltest.Choice{Input: f.Stream})
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
