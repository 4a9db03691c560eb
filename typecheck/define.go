package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// defDecl is a record or enum with the syntax of its parts: the fields of each variant.
type defDecl struct {
	def    *types.Def
	params []*ast.TypeParam
	fields [][]*ast.FieldDecl
}

// typeVars are the type parameters in scope, by name.
type typeVars map[string]*types.Param

// defineAll is the second pass: it gives a meaning to every type that is written in a declaration.
func (c *checker) defineAll(p *pkg) {
	for _, i := range p.imports {
		if i.pkg != nil && !i.pkg.defined() {
			c.defineAll(i.pkg)
		}
	}
	for _, d := range p.decls {
		p.typeVars[d.def] = c.declareTypeParams(d.params, &d.def.Params)
	}
	for _, d := range p.decls {
		for i, fields := range d.fields {
			c.defineFields(p, d.def.Variants[i], fields)
		}
	}
	types.MarkRecursive(p.defs)
	for _, d := range types.Uninhabited(p.defs) {
		c.err("PTL0309", d.Span, "every value of it needs another one first", "no value of `%s` can ever be built", d.Name).
			help("Put the inner `%s` into an Option or a List, so that there is an end.", d.Name)
	}
	for _, o := range p.params {
		o.Type = c.written(p, o.Decl.Type, nil)
		c.mustBeFlag(o)
	}
	for _, f := range p.funs {
		c.defineFun(p, f)
	}
	for _, o := range p.portals {
		o.Req, o.Rep = c.written(p, o.Decl.Req, nil), c.written(p, o.Decl.Rep, nil)
	}
	for _, s := range p.streams {
		c.defineStream(p, s)
	}
	for _, t := range p.tasks {
		c.defineTask(p, t, nil)
	}
}

// collect hands the declarations of a package to Info, those of the modules that it imports before its own. Of other
// apps it takes the types only; their streams and portals are listed when they are used.
func (c *checker) collect(p *pkg, own bool, seen map[*pkg]bool) {
	seen[p] = true
	own = own && p.kind != peerPkg
	for _, i := range p.imports {
		if i.pkg != nil && !seen[i.pkg] {
			c.collect(i.pkg, own, seen)
		}
	}
	app := c.info.App
	app.Defs = append(app.Defs, p.defs...)
	if !own {
		return
	}
	app.Funs = append(app.Funs, p.funs...)
	app.Tasks = append(app.Tasks, p.tasks...)
	app.Params = append(app.Params, p.params...)
	app.Portals = append(app.Portals, p.portals...)
	app.Streams = append(app.Streams, p.streams...)
	app.Sinks = append(app.Sinks, p.sinks...)
	app.Workflows = append(app.Workflows, p.flows...)
	for _, i := range p.imports {
		m, ok := i.obj.(*Module)
		if ok && p.kind == appPkg {
			app.Imports = append(app.Imports, &Import{Module: m, Decl: i.decl})
		}
		if ok && m.App {
			app.Peers = append(app.Peers, m)
		}
	}
}

func (c *checker) declareTypeParams(decls []*ast.TypeParam, params *[]*types.Param) typeVars {
	vars := typeVars{}
	for _, d := range decls {
		if d.Name == nil {
			continue
		}
		param := &types.Param{Name: d.Name.Text}
		if vars[param.Name] != nil {
			c.err("PTL0202", d.Name.Place, "declared again here", "type parameter `%s` is declared twice", param.Name)
		}
		vars[param.Name] = param
		*params = append(*params, param)
	}
	return vars
}

func (c *checker) defineFields(p *pkg, v *types.Variant, decls []*ast.FieldDecl) {
	names, dataNames := map[string]source.Span{}, map[string]source.Span{}
	for _, d := range decls {
		if d.Name == nil {
			continue
		}
		f := &types.Field{Name: d.Name.Text, DataName: d.Name.Text, Default: d.Default != nil, Doc: string(d.Doc), Span: d.Name.Place}
		f.Type = c.written(p, d.Type, p.typeVars[v.Def])
		at := d.Name.Place
		if text, ok := plainText(d.DataName); ok {
			f.DataName, at = text, d.DataName.Place
		}
		if c.uniqueField(names, f.Name, d.Name.Place, v, "is declared twice") {
			c.uniqueField(dataNames, f.DataName, at, v, "names two fields in data")
		}
		if f.DataName == "type" && v.Def.Sort == types.Enum {
			c.err("PTL0310", at, "", "a field of a variant cannot be called `type` in data").
				note("In JSON the name of the variant stands in \"type\".").
				help("Call it something else in data: `%s: … as \"kind\"`.", f.Name)
		}
		c.mustBeData(d.Type, f.Type, "a field")
		v.Fields = append(v.Fields, f)
	}
}

