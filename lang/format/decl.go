package format

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
)

func (p *printer) decl(d ast.Decl) {
	switch d := d.(type) {
	case *ast.AppDecl:
		p.text("app " + d.Name.Text)
	case *ast.ImportDecl:
		p.importDecl(d)
	case *ast.ParamDecl:
		p.text("param " + d.Name.Text + ": ")
		p.typ(d.Type)
		p.optional(" = ", d.Default)
	case *ast.RecordDecl:
		p.text("record " + d.Name.Text)
		p.typeParams(d.TypeParams)
		p.fields(d.Fields, p.opening(endOfHead(d.Name, d.TypeParams), '('), d.Place.End)
	case *ast.EnumDecl:
		p.text("enum " + d.Name.Text)
		p.typeParams(d.TypeParams)
		p.text(" ")
		p.variants(d)
	case *ast.FunDecl:
		p.funDecl(d)
	case *ast.ExternDecl:
		p.externHead(d)
		p.text(" = go " + d.Package.Place.Text() + "." + d.GoName.Text)
	case *ast.PortalDecl:
		p.exported(d.Export)
		p.text("portal " + d.Name.Text + "(")
		p.typ(d.Req)
		p.text(") -> ")
		p.typ(d.Rep)
		p.optional(" key ", d.Key)
	case *ast.StreamDecl:
		p.exported(d.Export)
		p.text("stream " + d.Name.Text + was(d.Was))
		p.optionalType(": ", d.Type)
		p.optional(" = ", d.Source)
	case *ast.SinkDecl:
		p.text("sink ")
		p.expr(d.Stream)
		p.text(" to ")
		p.expr(d.Target)
	case *ast.TaskDecl:
		p.taskDecl(d)
	case *ast.WorkflowDecl:
		p.text("workflow " + d.Name.Text + was(d.Was) + " ")
		items := make([]item, len(d.Chains))
		for i, c := range d.Chains {
			items[i] = p.item(c, func() { p.chain(c) })
		}
		p.block(items, p.opening(lastOf(d.Name, d.Was), '{'), d.Place.End, "; ")
	case *ast.TestDecl:
		p.text("test " + d.Name.Place.Text() + " ")
		items := make([]item, len(d.Steps))
		for i, s := range d.Steps {
			items[i] = p.item(s, func() { p.testStep(s) })
		}
		p.block(items, p.opening(d.Name.Place.End, '{'), d.Place.End, "; ")
	}
}

func (p *printer) importDecl(d *ast.ImportDecl) {
	p.text("import ")
	if d.App {
		p.text("app ")
	}
	p.text(d.Name.Place.Text())
}

func (p *printer) exported(export bool) {
	if export {
		p.text("export ")
	}
}

// optional prints an expression behind a lead, if it is there.
func (p *printer) optional(lead string, e ast.Expr) {
	if e != nil {
		p.text(lead)
		p.expr(e)
	}
}

func (p *printer) optionalType(lead string, t ast.Type) {
	if t != nil {
		p.text(lead)
		p.typ(t)
	}
}

func (p *printer) result(t ast.Type) { p.optionalType(" -> ", t) }

func was(name *ast.Name) string {
	if name == nil {
		return ""
	}
	return " was " + name.Text
}

// endOfHead is the end of a declaration's name and type parameters.
func endOfHead(name *ast.Name, params []*ast.TypeParam) int {
	if len(params) > 0 {
		return params[len(params)-1].Place.End
	}
	return name.Place.End
}

func lastOf(name, was *ast.Name) int {
	if was != nil {
		return was.Place.End
	}
	return name.Place.End
}

// opening is the place of the next bracket of a kind from a place on, comments left aside. Between the two is nothing
// but punctuation.
func (p *printer) opening(from int, bracket byte) int {
	for i := from; i < len(p.source); i++ {
		switch {
		case p.source[i] == bracket:
			return i
		case strings.HasPrefix(p.source[i:], "//"):
			i += strings.IndexByte(p.source[i:]+"\n", '\n')
		}
	}
	return len(p.source)
}

// closing is the place behind the bracket that closes a list whose last item ends at from.
func (p *printer) closing(from int, bracket byte) int { return p.opening(from, bracket) + 1 }

func (p *printer) typeParams(params []*ast.TypeParam) {
	if len(params) == 0 {
		return
	}
	names := make([]string, len(params))
	for i, t := range params {
		names[i] = t.Name.Text
	}
	p.text("[" + strings.Join(names, ", ") + "]")
}

func (p *printer) fields(fields []*ast.FieldDecl, open, end int) {
	items := make([]item, len(fields))
	for i, f := range fields {
		items[i] = p.item(f, func() { p.fieldDecl(f) })
	}
	p.list("(", ")", items, open, end)
}

func (p *printer) fieldDecl(f *ast.FieldDecl) {
	p.text(f.Name.Text + ": ")
	p.typ(f.Type)
	if f.DataName != nil {
		p.text(" as " + f.DataName.Place.Text())
	}
	p.optional(" = ", f.Default)
}

func (p *printer) variants(d *ast.EnumDecl) {
	items := make([]item, len(d.Variants))
	for i, v := range d.Variants {
		items[i] = p.item(v, func() {
			p.text(v.Name.Text)
			if v.Parens {
				p.fields(v.Fields, p.opening(v.Name.Place.End, '('), v.Place.End)
			}
		})
	}
	p.block(items, p.opening(endOfHead(d.Name, d.TypeParams), '{'), d.Place.End, ", ")
}

