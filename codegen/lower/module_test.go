package lower

import (
	"errors"
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/typecheck"
)

// beside are the files that the program of TestModules imports.
var beside = map[string]string{
	"money": `
record Amount(cents: Int, currency: String = "EUR")
enum Change { Up(by: Amount), Down(by: Amount) }
fun plus(a: Amount, b: Amount) -> Amount = a.with(cents: a.cents + b.cents)
task Total[K]: Change -> Amount keyed K {
  state sum: Amount = Amount(0)
  on event Up(by) { sum = plus(sum, by); emit sum }
  on event Down(by) { sum = plus(sum, by.with(cents: -by.cents)); emit sum }
}
`,
	"shop": `
record Order(user: Int, total: Int)
export portal price(Int) -> Int
export stream orders = list([Order(1, 2)])
task Prices { on ask price(n) { reply n * 10 } }
workflow prices { serve Prices }
`,
}

const importing = `
import "./money"
import app "./shop"

stream totals: money.Amount

task Priced: Int -> Int { on event n { emit await ask shop.price(n) } }

workflow w {
  flow o = from shop.orders
  o |> key(o => o.user) |> map(o => money.Up(money.Amount(o.total))) |> money.Total |> to totals
  o |> map(o => o.total) |> Priced as priced
}
`

// TestModules lowers a program that uses a module and another app.
func TestModules(t *testing.T) {
	var diags diag.List
	resolve := func(path string, _ bool) ([]*ast.File, error) {
		path = strings.TrimPrefix(path, "./")
		text, ok := beside[path]
		if !ok {
			return nil, errors.New("no " + path)
		}
		return []*ast.File{parser.Parse(source.New(path+".ptl", text), &diags)}, nil
	}
	file := parser.Parse(source.New("main.ptl", importing), &diags)
	info := typecheck.Check([]*ast.File{file}, typecheck.Options{Resolve: resolve}, &diags)
	if diags.HasErrors() {
		t.Fatal(report(&diags))
	}
	prog := Lower(info, &diags)
	if prog == nil {
		t.Fatal(report(&diags))
	}
	if err := ir.Verify(prog); err != nil {
		t.Errorf("%v", err)
	}
	text := ir.Print(prog)
	for _, want := range []string{
		"record money.Amount comparable {", "fun money.plus(a: money.Amount, b: money.Amount) -> money.Amount {",
		"task 0 Total = money.Total in money.Change out money.Amount keyed Int {", "stream shop.orders: shop.Order = by a peer",
		"portal shop.price(Int) -> Int", `Amount(o.total, "EUR")`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestBugs holds that a program that the checker has not understood is reported, and does not panic.
func TestBugs(t *testing.T) {
	var diags diag.List
	file := parser.Parse(source.New("main.ptl", "param n: Int = 1 + 2\n"), &diags)
	info := typecheck.Check([]*ast.File{file}, typecheck.Options{}, &diags)
	clear(info.Types)
	if prog := Lower(info, &diags); prog != nil {
		t.Fatal("lowered without types")
	}
	for _, d := range diags.Sorted() {
		if d.Code == internal && d.Primary.Span.Text() == "1" {
			return
		}
	}
	t.Errorf("got %s", report(&diags))
}

// TestSize holds that what patterns become grows no faster than they do.
func TestSize(t *testing.T) {
	size := func(columns int) int {
		rows := ""
		for i := range columns {
			row := make([]string, columns)
			for j := range row {
				row[j] = "_"
			}
			row[i] = "A(x) | B(x)"
			rows += "    (" + strings.Join(row, ", ") + ") => x\n"
		}
		text := "enum E { A(n: Int), B(n: Int), C(n: Int) }\nstream es: (" + strings.Repeat("E, ", columns-1) + "E) = list([])\n" +
			"stream out: Int\nworkflow w { from es |> map(t => match t {\n" + rows + "    _ => 0\n  }) |> to out }\n"
		return len(ir.Print(lowered(t, "main.ptl", text)))
	}
	if small, large := size(4), size(8); large > 5*small {
		t.Errorf("%d characters for 4 columns and %d for 8", small, large)
	}
}
