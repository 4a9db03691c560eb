package lower

import (
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/ir/interp"
)

// around is a program whose task runs a block of statements for one event, with helpers that leave a trace.
const around = `
stream numbers: Int = list([1])
stream out: String

record Pair(a: Int, b: Int = 7)
record Order(user: Int, items: List[Int])
record Box[T](value: T, count: Int = 1)
enum Shape { Dot, Circle(r: Int), Rect(w: Int, h: Int), Named(name: String, shape: Shape) }
enum Tree[T] { Leaf, Node(left: Tree[T], value: T, right: Tree[T]) }
enum Op { Add(user: Int, item: Int), Remove(user: Int, item: Int), Clear(user: Int) }

fun insert(t: Tree[Int], x: Int) -> Tree[Int] = match t {
  Leaf => Node(Leaf, x, Leaf)
  Node(l, v, r) if x < v => Node(insert(l, x), v, r)
  Node(l, v, r) => Node(l, v, insert(r, x))
}
fun inorder[T](t: Tree[T]) -> List[T] = match t {
  Leaf => []
  Node(l, v, r) => inorder(l).concat([v]).concat(inorder(r))
}
fun twice(x: Int, f: fun(Int) -> Int) -> Int = f(f(x))
fun first[A, B](a: A, b: B) -> A = a
fun area(s: Shape) -> Int {
  match s {
    Dot => 0
    Circle(r) => 3 * r * r
    Rect(w, h) => w * h
    Named(_, inner) => area(inner)
  }
}

task T: Int -> String {
  shared state trace: List[Int] = []
  shared state n: Int = 10
  shared state items: List[Int] = [1, 2]
  shared state order: Order = Order(1, [1])

  fun t(x: Int) -> Int { trace.push(x); x }
  fun is(x: Bool, n: Int) -> Bool { trace.push(n); x }
  fun bump() -> Int { n += 1; n }
  fun say(x: Int) -> Int { emit "said ${x}"; x }

  on event e {
BODY
  }
}
portal doubled(Int) -> Int
task Twice { on ask doubled(x) { reply x * 2 } }
workflow w { from numbers |> T |> to out }
workflow serving { serve Twice }
`

// emitted runs a block of statements and returns what it emits, one text a line.
func emitted(t testing.TB, body string) string {
	t.Helper()
	prog := lowered(t, "main.ptl", strings.Replace(around, "BODY", body, 1))
	task := prog.Workflows[0].Tasks[0]
	w := &interp.World{Log: func(string) {}, Ask: func(_ *ir.Portal, x interp.Value) interp.Value { return x.(int64) * 2 }}
	cell, err := w.NewCell(task, nil)
	if err != nil {
		t.Fatal(err)
	}
	w.Await = func(a *ir.Await, futures []interp.Value, _ interp.Value) interp.Value {
		n := task.Shared[1]
		cell.Shared[n] = cell.Shared[n].(int64) + 100 // another event ran meanwhile
		return reply(a, futures)
	}
	if _, err := w.Handle(cell, task.OnEvent, int64(1)); err != nil {
		return "failed: " + err.Error()
	}
	var lines []string
	for _, v := range cell.Emitted {
		lines = append(lines, v.(string))
	}
	return strings.Join(lines, "\n")
}

// reply is what an await gives when futures are the replies.
func reply(a *ir.Await, futures []interp.Value) interp.Value {
	v := futures[0]
	switch {
	case a.Mode == ir.AwaitEach:
		v = interp.Tuple(futures)
	case a.Mode == ir.AwaitAny:
		v = v.(interp.List)[0]
	}
	if a.Within != nil {
		v = interp.Option{Is: true, Value: v}
	}
	if a.Try {
		v = interp.Result{Value: v}
	}
	return v
}

