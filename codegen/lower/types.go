package lower

import (
	"fmt"
	"strings"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/types"
)

// typeTable makes types without variables out of checked ones, each once, so that equal types are one pointer.
type typeTable struct {
	byKey map[string]*ir.Type
	ids   map[*ir.Type]int
	defs  []*ir.TypeDef // in the order of first use
	// source is the checked form of each definition, from which its fields get their types and defaults.
	source map[*ir.TypeDef]*types.Named
	depth  int
}

// maxTypeDepth bounds how deep types nest, with the fields of definitions. A definition that uses itself with ever larger arguments would
// have no end; the checker refuses it.
const maxTypeDepth = 100_000

func newTypeTable() *typeTable {
	return &typeTable{byKey: map[string]*ir.Type{}, ids: map[*ir.Type]int{}, source: map[*ir.TypeDef]*types.Named{}}
}

var basicKinds = map[types.Kind]ir.Kind{
	types.BoolKind: ir.Bool, types.IntKind: ir.Int, types.FloatKind: ir.Float, types.StringKind: ir.String,
	types.BytesKind: ir.Bytes, types.TimeKind: ir.Time, types.DurationKind: ir.Duration, types.UnitKind: ir.Unit,
	// What has no value, or takes any, is never looked at: any type will do.
	types.NeverKind: ir.Unit, types.InvalidKind: ir.Unit,
}

var builtinKinds = map[*types.Def]ir.Kind{
	types.ListDef: ir.List, types.MapDef: ir.Map, types.SetDef: ir.Set, types.OptionDef: ir.Option,
	types.ResultDef: ir.Result, types.FutureDef: ir.Future,
}

// of is the type that t means. Type parameters must have been replaced.
func (tt *typeTable) of(t types.Type) *ir.Type {
	if tt.depth++; tt.depth > maxTypeDepth {
		panic(bug{text: fmt.Sprintf("type %s has no end", t)})
	}
	defer func() { tt.depth-- }()
	switch t := types.Resolve(t).(type) {
	case *types.Basic:
		return tt.make(basicKinds[t.Kind], t.String(), nil)
	case *types.Tuple:
		return tt.make(ir.Tuple, "", tt.all(t.Elems))
	case *types.Func:
		return tt.make(ir.FuncType, "", append(tt.all(t.Params), tt.of(t.Result)))
	case *types.Named:
		if t.Def == types.FailureDef {
			return tt.of(&types.Tuple{Elems: []types.Type{types.String, types.Option(t.Args[0])}})
		}
		if kind, ok := builtinKinds[t.Def]; ok {
			return tt.make(kind, t.Def.Name, tt.all(t.Args))
		}
		return tt.define(t)
	case *types.Var:
		// Free: nothing depends on it, as with the element of an empty list that nobody looks at.
		return tt.make(ir.Unit, "Unit", nil)
	}
	panic(bug{text: fmt.Sprintf("type %s (%T) is left over", t, t)})
}

func (tt *typeTable) all(ts []types.Type) []*ir.Type {
	out := make([]*ir.Type, len(ts))
	for i, t := range ts {
		out[i] = tt.of(t)
	}
	return out
}

func (tt *typeTable) make(kind ir.Kind, name string, elems []*ir.Type) *ir.Type {
	key := fmt.Sprint(kind, tt.idsOf(elems))
	if t := tt.byKey[key]; t != nil {
		return t
	}
	t := &ir.Type{Kind: kind, Elems: elems, Name: typeName(kind, name, elems)}
	t.Owns = kind == ir.List || kind == ir.Map || kind == ir.Set
	tt.add(key, t)
	return t
}

func (tt *typeTable) add(key string, t *ir.Type) {
	tt.byKey[key] = t
	tt.ids[t] = len(tt.ids)
}

func (tt *typeTable) idsOf(ts []*ir.Type) []int {
	ids := make([]int, len(ts))
	for i, t := range ts {
		ids[i] = tt.ids[t]
	}
	return ids
}

func typeName(kind ir.Kind, name string, elems []*ir.Type) string {
	names := make([]string, len(elems))
	for i, e := range elems {
		names[i] = e.Name
	}
	switch {
	case kind == ir.Tuple:
		return "(" + strings.Join(names, ", ") + ")"
	case kind == ir.FuncType:
		last := len(names) - 1
		text := "fun(" + strings.Join(names[:last], ", ") + ")"
		if elems[last].Kind != ir.Unit {
			text += " -> " + names[last]
		}
		return text
	case len(elems) > 0:
		return name + "[" + strings.Join(names, ", ") + "]"
	}
	return name
}

