package builtin

// A map is read with `m[k]`, which gives an Option, and written with `m[k] = v`.
var maps = []Entry{
	{Sig: "Map[K, V].length -> Int", Doc: "The number of entries.", Example: `["a": 1].length == 1`},
	{Sig: "Map[K, V].isEmpty() -> Bool", Doc: "Whether there are no entries.", Example: `!["a": 1].isEmpty()`},
	{Sig: "Map[K: key, V].has(key: K) -> Bool", Doc: "Whether there is an entry of that key.", Example: `["a": 1].has("a")`},
	{Sig: "Map[K, V].keys() -> List[K]", Doc: "The keys, in the order of insertion.", Example: `["a": 1, "b": 2].keys() == ["a", "b"]`},
	{Sig: "Map[K, V].values() -> List[V]", Doc: "The values, in the order of insertion.", Example: `["a": 1, "b": 2].values() == [1, 2]`},
	{Sig: "Map[K, V].entries() -> List[(K, V)]", Doc: "The entries as pairs, in the order of insertion.", Example: `["a": 1].entries() == [("a", 1)]`},
	{Sig: "Map[K: key, V].mapValues[U](f: fun(V) -> U) -> Map[K, U]", Doc: "The same keys, with what `f` makes of their values.", Example: `["a": 1].mapValues(v => v + 1) == ["a": 2]`},
	{Sig: "Map[K: key, V].filter(f: fun(K, V) -> Bool) -> Map[K, V]", Doc: "The entries for which `f` holds.", Example: `["a": 1, "b": 2].filter((_, v) => v > 1) == ["b": 2]`},
	{Sig: "Map[K: key, V].merge(other: Map[K, V]) -> Map[K, V]", Doc: "The entries of both maps; where both have one, that of the other map.", Example: `["a": 1].merge(["a": 2, "b": 3]) == ["a": 2, "b": 3]`},

	{Sig: "Map[K: key, V].update(key: K, default: V, f: fun(V) -> V)", Doc: "Changes the entry of that key by `f`, which starts from `default` if there is none.", Mutates: true, Example: "var m = [\"a\": 1]\nm.update(\"a\", 0, n => n + 1)\nm.update(\"b\", 0, n => n + 1)\nm == [\"a\": 2, \"b\": 1]"},
	{Sig: "Map[K: key, V].remove(key: K)", Doc: "Removes the entry of that key, if there is one.", Mutates: true, Example: "var m = [\"a\": 1]\nm.remove(\"a\")\nm == [:]"},
	{Sig: "Map[K, V].clear()", Doc: "Removes all entries.", Mutates: true, Example: "var m = [\"a\": 1]\nm.clear()\nm.isEmpty()"},
}

var sets = []Entry{
	{Sig: "Set[T].length -> Int", Doc: "The number of elements.", Example: `Set([1, 1]).length == 1`},
	{Sig: "Set[T].isEmpty() -> Bool", Doc: "Whether there are no elements.", Example: `!Set([1]).isEmpty()`},
	{Sig: "Set[T: key].contains(x: T) -> Bool", Doc: "Whether `x` is among the elements.", Example: `Set([1, 2]).contains(2)`},
	{Sig: "Set[T: key].union(other: Set[T]) -> Set[T]", Doc: "What is in one of the sets or in both.", Example: `Set([1]).union(Set([2])) == Set([1, 2])`},
	{Sig: "Set[T: key].intersection(other: Set[T]) -> Set[T]", Doc: "What is in both sets.", Example: `Set([1, 2]).intersection(Set([2, 3])) == Set([2])`},
	{Sig: "Set[T: key].difference(other: Set[T]) -> Set[T]", Doc: "What is in this set and not in the other.", Example: `Set([1, 2]).difference(Set([2])) == Set([1])`},
	{Sig: "Set[T: key].isSubsetOf(other: Set[T]) -> Bool", Doc: "Whether all elements are in the other set too.", Example: `Set([1]).isSubsetOf(Set([1, 2]))`},
	{Sig: "Set[T].toList() -> List[T]", Doc: "The elements, in the order of insertion.", Example: `Set([2, 1]).toList() == [2, 1]`},

	{Sig: "Set[T: key].add(x: T)", Doc: "Adds `x`, if it is not there.", Mutates: true, Example: "var s = Set([1])\ns.add(2)\ns == Set([1, 2])"},
	{Sig: "Set[T: key].remove(x: T)", Doc: "Removes `x`, if it is there.", Mutates: true, Example: "var s = Set([1, 2])\ns.remove(1)\ns == Set([2])"},
	{Sig: "Set[T].clear()", Doc: "Removes all elements.", Mutates: true, Example: "var s = Set([1])\ns.clear()\ns.isEmpty()"},
}
