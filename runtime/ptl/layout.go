package ptl

import (
	"fmt"
	"slices"
)

// Layout is what the stored entries of a States are made of. It is stored beside them, and judges what a later version
// of the program may do with them.
type Layout struct {
	Key    *Shape        `json:"key,omitempty"`
	Fields []FieldLayout `json:"fields,omitempty"` // in the order of the binary form
}

// FieldLayout is a state, or what is parked.
type FieldLayout struct {
	Name  string `json:"name"`
	Was   string `json:"-"`
	Shape *Shape `json:"shape"`
}

// layoutOf is the layout of states; those that say nothing of their shape are known by the names of their types.
func layoutOf(key *Shape, fields []StateField) Layout {
	l := Layout{Key: key}
	for _, f := range fields {
		shape := &Shape{Type: &ShapePart{Kind: f.Type}}
		if f.Shape != nil {
			shape = f.Shape()
		}
		l.Fields = append(l.Fields, FieldLayout{f.Name, f.Was, shape})
	}
	return l
}

// Same tells that entries of l are entries of other as they are.
func (l Layout) Same(other Layout) bool {
	return l.keyText() == other.keyText() && slices.EqualFunc(l.Fields, other.Fields, func(a, b FieldLayout) bool {
		return a.Name == b.Name && a.Shape.Text() == b.Shape.Text()
	})
}

func (l Layout) keyText() string {
	if l.Key == nil {
		return ""
	}
	return l.Key.Text()
}

// from is the field of an old layout that becomes field i of l, or -1: the one of its name or, if there is none, of its
// earlier name, unless another field has that now.
func (l Layout) from(old Layout, i int) int {
	f := l.Fields[i]
	named := func(name string) int {
		return slices.IndexFunc(old.Fields, func(o FieldLayout) bool { return o.Name == name })
	}
	if n := named(f.Name); n >= 0 || f.Was == "" {
		return n
	}
	if slices.ContainsFunc(l.Fields, func(other FieldLayout) bool { return other.Name == f.Was }) {
		return -1
	}
	return named(f.Was)
}

