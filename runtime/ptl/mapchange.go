package ptl

// MapGet is `m[k]`: None where there is no entry.
func MapGet[K comparable, V any](m Map[K, V], k K) Option[V] {
	if e, _, _ := m.t.find(k); e != nil {
		return Some(e.value)
	}
	return Option[V]{}
}

// MapPut is `m[k] = v`.
func MapPut[K comparable, V any](m *Map[K, V], k K, v V) {
	e, position, edit := m.t.find(k)
	switch {
	case e == nil:
		m.own().insert(k, v, m.edit)
	case edit != 0 && edit == m.edit:
		e.value = v
	default:
		m.own().ownEntry(position, m.edit).value = v
	}
}

// MapUpdate changes the entry of k by f, which starts from start if there is none.
func MapUpdate[K comparable, V any](m *Map[K, V], k K, start V, f func(V) V) {
	e, position, edit := m.t.find(k)
	if e == nil {
		v := f(start) // may fail, and must not leave a half-made change behind
		m.own().insert(k, v, m.edit)
		return
	}
	v := f(e.value)
	if edit == 0 || edit != m.edit {
		e = m.own().ownEntry(position, m.edit)
	}
	e.value = v
}

// MapRemove removes the entry of k, if there is one.
func MapRemove[K comparable, V any](m *Map[K, V], k K) {
	switch e, position, _ := m.t.find(k); {
	case e == nil:
	case m.t.count == 1:
		*m = Map[K, V]{}
	default:
		m.own().remove(k, position, m.edit)
	}
}

// MapClear removes all entries.
func MapClear[K comparable, V any](m *Map[K, V]) { *m = Map[K, V]{} }
