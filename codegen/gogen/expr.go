package gogen

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// The precedences of Go, and what is around them: a composite literal needs parentheses as an operand, since it may
// stand in the head of an if or for.
const (
	precLiteral = iota
	precOr
	precAnd
	precCompare
	precAdd
	precMul
	precUnary
	precPrimary
)

// expr prints an expression where any may stand.
func (b *body) expr(x ir.Expr) *jen.Statement {
	code, _ := b.render(x)
	return code
}

// operand prints an expression that must bind at least as tightly as prec.
func (b *body) operand(x ir.Expr, prec int) *jen.Statement {
	code, own := b.render(x)
	if own < prec {
		return jen.Parens(code)
	}
	return code
}

// typed prints an expression from which Go is to infer the right type: a bare number would be an int.
func (b *body) typed(x ir.Expr) *jen.Statement {
	if c, ok := x.(*ir.Const); ok && c.T.Kind == ir.Int {
		return jen.Int64().Parens(b.expr(x))
	}
	return b.expr(x)
}

func (b *body) exprs(xs []ir.Expr) []jen.Code {
	out := make([]jen.Code, len(xs))
	for i, x := range xs {
		out[i] = b.expr(x)
	}
	return out
}

// render prints an expression and tells how tightly it binds.
func (b *body) render(x ir.Expr) (*jen.Statement, int) {
	switch x := x.(type) {
	case *ir.Const:
		return b.constant(x)
	case *ir.Local:
		return jen.Id(b.local(x.Var)), precPrimary
	case *ir.ParamRef:
		return jen.Id("params").Dot(b.e.params[x.Param]), precPrimary
	case *ir.TaskParamRef:
		return jen.Id("l").Dot(b.own.params[x.Param]), precPrimary
	case *ir.State:
		return b.state(x.Var), precPrimary
	case *ir.Key:
		return jen.Id("key"), precPrimary
	case *ir.FuncRef:
		return b.funcRef(x), precPrimary
	case *ir.Lambda:
		return b.lambda(x), precPrimary
	case *ir.Share:
		return b.share(x), precPrimary
	case *ir.FieldGet:
		return b.fieldGet(x)
	case *ir.CommonGet:
		return b.commonGet(x), precPrimary
	case *ir.TupleGet:
		return b.operand(x.Of, precPrimary).Dot("V" + strconv.Itoa(x.Index)), precPrimary
	case *ir.Unwrap:
		if x.Err {
			return b.operand(x.Of, precPrimary).Dot("Err"), precPrimary
		}
		return b.operand(x.Of, precPrimary).Dot("Value"), precPrimary
	case *ir.IsSome:
		return b.operand(x.Of, precPrimary).Dot("OK"), precPrimary
	case *ir.IsVariant:
		tag := b.e.defs[x.Variant.Def].tags[x.Variant.Index]
		return b.operand(x.Of, precPrimary).Dot("Tag").Op("==").Id(tag), precCompare
	case *ir.New:
		return b.construct(x.Variant, x.Args), precLiteral
	case *ir.With:
		return b.with(x)
	case *ir.NewTuple:
		return b.e.typ(x.T).Values(b.tupleFields(x.Elems)...), precLiteral
	case *ir.NewOption:
		if x.Value == nil {
			return ptl("None").Types(b.e.typ(x.T.Elems[0])).Call(), precPrimary
		}
		return ptl("Some").Call(b.typed(x.Value)), precPrimary
	case *ir.NewResult:
		name := "Ok"
		if x.Err {
			name = "Err"
		}
		return ptl(name).Types(b.e.typeList(x.T.Elems)...).Call(b.expr(x.Value)), precPrimary
	case *ir.NewList:
		if len(x.Elems) == 0 {
			return b.e.typ(x.T).Values(), precLiteral
		}
		of := ptl("ListOf")
		if x.T.Elems[0].Kind == ir.Int { // bare numbers would make a list of Go's int
			of.Types(b.e.typ(x.T.Elems[0]))
		}
		return of.Call(b.exprs(x.Elems)...), precPrimary
	case *ir.NewMap:
		if len(x.Keys) == 0 {
			return b.e.typ(x.T).Values(), precLiteral
		}
		return b.newMap(x), precPrimary
	case *ir.Operate:
		return b.operate(x)
	case *ir.Coalesce:
		return b.coalesce(x), precPrimary
	case *ir.Interpolate:
		return b.interpolate(x)
	case *ir.Call:
		if x.T.Kind == ir.Unit && x.Value == nil { // Go's function has no result
			return jen.Func().Params().Add(ptl("Unit")).Block(b.call(x), jen.Return(ptl("Unit").Values())).Call(), precPrimary
		}
		return b.call(x), precPrimary
	case *ir.Builtin:
		if x.Name == "Set" && len(x.Args) == 0 {
			return b.e.typ(x.T).Values(), precLiteral
		}
		return b.builtin(x), precPrimary
	case *ir.After:
		return jen.Id("l").Dot("After").Call(b.hash(), b.expr(x.Within)), precPrimary
	case *ir.Ask:
		return b.askFor(x, false), precPrimary
	}
	panic(fmt.Sprintf("gogen: expression %T", x))
}

