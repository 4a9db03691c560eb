package ptl

import (
	"fmt"
	"slices"
	"strings"
)

// Apps that run together share a graph. What an app imports of another one stands in it as a handle, because the apps
// may import each other in circles, so no order of building them would do. When all are built, Connect binds the handles
// by name to what the other apps export. Each app has Go types of its own. Where those of the two ends differ, the atoms
// are converted on their way by the binary form, which is the same for both because their shapes are.

// PeerSpec names what an app imports of another one.
type PeerSpec struct {
	App   string // the other app
	Name  string // of its stream or portal
	Place string // of the declaration with which the importing app was compiled
}

func (s PeerSpec) String() string { return s.App + "." + s.Name }

// registry knows the apps of a graph, what they export and what they import of each other.
type registry struct {
	app     string // that is being built
	apps    []string
	streams map[string]*StreamNode // exported, by app and name
	portals map[string]*PortalNode
	imports []*imported
	letters *StreamNode // the dead letters of the app that is being built, if it names them
}

// imported is something that an app imports of another one.
type imported struct {
	app  string // that imports
	kind string // "stream" or "portal"
	spec PeerSpec
	// handle stands for a stream; nil for a portal.
	handle *StreamNode
	// bind ties it to what the other app exports under the name, and gives the place of that; found is false when there is
	// nothing of the kind. What does not fit is told in words, and stays untied.
	bind func(of *imported) (place, misfit string, found bool)
}

// differs compares the type that the other app has with the one that the importing app was compiled with.
func (i *imported) differs(theirs, ours *Shape) string {
	return Difference(theirs, ours, "app "+i.spec.App, "app "+i.app)
}

// enter begins the graph of an app.
func (g *Graph) enter(app string) {
	r := &g.registry
	if r.streams == nil {
		r.streams, r.portals = map[string]*StreamNode{}, map[string]*PortalNode{}
	}
	r.app, r.letters = app, nil
	r.apps = append(r.apps, app)
}

// named is how something of the app that is being built is called in the graph, in the store and in messages.
func (g *Graph) named(name string) string {
	if g.qualified && name != "" && g.registry.app != "" {
		return g.registry.app + "." + name
	}
	return name
}

// export makes a stream or portal known to other apps, if it is exported.
func export[N any](known map[string]N, exported bool, g *Graph, name string, node N) {
	if exported && known != nil {
		known[g.registry.app+"."+name] = node
	}
}

// PeerStream is a stream that another app exports.
func PeerStream[T any](g *Graph, spec PeerSpec, t *Type[T]) *Stream[T] {
	handle := streamNode(StreamSpec{Name: spec.String(), Place: spec.Place}, ByPeer, t)
	g.registry.imports = append(g.registry.imports, &imported{
		app: g.registry.app, kind: "stream", spec: spec, handle: handle,
		bind: func(of *imported) (place, misfit string, found bool) {
			s := g.registry.streams[spec.String()]
			if s == nil {
				return "", "", false
			}
			if misfit = of.differs(s.Shape(), t.Shape()); misfit == "" {
				bindStream(handle, s, t)
			}
			return s.Spec.Place, misfit, true
		},
	})
	return &Stream[T]{Node: handle, typ: t}
}

// bindStream makes handle stand for s, as a stream of T.
func bindStream[T any](handle, s *StreamNode, t *Type[T]) {
	handle.origin = s
	s.listed = true
	if _, same := s.none.(Events[T]); same {
		return
	}
	handle.convert = func(events Batch) Batch {
		r := NewReader(s.Append(nil, events))
		converted := readEvents(r, t)
		if err := r.Err(); err != nil {
			panic(fmt.Sprintf("an atom of stream %s cannot be converted: %s", s.Spec.Name, err))
		}
		return converted
	}
}

// seenAs is s as a stream of T: s itself where its atoms are ones of T in Go, else a handle of it.
func seenAs[T any](s *StreamNode, t *Type[T]) *StreamNode {
	if _, same := s.none.(Events[T]); same {
		return s
	}
	handle := streamNode(s.Spec, ByPeer, t)
	bindStream(handle, s, t)
	return handle
}

// Origin is the stream itself, for a handle.
func (s *StreamNode) Origin() *StreamNode {
	if s.origin != nil {
		return s.origin
	}
	return s
}

// taken is an atom of the origin as an atom of s.
func (s *StreamNode) taken(events Batch) Batch {
	if s.convert == nil {
		return events
	}
	return s.convert(events)
}

// PeerPortal is a portal that another app exports.
func PeerPortal[Req any, Rep any](g *Graph, spec PeerSpec, req *Type[Req], rep *Type[Rep]) *Portal[Req, Rep] {
	handle := &PortalNode{Spec: PortalSpec{Name: spec.String(), Place: spec.Place}}
	g.registry.imports = append(g.registry.imports, &imported{
		app: g.registry.app, kind: "portal", spec: spec,
		bind: func(of *imported) (place, misfit string, found bool) {
			p := g.registry.portals[spec.String()]
			if p == nil {
				return "", "", false
			}
			if misfit = of.differs(p.req(), req.Shape()); misfit != "" {
				return p.Spec.Place, "of the request, " + misfit, true
			}
			if misfit = of.differs(p.rep(), rep.Shape()); misfit != "" {
				return p.Spec.Place, "of the reply, " + misfit, true
			}
			p.imported = true
			for _, a := range handle.askers {
				a.number = len(p.askers)
				p.askers = append(p.askers, a)
			}
			return p.Spec.Place, "", true
		},
	})
	return &Portal[Req, Rep]{node: handle, req: req, rep: rep}
}

