package typecheck

import (
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
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
	if first := p.importNamed(name); first != nil {
		c.importedTwice(p, first, d)
		return
	}
	i := &importSymbol{symbol: s, decl: d}
	p.imports = append(p.imports, i)
	i.pkg = c.load(p, d, name)
	c.declareIn(p.values, s)
}

// importNamed is the import of that name, or nil.
func (p *pkg) importNamed(name string) *importSymbol {
	for _, i := range p.imports {
		if i.name == name {
			return i
		}
	}
	return nil
}

// importedTwice reports a second import of a name: of the same, or of something else that is called so.
func (c *checker) importedTwice(p *pkg, first *importSymbol, d *ast.ImportDecl) {
	same := first.decl.App == d.App && pathOf(first.decl) == pathOf(d)
	if same && first.own {
		c.importOfOwn(p, d)
		return
	}
	if same {
		f := c.err("PTL0202", d.Name.Place, "imported again here", "`%s` is imported twice", first.name).at(first.span, "first imported here")
		if first.span.File != d.Place.File {
			f.note("The files of an app share their imports.")
		}
		f.help("Remove one of the imports.")
		return
	}
	c.err("PTL0202", d.Name.Place, "this one, too", "two imports are called `%s`", first.name).at(first.span, "the first is imported here").
		note("An import is called after its file or directory.").help("Rename one of the files or directories.")
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
			c.importCircle(known, d)
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
	if !d.App && p.hasAny(files) {
		p.importNamed(name).own = true
		c.importOfOwn(p, d)
		return nil
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
	c.loading = append(c.loading, loading{q, d})
	c.declareAll(q)
	c.loading = c.loading[:len(c.loading)-1]
	q.loading = false
	return q
}

// loading is a package whose declarations are being read, and the import because of which they are.
type loading struct {
	pkg  *pkg
	decl *ast.ImportDecl
}

// importCircle reports an import that closes a circle of modules, with all the imports that it consists of.
func (c *checker) importCircle(first *pkg, d *ast.ImportDecl) {
	i := slices.IndexFunc(c.loading, func(l loading) bool { return l.pkg == first })
	circle := c.loading[i:]
	if len(circle) == 1 {
		c.err("PTL0704", d.Name.Place, "", "the module `%s` imports itself", first.name).
			help("Remove the import: what a module declares is used in it without the module's name.")
		return
	}
	names := make([]string, len(circle))
	for i, l := range circle {
		names[i] = l.pkg.name
	}
	f := c.err("PTL0704", d.Name.Place, fmt.Sprintf("`%s` imports `%s` here", names[len(names)-1], first.name),
		"modules import each other in a circle: %s", quoted(names))
	for i, l := range circle[1:] {
		f.at(l.decl.Name.Place, "`%s` imports `%s` here", names[i], l.pkg.name)
	}
	f.help("Move what they need of each other into a module of its own, which both import.")
}

// hasAny tells whether one of the files belongs to the package itself.
func (p *pkg) hasAny(files []*ast.File) bool {
	return slices.ContainsFunc(files, func(f *ast.File) bool {
		return slices.ContainsFunc(p.files, func(own *ast.File) bool { return own.Source.Name() == f.Source.Name() })
	})
}

// importOfOwn reports an import of a file of the very app or module.
func (c *checker) importOfOwn(p *pkg, d *ast.ImportDecl) {
	what := map[bool]string{true: "app", false: "module"}[p.kind == appPkg]
	f := c.err("PTL0704", d.Name.Place, "", "`%s` belongs to this %s", d.Path, what)
	if len(p.files) == 1 {
		f.help("Remove the import: what a file declares is used in it by its name alone.")
		return
	}
	f.note("The files of one directory are one %s.", what).
		help("Remove the import, and use what the file declares by its name alone; or move the file to a directory of its own.")
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
	c.notAtPath(d, err)
	return nil
}

// notInLibrary reports a bare name that names no module of the standard library.
func (c *checker) notInLibrary(d *ast.ImportDecl, name string) {
	f := c.err("PTL0701", d.Name.Place, "", "there is no module `%s` in the standard library", name).
		note("A bare name is a module of the standard library; it has %s.", quoted(c.opts.Library.Names))
	upper := strings.ToUpper(name[:1]) + name[1:]
	switch {
	case isConnectorModule(name):
		f.help("Connectors need no import: remove this one.")
	case c.isBeside(d, "./"+name):
		f.help("A module of one's own is imported by its path: `import \"./%s\"`.", name).edit(d.Name.Place, `"./`+name+`"`)
	case builtInElsewhere[name] != "":
		f.help("%s", builtInElsewhere[name])
	case types.BasicOf(upper) != nil || types.BuiltinDef(upper) != nil:
		f.help("`%s` is built in and needs no import; `portalsc doc %s` shows what it has.", upper, upper)
	default:
		if f.didYouMean(d.Name.Place, name, c.opts.Library.Names); f.Help == "" {
			f.help("What is built in needs no import; `portalsc doc` shows it. A module of one's own is a file, and is imported by its path.")
		}
	}
}

// builtInElsewhere are modules of other languages of which what they are imported for is built in here.
var builtInElsewhere = map[string]string{
	"math":        "Numbers have methods, `x.sqrt()` and `n.pow(2)`: `portalsc doc Float` and `portalsc doc Int` show them. `min`, `max` and `abs` are functions.",
	"strings":     "Texts have methods, `s.upper()`: `portalsc doc String` shows them.",
	"json":        "Connectors read and write JSON, `file.ndjson(path)`: `portalsc doc file.ndjson` shows how.",
	"csv":         "Connectors read and write CSV, `file.csv(path)`: `portalsc doc file.csv` shows how.",
	"datetime":    "`Time` and `Duration` are built in: `portalsc doc Time` shows what a time has, and a length of time is written `5s`.",
	"random":      "`random(n)` is built in; `portalsc doc random` says where it can stand.",
	"uuid":        "`uuid()` is built in; `portalsc doc uuid` says where it can stand.",
	"os":          "A program reaches the world outside by its sources and sinks, and what its user sets is a `param`.",
	"fmt":         "A text with values in it is `\"${x}\"`; `log` writes one to the log, and a sink to the output.",
	"collections": "`List`, `Map` and `Set` are built in; `portalsc doc List` shows what they have.",
}

// isBeside tells whether there is something to be imported by a path from the file of an import.
func (c *checker) isBeside(d *ast.ImportDecl, path string) bool {
	if c.opts.Resolve == nil {
		return false
	}
	_, err := c.opts.Resolve(pathOf(&ast.ImportDecl{At: d.At, Quoted: true, Path: path}), d.App)
	return err == nil
}

// notAtPath reports a path that leads to nothing.
func (c *checker) notAtPath(d *ast.ImportDecl, why error) {
	f := c.err("PTL0701", d.Name.Place, "", "`%s` cannot be imported", d.Path)
	switch bare := strings.TrimSuffix(d.Path, ".ptl"); {
	case bare != d.Path && c.isBeside(d, bare):
		f.help("A file is imported without `.ptl`: `\"%s\"`.", bare).edit(d.Name.Place, `"`+bare+`"`)
	case !d.App && slices.Contains(c.opts.Library.Names, d.Path):
		f.note("A quoted path leads to a file or directory of one's own.").
			help("The module of the standard library is imported without quotes: `import %s`.", d.Path).edit(d.Name.Place, d.Path)
	case d.App:
		f.note("%s", diag.Sentence(why.Error())).help("An app is imported by its path from the directory of this file: `import app \"../shop\"`.")
	default:
		f.note("%s", diag.Sentence(why.Error())).help("A quoted path leads from the directory of this file to a directory or a .ptl file; " +
			"a bare name is a module of the standard library.")
	}
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
		c.noMember(m, e)
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

// noMember reports `module.name` of which the module declares nothing.
func (c *checker) noMember(m *pkg, e *ast.Field) {
	name := e.Name.Text
	if t := m.types[name]; t != nil && t.def.Sort == types.Enum {
		c.err("PTL0201", e.Name.Place, "", "`%s` is a type, and no value", name).at(t.span, "declared here").
			help("Its values are written %s.", quoted(prefixed(m.name+".", variantNames(t.def))))
		return
	}
	names := c.valueNames(m, m.visible)
	f := c.err("PTL0201", e.Name.Place, "", "`%s` has no `%s`", m.name, name)
	longer := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasPrefix(n, name) })
	if f.didYouMean(e.Name.Place, name, names); f.Help == "" && len(longer) == 1 {
		f.help("Did you mean `%s`?", longer[0]).edit(e.Name.Place, longer[0])
	}
	if f.Help == "" && len(names) > 0 {
		f.note("It has %s.", quoted(names[:min(len(names), mostListed)]))
	}
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
	f := c.err("PTL0201", at, "", "there is no module `%s`", name)
	if s := p.types[name]; s != nil && s.def != nil {
		f.at(s.span, "`%s` is %s", name, s.what).help("Constructors stand without their type.")
		if rest := at.File.Text()[at.End:]; strings.HasPrefix(rest, ".") {
			f.edit(source.Span{File: at.File, Start: at.Start, End: at.End + 1}, "")
		}
		return
	}
	if f.didYouMean(at, name, names); f.Help != "" {
		return
	}
	if slices.Contains(c.opts.Library.Names, name) {
		f.help("Import it first: `import %s`.", name)
		return
	}
	f.help("Import it first: `import \"./%s\"`.", name)
}

// inModule says that an import has what is not here under that name, if one has; member looks for it in a package.
func (f finding) inModule(p *pkg, at source.Span, name string, member func(*pkg) *symbol) bool {
	for _, i := range p.imports {
		if i.pkg == nil {
			continue
		}
		if s := member(i.pkg); s != nil && (i.pkg.kind == modulePkg || s.def != nil || i.pkg.visible(s.obj)) {
			i.used = true
			whole := i.name + "." + name
			f.at(s.span, "`%s` has it", i.name).help("Write `%s`.", whole).edit(at, whole)
			return true
		}
	}
	return false
}

func prefixed(prefix string, names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = prefix + name
	}
	return out
}
