// Package gogen prints the lowered program as Go.
//
// It makes no decisions: what runs in which order, what is fused and what is copied stands in the ir. Here it gets the
// form that a good Go programmer would have given it, had she written against the runtime: a struct for each record, a
// method for each handler, a loop where the program loops. One package holds one application: types.go the records and
// enums with their descriptors, functions.go the functions, a file for each workflow, tests.go the tests where they are
// asked for, app.go the rest.
//
// The Go is built with jennifer, formatted by gofmt, and refers back to the program by //line directives: one before
// every statement of the user, with the statement's file and line, and one before every piece of the emitter's own
// making, with the Go file and line (mark.go). So panics, profiles and debuggers point at the program. The same ir
// gives the same bytes.
//
// The emitter works on a correct ir and panics when it finds something that cannot be; Emit turns this into an error,
// which is a bug of the compiler and never the user's.
package gogen

import (
	"fmt"
	"path"
	"runtime"
	"strings"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/codegen/resume"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// Options say how Go is printed.
type Options struct {
	// Dir is the directory of the application as its files' names begin with; places name files without it.
	Dir string
	// Lines asks for //line directives. Without them, places in Go's own reports are those of the generated files.
	Lines bool
	// Tests asks for the tests of the program, too.
	Tests bool
}

// Package is a generated Go package.
type Package struct {
	Name  string            // of the package, and of its directory
	Files map[string][]byte // by base name
}

// Emit prints a program. What it cannot print yet is an Unsupported error.
func Emit(p *ir.Program, opts Options) (pkg *Package, err error) {
	defer func() {
		if r := recover(); r != nil {
			pkg = nil
			if u, ok := r.(*Unsupported); ok {
				err = u
				return
			}
			err = fmt.Errorf("%v (%s)", r, trail())
		}
	}()
	e := newEmitter(p, opts)
	e.functionsFile()
	for _, w := range p.Workflows {
		e.workflowFile(w)
	}
	e.appFile()
	if opts.Tests {
		e.testsFile()
	}
	e.typesFile() // these last: by then all descriptors in use are known
	e.codecFile()
	return &Package{Name: e.pkg, Files: e.files}, nil
}

// trail names the places in this package through which a panic has come, for reports of our bugs.
func trail() string {
	pcs := make([]uintptr, 40)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	var places []string
	for {
		f, more := frames.Next()
		if strings.Contains(f.Function, "codegen/gogen.") {
			places = append(places, fmt.Sprintf("%s:%d", path.Base(f.File), f.Line))
		}
		if !more || len(places) == 6 {
			return strings.Join(places, " ")
		}
	}
}

// Unsupported is something of the language that the emitter cannot print yet.
type Unsupported struct {
	What string
	At   source.Span
}

func (u *Unsupported) Error() string { return u.What + " cannot be compiled yet" }

func unsupported(what string, at source.Span) { panic(&Unsupported{what, at}) }

// emitter holds what is known about the whole package: the names, and the files as they come about.
type emitter struct {
	prog  *ir.Program
	opts  Options
	pkg   string
	files map[string][]byte

	scope     *names.Scope // of the package
	fields    *names.Scope // of the params struct
	defs      map[*ir.TypeDef]*defNames
	funcs     map[*ir.Func]string
	externs   map[*ir.Extern]string
	packages  map[string]string // the names under which Go packages are imported, by path
	params    map[*ir.Param]string
	portals   map[*ir.Portal]int // their places in the program
	lanes     map[*ir.Workflow]*laneNames
	tasks     map[*ir.Task]*taskNames
	needs     map[*ir.Func]need    // what a function must be given beside its arguments
	used      map[*ir.TypeDef]bool // records and enums whose descriptors are
	descs     map[*ir.Type]string
	types     *resume.Types
	composed  []*ir.Type               // types with a descriptor of their own, by first use
	after     map[*ir.Segment]*ir.Task // segments that take what tasks emit, with the last of these
	fileNames *names.Scope
}

func newEmitter(p *ir.Program, opts Options) *emitter {
	e := &emitter{
		prog: p, opts: opts, pkg: names.Package(p.App), files: map[string][]byte{},
		scope: names.NewScope("App", "Tests", "build", "init", "main", "params", "ptl", "ptltest", "file", "stdio", "web", "strconv", "math"),
		defs:  map[*ir.TypeDef]*defNames{}, funcs: map[*ir.Func]string{}, params: map[*ir.Param]string{}, portals: map[*ir.Portal]int{},
		lanes: map[*ir.Workflow]*laneNames{}, tasks: map[*ir.Task]*taskNames{},
		externs: map[*ir.Extern]string{}, packages: map[string]string{}, descs: map[*ir.Type]string{},
		used: map[*ir.TypeDef]bool{}, after: map[*ir.Segment]*ir.Task{},
	}
	e.needs = findNeeds(p) // which names go by
	e.nameExterns()
	e.nameTypes()
	for _, f := range p.Funcs {
		e.funcs[f] = e.takeGlobal(names.Lower(f.Name))
	}
	e.fields = names.NewScope()
	for _, v := range p.Params {
		e.params[v] = e.fields.Take(names.Lower(v.Name))
	}
	for i, x := range p.Portals {
		e.portals[x] = i
	}
	for _, w := range p.Workflows {
		e.nameWorkflow(w)
	}
	return e
}

// own are the names that generated functions give to what is theirs.
var own = strings.Fields("a ask asked at b count e emitted ended event events f fault first h i index key kind l out p r reply s sh t v visit w x y")

// takeGlobal takes a name of the package for something that code within functions names: none of their own hides it.
func (e *emitter) takeGlobal(want string) string {
	inside := e.scope.Inner()
	inside.Reserve(own...)
	name := inside.Take(want)
	e.scope.Reserve(name)
	return name
}

// fileName is the name of a source file as places show it: its path below the application's directory.
func (e *emitter) fileName(f *source.File) string {
	name := strings.ReplaceAll(f.Name(), `\`, "/")
	if dir := strings.TrimSuffix(strings.ReplaceAll(e.opts.Dir, `\`, "/"), "/"); dir != "" {
		if rest, ok := strings.CutPrefix(name, dir+"/"); ok {
			return rest
		}
	}
	return strings.TrimPrefix(name, "./")
}

// place is file:line:column, or "" for what stands nowhere.
func (e *emitter) place(s source.Span) string {
	if !s.Valid() {
		return ""
	}
	p := s.Position()
	return fmt.Sprintf("%s:%d:%d", e.fileName(s.File), p.Line, p.Column)
}

// line is file:line.
func (e *emitter) line(s source.Span) string {
	if !s.Valid() {
		return ""
	}
	return fmt.Sprintf("%s:%d", e.fileName(s.File), s.Position().Line)
}
