package gogen

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// connector is where the Go of a connector's module stands.
type connector struct {
	path   string
	prefix string
}

var connectors = map[string]connector{
	"file": {filePath, ""}, "stdin": {stdioPath, ""}, "stdout": {stdioPath, ""}, "http": {webPath, ""},
}

var formats = map[string]string{"lines": "Lines", "ndjson": "NDJSON", "csv": "CSV", "post": "Post"}

// source is the connector or generator that produces a stream.
func (f *goFile) source(s *ir.Stream) *jen.Statement {
	if s.Kind == ir.ByGenerator {
		return f.generator(s)
	}
	return f.connect(s.Source, s.Type, "Source")
}

func (f *goFile) sink(s *ir.Sink) *jen.Statement { return f.connect(s.Target, s.Stream.Type, "Sink") }

func (f *goFile) connect(end *ir.Endpoint, t *ir.Type, what string) *jen.Statement {
	module, kind, _ := strings.Cut(end.Name, ".")
	c, known := connectors[module]
	if !known || formats[kind] == "" {
		unsupported("connector `"+end.Name+"`", end.Span)
	}
	var options []jen.Code
	b := f.newBody(nil)
	for _, arg := range end.Args {
		if option := b.option(arg); option != nil {
			options = append(options, option)
		}
	}
	return jen.Qual(c.path, formats[kind]+what).Call(f.e.desc(t), jen.Qual(c.path, what+"Options").Values(options...))
}

// option is an argument of a connector as a field of its options; nil if it says what is so anyway.
func (b *body) option(arg *ir.EndpointArg) *jen.Statement {
	switch arg.Name {
	case "path":
		return jen.Id("Path").Op(":").Add(b.expr(arg.Value))
	case "address":
		return jen.Id("Address").Op(":").Add(b.expr(arg.Value))
	case "url":
		return jen.Id("URL").Op(":").Add(b.expr(arg.Value))
	case "atom":
		return jen.Id("Atom").Op(":").Add(b.cut(arg))
	case "bad":
		if arg.Word == "skip" {
			return jen.Id("Bad").Op(":").Add(ptl("SkipBad"))
		}
		return nil
	case "header":
		if c, ok := arg.Value.(*ir.Const); ok && c.Value == true {
			return nil
		}
		return jen.Id("NoHeader").Op(":").Op("!").Add(b.operand(arg.Value, precUnary))
	}
	unsupported("option `"+arg.Name+":`", arg.Value.Span())
	return nil
}

// cut says when an atom is closed. A limit alone is a number of events.
func (b *body) cut(arg *ir.EndpointArg) *jen.Statement {
	if arg == nil {
		return ptl("Cut").Values()
	}
	var fields []jen.Code
	for _, x := range []ir.Expr{arg.Value, arg.Or} {
		switch {
		case x == nil:
		case x.Type().Kind == ir.Duration:
			fields = append(fields, jen.Id("After").Op(":").Add(b.after(x)))
		default:
			fields = append(fields, jen.Id("Events").Op(":").Add(b.expr(x)))
		}
	}
	return ptl("Cut").Values(fields...)
}

// after is the length of time that closes an atom, which in a ptl.Cut has to be positive: 0 stands for none.
func (b *body) after(x ir.Expr) *jen.Statement {
	if c, ok := x.(*ir.Const); ok {
		if d, ok := c.Value.(int64); ok && d > 0 {
			return b.expr(x)
		}
	}
	return jen.Id("max").Call(b.expr(x), ptl("Nanosecond"))
}

// generator is a source that computes its events.
func (f *goFile) generator(s *ir.Stream) *jen.Statement {
	b := f.newBody(nil)
	b.at = s.Source.Span
	args := map[string]*ir.EndpointArg{}
	for _, arg := range s.Source.Args {
		args[arg.Name] = arg
	}
	value := func(name string) *jen.Statement {
		arg := args[name]
		if arg == nil {
			panic("gogen: " + s.Source.Name + " without " + name)
		}
		b.count([]ir.Stmt{&ir.Do{X: arg.Value}})
		return b.expr(arg.Value)
	}
	desc := f.e.desc(s.Type)
	switch s.Source.Name {
	case "range":
		return ptl("RangeSource").Call(value("from"), value("until"), b.cut(args["atom"]))
	case "list":
		return ptl("ListSource").Call(desc, value("items"), b.cut(args["atom"]))
	case "atoms":
		return ptl("Atoms").Call(desc, value("atoms"))
	case "repeat":
		return ptl("Repeat").Call(desc, value("items"), value("times"))
	case "unfold":
		seed := args["seed"].Value
		return ptl("Unfold").Call(desc, f.e.desc(seed.Type()), b.typed(seed), value("next"), b.cut(args["atom"]))
	case "every":
		return ptl("Every").Call(value("interval"))
	case "empty":
		return ptl("Empty").Types(f.e.typ(s.Type)).Call()
	}
	unsupported("generator `"+s.Source.Name+"`", s.Source.Span)
	return nil
}
