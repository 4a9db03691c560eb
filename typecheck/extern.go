package typecheck

import (
	"fmt"
	gotypes "go/types"
	"path"
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// GoPackage is a Go package as Options.Go finds it.
type GoPackage struct {
	Types   *gotypes.Package // nil if it cannot be used
	Problem string           // why, as a sentence without its full stop
	Near    []string         // paths of packages, one of which may have been meant
}

// GoFunc is the Go function behind an `extern fun`, and how its call looks.
type GoFunc struct {
	Package  string // the package's name
	Params   []*GoType
	Variadic bool      // the last parameter, a List, is Go's `...T`
	Results  []*GoType // the values that make up the result; several if it is a tuple
	OK       bool      // a bool follows them, which tells whether there is a value: the result is an Option of them
	Error    bool      // an error follows, which fails the event
}

// GoForm says how a value of the language stands in Go.
type GoForm int

// The forms of values in Go.
const (
	GoSame     GoForm = iota // Bool bool, Int int64, Float float64
	GoText                   // String string
	GoInt                    // Int int
	GoBytes                  // Bytes []byte
	GoTime                   // Time time.Time
	GoDuration               // Duration time.Duration
	GoPointer                // Option[T] *T
	GoSlice                  // List[T] []T
	GoMap                    // Map[K, V] map[K]V
)

// GoType is the Go form of a type, with those of its parts: one for an Option or List, two for a Map.
type GoType struct {
	Form  GoForm
	Parts []*GoType
}

// linkExterns finds the Go functions behind all `extern fun`s, the packages of a directory's files together.
func (c *checker) linkExterns() {
	byDir := map[string][]*Fun{}
	var dirs []string
	for _, f := range c.info.App.Funs {
		if f.Extern == nil || f.Extern.Place.File == nil {
			continue
		}
		dir := path.Dir(f.Extern.Place.File.Name())
		if byDir[dir] == nil {
			dirs = append(dirs, dir)
		}
		byDir[dir] = append(byDir[dir], f)
	}
	for _, dir := range dirs {
		var paths []string
		for _, f := range byDir[dir] {
			if p, ok := plainText(f.Extern.Package); ok && !slices.Contains(paths, p) {
				paths = append(paths, p)
			}
		}
		var found map[string]*GoPackage
		if c.opts.Go != nil {
			found = c.opts.Go(dir, paths)
		}
		for _, f := range byDir[dir] {
			c.linkExtern(f, found)
		}
	}
}

func (c *checker) linkExtern(f *Fun, found map[string]*GoPackage) {
	d := f.Extern
	name, ok := plainText(d.Package)
	if !ok || d.GoName == nil || d.GoName.Text == "" {
		return
	}
	at := source.Span{File: d.Place.File, Start: d.Package.Place.Start, End: d.Package.Place.End}
	p := found[name]
	switch {
	case c.opts.Go == nil:
		c.err("PTL0705", at, "", "Go packages cannot be looked up here").
			note("This program is checked by itself, without the Go toolchain.")
		return
	case p == nil || p.Types == nil:
		e := c.err("PTL0705", at, "", "the Go package `%s` cannot be used", name)
		if p != nil && p.Problem != "" {
			e.note("%s.", strings.TrimSuffix(p.Problem, "."))
		}
		if p != nil {
			e.didYouMean(source.Span{File: at.File, Start: at.Start + 1, End: at.End - 1}, name, p.Near)
		}
		return
	}
	fn := c.lookUpGo(p.Types, d)
	if fn == nil {
		return
	}
	sig := fn.Type().(*gotypes.Signature)
	if sig.TypeParams() != nil {
		c.err("PTL0706", d.GoName.Place, "", "Go's `%s.%s` has type parameters", p.Types.Name(), fn.Name()).
			note("In Go it is `%s`.", goSignature(fn)).
			help("Write a Go function for the types that you need, and call that one.")
		return
	}
	c.fitExtern(f, fn, sig)
}

// lookUpGo finds the exported function that an `extern fun` names.
func (c *checker) lookUpGo(p *gotypes.Package, d *ast.ExternDecl) *gotypes.Func {
	obj := p.Scope().Lookup(d.GoName.Text)
	if fn, ok := obj.(*gotypes.Func); ok && fn.Exported() {
		return fn
	}
	var names []string
	for _, n := range p.Scope().Names() {
		if fn, ok := p.Scope().Lookup(n).(*gotypes.Func); ok && fn.Exported() {
			names = append(names, n)
		}
	}
	if obj != nil && obj.Exported() {
		c.err("PTL0705", d.GoName.Place, "", "`%s.%s` is no function", p.Name(), obj.Name()).
			note("An `extern fun` calls a function that stands by itself: no method, variable or type.")
		return nil
	}
	e := c.err("PTL0705", d.GoName.Place, "", "the Go package `%s` has no function `%s`", p.Path(), d.GoName.Text)
	if obj != nil {
		e.note("There is one in it, but it is not exported.")
	}
	e.didYouMean(d.GoName.Place, d.GoName.Text, names)
	return nil
}

// fitExtern compares the two signatures and notes how the call converts.
func (c *checker) fitExtern(f *Fun, fn *gotypes.Func, sig *gotypes.Signature) {
	g := &GoFunc{Package: fn.Pkg().Name(), Variadic: sig.Variadic()}
	problem := ""
	if n := sig.Params().Len(); n != len(f.Params) {
		problem = fmt.Sprintf("in Go it has %s", plural(n, "parameter"))
	}
	for i := 0; i < len(f.Params) && problem == ""; i++ {
		t := sig.Params().At(i).Type()
		form := goForm(f.Params[i].Type, t)
		if form == nil && !hasInvalid(f.Params[i].Type) {
			problem = fmt.Sprintf("the parameter `%s` is %s, which is no `%s` of Go", f.Params[i].Name, article(show(f.Params[i].Type)), goText(t))
		}
		g.Params = append(g.Params, form)
	}
	if problem == "" && !hasInvalid(f.Result) && !g.results(f.Result, sig.Results()) {
		problem = fmt.Sprintf("the result is %s, but Go gives %s", article(show(f.Result)), goResults(sig.Results()))
	}
	if problem == "" {
		f.Go = g
		return
	}
	e := c.err("PTL0706", f.Extern.Name.Place, problem, "`%s` does not fit Go's `%s.%s`", f.Name, g.Package, fn.Name()).
		note("Here it is `%s`.", externSignature(f)).note("In Go it is `%s`.", goSignature(fn))
	if mended, ok := mendedExtern(f, sig); ok {
		e.help("Write `extern fun %s%s`.", f.Name, mended)
		d := f.Extern
		text := d.Place.File.Text()[d.Name.Place.End:d.Package.Place.Start]
		if i := strings.LastIndexByte(text, '='); i >= 0 {
			e.edit(source.Span{File: d.Place.File, Start: d.Name.Place.End, End: d.Name.Place.End + i}, mended+" ")
		}
		return
	}
	e.help("`portalsc explain PTL0706` shows which types correspond. For others, write a Go function in between.")
}

func hasInvalid(t types.Type) bool {
	return t == nil || types.Any(t, func(t types.Type) bool { return t == types.Type(types.Invalid) })
}

// results matches the result with what Go gives: the value or values, whether there is one, an error.
func (g *GoFunc) results(t types.Type, rs *gotypes.Tuple) bool {
	var found []gotypes.Type
	for v := range rs.Variables() {
		found = append(found, v.Type())
	}
	if n := len(found); n > 0 && gotypes.Identical(found[n-1], gotypes.Universe.Lookup("error").Type()) {
		g.Error, found = true, found[:n-1]
	}
	if g.values(t, found) {
		return true
	}
	n := len(found)
	o, ok := t.(*types.Named)
	if n < 2 || !ok || o.Def != types.OptionDef || !gotypes.Identical(gotypes.Unalias(found[n-1]), gotypes.Typ[gotypes.Bool]) {
		return false
	}
	g.OK = true
	return g.values(o.Args[0], found[:n-1])
}

// values matches a value with Go's: none for Unit, several for a tuple.
func (g *GoFunc) values(t types.Type, found []gotypes.Type) bool {
	parts := []types.Type{t}
	if tuple, ok := t.(*types.Tuple); ok {
		parts = tuple.Elems
	} else if t == types.Type(types.Unit) {
		parts = nil
	}
	if len(parts) != len(found) {
		return false
	}
	g.Results = nil
	for i, part := range parts {
		form := goForm(part, found[i])
		if form == nil {
			return false
		}
		g.Results = append(g.Results, form)
	}
	return true
}

// goBasics are the types without parts that correspond. Where Go has two for one of ours, both do.
var goBasics = []struct {
	ours types.Type
	goes string // as go/types prints it
	form GoForm
}{
	{types.Bool, "bool", GoSame},
	{types.Int, "int64", GoSame},
	{types.Int, "int", GoInt},
	{types.Float, "float64", GoSame},
	{types.String, "string", GoText},
	{types.Bytes, "[]byte", GoBytes},
	{types.Bytes, "[]uint8", GoBytes},
	{types.Time, "time.Time", GoTime},
	{types.Duration, "time.Duration", GoDuration},
}

// goForm is how values of t stand in the Go type g, nil if they do not.
func goForm(t types.Type, g gotypes.Type) *GoType {
	g = gotypes.Unalias(g)
	name := gotypes.TypeString(g, nil)
	for _, b := range goBasics {
		if b.ours == t && b.goes == name {
			return &GoType{Form: b.form}
		}
	}
	if t, ok := t.(*types.Named); ok {
		return goNamed(t, g)
	}
	return nil
}

func goNamed(t *types.Named, g gotypes.Type) *GoType {
	out := &GoType{}
	var inside []gotypes.Type
	switch g := g.(type) {
	case *gotypes.Pointer:
		out.Form, inside = GoPointer, []gotypes.Type{g.Elem()}
	case *gotypes.Slice:
		out.Form, inside = GoSlice, []gotypes.Type{g.Elem()}
	case *gotypes.Map:
		out.Form, inside = GoMap, []gotypes.Type{g.Key(), g.Elem()}
	}
	if out.Form == GoMap && t.Def == types.MapDef && !isOrdered(t.Args[0]) {
		return nil
	}
	forms := map[*types.Def]GoForm{types.OptionDef: GoPointer, types.ListDef: GoSlice, types.MapDef: GoMap}
	if form, ok := forms[t.Def]; !ok || form != out.Form {
		return nil
	}
	for i, arg := range t.Args {
		part := goForm(arg, inside[i])
		if part == nil {
			return nil
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}

// isOrdered tells whether the entries of a map of Go, which have no order, can be brought into that of their keys.
func isOrdered(t types.Type) bool {
	return t == types.Int || t == types.String || t == types.Time || t == types.Duration
}

// ours is the type that corresponds to one of Go, "" if none does.
func ours(g gotypes.Type) string {
	g = gotypes.Unalias(g)
	name := gotypes.TypeString(g, nil)
	for _, b := range goBasics {
		if b.goes == name {
			return b.ours.String()
		}
	}
	switch g := g.(type) {
	case *gotypes.Slice:
		return around("List", g.Elem())
	case *gotypes.Pointer:
		return around("Option", g.Elem())
	case *gotypes.Map:
		if slices.Contains([]string{"Int", "String", "Time", "Duration"}, ours(g.Key())) {
			return around("Map", g.Key(), g.Elem())
		}
	}
	return ""
}

func around(name string, parts ...gotypes.Type) string {
	var args []string
	for _, p := range parts {
		arg := ours(p)
		if arg == "" {
			return ""
		}
		args = append(args, arg)
	}
	return name + "[" + strings.Join(args, ", ") + "]"
}

// mendedExtern is the signature that fits Go's, with the names of the parameters as they are if there are as many.
func mendedExtern(f *Fun, sig *gotypes.Signature) (string, bool) {
	var params []string
	for i := range sig.Params().Len() {
		v := sig.Params().At(i)
		name, t := v.Name(), ours(v.Type())
		switch {
		case sig.Params().Len() == len(f.Params):
			name = f.Params[i].Name
		case name == "" || name == "_":
			name = fmt.Sprintf("x%d", i+1)
		}
		if t == "" {
			return "", false
		}
		params = append(params, name+": "+t)
	}
	result, ok := ourResult(sig.Results())
	return "(" + strings.Join(params, ", ") + ")" + result, ok
}

func ourResult(rs *gotypes.Tuple) (string, bool) {
	var parts []string
	for v := range rs.Variables() {
		if t := ours(v.Type()); t != "" {
			parts = append(parts, t)
			continue
		}
		if v != rs.At(rs.Len()-1) || goText(v.Type()) != "error" {
			return "", false
		}
	}
	option := len(parts) > 1 && parts[len(parts)-1] == "Bool"
	if option {
		parts = parts[:len(parts)-1]
	}
	if len(parts) == 0 {
		return "", true
	}
	result := parts[0]
	if len(parts) > 1 {
		result = "(" + strings.Join(parts, ", ") + ")"
	}
	if option {
		result = "Option[" + result + "]"
	}
	return " -> " + result, true
}

func externSignature(f *Fun) string {
	var params []string
	for _, p := range f.Params {
		params = append(params, p.Name+": "+show(p.Type))
	}
	text := "extern fun " + f.Name + "(" + strings.Join(params, ", ") + ")"
	if f.Result != types.Type(types.Unit) {
		text += " -> " + show(f.Result)
	}
	return text
}

// goText prints a Go type as one who imports its package writes it.
func goText(t gotypes.Type) string {
	return gotypes.TypeString(t, func(p *gotypes.Package) string { return p.Name() })
}

func goSignature(fn *gotypes.Func) string {
	return "func " + fn.Name() + strings.TrimPrefix(goText(fn.Type()), "func")
}

func goResults(rs *gotypes.Tuple) string {
	var all []string
	for v := range rs.Variables() {
		all = append(all, "`"+goText(v.Type())+"`")
	}
	switch len(all) {
	case 0:
		return "nothing"
	case 1:
		return all[0]
	}
	return strings.Join(all[:len(all)-1], ", ") + " and " + all[len(all)-1]
}
