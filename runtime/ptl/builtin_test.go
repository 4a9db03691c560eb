package ptl

import (
	"math"
	"testing"
)

// The examples of the table of built-ins, one for one, and the edges beside them. Values are compared as they print.
func TestListBuiltins(t *testing.T) {
	type ints = List[int64]
	of := ListOf[int64]
	texts := ListOf[string]
	list, option, textList := ListType(IntType), OptionType(IntType), ListType(StringType)
	above := func(n int64) func(int64) bool { return func(x int64) bool { return x > n } }
	below := func(n int64) func(int64) bool { return func(x int64) bool { return x < n } }
	even := func(x int64) int64 { return x % 2 }
	parts := ListPartition(of(1, 2, 3), above(1))
	extremes := ListOf(3.5, -1, 3.5)
	pairs := ListOf(Tuple2[string, int64]{"a", 1}, Tuple2[string, int64]{"b", 2}, Tuple2[string, int64]{"a", 3})
	expect(t, []sample{
		{list.Text(of(1, 2)), "[1, 2]"},
		{IntType.Text(ListLength(of(1, 2))), "2"},
		{BoolType.Text(ListIsEmpty(of(1))), "false"},
		{option.Text(ListFirst(of(1, 2))), "Some(1)"},
		{option.Text(ListLast(of(1, 2))), "Some(2)"},
		{option.Text(ListLast(ints{})), "None"},
		{option.Text(ListAt(of(1), -1)), "None"},
		{option.Text(ListAt(of(1), 1)), "None"},
		{BoolType.Text(ListContains(of(1, 2), 2, IntType)), "true"},
		{option.Text(ListIndexOf(of(5, 6, 6), 6, IntType)), "Some(1)"},
		{option.Text(ListFind(of(1, 4, 6), above(3))), "Some(4)"},
		{option.Text(ListFind(of(1), above(3))), "None"},
		{BoolType.Text(ListAny(of(1, 4), above(3))), "true"},
		{BoolType.Text(ListAll(of(4, 5), above(3))), "true"},
		{BoolType.Text(ListAll(ints{}, above(3))), "true"},
		{IntType.Text(ListCount(of(1, 4, 5), above(3))), "2"},
		{list.Text(ListMap(of(1, 2), func(x int64) int64 { return x * 10 })), "[10, 20]"},
		{textList.Text(ListFlatMap(texts("a b", "c"), StringWords)), `["a", "b", "c"]`},
		{list.Text(ListFilter(of(1, 4, 5), above(3))), "[4, 5]"},
		{list.Text(ListFilterMap(texts("1", "x"), StringToInt)), "[1]"},
		{ListFold(of(1, 2, 3), "", func(s string, x int64) string { return s + IntToString(x) }), "123"},
		{IntType.Text(ListSum(of(1, 2, 3))), "6"},
		{FloatType.Text(ListSum(ListOf(0.5, 1))), "1.5"},
		{DurationType.Text(ListSum(ListOf(Second, Minute))), "1m1s"},
		{option.Text(ListMin(of(3, 1, 2), IntType)), "Some(1)"},
		{option.Text(ListMax(of(3, 1, 2), IntType)), "Some(3)"},
		{option.Text(ListMax(ints{}, IntType)), "None"},
		{ListMinBy(texts("bb", "a", "c"), StringLength, IntType).Value, "a"},
		{ListMaxBy(texts("bb", "a", "cc"), StringLength, IntType).Value, "bb"},
		{FloatType.Text(ListMaxBy(extremes, func(x float64) float64 { return -x }, FloatType).Value), "-1.0"},
		{list.Text(ListSort(of(3, 1, 2), IntType)), "[1, 2, 3]"},
		{textList.Text(ListSortBy(texts("bb", "a", "cc", "d"), StringLength, IntType)), `["a", "d", "bb", "cc"]`},
		{MapType(IntType, list).Text(ListGroupBy(of(1, 2, 3), even)), "[1: [1, 3], 0: [2]]"},
		{Tuple2Type(list, list).Text(parts), "([2, 3], [1])"},
		{list.Text(ListDistinct(of(2, 1, 2))), "[2, 1]"},
		{ListType(Tuple2Type(IntType, StringType)).Text(ListZip(of(1, 2, 3), texts("a", "b"))), `[(1, "a"), (2, "b")]`},
		{ListType(Tuple2Type(IntType, StringType)).Text(ListEnumerate(texts("a", "b"))), `[(0, "a"), (1, "b")]`},
		{list.Text(ListConcat(of(1), of(2, 3))), "[1, 2, 3]"},
		{list.Text(ListTake(of(1, 2, 3), 2)), "[1, 2]"},
		{list.Text(ListTake(of(1), -5)), "[]"},
		{list.Text(ListDrop(of(1, 2, 3), 2)), "[3]"},
		{list.Text(ListDrop(of(1), 9)), "[]"},
		{list.Text(ListTakeWhile(of(1, 2, 5, 1), below(3))), "[1, 2]"},
		{list.Text(ListDropWhile(of(1, 2, 5, 1), below(3))), "[5, 1]"},
		{list.Text(ListSlice(of(1, 2, 3, 4), 1, 3)), "[2, 3]"},
		{list.Text(ListSlice(of(1, 2), math.MinInt64, math.MaxInt64)), "[1, 2]"},
		{list.Text(ListSlice(of(1, 2), 2, 1)), "[]"},
		{ListType(list).Text(ListChunks(of(1, 2, 3), 2)), "[[1, 2], [3]]"},
		{ListType(list).Text(ListChunks(ints{}, math.MaxInt64)), "[]"},
		{list.Text(ListReverse(of(1, 2))), "[2, 1]"},
		{ListJoin(texts("a", "b"), ", "), "a, b"},
		{SetType(IntType).Text(ListToSet(of(1, 1))), "Set([1])"},
		{MapType(StringType, IntType).Text(ListToMap(pairs)), `["a": 3, "b": 2]`},
		{list.Text(Range(1, 4)), "[1, 2, 3]"},
		{list.Text(Range(4, 1)), "[]"},
	})
}

