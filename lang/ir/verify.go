package ir

import (
	"errors"
	"fmt"

	"github.com/portals-lang/portals/lang/source"
)

// Verify checks that a program keeps the rules of this package: variables are defined and have a value before they are
// read, types agree, jumps stay inside of what they leave, a switch takes every value, what is given away of a place
// that can change is shared, and every kind of statement stands where it makes sense. It returns all that it finds,
// joined, or nil. Lowering is wrong if there is anything.
func Verify(p *Program) error {
	v := &verifier{}
	v.typeOrder(p.Types)
	for _, x := range p.Params {
		v.constant("param "+x.Name, x.Default, x.Type)
	}
	for _, d := range p.Types {
		v.defaults(d)
	}
	for _, x := range p.Portals {
		v.function("key of "+x.Name, x.Key, context{}, x.Req)
	}
	for _, s := range p.Streams {
		v.function("split of "+s.Name, s.Split, context{}, s.Type)
		v.endpoint(s.Source)
	}
	for _, s := range p.Sinks {
		v.endpoint(s.Target)
	}
	for _, f := range p.Funcs {
		v.function(f.Name, f, context{})
	}
	for _, w := range p.Workflows {
		v.workflow(w)
	}
	for _, t := range p.Tests {
		v.test(t)
	}
	return errors.Join(v.errs...)
}

// context says what the code around may do.
type context struct {
	task    *Task
	portal  *Portal // that it answers
	segment bool
	awaits  bool
	result  *Type // nil or Unit: none
}

// verifier checks one function at a time.
type verifier struct {
	errs  []error
	where string
	at    source.Span
	context
	flow
	inside []*target
}

// target is a statement that Break and Continue can name, with the flows that leave it.
type target struct {
	label *Label
	loop  bool
	left  []flow
}

func (v *verifier) fail(format string, args ...any) {
	v.errs = append(v.errs, fmt.Errorf("%s: %s: %s", v.at, v.where, fmt.Sprintf(format, args...)))
}

func (v *verifier) check(ok bool, format string, args ...any) {
	if !ok {
		v.fail(format, args...)
	}
}

// same checks that two types are one.
func (v *verifier) same(got, want *Type, what string) {
	if got != want {
		v.fail("%s is %s, not %s", what, nameOf(got), nameOf(want))
	}
}

func nameOf(t *Type) string {
	if t == nil {
		return "of no type"
	}
	return t.Name
}

// begin prepares for code that shares no variables with the one before.
func (v *verifier) begin(where string, at source.Span, c context) {
	v.where, v.at, v.context, v.inside = where, at, c, nil
	v.flow = flow{known: map[*Var]bool{}, unset: map[*Var]bool{}}
}

// constant checks an expression outside of any block; t may be nil.
func (v *verifier) constant(where string, x Expr, t *Type) {
	if x == nil {
		return
	}
	v.begin(where, x.Span(), context{})
	v.value(x)
	if t != nil {
		v.same(x.Type(), t, "value")
	}
}

func (v *verifier) defaults(d *TypeDef) {
	for _, variant := range d.Variants {
		for _, f := range variant.Fields {
			v.constant("default of "+f.Name, f.Default, f.Type)
		}
	}
}

func (v *verifier) endpoint(e *Endpoint) {
	if e == nil {
		return
	}
	for _, a := range e.Args {
		v.constant(e.Name, a.Value, nil)
		v.constant(e.Name, a.Or, nil)
	}
}

// function checks a function, which may be nil; takes are the types of its parameters, if they are prescribed.
func (v *verifier) function(where string, f *Func, c context, takes ...*Type) {
	if f == nil {
		return
	}
	c.result, c.awaits = f.Result, f.Awaits
	v.begin(where, f.Span, c)
	v.check(f.Task == c.task, "belongs to another task")
	if len(takes) > 0 {
		v.check(len(takes) == len(f.Params), "has %d parameters, not %d", len(f.Params), len(takes))
	}
	for i, p := range f.Params {
		v.define(p, true)
		if i < len(takes) {
			v.same(p.Type, takes[i], "parameter "+p.Name)
		}
	}
	v.block(f.Body)
	v.at = f.Span
	v.check(v.dead || noValue(f.Result), "can end without a result")
	found := false
	Inspect(f.Body, func(s Stmt) {
		if _, ok := s.(*Await); ok {
			found = true
		}
	}, nil)
	v.check(found == f.Awaits, "Awaits is %v", f.Awaits)
}

