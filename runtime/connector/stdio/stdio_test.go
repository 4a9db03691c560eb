package stdio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/portals-lang/portals/runtime/ptl"
)

// env is the world with the given input, and the clock of a synctest bubble.
func env(stdin io.Reader) *ptl.Env {
	return &ptl.Env{
		FS:    vfs.NewMem(),
		Stdin: stdin,
		Now:   func() ptl.Time { return ptl.Time(time.Now().UnixNano()) },
		After: func(d ptl.Duration) <-chan struct{} {
			done := make(chan struct{})
			time.AfterFunc(time.Duration(d), func() { close(done) })
			return done
		},
		Go: func(f func()) { go f() },
	}
}

func open[T any](t *testing.T, s ptl.Source[T], e *ptl.Env) ptl.Source[T] {
	t.Helper()
	if err := s.Open(e, nil); err != nil {
		t.Fatal(err)
	}
	return s
}

// drain reads a source to its end and prints what it gave.
func drain[T any](t *testing.T, s ptl.Source[T]) string {
	t.Helper()
	var atoms [][]T
	for {
		events, _, err := s.Next(nil)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		atoms = append(atoms, events)
	}
	if _, _, err := s.Next(nil); err != io.EOF {
		t.Errorf("behind the end: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	return fmt.Sprint(atoms)
}

func lines(cut ptl.Cut) ptl.Source[string] {
	return LinesSource(ptl.StringType, SourceOptions{Atom: cut})
}

func TestStdin(t *testing.T) {
	for _, c := range []struct {
		input string
		cut   ptl.Cut
		want  string
	}{
		{"", ptl.Cut{}, "[]"},
		{"a\nb\r\n\nc", ptl.Cut{}, "[[a b  c]]"},
		{"\xef\xbb\xbfa\nb\nc\n", ptl.Cut{Events: 2}, "[[a b] [c]]"},
		{strings.Repeat("x", 200_000) + "\ny\n", ptl.Cut{Events: 1}, "[[" + strings.Repeat("x", 200_000) + "] [y]]"},
	} {
		for _, reader := range []func(io.Reader) io.Reader{
			func(r io.Reader) io.Reader { return r }, iotest.HalfReader, iotest.DataErrReader,
		} {
			if got := drain(t, open(t, lines(c.cut), env(reader(strings.NewReader(c.input))))); got != c.want {
				t.Errorf("%.20q: got %.60s, want %.60s", c.input, got, c.want)
			}
		}
	}
	if got := drain(t, open(t, lines(ptl.Cut{}), env(iotest.OneByteReader(strings.NewReader("\xef\xbb\xbfa\nb"))))); got != "[[a b]]" {
		t.Errorf("byte by byte: got %s", got)
	}
	if lines(ptl.Cut{}).Replayable() {
		t.Error("standard input cannot be read again")
	}
}

func TestStdinFails(t *testing.T) {
	s := open(t, lines(ptl.Cut{}), env(io.MultiReader(strings.NewReader("a\n"), iotest.ErrReader(errors.New("gone")))))
	for range 2 {
		if _, _, err := s.Next(nil); err == nil || err.Error() != "cannot read stdin: gone" {
			t.Errorf("got %v", err)
		}
	}
}

// An atom closes when its time has come, whether more comes or not; and for that it asks once, however often it has to wait.
func TestStdinCutByTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		start, asked := time.Now(), 0
		e := env(r)
		after := e.After
		e.After = func(d ptl.Duration) <-chan struct{} {
			asked++
			return after(d)
		}
		s := open(t, lines(ptl.Cut{Events: 3, After: 5 * ptl.Millisecond}), e)
		go func() {
			for _, step := range []struct {
				pause time.Duration
				text  string
			}{{10, "a\nhal"}, {3, "f\n"}, {20, "b\nc\nd\ne\n"}, {4, "f\n"}, {2, "g\n"}} {
				time.Sleep(step.pause * time.Millisecond)
				_, _ = io.WriteString(w, step.text)
			}
			_ = w.Close()
		}()
		var got []string
		for {
			events, _, err := s.Next(nil)
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, fmt.Sprint(time.Since(start).Milliseconds(), events))
		}
		const want = "[15 [a half] 33 [b c d] 38 [e f] 39 [g]]"
		if fmt.Sprint(got) != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if asked != 3 { // b, c and d come at once
			t.Errorf("it was asked %d times when time is over, for 3 atoms that have to wait", asked)
		}
		_ = s.Close()
	})
}

