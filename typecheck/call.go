package typecheck

import (
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// callee is what a call needs to know of what it calls.
type callee struct {
	name       string
	receiver   string // of a method, as it is written: `xs.`
	typeParams []*types.Param
	params     []param
	result     types.Type
	at         source.Span // where it is declared
	constructs bool        // it is a constructor
}

// param is a parameter or field of a callee.
type param struct {
	name     string
	typ      types.Type
	optional bool
	at       source.Span
}

func calleeOfFun(f *Fun) callee {
	return callee{name: f.Name, typeParams: f.TypeParams, params: paramsOf(f.Params), result: f.Result, at: declOf(f)}
}

func paramsOf(ls []*Local) []param {
	out := make([]param, len(ls))
	for i, l := range ls {
		out[i] = param{name: l.Name, typ: l.Type, at: l.Span}
	}
	return out
}

func calleeOfVariant(v *types.Variant) callee {
	out := callee{name: v.Name, typeParams: v.Def.Params, result: v.Def.Apply(), at: v.Span, constructs: true}
	for _, f := range v.Fields {
		out.params = append(out.params, param{name: f.Name, typ: f.Type, optional: f.Default, at: f.Span})
	}
	return out
}

func calleeOfSignature(name string, s *builtin.Signature) callee {
	out := callee{name: name, typeParams: s.TypeParams, result: s.Result}
	for _, p := range s.Params {
		out.params = append(out.params, param{name: p.Name, typ: p.Type, optional: p.Optional})
	}
	return out
}

func (b *body) call(e *ast.Call, w want) types.Type {
	statement := b.statement == e
	b.statement = nil
	switch f := e.Fun.(type) {
	case *ast.Ident:
		obj := b.resolve(f)
		if obj == nil {
			b.looseArgs(e)
			return types.Invalid
		}
		return b.callObject(e, obj, w)
	case *ast.Field:
		if m := b.moduleOf(f.X); m != nil {
			obj := b.memberOf(m, f)
			if obj == nil {
				b.looseArgs(e)
				return types.Invalid
			}
			return b.callObject(e, obj, w)
		}
		return b.callMethod(e, f, w, statement)
	}
	t := b.expr(e.Fun, anything)
	b.looseArgs(e)
	if t != types.Type(types.Invalid) {
		b.err("PTL0303", e.Fun.Span(), "this is "+show(t), "this cannot be called").
			note("Functions are called by their names, methods after a dot.")
	}
	return types.Invalid
}

// looseArgs checks arguments of which nothing is expected, for the mistakes inside of them.
func (b *body) looseArgs(e *ast.Call) {
	for _, a := range e.Args {
		switch x := a.Value.(type) {
		case *ast.Lambda:
			b.lambdaOf(x, b.freeFunc(x))
		case *ast.Ident:
			if s := b.pkg.values[x.Name]; s != nil && isStream(s.obj) {
				s.used = true // it may be right for what was meant
				continue
			}
			b.expr(x, anything)
		default:
			b.expr(x, anything)
		}
	}
}

func (b *body) callObject(e *ast.Call, obj Object, w want) types.Type {
	switch o := obj.(type) {
	case *Fun:
		b.useFun(o, e.Fun.Span())
		return b.apply(e, &Call{Kind: CallFun, Fun: o, Name: o.Name}, calleeOfFun(o), w)
	case *Ctor:
		call := &Call{Kind: CallCtor, Variant: o.Variant, Name: o.Variant.Name}
		if len(o.Variant.Fields) == 0 {
			b.err("PTL0303", e.Place, "", "`%s` takes no arguments", o.Variant.Name).at(o.Variant.Span, "declared here").
				help("Write `%s` without parentheses.", o.Variant.Name).edit(e.Place, e.Fun.Span().Text())
		}
		return b.apply(e, call, calleeOfVariant(o.Variant), w)
	case *Builtin:
		entry := builtin.Named(o.Name)
		if entry.TaskOnly {
			b.useTaskOnly(o.Name, e.Fun.Span())
		}
		return b.apply(e, &Call{Kind: CallBuiltin, Name: o.Name}, calleeOfSignature(o.Name, entry.Signature()), w)
	case *Local:
		if f, ok := types.Resolve(o.Type).(*types.Func); ok {
			spec := callee{name: o.Name, result: f.Result, at: o.Span}
			for _, p := range f.Params {
				spec.params = append(spec.params, param{typ: p, at: o.Span})
			}
			return b.apply(e, &Call{Kind: CallLocal, Local: o, Name: o.Name}, spec, w)
		}
	}
	b.looseArgs(e)
	b.notCallable(e, obj)
	return types.Invalid
}

func (b *body) notCallable(e *ast.Call, obj Object) {
	name := shortText(e.Fun)
	switch o := obj.(type) {
	case *Portal:
		b.misplaced(o, e.Place, "the portal `%s` is called like a function", name).
			help("To ask it, write `ask` before it.").edit(e.Place, "ask "+e.Place.Text())
	case *Task, *Stream, *Module:
		b.wrongSort(e.Fun, obj)
	case *Local:
		if types.Resolve(o.Type) != types.Type(types.Invalid) {
			b.err("PTL0303", e.Fun.Span(), "", "`%s` is no function and cannot be called", name).at(o.Span, "this is %s", show(o.Type)).
				help("Before the parenthesis, a comma, an operator or a line end may be missing.")
		}
	default:
		b.err("PTL0303", e.Fun.Span(), "", "`%s` is no function and cannot be called", name).at(declOf(obj), "declared here")
	}
}

// apply checks the arguments of a call: first those that are values, from the left to the right, then the lambdas, so
// that what the values say about type parameters is known in them.
func (b *body) apply(e *ast.Call, call *Call, spec callee, w want) types.Type {
	args, s := b.instantiate(spec.typeParams, e.Fun.Span(), spec.name)
	return b.applyTo(e, call, spec, args, s, w)
}

func (b *body) applyTo(e *ast.Call, call *Call, spec callee, args []types.Type, s types.Subst, w want) types.Type {
	call.TypeArgs = args
	b.info.Calls[e] = call
	result := types.Substitute(spec.result, s)
	if w.typ != nil && len(args) > 0 {
		types.Unify(result, w.typ)
	}
	matched := b.matchArgs(e.Args, e.Place, spec)
	call.Args = make([]ast.Expr, len(matched))
	for i, a := range matched {
		if a != nil {
			call.Args[i] = a.Value
		}
	}
	b.checkArgs(matched, spec, s, w)
	b.futureFree(e, call, args)
	return result
}

// checkArgs checks matched arguments against the parameters, values before functions.
func (b *body) checkArgs(matched []*ast.Arg, spec callee, s types.Subst, w want) {
	b.swappedFunction(matched, spec)
	for _, functions := range []bool{false, true} {
		for i, a := range matched {
			p := spec.params[i]
			if a == nil || isFunc(p.typ) != functions || functions && b.wantsLambda(a.Value, p) {
				continue
			}
			b.expr(a.Value, wants(types.Substitute(p.typ, s), b.paramReason(spec, p, w)))
		}
	}
	b.swapped(matched, spec)
}

// wantsLambda reports an expression that stands where a function is taken, as in `xs.map(x + 1)`: one of names that are
// declared nowhere, as many as the function has parameters.
func (b *body) wantsLambda(e ast.Expr, p param) bool {
	switch e.(type) {
	case *ast.Lambda, *ast.Ident, *ast.BadExpr:
		return false
	}
	var unknown []string
	whole := true
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Lambda, *ast.Block, *ast.Match:
			whole = false
		case *ast.Ident:
			if b.find(n.Name) == nil && !slices.Contains(unknown, n.Name) {
				unknown = append(unknown, n.Name)
			}
		}
		return whole
	})
	f, takes := p.typ.(*types.Func)
	if !whole || !takes || len(unknown) == 0 || len(unknown) != len(f.Params) {
		return false
	}
	head := unknown[0]
	if len(unknown) > 1 {
		head = "(" + strings.Join(unknown, ", ") + ")"
	}
	start := source.Span{File: e.Span().File, Start: e.Span().Start, End: e.Span().Start}
	b.err("PTL0301", e.Span(), "this is no function", "expected a function, found an expression").
		note("Nothing declares %s.", quoted(unknown)).
		help("A function of %s is written `%s => %s`.", quoted(unknown), head, shortText(e)).edit(start, head+" => ")
	return true
}

