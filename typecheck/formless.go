package typecheck

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
)

// This file knows connectors of which only a part is written: the module, `file("a.csv")` or `stdout`; the form, `csv("a.csv")`; no
// parentheses, `stdout.lines`; or nothing but the path, `"a.csv"`.

// formless reports a connector of a role that lacks its form, and says whether e is one. Its arguments are left alone then.
func (b *body) formless(e ast.Expr, role string) bool {
	call, called := e.(*ast.Call)
	head := e
	if called {
		head = call.Fun
	}
	path, at := "", e.Span()
	if called && len(call.Args) > 0 {
		a := call.Args[0]
		path, at = a.Value.Span().Text(), a.Value.Span()
		if a.Name != nil && hostAndPort.MatchString(a.Place.Text()) {
			path, at = a.Place.Text(), a.Place
		}
	} else if _, isText := e.(*ast.StringLit); isText {
		path = e.Span().Text()
	}
	name := fullForm(head, strings.Trim(path, `"`), role)
	if name == "" || called && head.Span().Text() == name || b.find(head.Span().Text()) != nil {
		return false
	}
	f := b.err("PTL0510", head.Span(), "", "`%s` is not the whole of a %s", shortText(head), role)
	host := map[string]string{"source": "localhost:", "sink": "http://localhost:"}[role]
	switch module, _, _ := strings.Cut(name, "."); {
	case path == "":
		path = map[string]string{"file": `"data.txt"`, "http": `"` + host + `8080/events"`}[module]
	case strings.HasPrefix(path, `"`):
	case b.isPath(call.Args[0].Value) || call.Args[0].Name != nil:
		path = `"` + path + `"`
	case module == "http" && strings.Trim(path, "0123456789") == "":
		path = `"` + host + path + `/events"`
	default:
		b.looseArgs(call)
	}
	text := name + "(" + path + ")"
	if called && len(call.Args) > 1 { // those behind the first are as they are
		text = text[:len(text)-1] + ", …)"
		f.edit(source.Span{File: at.File, Start: e.Span().Start, End: at.End}, name+"("+path)
	} else {
		f.edit(e.Span(), text)
	}
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
