package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/types"
)

// branches is what is wanted of the branches of an `if` or `match`: what is wanted of the whole, or, if nothing is,
// that they agree with the first that has a value.
type branches struct {
	w     want
	free  bool // the branches decide
	never bool // no branch so far has a value
}

func (b *body) branching(w want) *branches {
	br := &branches{w: w, never: true}
	if w.typ == nil && !w.discard {
		br.free = true
		br.w = wants(b.supply.Fresh(), because{})
	}
	return br
}

// took records that a branch at e has been checked and has type t.
func (br *branches) took(e ast.Node, t types.Type) {
	if types.Resolve(t) == types.Type(types.Never) {
		return
	}
	br.never = false
	if br.free && br.w.why.text == "" {
		br.w.why = because{e.Span(), "the first branch gives %s"}
	}
}

// result is the type of the whole.
func (br *branches) result() types.Type {
	switch {
	case br.never:
		return types.Never
	case br.w.discard:
		return types.Unit
	}
	return br.w.typ
}

func (b *body) ifExpr(e *ast.If, w want) types.Type {
	b.open()
	if e.Pattern != nil {
		t := b.expr(e.Cond, anything)
		b.pattern(e.Pattern, t, because{e.Cond.Span(), "this is %s"})
		b.later = append(b.later, func() { b.checkIfLet(e) })
	} else {
		b.expr(e.Cond, wants(types.Bool, because{text: "a condition is %s"}))
	}
	if e.Else == nil {
		defer b.close()
		return b.ifWithoutElse(e, w)
	}
	br := b.branching(w)
	if e.Then != nil {
		br.took(e.Then, b.expr(e.Then, br.w))
	}
	b.close() // what the pattern binds is not there in the other branch
	br.took(e.Else, b.expr(e.Else, br.w))
	return br.result()
}

func (b *body) ifWithoutElse(e *ast.If, w want) types.Type {
	if e.Then == nil {
		return types.Invalid
	}
	if w.discard || w.typ != nil && types.Assignable(types.Unit, w.typ) {
		b.expr(e.Then, discarded)
		return types.Unit
	}
	t := b.expr(e.Then, anything)
	if types.Resolve(t) == types.Type(types.Invalid) {
		return types.Invalid
	}
	f := b.err("PTL0301", e.Place, "no `else`", "an `if` without `else` has no value")
	f.because(w)
	f.help("Add an `else` with the value for the other case.")
	return types.Invalid
}

func (b *body) match(e *ast.Match, w want) types.Type {
	t := b.expr(e.X, anything)
	br := b.branching(w)
	for _, arm := range e.Arms {
		b.open()
		b.pattern(arm.Pattern, t, because{e.X.Span(), whatIsMatched})
		b.guard(arm.Guard)
		br.took(arm, b.arm(arm.Body, br.w))
		b.close()
	}
	b.later = append(b.later, func() { b.checkMatch(e) })
	if len(e.Arms) == 0 {
		return types.Invalid
	}
	return br.result()
}

func (b *body) guard(e ast.Expr) {
	if e == nil {
		return
	}
	b.guards++
	b.expr(e, wants(types.Bool, because{text: "a condition is %s"}))
	b.guards--
}

// arm checks the body of an arm: an expression, or a statement, which has no value.
func (b *body) arm(s ast.Stmt, w want) types.Type {
	if s, ok := s.(*ast.ExprStmt); ok {
		b.statement, _ = s.X.(*ast.Call)
		return b.expr(s.X, w)
	}
	t := b.stmt(s)
	if s != nil && w.typ != nil && !types.Assignable(t, w.typ) {
		b.err("PTL0301", s.Span(), "no value", "expected %s, found a statement", show(w.typ)).because(w).
			help("Every arm of this match must give a value.")
	}
	return t
}

