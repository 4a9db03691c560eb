package gogen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// program is a wordcount in lowered form, made by hand.
func program() *ir.Program {
	text := "param input\nstream text\nrecord Count\ntask Total {\n  on event\n    n += 1\n}\nworkflow\n"
	file := source.New("dir/wordcount.ptl", text)
	at := func(line int) source.Span {
		offset := 0
		for n := 1; n < line; n++ {
			for text[offset] != '\n' {
				offset++
			}
			offset++
		}
		return source.Span{File: file, Start: offset, End: offset + 1}
	}
	str := &ir.Type{Kind: ir.String, Name: "String", Comparable: true}
	num := &ir.Type{Kind: ir.Int, Name: "Int", Comparable: true}
	boolean := &ir.Type{Kind: ir.Bool, Name: "Bool", Comparable: true}
	words := &ir.Type{Kind: ir.List, Name: "List[String]", Elems: []*ir.Type{str}}
	count := &ir.TypeDef{Name: "Count", Span: at(3)}
	v := &ir.Variant{Def: count, Name: "Count", Fields: []*ir.Field{{Name: "word", DataName: "word", Type: str}, {Name: "n", DataName: "n", Type: num}}}
	count.Variants = []*ir.Variant{v}
	counted := &ir.Type{Kind: ir.Record, Def: count, Name: "Count", Comparable: true}
	count.Type = counted

	input := &ir.Param{Name: "input", Flag: "input", Type: str, Default: &ir.Const{X: ir.X{T: str}, Value: "x.txt"}, Fixed: true, Span: at(1)}
	lines := &ir.Stream{Name: "text", Type: str, Kind: ir.ByConnector, Span: at(2), Source: &ir.Endpoint{Name: "file.lines", Args: []*ir.EndpointArg{
		{Name: "path", Value: &ir.ParamRef{X: ir.X{T: str}, Param: input}},
		{Name: "atom", Value: &ir.Const{X: ir.X{T: num}, Value: int64(1000)}, Or: &ir.Const{X: ir.X{T: &ir.Type{Kind: ir.Duration}}, Value: int64(5e6)}},
	}}}
	counts := &ir.Stream{Name: "counts", Type: counted, Span: at(3)}
	w := &ir.Workflow{Name: "wordcount", Span: at(8)}
	total := &ir.Task{Name: "Total", TaskName: "Total", Doc: "The running total.", Workflow: w, In: str, Out: counted, Key: str, Span: at(4)}
	n := &ir.StateVar{Name: "n", Type: num, Init: &ir.Const{X: ir.X{T: num}, Value: int64(0)}, Task: total}
	total.State = []*ir.StateVar{n}
	state := &ir.State{X: ir.X{T: num}, Var: n}
	total.OnEvent = &ir.Func{Name: "event", Task: total, Span: at(5), Params: []*ir.Var{{Name: "_", Type: str}}, Body: []ir.Stmt{
		&ir.Assign{S: ir.S{At: at(6)}, Place: state, Value: &ir.Operate{X: ir.X{T: num}, Op: ir.Add, A: state, B: &ir.Const{X: ir.X{T: num}, Value: int64(1)}}},
	}}
	total.PerKey = &ir.Func{Name: "perKey", Task: total, Span: at(5), Body: []ir.Stmt{
		&ir.Emit{S: ir.S{At: at(6)}, Value: &ir.New{X: ir.X{T: counted}, Variant: v, Args: []ir.Expr{&ir.Key{X: ir.X{T: str}}, state}}},
	}}
	out := &ir.Output{Stream: counts, Span: at(8)}
	e := &ir.Var{Name: "e", Type: counted}
	total.After = &ir.Segment{Name: "afterTotal", Event: e, Body: []ir.Stmt{&ir.Out{S: ir.S{At: at(8)}, Output: out, Event: &ir.Local{X: ir.X{T: counted}, Var: e}}}}
	line, word, key := &ir.Var{Name: "line", Type: str}, &ir.Var{Name: "word", Type: str}, &ir.Var{Name: "key", Type: str}
	local := func(v *ir.Var) ir.Expr { return &ir.Local{X: ir.X{T: v.Type}, Var: v} }
	split := &ir.Builtin{X: ir.X{T: words}, Name: "String.words", Args: []ir.Expr{local(line)}}
	take := &ir.Segment{Name: "text", Event: line, Span: at(8), Body: []ir.Stmt{
		&ir.For{S: ir.S{At: at(8)}, Elem: word, Over: split, Body: []ir.Stmt{
			&ir.If{S: ir.S{At: at(8)}, Cond: &ir.Operate{X: ir.X{T: boolean}, Op: ir.Ne, A: local(word), B: &ir.Const{X: ir.X{T: str}, Value: ""}}, Then: []ir.Stmt{
				&ir.Define{S: ir.S{At: at(8)}, Var: key, Init: local(word)},
				&ir.Send{S: ir.S{At: at(8)}, Task: total, Key: local(key), Moved: true, Event: local(word)},
			}},
		}},
	}}
	w.Inputs = []*ir.Input{{Stream: lines, Segment: take}}
	w.Segments = []*ir.Segment{take, total.After}
	w.Tasks = []*ir.Task{total}
	w.Outputs = []*ir.Output{out}
	return &ir.Program{App: "wordcount", Doc: "Counts words.", Types: []*ir.TypeDef{count}, Params: []*ir.Param{input},
		Streams: []*ir.Stream{lines, counts}, Workflows: []*ir.Workflow{w},
		Sinks: []*ir.Sink{{Name: "counts", Stream: counts, Span: at(8), Target: &ir.Endpoint{Name: "stdout.ndjson"}}}}
}

func TestEveryStatementOfTheUserIsMarkedWithItsLine(t *testing.T) {
	pkg, err := Emit(program(), Options{Dir: "dir", Lines: true})
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "wordcount.go", pkg.Files["wordcount.go"], parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]string{} // by method: where its first statement is
	for _, d := range file.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || len(fn.Body.List) == 0 {
			continue
		}
		p := fset.Position(fn.Body.List[0].Pos())
		q := fset.PositionFor(fn.Body.List[0].Pos(), false)
		lines[fn.Name.Name] = p.String()
		if p.Filename == "wordcount.go" && p.Line != q.Line {
			t.Errorf("%s: generated code says it is on line %d, but is on %d", fn.Name.Name, p.Line, q.Line)
		}
	}
	for name, want := range map[string]string{"totalEvent": "wordcount.ptl:6", "totalPerKey": "wordcount.ptl:6", "text": "wordcount.ptl:8"} {
		if lines[name] != want {
			t.Errorf("%s is at %s, want %s", name, lines[name], want)
		}
	}
}
