package ptl

import (
	"bytes"
	"runtime"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// moved has a field in whose functions the stack moves.
type moved struct {
	Tag    uint8
	Before string
	Mover  int64
	After  string
	Last   float64
}

// TestStackMoves: fields are found again when the stack that a value stands on has moved, because it grew while an earlier
// field was seen to; and what the value holds has not been collected meanwhile.
func TestStackMoves(t *testing.T) {
	fields := []FieldOf[moved]{
		Field("before", func(m *moved) *string { return &m.Before }, StringType),
		Field("mover", func(m *moved) *int64 { return &m.Mover }, moverType()),
		Field("after", func(m *moved) *string { return &m.After }, StringType),
		Field("last", func(m *moved) *float64 { return &m.Last }, FloatType),
	}
	types := map[string]*Type[moved]{
		"record": RecordType("Moved", fields...),
		"tuple":  tupleType([]string{"String", "Int", "String", "Float"}, fields...),
		"enum":   EnumType("Moves", func(m *moved) *uint8 { return &m.Tag }, Variant("Moved", fields...)),
	}
	for name, typ := range types {
		for i := range 8 {
			fresh := func() moved { // whose texts nothing else refers to
				return moved{0, strings.Repeat("b", i+40), int64(i), strings.Repeat("a", i+40), 0.5}
			}
			want := fresh()
			var data, json, text []byte
			var got, gotJSON moved
			onFreshStack(func() { data = typ.Append(nil, fresh()) })
			onFreshStack(func() { json = typ.AppendJSON(nil, fresh()) })
			onFreshStack(func() { text = typ.Quote(nil, fresh()) })
			onFreshStack(func() { got = typ.Read(NewReader(data)) })
			onFreshStack(func() { gotJSON, _ = typ.ReadJSON(jsontext.NewDecoder(bytes.NewReader(json), jsonOptions)) })
			if got != want || gotJSON != want || !bytes.Contains(text, []byte(want.After+`", 0.5`)) {
				t.Errorf("%s: read %+v, from JSON %+v, shown %s; it was %+v", name, got, gotJSON, text, want)
			}
			equal, differs, order := false, false, 0
			onFreshStack(func() { equal = typ.Equal(fresh(), fresh()) })
			other := fresh()
			other.Last = 1
			onFreshStack(func() { differs = !typ.Equal(other, fresh()) })
			if typ.Compare != nil {
				onFreshStack(func() { order = typ.Compare(other, fresh()) })
			}
			if !equal || !differs || name == "tuple" && order != 1 {
				t.Errorf("%s: equal %t, different %t, in order %d", name, equal, differs, order)
			}
		}
	}
}

// moverType is Int, but for what happens to the stack and the heap when anything is done to it.
func moverType() *Type[int64] {
	mover := *IntType
	mover.Append = func(b []byte, v int64) []byte { disturb(); return AppendInt(b, v) }
	mover.Read = func(r *Reader) int64 { disturb(); return r.Int() }
	mover.Quote = func(b []byte, v int64) []byte { disturb(); return IntType.Quote(b, v) }
	mover.AppendJSON = func(b []byte, v int64) []byte { disturb(); return IntType.AppendJSON(b, v) }
	mover.ReadJSON = func(d *jsontext.Decoder) (int64, error) { disturb(); return IntType.ReadJSON(d) }
	mover.Equal = func(a, b int64) bool { disturb(); return a == b }
	mover.Compare = func(a, b int64) int { disturb(); return IntType.Compare(a, b) }
	return &mover
}

// disturb does what may happen at any call: the stack grows, so that it moves, and what nobody refers to is collected and
// its place taken.
func disturb() {
	deep(2000)
	runtime.GC()
	for range 100 {
		_ = strings.Repeat("x", 64)
	}
}

func deep(n int) int {
	var room [128]byte
	room[n%128] = byte(n)
	if n == 0 {
		return 0
	}
	return deep(n-1) + int(room[n%128])
}

func onFreshStack(f func()) {
	done := make(chan bool)
	go func() {
		defer close(done)
		f()
	}()
	<-done
}