func TestMapAndSetBuiltins(t *testing.T) {
	ab := func() Map[string, int64] {
		return MapOf(Tuple2[string, int64]{"a", 1}, Tuple2[string, int64]{"b", 2})
	}
	typ, set := MapType(StringType, IntType), SetType(IntType)
	of := func(items ...int64) Set[int64] { return SetOf(ListFrom(items)) }
	m := ab()
	MapUpdate(&m, "a", 0, func(n int64) int64 { return n + 1 })
	MapUpdate(&m, "c", 0, func(n int64) int64 { return n + 1 })
	cleared := ab()
	MapClear(&cleared)
	s := of(1)
	SetAdd(&s, 2)
	SetAdd(&s, 1)
	SetRemove(&s, 1)
	expect(t, []sample{
		{typ.Text(m), `["a": 2, "b": 2, "c": 1]`},
		{typ.Text(cleared), "[:]"},
		{IntType.Text(MapLength(ab())), "2"},
		{BoolType.Text(MapIsEmpty(ab())), "false"},
		{BoolType.Text(MapHas(ab(), "a")), "true"},
		{OptionType(IntType).Text(MapGet(ab(), "z")), "None"},
		{ListType(StringType).Text(MapKeys(ab())), `["a", "b"]`},
		{ListType(IntType).Text(MapValues(ab())), "[1, 2]"},
		{ListType(Tuple2Type(StringType, IntType)).Text(MapEntries(ab())), `[("a", 1), ("b", 2)]`},
		{typ.Text(MapMapValues(ab(), func(v int64) int64 { return v + 1 })), `["a": 2, "b": 3]`},
		{typ.Text(MapFilter(ab(), func(_ string, v int64) bool { return v > 1 })), `["b": 2]`},
		{typ.Text(MapMerge(m, MapOf(Tuple2[string, int64]{"z", 0}, Tuple2[string, int64]{"a", 9}))), `["a": 9, "b": 2, "c": 1, "z": 0]`},
		{typ.Text(m), `["a": 2, "b": 2, "c": 1]`}, // m is a place: merging must not have written into it
		{set.Text(s), "Set([2])"},
		{IntType.Text(SetLength(of(1, 1))), "1"},
		{BoolType.Text(SetIsEmpty(of(1))), "false"},
		{BoolType.Text(SetContains(of(1, 2), 2)), "true"},
		{set.Text(SetUnion(of(1), of(2))), "Set([1, 2])"},
		{set.Text(SetIntersection(of(1, 2), of(2, 3))), "Set([2])"},
		{set.Text(SetDifference(of(1, 2), of(2))), "Set([1])"},
		{BoolType.Text(SetIsSubsetOf(of(1), of(1, 2))), "true"},
		{BoolType.Text(SetIsSubsetOf(of(1, 3), of(1, 2))), "false"},
		{ListType(IntType).Text(SetToList(of(2, 1))), "[2, 1]"},
		{BoolType.Text(set.Equal(of(1, 2), of(2, 1))), "true"},
		{BoolType.Text(typ.Equal(ab(), MapOf(Tuple2[string, int64]{"b", 2}, Tuple2[string, int64]{"a", 1}))), "true"},
	})
}

