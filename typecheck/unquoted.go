package typecheck

import (
	"regexp"
	"slices"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// hostAndPort is an address that was read as an argument with a name, `localhost:8080/orders`.
var hostAndPort = regexp.MustCompile(`^[\w-]+:\d+(/[\w./-]*)?$`)

// placeArgs reports what stands for the place of a connector, its first parameter, and is not a text: an address or a path
// without quotes, a port alone. It returns the arguments without what was reported. What no expression is, is known to the
// parser.
func (b *body) placeArgs(call *ast.Call, g *Connector, ev events) []*ast.Arg {
	if g.sig.Module == "" || len(g.sig.Params) == 0 {
		return call.Args
	}
	place := g.sig.Params[0].Name
	args := slices.Clone(call.Args)
	for i, a := range args {
		named := a.Name != nil
		isPlace := !named && i == 0 || named && (a.Name.Text == place || a.Name.Text == "port" && g.sig.Module == "http")
		number, isInt := a.Value.(*ast.IntLit)
		scheme := ""
		if place == "url" {
			scheme = "http://"
		}
		switch {
		case named && g.sig.Module == "http" && hostAndPort.MatchString(a.Place.Text()) && !takes(g, a.Name.Text):
			b.withoutQuotes(a.Place, scheme+a.Place.Text())
		case isPlace && isInt && g.sig.Module == "http":
			text := scheme + "localhost:" + number.Text + "/" + ev.name
			b.err("PTL0510", number.Place, "this is "+show(types.Int), "`%s` takes a text, not the port alone", g.Name()).
				help("Write host, port and path: `\"%s\"`.", text).edit(a.Place, `"`+text+`"`)
		case isPlace && b.isPath(a.Value):
			b.withoutQuotes(a.Value.Span(), a.Value.Span().Text())
		case isPlace && b.isUnknownName(a.Value):
			name := a.Value.Span().Text()
			b.err("PTL0201", a.Value.Span(), "not declared anywhere", "there is no `%s` here", name).
				help("A text stands between double quotes, `\"%s\"`; what the user of the program sets is declared by `param %s: String`.", name, name)
		default:
			continue
		}
		args[i] = &ast.Arg{At: a.At, Name: &ast.Name{Text: place, At: a.At}, Value: &ast.BadExpr{At: a.At}}
	}
	return args
}

// withoutQuotes reports what should have been written as text.
func (b *body) withoutQuotes(at source.Span, text string) {
	b.err("PTL0510", at, "", "a text stands between double quotes").note("Addresses, URLs and paths are texts.").
		help("Write `\"%s\"`.", text).edit(at, `"`+text+`"`)
}

func takes(g *Connector, name string) bool {
	if name == "time" || name == "lateness" {
		return true
	}
	for _, p := range g.sig.Params {
		if p.Name == name {
			return true
		}
	}
	return false
}

// isUnknownName tells whether an expression is a name that is like none that has a value.
func (b *body) isUnknownName(e ast.Expr) bool {
	id, ok := e.(*ast.Ident)
	if !ok || b.find(id.Name) != nil {
		return false
	}
	_, near := diag.Nearest(id.Name, b.visible())
	return !near && foreignNames[id.Name].help == ""
}

// isPath tells whether an expression is a path without quotes, `data/orders.csv`: names, points and slashes, of which it has
// one at least, and no name in it has a value or is like one that has.
func (b *body) isPath(e ast.Expr) bool {
	switch e.(type) {
	case *ast.Field, *ast.Binary:
	default:
		return false
	}
	path := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Ident:
			obj := b.find(n.Name)
			path = path && (b.isUnknownName(n) || isStream(obj) || isPortal(obj))
		case *ast.Field, *ast.Name, *ast.IntLit:
		case *ast.Binary:
			path = path && (n.Op == ast.Div || n.Op == ast.Sub)
		default:
			path = false
		}
		return path
	})
	return path
}
