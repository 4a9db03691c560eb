package diag

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/portals-lang/portals/lang/source"
)

// spanOf is the place of the n-th occurrence of part in f, counted from 1.
func spanOf(f *source.File, part string, n int) source.Span {
	at := -1
	for range n {
		at += 1 + strings.Index(f.Text()[at+1:], part)
	}
	return source.Span{File: f, Start: at, End: at + len(part)}
}

func TestText(t *testing.T) {
	f := source.New("a.ptl", "task A {\n\ton event e { emit 日本 + e }\n}\nlast\n")
	g := source.New("b.ptl", "app b")
	for name, test := range map[string]struct {
		d    Diagnostic
		want string
	}{
		"several labels in a line, behind a tab and wide characters": {
			Diagnostic{
				Code: "PTL0101", Title: "nothing fits",
				Primary:   Label{spanOf(f, "e }", 1), "this"},
				Secondary: []Label{{spanOf(f, "emit", 1), "and this"}, {spanOf(f, "日本", 1), "and that"}},
				Notes:     []string{"so it is"}, Help: "Do\nsomething.",
				Edits: []Edit{{spanOf(f, "日本", 1), "x"}, {spanOf(f, "}\nlast", 1), "}"}},
			}, `a.ptl:2:29: error PTL0101: nothing fits
  |
2 |     on event e { emit 日本 + e }
  |                  ---- ----   ^^^ this
  |                  |    and that
  |                  and this
  |
  = note: so it is
  = help: Do
          something.
  |
2 -     on event e { emit 日本 + e }
3 - }
4 - last
2 +     on event e { emit x + e }
3 + }
`},
		"several lines and files": {
			Diagnostic{
				Severity: Warning, Code: "PTL0801", Title: "look",
				Primary:   Label{source.Span{File: f, Start: 0, End: spanOf(f, "}\nlast", 1).Start + 1}, "all of this"},
				Secondary: []Label{{spanOf(g, "b", 1), "and this"}},
			}, `a.ptl:1:1: warning PTL0801: look
  |
1 | task A {
  | ^^^^^^^^
2 |     on event e { emit 日本 + e }
3 | }
  | ^ all of this
  :: b.ptl
  |
1 | app b
  |     - and this
`},
		"the end of the file": {
			Diagnostic{Code: "PTL0101", Title: "more", Primary: Label{source.Span{File: g, Start: 5, End: 5}, "here"}},
			"b.ptl:1:6: error PTL0101: more\n  |\n1 | app b\n  |      ^ here\n",
		},
		"no place": {
			Diagnostic{Code: "PTL0701", Title: "gone", Help: "Look for it."},
			"error PTL0701: gone\n  |\n  = help: Look for it.\n",
		},
	} {
		var out strings.Builder
		if err := Text(&out, []*Diagnostic{&test.d}, TextOptions{}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestTextIsHarmless: a source may hold what a terminal would obey, and lines of any length.
func TestTextIsHarmless(t *testing.T) {
	f := source.New("a.ptl", "x\x1b[31m\u202e"+strings.Repeat("y", 100_000)+"z")
	d := &Diagnostic{Title: "\x1b[0m", Primary: Label{Span: spanOf(f, "z", 1)}}
	var out strings.Builder
	if err := Text(&out, []*Diagnostic{d}, TextOptions{Width: 80}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Errorf("control characters are printed: %q", out.String())
	}
	for line := range strings.Lines(out.String()) {
		if columns(line) > 82 {
			t.Errorf("a line of %d columns", columns(line))
		}
	}
	if !strings.Contains(out.String(), "…") || !strings.Contains(out.String(), "yz") {
		t.Errorf("the place is not shown:\n%s", out.String())
	}
}

func TestColor(t *testing.T) {
	f := source.New("a.ptl", "app b")
	d := &Diagnostic{Code: "PTL0101", Title: "no", Primary: Label{spanOf(f, "b", 1), "this"}}
	var plain, colored strings.Builder
	_ = Text(&plain, []*Diagnostic{d}, TextOptions{})
	_ = Text(&colored, []*Diagnostic{d}, TextOptions{Color: true})
	text := colored.String()
	for _, s := range []style{bold, red, yellow, green, blue, "0"} {
		text = strings.ReplaceAll(text, "\x1b["+string(s)+"m", "")
	}
	if diff := cmp.Diff(plain.String(), text); diff != "" || colored.String() == plain.String() {
		t.Errorf("colour changes more than the colour:\n%s", diff)
	}
}

func TestJSON(t *testing.T) {
	f := source.New("a.ptl", "// 🎉\napp 🎉 b")
	d := &Diagnostic{
		Code: "PTL0101", Title: "<no>", Primary: Label{spanOf(f, "b", 1), "this"},
		Edits: []Edit{{spanOf(f, "app", 1), "application"}},
	}
	var out strings.Builder
	if err := JSON(&out, []*Diagnostic{d}); err != nil {
		t.Fatal(err)
	}
	want := `{
  "version": 1,
  "diagnostics": [
    {
      "code": "PTL0101",
      "name": "unexpected token",
      "severity": "error",
      "title": "<no>",
      "primary": {
        "file": "a.ptl",
        "start": {
          "offset": 17,
          "line": 2,
          "column": 10,
          "utf16": 7
        },
        "end": {
          "offset": 18,
          "line": 2,
          "column": 11,
          "utf16": 8
        },
        "text": "this"
      },
      "secondary": [],
      "notes": [],
      "help": "",
      "edits": [
        {
          "file": "a.ptl",
          "start": {
            "offset": 8,
            "line": 2,
            "column": 1,
            "utf16": 0
          },
          "end": {
            "offset": 11,
            "line": 2,
            "column": 4,
            "utf16": 3
          },
          "new": "application"
        }
      ]
    }
  ]
}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
