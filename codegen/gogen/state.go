package gogen

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/lang/ir"
)

// keepsKeys tells whether a task has a table of its keys: for their states, or to know which an atom touched.
func keepsKeys(t *ir.Task) bool { return len(t.State) > 0 || t.PerKey != nil }

// stateTypes prints the structs that hold the states of a task, with their descriptors.
func (f *goFile) stateTypes(t *ir.Task) {
	n := f.e.tasks[t]
	if n.keyed != "" {
		f.stateType(t, t.State, n.keyedType, n.keyedDesc, "the state of task "+t.Name+": one per key")
	}
	if n.shared != "" {
		f.stateType(t, t.Shared, n.sharedType, n.sharedDesc, "the shared state of task "+t.Name)
	}
}

func (f *goFile) stateType(t *ir.Task, states []*ir.StateVar, typ, desc, what string) {
	n := f.e.tasks[t]
	f.declare(fmt.Sprintf("// %s is %s.", typ, what), f.nowhere())
	f.Type().Id(typ).StructFunc(func(g *jen.Group) {
		for _, v := range states {
			if v.Doc != "" {
				g.Comment(comment(v.Doc))
			}
			g.Id(n.states[v]).Add(f.e.typ(v.Type))
		}
	})
	var fields []jen.Code
	add := func(name string, value jen.Code) { fields = append(fields, jen.Line().Id(name).Op(":").Add(value)) }
	add("Init", f.initStates(states, n, typ))
	add("IsInitial", f.isInitial(states, n, typ))
	add("Fields", f.stateFields(states))
	if collections := f.collections(states, n, typ); collections != nil {
		add("Collections", collections)
	}
	add("Append", f.appendStates(states, n, typ))
	add("Read", f.readStates(states, n, typ))
	if freeze := f.freezeStates(states, n, typ); freeze != nil {
		add("Freeze", freeze)
	}
	add("JSON", f.statesJSON(states, n, typ))
	fields = append(fields, jen.Line())
	value := jen.Op("&").Add(ptl("StateType").Types(jen.Id(typ))).Values(fields...)
	if !computed(states) {
		f.declare(fmt.Sprintf("// %s describes it.", desc), f.nowhere())
		f.Var().Id(desc).Op("=").Add(value)
		return
	}
	f.declare(fmt.Sprintf("// %s describes it, with what it begins with.", desc), f.nowhere())
	f.Func().Id(desc).Params(jen.Id("initial").Id(typ)).Op("*").Add(ptl("StateType").Types(jen.Id(typ))).BlockFunc(func(g *jen.Group) {
		for _, v := range owning(states) {
			g.Add(f.e.shareValue(v.Type, jen.Id("initial").Dot(n.states[v])))
		}
		g.Return(value)
	})
}

// computed tells whether some initial value is a call: it may fail, and take long. Such states are computed once, when the graph is made.
func computed(states []*ir.StateVar) bool {
	return slices.ContainsFunc(states, func(v *ir.StateVar) bool {
		_, call := v.Init.(*ir.Call)
		return call
	})
}

// stateDescriptor is the descriptor of the states, as a value.
func (f *goFile) stateDescriptor(states []*ir.StateVar, n *taskNames, typ, desc string) *jen.Statement {
	if computed(states) {
		return jen.Id(desc).Call(f.initialStates(states, n, typ))
	}
	return jen.Id(desc)
}

// initialStates is a struct with the initial values.
func (f *goFile) initialStates(states []*ir.StateVar, n *taskNames, typ string) *jen.Statement {
	b := f.newBody(nil, "s")
	return jen.Id(typ).ValuesFunc(func(g *jen.Group) {
		for _, v := range states {
			if !isZero(v.Init) {
				g.Id(n.states[v]).Op(":").Add(b.expr(v.Init))
			}
		}
	})
}

// on is the parameter that points to the states.
func onStates(typ string) *jen.Statement { return jen.Id("s").Op("*").Id(typ) }

func (f *goFile) initStates(states []*ir.StateVar, n *taskNames, typ string) *jen.Statement {
	value := jen.Id("initial")
	if !computed(states) {
		value = f.initialStates(states, n, typ)
	}
	return jen.Func().Params(onStates(typ)).Op("{").Op("*").Id("s").Op("=").Add(value).Op("}")
}

// isZero tells whether an initial value is what Go's zero value means.
func isZero(x ir.Expr) bool {
	switch x := x.(type) {
	case *ir.Const:
		switch v := x.Value.(type) {
		case nil:
			return true
		case int64:
			return v == 0
		case string:
			return v == ""
		case bool:
			return !v
		case float64:
			return v == 0 && 1/v > 0
		}
	case *ir.NewOption:
		return x.Value == nil
	case *ir.NewList:
		return len(x.Elems) == 0
	case *ir.NewMap:
		return len(x.Keys) == 0
	case *ir.Builtin:
		return x.Name == "Set" && len(x.Args) == 0
	}
	return false
}

