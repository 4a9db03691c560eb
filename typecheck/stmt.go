package typecheck

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/types"
)

// stmt checks a statement whose value, if it has one, is not used. It returns Never where nothing runs after it.
func (b *body) stmt(s ast.Stmt) types.Type {
	switch s := s.(type) {
	case *ast.LetStmt:
		return b.let(s)
	case *ast.VarStmt:
		t := b.bound(s.Type, s.Value)
		if s.Name != nil {
			b.bind(s, s.Name.Text, t, true).Span = s.Name.Place
		}
	case *ast.AssignStmt:
		b.assign(s)
	case *ast.ForStmt:
		b.forStmt(s)
	case *ast.WhileStmt:
		b.expr(s.Cond, wants(types.Bool, because{text: "a condition is %s"}))
		l := b.inLoop(s.Body)
		if isTrue(s.Cond) && !l.broken {
			return types.Never
		}
	case *ast.LogStmt:
		b.expr(s.X, wants(types.String, because{text: "`log` takes %s"}))
	case *ast.ScheduleStmt:
		b.noTimers(s.Place, "`schedule`")
	case *ast.CancelStmt:
		b.noTimers(s.Place, "`cancel`")
	case *ast.ExprStmt:
		b.statement, _ = s.X.(*ast.Call)
		return b.expr(s.X, discarded)
	}
	return types.Unit
}

func isTrue(e ast.Expr) bool {
	lit, ok := e.(*ast.BoolLit)
	return ok && lit.Value
}

func (b *body) let(s *ast.LetStmt) types.Type {
	t := b.bound(s.Type, s.Value)
	b.pattern(s.Pattern, t, because{spanOf(s.Value), "this is %s"})
	b.later = append(b.later, func() { b.mustCover(s.Pattern, "a `let`", "Use `if let` or `match` for the other cases.") })
	if types.Resolve(t) == types.Type(types.Never) {
		return types.Never
	}
	return types.Unit
}

// bound is the type of a value that is bound, perhaps with its type written before it.
func (b *body) bound(written ast.Type, value ast.Expr) types.Type {
	if written == nil {
		return b.expr(value, anything)
	}
	t := b.written(b.pkg, written, b.vars)
	b.mustBeData(written, t, "a local name")
	b.expr(value, wants(t, because{written.Span(), "the type written here is %s"}))
	return t
}

func (b *body) assign(s *ast.AssignStmt) {
	t := b.target(s)
	if s.Op == ast.AssignSet {
		b.expr(s.Value, wants(t, b.targetReason(s.Target)))
		return
	}
	op := strings.TrimSuffix(s.Op.String(), "=")
	if r := b.arithmetic(s, t, s.Value, op, s.Place); !types.Assignable(r, t) {
		b.err("PTL0302", s.Place, "", "`%s` would put %s into a place of type %s", s.Op, show(r), show(t)).
			because(wants(t, b.targetReason(s.Target)))
	}
}

// targetReason is why an assigned value must have the type of its place: the declaration of the place.
func (b *body) targetReason(e ast.Expr) because {
	if id, ok := e.(*ast.Ident); ok {
		if obj := b.info.Uses[id]; obj != nil {
			return because{declOf(obj), "`" + id.Name + "` is %s"}
		}
	}
	return because{e.Span(), "what is assigned here is %s"}
}

func (b *body) forStmt(s *ast.ForStmt) {
	t := types.Resolve(b.expr(s.X, anything))
	elem := b.elementOf(s.X, t)
	b.open()
	b.pattern(s.Pattern, elem, because{spanOf(s.X), "the elements are %s"})
	b.later = append(b.later, func() { b.mustCover(s.Pattern, "a `for`", "Bind a name, and use `if let` or `match` in the loop.") })
	b.inLoop(s.Body)
	b.close()
}

// elementOf is the type of what a loop over x gives.
func (b *body) elementOf(x ast.Expr, t types.Type) types.Type {
	if n, ok := t.(*types.Named); ok {
		switch n.Def {
		case types.ListDef, types.SetDef:
			return n.Args[0]
		case types.MapDef:
			return &types.Tuple{Elems: []types.Type{n.Args[0], n.Args[1]}}
		}
	}
	if t == types.Type(types.Invalid) || t == types.Type(types.Never) || b.isUnknown(x, t) {
		return types.Invalid
	}
	f := b.err("PTL0302", x.Span(), "this is "+show(t), "a `for` loop cannot go over %s", show(t)).
		note("It goes over lists, sets and maps.")
	switch {
	case t == types.Type(types.Int):
		f.help("To count, write `for i in range(0, %s)`.", shortText(x))
	case t == types.Type(types.String):
		f.help("Write `s.chars()`, `s.words()` or `s.lines()`.")
	case isNamed(t, types.OptionDef):
		f.help("Write `if let Some(x) = %s { … }`.", shortText(x))
	}
	return types.Invalid
}
