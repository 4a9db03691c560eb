package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

// taskNames are the Go names of what a use of a task is made of: fields and methods of its workflow's lane.
type taskNames struct {
	base    string   // `total`
	entries []*entry // the ways into it: `on event` first, then `on ask`
	gate    *gateNames

	keyed, keyedType, keyedDesc    string // field, struct and descriptor of the state per key
	shared, sharedType, sharedDesc string
	states                         map[*ir.StateVar]string // fields of the structs
	out                            string                  // field: what the running handler has emitted; "" for none
	gives                          map[*ir.Func][]ir.Stmt  // handlers that return what they emit: their code
	params                         map[*ir.TaskParam]string
	helpers                        map[*ir.Func]string
	handlers                       []string // all methods with the user's code

	perKey, onPerKey     string
	atom, onAtom         string
	complete, onComplete string
	failed               string
}

func (e *emitter) nameTask(t *ir.Task, lane *laneNames) {
	m := lane.members
	n := &taskNames{base: lane.tasks.Take(names.Lower(t.Name)), states: map[*ir.StateVar]string{}, params: map[*ir.TaskParam]string{}, helpers: map[*ir.Func]string{}, gives: map[*ir.Func][]ir.Stmt{}}
	e.tasks[t] = n
	title := names.Upper(n.base)
	// A field is called as its task, unless that is the name of a stream.
	field := func(suffix string) string {
		if m.Free(n.base) {
			suffix = ""
		}
		return m.Take(n.base + suffix)
	}
	if t.After != nil {
		e.after[t.After] = t
	}
	if keepsKeys(t) {
		n.keyed, n.keyedType = field("State"), e.scope.Take(n.base+"State")
		n.keyedDesc = e.scope.Take(n.keyedType + "Type")
		e.nameStates(n, t.State)
	}
	if len(t.Shared) > 0 {
		n.shared, n.sharedType = field("Shared"), e.scope.Take(n.base+"Shared")
		n.sharedDesc = e.scope.Take(n.sharedType + "Type")
		e.nameStates(n, t.Shared)
	}
	for _, p := range t.Params {
		n.params[p] = m.Take(n.base + names.Upper(p.Var.Name))
	}
	e.nameEmits(t, lane)
	e.nameEntries(t, lane)
	for _, h := range t.Helpers {
		n.helpers[h] = m.Take(n.base + names.Upper(h.Name))
	}
	pair := func(f *ir.Func, what string) (user, own string) {
		if f == nil {
			return "", ""
		}
		return m.Take(n.base + what), m.Take("on" + title + what)
	}
	n.perKey, n.onPerKey = pair(t.PerKey, "PerKey")
	n.atom, n.onAtom = pair(t.OnAtom, "Atom")
	n.complete, n.onComplete = pair(t.Complete, "Complete")
	if t.OnError != nil {
		n.failed = m.Take(n.base + "Error")
	}
	for _, x := range n.entries {
		n.handlers = append(n.handlers, x.handler)
	}
	for _, name := range []string{n.perKey, n.atom, n.complete, n.failed} {
		if name != "" {
			n.handlers = append(n.handlers, name)
		}
	}
	for _, h := range t.Helpers {
		n.handlers = append(n.handlers, n.helpers[h])
	}
}

func (e *emitter) nameStates(n *taskNames, states []*ir.StateVar) {
	fields := names.NewScope()
	for _, v := range states {
		n.states[v] = fields.Take(names.Lower(v.Name))
	}
}

// movedTo tells whether events may come to a task from other lanes.
func movedTo(t *ir.Task) bool {
	moved := false
	for _, s := range t.Workflow.Segments {
		ir.Inspect(s.Body, func(s ir.Stmt) {
			if send, ok := s.(*ir.Send); ok && send.Task == t && send.Moved {
				moved = true
			}
		}, nil)
	}
	return moved
}

// emitsIn tells whether a handler emits, or a helper that it calls.
func emitsIn(f *ir.Func) bool {
	seen := map[*ir.Func]bool{}
	var visit func(f *ir.Func) bool
	visit = func(f *ir.Func) bool {
		if f == nil || seen[f] {
			return false
		}
		seen[f] = true
		found := false
		ir.Inspect(f.Body, func(s ir.Stmt) {
			if _, ok := s.(*ir.Emit); ok {
				found = true
			}
		}, func(x ir.Expr) {
			if c, ok := x.(*ir.Call); ok && c.Func != nil && c.Func.Task != nil {
				found = visit(c.Func) || found
			}
		})
		return found
	}
	return visit(f)
}

