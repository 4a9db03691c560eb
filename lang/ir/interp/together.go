package interp

import "github.com/portals-lang/portals/lang/ir"

// Together makes one program of apps that run in one process: each name of an app gets that app's name before it, and what
// an app imports of another one is what that exports. It changes the programs. Of what passes between apps the types must
// be built in, since a record or enum of one app is none of another.
func Together(apps ...*ir.Program) *ir.Program {
	all := &ir.Program{App: apps[0].App}
	streams := map[string]*ir.Stream{}
	for _, app := range apps {
		for _, s := range app.Streams {
			if s.Kind != ir.ByPeer {
				s.Name = app.App + "." + s.Name
				streams[s.Name] = s
				all.Streams = append(all.Streams, s)
			}
		}
		for _, p := range app.Portals {
			if p.App == "" {
				p.Name = app.App + "." + p.Name
			} else {
				p.Name = p.App + "." + p.Name
			}
			all.Portals = append(all.Portals, p)
		}
		for _, w := range app.Workflows {
			w.Name = app.App + "." + w.Name
			all.Workflows = append(all.Workflows, w)
		}
	}
	itself := func(s *ir.Stream) *ir.Stream {
		if s.Kind == ir.ByPeer {
			return streams[s.App+"."+s.Name]
		}
		return s
	}
	for _, s := range all.Streams {
		for i, in := range s.Inputs {
			s.Inputs[i] = itself(in)
		}
	}
	for _, w := range all.Workflows {
		for _, in := range w.Inputs {
			in.Stream = itself(in.Stream)
		}
	}
	return all
}

// itself is the portal that an app exports, for one that another app imports.
func (r *Run) itself(p *ir.Portal) *ir.Portal {
	for _, own := range r.prog.Portals {
		if own.App == "" && own.Name == p.Name {
			return own
		}
	}
	return p
}
