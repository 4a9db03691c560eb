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
	s := needs{checker: c, met: map[Object]int{}, reported: map[*Param]bool{}}
	for _, o := range p.params {
		s.from(o)
	}
}

// needs goes from what needs something to what it needs, to each once, and reports the circles. A use that leads back to where the
// way came from closes one.
type needs struct {
	*checker
	met      map[Object]int // how many uses led to it, when it is on the way; else -1
	way      []*ast.Ident
	reported map[*Param]bool
}

func (s *needs) from(o Object) {
	if _, met := s.met[o]; met {
		return
	}
	s.met[o] = len(s.way)
	for _, use := range s.usesIn(o) {
		s.way = append(s.way, use)
		needed := s.info.Uses[use]
		if at, met := s.met[needed]; met && at >= 0 {
			s.circle(s.way[at:])
		} else {
			s.from(needed)
		}
		s.way = s.way[:len(s.way)-1]
	}
	s.met[o] = -1
}

// circle reports uses that lead from an object to itself, as seen from a param. If none is one, it is functions that call each other.
func (s *needs) circle(uses []*ast.Ident) {
	begin := len(uses)
	var o *Param
	for ; begin > 0; begin-- {
		if param, ok := s.info.Uses[uses[begin-1]].(*Param); ok && !s.reported[param] {
			o = param
			break
		}
	}
	if o == nil {
		return
	}
	f := s.err("PTL0313", o.Decl.Name.Place, "", "the default of the param `%s` needs itself", o.Name)
	for _, use := range slices.Concat(uses[begin:], uses[:begin]) {
		if via, ok := s.info.Uses[use].(*Param); ok {
			s.reported[via] = true
		}
		f.at(use.Place, "this needs `%s`", use.Name)
	}
	f.help("Give one of them a value that needs no other.")
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
