package lower

import (
	"strconv"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck"
)

// expr lowers e to an expression that is its value.
func (b *body) expr(e ast.Expr) ir.Expr { return b.own(b.read(e)) }

// exprs lowers expressions that are evaluated one after the other.
func (b *body) exprs(es []ast.Expr) []ir.Expr {
	return b.operands(len(es), func(i int) ir.Expr { return b.expr(es[i]) })
}

// read lowers e to an expression that is only looked at, so that a place may stay one. The statements that e needs are
// added before.
func (b *body) read(e ast.Expr) ir.Expr {
	x := func() ir.X { return ir.X{T: b.typeOf(e), At: e.Span()} }
	switch e := e.(type) {
	case *ast.Paren:
		return b.read(e.X)
	case *ast.Ident:
		return b.ident(e)
	case *ast.IntLit, *ast.FloatLit, *ast.DurationLit, *ast.BoolLit, *ast.UnitLit:
		return b.literal(e, "")
	case *ast.TextPart:
		return &ir.Const{X: ir.X{T: b.basic(types.String), At: e.Place}, Value: e.Value}
	case *ast.StringLit:
		return b.text(e)
	case *ast.ListLit:
		return &ir.NewList{X: x(), Elems: b.exprs(e.Elems)}
	case *ast.MapLit:
		return b.mapLit(e)
	case *ast.TupleLit:
		return &ir.NewTuple{X: x(), Elems: b.exprs(e.Elems)}
	case *ast.Call:
		return b.call(e)
	case *ast.Field:
		return b.field(e)
	case *ast.Index:
		return b.index(e)
	case *ast.Unary:
		return b.unary(e)
	case *ast.Binary:
		return b.binary(e)
	case *ast.Lambda:
		return b.lambda(e)
	case *ast.If, *ast.Match:
		return b.hold(e)
	case *ast.Block:
		return b.blockValue(e)
	case *ast.Ask:
		return b.ask(e)
	case *ast.Await:
		return b.await(e, e, false)
	case *ast.Try:
		return b.await(e, bare(e.X).(*ast.Await), true)
	case *ast.Emit, *ast.Reply, *ast.Return, *ast.Break, *ast.Continue, *ast.Fail:
		b.jump(e)
		return unit(b.basic(types.Unit), e.Span())
	}
	b.bug(e.Span(), "expression %T", e)
	return nil
}

func (b *body) basic(t *types.Basic) *ir.Type { return b.types.of(t) }

// jump lowers what is a statement in the ir but may stand in an expression.
func (b *body) jump(e ast.Expr) {
	at := ir.S{At: e.Span()}
	switch e := e.(type) {
	case *ast.Emit:
		b.add(&ir.Emit{S: at, Value: b.expr(e.X)})
	case *ast.Reply:
		b.add(&ir.Reply{S: at, Value: b.expr(e.X)})
	case *ast.Fail:
		b.add(&ir.Fail{S: at, Message: b.expr(e.X)})
	case *ast.Break:
		b.leaveLoop(e.Place)
	case *ast.Continue:
		b.again(e.Place)
	case *ast.Return:
		b.giveReturn(e)
	}
}

// giveReturn lowers `return`. In a lambda that was inlined it leaves the scope around it.
func (b *body) giveReturn(e *ast.Return) {
	if e.X != nil {
		b.into(b.ret, e.X)
	}
	if b.ret.label != nil {
		b.leave(b.ret.label, e.Place)
		return
	}
	b.add(&ir.Return{S: ir.S{At: e.Place}})
}

// blockValue lowers a block inside an expression: its statements, then the value of its last one.
func (b *body) blockValue(e *ast.Block) ir.Expr {
	for i, s := range e.Stmts {
		if last, ok := s.(*ast.ExprStmt); ok && i == len(e.Stmts)-1 {
			return b.expr(last.X)
		}
		b.stmt(s)
	}
	return unit(b.basic(types.Unit), e.Place)
}

// ident lowers a name.
func (b *body) ident(e *ast.Ident) ir.Expr {
	return b.object(e, b.info.Uses[e])
}

// object lowers a name, or a name of a module, by what it stands for.
func (b *body) object(e ast.Expr, o typecheck.Object) ir.Expr {
	at := e.Span()
	switch o := o.(type) {
	case *typecheck.Local:
		return b.localRead(e, o)
	case *typecheck.Param:
		p := b.params[o]
		return &ir.ParamRef{X: ir.X{T: p.Type, At: at}, Param: p}
	case *typecheck.StateVar:
		v := b.task.states[o]
		return &ir.State{X: ir.X{T: v.Type, At: at}, Var: v}
	case *typecheck.KeyVar:
		return &ir.Key{X: ir.X{T: b.task.key, At: at}}
	case *typecheck.Ctor:
		return b.ctorValue(e, o.Variant)
	case *typecheck.Fun:
		return b.funValue(e, o)
	}
	b.bug(at, "name stands for %T", o)
	return nil
}

