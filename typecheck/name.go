package typecheck

import (
	"maps"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// find is what a name stands for here, or nil: locals first, then what the task has, the app's declarations, and what
// every program knows.
func (b *body) find(name string) Object {
	if l := b.local(name); l != nil {
		return l
	}
	if b.task != nil {
		if o := b.task.member(name); o != nil {
			return o
		}
		if name == "key" && b.site != siteDecl {
			return &KeyVar{Type: b.task.Key}
		}
	}
	if s := b.pkg.values[name]; s != nil {
		s.used = true
		return s.obj
	}
	return universe(name)
}

// member is the state variable or helper of that name, or nil.
func (t *Task) member(name string) Object {
	if o, ok := t.members[name]; ok {
		return o
	}
	return nil
}

// resolve finds what an identifier stands for, records it and its use, and reports a name that is not there.
func (b *body) resolve(e *ast.Ident) Object {
	obj := b.find(e.Name)
	if obj == nil {
		b.unknownName(e.Place, e.Name)
		return nil
	}
	b.info.Uses[e] = obj
	switch o := obj.(type) {
	case *Local:
		b.readLocal(o)
	case *StateVar:
		b.useState(o, e.Place)
	case *KeyVar:
		b.useKey(e.Place)
	}
	return obj
}

// readLocal marks a local as used, and as captured by the lambdas that stand between its declaration and here.
func (b *body) readLocal(l *Local) {
	l.used = true
	for _, lambda := range b.lambdas[min(l.depth, len(b.lambdas)):] {
		if c := (capture{lambda, l}); !b.captured[c] {
			b.captured[c] = true
			b.info.Captures[lambda] = append(b.info.Captures[lambda], l)
		}
	}
}

// capture is a local that a lambda reads from outside.
type capture struct {
	lambda *ast.Lambda
	local  *Local
}

// unknownName reports a name that nothing declares. What other languages call things is known too.
func (b *body) unknownName(at source.Span, name string) {
	f := b.err("PTL0201", at, "not declared anywhere", "there is no `%s` here", name)
	if f.inModule(b.pkg, at, name, func(m *pkg) *symbol { return m.valueOf(name, m.visible) }) {
		return
	}
	if here, known := foreignNames[name]; known {
		f.help("%s", here.help)
		if here.instead != "" {
			f.edit(at, here.instead)
		}
		return
	}
	if s := b.pkg.types[name]; s != nil {
		f.at(s.span, "`%s` is %s", name, s.what).help("Use one of its constructors: %s.", quoted(variantNames(s.def)))
		return
	}
	if types.BasicOf(name) != nil || types.BuiltinDef(name) != nil {
		f.note("`%s` is a type; types have no values.", name)
		switch {
		case name == "String":
			f.help("Write \"${x}\" to make a text of a value.")
		case name == "Map":
			f.help("A map is written `[key: value]`, the empty one `[:]`.")
		case name == "List":
			f.help("A list is written `[a, b]`, the empty one `[]`.")
		case types.BuiltinDef(name) != nil:
			f.help("Methods stand behind a value: `xs.map(f)`, not `List.map(xs, f)`.")
		case len(methodsNamed("to"+name)) > 0:
			f.help("Values are converted by methods: `x.to%s()`.", name)
		}
		return
	}
	if isConnectorModule(name) {
		f.note("`%s` is a module of connectors; it stands after `=` of a stream and after `to` of a sink only.", name)
		return
	}
	if b.site == siteStep || b.site == siteFun {
		if t := b.taskWith(name); t != nil {
			f.at(t.Decl.Name.Place, "`%s` is inside of this task", name).
				note("State and helpers of a task can be used in the task only.")
			return
		}
	}
	if name == "True" || name == "False" || name == "TRUE" || name == "FALSE" {
		f.help("It is written `%s` here.", strings.ToLower(name)).edit(at, strings.ToLower(name))
		return
	}
	near, found := diag.Nearest(name, b.visible())
	switch {
	case (!found || len(methodsNamed(name)) > 0) && f.isMethod(name):
	case found:
		f.help("Did you mean `%s`?", near).edit(at, near)
	case b.assigned != nil && !isUpper(name):
		f.help("A name is declared by `let %s = …`, or by `var %s = …` if it is to change.", name, name)
		l := b.bind(b.assigned, name, types.Invalid, true) // so that this is said once
		l.used, l.Written = true, true
	default:
		b.fieldOfLocal(f, at, name)
	}
}

// fieldOfLocal suggests the field of that name of what a name here stands for, if there is just one.
func (b *body) fieldOfLocal(f finding, at source.Span, name string) {
	var holders []*Local
	for s := b.scope; s != nil; s = s.parent {
		for _, l := range s.names {
			if n, ok := types.Resolve(l.Type).(*types.Named); ok && n.Def.Sort == types.Record && n.Def.Variants[0].Field(name) != nil {
				holders = append(holders, l)
			}
		}
	}
	if len(holders) == 1 {
		l := holders[0]
		f.at(l.Span, "`%s` has a field `%s`", l.Name, name).help("Write `%s.%s`.", l.Name, name).edit(at, l.Name+"."+name)
	}
}

// methodsNamed are the methods and properties of built-in types that have a name.
func methodsNamed(name string) []*builtin.Entry { return methods().named[name] }

// methods are the methods and properties of built-in types, and their names.
var methods = sync.OnceValue(func() (all struct {
	named map[string][]*builtin.Entry
	names []string
}) {
	all.named = map[string][]*builtin.Entry{}
	for _, e := range builtin.All() {
		if s := e.Signature(); s.Receiver() != "" {
			if all.named[s.Name] == nil {
				all.names = append(all.names, s.Name)
			}
			all.named[s.Name] = append(all.named[s.Name], e)
		}
	}
	return all
})

func sortedLetters(name string) string {
	letters := []rune(name)
	slices.Sort(letters)
	return string(letters)
}

// isMethod tells of methods and properties that were named without a value in front.
func (f finding) isMethod(name string) bool {
	found := methodsNamed(name)
	if len(found) == 0 {
		near, ok := diag.Nearest(name, methods().names)
		if !ok || sortedLetters(near) != sortedLetters(name) { // there are so many that a vaguer likeness means nothing
			return false
		}
		name, found = near, methodsNamed(near)
	}
	var of []string
	for _, e := range found {
		of = append(of, e.Signature().Receiver())
	}
	what, form := "a method", name+"(…)"
	if found[0].Signature().Property {
		what, form = "a property", name
	}
	f.note("`%s` is %s of %s.", name, what, quoted(of)).help("Write it behind the value: `x.%s`.", form)
	return true
}

func variantNames(d *types.Def) []string {
	var names []string
	for _, v := range d.Variants {
		names = append(names, v.Name)
	}
	return names
}

// taskWith is the first task of the package that has a member of that name, or nil.
func (b *body) taskWith(name string) *Task {
	if b.pkg.owners == nil {
		b.pkg.owners = map[string]*Task{}
		for _, t := range b.pkg.tasks {
			for member := range t.members {
				if b.pkg.owners[member] == nil {
					b.pkg.owners[member] = t
				}
			}
		}
	}
	return b.pkg.owners[name]
}

// visible lists the names that could stand here.
func (b *body) visible() []string {
	n := 0
	for s := b.scope; s != nil; s = s.parent {
		n += len(s.names) + 1
	}
	if b.task != nil {
		n += len(b.task.members)
	}
	names := b.offered(n, func() []string {
		names := b.localNames()
		if b.task != nil {
			names = slices.AppendSeq(names, maps.Keys(b.task.members))
		}
		sort.Strings(names)
		return names
	})
	names = append(names, b.valueNames(b.pkg, func(o Object) bool {
		switch o.(type) {
		case *Portal, *Stream, *Task:
			return false
		}
		return true
	})...)
	return append(names, "min", "max", "abs", "now", "random", "range", "uuid", "epoch", "Set", "Some", "None", "Ok", "Err", "Error")
}

// ident checks a name that stands as a value.
func (b *body) ident(e *ast.Ident, w want) types.Type {
	if b.isNull(e, w) {
		return types.Invalid
	}
	switch o := b.resolve(e).(type) {
	case *Local:
		if _, isFunc := types.Resolve(o.Type).(*types.Func); isFunc && !wantsFunc(w) {
			b.noFunctionHere(e, o.Name)
			return types.Invalid
		}
		return o.Type
	case *Param:
		return o.Type
	case *StateVar:
		return o.Type
	case *KeyVar:
		if o.Type == nil {
			return types.Invalid
		}
		return o.Type
	case nil:
		return types.Invalid
	default:
		return b.declared(e, o, w)
	}
}

// declared is the type of a declaration that is used as a value by its name; e is an Ident or a Field.
func (b *body) declared(e ast.Expr, obj Object, w want) types.Type {
	switch o := obj.(type) {
	case *Ctor:
		v := o.Variant
		if len(v.Fields) == 0 {
			args, _ := b.instantiate(v.Def.Params, e.Span(), v.Name)
			return &types.Named{Def: v.Def, Args: args}
		}
		if !wantsFunc(w) {
			b.wantsArguments(e, v)
			return types.Invalid
		}
		return b.functionValue(e, v.Def.Params, fieldTypes(v), v.Def.Apply(), v.Name)
	case *Fun:
		if !wantsFunc(w) {
			b.noFunctionHere(e, o.Name)
			return types.Invalid
		}
		b.useFun(o, e.Span())
		return b.functionValue(e, o.TypeParams, localTypes(o.Params), o.Result, o.Name)
	case *Builtin:
		f := b.err("PTL0308", e.Span(), "", "the built-in function `%s` stands here without arguments", o.Name)
		f.help("Call it, or hand over a lambda that calls it: `x => %s(…)`.", o.Name)
	case *Param:
		return o.Type
	default:
		b.wrongSort(e, obj)
	}
	return types.Invalid
}

// functionValue is the type of a function or constructor that is handed over.
func (b *body) functionValue(e ast.Expr, params []*types.Param, from []types.Type, result types.Type, name string) types.Type {
	args, s := b.instantiate(params, e.Span(), name)
	if args != nil {
		b.info.Insts[e] = args
	}
	return types.Substitute(&types.Func{Params: from, Result: result}, s)
}

// instantiate puts fresh variables in for type parameters, which must support what the parameters do.
func (b *body) instantiate(params []*types.Param, at source.Span, name string) ([]types.Type, types.Subst) {
	args, s := b.supply.Instantiate(params)
	b.made = append(b.made, instantiation{args, at})
	for i, p := range params {
		b.duty(duty{typ: args[i], param: p, at: at, what: "`" + name + "`"})
	}
	return args, s
}

func wantsFunc(w want) bool {
	if w.typ == nil {
		return false
	}
	_, ok := types.Resolve(w.typ).(*types.Func)
	return ok
}

func fieldTypes(v *types.Variant) []types.Type {
	out := make([]types.Type, len(v.Fields))
	for i, f := range v.Fields {
		out[i] = f.Type
	}
	return out
}

func localTypes(ls []*Local) []types.Type {
	out := make([]types.Type, len(ls))
	for i, l := range ls {
		out[i] = l.Type
	}
	return out
}

func (b *body) noFunctionHere(e ast.Expr, name string) {
	b.err("PTL0308", e.Span(), "", "the function `%s` stands here as a value", name).
		note("A function can be called, or handed over where a parameter is a function; it cannot be kept.").
		help("To call it, write `%s(…)`.", name)
}

func (b *body) wantsArguments(e ast.Expr, v *types.Variant) {
	var names []string
	for _, f := range v.Fields {
		names = append(names, f.Name)
	}
	b.err("PTL0303", e.Span(), "", "`%s` needs %s", v.Name, plural(len(v.Fields), "argument")).
		at(v.Span, "declared here").help("Give %s: `%s(…)`.", quoted(names), v.Name)
}

// wrongSort reports a declaration that has no value.
func (b *body) wrongSort(e ast.Expr, obj Object) {
	name := shortText(e)
	switch o := obj.(type) {
	case *Portal:
		f := b.misplaced(o, e.Span(), "the portal `%s` stands where a value is expected", name)
		f.help("To ask it, write `ask %s(…)`.", name)
	case *Stream:
		f := b.misplaced(o, e.Span(), "the stream `%s` stands where a value is expected", name)
		if b.site == siteTest {
			f.help("What a stream gives is told by `expect %s [event, …]`, with a blank before the bracket.", name)
		} else {
			f.help("Streams are read in workflows: `from %s |> …`.", name)
		}
	case *Task:
		b.misplaced(o, e.Span(), "the task `%s` stands where a value is expected", name).
			help("Tasks are used in workflows: `from s |> %s |> …`.", name)
	case *Module:
		b.misplaced(o, e.Span(), "the module `%s` stands where a value is expected", name).
			help("Name something of it: `%s.…`.", name)
	}
}

// declOf is the place of the name of a declaration, as far as it has one.
func declOf(obj Object) source.Span {
	var n *ast.Name
	switch o := obj.(type) {
	case *Portal:
		n = o.Decl.Name
	case *Stream:
		if o.Decl != nil {
			n = o.Decl.Name
		}
	case *Param:
		n = o.Decl.Name
	case *Task:
		if o.Decl.Name == nil {
			return o.Decl.Place
		}
		n = o.Decl.Name
	case *Fun:
		if o.Decl != nil {
			n = o.Decl.Name
		} else {
			n = o.Extern.Name
		}
	case *StateVar:
		n = o.Decl.Name
	case *Local:
		return o.Span
	case *Ctor:
		return o.Variant.Span
	}
	if n == nil {
		return source.Span{}
	}
	return n.Place
}
