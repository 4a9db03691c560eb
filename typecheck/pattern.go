package typecheck

import (
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// pattern checks a pattern against the type of the value that it takes apart, and declares its names.
func (b *body) pattern(p ast.Pattern, t types.Type, why because) {
	if p == nil {
		return
	}
	b.info.Patterns[p] = t
	b.patterns = append(b.patterns, p)
	switch p := p.(type) {
	case *ast.BindPattern:
		if isUpper(p.Name) {
			name := &ast.Ident{At: p.At, Name: p.Name}
			b.constructor(p, name, nil, t, why)
			delete(b.info.Uses, name) // it is no node of the tree
			return
		}
		b.bindPattern(p, t)
	case *ast.LiteralPattern:
		b.expr(p.Value, wants(t, why))
		b.duty(duty{typ: t, need: types.NeedEq, at: p.Place, what: "a literal pattern"})
	case *ast.ConstructorPattern:
		if name, ok := p.Name.(*ast.Ident); ok && !p.Parens && b.isNoConstructor(name.Name, t) {
			b.miscased(p, name, t)
			return
		}
		b.constructor(p, p.Name, p.Args, t, why)
	case *ast.TuplePattern:
		b.tuplePattern(p, t, why)
	case *ast.ListPattern:
		b.listPattern(p, t, why)
	case *ast.OrPattern:
		b.orPattern(p, t, why)
	}
}

// isNoConstructor tells that a name in a pattern, though it begins like one, cannot be meant as a constructor: there is none like
// it, and what is matched has none.
func (b *body) isNoConstructor(name string, t types.Type) bool {
	if b.pkg.values[name] != nil || universe(name) != nil {
		return false
	}
	if named, ok := types.Resolve(t).(*types.Named); ok && len(named.Def.Variants) > 0 {
		return false
	}
	_, isLike := diag.Nearest(name, b.valueNames(b.pkg, func(o Object) bool { _, ok := o.(*Ctor); return ok }))
	return !isLike
}

// miscased reports a name that begins like a constructor's, and declares it, so that its uses are not reported as well.
func (b *body) miscased(p ast.Pattern, name *ast.Ident, t types.Type) {
	first, size := utf8.DecodeRuneInString(name.Name)
	lower := string(unicode.ToLower(first)) + name.Name[size:]
	b.err("PTL0108", name.Place, "", "`%s` should be called `%s`", name.Name, lower).
		note("Only types, constructors and tasks start with an upper-case letter, and there is no constructor of this name.").
		help("Rename it to `%s`, here and where it is used.", lower).edit(name.Place, lower)
	b.misfits[p] = true
	b.bindPattern(&ast.BindPattern{At: name.At, Name: name.Name}, t)
}

// misfit reports a pattern that cannot match, and keeps it from being judged any further.
func (b *body) misfit(p ast.Pattern, title string, args ...any) finding {
	b.misfits[p] = true
	return b.err("PTL0403", p.Span(), "", title, args...)
}

func isUpper(name string) bool {
	r, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(r)
}

// bindPattern declares a name. In the further alternatives of `a | b` it must be one that the first declares.
func (b *body) bindPattern(p *ast.BindPattern, t types.Type) {
	if p.Name == "_" {
		return
	}
	if b.alternatives != nil {
		if l := b.alternatives[p.Name]; l != nil {
			b.info.Bindings[p] = l
			b.altBound[p.Name] = true
			if !types.Unify(l.Type, t) {
				b.err("PTL0405", p.Place, "here it is "+show(t), "`%s` has two types in this pattern", p.Name).
					at(l.Span, "here it is %s", show(l.Type))
			}
			return
		}
	}
	b.bind(p, p.Name, t, false)
}

// orPattern checks `a | b`: every alternative must bind the same names, with the same types, as the first.
func (b *body) orPattern(p *ast.OrPattern, t types.Type, why because) {
	if len(p.Alts) == 0 {
		return
	}
	before := b.namesBound()
	b.pattern(p.Alts[0], t, why)
	first := b.namesBound()
	for name := range before {
		delete(first, name)
	}
	outer, outerSeen := b.alternatives, b.altBound
	for _, alt := range p.Alts[1:] {
		b.alternatives, b.altBound = first, map[string]bool{}
		b.pattern(alt, t, why)
		for _, name := range slices.Sorted(maps.Keys(first)) {
			if l := first[name]; !b.altBound[name] {
				b.err("PTL0405", alt.Span(), "`"+name+"` is not bound here", "the alternatives of a pattern bind different names").
					at(l.Span, "bound here").help("Bind `%s` in every alternative, or in none.", name)
			}
		}
		now := b.namesBound()
		for _, name := range slices.Sorted(maps.Keys(now)) {
			if l := now[name]; first[name] == nil && before[name] == nil {
				b.err("PTL0405", l.Span, "bound here only", "the alternatives of a pattern bind different names").
					help("Bind `%s` in every alternative, or in none.", name)
				first[name] = l
			}
		}
	}
	b.alternatives, b.altBound = outer, outerSeen
}

// namesBound copies the names of the innermost block.
func (b *body) namesBound() map[string]*Local {
	out := map[string]*Local{}
	for name, l := range b.scope.names {
		out[name] = l
	}
	return out
}

func (b *body) tuplePattern(p *ast.TuplePattern, t types.Type, why because) {
	tuple, ok := types.Resolve(t).(*types.Tuple)
	if !ok || len(tuple.Elems) != len(p.Elems) {
		fresh := &types.Tuple{}
		for range p.Elems {
			fresh.Elems = append(fresh.Elems, b.supply.Fresh())
		}
		if types.Resolve(t) == types.Type(types.Never) || !types.Unify(t, fresh) {
			f := b.misfit(p, "a pattern of %s does not fit %s", plural(len(p.Elems), "element"), show(t)).because(wants(t, why))
			if ok {
				f.help("Write `(%s)`, with a pattern or `_` for each.", strings.TrimSuffix(strings.Repeat("_, ", len(tuple.Elems)), ", "))
			}
			settle(fresh)
		}
		tuple = fresh
		if types.Resolve(t) == types.Type(types.Invalid) {
			settle(fresh)
		}
	}
	for i, elem := range p.Elems {
		b.pattern(elem, tuple.Elems[i], why)
	}
}

func (b *body) listPattern(p *ast.ListPattern, t types.Type, why because) {
	elem := types.Type(b.supply.Fresh())
	list := types.List(elem)
	if !types.Unify(t, list) {
		b.misfit(p, "a list pattern does not fit %s", show(t)).because(wants(t, why))
		settle(elem)
	}
	if types.Resolve(t) == types.Type(types.Invalid) {
		settle(elem)
	}
	for _, x := range p.Elems {
		b.pattern(x, elem, why)
	}
	if p.Rest != nil {
		b.pattern(p.Rest, list, why)
	}
}

// constructor checks `Add(user, item: x)` or a bare `None`.
func (b *body) constructor(p ast.Pattern, name ast.Expr, args []*ast.PatternArg, t types.Type, why because) {
	v := b.variantNamed(name, t)
	if v == nil {
		for _, a := range args {
			b.pattern(a.Pattern, types.Invalid, because{})
		}
		return
	}
	b.info.Ctors[p] = v
	vars, s := b.supply.Instantiate(v.Def.Params)
	named := &types.Named{Def: v.Def, Args: vars}
	if types.Resolve(t) == types.Type(types.Invalid) || types.Resolve(t) == types.Type(types.Never) {
		settle(named)
	} else if !types.Unify(t, named) {
		if odd := (oddMatch{why.at, v.Def}); !b.odd[odd] || why.text != whatIsMatched {
			b.odd[odd] = true // of the other constructors in this match, the same would be said
			f := b.misfit(p, "`%s` is a constructor of %s, not of %s", v.Name, v.Def.Name, show(t)).because(wants(t, why))
			b.patternHelp(f, v, t)
		}
		b.misfits[p] = true
		settle(named)
	}
	b.constructorArgs(p, v, args, s)
}

// whatIsMatched is why the patterns of arms are of a type.
const whatIsMatched = "what is matched is %s"

// oddMatch is a value that is matched on constructors of a type that it does not have.
type oddMatch struct {
	at  source.Span
	def *types.Def
}

func (b *body) patternHelp(f finding, v *types.Variant, t types.Type) {
	switch {
	case v.Def == types.OptionDef && !isNamed(t, types.ResultDef):
		f.help("Only an Option is matched on `Some` and `None`; this value is always there, and needs no match.")
	case isNamed(t, types.OptionDef):
		f.help("The value is inside of the Option: match on `Some(%s…)` and `None`.", v.Name)
	case isNamed(t, types.FutureDef):
		f.help("Await the future first.")
	default:
		if n, ok := types.Resolve(t).(*types.Named); ok && len(n.Def.Variants) > 0 {
			f.help("%s has %s.", n.Def.Name, quoted(variantNames(n.Def)))
		}
	}
}

// variantNamed finds the constructor that a pattern names; t is the type that is matched, to suggest from.
func (b *body) variantNamed(name ast.Expr, t types.Type) *types.Variant {
	var obj Object
	switch n := name.(type) {
	case *ast.Ident:
		if s := b.pkg.values[n.Name]; s != nil {
			s.used = true
			obj = s.obj
		} else {
			obj = universe(n.Name)
			if named, ok := types.Resolve(t).(*types.Named); ok && named.Def.Variant(foreignConstructors[n.Name]) != nil {
				obj = nil // `Error(e)` among the cases of a Result is the word of another language
			}
		}
		if obj == nil {
			b.unknownConstructor(n, t)
			return nil
		}
		b.info.Uses[n] = obj
	case *ast.Field:
		m := b.moduleOf(n.X)
		if m == nil {
			if id, ok := n.X.(*ast.Ident); ok {
				b.noModule(b.pkg, id)
			}
			return nil
		}
		obj = b.memberOf(m, n)
	}
	if ctor, ok := obj.(*Ctor); ok {
		return ctor.Variant
	}
	if obj != nil {
		b.misplaced(obj, name.Span(), "`%s` is not a constructor", shortText(name)).
			help("Patterns are made of constructors, literals, names and `_`.")
	}
	return nil
}

// foreignConstructors are names of constructors in other languages.
var foreignConstructors = map[string]string{
	"Just": "Some", "Nothing": "None", "Nil": "None", "Empty": "None", "Left": "Err", "Right": "Ok", "Error": "Err", "Success": "Ok",
	"Failure": "Err",
}

func (b *body) unknownConstructor(n *ast.Ident, t types.Type) {
	f := b.err("PTL0201", n.Place, "", "there is no constructor `%s`", n.Name)
	if named, ok := types.Resolve(t).(*types.Named); ok && len(named.Def.Variants) > 0 {
		names := variantNames(named.Def)
		f.at(named.Def.Span, "what is matched is %s", named.Def.Name)
		if own := foreignConstructors[n.Name]; slices.Contains(names, own) {
			f.help("It is called `%s` here.", own).edit(n.Place, own)
			return
		}
		f.didYouMean(n.Place, n.Name, names)
		if f.Help == "" {
			f.help("%s has %s.", named.Def.Name, quoted(names))
		}
		return
	}
	f.didYouMean(n.Place, n.Name, b.valueNames(b.pkg, func(o Object) bool { _, ok := o.(*Ctor); return ok }))
}

// constructorArgs checks the arguments of a constructor pattern. By position all are needed; by name, those that
// matter.
func (b *body) constructorArgs(p ast.Pattern, v *types.Variant, args []*ast.PatternArg, s types.Subst) {
	seen := map[string]bool{}
	positional := 0
	for i, a := range args {
		var f *types.Field
		if a.Name != nil {
			f = b.patternField(a, v, seen)
		} else if positional++; i < len(v.Fields) {
			f = v.Fields[i]
			seen[f.Name] = true
		}
		t := types.Type(types.Invalid)
		if f != nil {
			t = types.Substitute(f.Type, s)
			b.pattern(a.Pattern, t, because{f.Span, "`" + f.Name + "` is %s"})
			continue
		}
		b.pattern(a.Pattern, t, because{})
	}
	if positional == len(args) && positional != len(v.Fields) || positional > len(v.Fields) {
		b.patternCount(p, v, positional)
	}
}

func (b *body) patternField(a *ast.PatternArg, v *types.Variant, seen map[string]bool) *types.Field {
	f := v.Field(a.Name.Text)
	if f == nil {
		b.err("PTL0403", a.Name.Place, "", "`%s` has no field `%s`", v.Name, a.Name.Text).at(v.Span, "declared here").
			didYouMean(a.Name.Place, a.Name.Text, b.offered(len(v.Fields), func() []string { return fieldNames(v) }))
		return nil
	}
	if seen[f.Name] {
		b.err("PTL0403", a.Place, "", "`%s` is matched twice", f.Name)
	}
	seen[f.Name] = true
	return f
}

func (b *body) patternCount(p ast.Pattern, v *types.Variant, given int) {
	shape := v.Name
	if len(v.Fields) > 0 {
		shape += "("
		for i := range v.Fields {
			if i > 0 {
				shape += ", "
			}
			shape += "_"
		}
		shape += ")"
	}
	f := b.misfit(p, "`%s` has %s, and the pattern takes %d", v.Name, plural(len(v.Fields), "field"), given).
		at(v.Span, "declared here")
	if given == 0 || len(v.Fields) == 0 {
		f.help("Write `%s`.", shape).edit(p.Span(), shape)
		return
	}
	f.help("Write `%s`, with a pattern or `_` for each; or name those that matter: `%s(%s: x)`.", shape, v.Name, v.Fields[0].Name)
}
