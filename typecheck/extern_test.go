package typecheck_test

import (
	"go/build"
	"go/importer"
	"go/token"
	gotypes "go/types"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/typecheck"

	goast "go/ast"
	goparser "go/parser"
)

// shop is a Go package for tests.
const shop = `package shop

import "time"

type Money int64

var Rate = 1.5

func Slug(s string) string                                    { return s }
func slug(s string) string                                    { return s }
func Map[T any](xs []T) []T                                   { return xs }
func Price(m Money) int64                                     { return int64(m) }
func Close(at time.Time, after time.Duration) (bool, error)   { return true, nil }
func Find(m map[string][]*int) (first string, n int, ok bool) { return "", 0, false }
func Print(parts ...string)                                   {}
func Check(b []byte) error                                    { return nil }
func Flags(m map[bool]string)                                 {}
func Two() (int, int)                                         { return 1, 2 }
`

// goSource reads Go's own packages. A test that was built with -trimpath does not know by itself where they are.
var goSource = sync.OnceValue(func() gotypes.Importer {
	if build.Default.GOROOT == "" {
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			panic(err)
		}
		build.Default.GOROOT = strings.TrimSpace(string(root))
	}
	return importer.ForCompiler(token.NewFileSet(), "source", nil)
})

// findGo finds Go's own packages and example.com/shop.
func findGo(_ string, paths []string) map[string]*typecheck.GoPackage {
	out := map[string]*typecheck.GoPackage{}
	for _, path := range paths {
		var p *gotypes.Package
		var err error
		if path == "example.com/shop" {
			p, err = checkGo(path, shop)
		} else {
			p, err = goSource().Import(path)
		}
		out[path] = &typecheck.GoPackage{Types: p, Near: []string{"strings", "example.com/shop"}}
		if err != nil {
			out[path] = &typecheck.GoPackage{Problem: "There is no such package", Near: []string{"strings", "example.com/shop"}}
		}
	}
	return out
}

func checkGo(path, text string) (*gotypes.Package, error) {
	fset := token.NewFileSet()
	f, err := goparser.ParseFile(fset, "shop.go", text, 0)
	if err != nil {
		return nil, err
	}
	return (&gotypes.Config{Importer: goSource()}).Check(path, fset, []*goast.File{f}, nil)
}

func TestExterns(t *testing.T) {
	for decl, want := range map[string]string{
		`f(s: String) -> String = go "example.com/shop".Slug`:                                        "",
		`f(at: Time, after: Duration) -> Bool = go "example.com/shop".Close`:                         "",
		`f(m: Map[String, List[Option[Int]]]) -> Option[(String, Int)] = go "example.com/shop".Find`: "",
		`f(m: Map[String, List[Option[Int]]]) -> (String, Int, Bool) = go "example.com/shop".Find`:   "",
		`f(parts: List[String]) = go "example.com/shop".Print`:                                       "",
		`f(b: Bytes) = go "example.com/shop".Check`:                                                  "",
		`f() -> (Int, Int) = go "example.com/shop".Two`:                                              "",

		`f(s: String) -> String = go "example.com/shop".slug`:      "PTL0705: the Go package `example.com/shop` has no function `slug` +Slug",
		`f(s: String) -> String = go "example.com/shop".Slag`:      "PTL0705: the Go package `example.com/shop` has no function `Slag` +Slug",
		`f() -> Float = go "example.com/shop".Rate`:                "PTL0705: `shop.Rate` is no function",
		`f(s: String) = go "example.com/shp".Slug`:                 "PTL0705: the Go package `example.com/shp` cannot be used +example.com/shop",
		`f(x: List[Int]) -> List[Int] = go "example.com/shop".Map`: "PTL0706: Go's `shop.Map` has type parameters",
		`f(n: Int) -> String = go "example.com/shop".Slug`:         "PTL0706: `f` does not fit Go's `shop.Slug` +(n: String) -> String ",
		`f() -> String = go "example.com/shop".Slug`:               "PTL0706: `f` does not fit Go's `shop.Slug` +(s: String) -> String ",
		`f(s: String) = go "example.com/shop".Slug`:                "PTL0706: `f` does not fit Go's `shop.Slug` +(s: String) -> String ",
		`f(m: Int) -> Int = go "example.com/shop".Price`:           "PTL0706: `f` does not fit Go's `shop.Price`",
		`f(m: Map[Bool, String]) = go "example.com/shop".Flags`:    "PTL0706: `f` does not fit Go's `shop.Flags`",
		`f(m: Int) = go "example.com/shop".Find`:                   "PTL0706: `f` does not fit Go's `shop.Find` +(m: Map[String, List[Option[Int]]]) -> Option[(String, Int)] ",
	} {
		_, diags := check("extern.ptl", "extern fun "+decl+"\n")
		got := ""
		for _, d := range diags.Sorted() {
			if d.Severity == diag.Error {
				got = string(d.Code) + ": " + d.Title
				for _, e := range d.Edits {
					got += " +" + e.New
				}
			}
		}
		if got != want {
			t.Errorf("%s\n got %s\nwant %s", decl, got, want)
		}
		if want == "" && strings.Contains(render(t, diags), "error") {
			t.Error(render(t, diags))
		}
	}
}
