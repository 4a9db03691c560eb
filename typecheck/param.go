package typecheck

import (
	"slices"

	"github.com/portals-lang/portals/lang/ast"
)

// binaryFlags are the flags that every binary has; a test holds them against package runtime.
var binaryFlags = []string{
	"data", "durability", "fresh", "help", "memory", "memory-budget", "on-failure", "parallelism", "quiet", "restart-source",
}

// checkFlags refuses params whose flags are taken.
func (c *checker) checkFlags(p *pkg) {
	first := map[string]*Param{}
	for _, o := range p.params {
		at := o.Decl.Name.Place
		switch other := first[o.Flag]; {
		case slices.Contains(binaryFlags, o.Flag):
			c.err("PTL0202", at, "", "`--%s` is a flag of every program", o.Flag).
				note("A param is a flag of the program that is built, and so are its own options.").
				help("Call the param something else.")
		case other != nil && other.Name != o.Name:
			c.err("PTL0202", at, "this one, too", "two params have the flag `--%s`", o.Flag).
				at(other.Decl.Name.Place, "this is `--%s`", o.Flag).help("Rename one of them.")
		default:
			first[o.Flag] = o
		}
	}
}

// checkParamCycles refuses params whose defaults need themselves, through other params and functions.
func (c *checker) checkParamCycles(p *pkg) {
	reported := map[*Param]bool{}
	for _, o := range p.params {
		path := c.pathTo(o, o, map[Object]bool{})
		if path == nil || reported[o] {
			continue
		}
		f := c.err("PTL0313", o.Decl.Name.Place, "", "the default of the param `%s` needs itself", o.Name)
		for _, use := range path {
			if via, ok := c.info.Uses[use].(*Param); ok {
				reported[via] = true
			}
			f.at(use.Place, "this needs `%s`", use.Name)
		}
		f.help("Give one of them a value that needs no other.")
	}
}

// pathTo is the way of uses that leads from an object to a param; nil if there is none.
func (c *checker) pathTo(target *Param, from Object, seen map[Object]bool) []*ast.Ident {
	seen[from] = true
	for _, use := range c.usesIn(from) {
		next := c.info.Uses[use]
		if next == Object(target) {
			return []*ast.Ident{use}
		}
		if next == nil || seen[next] {
			continue
		}
		if rest := c.pathTo(target, next, seen); rest != nil {
			return append([]*ast.Ident{use}, rest...)
		}
	}
	return nil
}

// usesIn are the names that the default of a param, or a function, is computed with.
func (c *checker) usesIn(o Object) (uses []*ast.Ident) {
	visit := func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok {
			switch c.info.Uses[id].(type) {
			case *Param, *Fun:
				uses = append(uses, id)
			}
		}
		return true
	}
	switch o := o.(type) {
	case *Param:
		if o.Decl.Default != nil {
			ast.Inspect(o.Decl.Default, visit)
		}
	case *Fun:
		if o.Decl != nil && o.Decl.Body != nil {
			ast.Inspect(o.Decl.Body, visit)
		}
		if o.Decl != nil && o.Decl.Expr != nil {
			ast.Inspect(o.Decl.Expr, visit)
		}
	}
	return uses
}
