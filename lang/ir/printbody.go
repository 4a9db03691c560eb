package ir

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// fresh forgets the variables of the function before.
func (w *printer) fresh() { w.names, w.taken = map[*Var]string{}, map[string]int{} }

// name is what v is called: its own name, with a number if another variable of the function took it first.
func (w *printer) name(v *Var) string {
	if v == nil {
		return "_"
	}
	if w.names == nil {
		w.fresh()
	}
	if name, ok := w.names[v]; ok {
		return name
	}
	name := when(v.Temp, "%") + v.Name
	w.taken[name]++
	if n := w.taken[name]; n > 1 {
		name += "'" + strconv.Itoa(n)
	}
	w.names[v] = name
	return name
}

func (w *printer) declare(v *Var) string {
	return when(v.Mutable, "var ") + w.name(v) + ": " + v.Type.Name
}

func (w *printer) block(body []Stmt) {
	for _, s := range body {
		w.stmt(s)
	}
}

// inner prints the head of a statement and the block that it governs.
func (w *printer) inner(body []Stmt, format string, args ...any) {
	w.open(format, args...)
	w.block(body)
	w.close()
}

func (w *printer) stmt(s Stmt) {
	switch s := s.(type) {
	case *Define:
		if s.Init == nil {
			w.line("var %s: %s", w.name(s.Var), s.Var.Type.Name)
		} else {
			init := w.expr(s.Init)
			w.line("%s %s = %s", letOrVar(s.Var), w.name(s.Var), init)
		}
	case *Assign:
		w.line("%s = %s", w.expr(s.Place), w.expr(s.Value))
	case *Mutate:
		w.line("mutate %s%s", w.call(s.Name, append([]Expr{s.Place}, s.Args...)), descs(s.Descs))
	case *Do:
		w.line("do %s", w.expr(s.X))
	case *If:
		w.cond(s, "if")
	case *Switch:
		w.switchOn(s)
	case *For:
		w.loopOver(s)
	case *Loop:
		if s.Cond == nil {
			w.inner(s.Body, "%sloop", label(s.Label))
		} else {
			w.inner(s.Body, "%swhile %s", label(s.Label), w.expr(s.Cond))
		}
	case *Scope:
		w.inner(s.Body, "%sscope", label(s.Label))
	case *Break:
		w.line("break %s", s.Label.Name)
	case *Continue:
		w.line("continue %s", s.Label.Name)
	case *Return:
		if s.Value == nil {
			w.line("return")
		} else {
			w.line("return %s", w.expr(s.Value))
		}
	case *Fail:
		w.line("fail %s", w.expr(s.Message))
	case *Log:
		w.line("log %s", w.expr(s.Message))
	case *Emit:
		w.line("emit %s", w.expr(s.Value))
	case *Reply:
		w.line("reply %s", w.expr(s.Value))
	case *Await:
		w.await(s)
	case *Goto:
		w.line("goto %d%s", s.To.Number, when(s.Asked, " asked"))
	case *Send:
		w.line("send %s%s%s: %s", s.Task.Name, w.key(s.Key), when(s.Moved, " moved"), w.expr(s.Event))
	case *Next:
		w.line("next %s%s: %s", s.Segment.Name, w.key(s.Key), w.expr(s.Event))
	case *Out:
		w.line("out %s: %s", s.Output.Stream.Name, w.expr(s.Event))
	default:
		w.line("?%T", s)
	}
}

func letOrVar(v *Var) string {
	if v.Mutable {
		return "var"
	}
	return "let"
}

func (w *printer) key(key Expr) string {
	if key == nil {
		return ""
	}
	return " key " + w.expr(key)
}

// cond prints a conditional; one that stands alone in an else branch goes on in the same chain.
func (w *printer) cond(s *If, word string) {
	w.open("%s %s", word, w.expr(s.Cond))
	w.block(s.Then)
	w.depth--
	if len(s.Else) == 1 {
		if next, ok := s.Else[0].(*If); ok {
			w.cond(next, "} else if")
			return
		}
	}
	if len(s.Else) > 0 {
		w.open("} else")
		w.block(s.Else)
		w.depth--
	}
	w.line("}")
}

func (w *printer) switchOn(s *Switch) {
	w.open("switch %s", w.expr(s.Of))
	for _, c := range s.Cases {
		names := make([]string, len(c.Variants))
		for i, v := range c.Variants {
			names[i] = v.Name
		}
		w.inner(c.Body, "case %s", strings.Join(names, ", "))
	}
	if s.HasDefault {
		w.inner(s.Default, "default")
	}
	w.close()
}

func (w *printer) loopOver(s *For) {
	over := w.expr(s.Over)
	elem := w.name(s.Elem)
	if s.Over.Type().Kind == Map {
		elem = "(" + elem + ", " + w.name(s.Value) + ")"
	}
	w.inner(s.Body, "%sfor %s in %s", label(s.Label), elem, over)
}

func label(l *Label) string {
	if l == nil {
		return ""
	}
	return l.Name + when(l.Used, "!") + ": "
}

func (w *printer) await(s *Await) {
	mode := [...]string{AwaitOne: "", AwaitEach: "each ", AwaitAll: "all ", AwaitAny: "any "}[s.Mode]
	text := "await " + mode + w.list(s.Futures)
	if s.Within != nil {
		text += " within " + w.expr(s.Within)
	}
	w.line("let %s = %s%s", w.name(s.Into), when(s.Try, "try "), text)
	if w.awaited != nil {
		w.awaited(s, w.out.String())
		w.out.Reset()
	}
}

func (w *printer) list(xs []Expr) string {
	parts := make([]string, len(xs))
	for i, x := range xs {
		parts[i] = w.expr(x)
	}
	return strings.Join(parts, ", ")
}

