package typecheck

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
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
	if id, ok := e.(*ast.Ident); ok && isNamed(found, types.FutureDef) {
		if l, ok := b.info.Uses[id].(*Local); ok {
			if l.unawaited { // the same was said where it is first used
				settle(found)
				return
			}
			l.unawaited = true
		}
	}
	if types.Outgrows(found, w.typ) {
		b.grown = true
		b.tooLarge(e.Span())
		settle(found)
		return
	}
	f := b.err("PTL0301", e.Span(), "this is "+show(found), "expected %s, found %s", show(w.typ), show(found)).because(w)
	b.convert(f, e, types.Resolve(found), types.Resolve(w.typ))
	if b.mismatched == nil {
		b.mismatched = map[ast.Expr]misfit{}
	}
	b.mismatched[e] = misfit{f, types.Zonk(found), w.typ}
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

func isNone(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == "None"
}

// convert says how to get from one type to another.
func (b *body) convert(f finding, e ast.Expr, from, to types.Type) {
	is := func(x, y types.Type) bool { return from == x && to == y }
	text := shortText(e)
	switch {
	case isNone(e) && mustHaveValue(to):
		f.mayBeMissing(to)
	case is(types.Int, types.Float) && isDivision(e):
		division := e.(*ast.Binary)
		f.note("`/` of two Ints gives an Int, without what is behind the point.").
			help("Convert both before: `%s / %s`.", asFloat(division.X), asFloat(division.Y))
	case is(types.Int, types.Float):
		b.toFloat(f, e)
	case is(types.Float, types.Int):
		f.help("`.round()`, `.floor()`, `.ceil()` and `.toInt()` make an Int of a Float.")
	case isText(e) && (is(types.String, types.Int) || is(types.String, types.Float)):
		if number := isNumber(e); number != "" {
			f.help("A number is written without quotes: `%s`.", number)
		}
	case is(types.String, types.Int) || is(types.String, types.Float):
		f.help("`.to%s()` reads a number from a text; it gives an Option, as the text may be no number.", show(to))
	case isNamed(from, types.ErrorDef) && to == types.Type(types.String):
		f.help("An Error has its text as `message`; `fail` takes the text itself.")
	case to == types.Type(types.String) && isPrintable(from):
		f.help("Write \"${%s}\" to make a text of it.", text)
	case is(types.String, types.Duration):
		if written := strings.Trim(e.Span().Text(), `"`); isText(e) && isDuration.MatchString(written) {
			f.help("A Duration is written without quotes: `%s`.", written).edit(e.Span(), written)
		} else {
			f.help("`.toDuration()` reads one from a text; it gives an Option, as the text may be none.")
		}
	case is(types.Int, types.Duration) || is(types.Float, types.Duration):
		f.help("Write a duration with its unit, `5s`, or `n * 1s`.")
	case is(types.Duration, types.Int):
		f.help("Divide by the unit: `d / 1ms` is the number of milliseconds.")
	case is(types.Time, types.Int):
		f.help("Times are points; `(t - epoch()) / 1ms` is the number of milliseconds since 1970.")
	case is(types.Int, types.Bool):
		f.help("Numbers are no conditions; compare: `%s != 0`.", text)
	case is(types.String, types.Bool):
		f.help("Texts are no conditions; compare: `%s != \"\"`.", text)
	case to == types.Type(types.Bool) && builtin.Lookup(receiverName(from), "isEmpty") != nil:
		f.help("Collections are no conditions; ask whether there is something in it: `!%s.isEmpty()`.", text)
	case to == types.Type(types.Bool) && isNamed(from, types.OptionDef) && !types.Unify(from.(*types.Named).Args[0], to):
		f.help("Options are no conditions; ask whether there is a value, `%s.isSome()`, or take it: `if let Some(x) = %s`.", text, text)
	case isNamed(from, types.FutureDef) && types.Unify(from.(*types.Named).Args[0], to):
		f.help("Await the reply: `await %s`.", text).edit(e.Span(), "await "+e.Span().Text())
		if id, ok := e.(*ast.Ident); ok {
			if l, ok := b.info.Uses[id].(*Local); ok {
				f.at(l.Span, "or await it here, where `%s` is bound", l.Name)
			}
		}
	case isNamed(from, types.OptionDef) && types.Unify(from.(*types.Named).Args[0], to):
		f.note("An Option may have no value.").help("Say what to take then, with `?? …`, or match on `Some` and `None`.")
	case isNamed(to, types.OptionDef) && types.Unify(from, to.(*types.Named).Args[0]):
		f.help("Wrap it: `Some(%s)`.", text).edit(e.Span(), "Some("+e.Span().Text()+")")
	case isNamed(to, types.ErrorDef) && from == types.Type(types.String):
		f.help("Write `Error(%s)`.", text).edit(e.Span(), "Error("+e.Span().Text()+")")
	case isNamed(to, types.ResultDef) && types.Unify(from, to.(*types.Named).Args[0]):
		f.help("Wrap it: `Ok(%s)`.", text).edit(e.Span(), "Ok("+e.Span().Text()+")")
	case isNamed(to, types.ResultDef) && types.Unify(from, to.(*types.Named).Args[1]):
		f.help("Wrap it: `Err(%s)`.", text).edit(e.Span(), "Err("+e.Span().Text()+")")
	case isNamed(to, types.ResultDef) && isNamed(from, types.ErrorDef):
		f.help("The error of this Result is %s: `Err(…)`.", show(to.(*types.Named).Args[1]))
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
	default:
		differentParams(f, from, to)
	}
}

// differentParams explains a mismatch of type parameters, which the caller chooses.
func differentParams(f finding, from, to types.Type) {
	switch {
	case isParam(from) && isParam(to):
		f.note("`%s` and `%s` are two types that the caller chooses, not the same one.", show(from), show(to)).
			help("If both are to be the same, declare one type parameter for them.")
	case isParam(to) && isBasic(from):
		f.note("`%s` is whatever type the caller chooses.", show(to)).
			help("If it is to be %s always, write %s in place of `%s`.", show(from), show(from), show(to))
	case isParam(from) && isBasic(to):
		f.note("`%s` is whatever type the caller chooses.", show(from)).
			help("If it is to be %s always, write %s in place of `%s`.", show(to), show(to), show(from))
	}
}

func isBasic(t types.Type) bool {
	_, ok := t.(*types.Basic)
	return ok && isKnown(t)
}

func isDivision(e ast.Expr) bool {
	x, ok := e.(*ast.Binary)
	return ok && x.Op == ast.Div
}

// asFloat is how an Int is written as a Float.
func asFloat(e ast.Expr) string {
	if lit, ok := e.(*ast.IntLit); ok {
		return lit.Text + ".0"
	}
	if isSimple(e) {
		return shortText(e) + ".toFloat()"
	}
	return "(" + shortText(e) + ").toFloat()"
}

// isText tells whether e is a text that stands there as it is.
func isText(e ast.Expr) bool {
	lit, ok := e.(*ast.StringLit)
	return ok && !slices.ContainsFunc(lit.Parts, func(part ast.Expr) bool { _, plain := part.(*ast.TextPart); return !plain })
}

// isDuration is a Duration as programs write it.
var isDuration = regexp.MustCompile(`^\d+(ns|us|ms|s|m|h|d)$`)

// isNumber is the number that stands between the quotes of a text, or "".
func isNumber(e ast.Expr) string {
	text := strings.Trim(e.Span().Text(), `"`)
	if _, err := strconv.ParseFloat(text, 64); err != nil || strings.Trim(text, "0123456789.-") != "" {
		return ""
	}
	return text
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
