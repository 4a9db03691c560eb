package typecheck

import (
	"maps"
	"slices"
	"sort"
	"unicode"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/types"
)

// written is the meaning of a type as written; nil means Invalid without a word, since the parser has complained.
func (c *checker) written(p *pkg, t ast.Type, vars typeVars) types.Type {
	if t == nil {
		return types.Invalid
	}
	meaning := c.writtenInner(p, t, vars)
	c.info.Written[t] = meaning
	return meaning
}

func (c *checker) writtenInner(p *pkg, t ast.Type, vars typeVars) types.Type {
	switch t := t.(type) {
	case *ast.NamedType:
		return c.writtenNamed(p, t, vars)
	case *ast.TupleType:
		if len(t.Elems) > types.MaxTuple {
			c.err("PTL0309", t.Place, "", "a tuple of %d elements", len(t.Elems)).
				note("Tuples have at most %d elements.", types.MaxTuple).help("Declare a record, whose fields have names.")
			return types.Invalid
		}
		return &types.Tuple{Elems: c.writtenAll(p, t.Elems, vars)}
	case *ast.FuncType:
		f := &types.Func{Params: c.writtenAll(p, t.Params, vars), Result: types.Unit}
		if t.Result != nil {
			f.Result = c.written(p, t.Result, vars)
		}
		return f
	}
	return types.Invalid
}

func (c *checker) writtenAll(p *pkg, ts []ast.Type, vars typeVars) []types.Type {
	out := make([]types.Type, len(ts))
	for i, t := range ts {
		out[i] = c.written(p, t, vars)
	}
	return out
}

func (c *checker) writtenNamed(p *pkg, t *ast.NamedType, vars typeVars) types.Type {
	if t.Name == nil {
		return types.Invalid
	}
	args := c.writtenAll(p, t.Args, vars)
	if t.Module == nil {
		if v := vars[t.Name.Text]; v != nil {
			c.typeArity(t, t.Name.Text, 0, nil)
			return v
		}
		if b := types.BasicOf(t.Name.Text); b != nil {
			c.typeArity(t, t.Name.Text, 0, nil)
			return b
		}
	}
	def, s := c.findType(p, t, vars)
	if def == nil {
		return types.Invalid
	}
	if !c.typeArity(t, def.Name, len(def.Params), s) {
		return types.Invalid
	}
	named := &types.Named{Def: def, Args: args}
	for i, param := range def.Params {
		c.duty(duty{typ: args[i], param: param, at: t.Args[i].Span(), what: "`" + def.Name + "`"})
	}
	return named
}

// findType finds the definition that a written type names; the symbol is nil for built-in ones.
func (c *checker) findType(p *pkg, t *ast.NamedType, vars typeVars) (*types.Def, *symbol) {
	name := t.Name.Text
	if t.Module != nil {
		m := c.findModule(p, t.Module)
		if m == nil {
			return nil, nil
		}
		if s := m.types[name]; s != nil {
			return s.def, s
		}
		c.noTypeIn(m, t)
		return nil, nil
	}
	if s := p.types[name]; s != nil {
		s.used = true
		return s.def, s
	}
	if name == "Future" {
		c.err("PTL0604", t.Place, "", "a future has no type that can be written").
			note("Futures live in local variables, and in lists and tuples held by them; what is stored or sent is their reply.").
			help("Leave the type out, or write the type of the reply.")
		return nil, nil
	}
	if d := types.BuiltinDef(name); d != nil {
		return d, nil
	}
	c.unknownType(p, t, vars)
	return nil, nil
}

// noTypeIn reports a type that a module or app does not have.
func (c *checker) noTypeIn(m *pkg, t *ast.NamedType) {
	name := t.Name.Text
	f := c.err("PTL0201", t.Name.Place, "", "`%s` has no type `%s`", t.Module.Text, name)
	if s := m.values[name]; s != nil {
		f.at(s.span, "`%s` is %s", name, s.what)
		if ctor, ok := s.obj.(*Ctor); ok {
			f.help("Its type is `%s.%s`.", t.Module.Text, ctor.Variant.Def.Name).edit(t.Name.Place, ctor.Variant.Def.Name)
		}
		return
	}
	names := slices.Sorted(maps.Keys(m.types))
	if f.didYouMean(t.Name.Place, name, names); f.Help == "" && len(names) > 0 {
		f.note("It has %s.", quoted(names[:min(len(names), mostListed)]))
	}
}

