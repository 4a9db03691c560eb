package ptl

import (
	"github.com/go-json-experiment/json/jsontext"
)

// ListType describes the lists of a type.
func ListType[T any](t *Type[T]) *Type[List[T]] {
	l := &Type[List[T]]{
		Name:  "List[" + t.Name + "]",
		Equal: func(a, b List[T]) bool { return equalItems(a.items, b.items, t) },
		Quote: func(b []byte, v List[T]) []byte { return quoteItems(b, v.items, t) },
		Append: func(b []byte, v List[T]) []byte {
			b = AppendUint(b, uint64(len(v.items)))
			for _, x := range v.items {
				b = t.Append(b, x)
			}
			return b
		},
		Read: func(r *Reader) List[T] {
			n := r.Count()
			items := make([]T, 0, min(n, firstRoom))
			for range n {
				items = append(items, t.Read(r))
				if r.err != nil {
					return List[T]{}
				}
			}
			return ListFrom(items)
		},
		AppendJSON: func(b []byte, v List[T]) []byte {
			b = append(b, '[')
			for i, x := range v.items {
				if i > 0 {
					b = append(b, ',')
				}
				b = t.AppendJSON(b, x)
			}
			return append(b, ']')
		},
		Share: (*List[T]).Share, shaped: madeOf(kindList, partOf(t)),
	}
	l.ReadJSON = func(d *jsontext.Decoder) (List[T], error) { return readJSONList(d, l.Name, t) }
	l.Show = l.Quote
	return l
}

// firstRoom bounds what a decoder makes room for before it has seen that many items: an item may take far more memory
// than the one byte of input that a count can rely on.
const firstRoom = 64

func equalItems[T any](a, b []T, t *Type[T]) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !t.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func quoteItems[T any](b []byte, items []T, t *Type[T]) []byte {
	b = append(b, '[')
	for i, x := range items {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = t.Quote(b, x)
	}
	return append(b, ']')
}

func readJSONList[T any](d *jsontext.Decoder, name string, t *Type[T]) (List[T], error) {
	if err := openList(d, name); err != nil {
		return List[T]{}, err
	}
	var items []T
	for d.PeekKind() != jsontext.KindEndArray {
		x, err := t.ReadJSON(d)
		if err != nil {
			return List[T]{}, inItem(err, len(items))
		}
		if items == nil {
			items = make([]T, 0, 4) // growing by one, two, four would take three allocations
		}
		items = append(items, x)
	}
	_, err := d.ReadToken()
	return ListFrom(items), err
}

// openList reads the bracket of a list.
func openList(d *jsontext.Decoder, name string) error {
	tok, err := d.ReadToken()
	if err == nil && tok.Kind() != jsontext.KindBeginArray {
		err = wrongToken("a list ("+name+")", tok)
	}
	return err
}