// TestStdinInterrupt: what was read is given, as far as its lines are whole, in atoms as large as they may be.
func TestStdinInterrupt(t *testing.T) {
	for _, c := range []struct{ written, want string }{
		{"", "[]"},
		{"a\n", "[[a]]"},
		{"a\nb\nc\nhal", "[[a b] [c]]"},
		{"a\nb\nc\nd\n", "[[a b] [c d]]"},
	} {
		for _, first := range []bool{true, false} {
			synctest.Test(t, func(t *testing.T) {
				r, w := io.Pipe()
				s := open(t, lines(ptl.Cut{Events: 2}), env(r))
				go func() {
					_, _ = io.WriteString(w, c.written)
					time.Sleep(time.Second)
					if first {
						s.Interrupt()
						time.Sleep(time.Millisecond)
					}
					_, _ = io.WriteString(w, "f\nlate\n") // the read under way, which gives nothing more to Next
					_, _ = io.WriteString(w, "later\n")
				}()
				if !first {
					time.Sleep(500 * time.Millisecond) // everything is read before the first Next
					s.Interrupt()
				}
				var atoms [][]string
				for {
					events, _, err := s.Next([]string{"x"})
					if err != nil {
						if err != ptl.ErrInterrupted || len(events) != 1 {
							t.Errorf("got %v, %v", events, err)
						}
						break
					}
					atoms = append(atoms, events[1:])
				}
				if got := fmt.Sprint(atoms); got != c.want {
					t.Errorf("%q: got %s, want %s", c.written, got, c.want)
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				time.Sleep(2 * time.Second)
				_ = r.Close()
			})
		}
	}
}

// Close does not wait for a read that never ends, and the reading goroutine ends when the read does.
func TestStdinClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, w := io.Pipe()
		s := open(t, lines(ptl.Cut{}), env(r))
		synctest.Wait()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, "late\n")
	})
}

