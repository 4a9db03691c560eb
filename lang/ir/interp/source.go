package interp

import (
	"github.com/portals-lang/portals/lang/ir"
)

// Generate gives every stream of a generator its atoms, but those that tell the time: who runs the program gives these.
func (r *Run) Generate() (err error) {
	defer recovered(&err)
	for _, s := range r.prog.Streams {
		if s.Kind == ir.ByGenerator {
			for _, events := range r.generated(s.Source) {
				r.Give(s, events)
			}
		}
	}
	return nil
}

// generated is the atoms of a generator.
func (r *Run) generated(e *ir.Endpoint) (atoms [][]Value) {
	arg := map[string]Value{}
	for _, a := range e.Args {
		arg[a.Name] = (&frame{World: &r.World}).eval(a.Value)
	}
	switch e.Name {
	case "empty", "every":
		return nil
	case "range":
		return cutInto(globals["range"]([]Value{arg["from"], arg["until"]}).(List), arg["atom"])
	case "list":
		return cutInto(arg["items"].(List), arg["atom"])
	case "atoms":
		for _, atom := range arg["atoms"].(List) {
			atoms = append(atoms, atom.(List))
		}
		return atoms
	case "repeat":
		for range max(arg["times"].(int64), 0) {
			atoms = append(atoms, arg["items"].(List))
		}
		return atoms
	case "unfold":
		var all List
		for seed := arg["seed"]; ; {
			next := apply(arg["next"], seed).(Option)
			if !next.Is {
				return cutInto(all, arg["atom"])
			}
			pair := next.Value.(Tuple)
			all, seed = append(all, pair[0]), pair[1]
		}
	}
	panic("interp: generator " + e.Name)
}

// cutInto is events in atoms of n, or in one if there is no n, or one that is not positive.
func cutInto(events []Value, n Value) (atoms [][]Value) {
	size := int64(len(events))
	if n, ok := n.(int64); ok && n > 0 {
		size = n
	}
	for i := int64(0); i < int64(len(events)); i += size {
		atoms = append(atoms, events[i:min(i+size, int64(len(events)))])
	}
	return atoms
}
