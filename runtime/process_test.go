package runtime

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/portals-lang/portals/runtime/connector/file"
	"github.com/portals-lang/portals/runtime/connector/stdio"
	"github.com/portals-lang/portals/runtime/ptl"
)

// These tests run a program as the process that it is: the test binary, started again, is the app that the environment
// names.

const asApp = "PORTALS_TEST_APP"

func TestMain(m *testing.M) {
	if name := os.Getenv(asApp); name != "" {
		leastBudget = 1
		build := linesApp
		if name == "piped" {
			build = pipedApp
		}
		Main(&ptl.App{Name: name, Doc: "Counts lines.", Params: linesParams(), Build: build})
	}
	os.Exit(m.Run())
}

// linesApp counts the lines of in.txt by their text, in atoms of two, and writes line and count to out.txt.
type linesLane struct {
	ptl.Lane
	total   ptl.Keyed[string, linesState]
	toTotal ptl.Exchange[string, string]
	out     ptl.Out[string]
}

type linesState struct{ n int64 }

var linesStateType = &ptl.StateType[linesState]{
	Init:      func(s *linesState) { s.n = 0 },
	IsInitial: func(s *linesState) bool { return s.n == 0 },
	Fields:    []ptl.StateField{{Name: "n", Type: "Int"}},
	Append:    func(b []byte, s *linesState) []byte { return ptl.AppendInt(b, s.n) },
	Read:      func(r *ptl.Reader, s *linesState) { s.n = r.Int() },
	JSON:      func(b []byte, s *linesState) []byte { return fmt.Appendf(b, `{"n":%d}`, s.n) },
}

var linesFlags struct {
	pause ptl.Duration
	hang  bool
	fail  string
}

func linesParams() []*ptl.Param {
	return []*ptl.Param{
		ptl.NewParam(&linesFlags.pause, ptl.DurationType, ptl.ParamSpec{Name: "pause", Flag: "pause"}, func() ptl.Duration { return 0 }),
		ptl.NewParam(&linesFlags.hang, ptl.BoolType, ptl.ParamSpec{Name: "hang", Flag: "hang"}, func() bool { return false }),
		ptl.NewParam(&linesFlags.fail, ptl.StringType, ptl.ParamSpec{Name: "fail", Flag: "fail"}, func() string { return "none" }),
	}
}

func linesApp(g *ptl.Graph) {
	countLines(g, file.LinesSource(ptl.StringType, file.SourceOptions{Path: "in.txt", Atom: ptl.Cut{Events: 2}}))
}

// pipedApp does the same with the standard input.
func pipedApp(g *ptl.Graph) {
	countLines(g, stdio.LinesSource(ptl.StringType, stdio.SourceOptions{Atom: ptl.Cut{Events: 2}}))
}

func countLines(g *ptl.Graph, from ptl.Source[string]) {
	lines := ptl.SourceStream(g, ptl.StreamSpec{Name: "lines", Place: "lines.ptl:1:1"}, ptl.StringType, from)
	counts := ptl.NewStream(g, ptl.StreamSpec{Name: "counts", Place: "lines.ptl:2:1"}, ptl.StringType)
	w := ptl.NewWorkflow[linesLane](g, ptl.WorkflowSpec{Name: "counting", Place: "lines.ptl:3:1"}, nil)
	ptl.Reads(w, lines, ptl.Each(func(l *linesLane, line string) {
		if h := ptl.HashString(line); l.Inline {
			l.count(h, line, line)
		} else {
			l.toTotal.Send(&l.Lane, h, line, line)
		}
	}))
	ptl.AddTask(w, &ptl.Task[*linesLane]{
		Name:    "Total",
		State:   ptl.KeyedState("Total", func(l *linesLane) *ptl.Keyed[string, linesState] { return &l.total }, ptl.StringType, linesStateType, nil),
		Receive: ptl.Receive(func(l *linesLane) *ptl.Exchange[string, string] { return &l.toTotal }, (*linesLane).count),
	})
	ptl.Writes(w, counts, func(l *linesLane) *ptl.Out[string] { return &l.out })
	ptl.NewSink(g, ptl.SinkSpec{Name: "counts", Place: "lines.ptl:4:1"}, counts, file.LinesSink(ptl.StringType, file.SinkOptions{Path: "out.txt"}))
}

