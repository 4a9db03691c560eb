package lower

import (
	"slices"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck"
)

// taskScope is what the code of a task can see: one use of the task.
type taskScope struct {
	task   *ir.Task // nil for what is computed before it runs
	sub    types.Subst
	states map[*typecheck.StateVar]*ir.StateVar
	params map[*typecheck.Local]*ir.TaskParam
	key    *ir.Type
}

// task lowers one use of a task. keyed tells that the flow behind it needs the key.
func (f *flow) task(use *typecheck.TaskUse, keyed bool) *ir.Task {
	decl := use.Task
	t := &ir.Task{
		Name: use.Name, TaskName: decl.Name, Was: decl.Was, Doc: decl.Doc, Workflow: f.made, Index: len(f.made.Tasks),
		Exclusive: decl.Exclusive, Serve: use.Node.Kind == typecheck.NodeServe, Span: use.Span,
	}
	if decl.Module != "" {
		t.TaskName = decl.Module + "." + decl.Name
	}
	f.made.Tasks = append(f.made.Tasks, t)
	s := &taskScope{
		task: t, sub: types.Bind(decl.TypeParams, use.TypeArgs),
		states: map[*typecheck.StateVar]*ir.StateVar{}, params: map[*typecheck.Local]*ir.TaskParam{},
	}
	t.In, t.Out = f.optional(decl.In, s.sub), f.optional(decl.Out, s.sub)
	if t.Serve {
		t.In = nil
	}
	s.key = f.optional(use.Key, nil)
	if keyed || needsKey(use) {
		t.Key = s.key
		t.Keys = strings.Join(keysOf(use), " | ")
	}
	f.params(use, s)
	before := &taskScope{sub: s.sub, params: s.params} // what initial values see, which are computed before the task runs
	for _, v := range decl.State {
		t.State = append(t.State, f.state(v, s, before, len(t.State)))
	}
	for _, v := range decl.Shared {
		t.Shared = append(t.Shared, f.state(v, s, before, len(t.Shared)))
	}
	f.handlers(decl, s)
	t.Single = len(t.Shared) > 0 || t.OnAtom != nil
	return t
}

// needsKey tells whether a task does something by key.
func needsKey(use *typecheck.TaskUse) bool {
	if use.Key == nil {
		return false
	}
	t := use.Task
	answers := slices.ContainsFunc(t.Answers, func(p *typecheck.Portal) bool { return p.Key != nil })
	return len(t.State) > 0 || t.UsesKey || t.Exclusive || t.Awaits || answers || handles(t, ast.OnAtomPerKey)
}

func (f *flow) optional(t types.Type, sub types.Subst) *ir.Type {
	if t == nil {
		return nil
	}
	return f.closed(t, sub)
}

// params lowers the arguments of a task, which are evaluated outside of it.
func (f *flow) params(use *typecheck.TaskUse, s *taskScope) {
	for i, p := range use.Task.Params {
		made := &ir.TaskParam{Var: &ir.Var{Name: p.Name, Type: f.closed(p.Type, s.sub), Span: p.Span}}
		made.Arg = f.value(lowerFirst(use.Name)+title(p.Name), use.Args[i], f.newBody(nil, nil))
		s.params[p] = made
		s.task.Params = append(s.task.Params, made)
	}
}

func (f *flow) state(v *typecheck.StateVar, s, before *taskScope, index int) *ir.StateVar {
	made := &ir.StateVar{
		Name: v.Name, Was: v.Was, Doc: string(v.Decl.Doc), Type: f.closed(v.Type, s.sub), Shared: v.Shared,
		Index: index, Task: s.task, Span: v.Decl.Name.Place,
	}
	made.Init = f.value(lowerFirst(s.task.Name)+title(v.Name), v.Decl.Init, f.newBody(s.sub, before))
	s.states[v] = made
	return made
}

// handlers puts the clauses of one kind, and of one portal, together.
func (f *flow) handlers(decl *typecheck.Task, s *taskScope) {
	t := s.task
	groups := map[ast.HandlerKind][]*ast.Handler{}
	asks := map[*typecheck.Portal][]*ast.Handler{}
	for _, h := range decl.Handlers {
		if h.Kind == ast.OnAsk {
			p := f.portalNamed(h.Portal)
			asks[p] = append(asks[p], h)
			continue
		}
		groups[h.Kind] = append(groups[h.Kind], h)
	}
	if t.In != nil {
		t.OnEvent = f.handler("event", groups[ast.OnEvent], t.In, s)
	}
	for _, p := range decl.Answers {
		made := f.portal(p)
		t.OnAsk = append(t.OnAsk, &ir.OnAsk{Portal: made, Func: f.handler("ask"+title(p.Name), asks[p], made.Req, s)})
	}
	t.PerKey = f.handler("perKey", groups[ast.OnAtomPerKey], nil, s)
	t.OnAtom = f.handler("atom", groups[ast.OnAtom], nil, s)
	t.Complete = f.handler("complete", groups[ast.OnComplete], nil, s)
	t.OnError = f.onError(groups[ast.OnError], s)
}

