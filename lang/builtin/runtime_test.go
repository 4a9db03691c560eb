package builtin

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	gotypes "go/types"
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

// TestWhatFailsSaysSo asserts that the entries that fail are those whose Go functions call Fail, themselves or through
// others, and that their documentation says when: lowering moves what does not fail past what can be noticed.
func TestWhatFailsSaysSo(t *testing.T) {
	set, files := runtimeFiles(t)
	info := &gotypes.Info{Defs: map[*ast.Ident]gotypes.Object{}, Uses: map[*ast.Ident]gotypes.Object{}}
	lenient := gotypes.Config{Importer: nowhere{}, Error: func(error) {}} // only what the package says of itself matters
	pkg, _ := lenient.Check("ptl", set, files, info)
	uses := map[gotypes.Object][]gotypes.Object{} // what is handed over is as good as called
	for _, d := range functionsIn(files) {
		ast.Inspect(d, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				if f, ok := info.Uses[id].(*gotypes.Func); ok {
					uses[info.Defs[d.Name]] = append(uses[info.Defs[d.Name]], f.Origin())
				}
			}
			return true
		})
	}
	fail := pkg.Scope().Lookup("Fail")
	var fails func(f gotypes.Object, seen map[gotypes.Object]bool) bool
	fails = func(f gotypes.Object, seen map[gotypes.Object]bool) bool {
		if f == nil || seen[f] {
			return false
		}
		seen[f] = true
		return f == fail || slices.ContainsFunc(uses[f], func(used gotypes.Object) bool { return fails(used, seen) })
	}
	for _, e := range All() {
		if e.Name() == "List.remove" {
			continue // it removes at an index that it has found
		}
		if got := fails(pkg.Scope().Lookup(e.GoName()), map[gotypes.Object]bool{}); got != e.Fails && !e.TaskOnly {
			t.Errorf("%s: Fails is %t, and that its Go function fails is %t", e.Sig, e.Fails, got)
		}
		if got := strings.Contains(e.Doc, "fails the event"); got != e.Fails {
			t.Errorf("%s: Fails is %t, and that its documentation says when is %t", e.Sig, e.Fails, got)
		}
	}
}

// runtimeFunctions gives the parameter and result types of the package's functions by name.
func runtimeFunctions(t *testing.T) map[string]string {
	functions := map[string]string{}
	_, files := runtimeFiles(t)
	for _, d := range functionsIn(files) {
		if d.Recv == nil && d.Name.IsExported() {
			functions[d.Name.Name] = "(" + strings.Join(fieldTypes(d.Type.Params), ", ") + ")" +
				strings.TrimSuffix(" "+strings.Join(fieldTypes(d.Type.Results), ", "), " ")
		}
	}
	return functions
}

// runtimeFiles are the files of runtime/ptl.
func runtimeFiles(t *testing.T) (*token.FileSet, []*ast.File) {
	paths, err := filepath.Glob("../../runtime/ptl/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatal("no runtime/ptl", err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return set, files
}

// functionsIn are the functions and methods of files.
func functionsIn(files []*ast.File) (decls []*ast.FuncDecl) {
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				decls = append(decls, d)
			}
		}
	}
	return decls
}

// nowhere imports nothing.
type nowhere struct{}

func (nowhere) Import(path string) (*gotypes.Package, error) { return nil, errors.New(path) }

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
