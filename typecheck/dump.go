package typecheck

import (
	"fmt"
	"sort"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/types"
)

// Dump prints what checking found out, for people and goldens: declarations with their types, constraints of type
// parameters, effects, and the nodes of every workflow with what flows along them.
func Dump(info *Info) string {
	d := &dumper{info: info}
	app := info.App
	d.line(0, "app %s", app.Name)
	for _, i := range app.Imports {
		kind := "module"
		if i.Module.App {
			kind = "app"
		}
		d.line(0, "import %s %s", kind, i.Module.Name)
	}
	for _, def := range app.Defs {
		d.def(def)
	}
	for _, p := range app.Params {
		d.line(0, "param %s: %s --%s", p.Name, show(p.Type), p.Flag)
	}
	for _, f := range app.Funs {
		d.fun(0, f)
	}
	for _, p := range app.Portals {
		d.portal(p)
	}
	for _, s := range app.Streams {
		d.stream(s)
	}
	for _, s := range app.Sinks {
		d.line(0, "sink %s%s", s.Name, callText(s.Call))
	}
	for _, t := range app.Tasks {
		d.task(t)
	}
	for _, w := range app.Workflows {
		d.workflow(w)
	}
	return d.out.String()
}

type dumper struct {
	info *Info
	out  strings.Builder
}

func (d *dumper) line(indent int, format string, args ...any) {
	d.out.WriteString(strings.Repeat("  ", indent))
	fmt.Fprintf(&d.out, format, args...)
	d.out.WriteByte('\n')
}

func (d *dumper) def(def *types.Def) {
	sort := "record"
	if def.Sort == types.Enum {
		sort = "enum"
	}
	name := qualify(def.Module, def.Name)
	marks := ""
	if def.Recursive {
		marks = " recursive"
	}
	d.line(0, "%s %s%s%s", sort, name, typeParams(def.Params), marks)
	for _, v := range def.Variants {
		var fields []string
		for _, f := range v.Fields {
			text := f.Name + ": " + show(f.Type)
			if f.DataName != f.Name {
				text += fmt.Sprintf(" as %q", f.DataName)
			}
			if f.Default {
				text += " = …"
			}
			fields = append(fields, text)
		}
		d.line(1, "%s(%s)", v.Name, strings.Join(fields, ", "))
	}
}

func qualify(module, name string) string {
	if module == "" {
		return name
	}
	return module + "." + name
}

