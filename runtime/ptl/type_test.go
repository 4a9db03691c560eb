package ptl

import (
	"bytes"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// checkType tries the laws that hold for every descriptor.
func checkType[T any](t *testing.T, typ *Type[T], any *rapid.Generator[T]) {
	t.Run(typ.Name, rapid.MakeCheck(func(t *rapid.T) {
		v, w := any.Draw(t, "v"), any.Draw(t, "w")
		if !typ.Equal(v, v) {
			t.Fatal("a value is not equal to itself")
		}
		prefix := []byte("prefix")
		data := typ.Append(prefix, v)
		if len(data) == len(prefix) {
			t.Fatal("the binary form is empty")
		}
		r := NewReader(data[len(prefix):])
		if got := typ.Read(r); r.Err() != nil || r.Len() != 0 || !typ.Equal(got, v) {
			t.Fatalf("binary gives %s, %v, %d bytes left", typ.Quote(nil, got), r.Err(), r.Len())
		}
		shape := typ.Shape()
		if got, err := Convert(shape, shape, data[len(prefix):]); err != nil || !bytes.Equal(got, data[len(prefix):]) {
			t.Fatalf("converting to itself gives %x for %x, %v", got, data[len(prefix):], err)
		}
		text := typ.AppendJSON(nil, v)
		if got, err := ParseJSON(typ, text); err != nil || !typ.Equal(got, v) {
			t.Fatalf("JSON %s gives %s, %v", text, typ.Quote(nil, got), err)
		}
		if typ.ReadText != nil {
			cell := string(appendCell(typ, nil, v))
			if got, err := typ.ReadText(cell); err != nil || !typ.Equal(got, v) {
				t.Fatalf("text %q gives %s, %v", cell, typ.Quote(nil, got), err)
			}
		}
		equal := typ.Equal(v, w)
		if equal != typ.Equal(w, v) {
			t.Fatal("== is not symmetric")
		}
		if typ.Hash != nil && equal && typ.Hash(v) != typ.Hash(w) {
			t.Fatal("equal values have different hashes")
		}
		if typ.Compare != nil && (equal != (typ.Compare(v, w) == 0) || typ.Compare(v, w) != -typ.Compare(w, v)) {
			t.Fatalf("compare gives %d and %d, == %v", typ.Compare(v, w), typ.Compare(w, v), equal)
		}
		place := v
		if got := shareOf(typ, &place); !typ.Equal(got, v) || !typ.Equal(place, v) {
			t.Fatal("sharing changes the value")
		}
		if v := string(typ.Show(prefix, v)); v[:len(prefix)] != "prefix" {
			t.Fatal("show does not append")
		}
	}))
}

func TestTypes(t *testing.T) {
	checkType(t, BoolType, rapid.Bool())
	checkType(t, IntType, rapid.Int64())
	checkType(t, FloatType, anyFloat())
	checkType(t, StringType, anyString())
	checkType(t, BytesType, rapid.Custom(func(t *rapid.T) Bytes { return Bytes(rapid.SliceOf(rapid.Byte()).Draw(t, "b")) }))
	checkType(t, TimeType, rapid.Custom(func(t *rapid.T) Time { return Time(rapid.Int64().Draw(t, "ns")) }))
	checkType(t, DurationType, rapid.Custom(func(t *rapid.T) Duration {
		unit := rapid.SampledFrom([]Duration{1, Microsecond, Millisecond, Second, Hour}).Draw(t, "unit")
		return Duration(rapid.Int64().Draw(t, "ns")) / unit * unit
	}))
	checkType(t, UnitType, rapid.Just(Unit{}))
	checkType(t, ErrorType, rapid.Custom(func(t *rapid.T) Error { return Error{anyString().Draw(t, "message")} }))
	checkType(t, OptionType(IntType), anyOption(rapid.Int64()))
	checkType(t, ResultType(IntType, StringType), rapid.Custom(func(t *rapid.T) Result[int64, string] {
		if rapid.Bool().Draw(t, "ok") {
			return Ok[int64, string](rapid.Int64().Draw(t, "value"))
		}
		return Err[int64](anyString().Draw(t, "error"))
	}))
	checkType(t, ListType(StringType), anyList(anyString()))
	checkType(t, ListType(ListType(UnitType)), anyList(anyList(rapid.Just(Unit{}))))
	checkType(t, MapType(StringType, IntType), anyMap(anyString(), rapid.Int64()))
	checkType(t, MapType(IntType, ListType(BoolType)), anyMap(rapid.Int64(), anyList(rapid.Bool())))
	checkType(t, SetType(IntType), rapid.Custom(func(t *rapid.T) Set[int64] {
		return ListToSet(anyList(rapid.Int64Range(0, 9)).Draw(t, "items"))
	}))
	checkType(t, Tuple2Type(IntType, StringType), rapid.Custom(func(t *rapid.T) Tuple2[int64, string] {
		return Tuple2[int64, string]{rapid.Int64Range(0, 2).Draw(t, "0"), anyString().Draw(t, "1")}
	}))
	checkType(t, Tuple3Type(BoolType, ListType(IntType), FloatType), rapid.Custom(func(t *rapid.T) Tuple3[bool, List[int64], float64] {
		return Tuple3[bool, List[int64], float64]{true, anyList(rapid.Int64()).Draw(t, "1"), anyFloat().Draw(t, "2")}
	}))
	checkType(t, orderType, anyOrder())
	checkType(t, shapeType, anyShape())
	checkType(t, treeType, anyTree(4))
	checkType(t, statusType, rapid.Custom(func(t *rapid.T) status { return status(rapid.IntRange(0, 1).Draw(t, "s")) }))
}

func TestShow(t *testing.T) {
	leaf := &tree{}
	for _, c := range []struct{ got, want string }{
		{FloatType.Text(6), "6.0"},
		{FloatType.Text(-0.25), "-0.25"},
		{FloatType.Text(math.Copysign(0, -1)), "-0.0"},
		{FloatType.Text(1e21), "1e+21"},
		{FloatType.Text(123456789012345678901), "123456789012345680000.0"},
		{FloatType.Text(1e-7), "1e-07"},
		{FloatType.Text(math.NaN()), "NaN"},
		{FloatType.Text(math.Inf(-1)), "-Infinity"},
		{StringType.Text("plain \"text\""), `plain "text"`},
		{OptionType(StringType).Text(Some("a\n${b} $c é \x00\xff")), `Some("a\n\${b} $c é \x00\xff")`},
		{OptionType(IntType).Text(None[int64]()), "None"},
		{ResultType(IntType, StringType).Text(Err[int64]("no")), `Err("no")`},
		{ErrorType.Text(Error{"gone"}), `Error("gone")`},
		{ListType(FloatType).Text(ListOf(1.0, 2.5)), "[1.0, 2.5]"},
		{MapType(StringType, IntType).Text(MapOf(Tuple2[string, int64]{"b", 2}, Tuple2[string, int64]{"a", 1})), `["b": 2, "a": 1]`},
		{MapType(StringType, IntType).Text(Map[string, int64]{}), "[:]"},
		{SetType(IntType).Text(SetOf(ListOf[int64](2, 1, 2))), "Set([2, 1])"},
		{SetType(IntType).Text(Set[int64]{}), "Set()"},
		{Tuple2Type(IntType, StringType).Text(Tuple2[int64, string]{1, "x"}), `(1, "x")`},
		{UnitType.Text(Unit{}), "()"},
		{BytesType.Text("hi"), "aGk="},
		{ListType(BytesType).Text(ListOf[Bytes]("hi")), `["aGk="]`},
		{TimeType.Text(Time(1500 * Millisecond)), "1970-01-01T00:00:01.5Z"},
		{DurationType.Text(0), "0s"},
		{DurationType.Text(5 * Second), "5s"},
		{DurationType.Text(1500 * Millisecond), "1.5s"},
		{DurationType.Text(Day + 2*Hour), "1d2h"},
		{DurationType.Text(Hour + 500*Millisecond), "1h0.5s"},
		{DurationType.Text(-1500 * Microsecond), "-1.5ms"},
		{DurationType.Text(7), "7ns"},
		{DurationType.Text(math.MinInt64), "-106751d23h47m16.854775808s"},
		{orderType.Text(order{1, "ann", 2, true, ListOf[int64](7), Some("x")}), `Order(1, "ann", 2.0, true, [7], Some("x"))`},
		{shapeType.Text(shape{}), "Dot"},
		{shapeType.Text(shape{Tag: shapeCircle, Radius: 2}), "Circle(2.0)"},
		{treeType.Text(tree{1, leaf, 3, leaf}), "Node(Leaf, 3, Leaf)"},
		{RecordType[Unit]("Empty[Int]").Text(Unit{}), "Empty()"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	for got, want := range map[string]string{
		MapType(Tuple2Type(IntType, BoolType), ListType(OptionType(TimeType))).Name: "Map[(Int, Bool), List[Option[Time]]]",
		ResultType(SetType(StringType), ErrorType).Name:                             "Result[Set[String], Error]",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func TestWhichTypesAreKeysAndOrdered(t *testing.T) {
	if orderType.Hash != nil || orderType.Compare != nil || FloatType.Hash != nil || ListType(IntType).Hash != nil {
		t.Error("a key that is none")
	}
	if statusType.Hash == nil || Tuple2Type(IntType, StringType).Hash == nil || Tuple2Type(IntType, FloatType).Compare == nil {
		t.Error("no key or no order")
	}
	if IntType.Share != nil || Tuple2Type(IntType, StringType).Share != nil || orderType.Share == nil {
		t.Error("sharing where nothing is owned, or none where something is")
	}
}

func TestSharingReachesCollectionsInsideOfPlaces(t *testing.T) {
	var place order
	ListPush(&place.Items, 1)
	given := orderType.Share(&place)
	ListSet(&place.Items, 0, 9)
	if given.Items.All()[0] != 1 || place.Items.All()[0] != 9 {
		t.Error(given, place)
	}
}

// TestARecordOfAModuleShowsWithoutIt: as the variants of enums do.
func TestARecordOfAModuleShowsWithoutIt(t *testing.T) {
	typ := RecordType("money.Pair[Int, String]", Field("a", func(p *[2]int64) *int64 { return &p[0] }, IntType), Field("b", func(p *[2]int64) *int64 { return &p[1] }, IntType))
	if got := string(typ.Show(nil, [2]int64{1, 2})); got != "Pair(1, 2)" {
		t.Error(got)
	}
}
