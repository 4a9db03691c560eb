package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
)

// checkStale warns where a handler that may be overtaken reads state before an await and writes the same state after
// it on the strength of that read (PTL0803).
//
// It walks the handler in the order of evaluation and counts the awaits that it has passed. A value carries what state
// it comes from, and how many awaits had been passed when that was read; so does every condition that the place
// depends on, as far as it surrounds it. A write after further awaits, of a value or under a condition that comes from
// the same state, is what the warning is about. Where one way of a choice leaves the handler, what follows depends on the
// choice, too; where it leaves a round of a loop, so does the rest of the loop. A condition is settled when the state is
// written before anything is awaited: that is how a handler locks others out. A helper reads and writes what its body
// does.
//
// It runs when all bodies have been checked, since it looks into helpers.
func (c *checker) checkStale(t *Task, h *ast.Handler) {
	if h.Body == nil || !t.Awaits || t.Exclusive {
		return
	}
	s := &stale{checker: c, origins: newOrigins(nil), lingering: reads{}, rounds: []reads{{}}, walks: 1, warned: map[ast.Node]bool{}, helpers: map[*Fun]*touched{}}
	s.eval(h.Guard)
	s.eval(h.Body)
}

// checkStaleState looks at the handlers of all tasks.
func (c *checker) checkStaleState() {
	for _, h := range c.handlers {
		c.checkStale(h.task, h.handler)
	}
}

// origin is where a value comes from: for each state variable the earliest read that went into it.
type origin map[*StateVar]read

type read struct {
	awaits int // that had been passed
	at     source.Span
}

type stale struct {
	*checker
	origins    *origins
	conditions []origin // of the choices around
	lingering  reads    // of choices that some way has left the handler from
	rounds     []reads  // of choices that some way has left a round from, of each loop around
	walks      int      // how often this place is walked, for the loops around
	left       leaving  // how the way that is being walked has ended
	awaits     int
	lastAwait  source.Span
	warned     map[ast.Node]bool
	helpers    map[*Fun]*touched
}

// origins are where the values of locals come from, as far as that was found out on the way that is being walked; outer is where it began.
type origins struct {
	outer *origins
	own   map[*Local]origin
}

func newOrigins(outer *origins) *origins { return &origins{outer, map[*Local]origin{}} }

func (o *origins) of(l *Local) origin {
	for ; o != nil; o = o.outer {
		if from, ok := o.own[l]; ok {
			return from
		}
	}
	return nil
}

// reads are what choices depend on that lie behind, for each state in the order of the choices.
type reads map[*StateVar][]read

func (rs reads) add(cond origin) {
	for v, r := range cond {
		rs[v] = append(rs[v], r)
	}
}

// before is the first read of a state that awaits were passed after, if there is one. It forgets the reads that a write of the state
// settles, and those that will never tell more than one before them.
func (rs reads) before(v *StateVar, awaits int) (first read, ok bool) {
	kept := rs[v][:0]
	for _, r := range rs[v] {
		if r.awaits < awaits && (len(kept) == 0 || r.awaits < kept[len(kept)-1].awaits) {
			kept = append(kept, r)
		}
	}
	if len(kept) == 0 {
		delete(rs, v)
		return read{}, false
	}
	rs[v] = kept
	return kept[0], true
}

// leaving says how a way through a handler ends.
type leaving int

const (
	goesOn leaving = iota
	leavesRound
	leavesHandler
)

// touched is the state that a helper reads and writes, itself or by others that it calls.
type touched struct{ reads, writes []*StateVar }

// join adds what comes from b to a.
func join(a, b origin) origin {
	if len(b) == 0 {
		return a
	}
	out := origin{}
	for s, r := range a {
		out[s] = r
	}
	for s, r := range b {
		if have, ok := out[s]; !ok || r.awaits < have.awaits {
			out[s] = r
		}
	}
	return out
}

