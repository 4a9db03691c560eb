package typecheck

import (
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// defineTask gives the head of a task and its members their types. outer are the type parameters around an inline
// task.
func (c *checker) defineTask(p *pkg, t *Task, outer typeVars) {
	d := t.Decl
	t.Doc, t.Exclusive, t.Was = string(d.Doc), d.Exclusive, textOf(d.Was)
	vars := c.declareTypeParams(d.TypeParams, &t.TypeParams).within(outer)
	t.Params = c.defineParams(p, d.Params, vars)
	if d.In != nil {
		t.In = c.written(p, d.In, vars)
		c.mustBeData(d.In, t.In, "an event")
	}
	if d.Out != nil {
		t.Out = c.written(p, d.Out, vars)
		c.mustBeData(d.Out, t.Out, "an event")
	}
	if d.Keyed != nil {
		t.Key = c.written(p, d.Keyed, vars)
		c.duty(duty{typ: t.Key, need: types.NeedKey, at: d.Keyed.Span(), what: "`keyed`"})
	}
	seen := map[string]source.Span{}
	for _, m := range d.Members {
		switch m := m.(type) {
		case *ast.StateDecl:
			c.defineState(p, t, m, vars, seen)
		case *ast.FunDecl:
			if m.Name == nil {
				continue
			}
			c.uniqueMember(seen, m.Name)
			f := &Fun{Name: m.Name.Text, Module: t.Module, Decl: m, Task: t}
			t.remember(f.Name, f)
			c.defineFun(p, f)
			t.Helpers = append(t.Helpers, f)
		case *ast.Handler:
			t.Handlers = append(t.Handlers, m)
		}
	}
}

func (c *checker) defineState(p *pkg, t *Task, d *ast.StateDecl, vars typeVars, seen map[string]source.Span) {
	if d.Name == nil {
		return
	}
	c.uniqueMember(seen, d.Name)
	s := &StateVar{Name: d.Name.Text, Was: textOf(d.Was), Type: c.written(p, d.Type, vars), Shared: d.Shared, Decl: d, Task: t}
	c.mustBeData(d.Type, s.Type, "state")
	t.remember(s.Name, s)
	if d.Shared {
		t.Shared = append(t.Shared, s)
	} else {
		t.State = append(t.State, s)
	}
}

// remember makes a member known by its name; of two, which is an error, the first.
func (t *Task) remember(name string, member Object) {
	if t.members == nil {
		t.members = map[string]Object{}
	}
	if t.members[name] == nil {
		t.members[name] = member
	}
}

func (c *checker) uniqueMember(seen map[string]source.Span, name *ast.Name) {
	if first, ok := seen[name.Text]; ok {
		c.err("PTL0202", name.Place, "declared again here", "`%s` is declared twice in this task", name.Text).
			at(first, "first declared here").help("Rename one of them.")
		return
	}
	seen[name.Text] = name.Place
}

// checkTasks checks the bodies of all tasks, inline ones included: what they do must be known when workflows are
// built of them.
func (c *checker) checkTasks(p *pkg) {
	for _, t := range p.tasks {
		c.checkTask(p, t)
	}
	for _, w := range p.flows {
		number := 0
		for _, chain := range w.Decl.Chains {
			for _, use := range usesIn(chain) {
				if use.Inline != nil {
					number++
					c.inlineTask(p, use, number)
				}
			}
		}
	}
	c.closeEffects()
}

// usesIn lists the uses of tasks in a chain, in the order of the text.
func usesIn(chain *ast.Chain) []*ast.TaskUse {
	var uses []*ast.TaskUse
	if s, ok := chain.Start.(*ast.ServeStart); ok && s.Task != nil {
		uses = append(uses, s.Task)
	}
	for _, step := range chain.Steps {
		switch s := step.(type) {
		case *ast.TaskStep:
			if s.Use != nil {
				uses = append(uses, s.Use)
			}
		case *ast.StepsStep:
			for _, item := range s.Items {
				if item.Use != nil {
					uses = append(uses, item.Use)
				}
			}
		}
	}
	return uses
}

func (c *checker) inlineTask(p *pkg, use *ast.TaskUse, number int) {
	t := &Task{Name: inlineName(use, number), Module: p.module(), Decl: use.Inline}
	c.inline[use] = t
	c.defineTask(p, t, nil)
	c.checkTask(p, t)
	if p.kind == appPkg {
		c.info.App.Tasks = append(c.info.App.Tasks, t)
	}
}

// checkTask checks initial values, helpers and handlers.
func (c *checker) checkTask(p *pkg, t *Task) {
	vars := c.varsOf(t)
	c.checkParamDefaults(p, t.Decl.Params, t.Params, vars)
	for _, s := range append(append([]*StateVar(nil), t.State...), t.Shared...) {
		b := c.newBody(p, siteDecl, vars)
		b.enterAll(t.Params)
		b.expr(s.Decl.Init, wants(s.Type, because{spanOf(s.Decl.Type), "`" + s.Name + "` is %s"}))
		b.finish()
	}
	for _, f := range t.Helpers {
		b := c.newBody(p, siteHelper, vars)
		b.task = t
		b.enterAll(t.Params)
		b.funBody(f)
	}
	for _, h := range t.Handlers {
		c.checkHandler(p, t, h, vars)
	}
	c.checkClauses(t)
	c.checkTaskHead(t)
}

// enterAll opens a block with the given locals.
func (b *body) enterAll(ls []*Local) {
	for _, l := range ls {
		b.enter(l)
	}
	b.open()
}

// checkParamDefaults checks the defaults of a task's parameters, which see the parameters before them no more than a
// caller's arguments do.
func (c *checker) checkParamDefaults(p *pkg, decls []*ast.ParamField, params []*Local, vars typeVars) {
	for _, d := range decls {
		l := c.info.Bindings[d]
		if d.Default == nil || l == nil {
			continue
		}
		b := c.newBody(p, siteDecl, vars)
		b.expr(d.Default, wants(l.Type, because{spanOf(d.Type), "`" + l.Name + "` is %s"}))
		b.finish()
	}
}

// checkTaskHead checks that the head of a task and its handlers belong together.
func (c *checker) checkTaskHead(t *Task) {
	at := declOf(t)
	kinds := map[ast.HandlerKind]*ast.Handler{}
	for _, h := range t.Handlers {
		if kinds[h.Kind] == nil {
			kinds[h.Kind] = h
		}
	}
	name := t.describe()
	switch {
	case t.In != nil && kinds[ast.OnEvent] == nil && !hasBad(t.Decl):
		c.err("PTL0511", at, "has no `on event`", "%s takes events of type %s and does nothing with them", name, show(t.In)).
			at(spanOf(t.Decl.In), "it takes %s", show(t.In)).
			help("Add `on event e { … }`; or leave out `: %s` if the task only answers asks.", show(t.In))
	case t.In == nil && len(t.Answers) == 0 && kinds[ast.OnAsk] == nil && !hasBad(t.Decl):
		f := c.err("PTL0511", at, "", "%s takes no events and answers no portal: it can never run", name)
		if kinds[ast.OnEvent] != nil {
			f.help("Write the type of its events after a colon: `task %s: In`.", t.Name)
		} else {
			f.help("Give it an input, `: In`, with `on event e { … }`, or answer a portal with `on ask p(r) { … }`.")
		}
	}
}

func hasBad(d *ast.TaskDecl) bool {
	for _, m := range d.Members {
		if _, bad := m.(*ast.BadMember); bad {
			return true
		}
	}
	return false
}

// describe names a task for messages.
func (t *Task) describe() string {
	if t.Decl.Name == nil {
		return "the inline task"
	}
	return "the task `" + t.Name + "`"
}

// needsKey tells whether the task runs once per key, and the place that says so.
func (t *Task) needsKey() (bool, source.Span, string) {
	switch {
	case len(t.State) > 0:
		return true, declOf(t.State[0]), "`" + t.State[0].Name + "` is one per key"
	case t.Key != nil:
		return true, spanOf(t.Decl.Keyed), "it says so here"
	}
	for _, h := range t.Handlers {
		if h.Kind == ast.OnAtomPerKey {
			return true, h.Head.Place, "this runs once per key"
		}
	}
	return false, source.Span{}, ""
}
