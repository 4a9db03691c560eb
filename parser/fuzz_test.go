package parser_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
)

// FuzzParse checks the parser's promises for any text: it returns a tree, reports at most 100 errors, and all places
// lie in the file, those of children within those of their parents.
func FuzzParse(f *testing.F) {
	for _, program := range programs(f) {
		f.Add(program)
		f.Add(program[:len(program)/2])
		f.Add(strings.ReplaceAll(program, ")", ""))
	}
	for _, text := range hard {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, input string) { checkPromises(t, input) })
}

// hard are texts that once were, or could be, too much.
var hard = []string{
	"", "\n", "\x00", "\xff\xfe", "\ufefffun f() {}", "{", "}", ")))", "\"${", "\"${\"${", "\"${}\"", "\"\"\"", "\"\\",
	"fun f() = \"a ${ { \"b ${c}\" } } d\"", "task", "task T", "on", "fun f() { x => }", "fun f() { [:] [ : ] }",
	"workflow w { |> |> }", "test \"\" { expect }", "enum E { , , }", "record R(,)", "fun f() { a = = b }", "\r\n\r",
	"fun f() { if if if }", "fun f() { match { => } }", "fun f() { emit emit emit }", "1.2.3.4", "0x", "5min", "a?.b?:c",
	"export", "exclusive", "export export", "import", "sink to to to", "schedule", "fun f() { schedule x }",
	"`", "'", "#", "/*", "@@@", "\u202e", "fun f() { x ? y : z }", "fun f() -> [[[Int", "func func func",
	"workflow w {\n  n |> map(x => f(\"${g(x,  |> to t\n  n |> to e\n}\n",
	"workflow w {\n  n |> map(x => \"a ${ |> b } c ${d} e\" |> to t\n}\n", "fun f() { {\"${ |> \"\n } }\nfun g() = \"}\"",
	"fun f() { [\"a\": 1, ...m] }", "fun f() { [...m, \"a\": 1] }", "fun f() { [\"a\": 1, *m] }", "fun f() { let { a } = r }",
	"fun f() { f(xs[1:2) }", "fun f() { xs[1:2] = ys }", "test \"\" { feed s [\"a\": 1], s [...xs] }",
}

func TestHardTexts(t *testing.T) {
	for _, input := range hard {
		checkPromises(t, input)
	}
	for _, program := range programs(t) {
		for i := range program {
			if i%7 == 0 {
				checkPromises(t, program[:i])
				checkPromises(t, program[:i]+program[i+1:])
			}
		}
	}
}

// TestLargeTextsEnd gives the parser texts that make a careless one slow or overflow its stack.
func TestLargeTextsEnd(t *testing.T) {
	mega := 1 << 20
	if testing.Short() {
		mega /= 16
	}
	for name, input := range map[string]string{
		"open parens":    "fun f() = " + strings.Repeat("(", mega),
		"brackets":       "fun f() = " + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
		"braces":         "fun f() " + strings.Repeat("{\n", mega/2) + strings.Repeat("}\n", mega/2),
		"indented":       strings.Repeat("  {\n", mega/8) + strings.Repeat("}\n", mega/4),
		"closing":        strings.Repeat(")", mega),
		"mismatched":     strings.Repeat("(", mega/2) + strings.Repeat("]", mega/2),
		"minus":          "fun f() = " + strings.Repeat("-", mega) + "1",
		"sum":            "fun f() = 1" + strings.Repeat("+1", mega/2),
		"calls":          "fun f() = f" + strings.Repeat("()", mega/2),
		"else if":        "fun f() { if a {}" + strings.Repeat(" else if a {}", mega/16) + " }",
		"emit":           "fun f() { " + strings.Repeat("emit ", mega/5) + "}",
		"lambdas":        "fun f() = " + strings.Repeat("x => ", mega/5) + "x",
		"types":          "record R(x: " + strings.Repeat("List[", mega/5),
		"patterns":       "fun f() { let " + strings.Repeat("(a, ", mega/4),
		"interpolations": "fun f() = " + strings.Repeat("\"${", mega/3),
		"words":          strings.Repeat("lorem ipsum ", mega/12),
		"lines":          strings.Repeat("lorem ipsum\n", mega/12),
		"signs":          strings.Repeat("@ ~ ^ \\ ", mega/8),
		"newlines":       "fun f() = a" + strings.Repeat("\n", mega) + ".b",
		"nul":            strings.Repeat("\x00", mega),
		"exports":        strings.Repeat("export ", mega),
		"spreads":        "fun f() = [" + strings.Repeat("...xs, ", mega/8) + "]",
		"slices":         "fun f() = xs" + strings.Repeat("[1:2]", mega/8),
		"slices, parted": "fun f() = [" + strings.Repeat("xs[1:2], ", mega/8) + "]",
		"awkward lines":  "fun f() = [" + strings.Repeat("\n", mega/2) + strings.Repeat("...", mega/8) + "]",
		"inline tasks":   strings.Repeat("workflow w { from x |> task { on event e { ", 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			ds := checkPromises(t, input)
			if took := time.Since(start); took > 20*time.Second { // a hundred times what it should be
				t.Errorf("took %v", took)
			}
			if name == "brackets" && len(ds) != 1 {
				t.Errorf("one error expected:\n%s", text(t, ds[:min(len(ds), 5)]))
			}
		})
	}
}

