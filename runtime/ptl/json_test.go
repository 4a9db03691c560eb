package ptl

import (
	"math"
	"strings"
	"testing"
)

func TestJSON(t *testing.T) {
	type m = Map[string, int64]
	for _, c := range []struct{ got, want string }{
		{text(orderType, order{1, "a\"\né", 6, false, ListOf[int64](7), None[string]()}),
			`{"user":1,"full_name":"a\"\né","price":6.0,"paid":false,"items":[7],"note":null}`},
		{text(shapeType, shape{}), `{"type":"Dot"}`},
		{text(shapeType, shape{Tag: shapeCircle, Radius: 0.5}), `{"type":"Circle","radius":0.5}`},
		{text(FloatType, math.Inf(1)), `"Infinity"`},
		{text(TimeType, 0), `"1970-01-01T00:00:00Z"`},
		{text(DurationType, 5*Second), `"5s"`},
		{text(BytesType, "hi"), `"aGk="`},
		{text(UnitType, Unit{}), `null`},
		{text(StringType, "bad \xff"), `"bad ` + "\ufffd" + `"`},
		{text(MapType(StringType, IntType), MapOf(Tuple2[string, int64]{"b", 1})), `{"b":1}`},
		{text(MapType(IntType, IntType), MapOf(Tuple2[int64, int64]{2, 1})), `[[2,1]]`},
		{text(SetType(IntType), SetOf(ListOf[int64](2, 1))), `[2,1]`},
		{text(Tuple2Type(IntType, StringType), Tuple2[int64, string]{1, "x"}), `[1,"x"]`},
		{text(ResultType(IntType, StringType), Err[int64]("no")), `{"type":"Err","error":"no"}`},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}

func text[T any](t *Type[T], v T) string { return string(t.AppendJSON(nil, v)) }

func TestReadJSONTakesWhatIsClearlyMeant(t *testing.T) {
	want := order{User: 1, Name: "ann", Price: 2, Paid: true}
	for _, in := range []string{
		`{"user":1,"full_name":"ann","price":2,"items":[]}`,
		` { "price" : 2e0 , "extra": {"a":[1,{}]}, "items" : [ ], "user": 1.0, "note": null, "full_name": "\u0061nn" } `,
		`{"items":[],"paid":true,"user":0.1e1,"full_name":"ann","price":2.0,"extra":1,"extra":2}`,
	} {
		if got, err := ParseJSON(orderType, []byte(in)); err != nil || !orderType.Equal(got, want) {
			t.Errorf("%s: %s %v", in, orderType.Text(got), err)
		}
	}
	box := shape{Tag: shapeBox, Width: 1, Height: 2}
	for _, in := range []string{
		`{"type":"Box","width":1,"height":2,"labels":{}}`,
		`{"width":1,"other":[{}],"type":"Box","labels":{},"height":2}`,
		`{"height":2,"width":1,"labels":{},"type":"Box"}`,
	} {
		if got, err := ParseJSON(shapeType, []byte(in)); err != nil || !shapeType.Equal(got, box) {
			t.Errorf("%s: %s %v", in, shapeType.Text(got), err)
		}
	}
}

func TestReadJSONSaysWhatIsWrong(t *testing.T) {
	orders := ListType(orderType)
	shapes := MapType(StringType, shapeType)
	good := `"user":1,"full_name":"ann","price":2`
	for _, c := range []struct {
		err  error
		want string
	}{
		{readError(orders, `[{`+good+`,"items":[1,"x"]}]`), `field [0].items[1]: "x" is not an Int`},
		{readError(orderType, `{`+good+`}`), `field items: is missing`},
		{readError(orderType, `{`+good+`,"user":2}`), `field user: stands twice in the object`},
		{readError(orderType, `{"user":1.5}`), `field user: 1.5 is not an Int (whole, of 64 bits)`},
		{readError(orderType, `{"user":9223372036854775808}`), `field user: 9223372036854775808 is not an Int (whole, of 64 bits)`},
		{readError(orderType, `{"user":1e19}`), `field user: 1e19 is not an Int (whole, of 64 bits)`},
		{readError(orderType, `{"user":null}`), `field user: null is not an Int`},
		{readError(orderType, `{"full_name":{"a":1}}`), `field full_name: {…} is not a String`},
		{readError(orderType, `{"price":1e999}`), `field price: 1e999 is not a Float (at most 1.8e308)`},
		{readError(orderType, `{"paid":"yes"}`), `field paid: "yes" is not a Bool`},
		{readError(orderType, `[1]`), `[…] is not an object (Order)`},
		{readError(orderType, `{"user":1`), `not valid JSON: unexpected EOF at byte 10`},
		{readError(orderType, `{"user":1,}`), `not valid JSON: invalid character ',' at start of value at byte 10`},
		{readError(orderType, ``), `not valid JSON: the text ends too early`},
		{readError(IntType, `1 2`), `there is more behind the value`},
		{readError(shapes, `{"a":{"type":"Circl","radius":1}}`), `field a.type: "Circl" is not a variant of Shape (Dot, Circle, Box)`},
		{readError(shapes, `{"a":"Circle"}`), `field a: "Circle" is not an object such as {"type":"Circle",…} (Shape)`},
		{readError(shapes, `{"a":1}`), `field a: 1 is not an object such as {"type":"Dot"} (Shape)`},
		{readError(shapes, `{"a":{"radius":1}}`), `field a.type: is missing`},
		{readError(shapes, `{"a":{"type":1}}`), `field a.type: 1 is not the name of a variant`},
		{readError(shapes, `{"a":{"radius":true,"type":"Circle"}}`), `field a.radius: true is not a Float`},
		{readError(shapes, `{"a":{"type":"Circle","radius":1,"type":"Dot"}}`), `field a.type: stands twice in the object`},
		{readError(shapes, `{"a":{"type":"Dot"},"a":{"type":"Dot"}}`), `field a: stands twice in the object`},
		{readError(MapType(IntType, IntType), `[[1,2],[1,3]]`), `a key stands twice`},
		{readError(SetType(IntType), `[1,1]`), `an element stands twice`},
		{readError(Tuple2Type(IntType, IntType), `[1]`), `field [1]: is missing: a list of the items of (Int, Int) was expected`},
		{readError(Tuple2Type(IntType, IntType), `[1,2,3]`), `field [2]: is more than (Int, Int) has`},
		{readError(TimeType, `"yesterday"`), `"yesterday" is not a Time such as 2024-05-01T12:00:00Z`},
		{readError(TimeType, `"1500-01-01T00:00:00Z"`), `"1500-01-01T00:00:00Z" is not a Time of the years 1678 to 2262`},
		{readError(DurationType, `"5"`), `"5" is not a Duration such as 5s or 1d12h`},
		{readError(BytesType, `"?"`), `"?" is not Bytes in base64`},
		{readError(UnitType, `{}`), `{…} is not null`},
		{readError(IntType, `"`+strings.Repeat("é", 100)+`"`), `"` + strings.Repeat("é", 30) + `…" is not an Int`},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", c.err, c.want)
		}
	}
}