// tupleFields are the elements of a tuple with the names of the runtime's fields.
func (b *body) tupleFields(elems []ir.Expr) []jen.Code {
	out := make([]jen.Code, len(elems))
	for i, x := range elems {
		out[i] = jen.Id("V" + strconv.Itoa(i)).Op(":").Add(b.expr(x))
	}
	return out
}

// local is the name of a variable.
func (b *body) local(v *ir.Var) string {
	name, ok := b.vars[v]
	if !ok {
		panic("gogen: variable " + v.Name + " is read before it is declared")
	}
	return name
}

// state is a state of the running task, in the struct that the handler was given.
func (b *body) state(v *ir.StateVar) *jen.Statement {
	if v.Shared {
		return jen.Id("sh").Dot(b.own.states[v])
	}
	return jen.Id("s").Dot(b.own.states[v])
}

func (b *body) laneRef() *jen.Statement {
	switch b.lane {
	case noLane:
		return jen.Nil()
	case laneParam:
		return jen.Id("l")
	}
	return jen.Op("&").Id("l").Dot("Lane")
}

func (b *body) constant(x *ir.Const) (*jen.Statement, int) {
	switch v := x.Value.(type) {
	case nil:
		return ptl("Unit").Values(), precLiteral
	case int64:
		switch x.T.Kind {
		case ir.Duration:
			return duration(v)
		case ir.Time:
			return ptl("Time").Call(number(v)), precPrimary
		case ir.Float:
			return jen.Lit(float64(v)), precPrimary
		}
		if v < 0 {
			return number(v), precUnary
		}
		return number(v), precPrimary
	case float64:
		switch {
		case v == 0 && math.Signbit(v): // no constant of Go is -0.0
			return jen.Qual("math", "Copysign").Call(jen.Lit(0), jen.Lit(-1)), precPrimary
		case v < 0:
			return jen.Lit(v), precUnary
		}
		return jen.Lit(v), precPrimary
	case string:
		if x.T.Kind == ir.Bytes {
			return ptl("Bytes").Call(jen.Lit(v)), precPrimary
		}
		return jen.Lit(v), precPrimary
	case bool:
		return jen.Lit(v), precPrimary
	}
	panic(fmt.Sprintf("gogen: constant %T", x.Value))
}

// number is a decimal literal without a type.
func number(v int64) *jen.Statement { return jen.Op(strconv.FormatInt(v, 10)) }

var units = []struct {
	name string
	ns   int64
}{
	{"Day", 24 * 3600e9}, {"Hour", 3600e9}, {"Minute", 60e9}, {"Second", 1e9}, {"Millisecond", 1e6},
	{"Microsecond", 1e3}, {"Nanosecond", 1},
}

