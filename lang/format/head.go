package format

import "github.com/portals-lang/portals/lang/ast"

// Head returns the canonical text of what somebody who uses a declaration needs to see of it: without the bodies of
// functions and tasks, and without comments. The declaration is one of the file's.
func Head(f *ast.File, d ast.Decl) string {
	return headOf(f, func(p *printer) {
		switch d := d.(type) {
		case *ast.FunDecl:
			p.funHead(d)
		case *ast.ExternDecl:
			p.externHead(d)
		case *ast.TaskDecl:
			p.taskHead(d)
		default:
			p.decl(d)
		}
	})
}

// MemberHead is Head for a member of a task.
func MemberHead(f *ast.File, m ast.Member) string {
	return headOf(f, func(p *printer) {
		switch m := m.(type) {
		case *ast.FunDecl:
			p.funHead(m)
		case *ast.Handler:
			p.handlerHead(m)
		default:
			p.member(m)
		}
	})
}

// FieldHead is Head for a field of a record or variant.
func FieldHead(f *ast.File, field *ast.FieldDecl) string {
	return headOf(f, func(p *printer) { p.fieldDecl(field) })
}

func headOf(f *ast.File, print func(*printer)) string {
	p := &printer{source: f.Source.Text(), file: f.Source}
	print(p)
	return p.finish()
}