var waiting = []struct{ name, body, want string }{
	{"state before an await", `emit "${n + await ask doubled(1)}"`, "12"},
	{"state after an await", `emit "${(await ask doubled(1)) + n}"`, "112"},
	{"state around awaits", `emit "${(n, await ask doubled(1), n, await ask doubled(2), n)}"`, "(10, 2, 110, 4, 210)"},
	{"a list before an await", `emit "${items.contains(await ask doubled(1))} ${n}"`, "true 110"},
	{"+= after an await", `n += await ask doubled(1)
		emit "${n}"`, "112"},
	{"an await that is not needed", `emit "${n < 0 && (await ask doubled(1)) > 0} ${n} ${Some(1) ?? await ask doubled(1)} ${n}"`, "false 10 1 10"},
	{"an await that is needed", `emit "${n > 0 && (await ask doubled(1)) > 0} ${n} ${items[9] ?? await ask doubled(1)} ${n}"`, "true 110 2 210"},
	{"a condition", `while (await ask doubled(n)) < 500 { log "again" }
		emit "${n}"`, "410"},
	{"several at once", `let (a, b) = await (ask doubled(1), ask doubled(2))
		let all = await all([1, 2].map(x => ask doubled(x)))
		let any = await any([ask doubled(7)])
		let pair = (ask doubled(3), ask doubled(4))
		let (c, d) = await pair
		emit "${a} ${b} ${all} ${any} ${c} ${d}"`, "2 4 [2, 4] 14 6 8"},
	{"within and try", `let soon = await ask doubled(1) within 5s
		let tried = match try await ask doubled(2) { Ok(x) => x, Err(e) => fail e.message }
		emit "${soon} ${tried}"`, "Some(2) 4"},
	{"a loop over what changes meanwhile", `for x in items { items.push(await ask doubled(x)) }
		emit "${items}"`, "[1, 2, 2, 4]"},
	{"an ask that nobody awaits", `ask doubled(1)
		let later = ask doubled(2)
		emit "${n}"
		emit "${await later}"`, "10\n4"},
}

