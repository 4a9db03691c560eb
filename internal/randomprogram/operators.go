package randomprogram

import (
	"fmt"
	"strings"
)

// operated is an operator or built-in applied to smaller expressions.
func (g *gen) operated(e *env, t *typ, depth int, typed bool) string {
	of := func(t *typ) string { return g.expr(e, t, depth-1, false) }
	switch {
	case t.kind == kTuple && len(t.elems) == 2 && t.elems[0].kind == kList && t.elems[0].is(t.elems[1]) && g.chance(2):
		return of(t.elems[0]) + ".partition(" + g.lambdaOf(e, tBool, depth-1, true, t.elems[0].elems[0]) + ")"
	}
	switch t.kind {
	case kBool:
		return g.bool(e, depth, of)
	case kInt:
		return g.int(e, depth, of)
	case kString:
		return g.text(e, depth, of)
	case kFloat:
		return g.float(of)
	case kDuration:
		return g.duration(e, of, typed)
	case kTime:
		return g.time(e, of, typed)
	case kBytes:
		return pick(g, of(t)+".concat("+of(t)+").slice(0, 6)", of(tString)+".toBytes()", of(t)+".slice(1, 3)",
			"("+of(t)+".encodeBase64().decodeBase64() ?? "+of(t)+")")
	case kList:
		return g.list(e, t, depth, of)
	case kMap:
		return g.mapped(e, t, depth, of)
	case kResult:
		return g.resulting(e, t, depth, of)
	case kSet:
		return pick(g, of(t)+".union("+of(t)+")", of(t)+".difference("+of(t)+")", of(t)+".intersection("+of(t)+")", of(list(t.elems[0]))+".toSet()")
	case kOption:
		return g.option(e, t, depth, of)
	case kDef:
		if v := t.def.variants[0]; !t.def.enum && g.chance(2) {
			f := pick(g, v.fields...)
			return fmt.Sprintf("%s.with(%s: %s)", of(t), f.name, g.expr(e, f.t, depth-1, true))
		}
	}
	return g.literal(e, t, 2, typed)
}

func (g *gen) float(of func(*typ) string) string {
	switch g.n(9) {
	case 0, 1:
		return "(" + of(tFloat) + pick(g, " + ", " - ", " * ", " / ") + of(tFloat) + ")"
	case 2:
		return of(tInt) + ".toFloat()"
	case 3:
		return pick(g, "abs(", "min(1.5, ", "max(0.25, ") + of(tFloat) + ")"
	case 4:
		return of(tFloat) + pick(g, ".sqrt()", ".roundTo(1)")
	case 5:
		return of(tDuration) + ".toSeconds()"
	case 6:
		return "(" + of(tString) + ".toFloat() ?? " + of(tFloat) + ")"
	case 7:
		return of(list(tFloat)) + ".sum()"
	}
	return "(-" + of(tFloat) + ")"
}

func (g *gen) duration(e *env, of func(*typ) string, typed bool) string {
	switch g.n(9) {
	case 0:
		return "min(" + of(tDuration) + ", " + of(tDuration) + ")"
	case 1:
		return "(" + of(tDuration) + pick(g, " / 2)", " * 3)", " * "+of(tInt)+")")
	case 2:
		return "(" + of(tDuration) + pick(g, " + ", " - ") + of(tDuration) + ")"
	case 3:
		return "(" + of(tDuration) + " % " + pick(g, "7s", "250ms", of(tDuration)) + ")"
	case 4:
		return "(" + of(tTime) + " - " + of(tTime) + ")"
	case 5:
		return "(" + of(tString) + ".toDuration() ?? " + of(tDuration) + ")"
	case 6:
		return pick(g, "(2 * ", "abs(", "(-") + of(tDuration) + ")"
	}
	return g.leaf(e, tDuration, typed)
}

func (g *gen) time(e *env, of func(*typ) string, typed bool) string {
	switch g.n(6) {
	case 0, 1:
		return "(" + of(tTime) + pick(g, " + ", " - ") + of(tDuration) + ")"
	case 2:
		return of(tTime) + ".floor(" + pick(g, "1s", "7m", "1d", of(tDuration)) + ")"
	case 3:
		return "(" + of(tTime) + ".toString().toTime() ?? " + of(tTime) + ")"
	case 4:
		if e.task != nil {
			return "now()"
		}
		return pick(g, "min(", "max(") + of(tTime) + ", " + of(tTime) + ")"
	}
	return g.leaf(e, tTime, typed)
}

