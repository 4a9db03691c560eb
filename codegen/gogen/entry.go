package gogen

import (
	"maps"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

// entry is a way into a task from outside: its `on event`, or its `on ask` of one portal, with the Go names of what it
// is made of. A method named on… takes what arrives. Where the task is exclusive and can wait, that one looks at the gate and
// hands over to a method named enter…. A handler that never waits is run there; one that does has a frame, a method
// run… that runs it on from wherever it stands, and one named after… that hands on what it has emitted.
type entry struct {
	task    *ir.Task
	ask     *ir.OnAsk // nil: `on event`
	fn      *ir.Func
	machine *ir.Machine  // nil: it never waits
	asks    []*ir.Portal // what it asks, itself or through helpers

	on, enter, handler string
	exchange           string // field: what is on its way here; "" if that comes by calls only
	takes              string // requests: the method that finds the key; "" if there is nothing to find
	keys               string // requests: the method that finds the keys of several; "" if the state is not looked up ahead
	hashed             bool   // on takes the hash of the key too

	frame, desc, waiting, run string
	after                     string // "" if nothing is left to do after the handler has run
	reply                     string // field: what a handler that awaits has replied
}

// gateNames are the Go names of the gate of an exclusive task.
type gateNames struct {
	field, parked, desc, enter string
	fields                     map[*entry]string // of the struct parked, if several kinds of things can be
}

// nameEntries names the ways into a task.
func (e *emitter) nameEntries(t *ir.Task, lane *laneNames) {
	n, m := e.tasks[t], lane.members
	title := names.Upper(n.base)
	if t.OnEvent != nil {
		n.entries = append(n.entries, &entry{task: t, fn: t.OnEvent, on: m.Take("on" + title), handler: m.Take(n.base + "Event")})
	}
	for _, a := range t.OnAsk {
		what := "Ask"
		if len(t.OnAsk) > 1 {
			what += names.Upper(a.Portal.Name)
		}
		n.entries = append(n.entries, &entry{task: t, ask: a, fn: a.Func, on: m.Take("on" + title + what), handler: m.Take(n.base + what)})
	}
	waits := false
	for _, x := range n.entries {
		x.asks = e.asksIn(x.handlers()...)
		if x.fn.Awaits {
			x.machine = e.machine(x.fn)
			waits = true
		}
	}
	for _, x := range n.entries {
		e.nameEntry(x, n, lane, waits)
	}
	if t.Exclusive && waits {
		e.nameGate(t, lane)
	}
}

// nameEntry names what becomes of an entry; waits tells that some handler of the task awaits.
func (e *emitter) nameEntry(x *entry, n *taskNames, lane *laneNames, waits bool) {
	t, m := x.task, lane.members
	handler, on := names.Upper(x.handler), names.Upper(x.on[len("on"):])
	gated := t.Exclusive && waits
	// What belongs to a key is done on the lane that has the key; what waits without a key, on the first.
	placed := t.Single || waits || keepsKeys(t)
	moved := x.ask != nil || t.Key == nil || movedTo(t)
	if t.Single || placed && moved {
		x.exchange = m.Take("to" + on)
	}
	x.hashed = t.Key != nil && (placed || len(x.asks) > 0)
	if x.ask != nil && (x.exchange != "" || t.Key != nil) {
		x.takes = m.Take(names.Lower(x.ask.Portal.Name) + "Request")
		if n.keyed != "" && x.exchange != "" && !t.Single && hasSimpleKey(x.ask.Portal) {
			x.keys = m.Take(names.Lower(x.ask.Portal.Name) + "Keys")
		}
	}
	if gated {
		x.enter = m.Take("enter" + on)
	}
	if x.machine == nil {
		return
	}
	x.frame = e.scope.Take(x.handler + "Frame")
	x.desc = e.scope.Take(x.frame + "Type")
	x.waiting = m.Take(x.handler + "Waiting")
	x.run = m.Take("run" + handler)
	if x.ask != nil {
		x.reply = m.Take(x.handler + "Reply")
	}
	if gated || n.listsFor(x) {
		x.after = m.Take("after" + handler)
	}
}

// handlers are what may run for one thing that enters: a handler, and the one for its failures.
func (x *entry) handlers() []*ir.Func {
	if x.ask == nil {
		return []*ir.Func{x.fn, x.task.OnError}
	}
	return []*ir.Func{x.fn}
}

// listed tells whether one of the handlers puts what it emits into the list.
func (n *taskNames) listed(handlers ...*ir.Func) bool {
	return n.out != "" && slices.ContainsFunc(handlers, n.lists)
}

// listsFor tells that of an entry's.
func (n *taskNames) listsFor(x *entry) bool {
	return n.listed(x.handlers()...)
}

// asksIn lists the portals that handlers ask, themselves or through helpers, in the order of the program. Functions that ask nothing
// are not looked into.
func (e *emitter) asksIn(handlers ...*ir.Func) []*ir.Portal {
	found, seen := map[*ir.Portal]bool{}, map[*ir.Func]bool{}
	var visit func(f *ir.Func)
	visit = func(f *ir.Func) {
		if f == nil || seen[f] {
			return
		}
		seen[f] = true
		ir.Inspect(f.Body, nil, func(x ir.Expr) {
			switch x := x.(type) {
			case *ir.Ask:
				found[x.Portal] = true
			case *ir.Call:
				if e.needs[x.Func]&needHash != 0 {
					visit(x.Func)
				}
			case *ir.FuncRef:
				if e.needs[x.Func]&needHash != 0 {
					visit(x.Func)
				}
			}
		})
	}
	for _, f := range handlers {
		visit(f)
	}
	return e.inOrder(found)
}

func (e *emitter) inOrder(found map[*ir.Portal]bool) []*ir.Portal {
	return slices.SortedFunc(maps.Keys(found), func(a, b *ir.Portal) int { return e.portals[a] - e.portals[b] })
}

// eventEntry is the entry of a task for events, or nil.
func (n *taskNames) eventEntry() *entry {
	if len(n.entries) > 0 && n.entries[0].ask == nil {
		return n.entries[0]
	}
	return nil
}

// what names the entry's handler in comments and in the store.
func (x *entry) what() string {
	if x.ask == nil {
		return "event"
	}
	return "ask " + x.ask.Portal.Name
}

// taken is the type of what an entry takes.
func (f *goFile) taken(x *entry) *jen.Statement {
	if x.ask == nil {
		return f.e.typ(x.task.In)
	}
	return ptl("Request").Types(f.e.typ(x.ask.Portal.Req))
}

// param is what the parameter with it is called, and field its name in a frame.
func (x *entry) param() string {
	if x.ask == nil {
		return "event"
	}
	return "r"
}

// keyType is the Go type of the task's key; Unit stands in for none where the runtime wants one.
func (f *goFile) keyType(t *ir.Task) *jen.Statement {
	if t.Key == nil {
		return ptl("Unit")
	}
	return f.e.typ(t.Key)
}

func (f *goFile) keyDesc(t *ir.Task) *jen.Statement {
	if t.Key == nil {
		return ptl("UnitType")
	}
	return f.e.desc(t.Key)
}

// place are the hash and key of the running handler as the runtime wants them.
func (x *entry) place() []jen.Code {
	if x.task.Key == nil {
		return []jen.Code{jen.Lit(0), ptl("Unit").Values()}
	}
	return []jen.Code{jen.Id("h"), jen.Id("key")}
}

// placeParams are the parameters for them; those that are not used have no name.
func (f *goFile) placeParams(t *ir.Task, hash, key bool) []jen.Code {
	name := func(used bool, name string) *jen.Statement {
		if !used || t.Key == nil {
			return jen.Id("_")
		}
		return jen.Id(name)
	}
	return []jen.Code{name(hash, "h").Uint64(), name(key, "key").Add(f.keyType(t))}
}

// entryParams are the parameters of an entry's on… and enter….
func (f *goFile) entryParams(x *entry, usesHash bool) []jen.Code {
	var out []jen.Code
	if x.hashed {
		h := "h"
		if !usesHash {
			h = "_"
		}
		out = append(out, jen.Id(h).Uint64())
	}
	if x.task.Key != nil {
		out = append(out, jen.Id("key").Add(f.e.typ(x.task.Key)))
	}
	return append(out, jen.Id(x.param()).Add(f.taken(x)))
}

// usesHash tells whether what an entry does at once needs the hash of the key.
func (f *goFile) usesHash(x *entry) bool {
	n := f.e.tasks[x.task]
	return n.keyed != "" || x.machine != nil || len(x.asks) > 0
}

// args are the arguments for entryParams.
func (x *entry) args() []jen.Code {
	var out []jen.Code
	if x.hashed {
		out = append(out, jen.Id("h"))
	}
	if x.task.Key != nil {
		out = append(out, jen.Id("key"))
	}
	return append(out, jen.Id(x.param()))
}

// entryFields prints what the entries of a task have in the lane.
func (f *goFile) entryFields(g *jen.Group, t *ir.Task) {
	n := f.e.tasks[t]
	for _, x := range n.entries {
		what := "events"
		if x.ask != nil {
			what = "requests of " + x.ask.Portal.Name
		}
		if x.exchange != "" {
			g.Id(x.exchange).Add(ptl("Exchange").Types(f.keyType(t), f.taken(x))).Comment(what + " on their way to " + t.Name)
		}
		if x.waiting != "" {
			g.Id(x.waiting).Add(ptl("Waiting").Types(f.keyType(t), jen.Id(x.frame))).Comment("handlers of " + t.Name + " that wait, `on " + x.what() + "`")
		}
		if x.reply != "" {
			g.Id(x.reply).Add(ptl("Option").Types(f.e.typ(x.ask.Portal.Rep))).Comment("what " + t.Name + "'s running handler has replied")
		}
	}
	if n.gate != nil {
		g.Id(n.gate.field).Add(f.gateType(t)).Comment("keeps the handlers of one key of " + t.Name + " apart")
	}
}

// receivers are the descriptions of the ways in for the runtime.
func (f *goFile) receivers(t *ir.Task) (event *jen.Statement, requests []jen.Code) {
	for _, x := range f.e.tasks[t].entries {
		if x.exchange == "" {
			continue
		}
		receive := "Receive"
		if t.Key == nil {
			receive = "ReceiveAll"
		}
		code := ptl(receive).Call(f.fieldOfLane(x.exchange, ptl("Exchange").Types(f.keyType(t), f.taken(x))), f.method(x.on))
		if x.ask == nil {
			event = code
		} else {
			requests = append(requests, jen.Line().Add(code))
		}
	}
	return event, requests
}

// entry prints the methods of an entry, and the user's handler.
func (f *goFile) entry(x *entry) {
	if x.takes != "" {
		f.takeRequest(x)
	}
	if x.keys != "" {
		f.keysOfRequests(x)
	}
	if x.enter != "" {
		f.gatedOn(x)
	}
	switch {
	case x.machine != nil:
		f.onAwaiting(x)
		f.runOn(x)
		f.afterwards(x)
		f.machineMethod(x)
	case x.ask != nil:
		f.onRequest(x)
		f.answerer(x)
	default:
		f.onEvent(x)
		f.handler(x.task, x.fn, x.handler, "`on event`", f.e.gets(x.fn))
	}
}

// body is the method in which an entry's work begins: on…, or behind a gate enter….
func (x *entry) body() string {
	if x.enter != "" {
		return x.enter
	}
	return x.on
}

// marks notes how much has been asked so far, for undo.
func (f *goFile) marks(g *jen.Group, x *entry) {
	for _, p := range x.asks {
		g.Id(x.mark(p)).Op(":=").Id("l").Dot(f.e.lanes[f.workflow].asks[p]).Dot("Mark").Call()
	}
}

func (x *entry) mark(p *ir.Portal) string {
	if len(x.asks) == 1 {
		return "asked"
	}
	return "asked" + names.Upper(p.Name)
}

// undo forgets what a failed handler has emitted, asked and replied.
func (f *goFile) undo(g *jen.Group, x *entry) {
	if f.e.tasks[x.task].listsFor(x) {
		f.empty(g, x.task)
	}
	for _, p := range x.asks {
		g.Id("l").Dot(f.e.lanes[f.workflow].asks[p]).Dot("Reset").Call(jen.Id(x.mark(p)))
	}
	if x.reply != "" {
		g.Id("l").Dot(x.reply).Op("=").Add(ptl("None").Types(f.e.typ(x.ask.Portal.Rep))).Call()
	}
}

// handlerArgs are what the user's handler gets of its task.
func (f *goFile) handlerArgs(x *entry) []jen.Code {
	return f.context(x.task, f.e.gets(x.fn), false)
}

// hash is the hash of the running key in the code of a handler or helper.
func (b *body) hash() *jen.Statement {
	switch {
	case b.task == nil || b.task.Key == nil:
		return jen.Lit(0)
	case b.hashless:
		return b.e.hash(b.task.Key, jen.Id("key"))
	}
	return jen.Id("h")
}
