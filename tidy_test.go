package portals

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/portals-lang/portals/lang/diag"
)

// The laws of the house, as CONTRIBUTING.md tells them. A failure names the place; the remedy is in the message.

const module = "github.com/portals-lang/portals"

// rooms says for each package which packages of this module it may import; a star stands for the rest of a path, and
// `test:` for what only its tests need. What is not in the table is a new room: give it a line, and let the line show
// that imports still run one way.
var rooms = map[string]string{
	"lang/source":    "",
	"lang/token":     "",
	"lang/types":     "lang/source",
	"lang/diag":      "lang/source",
	"lang/ast":       "lang/source lang/token",
	"lang/format":    "lang/ast lang/source lang/token",
	"lang/builtin":   "lang/types",
	"lang/doc":       "lang/ast lang/builtin lang/diag lang/format test:lang/source test:parser",
	"lang/ir":        "lang/source lang/types",
	"lang/ir/interp": "lang/builtin lang/ir lang/source lang/types",

	"parser":          "lang/ast lang/diag lang/source lang/token",
	"typecheck":       "lang/ast lang/builtin lang/diag lang/source lang/types typecheck/match",
	"typecheck/match": "lang/types",
	"codegen/names":   "",
	"codegen/resume":  "lang/ir lang/source",
	"codegen/lower":   "lang/ast lang/builtin lang/diag lang/ir lang/source lang/types typecheck",
	"codegen/fuse":    "lang/ir lang/source",
	"codegen/gogen":   "codegen/names codegen/resume lang/builtin lang/ir lang/source lang/types",
	"codegen":         "codegen/fuse codegen/gogen codegen/lower lang/ast lang/diag lang/ir lang/source parser stdlib typecheck",
	"stdlib":          "",

	"runtime/ptl":               "",
	"runtime/store":             "runtime/store/*",
	"runtime/store/fault":       "",
	"runtime/store/wal":         "runtime/store/fault",
	"runtime/store/group":       "runtime/store/fault runtime/store/wal",
	"runtime/store/fold":        "runtime/store/group",
	"runtime/store/state":       "runtime/store/fault runtime/store/fold runtime/store/group runtime/store/wal",
	"runtime/engine":            "runtime/ptl runtime/store",
	"runtime/connector/outfile": "",
	"runtime/connector/format":  "runtime/ptl",
	"runtime/connector/reject":  "runtime/connector/outfile runtime/ptl",
	"runtime/connector/*":       "runtime/connector/format runtime/connector/outfile runtime/connector/reject runtime/ptl",
	"runtime/ptltest":           "runtime/engine runtime/ptl runtime/store runtime/store/*",
	"runtime/sim":               "runtime/engine runtime/ptl runtime/store runtime/store/*",
	"runtime":                   "runtime/engine runtime/ptl runtime/sim runtime/store",

	"internal/golden":                "",
	"internal/randomprogram":         "",
	"internal/randomprogram/outside": "",
	"cmd/*":                          ". cmd/* codegen lang/ast lang/diag lang/doc lang/format lang/source parser typecheck stdlib",
	"examples":                       "",
	"bench":                          "bench/* codegen lang/diag lang/source",
	"bench/measure":                  "bench/nexmark runtime runtime/*",
	"bench/nexmark":                  "",
	"testdata/*":                     "runtime runtime/*",
	".":                              "",
}

// library says where alone a third-party module may be imported.
var library = map[string]string{
	"github.com/alecthomas/participle": "parser",
	"github.com/dave/jennifer":         "codegen/gogen",
}

func TestImportsRunOneWay(t *testing.T) {
	for _, f := range goFiles(t) {
		allowed, known := roomOf(f.dir)
		if !known {
			t.Errorf("%s: package %s has no line in the table of rooms in tidy_test.go", f.path, f.dir)
			continue
		}
		for _, spec := range f.ast.Imports {
			target, _ := strconv.Unquote(spec.Path.Value)
			for lib, home := range library {
				if strings.HasPrefix(target, lib) && f.dir != home {
					t.Errorf("%s: only %s may import %s", f.at(spec), home, lib)
				}
			}
			inside, ours := strings.CutPrefix(target, module)
			inside = strings.TrimPrefix(inside, "/")
			if inside == "" {
				inside = "."
			}
			switch {
			case !ours || inside == f.dir || inside == "internal/golden" && f.test:
			case f.test && side(f.dir) == side(inside), f.test && side(f.dir) == "":
				// Tests bring together what the code keeps apart, but not across the middle.
			case !matches(allowed, inside):
				t.Errorf("%s: %s may not import %s", f.at(spec), f.dir, inside)
			}
		}
	}
}