func (l *linesLane) count(h uint64, key, line string) {
	time.Sleep(time.Duration(linesFlags.pause))
	if linesFlags.hang {
		_ = os.WriteFile("hangs", []byte("yes"), 0o644)
		select {}
	}
	if line == linesFlags.fail {
		ptl.Fail("as it was told to")
	}
	s := l.total.At(&l.Lane, h, key)
	s.n++
	l.out.Put(&l.Lane, fmt.Sprint(line, " ", s.n))
}

// workplace is a directory with an input, in which the app runs.
type workplace struct {
	t   *testing.T
	dir string
}

func newWorkplace(t *testing.T, lines int) *workplace {
	t.Helper()
	w := &workplace{t, t.TempDir()}
	w.write("in.txt", strings.Repeat("a\nb\n", lines/2))
	return w
}

func (w *workplace) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

func (w *workplace) write(name, text string) {
	w.t.Helper()
	if err := os.WriteFile(w.path(name), []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *workplace) read(name string) string {
	w.t.Helper()
	text, err := os.ReadFile(w.path(name))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(text)
}

// process is the app as a process, not yet started.
type process struct {
	*exec.Cmd
	stdout, stderr said
}

// said is what a process has said so far.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(text)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func (w *workplace) process(name string, args ...string) *process {
	w.t.Helper()
	exe, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	p := &process{Cmd: exec.Command(exe, args...)}
	p.Dir, p.Env = w.dir, append(os.Environ(), asApp+"="+name)
	p.Stdout, p.Stderr = &p.stdout, &p.stderr
	return p
}

// run runs the app to its end and returns its exit status with all that it said.
func (w *workplace) run(args ...string) (status int, stdout, stderr string) {
	p := w.process("lines", args...)
	_ = p.Run()
	return p.ProcessState.ExitCode(), p.stdout.String(), p.stderr.String()
}

// must runs the app, which must succeed.
func (w *workplace) must(args ...string) string {
	w.t.Helper()
	status, stdout, stderr := w.run(args...)
	if status != 0 {
		w.t.Fatalf("lines %v ended with %d: %s", args, status, stderr)
	}
	return stdout
}

// refused runs the app, which must fail and say all of the words.
func (w *workplace) refused(words ...string) {
	w.t.Helper()
	status, _, stderr := w.run()
	if status != exitFailed {
		w.t.Errorf("it ended with %d: %s", status, stderr)
	}
	for _, word := range words {
		if !strings.Contains(stderr, word) {
			w.t.Errorf("%q is not in: %s", word, stderr)
		}
	}
}

// unhurried is a pause with which 200 lines last for 50 s, however busy the machine is: what a test does to an app that runs comes before its end.
// Two lines are an atom, so that it begins and stops soon.
const unhurried = "250ms"

// begun starts the app and waits until it has written something; the process runs on.
func (w *workplace) begun(args ...string) *process {
	w.t.Helper()
	p := w.process("lines", args...)
	if err := p.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = p.Process.Kill() })
	w.waitFor(p, "out.txt", 1)
	return p
}

// hanging starts the app and waits until a handler hangs.
func (w *workplace) hanging() *process {
	w.t.Helper()
	p := w.process("lines", "--hang")
	if err := p.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = p.Process.Kill() })
	w.waitFor(p, "hangs", 1)
	return p
}

