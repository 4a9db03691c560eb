package ir

import (
	"fmt"
	"strings"
)

// Print is the program as text, for goldens and for people who debug the compiler. The notation is that of the
// language with what lowering made explicit: `state.n`, `param.k` and `arg.k` (a task's) say where a value lives,
// `share(x)` is Share, `x!` Unwrap, `x?` IsSome, `x is V` IsVariant, `x.V.f` a field of a known variant, `x.*.f` one
// that all have, `%x` a variable that lowering made, `f(x)<T>` a call with the descriptor of T.
func Print(p *Program) string {
	w := &printer{}
	w.line("app %s", p.App)
	w.doc(p.Doc)
	for _, d := range p.Types {
		w.typeDef(d)
	}
	for _, x := range p.Params {
		w.param(x)
	}
	for _, f := range p.Externs {
		w.line("extern %s%s = %s.%s%s", f.Name, w.signature(f.Params, f.Result), f.Package, f.GoName, when(f.HasError, " or error"))
	}
	for _, x := range p.Portals {
		w.portal(x)
	}
	for _, s := range p.Streams {
		w.stream(s)
	}
	for _, s := range p.Sinks {
		w.line("sink %s: %s to %s", s.Name, s.Stream.Name, w.endpoint(s.Target))
	}
	for _, f := range p.Funcs {
		w.gap()
		w.fun("fun ", f)
	}
	for _, x := range p.Workflows {
		w.workflow(x)
	}
	for _, t := range p.Tests {
		w.test(t)
	}
	return w.out.String()
}

// PrintFunc is one function as text.
func PrintFunc(f *Func) string {
	w := &printer{}
	w.fun("fun ", f)
	return w.out.String()
}

// printer writes lines; names tells the variables of one function apart.
type printer struct {
	out     strings.Builder
	depth   int
	names   map[*Var]string
	taken   map[string]int
	awaited func(await *Await, text string) // is given what has been printed at each await; or nil
	fits    map[*Operate]bool               // of the segment
}

func (w *printer) line(format string, args ...any) {
	w.out.WriteString(strings.Repeat("  ", w.depth))
	fmt.Fprintf(&w.out, format, args...)
	w.out.WriteByte('\n')
}

func (w *printer) gap() { w.out.WriteByte('\n') }

// open and close print the lines around an indented part.
func (w *printer) open(format string, args ...any) { w.line(format+" {", args...); w.depth++ }
func (w *printer) close()                          { w.depth--; w.line("}") }

func (w *printer) doc(text string) {
	if text != "" {
		w.line("doc %q", text)
	}
}

func when(b bool, text string) string {
	if b {
		return text
	}
	return ""
}

func (w *printer) typeDef(d *TypeDef) {
	w.gap()
	kind := "record"
	if d.Enum {
		kind = "enum"
	}
	w.open("%s %s%s%s%s", kind, d.Name, when(d.Builtin, " builtin"), when(d.Type.Owns, " owns"), when(d.Type.Comparable, " comparable"))
	w.doc(d.Doc)
	for _, v := range d.Variants {
		w.line("%s(%s)", v.Name, w.fields(v))
	}
	w.close()
}

func (w *printer) fields(v *Variant) string {
	parts := make([]string, len(v.Fields))
	for i, f := range v.Fields {
		parts[i] = fmt.Sprintf("%s: %s%s", f.Name, when(f.Boxed, "box "), f.Type.Name)
		if f.DataName != f.Name {
			parts[i] += fmt.Sprintf(" as %q", f.DataName)
		}
		if f.Default != nil {
			parts[i] += " = " + w.expr(f.Default)
		}
	}
	return strings.Join(parts, ", ")
}

func (w *printer) param(p *Param) {
	w.gap()
	text := fmt.Sprintf("param %s: %s --%s%s", p.Name, p.Type.Name, p.Flag, when(p.Fixed, " fixed"))
	if p.Default != nil {
		text += " = " + w.expr(p.Default)
	}
	w.line("%s", text)
	w.doc(p.Doc)
}