// side tells the two halves of the house, which never see each other: the compiler and the runtime.
func side(dir string) string {
	switch first, _, _ := strings.Cut(dir, "/"); first {
	case "runtime":
		return "runtime"
	case "lang", "parser", "typecheck", "codegen", "stdlib":
		return "compiler"
	}
	return ""
}

// roomOf finds the line of a package: its own, or the one that a star of its parent gives it.
func roomOf(dir string) (allowed string, known bool) {
	if allowed, known = rooms[dir]; known {
		return allowed, true
	}
	for d := path.Dir(dir); d != "."; d = path.Dir(d) {
		if allowed, known = rooms[d+"/*"]; known {
			return allowed, true
		}
	}
	return "", false
}

func matches(allowed, dir string) bool {
	for _, a := range strings.Fields(allowed) {
		if prefix, star := strings.CutSuffix(a, "*"); a == dir || star && strings.HasPrefix(dir, prefix) {
			return true
		}
	}
	return false
}

// TestTheCompilerIsPure: a phase is a function of values. What it needs of the world is an argument.
func TestTheCompilerIsPure(t *testing.T) {
	for _, f := range goFiles(t) {
		if side(f.dir) == "compiler" && !f.test {
			f.forbid(t, worldly, "the compiler reads nothing but its arguments")
		}
	}
}

// TestTheCoreIsReproducible: the runtime's core gets time, disk, randomness and goroutines by parameter, so that a seed
// reproduces a run.
func TestTheCoreIsReproducible(t *testing.T) {
	for _, f := range goFiles(t) {
		core := f.dir == "runtime/ptl" || f.dir == "runtime/engine" || matches("runtime/store runtime/store/*", f.dir)
		if !core || f.test {
			continue
		}
		f.forbid(t, worldly, "the core gets this by parameter")
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if stmt, ok := n.(*ast.GoStmt); ok {
				t.Errorf("%s: a go statement; the core starts goroutines by parameter", f.at(stmt))
			}
			return true
		})
	}
}

// worldly is what depends on the world outside: packages, or functions of packages. `!` excepts a name.
var worldly = map[string][]string{
	"os":           nil,
	"os/exec":      nil,
	"os/signal":    nil,
	"net":          nil,
	"net/http":     nil,
	"flag":         nil,
	"crypto/rand":  nil,
	"math/rand":    nil,
	"math/rand/v2": {"!New", "!NewPCG", "!NewChaCha8", "!Rand", "!Source", "!PCG", "!ChaCha8"},
	"time":         {"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"},
}

// forbid reports every use of something in the table.
func (f *goFile) forbid(t *testing.T, table map[string][]string, why string) {
	t.Helper()
	names := map[string]string{} // by local name, the path
	for _, spec := range f.ast.Imports {
		target, _ := strconv.Unquote(spec.Path.Value)
		rules, listed := table[target]
		if listed && rules == nil {
			t.Errorf("%s: import of %s; %s", f.at(spec), target, why)
		}
		local := path.Base(strings.TrimSuffix(target, "/v2"))
		if spec.Name != nil {
			local = spec.Name.Name
		}
		names[local] = target
	}
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		x, ok := sel.X.(*ast.Ident)
		if !ok || x.Obj != nil {
			return true
		}
		rules := table[names[x.Name]]
		excepting := len(rules) > 0 && rules[0][0] == '!'
		listed := slices.Contains(rules, sel.Sel.Name) || slices.Contains(rules, "!"+sel.Sel.Name)
		if len(rules) > 0 && excepting != listed {
			t.Errorf("%s: %s.%s; %s", f.at(sel), x.Name, sel.Sel.Name, why)
		}
		return true
	})
}

const (
	longestFunction = 70
	longestFile     = 800
	aroundASwitch   = 20 // lines that a long function may have outside of its one switch
)