// block checks the statements of a block; the last, if it is an expression, is its value.
func (b *body) block(e *ast.Block, w want) types.Type {
	b.open()
	defer b.close()
	var ended ast.Stmt // the statement after which nothing runs
	for i, s := range e.Stmts {
		if ended != nil && e.Stmts[i-1] == ended {
			b.unreachable(s, ended)
		}
		x, isExpr := s.(*ast.ExprStmt)
		if last := i == len(e.Stmts)-1; last && isExpr {
			b.statement, _ = x.X.(*ast.Call)
			return b.expr(x.X, w)
		}
		if t := b.stmt(s); ended == nil && types.Resolve(t) == types.Type(types.Never) {
			ended = s
		}
	}
	if ended != nil {
		return types.Never
	}
	if w.typ != nil && !types.Assignable(types.Unit, w.typ) {
		b.noValue(e, w)
		return w.typ
	}
	return types.Unit
}

// noValue reports a block that ends without the value that is wanted of it.
func (b *body) noValue(e *ast.Block, w want) {
	var last ast.Stmt
	if n := len(e.Stmts); n > 0 {
		last = e.Stmts[n-1]
	}
	if _, bad := last.(*ast.BadStmt); bad || last != nil && b.garbled[lineOf(last.Span())] {
		return
	}
	at := e.Place
	if at.Valid() && at.End > at.Start {
		at.Start = at.End - 1
	}
	f := b.err("PTL0301", at, "the block ends here without a value", "expected %s, found nothing", show(w.typ)).because(w)
	if len(e.Stmts) == 0 {
		for def, empty := range map[*types.Def]string{types.MapDef: "[:]", types.ListDef: "[]", types.SetDef: "Set()"} {
			if isNamed(w.typ, def) {
				f.help("`{}` is a block with nothing in it; the empty %s is `%s`.", def.Name, empty).edit(e.Place, empty)
				return
			}
		}
	}
	switch last.(type) {
	case *ast.LetStmt, *ast.VarStmt:
		f.help("A declaration has no value; name what it binds once more in the last line.")
	default:
		f.help("The last expression of a block is its value.")
	}
}

func (b *body) unreachable(s, after ast.Stmt) {
	b.warn("PTL0802", s.Span(), "never runs", "this can never run").at(after.Span(), "nothing goes on after this").
		help("Remove it, or move it before.")
}

// functionBlock checks the block of a function or lambda that must give what w wants.
func (b *body) functionBlock(e *ast.Block, w want) {
	if w.typ != nil && types.Resolve(w.typ) == types.Type(types.Unit) {
		w = discarded
	}
	b.expr(e, w)
}

func (b *body) returnExpr(e *ast.Return) types.Type {
	switch {
	case len(b.lambdas) > 0 || b.site == siteFun || b.site == siteHelper:
		b.returnValue(e)
	case b.site == siteHandler:
		if e.X != nil {
			b.expr(e.X, anything)
			f := b.err("PTL0312", e.X.Span(), "", "a handler returns no value")
			if b.handler.Kind == ast.OnAsk {
				f.help("To answer, write `reply`.")
			} else {
				f.help("To give an event to the task's output, write `emit`.")
			}
		}
	default:
		if e.X != nil {
			b.expr(e.X, anything)
		}
		b.err("PTL0312", e.Place, "", "there is nothing to return from here").help("`return` leaves a function or a handler.")
	}
	return types.Never
}

func (b *body) returnValue(e *ast.Return) {
	isUnit := b.result.typ == nil || types.Resolve(b.result.typ) == types.Type(types.Unit)
	switch {
	case e.X != nil:
		b.expr(e.X, b.result)
	case !isUnit && !types.Assignable(types.Unit, b.result.typ):
		b.err("PTL0301", e.Place, "no value", "expected %s, found nothing", show(b.result.typ)).because(b.result).
			help("Write the value after `return`.")
	}
}

// loop is a loop around the place that is checked.
type loop struct{ broken bool }

func (b *body) jump(e ast.Expr, word string) types.Type {
	if len(b.loops) == 0 {
		f := b.err("PTL0312", e.Span(), "", "`%s` stands outside of a loop", word)
		if len(b.lambdas) > 0 {
			f.note("A lambda cannot leave the loop around it.")
		}
	} else if word == "break" {
		b.loops[len(b.loops)-1].broken = true
	}
	return types.Never
}

func (b *body) inLoop(e *ast.Block) *loop {
	l := &loop{}
	b.loops = append(b.loops, l)
	if e != nil {
		b.expr(e, discarded)
	}
	b.loops = b.loops[:len(b.loops)-1]
	return l
}