func readError[T any](t *Type[T], in string) error {
	_, err := ParseJSON(t, []byte(in))
	return err
}

func TestTimeAndDurationTexts(t *testing.T) {
	for in, want := range map[string]Duration{
		"0s": 0, "5s": 5 * Second, "1.5h": 90 * Minute, "1d2h": 26 * Hour, "-1m30s": -90 * Second, "10ms": 10 * Millisecond,
		"1.5us": 1500, "1.5µs": 1500, "0.0000000019s": 1, "9223372036854775807ns": math.MaxInt64, "-9223372036854775808ns": math.MinInt64,
	} {
		if got, err := ParseDuration(in); got != want || err != nil {
			t.Errorf("%s: %d %v", in, got, err)
		}
	}
	for _, in := range []string{"", "-", "5", "s", "1.s", "1.2.3s", ".5s", "5x", "5 s", "9223372036854775808ns", "300000d", "1e3s", "--5s", "5s "} {
		if got, err := ParseDuration(in); err == nil {
			t.Errorf("%q is %d", in, got)
		}
	}
	if got, err := ParseTime("2024-05-01T12:00:00.5+02:00"); err != nil || TimeType.Text(got) != "2024-05-01T10:00:00.5Z" {
		t.Error(TimeType.Text(got), err)
	}
}

func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(`{"user":1,"full_name":"a","price":1.5,"paid":true,"items":[1,2],"note":"x"}`))
	f.Add([]byte(`{"width":1,"type":"Box","height":2,"labels":{"a":1}}`))
	f.Add([]byte(`{"type":"Node","left":{"type":"Leaf"},"value":1,"right":{"type":"Leaf"}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		again(t, orderType, data)
		again(t, shapeType, data)
		again(t, treeType, data)
		again(t, MapType(DurationType, SetType(TimeType)), data)
	})
}

// again checks that what was read is written in a form that reads as the same.
func again[T any](t *testing.T, typ *Type[T], data []byte) {
	v, err := ParseJSON(typ, data)
	if err != nil {
		return
	}
	first := typ.AppendJSON(nil, v)
	w, err := ParseJSON(typ, first)
	if err != nil || string(typ.AppendJSON(nil, w)) != string(first) {
		t.Errorf("%q gives %s, then %v", data, first, err)
	}
}

// fiveFields is the event that the design's figures are about.
type fiveFields struct {
	ID    int64
	Name  string
	Price float64
	Paid  bool
	Items List[int64]
}

var fiveFieldsType = RecordType("Event",
	Field("id", func(e *fiveFields) *int64 { return &e.ID }, IntType),
	Field("name", func(e *fiveFields) *string { return &e.Name }, StringType),
	Field("price", func(e *fiveFields) *float64 { return &e.Price }, FloatType),
	Field("paid", func(e *fiveFields) *bool { return &e.Paid }, BoolType),
	Field("items", func(e *fiveFields) *List[int64] { return &e.Items }, ListType(IntType)))

var fiveFieldsValue = fiveFields{12345, "some name", 12.5, true, ListOf[int64](1, 22, 333)}

func BenchmarkReadJSON(b *testing.B) {
	b.ReportAllocs()
	line := fiveFieldsType.AppendJSON(nil, fiveFieldsValue)
	r := NewJSONReader(fiveFieldsType)
	for b.Loop() {
		if _, err := r.Read(line); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendJSON(b *testing.B) {
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf = fiveFieldsType.AppendJSON(buf[:0], fiveFieldsValue)
	}
}

func BenchmarkAppend(b *testing.B) {
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf = fiveFieldsType.Append(buf[:0], fiveFieldsValue)
	}
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	data := fiveFieldsType.Append(nil, fiveFieldsValue)
	var r Reader
	for b.Loop() {
		r.Reset(data)
		fiveFieldsType.Read(&r)
	}
}

func BenchmarkShow(b *testing.B) {
	b.ReportAllocs()
	var buf []byte
	for b.Loop() {
		buf = fiveFieldsType.Show(buf[:0], fiveFieldsValue)
	}
}
