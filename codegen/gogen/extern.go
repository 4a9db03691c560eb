package gogen

import (
	"fmt"
	"path"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

// nameExterns names the functions that call Go for the program, and the packages that they call. Local names never hide
// those, so that an import needs an alias only where two packages have one name.
func (e *emitter) nameExterns() {
	if len(e.prog.Externs) > 0 {
		e.packages["time"] = e.scope.Take("time") // conversions may need it, whatever is called
	}
	for _, x := range e.prog.Externs {
		if _, known := imports[x.Package]; !known && e.packages[x.Package] == "" {
			e.packages[x.Package] = e.takeGlobal(x.PackageName)
		}
	}
	for _, x := range e.prog.Externs {
		e.externs[x] = e.takeGlobal(names.Lower(x.Name))
	}
}

// importExterns tells a file under which names it imports the packages of externs.
func (f *goFile) importExterns() {
	for _, x := range f.e.prog.Externs {
		switch name := f.e.packages[x.Package]; {
		case name == "":
		case name == x.PackageName && name == path.Base(x.Package):
			f.ImportName(x.Package, name)
		default:
			f.ImportAlias(x.Package, name)
		}
	}
}

// extern prints the function by which the program calls one of Go: it converts the arguments, calls, and converts what
// comes back.
func (f *goFile) extern(x *ir.Extern) {
	e := f.e
	name := e.externs[x]
	scope := e.scope.Inner()
	var params, args []jen.Code
	for i, v := range x.Params {
		param := scope.Take(names.Lower(v.Name))
		params = append(params, jen.Id(param).Add(e.typ(v.Type)))
		arg := e.convert(toGo, x.Args[i], jen.Id(param))
		if x.Variadic && i == len(x.Params)-1 {
			arg.Op("...")
		}
		args = append(args, arg)
	}
	f.declare(doc(fmt.Sprintf("%s is `extern fun %s`, which calls %s.%s.", name, x.Name, x.PackageName, x.GoName), x.Doc), f.nowhere())
	call := jen.Qual(x.Package, x.GoName).Call(args...)
	f.Func().Id(name).Params(params...).Add(e.result(x.Result)).BlockFunc(func(g *jen.Group) { e.externBody(g, x, call, scope) })
}

func (e *emitter) externBody(g *jen.Group, x *ir.Extern, call *jen.Statement, scope *names.Scope) {
	switch {
	case len(x.Results) == 0 && x.HasError:
		g.Add(ptl("Check").Call(call))
		return
	case len(x.Results) == 0:
		g.Add(call)
		return
	case len(x.Results) == 1 && !x.OK && !x.HasError:
		g.Return(e.convert(ofGo, x.Results[0], call))
		return
	}
	var taken, values []jen.Code
	for i, r := range x.Results {
		want := "v"
		if len(x.Results) > 1 {
			want += strconv.Itoa(i)
		}
		v := scope.Take(want)
		taken = append(taken, jen.Id(v))
		value := e.convert(ofGo, r, jen.Id(v))
		if len(x.Results) > 1 {
			value = jen.Id("V" + strconv.Itoa(i)).Op(":").Add(value)
		}
		values = append(values, value)
	}
	ok, err := scope.Take("ok"), scope.Take("err")
	if x.OK {
		taken = append(taken, jen.Id(ok))
	}
	if x.HasError {
		taken = append(taken, jen.Id(err))
	}
	g.List(taken...).Op(":=").Add(call)
	if x.HasError {
		g.Add(ptl("Check").Call(jen.Id(err)))
	}
	t := x.Result
	if x.OK {
		t = t.Elems[0]
		g.If(jen.Op("!").Id(ok)).Block(jen.Return(ptl("None").Types(e.typ(t)).Call()))
	}
	value := jen.Add(values[0])
	if len(values) > 1 {
		value = e.typ(t).Values(values...)
	}
	if x.OK {
		value = ptl("Some").Call(value)
	}
	g.Return(value)
}

// way is a direction in which a value is converted.
type way int

const (
	toGo way = iota
	ofGo
)

// converters are the functions of the runtime that convert a form, either way. What has none is a conversion of Go's.
var converters = map[ir.GoForm][2]string{
	ir.GoSame:    {"Same", "Same"},
	ir.GoText:    {"Same", "TextOfGo"},
	ir.GoInt:     {"GoInt", "IntOfGo"},
	ir.GoTime:    {"GoTime", "TimeOfGo"},
	ir.GoPointer: {"GoPointer", "OptionOfGo"},
	ir.GoSlice:   {"GoSlice", "ListOfGo"},
	ir.GoMap:     {"GoMap", "MapOfGo"},
}

// convert is the value x, converted.
func (e *emitter) convert(w way, t *ir.GoType, x *jen.Statement) *jen.Statement {
	name := converters[t.Form][w]
	switch {
	case name == "Same":
		return x
	case name == "" || w == ofGo && t.Form == ir.GoInt:
		return e.form(1-w, t).Call(x)
	}
	args := []jen.Code{x}
	for _, part := range t.Parts {
		args = append(args, e.converter(w, part))
	}
	return ptl(name).Call(args...)
}

// converter is a function that converts.
func (e *emitter) converter(w way, t *ir.GoType) *jen.Statement {
	name := converters[t.Form][w]
	switch {
	case name == "Same":
		return ptl(name).Types(e.typ(t.Type))
	case name == "" || len(t.Parts) > 0:
		return jen.Func().Params(jen.Id("v").Add(e.form(w, t))).Add(e.form(1-w, t)).Block(jen.Return(e.convert(w, t, jen.Id("v"))))
	}
	return ptl(name)
}

// form is the type of a value before it is converted that way: the program's on the way to Go, Go's on the way back.
func (e *emitter) form(w way, t *ir.GoType) *jen.Statement {
	if w == toGo {
		return e.typ(t.Type)
	}
	switch t.Form {
	case ir.GoInt:
		return jen.Int()
	case ir.GoBytes:
		return jen.Index().Byte()
	case ir.GoTime:
		return jen.Qual("time", "Time")
	case ir.GoDuration:
		return jen.Qual("time", "Duration")
	case ir.GoPointer:
		return jen.Op("*").Add(e.form(w, t.Parts[0]))
	case ir.GoSlice:
		return jen.Index().Add(e.form(w, t.Parts[0]))
	case ir.GoMap:
		return jen.Map(e.form(w, t.Parts[0])).Add(e.form(w, t.Parts[1]))
	}
	return e.typ(t.Type)
}
