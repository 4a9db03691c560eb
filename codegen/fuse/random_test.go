package fuse_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/ir/interp"
)

var programs = flag.Uint64("programs", 150, "how many random programs are compared before and after")

// TestAgree runs random programs in the interpreter, as they were lowered and fused: they write, log and fail with the same.
func TestAgree(t *testing.T) {
	changed := 0
	for seed := range *programs {
		text := randomSteps(seed)
		before, after := lowered(t, text), lowered(t, text)
		if before == nil {
			t.Fatalf("seed %d: the program is wrong:\n%s", seed, text)
		}
		if fuseAll(t, after) {
			changed++
		}
		if diff := cmp.Diff(behaviour(before), behaviour(after)); diff != "" {
			t.Fatalf("seed %d: fused, it does something else (-before +after):\n%s\n%s\n%s", seed, diff, text, ir.Print(after))
		}
	}
	if changed < int(*programs)/3 {
		t.Errorf("only in %d of %d programs there was something to fuse", changed, *programs)
	}
}

// TestOrderPlacesAndJumps does what TestAgree does, with programs in which it matters what is evaluated first, where a statement
// begins, and what a jump leaves.
func TestOrderPlacesAndJumps(t *testing.T) {
	for name, steps := range map[string]string{
		"changes that are not in the order of the fields": `fun made(n: Int) -> P {
  let p = P(n, n)
  let q = p.with(y: 1 / 0, x: 9223372036854775807 + n * n + 1)
  P(q.y, q.x)
}
workflow w { from ns |> map(n => made(n)) |> map(p => p.x + p.y) |> to out }
`,
		"a statement that ends behind a lambda": `fun made(n: Int) -> P {
  let sum = [1, n].map(i => {
    let j = i + 1
    j * 2
  }).sum() / n
  P(sum, n)
}
workflow w { from ns |> map(n => made(n)) |> map(p => p.x + p.y) |> to out }
`,
		"a part behind a lambda": `fun made(n: Int) -> P = P(
  [1, n].map(i => {
    let j = i + 1
    j * 2
  }).sum(), 3 / n)
workflow w { from ns |> map(n => made(n)) |> map(p => p.x + p.y) |> to out }
`,
		"jumps out of what is around the call": `fun made(n: Int) -> P = P(n, n)
workflow w {
  from ns |> flatMap(n => {
    for i in range(0, 5) {
      let p = made(i)
      if p.x > n { return [p.x, n] }
      if p.y < n - 2 { continue }
      if p.x == 3 { break }
    }
    []
  }) |> to out
}
`,
	} {
		text := "stream ns = list([0])\nstream out: Int\nrecord P(x: Int, y: Int)\n" + steps + "sink out to stdout.lines()\n"
		before, after := lowered(t, text), lowered(t, text)
		if !fuseAll(t, after) {
			t.Errorf("%s: nothing is fused", name)
		}
		if diff := cmp.Diff(behaviour(before), behaviour(after)); diff != "" {
			t.Errorf("%s: fused, it does something else (-before +after):\n%s", name, diff)
		}
	}
}

// behaviour is what can be seen of a program: under the policy `skip` with all events, and of each event alone.
func behaviour(prog *ir.Program) []string {
	var seen []string
	run := func(skip bool, events ...interp.Value) {
		r := interp.NewRun(prog, interp.World{Log: func(text string) { seen = append(seen, "log "+text) }})
		defer r.Close()
		r.Skip = skip
		r.Give(prog.Streams[0], events)
		err := r.Settle()
		var failed *interp.AtomError
		if errors.As(err, &failed) {
			seen = append(seen, fmt.Sprintf("fails %s at %s, event %s", failed.Message, interp.Line(failed.At), failed.Event))
		} else if err != nil {
			seen = append(seen, err.Error())
		}
		for _, l := range r.Letters {
			seen = append(seen, fmt.Sprintf("letter %s at %s, event %s", l.Error, interp.Line(l.At), l.Event))
		}
		for _, atom := range r.Output(prog.Streams[1]) {
			seen = append(seen, fmt.Sprint("out ", atom))
		}
	}
	var all []interp.Value
	for n := range int64(30) {
		all = append(all, n-5)
		run(false, n-5)
	}
	run(true, all...)
	return seen
}

