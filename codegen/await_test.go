package codegen_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/ir/interp"
	"github.com/portals-lang/portals/lang/source"
)

// answering are the portals that the shapes below ask: a quick one, a slow one that itself asks, by state per key, and
// one of another workflow. What they reply depends on nothing but the request.
const answering = `
enum Shape { Dot, Circle(r: Int), Rect(w: Int, h: Int) }
record Order(user: Int, items: List[Int])

portal quick(Int) -> Int
portal slow(Int) -> Int key n => n
portal texts(String) -> List[String]
portal shape(Int) -> Shape
portal after(Int) -> Int key n => n % 2
portal nested(Int) -> Int key n => n % 2
portal none(Unit) -> Unit
portal picky(Int) -> Int key n => 12 / (n - 3)

task Quick {
  on ask quick(n) {
    if n < 0 { fail "no ${n}" }
    reply n * 10
  }
  on ask none(_) { reply () }
}
task Slow {
  state asked: Int = 0
  on ask slow(n) {
    asked += 1
    var i = 0
    while i < n % 4 {
      let _ = await ask quick(i)
      i += 1
    }
    if n > 90 { fail "too slow" }
    reply n * 100
  }
}
task Texts {
  on ask texts(s) { reply s.words() }
  on ask shape(n) { reply match n % 3 { 0 => Dot, 1 => Circle(n), _ => Rect(n, await ask quick(n)) } }
}
task After {
  on ask after(n) {
    reply n + 1
    let m = await ask slow(n)
    if m > 100000 { fail "never" }
  }
}
exclusive task Nested {
  state inside: Bool = false
  on ask nested(0 | 1) { reply 1 }
  on ask nested(n) {
    if inside && n > 100 { fail "not alone" }
    let before = await ask quick(n)
    let m = await ask nested(n - 2)
    inside = false
    reply m + before
  }
}
task Picky { on ask picky(n) { reply n } }
workflow picks { serve Picky }
workflow quicks { serve Quick }
workflow slows { serve Slow }
workflow others { serve Texts }
workflow afters { serve After }
workflow nests { serve Nested }
`

// waiting is a handler that awaits: a name and its text.
type waiting struct{ name, text string }

