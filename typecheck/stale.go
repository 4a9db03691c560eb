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
// the same state, is what the warning is about. A condition is settled when the state is written before anything is
// awaited: that is how a handler locks others out. Early returns are not followed, to warn of little that is right.
func (c *checker) checkStale(t *Task, h *ast.Handler) {
	if h.Body == nil || !t.Awaits {
		return
	}
	s := &stale{checker: c, origins: map[*Local]origin{}, warned: map[ast.Node]bool{}}
	s.eval(h.Guard)
	s.eval(h.Body)
}

// origin is where a value comes from: for each state variable the earliest read that went into it.
type origin map[*StateVar]read

type read struct {
	awaits int // that had been passed
	at     source.Span
}

type stale struct {
	*checker
	origins    map[*Local]origin
	conditions []origin
	awaits     int
	lastAwait  source.Span
	warned     map[ast.Node]bool
}

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
			return s.origins[o]
		}
		return nil
	case *ast.Await:
		s.eval(e.X)
		s.eval(e.Within)
		s.awaits++
		s.lastAwait = e.Place // a reply is news, whatever was asked
		return nil
	case *ast.Lambda:
		return s.eval(e.Body)
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
	return from
}

// branches walks the ways that a condition leads to.
func (s *stale) branches(cond origin, ways ...func() origin) origin {
	s.conditions = append(s.conditions, join(origin{}, cond))
	before, awaits := s.origins, s.awaits
	after, most := map[*Local]origin{}, awaits
	var value origin
	for _, way := range ways {
		s.origins, s.awaits = map[*Local]origin{}, awaits
		for l, o := range before {
			s.origins[l] = o
		}
		value = join(value, way())
		for l, o := range s.origins {
			after[l] = join(after[l], o)
		}
		most = max(most, s.awaits)
	}
	s.origins, s.awaits = after, most
	s.conditions = s.conditions[:len(s.conditions)-1]
	return join(value, cond)
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
			s.origins[l] = s.eval(st.Value)
		}
	case *ast.AssignStmt:
		s.write(st.Target, s.eval(st.Value), st)
	case *ast.LogStmt:
		s.eval(st.X)
	case *ast.ExprStmt:
		return s.eval(st.X)
	case *ast.ForStmt:
		x := s.eval(st.X)
		for range 2 { // what one round reads, the next may write
			s.bind(st.Pattern, x)
			s.branches(x, func() origin { return s.eval(st.Body) }, func() origin { return nil })
		}
	case *ast.WhileStmt:
		for range 2 {
			s.branches(s.eval(st.Cond), func() origin { return s.eval(st.Body) }, func() origin { return nil })
		}
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
			s.origins[l] = from
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
			s.origins[o] = from
		} else {
			s.origins[o] = join(s.origins[o], from)
		}
	case *StateVar:
		if r, ok := from[o]; ok && r.awaits < s.awaits {
			s.warnStale(o, r, at, "the value comes from `"+o.Name+"` as read here")
		}
		for _, cond := range s.conditions {
			if r, ok := cond[o]; ok && r.awaits < s.awaits {
				s.warnStale(o, r, at, "this happens because of `"+o.Name+"` as read here")
			} else if ok {
				delete(cond, o) // written before anything was awaited: the condition is settled
			}
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
