package format

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// split cuts input that comes in pieces of the given size. It checks that sizes add up and that Taken returns all.
func split(t *testing.T, csv bool, input string, piece int) (records []string, lines int64) {
	t.Helper()
	r := NewRecords(csv)
	var taken []byte
	total := 0
	for rest := input; ; {
		for {
			record, size, ok := r.Next()
			if !ok {
				break
			}
			records = append(records, string(record))
			total += size
		}
		taken = append(taken, r.Taken()...)
		if rest == "" && r.finished {
			break
		}
		if rest == "" {
			r.Finish()
			continue
		}
		space, err := r.Space()
		if err != nil {
			t.Fatal(err)
		}
		n := copy(space, rest[:min(piece, len(rest))])
		r.Filled(n)
		rest = rest[n:]
	}
	if left := len(r.Rest()); total+left != len(input) || string(taken) != input[:total] || left > 0 && string(r.Rest()) != "\xef\xbb\xbf" {
		t.Fatalf("of %q, %d bytes were taken, %d left; Taken returned %q", input, total, left, taken)
	}
	return records, r.Lines()
}

func TestRecords(t *testing.T) {
	for _, c := range []struct {
		name  string
		csv   bool
		input string
		want  []string
		lines int64
	}{
		{"nothing", false, "", nil, 0},
		{"a line", false, "a\n", []string{"a"}, 1},
		{"no line end", false, "a\nb", []string{"a", "b"}, 2},
		{"empty lines", false, "\n\na\n\n", []string{"", "", "a", ""}, 4},
		{"CRLF", false, "a\r\nb\r\n\r\nc\r", []string{"a", "b", "", "c"}, 4},
		{"a CR inside", false, "a\rb\n", []string{"a\rb"}, 1},
		{"byte order mark", false, "\xef\xbb\xbfa\n\xef\xbb\xbfb\n", []string{"a", "\xef\xbb\xbfb"}, 2},
		{"only a byte order mark", false, "\xef\xbb\xbf", nil, 0},
		{"a byte order mark and an empty line", false, "\xef\xbb\xbf\n", []string{""}, 1},
		{"half a byte order mark", false, "\xef\xbb", []string{"\xef\xbb"}, 1},
		{"quotes in lines", false, "\"a\nb\"\n", []string{"\"a", "b\""}, 2},
		{"quoted line end", true, "a,\"b\nc\",d\ne\n", []string{"a,\"b\nc\",d", "e"}, 3},
		{"quoted at the start", true, "\"a\r\nb\"\r\nc", []string{"\"a\r\nb\"", "c"}, 3},
		{"quoted behind a byte order mark", true, "\xef\xbb\xbf\"a\nb\"\nc", []string{"\"a\nb\"", "c"}, 3},
		{"quoted quotes", true, "\"a\"\"\nb\",c\nd\n", []string{"\"a\"\"\nb\",c", "d"}, 3},
		{"a quote that is text", true, "5\" pipe,x\n6\" pipe,y\n", []string{"5\" pipe,x", "6\" pipe,y"}, 2},
		{"an empty quoted cell", true, "\"\",\"\"\n\"\"\n", []string{"\"\",\"\"", "\"\""}, 2},
		{"an open quote", true, "a\n\"b\nc\n", []string{"a", "\"b\nc\n"}, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			for piece := 1; piece <= len(c.input)+1; piece++ {
				got, lines := split(t, c.csv, c.input, piece)
				if diff := cmp.Diff(c.want, got); diff != "" || lines != c.lines {
					t.Errorf("in pieces of %d: %d lines, want %d: %s", piece, lines, c.lines, diff)
				}
			}
		})
	}
}

func TestRecordTooLong(t *testing.T) {
	for _, c := range []struct {
		csv  bool
		text string
		want string
	}{
		{false, "x", "is this a text file?"},
		{true, "\"", "a quote in it is not closed"},
	} {
		r := NewRecords(c.csv)
		for read := 0; ; {
			if _, _, ok := r.Next(); ok {
				t.Fatal("a record")
			}
			space, err := r.Space()
			if err != nil {
				if !strings.Contains(err.Error(), c.want) || read <= MaxRecord || read > 3*MaxRecord {
					t.Errorf("after %d bytes: %v", read, err)
				}
				break
			}
			for i := range space {
				space[i] = 'x'
			}
			if read == 0 {
				copy(space, c.text)
			}
			r.Filled(len(space))
			read += len(space)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add("a\r\n\nb", 2)
	f.Add("\xef\xbb\xbfa", 1)
	f.Fuzz(func(t *testing.T, input string, piece int) {
		if piece < 1 {
			piece = 1
		}
		got, _ := split(t, false, input, piece)
		want := strings.Split(strings.TrimPrefix(input, "\xef\xbb\xbf"), "\n")
		if want[len(want)-1] == "" {
			want = want[:len(want)-1]
		}
		for i := range want {
			want[i] = strings.TrimSuffix(want[i], "\r")
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Fatalf("got %q, want %q", got, want)
		}
	})
}

// FuzzRows holds the rows against those of encoding/csv, for what both agree to be CSV.
func FuzzRows(f *testing.F) {
	f.Add("a,\"b\n\"\"c\",d\n\ne", 2)
	f.Add("\"a\r\nb\"\r\n", 3)
	f.Fuzz(func(t *testing.T, input string, piece int) {
		if piece < 1 {
			piece = 1
		}
		if strings.HasPrefix(input, "\xef\xbb\xbf") || strings.Contains(strings.ReplaceAll(input, "\r\n", ""), "\r") {
			return // encoding/csv takes the mark for text, and has rules of its own for a CR alone
		}
		rows, _ := split(t, true, input, piece)
		want, err := csvReader(input).ReadAll()
		if err != nil {
			return
		}
		var got [][]string
		for _, row := range rows {
			one, err := csvReader(row + "\n").ReadAll()
			if err != nil || len(one) > 1 {
				t.Fatalf("row %q of %q: %d rows, %v", row, input, len(one), err)
			}
			got = append(got, one...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func csvReader(input string) *csv.Reader {
	r := csv.NewReader(strings.NewReader(input))
	r.FieldsPerRecord = -1
	return r
}

func BenchmarkLines(b *testing.B) {
	text := bytes.Repeat([]byte("The quality of mercy is not strain'd, it droppeth\n"), 5000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	d := Lines(nil)
	r := NewRecords(false)
	for b.Loop() {
		r.Reset(1)
		for rest := text; len(rest) > 0; {
			space, _ := r.Space()
			n := copy(space, rest)
			r.Filled(n)
			rest = rest[n:]
			for {
				record, _, ok := r.Next()
				if !ok {
					break
				}
				if _, _, err := d.Decode(record); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/5000, "ns/line")
}
