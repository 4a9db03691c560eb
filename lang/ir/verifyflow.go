package ir

import "maps"

// flow is what is known where control is: the variables in scope, those of them that may have no value yet, and
// whether control gets here at all.
type flow struct {
	known map[*Var]bool
	unset map[*Var]bool
	dead  bool
}

func (f flow) copy() flow { return flow{maps.Clone(f.known), maps.Clone(f.unset), f.dead} }

// join is what is known where two flows meet.
func (f flow) join(g flow) flow {
	switch {
	case f.dead:
		return g.copy()
	case g.dead:
		return f.copy()
	}
	out := f.copy()
	for v := range g.unset {
		out.unset[v] = true
	}
	return out
}

// define brings a variable into scope.
func (v *verifier) define(x *Var, set bool) {
	v.check(x.Type != nil, "variable %s has no type", x.Name)
	v.check(!v.known[x], "variable %s is defined twice", x.Name)
	v.known[x] = true
	if !set {
		v.unset[x] = true
	}
}

// block checks statements with a scope of their own.
func (v *verifier) block(body []Stmt) {
	outer := maps.Clone(v.known)
	for _, s := range body {
		v.check(!v.dead, "a statement that is never reached")
		v.stmt(s)
	}
	v.known = outer
}

// branches checks blocks of which one runs; none tells that perhaps none does.
func (v *verifier) branches(none bool, blocks ...[]Stmt) {
	start := v.flow
	after := flow{dead: true}
	if none {
		after = start.copy()
	}
	for _, b := range blocks {
		v.flow = start.copy()
		v.block(b)
		after = after.join(v.flow)
	}
	v.flow = after
	v.known = start.known
}

// enclosed checks a block that Break can leave.
func (v *verifier) enclosed(label *Label, loop bool, body []Stmt) {
	v.check(label != nil, "a loop or scope without a label")
	t := &target{label: label, loop: loop}
	v.inside = append(v.inside, t)
	start := v.flow.copy()
	v.block(body)
	v.inside = v.inside[:len(v.inside)-1]
	after := v.flow
	if loop {
		after = start // the end of the body goes back to the head
	}
	for _, f := range t.left {
		after = after.join(f)
	}
	v.flow = after
	v.known = start.known
}

func (v *verifier) stmt(s Stmt) {
	if s.Span().Valid() {
		v.at = s.Span()
	}
	switch s := s.(type) {
	case *Define:
		v.defineStmt(s)
	case *Assign:
		v.value(s.Value)
		v.same(s.Value.Type(), s.Place.Type(), "assigned value")
		v.written(s.Place)
	case *Mutate:
		v.values(s.Args)
		v.written(s.Place)
		v.check(s.Place.Type().Owns, "%s of a %s", s.Name, s.Place.Type().Name)
	case *Do:
		v.effect(s.X)
	case *If:
		v.truth(s.Cond)
		v.branches(false, s.Then, s.Else)
	case *Switch:
		v.switchOn(s)
	case *For:
		v.loopOver(s)
	case *Loop:
		v.loop(s)
	case *Scope:
		v.enclosed(s.Label, false, s.Body)
	case *Break:
		v.jump(s.Label, false)
	case *Continue:
		v.jump(s.Label, true)
	case *Return:
		v.giveBack(s)
	case *Fail:
		v.value(s.Message)
		v.check(s.Message.Type().Kind == String, "the reason of a failure is %s", s.Message.Type().Name)
		v.dead = true
	case *Log:
		v.value(s.Message)
		v.check(s.Message.Type().Kind == String, "a log of %s", s.Message.Type().Name)
	case *Emit:
		v.value(s.Value)
		if v.check(v.task != nil, "emit outside of a task"); v.task != nil {
			v.same(s.Value.Type(), v.task.Out, "emitted value")
		}
	case *Reply:
		v.value(s.Value)
		if v.check(v.portal != nil, "reply without an ask"); v.portal != nil {
			v.same(s.Value.Type(), v.portal.Rep, "reply")
		}
	case *Await:
		v.await(s)
	case *Send, *Next, *Out:
		v.handOn(s)
	default:
		v.fail("unknown statement %T", s)
	}
}

func (v *verifier) defineStmt(s *Define) {
	if s.Init != nil {
		v.value(s.Init)
		v.same(s.Init.Type(), s.Var.Type, "value of "+s.Var.Name)
	}
	v.define(s.Var, s.Init != nil)
}

