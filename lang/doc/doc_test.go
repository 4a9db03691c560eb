package doc

import (
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
)

// TestEveryBuiltinIsFound: each is there by its whole name, once, with its sentence.
func TestEveryBuiltinIsFound(t *testing.T) {
	all := Builtins()
	for _, b := range builtin.All() {
		found, _ := Find(all, b.Name())
		n := 0
		for _, e := range found {
			if e.Kind != "type" && e.Name == b.Name() {
				n++
				if e.Text != b.Sig || e.Doc != b.Doc || e.Example != b.Example {
					t.Errorf("%s is shown as %+v", b.Name(), e)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s is found %d times", b.Name(), n)
		}
	}
}

// TestEveryKindOfDeclaration: whatever can be declared is listed under its name, at its line, without bodies.
func TestEveryKindOfDeclaration(t *testing.T) {
	const text = `app shop
import "./money"
param n: Int = 1
record Box[T](it: T)
enum E { A, B(x: Int) }
fun f[T](x: T) -> T { x }
extern fun g(s: String) -> String = go "example.com/text".Slug
portal p(Int) -> Int key x => x
export stream s: Int
sink s to stdout.lines()
task T[A](k: Int): A -> A keyed Int { shared state n: Int = 0; on event x { emit x } }
workflow w { from s |> map(x => x) }
test "t" { expect s none }
`
	diags := &diag.List{}
	file := parser.Parse(source.New("a.ptl", text), diags)
	if diags.HasErrors() {
		t.Fatal(diags.Sorted()[0].Title)
	}
	var got strings.Builder
	for _, e := range App([]*ast.File{file}) {
		line := strings.Split(text, "\n")[e.Line-1]
		if !strings.HasPrefix(line, strings.SplitN(e.Text, "\n", 2)[0]) {
			t.Errorf("%s %s is at line %d (%s) and shown as %s", e.Kind, e.Name, e.Line, line, e.Text)
		}
		if strings.Contains(e.Text, "emit") || strings.Contains(e.Text, "{ x }") {
			t.Errorf("%s has its body", e.Text)
		}
		got.WriteString(e.Kind + " " + e.Name + "\n")
	}
	const want = `app shop
param n
record Box
enum E
fun f
extern fun g
portal p
stream s
sink s
task T
workflow w
`
	if got.String() != want {
		t.Errorf("listed are\n%sand not\n%s", got.String(), want)
	}
}