// duration is a length of time in the greatest unit of which it is a multiple: `5 * ptl.Second`.
func duration(ns int64) (*jen.Statement, int) {
	if ns == 0 {
		return ptl("Duration").Call(number(0)), precPrimary
	}
	for _, u := range units {
		if ns == u.ns {
			return ptl(u.name), precPrimary
		}
		if ns%u.ns == 0 {
			return number(ns / u.ns).Op("*").Add(ptl(u.name)), precMul
		}
	}
	panic("gogen: no unit")
}

func (b *body) share(x *ir.Share) *jen.Statement {
	place, _ := b.render(x.Place)
	switch x.T.Kind {
	case ir.List, ir.Map, ir.Set:
		return place.Dot("Share").Call()
	}
	return b.e.desc(x.T).Dot("Share").Call(addressOf(place))
}

func addressOf(place *jen.Statement) *jen.Statement { return jen.Op("&").Add(place) }

// variantOf is the variant that a field is read from.
func variantOf(x *ir.FieldGet) *ir.Variant {
	if x.Variant != nil {
		return x.Variant
	}
	return x.Of.Type().Def.Variants[0]
}

func (b *body) fieldOf(x *ir.FieldGet) *ir.Field { return variantOf(x).Fields[x.Field] }

func (b *body) fieldName(v *ir.Variant, i int) string { return b.e.defs[v.Def].fields[v.Index][i] }

func (b *body) fieldGet(x *ir.FieldGet) (*jen.Statement, int) {
	v := variantOf(x)
	code := b.selector(x.Of).Dot(b.fieldName(v, x.Field))
	if v.Fields[x.Field].Boxed {
		return jen.Op("*").Add(code), precUnary
	}
	return code, precPrimary
}

// selector prints what a field is read from: a boxed field needs no star, Go follows the pointer.
func (b *body) selector(x ir.Expr) *jen.Statement {
	if get, ok := x.(*ir.FieldGet); ok && b.fieldOf(get).Boxed {
		return b.selector(get.Of).Dot(b.fieldName(variantOf(get), get.Field))
	}
	return b.operand(x, precPrimary)
}

// commonGet reads a field of whatever variant there is: directly where all keep it in one place, else by its tag.
func (b *body) commonGet(x *ir.CommonGet) *jen.Statement {
	def := x.Of.Type().Def
	names := b.e.defs[def].fields
	one := true
	for i, field := range x.Fields {
		one = one && names[i][field] == names[0][x.Fields[0]]
	}
	if !one {
		panic("gogen: a common field kept in several places")
	}
	code := b.selector(x.Of).Dot(names[0][x.Fields[0]])
	if def.Variants[0].Fields[x.Fields[0]].Boxed {
		return jen.Parens(jen.Op("*").Add(code))
	}
	return code
}

// construct is a literal of a record or variant.
func (b *body) construct(v *ir.Variant, args []ir.Expr) *jen.Statement {
	def := b.e.defs[v.Def]
	values := make([]jen.Code, 0, len(args)+1)
	if v.Def.Enum {
		values = append(values, jen.Id("Tag").Op(":").Id(def.tags[v.Index]))
	}
	for i, arg := range args {
		value := b.fieldValue(v.Fields[i], arg)
		values = append(values, jen.Id(def.fields[v.Index][i]).Op(":").Add(value))
	}
	return b.e.goType(v.Def).Values(values...)
}

func (b *body) fieldValue(f *ir.Field, x ir.Expr) *jen.Statement {
	if f.Boxed {
		return jen.New(b.typed(x))
	}
	return b.expr(x)
}

// with is a copy with changes, as an expression.
func (b *body) with(x *ir.With) (*jen.Statement, int) {
	return jen.Func().Params().Add(b.e.typ(x.T)).BlockFunc(func(g *jen.Group) {
		c := b.inner()
		name := c.scope.Take("changed")
		c.changes(g, name, x)
		g.Return(jen.Id(name))
	}).Call(), precPrimary
}

