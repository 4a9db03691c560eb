package ptl

import (
	"github.com/go-json-experiment/json/jsontext"
)

// MapType describes the maps of two types. In JSON a map with String keys is an object, any other a list of pairs.
func MapType[K comparable, V any](kt *Type[K], vt *Type[V]) *Type[Map[K, V]] {
	m := &Type[Map[K, V]]{
		Name:  "Map[" + kt.Name + ", " + vt.Name + "]",
		Equal: func(a, b Map[K, V]) bool { return equalMaps(a, b, vt.Equal) },
		Quote: func(b []byte, v Map[K, V]) []byte { return quoteMap(b, v, kt, vt) },
		Append: func(b []byte, v Map[K, V]) []byte {
			b = AppendUint(b, uint64(v.Len()))
			for k, x := range v.All() {
				b = vt.Append(kt.Append(b, k), x)
			}
			return b
		},
		Read: func(r *Reader) Map[K, V] {
			var m Map[K, V]
			for range r.Count() {
				k := kt.Read(r)
				v := vt.Read(r)
				if r.err != nil {
					return Map[K, V]{}
				}
				MapPut(&m, k, v)
			}
			return m.Share()
		},
		Share: (*Map[K, V]).Share, shaped: madeOf(kindMap, partOf(kt), partOf(vt)),
	}
	m.Show = m.Quote
	if _, ok := any(kt).(*Type[string]); ok {
		m.AppendJSON = func(b []byte, v Map[K, V]) []byte { return appendJSONObject(b, v, kt, vt) }
		m.ReadJSON = func(d *jsontext.Decoder) (Map[K, V], error) {
			return readJSONObject(d, m.Name, vt, func(s string) K { return any(s).(K) })
		}
		return m
	}
	pairs := ListType(Tuple2Type(kt, vt))
	m.AppendJSON = func(b []byte, v Map[K, V]) []byte { return pairs.AppendJSON(b, MapEntries(v)) }
	m.ReadJSON = func(d *jsontext.Decoder) (Map[K, V], error) {
		list, err := pairs.ReadJSON(d)
		made := MapOf(list.items...)
		if err == nil && made.Len() < list.Len() {
			err = broken("a key stands twice")
		}
		return made, err
	}
	return m
}

func equalMaps[K comparable, V any](a, b Map[K, V], same func(a, b V) bool) bool {
	if a.t == b.t {
		return true
	}
	if a.Len() != b.Len() {
		return false
	}
	for k, v := range a.All() {
		if e, _, _ := b.t.find(k); e == nil || !same(v, e.value) {
			return false
		}
	}
	return true
}

func quoteMap[K comparable, V any](b []byte, m Map[K, V], kt *Type[K], vt *Type[V]) []byte {
	if m.Len() == 0 {
		return append(b, "[:]"...)
	}
	separator := "["
	for k, v := range m.All() {
		b = append(kt.Quote(append(b, separator...), k), ": "...)
		b = vt.Quote(b, v)
		separator = ", "
	}
	return append(b, ']')
}

func appendJSONObject[K comparable, V any](b []byte, m Map[K, V], kt *Type[K], vt *Type[V]) []byte {
	b = append(b, '{')
	first := true
	for k, v := range m.All() {
		if !first {
			b = append(b, ',')
		}
		first = false
		b = vt.AppendJSON(append(kt.AppendJSON(b, k), ':'), v)
	}
	return append(b, '}')
}

func readJSONObject[K comparable, V any](d *jsontext.Decoder, name string, vt *Type[V], key func(string) K) (Map[K, V], error) {
	var m Map[K, V]
	tok, err := d.ReadToken()
	if err == nil && tok.Kind() != jsontext.KindBeginObject {
		err = wrongToken("an object ("+name+")", tok)
	}
	for err == nil {
		if tok, err = d.ReadToken(); err != nil || tok.Kind() == jsontext.KindEndObject {
			break
		}
		name := tok.String()
		if MapHas(m, key(name)) {
			return Map[K, V]{}, inField(errTwice(), name)
		}
		var v V
		if v, err = vt.ReadJSON(d); err != nil {
			err = inField(err, name)
		} else {
			MapPut(&m, key(name), v)
		}
	}
	return m.Share(), err
}

// SetType describes the sets of a type. In JSON a set is a list, in which nothing stands twice.
func SetType[T comparable](t *Type[T]) *Type[Set[T]] {
	s := &Type[Set[T]]{
		Name:  "Set[" + t.Name + "]",
		Equal: func(a, b Set[T]) bool { return equalMaps(a.m, b.m, equal[Unit]) },
		Quote: func(b []byte, v Set[T]) []byte {
			if v.Len() == 0 {
				return append(b, "Set()"...)
			}
			return append(quoteItems(append(b, "Set("...), SetToList(v).items, t), ')')
		},
		Append: func(b []byte, v Set[T]) []byte {
			b = AppendUint(b, uint64(v.Len()))
			for x := range v.All() {
				b = t.Append(b, x)
			}
			return b
		},
		Read: func(r *Reader) Set[T] {
			var s Set[T]
			for range r.Count() {
				x := t.Read(r)
				if r.err != nil {
					return Set[T]{}
				}
				SetAdd(&s, x)
			}
			return s.Share()
		},
		Share: (*Set[T]).Share, shaped: madeOf(kindSet, partOf(t)),
	}
	list := ListType(t)
	s.AppendJSON = func(b []byte, v Set[T]) []byte { return list.AppendJSON(b, SetToList(v)) }
	s.ReadJSON = func(d *jsontext.Decoder) (Set[T], error) {
		items, err := list.ReadJSON(d)
		made := ListToSet(items)
		if err == nil && made.Len() < items.Len() {
			err = broken("an element stands twice")
		}
		return made, err
	}
	s.Show = s.Quote
	return s
}
