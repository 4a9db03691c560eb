package runtime

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/portals-lang/portals/runtime/connector/file"
	"github.com/portals-lang/portals/runtime/ptl"
)

// version is a version of an app that counts lines; the zero version is the first one. It fails at the line "x", unless it
// is told to go on.
type version struct {
	workflow, workflowWas string
	task, taskWas         string
	out, outWas           string
	keys                  string
	states                []ptl.StateField
	fails                 bool
}

func (v version) or(first version) version {
	for _, f := range []struct{ now, first *string }{{&v.workflow, &first.workflow}, {&v.task, &first.task}, {&v.out, &first.out}, {&v.keys, &first.keys}} {
		if *f.now == "" {
			*f.now = *f.first
		}
	}
	if v.states == nil {
		v.states = first.states
	}
	return v
}

func intState(name, was string) ptl.StateField {
	return ptl.StateField{Name: name, Was: was, Type: "Int", Shape: ptl.IntType.Shape}
}

func textState(name string) ptl.StateField {
	return ptl.StateField{Name: name, Type: "String", Shape: ptl.StringType.Shape}
}

var firstVersion = version{workflow: "counting", task: "Total", out: "counts", keys: "line => line", states: []ptl.StateField{intState("n", "")}, fails: true}

// values are the states of a version, by their places: Ints begin as 0, texts as "new".
type values struct {
	ints  []int64
	texts []string
}

func (v version) stateType() *ptl.StateType[values] {
	return &ptl.StateType[values]{
		Fields: v.states,
		Init: func(s *values) {
			*s = values{make([]int64, len(v.states)), make([]string, len(v.states))}
			for i := range s.texts {
				s.texts[i] = "new"
			}
		},
		Freeze: func(s *values) { s.ints, s.texts = bytesOf(s.ints), bytesOf(s.texts) },
		Append: func(b []byte, s *values) []byte {
			for i, f := range v.states {
				if f.Type == "Int" {
					b = ptl.AppendInt(b, s.ints[i])
				} else {
					b = ptl.AppendString(b, s.texts[i])
				}
			}
			return b
		},
		Read: func(r *ptl.Reader, s *values) {
			*s = values{make([]int64, len(v.states)), make([]string, len(v.states))}
			for i, f := range v.states {
				if f.Type == "Int" {
					s.ints[i] = r.Int()
				} else {
					s.texts[i] = r.String()
				}
			}
		},
		JSON: func(b []byte, s *values) []byte {
			var fields []string
			for i, f := range v.states {
				if f.Type == "Int" {
					fields = append(fields, fmt.Sprintf("%q:%d", f.Name, s.ints[i]))
				} else {
					fields = append(fields, fmt.Sprintf("%q:%q", f.Name, s.texts[i]))
				}
			}
			return fmt.Appendf(b, "{%s}", strings.Join(fields, ","))
		},
	}
}

func bytesOf[T any](s []T) []T { return append([]T(nil), s...) }

type versionLane struct {
	ptl.Lane
	total   ptl.Keyed[string, values]
	toTotal ptl.Exchange[string, string]
	out     ptl.Out[string]
	fails   bool
}

func (l *versionLane) count(h uint64, key, line string) {
	if line == "x" && l.fails {
		ptl.Fail("an x")
	}
	s := l.total.At(&l.Lane, h, key)
	s.ints[0]++
	l.out.Put(&l.Lane, fmt.Sprint(line, " ", s.ints[0]))
}

func (v version) app() *ptl.App {
	return &ptl.App{Name: "lines", Build: func(g *ptl.Graph) {
		lines := ptl.SourceStream(g, ptl.StreamSpec{Name: "lines", Made: "file.lines"}, ptl.StringType,
			file.LinesSource(ptl.StringType, file.SourceOptions{Path: "in.txt", Atom: ptl.Cut{Events: 2}}))
		out := ptl.NewStream(g, ptl.StreamSpec{Name: v.out, Was: v.outWas}, ptl.StringType)
		w := ptl.NewWorkflow(g, ptl.WorkflowSpec{Name: v.workflow, Was: v.workflowWas}, func(l *versionLane) { l.fails = v.fails })
		ptl.Reads(w, lines, ptl.Each(func(l *versionLane, line string) {
			if h := ptl.HashString(line); l.Inline {
				l.count(h, line, line)
			} else {
				l.toTotal.Send(&l.Lane, h, line, line)
			}
		}))
		ptl.AddTask(w, &ptl.Task[*versionLane]{
			Name: v.task, Was: v.taskWas, Keys: v.keys,
			State:   ptl.KeyedState(v.task, func(l *versionLane) *ptl.Keyed[string, values] { return &l.total }, ptl.StringType, v.stateType(), nil),
			Receive: ptl.Receive(func(l *versionLane) *ptl.Exchange[string, string] { return &l.toTotal }, (*versionLane).count),
		})
		ptl.Writes(w, out, func(l *versionLane) *ptl.Out[string] { return &l.out })
		ptl.NewSink(g, ptl.SinkSpec{Name: v.out}, out, file.LinesSink(ptl.StringType, file.SinkOptions{Path: "out.txt"}))
	}}
}