var semantics = []struct{ name, body, want string }{
	// Evaluation order.
	{"operand before an if", `let r = t(1) + (if is(true, 2) { t(3) } else { t(4) })
		emit "${r} ${trace}"`, "4 [1, 2, 3]"},
	{"a variable before it is written", `var x = 1
		let r = x + (if e > 0 { x = 5; x } else { 0 })
		emit "${r}"`, "6"},
	{"state before a helper writes it", `emit "${n + bump()}"`, "21"},
	{"state after a helper has written it", `emit "${bump() + n}"`, "22"},
	{"state between helpers", `emit "${bump()} ${n} ${bump()} ${n}"`, "11 11 12 12"},
	{"a list before a helper changes it", `let r = (items, bump(), trace, t(5), trace)
		emit "${r}"`, "([1, 2], 11, [], 5, [5])"},
	{"names in another order", `let p = Pair(b: t(1), a: t(2))
		emit "${p} ${trace}"`, "Pair(2, 1) [1, 2]"},
	{"names in another order, with statements", `let p = Pair(b: if is(true, 1) { t(2) } else { 0 }, a: t(3))
		emit "${p} ${trace}"`, "Pair(3, 2) [1, 2, 3]"},
	{"and", `let r = is(false, 1) && (match t(2) { 2 => true, _ => false })
		emit "${r} ${trace}"`, "false [1]"},
	{"or", `let r = is(false, 1) || (match t(2) { 2 => true, _ => false })
		emit "${r} ${trace}"`, "true [1, 2]"},
	{"?? that is not needed", `let r = Some(1) ?? t(9)
		emit "${r} ${trace}"`, "1 []"},
	{"?? that is needed", `let r = items[7] ?? t(9)
		emit "${r} ${trace}"`, "9 [9]"},
	{"?? of several Options", `for i in [0, 1, 7] {
			emit "${items[i + 1] ?? items[i] ?? Some(t(i)).filter(x => x > 9) ?? t(i + 1)} ${trace}"
		}`, "2 []\n2 []\n8 [7, 8]"},
	{"?? that leaves", `for i in [0, 7] {
			let x = items[i] ?? break
			emit "${x}"
		}
		emit "end"`, "1\nend"},
	{"the right side of += comes first", `n += bump()
		emit "${n}"`, "22"},
	{"a nested place", `order.user += t(4)
		order.items.push(order.user)
		emit "${order}"`, "Order(5, [1, 5])"},
	{"an entry: value, then index", `var m = [0: 0]
		m[t(1)] = t(2)
		emit "${m} ${trace}"`, "[0: 0, 1: 2] [2, 1]"},
	{"emit in the middle", `let r = say(1) + say(2) * (match say(3) { 3 => say(4), _ => 0 })
		emit "${r}"`, "said 1\nsaid 2\nsaid 3\nsaid 4\n9"},
	{"which failure", `let r = n / 0 + (match e { 1 => fail "later", _ => 2 })
		emit "${r}"`, "failed: division by zero: 10 / 0"},
	{"an argument that leaves", `for i in [1, 2, 3] {
			emit "${first(t(i), if i == 2 { continue } else { 0 })}"
		}
		emit "${trace}"`, "1\n3\n[1, 2, 3]"},
	{"methods before their arguments", `emit "${items.take(t(1)).contains(if is(true, 2) { 1 } else { 2 })} ${trace}"`, "true [1, 2]"},

	// Values.
	{"a let stays", `let a = items
		items.push(3)
		emit "${a} ${items}"`, "[1, 2] [1, 2, 3]"},
	{"a record stays", `var o = Order(1, [1])
		let p = o
		o.items.push(2)
		let q = o.items
		o.items.push(3)
		emit "${p} ${q} ${o}"`, "Order(1, [1]) [1, 2] Order(1, [1, 2, 3])"},
	{"a copy with changes", `let o = order.with(user: 5)
		order.items.push(9)
		emit "${o} ${order}"`, "Order(5, [1]) Order(1, [1, 9])"},
	{"a loop over what it changes", `for x in items { items.push(x * 10) }
		emit "${items}"`, "[1, 2, 10, 20]"},
	{"a loop over what a helper changes", `trace.push(1)
		for x in trace { let y = t(x + 1) + t(0)
			emit "${y}" }
		emit "${trace}"`, "2\n[1, 2, 0]"},
	{"push all of itself", `items.pushAll(items)
		emit "${items}"`, "[1, 2, 1, 2]"},

	// Control.
	{"break out of a match", `for x in [1, 2, 3, 4] {
			match x {
				1 => continue
				3 => break
				_ => emit "${x}"
			}
		}`, "2"},
	{"loops in loops", `for x in [1, 2, 3] {
			for y in [1, 2, 3] {
				if y == 2 { continue }
				if x == 2 { break }
				emit "${x}${y}"
			}
		}`, "11\n13\n31\n33"},
	{"while with a condition of statements", `var i = 0
		while (match i { 0 | 1 => true, _ => i < 3 }) { i += 1 }
		emit "${i}"`, "3"},
	{"while true", `var i = 0
		while true { i += 1; if i > 4 { break } }
		emit "${i}"`, "5"},
	{"if let", `if let Some(x) = items[1] { emit "${x}" } else { emit "none" }
		if let Some(x) = items[9] { emit "${x}" } else { emit "none" }`, "2\nnone"},
	{"else if", `let r = if n < 5 { "small" } else if n < 20 { "middle" } else { "big" }
		emit r`, "middle"},
	{"return", `if n == 10 { emit "a"; return }
		emit "b"`, "a"},
	{"pairs of a map", `for (k, v) in ["a": 1, "b": 2] { emit "${k}${v}" }
		for kv in ["c": 3] { emit "${kv}" }`, "a1\nb2\n(\"c\", 3)"},
	{"patterns of loops", `for (a, (b, _)) in [(1, (2, 3)), (4, (5, 6))] { emit "${a}${b}" }`, "12\n45"},

	// Functions.
	{"lambdas", `let k = 3
		emit "${twice(2, x => x * k)} ${twice(2, bumped => bumped + n)}"`, "18 22"},
	{"a lambda that returns", `let xs = [1, 2, 3].map(x => { if x == 2 { return 0 }
			x * 2 })
		emit "${xs}"`, "[2, 0, 6]"},
	{"a lambda of a tuple", `emit "${[(1, 2), (3, 4)].map((a, b) => a * b)}"`, "[2, 12]"},
	{"functions as values", `emit "${[Dot, Circle(2)].map(area)} ${[1, 2].map(Circle)}"`, "[0, 12] [Circle(1), Circle(2)]"},
	{"generic types", `var t = Leaf
		for x in [3, 1, 2] { t = insert(t, x) }
		emit "${inorder(t)} ${t}"`, "[1, 2, 3] Node(Node(Leaf, 1, Node(Leaf, 2, Leaf)), 3, Leaf)"},
	{"defaults", `emit "${Pair(1)} ${Box("x")} ${Box(value: 2, count: 3)}"`, `Pair(1, 7) Box("x", 1) Box(2, 3)`},
	{"common fields", `emit "${[Add(1, 2), Clear(3)].map(op => op.user)}"`, "[1, 3]"},
	{"one function for many types", `emit "${first(1, "a")}${first("a", 1)}"`, "1a"},
}

func TestSemantics(t *testing.T) { runAll(t, semantics) }

func TestWaiting(t *testing.T) { runAll(t, waiting) }

func TestMatches(t *testing.T) { runAll(t, matches) }

func runAll(t *testing.T, cases []struct{ name, body, want string }) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := emitted(t, c.body); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