func TestFailingUpdateLeavesTheMapAlone(t *testing.T) {
	m := MapOf(Tuple2[string, int64]{"a", 1})
	for _, k := range []string{"a", "b"} {
		if failure(func() { MapUpdate(&m, k, 0, func(int64) int64 { return Div(1, 0) }) }) == "" {
			t.Error("does not fail")
		}
	}
	if got := MapType(StringType, IntType).Text(m); got != `["a": 1]` {
		t.Error(got)
	}
}

func TestTextBuiltins(t *testing.T) {
	list, option := ListType(StringType), OptionType(IntType)
	expect(t, []sample{
		{IntType.Text(StringLength("héllo")), "5"},
		{BoolType.Text(StringIsEmpty("")), "true"},
		{BoolType.Text(StringContains("portal", "ort")), "true"},
		{BoolType.Text(StringStartsWith("portal", "por")), "true"},
		{BoolType.Text(StringEndsWith("portal", "tal")), "true"},
		{option.Text(StringIndexOf("banana", "an")), "Some(1)"},
		{option.Text(StringIndexOf("éé!", "!")), "Some(2)"},
		{option.Text(StringIndexOf("a", "b")), "None"},
		{StringSlice("portal", 1, 4), "ort"},
		{StringSlice("añil", 1, 2), "ñ"},
		{StringSlice("abc", -3, 99), "abc"},
		{StringSlice("abc", 2, 1), ""},
		{StringSlice("abc", math.MaxInt64-1, math.MaxInt64), ""},
		{StringUpper("Añil"), "AÑIL"},
		{StringLower("LOUD"), "loud"},
		{StringTrim("  a b\u00a0\n"), "a b"},
		{StringReplace("banana", "an", "o"), "booa"},
		{StringRepeat("ab", 3), "ababab"},
		{StringRepeat("ab", -3), ""},
		{StringPadStart("7", 3, "0"), "007"},
		{StringPadEnd("7", 4, "ñ."), "7ñ.ñ"},
		{StringPadEnd("7", 4, ""), "7"},
		{list.Text(StringSplit("a,b,,c", ",")), `["a", "b", "", "c"]`},
		{list.Text(StringSplit("ab", "")), `["a", "b"]`},
		{list.Text(StringWords(" to be,\u2003or ")), `["to", "be,", "or"]`},
		{list.Text(StringLines("a\nb\r\n\nc\r")), `["a", "b", "", "c\r"]`},
		{list.Text(StringLines("")), "[]"},
		{list.Text(StringChars("añ\xff")), `["a", "ñ", "\xff"]`},
		{StringReverse("añc"), "cña"},
		{option.Text(StringToInt("42")), "Some(42)"},
		{option.Text(StringToInt("4x")), "None"},
		{OptionType(FloatType).Text(StringToFloat("2.5")), "Some(2.5)"},
		{OptionType(FloatType).Text(StringToFloat("inf")), "None"},
		{OptionType(FloatType).Text(StringToFloat("-0x1p4")), "None"},
		{OptionType(TimeType).Text(StringToTime("1970-01-01T00:00:00Z")), "Some(1970-01-01T00:00:00Z)"},
		{OptionType(DurationType).Text(StringToDuration("90s")), "Some(1m30s)"},
		{IntType.Text(BytesLength(StringToBytes("é"))), "2"},
		{OptionType(BytesType).Text(StringDecodeBase64("aGk=")), `Some("aGk=")`},
		{OptionType(BytesType).Text(StringDecodeBase64("aGk")), "None"},
		{string(BytesSlice("portal", 1, 4)), "ort"},
		{string(BytesConcat("a", "b")), "ab"},
		{OptionType(StringType).Text(BytesToText("hi")), `Some("hi")`},
		{OptionType(StringType).Text(BytesToText("\xff")), "None"},
		{ListType(IntType).Text(BytesToList("AB")), "[65, 66]"},
		{BytesEncodeBase64("hi"), "aGk="},
	})
}

