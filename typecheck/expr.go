package typecheck

import (
	"strconv"
	"strings"
	"time"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// expr checks an expression against what is wanted of it, records its type and returns it. When something is
// wanted and found missing, that is reported and the wanted type is returned, so that the mistake is reported once.
func (b *body) expr(e ast.Expr, w want) types.Type {
	if e == nil {
		return types.Invalid
	}
	t := b.exprInner(e, w)
	if types.TooLarge(t) {
		t = b.inBounds(t, e.Span())
		curb(w.typ)
	}
	if w.typ != nil && !handsDown(e) && !types.Assignable(t, w.typ) {
		b.mismatch(e, t, w)
		t = w.typ
	}
	if w.discard && !handsDown(e) {
		b.mustBeUsed(e, t)
	}
	b.note(e, t)
	return t
}

// note records the type of an expression.
func (b *body) note(e ast.Expr, t types.Type) {
	b.info.Types[e] = t
	b.exprs = append(b.exprs, e)
}

// handsDown tells whether an expression passes on to its parts what is wanted of it: they report, it does not.
func handsDown(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Paren, *ast.If, *ast.Match, *ast.Block, *ast.Lambda:
		return true
	}
	return false
}

func (b *body) exprInner(e ast.Expr, w want) types.Type {
	switch e := e.(type) {
	case *ast.Ident:
		return b.ident(e, w)
	case *ast.IntLit:
		b.intLit(e, false)
		return types.Int
	case *ast.FloatLit:
		return types.Float
	case *ast.BoolLit:
		return types.Bool
	case *ast.StringLit:
		return b.stringLit(e)
	case *ast.TextPart:
		return types.String
	case *ast.DurationLit:
		b.durationLit(e)
		return types.Duration
	case *ast.UnitLit:
		return types.Unit
	case *ast.ListLit:
		return b.listLit(e, w)
	case *ast.MapLit:
		return b.mapLit(e, w)
	case *ast.TupleLit:
		return b.tupleLit(e, w)
	case *ast.Paren:
		return b.expr(e.X, w)
	case *ast.Call:
		return b.call(e, w)
	case *ast.Field:
		return b.field(e, w)
	case *ast.Index:
		return b.index(e)
	case *ast.Unary:
		return b.unary(e)
	case *ast.Binary:
		return b.binary(e, w)
	case *ast.Lambda:
		return b.lambda(e, w)
	case *ast.If:
		return b.ifExpr(e, w)
	case *ast.Match:
		return b.match(e, w)
	case *ast.Block:
		return b.block(e, w)
	case *ast.Ask:
		return b.ask(e)
	case *ast.Await:
		return b.await(e, w)
	case *ast.Try:
		return b.try(e, w)
	case *ast.Emit:
		return b.emit(e)
	case *ast.Reply:
		return b.reply(e)
	case *ast.Return:
		return b.returnExpr(e)
	case *ast.Break:
		return b.jump(e, "break")
	case *ast.Continue:
		return b.jump(e, "continue")
	case *ast.Fail:
		b.expr(e.X, wants(types.String, because{e.Place, "`fail` takes the reason as a %s"}))
		return types.Never
	}
	return types.Invalid
}