// params prints parameters between parentheses, which the source opens at open.
func (p *printer) params(params []*ast.ParamField, open int) {
	items := make([]item, len(params))
	end := open + 1
	for i, f := range params {
		items[i] = p.item(f, func() {
			p.text(f.Name.Text + ": ")
			p.typ(f.Type)
			p.optional(" = ", f.Default)
		})
		end = f.Place.End
	}
	p.list("(", ")", items, open, p.closing(end, ')'))
}

func (p *printer) externHead(d *ast.ExternDecl) {
	p.text("extern fun " + d.Name.Text)
	p.params(d.Params, p.opening(d.Name.Place.End, '('))
	p.result(d.Result)
}

func (p *printer) funHead(d *ast.FunDecl) {
	p.text("fun " + d.Name.Text)
	p.typeParams(d.TypeParams)
	p.params(d.Params, p.opening(endOfHead(d.Name, d.TypeParams), '('))
	p.result(d.Result)
}

func (p *printer) funDecl(d *ast.FunDecl) {
	p.funHead(d)
	if d.Body == nil {
		p.text(" = ")
		p.expr(d.Expr)
		return
	}
	p.text(" ")
	p.stmts(d.Body)
}

func (p *printer) taskDecl(d *ast.TaskDecl) {
	head := p.taskHead(d)
	p.text(" ")
	items := make([]item, len(d.Members))
	for i, m := range d.Members {
		items[i] = p.item(m, func() { p.member(m) })
	}
	p.block(items, p.opening(head, '{'), d.Place.End, "; ")
}

// taskHead prints a task up to its body. It returns where that part ends in the source.
func (p *printer) taskHead(d *ast.TaskDecl) int {
	head := d.Place.Start
	if d.Exclusive {
		p.text("exclusive ")
	}
	p.text("task")
	if d.Name != nil {
		p.text(" " + d.Name.Text + was(d.Was))
		head = endOfHead(&ast.Name{At: ast.At{Place: d.Name.Place}}, d.TypeParams)
		if len(d.TypeParams) == 0 {
			head = lastOf(d.Name, d.Was)
		}
	}
	p.typeParams(d.TypeParams)
	if len(d.Params) > 0 {
		p.params(d.Params, p.opening(head, '('))
		head = d.Params[len(d.Params)-1].Place.End
	}
	lead := ": "
	if d.Name == nil {
		lead = " "
	}
	p.optionalType(lead, d.In)
	p.result(d.Out)
	p.optionalType(" keyed ", d.Keyed)
	for _, t := range []ast.Type{d.In, d.Out, d.Keyed} {
		if t != nil {
			head = t.Span().End
		}
	}
	return head
}

func (p *printer) member(m ast.Member) {
	switch m := m.(type) {
	case *ast.StateDecl:
		if m.Shared {
			p.text("shared ")
		}
		p.text("state " + m.Name.Text + was(m.Was) + ": ")
		p.typ(m.Type)
		p.text(" = ")
		p.expr(m.Init)
	case *ast.FunDecl:
		p.funDecl(m)
	case *ast.Handler:
		p.handler(m)
	}
}

func (p *printer) handler(h *ast.Handler) {
	p.handlerHead(h)
	p.text(" ")
	p.stmts(h.Body)
}

func (p *printer) handlerHead(h *ast.Handler) {
	p.text("on " + h.Kind.String())
	switch h.Kind {
	case ast.OnEvent, ast.OnError:
		p.text(" ")
		p.pattern(h.Patterns[0])
	case ast.OnAsk:
		p.text(" ")
		p.expr(h.Portal)
		p.text("(")
		if !isUnit(h.Patterns[0]) {
			p.pattern(h.Patterns[0])
		}
		p.text(")")
	case ast.OnTimer:
		p.text(" " + h.Timer.Text)
		p.patterns(h.Patterns, h.Timer.Place.End)
	}
	p.optional(" if ", h.Guard)
}

func isUnit(pattern ast.Pattern) bool {
	lit, ok := pattern.(*ast.LiteralPattern)
	if !ok {
		return false
	}
	_, unit := lit.Value.(*ast.UnitLit)
	return unit
}

// patterns prints those of a timer's arguments, which stand in parentheses behind from.
func (p *printer) patterns(patterns []ast.Pattern, from int) {
	items := make([]item, len(patterns))
	open := p.opening(from, '(')
	end := open + 1
	for i, x := range patterns {
		items[i] = p.item(x, func() { p.pattern(x) })
		end = x.Span().End
	}
	p.list("(", ")", items, open, p.closing(end, ')'))
}

func (p *printer) typ(t ast.Type) {
	switch t := t.(type) {
	case *ast.NamedType:
		if t.Module != nil {
			p.text(t.Module.Text + ".")
		}
		p.text(t.Name.Text)
		if len(t.Args) > 0 {
			p.types("[", "]", t.Args)
		}
	case *ast.TupleType:
		p.types("(", ")", t.Elems)
	case *ast.FuncType:
		p.text("fun")
		p.types("(", ")", t.Params)
		p.result(t.Result)
	}
}

// types prints types between brackets, always in one line.
func (p *printer) types(opening, closing string, types []ast.Type) {
	p.text(opening)
	for i, t := range types {
		if i > 0 {
			p.text(", ")
		}
		p.typ(t)
	}
	p.text(closing)
}