func (b *body) localRead(e ast.Expr, o *typecheck.Local) ir.Expr {
	switch x := b.vars[o].(type) {
	case nil:
	case *ir.Local:
		return local(x.Var, e.Span())
	default:
		return x
	}
	if b.task != nil {
		if p := b.task.params[o]; p != nil && b.task.task == nil {
			return p.Arg
		} else if p != nil {
			return &ir.TaskParamRef{X: ir.X{T: p.Var.Type, At: e.Span()}, Param: p}
		}
	}
	b.bug(e.Span(), "local %s has no variable", o.Name)
	return nil
}

// literal lowers a literal of a basic type; sign is "-" below a minus.
func (b *body) literal(e ast.Expr, sign string) ir.Expr { return b.constant(e, b.typeOf(e), sign) }

func (b *body) constant(e ast.Expr, t *ir.Type, sign string) *ir.Const {
	c := &ir.Const{X: ir.X{T: t, At: e.Span()}}
	switch e := e.(type) {
	case *ast.IntLit:
		n, err := strconv.ParseInt(sign+strings.ReplaceAll(e.Text, "_", ""), 0, 64)
		if err != nil {
			b.bug(e.Place, "%v", err)
		}
		c.Value = n
		if c.T.Kind == ir.Float {
			c.Value = float64(n)
		}
	case *ast.FloatLit:
		x, err := strconv.ParseFloat(sign+strings.ReplaceAll(e.Text, "_", ""), 64)
		if err != nil {
			b.bug(e.Place, "%v", err)
		}
		c.Value = x
	case *ast.DurationLit:
		d, ok := typecheck.ParseDuration(e.Text)
		if !ok {
			b.bug(e.Place, "duration %s", e.Text)
		}
		if sign != "" {
			d = -d
		}
		c.Value = int64(d)
	case *ast.BoolLit:
		c.Value = e.Value
	case *ast.UnitLit:
	default:
		b.bug(e.Span(), "literal %T", e)
	}
	return c
}

// text lowers a string with what it embeds.
func (b *body) text(e *ast.StringLit) ir.Expr {
	t := ir.X{T: b.basic(types.String), At: e.Place}
	if len(e.Parts) == 0 {
		return &ir.Const{X: t, Value: ""}
	}
	if part, ok := e.Parts[0].(*ast.TextPart); ok && len(e.Parts) == 1 {
		return &ir.Const{X: t, Value: part.Value}
	}
	parts := b.operands(len(e.Parts), func(i int) ir.Expr { return b.read(e.Parts[i]) })
	return &ir.Interpolate{X: t, Parts: parts}
}

func (b *body) mapLit(e *ast.MapLit) ir.Expr {
	xs := b.operands(2*len(e.Entries), func(i int) ir.Expr {
		if i%2 == 0 {
			return b.expr(e.Entries[i/2].Key)
		}
		return b.expr(e.Entries[i/2].Value)
	})
	m := &ir.NewMap{X: ir.X{T: b.typeOf(e), At: e.Place}}
	for i := 0; i < len(xs); i += 2 {
		m.Keys, m.Values = append(m.Keys, xs[i]), append(m.Values, xs[i+1])
	}
	return m
}

// field lowers x.name.
func (b *body) field(e *ast.Field) ir.Expr {
	s, ok := b.info.Selected[e]
	if !ok {
		b.bug(e.Place, "selection without a meaning")
	}
	switch s.Kind {
	case typecheck.SelectModule:
		return b.object(e, s.Object)
	case typecheck.SelectProperty:
		return b.builtin(e, s.Method, []ir.Expr{b.read(e.X)}, nil)
	case typecheck.SelectField:
		return b.getField(e, b.read(e.X), s)
	}
	b.bug(e.Place, "a method that is not called")
	return nil
}

func (b *body) getField(e *ast.Field, of ir.Expr, s typecheck.Selection) ir.Expr {
	t := of.Type()
	if t.Kind == ir.Tuple { // of `on error e`
		return tupleGet(of, fieldIndex(types.FailureDef.Variants[0], s.Field), e.Place)
	}
	if t.Kind == ir.Record {
		v := t.Def.Variants[0]
		i := fieldIndex(b.types.source[t.Def].Def.Variants[0], s.Field)
		return &ir.FieldGet{X: ir.X{T: v.Fields[i].Type, At: e.Place}, Of: of, Variant: v, Field: i}
	}
	get := &ir.CommonGet{X: ir.X{At: e.Place}, Of: of}
	for i, v := range b.types.source[t.Def].Def.Variants {
		get.Fields = append(get.Fields, fieldIndex(v, s.Fields[i]))
		get.T = t.Def.Variants[i].Fields[get.Fields[i]].Type
	}
	return get
}

func fieldIndex(v *types.Variant, f *types.Field) int {
	for i, g := range v.Fields {
		if g == f {
			return i
		}
	}
	panic(bug{"field " + f.Name + " is not of " + v.Name})
}