func (w *printer) portal(p *Portal) {
	w.gap()
	w.line("portal %s(%s) -> %s%s", peer(p.App, p.Name), p.Req.Name, p.Rep.Name, when(p.Exported, " exported"))
	if p.Key != nil {
		w.depth++
		w.fun("key ", p.Key)
		w.depth--
	}
}

func peer(app, name string) string {
	if app == "" {
		return name
	}
	return app + "." + name
}

func (w *printer) stream(s *Stream) {
	w.gap()
	inputs := make([]string, len(s.Inputs))
	for i, in := range s.Inputs {
		inputs[i] = peer(in.App, in.Name)
	}
	by := ""
	switch s.Kind {
	case ByWorkflow:
		by = "by a workflow"
	case ByConnector:
		by = "connector " + w.endpoint(s.Source)
	case ByGenerator:
		by = "generator " + w.endpoint(s.Source)
	case BySequence:
		by = "sequence(" + strings.Join(inputs, ", ") + ")"
	case BySplit:
		by = "split(" + strings.Join(inputs, ", ") + ")"
	case ByPeer:
		by = "by a peer"
	case ByDeadLetters:
		by = "dead letters"
	}
	w.line("stream %s: %s = %s%s%s", peer(s.App, s.Name), s.Type.Name, by, when(s.Exported, " exported"), was(s.Was))
	if s.Split != nil {
		w.depth++
		w.fun("where ", s.Split)
		w.depth--
	}
}

func was(name string) string {
	if name == "" {
		return ""
	}
	return " was " + name
}

func (w *printer) endpoint(e *Endpoint) string {
	parts := make([]string, len(e.Args))
	for i, a := range e.Args {
		parts[i] = a.Name + ": "
		if a.Word != "" {
			parts[i] += a.Word
		}
		if a.Value != nil {
			parts[i] += w.expr(a.Value)
		}
		if a.Or != nil {
			parts[i] += " or " + w.expr(a.Or)
		}
	}
	return e.Name + "(" + strings.Join(parts, ", ") + ")"
}

func (w *printer) workflow(x *Workflow) {
	w.gap()
	w.open("workflow %s%s", x.Name, was(x.Was))
	w.doc(x.Doc)
	for _, in := range x.Inputs {
		w.line("input %s to %s", peer(in.Stream.App, in.Stream.Name), in.Segment.Name)
	}
	for _, o := range x.Outputs {
		w.line("output %d to %s", o.Index, o.Stream.Name)
	}
	for _, s := range x.Segments {
		w.segment(s)
	}
	for _, t := range x.Tasks {
		w.task(t)
	}
	w.close()
}

func (w *printer) segment(s *Segment) {
	w.gap()
	w.fresh()
	params := w.declare(s.Event)
	if s.Key != nil {
		params = "key " + w.declare(s.Key) + ", " + params
	}
	fails := ""
	if s.Fails {
		fails = " can fail"
	}
	bits := ""
	if len(s.Fits) > 0 {
		bits = fmt.Sprintf(" narrow with %d bits", s.Bits)
	}
	w.open("segment %s(%s)%s%s", s.Name, params, fails, bits)
	w.doc(s.Doc)
	w.fits = s.Fits // marked by '
	w.block(s.Body)
	w.fits = nil
	w.close()
}

