package diag

import (
	"io/fs"
	"strings"
	"testing"
)

// TestPagesAndCodesAgree checks that every code has its page, in form, and that there are no other pages.
func TestPagesAndCodesAgree(t *testing.T) {
	var before Code
	for _, code := range Codes() {
		if code <= before {
			t.Errorf("%s stands behind %s", code, before)
		}
		before = code
		page, ok := Page(code)
		if !ok {
			t.Errorf("%s has no page", code)
			continue
		}
		if want := "# " + string(code) + ": " + Name(code) + "\n"; !strings.HasPrefix(page, want) {
			t.Errorf("the page of %s does not begin with %q", code, want)
		}
		if fail, fix := Examples(page); (fail == "" || fix == "") && code != Internal {
			t.Errorf("the page of %s lacks a program", code)
		}
	}
	files, err := fs.ReadDir(pages, "pages")
	if err != nil || len(files) != len(Codes()) {
		t.Errorf("%d pages for %d codes (%v)", len(files), len(Codes()), err)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"filter", "flatMap", "first", "fold", "Order"}
	for name, want := range map[string]string{
		"fliter": "filter", "flatmap": "flatMap", "frist": "first", "order": "Order", "foldl": "fold",
		"xyz": "", "f": "", "filter": "", "": "",
	} {
		if got, ok := Nearest(name, names); got != want || ok != (want != "") {
			t.Errorf("Nearest(%q) = %q, %v", name, got, ok)
		}
	}
}
