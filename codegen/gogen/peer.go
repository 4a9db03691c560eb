package gogen

import (
	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// What an app imports of another one is a handle in its graph, which is bound by name when all apps are there.

// peerStream is the call that makes the handle of another app's stream.
func (f *goFile) peerStream(s *ir.Stream) *jen.Statement {
	return ptl("PeerStream").Call(jen.Id("g"), f.peerSpec(s.App, s.Name, s.Span), f.e.desc(s.Type))
}

// peerPortal is the call that makes the handle of another app's portal.
func (f *goFile) peerPortal(p *ir.Portal) *jen.Statement {
	return ptl("PeerPortal").Call(jen.Id("g"), f.peerSpec(p.App, p.Name, p.Span), f.e.desc(p.Req), f.e.desc(p.Rep))
}

func (f *goFile) peerSpec(app, name string, at source.Span) *jen.Statement {
	return ptl("PeerSpec").Values(jen.Id("App").Op(":").Lit(app), jen.Id("Name").Op(":").Lit(name), jen.Id("Place").Op(":").Lit(f.e.place(at)))
}

// portalsInUse are those that a workflow asks or answers. A task that no workflow uses may name others.
func (e *emitter) portalsInUse() []*ir.Portal {
	found := map[*ir.Portal]bool{}
	for _, w := range e.prog.Workflows {
		for _, p := range e.portalsUsed(w) {
			found[p] = true
		}
	}
	return e.inOrder(found)
}
