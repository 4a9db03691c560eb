package interp

import (
	"slices"
	"strings"
)

// at is the element of a list, if there is one.
func at(xs []Value, i int64) Value {
	return optional(i >= 0 && i < int64(len(xs)), func() Value { return xs[i] })
}

// cut is what there is of the elements from low up to, but without, high.
func cut(xs []Value, low, high int64) List {
	low = min(max(low, 0), int64(len(xs)))
	return slices.Clone(List(xs[low:min(max(high, low), int64(len(xs)))]))
}

// where is how many elements come before the first for which f is as wanted.
func where(xs List, f Value, want bool) int64 {
	for i, x := range xs {
		if holds(f, x) == want {
			return int64(i)
		}
	}
	return int64(len(xs))
}

// by sorts elements by what f makes of them; equal ones stay in order.
func by(xs List, f func(Value) Value) List {
	type pair struct{ x, key Value }
	pairs := make([]pair, len(xs))
	for i, x := range xs {
		pairs[i] = pair{x, f(x)}
	}
	slices.SortStableFunc(pairs, func(a, b pair) int { return Compare(a.key, b.key) })
	out := make(List, len(xs))
	for i, p := range pairs {
		out[i] = p.x
	}
	return out
}

// best is the element for which f is least, or with -1 greatest.
func best(xs List, f func(Value) Value, sign int) Value {
	if len(xs) == 0 {
		return Option{}
	}
	out, key := xs[0], f(xs[0])
	for _, x := range xs[1:] {
		if k := f(x); Compare(k, key)*sign < 0 {
			out, key = x, k
		}
	}
	return some(out)
}

func itself(x Value) Value { return x }

func with(f Value) func(Value) Value { return func(x Value) Value { return apply(f, x) } }

// keep is the elements for which f holds.
func keep(xs List, f func(Value) bool) List {
	out := List{}
	for _, x := range xs {
		if f(x) {
			out = append(out, x)
		}
	}
	return out
}

