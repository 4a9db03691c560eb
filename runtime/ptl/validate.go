package ptl

import (
	"fmt"
	"slices"
)

// The checker refuses programs whose graph makes no sense; graphs that are built by hand in Go come here without it.
// Types fit by Go's own rules. What is left is looked at when the graph is connected.

// validate refuses names that stand for two things (tasks that keep nothing may share one), streams without exactly one producer, readers of streams that are not
// in the graph, and workflows that depend on themselves other than through a sequencer, a splitter or a portal.
func (g *Graph) validate() error {
	if err := g.uniqueNames(); err != nil {
		return err
	}
	producer := map[*StreamNode]Program{}
	for _, w := range g.Workflows {
		for _, s := range w.Outputs() {
			if other := producer[s]; other != nil {
				return fmt.Errorf("%s: stream %s is written by workflow %s and by workflow %s", s.Spec.Place, s.Spec.Name, other.Spec().Name, w.Spec().Name)
			}
			if s.Kind != ByWorkflow {
				return fmt.Errorf("%s: workflow %s writes stream %s, which something else produces", w.Spec().Place, w.Spec().Name, s.Spec.Name)
			}
			producer[s] = w
		}
	}
	for _, s := range g.Streams {
		if s.Kind == ByWorkflow && producer[s] == nil {
			return fmt.Errorf("%s: no workflow writes stream %s", s.Spec.Place, s.Spec.Name)
		}
	}
	if err := g.knowsReaders(); err != nil {
		return err
	}
	met := map[Program]visit{}
	for _, w := range g.Workflows {
		if circle := dependsOnItself(w, producer, met); circle != nil {
			return fmt.Errorf("%s: workflow %s reads what it writes, without a sequencer in between", circle.Spec().Place, circle.Spec().Name)
		}
	}
	return nil
}

func (g *Graph) uniqueNames() error {
	met := map[string]bool{}
	add := func(kind, name, place string) error {
		if met[kind+name] {
			return fmt.Errorf("%s: there are two %ss named %s", place, kind, name)
		}
		met[kind+name] = true
		return nil
	}
	for _, s := range g.Streams {
		if err := add("stream", s.Spec.Name, s.Spec.Place); err != nil {
			return err
		}
	}
	marks := map[uint32]string{}
	for _, p := range g.Portals {
		if err := add("portal", p.Spec.Name, p.Spec.Place); err != nil {
			return err
		}
		mark := PortalMark(p.Spec.Name)
		if other, ok := marks[mark]; ok {
			return fmt.Errorf("%s: portals %s and %s are told apart by a number of 32 bits that is made of their names, and happens to be the same for both: choose another name for one of them",
				p.Spec.Place, other, p.Spec.Name)
		}
		marks[mark] = p.Spec.Name
	}
	for _, s := range g.Sinks {
		if err := add("sink", s.Spec.Name, s.Spec.Place); err != nil {
			return err
		}
	}
	for _, w := range g.Workflows {
		if err := add("workflow", w.Spec().Name, w.Spec().Place); err != nil {
			return err
		}
		for _, t := range w.TaskSpecs() {
			if !t.Keeps {
				continue
			}
			if err := add("task", w.Spec().Name+"/"+t.Name, w.Spec().Place); err != nil {
				return err
			}
		}
	}
	return nil
}

// knowsReaders makes sure that all that is read is a stream of the graph.
func (g *Graph) knowsReaders() error {
	missing := func(reader, place string, streams ...*StreamNode) error {
		for _, s := range streams {
			if !slices.Contains(g.Streams, s) {
				return fmt.Errorf("%s: %s reads stream %s, which is none of this graph", place, reader, s.Spec.Name)
			}
		}
		return nil
	}
	for _, w := range g.Workflows {
		if err := missing("workflow "+w.Spec().Name, w.Spec().Place, w.Inputs()...); err != nil {
			return err
		}
	}
	for _, s := range g.Streams {
		if err := missing("stream "+s.Spec.Name, s.Spec.Place, s.Inputs...); err != nil {
			return err
		}
	}
	for _, s := range g.Sinks {
		if err := missing("sink "+s.Spec.Name, s.Spec.Place, s.Stream); err != nil {
			return err
		}
	}
	return nil
}

type visit uint8

const (
	begun visit = iota + 1
	ended
)

// dependsOnItself finds a workflow that reads, through workflows only, what it writes.
func dependsOnItself(w Program, producer map[*StreamNode]Program, met map[Program]visit) Program {
	switch met[w] {
	case begun:
		return w
	case ended:
		return nil
	}
	met[w] = begun
	for _, s := range w.Inputs() {
		if from := producer[s]; from != nil && !s.ofPortal {
			if circle := dependsOnItself(from, producer, met); circle != nil {
				return circle
			}
		}
	}
	met[w] = ended
	return nil
}