// mustBeUsed reports a value that nobody uses.
func (b *body) mustBeUsed(e ast.Expr, t types.Type) {
	t = types.Resolve(t)
	if t == types.Type(types.Unit) || t == types.Type(types.Never) || t == types.Type(types.Invalid) {
		return
	}
	if _, isAsk := e.(*ast.Ask); isAsk {
		return
	}
	if types.HasFree(t) {
		b.settled(e)
	}
	f := b.err("PTL0306", e.Span(), "this value of type "+show(t)+" is not used", "a value is neither used nor bound")
	switch x := e.(type) {
	case *ast.Binary:
		if x.Op == ast.Eq && isPlace(x.X) {
			f.help("To assign, write `=`.").edit(x.OpAt.Place, "=")
			return
		}
	case *ast.Await:
		f.help("If the reply does not matter, write `let _ = %s`; if nothing has to wait for it, leave out `await`.", shortText(e))
		return
	case *ast.Call:
		if c := b.info.Calls[x]; c != nil && c.Kind == CallMethod {
			f.note("`%s` gives a new value and changes nothing.", c.Name)
		}
	}
	switch {
	case b.site == siteHandler && b.task != nil && b.task.Out != nil && types.Assignable(t, b.task.Out):
		f.help("To give it to the task's output, write `emit %s`.", shortText(e))
	case b.site == siteFun || b.site == siteHelper:
		f.help("Bind it with `let`, or, if it is the function's result, write the type of the result in the function's head: `-> %s`.", show(t))
	default:
		f.help("Bind it with `let`, or remove it.")
	}
}

// settled keeps an expression's unknown parts from being reported in addition to a mistake that hides them.
func (b *body) settled(e ast.Expr) {
	t := b.info.Types[e]
	if t != nil {
		settle(t)
	}
}

// shortText is the text of an expression if it fits into a message.
func shortText(e ast.Expr) string {
	text := e.Span().Text()
	if len(text) > 30 || strings.Contains(text, "\n") {
		return "…"
	}
	return text
}

func (b *body) intLit(e *ast.IntLit, negative bool) {
	text := strings.ReplaceAll(e.Text, "_", "")
	if negative {
		text = "-" + text
	}
	if _, err := strconv.ParseInt(text, 0, 64); err != nil && text != "" {
		b.err("PTL0311", e.Place, "", "this number does not fit into an Int").
			note("An Int has 64 bits: it goes from -9223372036854775808 to 9223372036854775807.")
	}
}

func (b *body) durationLit(e *ast.DurationLit) {
	if _, ok := ParseDuration(e.Text); !ok && e.Text != "" {
		b.err("PTL0311", e.Place, "", "this duration does not fit").
			note("A Duration counts nanoseconds in 64 bits: it is at most about 292 years.")
	}
}

// ParseDuration reads a duration as programs write it: `5s`, `10ms`, `1h30m`, `2d`.
func ParseDuration(text string) (time.Duration, bool) {
	text = strings.ReplaceAll(text, "_", "")
	days, rest, hasDays := strings.Cut(text, "d")
	if !hasDays {
		days, rest = "", text
	}
	var total time.Duration
	if hasDays {
		n, err := strconv.ParseInt(days, 10, 64)
		total = time.Duration(n) * 24 * time.Hour
		if err != nil || n < 0 || n > 106751 {
			return 0, false
		}
	}
	if rest == "" {
		return total, hasDays
	}
	d, err := time.ParseDuration(rest)
	if err != nil || total+d < total {
		return 0, false
	}
	return total + d, true
}

func (b *body) stringLit(e *ast.StringLit) types.Type {
	for _, part := range e.Parts {
		t := b.expr(part, anything)
		b.later = append(b.later, func() { b.mustPrint(part, t) })
	}
	return types.String
}

// mustPrint refuses in a text what has no text.
func (b *body) mustPrint(e ast.Expr, t types.Type) {
	if types.Contains(t, types.FutureDef) {
		b.err("PTL0604", e.Span(), "this is "+show(t), "a future has no text").help("Await it first.")
	}
}

func (b *body) listLit(e *ast.ListLit, w want) types.Type {
	elem := b.elemWant(w, types.ListDef, 0)
	t := types.List(elem.typ)
	for _, x := range e.Elems {
		b.expr(x, elem)
		if elem.why.text == "" {
			elem.why = because{x.Span(), "the first element is %s"}
		}
	}
	return t
}

// elemWant is what is wanted of an element, when w wants a collection: its n-th type argument, or a variable.
func (b *body) elemWant(w want, def *types.Def, n int) want {
	if w.typ != nil {
		if named, ok := types.Resolve(w.typ).(*types.Named); ok && named.Def == def {
			return w.part(named.Args[n])
		}
	}
	return wants(b.supply.Fresh(), because{})
}