// randomSteps is a program with a chain of steps, each of which calls a function that makes a value for the next one.
func randomSteps(seed uint64) string {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 1))}
	steps := []string{"from ns"}
	kind := "Int"
	for range 2 + m.IntN(3) {
		to := kinds[m.IntN(len(kinds))]
		steps = append(steps, fmt.Sprintf("map(x => %s)", m.call(kind, to)))
		kind = to
		if m.IntN(3) == 0 {
			to = kinds[m.IntN(len(kinds))]
			steps = append(steps, fmt.Sprintf("flatMap(x => %s)", m.call(kind, "List["+to+"]")))
			kind = to
		}
	}
	steps = append(steps, `map(x => "${x}")`, "to out")
	return `stream ns = list([0])
stream out: String
record P(x: Int, y: Int)
enum E { A(p: P), B(i: Int, p: P), C(o: Option[Int]), D }
` + strings.Join(m.funcs, "\n") + "\nworkflow w {\n  " + strings.Join(steps, "\n    |> ") + "\n}\nsink out to stdout.lines()\n"
}

var kinds = []string{"Int", "P", "E", "E", "Option[Int]", "Option[P]", "(Int, Int)"}

// maker makes functions. Variables are called by their kinds, with a number: so what is known of names tells what there is.
type maker struct {
	*rand.Rand
	funcs []string
	count int
}

// value is a variable with its kind.
type value struct{ name, kind string }

func (m *maker) fresh(prefix string) string {
	m.count++
	return fmt.Sprintf("%s%d", prefix, m.count)
}

// call calls a new function with x.
func (m *maker) call(from, to string) string {
	name := m.fresh("f")
	body := m.body(to, 3, "  ", []value{{"x", from}})
	m.funcs = append(m.funcs, fmt.Sprintf("fun %s(x: %s) -> %s {\n%s}", name, from, to, body))
	return name + "(x)"
}

// body is statements that return a value of a kind.
func (m *maker) body(kind string, depth int, in string, vars []value) string {
	deeper := in + "  "
	if depth == 0 {
		return in + m.expr(kind, 2, vars) + "\n"
	}
	either := func(head string, then []value, between string) string {
		return in + head + " {\n" + m.body(kind, depth-1, deeper, then) + in + between + m.body(kind, depth-1, deeper, vars) + in + "}\n"
	}
	of := vars[m.IntN(len(vars))]
	switch n := m.IntN(10); {
	case n == 0:
		return in + fmt.Sprintf("log \"%s ${%s}\"\n", m.fresh("at"), of.name) + m.body(kind, depth-1, in, vars)
	case n == 1:
		v := value{m.fresh("v"), kinds[m.IntN(len(kinds))]}
		return in + "let " + v.name + ": " + v.kind + " = " + m.expr(v.kind, 2, vars) + "\n" + m.body(kind, depth-1, in, append(vars[:len(vars):len(vars)], v))
	case n == 2:
		v := value{m.fresh("v"), "Int"}
		return in + "var " + v.name + " = " + m.expr("Int", 1, vars) + "\n" + in + v.name + " += " + m.expr("Int", 1, vars) + "\n" +
			m.body(kind, depth-1, in, append(vars[:len(vars):len(vars)], v))
	case n == 3:
		return in + "if " + m.truth(vars) + " { fail \"" + m.fresh("no") + "\" }\n" + m.body(kind, depth-1, in, vars)
	case n <= 5:
		return in + "if " + m.truth(vars) + " { return " + m.expr(kind, 2, vars) + " }\n" + m.body(kind, depth-1, in, vars)
	case of.kind == "E":
		i, p, o := value{m.fresh("i"), "Int"}, value{m.fresh("p"), "P"}, value{m.fresh("o"), "Option[Int]"}
		arm := func(vs ...value) string {
			return "{\n" + m.body(kind, depth-1, deeper+"  ", append(vars[:len(vars):len(vars)], vs...)) + deeper + "}\n"
		}
		return in + "match " + of.name + " {\n" + deeper + "A(" + p.name + ") if " + m.truth(append(vars[:len(vars):len(vars)], p)) + " => " + arm(p) +
			deeper + "B(" + i.name + ", " + p.name + ") => " + arm(i, p) + deeper + "C(" + o.name + ") => " + arm(o) + deeper + "_ => " + arm() + in + "}\n"
	case strings.HasPrefix(of.kind, "Option"):
		v := value{m.fresh("v"), strings.TrimSuffix(strings.TrimPrefix(of.kind, "Option["), "]")}
		return either("if let Some("+v.name+") = "+of.name, append(vars[:len(vars):len(vars)], v), "} else {\n")
	case of.kind == "(Int, Int)":
		a, b := value{m.fresh("a"), "Int"}, value{m.fresh("b"), "Int"}
		return in + "let (" + a.name + ", " + b.name + ") = " + of.name + "\n" + m.body(kind, depth-1, in, append(vars[:len(vars):len(vars)], a, b))
	}
	return either("if "+m.truth(vars), vars, "} else {\n")
}