func (w *printer) call(name string, args []Expr) string { return name + "(" + w.list(args) + ")" }

func descs(ts []*Type) string {
	if len(ts) == 0 {
		return ""
	}
	names := make([]string, len(ts))
	for i, t := range ts {
		names[i] = t.Name
	}
	return "<" + strings.Join(names, ", ") + ">"
}

var opNames = [...]string{
	Add: "+", Sub: "-", Mul: "*", Div: "/", Rem: "%", Concat: "++", Eq: "==", Ne: "!=", Lt: "<", Le: "<=", Gt: ">",
	Ge: ">=", And: "&&", Or: "||", Not: "!", Neg: "-",
}

// String is the operator as printed.
func (op Op) String() string { return opNames[op] }

func (w *printer) expr(x Expr) string {
	switch x := x.(type) {
	case nil:
		return "?"
	case *Const:
		return constant(x)
	case *Local:
		return w.name(x.Var)
	case *ParamRef:
		return "param." + x.Param.Name
	case *TaskParamRef:
		return "arg." + x.Param.Var.Name
	case *State:
		return "state." + x.Var.Name
	case *Key:
		return "key"
	case *FuncRef:
		return "fun " + x.Func.Name
	case *Lambda:
		return w.lambda(x)
	case *Share:
		return "share(" + w.expr(x.Place) + ")"
	case *FieldGet:
		if x.Variant.Def.Enum {
			return w.expr(x.Of) + "." + x.Variant.Name + "." + x.Variant.Fields[x.Field].Name
		}
		return w.expr(x.Of) + "." + x.Variant.Fields[x.Field].Name
	case *CommonGet:
		return w.expr(x.Of) + ".*." + x.Of.Type().Def.Variants[0].Fields[x.Fields[0]].Name
	case *TupleGet:
		return w.expr(x.Of) + "." + strconv.Itoa(x.Index)
	case *Unwrap:
		return w.expr(x.Of) + when(x.Err, "!err") + when(!x.Err, "!")
	case *IsSome:
		return w.expr(x.Of) + "?"
	case *IsVariant:
		return "(" + w.expr(x.Of) + " is " + x.Variant.Name + ")"
	case *New:
		return w.call(x.Variant.Name, x.Args)
	case *With:
		parts := make([]string, len(x.Fields))
		for i, f := range x.Fields {
			parts[i] = fmt.Sprintf("%d: %s", f, w.expr(x.Values[i]))
		}
		return w.expr(x.Of) + ".with(" + strings.Join(parts, ", ") + ")"
	case *NewTuple:
		return "(" + w.list(x.Elems) + ")"
	case *NewOption:
		if x.Value == nil {
			return "None"
		}
		return "Some(" + w.expr(x.Value) + ")"
	case *NewResult:
		return when(!x.Err, "Ok(") + when(x.Err, "Err(") + w.expr(x.Value) + ")"
	case *NewList:
		return "[" + w.list(x.Elems) + "]"
	case *NewMap:
		return w.mapLit(x)
	case *Operate:
		if x.B == nil {
			return x.Op.String() + when(w.fits[x], "'") + w.expr(x.A)
		}
		return "(" + w.expr(x.A) + " " + x.Op.String() + when(w.fits[x], "'") + " " + w.expr(x.B) + ")"
	case *Coalesce:
		return "(" + w.expr(x.A) + " ?? " + w.expr(x.B) + ")"
	case *Interpolate:
		return w.call("text", x.Parts)
	case *Call:
		return w.called(x)
	case *Builtin:
		return w.call(x.Name, x.Args) + descs(x.Descs)
	case *Ask:
		return "ask " + peer(x.Portal.App, x.Portal.Name) + "(" + w.expr(x.Req) + ")"
	}
	return fmt.Sprintf("?%T", x)
}

func (w *printer) called(x *Call) string {
	switch {
	case x.Func != nil:
		return w.call(x.Func.Name, x.Args)
	case x.Extern != nil:
		return w.call("extern."+x.Extern.Name, x.Args)
	}
	return w.call(w.expr(x.Value), x.Args)
}

func (w *printer) mapLit(x *NewMap) string {
	if len(x.Keys) == 0 {
		return "[:]"
	}
	parts := make([]string, len(x.Keys))
	for i := range x.Keys {
		parts[i] = w.expr(x.Keys[i]) + ": " + w.expr(x.Values[i])
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// lambda prints a body that is one returned expression as such, any other in braces.
func (w *printer) lambda(x *Lambda) string {
	params := make([]string, len(x.Params))
	for i, p := range x.Params {
		params[i] = w.name(p)
	}
	head := "(" + strings.Join(params, ", ") + ")" + when(x.Spread, " spread") + " => "
	if len(x.Body) == 1 {
		if r, ok := x.Body[0].(*Return); ok && r.Value != nil {
			return head + w.expr(r.Value)
		}
	}
	body := &printer{names: w.names, taken: w.taken}
	body.block(x.Body)
	return head + "{ " + oneLine(body.out.String()) + " }"
}

// oneLine puts printed statements on one line, with semicolons between them.
func oneLine(text string) string {
	line := ""
	for _, part := range strings.Split(strings.TrimSpace(text), "\n") {
		part = strings.TrimSpace(part)
		switch {
		case line == "":
		case strings.HasSuffix(line, "{") || strings.HasPrefix(part, "}"):
			line += " "
		default:
			line += "; "
		}
		line += part
	}
	return line
}

func constant(x *Const) string {
	switch v := x.Value.(type) {
	case nil:
		return "()"
	case string:
		return strconv.Quote(v)
	case int64:
		if x.T.Kind == Duration {
			return time.Duration(v).String()
		}
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64) + "f"
	}
	return fmt.Sprint(x.Value)
}
