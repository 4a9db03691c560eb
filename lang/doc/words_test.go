package doc

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestWords holds the table of words against spec.md: it has every word of the grammar, and names sections that are there.
func TestWords(t *testing.T) {
	text, err := os.ReadFile("../../spec.md")
	if err != nil {
		t.Fatal(err)
	}
	spec := string(text)
	_, grammar, _ := strings.Cut(spec, "```ebnf")
	grammar, _, _ = strings.Cut(grammar, "```")
	told := map[string]bool{}
	for _, w := range Words() {
		for _, word := range strings.Fields(w.Name) {
			told[word] = true
		}
		if !strings.Contains(spec, "# "+w.Section+" ") && !strings.Contains(spec, "# "+w.Section+". ") {
			t.Errorf("%s: there is no section %s", w.Name, w.Section)
		}
		if !strings.HasSuffix(w.Doc, ".") || strings.Count(w.Doc, ". ") > 0 {
			t.Errorf("%s: %q is not one sentence", w.Name, w.Doc)
		}
		if w.Example == "" && !strings.Contains(w.Doc, "reserved") {
			t.Errorf("%s has no example", w.Name)
		}
		for _, word := range strings.Fields(w.Name) {
			if w.Example != "" && !regexp.MustCompile(`\b`+word+`\b`).MatchString(w.Example) {
				t.Errorf("the example of %q has no %s", w.Name, word)
			}
		}
	}
	for _, m := range regexp.MustCompile(`"([a-zA-Z]+)"`).FindAllStringSubmatch(grammar, -1) {
		if !told[m[1]] {
			t.Errorf("%s is a word of the grammar and has no entry", m[1])
			told[m[1]] = true
		}
	}
}

// TestFind finds by each word of a form, by the name of a method, and by what is like a name.
func TestFind(t *testing.T) {
	all := append(Builtins(), Words()...)
	for name, want := range map[string]string{
		"await": "await, await all, await any, await within, try await", "timer": "on timer", "of": "expect one of",
		"map": "map, List.map, Option.map, Result.map", "List.map": "List.map", "on atom": "on atom", "deadLetters": "deadLetters",
		"awiat": "is it await", "fliter": "is it filter", "List.mpa": "is it List.map", "deadletters": "is it deadLetters", "xyzzy": "is it ",
	} {
		found, near := Find(all, name)
		var names []string
		for _, e := range found {
			names = append(names, e.Name)
		}
		got := strings.Join(slices.Compact(names), ", ")
		if len(found) == 0 {
			got = "is it " + near
		}
		if got != want {
			t.Errorf("%s: %s, not %s", name, got, want)
		}
	}
}