// waitFor waits until a file that a process writes has so many bytes.
func (w *workplace) waitFor(p *process, name string, bytes int64) {
	w.t.Helper()
	for range 3000 {
		if info, err := os.Stat(w.path(name)); err == nil && info.Size() >= bytes {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	w.t.Fatalf("%s has no %d bytes: %s", name, bytes, p.stderr.String())
}

// wantAll makes sure that the next run ends, with every line counted once.
func (w *workplace) wantAll(lines int) {
	w.t.Helper()
	w.must()
	var want strings.Builder
	for i := range lines / 2 {
		fmt.Fprintf(&want, "a %d\nb %d\n", i+1, i+1)
	}
	if got := w.read("out.txt"); got != want.String() {
		w.t.Errorf("out.txt has %d lines: %.200s", strings.Count(got, "\n"), got)
	}
}

func TestStopsInOrder(t *testing.T) {
	w := newWorkplace(t, 200)
	p := w.begun("--pause", unhurried)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil || !strings.Contains(p.stderr.String(), "stopping; what runs is being finished") {
		t.Errorf("%v: %s", err, p.stderr.String())
	}
	if out := w.must("store", "check"); !strings.Contains(out, "is sound") || !strings.Contains(out, "closed in order") {
		t.Error(out)
	}
	if n := strings.Count(w.read("out.txt"), "\n"); n == 0 || n >= 200 || n%2 != 0 {
		t.Errorf("%d lines were written", n)
	}
	w.wantAll(200)
}

func TestSecondSignalStopsAtOnce(t *testing.T) {
	w := newWorkplace(t, 200)
	w.begun("--pause", unhurried).stop(t)
	p := w.hanging()
	for range 2 {
		if err := p.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		for n := 0; n < 3000 && !strings.Contains(p.stderr.String(), "stopping; what runs is being finished"); n++ {
			time.Sleep(20 * time.Millisecond)
		}
		time.Sleep(2 * sameSignal) // then the next one is another
	}
	_ = p.Wait()
	if code := p.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(p.stderr.String(), "stopped at once") {
		t.Errorf("%d: %s", code, p.stderr.String())
	}
	if out := w.must("store", "check"); !strings.Contains(out, "is sound") {
		t.Error(out)
	}
	w.wantAll(200)
}

// TestOneSignalThatComesTwice stops a run as `timeout` does: the process and its group are sent the signal. The process is halted meanwhile, so
// that however busy the machine is, it gets both at once; as they are one while they wait if they are the same, they are not.
func TestOneSignalThatComesTwice(t *testing.T) {
	w := newWorkplace(t, 200)
	p := w.begun("--pause", unhurried)
	for _, s := range []os.Signal{syscall.SIGSTOP, os.Interrupt, syscall.SIGTERM, syscall.SIGCONT} {
		if err := p.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Wait(); err != nil {
		t.Errorf("%v: %s", err, p.stderr.String())
	}
	w.wantAll(200)
}

func (p *process) stop(t *testing.T) {
	t.Helper()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		t.Fatalf("%v: %s", err, p.stderr.String())
	}
}

func TestStopsHardWhenPatienceEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("takes as long as patience lasts")
	}
	w := newWorkplace(t, 10)
	p := w.hanging()
	begun := time.Now()
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = p.Wait()
	if passed := time.Since(begun); passed < patience || passed > patience+5*time.Second {
		t.Errorf("it took %s", passed)
	}
	if code := p.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(p.stderr.String(), "stopped hard") {
		t.Errorf("%d: %s", code, p.stderr.String())
	}
	w.wantAll(10)
}

// TestStopKeepsWhatWasRead: lines that were read from a pipe cannot be read again, so a run that ends in order, on a signal or
// because an event fails, has them in its store; half a line it has not.
func TestStopKeepsWhatWasRead(t *testing.T) {
	for _, c := range []struct {
		why  string
		args []string
		end  func(p *process) error
	}{
		{"a signal", nil, func(p *process) error { return p.Process.Signal(syscall.SIGTERM) }},
		{"a failure", []string{"--fail", "c"}, func(*process) error { return nil }},
	} {
		t.Run(c.why, func(t *testing.T) {
			w := newWorkplace(t, 0)
			p := w.process("piped", c.args...)
			in, err := p.StdinPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Start(); err != nil {
				t.Fatal(err)
			}
			defer p.Process.Kill()
			// One write of a few bytes is one read, so when the first atom shows, all of it has been read.
			if _, err := fmt.Fprint(in, "a\nb\nc\nd\ne\nhal"); err != nil {
				t.Fatal(err)
			}
			w.waitFor(p, "out.txt", 1)
			if err := c.end(p); err != nil {
				t.Fatal(err)
			}
			err = p.Wait()
			if failed := c.args != nil; failed != (err != nil) {
				t.Fatalf("%v: %s", err, p.stderr.String())
			}
			again := w.process("piped")
			again.Stdin = strings.NewReader("f\n")
			if err := again.Run(); err != nil {
				t.Fatalf("%v: %s", err, again.stderr.String())
			}
			if got := w.read("out.txt"); got != "a 1\nb 1\nc 1\nd 1\ne 1\nf 1\n" {
				t.Errorf("it shows %q", got)
			}
		})
	}
}
