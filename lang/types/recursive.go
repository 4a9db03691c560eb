package types

// MarkRecursive sets Recursive on each of defs whose values can hold a value of the same type inline, that is other
// than through a List, Map or Set. These definitions are the cycles of the graph "holds inline".
func MarkRecursive(defs []*Def) {
	s := search{met: map[*Def]int{}}
	for _, d := range defs {
		s.from(d)
	}
}

// search looks for the cycles of the graph "holds inline", and goes to each definition once (Tarjan 1972).
type search struct {
	met   map[*Def]int // the definitions gone to, with their number; 0 when all is known of the cycles that one is in
	count int
	open  []*Def // those of which not all is known
	ended []*Def // in the order in which all that they hold was gone to: what a definition holds is before it, but in a cycle
}

// from goes to d, if nobody has, and returns the least number of what it leads to that is still open.
func (s *search) from(d *Def) int {
	if n, met := s.met[d]; met {
		return n
	}
	s.count++
	n, at := s.count, len(s.open)
	s.met[d], s.open = n, append(s.open, d)
	least := n
	inline := func(held *Def) {
		if held == d {
			d.Recursive = true
		}
		if n := s.from(held); n > 0 {
			least = min(least, n)
		}
	}
	for _, v := range d.Variants {
		for _, f := range v.Fields {
			heldInline(f.Type, inline)
		}
	}
	s.ended = append(s.ended, d)
	if least < n {
		return least
	}
	cycle := s.open[at:]
	for _, d := range cycle {
		if len(cycle) > 1 {
			d.Recursive = true
		}
		s.met[d] = 0
	}
	s.open = s.open[:at]
	return 0
}

// heldInline calls f for each definition of which a value of type t can hold a value inline. The arguments of a definition count as
// held by it.
func heldInline(t Type, f func(*Def)) {
	switch t := Resolve(t).(type) {
	case *Tuple:
		for _, e := range t.Elems {
			heldInline(e, f)
		}
	case *Named:
		if t.Def == ListDef || t.Def == MapDef || t.Def == SetDef {
			return
		}
		for _, a := range t.Args {
			heldInline(a, f)
		}
		f(t.Def)
	}
}

// Uninhabited returns those of defs of which no value can ever be built, because every way to build one needs one
// first (`record Loop(next: Loop)`). It computes the least set of definitions that can be built and returns the rest. As what a
// definition holds is looked at before it, few rounds do.
func Uninhabited(defs []*Def) []*Def {
	stuck := map[*Def]bool{}
	s := search{met: map[*Def]int{}}
	for _, d := range defs {
		stuck[d] = len(d.Variants) > 0
		s.from(d)
	}
	for changed := true; changed; {
		changed = false
		for _, d := range s.ended {
			if stuck[d] && canBuild(d, stuck) {
				stuck[d], changed = false, true
			}
		}
	}
	var out []*Def
	for _, d := range defs {
		if stuck[d] {
			out = append(out, d)
		}
	}
	return out
}

// canBuild tells whether some variant of d needs no value of a definition that is still stuck.
func canBuild(d *Def, stuck map[*Def]bool) bool {
	for _, v := range d.Variants {
		ok := true
		for _, f := range v.Fields {
			ok = ok && canBuildType(f.Type, stuck)
		}
		if ok {
			return true
		}
	}
	return false
}

func canBuildType(t Type, stuck map[*Def]bool) bool {
	switch t := Resolve(t).(type) {
	case *Tuple:
		for _, e := range t.Elems {
			if !canBuildType(e, stuck) {
				return false
			}
		}
	case *Named:
		if t.Def == ResultDef {
			return canBuildType(t.Args[0], stuck) || canBuildType(t.Args[1], stuck)
		}
		return !stuck[t.Def]
	}
	return true
}
