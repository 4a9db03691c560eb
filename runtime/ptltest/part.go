package ptltest

import (
	"slices"
	"strings"

	"github.com/portals-lang/portals/runtime/ptl"
)

// Part is what one file of an application declares, as an application of its own, if nothing in it needs another file. So
// many programs can be compiled as one, which is much quicker than each by itself.
func Part(app *ptl.App, file string) *ptl.App {
	return &ptl.App{Name: app.Name, Params: app.Params, Build: func(g *ptl.Graph) {
		app.Build(g)
		away := func(place string) bool { return !strings.HasPrefix(place, file+":") }
		gone := map[string]bool{} // workflows
		g.Workflows = slices.DeleteFunc(g.Workflows, func(w ptl.Program) bool {
			gone[w.Spec().Name] = away(w.Spec().Place)
			return gone[w.Spec().Name]
		})
		// Of dead letters there is one stream, and one more behind each workflow.
		g.Streams = slices.DeleteFunc(g.Streams, func(s *ptl.StreamNode) bool {
			if _, workflow, found := strings.Cut(s.Spec.Name, "/"); found {
				return gone[workflow]
			}
			return s.Spec.Place != "" && away(s.Spec.Place)
		})
		for _, s := range g.Streams {
			s.Inputs = slices.DeleteFunc(s.Inputs, func(in *ptl.StreamNode) bool { return !slices.Contains(g.Streams, in) })
		}
		g.Portals = slices.DeleteFunc(g.Portals, func(p *ptl.PortalNode) bool { return away(p.Spec.Place) })
		g.Sinks = slices.DeleteFunc(g.Sinks, func(s *ptl.SinkNode) bool { return !slices.Contains(g.Streams, s.Stream) })
	}}
}
