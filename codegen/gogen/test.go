package gogen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
)

// ptltest is a name of the runtime package that tests are written against.
func ptltest(name string) *jen.Statement { return jen.Qual(ptltestPath, name) }

// testsFile prints the tests: the variable that holds them, and a function for each, with a call for each of its lines.
func (e *emitter) testsFile() {
	f := e.newFile("tests.go", "")
	funcs := make([]string, len(e.prog.Tests))
	for i, t := range e.prog.Tests {
		funcs[i] = e.scope.Take(names.Lower("test " + t.Name))
	}
	f.declare(fmt.Sprintf("// Tests are the tests of %s.", e.prog.App), f.nowhere())
	f.Var().Id("Tests").Op("=").Op("&").Add(ptltest("Suite")).ValuesFunc(func(g *jen.Group) {
		g.Line().Id("App").Op(":").Id("App")
		g.Line().Id("Tests").Op(":").Index().Op("*").Add(ptltest("Test")).ValuesFunc(func(g *jen.Group) {
			for i, t := range e.prog.Tests {
				g.Line().Add(f.describeTest(t, funcs[i]))
			}
			g.Line()
		})
		g.Line()
	})
	for i, t := range e.prog.Tests {
		f.test(t, funcs[i])
	}
	f.finish()
}

// describeTest tells what a test needs before it runs: the streams that it looks at, and the portals that it asks.
func (f *goFile) describeTest(t *ir.Test, fn string) *jen.Statement {
	var sees, asks, feeds []jen.Code
	var streams []*ir.Stream
	var feedNames []string
	for _, s := range t.Steps {
		for _, fed := range fedBy(&s) {
			if name := streamName(fed); fed.App != "" && !slices.Contains(feedNames, name) {
				feedNames = append(feedNames, name)
				feeds = append(feeds, jen.Lit(name))
			}
		}
		if s.Kind >= ir.ExpectExact && s.Kind <= ir.ExpectNone && !slices.Contains(streams, s.Stream) {
			streams = append(streams, s.Stream)
			sees = append(sees, jen.Line().Add(ptltest("Sees")).Call(jen.Lit(streamName(s.Stream)), f.e.desc(s.Stream.Type)))
		}
	}
	for _, p := range askedIn(t.Steps) {
		asks = append(asks, jen.Line().Add(ptltest("Asks")).Call(jen.Lit(portalName(p)), f.e.desc(p.Req), f.e.desc(p.Rep)))
	}
	fields := []jen.Code{
		jen.Line().Id("Name").Op(":").Lit(t.Name),
		jen.Line().Id("Place").Op(":").Lit(f.e.place(t.Span)),
	}
	if sees != nil {
		fields = append(fields, jen.Line().Id("Sees").Op(":").Index().Add(ptltest("Seen")).Values(append(sees, jen.Line())...))
	}
	if feeds != nil {
		fields = append(fields, jen.Line().Id("Feeds").Op(":").Index().String().Values(feeds...))
	}
	if asks != nil {
		fields = append(fields, jen.Line().Id("Asks").Op(":").Index().Add(ptltest("Client")).Values(append(asks, jen.Line())...))
	}
	return jen.Values(append(fields, jen.Line().Id("Run").Op(":").Id(fn), jen.Line())...)
}

// streamName is what a stream is called in the graph. One that is imported has the name of its app before it.
func streamName(s *ir.Stream) string {
	if s.App != "" {
		return s.App + "." + s.Name
	}
	return s.Name
}

// portalName is streamName for a portal.
func portalName(p *ir.Portal) string {
	if p.App != "" {
		return p.App + "." + p.Name
	}
	return p.Name
}

// fedBy are the streams that a step feeds or seals.
func fedBy(s *ir.TestStep) []*ir.Stream {
	if s.Kind == ir.TestSeal {
		return []*ir.Stream{s.Stream}
	}
	streams := make([]*ir.Stream, len(s.Feeds))
	for i, f := range s.Feeds {
		streams[i] = f.Stream
	}
	return streams
}

// askedIn are the portals that steps ask, by first use.
func askedIn(steps []ir.TestStep) []*ir.Portal {
	var asked []*ir.Portal
	for _, s := range steps {
		for _, p := range s.Portals {
			if !slices.Contains(asked, p) {
				asked = append(asked, p)
			}
		}
	}
	return asked
}

