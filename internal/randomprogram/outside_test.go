package randomprogram_test

import (
	"cmp"
	"errors"
	"fmt"
	goast "go/ast"
	"go/importer"
	goparser "go/parser"
	"go/token"
	gotypes "go/types"
	"os"
	"reflect"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/portals-lang/portals/codegen"
	"github.com/portals-lang/portals/internal/randomprogram"
	"github.com/portals-lang/portals/internal/randomprogram/outside"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/ir/interp"
)

const outsideFile = "outside/outside.go"

// findGo gives the checker package outside.
func findGo(_ string, paths []string) map[string]*codegen.GoPackage {
	found := map[string]*codegen.GoPackage{}
	for _, path := range paths {
		found[path] = &codegen.GoPackage{Problem: "It is not there"}
		if path == randomprogram.Outside {
			found[path] = checkedOutside()
		}
	}
	return found
}

var checkedOutside = sync.OnceValue(func() *codegen.GoPackage {
	fset := token.NewFileSet()
	f, err := goparser.ParseFile(fset, outsideFile, nil, 0)
	if err != nil {
		return &codegen.GoPackage{Problem: err.Error()}
	}
	config := gotypes.Config{Importer: importer.ForCompiler(fset, "source", nil)}
	pkg, err := config.Check(randomprogram.Outside, fset, []*goast.File{f}, nil)
	if err != nil {
		return &codegen.GoPackage{Problem: err.Error()}
	}
	return &codegen.GoPackage{Types: pkg}
})

// outsideText is the text of package outside, for programs to be compiled with.
func outsideText() ([]byte, error) { return os.ReadFile(outsideFile) }

var functions = map[string]any{
	"Half": outside.Half, "Mix": outside.Mix, "First": outside.First, "Or": outside.Or, "Parts": outside.Parts, "Parted": outside.Parted,
	"Sorted": outside.Sorted, "Count": outside.Count, "Look": outside.Look, "Sum": outside.Sum, "Later": outside.Later,
	"Turned": outside.Turned, "Text": outside.Text, "Refuse": outside.Refuse,
}

// callGo calls a function of package outside for the interpreter.
func callGo(x *ir.Extern, args []interp.Value) (result interp.Value, err error) {
	f := reflect.ValueOf(functions[x.GoName])
	in := make([]reflect.Value, len(args))
	for i, a := range args {
		in[i] = toGo(a, f.Type().In(i))
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case misfit:
			err = errors.New(string(r))
		default:
			err = fmt.Errorf("Go panic: %v", r)
		}
	}()
	call := f.Call
	if x.Variadic {
		call = f.CallSlice
	}
	out := call(in)
	if x.HasError {
		if err, failed := out[len(out)-1].Interface().(error); failed {
			return nil, err
		}
		out = out[:len(out)-1]
	}
	is := true
	if x.OK {
		is, out = out[len(out)-1].Bool(), out[:len(out)-1]
	}
	var values interp.Tuple
	for _, v := range out {
		values = append(values, fromGo(v))
	}
	if result = values; len(values) == 1 {
		result = values[0]
	}
	if x.OK {
		if !is {
			return interp.Option{}, nil
		}
		return interp.Option{Is: true, Value: result}, nil
	}
	return result, nil
}

// misfit is a panic for what Go gave and is no value.
type misfit string

var (
	goTime  = reflect.TypeFor[time.Time]()
	goBytes = reflect.TypeFor[[]byte]()
)

// toGo is a value as Go has it.
func toGo(v interp.Value, t reflect.Type) reflect.Value {
	switch {
	case t == goTime:
		return reflect.ValueOf(time.Unix(0, v.(int64)).UTC())
	case t == goBytes:
		return reflect.ValueOf([]byte(v.(string)))
	}
	switch t.Kind() {
	case reflect.Pointer:
		o := v.(interp.Option)
		if !o.Is {
			return reflect.Zero(t)
		}
		p := reflect.New(t.Elem())
		p.Elem().Set(toGo(o.Value, t.Elem()))
		return p
	case reflect.Slice:
		s := reflect.MakeSlice(t, 0, 0)
		for _, x := range v.(interp.List) {
			s = reflect.Append(s, toGo(x, t.Elem()))
		}
		return s
	case reflect.Map:
		m := reflect.MakeMap(t)
		for _, e := range v.(interp.Map) {
			m.SetMapIndex(toGo(e.Key, t.Key()), toGo(e.Value, t.Elem()))
		}
		return m
	}
	return reflect.ValueOf(v).Convert(t)
}

// fromGo is a value that Go gave.
func fromGo(v reflect.Value) interp.Value {
	switch x := v.Interface().(type) {
	case time.Time:
		if n := x.UnixNano(); time.Unix(0, n).Equal(x) {
			return n
		}
		panic(misfit("Go gave the time " + x.Format(time.RFC3339) + ", which does not fit in Time (the years 1678 to 2262)"))
	case []byte:
		return string(x)
	case string:
		if !utf8.ValidString(x) {
			panic(misfit("Go gave a string that is not UTF-8"))
		}
		return x
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return interp.Option{}
		}
		return interp.Option{Is: true, Value: fromGo(v.Elem())}
	case reflect.Slice:
		list := interp.List{}
		for i := range v.Len() {
			list = append(list, fromGo(v.Index(i)))
		}
		return list
	case reflect.Map:
		m := interp.Map{}
		for _, key := range v.MapKeys() {
			m = append(m, interp.Entry{Key: fromGo(key), Value: fromGo(v.MapIndex(key))})
		}
		slices.SortFunc(m, func(a, b interp.Entry) int { return cmp.Compare(a.Key.(string), b.Key.(string)) })
		return m
	case reflect.Int, reflect.Int64:
		return v.Int()
	}
	return v.Interface()
}
