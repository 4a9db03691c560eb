package ptl

// What asks a map something, and what makes new collections out of it. These take maps as they stand in their places.

// MapLength is the number of entries.
func MapLength[K comparable, V any](m Map[K, V]) int64 { return int64(m.Len()) }

// MapIsEmpty tells whether there are no entries.
func MapIsEmpty[K comparable, V any](m Map[K, V]) bool { return m.Len() == 0 }

// MapHas tells whether there is an entry of that key.
func MapHas[K comparable, V any](m Map[K, V], k K) bool {
	e, _, _ := m.t.find(k)
	return e != nil
}

// MapKeys is the keys, in the order of insertion.
func MapKeys[K comparable, V any](m Map[K, V]) List[K] {
	keys := make([]K, 0, m.Len())
	for k := range m.All() {
		keys = append(keys, k)
	}
	return ListFrom(keys)
}

// MapValues is the values, in the order of insertion.
func MapValues[K comparable, V any](m Map[K, V]) List[V] {
	values := make([]V, 0, m.Len())
	for _, v := range m.All() {
		values = append(values, v)
	}
	return ListFrom(values)
}

// MapEntries is the entries as pairs, in the order of insertion.
func MapEntries[K comparable, V any](m Map[K, V]) List[Tuple2[K, V]] {
	pairs := make([]Tuple2[K, V], 0, m.Len())
	for k, v := range m.All() {
		pairs = append(pairs, Tuple2[K, V]{k, v})
	}
	return ListFrom(pairs)
}

// MapMapValues is the same keys, with what f makes of their values.
func MapMapValues[K comparable, V, U any](m Map[K, V], f func(V) U) Map[K, U] {
	var made Map[K, U]
	for k, v := range m.All() {
		MapPut(&made, k, f(v))
	}
	return made.Share()
}

// MapFilter is the entries for which f holds.
func MapFilter[K comparable, V any](m Map[K, V], f func(K, V) bool) Map[K, V] {
	var kept Map[K, V]
	for k, v := range m.All() {
		if f(k, v) {
			MapPut(&kept, k, v)
		}
	}
	return kept.Share()
}

// MapMerge is the entries of both maps; where both have one, that of the other.
func MapMerge[K comparable, V any](m, other Map[K, V]) Map[K, V] {
	merged := m.value()
	for k, v := range other.All() {
		MapPut(&merged, k, v)
	}
	return merged.Share()
}

// value is a value with the entries of m, which may be a place that goes on changing its table.
func (m Map[K, V]) value() Map[K, V] {
	if m.edit == 0 {
		return m
	}
	var copied Map[K, V]
	for k, v := range m.All() {
		MapPut(&copied, k, v)
	}
	return copied.Share()
}
