package lower

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// giving says where the value of an expression goes. An `if` hands it on to its branches, so that each of them assigns
// or returns by itself.
type giving struct {
	to    givingTo
	v     *ir.Var   // giveVar
	label *ir.Label // of `return` in a lambda that was inlined: what it leaves
}

type givingTo int

const (
	giveNowhere givingTo = iota // the expression stands for its effect
	giveVar                     // to a variable that has been declared
	giveBack                    // the function returns it
)

// back is where the value of a function's body goes. What stands at the end of a function without a result is there for
// its effect.
func back(result *ir.Type) giving {
	if result.Kind == ir.Unit {
		return giving{}
	}
	return giving{to: giveBack}
}

// into lowers e and gives its value to g.
func (b *body) into(g giving, e ast.Expr) {
	switch e := e.(type) {
	case *ast.Paren:
		b.into(g, e.X)
	case *ast.Block:
		b.blockInto(g, e)
	case *ast.If:
		b.ifInto(g, e)
	case *ast.Match:
		b.matchInto(g, e)
	default:
		x := b.expr(e)
		b.give(g, x)
	}
}

// give adds the statement that takes the value x to g.
func (b *body) give(g giving, x ir.Expr) {
	at := ir.S{At: x.Span()}
	unit := x.Type().Kind == ir.Unit
	switch {
	case b.ended:
	case g.to == giveVar && !unit:
		b.add(&ir.Assign{S: at, Place: local(g.v, x.Span()), Value: x})
	case g.to == giveBack && !unit:
		b.add(&ir.Return{S: at, Value: x})
	default:
		if _, variable := x.(*ir.Local); !variable && effectOf(b.effects, x) != 0 {
			b.add(&ir.Do{S: at, X: x})
		}
	}
}

// blockInto lowers the statements of a block; the value of the last one goes to g.
func (b *body) blockInto(g giving, e *ast.Block) {
	for i, s := range e.Stmts {
		if last, ok := s.(*ast.ExprStmt); ok && i == len(e.Stmts)-1 {
			b.at = last.Place
			b.into(g, last.X)
			return
		}
		b.stmt(s)
	}
}

// hold lowers an `if`, `match` or block whose value is used inside an expression: it gets a variable.
func (b *body) hold(e ast.Expr) ir.Expr {
	t := b.typeOf(e)
	if b.isNever(e) || t.Kind == ir.Unit {
		b.into(giving{}, e)
		return unit(t, e.Span())
	}
	v := &ir.Var{Name: "value", Type: t, Temp: true, Mutable: true, Span: e.Span()}
	b.add(&ir.Define{S: ir.S{At: e.Span()}, Var: v})
	b.into(giving{to: giveVar, v: v}, e)
	v.Mutable = false
	return local(v, e.Span())
}

// unit is the value of what has none.
func unit(t *ir.Type, at source.Span) ir.Expr { return &ir.Const{X: ir.X{T: t, At: at}} }

func (b *body) isNever(e ast.Expr) bool {
	return types.Resolve(b.info.Types[e]) == types.Type(types.Never)
}

// ifInto lowers `if c { … } else { … }` and `if let p = e { … }`.
func (b *body) ifInto(g giving, e *ast.If) {
	if e.Pattern != nil {
		rows := []*row{
			{pattern: e.Pattern, body: func() { b.blockInto(g, e.Then) }, at: e.Then.Place},
			{body: func() { b.elseInto(g, e.Else) }, at: e.Place},
		}
		b.matchRows(b.scrutinee(e.Cond, rows), rows)
		return
	}
	cond := b.expr(e.Cond)
	s := &ir.If{S: ir.S{At: e.Cond.Span()}, Cond: cond}
	s.Then = b.block(func() { b.blockInto(g, e.Then) })
	s.Else = b.block(func() { b.elseInto(g, e.Else) })
	b.add(s)
}

func (b *body) elseInto(g giving, e ast.Expr) {
	if e != nil {
		b.into(g, e)
	}
}

func (b *body) matchInto(g giving, e *ast.Match) {
	rows := make([]*row, len(e.Arms))
	for i, arm := range e.Arms {
		rows[i] = &row{pattern: arm.Pattern, guard: arm.Guard, at: arm.Place, body: func() { b.armInto(g, arm.Body) }}
	}
	b.matchRows(b.scrutinee(e.X, rows), rows)
}

func (b *body) armInto(g giving, s ast.Stmt) {
	if x, ok := s.(*ast.ExprStmt); ok {
		b.at = x.Place
		b.into(g, x.X)
		return
	}
	b.stmt(s)
}