func isFunc(t types.Type) bool {
	_, ok := t.(*types.Func)
	return ok
}

// paramReason is why an argument must be of a type: the parameter's declaration; or, for what a built-in constructor
// holds, the reason for the whole.
func (b *body) paramReason(spec callee, p param, w want) because {
	switch {
	case !spec.at.Valid() && isParam(p.typ) && w.why.text != "":
		return w.part(nil).why
	case p.at.Valid() || p.name == "":
		return because{p.at, "`" + spec.name + "` takes %s here"}
	}
	return because{text: "`" + spec.name + "` takes %s as `" + p.name + "`"}
}

// futureFree keeps futures out of what users' functions and constructors get.
func (b *body) futureFree(e *ast.Call, call *Call, args []types.Type) {
	if call.Kind != CallFun && call.Kind != CallCtor {
		return
	}
	if call.Kind == CallCtor && call.Variant.Def.Sort == types.Builtin {
		return
	}
	b.later = append(b.later, func() {
		for _, t := range args {
			if types.Contains(t, types.FutureDef) {
				b.err("PTL0604", e.Place, "", "a future is handed to `%s`", call.Name).
					note("Futures live in local variables, and in lists and tuples held by them.").help("Await it first.")
				return
			}
		}
	})
}

// matchArgs puts arguments into the order of the parameters; nil stands for one that is left out or missing. Names
// may follow positions, not the other way round.
func (b *body) matchArgs(args []*ast.Arg, at source.Span, spec callee) []*ast.Arg {
	out := make([]*ast.Arg, len(spec.params))
	var places map[string]int // of the parameters, once one is named
	named, surplus := false, 0
	for i, a := range args {
		if a.Or != nil {
			b.err("PTL0303", a.Or.Span(), "", "`or` makes sense in `atom:` only").help("Remove it.")
		}
		switch {
		case a.Name != nil:
			if !named {
				named, places = true, spec.places()
			}
			b.placeNamed(out, a, spec, places)
		case named:
			b.err("PTL0303", a.Place, "", "an argument without a name follows one with a name").
				help("Name it, or put it first.")
			b.expr(a.Value, anything)
		case i >= len(out):
			surplus++
			b.looseArgs(&ast.Call{Args: []*ast.Arg{a}})
		default:
			out[i] = a
		}
	}
	if surplus > 0 {
		b.argCount(at, len(args), spec)
	} else {
		b.missing(out, at, len(args), spec)
	}
	return out
}

