package typecheck

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
)

// declareImport finds what an import names and declares its files, in a package of their own. Apps may import each
// other in circles, so a package is known before its declarations are; a module, whose code becomes part of the app,
// may not import itself.
func (c *checker) declareImport(p *pkg, d *ast.ImportDecl) {
	if d.Name == nil || d.Path == "" {
		return
	}
	name := strings.TrimSuffix(path.Base(d.Path), ".ptl")
	s := &symbol{name: name, what: "an import", span: d.Name.Place, obj: &Module{Name: name, App: d.App, Path: pathOf(d)}}
	i := &importSymbol{symbol: s, decl: d}
	p.imports = append(p.imports, i)
	c.declareIn(p.values, s)
	i.pkg = c.load(p, d, name)
}

// pathOf is the path of an import, joined with the directory of the file that it stands in. A bare name stays one.
func pathOf(d *ast.ImportDecl) string {
	if !d.Quoted || d.Place.File == nil {
		return d.Path
	}
	full := path.Join(path.Dir(d.Place.File.Name()), d.Path)
	if !strings.Contains(full, "/") {
		return "./" + full // a file beside this one, not a module of the standard library
	}
	return full
}

// load is the package that an import names; nil, after reporting, if there is none.
func (c *checker) load(p *pkg, d *ast.ImportDecl, name string) *pkg {
	full := pathOf(d)
	id := full
	if d.App {
		id = "app " + full
	}
	if known := c.pkgs[id]; known != nil {
		if known.kind == modulePkg && known.loading && p.kind == modulePkg {
			c.err("PTL0704", d.Name.Place, "", "the module `%s` imports itself, directly or through others", name).
				help("Move what both need into a third module.")
			return nil
		}
		return known
	}
	files := c.find(d, name, full)
	if files == nil {
		return nil
	}
	if d.App && sameFiles(files, c.app.files) {
		c.pkgs[id] = c.app
		return c.app
	}
	kind := modulePkg
	if d.App {
		kind = peerPkg
		name = appName(files, Options{Name: name})
	}
	q := c.newPkg(name, files, kind)
	c.pkgs[id] = q
	if d.App || p.kind == peerPkg {
		for _, f := range files {
			c.quiet[f.Source] = true
		}
	}
	q.loading = true
	c.declareAll(q)
	q.loading = false
	return q
}

// find is the files that an import names; nil, after reporting, if there are none.
func (c *checker) find(d *ast.ImportDecl, name, full string) []*ast.File {
	if !d.Quoted && !d.App {
		if slices.Contains(c.opts.Library.Names, full) {
			return []*ast.File{c.opts.Library.Module(full)}
		}
		c.notInLibrary(d, name)
		return nil
	}
	if c.opts.Resolve == nil {
		c.err("PTL0701", d.Name.Place, "", "`%s` cannot be imported here", d.Path).
			note("This program is checked by itself, without files beside it.")
		return nil
	}
	files, err := c.opts.Resolve(full, d.App)
	if err == nil {
		return files
	}
	f := c.err("PTL0701", d.Name.Place, "", "`%s` cannot be imported", d.Path).note("%s", diag.Sentence(err.Error()))
	if d.App {
		f.help("An app is imported by its path from the directory of this file: `import app \"../shop\"`.")
	} else {
		f.help("A quoted path leads from the directory of this file to a directory or a .ptl file; " +
			"a bare name is a module of the standard library.")
	}
	return nil
}

// notInLibrary reports a bare name that names no module of the standard library.
func (c *checker) notInLibrary(d *ast.ImportDecl, name string) {
	f := c.err("PTL0701", d.Name.Place, "", "there is no module `%s` in the standard library", name).
		note("A bare name is a module of the standard library; it has %s.", quoted(c.opts.Library.Names))
	if f.didYouMean(d.Name.Place, name, c.opts.Library.Names); f.Help != "" {
		return
	}
	f.help("A module of one's own is imported by its path: `import \"./%s\"`.", name).edit(d.Name.Place, `"./`+name+`"`)
}

func sameFiles(a, b []*ast.File) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Source == nil || b[i].Source == nil || a[i].Source.Name() != b[i].Source.Name() {
			return false
		}
	}
	return len(a) > 0
}