// index lowers xs[i] and m[k], which are Options.
func (b *body) index(e *ast.Index) ir.Expr {
	xs := b.operands(2, func(i int) ir.Expr {
		if i == 0 {
			return b.read(e.X)
		}
		return b.expr(e.Index)
	})
	get := &ir.Builtin{X: ir.X{T: b.typeOf(e), At: e.Place}, Name: "List.at", Args: xs}
	if t := xs[0].Type(); t.Kind == ir.Map {
		get.Name, get.Descs = "Map.get", t.Elems[:1]
	}
	return get
}

func (b *body) unary(e *ast.Unary) ir.Expr {
	if e.Op == ast.Not {
		return b.not(b.expr(e.X))
	}
	switch lit := bare(e.X).(type) {
	case *ast.IntLit, *ast.FloatLit, *ast.DurationLit:
		return b.literal(lit, "-")
	}
	return &ir.Operate{X: ir.X{T: b.typeOf(e), At: e.Place}, Op: ir.Neg, A: b.expr(e.X)}
}

var operators = map[ast.BinaryOp]ir.Op{
	ast.Eq: ir.Eq, ast.Ne: ir.Ne, ast.Lt: ir.Lt, ast.Le: ir.Le, ast.Gt: ir.Gt, ast.Ge: ir.Ge,
	ast.Add: ir.Add, ast.Sub: ir.Sub, ast.Mul: ir.Mul, ast.Div: ir.Div, ast.Rem: ir.Rem, ast.And: ir.And, ast.Or: ir.Or,
}

// operator is what op does to operands of which the first is of type t.
func operator(op ast.BinaryOp, t *ir.Type) ir.Op {
	if op == ast.Add && (t.Kind == ir.String || t.Kind == ir.List) {
		return ir.Concat
	}
	return operators[op]
}

func (b *body) binary(e *ast.Binary) ir.Expr {
	switch e.Op {
	case ast.And, ast.Or:
		return b.shortCircuit(e)
	case ast.Coalesce:
		return b.coalesce(e)
	}
	xs := b.operands(2, func(i int) ir.Expr {
		if i == 0 {
			return b.read(e.X)
		}
		return b.read(e.Y)
	})
	return &ir.Operate{X: ir.X{T: b.typeOf(e), At: e.Place}, Op: operator(e.Op, xs[0].Type()), A: xs[0], B: xs[1]}
}

// shortCircuit lowers && and ||. If the right side needs statements, they run only when it is evaluated.
func (b *body) shortCircuit(e *ast.Binary) ir.Expr {
	t := b.basic(types.Bool)
	at := ir.S{At: e.Place}
	left := b.expr(e.X)
	var right ir.Expr
	stmts := b.block(func() { right = b.expr(e.Y) })
	if len(stmts) == 0 {
		return &ir.Operate{X: ir.X{T: t, At: e.Place}, Op: operators[e.Op], A: left, B: right}
	}
	v := &ir.Var{Name: "holds", Type: t, Temp: true, Span: e.Place}
	assign := func(x ir.Expr) ir.Stmt { return &ir.Assign{S: at, Place: local(v, e.Place), Value: x} }
	if !ir.Ends(stmts) {
		stmts = append(stmts, assign(right))
	}
	known := []ir.Stmt{assign(&ir.Const{X: ir.X{T: t, At: e.Place}, Value: e.Op == ast.Or})}
	branch := &ir.If{S: at, Cond: left, Then: stmts, Else: known}
	if e.Op == ast.Or {
		branch.Then, branch.Else = known, stmts
	}
	b.add(&ir.Define{S: at, Var: v})
	b.add(branch)
	return local(v, e.Place)
}

// coalesce lowers a ?? b. A right side that does more than be there is evaluated only when it is needed.
func (b *body) coalesce(e *ast.Binary) ir.Expr {
	t := b.typeOf(e)
	at := ir.S{At: e.Place}
	left := b.expr(e.X)
	var right ir.Expr
	stmts := b.block(func() { right = b.expr(e.Y) })
	behind := &later{effects: b.effects}
	behind.evaluates(right)
	if len(stmts) == 0 && behind.exprs&visible == 0 && !behind.disturbs(left) {
		return &ir.Coalesce{X: ir.X{T: t, At: e.Place}, A: left, B: right}
	}
	option := b.temp("option", left)
	v := &ir.Var{Name: "value", Type: t, Temp: true, Span: e.Place}
	b.add(&ir.Define{S: at, Var: v})
	some := &ir.Unwrap{X: ir.X{T: t, At: e.Place}, Of: option}
	if !ir.Ends(stmts) {
		stmts = append(stmts, &ir.Assign{S: at, Place: local(v, e.Place), Value: right})
	}
	b.add(&ir.If{
		S: at, Cond: &ir.IsSome{X: ir.X{T: b.basic(types.Bool), At: e.Place}, Of: option},
		Then: []ir.Stmt{&ir.Assign{S: at, Place: local(v, e.Place), Value: some}}, Else: stmts,
	})
	return local(v, e.Place)
}
