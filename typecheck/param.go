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
	s := needs{checker: c, met: map[Object]int{}, circles: map[Object]int{}, uses: map[Object][]*ast.Ident{}}
	for _, o := range p.params {
		s.from(o)
	}
	reported := map[*Param]bool{}
	for _, o := range p.params {
		way := s.back(o)
		if reported[o] || way == nil {
			continue
		}
		f := c.err("PTL0313", o.Decl.Name.Place, "", "the default of the param `%s` needs itself", o.Name)
		for _, use := range way {
			if via, ok := c.info.Uses[use].(*Param); ok {
				reported[via] = true
			}
			f.at(use.Place, "this needs `%s`", use.Name)
		}
		f.help("Give one of them a value that needs no other.")
	}
}

// needs finds out which params and functions need each other in circles, and goes to each once for that (Tarjan 1972).
type needs struct {
	*checker
	met     map[Object]int // those gone to, with their number
	open    []Object       // those whose circle is not known to be complete
	circles map[Object]int // the circle that one is in: the number of the first that was gone to
	uses    map[Object][]*ast.Ident
}

// from goes to o, if nobody has, and returns the least number of what it leads to that is still open; 0 if nothing is.
func (s *needs) from(o Object) int {
	if n, met := s.met[o]; met {
		if s.circles[o] > 0 {
			return 0
		}
		return n
	}
	n, at := len(s.met)+1, len(s.open)
	s.met[o], s.open, s.uses[o] = n, append(s.open, o), s.usesIn(o)
	least := n
	for _, use := range s.uses[o] {
		if n := s.from(s.info.Uses[use]); n > 0 {
			least = min(least, n)
		}
	}
	if least < n {
		return least
	}
	for _, x := range s.open[at:] {
		s.circles[x] = n
	}
	s.open = s.open[:at]
	return 0
}

// back is the shortest way of uses that leads from o to itself; nil if there is none.
func (s *needs) back(o Object) (way []*ast.Ident) {
	type reached struct {
		from Object
		by   *ast.Ident
	}
	how := map[Object]reached{}
	for next := []Object{o}; len(next) > 0; next = next[1:] {
		for _, use := range s.uses[next[0]] {
			needed := s.info.Uses[use]
			if _, again := how[needed]; again || s.circles[needed] != s.circles[o] {
				continue
			}
			how[needed] = reached{next[0], use}
			next = append(next, needed)
		}
	}
	for at := o; ; {
		r, found := how[at]
		if !found {
			return nil
		}
		way, at = append(way, r.by), r.from
		if at == o {
			slices.Reverse(way)
			return way
		}
	}
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
