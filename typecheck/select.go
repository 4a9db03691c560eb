package typecheck

import (
	"sort"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/builtin"
	"github.com/portals-lang/portals/lang/types"
)

// field checks `x.name` that is not called.
func (b *body) field(e *ast.Field, w want) types.Type {
	if m := b.moduleOf(e.X); m != nil {
		obj := b.memberOf(m, e)
		if obj == nil {
			return types.Invalid
		}
		return b.declared(e, obj, w)
	}
	t := types.Resolve(b.expr(e.X, anything))
	if e.Name == nil || t == types.Type(types.Invalid) || t == types.Type(types.Never) || b.isUnknown(e.X, t) {
		return types.Invalid
	}
	if n, ok := t.(*types.Named); ok && len(n.Def.Variants) > 0 {
		if ft := b.fieldOf(e, n); ft != nil {
			return ft
		}
	}
	entry := builtin.Lookup(receiverName(t), e.Name.Text)
	if entry == nil {
		b.noSuchMember(e, t, false)
		return types.Invalid
	}
	sig := entry.Signature()
	if !sig.Property {
		f := b.err("PTL0303", e.Place, "", "the method `%s` is not called", e.Name.Text)
		if len(sig.Params) == 0 {
			f.help("Write `%s()`.", e.Name.Text).edit(e.Place, e.Place.Text()+"()")
		} else {
			f.help("Methods cannot be handed over; write a lambda: `x => x.%s(…)`.", e.Name.Text)
		}
		return types.Invalid
	}
	b.info.Selected[e] = Selection{Kind: SelectProperty, Method: entry.Name()}
	return sig.Result
}

// fieldOf is the type of a field of a record, or of one that every variant of an enum has with one type. It is nil
// where there is nothing of that name.
func (b *body) fieldOf(e *ast.Field, n *types.Named) types.Type {
	var found []*types.Field
	var lacking []*types.Variant
	for _, v := range n.Def.Variants {
		if f := v.Field(e.Name.Text); f != nil {
			found = append(found, f)
		} else {
			lacking = append(lacking, v)
		}
	}
	if len(found) == 0 {
		return nil
	}
	t := n.FieldType(found[0])
	if len(lacking) > 0 {
		b.err("PTL0204", e.Name.Place, "", "not every variant of %s has a field `%s`", n.Def.Name, e.Name.Text).
			at(lacking[0].Span, "`%s` has none", lacking[0].Name).
			help("Match on the value; the field can be read in the variants that have it.")
		return types.Invalid
	}
	for _, f := range found[1:] {
		if !types.Identical(n.FieldType(f), t) {
			b.err("PTL0204", e.Name.Place, "", "the field `%s` has different types in the variants of %s", e.Name.Text, n.Def.Name).
				at(found[0].Span, "here it is %s", show(t)).at(f.Span, "here it is %s", show(n.FieldType(f))).
				help("Match on the value.")
			return types.Invalid
		}
	}
	if len(n.Def.Variants) == 1 && n.Def.Sort != types.Enum {
		b.info.Selected[e] = Selection{Kind: SelectField, Field: found[0]}
	} else {
		b.info.Selected[e] = Selection{Kind: SelectField, Fields: found}
	}
	return t
}

// memberNames lists what can follow a dot after a value of type t.
func (b *body) memberNames(t types.Type) []string {
	var names []string
	if n, ok := types.Resolve(t).(*types.Named); ok && (n.Def.Sort != types.Builtin || len(n.Def.Variants) == 1) {
		seen := map[string]int{}
		for _, v := range n.Def.Variants {
			for _, f := range v.Fields {
				seen[f.Name]++
			}
		}
		for name, count := range seen {
			if count == len(n.Def.Variants) {
				names = append(names, name)
			}
		}
		sort.Strings(names)
		return names
	}
	if r := receiverName(t); r != "" {
		return builtin.Methods(r)
	}
	return nil
}