// moduleIn is the package that an expression names, or nil. A module that could not be found is an empty package, so
// that nothing more is reported of it.
func (c *checker) moduleIn(p *pkg, e ast.Expr) *pkg {
	id, ok := e.(*ast.Ident)
	if !ok {
		return nil
	}
	return c.importNamed(p, id.Name, id)
}

func (c *checker) importNamed(p *pkg, name string, id *ast.Ident) *pkg {
	s := p.values[name]
	if s == nil {
		return nil
	}
	m, ok := s.obj.(*Module)
	if !ok {
		return nil
	}
	s.used = true
	if id != nil {
		c.info.Uses[id] = m
	}
	for _, i := range p.imports {
		if i.symbol == s && i.pkg != nil {
			return i.pkg
		}
	}
	return &pkg{missing: true, name: name}
}

// moduleOf is moduleIn where locals may hide the module.
func (b *body) moduleOf(e ast.Expr) *pkg {
	if id, ok := e.(*ast.Ident); ok {
		if b.local(id.Name) != nil || b.task != nil && b.task.member(id.Name) != nil {
			return nil
		}
	}
	return b.moduleIn(b.pkg, e)
}

func (b *body) memberOf(m *pkg, e *ast.Field) Object { return b.memberIn(m, e) }

// memberIn finds what `module.name` stands for and records it; nil, after reporting, if there is none. Of an app only
// types, constructors and what it exports can be seen.
func (c *checker) memberIn(m *pkg, e *ast.Field) Object {
	if m.missing || e.Name == nil {
		return nil
	}
	s := m.values[e.Name.Text]
	if s == nil {
		names := m.valueNames(m.visible)
		f := c.err("PTL0201", e.Name.Place, "", "`%s` has no `%s`", m.name, e.Name.Text)
		if f.didYouMean(e.Name.Place, e.Name.Text, names); f.Help == "" && len(names) > 0 {
			f.note("It has %s.", quoted(names[:min(len(names), mostListed)]))
		}
		return nil
	}
	if !m.visible(s.obj) {
		f := c.err("PTL0702", e.Name.Place, "", "`%s` of the app `%s` is not exported", e.Name.Text, m.name).at(s.span, "declared here")
		switch s.obj.(type) {
		case *Portal, *Stream:
			f.help("Write `export` before its declaration there.")
		default:
			f.note("An app shows its exported streams and portals to others, and the types they carry.")
		}
		return nil
	}
	c.info.Selected[e] = Selection{Kind: SelectModule, Object: s.obj}
	c.usePeer(m, s.obj)
	return s.obj
}

// mostListed is how many names a message lists of a module, at most.
const mostListed = 12

// visible tells whether a declaration can be seen from outside of the package.
func (p *pkg) visible(o Object) bool {
	switch o := o.(type) {
	case *Module:
		return false
	case *Portal:
		return o.Exported
	case *Stream:
		return o.Exported
	case *Ctor:
		return true
	}
	return p.kind == modulePkg
}

// usePeer lists streams and portals of other apps in Info when they are used first.
func (c *checker) usePeer(m *pkg, obj Object) {
	if m.kind != peerPkg {
		return
	}
	app := c.info.App
	switch o := obj.(type) {
	case *Stream:
		for _, s := range app.Streams {
			if s == o {
				return
			}
		}
		app.Streams = append(app.Streams, o)
	case *Portal:
		app.Portals = addPortal(app.Portals, o)
	}
}

// findModule is the package that a written type names.
func (c *checker) findModule(p *pkg, name *ast.Name) *pkg {
	m := c.importNamed(p, name.Text, nil)
	if m == nil {
		c.noModuleNamed(p, name.Text, name.Place)
		return nil
	}
	if m.missing {
		return nil
	}
	return m
}

// noModule reports a name before a dot that is no import.
func (c *checker) noModule(p *pkg, id *ast.Ident) { c.noModuleNamed(p, id.Name, id.Place) }

func (c *checker) noModuleNamed(p *pkg, name string, at source.Span) {
	var names []string
	for _, i := range p.imports {
		names = append(names, i.name)
	}
	sort.Strings(names)
	f := c.err("PTL0201", at, "", "there is no module `%s`", name).didYouMean(at, name, names)
	if f.Help == "" {
		f.help("Import it first: `import \"./%s\"`.", name)
	}
}