var lists = map[string]func([]Value) Value{
	"List.length":   func(a []Value) Value { return int64(len(a[0].(List))) },
	"List.isEmpty":  func(a []Value) Value { return len(a[0].(List)) == 0 },
	"List.at":       func(a []Value) Value { return at(a[0].(List), a[1].(int64)) },
	"List.first":    func(a []Value) Value { return at(a[0].(List), 0) },
	"List.last":     func(a []Value) Value { return at(a[0].(List), int64(len(a[0].(List)))-1) },
	"List.contains": func(a []Value) Value { return index(a[0].(List), a[1]) >= 0 },
	"List.indexOf": func(a []Value) Value {
		i := index(a[0].(List), a[1])
		return optional(i >= 0, func() Value { return int64(i) })
	},
	"List.find": func(a []Value) Value { return at(a[0].(List), where(a[0].(List), a[1], true)) },
	"List.any":  func(a []Value) Value { return where(a[0].(List), a[1], true) < int64(len(a[0].(List))) },
	"List.all":  func(a []Value) Value { return where(a[0].(List), a[1], false) == int64(len(a[0].(List))) },
	"List.count": func(a []Value) Value {
		return int64(len(keep(a[0].(List), func(x Value) bool { return holds(a[1], x) })))
	},
	"List.map": func(a []Value) Value {
		out := List{}
		for _, x := range a[0].(List) {
			out = append(out, apply(a[1], x))
		}
		return out
	},
	"List.flatMap": func(a []Value) Value {
		out := List{}
		for _, x := range a[0].(List) {
			out = append(out, apply(a[1], x).(List)...)
		}
		return out
	},
	"List.filter": func(a []Value) Value { return keep(a[0].(List), func(x Value) bool { return holds(a[1], x) }) },
	"List.filterMap": func(a []Value) Value {
		out := List{}
		for _, x := range a[0].(List) {
			if o := apply(a[1], x).(Option); o.Is {
				out = append(out, o.Value)
			}
		}
		return out
	},
	"List.fold": func(a []Value) Value {
		sum := a[1]
		for _, x := range a[0].(List) {
			sum = apply(a[2], sum, x)
		}
		return sum
	},
	"List.min":    func(a []Value) Value { return best(a[0].(List), itself, 1) },
	"List.max":    func(a []Value) Value { return best(a[0].(List), itself, -1) },
	"List.minBy":  func(a []Value) Value { return best(a[0].(List), with(a[1]), 1) },
	"List.maxBy":  func(a []Value) Value { return best(a[0].(List), with(a[1]), -1) },
	"List.sort":   func(a []Value) Value { return by(a[0].(List), itself) },
	"List.sortBy": func(a []Value) Value { return by(a[0].(List), with(a[1])) },
	"List.groupBy": func(a []Value) Value {
		m := Map{}
		for _, x := range a[0].(List) {
			key := apply(a[1], x)
			group := List{}
			if i := m.find(key); i >= 0 {
				group = m[i].Value.(List)
			}
			m = m.put(key, append(slices.Clone(group), x))
		}
		return m
	},
	"List.partition": func(a []Value) Value {
		yes := func(x Value) bool { return holds(a[1], x) }
		var in, out List = List{}, List{}
		for _, x := range a[0].(List) {
			if yes(x) {
				in = append(in, x)
			} else {
				out = append(out, x)
			}
		}
		return Tuple{in, out}
	},
	"List.distinct": func(a []Value) Value { return List(setOf(a[0].(List))) },
	"List.zip": func(a []Value) Value {
		xs, ys, out := a[0].(List), a[1].(List), List{}
		for i := range min(len(xs), len(ys)) {
			out = append(out, Tuple{xs[i], ys[i]})
		}
		return out
	},
	"List.enumerate": func(a []Value) Value {
		out := List{}
		for i, x := range a[0].(List) {
			out = append(out, Tuple{int64(i), x})
		}
		return out
	},
	"List.concat":    func(a []Value) Value { return slices.Concat(a[0].(List), a[1].(List)) },
	"List.take":      func(a []Value) Value { return cut(a[0].(List), 0, a[1].(int64)) },
	"List.drop":      func(a []Value) Value { return cut(a[0].(List), a[1].(int64), int64(len(a[0].(List)))) },
	"List.takeWhile": func(a []Value) Value { return cut(a[0].(List), 0, where(a[0].(List), a[1], false)) },
	"List.dropWhile": func(a []Value) Value {
		return cut(a[0].(List), where(a[0].(List), a[1], false), int64(len(a[0].(List))))
	},
	"List.slice": func(a []Value) Value { return cut(a[0].(List), a[1].(int64), a[2].(int64)) },
	"List.chunks": func(a []Value) Value {
		xs, n, out := a[0].(List), a[1].(int64), List{}
		if n <= 0 {
			fail("chunks of %d elements: the size must be positive", n)
		}
		for i := int64(0); i < int64(len(xs)); i += min(n, int64(len(xs))-i) {
			out = append(out, cut(xs, i, min(i+n, int64(len(xs)))))
		}
		return out
	},
	"List.reverse": func(a []Value) Value {
		out := slices.Clone(a[0].(List))
		slices.Reverse(out)
		return out
	},
	"List.join": func(a []Value) Value {
		var parts []string
		for _, x := range a[0].(List) {
			parts = append(parts, x.(string))
		}
		return strings.Join(parts, a[1].(string))
	},
	"List.toSet": func(a []Value) Value { return setOf(a[0].(List)) },
	"List.toMap": func(a []Value) Value {
		m := Map{}
		for _, x := range a[0].(List) {
			m = m.put(x.(Tuple)[0], x.(Tuple)[1])
		}
		return m
	},
}

