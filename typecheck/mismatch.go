package typecheck

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/types"
)

// mismatch reports that an expression is not of the wanted type: what it is, what was wanted, because of what, and,
// for the pairs of types that people mix up, how to get from one to the other.
func (b *body) mismatch(e ast.Expr, found types.Type, w want) {
	if id, ok := e.(*ast.Ident); ok && id.Place.Valid() && id.Place.Text() != id.Name {
		settle(found) // the parser has put this name in for something that it complained about
		return
	}
	f := b.err("PTL0301", e.Span(), "this is "+show(found), "expected %s, found %s", show(w.typ), show(found)).because(w)
	b.convert(f, e, types.Resolve(found), types.Resolve(w.typ))
	settle(found)
}

// because adds where an expectation comes from.
func (f finding) because(w want) finding {
	if w.why.text == "" {
		return f
	}
	text := strings.Replace(w.why.text, "%s", show(w.typ), 1)
	if !w.why.at.Valid() || w.why.at == f.Primary.Span {
		return f.note("%s", diag.Sentence(text))
	}
	return f.at(w.why.at, "%s", text)
}

// convert says how to get from one type to another.
func (b *body) convert(f finding, e ast.Expr, from, to types.Type) {
	is := func(x, y types.Type) bool { return from == x && to == y }
	text := shortText(e)
	switch {
	case is(types.Int, types.Float):
		b.toFloat(f, e)
	case is(types.Float, types.Int):
		f.help("`.round()`, `.floor()`, `.ceil()` and `.toInt()` make an Int of a Float.")
	case is(types.String, types.Int) || is(types.String, types.Float):
		f.help("`.to%s()` reads a number from a text; it gives an Option, as the text may be no number.", show(to))
	case to == types.Type(types.String) && isPrintable(from):
		f.help("Write \"${%s}\" to make a text of it.", text)
	case is(types.Int, types.Duration) || is(types.Float, types.Duration):
		f.help("Write a duration with its unit, `5s`, or `n * 1s`.")
	case is(types.Duration, types.Int):
		f.help("Divide by the unit: `d / 1ms` is the number of milliseconds.")
	case is(types.Time, types.Int):
		f.help("Times are points; `(t - epoch()) / 1ms` is the number of milliseconds since 1970.")
	case is(types.Int, types.Bool):
		f.help("Numbers are no conditions; compare: `%s != 0`.", text)
	case isNamed(from, types.FutureDef) && types.Unify(from.(*types.Named).Args[0], to):
		f.help("Await the reply: `await %s`.", text).edit(e.Span(), "await "+e.Span().Text())
	case isNamed(from, types.OptionDef) && types.Unify(from.(*types.Named).Args[0], to):
		f.note("An Option may have no value.").help("Say what to take then, with `?? …`, or match on `Some` and `None`.")
	case isNamed(to, types.OptionDef) && types.Unify(from, to.(*types.Named).Args[0]):
		f.help("Wrap it: `Some(%s)`.", text).edit(e.Span(), "Some("+e.Span().Text()+")")
	case isNamed(to, types.ListDef) && types.Unify(from, to.(*types.Named).Args[0]):
		f.help("For a list of one element, write `[%s]`.", text)
	case isNamed(from, types.MapDef) && isNamed(to, types.ListDef):
		f.help("`m.entries()`, `m.keys()` and `m.values()` make lists of a map.")
	case isNamed(from, types.SetDef) && isNamed(to, types.ListDef):
		f.help("`s.toList()` makes a list of a set.")
	case isNamed(from, types.ListDef) && isNamed(to, types.SetDef):
		f.help("`xs.toSet()` makes a set of a list.")
	case to == types.Type(types.Unit) && b.fun != nil && b.fun.Decl.Result == nil && len(b.lambdas) == 0:
		f.help("If `%s` is to give it, say so in its head: `-> %s`.", b.fun.Name, show(from))
	case from == types.Type(types.Unit) && isAssignment(e):
		f.help("An assignment has no value; to compare, write `==`.")
	}
}

func isPrintable(t types.Type) bool {
	return t == types.Type(types.Int) || t == types.Type(types.Float) || t == types.Type(types.Bool) ||
		t == types.Type(types.Time) || t == types.Type(types.Duration)
}

func isAssignment(e ast.Expr) bool {
	block, ok := e.(*ast.Block)
	if !ok || len(block.Stmts) == 0 {
		return false
	}
	_, ok = block.Stmts[len(block.Stmts)-1].(*ast.AssignStmt)
	return ok
}
