package parser_test

import (
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/diag"
)

// TestPages checks the two programs on the page of every syntax error: the first has errors of that code and of no
// other, the second has none.
func TestPages(t *testing.T) {
	for _, code := range diag.Codes() {
		if !strings.HasPrefix(string(code), "PTL01") {
			continue
		}
		t.Run(string(code), func(t *testing.T) {
			page, _ := diag.Page(code)
			fail, fix := diag.Examples(page)
			_, ds := parse("fail.ptl", fail)
			last := diag.Code("")
			for _, d := range ds {
				last = d.Code
			}
			if last != code {
				t.Errorf("the failing program does not end in %s:\n%s", code, text(t, ds))
			}
			if _, ds := parse("fix.ptl", fix); fix == "" || len(ds) > 0 {
				t.Errorf("the mended program is not mended:\n%s", text(t, ds))
			}
		})
	}
}

// TestEditsMend applies the edits of every syntax error that has some to the failing program of its page: the mend
// must be one.
func TestEditsMend(t *testing.T) {
	for _, code := range diag.Codes() {
		page, _ := diag.Page(code)
		fail, _ := diag.Examples(page)
		_, ds := parse("fail.ptl", fail)
		if len(ds) != 1 || len(ds[0].Edits) == 0 || !strings.HasPrefix(string(code), "PTL01") {
			continue
		}
		mended := apply(fail, ds[0].Edits)
		if _, ds := parse("mended.ptl", mended); len(ds) > 0 {
			t.Errorf("%s: the edits give\n%s\n%s", code, mended, text(t, ds))
		}
	}
}

// apply makes edits that do not overlap, and are sorted by place.
func apply(text string, edits []diag.Edit) string {
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		text = text[:e.Span.Start] + e.New + text[e.Span.End:]
	}
	return text
}
