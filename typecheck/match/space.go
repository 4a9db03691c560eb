package match

import "github.com/portals-lang/portals/lang/types"

// constructors are all constructors of t, if the rows name each of them in the first column; complete is false
// otherwise, and then only the default rows matter.
func constructors(rows *matrix, t types.Type) (all []Con, complete bool) {
	if named, ok := types.Resolve(t).(*types.Named); ok && rows.heads() < len(named.Def.Variants) {
		return nil, false // as one often finds, and need not list them for
	}
	all, finite := space(t)
	if !finite || rows.heads() < len(all) {
		return nil, false
	}
	return all, true
}

// unlisted is a constructor of t that the rows do not name, if t has only so many; nil, anything, otherwise.
func unlisted(rows *matrix, t types.Type) Pattern {
	all, finite := space(t)
	if !finite || rows.heads() == 0 {
		return nil
	}
	for i := range all {
		if !rows.names(all[i].Tag) {
			return &all[i]
		}
	}
	return nil
}

// space lists the constructors of a type with wildcards for arguments; finite is false for types that have endlessly
// many, or none that a pattern can name.
func space(t types.Type) (all []Con, finite bool) {
	switch t := types.Resolve(t).(type) {
	case *types.Basic:
		switch t {
		case types.Bool:
			return []Con{{Tag: Tag{Kind: Literal, Literal: "false"}}, {Tag: Tag{Kind: Literal, Literal: "true"}}}, true
		case types.Unit:
			return []Con{{Tag: Tag{Kind: Literal, Literal: "()"}}}, true
		}
	case *types.Tuple:
		return []Con{{Tag: Tag{Kind: Tuple}, Args: make([]Pattern, len(t.Elems))}}, true
	case *types.Named:
		if t.Def == types.ListDef {
			return []Con{{Tag: Tag{Kind: Nil}}, {Tag: Tag{Kind: Cons}, Args: make([]Pattern, 2)}}, true
		}
		for _, v := range t.Def.Variants {
			all = append(all, Con{Tag: Tag{Variant: v}, Args: make([]Pattern, len(v.Fields))})
		}
		return all, len(all) > 0
	}
	return nil, false
}

// argTypes are the types of a constructor's arguments.
func argTypes(tag Tag, t types.Type, arity int) []types.Type {
	out := make([]types.Type, arity)
	for i := range out {
		out[i] = types.Invalid
	}
	switch t := types.Resolve(t).(type) {
	case *types.Tuple:
		copy(out, t.Elems)
	case *types.Named:
		switch {
		case tag.Kind == Cons && arity == 2:
			out[0], out[1] = t.Args[0], t
		case tag.Variant != nil && tag.Variant.Def == t.Def:
			for i, f := range tag.Variant.Fields {
				if i < arity {
					out[i] = t.FieldType(f)
				}
			}
		}
	}
	return out
}