// shapes are the bodies of `on event e`, or whole tasks called T. What is emitted begins with what it must stay in order
// with, and a bar.
var shapes = []waiting{
	{"one", `let a = await ask quick(e)
		emit "${e}|${a}"`},
	{"none but an effect", `let _ = await ask quick(e)
		emit "${e}|done"`},
	{"of Unit", `await ask none(())
		emit "${e}|done"`},
	{"in the argument of emit", `emit "${e}|${await ask quick(e)}"`},
	{"several in one expression", `emit "${e}|${await ask quick(e) + await ask slow(e) * await ask quick(e + 1)}"`},
	{"operands before an await", `var x = e
		let r = x + (await ask quick(x)) + x
		emit "${e}|${r}"`},
	{"in a condition", `if await ask quick(e) > 20 { emit "${e}|big" } else { emit "${e}|small" }`},
	{"in a condition with &&", `if e > 1 && await ask quick(e) > 20 && await ask slow(e) < 400 { emit "${e}|yes" } else { emit "${e}|no" }`},
	{"in a condition with ||", `if e < 2 || await ask quick(e) == 30 { emit "${e}|yes" } else { emit "${e}|no" }`},
	{"in one branch", `var x = 1
		if e % 2 == 0 { x = await ask quick(e) }
		emit "${e}|${x}"`},
	{"in both branches", `let x = if e % 2 == 0 { await ask quick(e) } else { await ask slow(e) + 1 }
		emit "${e}|${x}"`},
	{"in branches of branches", `var x = 0
		if e > 1 {
			if e > 3 { x = await ask slow(e) } else if e == 3 { x = 3 } else { x = await ask quick(e) + x }
			x += 1
		} else { if e == 1 { x = 7 } }
		x += await ask quick(1)
		emit "${e}|${x}"`},
	{"a branch that goes on without", `if e > 2 {
			if e > 4 { return }
			if e == 3 { let y = await ask quick(e)
				emit "${e}|first ${y}" }
			emit "${e}|inner"
		}
		emit "${e}|end"`},
	{"early return", `if await ask quick(e) == 20 { emit "${e}|early"; return }
		emit "${e}|${await ask quick(e)}"`},
	{"a while loop", `var n = e
		while n > 0 {
			n = n - (await ask quick(1)) / 10
			emit "${e}|${n}"
		}
		emit "${e}|end"`},
	{"a loop with an await in its condition", `var n = 0
		while await ask quick(n) < e * 10 { n += 1 }
		emit "${e}|${n}"`},
	{"break and continue", `var n = 0
		var sum = 0
		while true {
			n += 1
			if n > 10 { break }
			if n % 2 == 0 { continue }
			let x = await ask quick(n)
			if x > e * 30 { break }
			if x == 30 { continue }
			sum += x
		}
		emit "${e}|${sum}"`},
	{"nested loops with break and continue", `var out: List[Int] = []
		for i in range(0, e) {
			if i == 3 { continue }
			for j in range(0, 4) {
				if j == 2 && i == 1 { break }
				if j == 1 { continue }
				let x = await ask quick(i * 10 + j)
				if x == 30 { break }
				out.push(x)
			}
			out.push(-1)
		}
		emit "${e}|${out}"`},
	{"a loop in which an inner one leaves", `var sum = 0
		for i in range(0, 3) {
			sum += await ask quick(i)
			for j in range(0, 3) {
				if j > i { break }
				sum += j
			}
			while sum % 7 != 0 { sum += 1 }
		}
		emit "${e}|${sum}"`},
	{"an inner loop without awaits that continues", `for i in range(0, 4) {
			for j in [1, 2, 3] { if j == i { continue }
				emit "${e}|${i}${j}" }
			if i == 2 { continue }
			emit "${e}|${await ask quick(i)}"
		}`},
	{"a loop over a list that changes", `var xs = [1, 2, 3]
		for x in xs {
			let y = await ask quick(x)
			xs.push(y)
			if xs.length > 20 { fail "endless" }
		}
		emit "${e}|${xs}"`},
	{"a loop over a map", `var m = ["a": 1, "b": 2, "c": e]
		for (k, v) in m {
			m[k] = await ask quick(v)
			m["${k}${v}"] = 0
		}
		emit "${e}|${m}"`},
	{"a loop over the keys of a map", `for (k, _) in ["a": 1, "b": 2] { emit "${e}|${k} ${await ask quick(e)}" }`},
	{"a loop over the values of a map", `for (_, v) in [1: 5, 2: 6] { emit "${e}|${await ask quick(v)}" }`},
	{"a loop over pairs", `for pair in ["a": 1, "b": 2] { let x = await ask quick(e)
			emit "${e}|${pair} ${x}" }`},
	{"a loop over a set", `for x in Set([3, 1, e]) { emit "${e}|${await ask quick(x)}" }`},
	{"a loop over tuples", `for (a, (b, c)) in [(1, (2, 3)), (4, (5, e))] { emit "${e}|${a} ${await ask quick(b)} ${c}" }`},
	{"a loop that uses no element", `for _ in [1, 2, 3] { let x = await ask quick(e)
			emit "${e}|${x}" }`},
	{"a loop over nothing", `for x in range(0, 0) { emit "${e}|${await ask quick(x)}" }
		emit "${e}|end"`},
	{"a loop over a state", `task T: Int -> String {
		state xs: List[Int] = [1, 2]
		on event e { for x in xs { xs.push(await ask quick(x)) }
			emit "${e}|${xs}" }
	}`},
	{"a loop in an await of a loop", `for x in await ask texts("a b") { for y in await ask texts("c d") { emit "${e}|${x}${y}" } }`},
	{"in the arm of a match", `let r = match e { 0 => "zero", 1 => "one ${await ask quick(1)}", n if n % 2 == 0 => "even", n => "odd ${await ask slow(n)}" }
		emit "${e}|${r}"`},
	{"as the subject of a match", `match await ask shape(e) {
			Circle(1) => emit "${e}|one"
			Circle(r) => emit "${e}|c${r}"
			Rect(w, h) if w > 3 => emit "${e}|wide ${h}"
			Rect(_, h) => emit "${e}|${await ask quick(h)}"
			_ => emit "${e}|dot"
		}`},
	{"in a match that leaves a loop", `for i in range(0, 6) {
			match await ask shape(i) {
				Dot => continue
				Circle(r) if r > e => break
				Circle(r) => emit "${e}|c${r}"
				other => emit "${e}|${other}"
			}
		}
		emit "${e}|end"`},
	{"a match whose rows come in sequence", `for s in [Circle(1), Circle(2), Rect(1, 2), Rect(2, 2), Dot] {
			let t = match s { Circle(1) => "a", Rect(1, _) => "b${await ask quick(e)}", Rect(2, 2) => "c", _ => "d${await ask quick(1)}" }
			emit "${e}|${t}"
		}`},
	{"if let", `if let [a, b, .._] = await ask texts("x y z") { emit "${e}|${a}${b}${await ask quick(e)}" } else { emit "${e}|no" }`},
	{"?? with an await", `emit "${e}|${[1, 2][e] ?? await ask quick(e)}"`},
	{"a tuple of futures", `let (a, b) = await (ask quick(e), ask slow(e))
		emit "${e}|${a} ${b}"`},
	{"a tuple of which one is not used", `let (_, b) = await (ask slow(e), ask quick(e))
		emit "${e}|${b}"`},
	{"a tuple as a whole", `let t = await (ask quick(e), ask texts("a b"), ask slow(e))
		emit "${e}|${t}"`},
	{"a tuple held by a variable", `let fs = (ask slow(e), ask quick(e))
		let x = await ask quick(7)
		let (a, b) = await fs
		emit "${e}|${x} ${a} ${b}"`},
	{"all", `let xs = await all(range(0, e).map(i => ask slow(i)))
		emit "${e}|${xs} ${xs.sum()}"`},
	{"all of what a loop has asked", `var fs = [ask slow(2)]
		for i in range(0, e) { fs.push(ask slow(e - i)) }
		let first = await ask quick(e)
		fs.push(ask quick(first))
		emit "${e}|${await all(fs)}"`},
	{"any of equals", `let x = await any([ask quick(e), ask quick(e), ask quick(e)])
		emit "${e}|${x}"
		emit "${e}|${await ask slow(e)}"`},
	{"futures kept, awaited in another order", `let a = ask slow(3)
		let b = ask quick(e)
		let c = ask quick(e + 1)
		emit "${e}|${await c}"
		emit "${e}|${await a}"
		emit "${e}|${await b} ${await a}"`},
	{"a future under two names", `let a = ask slow(e)
		let b = a
		let x = await ask quick(1)
		emit "${e}|${await a} ${x} ${await b}"`},
	{"a future that nobody awaits", `let a = ask slow(e)
		let fs = [ask quick(e), a]
		emit "${e}|${await ask quick(e)}"`},
	{"a future of a branch", `let f = if e % 2 == 0 { ask quick(e) } else { ask slow(e) }
		emit "${e}|${await f}"`},
	{"a future that changes", `var f = ask quick(e)
		var sum = 0
		for i in range(0, 3) {
			sum += await f
			f = ask slow(sum % 9)
		}
		emit "${e}|${sum} ${await f}"`},
	{"try", `match try await ask quick(e - 2) {
			Ok(x) => emit "${e}|${x}"
			Err(err) => emit "${e}|${err.message}"
		}`},
	{"try of a tuple", `match try await (ask quick(e), ask quick(e - 3), ask quick(e - 4)) {
			Ok((a, b, c)) => emit "${e}|${a} ${b} ${c}"
			Err(err) => emit "${e}|${err.message}"
		}`},
	{"try of all", `match try await all(range(e - 2, e).map(i => ask quick(i))) {
			Ok(xs) => emit "${e}|${xs}"
			Err(err) => emit "${e}|${err.message}"
		}`},
	{"try of any", `match try await any([ask quick(e - 1)]) { Ok(x) => emit "${e}|${x}", Err(err) => emit "${e}|${err.message}" }`},
	{"try in a loop", `var bad = 0
		for i in range(0, e) {
			if let Err(_) = try await ask quick(1 - i) { bad += 1; continue }
			emit "${e}|${i}"
		}
		emit "${e}|${bad}"`},
	{"a failed ask", `let x = await ask quick(2 - e)
		emit "${e}|${x}"`},
	{"a request whose key fails", `match try await ask picky(e) { Ok(n) => emit "${e}|${n}", Err(_) => emit "${e}|failed" }`},
	{"a failed ask whose reply is not used", `let _ = await ask quick(2 - e)
		emit "${e}|end"`},
	{"a failed ask in a tuple", `let (a, _) = await (ask quick(e), ask quick(2 - e))
		emit "${e}|${a}"`},
	{"a failure after an await", `let x = await ask quick(e)
		emit "lost|${e}"
		if e == 1 { fail "one" }
		let y = 100 / (e - 1)
		emit "${e}|${x} ${y}"`},
	{"lambdas of several statements beside awaits", `let k = await ask quick(e)
		let xs = [1, 2, 3].map(i => {
			if i == 2 { return e }
			for j in range(0, 9) { if j == 2 { break } else { continue } }
			match i { 1 => k, _ => k * i }
		})
		let m = await ask quick(1)
		let ys = range(0, 3).filter(i => [i].map(j => { var n = j; n += m; n + i + k }).sum() > [e].map(x => x * 2 + m + k).sum())
		emit "${e}|${xs} ${ys}"`},
	{"a failure that undoes what came since", `let x = await ask slow(e)
		emit "${e}|${x}"
		let _ = await ask quick(e)
		if e == 2 { emit "lost|"; fail "two" }
		emit "${e}|end"`},
	{"a state around an await", `task T: Int -> String {
		state n: Int = 0
		on event e {
			n += e
			let before = n
			// allow PTL0803: one event for each key
			n = before + await ask quick(e)
			emit "${e}|${n}"
		}
	}`},
	{"collections that change across awaits", `var xs = [e]
		var o = Order(e, [])
		for i in range(0, 3) {
			xs.push(await ask quick(i))
			let ys = xs
			o.items.push(ys.length)
			xs.push(-1)
			let p = o
			let _ = await ask quick(1)
			o.items.push(0)
			emit "${e}|${ys} ${p} ${o}"
		}
		emit "${e}|${xs}"`},
	{"lambdas around awaits", `let k = await ask quick(e)
		let xs = [1, 2, 3].map(x => x * k)
		let m = await ask slow(1)
		emit "${e}|${xs.map(x => x + m + k)}"`},
	{"shadowed names", `let x = await ask quick(e)
		if x > 0 { let x = await ask quick(1)
			emit "${e}|${x}" }
		for x in [1, 2] { let y = await ask quick(x)
			emit "${e}|${x} ${y}" }
		emit "${e}|${x}"`},
	{"a variable without a value yet", `let x = if e == 0 { 1 } else { let y = await ask quick(e)
			if y > 30 { y } else { await ask slow(y) } }
		emit "${e}|${x}"`},
	{"dead stores", `var x = 1
		emit "${e}|${x}"
		let _ = await ask quick(e)
		x = 2
		let _ = await ask quick(e)
		var y = await ask quick(e)
		y = 5
		emit "${e}|${y}"`},
	{"a handler that goes on after its reply", `emit "${e}|${await ask after(e)} ${await ask after(e + 1)}"`},
	{"a replier that asks itself", `emit "${e}|${await ask nested(e * 2)} ${await ask nested(e * 2 + 1)}"`},
	{"two handlers of one key", `task T: Int -> String {
		on event 0 { emit "0|zero" }
		on event e if e % 2 == 0 { emit "${e}|even ${await ask quick(e)}" }
		on event e { emit "${e}|odd ${await ask slow(e)}" }
	}`},
	{"exclusive, in order", `exclusive task T: Int -> String keyed Int {
		state n: Int = 0
		on event e {
			let before = n
			let x = await ask slow(e)
			n = before * 2 + x + 1
			emit "${key}|${e} ${n}"
			if e == 2 { return }
			n += await ask quick(e)
			emit "${key}|${n}"
		}
	}`},
	{"shared state", `task T: Int -> String {
		shared state seen: Int = 0
		on event e {
			seen += 1
			let x = await ask slow(e)
			emit "${e}|${x} ${seen > 0}"
		}
	}`},
	{"a tell", `task T: Int -> String {
		state n: Int = 0
		fun tell(x: Int) { ask quick(x) }
		on event e { tell(e)
			ask slow(e)
			n += 1
			emit "${e}|${n}" }
	}`},
	{"within", `let x = await ask slow(e) within 1h
		emit "${e}|${x ?? e * 100}"
		let y = await ask quick(e) within 5s
		emit "${e}|${y ?? e * 10}"`},
	{"within, of a tuple", `let t = await (ask slow(e), ask quick(e)) within 1h
		emit "${e}|${t ?? (e * 100, e * 10)}"`},
	{"within, of all and any", `let xs = await all(range(0, e).map(i => ask slow(i))) within 1h
		emit "${e}|${xs ?? range(0, e).map(i => i * 100)}"
		let x = await any([ask slow(e), ask slow(e)]) within 1h
		emit "${e}|${x ?? e * 100}"`},
	{"within, with try", `let x = match try await ask slow(e) within 1h { Ok(Some(n)) => n, Ok(None) => e * 100, Err(err) => fail err.message }
		let t = match try await (ask quick(e), ask slow(e)) within 1h { Ok(Some(t)) => t, Ok(None) => (e * 10, e * 100), Err(err) => fail err.message }
		let xs = match try await all([ask quick(1)]) within 1h { Ok(Some(xs)) => xs, Ok(None) => [10], Err(err) => fail err.message }
		emit "${e}|${x} ${t} ${xs}"`},
	{"within, in a loop", `var n = 0
		while n < e {
			let f = ask slow(n)
			for i in range(0, 3) {
				if let Some(x) = await f within (10ms * (i + 1)) {
					if x != n * 100 { fail "wrong" }
					break
				}
			}
			n += 1
		}
		emit "${e}|${n}"`},
	{"on error after an await", `task T: Int -> String {
		on event e {
			let x = await ask quick(2 - e)
			emit "${e}|${x}"
		}
		on error e { emit "${e.event}|${e.message}" }
	}`},
}