// taskFields prints what a task has in the lane.
func (f *goFile) taskFields(g *jen.Group, t *ir.Task) {
	e, n := f.e, f.e.tasks[t]
	if n.keyed != "" {
		g.Id(n.keyed).Add(ptl("Keyed").Types(e.typ(t.Key), jen.Id(n.keyedType))).Comment("state per key of " + t.Name)
	}
	if n.shared != "" {
		g.Id(n.shared).Add(ptl("Single").Types(jen.Id(n.sharedType))).Comment("shared state of " + t.Name)
	}
	f.entryFields(g, t)
	if n.out != "" {
		g.Id(n.out).Index().Add(e.typ(t.Out)).Comment("what " + t.Name + "'s running handler has emitted")
	}
	for _, p := range t.Params {
		g.Id(n.params[p]).Add(e.typ(p.Var.Type))
	}
}

// addTask prints the description of a task for the runtime.
func (f *goFile) addTask(g *jen.Group, t *ir.Task) {
	n, lane := f.e.tasks[t], f.e.lanes[f.workflow]
	var fields []jen.Code
	add := func(name string, value *jen.Statement) {
		fields = append(fields, jen.Line().Id(name).Op(":").Add(value))
	}
	add("Name", jen.Lit(t.Name))
	if t.Was != "" {
		add("Was", jen.Lit(t.Was))
	}
	if t.Keys != "" {
		add("Keys", jen.Lit(t.Keys))
	}
	if t.Span.Valid() {
		add("Place", jen.Lit(f.e.place(t.Span)))
	}
	if len(n.handlers) > 0 {
		handlers := make([]jen.Code, len(n.handlers))
		for i, h := range n.handlers {
			handlers[i] = jen.Lit(h)
		}
		add("Handlers", jen.Index().String().Values(handlers...))
	}
	if t.Single {
		add("Single", jen.True())
	}
	if n.keyed != "" {
		perKey := jen.Nil()
		if n.onPerKey != "" {
			perKey = f.method(n.onPerKey)
		}
		at := f.fieldOfLane(n.keyed, ptl("Keyed").Types(f.e.typ(t.Key), jen.Id(n.keyedType)))
		add("State", ptl("KeyedState").Call(jen.Lit(t.Name), at, f.e.desc(t.Key), f.stateDescriptor(t.State, n, n.keyedType, n.keyedDesc), perKey))
	}
	if n.shared != "" {
		at := f.fieldOfLane(n.shared, ptl("Single").Types(jen.Id(n.sharedType)))
		add("Shared", ptl("SingleState").Call(jen.Lit(t.Name), at, f.stateDescriptor(t.Shared, n, n.sharedType, n.sharedDesc)))
	}
	event, requests := f.receivers(t)
	if event != nil {
		add("Receive", event)
	}
	if len(requests) > 0 {
		add("Requests", jen.Index().Op("*").Add(ptl("Receiver").Types(jen.Op("*").Id(lane.typ))).Values(append(requests, jen.Line())...))
	}
	if f.waits(t) {
		add("Waiting", jen.Index().Op("*").Add(ptl("StateSlot").Types(jen.Op("*").Id(lane.typ))).ValuesFunc(func(g *jen.Group) { f.waitingSlots(g, t) }))
	}
	if n.onAtom != "" {
		add("OnAtom", f.method(n.onAtom))
	}
	if n.onComplete != "" {
		add("Complete", f.method(n.onComplete))
	}
	fields = append(fields, jen.Line())
	g.Add(ptl("AddTask")).Call(jen.Id("w"), jen.Op("&").Add(ptl("Task").Types(jen.Op("*").Id(lane.typ))).Values(fields...))
}

