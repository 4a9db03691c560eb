package lower

import (
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/ir"
)

// effect says what evaluating something does that can be observed, or depends on. Zero is a value that is the same
// whenever it is evaluated.
type effect uint8

const (
	readsVar   effect = 1 << iota // a variable that can change
	readsState                    // a state
	writesVar
	writesState
	fails
	acts // asks, emits, draws a random number, calls Go, logs, leaves the block: its order counts

	// visible is what may not change places with its like. Writing a variable may: if something fails, nobody reads it.
	visible = writesState | fails | acts
)

// effectOf is the effect of evaluating x, by the effects of the functions that it calls.
func effectOf(calls map[*ir.Func]effect, x ir.Expr) effect {
	var sum effect
	ir.InspectExpr(x, func(s ir.Stmt) { sum |= ofStmt(s) }, func(x ir.Expr) { sum |= ofExpr(calls, x) })
	return sum
}

// effectOfAll is the effect of running statements.
func effectOfAll(calls map[*ir.Func]effect, body []ir.Stmt) effect {
	var sum effect
	ir.Inspect(body, func(s ir.Stmt) { sum |= ofStmt(s) }, func(x ir.Expr) { sum |= ofExpr(calls, x) })
	return sum
}

func ofStmt(s ir.Stmt) effect {
	switch s := s.(type) {
	case *ir.Assign:
		return ofWrite(s.Place)
	case *ir.Mutate:
		return ofWrite(s.Place) | fails
	case *ir.Return, *ir.Break, *ir.Continue, *ir.Emit, *ir.Reply, *ir.Log, *ir.Send, *ir.Next, *ir.Out:
		return acts
	case *ir.Fail:
		return fails | acts
	case *ir.Await:
		return acts | fails | writesState // other events may run meanwhile
	case *ir.Loop:
		return acts // it may not end
	}
	return 0
}

func ofWrite(place ir.Expr) effect {
	if _, ok := ir.Root(place).(*ir.State); ok {
		return writesState
	}
	return writesVar
}

func ofExpr(calls map[*ir.Func]effect, x ir.Expr) effect {
	switch x := x.(type) {
	case *ir.Local:
		if x.Var.Mutable {
			return readsVar
		}
	case *ir.State:
		return readsState
	case *ir.Operate:
		if x.Op <= ir.Rem || x.Op == ir.Neg {
			return arithmetic(x.A.Type())
		}
	case *ir.Call:
		switch {
		case x.Func != nil:
			return calls[x.Func] | fails
		case x.Extern != nil:
			return fails | acts
		}
		return fails | acts | readsState | writesState
	case *ir.FuncRef:
		return calls[x.Func] | fails
	case *ir.Builtin:
		return ofBuiltin(x)
	case *ir.Ask:
		return acts
	}
	return 0
}

// arithmetic on Float never fails.
func arithmetic(t *ir.Type) effect {
	if t.Kind == ir.Float {
		return 0
	}
	return fails
}

func ofBuiltin(x *ir.Builtin) effect {
	switch e := builtin.Named(x.Name); {
	case x.Name == "random" || x.Name == "uuid":
		return acts | fails
	case e != nil && e.Fails:
		return fails
	}
	return 0
}

// operands lowers n expressions that are evaluated one after the other and then used together, in whatever way Go
// evaluates them. Those of whom that would show are bound to variables.
func (b *body) operands(n int, lower func(i int) ir.Expr) []ir.Expr {
	xs, ends, start := make([]ir.Expr, n), make([]int, n), len(b.out)
	for i := range n {
		xs[i] = lower(i)
		ends[i] = len(b.out)
	}
	bound, binds := make([]ir.Stmt, n), false
	behind := &later{effects: b.effects}
	for i := n - 1; i >= 0; i-- {
		if behind.disturbs(xs[i]) {
			v := &ir.Var{Name: "value", Type: xs[i].Type(), Temp: true, Span: xs[i].Span()}
			bound[i] = &ir.Define{S: ir.S{At: v.Span}, Var: v, Init: b.own(xs[i])}
			behind.runs(bound[i : i+1])
			xs[i], binds = local(v, v.Span), true
		}
		behind.evaluates(xs[i])
		if i > 0 {
			behind.runs(b.out[ends[i-1]:ends[i]])
		}
	}
	if !binds {
		return xs
	}
	out := b.out[:start:start]
	for i, end := range ends {
		out = append(out, b.out[start:end]...)
		if bound[i] != nil {
			out = append(out, bound[i])
		}
		start = end
	}
	b.out = out
	return xs
}

// later is what is done after something else: statements run, and expressions are evaluated in no order with it.
type later struct {
	effects      map[*ir.Func]effect
	stmts, exprs effect
	written      map[*ir.Var]bool // by the statements
}

func (l *later) runs(stmts []ir.Stmt) {
	l.stmts |= effectOfAll(l.effects, stmts)
	ir.Inspect(stmts, func(s ir.Stmt) {
		if v, ok := written(s).(*ir.Local); ok {
			if l.written == nil {
				l.written = map[*ir.Var]bool{}
			}
			l.written[v.Var] = true
		}
	}, nil)
}

func (l *later) evaluates(x ir.Expr) { l.exprs |= effectOf(l.effects, x) }

// disturbs tells whether it would show if x were evaluated after the statements, and in no order with the expressions,
// rather than before all of these. Go evaluates calls in order, but reads variables whenever it likes.
func (l *later) disturbs(x ir.Expr) bool {
	mine := effectOf(l.effects, x)
	switch {
	case mine&visible != 0 && l.stmts&visible != 0:
		return true
	case mine&readsVar != 0 && len(l.written) > 0 && l.writesWhatIsReadBy(x):
		return true
	case mine&readsState != 0 && (l.stmts|l.exprs)&writesState != 0:
		return true
	case mine&writesState != 0 && (l.stmts|l.exprs)&readsState != 0:
		return true
	}
	return false
}

// writesWhatIsReadBy tells whether the statements change a variable that x reads.
func (l *later) writesWhatIsReadBy(x ir.Expr) bool {
	found := false
	ir.InspectExpr(x, nil, func(y ir.Expr) {
		if v, ok := y.(*ir.Local); ok && v.Var.Mutable && l.written[v.Var] {
			found = true
		}
	})
	return found
}

// written is the variable or state that s changes, or nil.
func written(s ir.Stmt) ir.Expr {
	switch s := s.(type) {
	case *ir.Assign:
		return ir.Root(s.Place)
	case *ir.Mutate:
		return ir.Root(s.Place)
	}
	return nil
}
