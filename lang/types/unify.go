package types

// Identical tells whether a and b are the same type. Invalid is identical to nothing but itself, and a free variable
// only to itself.
func Identical(a, b Type) bool {
	a, b = Resolve(a), Resolve(b)
	if a == b {
		return true
	}
	switch a := a.(type) {
	case *Named:
		b, ok := b.(*Named)
		return ok && a.Def == b.Def && all(a.Args, b.Args, Identical)
	case *Tuple:
		b, ok := b.(*Tuple)
		return ok && all(a.Elems, b.Elems, Identical)
	case *Func:
		b, ok := b.(*Func)
		return ok && all(a.Params, b.Params, Identical) && Identical(a.Result, b.Result)
	}
	return false
}

func all(as, bs []Type, same func(a, b Type) bool) bool {
	if len(as) != len(bs) {
		return false
	}
	for i := range as {
		if !same(as[i], bs[i]) {
			return false
		}
	}
	return true
}

// Unify makes a and b equal by binding free variables, and tells whether that is possible. When it is not, no variable
// is changed. Invalid unifies with everything, and makes Invalid of the variables there, so that what follows from a
// mistake is not taken for unknown. It gives up what would become much larger than a type may be.
func Unify(a, b Type) bool {
	var u unifier
	if u.unify(a, b) {
		return true
	}
	u.undo()
	return false
}

// maxSteps bounds the work of Unify. Types that are not too large, and do not become so, take far less.
const maxSteps = 16 * MaxParts

// Assignable tells whether a value of type from can stand where type to is expected, binding free variables as Unify
// does. There are no subtypes: beyond equality, what has no value fits everywhere.
func Assignable(from, to Type) bool {
	return Resolve(from) == Type(Never) || Unify(from, to)
}

// unifier keeps the variables that it bound, to undo them, and counts its steps.
type unifier struct {
	bound []*Var
	steps int
}

func (u *unifier) undo() {
	for _, v := range u.bound {
		v.Bound = nil
	}
}

// step counts one more step, and tells whether there were too many.
func (u *unifier) step() bool {
	u.steps++
	return u.steps > maxSteps
}

func (u *unifier) unify(a, b Type) bool {
	a, b = Resolve(a), Resolve(b)
	switch {
	case u.step():
		return false
	case a == b:
		return true
	case a == Type(Invalid):
		u.spoil(b)
		return true
	case b == Type(Invalid):
		u.spoil(a)
		return true
	}
	if v, ok := a.(*Var); ok {
		return u.bind(v, b)
	}
	if v, ok := b.(*Var); ok {
		return u.bind(v, a)
	}
	switch a := a.(type) {
	case *Named:
		b, ok := b.(*Named)
		return ok && a.Def == b.Def && all(a.Args, b.Args, u.unify)
	case *Tuple:
		b, ok := b.(*Tuple)
		return ok && all(a.Elems, b.Elems, u.unify)
	case *Func:
		b, ok := b.(*Func)
		return ok && all(a.Params, b.Params, u.unify) && u.unify(a.Result, b.Result)
	}
	return false
}

// spoil makes the variables in t Invalid.
func (u *unifier) spoil(t Type) {
	Any(t, func(t Type) bool {
		if u.step() {
			return true
		}
		if v, ok := t.(*Var); ok {
			v.Bound = Invalid
			u.bound = append(u.bound, v)
		}
		return false
	})
}

func (u *unifier) bind(v *Var, t Type) bool {
	if Any(t, func(t Type) bool { return t == Type(v) || u.step() }) {
		return false
	}
	if w, ok := t.(*Var); ok {
		w.Needs |= v.Needs
	}
	v.Bound = t
	u.bound = append(u.bound, v)
	return true
}

// HasFree tells whether t contains a free variable.
func HasFree(t Type) bool {
	return Any(t, func(t Type) bool { _, free := t.(*Var); return free })
}

// Contains tells whether t is or contains an application of def.
func Contains(t Type, def *Def) bool {
	return Any(t, func(t Type) bool { n, ok := t.(*Named); return ok && n.Def == def })
}

// Any tells whether f holds for t or a term inside it. Definitions are not entered, only their arguments. A term that is shared by very
// many is gone through a few times at most.
func Any(t Type, f func(Type) bool) bool {
	w := walk{f: f}
	return w.any(t)
}

// walk goes through the terms of a type. From the MaxParts-th on, it remembers those that it has gone through.
type walk struct {
	f     func(Type) bool
	steps int
	done  map[Type]bool
}

func (w *walk) any(t Type) bool {
	t = Resolve(t)
	if w.steps++; w.steps > MaxParts {
		if w.done[t] {
			return false
		}
		if w.done == nil {
			w.done = map[Type]bool{}
		}
		w.done[t] = true
	}
	if w.f(t) {
		return true
	}
	switch t := t.(type) {
	case *Named:
		return w.anyOf(t.Args)
	case *Tuple:
		return w.anyOf(t.Elems)
	case *Func:
		return w.anyOf(t.Params) || w.any(t.Result)
	}
	return false
}

func (w *walk) anyOf(ts []Type) bool {
	for _, t := range ts {
		if w.any(t) {
			return true
		}
	}
	return false
}