// Differences tells how entries of an old layout become ones of l: what happens, and what stands in the way.
func (l Layout) Differences(old Layout) (changes, problems []string) {
	if l.keyText() != old.keyText() {
		problems = append(problems, fmt.Sprintf("its key was %s and is %s now", orNone(old.keyText()), orNone(l.keyText())))
	}
	used := map[int]bool{}
	for i, f := range l.Fields {
		n := l.from(old, i)
		if n < 0 {
			changes = append(changes, fmt.Sprintf("state %s is new and begins as it says", f.Name))
			continue
		}
		used[n] = true
		was := old.Fields[n]
		if was.Name != f.Name {
			changes = append(changes, fmt.Sprintf("state %s was %s", f.Name, was.Name))
		}
		if was.Shape.Text() == f.Shape.Text() {
			continue
		}
		if ok, why := Compatible(was.Shape, f.Shape); !ok {
			problems = append(problems, fmt.Sprintf("state %s: %s", f.Name, why))
		} else {
			changes = append(changes, fmt.Sprintf("state %s: values of %s become ones of %s", f.Name, was.Shape.Text(), f.Shape.Text()))
		}
	}
	for n, f := range old.Fields {
		if !used[n] {
			problems = append(problems, fmt.Sprintf("state %s is gone, and its values would be lost (if it has another name now, say so: `state newName was %s: …`)", f.Name, f.Name))
		}
	}
	return changes, problems
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// Upgrade makes a record of an old layout one of l; initial is the record of states that nothing has changed.
func (l Layout) Upgrade(old Layout, value, initial []byte) ([]byte, error) {
	fields, rest, err := split(value, old.Fields)
	if err != nil {
		return nil, err
	}
	begin, _, err := split(initial, l.Fields)
	if err != nil {
		return nil, err
	}
	var out []byte
	for i, f := range l.Fields {
		n := l.from(old, i)
		if n < 0 {
			out = append(out, begin[i]...)
			continue
		}
		converted, err := Convert(old.Fields[n].Shape, f.Shape, fields[n])
		if err != nil {
			return nil, fmt.Errorf("state %s: %w", f.Name, err)
		}
		out = append(out, converted...)
	}
	for r := NewReader(rest); r.Len() > 0; { // the collections that are stored by entry
		field, count := r.Uint(), r.Uint()
		now := l.becomes(old, int(field))
		if r.Err() != nil || now < 0 {
			return nil, errPlaces
		}
		out = AppendUint(AppendUint(out, uint64(now)), count)
	}
	return out, nil
}

// becomes is the field of l that field n of an old layout becomes, or -1.
func (l Layout) becomes(old Layout, n int) int {
	for i := range l.Fields {
		if l.from(old, i) == n {
			return i
		}
	}
	return -1
}

// UpgradeItem makes an entry of a collection of an old layout, which is stored on its own, one of l. Of its key, rest is what
// stands behind the prefix.
func (l Layout) UpgradeItem(old Layout, rest, value []byte) (newRest, newValue []byte, err error) {
	r := NewReader(rest)
	if old.Key != nil {
		r.Byte() // the slot
		c := &conversion{old: old.Key, new: old.Key, r: r}
		c.part(old.Key.Type, old.Key.Type)
	}
	at := r.at
	field := int(r.Byte())
	if r.Err() != nil || field >= len(old.Fields) || r.Len() != positionBytes {
		return nil, nil, errPlaces
	}
	now := l.becomes(old, field)
	if now < 0 {
		return nil, nil, errPlaces
	}
	newRest = slices.Clone(rest)
	newRest[at] = byte(now)
	was, is := old.Fields[field].Shape, l.Fields[now].Shape
	c := &conversion{old: was, new: is, r: NewReader(value)}
	c.each(was.Type, is.Type)
	return newRest, c.out, finished(c.r)
}

// split cuts the binary form of several values into its parts, and what is left.
func split(value []byte, fields []FieldLayout) (parts [][]byte, rest []byte, err error) {
	r := NewReader(value)
	for _, f := range fields {
		from := r.at
		c := &conversion{old: f.Shape, new: f.Shape, r: r}
		c.part(f.Shape.Type, f.Shape.Type)
		if r.Err() != nil {
			return nil, nil, fmt.Errorf("state %s: %w", f.Name, r.Err())
		}
		parts = append(parts, value[from:r.at])
	}
	return parts, r.Rest(), nil
}

// UpgradeAtom makes the stored form of an atom of an old shape one of a new shape.
func UpgradeAtom(old, new *Shape, value []byte) ([]byte, error) {
	if ok, why := Compatible(old, new); !ok {
		return nil, fmt.Errorf("%s", why)
	}
	c := &conversion{old: old, new: new, r: NewReader(value)}
	if old.Type.Kind == kindReplies {
		c.each(old.Type, new.Type)
		return c.out, finished(c.r)
	}
	n := c.r.Count()
	c.out = AppendUint(nil, uint64(n))
	for i := 0; i < n && c.r.Err() == nil; i++ {
		c.part(old.Type, new.Type)
	}
	return c.out, finished(c.r)
}

// LayoutOf is the layout of the entries of s.
func LayoutOf(s States) Layout { return s.layout() }

// Initial is the binary form of states that nothing has changed; nil for what waits.
func Initial(s States) []byte { return s.initial() }

func (t *keyedTable[K, S]) layout() Layout { return layoutOf(t.key.Shape(), t.state.Fields) }

func (t *keyedTable[K, S]) initial() []byte { return t.state.initial() }

func (s *Single[S]) layout() Layout { return layoutOf(nil, s.typ.Fields) }

func (s *Single[S]) initial() []byte { return s.typ.initial() }

func (t *StateType[S]) initial() []byte {
	var s S
	t.Init(&s)
	return t.Append(nil, &s)
}

// layout of frames is that of their keys: what they hold is judged by the identity of their resume points.
func (t *waitingTable[K, F]) layout() Layout { return Layout{Key: t.key.Shape()} }

func (t *waitingTable[K, F]) initial() []byte { return nil }

func (t *gateTable[K, P]) layout() Layout {
	return Layout{Key: t.key.Shape(), Fields: []FieldLayout{{Name: "parked", Shape: t.item.Shape()}}}
}

func (t *gateTable[K, P]) initial() []byte { return nil }
