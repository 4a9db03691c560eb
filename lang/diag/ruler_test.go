package diag

import (
	"io"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/portals-lang/portals/lang/source"
)

// TestRuler compares each place of lines, and each window, with what walking the whole line finds.
func TestRuler(t *testing.T) {
	for _, line := range []string{
		"", "x", "\t \ta\tb", "日本\te\u0301 🎉\x1b\u202ez", strings.Repeat("a\t日🎉e\u0301", 200), strings.Repeat("x", tickEvery), "\xff\xc3" + strings.Repeat("é", 300),
		strings.Repeat("\u0301", 300) + strings.Repeat("a", 100),
	} {
		r := newRuler(line)
		whole := window(line, 0, 0, 1<<20)
		for offset := range line {
			want := tick{offset, columns(window(line[:offset], 0, 0, 1<<20)), len(utf16.Encode([]rune(line[:offset])))}
			if got := r.at(offset); got != want {
				t.Fatalf("%q, byte %d: %v, not %v", line, offset, got, want)
			}
		}
		if r.width != columns(whole) || r.at(len(line)).column != r.width {
			t.Errorf("%q: %d columns, not %d", line, r.width, columns(whole))
		}
		for shift := range r.width {
			if got, want := r.window(shift, 40), window(whole, 0, shift, 40); got != want {
				t.Fatalf("%q from column %d:\n%q, not\n%q", line, shift, got, want)
			}
		}
		for i, at := range r.ticks[1:] {
			if far := at.offset - r.ticks[i].offset; far >= tickEvery+4 {
				t.Errorf("%q: %d bytes between two ticks", line, far)
			}
		}
	}
}

// TestTwiceTheFindingsInALineTakeTwice prints n findings, and 2n, on a line of n parts, and of 2n: what that allocates must grow with
// n, and not with its square. A line with a tab was once copied for each finding, and so was a line that is mended.
func TestTwiceTheFindingsInALineTakeTwice(t *testing.T) {
	for name, print := range map[string]func([]*Diagnostic) error{
		"text": func(ds []*Diagnostic) error { return Text(io.Discard, ds, TextOptions{}) },
		"JSON": func(ds []*Diagnostic) error { return JSON(io.Discard, ds) },
	} {
		allocated := func(n int) uint64 {
			f := source.New("a.ptl", strings.Repeat("\tlet x = yy;", n)+"\n")
			var ds []*Diagnostic
			for i := range n {
				at := spanOf(f, "yy", 1)
				at.Start, at.End = at.Start+12*i, at.End+12*i
				ds = append(ds, &Diagnostic{
					Title: "no", Primary: Label{at, "this"}, Secondary: []Label{{source.Span{File: f, Start: at.Start - 4, End: at.Start - 3}, "that"}},
					Edits: []Edit{{source.Span{File: f}, "z"}, {at, "z"}, {source.Span{File: f, Start: len(f.Text()) - 1, End: len(f.Text()) - 1}, "z"}},
				}, &Diagnostic{Title: "no", Primary: Label{at, "this"}, Edits: []Edit{{at, "z"}}})
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if err := print(ds); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			return after.TotalAlloc - before.TotalAlloc
		}
		allocated(100)
		once, twice := allocated(1000), allocated(2000)
		t.Logf("%s: %d kB, %d kB, %.2f", name, once>>10, twice>>10, float64(twice)/float64(once))
		if float64(twice) > 2.6*float64(once) { // a buffer that grows doubles
			t.Errorf("%s: %d bytes for 1000, %d for 2000", name, once, twice)
		}
	}
}

// TestMendOfALongLine: a mend far to the right in a long line is shown where it is, before and after.
func TestMendOfALongLine(t *testing.T) {
	const left, right = "aaaa ", " bbbb"
	f := source.New("a.ptl", strings.Repeat(left, 500)+"\tyy"+strings.Repeat(right, 500)+"\n\nlast\n")
	yy := spanOf(f, "yy", 1)
	g := source.New("b.ptl", strings.Repeat(left, 500)+"yy"+strings.Repeat(right, 500)+"\n"+strings.Repeat("cccc ", 300)+"xx"+strings.Repeat(" dddd", 500)+"\n")
	for name, test := range map[string]struct {
		edits []Edit
		want  string
	}{
		"one line": {[]Edit{{yy, "zzz"}}, `
1 - …aaaa aaaa aaaa     yy bbbb bbbb bbbb b…
1 + …aaaa aaaa aaaa     zzz bbbb bbbb bbbb …
`},
		"two lines": {[]Edit{{yy, "z\n"}, {spanOf(f, "last", 1), "end"}}, `
1 - …aaaa aaaa aaaa     yy bbbb bbbb bbbb b…
1 + …aaaa aaaa aaaa     z
2 +  bbbb bbbb bbbb bbbb bbbb bbbb bbbb bbb…
  |
3 - last
3 + end
`},
		"long lines side by side": {[]Edit{{spanOf(g, "yy", 1), "z"}, {spanOf(g, "xx", 1), "zzz"}}, `
1 - …aaa aaaa aaaa aaaa yy bbbb bbbb bbbb b…
1 + …aaa aaaa aaaa aaaa z bbbb bbbb bbbb bb…
  |
2 - …ccc cccc cccc cccc xx dddd dddd dddd d…
2 + …ccc cccc cccc cccc zzz dddd dddd dddd …
`},
		"a line that goes": {[]Edit{{source.Span{File: f, Start: yy.Start, End: spanOf(f, "last", 1).Start}, ""}}, `
1 - …aaaa aaaa aaaa     yy bbbb bbbb bbbb b…
2 -
3 - last
1 + …aaaa aaaa aaaa     last
`},
	} {
		var out strings.Builder
		if err := Text(&out, []*Diagnostic{{Title: "no", Primary: Label{Span: source.Span{File: f}}, Edits: test.edits}}, TextOptions{Width: 40}); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(out.String(), "  |"+test.want) {
			t.Errorf("%s:\n%s", name, out.String())
		}
	}
}