func TestStdinSkipsBad(t *testing.T) {
	const input = "1\nx\n2\ny\n"
	source := func() ptl.Source[int64] {
		return NDJSONSource(ptl.IntType, SourceOptions{Atom: ptl.Cut{Events: 1}, Bad: ptl.SkipBad})
	}
	e := env(strings.NewReader(input))
	s := open(t, source(), e)
	var at []byte
	for range 2 {
		var err error
		if _, at, err = s.Next(nil); err != nil {
			t.Fatal(err)
		}
	}
	if got := drain(t, s); got != "[]" {
		t.Errorf("got %s", got)
	}
	rejected := func() string {
		f, err := e.FS.Open("stdin.rejected")
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(f)
		return string(b)
	}
	if got := rejected(); strings.Count(got, "\n") != 2 || !strings.Contains(got, `"place":"stdin:4"`) {
		t.Errorf("got %s", got)
	}
	e.Stdin = strings.NewReader("")
	if err := source().Open(e, at); err != nil {
		t.Fatal(err)
	}
	if got := rejected(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"place":"stdin:2"`) {
		t.Errorf("got %s", got)
	}

}

// TestStdinStopsOnBad: what cannot be read again is not lost by what stands beside it, and all that is bad is shown.
func TestStdinStopsOnBad(t *testing.T) {
	for _, input := range []string{"1\nx\n2\n3\ny\n4", "1\nx\n2\n3\ny\n4\n"} {
		s := open(t, NDJSONSource(ptl.IntType, SourceOptions{Atom: ptl.Cut{Events: 2}}), env(strings.NewReader(input)))
		var atoms [][]int64
		var err error
		for {
			var atom []int64
			if atom, _, err = s.Next(nil); err != nil {
				break
			}
			atoms = append(atoms, atom)
		}
		const places = `^stdin:2: .*\n  in x\nstdin:5: .*\n  in y\n  mend it and give it to the next run, or .*`
		if fmt.Sprint(atoms) != "[[1 2] [3 4]]" || !regexp.MustCompile(places).MatchString(err.Error()) {
			t.Errorf("got %v, %v", atoms, err)
		}
	}
}

// TestStdinShowsSomeOfTheBad: what is wrong with a whole file is said of its first lines.
func TestStdinShowsSomeOfTheBad(t *testing.T) {
	s := open(t, NDJSONSource(ptl.IntType, SourceOptions{}), env(strings.NewReader(strings.Repeat("x\n", 50))))
	_, _, err := s.Next(nil)
	if err == nil || strings.Count(err.Error(), "in x") != 20 || !strings.Contains(err.Error(), "\nstdin: 30 more that do not decode, ") {
		t.Errorf("got %v", err)
	}
}

type pair struct{ A, B int64 }

var pairType = ptl.RecordType("Pair",
	ptl.Field("a", func(p *pair) *int64 { return &p.A }, ptl.IntType),
	ptl.Field("b", func(p *pair) *int64 { return &p.B }, ptl.IntType),
)

func TestStdinCSV(t *testing.T) {
	s := CSVSource(pairType, SourceOptions{})
	if got := drain(t, open(t, s, env(strings.NewReader("B,c,A\n1,,2\n\"3\",\"\n\",4\n")))); got != "[[{2 1} {4 3}]]" {
		t.Errorf("got %s", got)
	}
}

func TestStdout(t *testing.T) {
	for _, c := range []struct {
		sink ptl.Sink[pair]
		want string
	}{
		{LinesSink(pairType, SinkOptions{}), "Pair(1, 2)\nPair(3, 4)\n"},
		{NDJSONSink(pairType, SinkOptions{}), "{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}\n"},
		{CSVSink(pairType, SinkOptions{}), "a,b\n1,2\n3,4\n"},
		{CSVSink(pairType, SinkOptions{NoHeader: true}), "1,2\n3,4\n"},
	} {
		var out bytes.Buffer
		if err := c.sink.Open(&ptl.Env{Stdout: &out}, nil); err != nil {
			t.Fatal(err)
		}
		err := errors.Join(c.sink.Write([]pair{{1, 2}}), c.sink.Write([]pair{{3, 4}}))
		if strings.Contains(out.String(), "1") {
			t.Error("it shows before Flush")
		}
		if err = errors.Join(err, c.sink.Flush()); err != nil || out.String() != c.want {
			t.Errorf("got %q, %v", out.String(), err)
		}
		if at, err := c.sink.Sync(); at != nil || err != nil || c.sink.Exact() || c.sink.Close() != nil {
			t.Error("stdout has no positions")
		}
	}
}

// writer counts calls and fails as told.
type writer struct {
	sizes []int
	err   error
}

func (w *writer) Write(b []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	w.sizes = append(w.sizes, len(b))
	if b[len(b)-1] != '\n' {
		return 0, errors.New("half a line")
	}
	return len(b), nil
}

func TestStdoutInLargePieces(t *testing.T) {
	w := &writer{}
	s := LinesSink(ptl.IntType, SinkOptions{})
	if err := s.Open(&ptl.Env{Stdout: w}, nil); err != nil {
		t.Fatal(err)
	}
	for range 100 {
		if err := s.Write(make([]int64, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Flush(); err != nil || len(w.sizes) != 4 {
		t.Errorf("%d writes: %v", len(w.sizes), err)
	}
}

func TestStdoutFails(t *testing.T) {
	for _, c := range []struct {
		err  error
		gone bool
	}{
		{fmt.Errorf("write |1: %w", syscall.EPIPE), true},
		{io.ErrClosedPipe, true},
		{errors.New("disk full"), false},
	} {
		s := LinesSink(ptl.IntType, SinkOptions{})
		w := &writer{err: c.err}
		if err := s.Open(&ptl.Env{Stdout: w}, nil); err != nil {
			t.Fatal(err)
		}
		_ = s.Write([]int64{1})
		if err := s.Flush(); errors.Is(err, ptl.ErrReaderGone) != c.gone || !strings.Contains(err.Error(), "stdout") {
			t.Errorf("got %v", err)
		}
		w.err = nil
		if err := s.Flush(); err != nil || len(w.sizes) != 1 || w.sizes[0] != 2 {
			t.Errorf("afterwards: %v, %v", w.sizes, err)
		}
	}
}