// places tells where among the parameters one stands.
func (s callee) places() map[string]int {
	places := make(map[string]int, len(s.params))
	for i, p := range s.params {
		if p.name != "" {
			places[p.name] = i
		}
	}
	return places
}

func (b *body) placeNamed(out []*ast.Arg, a *ast.Arg, spec callee, places map[string]int) {
	if i, ok := places[a.Name.Text]; ok {
		if out[i] != nil {
			b.err("PTL0303", a.Place, "", "`%s` is given twice", a.Name.Text).at(out[i].Place, "first here")
			b.expr(a.Value, anything)
			return
		}
		out[i] = a
		return
	}
	names := b.offered(len(spec.params), func() (names []string) {
		for _, p := range spec.params {
			names = append(names, p.name)
		}
		return names
	})
	what := "parameter"
	if spec.constructs {
		what = "field"
	}
	f := b.err("PTL0303", a.Name.Place, "", "`%s` has no %s `%s`", spec.name, what, a.Name.Text).at(spec.at, "declared here")
	f.didYouMean(a.Name.Place, a.Name.Text, names)
	if near, ok := diag.Nearest(a.Name.Text, names); ok {
		if i := places[near]; out[i] == nil {
			out[i] = a // so it is not missed as well
			return
		}
	}
	if f.Help == "" && len(names) > 0 {
		f.help("It has %s.", quoted(names))
	}
	if word, ok := a.Value.(*ast.Ident); !ok || slices.Contains(b.visible(), word.Name) {
		b.looseArgs(&ast.Call{Args: []*ast.Arg{a}})
	}
}