func noValue(t *Type) bool { return t == nil || t.Kind == Unit }

func (v *verifier) workflow(w *Workflow) {
	for i, t := range w.Tasks {
		v.taskUse(t)
		v.check(t.Index == i && t.Workflow == w, "task %s is in the wrong place", t.Name)
	}
	for _, in := range w.Inputs {
		v.same(in.Segment.Event.Type, in.Stream.Type, "event of "+in.Segment.Name)
		v.check(in.Segment.Key == nil, "segment %s of an input has a key", in.Segment.Name)
	}
	for _, s := range w.Segments {
		v.begin(w.Name+"."+s.Name, s.Span, context{segment: true})
		v.define(s.Event, true)
		if s.Key != nil {
			v.define(s.Key, true)
		}
		v.block(s.Body)
	}
}

func (v *verifier) taskUse(t *Task) {
	c := context{task: t}
	for _, p := range t.Params {
		v.constant(t.Name+"."+p.Var.Name, p.Arg, p.Var.Type)
	}
	for _, s := range append(append([]*StateVar(nil), t.State...), t.Shared...) {
		v.begin(t.Name+"."+s.Name, s.Span, c)
		v.value(s.Init)
		v.same(s.Init.Type(), s.Type, "initial value")
	}
	for _, f := range t.Helpers {
		v.function(t.Name+"."+f.Name, f, c)
	}
	v.function(t.Name+" on event", t.OnEvent, c, t.In)
	for _, a := range t.OnAsk {
		v.function(t.Name+" on ask "+a.Portal.Name, a.Func, context{task: t, portal: a.Portal}, a.Portal.Req)
	}
	for _, f := range []*Func{t.PerKey, t.OnAtom, t.Complete} {
		v.function(t.Name+" at the barrier", f, c)
	}
	v.function(t.Name+" on error", t.OnError, c)
	if t.After != nil {
		v.same(t.After.Event.Type, t.Out, "event of "+t.After.Name)
		v.check(t.After.Key == nil || t.Key == t.After.Key.Type, "the key behind %s is not its own", t.Name)
	}
}

// test checks the steps of a test, which share their variables.
func (v *verifier) test(t *Test) {
	v.begin("test "+t.Name, t.Span, context{awaits: true})
	for _, s := range t.Steps {
		for _, st := range s.Body {
			v.stmt(st)
		}
		for _, f := range s.Feeds {
			v.value(f.Events)
			v.same(f.Events.Type().Elems[0], f.Stream.Type, "event")
		}
		for _, x := range append(append([]Expr(nil), s.Atoms...), s.Left, s.Right, s.By) {
			if x != nil {
				v.value(x)
			}
		}
		for _, x := range s.Atoms {
			v.same(x.Type().Elems[0], s.Stream.Type, "expected event")
		}
		if s.Var != nil {
			v.check(v.known[s.Var], "%s is not defined", s.Var.Name)
		}
	}
}

// typeOrder checks that definitions stand behind what they contain.
func (v *verifier) typeOrder(defs []*TypeDef) {
	v.begin("types", source.Span{}, context{})
	seen := map[*TypeDef]bool{}
	var inline func(t *Type, by *TypeDef)
	inline = func(t *Type, by *TypeDef) {
		switch {
		case t.Kind == List || t.Kind == Map || t.Kind == Set:
			return
		case t.Def != nil:
			v.check(seen[t.Def], "%s stands before %s, which it contains", by.Name, t.Def.Name)
		}
		for _, e := range t.Elems {
			inline(e, by)
		}
	}
	for _, d := range defs {
		for _, variant := range d.Variants {
			for _, f := range variant.Fields {
				if !f.Boxed {
					inline(f.Type, d)
				}
			}
		}
		seen[d] = true
	}
}