// shapesProgram is the shapes as one application: a task for each, in a few workflows. Those with state are keyed by the
// event, so that no two events share it, and an exclusive one by its parity.
func shapesProgram() string {
	const perWorkflow = 24
	var b strings.Builder
	b.WriteString(answering)
	flows := make([]string, (len(shapes)+perWorkflow-1)/perWorkflow)
	for i, s := range shapes {
		name := fmt.Sprintf("T%d", i)
		task := fmt.Sprintf("task %s: Int -> String { on event e {\n%s\n} }", name, s.text)
		steps := "key(n => n) |> "
		if strings.Contains(s.text, "task T:") {
			task = strings.Replace(s.text, "task T:", "task "+name+":", 1)
		} else if i%2 == 0 {
			steps = ""
		}
		if strings.HasPrefix(task, "exclusive") {
			steps = "key(n => n % 2) |> "
		}
		fmt.Fprintf(&b, "\n// %s\n%s\nstream in%d = list([0])\nstream out%d: String\n", s.name, task, i, i)
		flows[i/perWorkflow] += fmt.Sprintf("  from in%d |> %s%s |> to out%d\n", i, steps, name, i)
	}
	for i, flow := range flows {
		fmt.Fprintf(&b, "\nworkflow w%d {\n%s}\n", i, flow)
	}
	return b.String()
}