func TestNumberBuiltins(t *testing.T) {
	expect(t, []sample{
		{IntType.Text(Min(3, 2, IntType)), "2"},
		{Max("a", "b", StringType), "b"},
		{IntType.Text(Abs[int64](-3)), "3"},
		{FloatType.Text(Abs(-0.5)), "0.5"},
		{DurationType.Text(Abs(-Second)), "1s"},
		{BoolToString(true), "true"},
		{IntToString(42), "42"},
		{FloatType.Text(IntToFloat(2)), "2.0"},
		{FloatToString(6), "6.0"},
		{IntType.Text(FloatToInt(-2.7)), "-2"},
		{IntType.Text(FloatFloor(-2.7)), "-3"},
		{IntType.Text(FloatCeil(2.1)), "3"},
		{IntType.Text(FloatRound(2.5)), "3"},
		{IntType.Text(FloatRound(-2.5)), "-3"},
		{FloatType.Text(FloatRoundTo(3.14159, 2)), "3.14"},
		{FloatType.Text(FloatRoundTo(1234, -2)), "1200.0"},
		{FloatType.Text(FloatRoundTo(1e300, 300)), "1e+300"},
		{FloatType.Text(FloatRoundTo(1.5, math.MinInt64)), "0.0"},
		{FloatType.Text(FloatRoundTo(1.5, math.MaxInt64)), "1.5"},
		{FloatType.Text(FloatRoundTo(math.Inf(1), 2)), "Infinity"},
		{FloatType.Text(FloatSqrt(9)), "3.0"},
		{FloatType.Text(FloatPow(2, 0.5) - FloatSqrt(2)), "0.0"},
		{FloatType.Text(FloatExp(0)), "1.0"},
		{FloatType.Text(FloatLn(1)), "0.0"},
		{BoolType.Text(FloatIsNaN(FloatSqrt(-1))), "true"},
	})
}

func TestOptionAndResultBuiltins(t *testing.T) {
	option, result := OptionType(IntType), ResultType(IntType, StringType)
	none := None[int64]()
	triple := func(x int64) int64 { return x * 3 }
	good, bad := Ok[int64, string](7), Err[int64]("no")
	expect(t, []sample{
		{BoolType.Text(OptionIsSome(Some(1))), "true"},
		{BoolType.Text(OptionIsNone(none)), "true"},
		{option.Text(OptionMap(Some[int64](2), triple)), "Some(6)"},
		{option.Text(OptionMap(none, triple)), "None"},
		{option.Text(OptionFlatMap(Some("7"), StringToInt)), "Some(7)"},
		{option.Text(OptionFilter(Some[int64](2), func(x int64) bool { return x > 5 })), "None"},
		{option.Text(OptionOrElse(none, Some[int64](3))), "Some(3)"},
		{result.Text(OptionOkOr(Some[int64](2), "none")), "Ok(2)"},
		{result.Text(OptionOkOr(none, "none")), `Err("none")`},
		{ListType(IntType).Text(OptionToList(Some[int64](2))), "[2]"},
		{IntType.Text(none.Or(5)), "5"},
		{BoolType.Text(ResultIsOk(good)), "true"},
		{BoolType.Text(ResultIsErr(bad)), "true"},
		{result.Text(ResultMap(good, triple)), "Ok(21)"},
		{result.Text(ResultMap(bad, triple)), `Err("no")`},
		{ResultType(IntType, IntType).Text(ResultMapErr(bad, StringLength)), "Err(2)"},
		{result.Text(ResultFlatMap(good, func(int64) Result[int64, string] { return bad })), `Err("no")`},
		{option.Text(ResultToOption(good)), "Some(7)"},
		{option.Text(ResultToOption(bad)), "None"},
	})
}

func TestTimeBuiltins(t *testing.T) {
	at := func(s string) Time {
		v, err := ParseTime(s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	sunday := at("2024-02-29T23:58:59.5Z") - Time(4*Day)
	expect(t, []sample{
		{TimeToString(Epoch() + Time(Second)), "1970-01-01T00:00:01Z"},
		{TimeToString(TimeFloor(Epoch()+Time(59*Second), 10*Second)), "1970-01-01T00:00:50Z"},
		{TimeToString(TimeFloor(-1, Day)), "1969-12-31T00:00:00Z"},
		{IntType.Text(TimeYear(sunday)), "2024"},
		{IntType.Text(TimeMonth(sunday)), "2"},
		{IntType.Text(TimeDay(sunday)), "25"},
		{IntType.Text(TimeWeekday(sunday)), "7"},
		{IntType.Text(TimeWeekday(Epoch())), "4"},
		{IntType.Text(TimeHour(sunday)), "23"},
		{IntType.Text(TimeMinute(sunday)), "58"},
		{IntType.Text(TimeSecond(sunday)), "59"},
		{TimeDate(sunday), "2024-02-25"},
		{DurationToString(90 * Second), "1m30s"},
		{FloatType.Text(DurationToSeconds(1500 * Millisecond)), "1.5"},
	})
}

type sample struct{ got, want string }

func expect(t *testing.T, samples []sample) {
	t.Helper()
	for i, s := range samples {
		if s.got != s.want {
			t.Errorf("sample %d: got %s, want %s", i, s.got, s.want)
		}
	}
}