func (b *body) mapLit(e *ast.MapLit, w want) types.Type {
	key, value := b.elemWant(w, types.MapDef, 0), b.elemWant(w, types.MapDef, 1)
	for _, entry := range e.Entries {
		b.expr(entry.Key, key)
		b.expr(entry.Value, value)
		if key.why.text == "" {
			key.why = because{entry.Key.Span(), "the first key is %s"}
			value.why = because{entry.Value.Span(), "the first value is %s"}
		}
	}
	b.duty(duty{typ: key.typ, need: types.NeedKey, at: e.Place, what: "a map"})
	return types.Map(key.typ, value.typ)
}

func (b *body) tupleLit(e *ast.TupleLit, w want) types.Type {
	if len(e.Elems) > types.MaxTuple {
		b.err("PTL0309", e.Place, "", "a tuple of %d elements", len(e.Elems)).
			note("Tuples have at most %d elements.", types.MaxTuple).help("Declare a record, whose fields have names.")
	}
	var elems []types.Type
	if w.typ != nil {
		if t, ok := types.Resolve(w.typ).(*types.Tuple); ok && len(t.Elems) == len(e.Elems) {
			elems = t.Elems
		}
	}
	out := make([]types.Type, len(e.Elems))
	for i, x := range e.Elems {
		if elems != nil {
			out[i] = b.expr(x, w.part(elems[i]))
		} else {
			out[i] = b.expr(x, anything)
		}
	}
	return &types.Tuple{Elems: out}
}

func (b *body) index(e *ast.Index) types.Type {
	x := types.Resolve(b.expr(e.X, anything))
	if n, ok := x.(*types.Named); ok && n.Def == types.ListDef {
		b.expr(e.Index, wants(types.Int, because{e.X.Span(), "a list is indexed by %s"}))
		return types.Option(n.Args[0])
	}
	if n, ok := x.(*types.Named); ok && n.Def == types.MapDef {
		b.expr(e.Index, wants(n.Args[0], because{e.X.Span(), "the keys of this map are %s"}))
		return types.Option(n.Args[1])
	}
	b.expr(e.Index, anything)
	if x == types.Type(types.Invalid) || b.isUnknown(e.X, x) {
		return types.Invalid
	}
	f := b.err("PTL0302", e.X.Span(), "this is "+show(x), "%s cannot be indexed", show(x)).
		note("Lists and maps are read with `x[i]`, which gives an Option.")
	switch {
	case x == types.Type(types.String):
		f.help("Write `s.slice(i, i + 1)` for one character.")
	case isTupleType(x):
		f.help("A tuple is taken apart by a pattern: `let (a, b) = %s`.", shortText(e.X))
	case isNamed(x, types.SetDef):
		f.help("Write `s.contains(x)`.")
	case isNamed(x, types.OptionDef):
		f.help("Take the value out first, with `??` or `if let Some(xs) = …`.")
	}
	return types.Invalid
}

func isNamed(t types.Type, def *types.Def) bool {
	n, ok := types.Resolve(t).(*types.Named)
	return ok && n.Def == def
}

// isUnknown reports a value of which nothing is known although its type matters here.
func (b *body) isUnknown(e ast.Expr, t types.Type) bool {
	v, ok := types.Resolve(t).(*types.Var)
	if !ok {
		return false
	}
	b.err("PTL0304", e.Span(), "its type must be known here", "the type of this is not known yet").
		note("Types are found out from the left to the right; nothing before this place says what it is.").
		help("Write the type where it is bound, or use a function whose parameters have types.")
	v.Bound = types.Invalid
	return true
}

func spanOf(n ast.Node) source.Span {
	if n == nil {
		return source.Span{}
	}
	return n.Span()
}

func isTupleType(t types.Type) bool {
	_, ok := t.(*types.Tuple)
	return ok
}
