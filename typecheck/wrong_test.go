package typecheck_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/diag"
)

// expectation is a comment `//! PTL0301 "regexp"` at the end of a line: a finding of that code begins on the line, and
// its title matches. Several may follow each other.
var expectation = regexp.MustCompile(`(PTL\d{4}) ("(?:[^"\\]|\\.)*")`)

// TestWrong checks the programs of testdata/diag/wrong, several in a file with lines of `---` between them. The findings
// of each are exactly those that its comments expect.
func TestWrong(t *testing.T) {
	paths, _ := filepath.Glob("../testdata/diag/wrong/*.ptl")
	if len(paths) == 0 {
		t.Fatal("no programs")
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		line := 1
		for _, chunk := range strings.Split(string(text), "---\n") {
			t.Run(fmt.Sprintf("%s:%d", filepath.Base(path), line), func(t *testing.T) { wrong(t, chunk) })
			line += strings.Count(chunk, "\n") + 1
		}
	}
}

func wrong(t *testing.T, text string) {
	_, diags := checkWith("wrong.ptl", text, beside)
	found := map[int][]*diag.Diagnostic{}
	for _, d := range diags.Sorted() {
		line := d.Primary.Span.Position().Line
		found[line] = append(found[line], d)
	}
	failed := false
	for i, line := range strings.Split(text, "\n") {
		_, comment, _ := strings.Cut(line, "//!")
		for _, m := range expectation.FindAllStringSubmatch(comment, -1) {
			want, err := strconv.Unquote(m[2])
			if err != nil {
				t.Fatal(err)
			}
			rest, ok := take(found[i+1], diag.Code(m[1]), regexp.MustCompile(want))
			if !ok {
				t.Errorf("line %d: no %s %q", i+1, m[1], want)
				failed = true
			}
			found[i+1] = rest
		}
	}
	for line, ds := range found {
		for _, d := range ds {
			t.Errorf("line %d: not expected: %s %s", line, d.Code, d.Title)
			failed = true
		}
	}
	if failed {
		t.Log("\n" + text + "\n" + render(t, diags))
	}
}

// take removes the first finding that is as expected.
func take(ds []*diag.Diagnostic, code diag.Code, title *regexp.Regexp) ([]*diag.Diagnostic, bool) {
	for i, d := range ds {
		if d.Code == code && title.MatchString(d.Title) {
			return append(append([]*diag.Diagnostic(nil), ds[:i]...), ds[i+1:]...), true
		}
	}
	return ds, false
}
