package ptl

import (
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// quake has the kinds of columns that real tables have.
type quake struct {
	Time      Time
	Magnitude float64
	Gap       Option[int64]
	Source    string
	Status    status
	Sure      bool
}

var quakeType = RecordType("Quake",
	Field("time", func(q *quake) *Time { return &q.Time }, TimeType),
	Field("magnitude", func(q *quake) *float64 { return &q.Magnitude }, FloatType).As("Mag"),
	Field("gap", func(q *quake) *Option[int64] { return &q.Gap }, OptionType(IntType)),
	Field("source", func(q *quake) *string { return &q.Source }, StringType),
	Field("status", func(q *quake) *status { return &q.Status }, statusType).Default(func(q *quake) { q.Status = 1 }),
	Field("sure", func(q *quake) *bool { return &q.Sure }, BoolType).Default(func(*quake) {}))

func TestReadCSV(t *testing.T) {
	r, err := NewCSVReader(quakeType, []string{"\ufeffSOURCE", "depth", "mag", "Time"})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Read([]string{"", "deep", "6", "1970-01-01T00:00:01Z"})
	if want := (quake{Time: Time(Second), Magnitude: 6, Status: 1}); err != nil || got != want {
		t.Error(got, err)
	}
	r, _ = NewCSVReader(quakeType, []string{"time", "Mag", "mag", "gap", "source", "status"})
	got, err = r.Read([]string{"1970-01-01T00:00:00Z", "1.5", "x", "", "us", "Open"})
	if want := (quake{Magnitude: 1.5, Source: "us"}); err != nil || got != want {
		t.Error(got, err)
	}
	got, err = r.Read([]string{"1970-01-01T00:00:00Z", "1.5", "x", "30", "us", "Open"})
	if err != nil || got.Gap != Some[int64](30) {
		t.Error(got, err)
	}
	for _, c := range []struct {
		cells string
		want  string
	}{
		{"1970-01-01T00:00:00Z,,x,,us,Open", `field Mag: "" is not a Float`},
		{"1970-01-01T00:00:00Z,0x10,x,,us,Open", `field Mag: "0x10" is not a Float`},
		{"1970-01-01T00:00:00Z,1,x,1.5,us,Open", `field gap: "1.5" is not an Int`},
		{"1970-01-01T00:00:00Z,1,x,,us,open", `field status: "open" is not a variant of Status (Open, Closed)`},
		{"1970-01-01T00:00:00Z,1,x", `the row has 3 cells, the header 6`},
	} {
		if _, err := r.Read(strings.Split(c.cells, ",")); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

func TestHeadersThatCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{headerError(quakeType, "time,Mag"), "field source: there is no such column; there are time, Mag"},
		{headerError(quakeType, "time,mag,MAG,source"), "field Mag: two columns have this name"},
		{headerError(orderType, "user,full_name,price,items"), "field items: a cell cannot hold a value of this type"},
	} {
		if c.err == nil || c.err.Error() != c.want {
			t.Errorf("got %v, want %s", c.err, c.want)
		}
	}
}

func headerError[T any](t *Type[T], header string) error {
	_, err := NewCSVReader(t, strings.Split(header, ","))
	return err
}

func TestCSVRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quake{
			Time:      Time(rapid.Int64().Draw(t, "time")),
			Magnitude: anyFloat().Draw(t, "magnitude"),
			Gap:       anyOption(rapid.Int64()).Draw(t, "gap"),
			// The standard reader makes LF of CR LF, so a CR alone is left out here.
			Source: strings.ReplaceAll(anyString().Draw(t, "source"), "\r", ""),
			Status: status(rapid.IntRange(0, 1).Draw(t, "status")),
			Sure:   rapid.Bool().Draw(t, "sure"),
		}
		rows, err := csv.NewReader(strings.NewReader(string(AppendCSV(AppendCSVHeader(nil, quakeType), quakeType, q)))).ReadAll()
		if err != nil || len(rows) != 2 {
			t.Fatal(rows, err)
		}
		r, err := NewCSVReader(quakeType, rows[0])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Read(rows[1]); err != nil || got != q {
			t.Fatalf("%s, %v", quakeType.Text(got), err)
		}
	})
}

func TestCSVRows(t *testing.T) {
	row := string(AppendCSV(nil, orderType, order{1, `a "b", c`, 2, true, ListOf[int64](7, 8), None[string]()}))
	if want := "1,\"a \"\"b\"\", c\",2.0,true,\"[7,8]\",\n"; row != want {
		t.Errorf("got %s, want %s", row, want)
	}
	if got := string(AppendCSV(nil, ErrorType, Error{})); got != "\"\"\n" {
		t.Errorf("%q", got)
	}
	if got := string(AppendCSVHeader(nil, orderType)); got != "user,full_name,price,paid,items,note\n" {
		t.Errorf("%q", got)
	}
}

func BenchmarkReadCSV(b *testing.B) {
	b.ReportAllocs()
	r, err := NewCSVReader(quakeType, []string{"time", "mag", "gap", "source"})
	if err != nil {
		b.Fatal(err)
	}
	cells := []string{"1970-01-01T00:00:00Z", "1.5", "120", "us"}
	for b.Loop() {
		if _, err := r.Read(cells); err != nil {
			b.Fatal(err)
		}
	}
}
