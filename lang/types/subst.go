package types

// Subst maps type parameters to types.
type Subst map[*Param]Type

// Bind is the substitution of args for params, in order.
func Bind(params []*Param, args []Type) Subst {
	if len(params) == 0 {
		return nil
	}
	s := make(Subst, len(params))
	for i, p := range params {
		if i < len(args) {
			s[p] = args[i]
		}
	}
	return s
}

// Substitute replaces the parameters of t that s maps, and resolves bound variables. A term without either is
// returned as it is.
func Substitute(t Type, s Subst) Type {
	t = Resolve(t)
	switch t := t.(type) {
	case *Param:
		if u, ok := s[t]; ok {
			return u
		}
	case *Named:
		if args, changed := substituteAll(t.Args, s); changed {
			return &Named{t.Def, args}
		}
	case *Tuple:
		if elems, changed := substituteAll(t.Elems, s); changed {
			return &Tuple{elems}
		}
	case *Func:
		params, changed := substituteAll(t.Params, s)
		result := Substitute(t.Result, s)
		if changed || result != t.Result {
			return &Func{params, result}
		}
	}
	return t
}

func substituteAll(ts []Type, s Subst) ([]Type, bool) {
	var out []Type
	for i, t := range ts {
		u := Substitute(t, s)
		if u != t && out == nil {
			out = append(make([]Type, 0, len(ts)), ts[:i]...)
		}
		if out != nil {
			out = append(out, u)
		}
	}
	if out == nil {
		return ts, false
	}
	return out, true
}

// Zonk resolves the bound variables everywhere in t; free ones stay.
func Zonk(t Type) Type { return Substitute(t, nil) }

// Default is Zonk with free variables, and what is too large, replaced by Invalid: what the checker keeps of a type that it could not infer
// and has complained about.
func Default(t Type) Type {
	if TooLarge(t) {
		return Invalid
	}
	t = Zonk(t)
	if !HasFree(t) {
		return t
	}
	switch t := t.(type) {
	case *Named:
		return &Named{t.Def, defaults(t.Args)}
	case *Tuple:
		return &Tuple{defaults(t.Elems)}
	case *Func:
		return &Func{defaults(t.Params), Default(t.Result)}
	}
	return Invalid
}

func defaults(ts []Type) []Type {
	out := make([]Type, len(ts))
	for i, t := range ts {
		out[i] = Default(t)
	}
	return out
}

// Supply makes inference variables.
type Supply struct{ next int }

// Fresh returns a new free variable.
func (s *Supply) Fresh() *Var {
	s.next++
	return &Var{ID: s.next}
}

// Instantiate returns fresh variables for params, in order, and the substitution that puts them in.
func (s *Supply) Instantiate(params []*Param) ([]Type, Subst) {
	if len(params) == 0 {
		return nil, nil
	}
	args := make([]Type, len(params))
	for i := range params {
		args[i] = s.Fresh()
	}
	return args, Bind(params, args)
}

// FieldType is the type of field f of the named type n: its arguments are put in for the definition's parameters.
func (n *Named) FieldType(f *Field) Type {
	return Substitute(f.Type, Bind(n.Def.Params, n.Args))
}

// Apply is the definition applied to its own parameters: the type as its declaration sees it.
func (d *Def) Apply() *Named {
	args := make([]Type, len(d.Params))
	for i, p := range d.Params {
		args[i] = p
	}
	return &Named{d, args}
}

// Field returns the field of that name, or nil.
func (v *Variant) Field(name string) *Field {
	for _, f := range v.Fields {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// Variant returns the variant of that name, or nil.
func (d *Def) Variant(name string) *Variant {
	for _, v := range d.Variants {
		if v.Name == name {
			return v
		}
	}
	return nil
}
