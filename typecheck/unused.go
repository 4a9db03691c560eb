package typecheck

import (
	"sort"

	"github.com/portals-lang/portals/lang/types"
)

// checkUnused warns of names that nothing uses. It waits until there are no errors, since a use that is misspelt makes
// its declaration look idle.
func (c *checker) checkUnused() {
	if c.diags.HasErrors() {
		return
	}
	for _, warn := range c.idle {
		warn()
	}
	var unused []*symbol
	for _, s := range c.app.values {
		if !s.used {
			unused = append(unused, s)
		}
	}
	unused = append(unused, c.unusedTypes()...)
	sort.Slice(unused, func(i, j int) bool { return unused[i].name < unused[j].name })
	for _, s := range unused {
		c.warnUnusedSymbol(s)
	}
}

// unusedTypes are the records and enums of which neither the type nor a constructor is used.
func (c *checker) unusedTypes() []*symbol {
	built := map[*types.Def]bool{}
	for _, s := range c.app.values {
		if ctor, ok := s.obj.(*Ctor); ok && s.used {
			built[ctor.Variant.Def] = true
		}
	}
	var unused []*symbol
	for _, s := range c.app.types {
		if !s.used && !built[s.def] {
			unused = append(unused, s)
		}
	}
	return unused
}

func (c *checker) warnUnusedSymbol(s *symbol) {
	label, help := "never used", "Remove it, or use it."
	switch o := s.obj.(type) {
	case *Ctor:
		return // part of a type, which is what counts
	case *Stream:
		if o.Exported {
			return
		}
		label, help = "never read", "Read it in a workflow, `from "+o.Name+"`; write it to a sink, `sink "+o.Name+" to …`; or remove it."
	case *Portal:
		if o.Exported {
			return
		}
		label, help = "never asked", "Ask it, `ask "+o.Name+"(…)`, or remove it."
	case *Task:
		label, help = "no workflow uses it", "Use it in a workflow, `from s |> "+o.Name+"`, or remove it."
		if o.In == nil {
			help = "Use it in a workflow, `serve " + o.Name + "`, or remove it."
		}
	case *Param:
		label = "never read"
	}
	c.warn("PTL0801", s.span, label, "`%s` is never used", s.name).help("%s", help)
}
