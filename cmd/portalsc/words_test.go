package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/doc"
	"github.com/portals-lang/portals/lang/source"
)

// around is what the examples of words stand in, and what they find there.
const around = `
record Order(user: Int, item: Int, price: Int = 1)
stream orders = list([Order(1, 2)])
stream returns = list([Order(1, 2)])
portal inventory(Int) -> Bool key item => item
task Inventory {
  on ask inventory(_) { reply true }
}
task Total: Order -> Int keyed Int {
  state total: Int = 0
  on event o { total += o.price; emit total }
}
task Least: Order -> Int keyed Int {
  state least: Int = 0
  on event o { least = min(least, o.price); emit least }
}
stream sums: Int
workflow warehouse { serve Inventory }
workflow totals { union(all, back) |> key(o => o.user) |> Total |> to sums; flow all = from orders; flow back = from returns }
sink sums to stdout.lines()
`

// frames are the places where the examples of words stand.
var frames = map[string]string{
	"file":     "%s",
	"task":     "task Example: Order -> Int keyed Int {\n%s\n}",
	"handler":  "task Example: Order -> Int keyed Int {\n  state seen: Int = 0\n  on event order {\n%s\nseen += 1; emit key + order.item\n  }\n}",
	"workflow": "stream out: Int\nworkflow example {\n%s\n}\nsink out to stdout.lines()",
	"test":     "test \"example\" {\n%s\n}",
}

// TestWordExamples compiles the examples that `portalsc doc` shows of words.
func TestWordExamples(t *testing.T) {
	externs := &goPackages{}
	shop := func(string, bool) ([]*source.File, error) {
		return []*source.File{source.New("../shop/shop.ptl", "export stream sales = list([1])")}, nil
	}
	for _, w := range doc.Words() {
		if w.Example == "" {
			continue
		}
		example := w.Example
		if w.Place == "task" && !strings.Contains(example, "on event") {
			example += "\non event _ { }"
		}
		text := fmt.Sprintf(frames[w.Place], example)
		if w.Place == "task" || w.Place == "handler" {
			text += "\nstream examples: Int\nworkflow example { from orders |> key(o => o.user) |> Example |> to examples }\nsink examples to stdout.lines()"
		}
		app := &codegen.App{Name: "example", Files: []*source.File{source.New("example.ptl", around+text)}}
		_, found := codegen.Compile([]*codegen.App{app}, codegen.Options{Module: inToolchain, Resolve: shop, Go: externs.find, Tests: true})
		for _, d := range found {
			if d.Severity == diag.Error {
				t.Errorf("%s: %s: %s\n%s", w.Name, d.Code, d.Title, text)
			}
		}
	}
}