// adopt is a batch of replies of the answering app, whose codec is own, as one of the app that asks.
func (a *asker) adopt(replies Batch, own replyPart) Batch {
	if a.holds(replies) {
		return replies
	}
	r := NewReader(own.append(nil, replies))
	converted := a.replies.read(r)
	if err := r.Err(); err != nil {
		panic(fmt.Sprintf("replies of portal %s cannot be converted: %s", a.portal.Spec.Name, err))
	}
	return converted
}

// bind ties all that is imported to what is exported.
func (g *Graph) bind() error {
	if err := g.absent(); err != nil {
		return err
	}
	var wrong []string
	for _, i := range g.registry.imports {
		place, misfit, found := i.bind(i)
		switch {
		case !found:
			wrong = append(wrong, fmt.Sprintf("app %s exports no %s %s, which app %s imports\n  app %s was compiled with %s",
				i.spec.App, i.kind, i.spec.Name, i.app, i.app, i.spec.Place))
		case misfit != "":
			wrong = append(wrong, fmt.Sprintf("%s %s does not fit what app %s imports: %s\n  app %s has %s, and app %s was compiled with %s: run it with the one that it imports",
				i.kind, i.spec, i.app, misfit, i.spec.App, place, i.app, i.spec.Place))
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("%s", strings.Join(wrong, "\n"))
	}
	for _, s := range g.Streams {
		g.bindInputs(s)
	}
	for _, s := range g.Sinks {
		s.Stream = s.Stream.Origin()
	}
	return nil
}

// Outside tells that what is built from here on belongs to no app: it has no app's name before its own.
func (g *Graph) Outside() { g.enter("") }

// Alone makes the graph one that runs without the apps which it imports. Their streams become streams of sources, which the
// caller must set; of their portals nobody gets a reply. Alone gives the names of these apps.
func (g *Graph) Alone() (apps []string) {
	for _, i := range g.registry.imports {
		if !slices.Contains(apps, i.spec.App) {
			apps = append(apps, i.spec.App)
		}
		if i.handle != nil {
			i.handle.Kind = BySource
			g.Streams = append(g.Streams, i.handle)
		}
	}
	g.registry.imports = nil
	return apps
}

// Handle is the handle of a stream, `shop.orders`, that an app has imported; nil if it has not.
func (g *Graph) Handle(app, stream string) *StreamNode {
	for _, i := range g.registry.imports {
		if i.app == app && i.handle != nil && i.spec.String() == stream {
			return i.handle
		}
	}
	return nil
}

// CutOff parts what an app has imported from the app that it comes from: the handle becomes a stream of its own, called
// name, of a source that the caller must set. If the other app has the stream from a source, that source is what there is
// to set, for all its readers, and nothing is parted; then CutOff tells so.
func (g *Graph) CutOff(handle *StreamNode, name string) (parted bool) {
	if s := g.registry.streams[handle.Spec.Name]; s != nil && s.Kind == BySource {
		return false
	}
	g.registry.imports = slices.DeleteFunc(g.registry.imports, func(i *imported) bool { return i.handle == handle })
	handle.Kind, handle.Spec.Name = BySource, name
	g.Streams = append(g.Streams, handle)
	return true
}

// Taken is an atom of a handle's origin as one of the handle.
func (s *StreamNode) Taken(events Batch) Batch { return s.taken(events) }

// Given is an atom of a handle as one of its origin.
func (s *StreamNode) Given(events Batch) Batch {
	if s.convert == nil {
		return events
	}
	r := NewReader(s.Append(nil, events))
	given := s.origin.Read(r)
	if err := r.Err(); err != nil {
		panic(fmt.Sprintf("an atom for stream %s cannot be converted: %s", s.origin.Spec.Name, err))
	}
	return given
}

// absent is an error when apps are imported that are not there.
func (g *Graph) absent() error {
	r := &g.registry
	var apps, all []string
	for _, i := range r.imports {
		if !slices.Contains(r.apps, i.spec.App) && !slices.Contains(apps, i.spec.App) {
			apps = append(apps, i.spec.App)
		}
	}
	if len(apps) == 0 {
		return nil
	}
	all = append(append(all, r.apps...), apps...)
	what := "is imported but does not run here; run the two together"
	if len(all) > 2 {
		what = "is imported but does not run here; run them together"
	}
	if len(apps) > 1 {
		what = "are imported but do not run here; run them together"
	}
	return fmt.Errorf("%s %s: portalsc run %s", enumerated(apps), what, strings.Join(all, " "))
}

func enumerated(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return "app " + names[0]
	}
	return "apps " + strings.Join(names[:last], ", ") + " and " + names[last]
}

// bindInputs ties a sequencer or splitter to the origins of its inputs; a splitter's filter converts by itself.
func (g *Graph) bindInputs(s *StreamNode) {
	handles := slices.Clone(s.Inputs)
	converts := false
	for i, in := range handles {
		s.Inputs[i] = in.Origin()
		converts = converts || in.convert != nil
	}
	if converts && s.Kind == BySequence {
		s.Adopt = func(input int, events Batch) Batch { return handles[input].taken(events) }
	}
}

// Unasked are the exported portals that no app of the graph imports, by name; known when the graph is connected.
func (g *Graph) Unasked() []string {
	var names []string
	for _, p := range g.Portals {
		if p.Spec.Exported && !p.imported {
			names = append(names, p.Spec.Name)
		}
	}
	return names
}