var mapBuiltins = map[string]func([]Value) Value{
	"Map.length":  func(a []Value) Value { return int64(len(a[0].(Map))) },
	"Map.isEmpty": func(a []Value) Value { return len(a[0].(Map)) == 0 },
	"Map.has":     func(a []Value) Value { return a[0].(Map).find(a[1]) >= 0 },
	"Map.get": func(a []Value) Value {
		i := a[0].(Map).find(a[1])
		return optional(i >= 0, func() Value { return a[0].(Map)[i].Value })
	},
	"Map.keys":    func(a []Value) Value { return each(a[0].(Map), func(e Entry) Value { return e.Key }) },
	"Map.values":  func(a []Value) Value { return each(a[0].(Map), func(e Entry) Value { return e.Value }) },
	"Map.entries": func(a []Value) Value { return each(a[0].(Map), func(e Entry) Value { return Tuple{e.Key, e.Value} }) },
	"Map.mapValues": func(a []Value) Value {
		out := Map{}
		for _, e := range a[0].(Map) {
			out = append(out, Entry{e.Key, apply(a[1], e.Value)})
		}
		return out
	},
	"Map.filter": func(a []Value) Value {
		out := Map{}
		for _, e := range a[0].(Map) {
			if holds(a[1], e.Key, e.Value) {
				out = append(out, e)
			}
		}
		return out
	},
	"Map.merge": func(a []Value) Value {
		out := a[0].(Map)
		for _, e := range a[1].(Map) {
			out = out.put(e.Key, e.Value)
		}
		return out
	},
}

func each(m Map, f func(Entry) Value) Value {
	out := List{}
	for _, e := range m {
		out = append(out, f(e))
	}
	return out
}

var sets = map[string]func([]Value) Value{
	"Set.length":       func(a []Value) Value { return int64(len(a[0].(Set))) },
	"Set.isEmpty":      func(a []Value) Value { return len(a[0].(Set)) == 0 },
	"Set.contains":     func(a []Value) Value { return index(a[0].(Set), a[1]) >= 0 },
	"Set.toList":       func(a []Value) Value { return List(a[0].(Set)) },
	"Set.union":        func(a []Value) Value { return setOf(slices.Concat(a[0].(Set), a[1].(Set))) },
	"Set.intersection": func(a []Value) Value { return those(a[0].(Set), a[1].(Set), true) },
	"Set.difference":   func(a []Value) Value { return those(a[0].(Set), a[1].(Set), false) },
	"Set.isSubsetOf":   func(a []Value) Value { return len(those(a[0].(Set), a[1].(Set), false)) == 0 },
}

// those is the elements of s that are in other, or are not.
func those(s, other Set, in bool) Set {
	return Set(keep(List(s), func(x Value) bool { return (index(other, x) >= 0) == in }))
}

// mutate is what a place holds after a mutating built-in.
func mutate(name string, v Value, args []Value) Value {
	switch v := v.(type) {
	case List:
		return changedList(name, slices.Clone(v), args)
	case Map:
		switch name {
		case "Map.put":
			return v.put(args[0], args[1])
		case "Map.update":
			old := args[1]
			if i := v.find(args[0]); i >= 0 {
				old = v[i].Value
			}
			return v.put(args[0], apply(args[2], old))
		case "Map.remove":
			return v.without(args[0])
		case "Map.clear":
			return Map{}
		}
	case Set:
		switch name {
		case "Set.add":
			return v.with(args[0])
		case "Set.remove":
			return v.without(args[0])
		case "Set.clear":
			return Set{}
		}
	}
	panic("interp: mutating built-in " + name)
}

func changedList(name string, xs List, args []Value) Value {
	position := func(limit int) int {
		i := args[0].(int64)
		if i < 0 || i >= int64(limit) {
			fail("index %d is out of range: the list has %d elements", i, len(xs))
		}
		return int(i)
	}
	switch name {
	case "List.push":
		return append(xs, args[0])
	case "List.pushAll":
		return append(xs, args[0].(List)...)
	case "List.set":
		xs[position(len(xs))] = args[1]
		return xs
	case "List.insert":
		return slices.Insert(xs, position(len(xs)+1), args[1])
	case "List.remove":
		if i := index(xs, args[0]); i >= 0 {
			return slices.Delete(xs, i, i+1)
		}
		return xs
	case "List.removeAt":
		i := position(len(xs))
		return slices.Delete(xs, i, i+1)
	case "List.clear":
		return List{}
	}
	panic("interp: mutating built-in " + name)
}
