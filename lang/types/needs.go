package types

import (
	"slices"
	"strings"
)

// NeedNum asks for a number: Int, Float or Duration. Only built-ins ask for it by themselves.
const NeedNum Constraint = 1 << 3

// String names the constraints as signatures write them, `eq + key`; "" for none.
func (c Constraint) String() string {
	var names []string
	for _, n := range constraintNames {
		if c&n.bit != 0 {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " + ")
}

var constraintNames = []struct {
	bit  Constraint
	name string
}{{NeedEq, "eq"}, {NeedOrd, "ord"}, {NeedKey, "key"}, {NeedNum, "num"}}

// ParseConstraint is the inverse of String for one name.
func ParseConstraint(name string) (Constraint, bool) {
	for _, n := range constraintNames {
		if n.name == name {
			return n.bit, true
		}
	}
	return 0, false
}

// Require asks that t supports all of need. It returns the innermost type that does not, or nil. Type parameters and
// free variables are not judged but handed to onParam (which may be nil) and marked: theirs is whatever is asked.
func Require(t Type, need Constraint, onParam func(*Param, Constraint)) Type {
	for _, n := range constraintNames {
		if need&n.bit != 0 {
			r := requirer{onParam: onParam, open: map[*Def]bool{}, met: map[*Def][]*Named{}}
			if culprit := r.require(t, n.bit); culprit != nil {
				return culprit
			}
		}
	}
	return nil
}

// Supports tells whether t supports all of need, whatever its parameters are.
func Supports(t Type, need Constraint) bool { return Require(t, need, nil) == nil }

// requirer walks into definitions; open are those it is inside of. A definition met again inside itself adds nothing
// for == ; for keys it cannot be met, as a recursive type is none. Types that are made of each other hold one definition
// very often, so what was found to support what is asked is not gone through again.
type requirer struct {
	onParam func(*Param, Constraint)
	open    map[*Def]bool
	met     map[*Def][]*Named
	steps   int
	done    map[Type]bool // from the MaxParts-th step on: what terms share is gone through once
}

func (r *requirer) require(t Type, need Constraint) Type {
	t = Resolve(t)
	if r.steps++; r.steps > MaxParts {
		if r.done[t] {
			return nil
		}
		if r.done == nil {
			r.done = map[Type]bool{}
		}
		r.done[t] = true
	}
	switch t := t.(type) {
	case *Basic:
		return culpritIf(!basicSupports(t, need), t)
	case *Var:
		t.Needs |= need
		return nil
	case *Param:
		if r.onParam != nil {
			r.onParam(t, need)
		}
		return nil
	case *Tuple:
		if need == NeedNum {
			return t
		}
		return r.each(t.Elems, need)
	case *Func:
		return t
	case *Named:
		return r.named(t, need)
	}
	return t
}

func (r *requirer) named(t *Named, need Constraint) Type {
	switch {
	case t.Def == FutureDef || need == NeedOrd || need == NeedNum:
		return t
	case t.Def == ListDef || t.Def == MapDef || t.Def == SetDef:
		if need == NeedKey {
			return t
		}
		return r.each(t.Args, need)
	case need == NeedKey && (t.Def.Recursive || t.Def == ErrorDef):
		return t
	case r.open[t.Def] || slices.ContainsFunc(r.met[t.Def], func(other *Named) bool { return Identical(t, other) }):
		return nil
	}
	r.open[t.Def] = true
	defer delete(r.open, t.Def)
	r.met[t.Def] = append(r.met[t.Def], t)
	for _, v := range t.Def.Variants {
		for _, f := range v.Fields {
			if culprit := r.require(t.FieldType(f), need); culprit != nil {
				return culprit
			}
		}
	}
	return nil
}

func (r *requirer) each(ts []Type, need Constraint) Type {
	for _, t := range ts {
		if culprit := r.require(t, need); culprit != nil {
			return culprit
		}
	}
	return nil
}

func culpritIf(bad bool, t Type) Type {
	if bad {
		return t
	}
	return nil
}

func basicSupports(b *Basic, need Constraint) bool {
	if b.Kind == InvalidKind || b.Kind == NeverKind {
		return true
	}
	switch need {
	case NeedOrd:
		return b == Int || b == Float || b == String || b == Time || b == Duration
	case NeedKey:
		return b == Int || b == String || b == Bool || b == Time || b == Duration
	case NeedNum:
		return b == Int || b == Float || b == Duration
	}
	return true
}