func (b *body) argCount(at source.Span, given int, spec callee) {
	b.err("PTL0303", at, "", "`%s` takes %s, not %d", spec.name, plural(len(spec.params), "argument"), given).
		at(spec.at, "declared here").help("It is called as `%s`.", spec.shape())
}

// missing reports parameters that got no argument and have no default.
func (b *body) missing(out []*ast.Arg, at source.Span, given int, spec callee) {
	var names []string
	for i, a := range out {
		if a == nil && !spec.params[i].optional {
			names = append(names, spec.params[i].name)
		}
	}
	if len(names) == 0 {
		return
	}
	if names[0] == "" {
		b.argCount(at, given, spec)
		return
	}
	b.err("PTL0303", at, "", "`%s` needs %s more: %s", spec.name, plural(len(names), "argument"), quoted(names)).
		at(spec.at, "declared here").help("It is called as `%s`.", spec.shape())
}

// shape shows how something is called, `total(order, price)`.
func (s callee) shape() string {
	var parts []string
	for _, p := range s.params {
		switch {
		case p.name == "":
			parts = append(parts, show(p.typ))
		case p.optional:
			parts = append(parts, p.name+": …")
		default:
			parts = append(parts, p.name)
		}
	}
	return s.receiver + s.name + "(" + strings.Join(parts, ", ") + ")"
}

// receiverText is how what stands before a method is shown: as it is written, if that is short.
func receiverText(e ast.Expr) string {
	text := e.Span().Text()
	if len(text) > 30 || strings.Contains(text, "\n") {
		return "…."
	}
	return text + "."
}

// callMethod checks `x.name(…)`.
func (b *body) callMethod(e *ast.Call, f *ast.Field, w want, statement bool) types.Type {
	if b.calledOnType(e, f) {
		b.looseArgs(e)
		return types.Invalid
	}
	t := types.Resolve(b.expr(f.X, anything))
	if f.Name == nil || t == types.Type(types.Invalid) || t == types.Type(types.Never) || b.isUnknown(f.X, t) {
		b.looseArgs(e)
		return types.Invalid
	}
	if n, ok := t.(*types.Named); ok && (n.Def.Sort != types.Builtin || n.Def.IsRecord()) && f.Name.Text == "with" {
		return b.with(e, f, n)
	}
	entry := builtin.Lookup(receiverName(t), f.Name.Text)
	if entry == nil {
		b.looseArgs(e)
		b.noSuchMember(f, t, true)
		return types.Invalid
	}
	sig := entry.Signature()
	if sig.Property {
		b.err("PTL0303", e.Place, "", "`%s` is a property and takes no arguments", f.Name.Text).
			help("Leave out the parentheses.").edit(e.Place, f.Place.Text())
		b.looseArgs(e)
		return sig.Result
	}
	call := &Call{Kind: CallMethod, Name: entry.Name(), Mutates: entry.Mutates}
	b.info.Selected[f] = Selection{Kind: SelectMethod, Method: entry.Name()}
	args, s := b.instantiate(sig.TypeParams, f.Name.Place, f.Name.Text)
	if self := types.Substitute(sig.Self, s); !types.Unify(self, t) {
		b.err("PTL0204", f.Name.Place, "", "`%s` works on %s, not on %s", f.Name.Text, show(self), show(t)).
			at(f.X.Span(), "this is %s", show(t))
		b.looseArgs(e)
		return types.Invalid
	}
	spec := calleeOfSignature(f.Name.Text, sig)
	spec.receiver = receiverText(f.X)
	if entry.Mutates && !statement {
		b.applyTo(e, call, spec, args, s, anything)
		b.notStatement(e, f.Name.Text)
		return types.Invalid
	}
	if entry.Mutates {
		b.mustChange(f.X, "`"+f.Name.Text+"` changes it")
	}
	return b.applyTo(e, call, spec, args, s, w)
}