func TestNothingIsTooLong(t *testing.T) {
	for _, f := range goFiles(t) {
		if lines := f.fset.File(f.ast.Pos()).LineCount(); lines > longestFile {
			t.Errorf("%s: %d lines; more than %d are two files", f.path, lines, longestFile)
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			lines := f.lines(fn)
			if lines > longestFunction && lines-f.longestSwitch(fn.Body) > aroundASwitch {
				t.Errorf("%s: %s has %d lines; more than %d are two functions", f.at(fn), fn.Name.Name, lines, longestFunction)
			}
		}
	}
}

// longestSwitch is the length of the longest switch that is a statement of the body itself: a list of cases is easy to
// read however long it is.
func (f *goFile) longestSwitch(body *ast.BlockStmt) int {
	longest := 0
	for _, stmt := range body.List {
		switch stmt.(type) {
		case *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt:
			longest = max(longest, f.lines(stmt))
		}
	}
	return longest
}

func TestNamesSayWhatIsInside(t *testing.T) {
	empty := regexp.MustCompile(`(^|[/_])(utils?|commons?|helpers?|misc)(_test)?([/.]|$)`)
	walk(t, func(file string) {
		if empty.MatchString(file) {
			t.Errorf("%s: a name that could hold anything", file)
		}
	})
}

// TestTextsStandOnTheirOwn: nothing that is committed is a note to ourselves or names a place on somebody's machine.
func TestTextsStandOnTheirOwn(t *testing.T) {
	note := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b`)
	place := regexp.MustCompile(`(^|[\s"'(=` + "`" + `])(/(home|root|work|tmp|Users|private)/\w|[A-Z]:\\Users)`)
	walk(t, func(file string) {
		text, err := os.ReadFile(filepath.FromSlash(file))
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(text), "\n") {
			if note.MatchString(line) {
				t.Errorf("%s:%d: a note to ourselves; do it, or say it in an issue", file, i+1)
			}
			if place.MatchString(line) {
				t.Errorf("%s:%d: a path of one machine", file, i+1)
			}
		}
	})
}

// TestEveryCodeIsKnown: whatever code the source names has its line in the registry and its page.
func TestEveryCodeIsKnown(t *testing.T) {
	code := regexp.MustCompile(`"(PTL\d{4})"`)
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		text, err := os.ReadFile(filepath.FromSlash(f.path))
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range code.FindAllStringSubmatch(string(text), -1) {
			if _, ok := diag.Page(diag.Code(found[1])); !ok {
				t.Errorf("%s: %s has no page in lang/diag/pages", f.path, found[1])
			}
		}
	}
}

// goFile is a parsed file of Go.
type goFile struct {
	path string // slash-separated, from the root
	dir  string // its package, from the root
	test bool
	fset *token.FileSet
	ast  *ast.File
}

func (f *goFile) at(n ast.Node) string {
	return f.path + ":" + strconv.Itoa(f.fset.Position(n.Pos()).Line)
}

func (f *goFile) lines(n ast.Node) int {
	return f.fset.Position(n.End()).Line - f.fset.Position(n.Pos()).Line + 1
}

func goFiles(t *testing.T) []*goFile {
	t.Helper()
	var files []*goFile
	walk(t, func(file string) {
		if path.Ext(file) != ".go" {
			return
		}
		f := &goFile{path: file, dir: path.Dir(file), test: strings.HasSuffix(file, "_test.go"), fset: token.NewFileSet()}
		var err error
		if f.ast, err = parser.ParseFile(f.fset, filepath.FromSlash(file), nil, parser.ParseComments); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	})
	return files
}

// walk calls f with every text of ours.
func walk(t *testing.T, f func(file string)) {
	t.Helper()
	kinds := []string{".go", ".md", ".ptl", ".txtar", ".mod", ".yml", ".json"}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(d.Name(), ".") && file != "." && d.Name() != ".ci"
		switch {
		case err != nil:
			return err
		case d.IsDir() && (hidden || d.Name() == "node_modules"):
			return filepath.SkipDir
		case !d.IsDir() && !hidden && (slices.Contains(kinds, path.Ext(file)) || file == ".ci/run"):
			f(filepath.ToSlash(file))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