// task prints the methods of a task: the one that gives it an event, its handlers and helpers, what runs at barriers,
// and the segment that takes what it emits.
func (f *goFile) task(t *ir.Task) {
	n := f.e.tasks[t]
	for _, x := range n.entries {
		f.entry(x)
	}
	f.enterParked(t)
	if t.OnError != nil {
		f.handler(t, t.OnError, n.failed, "`on error`", f.e.gets(t.OnError))
	}
	for _, h := range t.Helpers {
		f.helper(t, h)
	}
	if t.PerKey != nil {
		f.onPerKey(t)
		f.handler(t, t.PerKey, n.perKey, "`on atom per key`", withKey|withState|withShared)
	}
	if t.OnAtom != nil {
		f.onBarrier(t)
		f.handler(t, t.OnAtom, n.atom, "`on atom`", withShared)
	}
	if t.Complete != nil {
		f.onCompletion(t)
		f.handler(t, t.Complete, n.complete, "`on complete`", withShared)
	}
	if t.After != nil && f.e.after[t.After] == t { // the tasks of one `steps` have the same segment behind them
		f.segment(t.After)
	}
}

// given says what a handler gets of what its task has.
type given int

const (
	withKey given = 1 << iota
	withState
	withShared
	withHash
)

// gets is what the handler of an event, request or failure gets: the hash of its key only if it asks.
func (e *emitter) gets(fn *ir.Func) given {
	get := withKey | withState | withShared
	if len(e.asksIn(fn)) > 0 {
		get |= withHash
	}
	return get
}

// context lists the parameters by which handlers and helpers get at key and state; as arguments without types.
func (f *goFile) context(t *ir.Task, what given, typed bool) []jen.Code {
	n := f.e.tasks[t]
	var out []jen.Code
	add := func(name string, typ *jen.Statement) {
		if typed {
			out = append(out, jen.Id(name).Add(typ))
			return
		}
		out = append(out, jen.Id(name))
	}
	if what&withHash != 0 && t.Key != nil {
		add("h", jen.Uint64())
	}
	if what&withKey != 0 && t.Key != nil {
		add("key", f.e.typ(t.Key))
	}
	if what&withState != 0 && n.keyed != "" {
		add("s", jen.Op("*").Id(n.keyedType))
	}
	if what&withShared != 0 && n.shared != "" {
		add("sh", jen.Op("*").Id(n.sharedType))
	}
	return out
}

// handler prints a method with the user's code of a handler.
func (f *goFile) handler(t *ir.Task, fn *ir.Func, name, what string, get given) {
	b := f.taskBody(t, fn)
	b.hashless = get&withHash == 0
	params := append(f.context(t, get, true), b.params(fn.Params)...)
	list, result, of := fn.Body, jen.Null(), t.Name
	if gives := f.e.tasks[t].gives[fn]; gives != nil {
		list, b.result, result = gives, t.Out, f.e.result(t.Out)
		of += ", and returns what it emits"
	}
	f.declare(doc(fmt.Sprintf("%s is %s of %s.", name, what, of), fn.Doc), fn.Span)
	f.on(name).Params(params...).Add(result).BlockFunc(func(g *jen.Group) { b.function(g, list) })
}

// helper prints a `fun` of a task.
func (f *goFile) helper(t *ir.Task, fn *ir.Func) {
	n := f.e.tasks[t]
	b := f.taskBody(t, fn)
	b.result = fn.Result
	var get given
	for need, g := range map[need]given{needKey: withKey, needState: withState, needShared: withShared, needHash: withHash} {
		if f.e.needs[fn]&need != 0 {
			get |= g
		}
	}
	params := append(f.context(t, get, true), b.params(fn.Params)...)
	f.declare(doc(fmt.Sprintf("%s is `fun %s` of %s.", n.helpers[fn], fn.Name, t.Name), fn.Doc), fn.Span)
	f.on(n.helpers[fn]).Params(params...).Add(f.e.result(fn.Result)).BlockFunc(func(g *jen.Group) { b.function(g, fn.Body) })
}

// given are the names of what the code of a task is given.
func (n *taskNames) given(t *ir.Task) []string {
	names := []string{"l"}
	if n.keyed != "" {
		names = append(names, "s")
	}
	if n.shared != "" {
		names = append(names, "sh")
	}
	if t.Key != nil {
		names = append(names, "h", "key")
	}
	return names
}

func (f *goFile) taskBody(t *ir.Task, fn *ir.Func) *body {
	b := f.newBody(fn.Body, f.e.tasks[t].given(t)...)
	b.at, b.lane, b.task, b.own = fn.Span, laneMethod, t, f.e.tasks[t]
	return b
}