// calledOnType reports `List.map(xs, f)`, for `xs.map(f)`.
func (b *body) calledOnType(e *ast.Call, f *ast.Field) bool {
	id, ok := f.X.(*ast.Ident)
	if !ok || f.Name == nil || types.BasicOf(id.Name) == nil && types.BuiltinDef(id.Name) == nil || b.find(id.Name) != nil {
		return false
	}
	found := b.err("PTL0201", f.Span(), "", "there is no `%s.%s`", id.Name, f.Name.Text).note("Methods stand behind a value, and not behind its type.")
	if len(e.Args) == 0 || e.Args[0].Name != nil {
		found.help("`portalsc doc %s` shows what its values have.", id.Name)
		return true
	}
	x := e.Args[0].Value
	if id.Name == "String" && builtin.Lookup("String", f.Name.Text) == nil {
		found.help("The text of a value is \"${%s}\".", shortText(x))
		return true
	}
	var rest []string
	for _, a := range e.Args[1:] {
		rest = append(rest, a.Value.Span().Text())
	}
	call := "." + f.Name.Text + "(" + strings.Join(rest, ", ") + ")"
	if entry := builtin.Lookup(id.Name, f.Name.Text); entry != nil && entry.Signature().Property {
		call = "." + f.Name.Text
	} else if entry == nil {
		found.help("`portalsc doc %s` shows what its values have.", id.Name)
		return true
	}
	if found.help("Write `%s%s`.", shortText(x), call); isSimple(x) {
		found.edit(e.Place, x.Span().Text()+call)
	}
	return true
}

// receiverName is the name under which a type's methods stand in the table of built-ins.
func receiverName(t types.Type) string {
	switch t := types.Resolve(t).(type) {
	case *types.Basic:
		return t.String()
	case *types.Named:
		if t.Def.Sort == types.Builtin {
			return t.Def.Name
		}
	}
	return ""
}

// with checks `o.with(field: e)`.
func (b *body) with(e *ast.Call, f *ast.Field, n *types.Named) types.Type {
	b.info.Selected[f] = Selection{Kind: SelectWith}
	if !n.Def.IsRecord() {
		b.err("PTL0204", f.Name.Place, "", "`with` works on records, and %s is an enum", n.Def.Name).at(n.Def.Span, "declared here").
			help("Match on the value and build a new one.")
		b.looseArgs(e)
		return n
	}
	call := &Call{Kind: CallWith, Variant: n.Def.Variants[0], Name: "with", Named: map[string]*ast.Arg{}}
	b.info.Calls[e] = call
	for _, a := range e.Args {
		if a.Name == nil {
			b.err("PTL0303", a.Place, "", "`with` takes its arguments by name").
				help("Write which field changes: `.with(%s: …)`.", "field")
			b.looseArgs(&ast.Call{Args: []*ast.Arg{a}})
			continue
		}
		field := call.Variant.Field(a.Name.Text)
		if field == nil {
			b.err("PTL0204", a.Name.Place, "", "%s has no field `%s`", n.Def.Name, a.Name.Text).at(n.Def.Span, "declared here").
				didYouMean(a.Name.Place, a.Name.Text, fieldNames(call.Variant)).
				note("It has %s.", quoted(fieldNames(call.Variant)))
			b.looseArgs(&ast.Call{Args: []*ast.Arg{a}})
			continue
		}
		if first := call.Named[field.Name]; first != nil {
			b.err("PTL0303", a.Place, "", "`%s` is given twice", field.Name).at(first.Place, "first here")
		}
		call.Named[field.Name] = a
		b.expr(a.Value, wants(n.FieldType(field), because{field.Span, "this field is %s"}))
	}
	return n
}

