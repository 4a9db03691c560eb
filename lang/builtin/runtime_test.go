package builtin

import (
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/types"
)

// The emitter calls the functions of runtime/ptl by the names and parameters that the table implies. This test reads
// their source, as the compiler imports nothing of the runtime.
func TestEveryEntryHasItsGoFunction(t *testing.T) {
	functions := runtimeFunctions(t)
	for _, e := range All() {
		if e.TaskOnly {
			continue // methods of the lane that runs the task
		}
		name := e.GoName()
		if name == "Set" {
			name = "SetOf" // Set is the Go type
		}
		got, ok := functions[name]
		if want := goSignature(e); !ok {
			t.Errorf("%s: runtime/ptl has no func %s%s", e.Sig, name, want)
		} else if got != want {
			t.Errorf("%s: func %s%s, want %s", e.Sig, name, got, want)
		}
	}
}

// TestWhatFailsSaysSo asserts that an entry whose Go function calls Fail, itself or through others, documents it: lowering
// relies on that.
func TestWhatFailsSaysSo(t *testing.T) {
	calls := map[string][]string{}
	for _, d := range runtimeDecls(t) {
		ast.Inspect(d, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if f, ok := call.Fun.(*ast.Ident); ok {
					calls[d.Name.Name] = append(calls[d.Name.Name], f.Name)
				}
			}
			return true
		})
	}
	var fails func(name string, seen map[string]bool) bool
	fails = func(name string, seen map[string]bool) bool {
		if seen[name] {
			return false
		}
		seen[name] = true
		return name == "Fail" || slices.ContainsFunc(calls[name], func(called string) bool { return fails(called, seen) })
	}
	for _, e := range All() {
		if got := fails(e.GoName(), map[string]bool{}); got && !e.Fails() {
			t.Errorf("%s can fail, and its documentation does not say when", e.Sig)
		}
	}
}

// runtimeFunctions gives the parameter and result types of the package's functions by name.
func runtimeFunctions(t *testing.T) map[string]string {
	functions := map[string]string{}
	for _, d := range runtimeDecls(t) {
		if d.Name.IsExported() {
			functions[d.Name.Name] = "(" + strings.Join(fieldTypes(d.Type.Params), ", ") + ")" +
				strings.TrimSuffix(" "+strings.Join(fieldTypes(d.Type.Results), ", "), " ")
		}
	}
	return functions
}

// runtimeDecls are the functions of runtime/ptl.
func runtimeDecls(t *testing.T) (decls []*ast.FuncDecl) {
	files, err := filepath.Glob("../../runtime/ptl/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no runtime/ptl", err)
	}
	set := token.NewFileSet()
	for _, file := range files {
		f, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil {
				decls = append(decls, d)
			}
		}
	}
	return decls
}

func fieldTypes(list *ast.FieldList) (texts []string) {
	if list == nil {
		return nil
	}
	for _, field := range list.List {
		var b strings.Builder
		printer.Fprint(&b, token.NewFileSet(), field.Type)
		for range max(len(field.Names), 1) {
			texts = append(texts, b.String())
		}
	}
	return texts
}

// goSignature is what the Go function of an entry must look like: receiver, parameters, and a descriptor for each type
// parameter that needs == or <. Keys and numbers need none: Go's own constraints say enough.
func goSignature(e *Entry) string {
	sig := e.Signature()
	var params []string
	if sig.Self != nil {
		self := goType(sig.Self)
		if e.Mutates {
			self = "*" + self
		}
		params = append(params, self)
	}
	for _, p := range sig.Params {
		params = append(params, goType(p.Type))
	}
	for _, p := range sig.TypeParams {
		if p.Needs&(types.NeedEq|types.NeedOrd) != 0 {
			params = append(params, "*Type["+p.Name+"]")
		}
	}
	text := "(" + strings.Join(params, ", ") + ")"
	if sig.Result != types.Type(types.Unit) {
		text += " " + goType(sig.Result)
	}
	return text
}

func goType(t types.Type) string {
	switch t := t.(type) {
	case *types.Basic:
		switch t {
		case types.Bool, types.String:
			return strings.ToLower(t.String())
		case types.Int:
			return "int64"
		case types.Float:
			return "float64"
		}
		return t.String()
	case *types.Param:
		return t.Name
	case *types.Tuple:
		return "Tuple" + string(rune('0'+len(t.Elems))) + "[" + goTypes(t.Elems) + "]"
	case *types.Func:
		return strings.TrimSuffix("func("+goTypes(t.Params)+") "+goType(t.Result), " Unit")
	case *types.Named:
		return t.Def.Name + "[" + goTypes(t.Args) + "]"
	}
	return "?"
}

func goTypes(ts []types.Type) string {
	texts := make([]string, len(ts))
	for i, t := range ts {
		texts[i] = goType(t)
	}
	return strings.Join(texts, ", ")
}
