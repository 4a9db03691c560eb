package ptltest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/portals-lang/portals/runtime/ptl"
)

func TestParse(t *testing.T) {
	var show func(v *tree) string
	show = func(v *tree) string {
		if v.open == "" {
			return v.label + "‹" + v.text + "›"
		}
		parts := make([]string, len(v.parts))
		for i, p := range v.parts {
			parts[i] = show(p)
		}
		return v.label + v.open + strings.Join(parts, " ") + v.close()
	}
	for text, want := range map[string]string{
		`1`:                                 `‹1›`,
		`-1.5e+21`:                          `‹-1.5e+21›`,
		`"a, (b\" [c"`:                      `‹"a, (b\" [c"›`,
		`None`:                              `‹None›`,
		`()`:                                `()`,
		`[]`:                                `[]`,
		`[1, 2]`:                            `[‹1› ‹2›]`,
		`Order(1, [7], ("a", true))`:        `Order(‹1› [‹7›] (‹"a"› ‹true›))`,
		`Set([1])`:                          `Set([‹1›])`,
		`2000-01-01T00:00:00Z`:              `‹2000-01-01T00:00:00Z›`,
		`["a: b": [1], "c": Some(2), 3: 4]`: `["a: b": [‹1›] "c": Some(‹2›) 3: ‹4›]`,
		`[Key(1, "x"): 2]`:                  `[Key(1, "x"): ‹2›]`,
		`[:]`:                               `[‹:›]`,
		`1)`:                                `‹1)›`,
	} {
		v := parse(text)
		if got := show(v); got != want {
			t.Errorf("%s is taken apart as %s, not %s", text, got, want)
		}
		if v.text != text {
			t.Errorf("the text of %s is %s", text, v.text)
		}
	}
}

func TestDiffValues(t *testing.T) {
	long := `"a text that is long enough to be looked at by its parts"`
	for _, c := range []struct{ name, want, seen, diff string }{
		{"short", `P(1, 2)`, `P(1, 3)`, `
- P(1, 2),
+ P(1, 3),`},
		{"fields", `P(1, ` + long + `, [1, 2])`, `P(2, ` + long + `, [1, 2])`, `
  P(
-   1,
+   2,
    ` + long + `,
    [1, 2],
  ),`},
		{"other variants", `Some(` + long + `)`, `None`, `
- Some(` + long + `),
+ None,`},
		{"lists", `[` + long + `, 1, 2]`, `[` + long + `, 0, 1, 2, 3]`, `
  [
    ` + long + `,
+   0,
    1,
    2,
+   3,
  ],`},
		{"maps", `["a": 1, "b": ` + long + `]`, `["a": 2, "b": ` + long + `]`, `
  [
-   "a": 1,
+   "a": 2,
    "b": ` + long + `,
  ],`},
	} {
		if diff := cmp.Diff(c.diff[1:], strings.Join(diffValues(parse(c.want), parse(c.seen), 0), "\n")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestDiffEvents(t *testing.T) {
	seen := Sees("s", ptl.IntType)
	events := func(from, until int64) (all ptl.Events[int64]) {
		for i := from; i < until; i++ {
			all = append(all, i)
		}
		return all
	}
	got := strings.Join(diffEvents(seen, events(0, 12), append(events(0, 11), 100)), "\n")
	want := `
  [
    0,
    1,
    … 7 more that are as expected
    9,
    10,
-   11,
+   100,
  ]`
	if diff := cmp.Diff(want[1:], got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Sequences too long to be paired are compared by position, but for their equal ends.
	many := diffEvents(seen, events(0, 5000), append(append(ptl.Events[int64]{-1}, events(2, 4999)...), 9, 4999))
	if n := marked(many); n < 4 {
		t.Errorf("%d lines differ", n)
	}
}

// TestCommonIsLongest compares with all subsequences of short sequences.
func TestCommonIsLongest(t *testing.T) {
	var longestOf func(a, b string) int
	longestOf = func(a, b string) int {
		switch {
		case a == "" || b == "":
			return 0
		case a[0] == b[0]:
			return 1 + longestOf(a[1:], b[1:])
		}
		return max(longestOf(a[1:], b), longestOf(a, b[1:]))
	}
	words := []string{"", "a", "ab", "ba", "aab", "abab", "bbaa", "cabac", "abcabc", "ccbbaa", "acbacba"}
	for _, a := range words {
		for _, b := range words {
			pairs := common(len(a), len(b), func(i, j int) bool { return a[i] == b[j] })
			if len(pairs) != longestOf(a, b) {
				t.Errorf("of %q and %q: %v", a, b, pairs)
			}
			for k, p := range pairs {
				if a[p[0]] != b[p[1]] || k > 0 && (p[0] <= pairs[k-1][0] || p[1] <= pairs[k-1][1]) {
					t.Errorf("of %q and %q: %v", a, b, pairs)
				}
			}
		}
	}
}

func TestCommonDir(t *testing.T) {
	for _, c := range [][]string{
		{"a/x.ptl", "a"}, {"x.ptl", "."}, {"a/x.ptl", "a/b", "a"}, {"a", "b", ""}, {"a/b", "a/c/y.ptl", "a"}, {"./a/", "a/y.ptl", "a"},
	} {
		last := len(c) - 1
		if got := commonDir(c[:last]); got != c[last] {
			t.Errorf("of %v it is %q", c[:last], got)
		}
	}
}