const shapeEvents, shapeSeeds = 6, 40

// TestAwaits compiles handlers that await in every way that we could think of, and runs them under many orders of events
// and replies, begun again from what was written every few atoms. They must give what the interpreter gives, which
// answers every ask on the spot and knows nothing of machines.
func TestAwaits(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Go toolchain")
	}
	text := shapesProgram()
	app := &codegen.App{Name: "shapes", Files: []*source.File{source.New("shapes.ptl", text)}}
	opts := codegen.Options{Module: "shapes", Lines: true}
	out, found := codegen.Compile([]*codegen.App{app}, opts)
	if out == nil {
		var report strings.Builder
		_ = diag.Text(&report, found, diag.TextOptions{})
		t.Fatal(report.String())
	}
	dir := t.TempDir()
	module(t, dir, "shapes")
	for name, text := range out.Files {
		if strings.Contains(name, "/") {
			write(t, filepath.Join(dir, name), text)
		}
	}
	main := fmt.Sprintf("package main\n\nimport (\n\t\"shapes/shapes\"\n\n\t\"github.com/portals-lang/portals/testdata/drive\"\n)\n\n"+
		"func main() { drive.Main(shapes.App, %d, %d) }\n", shapeEvents, shapeSeeds)
	write(t, filepath.Join(dir, "main.go"), []byte(main))
	build := exec.Command("go", "build", "-o", "shapes.bin", ".")
	build.Dir = dir
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	got, err := exec.Command(filepath.Join(dir, "shapes.bin")).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, got)
	}
	prog, _ := codegen.Lower(app, opts)
	compareShapes(t, string(got), interpreted(t, prog))
}

