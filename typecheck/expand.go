package typecheck

import (
	"cmp"
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// A generic function or type becomes one of its own for each list of type arguments that the program uses it with. One
// that uses itself with larger types than it was given would become infinitely many. So type parameters are the nodes
// of a graph: an argument of T's parameter that is made of U is an edge from U to T, and a growing one if it is more
// than U itself. A cycle with a growing edge never ends.

// growth is an edge of that graph.
type growth struct {
	from, to *types.Param
	arg      types.Type
	of       string // the function or type whose parameter to is
	verb     string // what it does to be used again
	at       source.Span
}

// checkExpansion reports functions and types that have no end of instances.
func (c *checker) checkExpansion() {
	edges := map[*types.Param][]growth{}
	var growing []growth
	for _, g := range c.growths() {
		edges[g.from] = append(edges[g.from], g)
		if g.arg != types.Type(g.from) {
			growing = append(growing, g)
		}
	}
	slices.SortFunc(growing, func(a, b growth) int {
		return cmp.Or(strings.Compare(nameOf(a.at.File), nameOf(b.at.File)), a.at.Start-b.at.Start, strings.Compare(a.to.Name, b.to.Name))
	})
	told := map[*types.Param]bool{}
	for _, g := range growing {
		if told[g.to] || !leadsTo(edges, g.to, g.from, map[*types.Param]bool{}) {
			continue
		}
		told[g.from], told[g.to] = true, true
		c.err("PTL0309", g.at, "for `"+g.to.Name+"`, this takes `"+show(g.arg)+"`", "`%s` %s itself with ever larger types", g.of, g.verb).
			note("For each type that a generic one is used with, the compiler makes one of its own; here there is no end of them.").
			help("Use it with the same types as it was given, or put what grows into an enum that contains itself.")
	}
}

func nameOf(f *source.File) string {
	if f == nil {
		return ""
	}
	return f.Name()
}

func leadsTo(edges map[*types.Param][]growth, from, to *types.Param, seen map[*types.Param]bool) bool {
	if from == to {
		return true
	}
	seen[from] = true
	for _, g := range edges[from] {
		if !seen[g.to] && leadsTo(edges, g.to, to, seen) {
			return true
		}
	}
	return false
}

// growths are all edges.
func (c *checker) growths() []growth {
	var out []growth
	add := func(params []*types.Param, args []types.Type, of, verb string, at source.Span) {
		for i, arg := range args {
			arg = types.Zonk(arg)
			types.Any(arg, func(t types.Type) bool {
				if p, ok := t.(*types.Param); ok && i < len(params) {
					out = append(out, growth{p, params[i], arg, of, verb, at})
				}
				return false
			})
		}
	}
	for e, call := range c.info.Calls {
		if call.Fun != nil {
			add(call.Fun.TypeParams, call.TypeArgs, call.Fun.Name, "calls", e.Place)
		}
	}
	for e, args := range c.info.Insts {
		if id, ok := e.(*ast.Ident); ok {
			if f, ok := c.info.Uses[id].(*Fun); ok {
				add(f.TypeParams, args, f.Name, "uses", id.Place)
			}
		}
	}
	for _, d := range c.info.App.Defs {
		for _, v := range d.Variants {
			for _, f := range v.Fields {
				types.Any(f.Type, func(t types.Type) bool {
					if n, ok := t.(*types.Named); ok {
						add(n.Def.Params, n.Args, n.Def.Name, "contains", f.Span)
					}
					return false
				})
			}
		}
	}
	return out
}