// portalNamed is the portal that an expression names.
func (l *lowerer) portalNamed(e ast.Expr) *typecheck.Portal {
	var object typecheck.Object
	switch e := e.(type) {
	case *ast.Ident:
		object = l.info.Uses[e]
	case *ast.Field:
		object = l.info.Selected[e].Object
	}
	p, ok := object.(*typecheck.Portal)
	if !ok {
		l.bug(e.Span(), "no portal")
	}
	return p
}

// handler lowers the clauses of one kind to one function, which takes what they take apart, if anything.
func (f *flow) handler(what string, clauses []*ast.Handler, takes *ir.Type, s *taskScope) *ir.Func {
	if len(clauses) == 0 {
		return nil
	}
	b := f.newBody(s.sub, s)
	made := f.handlerFunc(what, clauses, s)
	rows := make([]*row, len(clauses))
	for i, h := range clauses {
		rows[i] = &row{guard: h.Guard, at: h.Head.Place, body: func() { b.into(giving{}, h.Body) }}
		if takes != nil {
			rows[i].pattern = h.Patterns[0]
		}
	}
	var of ir.Expr
	if takes != nil {
		v := &ir.Var{Name: clauseName(what, clauses), Type: takes, Span: clauses[0].Head.Place}
		made.Params = []*ir.Var{v}
		of = local(v, v.Span)
	}
	f.queue = append(f.queue, func() {
		b.at = made.Span
		made.Body = b.block(func() { b.matchRows(of, rows) })
		made.Awaits = awaits(made.Body)
	})
	return made
}

func (f *flow) handlerFunc(what string, clauses []*ast.Handler, s *taskScope) *ir.Func {
	made := &ir.Func{Name: lowerFirst(s.task.Name) + title(what), Result: f.types.of(types.Unit), Span: clauses[0].Head.Place, Task: s.task}
	for _, h := range clauses {
		if h.Doc != "" {
			made.Doc = strings.TrimPrefix(made.Doc+"\n"+string(h.Doc), "\n")
		}
	}
	return made
}

// clauseName is the name of what clauses take: the first that one of them gives it.
func clauseName(what string, clauses []*ast.Handler) string {
	for _, h := range clauses {
		if p, ok := h.Patterns[0].(*ast.BindPattern); ok && p.Name == lowerFirst(p.Name) {
			return p.Name
		}
	}
	if clauses[0].Kind == ast.OnAsk {
		return "request"
	}
	return what
}

// onError lowers `on error e`; e is a pair of the message and the event, which come as two parameters.
func (f *flow) onError(clauses []*ast.Handler, s *taskScope) *ir.Func {
	if len(clauses) == 0 {
		return nil
	}
	h := clauses[0]
	b := f.newBody(s.sub, s)
	made := f.handlerFunc("error", clauses, s)
	in := s.task.In
	if in == nil {
		in = f.types.of(types.Unit)
	}
	message := &ir.Var{Name: "message", Type: f.types.of(types.String), Span: h.Head.Place}
	event := &ir.Var{Name: "event", Type: f.types.make(ir.Option, "Option", []*ir.Type{in}), Span: h.Head.Place}
	made.Params = []*ir.Var{message, event}
	at := h.Patterns[0].Span()
	failure := &ir.NewTuple{
		X:     ir.X{T: f.types.make(ir.Tuple, "", []*ir.Type{message.Type, event.Type}), At: at},
		Elems: []ir.Expr{local(message, at), local(event, at)},
	}
	whole := &row{pattern: h.Patterns[0], at: h.Head.Place, body: func() { b.into(giving{}, h.Body) }}
	if l := f.info.Bindings[h.Patterns[0]]; l != nil {
		b.vars[l], whole.pattern = failure, nil
	}
	f.queue = append(f.queue, func() {
		b.at = made.Span
		made.Body = b.block(func() { b.matchRows(failure, []*row{whole}) })
	})
	return made
}

func lowerFirst(name string) string {
	if name == "" {
		return ""
	}
	return strings.ToLower(name[:1]) + name[1:]
}
