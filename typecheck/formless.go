package typecheck

import (
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// This file knows connectors of which only a part is written: the module, `file("a.csv")` or `stdout`; the form, `csv("a.csv")`; no
// parentheses, `stdout.lines`; or nothing but the path, `"a.csv"`.

// placeNames are what people call the argument that says where.
var placeNames = []string{"path", "name", "file", "address", "url", "port"}

// endings are those of files, by their form.
var endings = map[string]string{"file.lines": "txt", "file.csv": "csv", "file.ndjson": "ndjson"}

// formless reports a connector of a role that lacks its form, and says whether e is one. Its arguments are left alone then.
func (b *body) formless(e ast.Expr, role string, events types.Type) bool {
	call, called := e.(*ast.Call)
	head := e
	if called {
		head = call.Fun
	}
	path, at := "", e.Span()
	var stay []*ast.Arg // arguments that are right as they are
	if called && len(call.Args) > 0 {
		switch a := call.Args[0]; {
		case a.Name != nil && hostAndPort.MatchString(a.Place.Text()):
			path, at, stay = a.Place.Text(), a.Place, call.Args[1:]
		case a.Name == nil || slices.Contains(placeNames, a.Name.Text):
			path, at, stay = a.Value.Span().Text(), a.Value.Span(), call.Args[1:]
		default:
			stay = call.Args
		}
	} else if _, isText := e.(*ast.StringLit); isText {
		path = e.Span().Text()
	}
	name := fullForm(head, strings.Trim(path, `"`), role)
	if head, bare := head.(*ast.Ident); bare && head.Name == "stdin" && events != nil && types.Resolve(events) != types.Type(types.String) {
		name = "stdin.ndjson"
	}
	if name == "" || called && head.Span().Text() == name || b.find(head.Span().Text()) != nil {
		return false
	}
	f := b.err("PTL0510", head.Span(), "", "`%s` is not the whole of a %s", shortText(head), role)
	host := map[string]string{"source": "localhost:", "sink": "http://localhost:"}[role]
	switch module, _, _ := strings.Cut(name, "."); {
	case path == "":
		path = map[string]string{"file": `"data.` + endings[name] + `"`, "http": `"` + host + `8080/events"`}[module]
	case strings.HasPrefix(path, `"`):
	case at == call.Args[0].Place && call.Args[0].Name != nil || b.isPath(call.Args[0].Value):
		path = `"` + path + `"`
	case module == "http" && strings.Trim(path, "0123456789") == "":
		path = `"` + host + path + `/events"`
	default:
		b.looseArgs(call)
	}
	text := name + "(" + path
	if len(stay) > 0 {
		if path != "" {
			text += ", "
		}
		f.edit(source.Span{File: at.File, Start: e.Span().Start, End: stay[0].Place.Start}, text)
		text += "…"
	} else {
		f.edit(e.Span(), text+")")
	}
	text += ")"
	f.help("Write `%s`.", text)
	return true
}

// fullForm is the connector of a role that was probably meant by a part of one, with that path; "" if none was.
func fullForm(head ast.Expr, path, role string) string {
	form := formOf(path)
	name := ""
	switch head := head.(type) {
	case *ast.StringLit:
		name = "file." + form
	case *ast.Field:
		name = head.Span().Text()
	case *ast.Ident:
		switch head.Name {
		case "file":
			name = "file." + form
		case "http":
			name = "http.post"
		case "stdin", "stdout":
			name = head.Name + ".lines"
		case "csv", "ndjson", "lines":
			name = "file." + head.Name
		case "json", "jsonl":
			name = "file.ndjson"
		}
	}
	if tables()[role][name] == nil {
		return ""
	}
	return name
}

// formOf is the form of the data in a file, by its name.
func formOf(path string) string {
	switch path[strings.LastIndexByte(path, '.')+1:] {
	case "csv":
		return "csv"
	case "ndjson", "json", "jsonl":
		return "ndjson"
	}
	return "lines"
}
