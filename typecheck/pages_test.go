package typecheck_test

import (
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/diag"
)

// TestPages checks the two programs on the page of every code of this phase: the first yields that code and no other,
// the second nothing at all; and where the finding offers edits, they mend the first.
func TestPages(t *testing.T) {
	for _, code := range diag.Codes() {
		if strings.HasPrefix(string(code), "PTL01") || strings.HasPrefix(string(code), "PTL09") {
			continue
		}
		t.Run(string(code), func(t *testing.T) {
			page, _ := diag.Page(code)
			fail, fix := diag.Examples(page)
			_, diags := checkWith("fail.ptl", fail, beside)
			ds := diags.Sorted()
			for _, d := range ds {
				if d.Code != code {
					t.Errorf("the failing program gives %s:\n%s", d.Code, render(t, diags))
				}
			}
			if len(ds) == 0 {
				t.Errorf("the failing program passes")
			}
			if _, diags := checkWith("fix.ptl", fix, beside); len(diags.Sorted()) > 0 {
				t.Errorf("the mended program is not mended:\n%s", render(t, diags))
			}
			if len(ds) == 1 && len(ds[0].Edits) > 0 {
				mended := apply(fail, ds[0].Edits)
				if _, diags := checkWith("mended.ptl", mended, beside); diags.HasErrors() {
					t.Errorf("the edits give\n%s\n%s", mended, render(t, diags))
				}
			}
		})
	}
}

// beside holds the files that the pages about imports speak of.
var beside = map[string]string{
	"../shop":  "stream orders = list([1, 2])\nexport stream sales = list([3])\nsink orders to stdout.lines()\n",
	"settings": "param currency: String = \"€\"\nfun symbol() -> String = \"€\"\n",
	"money":    "fun symbol() -> String = \"€\"\n",
	"chicken":  "import \"./egg\"\nfun number() -> Int = 1\n",
	"egg":      "import \"./chicken\"\nfun number() -> Int = 1\n",
}

// apply makes edits that do not overlap, and are sorted by place.
func apply(text string, edits []diag.Edit) string {
	for i := len(edits) - 1; i >= 0; i-- {
		e := edits[i]
		text = text[:e.Span.Start] + e.New + text[e.Span.End:]
	}
	return text
}