func (g *gen) resulting(e *env, t *typ, depth int, of func(*typ) string) string {
	value := t.elems[0]
	switch g.n(5) {
	case 0:
		from := g.basic()
		return fmt.Sprintf("%s.map(%s)", of(result(from)), g.lambdaOf(e, value, depth-1, false, from))
	case 1:
		from := g.basic()
		return fmt.Sprintf("%s.flatMap(%s)", of(result(from)), g.lambdaOf(e, t, depth-1, false, from))
	case 2:
		return of(t) + ".mapErr(" + g.lambdaOf(e, tString, depth-1, false, tString) + ")"
	case 3:
		return of(option(value)) + ".okOr(" + of(tString) + ")"
	}
	return g.leaf(e, t, false)
}

func (g *gen) bool(e *env, depth int, of func(*typ) string) string {
	switch g.n(11) {
	case 0:
		return "(" + of(tBool) + pick(g, " && ", " || ") + of(tBool) + ")"
	case 1:
		return "(!" + of(tBool) + ")"
	case 2, 3:
		t := pick(g, tInt, tInt, tString, tDuration, tFloat, tTime, tuple(tInt, tString))
		return "(" + of(t) + pick(g, " < ", " <= ", " > ", " >= ") + of(t) + ")"
	case 4:
		t := g.anyType(1)
		return "(" + of(t) + pick(g, " == ", " != ") + of(t) + ")"
	case 5:
		t := g.basic()
		return of(list(t)) + ".contains(" + of(t) + ")"
	case 6:
		t := g.basic()
		return of(list(t)) + pick(g, ".any(", ".all(") + g.lambdaOf(e, tBool, depth-1, true, t) + ")"
	case 7:
		t := mapOf(g.keyType(), g.basic())
		return of(t) + ".has(" + of(t.elems[0]) + ")"
	}
	switch g.n(9) {
	case 0:
		return of(tString) + pick(g, ".startsWith(", ".endsWith(") + of(tString) + ")"
	case 1:
		return of(pick(g, tString, list(tInt), mapOf(tInt, tString), set(tString))) + ".isEmpty()"
	case 2:
		return of(set(tInt)) + ".isSubsetOf(" + of(set(tInt)) + ")"
	case 3:
		return of(result(g.basic())) + pick(g, ".isOk()", ".isErr()")
	case 4:
		return of(option(g.basic())) + ".isNone()"
	case 5:
		return of(tFloat) + ".isNaN()"
	}
	return pick(g, of(tString)+".contains("+of(tString)+")", of(option(g.basic()))+".isSome()", of(set(tInt))+".contains("+of(tInt)+")")
}

