package lower

import (
	"slices"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// expand adds the items of a pattern, taken apart as far as that needs no test.
func (b *body) expand(items []item, it item) []item {
	switch p := it.p.(type) {
	case *ast.WildcardPattern:
		return items
	case *ast.TuplePattern:
		for i, elem := range p.Elems {
			items = b.expand(items, item{of: tupleGet(it.of, i, elem.Span()), p: elem})
		}
		return items
	case *ast.ConstructorPattern:
		if len(b.info.Ctors[p].Def.Variants) == 1 {
			return b.expandFields(items, it.of, p)
		}
	}
	return append(items, it)
}

// expandFields adds the items for the fields of a constructor that is known to be there.
func (b *body) expandFields(items []item, of ir.Expr, p ast.Pattern) []item {
	c, ok := p.(*ast.ConstructorPattern)
	if !ok {
		return items
	}
	for i, arg := range b.fieldPatterns(c) {
		if arg != nil {
			items = b.expand(items, item{of: b.part(of, b.info.Ctors[c], i, arg.Span()), p: arg})
		}
	}
	return items
}

// fieldPatterns are the patterns for the fields of a constructor, in the order of the fields; nil for those that are
// left out.
func (b *body) fieldPatterns(p *ast.ConstructorPattern) []ast.Pattern {
	v := b.info.Ctors[p]
	out := make([]ast.Pattern, len(v.Fields))
	for i, arg := range p.Args {
		if arg.Name != nil {
			i = slices.IndexFunc(v.Fields, func(f *types.Field) bool { return f.Name == arg.Name.Text })
		}
		out[i] = arg.Pattern
	}
	return out
}

// part is a field of a place that is known to be made by a constructor.
func (b *body) part(of ir.Expr, v *types.Variant, i int, at source.Span) ir.Expr {
	t := of.Type()
	switch v.Def {
	case types.OptionDef:
		return &ir.Unwrap{X: ir.X{T: t.Elems[0], At: at}, Of: of}
	case types.ResultDef:
		return &ir.Unwrap{X: ir.X{T: t.Elems[v.Index], At: at}, Of: of, Err: v.Name == "Err"}
	case types.FailureDef:
		return tupleGet(of, i, at)
	}
	made := t.Def.Variants[v.Index]
	return &ir.FieldGet{X: ir.X{T: made.Fields[i].Type, At: at}, Of: of, Variant: made, Field: i}
}

// tupleGet is an element of a tuple; of one that is being built it is what the tuple is built of.
func tupleGet(of ir.Expr, i int, at source.Span) ir.Expr {
	if made, ok := of.(*ir.NewTuple); ok {
		return made.Elems[i]
	}
	return &ir.TupleGet{X: ir.X{T: of.Type().Elems[i], At: at}, Of: of, Index: i}
}

// elem is an element of a list that is known to be there.
func (b *body) elem(of ir.Expr, i int, at source.Span) ir.Expr {
	t := of.Type().Elems[0]
	index := &ir.Const{X: ir.X{T: b.basic(types.Int), At: at}, Value: int64(i)}
	get := &ir.Builtin{X: ir.X{T: b.types.make(ir.Option, "Option", []*ir.Type{t}), At: at}, Name: "List.at", Args: []ir.Expr{of, index}}
	return &ir.Unwrap{X: ir.X{T: t, At: at}, Of: get}
}

func (b *body) boolAt(at source.Span) ir.X { return ir.X{T: b.basic(types.Bool), At: at} }

// both is the conjunction of conditions that may be nil, which means true.
func (b *body) both(x, y ir.Expr) ir.Expr {
	if x == nil {
		return y
	}
	if y == nil {
		return x
	}
	return &ir.Operate{X: b.boolAt(x.Span()), Op: ir.And, A: x, B: y}
}

// condition tells whether all items fit; nil means that they always do.
func (b *body) condition(items []item) ir.Expr {
	var cond ir.Expr
	for _, it := range items {
		if !it.sure {
			cond = b.both(cond, b.fits(it.of, it.p))
		}
	}
	return cond
}

// fits is an expression without effects that tells whether a pattern fits; nil means that it always does.
func (b *body) fits(of ir.Expr, p ast.Pattern) ir.Expr {
	x := b.boolAt(p.Span())
	switch p := p.(type) {
	case *ast.BindPattern:
		if v := b.info.Ctors[p]; v != nil {
			return b.isMade(of, v, p.Place)
		}
	case *ast.LiteralPattern:
		return b.equals(of, p)
	case *ast.ConstructorPattern:
		v := b.info.Ctors[p]
		cond := b.isMade(of, v, p.Place)
		for i, arg := range b.fieldPatterns(p) {
			if arg != nil {
				cond = b.both(cond, b.fits(b.part(of, v, i, arg.Span()), arg))
			}
		}
		return cond
	case *ast.TuplePattern:
		var cond ir.Expr
		for i, elem := range p.Elems {
			cond = b.both(cond, b.fits(tupleGet(of, i, elem.Span()), elem))
		}
		return cond
	case *ast.ListPattern:
		return b.fitsList(of, p)
	case *ast.OrPattern:
		var cond ir.Expr
		for _, alt := range p.Alts {
			one := b.fits(of, alt)
			if one == nil {
				return nil
			}
			if cond != nil {
				one = &ir.Operate{X: x, Op: ir.Or, A: cond, B: one}
			}
			cond = one
		}
		return cond
	}
	return nil
}

// isMade tests which constructor made a value; nil if there is only one.
func (b *body) isMade(of ir.Expr, v *types.Variant, at source.Span) ir.Expr {
	switch v.Def {
	case types.OptionDef, types.ResultDef:
		is := &ir.IsSome{X: b.boolAt(at), Of: of}
		if v.Name == "None" || v.Name == "Err" {
			return b.not(is)
		}
		return is
	}
	if len(v.Def.Variants) == 1 {
		return nil
	}
	return &ir.IsVariant{X: b.boolAt(at), Of: of, Variant: of.Type().Def.Variants[v.Index]}
}

// equals compares with a literal.
func (b *body) equals(of ir.Expr, p *ast.LiteralPattern) ir.Expr {
	lit := b.patternLiteral(of.Type(), p)
	switch lit.Value {
	case nil:
		return nil
	case true:
		return of
	case false:
		return b.not(of)
	}
	return &ir.Operate{X: b.boolAt(p.Place), Op: ir.Eq, A: of, B: lit}
}

// patternLiteral is the constant of a literal pattern, which the checker need not have given a type.
func (b *body) patternLiteral(t *ir.Type, p *ast.LiteralPattern) *ir.Const {
	e, sign := bare(p.Value), ""
	if minus, ok := e.(*ast.Unary); ok {
		e, sign = bare(minus.X), "-"
	}
	if s, ok := e.(*ast.StringLit); ok {
		return &ir.Const{X: ir.X{T: t, At: p.Place}, Value: plainText(s)}
	}
	return b.constant(e, t, sign)
}

// plainText is the text of a string without embedded values.
func plainText(s *ast.StringLit) string {
	text := ""
	for _, part := range s.Parts {
		if t, ok := part.(*ast.TextPart); ok {
			text += t.Value
		}
	}
	return text
}

// fitsList tests the length of a list, then its elements.
func (b *body) fitsList(of ir.Expr, p *ast.ListPattern) ir.Expr {
	number := ir.X{T: b.basic(types.Int), At: p.Place}
	length := &ir.Builtin{X: number, Name: "List.length", Args: []ir.Expr{of}}
	count := &ir.Const{X: number, Value: int64(len(p.Elems))}
	var cond ir.Expr
	switch {
	case p.Rest == nil:
		cond = &ir.Operate{X: b.boolAt(p.Place), Op: ir.Eq, A: length, B: count}
	case len(p.Elems) > 0:
		cond = &ir.Operate{X: b.boolAt(p.Place), Op: ir.Ge, A: length, B: count}
	}
	for i, elem := range p.Elems {
		cond = b.both(cond, b.fits(b.elem(of, i, elem.Span()), elem))
	}
	return cond
}

// bound calls f for each name that a pattern binds, with the place that it reads. Alternatives are not entered.
func (b *body) bound(of ir.Expr, p ast.Pattern, f func(ir.Expr, *ast.BindPattern), or func(ir.Expr, *ast.OrPattern)) {
	switch p := p.(type) {
	case *ast.BindPattern:
		if b.info.Ctors[p] == nil && b.bindingOf(p) != nil {
			f(of, p)
		}
	case *ast.ConstructorPattern:
		for i, arg := range b.fieldPatterns(p) {
			if arg != nil {
				b.bound(b.part(of, b.info.Ctors[p], i, arg.Span()), arg, f, or)
			}
		}
	case *ast.TuplePattern:
		for i, elem := range p.Elems {
			b.bound(tupleGet(of, i, elem.Span()), elem, f, or)
		}
	case *ast.ListPattern:
		for i, elem := range p.Elems {
			b.bound(b.elem(of, i, elem.Span()), elem, f, or)
		}
		if p.Rest != nil {
			b.bound(b.rest(of, p), p.Rest, f, or)
		}
	case *ast.OrPattern:
		or(of, p)
	}
}

// rest is a list without the elements that a pattern names.
func (b *body) rest(of ir.Expr, p *ast.ListPattern) ir.Expr {
	count := &ir.Const{X: ir.X{T: b.basic(types.Int), At: p.Place}, Value: int64(len(p.Elems))}
	return &ir.Builtin{X: ir.X{T: of.Type(), At: p.Rest.Span()}, Name: "List.drop", Args: []ir.Expr{b.own(of), count}}
}

// bind defines the variables of a pattern that fits. A name for what is a variable already is another name for it.
func (b *body) bind(of ir.Expr, p ast.Pattern) {
	b.bound(of, p, func(of ir.Expr, p *ast.BindPattern) {
		l := b.info.Bindings[p]
		if v, ok := of.(*ir.Local); ok && !v.Var.Mutable {
			b.vars[l] = v
			return
		}
		v := b.declare(l)
		b.add(&ir.Define{S: ir.S{At: p.Place}, Var: v, Init: b.own(of)})
	}, b.bindOr)
}

// alias makes the names of a pattern read the places themselves.
func (b *body) alias(of ir.Expr, p ast.Pattern) {
	b.bound(of, p, func(of ir.Expr, p *ast.BindPattern) { b.vars[b.info.Bindings[p]] = of }, b.bindOr)
}

// bindOr defines the variables that all alternatives of a pattern bind: it asks again which of them fits.
func (b *body) bindOr(of ir.Expr, p *ast.OrPattern) {
	vars := map[string]*ir.Var{}
	for _, name := range b.namesIn(p.Alts[0]) {
		l := b.info.Bindings[name]
		v := b.declare(l)
		vars[name.Name] = v
		b.add(&ir.Define{S: ir.S{At: name.Place}, Var: v})
	}
	for _, alt := range p.Alts[1:] {
		for _, name := range b.namesIn(alt) {
			if v := vars[name.Name]; v != nil {
				b.vars[b.info.Bindings[name]] = local(v, v.Span)
			}
		}
	}
	if len(vars) > 0 {
		b.bindAlternatives(of, p.Alts, vars)
	}
}

// namesIn are the names that a pattern binds and something reads.
func (b *body) namesIn(p ast.Pattern) []*ast.BindPattern {
	var out []*ast.BindPattern
	ast.Inspect(p, func(n ast.Node) bool {
		if name, ok := n.(*ast.BindPattern); ok && b.info.Ctors[name] == nil && b.info.Bindings[name] != nil {
			out = append(out, name)
		}
		return true
	})
	return out
}

func (b *body) bindAlternatives(of ir.Expr, alts []ast.Pattern, vars map[string]*ir.Var) {
	assign := func() {
		b.bound(of, alts[0], func(of ir.Expr, p *ast.BindPattern) {
			if v := vars[p.Name]; v != nil {
				b.add(&ir.Assign{S: ir.S{At: p.Place}, Place: local(v, p.Place), Value: b.own(of)})
			}
		}, func(of ir.Expr, p *ast.OrPattern) { b.bindAlternatives(of, p.Alts, vars) })
	}
	cond := b.fits(of, alts[0])
	if len(alts) == 1 || cond == nil {
		assign()
		return
	}
	s := &ir.If{S: ir.S{At: alts[0].Span()}, Cond: cond, Then: b.block(assign)}
	s.Else = b.block(func() { b.bindAlternatives(of, alts[1:], vars) })
	b.add(s)
}
