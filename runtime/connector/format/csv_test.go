package format

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/portals-lang/portals/runtime/ptl"
)

type quake struct {
	Where string
	Depth float64
	Gap   ptl.Option[int64]
}

var quakeType = ptl.RecordType("Quake",
	ptl.Field("where", func(q *quake) *string { return &q.Where }, ptl.StringType),
	ptl.Field("depth", func(q *quake) *float64 { return &q.Depth }, ptl.FloatType),
	ptl.Field("gap", func(q *quake) *ptl.Option[int64] { return &q.Gap }, ptl.OptionType(ptl.IntType)),
)

// decodeAll decodes records and prints what comes of each.
func decodeAll[T any](d Decoder[T], records ...string) (got []string) {
	d.Start()
	for _, record := range records {
		v, ok, err := d.Decode([]byte(record))
		switch {
		case err != nil:
			got = append(got, "error: "+err.Error())
		case ok:
			got = append(got, fmt.Sprintf("%v", v))
		default:
			got = append(got, "-")
		}
	}
	return got
}

func TestCSV(t *testing.T) {
	for _, c := range []struct {
		name     string
		noHeader bool
		rows     []string
		want     []string
	}{
		{
			"columns by name", false,
			[]string{"DEPTH,net,Where,Gap", "1.5,us,here,7", "2,,there,"},
			[]string{"-", "{here 1.5 {7 true}}", "{there 2 {0 false}}"},
		},
		{
			"columns by position", true,
			[]string{"here,1.5,7", "", "there,2,"},
			[]string{"{here 1.5 {7 true}}", "-", "{there 2 {0 false}}"},
		},
		{
			"blank rows", false,
			[]string{"", "where,depth,gap", "  ", "here,1,1"},
			[]string{"-", "-", "-", "{here 1 {1 true}}"},
		},
		{
			"quotes", true,
			[]string{`"a ""b"", c",1,`, "\"a\nb\",\"1\",\"\"", `5" pipe,1,`, `"",1,`},
			[]string{`{a "b", c 1 {0 false}}`, "{a\nb 1 {0 false}}", `{5" pipe 1 {0 false}}`, "{ 1 {0 false}}"},
		},
		{
			"bad rows", true,
			[]string{"here,x,7", "here,,7", "here,1", "here,1,x", `"here,1,2`, `"he"re,1,2`, "h\xffre,1,2", "here,1,2"},
			[]string{
				`error: field depth: "x" is not a Float`,
				`error: field depth: "" is not a Float`,
				"error: the row has 2 cells, the header 3",
				`error: field gap: "x" is not an Int`,
				"error: a cell that begins with a quote does not end with one",
				"error: there is text behind the closing quote of a cell",
				`error: "h\xffre,1,2" is not valid UTF-8`,
				"{here 1 {2 true}}",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, decodeAll(CSV(quakeType, c.noHeader), c.rows...)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A header that does not fit is not a row that could be skipped.
func TestCSVHeaderDoesNotFit(t *testing.T) {
	for header, want := range map[string]string{
		"where,gap":       "field depth: there is no such column",
		"where,depth,\"a": "the header cannot be read",
	} {
		d := CSV(quakeType, false)
		d.Start()
		_, _, err := d.Decode([]byte(header))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", header, err, want)
		}
		if _, skippable := err.(*ptl.BadInput); skippable {
			t.Errorf("%s would be skipped", header)
		}
		var bad *ptl.BadInput
		if !errors.As(err, &bad) {
			t.Errorf("%s is not bad input", header)
		}
	}
}

func TestNDJSON(t *testing.T) {
	want := []string{
		"{here 1 {2 true}}", "-", "-", "{there 2 {0 false}}",
	}
	got := decodeAll(NDJSON(quakeType), `{"where":"here","depth":1,"gap":2}`, "", " \t", ` {"depth":2.0,"x":[1,{"y":null}],"where":"there"} `)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, record := range []string{"{", "1", `{"where":"a","depth":"b"}`, `{"where":"a","depth":1} x`, "{\"where\":\"\xff\",\"depth\":1}"} {
		_, _, err := NDJSON(quakeType).Decode([]byte(record))
		if _, ok := err.(*ptl.BadInput); !ok {
			t.Errorf("%s: got %v", record, err)
		}
	}
}

func TestCSVRoundTrip(t *testing.T) {
	e := CSVRows(quakeType, false)
	all := []quake{
		{"a, \"b\"\r\n c", 1.5, ptl.Some[int64](-7)}, {"", 0, ptl.None[int64]()}, {" ", -2, ptl.Some[int64](0)},
	}
	b := e.Header(nil)
	for _, q := range all {
		b = e.Append(b, q)
	}
	records, _ := split(t, true, string(b), 7)
	d := CSV(quakeType, false)
	d.Start()
	var got []quake
	for _, record := range records {
		v, ok, err := d.Decode([]byte(record))
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			got = append(got, v)
		}
	}
	if diff := cmp.Diff(all, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzCells holds cells against those of encoding/csv, for what both agree to be CSV.
func FuzzCells(f *testing.F) {
	f.Add(`a,"b ""c""",,d`)
	f.Fuzz(func(t *testing.T, row string) {
		if strings.ContainsAny(row, "\r\n") {
			return
		}
		want, err := csvReader(row + "\n").ReadAll()
		if err != nil || len(want) != 1 {
			return
		}
		d := rows[quake]{}
		if err := d.split([]byte(row)); err != nil {
			if strings.Contains(err.Error(), "UTF-8") {
				return
			}
			t.Fatalf("%q: %v", row, err)
		}
		if diff := cmp.Diff(want[0], d.cells); diff != "" {
			t.Fatal(diff)
		}
	})
}

func BenchmarkCSV(b *testing.B) {
	d := CSV(quakeType, true)
	row := []byte("2016/01/01 00:30:04.91,18.0772,67")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := d.Decode(row); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNDJSON(b *testing.B) {
	d := NDJSON(quakeType)
	row := []byte(`{"where":"2016/01/01 00:30:04.91","depth":18.0772,"gap":67}`)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := d.Decode(row); err != nil {
			b.Fatal(err)
		}
	}
}
