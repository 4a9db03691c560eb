package gogen

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

// appFile prints what the rest of the world sees of the package: App, with the params and the graph.
func (e *emitter) appFile() {
	p := e.prog
	about := fmt.Sprintf("Package %s is the application %s.", e.pkg, p.App)
	if p.Doc != "" {
		about += "\n\n" + p.Doc
	}
	f := e.newFile("app.go", about)
	f.declare(fmt.Sprintf("// App is the application %s.", p.App), f.nowhere())
	f.Var().Id("App").Op("=").Op("&").Add(ptl("App")).ValuesFunc(func(g *jen.Group) {
		g.Line().Id("Name").Op(":").Lit(p.App)
		if p.Doc != "" {
			g.Line().Id("Doc").Op(":").Lit(p.Doc)
		}
		if len(p.Params) > 0 {
			g.Line().Id("Params").Op(":").Index().Op("*").Add(ptl("Param")).ValuesFunc(func(g *jen.Group) {
				for _, v := range p.Params {
					g.Line().Add(f.param(v))
				}
				g.Line()
			})
		}
		g.Line().Id("Build").Op(":").Id("build")
		g.Line()
	})
	if len(p.Params) > 0 {
		f.paramsStruct()
	}
	f.build()
	f.finish()
}

// paramsStruct prints the variable that holds the values of all params.
func (f *goFile) paramsStruct() {
	f.declare("// params are the values of the params, as the flags have set them.", f.nowhere())
	f.Var().Id("params").StructFunc(func(g *jen.Group) {
		for _, v := range f.e.prog.Params {
			if v.Doc != "" {
				g.Comment(comment(v.Doc))
			}
			g.Id(f.e.params[v]).Add(f.e.typ(v.Type))
		}
	})
}

func (f *goFile) param(v *ir.Param) *jen.Statement {
	var more []jen.Code
	more = append(more, jen.Id("Flag").Op(":").Lit(v.Flag))
	if v.Doc != "" {
		more = append(more, jen.Id("Doc").Op(":").Lit(v.Doc))
	}
	if v.Fixed {
		more = append(more, jen.Id("Fixed").Op(":").True())
	}
	if len(v.Reads) > 0 {
		more = append(more, jen.Id("Reads").Op(":").Index().String().ValuesFunc(func(g *jen.Group) {
			for _, p := range v.Reads {
				g.Lit(p.Name)
			}
		}))
	}
	def := jen.Nil()
	if v.Default != nil {
		b := f.newBody(nil)
		def = jen.Func().Params().Add(f.e.typ(v.Type)).Op("{").Return(b.expr(v.Default)).Op("}")
	}
	place := jen.Op("&").Id("params").Dot(f.e.params[v])
	return ptl("NewParam").Call(place, f.e.desc(v.Type), f.spec("ParamSpec", v.Name, "", v.Span, more...), def)
}

// build prints the function that makes the graph: streams, then workflows, then sinks.
func (f *goFile) build() {
	p := f.e.prog
	scope := f.e.scope.Inner()
	scope.Reserve("g")
	vars := map[*ir.Stream]string{}
	used := f.usedStreams()
	f.declare("// build makes the graph of the application.", f.nowhere())
	f.Func().Id("build").Params(jen.Id("g").Op("*").Add(ptl("Graph"))).BlockFunc(func(g *jen.Group) {
		for _, s := range inOrder(p.Streams) {
			code := f.stream(s, vars)
			if !used[s] {
				g.Add(code)
				continue
			}
			vars[s] = scope.Take(names.Lower(s.Name))
			g.Id(vars[s]).Op(":=").Add(code)
		}
		portals := map[*ir.Portal]string{}
		for _, v := range f.e.portalsInUse() {
			portals[v] = scope.Take(names.Lower(v.Name))
			g.Id(portals[v]).Op(":=").Add(f.newPortal(v))
		}
		if f.e.hasGate() {
			g.Id("g").Dot("Exclusive").Op("=").True()
		}
		for _, w := range p.Workflows {
			args := []jen.Code{jen.Id("g")}
			for _, s := range streamsOf(w) {
				args = append(args, jen.Id(vars[s]))
			}
			for _, v := range f.e.portalsUsed(w) {
				args = append(args, jen.Id(portals[v]))
			}
			g.Id(f.e.lanes[w].build).Call(args...)
		}
		for _, s := range p.Sinks {
			g.Add(ptl("NewSink")).Call(jen.Id("g"), f.spec("SinkSpec", s.Name, "", s.Span), jen.Id(vars[s.Stream]),
				jen.Line().Add(f.sink(s)))
		}
	})
}

// usedStreams are those that something in the graph refers to.
func (f *goFile) usedStreams() map[*ir.Stream]bool {
	used := map[*ir.Stream]bool{}
	for _, s := range f.e.prog.Streams {
		for _, in := range s.Inputs {
			used[in] = true
		}
	}
	for _, w := range f.e.prog.Workflows {
		for _, s := range streamsOf(w) {
			used[s] = true
		}
	}
	for _, s := range f.e.prog.Sinks {
		used[s.Stream] = true
	}
	return used
}

// inOrder puts streams behind those that they are made of, and else leaves them as they stand.
func inOrder(streams []*ir.Stream) []*ir.Stream {
	var out []*ir.Stream
	done := map[*ir.Stream]bool{}
	var visit func(s *ir.Stream)
	visit = func(s *ir.Stream) {
		if done[s] {
			return
		}
		done[s] = true
		for _, in := range s.Inputs {
			visit(in)
		}
		out = append(out, s)
	}
	for _, s := range streams {
		visit(s)
	}
	return out
}

// stream is the call that adds a stream to the graph.
func (f *goFile) stream(s *ir.Stream, vars map[*ir.Stream]string) *jen.Statement {
	var more []jen.Code
	if s.Exported {
		more = append(more, jen.Id("Exported").Op(":").True())
	}
	if s.Made != "" {
		more = append(more, jen.Id("Made").Op(":").Lit(s.Made))
	}
	args := []jen.Code{jen.Id("g"), f.spec("StreamSpec", s.Name, s.Was, s.Span, more...), f.e.desc(s.Type)}
	name := "NewStream"
	switch s.Kind {
	case ir.ByConnector, ir.ByGenerator:
		name = "SourceStream"
		args = append(args, jen.Line().Add(f.source(s)))
	case ir.BySequence:
		name = "Sequence"
		for _, in := range s.Inputs {
			args = append(args, jen.Id(vars[in]))
		}
	case ir.BySplit:
		name = "Split"
		args = append(args, jen.Id(vars[s.Inputs[0]]), f.funcValue(s.Split, s.Span))
	case ir.ByPeer:
		return f.peerStream(s)
	case ir.ByDeadLetters:
		return ptl("DeadLetters").Call(jen.Id("g"), f.spec("StreamSpec", s.Name, s.Was, s.Span))
	}
	return ptl(name).Call(args...)
}