func (c *checker) uniqueField(seen map[string]source.Span, name string, at source.Span, v *types.Variant, what string) bool {
	if first, ok := seen[name]; ok {
		c.err("PTL0202", at, "", "`%s` of `%s` %s", name, v.Name, what).at(first, "first here").help("Rename one of them.")
		return false
	}
	seen[name] = at
	return true
}

// plainText is the text of a string literal without interpolation.
func plainText(s *ast.StringLit) (string, bool) {
	if s == nil {
		return "", false
	}
	text := ""
	for _, part := range s.Parts {
		t, ok := part.(*ast.TextPart)
		if !ok {
			return "", false
		}
		text += t.Value
	}
	return text, true
}

// mustBeData refuses functions where values are kept.
func (c *checker) mustBeData(at ast.Type, t types.Type, what string) {
	if at == nil {
		return
	}
	isFunc := func(t types.Type) bool { _, ok := t.(*types.Func); return ok }
	if types.Any(t, isFunc) {
		c.err("PTL0308", at.Span(), "", "%s cannot hold a function", what).
			note("A function type is for parameters of functions and tasks only, so that all data can be stored and sent.")
	}
}

// mustBeFlag refuses params that no flag of a command line can hold.
func (c *checker) mustBeFlag(o *Param) {
	switch o.Type {
	case types.Bool, types.Int, types.Float, types.String, types.Time, types.Duration, types.Invalid:
		return
	}
	c.err("PTL0309", o.Decl.Type.Span(), "", "a param cannot be %s", article(show(o.Type))).
		note("A param is a flag of the program, `--%s`: a Bool, Int, Float, String, Time or Duration.", o.Flag).
		help("Take a String and split it, or read larger things from a stream.")
}

func (c *checker) defineFun(p *pkg, f *Fun) {
	var vars typeVars
	var params []*ast.ParamField
	var result ast.Type
	if f.Decl != nil {
		vars = c.declareTypeParams(f.Decl.TypeParams, &f.TypeParams)
		params, result = f.Decl.Params, f.Decl.Result
	} else {
		params, result = f.Extern.Params, f.Extern.Result
	}
	if f.Task != nil {
		vars = vars.within(c.varsOf(f.Task))
	}
	f.Params = c.defineParams(p, params, vars)
	f.Result = types.Unit
	if result != nil {
		f.Result = c.written(p, result, vars)
		c.mustBeData(result, f.Result, "a result")
	}
}

// within adds the type parameters of the surrounding declaration.
func (vars typeVars) within(outer typeVars) typeVars {
	all := typeVars{}
	for name, p := range outer {
		all[name] = p
	}
	for name, p := range vars {
		all[name] = p
	}
	return all
}

func (c *checker) defineParams(p *pkg, decls []*ast.ParamField, vars typeVars) []*Local {
	var out []*Local
	seen := map[string]source.Span{}
	for _, d := range decls {
		if d.Name == nil {
			continue
		}
		l := &Local{Name: d.Name.Text, Type: c.written(p, d.Type, vars), Span: d.Name.Place, Param: true, quiet: true}
		if first, ok := seen[l.Name]; ok {
			c.err("PTL0202", l.Span, "declared again here", "parameter `%s` is declared twice", l.Name).at(first, "first here").
				help("Rename one of them.")
		}
		seen[l.Name] = l.Span
		c.info.Bindings[d] = l
		out = append(out, l)
	}
	return out
}

// varsOf is the scope of a task's type parameters.
func (c *checker) varsOf(t *Task) typeVars {
	vars := typeVars{}
	for _, p := range t.TypeParams {
		vars[p.Name] = p
	}
	return vars
}

// defined tells whether the second pass has been over the package, and marks that it has.
func (p *pkg) defined() bool {
	was := p.isDefined
	p.isDefined = true
	return was
}

// checked is defined for the third pass.
func (p *pkg) checked() bool {
	was := p.isChecked
	p.isChecked = true
	return was
}
