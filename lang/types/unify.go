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
// mistake is not taken for unknown.
func Unify(a, b Type) bool {
	var u unifier
	if u.unify(a, b) {
		return true
	}
	for _, v := range u.bound {
		v.Bound = nil
	}
	return false
}

// Assignable tells whether a value of type from can stand where type to is expected, binding free variables as Unify
// does. There are no subtypes: beyond equality, what has no value fits everywhere.
func Assignable(from, to Type) bool {
	return Resolve(from) == Type(Never) || Unify(from, to)
}

// unifier keeps the variables that it bound, to undo them.
type unifier struct{ bound []*Var }

func (u *unifier) unify(a, b Type) bool {
	a, b = Resolve(a), Resolve(b)
	switch {
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
		if v, ok := t.(*Var); ok {
			v.Bound = Invalid
			u.bound = append(u.bound, v)
		}
		return false
	})
}

func (u *unifier) bind(v *Var, t Type) bool {
	if Occurs(v, t) {
		return false
	}
	if w, ok := t.(*Var); ok {
		w.Needs |= v.Needs
	}
	v.Bound = t
	u.bound = append(u.bound, v)
	return true
}

// Occurs tells whether t contains the free variable v.
func Occurs(v *Var, t Type) bool {
	return Any(t, func(t Type) bool { return t == Type(v) })
}

// HasFree tells whether t contains a free variable.
func HasFree(t Type) bool {
	return Any(t, func(t Type) bool { _, free := t.(*Var); return free })
}

// Contains tells whether t is or contains an application of def.
func Contains(t Type, def *Def) bool {
	return Any(t, func(t Type) bool { n, ok := t.(*Named); return ok && n.Def == def })
}

// Any tells whether f holds for t or a term inside it. Definitions are not entered, only their arguments.
func Any(t Type, f func(Type) bool) bool {
	t = Resolve(t)
	if f(t) {
		return true
	}
	switch t := t.(type) {
	case *Named:
		return anyOf(t.Args, f)
	case *Tuple:
		return anyOf(t.Elems, f)
	case *Func:
		return anyOf(t.Params, f) || Any(t.Result, f)
	}
	return false
}

func anyOf(ts []Type, f func(Type) bool) bool {
	for _, t := range ts {
		if Any(t, f) {
			return true
		}
	}
	return false
}