func typeParams(ps []*types.Param) string {
	if len(ps) == 0 {
		return ""
	}
	parts := make([]string, len(ps))
	for i, p := range ps {
		parts[i] = p.Name
		if p.Needs != 0 {
			parts[i] += ": " + p.Needs.String()
		}
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func locals(ls []*Local) string {
	parts := make([]string, len(ls))
	for i, l := range ls {
		parts[i] = l.Name + ": " + show(l.Type)
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func (d *dumper) fun(indent int, f *Fun) {
	var effects []string
	for i, name := range []string{"state", "writes", "shared", "emits", "asks", "key", "task only"} {
		if f.effects()[i] {
			effects = append(effects, name)
		}
	}
	text := ""
	if len(effects) > 0 {
		text = " {" + strings.Join(effects, ", ") + "}"
	}
	word := "fun"
	if f.Extern != nil {
		word = "extern fun"
	}
	head := qualify(f.Module, f.Name) + typeParams(f.TypeParams) + locals(f.Params)
	d.line(indent, "%s %s -> %s%s", word, head, show(f.Result), text)
}

func (d *dumper) portal(p *Portal) {
	text := fmt.Sprintf("portal %s(%s) -> %s", qualify(p.App, p.Name), show(p.Req), show(p.Rep))
	if p.Key != nil {
		text += " key " + show(p.Key)
	}
	if p.Replier != nil {
		text += " answered by " + p.Replier.Workflow.Name + "." + p.Replier.Name
	}
	for _, u := range p.Askers {
		text += " asked by " + u.Workflow.Name + "." + u.Name
	}
	d.line(0, "%s", text)
}

func (d *dumper) stream(s *Stream) {
	text := fmt.Sprintf("stream %s: %s", qualify(s.App, s.Name), show(s.Type))
	switch s.Kind {
	case FromWorkflow:
		if s.Writer != nil {
			text += " from a workflow"
		}
	case FromConnector, FromGenerator:
		text += callText(s.Call)
	case FromSequence, FromSplit:
		var names []string
		for _, in := range s.Inputs {
			names = append(names, qualify(in.App, in.Name))
		}
		text += map[SourceKind]string{FromSequence: " sequence of ", FromSplit: " split of "}[s.Kind] + strings.Join(names, ", ")
	case FromPeer:
		text += " from a peer"
	}
	var readers []string
	for _, w := range s.Readers {
		readers = append(readers, w.Name)
	}
	if len(readers) > 0 {
		text += " read by " + strings.Join(readers, ", ")
	}
	d.line(0, "%s", text)
}

// callText prints a call of a connector or generator.
func callText(c *Call) string {
	if c == nil {
		return ""
	}
	var args []string
	for name, a := range c.Named {
		text := name + ": " + shortText(a.Value)
		if a.Or != nil {
			text += " or " + shortText(a.Or)
		}
		args = append(args, text)
	}
	sort.Strings(args)
	return " " + c.Name + "(" + strings.Join(args, ", ") + ")"
}

func (d *dumper) task(t *Task) {
	text := "task "
	if t.Exclusive {
		text = "exclusive task "
	}
	text += qualify(t.Module, t.Name) + typeParams(t.TypeParams) + locals(t.Params)
	if t.In != nil {
		text += ": " + show(t.In)
	}
	if t.Out != nil {
		text += " -> " + show(t.Out)
	}
	if t.Key != nil {
		text += " keyed " + show(t.Key)
	}
	if t.Awaits {
		text += " awaits"
	}
	d.line(0, "%s", text)
	for _, s := range t.State {
		d.line(1, "state %s: %s", s.Name, show(s.Type))
	}
	for _, s := range t.Shared {
		d.line(1, "shared state %s: %s", s.Name, show(s.Type))
	}
	for _, f := range t.Helpers {
		d.fun(1, f)
	}
	for _, h := range t.Handlers {
		d.line(1, "%s", h.Head.Place.Text())
		d.handlerLocals(h)
	}
	for _, p := range t.Asks {
		d.line(1, "asks %s", qualify(p.App, p.Name))
	}
}

// handlerLocals prints the names that a handler declares, with the types that were found out for them.
func (d *dumper) handlerLocals(h *ast.Handler) {
	var parts []string
	ast.Inspect(h, func(n ast.Node) bool {
		if l := d.info.Bindings[n]; l != nil {
			parts = append(parts, l.Name+": "+show(l.Type))
		}
		return true
	})
	if len(parts) > 0 {
		d.line(2, "%s", strings.Join(parts, ", "))
	}
}

func (d *dumper) workflow(w *Workflow) {
	d.line(0, "workflow %s", w.Name)
	number := map[*Node]int{}
	for i, n := range w.Nodes {
		number[n] = i
	}
	for i, n := range w.Nodes {
		var in []string
		for _, from := range n.In {
			in = append(in, fmt.Sprintf("#%d", number[from]))
		}
		text := fmt.Sprintf("#%d %s", i, nodeText(n))
		if len(in) > 0 {
			text += " <- " + strings.Join(in, " ")
		}
		if n.Elem != nil {
			text += ": " + show(n.Elem)
		}
		if n.Key != nil {
			text += " key " + show(n.Key)
		}
		if n.Flow != "" {
			text += " (flow " + n.Flow + ")"
		}
		d.line(1, "%s", text)
	}
}

func nodeText(n *Node) string {
	switch n.Kind {
	case NodeInput, NodeOutput:
		word := "from "
		if n.Kind == NodeOutput {
			word = "to "
		}
		if n.Stream == nil {
			return word + "?"
		}
		return word + qualify(n.Stream.App, n.Stream.Name)
	case NodeUnion:
		return "union"
	}
	if len(n.Uses) > 0 {
		var uses []string
		for i, u := range n.Uses {
			text := u.Name
			if u.Name != u.Task.Name {
				text = u.Task.Name + " as " + u.Name
			}
			if len(u.TypeArgs) > 0 {
				text += (&types.Tuple{Elems: u.TypeArgs}).String()
			}
			if u.Key != nil {
				text += " per " + show(u.Key)
			}
			if i < len(n.Times) && n.Times[i] != nil {
				text += " * " + shortText(n.Times[i])
			}
			uses = append(uses, text)
		}
		word := map[NodeKind]string{NodeServe: "serve ", NodeSteps: "steps "}[n.Kind]
		return word + strings.Join(uses, ", ")
	}
	return map[NodeKind]string{
		NodeKey: "key", NodeMap: "map", NodeFlatMap: "flatMap", NodeFilter: "filter",
		NodeServe: "serve", NodeTask: "task", NodeSteps: "steps",
	}[n.Kind]
}
