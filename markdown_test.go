package portals

import (
	"flag"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the generated parts of the documents")

// block is a fenced block of a document.
type block struct {
	info string // what stands behind the opening fence
	line string // of its first line
	text string
}

func blocks(text string) (found []block) {
	var open *block
	for i, line := range strings.Split(text, "\n") {
		info, fence := strings.CutPrefix(line, "```")
		switch {
		case fence && open == nil:
			open = &block{info: info, line: strconv.Itoa(i + 2)}
		case fence:
			found = append(found, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	return found
}

func withoutBlocks(text string) string {
	var out strings.Builder
	inside := false
	for _, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "```") {
			inside = !inside
		} else if !inside {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

var inlineCode = regexp.MustCompile("`[^`\n]*`")

// withoutCode is a document without its code, but for the code that is the text of a link.
func withoutCode(text string) string {
	return inlineCode.ReplaceAllString(withoutBlocks(text), "code")
}

// generated checks that the part of a document between `<!-- begin name -->` and `<!-- end name -->` is want; with
// -update it makes it so.
func generated(t *testing.T, path, name, want string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	begin, end := "<!-- begin "+name+" -->\n", "<!-- end "+name+" -->"
	before, rest, opened := strings.Cut(string(text), begin)
	got, after, closed := strings.Cut(rest, end)
	switch {
	case !opened || !closed:
		t.Errorf("%s has no part %q between %q and %q", path, name, begin, end)
	case got == want:
	case *update:
		if err := os.WriteFile(path, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Errorf("%s: the part %q is out of step with its source (go test . -update writes it)", path, name)
	}
}
