package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
)

// checkReplies checks that an `on ask` replies exactly once on every path, but for those that end in `fail`.
//
// It walks the body in the order of evaluation with the set of numbers of replies that may have been made so far:
// none, or one. Branches join their sets; a loop is walked until its set grows no more, which takes two rounds at
// most. A path that leaves (return, fail, break) has the empty set. An await changes nothing: what waits goes on.
func (c *checker) checkReplies(h *ast.Handler, p *Portal) {
	r := &replies{checker: c, handler: h, portal: p, reported: map[ast.Node]bool{}}
	out := r.expr(h.Body, none)
	if out&none != 0 {
		end := h.Place
		if h.Body != nil {
			end = h.Body.Place
		}
		if end.Valid() && end.End > end.Start {
			end.Start = end.End - 1
		}
		r.missing(end, "the handler may end here without a reply")
	}
}

// counts is a set of numbers of replies.
type counts uint8

const (
	none counts = 1 << iota
	once
)

type replies struct {
	*checker
	handler  *ast.Handler
	portal   *Portal
	last     source.Span // a reply that has been walked over
	breaks   []*counts   // what leaves the loops around by break
	conts    []*counts   // and by continue
	reported map[ast.Node]bool
}

func (r *replies) missing(at source.Span, label string) {
	f := r.err("PTL0602", at, label, "this path does not reply")
	f.at(r.handler.Head.Place, "`%s` must be answered exactly once", r.portal.Name)
	if r.last.Valid() {
		f.at(r.last, "there is a reply here, but not on every path")
	}
	f.help("Reply on every path, or end it with `fail`, which fails the asker.")
}

func (r *replies) exprs(es []ast.Expr, in counts) counts {
	for _, e := range es {
		in = r.expr(e, in)
	}
	return in
}

// expr walks an expression and returns the set after it.
func (r *replies) expr(e ast.Expr, in counts) counts {
	if e == nil || in == 0 {
		return in
	}
	switch e := e.(type) {
	case *ast.Reply:
		return r.reply(e, r.expr(e.X, in))
	case *ast.Return:
		out := r.expr(e.X, in)
		if out&none != 0 && !r.reported[e] && e.X == nil { // a value is a mistake of its own
			r.reported[e] = true
			r.missing(e.Place, "the handler returns here without a reply")
		}
		return 0
	case *ast.Fail:
		r.expr(e.X, in)
		return 0
	case *ast.Break:
		leave(r.breaks, in)
		return 0
	case *ast.Continue:
		leave(r.conts, in)
		return 0
	case *ast.Block:
		if e == nil {
			return in
		}
		for _, s := range e.Stmts {
			in = r.stmt(s, in)
		}
		return in
	case *ast.If:
		in = r.expr(e.Cond, in)
		then := in
		if e.Then != nil {
			then = r.expr(e.Then, in)
		}
		return then | r.expr(e.Else, in)
	case *ast.Match:
		return r.match(e, r.expr(e.X, in))
	case *ast.Binary:
		in = r.expr(e.X, in)
		if e.Op == ast.And || e.Op == ast.Or || e.Op == ast.Coalesce {
			return in | r.expr(e.Y, in)
		}
		return r.expr(e.Y, in)
	case *ast.Lambda:
		return in // replies are refused there
	}
	return r.exprs(partsOf(e), in)
}

func (r *replies) reply(e *ast.Reply, in counts) counts {
	if in&once != 0 && !r.reported[e] {
		r.reported[e] = true
		f := r.err("PTL0603", e.Place, "a second reply", "this may reply a second time")
		if r.last.Valid() && r.last != e.Place {
			f.at(r.last, "there has been a reply here")
		} else {
			f.note("It stands in a loop.")
		}
		f.note("An ask gets exactly one reply.").
			help("End the path with `return` after the first reply, or put the second into an `else`.")
	}
	r.last = e.Place
	return once
}

func (r *replies) match(e *ast.Match, in counts) counts {
	var out counts
	for _, arm := range e.Arms {
		out |= r.stmt(arm.Body, r.expr(arm.Guard, in))
	}
	return out
}

func (r *replies) stmt(s ast.Stmt, in counts) counts {
	if in == 0 {
		return 0
	}
	switch s := s.(type) {
	case *ast.LetStmt:
		return r.expr(s.Value, in)
	case *ast.VarStmt:
		return r.expr(s.Value, in)
	case *ast.AssignStmt:
		return r.exprs([]ast.Expr{s.Value, s.Target}, in)
	case *ast.LogStmt:
		return r.expr(s.X, in)
	case *ast.ExprStmt:
		return r.expr(s.X, in)
	case *ast.ForStmt:
		return r.loop(nil, s.Body, r.expr(s.X, in))
	case *ast.WhileStmt:
		return r.loop(s.Cond, s.Body, in)
	}
	return in
}

// loop walks a loop that may run any number of times; with the condition `true` it is left by break only.
func (r *replies) loop(cond ast.Expr, body *ast.Block, in counts) counts {
	var broken, continued counts
	r.breaks, r.conts = append(r.breaks, &broken), append(r.conts, &continued)
	seen := counts(0)
	for in|seen != seen {
		seen |= in
		in = r.expr(cond, in)
		if body != nil {
			in = r.expr(body, in) | continued
		}
	}
	r.breaks, r.conts = r.breaks[:len(r.breaks)-1], r.conts[:len(r.conts)-1]
	if isTrue(cond) {
		return broken
	}
	return seen | broken
}

func leave(loops []*counts, in counts) {
	if n := len(loops); n > 0 {
		*loops[n-1] |= in
	}
}

// partsOf lists the expressions inside of one that has no control flow of its own, in the order of evaluation.
func partsOf(e ast.Expr) []ast.Expr {
	switch e := e.(type) {
	case *ast.StringLit:
		return e.Parts
	case *ast.ListLit:
		return e.Elems
	case *ast.MapLit:
		var out []ast.Expr
		for _, entry := range e.Entries {
			out = append(out, entry.Key, entry.Value)
		}
		return out
	case *ast.TupleLit:
		return e.Elems
	case *ast.Paren:
		return []ast.Expr{e.X}
	case *ast.Call:
		out := []ast.Expr{e.Fun}
		for _, a := range e.Args {
			out = append(out, a.Value)
		}
		return out
	case *ast.Field:
		return []ast.Expr{e.X}
	case *ast.Index:
		return []ast.Expr{e.X, e.Index}
	case *ast.Unary:
		return []ast.Expr{e.X}
	case *ast.Binary:
		return []ast.Expr{e.X, e.Y}
	case *ast.Ask:
		return []ast.Expr{e.Arg}
	case *ast.Await:
		return []ast.Expr{e.X, e.Within}
	case *ast.Try:
		return []ast.Expr{e.X}
	case *ast.Emit:
		return []ast.Expr{e.X}
	case *ast.Reply:
		return []ast.Expr{e.X}
	case *ast.Return:
		return []ast.Expr{e.X}
	case *ast.Fail:
		return []ast.Expr{e.X}
	}
	return nil
}