func (g *gen) int(e *env, depth int, of func(*typ) string) string {
	switch g.n(19) {
	case 0, 1, 2:
		return "(" + of(tInt) + pick(g, " + ", " - ") + of(tInt) + ")"
	case 3:
		return "(" + of(tInt) + " * " + pick(g, "2", "3", "(-1)", of(tInt)) + ")"
	case 4, 5:
		return "(" + of(tInt) + pick(g, " / ", " % ") + pick(g, "2", "3", "10", "7", "(-2)") + ")"
	case 6:
		if g.chance(3) {
			return "(" + of(tInt) + pick(g, " / ", " % ") + of(tInt) + ")"
		}
		return "(" + of(tInt) + " % 5)"
	case 7:
		return pick(g, "min", "max") + "(" + of(tInt) + ", " + of(tInt) + ")"
	case 8:
		return pick(g, "abs("+of(tInt)+")", "(-"+of(tInt)+")")
	case 9:
		t := pick(g, list(g.basic()), tString, set(tInt), mapOf(tString, tInt))
		return of(t) + ".length"
	case 10:
		return of(list(tInt)) + ".sum()"
	case 11:
		t := g.anyType(1)
		return fmt.Sprintf("%s.fold(%s, %s)", of(list(t)), of(tInt), g.lambdaOf(e, tInt, depth-1, false, tInt, t))
	case 12:
		t := g.basic()
		return of(list(t)) + ".count(" + g.lambdaOf(e, tBool, depth-1, true, t) + ")"
	case 13:
		return "(" + of(tString) + ".toInt() ?? " + of(tInt) + ")"
	case 14:
		if g.chance(6) {
			return pick(g, "9223372036854775807", "(-9223372036854775808)", of(tInt)+".pow(9)", "4000000000")
		}
		return pick(g, "(-2)", "5") + ".pow(" + pick(g, "0", "1", "3") + ")"
	case 15:
		return "min(1000, " + of(tTime) + pick(g, ".hour()", ".minute()", ".second()", ".day()", ".month()", ".year()", ".weekday()") + ")"
	case 16:
		return of(tFloat) + pick(g, ".floor()", ".ceil()", ".round()", ".toInt()")
	case 17:
		if e.task != nil {
			return pick(g, "random(1)", "uuid().length", "(now() - now()).toSeconds().toInt()")
		}
		return "(" + of(tDuration) + " / " + pick(g, "1s", "(-7ms)", of(tDuration)) + ")"
	}
	return "(" + pick(g, of(list(tInt))+".indexOf("+of(tInt)+")", of(tString)+".indexOf("+of(tString)+")", of(list(tBytes))+".first().map(b => b.length)") + " ?? (-1))"
}

func (g *gen) text(e *env, depth int, of func(*typ) string) string {
	short := func(text string) string { return text + ".slice(0, 14)" }
	switch g.n(11) {
	case 0, 1:
		return short("(" + of(tString) + " + " + of(tString) + ")")
	case 2, 3, 4:
		return short(g.template(e, depth))
	case 5:
		return of(tString) + pick(g, ".upper()", ".lower()", ".reverse()", ".trim()", ".slice(1, 4)")
	case 6:
		return of(tInt) + ".toString()"
	case 7:
		return short(fmt.Sprintf("%s.map(%s).join(%s)", of(list(tInt)), g.lambdaOf(e, tString, depth-1, false, tInt), pick(g, `","`, `""`)))
	case 8:
		return pick(g, short(of(tTime)+pick(g, ".date()", ".toString()")), short(of(tDuration)+".toString()"), "("+of(tBytes)+`.toText() ?? "no text")`,
			short(of(tBytes)+".encodeBase64()"), short(of(tFloat)+".toString()"), of(tBool)+".toString()")
	case 9:
		return short(of(tString) + pick(g, `.split("a")`, ".words()", ".lines()", ".chars()") + `.join("+")`)
	}
	return short(of(tString) + pick(g, `.replace("a", "bb")`, `.padStart(5, "-")`, `.padEnd(4, "*")`, ".repeat(2)"))
}

// template is a text with values in it.
func (g *gen) template(e *env, depth int) string {
	var b strings.Builder
	b.WriteByte('"')
	for range 1 + g.n(2) {
		b.WriteString(pick(g, "", "n=", " ", "é", "\\t", "$", "{}"))
		// a literal brace or quote inside of ${…} is fine, as long as it all stands on one line
		b.WriteString("${" + g.expr(e, g.anyType(1), min(depth-1, 1), false) + "}")
	}
	b.WriteByte('"')
	return b.String()
}