// compareShapes compares what was printed, shape by shape.
func compareShapes(t *testing.T, got string, want map[string][]string) {
	by := map[string][]string{}
	for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
		name, _, _ := strings.Cut(line, ":")
		by[name] = append(by[name], line)
	}
	for i, s := range shapes {
		var got, expected []string
		for _, name := range []string{fmt.Sprintf("out%d", i), fmt.Sprintf("T%d", i)} {
			for _, line := range by[name] {
				got = append(got, strings.TrimPrefix(line, name+": "))
			}
			expected = append(expected, want[name]...)
		}
		if strings.Join(got, "\n") != strings.Join(expected, "\n") {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", s.name, strings.Join(got, "\n"), strings.Join(expected, "\n"))
		}
	}
	for name, lines := range by {
		if strings.Contains(strings.Join(lines, ""), "wait for ever") {
			t.Errorf("%s: %s", name, lines)
		}
	}
}

// interpreted is what the program gives by the interpreter, by output or workflow, in groups as package drive prints them.
func interpreted(t *testing.T, prog *ir.Program) map[string][]string {
	t.Helper()
	run := interp.NewRun(prog, interp.World{Log: func(string) {}, Now: func() int64 { return 0 }})
	run.Skip = true
	groups := map[string]map[string][]string{}
	add := func(name, text string) {
		group, _, _ := strings.Cut(text, "|")
		if groups[name] == nil {
			groups[name] = map[string][]string{}
		}
		groups[name][group] = append(groups[name][group], text)
	}
	for _, w := range prog.Workflows {
		for _, in := range w.Inputs {
			for e := range int64(shapeEvents) {
				run.Give(in.Stream, []interp.Value{e})
				if err := run.Settle(); err != nil {
					t.Error(err)
				}
			}
		}
	}
	for _, l := range run.Letters {
		add(l.Task, fmt.Sprintf("failed %s|%s", l.Event, l.Error))
	}
	for _, s := range prog.Streams {
		if s.Kind != ir.ByWorkflow {
			continue
		}
		for _, atom := range run.Output(s) {
			for _, v := range atom {
				add(s.Name, v.(string))
			}
		}
	}
	out := map[string][]string{}
	for name, by := range groups {
		var keys []string
		for k := range by {
			keys = append(keys, k)
		}
		sort.Strings(keys)
		for _, k := range keys {
			out[name] = append(out[name], by[k]...)
		}
	}
	return out
}