func (w *printer) task(t *Task) {
	w.gap()
	head := fmt.Sprintf("task %d %s", t.Index, t.Name)
	if t.TaskName != t.Name {
		head += " = " + t.TaskName
	}
	for _, part := range []struct {
		word string
		t    *Type
	}{{" in ", t.In}, {" out ", t.Out}, {" keyed ", t.Key}} {
		if part.t != nil {
			head += part.word + part.t.Name
		}
	}
	head += when(t.Exclusive, " exclusive") + when(t.Single, " single") + when(t.Serve, " serve") + was(t.Was)
	w.open("%s", head)
	w.doc(t.Doc)
	if t.Steps != nil {
		w.line("turn of %s, group %d: %s", t.Steps.Name, t.Steps.Group, w.turns(t.Steps))
	}
	for _, p := range t.Params {
		w.line("param %s: %s = %s", p.Var.Name, p.Var.Type.Name, w.expr(p.Arg))
	}
	for _, s := range append(append([]*StateVar(nil), t.State...), t.Shared...) {
		w.line("%sstate %s: %s = %s%s", when(s.Shared, "shared "), s.Name, s.Type.Name, w.expr(s.Init), was(s.Was))
	}
	w.handlers(t)
	if t.After != nil {
		w.line("after %s", t.After.Name)
	}
	w.close()
}

func (w *printer) turns(s *Steps) string {
	parts := make([]string, len(s.Items))
	for i, item := range s.Items {
		parts[i] = item.Task.Name
		if item.Times != nil {
			parts[i] += " * " + w.expr(item.Times)
		}
	}
	return strings.Join(parts, ", ")
}

func (w *printer) handlers(t *Task) {
	for _, f := range t.Helpers {
		w.fun("helper ", f)
	}
	w.handler("event ", t.OnEvent)
	for _, a := range t.OnAsk {
		w.handler("ask "+peer(a.Portal.App, a.Portal.Name)+" ", a.Func)
	}
	w.handler("atom per key ", t.PerKey)
	w.handler("atom ", t.OnAtom)
	w.handler("complete ", t.Complete)
	w.handler("error ", t.OnError)
}

func (w *printer) handler(kind string, f *Func) {
	if f != nil {
		w.fun("on "+kind, f)
	}
}

func (w *printer) fun(kind string, f *Func) {
	w.fresh()
	w.open("%s%s%s%s", kind, f.Name, w.signature(f.Params, f.Result), when(f.Awaits, " awaits"))
	w.doc(f.Doc)
	w.block(f.Body)
	w.close()
}

func (w *printer) signature(params []*Var, result *Type) string {
	parts := make([]string, len(params))
	for i, p := range params {
		parts[i] = w.declare(p)
	}
	s := "(" + strings.Join(parts, ", ") + ")"
	if result != nil && result.Kind != Unit {
		s += " -> " + result.Name
	}
	return s
}

func (w *printer) test(t *Test) {
	w.gap()
	w.fresh()
	w.open("test %q", t.Name)
	for i := range t.Steps {
		w.testStep(&t.Steps[i])
	}
	w.close()
}

func (w *printer) testStep(s *TestStep) {
	atoms := make([]string, len(s.Atoms))
	for i, a := range s.Atoms {
		atoms[i] = w.expr(a)
	}
	list := strings.Join(atoms, " or ")
	w.block(s.Body)
	switch s.Kind {
	case TestFeed:
		for _, f := range s.Feeds {
			w.line("feed %s %s", f.Stream.Name, w.expr(f.Events))
		}
	case TestSeal:
		w.line("seal %s", s.Stream.Name)
	case TestAdvance:
		w.line("advance %s", w.expr(s.By))
	case TestWatermark:
		w.line("watermark %s %s", s.Stream.Name, w.expr(s.By))
	case ExpectExact:
		w.line("expect %s %s", s.Stream.Name, list)
	case ExpectUnordered:
		w.line("expect %s unordered %s", s.Stream.Name, list)
	case ExpectOneOf:
		w.line("expect %s one of %s", s.Stream.Name, list)
	case ExpectSealed:
		w.line("expect %s sealed", s.Stream.Name)
	case ExpectNone:
		w.line("expect %s none", s.Stream.Name)
	case ExpectTrue:
		text := "expect " + w.name(s.Var)
		if s.Left != nil {
			text += fmt.Sprintf(" from %s == %s", w.expr(s.Left), w.expr(s.Right))
		}
		w.line("%s", text)
	case TestLet:
		if s.Var != nil {
			w.line("let %s", w.name(s.Var))
		}
	}
}
