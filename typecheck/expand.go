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
// than U itself. A cycle with a growing edge never ends. Without one, types still become as large as the product of what the edges of a
// path multiply; so how large each type parameter becomes is found out along the edges.

// growth is an edge of that graph; from is nil if the argument holds no type parameter.
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
	all := c.growths()
	for _, g := range all {
		if g.from == nil {
			continue
		}
		edges[g.from] = append(edges[g.from], g)
		if g.arg != types.Type(g.from) {
			growing = append(growing, g)
		}
	}
	slices.SortStableFunc(growing, inOrder)
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
	if len(told) == 0 && !c.outgrown {
		c.checkLargeInstances(append(all, c.typesUsed()...))
	}
}

// inOrder is the order of edges in the program. Those of one place come in theirs, if the sort is stable; of places that begin alike, those of
// the shorter first, since a call and what it calls are gone through in no order.
func inOrder(a, b growth) int {
	return cmp.Or(before(a.at, b.at), a.at.End-b.at.End, strings.Compare(a.to.Name, b.to.Name))
}

func before(a, b source.Span) int {
	return cmp.Or(strings.Compare(nameOf(a.File), nameOf(b.File)), a.Start-b.Start)
}

// checkLargeInstances reports the first place at which a type becomes too large when the types that generic functions and types are used
// with are put in.
func (c *checker) checkLargeInstances(edges []growth) {
	slices.SortStableFunc(edges, inOrder)
	leaving := map[*types.Param][]growth{}
	for _, g := range edges {
		if g.from != nil {
			leaving[g.from] = append(leaving[g.from], g)
		}
	}
	sizes := map[*types.Param]types.Size{} // how large each becomes at most
	for due := edges; len(due) > 0; due = due[1:] {
		g := due[0]
		size, most := types.SizeOf(g.arg, sizes), sizes[g.to]
		if size.TooLarge() {
			c.outgrown = true
			c.err("PTL0309", g.at, "for `"+g.to.Name+"`, this takes `"+show(g.arg)+"`", "`%s` is used with a type that is too large", g.of).
				note("With all that is put in for type parameters, it has more than %d parts, or they stand in each other more than %d deep.", types.MaxParts, types.MaxDepth).
				help("Put what grows into a record or an enum that is not generic, or into a list.")
			return
		}
		if size.Parts > max(most.Parts, 1) || size.Depth > max(most.Depth, 1) {
			sizes[g.to] = types.Size{Parts: max(size.Parts, most.Parts), Depth: max(size.Depth, most.Depth)}
			due = append(due, leaving[g.to]...)
		}
	}
	var first source.Span
	look := func(t types.Type, at source.Span) {
		if t != nil && types.SizeOf(t, sizes).TooLarge() && (!first.Valid() || before(at, first) < 0) {
			first = at
		}
	}
	for e, t := range c.info.Types {
		look(t, e.Span())
	}
	for e, t := range c.info.Written {
		look(t, e.Span())
	}
	for _, d := range c.info.App.Defs {
		for _, v := range d.Variants {
			for _, f := range v.Fields {
				look(f.Type, f.Span)
			}
		}
	}
	if first.Valid() {
		c.tooLarge(first)
	}
}

// typesUsed are the edges from the types of expressions, and those that are written, to the type parameters of definitions.
func (c *checker) typesUsed() []growth {
	var out []growth
	of := func(t types.Type, at source.Span) {
		if t == nil {
			return
		}
		types.Any(t, func(t types.Type) bool {
			if n, ok := t.(*types.Named); ok && n.Def.Sort != types.Builtin {
				out = grow(out, n.Def.Params, n.Args, growth{of: n.Def.Name, at: at})
			}
			return false
		})
	}
	for e, t := range c.info.Types {
		of(t, e.Span())
	}
	for e, t := range c.info.Written {
		of(t, e.Span())
	}
	return out
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

// grow adds to out the edges from args to params, each of which is g otherwise.
func grow(out []growth, params []*types.Param, args []types.Type, g growth) []growth {
	for i, arg := range args[:min(len(args), len(params))] {
		g.to, g.arg, g.from = params[i], types.Default(arg), nil
		types.Any(g.arg, func(t types.Type) bool {
			if p, ok := t.(*types.Param); ok {
				g.from = p
				out = append(out, g)
			}
			return false
		})
		if g.from == nil {
			out = append(out, g)
		}
	}
	return out
}

// growths are the edges that may be part of a cycle.
func (c *checker) growths() []growth {
	var out []growth
	add := func(params []*types.Param, args []types.Type, of, verb string, at source.Span) {
		out = grow(out, params, args, growth{of: of, verb: verb, at: at})
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
