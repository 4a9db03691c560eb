package format_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/portals-lang/portals/internal/golden"
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/format"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
)

func TestGoldens(t *testing.T) {
	golden.Run(t, "../../testdata/fmt", func(t *testing.T, a *txtar.Archive) map[string]string {
		input := golden.File(a, "input.ptl")
		file, ok := parse(input)
		if !ok {
			t.Fatal("the input has syntax errors")
		}
		checkLaws(t, input)
		return map[string]string{"output.ptl": format.Format(file)}
	})
}

// TestPrograms: the sample programs are formatted as they stand.
func TestPrograms(t *testing.T) {
	for path, text := range programs(t) {
		file, _ := parse(text)
		if diff := cmp.Diff(text, format.Format(file)); diff != "" {
			t.Errorf("%s (-as it stands +formatted):\n%s", path, diff)
		}
	}
}

// FuzzFormat checks the two laws for every text without syntax errors.
func FuzzFormat(f *testing.F) {
	for _, text := range programs(f) {
		f.Add(text)
		f.Add(strings.ReplaceAll(text, "\n  ", "\n"))
		f.Add(strings.ReplaceAll(text, "(", "(\n"))
		f.Add(strings.ReplaceAll(text, ",", ", // why\n"))
		f.Add(strings.ReplaceAll(text, "=>", "=> // why\n\n// so\n"))
	}
	archives, _ := filepath.Glob("../../testdata/fmt/*.txtar")
	for _, path := range archives {
		if a, err := txtar.ParseFile(path); err == nil {
			f.Add(golden.File(a, "input.ptl"))
		}
	}
	f.Fuzz(func(t *testing.T, input string) { checkLaws(t, input) })
}

// tooLong is a thousand times what any text of these tests takes.
const tooLong = 30 * time.Second

// checkLaws formats a text, and what comes out of that: the tree and the comments stay, and the second time changes
// nothing.
func checkLaws(t *testing.T, input string) {
	t.Helper()
	hang := time.AfterFunc(tooLong, func() { panic(fmt.Sprintf("still formatting after %v: %q", tooLong, input)) })
	defer hang.Stop()
	before, ok := parse(input)
	if !ok {
		return
	}
	once := format.Format(before)
	after, ok := parse(once)
	if !ok {
		t.Fatalf("the formatted text has syntax errors:\n%s", once)
	}
	if diff := cmp.Diff(ast.Dump(before, false), ast.Dump(after, false)); diff != "" {
		t.Fatalf("the tree changes:\n%s\nthe text was\n%s\nformatted\n%s", diff, input, once)
	}
	if diff := cmp.Diff(comments(before), comments(after)); diff != "" {
		t.Fatalf("the comments change:\n%s\nthe text was\n%s", diff, once)
	}
	if diff := cmp.Diff(once, format.Format(after)); diff != "" {
		t.Fatalf("formatting again changes the text:\n%s", diff)
	}
}

// comments is the text of all comments; two may have moved into one line.
func comments(f *ast.File) []string {
	var all []string
	for _, c := range f.Comments {
		all = append(all, c.Text)
	}
	return strings.Fields(strings.Join(all, " "))
}

func parse(text string) (*ast.File, bool) {
	var list diag.List
	file := parser.Parse(source.New("input.ptl", text), &list)
	return file, !list.HasErrors()
}

func programs(t testing.TB) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("../../testdata/programs/*.ptl")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no programs found (%v)", err)
	}
	texts := map[string]string{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(path)] = string(data)
	}
	return texts
}

// FuzzLayout checks the laws for the programs in other layouts: blanks, line ends and comments are put in wherever the
// program stays what it is.
func FuzzLayout(f *testing.F) {
	var texts []string
	for _, text := range programs(f) {
		texts = append(texts, text)
	}
	archives, _ := filepath.Glob("../../testdata/fmt/*.txtar")
	archives = append(archives, "../../testdata/parse/everything.txtar")
	for _, path := range archives {
		if a, err := txtar.ParseFile(path); err == nil {
			texts = append(texts, golden.File(a, "input.ptl"))
		}
	}
	slices.Sort(texts)
	n := uint64(len(texts))
	for seed := range 20 * n {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		checkLaws(t, relaid(rand.New(rand.NewPCG(seed/n, 0)), texts[seed%n], 30))
	})
}

// relaid changes the layout of a text in at most n places.
func relaid(random *rand.Rand, text string, n int) string {
	gaps := []string{" ", "\n", "\n\n", "  ", " // c\n", "\n// d\n", "\n\n// e\n\n", " /// f\n", "\n/// g\n", ""}
	before, _ := parse(text)
	tree := ast.Dump(before, false)
	for range n {
		at := random.IntN(len(text))
		end := at
		for end < len(text) && strings.ContainsRune(" \n", rune(text[end])) {
			end++
		}
		changed := text[:at] + gaps[random.IntN(len(gaps))] + text[end:]
		if file, ok := parse(changed); ok && ast.Dump(file, false) == tree {
			text = changed
		}
	}
	return text
}
