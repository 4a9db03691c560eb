package lower

import (
	"fmt"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck"
)

// maxInstances bounds how many functions a program may grow into. A generic function that calls itself with ever
// larger types has no end.
const maxInstances = 20_000

// instance is the function f for some type arguments; a helper is one for each use of its task. Its body is lowered
// later, so that functions may call each other.
func (b *body) instance(f *typecheck.Fun, args []types.Type) *ir.Func {
	task := b.task
	if f.Task == nil {
		task = nil
	}
	key := fmt.Sprintf("%p %p %v", f, task, b.types.idsOf(b.types.all(args)))
	if made := b.funcs[key]; made != nil {
		return made
	}
	if b.instances++; b.instances > maxInstances {
		b.bug(f.Decl.Place, "more than %d functions", maxInstances)
	}
	made := &ir.Func{Name: instanceName(f, args), Span: f.Decl.Place, Doc: string(f.Decl.Doc)}
	b.funcs[key] = made
	b.effects[made] = helperEffect(f)
	sub := types.Bind(f.TypeParams, args)
	if task != nil {
		for p, t := range task.sub {
			if sub == nil {
				sub = types.Subst{}
			}
			sub[p] = t
		}
		made.Task = task.task
		task.task.Helpers = append(task.task.Helpers, made)
	} else {
		b.prog.Funcs = append(b.prog.Funcs, made)
	}
	inner := b.newBody(sub, task)
	made.Result = inner.typ(f.Result)
	inner.ret = back(made.Result)
	for _, p := range f.Params {
		made.Params = append(made.Params, inner.param(p))
	}
	b.queue = append(b.queue, func() {
		inner.at = made.Span
		made.Body = inner.block(func() { inner.funBody(f) })
		made.Awaits = awaits(made.Body)
	})
	return made
}

func instanceName(f *typecheck.Fun, args []types.Type) string {
	name := f.Name
	if f.Module != "" && f.Task == nil {
		name = f.Module + "." + name
	}
	for i, a := range args {
		if i == 0 {
			name += "["
		} else {
			name += ", "
		}
		name += a.String()
	}
	if len(args) > 0 {
		name += "]"
	}
	return name
}

// helperEffect is what calling f does, by what the checker found out.
func helperEffect(f *typecheck.Fun) effect {
	e := fails
	for _, x := range []struct {
		is bool
		e  effect
	}{
		{f.UsesState, readsState}, {f.WritesState, writesState}, {f.UsesShared, readsState | writesState},
		{f.Emits || f.Asks || f.TaskOnly, acts},
	} {
		if x.is {
			e |= x.e
		}
	}
	return e
}

// param is the variable of a parameter; one that is not used keeps its name.
func (b *body) param(p *typecheck.Local) *ir.Var {
	v := b.declare(p)
	if p.Name == "_" {
		delete(b.vars, p)
	}
	return v
}

func (b *body) funBody(f *typecheck.Fun) {
	if f.Decl.Body != nil {
		b.blockInto(b.ret, f.Decl.Body)
		return
	}
	b.into(b.ret, f.Decl.Expr)
}

// awaits tells whether statements wait for replies.
func awaits(body []ir.Stmt) bool {
	found := false
	ir.Inspect(body, func(s ir.Stmt) {
		if _, ok := s.(*ir.Await); ok {
			found = true
		}
	}, nil)
	return found
}

// extern is the Go function that f stands for.
func (b *body) extern(f *typecheck.Fun) *ir.Extern {
	if x := b.externs[f]; x != nil {
		return x
	}
	g := f.Go
	x := &ir.Extern{
		Name: f.Name, Doc: string(f.Extern.Doc), Package: plainText(f.Extern.Package), PackageName: g.Package,
		GoName: f.Extern.GoName.Text, Variadic: g.Variadic, OK: g.OK, HasError: g.Error, Span: f.Extern.Place,
	}
	inner := b.newBody(nil, nil)
	for i, p := range f.Params {
		v := inner.param(p)
		x.Params = append(x.Params, v)
		x.Args = append(x.Args, goType(v.Type, g.Params[i]))
	}
	x.Result = inner.typ(f.Result)
	values := x.Result
	if x.OK {
		values = values.Elems[0]
	}
	for i, form := range g.Results {
		part := values
		if values.Kind == ir.Tuple {
			part = values.Elems[i]
		}
		x.Results = append(x.Results, goType(part, form))
	}
	b.externs[f] = x
	b.prog.Externs = append(b.prog.Externs, x)
	return x
}

// goForms are the forms of typecheck as those of the ir.
var goForms = map[typecheck.GoForm]ir.GoForm{
	typecheck.GoSame: ir.GoSame, typecheck.GoText: ir.GoText, typecheck.GoInt: ir.GoInt, typecheck.GoBytes: ir.GoBytes,
	typecheck.GoTime: ir.GoTime, typecheck.GoDuration: ir.GoDuration, typecheck.GoPointer: ir.GoPointer,
	typecheck.GoSlice: ir.GoSlice, typecheck.GoMap: ir.GoMap,
}

func goType(t *ir.Type, form *typecheck.GoType) *ir.GoType {
	out := &ir.GoType{Form: goForms[form.Form], Type: t}
	for i, part := range form.Parts {
		out.Parts = append(out.Parts, goType(t.Elems[i], part))
	}
	return out
}
