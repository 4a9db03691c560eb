package gogen

import (
	"fmt"
	"go/ast"
	"go/parser"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"
)

// TestLongSums prints sums of many operands: all are there, in their order, and no row of them is long.
func TestLongSums(t *testing.T) {
	for _, n := range []int{2, longSum, longSum + 1, longSum * longSum, longSum*longSum + 1} {
		texts := make([]*jen.Statement, n)
		var want []string
		for i := range n {
			name := fmt.Sprintf("x%d", i)
			texts[i] = jen.Id(name)
			want = append(want, name)
		}
		x, err := parser.ParseExpr(fmt.Sprintf("%#v", sum(texts)))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		ast.Inspect(x, func(x ast.Node) bool {
			row := 1
			for left, ok := x.(*ast.BinaryExpr); ok; left, ok = left.X.(*ast.BinaryExpr) {
				row++
			}
			if row > longSum {
				t.Fatalf("%d operands: %d in a row", n, row)
			}
			if name, ok := x.(*ast.Ident); ok {
				got = append(got, name.Name)
			}
			return true
		})
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%d operands: printed %v", n, got)
		}
	}
}
