package ptl

import (
	"bytes"
	"math"
	"runtime"
	"testing"

	"pgregory.net/rapid"
)

func TestBinaryFormNeverChanges(t *testing.T) {
	var b []byte
	for _, v := range []int64{0, -1, 1, -64, 64, math.MinInt64} {
		b = AppendInt(b, v)
	}
	want := []byte{0, 1, 2, 127, 128, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}
	if !bytes.Equal(b, want) {
		t.Errorf("%v, was %v", b, want)
	}
	got := orderType.Append(nil, order{-2, "é", 1, true, ListOf[int64](3), Some("x")})
	if want := []byte("\x03\x02é\x00\x00\x00\x00\x00\x00\xf0\x3f\x01\x01\x06\x01\x01x"); !bytes.Equal(got, want) {
		t.Errorf("%q, was %q", got, want)
	}
}

func TestReaderStopsAtTheFirstError(t *testing.T) {
	for _, data := range []string{"", "\x80", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", "\x05abc"} {
		r := NewReader([]byte(data))
		if s := r.String(); s != "" || r.Err() == nil || r.Len() != 0 {
			t.Errorf("%q gives %q, %v", data, s, r.Err())
		}
		first := r.Err()
		if r.Int() != 0 || r.Float() != 0 || r.Bool() || r.Count() != 0 || r.Tag(3) != 0 || r.Byte() != 0 || r.Err() != first {
			t.Errorf("%q goes on", data)
		}
	}
	r := NewReader([]byte{2})
	if r.Bool() || r.Err() == nil {
		t.Error("2 is a Bool")
	}
	r = NewReader([]byte{3})
	if r.Tag(3); r.Err() == nil {
		t.Error("variant 3 of 3")
	}
}

func TestDeepNestingIsDamageNotAStackOverflow(t *testing.T) {
	r := NewReader(bytes.Repeat([]byte{1}, 10_000_000))
	treeType.Read(r)
	if r.Err() != errTooDeep {
		t.Error(r.Err())
	}
}

func TestDamagedCountsTakeNoMemory(t *testing.T) {
	data := AppendUint(nil, 1<<20)
	data = append(data, bytes.Repeat([]byte{0xff}, 1<<20)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 10 {
		r := NewReader(data)
		if ListType(orderType).Read(r); r.Err() == nil {
			t.Fatal("no error")
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 10<<20 {
		t.Errorf("%d bytes", used)
	}
}

func TestNumbersInBinary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := rapid.Uint64().Draw(t, "u") >> rapid.IntRange(0, 63).Draw(t, "shift")
		r := NewReader(AppendUint(nil, u))
		if got := r.Uint(); got != u || r.Err() != nil || r.Len() != 0 {
			t.Fatal(got, r.Err())
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add(orderType.Append(nil, order{1, "a", 1, true, ListOf[int64](3), Some("x")}))
	f.Add(shapeType.Append(nil, shape{Tag: shapeBox, Labels: MapOf(Tuple2[string, int64]{"a", 1})}))
	f.Add(treeType.Append(nil, tree{1, &tree{}, 5, &tree{}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		readAgain(t, orderType, data)
		readAgain(t, shapeType, data)
		readAgain(t, treeType, data)
		readAgain(t, ResultType(SetType(StringType), MapType(IntType, BytesType)), data)
		readAgain(t, ListType(Tuple2Type(UnitType, OptionType(DurationType))), data)
	})
}

// readAgain checks that what was read from any data is a value: it can be written, and then reads as itself.
func readAgain[T any](t *testing.T, typ *Type[T], data []byte) {
	r := NewReader(data)
	v := typ.Read(r)
	if r.Err() != nil {
		return
	}
	first := typ.Append(nil, v)
	r = NewReader(first)
	if second := typ.Append(nil, typ.Read(r)); r.Err() != nil || !bytes.Equal(first, second) {
		t.Errorf("%x gives %x, then %x, %v", data, first, second, r.Err())
	}
}
