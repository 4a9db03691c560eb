package typecheck

import (
	"maps"
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// pkgKind says what a set of files is to the app that is checked.
type pkgKind int

const (
	appPkg    pkgKind = iota // the app itself
	modulePkg                // a module that it imports, directly or not
	peerPkg                  // another app: only what it exports counts
)

// pkg is a set of files that share one name space. Types and workflows have name spaces of their own, so that a
// record may be called like its constructor.
type pkg struct {
	name      string
	kind      pkgKind
	files     []*ast.File
	values    map[string]*symbol
	types     map[string]*symbol
	workflows map[string]*symbol
	imports   []*importSymbol
	named     *ast.Name // by `app`

	defs     []*types.Def
	decls    []*defDecl
	params   []*Param
	funs     []*Fun
	portals  []*Portal
	streams  []*Stream
	sinks    []*Sink
	tasks    []*Task
	flows    []*Workflow
	typeVars map[*types.Def]typeVars
	sorted   []string         // the names of values, once they have been asked for
	owners   map[string]*Task // of states and helpers, too

	loading              bool // its imports are being declared
	missing              bool // stands for an import that was not found
	isDefined, isChecked bool // the second and third pass have been here
}

// symbol is a declared name. For types obj is nil and def set.
type symbol struct {
	name string
	what string // `a task`, for messages
	span source.Span
	obj  Object
	def  *types.Def
	used bool
	own  bool // an import of files of the importing package itself, which was reported
}

// importSymbol is an import with the package that it brings.
type importSymbol struct {
	*symbol
	decl *ast.ImportDecl
	pkg  *pkg // nil if it could not be resolved
}

// modules returns the packages whose code becomes part of the app.
func (p *pkg) modules() []*pkg {
	var out []*pkg
	for _, i := range p.imports {
		if i.pkg != nil && i.pkg.kind == modulePkg && !i.pkg.checked() {
			out = append(out, i.pkg)
		}
	}
	return out
}

func (c *checker) newPkg(name string, files []*ast.File, kind pkgKind) *pkg {
	return &pkg{
		name: name, kind: kind, files: files,
		values: map[string]*symbol{}, types: map[string]*symbol{}, workflows: map[string]*symbol{},
		typeVars: map[*types.Def]typeVars{},
	}
}

// declareAll is the first pass. Modules come before other apps, so that a module that both import is known as one of
// the app's own, whose mistakes are reported.
func (c *checker) declareAll(p *pkg) {
	for _, apps := range []bool{false, true} {
		for _, f := range p.files {
			for _, d := range f.Decls {
				if d, ok := d.(*ast.ImportDecl); ok && d.App == apps {
					c.declareImport(p, d)
				}
			}
		}
	}
	for _, f := range p.files {
		for _, d := range f.Decls {
			c.declare(p, d)
		}
	}
}

func (c *checker) declare(p *pkg, d ast.Decl) {
	switch d := d.(type) {
	case *ast.AppDecl:
		switch {
		case d.Name == nil:
		case p.named == nil:
			p.named = d.Name
		case p.named.Text != d.Name.Text:
			c.err("PTL0202", d.Name.Place, "", "the app has two names").at(p.named.Place, "here it is called `%s`", p.named.Text).
				help("The files of one directory are one app; give it one name.")
		}
		if p.kind == appPkg && c.info.App.Doc == "" {
			c.info.App.Doc = string(d.Doc)
		}
	case *ast.ImportDecl:
	case *ast.RecordDecl:
		c.declareRecord(p, d)
	case *ast.EnumDecl:
		c.declareEnum(p, d)
	case *ast.FunDecl:
		if d.Name != nil {
			f := &Fun{Name: d.Name.Text, Module: p.module(), Decl: d}
			p.funs = append(p.funs, f)
			c.declareValue(p, d.Name, "a function", f)
		}
	case *ast.ExternDecl:
		if d.Name != nil {
			f := &Fun{Name: d.Name.Text, Module: p.module(), Extern: d}
			p.funs = append(p.funs, f)
			c.declareValue(p, d.Name, "a function", f)
		}
	case *ast.TaskDecl:
		if d.Name != nil {
			t := &Task{Name: d.Name.Text, Module: p.module(), Decl: d}
			p.tasks = append(p.tasks, t)
			c.declareValue(p, d.Name, "a task", t)
		}
	case *ast.BadDecl:
	default:
		if p.kind == modulePkg {
			c.err("PTL0703", headOf(d), "", "%s cannot stand in a module", declName(d)).
				note("A module holds records, enums, functions and tasks; what runs belongs to an app.").
				help("Move it to the app that imports `%s`.", p.name)
			return
		}
		c.declareRunning(p, d)
	}
}

// declareRunning declares what only an app has.
func (c *checker) declareRunning(p *pkg, d ast.Decl) {
	switch d := d.(type) {
	case *ast.ParamDecl:
		if d.Name != nil {
			o := &Param{Name: d.Name.Text, Flag: flagOf(d.Name.Text), Decl: d}
			p.params = append(p.params, o)
			c.declareValue(p, d.Name, "a param", o)
		}
	case *ast.PortalDecl:
		if d.Name != nil {
			o := &Portal{Name: d.Name.Text, App: p.peer(), Exported: d.Export, Decl: d}
			p.portals = append(p.portals, o)
			c.declareValue(p, d.Name, "a portal", o)
		}
	case *ast.StreamDecl:
		if d.Name != nil {
			o := &Stream{Name: d.Name.Text, Was: textOf(d.Was), App: p.peer(), Exported: d.Export, Decl: d}
			p.streams = append(p.streams, o)
			c.declareValue(p, d.Name, "a stream", o)
		}
	case *ast.SinkDecl:
		p.sinks = append(p.sinks, &Sink{Decl: d})
	case *ast.WorkflowDecl:
		if d.Name != nil {
			p.flows = append(p.flows, &Workflow{Name: d.Name.Text, Was: textOf(d.Was), Decl: d})
			c.declareIn(p.workflows, &symbol{name: d.Name.Text, what: "a workflow", span: d.Name.Place})
		}
	case *ast.TestDecl:
		if p.kind == appPkg {
			c.info.App.Tests = append(c.info.App.Tests, d)
		}
	}
}

// module is what Def.Module and Fun.Module say of the package's declarations.
func (p *pkg) module() string {
	if p.kind == appPkg {
		return ""
	}
	return p.name
}

// peer is what Stream.App and Portal.App say.
func (p *pkg) peer() string {
	if p.kind == peerPkg {
		return p.name
	}
	return ""
}

func (c *checker) declareRecord(p *pkg, d *ast.RecordDecl) {
	if d.Name == nil {
		return
	}
	def := &types.Def{Name: d.Name.Text, Module: p.module(), Sort: types.Record, Doc: string(d.Doc), Span: d.Name.Place}
	v := &types.Variant{Def: def, Name: d.Name.Text, Doc: string(d.Doc), Span: d.Name.Place}
	def.Variants = []*types.Variant{v}
	c.declareType(p, d.Name, "a record", def)
	c.declareValue(p, d.Name, "a constructor", &Ctor{v})
	p.decls = append(p.decls, &defDecl{def: def, params: d.TypeParams, fields: [][]*ast.FieldDecl{d.Fields}})
}

func (c *checker) declareEnum(p *pkg, d *ast.EnumDecl) {
	if d.Name == nil {
		return
	}
	def := &types.Def{Name: d.Name.Text, Module: p.module(), Sort: types.Enum, Doc: string(d.Doc), Span: d.Name.Place}
	decl := &defDecl{def: def, params: d.TypeParams}
	for _, vd := range d.Variants {
		if vd.Name == nil {
			continue
		}
		v := &types.Variant{Def: def, Index: len(def.Variants), Name: vd.Name.Text, Doc: string(vd.Doc), Span: vd.Name.Place}
		def.Variants = append(def.Variants, v)
		decl.fields = append(decl.fields, vd.Fields)
		c.declareValue(p, vd.Name, "a constructor", &Ctor{v})
	}
	c.declareType(p, d.Name, "an enum", def)
	p.decls = append(p.decls, decl)
}

func (c *checker) declareType(p *pkg, name *ast.Name, what string, def *types.Def) {
	p.defs = append(p.defs, def)
	if types.BasicOf(name.Text) != nil || types.BuiltinDef(name.Text) != nil {
		c.err("PTL0202", name.Place, "", "`%s` is a built-in type", name.Text).
			help("Give your own type another name.")
		return
	}
	c.declareIn(p.types, &symbol{name: name.Text, what: what, span: name.Place, def: def})
}

// declareValue declares a name that expressions, workflows and sinks can use. The constructors of Option and Result cannot be
// declared anew; built-in functions can, since a program is not to break when one is added, and so can the constructors of
// built-in records: a variant called Error is a usual thing.
func (c *checker) declareValue(p *pkg, name *ast.Name, what string, obj Object) {
	if builtinVariant(name.Text) != nil {
		c.err("PTL0202", name.Place, "", "`%s` is a built-in constructor", name.Text).
			help("Give yours another name.")
		return
	}
	if name.Text == "deadLetters" && what == "a stream" {
		c.err("PTL0202", name.Place, "", "`deadLetters` is a stream that every app has").
			note("It holds what failed and was skipped.").help("Give yours another name; `from deadLetters` reads that one.")
		return
	}
	c.declareIn(p.values, &symbol{name: name.Text, what: what, span: name.Place, obj: obj})
}

func (c *checker) declareIn(space map[string]*symbol, s *symbol) {
	if first := space[s.name]; first != nil {
		c.doubled[first.obj], c.doubled[s.obj] = true, true
		if first.own || s.own {
			return
		}
		c.err("PTL0202", s.span, "declared again here", "`%s` is declared twice", s.name).
			at(first.span, "first declared here, as %s", first.what).
			help("Rename one of them.")
		return
	}
	space[s.name] = s
}

// valueOf is a declared value of that name that fits, or nil.
func (p *pkg) valueOf(name string, fits func(Object) bool) *symbol {
	if s := p.values[name]; s != nil && fits(s.obj) {
		return s
	}
	return nil
}

// valueNames lists what a package declares, to suggest from.
func (c *checker) valueNames(p *pkg, fits func(Object) bool) []string {
	return c.offered(len(p.values), func() (names []string) {
		if p.sorted == nil {
			p.sorted = slices.Sorted(maps.Keys(p.values))
		}
		for _, name := range p.sorted {
			if fits(p.values[name].obj) {
				names = append(names, name)
			}
		}
		return names
	})
}

// builtinVariant is the built-in constructor called name, or nil.
func builtinVariant(name string) *types.Variant {
	for _, d := range []*types.Def{types.OptionDef, types.ResultDef} {
		if v := d.Variant(name); v != nil {
			return v
		}
	}
	return nil
}

// universe finds what every program knows: built-in constructors and functions.
func universe(name string) Object {
	if v := builtinVariant(name); v != nil {
		return &Ctor{v}
	}
	if d := types.BuiltinDef(name); d != nil && d.Variant(name) != nil {
		return &Ctor{d.Variant(name)}
	}
	if builtin.Named(name) != nil {
		return &Builtin{name}
	}
	return nil
}

// flagOf is the command-line flag of a param: bigInput becomes big-input.
func flagOf(name string) string {
	var flag []rune
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			flag = append(flag, '-')
			r += 'a' - 'A'
		}
		flag = append(flag, r)
	}
	return string(flag)
}

func textOf(n *ast.Name) string {
	if n == nil {
		return ""
	}
	return n.Text
}

// headOf is the place of the first line of a declaration.
func headOf(d ast.Decl) source.Span {
	s := d.Span()
	if s.Valid() {
		if end := strings.IndexByte(s.Text(), '\n'); end >= 0 {
			s.End = s.Start + end
		}
	}
	return s
}

func declName(d ast.Decl) string {
	switch d.(type) {
	case *ast.ParamDecl:
		return "a param"
	case *ast.PortalDecl:
		return "a portal"
	case *ast.StreamDecl:
		return "a stream"
	case *ast.SinkDecl:
		return "a sink"
	case *ast.WorkflowDecl:
		return "a workflow"
	case *ast.TestDecl:
		return "a test"
	}
	return "this declaration"
}
