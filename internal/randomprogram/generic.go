package randomprogram

import (
	"fmt"
	"strings"
)

// declareGenericTasks writes tasks with type parameters, which all programs of the world use.
func (g *gen) declareGenericTasks() {
	g.gathers = g.module + g.upper("Gather")
	g.line("%stask %s[K, V](f: fun(V) -> V, most: Int = 3): V -> (K, List[V]) keyed K {", pick(g, "", "exclusive "), g.gathers)
	g.line("state seen: List[V] = []")
	g.line("shared state all: Map[Int, V] = [:]")
	g.line("on event v if seen.length >= most {")
	g.line("seen.removeAt(0)")
	g.line("seen.push(f(v))")
	g.line("emit (key, seen)")
	g.line("}")
	g.line("on event v {")
	g.line("add(v)")
	g.line("all[seen.length] = v")
	g.line("}")
	g.line("on atom per key { emit (key, all.values().concat(seen).take(%d)) }", 2+g.n(3))
	g.line("fun add(v: V) { seen.push(v) }")
	g.line("}")

	g.repeats = g.module + g.upper("Repeat")
	g.line("task %s[T](other: T, f: fun(T, Int) -> T): T -> T {", g.repeats)
	g.line("shared state n: Int = 0")
	g.line("shared state last: Option[T] = None")
	g.line("on event x {")
	g.line("n += 1")
	g.line("emit f(last ?? other, n)")
	g.line("last = Some(x)")
	g.line("}")
	g.line("on error e { emit e.event ?? other }")
	g.line("%s", pick(g, "on atom { if n > 1 { emit last ?? other } }", "on complete { emit last ?? other }", "on complete { if let Some(x) = last { emit x } }"))
	g.line("}")
}

// asksFor is a generic task of the program, which it writes, that asks a portal in a loop.
func (g *gen) asksFor(p *portal) string {
	name := g.upper("Ask")
	g.line("task %s[X](f: fun(X) -> %s, back: fun(%s) -> X): X -> X {", name, p.req.name, p.rep.name)
	g.line("on event x {")
	g.line("var left = [x, x, x]")
	g.line("while !left.isEmpty() {")
	g.line("for i in range(0, 3) {")
	within, ok := "", "Ok(r)"
	if g.chance(2) {
		within, ok = " within "+g.period(), "Ok(Some(r))"
	}
	g.line("match try await ask %s(f(left.first() ?? x))%s {", p.name, within)
	g.line("%s => {", ok)
	g.line("if i == %d { break }", 1+g.n(2))
	g.line("emit back(r)")
	g.line("}")
	if within != "" {
		g.line("Ok(None) => { %s }", pick(g, "break", "emit x"))
	}
	g.line("Err(_) => { %s }", pick(g, "emit x", "return", "continue", "left.clear()"))
	g.line("}")
	g.line("}")
	g.line("if left.isEmpty() { break }")
	g.line("left.removeAt(0)")
	g.line("if left.length == %d { continue }", g.n(3))
	g.line("emit x")
	g.line("}")
	g.line("}")
	g.line("}")
	return name
}

// circle writes exclusive tasks that ask each other, of keys that may come to wait in a circle. A request becomes less with
// each ask, so it ends.
func (g *gen) circle() {
	portals := []string{g.fresh(), g.fresh(), g.fresh()}[:2+g.n(2)]
	var text strings.Builder
	for i, p := range portals {
		keys := 1 + g.n(3)
		key := fmt.Sprintf("n => n %% %d", keys)
		g.line("portal %s(Int) -> Int key %s", p, key)
		from, out, name := g.fresh(), g.fresh(), g.upper("Circle")
		g.line("stream %s = range(0, %d, atom: %d)", from, 2+g.n(5), 1+g.n(3))
		g.line("stream %s: (Int, Int)", out)
		g.unread = append(g.unread, stream{name: out, t: tuple(tInt, tInt)})
		other := portals[(i+1)%len(portals)]
		if g.chance(4) {
			other = p
		}
		g.line("exclusive task %s: Int -> (Int, Int) keyed Int {", name)
		g.line("state seen: Int = 0")
		g.line("on event n {")
		g.line("seen += 1")
		g.line("let first = ask %s(n %% 4)", other)
		if g.chance(2) {
			g.line("let got = (try await first).toOption() ?? (-1)")
		} else {
			g.line("let got = await first within %s", pick(g, "1h", "0s"))
			g.line("if got == None { fail \"late\" }")
		}
		g.line("emit (key, seen)")
		if g.chance(2) {
			g.line("emit (n, await ask %s(2))", pick(g, portals...))
		} else {
			g.line("log \"${got}\"")
		}
		g.line("}")
		g.line("on error e { emit (e.message.length, seen) }")
		g.line("on ask %s(n) {", p)
		g.line("seen += 1")
		g.line("if n <= 0 {")
		g.line("reply seen")
		g.line("} else {")
		g.line("reply n + %s", pick(g, "await ask "+other+"(n - 1)", "((try await ask "+other+"(n - 1)).toOption() ?? 100)"))
		if g.chance(2) {
			g.line("ask %s(n - 2)", other)
		}
		g.line("seen += 10")
		g.line("}")
		g.line("}")
		g.line("}")
		fmt.Fprintf(&text, "from %s |> key(%s) |> %s |> to %s\n", from, key, name, out)
		if g.chance(2) || i == len(portals)-1 {
			g.line("workflow %s {\n%s}", g.fresh(), text.String())
			text.Reset()
		}
	}
}

// peerName stands for the name of the first app in the text of the second one.
const peerName = "firstApp"

// peer is the text of an app that imports streams and portals of this one, which it exports. What passes between them has
// types without parts of the program's own.
func (g *gen) peer() string {
	other := &gen{dice: g.dice, out: &strings.Builder{}, serial: g.serial + 500}
	for range 4 {
		other.pool = append(other.pool, pick(g, tInt, list(tInt), option(tString), tuple(tInt, tString), mapOf(tString, tInt)))
	}
	other.events, other.keys = append([]*typ{tInt, tString}, other.pool...), []*typ{tInt, tString}
	for range 3 {
		other.layouts = append(other.layouts, []variable{{other.fresh(), other.anyType(1), true}})
	}
	for _, s := range g.streams {
		if s.t.isBuiltIn() && !g.chance(3) && g.export("stream", s.name) {
			other.streams = append(other.streams, stream{name: peerName + "." + s.name, t: s.t})
		}
	}
	if other.streams == nil {
		return ""
	}
	for _, p := range g.portals {
		if p.req.isBuiltIn() && p.rep.isBuiltIn() {
			other.portals = append(other.portals, &portal{name: peerName + "." + p.name, req: p.req, rep: p.rep, key: p.key, answered: true})
		}
	}
	other.workflow()
	other.workflow()
	text := other.out.String()
	for _, p := range g.portals { // one that nobody imports would keep the app running
		if strings.Contains(text, peerName+"."+p.name+"(") {
			g.export("portal", p.name)
		}
	}
	return text
}

// export makes a declaration an exported one, and tells whether there is one.
func (g *gen) export(kind, name string) bool {
	text := g.out.String()
	for _, after := range []string{":", " ", "("} {
		if at := strings.Index("\n"+text, "\n"+kind+" "+name+after); at >= 0 {
			g.out = &strings.Builder{}
			g.out.WriteString(text[:at] + "export " + text[at:])
			return true
		}
	}
	return false
}

// isBuiltIn tells whether no part of t is a record or enum.
func (t *typ) isBuiltIn() bool { return t.kind != kDef && all(t.elems, (*typ).isBuiltIn) }