func (g *gen) list(e *env, t *typ, depth int, of func(*typ) string) string {
	elem := t.elems[0]
	switch g.n(15) {
	case 0:
		return of(t) + ".filter(" + g.lambdaOf(e, tBool, depth-1, true, elem) + ")"
	case 1, 2:
		from := g.anyType(1)
		return fmt.Sprintf("%s.map(%s)", of(list(from)), g.lambdaOf(e, elem, depth-1, false, from))
	case 3:
		return of(t) + pick(g, ".take(2)", ".drop(1)", ".reverse()", ".slice(1, 3)")
	case 4:
		return of(t) + ".concat(" + of(t) + ").take(5)"
	case 5:
		return fmt.Sprintf("%s.sortBy(%s)", of(t), g.lambdaOf(e, pick(g, tInt, tString), depth-1, false, elem))
	case 6:
		from := g.basic()
		return fmt.Sprintf("%s.flatMap(%s).take(5)", of(list(from)), g.lambdaOf(e, t, depth-1, false, from))
	case 7:
		if elem.isKey() {
			return pick(g, of(t)+".distinct()", of(set(elem))+".toList()", of(mapOf(elem, tInt))+".keys()")
		}
	case 8:
		if elem.isOrdered() {
			return of(t) + ".sort()"
		}
	case 9:
		if elem == tInt {
			return "range(0, " + pick(g, "2", "3", "4") + ")"
		}
		if elem.kind == kTuple && len(elem.elems) == 2 {
			return of(list(elem.elems[0])) + ".zip(" + of(list(elem.elems[1])) + ")"
		}
	case 10:
		return of(mapOf(tInt, elem)) + ".values()"
	case 11:
		return of(t) + pick(g, ".dropWhile(", ".takeWhile(") + g.lambdaOf(e, tBool, depth-1, true, elem) + ")"
	case 12:
		from := g.basic()
		return fmt.Sprintf("%s.filterMap(%s)", of(list(from)), g.lambdaOf(e, option(elem), depth-1, false, from))
	case 13:
		return pick(g, of(option(elem))+".toList()", fmt.Sprintf("(%s.chunks(2).first() ?? %s)", of(t), of(t)))
	case 14:
		switch {
		case elem == tString:
			return of(tString) + pick(g, ".words()", ".chars()", `.split(",")`, ".lines()") + ".take(4)"
		case elem == tInt:
			return of(tBytes) + ".toList().take(3)"
		case elem.kind == kTuple && len(elem.elems) == 2 && elem.elems[0].isKey():
			return of(mapOf(elem.elems[0], elem.elems[1])) + ".entries()"
		case elem.kind == kTuple && len(elem.elems) == 2 && elem.elems[0] == tInt:
			return of(list(elem.elems[1])) + ".enumerate()"
		}
	}
	return g.leaf(e, t, false)
}

func (g *gen) mapped(e *env, t *typ, depth int, of func(*typ) string) string {
	key, value := t.elems[0], t.elems[1]
	switch g.n(5) {
	case 0:
		from := g.basic()
		return fmt.Sprintf("%s.mapValues(%s)", of(mapOf(key, from)), g.lambdaOf(e, value, depth-1, false, from))
	case 1:
		return of(t) + ".filter(" + g.lambdaOf(e, tBool, depth-1, true, key, value) + ")"
	case 2:
		return of(t) + ".merge(" + of(t) + ")"
	case 3:
		if value.kind == kList {
			return fmt.Sprintf("%s.groupBy(%s)", of(value), g.lambdaOf(e, key, depth-1, false, value.elems[0]))
		}
		return of(list(tuple(key, value))) + ".toMap()"
	}
	return g.leaf(e, t, false)
}

func (g *gen) option(e *env, t *typ, depth int, of func(*typ) string) string {
	elem := t.elems[0]
	switch g.n(10) {
	case 7:
		from := g.basic()
		return fmt.Sprintf("%s.flatMap(%s)", of(option(from)), g.lambdaOf(e, t, depth-1, false, from))
	case 8:
		return of(result(elem)) + ".toOption()"
	case 0:
		return of(list(elem)) + pick(g, ".first()", ".last()")
	case 1:
		return of(list(elem)) + ".find(" + g.lambdaOf(e, tBool, depth-1, true, elem) + ")"
	case 2:
		m := mapOf(g.keyType(), elem)
		return of(m) + "[" + of(m.elems[0]) + "]"
	case 3:
		from := g.basic()
		return fmt.Sprintf("%s.map(%s)", of(option(from)), g.lambdaOf(e, elem, depth-1, false, from))
	case 4:
		return of(t) + pick(g, ".filter("+g.lambdaOf(e, tBool, depth-1, true, elem)+")", ".orElse("+of(t)+")")
	case 5:
		if elem == tInt {
			return of(tString) + ".toInt()"
		}
		if elem.isOrdered() {
			return of(list(elem)) + pick(g, ".min()", ".max()")
		}
	case 6:
		return fmt.Sprintf("%s.%s(%s)", of(list(elem)), pick(g, "minBy", "maxBy"), g.lambdaOf(e, tInt, depth-1, false, elem))
	}
	return g.leaf(e, t, false)
}