// define is a record or enum applied to arguments. The type is in the table before its fields are made, since they may
// refer to it.
func (tt *typeTable) define(n *types.Named) *ir.Type {
	args := tt.all(n.Args)
	key := fmt.Sprintf("%p %v", n.Def, tt.idsOf(args))
	if t := tt.byKey[key]; t != nil {
		return t
	}
	d := &ir.TypeDef{Name: n.String(), Doc: n.Def.Doc, Enum: n.Def.Sort == types.Enum, Span: n.Def.Span}
	d.Builtin = n.Def.Sort == types.Builtin
	d.Type = &ir.Type{Kind: ir.Record, Def: d, Name: d.Name}
	if d.Enum {
		d.Type.Kind = ir.Enum
	}
	tt.add(key, d.Type)
	tt.defs = append(tt.defs, d)
	tt.source[d] = n
	for _, v := range n.Def.Variants {
		made := &ir.Variant{Def: d, Index: v.Index, Name: v.Name, Doc: v.Doc}
		d.Variants = append(d.Variants, made)
		for _, f := range v.Fields {
			made.Fields = append(made.Fields, &ir.Field{
				Name: f.Name, DataName: f.DataName, Doc: f.Doc, Type: tt.of(n.FieldType(f)),
			})
		}
	}
	if !d.Enum {
		d.Type.Owns = ownsField(d)
	}
	return d.Type
}

// ownsField tells whether a field of a record owns. Only fields of records can be changed in place: what an enum, an
// Option or a tuple holds is a value. So no record owns through itself, and the answer is there when the fields are.
func ownsField(d *ir.TypeDef) bool {
	for _, f := range d.Variants[0].Fields {
		if f.Type.Owns {
			return true
		}
	}
	return false
}

// finish finds out what needs all types to be there: which fields are boxed, what Go can compare, and the order of
// the definitions.
func (tt *typeTable) finish() []*ir.TypeDef {
	for _, d := range tt.defs {
		for _, v := range d.Variants {
			for _, f := range v.Fields {
				f.Boxed = holds(f.Type, d, map[*ir.TypeDef]bool{})
			}
		}
	}
	known := map[*ir.Type]bool{}
	for _, t := range tt.byKey {
		t.Comparable = comparable(t, known)
	}
	return tt.ordered()
}

// holds tells whether a value of type t has one of d inside it, other than in a collection.
func holds(t *ir.Type, d *ir.TypeDef, seen map[*ir.TypeDef]bool) bool {
	switch t.Kind {
	case ir.List, ir.Map, ir.Set, ir.FuncType, ir.Future:
		return false
	case ir.Record, ir.Enum:
		if t.Def == d {
			return true
		}
		if seen[t.Def] {
			return false
		}
		seen[t.Def] = true
		for _, v := range t.Def.Variants {
			for _, f := range v.Fields {
				if holds(f.Type, d, seen) {
					return true
				}
			}
		}
	}
	for _, e := range t.Elems {
		if holds(e, d, seen) {
			return true
		}
	}
	return false
}

// comparable tells whether Go compares values of t as the language does; known are the types that it has told of. Boxed
// fields end the walk of recursive types.
func comparable(t *ir.Type, known map[*ir.Type]bool) bool {
	if is, ok := known[t]; ok {
		return is
	}
	is := true
	switch t.Kind {
	case ir.List, ir.Map, ir.Set, ir.FuncType, ir.Future:
		is = false
	case ir.Record, ir.Enum:
		for _, v := range t.Def.Variants {
			for _, f := range v.Fields {
				is = is && !f.Boxed && comparable(f.Type, known)
			}
		}
	}
	for _, e := range t.Elems {
		is = is && comparable(e, known)
	}
	known[t] = is
	return is
}

// ordered gives the definitions so that each comes after those that it contains unboxed, otherwise by first use.
func (tt *typeTable) ordered() []*ir.TypeDef {
	var out []*ir.TypeDef
	done := map[*ir.TypeDef]bool{}
	var visit func(t *ir.Type)
	place := func(d *ir.TypeDef) {
		if done[d] {
			return
		}
		done[d] = true
		for _, v := range d.Variants {
			for _, f := range v.Fields {
				if !f.Boxed {
					visit(f.Type)
				}
			}
		}
		out = append(out, d)
	}
	visit = func(t *ir.Type) {
		if t.Def != nil {
			place(t.Def)
		}
		for _, e := range t.Elems {
			visit(e)
		}
	}
	for _, d := range tt.defs {
		place(d)
	}
	return out
}