func (f *goFile) isInitial(states []*ir.StateVar, n *taskNames, typ string) *jen.Statement {
	b, once := f.newBody(nil, "s"), computed(states)
	cond := jen.Null()
	if len(states) == 0 {
		cond = jen.True()
	}
	for i, v := range states {
		if i > 0 {
			cond.Op("&&")
		}
		field, initial := jen.Id("s").Dot(n.states[v]), jen.Id("initial").Dot(n.states[v])
		switch {
		case isZero(v.Init) && (v.Type.Kind == ir.List || v.Type.Kind == ir.Map || v.Type.Kind == ir.Set):
			cond.Add(field.Dot("Len").Call().Op("==").Lit(0))
		case v.Type.Kind == ir.Bool && isZero(v.Init):
			cond.Op("!").Add(field)
		case v.Type.Kind == ir.Option && isZero(v.Init):
			cond.Op("!").Add(field).Dot("OK")
		case once && v.Type.Comparable && v.Type.Kind != ir.Float:
			cond.Add(field.Op("==").Add(initial))
		case once:
			cond.Add(f.e.desc(v.Type).Dot("Equal").Call(field, initial))
		case v.Type.Comparable && v.Type.Kind != ir.Float:
			cond.Add(field.Op("==").Add(b.operand(v.Init, precCompare)))
		default:
			cond.Add(f.e.desc(v.Type).Dot("Equal").Call(field, b.expr(v.Init)))
		}
	}
	return jen.Func().Params(onStates(typ)).Bool().Op("{").Return(cond).Op("}")
}

func (f *goFile) stateFields(states []*ir.StateVar) *jen.Statement {
	return jen.Index().Add(ptl("StateField")).ValuesFunc(func(g *jen.Group) {
		for _, v := range states {
			fields := []jen.Code{jen.Id("Name").Op(":").Lit(v.Name), jen.Id("Type").Op(":").Lit(v.Type.Name), jen.Id("Shape").Op(":").Add(f.e.desc(v.Type)).Dot("Shape")}
			if v.Was != "" {
				fields = append(fields, jen.Id("Was").Op(":").Lit(v.Was))
			}
			if len(states) > 1 {
				g.Line().Values(fields...)
			} else {
				g.Values(fields...)
			}
		}
		if len(states) > 1 {
			g.Line()
		}
	})
}

// collections are the states that are stored by entry once they are large. A field's number has a byte.
func (f *goFile) collections(states []*ir.StateVar, n *taskNames, typ string) *jen.Statement {
	constructors := map[ir.Kind]string{ir.Map: "StoredMap", ir.Set: "StoredSet", ir.List: "StoredList"}
	var all []jen.Code
	for i, v := range states[:min(len(states), 256)] {
		name, ok := constructors[v.Type.Kind]
		if !ok {
			continue
		}
		place := jen.Func().Params(onStates(typ)).Op("*").Add(f.e.typ(v.Type)).Block(jen.Return(jen.Op("&").Id("s").Dot(n.states[v])))
		args := []jen.Code{jen.Lit(i), place}
		for _, elem := range v.Type.Elems {
			args = append(args, f.e.desc(elem))
		}
		all = append(all, jen.Line().Add(ptl(name)).Call(args...))
	}
	if all == nil {
		return nil
	}
	return jen.Index().Add(ptl("Collection")).Types(jen.Id(typ)).Values(append(all, jen.Line())...)
}

func (f *goFile) appendStates(states []*ir.StateVar, n *taskNames, typ string) *jen.Statement {
	return jen.Func().Params(jen.Id("b").Index().Byte(), onStates(typ)).Index().Byte().BlockFunc(func(g *jen.Group) {
		for i, v := range states {
			code := f.e.appendValue(v.Type, jen.Id("s").Dot(n.states[v]))
			if i == len(states)-1 {
				g.Return(code)
				return
			}
			g.Id("b").Op("=").Add(code)
		}
		g.Return(jen.Id("b"))
	})
}

func (f *goFile) readStates(states []*ir.StateVar, n *taskNames, typ string) *jen.Statement {
	return jen.Func().Params(jen.Id("r").Op("*").Add(ptl("Reader")), onStates(typ)).BlockFunc(func(g *jen.Group) {
		for _, v := range states {
			g.Id("s").Dot(n.states[v]).Op("=").Add(f.e.readValue(v.Type))
		}
	})
}

func (f *goFile) freezeStates(states []*ir.StateVar, n *taskNames, typ string) *jen.Statement {
	all := owning(states)
	if all == nil {
		return nil
	}
	return jen.Func().Params(onStates(typ)).BlockFunc(func(g *jen.Group) {
		for _, v := range all {
			g.Add(f.e.shareValue(v.Type, jen.Id("s").Dot(n.states[v])))
		}
	})
}

// owning are the states that hold collections, which a copy has in common with what it is of.
func owning(states []*ir.StateVar) []*ir.StateVar {
	var all []*ir.StateVar
	for _, v := range states {
		if v.Type.Owns {
			all = append(all, v)
		}
	}
	return all
}

func (f *goFile) statesJSON(states []*ir.StateVar, n *taskNames, typ string) *jen.Statement {
	return jen.Func().Params(jen.Id("b").Index().Byte(), onStates(typ)).Index().Byte().BlockFunc(func(g *jen.Group) {
		if len(states) == 0 {
			g.Return(jen.Append(jen.Id("b"), jen.Lit("{}").Op("...")))
			return
		}
		for i, v := range states {
			open := ","
			if i == 0 {
				open = "{"
			}
			key := jen.Append(jen.Id("b"), jen.Op("`"+open+strconv.Quote(v.Name)+":`").Op("..."))
			g.Id("b").Op("=").Add(f.e.desc(v.Type)).Dot("AppendJSON").Call(key, jen.Id("s").Dot(n.states[v]))
		}
		g.Return(jen.Append(jen.Id("b"), jen.LitRune('}')))
	})
}