// eval walks an expression and returns where its value comes from.
func (s *stale) eval(e ast.Expr) origin {
	switch e := e.(type) {
	case nil:
		return nil
	case *ast.Ident:
		switch o := s.info.Uses[e].(type) {
		case *StateVar:
			return origin{o: {s.awaits, e.Place}}
		case *Local:
			return s.origins.of(o)
		}
		return nil
	case *ast.Await:
		s.eval(e.X)
		s.eval(e.Within)
		s.awaits++
		s.lastAwait = e.Place // a reply is news, whatever was asked
		return nil
	case *ast.Return:
		s.eval(e.X)
		s.left = leavesHandler
		return nil
	case *ast.Fail:
		s.eval(e.X)
		s.left = leavesHandler
		return nil
	case *ast.Break, *ast.Continue:
		s.left = max(s.left, leavesRound)
		return nil
	case *ast.Lambda:
		left := s.left // a `return` in it leaves the lambda
		from := s.eval(e.Body)
		s.left = left
		return from
	case *ast.Block:
		if e == nil {
			return nil
		}
		var value origin
		for _, st := range e.Stmts {
			value = s.stmt(st)
		}
		return value
	case *ast.If:
		cond := s.eval(e.Cond)
		s.bind(e.Pattern, cond)
		return s.branches(cond, func() origin { return s.eval(e.Then) }, func() origin { return s.eval(e.Else) })
	case *ast.Match:
		return s.match(e)
	case *ast.Call:
		return s.call(e)
	}
	var from origin
	for _, part := range partsOf(e) {
		from = join(from, s.eval(part))
	}
	return from
}

// call walks a call; a mutating method writes to its receiver.
func (s *stale) call(e *ast.Call) origin {
	var from origin
	field, isField := e.Fun.(*ast.Field)
	call := s.info.Calls[e]
	mutates := isField && call != nil && call.Mutates
	if !mutates {
		from = s.eval(e.Fun)
	}
	for _, a := range e.Args {
		from = join(from, s.eval(a.Value))
	}
	if mutates {
		s.write(field.X, from, e)
	}
	if call != nil && call.Fun != nil && call.Fun.Task != nil {
		t := s.touches(call.Fun)
		for _, v := range t.writes {
			s.writeState(v, from, e)
		}
		for _, v := range t.reads {
			from = join(from, origin{v: {s.awaits, e.Place}})
		}
	}
	return from
}

// touches finds out what state a helper reads and writes.
func (s *stale) touches(f *Fun) *touched {
	if t := s.helpers[f]; t != nil {
		return t
	}
	t := &touched{}
	s.helpers[f] = t // for helpers that call each other
	written := map[ast.Node]bool{}
	write := func(target ast.Expr) {
		if root := rootOf(target); root != nil {
			if v, ok := s.info.Uses[root].(*StateVar); ok {
				t.writes = append(t.writes, v)
				written[root] = true
			}
		}
	}
	ast.Inspect(f.Decl, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			write(n.Target)
		case *ast.Call:
			call := s.info.Calls[n]
			if field, ok := n.Fun.(*ast.Field); ok && call != nil && call.Mutates {
				write(field.X)
			}
			if call != nil && call.Fun != nil && call.Fun.Task != nil {
				inner := s.touches(call.Fun)
				t.reads, t.writes = append(t.reads, inner.reads...), append(t.writes, inner.writes...)
			}
		case *ast.Ident:
			if v, ok := s.info.Uses[n].(*StateVar); ok && !written[n] {
				t.reads = append(t.reads, v)
			}
		}
		return true
	})
	return t
}

// branches walks the ways that a condition leads to.
func (s *stale) branches(cond origin, ways ...func() origin) origin {
	own := join(origin{}, cond)
	s.conditions = append(s.conditions, own)
	before, awaits, left := s.origins, s.awaits, s.left
	var after []*origins // of the ways that go on behind the choice
	most := awaits
	var value origin
	least, furthest := leavesHandler, goesOn
	for _, way := range ways {
		s.origins, s.awaits, s.left = newOrigins(before), awaits, goesOn
		v := way()
		least, furthest = min(least, s.left), max(furthest, s.left)
		if s.left == goesOn {
			value = join(value, v)
			after = append(after, s.origins)
			most = max(most, s.awaits)
		}
	}
	switch furthest {
	case leavesHandler:
		s.lingering.add(own)
	case leavesRound:
		s.rounds[len(s.rounds)-1].add(own)
	}
	s.origins, s.awaits, s.left = before.joined(after), most, max(left, least)
	s.conditions = s.conditions[:len(s.conditions)-1]
	return join(value, cond)
}

// joined is o behind a choice, with what the ways say that begin at o.
func (o *origins) joined(ways []*origins) *origins {
	found := map[*Local]origin{}
	for _, way := range ways {
		for l := range way.own {
			if _, known := found[l]; known {
				continue
			}
			var from origin
			for _, w := range ways {
				from = join(from, w.of(l))
			}
			found[l] = from
		}
	}
	for l, from := range found {
		o.own[l] = from
	}
	return o
}

