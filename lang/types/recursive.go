package types

// MarkRecursive sets Recursive on each of defs whose values can hold a value of the same type inline, that is other
// than through a List, Map or Set. These definitions are the cycles of the graph "holds inline".
func MarkRecursive(defs []*Def) {
	for _, d := range defs {
		d.Recursive = reaches(d, d, map[*Def]bool{})
	}
}

func reaches(from, to *Def, seen map[*Def]bool) bool {
	for _, v := range from.Variants {
		for _, f := range v.Fields {
			if inlineReaches(f.Type, to, seen) {
				return true
			}
		}
	}
	return false
}

// inlineReaches tells whether a value of type t can hold one of to. The arguments of a definition count as held by it.
func inlineReaches(t Type, to *Def, seen map[*Def]bool) bool {
	switch t := Resolve(t).(type) {
	case *Tuple:
		for _, e := range t.Elems {
			if inlineReaches(e, to, seen) {
				return true
			}
		}
	case *Named:
		if t.Def == to {
			return true
		}
		if t.Def == ListDef || t.Def == MapDef || t.Def == SetDef {
			return false
		}
		for _, a := range t.Args {
			if inlineReaches(a, to, seen) {
				return true
			}
		}
		if !seen[t.Def] {
			seen[t.Def] = true
			return reaches(t.Def, to, seen)
		}
	}
	return false
}

// Uninhabited returns those of defs of which no value can ever be built, because every way to build one needs one
// first (`record Loop(next: Loop)`). It computes the least set of definitions that can be built and returns the rest.
func Uninhabited(defs []*Def) []*Def {
	stuck := map[*Def]bool{}
	for _, d := range defs {
		stuck[d] = len(d.Variants) > 0
	}
	for changed := true; changed; {
		changed = false
		for _, d := range defs {
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
