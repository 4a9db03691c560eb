// Package codegen is the whole compiler as one function: source files in, Go files and diagnostics out.
//
// It reads and writes nothing: who calls it brings the files, finds those that imports ask for, and puts the output
// where the Go toolchain finds it. The phases are those of every compiler (parse, check, lower, emit), each a pure
// function of values; a phase that finds errors is the last one.
package codegen

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/portals-lang/portals/codegen/fuse"
	"github.com/portals-lang/portals/codegen/gogen"
	"github.com/portals-lang/portals/codegen/lower"
	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/parser"
	"github.com/portals-lang/portals/stdlib"
	"github.com/portals-lang/portals/typecheck"
)

// App is the source of one application.
type App struct {
	// Name is what the application is called unless a declaration `app` says otherwise: its file or directory.
	Name string
	// Dir is the directory of its files, as their names begin with; places in the program name files without it, or, where
	// several apps run together, without what their directories have in common.
	Dir   string
	Files []*source.File
}

// Options say how to compile.
type Options struct {
	// Module is the import path of the directory that will hold the output.
	Module string
	// Lines asks for //line directives, by which panics, profiles and debuggers show places of the program.
	Lines bool
	// Tests asks for a program that runs the tests of the applications, instead of the applications.
	Tests bool
	// Resolve finds the files of an import: of a path, joined with the directory of the importing file, with at least one
	// slash in it; app tells `import app`. Nil: only the standard library, which the compiler has in itself, can be imported.
	Resolve func(path string, app bool) ([]*source.File, error)
	// Go finds the Go packages that `extern fun`s name, as they are seen from a directory of source files. Nil: there are
	// none.
	Go func(dir string, paths []string) map[string]*GoPackage
}

// GoPackage is a Go package whose functions a program calls.
type GoPackage = typecheck.GoPackage

// Output is a Go program.
type Output struct {
	// Files are the Go files by slash-separated path below Options.Module: main.go, and a directory for each application.
	Files map[string][]byte
	// Apps are the names of the applications, in the order of Compile's argument.
	Apps []string
	// Peers are for each of them the names of the applications that it imports, directly or not, if there are tests.
	Peers [][]string
	// Idle tells of each whether it has neither stream nor workflow, so that nothing of it runs.
	Idle []bool
	// Tests is the number of their tests.
	Tests int
}

// Compile compiles applications into one program. Output is nil if the diagnostics hold an error.
func Compile(apps []*App, opts Options) (*Output, []*diag.Diagnostic) {
	diags := &diag.List{}
	b := &building{opts: opts, dir: commonDir(apps), diags: diags, out: &Output{Files: map[string][]byte{}}, made: map[string]*built{}}
	programs := make([]gogen.Program, len(apps))
	for i, app := range apps {
		if made := b.app(app, opts.Tests); made != nil {
			programs[i].Import = made.Import
			b.out.Apps = append(b.out.Apps, made.prog.App)
			b.out.Idle = append(b.out.Idle, len(made.prog.Streams) == 0 && len(made.prog.Workflows) == 0)
			b.out.Tests += len(made.prog.Tests)
		}
	}
	for i, app := range apps {
		if opts.Tests {
			peers := b.peers(app)
			names := make([]string, len(peers))
			for j, peer := range peers {
				programs[i].Peers = append(programs[i].Peers, peer.Import)
				names[j] = peer.prog.App
			}
			b.out.Peers = append(b.out.Peers, names)
		}
	}
	if diags.HasErrors() {
		return nil, diags.Sorted()
	}
	printMain := gogen.Main
	if opts.Tests {
		printMain = gogen.TestMain
	}
	main, err := printMain(programs)
	if err != nil {
		diags.Add(failed(apps[0], err))
		return nil, diags.Sorted()
	}
	b.out.Files["main.go"] = main
	return b.out, diags.Sorted()
}

// building is a program in the making.
type building struct {
	opts  Options
	dir   string
	diags *diag.List
	out   *Output
	made  map[string]*built // by idOf their files
}

// built is the package of an app.
type built struct {
	gogen.Import
	prog  *ir.Program
	peers []*typecheck.Module // the apps that it imports
}

// app makes the package of an app, perhaps with its tests. It is nil if that cannot be.
func (b *building) app(app *App, tests bool) *built {
	prog, info := compile(app, b.opts, b.diags)
	if prog == nil {
		return nil
	}
	fuse.Program(prog)
	pkg, err := gogen.Emit(prog, gogen.Options{Dir: b.dir, Lines: b.opts.Lines, Tests: tests})
	if err != nil {
		b.diags.Add(failed(app, err))
		return nil
	}
	dir := unused(b.out.Files, pkg.Name)
	for name, text := range pkg.Files {
		b.out.Files[path.Join(dir, name)] = text
	}
	made := &built{Import: gogen.Import{Path: path.Join(b.opts.Module, dir), Name: pkg.Name}, prog: prog, peers: info.App.Peers}
	b.made[idOf(app.Files)] = made
	return made
}