// mostWalks is how often the body of a loop is walked at most: three loops in each other are walked twice each.
const mostWalks = 8

// loop walks a loop twice, for what one round reads, the next may write. A loop within many others is walked twice by these.
func (s *stale) loop(round func()) {
	walks, left := s.walks, s.left
	s.rounds = append(s.rounds, reads{})
	times := min(2, mostWalks/walks)
	s.walks *= times
	for range times {
		round()
	}
	s.rounds, s.walks, s.left = s.rounds[:len(s.rounds)-1], walks, left
}

func (s *stale) match(e *ast.Match) origin {
	x := s.eval(e.X)
	var ways []func() origin
	for _, arm := range e.Arms {
		ways = append(ways, func() origin {
			s.bind(arm.Pattern, x)
			s.eval(arm.Guard)
			return s.stmt(arm.Body)
		})
	}
	return s.branches(x, ways...)
}

func (s *stale) stmt(st ast.Stmt) origin {
	switch st := st.(type) {
	case *ast.LetStmt:
		s.bind(st.Pattern, s.eval(st.Value))
	case *ast.VarStmt:
		if l := s.info.Bindings[st]; l != nil {
			s.origins.own[l] = s.eval(st.Value)
		}
	case *ast.AssignStmt:
		s.write(st.Target, s.eval(st.Value), st)
	case *ast.LogStmt:
		s.eval(st.X)
	case *ast.ExprStmt:
		return s.eval(st.X)
	case *ast.ForStmt:
		x := s.eval(st.X)
		s.loop(func() {
			s.bind(st.Pattern, x)
			s.branches(x, func() origin { return s.eval(st.Body) }, func() origin { return nil })
		})
	case *ast.WhileStmt:
		s.loop(func() {
			s.branches(s.eval(st.Cond), func() origin { return s.eval(st.Body) }, func() origin { return nil })
		})
	}
	return nil
}

// bind gives the names of a pattern the origin of the value that it takes apart.
func (s *stale) bind(p ast.Pattern, from origin) {
	if p == nil {
		return
	}
	ast.Inspect(p, func(n ast.Node) bool {
		if l := s.info.Bindings[n]; l != nil {
			s.origins.own[l] = from
		}
		return true
	})
}

// write walks a write to a place.
func (s *stale) write(target ast.Expr, from origin, at ast.Node) {
	if i, ok := target.(*ast.Index); ok {
		from = join(from, s.eval(i.Index))
	}
	root := rootOf(target)
	if root == nil {
		return
	}
	switch o := s.info.Uses[root].(type) {
	case *Local:
		if _, whole := target.(*ast.Ident); whole {
			s.origins.own[o] = from
		} else {
			s.origins.own[o] = join(s.origins.of(o), from)
		}
	case *StateVar:
		s.writeState(o, from, at)
	}
}

// writeState walks a write to a state variable of a value that comes from somewhere.
func (s *stale) writeState(v *StateVar, from origin, at ast.Node) {
	if r, ok := from[v]; ok && r.awaits < s.awaits {
		s.warnStale(v, r, at, "the value comes from `"+v.Name+"` as read here")
	}
	because := "this happens because of `" + v.Name + "` as read here"
	for _, cond := range s.conditions {
		if r, ok := cond[v]; ok && r.awaits < s.awaits {
			s.warnStale(v, r, at, because)
		} else if ok {
			delete(cond, v) // written before anything was awaited: the condition is settled
		}
	}
	for _, rs := range append(s.rounds[:len(s.rounds):len(s.rounds)], s.lingering) {
		if r, ok := rs.before(v, s.awaits); ok {
			s.warnStale(v, r, at, because)
		}
	}
}

func (s *stale) warnStale(v *StateVar, r read, at ast.Node, label string) {
	if s.warned[at] {
		return
	}
	s.warned[at] = true
	s.warn("PTL0803", at.Span(), "written after an `await`", "`%s` may have changed since it was read", v.Name).
		at(r.at, "%s", label).at(s.lastAwait, "other events of the key may run here").
		note("While a handler waits, other events of its key may run and change its state.").
		help("Make the task `exclusive`, so that they wait; or read `%s` again after the `await`. "+
			"If it is right as it is, write `// allow PTL0803: reason` on the line before.", v.Name)
}
