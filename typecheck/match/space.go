package match

import "github.com/portals-lang/portals/lang/types"

// constructors are all constructors of t, if the rows name each of them in the first column; complete is false
// otherwise, and then only the default rows matter.
func constructors(rows [][]Pattern, t types.Type) (all []Con, complete bool) {
	all, finite := space(t)
	if !finite {
		return nil, false
	}
	named := map[Tag]bool{}
	for _, row := range rows {
		heads(row[0], named)
	}
	if len(named) < len(all) {
		return nil, false
	}
	return all, true
}

// heads collects the constructors that a pattern begins with.
func heads(p Pattern, named map[Tag]bool) {
	switch p := p.(type) {
	case *Con:
		named[p.Tag] = true
	case *Or:
		for _, alt := range p.Alts {
			heads(alt, named)
		}
	}
}

// unlisted is a constructor of t that the rows do not name, if t has only so many; nil, anything, otherwise.
func unlisted(rows [][]Pattern, t types.Type) Pattern {
	all, finite := space(t)
	named := map[Tag]bool{}
	for _, row := range rows {
		heads(row[0], named)
	}
	if !finite || len(named) == 0 {
		return nil
	}
	for i := range all {
		if !named[all[i].Tag] {
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