func (c *checker) unknownType(p *pkg, t *ast.NamedType, vars typeVars) {
	name := t.Name.Text
	f := c.err("PTL0201", t.Name.Place, "", "there is no type `%s`", name)
	if s := p.values[name]; s != nil {
		f.at(s.span, "`%s` is %s", name, s.what)
		if ctor, ok := s.obj.(*Ctor); ok {
			f.help("Its type is `%s`.", ctor.Variant.Def.Name).edit(t.Name.Place, ctor.Variant.Def.Name)
		}
		return
	}
	if f.inModule(p, t.Name.Place, name, func(m *pkg) *symbol { return m.types[name] }) {
		return
	}
	if own, ok := foreignTypes[name]; ok {
		f.help("It is called `%s` here.", own).edit(t.Name.Place, own)
		return
	}
	if name == "Stream" || name == "Flow" {
		f.note("A stream is no value: it is declared, and workflows read and write it.").
			help("A stream of events is `stream name: Event`; a task takes and gives them, `task Name: In -> Out { … }`; many values at once are a List.")
		return
	}
	if len(name) == 1 && unicode.IsUpper(rune(name[0])) {
		f.help("A type parameter is declared behind the name of what has it: `fun f[%s](x: %s) -> %s`, `record R[%s](x: %s)`.", name, name, name, name, name)
		return
	}
	f.didYouMean(t.Name.Place, name, c.offered(len(p.types)+len(vars), func() []string { return p.typeNames(vars) }))
}

// foreignTypes are names of types in other languages.
var foreignTypes = map[string]string{
	"Integer": "Int", "Long": "Int", "Double": "Float", "Boolean": "Bool", "Array": "List", "Dict": "Map", "Void": "Unit",
	"Number": "Float", "Maybe": "Option", "Optional": "Option", "Either": "Result", "Nil": "Unit", "Text": "String",
	"Vec": "List", "void": "Unit", "HashMap": "Map", "Str": "String", "Char": "String", "char": "String", "rune": "String",
	"i8": "Int", "i16": "Int", "i32": "Int", "i64": "Int", "u8": "Int", "u16": "Int", "u32": "Int", "u64": "Int", "isize": "Int", "usize": "Int",
	"int32": "Int", "uint": "Int", "uint64": "Int", "f32": "Float", "f64": "Float", "float32": "Float",
	"int64": "Int", "float64": "Float", "double": "Float", "number": "Float", "boolean": "Bool", "long": "Int", "HashSet": "Set",
}

func (p *pkg) typeNames(vars typeVars) []string {
	names := []string{"Bool", "Bytes", "Duration", "Float", "Int", "List", "Map", "Option", "Result", "Set", "String", "Time", "Unit"}
	for name := range p.types {
		names = append(names, name)
	}
	for name := range vars {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// typeArity checks the number of type arguments; s is where the type is declared, if it is the user's.
func (c *checker) typeArity(t *ast.NamedType, name string, want int, s *symbol) bool {
	if len(t.Args) == want {
		return true
	}
	f := c.err("PTL0309", t.Place, "", "`%s` takes %s, not %d", name, plural(want, "type argument"), len(t.Args))
	if s != nil {
		f.at(s.span, "declared here")
	}
	if want == 0 {
		f.help("Leave out the brackets.").edit(t.Place, name)
	} else if d := types.BuiltinDef(name); d != nil {
		f.help("Write, for example, `%s`.", exampleTypes[name])
	}
	return false
}

var exampleTypes = map[string]string{
	"List": "List[Int]", "Set": "Set[String]", "Map": "Map[String, Int]", "Option": "Option[Int]", "Result": "Result[Int, String]",
	"Failure": "Failure[Int]",
}