func (v version) run(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	status = run(v.or(firstVersion).app(), args, &out, &errs)
	return status, out.String(), errs.String()
}

// begin runs the first version until it fails in the middle.
func begin(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.WriteFile("in.txt", []byte("a\nb\na\nb\nx\na\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := firstVersion.run(); status != exitFailed || !strings.Contains(stderr, "an x") {
		t.Fatal(status, stderr)
	}
}

const allLines = "a 1\nb 1\na 2\nb 2\nx 1\na 3\n"

// TestUpgradeGoesOn starts later versions on the store of the first one.
func TestUpgradeGoesOn(t *testing.T) {
	for name, v := range map[string]struct {
		version
		says, state string
	}{
		"nothing new":          {version{}, "", `{"key":"a","n":3}`},
		"a new state":          {version{states: []ptl.StateField{intState("n", ""), textState("last")}}, "state last is new", `{"key":"a","n":3,"last":"new"}`},
		"another order":        {version{states: []ptl.StateField{intState("n", ""), intState("m", "")}}, "state m is new", `{"key":"a","n":3,"m":0}`},
		"a state renamed":      {version{states: []ptl.StateField{intState("count", "n")}}, "state count was n", `{"key":"a","count":3}`},
		"a task renamed":       {version{task: "Sum", taskWas: "Total"}, "task counting/Sum was task counting/Total", `{"key":"a","n":3}`},
		"a workflow renamed":   {version{workflow: "adding", workflowWas: "counting"}, "adding was counting", `{"key":"a","n":3}`},
		"a stream renamed":     {version{out: "sums", outWas: "counts"}, "sums was counts", `{"key":"a","n":3}`},
		"all renamed and more": {version{workflow: "adding", workflowWas: "counting", task: "Sum", taskWas: "Total", out: "sums", outWas: "counts", states: []ptl.StateField{intState("count", "n"), textState("last")}}, "state count was n", `{"key":"a","count":3,"last":"new"}`},
	} {
		t.Run(name, func(t *testing.T) {
			begin(t)
			status, plan, stderr := v.run("upgrade", "--dry-run")
			if status != 0 || !strings.Contains(plan, v.says) {
				t.Errorf("%d: %s%s", status, plan, stderr)
			}
			if status, _, stderr := v.run(); status != 0 || !strings.Contains(stderr, v.says) {
				t.Fatal(status, stderr)
			}
			if out, err := os.ReadFile("out.txt"); string(out) != allLines {
				t.Error(err, string(out))
			}
			if _, out, stderr := v.run("state", v.or(firstVersion).task, "a"); out != v.state+"\n" {
				t.Error(out, stderr)
			}
			if status, out, stderr := v.run("store", "check"); status != 0 {
				t.Error(out, stderr)
			}
		})
	}
}

// TestUpgradeRefuses starts versions that cannot go on; the first one can, afterwards.
func TestUpgradeRefuses(t *testing.T) {
	for name, v := range map[string]struct {
		version
		says string
	}{
		"another type":    {version{states: []ptl.StateField{textState("n")}}, "task counting/Total: state n: the type is Int in the old version, and String in the new one"},
		"a state is gone": {version{states: []ptl.StateField{intState("count", "")}}, "state n is gone"},
		"another key":     {version{keys: "line => line.lower()"}, "its keys were made by `line => line` and are made by `line => line.lower()` now"},
	} {
		t.Run(name, func(t *testing.T) {
			begin(t)
			for _, args := range [][]string{{}, {"upgrade"}, {"upgrade", "--dry-run"}} {
				status, _, stderr := v.run(args...)
				if status != exitFailed || !strings.Contains(stderr, v.says) || !strings.Contains(stderr, "Ways out") {
					t.Errorf("%v: %d %s", args, status, stderr)
				}
			}
			if status, _, stderr := (version{}).run(); status != 0 {
				t.Error(stderr)
			}
			if out, err := os.ReadFile("out.txt"); string(out) != allLines {
				t.Error(err, string(out))
			}
		})
	}
}

// TestUpgradeOfTheSame accepts another text of a key that means the same.
func TestUpgradeOfTheSame(t *testing.T) {
	begin(t)
	v := version{keys: "text => text"}
	if status, _, stderr := v.run("upgrade", "--same"); status != 0 {
		t.Fatal(stderr)
	}
	if status, _, stderr := v.run(); status != 0 {
		t.Fatal(stderr)
	}
}