func fieldNames(v *types.Variant) []string {
	var names []string
	for _, f := range v.Fields {
		names = append(names, f.Name)
	}
	return names
}

// takenForValue explains that an Option has not what its value has.
func (b *body) takenForValue(found finding, name string, local *Local, called bool) {
	found.note("An Option may have no value.")
	if local != nil {
		if b.optional == nil {
			b.optional = map[*Local]bool{}
		}
		b.optional[local] = true
		found.at(local.Span, "bound here").help("Take the value out first: `let x = %s ?? …`, or `if let Some(x) = %s { … }`.", local.Name, local.Name)
		return
	}
	if called {
		name += "(…)"
	}
	found.help("Take the value out with `??` or `if let Some(x) = …`, or change it inside with `.map(x => x.%s)`.", name)
}

// optionalLocal is the local that an expression names, if it is an Option.
func (b *body) optionalLocal(e ast.Expr, t types.Type) *Local {
	id, ok := e.(*ast.Ident)
	if !ok || !isNamed(t, types.OptionDef) {
		return nil
	}
	local, _ := b.info.Uses[id].(*Local)
	return local
}

// noSuchMember reports a method, property or field that a type does not have.
func (b *body) noSuchMember(f *ast.Field, t types.Type, called bool) {
	what := "field"
	if called {
		what = "method"
	}
	name, receiver := f.Name.Text, receiverName(t)
	local := b.optionalLocal(f.X, t)
	if local != nil && b.optional[local] {
		return // what is wrong is where it is bound, and has been told
	}
	found := b.err("PTL0204", f.Name.Place, "", "%s has no %s `%s`", show(t), what, name).at(f.X.Span(), "this is %s", show(t))
	if hint := builtin.Hint(receiver, name); hint != "" {
		found.help("Write `%s`.", hint)
		return
	}
	if isNamed(t, types.OptionDef) {
		b.takenForValue(found, name, local, called)
		return
	}
	if isNamed(t, types.FutureDef) {
		found.help("Await the future first: `(await %s).%s`.", shortText(f.X), name)
		return
	}
	candidates := b.memberNames(t)
	if called && slices.Contains(candidates, name) {
		found.help("`%s` is a field, which is read without parentheses: `%s.%s`.", name, shortText(f.X), name)
		return
	}
	if near, ok := diag.Nearest(name, candidates); ok {
		found.help("Did you mean `%s`?", near).edit(f.Name.Place, near)
		return
	}
	if s := b.pkg.values[name]; s != nil && called {
		if _, ok := s.obj.(*Fun); ok {
			found.help("`%s` is a function: write `%s(%s, …)`.", name, name, shortText(f.X))
			return
		}
	}
	if isNamed(t, types.MapDef) && !called {
		found.help("An entry is read by its key, `%s[\"%s\"]`, which gives an Option.", shortText(f.X), name)
		return
	}
	if called && strings.EqualFold(name, "toString") || name == "str" || name == "show" {
		found.help("The text of any value is \"${%s}\".", shortText(f.X))
		return
	}
	if receiver != "" {
		found.help("`portalsc doc %s` shows what it has.", receiver)
		return
	}
	if n, ok := t.(*types.Named); ok && n.Def.Sort != types.Builtin {
		found.at(n.Def.Span, "declared here")
		if called && (name == "copy" || name == "copyWith") {
			found.help("Write `%s.with(field: …)`.", shortText(f.X)).edit(f.Name.Place, "with")
		} else if called {
			found.help("Types of your own have no methods but `with`: declare a function and call `%s(…)`.", name)
		} else if len(candidates) > 0 {
			found.help("It has %s.", quoted(candidates))
		}
	}
}
