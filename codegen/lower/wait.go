package lower

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
)

// ask lowers `ask p(e)`: a future, but in tests the reply.
func (b *body) ask(e *ast.Ask) ir.Expr {
	p := b.portal(b.info.Asks[e])
	ask := &ir.Ask{X: ir.X{At: e.Place}, Portal: p, Req: b.expr(e.Arg)}
	ask.T = b.types.make(ir.Future, "Future", []*ir.Type{p.Rep})
	if b.test == nil {
		return ask
	}
	b.test.asked(p)
	v := &ir.Var{Name: "reply", Type: p.Rep, Temp: true, Span: e.Place}
	b.add(&ir.Await{S: ir.S{At: e.Place}, Futures: []ir.Expr{ask}, Into: v})
	return local(v, e.Place)
}

// await lowers an await, which is a statement that defines a variable. e is the whole expression, with a `try` perhaps.
func (b *body) await(e ast.Expr, w *ast.Await, try bool) ir.Expr {
	s := &ir.Await{S: ir.S{At: e.Span()}, Try: try, Mode: [...]ir.AwaitMode{
		ast.AwaitOne: ir.AwaitOne, ast.AwaitAll: ir.AwaitAll, ast.AwaitAny: ir.AwaitAny,
	}[w.Mode]}
	operands := []ast.Expr{w.X}
	if tuple, ok := bare(w.X).(*ast.TupleLit); ok && w.Mode == ast.AwaitOne {
		operands, s.Mode = tuple.Elems, ir.AwaitEach
	}
	if w.Within != nil {
		operands = append(operands[:len(operands):len(operands)], w.Within)
	}
	xs := b.exprs(operands)
	if w.Within != nil {
		s.Within, xs = xs[len(xs)-1], xs[:len(xs)-1]
	}
	if xs[0].Type().Kind == ir.Tuple && s.Mode == ir.AwaitOne {
		xs, s.Mode = b.parts(xs[0]), ir.AwaitEach
	}
	s.Futures = xs
	s.Into = &ir.Var{Name: "reply", Type: b.typeOf(e), Temp: true, Span: e.Span()}
	b.add(s)
	return local(s.Into, e.Span())
}

// parts are the elements of a tuple.
func (b *body) parts(tuple ir.Expr) []ir.Expr {
	of := b.temp("futures", tuple)
	var out []ir.Expr
	for i, t := range tuple.Type().Elems {
		out = append(out, &ir.TupleGet{X: ir.X{T: t, At: tuple.Span()}, Of: of, Index: i})
	}
	return out
}
