package interp_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/ir/interp"
)

// program reads a program of the goldens of lowering.
func program(t *testing.T, name string) *ir.Program {
	t.Helper()
	a, err := txtar.ParseFile(filepath.Join("..", "..", "..", "testdata", "lower", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, string(a.Files[0].Data))
}

func stream(p *ir.Program, name string) *ir.Stream {
	for _, s := range p.Streams {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// atoms is the written atoms of a stream as text, one a line, without the empty ones.
func atoms(r *interp.Run, s *ir.Stream) string {
	var lines []string
	for _, atom := range r.Output(s) {
		var events []string
		for _, e := range atom {
			events = append(events, interp.Text(e, s.Type))
		}
		if len(events) > 0 {
			lines = append(lines, strings.Join(events, " "))
		}
	}
	return strings.Join(lines, "\n")
}

// given gives atoms to a stream and returns what another one then holds.
func given(t *testing.T, p *ir.Program, in, out string, given ...[]interp.Value) string {
	t.Helper()
	r := interp.NewRun(p, *world())
	for _, atom := range given {
		r.Give(stream(p, in), atom)
	}
	if err := r.Settle(); err != nil {
		t.Fatal(err)
	}
	return atoms(r, stream(p, out))
}

func TestPrograms(t *testing.T) {
	ints := func(xs ...int64) (out []interp.Value) {
		for _, x := range xs {
			out = append(out, x)
		}
		return out
	}
	for _, c := range []struct {
		program, in, out string
		atoms            [][]interp.Value
		want             string
	}{
		{"program-hello", "names", "greetings", [][]interp.Value{{"Hello"}}, "HELLO"},
		{"program-countdown", "loop", "next", [][]interp.Value{ints(3), ints(0), ints(2, 1)}, "2\n1 0\n1\n0\n0"},
		{"program-wordcount", "text", "counts", [][]interp.Value{{"a b a"}, {"B c"}}, `Count("a", 2) Count("b", 1)` + "\n" + `Count("b", 2) Count("c", 1)`},
		{"program-reservoir", "numbers", "samples", [][]interp.Value{ints(1, 2, 3), ints(4)}, "[1, 2, 3]\n[4]"},
		{"program-steps", "zeros", "out", [][]interp.Value{ints(0), ints(0), ints(0), ints(0), ints(0), ints(0)}, "1\n2\n3\n0\n0\n1"},
		{"program-fibonacci", "numbers", "answers", [][]interp.Value{ints(0, 1, 2, 3, 4), ints(9)}, "0 1 1\n2\n3\n34"},
		{"program-pingpong", "start", "milestones", [][]interp.Value{ints(2050)}, "2048\n1024\n0"},
		{"program-dynamicquery", "triggers", "seen", [][]interp.Value{ints(1)}, "0"},
	} {
		t.Run(c.program, func(t *testing.T) {
			if got := given(t, program(t, c.program), c.in, c.out, c.atoms...); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestFlows checks order behind unions, keys and segments against what the text says.
func TestFlows(t *testing.T) {
	p := program(t, "flows")
	sale := p.Types[0].Variants[0]
	event := func(user, item, price int64) interp.Value {
		return interp.Made{Variant: sale, Fields: []interp.Value{user, item, price}}
	}
	for out, want := range map[string]string{
		"all": "6 400 10", "cheap": "3 5", "dear": "200", "perUser": "3 203 5",
	} {
		if got := given(t, p, "sales", out, []interp.Value{event(1, 1, 3), event(1, 2, 200), event(2, 1, 5)}); got != want {
			t.Errorf("%s: got %q, want %q", out, got, want)
		}
	}
}

// TestBank runs sagas: money moves once, or not at all.
func TestBank(t *testing.T) {
	p := program(t, "program-bank")
	r := interp.NewRun(p, *world())
	for _, step := range p.Tests[0].Steps {
		for _, f := range step.Feeds {
			events, err := r.Eval(f.Events)
			if err != nil {
				t.Fatal(err)
			}
			r.Give(f.Stream, events.(interp.List))
			if err := r.Settle(); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := "Done(0, Committed)\n" + `Done(1, Aborted("no cover"))`
	if got := atoms(r, stream(p, "outcomes")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestRefusals lets two exclusive tasks ask each other, so that each waits for the other: one request must be refused, the
// one that is told, and none before it closes the circle.
func TestRefusals(t *testing.T) {
	const text = `
portal left(Int) -> Int key n => n
portal right(Int) -> Int key n => n
stream ls = list([0])
stream rs = list([0])
stream out: Int
stream failed: String

exclusive task Left: Int -> Int keyed Int {
  on event n { emit await ask right(n) }
  on ask left(n) { reply n + 1 }
}
exclusive task Right: Int -> String keyed Int {
  on event n { emit "${try await ask left(n)}" }
  on ask right(n) { reply n + 2 }
}
workflow lefts { from ls |> key(n => n) |> Left |> to out }
workflow rights { from rs |> key(n => n) |> Right |> to failed }
`
	p := compile(t, text)
	refused := func() []interp.Refused { return []interp.Refused{{Task: "Left", Key: "0"}} }
	begin := func() *interp.Run {
		r := interp.NewRun(p, *world())
		r.Exact = true
		if err := r.Generate(); err != nil {
			t.Fatal(err)
		}
		for _, step := range [][2]string{{"workflow lefts", "ls"}, {"workflow rights", "rs"}} {
			if err := r.Take(step[0], step[1], true); err != nil {
				t.Fatal(err)
			}
		}
		return r
	}
	r := begin()
	defer r.Close()
	r.Refused = refused()
	if err := r.Take("workflow lefts", "rights?left", true); err == nil || !strings.Contains(err.Error(), "waits for nobody") {
		t.Errorf("a request is refused that closes no circle: %v", err)
	}
	r = begin()
	defer r.Close()
	if err := r.Take("workflow rights", "lefts?right", true); err != nil { // it is parked, behind who asks left
		t.Fatal(err)
	}
	r.Refused = refused()
	if err := r.Take("workflow lefts", "rights?left", true); err != nil || len(r.Refused) > 0 {
		t.Errorf("the request that closes the circle is not refused: %v", err)
	}
	if err := r.Settle(); err != nil {
		t.Fatal(err)
	}
	want := `Err(Error("deadlock: the key is held at Left by a handler that waits for this ask"))`
	if got := atoms(r, stream(p, "failed")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := atoms(r, stream(p, "out")); got != "2" {
		t.Errorf("got %s, want 2", got)
	}
}