// idOf tells apps apart by their files, of which each belongs to one app.
func idOf(files []*source.File) string {
	if len(files) == 0 {
		return ""
	}
	return path.Clean(files[0].Name())
}

// peers are all apps that an app imports, directly or not, each once: in tests these run with it.
func (b *building) peers(app *App) []*built {
	var found []*built
	seen := map[*built]bool{}
	var visit func(*built)
	visit = func(of *built) {
		if of == nil || seen[of] {
			return
		}
		if seen[of] = true; len(seen) > 1 {
			found = append(found, of)
		}
		for _, m := range of.peers {
			visit(b.peer(m))
		}
	}
	visit(b.made[idOf(app.Files)])
	return found
}

// peer makes the package of an app that is imported, unless there is one. Warnings are for who checks that app.
func (b *building) peer(m *typecheck.Module) *built {
	files, err := b.opts.Resolve(m.Path, true)
	if err != nil || len(files) == 0 {
		return nil // the checker has reported it
	}
	if made, known := b.made[idOf(files)]; known {
		return made
	}
	own := *b
	own.diags = &diag.List{}
	made := own.app(&App{Name: path.Base(m.Path), Dir: path.Dir(files[0].Name()), Files: files}, false)
	b.made[idOf(files)] = made
	for _, d := range own.diags.Sorted() {
		if d.Severity == diag.Error {
			b.diags.Add(d)
		}
	}
	return made
}

// Check finds what is wrong with applications, as Compile does, and makes nothing.
func Check(apps []*App, opts Options) []*diag.Diagnostic {
	diags := &diag.List{}
	for _, app := range apps {
		check(app, opts, diags)
	}
	return diags.Sorted()
}

// Lower is Compile up to the lowered program, for tests and tools. It is nil if the diagnostics hold an error.
func Lower(app *App, opts Options) (*ir.Program, []*diag.Diagnostic) {
	diags := &diag.List{}
	prog, _ := compile(app, opts, diags)
	return prog, diags.Sorted()
}

func compile(app *App, opts Options, diags *diag.List) (*ir.Program, *typecheck.Info) {
	mine := &diag.List{}
	info := check(app, opts, mine)
	for _, d := range mine.Sorted() {
		diags.Add(d)
	}
	if mine.HasErrors() {
		return nil, nil
	}
	return lower.Lower(info, diags), info
}

func check(app *App, opts Options, diags *diag.List) *typecheck.Info {
	files := parse(app.Files, diags)
	checking := typecheck.Options{Name: app.Name, Library: library(diags), Go: opts.Go}
	if opts.Resolve != nil {
		checking.Resolve = func(path string, app bool) ([]*ast.File, error) {
			found, err := opts.Resolve(path, app)
			return parse(found, diags), err
		}
	}
	return typecheck.Check(files, checking, diags)
}

// library is the standard library as the checker wants it.
func library(diags *diag.List) typecheck.Library {
	return typecheck.Library{Names: stdlib.Names(), Module: func(name string) *ast.File {
		path, text, found := stdlib.Module(name)
		if !found {
			return nil
		}
		return parser.Parse(source.New(path, text), diags)
	}}
}

func parse(files []*source.File, diags *diag.List) []*ast.File {
	out := make([]*ast.File, len(files))
	for i, f := range files {
		out[i] = parser.Parse(f, diags)
	}
	return out
}

// commonDir is the directory that all applications lie in, or "" if there is none but the root.
func commonDir(apps []*App) string {
	var common []string
	for i, app := range apps {
		dirs := strings.Split(path.Clean(strings.ReplaceAll(app.Dir, `\`, "/")), "/")
		if i == 0 {
			common = dirs
		}
		n := 0
		for n < len(common) && n < len(dirs) && common[n] == dirs[n] {
			n++
		}
		common = common[:n]
	}
	return strings.Join(common, "/")
}

// unused is a directory that holds no file yet.
func unused(files map[string][]byte, want string) string {
	taken := func(dir string) bool {
		for name := range files {
			if path.Dir(name) == dir {
				return true
			}
		}
		return false
	}
	dir := want
	for n := 2; taken(dir); n++ {
		dir = fmt.Sprintf("%s%d", want, n)
	}
	return dir
}

// failed reports that the emitter could not go on.
func failed(app *App, err error) *diag.Diagnostic {
	d := &diag.Diagnostic{Code: diag.Internal, Title: err.Error()}
	var missing *gogen.Unsupported
	if errors.As(err, &missing) {
		d.Primary = diag.Label{Span: missing.At, Text: "needed here"}
		d.Notes = []string{"the program is right, but this compiler cannot turn that into Go yet"}
		return d
	}
	d.Title = "the compiler failed on " + app.Name
	d.Notes = []string{err.Error()}
	d.Help = "This is a bug of portalsc. Please report it with the program."
	return d
}