// TestElements puts elements of all sorts together, right and wrong ones: none is dropped without a word, and no edit drops one.
func TestElements(t *testing.T) {
	sorts := []string{"%s", "%s: 1", "...%s", "*%s", "(%s ?? 1)", "1:%s", ":%s", "%s 2", "%s ? 1 : 2", "%s // why\n", "\n...%s", "...", "", "%s++"}
	for _, around := range []string{"fun f() { let x = [%s] }", "fun f() { x[%s] }", "fun f() { x.y[%s] = 1 }", "fun f() { g()[%s] }", "test \"\" { feed s [%s] }"} {
		for i := range len(sorts) * len(sorts) * len(sorts) {
			var elems []string
			for n, name := range []string{"one", "two", "three"} {
				sort := sorts[i/[]int{1, len(sorts), len(sorts) * len(sorts)}[n]%len(sorts)]
				elems = append(elems, strings.ReplaceAll(sort, "%s", name))
			}
			for n := range elems {
				input := fmt.Sprintf(around, strings.Join(elems[n:], ", "))
				for _, d := range checkPromises(t, input) {
					keepsNames(t, input, d)
				}
			}
		}
	}
}

// keepsNames checks that an edit which puts a list or an index anew has all names and comments of the text that it replaces.
func keepsNames(t *testing.T, input string, d *diag.Diagnostic) {
	t.Helper()
	for _, e := range d.Edits {
		for _, part := range []string{"one", "two", "three", "why", "++"} {
			if strings.Contains(e.Span.Text(), part) && len(e.New) > 1 && !strings.Contains(e.New, part) {
				t.Errorf("%q: %s: the edit of %q to %q loses %q", input, d.Title, e.Span.Text(), e.New, part)
			}
		}
		if strings.Contains(e.New, "()") && !strings.Contains(e.Span.Text(), "()") {
			t.Errorf("%q: %s: the edit to %q makes something of nothing", input, d.Title, e.New)
		}
	}
}

// tooLong is a thousand times what any text of these tests takes.
const tooLong = 30 * time.Second

func checkPromises(t *testing.T, input string) []*diag.Diagnostic {
	t.Helper()
	var list diag.List
	hang := time.AfterFunc(tooLong, func() { panic(fmt.Sprintf("still parsing after %v: %q", tooLong, input)) })
	file := parser.Parse(source.New("fuzz.ptl", input), &list)
	hang.Stop()
	ds := list.Sorted()
	if len(ds) > 100 {
		t.Errorf("%d errors", len(ds))
	}
	for _, d := range ds {
		if d.Code == "PTL0999" {
			t.Errorf("%s: %q", d.Title, input)
		}
		if s := d.Primary.Span; !s.Valid() || s.Start < 0 || s.End > len(input) || s.Start > s.End {
			t.Errorf("an error lies at %d-%d: %s", s.Start, s.End, d.Title)
		}
	}
	checkPlaces(t, file, len(ds) == 0)
	return ds
}

// checkPlaces checks that every node lies within its parent.
func checkPlaces(t *testing.T, file *ast.File, clean bool) {
	t.Helper()
	var check func(n, parent ast.Node)
	check = func(n, parent ast.Node) {
		s, outer := n.Span(), parent.Span()
		if !s.Valid() || s.Start < outer.Start || s.End > outer.End || s.Start > s.End {
			t.Fatalf("%T at %d-%d is not within %T at %d-%d", n, s.Start, s.End, parent, outer.Start, outer.End)
		}
		if kind := fmt.Sprintf("%T", n); clean && strings.HasPrefix(kind, "*ast.Bad") {
			t.Fatalf("%s without an error", kind)
		}
		ast.Inspect(n, func(child ast.Node) bool {
			if child == n {
				return true
			}
			check(child, n)
			return false
		})
	}
	check(file, file)
}