// copyWith defines a variable as a copy with changes.
func (b *body) copyWith(g *jen.Group, v *ir.Var, x *ir.With) bool {
	for _, value := range x.Values {
		if _, simple := value.(*ir.Const); !simple {
			if _, simple = value.(*ir.Local); !simple {
				return false // it would be evaluated after the copy has its name
			}
		}
	}
	b.changes(g, "", x, v)
	return true
}

// changes prints the copy and the assignments to its fields.
func (b *body) changes(g *jen.Group, name string, x *ir.With, v ...*ir.Var) {
	b.mark(g)
	of := b.expr(x.Of)
	if name == "" {
		name = b.declare(v[0])
	}
	g.Id(name).Op(":=").Add(of)
	variant := x.T.Def.Variants[0]
	for i, field := range x.Fields {
		b.mark(g)
		g.Id(name).Dot(b.fieldName(variant, field)).Op("=").Add(b.fieldValue(variant.Fields[field], x.Values[i]))
	}
}

func (b *body) newMap(x *ir.NewMap) *jen.Statement {
	key, value := b.e.typ(x.T.Elems[0]), b.e.typ(x.T.Elems[1])
	entries := make([]jen.Code, len(x.Keys))
	for i := range x.Keys {
		entries[i] = jen.Values(b.tupleFields([]ir.Expr{x.Keys[i], x.Values[i]})...)
	}
	pairs := jen.Index().Add(ptl("Tuple2").Types(key, value)).Values(entries...)
	return ptl("MapOf").Call(pairs.Op("..."))
}

// coalesce is `a ?? b`, where b may be evaluated always.
func (b *body) coalesce(x *ir.Coalesce) *jen.Statement {
	return b.operand(x.A, precPrimary).Dot("Or").Call(b.expr(x.B))
}

// interpolate joins texts.
func (b *body) interpolate(x *ir.Interpolate) (*jen.Statement, int) {
	var texts []*jen.Statement
	for _, part := range x.Parts {
		if c, ok := part.(*ir.Const); !ok || c.Value != "" {
			texts = append(texts, b.text(part))
		}
	}
	switch len(texts) {
	case 0:
		return jen.Lit(""), precPrimary
	case 1:
		return texts[0], precPrimary
	}
	return sum(texts), precAdd
}

// longSum is from how many operands on a sum is written as a sum of sums: what Go's printer takes grows with the square.
const longSum = 64

// sum adds texts.
func sum(texts []*jen.Statement) *jen.Statement {
	if len(texts) > longSum {
		var parts []*jen.Statement
		for part := range slices.Chunk(texts, longSum) {
			parts = append(parts, jen.Parens(sum(part)))
		}
		return sum(parts)
	}
	out := jen.Null()
	for i, text := range texts {
		if i > 0 {
			out.Op("+")
		}
		out.Add(text)
	}
	return out
}

// text is a value as "${x}" prints it.
func (b *body) text(x ir.Expr) *jen.Statement {
	switch x.Type().Kind {
	case ir.String:
		return b.operand(x, precAdd)
	case ir.Int:
		return jen.Qual("strconv", "FormatInt").Call(b.expr(x), jen.Lit(10))
	}
	return b.e.desc(x.Type()).Dot("Text").Call(b.expr(x))
}

// place prints what an assignment or a mutating method works on. A box on the way is replaced by one of its own first,
// since values may share it.
func (b *body) place(g *jen.Group, x ir.Expr) *jen.Statement {
	switch x := x.(type) {
	case *ir.Local:
		return jen.Id(b.local(x.Var))
	case *ir.State:
		return b.state(x.Var)
	case *ir.FieldGet:
		of := b.place(g, x.Of)
		if get, ok := x.Of.(*ir.FieldGet); ok && b.fieldOf(get).Boxed {
			b.mark(g)
			g.Add(of.Clone()).Op("=").Add(jen.New(jen.Op("*").Add(of.Clone())))
		}
		return of.Dot(b.fieldName(variantOf(x), x.Field))
	}
	panic(fmt.Sprintf("gogen: place %T", x))
}
