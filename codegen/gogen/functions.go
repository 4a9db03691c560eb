package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// functionsFile prints the functions of the user, and those that call Go's.
func (e *emitter) functionsFile() {
	if len(e.prog.Funcs) == 0 && len(e.prog.Externs) == 0 {
		return
	}
	f := e.newFile("functions.go", "")
	for _, fn := range e.prog.Funcs {
		f.function(fn)
	}
	f.importExterns()
	for _, x := range e.prog.Externs {
		f.extern(x)
	}
	f.finish()
}

func (f *goFile) function(fn *ir.Func) {
	name := f.e.funcs[fn]
	b := f.newBody(fn.Body)
	b.result, b.at = fn.Result, fn.Span
	var params []jen.Code
	if f.e.needs[fn]&needLane != 0 {
		b.scope.Reserve("l")
		b.lane = laneParam
		params = append(params, jen.Id("l").Op("*").Add(ptl("Lane")))
	}
	params = append(params, b.params(fn.Params)...)
	about := fmt.Sprintf("%s is `fun %s`.", name, fn.Name)
	if fn.Of != "" {
		about = fmt.Sprintf("%s is `%s`.", name, shortened(fn.Of))
	}
	f.declare(doc(about, fn.Doc), fn.Span)
	f.Func().Id(name).Params(params...).Add(f.e.result(fn.Result)).BlockFunc(func(g *jen.Group) { b.function(g, fn.Body) })
}

// funcValue is a function of the ir as a Go value, printed in place: the key of a portal, the predicate of a split.
func (f *goFile) funcValue(fn *ir.Func, at source.Span) *jen.Statement {
	if name, ok := f.e.funcs[fn]; ok {
		return jen.Id(name)
	}
	b := f.newBody(fn.Body)
	b.at = at
	return b.lambda(&ir.Lambda{Params: fn.Params, Body: fn.Body, Result: fn.Result})
}

// mostShown is how many characters of an expression a comment shows.
const mostShown = 60

func shortened(text string) string {
	if all := []rune(text); len(all) > mostShown {
		return string(all[:mostShown]) + "…"
	}
	return text
}