var matches = []struct{ name, body, want string }{
	{"tags and a default", `for s in [Dot, Circle(1), Rect(2, 3)] { emit match s { Circle(r) => "c${r}", Dot => "d", _ => "other" } }`, "d\nc1\nother"},
	{"a test inside a tag", `for s in [Circle(1), Circle(5), Dot, Rect(1, 1)] {
			emit match s { Circle(1) => "one", Dot => "dot", Circle(r) if r > 4 => "big", Rect(1, h) => "rect${h}", _ => "other" }
		}`, "one\nbig\ndot\nrect1"},
	{"rows that come back to a default", `for s in [Circle(1), Circle(2), Rect(1, 2), Rect(2, 2), Rect(2, 9)] {
			emit match s { Circle(1) => "a", Rect(1, _) => "b", Rect(2, 2) => "c", _ => "d" }
		}`, "a\nd\nb\nc\nd"},
	{"alternatives that bind", `for op in [Add(1, 2), Remove(3, 4), Clear(5)] {
			emit match op { Add(u, i) | Remove(i, u) => "${u} ${i}", Clear(u) => "${u}" }
		}`, "1 2\n4 3\n5"},
	{"alternatives with tests", `for op in [Add(1, 2), Add(2, 2), Remove(1, 4), Clear(5)] {
			emit match op { Add(1, i) | Remove(1, i) | Clear(i) => "${i}", Add(_, _) | Remove(_, _) => "no" }
		}`, "2\nno\n4\n5"},
	{"nested tags", `for s in [Named("a", Dot), Named("b", Circle(2)), Named("c", Named("d", Dot)), Dot] {
			emit match s {
				Named("a", Dot) => "a dot"
				Named(n, Circle(r)) => "${n} circle ${r}"
				Named(n, Named(m, _)) => "${n} ${m}"
				Named(n, _) => n
				_ => "none"
			}
		}`, "a dot\nb circle 2\nc d\nnone"},
	{"lists", `for xs in [[], [1], [1, 2], [2, 1, 3], [9, 9, 9, 9]] {
			emit match xs {
				[] => "none"
				[x] => "one ${x}"
				[1, x] => "1 then ${x}"
				[x, 1, ..rest] => "${x} then 1, ${rest}"
				[x, ..rest] => "${x}, ${rest.length} more"
			}
		}`, "none\none 1\n1 then 2\n2 then 1, [3]\n9, 3 more"},
	{"literals", `for x in [-1, 0, 1, 2, 3] { emit match x { 0 => "zero", -1 | 1 => "one", 2 if n > 10 => "no", _ => "many" } }`, "one\nzero\none\nmany\nmany"},
	{"texts", `for s in ["a", "b", "c"] { emit match s { "a" => "first", "b" | "c" => "later", _ => "" } }`, "first\nlater\nlater"},
	{"tuples", `for p in [(1, true), (1, false), (2, true)] { emit match p { (1, true) => "a", (x, false) => "b${x}", (_, true) => "c" } }`, "a\nb1\nc"},
	{"a tuple that is not built", `emit match (n, items) { (10, [a, .._]) if a > 1 => "x", (10, [a, .._]) => "y${a}", (_, _) => "z" }`, "y1"},
	{"options in options", `for o in [Some(Some(1)), Some(None), None] { emit match o { Some(Some(x)) => "${x}", Some(None) => "inner", None => "outer" } }`, "1\ninner\nouter"},
	{"results", `for r in [Some(1).okOr("no"), items[9].okOr("no")] { emit match r { Ok(x) => "${x}", Err(e) => e } }`, "1\nno"},
	{"a guard that needs statements", `for x in [1, 2, 3] {
			emit match x { y if (match y { 2 => true, _ => false }) => "two", 1 => "one", _ => "other" }
		}`, "one\ntwo\nother"},
	{"a state that the arm changes", `match items {
			[a, ..rest] => { items.push(5); emit "${a} ${rest} ${items}" }
			[] => ()
		}`, "1 [2] [1, 2, 5]"},
	{"a match that assigns", `var x = 1
		x = match x { 1 => x + 1, _ => 0 }
		emit "${x}"`, "2"},
	{"matches in sequence leave a loop", `for op in [Add(1, 1), Add(2, 1), Remove(1, 1), Clear(1)] {
			match op {
				Add(1, _) => continue
				Remove(1, _) => break
				Add(2, i) => emit "add ${i}"
				x => emit "${x}"
			}
		}`, "add 1"},
	{"by name", `emit match Add(1, item: 2) { Add(item: i) => "${i}", Remove(user: 1) => "r", _ => "" }`, "2"},
	{"the pieces of a let", `let (a, (b, _)) = (1, (2, 3))
		let Pair(c, d) = Pair(4, 5)
		emit "${a}${b}${c}${d}"`, "1245"},
}