// written checks a place that is assigned or changed. A variable gets its first value by an assignment.
func (v *verifier) written(place Expr) {
	if l, ok := place.(*Local); ok && v.unset[l.Var] {
		v.check(v.known[l.Var], "%s is not in scope", l.Var.Name)
		delete(v.unset, l.Var)
		return
	}
	v.expr(place)
	v.check(Changes(place), "a place is written that does not change")
}

func (v *verifier) switchOn(s *Switch) {
	v.expr(s.Of)
	_, local := s.Of.(*Local)
	v.check(local && s.Of.Type().Kind == Enum, "a switch on something else than a variable that holds an enum")
	if s.Of.Type().Kind != Enum {
		return
	}
	def, seen := s.Of.Type().Def, map[*Variant]bool{}
	var blocks [][]Stmt
	for _, c := range s.Cases {
		for _, variant := range c.Variants {
			v.check(variant.Def == def && !seen[variant], "case %s", variant.Name)
			seen[variant] = true
		}
		blocks = append(blocks, c.Body)
	}
	if s.HasDefault {
		blocks = append(blocks, s.Default)
	} else {
		v.check(len(seen) == len(def.Variants), "a switch that takes %d of %d variants", len(seen), len(def.Variants))
	}
	v.branches(false, blocks...)
}

func (v *verifier) loopOver(s *For) {
	v.expr(s.Over)
	t := s.Over.Type()
	if !t.Owns || len(t.Elems) == 0 {
		v.fail("a loop over %s", t.Name)
		return
	}
	outer := maps.Clone(v.known)
	for i, x := range []*Var{s.Elem, s.Value} {
		if x != nil {
			v.define(x, true)
			v.check(i < len(t.Elems), "a second variable of a loop over %s", t.Name)
			v.same(x.Type, t.Elems[min(i, len(t.Elems)-1)], "element")
		}
	}
	v.enclosed(s.Label, true, s.Body)
	v.known = outer
}

func (v *verifier) loop(s *Loop) {
	if s.Cond != nil {
		v.truth(s.Cond)
	}
	v.enclosed(s.Label, true, s.Body)
	v.dead = v.dead || s.Cond == nil && !leaves(s.Body, s.Label)
}

func (v *verifier) jump(label *Label, again bool) {
	for _, t := range v.inside {
		if t.label == label {
			v.check(t.loop || !again, "continue of a scope")
			if !again {
				t.left = append(t.left, v.flow.copy())
			}
			v.dead = true
			return
		}
	}
	v.fail("a jump to a label that is not around it")
	v.dead = true
}

func (v *verifier) giveBack(s *Return) {
	switch {
	case s.Value != nil:
		v.value(s.Value)
		v.same(s.Value.Type(), v.result, "result")
	default:
		v.check(noValue(v.result), "a return without a value")
	}
	v.check(!v.segment, "return in a segment")
	v.dead = true
}

func (v *verifier) await(s *Await) {
	v.check(v.awaits, "an await where none may stand")
	v.check(len(s.Futures) > 0 && (len(s.Futures) == 1 || s.Mode == AwaitEach), "an await of %d futures", len(s.Futures))
	for _, f := range s.Futures {
		v.value(f)
		t := f.Type()
		if s.Mode == AwaitAll || s.Mode == AwaitAny {
			v.check(t.Kind == List && t.Elems[0].Kind == Future, "an await of %s", t.Name)
		} else {
			v.check(t.Kind == Future, "an await of %s", t.Name)
		}
	}
	if s.Within != nil {
		v.value(s.Within)
		v.check(s.Within.Type().Kind == Duration, "within %s", s.Within.Type().Name)
	}
	v.define(s.Into, true)
}

// handOn checks what only segments do.
func (v *verifier) handOn(s Stmt) {
	v.check(v.segment, "%T outside of a segment", s)
	switch s := s.(type) {
	case *Send:
		v.value(s.Event)
		v.same(s.Event.Type(), s.Task.In, "event for "+s.Task.Name)
		v.key(s.Key, s.Task.Key)
	case *Next:
		v.value(s.Event)
		v.same(s.Event.Type(), s.Segment.Event.Type, "event for "+s.Segment.Name)
		if s.Segment.Key == nil {
			v.key(s.Key, nil)
		} else {
			v.key(s.Key, s.Segment.Key.Type)
		}
	case *Out:
		v.value(s.Event)
		v.same(s.Event.Type(), s.Output.Stream.Type, "event for "+s.Output.Stream.Name)
	}
}

func (v *verifier) key(key Expr, want *Type) {
	if key == nil {
		v.check(want == nil, "an event without its key")
		return
	}
	v.value(key)
	v.same(key.Type(), want, "key")
}