// expr is an expression of a kind.
func (m *maker) expr(kind string, depth int, vars []value) string {
	if v := m.one(kind, vars); v != "" && (depth == 0 || m.IntN(3) == 0) {
		return v
	}
	integer := func() string { return m.expr("Int", max(depth-1, 0), vars) }
	point := func() string { return m.expr("P", max(depth-1, 0), vars) }
	switch kind {
	case "P":
		if v := m.one("P", vars); v != "" && m.IntN(2) == 0 {
			return v + ".with(" + []string{"", "y: " + integer() + ", "}[m.IntN(2)] + "x: " + integer() + ")"
		}
		return "P(\n" + integer() + ",\n" + integer() + ",\n)" // what fails in it fails where the statement begins
	case "E":
		return []func() string{
			func() string { return "A(" + point() + ")" },
			func() string { return "B(" + integer() + ", " + point() + ")" },
			func() string { return "C(" + m.expr("Option[Int]", 1, vars) + ")" },
			func() string { return "D" },
		}[m.IntN(4)]()
	case "(Int, Int)":
		return "(" + integer() + ", " + integer() + ")"
	case "Int":
		return m.integer(depth, vars)
	}
	inside, isList := strings.CutPrefix(strings.TrimSuffix(kind, "]"), "List[")
	if isList {
		return []string{"[]", "[" + m.expr(inside, 2, vars) + "]"}[min(m.IntN(4), 1)]
	}
	return []string{"None", "Some(" + m.expr(strings.TrimPrefix(inside, "Option["), 1, vars) + ")"}[min(m.IntN(4), 1)]
}

func (m *maker) integer(depth int, vars []value) string {
	switch p := m.one("P", vars); {
	case p != "" && m.IntN(2) == 0:
		return p + []string{".x", ".y"}[m.IntN(2)]
	case depth == 0 || m.IntN(4) == 0:
		return fmt.Sprint(1 + m.IntN(4))
	}
	op := []string{"+", "-", "*", "/", "%"}[m.IntN(5)]
	return "(" + m.expr("Int", depth-1, vars) + " " + op + " " + m.expr("Int", depth-1, vars) + ")"
}

// truth is a condition.
func (m *maker) truth(vars []value) string {
	return m.expr("Int", 1, vars) + " " + []string{"<", "==", ">="}[m.IntN(3)] + " " + m.expr("Int", 1, vars)
}

// one is a variable of a kind, or "".
func (m *maker) one(kind string, vars []value) string {
	var fitting []string
	for _, v := range vars {
		if v.kind == kind {
			fitting = append(fitting, v.name)
		}
	}
	if len(fitting) == 0 {
		return ""
	}
	return fitting[m.IntN(len(fitting))]
}
