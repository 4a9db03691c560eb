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
		Share: (*List[T]).Share,
	}
	l.ReadJSON = func(d *jsontext.Decoder) (List[T], error) {
		var items []T
		err := readItems(d, l.Name, t, func(x T) error {
			items = append(items, x)
			return nil
		})
		return ListFrom(items), err
	}
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

// readItems reads a JSON list and hands over its items.
func readItems[T any](d *jsontext.Decoder, name string, t *Type[T], take func(T) error) error {
	tok, err := d.ReadToken()
	if err == nil && tok.Kind() != jsontext.KindBeginArray {
		err = wrongToken("a list ("+name+")", tok)
	}
	if err != nil {
		return err
	}
	for i := 0; d.PeekKind() != jsontext.KindEndArray; i++ {
		x, err := t.ReadJSON(d)
		if err == nil {
			err = take(x)
		}
		if err != nil {
			return inItem(err, i)
		}
	}
	_, err = d.ReadToken()
	return err
}
