package portals

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
)

// What the documents show is compiled, so that they never tell of a language that is not there. A block marked `ptl`
// is a whole program without an error or warning; one marked `ptl fragment` is a piece of one, which parses.

func TestProgramsInDocuments(t *testing.T) {
	for _, doc := range documents(t) {
		for _, b := range blocks(doc.text) {
			name := doc.path + ":" + b.line
			switch b.info {
			case "ptl":
				app := &codegen.App{Name: "shown", Files: []*source.File{source.New(name, b.text)}}
				if found := codegen.Check([]*codegen.App{app}, codegen.Options{}); len(found) > 0 {
					t.Errorf("%s: this program is not right:\n%s", name, printed(found))
				}
			case "ptl fragment":
				if problem := fragment(name, b.text); problem != "" {
					t.Errorf("%s: this fragment does not parse:\n%s", name, problem)
				}
			default:
				if strings.HasPrefix(b.info, "ptl") {
					t.Errorf("%s: the mark %q is neither `ptl` nor `ptl fragment`", name, b.info)
				}
			}
		}
	}
}

// surroundings are the places that a fragment may be taken from.
var surroundings = []struct{ before, after string }{
	{"", ""},
	{"task T {\n", "}\n"},
	{"task T {\n on event e {\n", "}\n}\n"},
	{"workflow w {\n", "}\n"},
	{"test \"t\" {\n", "}\n"},
}

// fragment finds a place where the text parses. If there is none, it returns what is wrong at the one where it gets
// furthest.
func fragment(name, text string) (problem string) {
	fewest := -1
	for _, s := range surroundings {
		diags := &diag.List{}
		parser.Parse(source.New(name, s.before+text+s.after), diags)
		found := diags.Sorted()
		if len(found) == 0 {
			return ""
		}
		if fewest < 0 || len(found) < fewest {
			fewest, problem = len(found), printed(found)
		}
	}
	return problem
}

func printed(found []*diag.Diagnostic) string {
	var text strings.Builder
	_ = diag.Text(&text, found, diag.TextOptions{}) // a strings.Builder takes everything
	return text.String()
}

// TestLinksInDocuments: a link to another document, or to a heading in one, leads somewhere.
func TestLinksInDocuments(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	for _, doc := range documents(t) {
		for _, m := range link.FindAllStringSubmatch(withoutCode(doc.text), -1) {
			target, anchor := m[1], m[2]
			if strings.Contains(target, "://") {
				continue
			}
			file := doc.path
			if target != "" {
				file = filepath.Join(filepath.Dir(doc.path), filepath.FromSlash(target))
			}
			info, err := os.Stat(file)
			if err != nil {
				t.Errorf("%s: the link %s leads nowhere", doc.path, m[0])
				continue
			}
			if anchor == "" || info.IsDir() {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !anchors(string(text))[anchor] {
				t.Errorf("%s: %s has no heading for %s", doc.path, file, m[0])
			}
		}
	}
}

// anchors are the names that a renderer gives to headings.
func anchors(text string) map[string]bool {
	drop := regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	names := map[string]bool{}
	for _, line := range strings.Split(withoutBlocks(text), "\n") {
		if title := strings.TrimLeft(line, "#"); title != line && strings.HasPrefix(title, " ") {
			name := drop.ReplaceAllString(strings.ToLower(strings.TrimSpace(title)), "")
			names[strings.ReplaceAll(name, " ", "-")] = true
		}
	}
	return names
}

type document struct{ path, text string }

// documents are those that tell of the project as a whole; pages of diagnostics are compiled where they live.
func documents(t *testing.T) (docs []document) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md", "examples/*.md", "bench/*.md"} {
		paths, err := filepath.Glob(filepath.FromSlash(pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			docs = append(docs, document{path, string(text)})
		}
	}
	return docs
}