func (f *goFile) test(t *ir.Test, name string) {
	all := testCode(t)
	b := f.newBody(all, "t")
	b.inTest = true
	f.declare(fmt.Sprintf("// %s is test %q.", name, t.Name), f.nowhere())
	f.Func().Id(name).Params(jen.Id("t").Op("*").Add(ptltest("T"))).BlockFunc(func(g *jen.Group) {
		if b.logs(all) {
			b.scope.Reserve("l")
			b.lane = laneParam
			g.Id("l").Op(":=").Id("t").Dot("Lane").Call()
		}
		for i := range t.Steps {
			s := &t.Steps[i]
			b.at = s.Span
			b.testStep(g, s)
			for _, p := range s.Portals {
				if !slices.Contains(askedIn(t.Steps[i+1:]), p) {
					b.mark(g)
					g.Id("t").Dot("AsksNoMore").Call(jen.Lit(portalName(p)))
				}
			}
		}
	})
}

// testCode is all code of a test, for who counts what it uses.
func testCode(t *ir.Test) []ir.Stmt {
	var all []ir.Stmt
	value := func(x ir.Expr) {
		if x != nil {
			all = append(all, &ir.Do{X: x})
		}
	}
	for i := range t.Steps {
		s := &t.Steps[i]
		all = append(all, stepBody(s)...)
		for _, feed := range s.Feeds {
			value(feed.Events)
		}
		for _, atom := range s.Atoms {
			value(atom)
		}
		value(s.By)
		value(s.Left)
		value(s.Right)
		if s.Kind == ir.ExpectTrue && s.Left == nil {
			value(&ir.Local{X: ir.X{T: s.Var.Type}, Var: s.Var})
		}
	}
	return all
}

// stepBody is what a step does before its own call. Where both sides of an equality are known, the runtime compares.
func stepBody(s *ir.TestStep) []ir.Stmt {
	if s.Left != nil {
		return s.Body[:len(s.Body)-1]
	}
	return s.Body
}

// logs tells whether code, or a function that it calls, needs a lane.
func (b *body) logs(list []ir.Stmt) bool {
	found := false
	ir.Inspect(list, func(s ir.Stmt) {
		_, log := s.(*ir.Log)
		found = found || log
	}, func(x ir.Expr) {
		switch x := x.(type) {
		case *ir.Call:
			found = found || x.Func != nil && b.e.needs[x.Func]&needLane != 0
		case *ir.FuncRef:
			found = found || b.e.needs[x.Func]&needLane != 0
		}
	})
	return found
}

func (b *body) testStep(g *jen.Group, s *ir.TestStep) {
	text, _, more := strings.Cut(s.Span.Text(), "\n")
	if more {
		text += " …"
	}
	b.mark(g)
	g.Id("t").Dot("At").Call(jen.Lit(b.e.place(s.Span)), jen.Lit(text))
	b.stmts(g, stepBody(s))
	if s.Kind == ir.TestLet {
		return
	}
	b.mark(g)
	t := jen.Id("t")
	switch s.Kind {
	case ir.TestFeed:
		atoms := make([]jen.Code, len(s.Feeds))
		for i, feed := range s.Feeds {
			atoms[i] = ptltest("Atom").Call(jen.Lit(streamName(feed.Stream)), b.expr(feed.Events))
		}
		g.Add(t).Dot("Feed").Call(atoms...)
	case ir.TestSeal:
		g.Add(t).Dot("Seal").Call(jen.Lit(streamName(s.Stream)))
	case ir.TestAdvance:
		g.Add(t).Dot("Advance").Call(b.expr(s.By))
	case ir.ExpectExact, ir.ExpectUnordered, ir.ExpectOneOf, ir.ExpectSealed, ir.ExpectNone:
		args := append([]jen.Code{t, jen.Lit(streamName(s.Stream))}, b.exprs(s.Atoms)...)
		g.Add(ptltest(expectations[s.Kind])).Call(args...)
	case ir.ExpectTrue:
		if s.Left != nil {
			g.Add(ptltest("Equal")).Call(t, b.e.desc(s.Left.Type()), b.expr(s.Left), b.expr(s.Right))
			return
		}
		g.Add(t).Dot("Holds").Call(jen.Id(b.local(s.Var)))
	default:
		unsupported("`watermark`", s.Span)
	}
}

var expectations = map[ir.TestKind]string{
	ir.ExpectExact: "Expect", ir.ExpectUnordered: "ExpectUnordered", ir.ExpectOneOf: "ExpectOneOf",
	ir.ExpectSealed: "ExpectSealed", ir.ExpectNone: "ExpectNone",
}

// askInTest prints an ask of a test, which waits for its reply.
func (b *body) askInTest(g *jen.Group, s *ir.Await) {
	ask := s.Futures[0].(*ir.Ask)
	b.mark(g)
	call := ptltest("Ask").Types(b.e.typ(ask.Portal.Req), b.e.typ(ask.Portal.Rep)).Call(jen.Id("t"), jen.Lit(portalName(ask.Portal)), b.expr(ask.Req))
	if b.reads[s.Into] > 0 {
		call = jen.Id(b.declare(s.Into)).Op(":=").Add(call)
	}
	g.Add(call)
}
