// Package typecheck decides whether a program means something, and writes down what.
//
// Check reads syntax trees and fills Info, tables keyed by the nodes of the trees, as go/types does; lowering reads
// nothing else. It goes over the program in passes, so that the order of declarations never matters:
//
//  1. names: every declaration of every file gets a symbol (declare.go);
//  2. types as written: fields, parameters, portals, streams (define.go);
//  3. bodies: functions, tasks, generators, workflows, tests (body.go and what it calls). Types of local names,
//     lambdas and generic calls are inferred, from the left to the right and from the outside to the inside: an
//     expression is checked against what its surroundings want, if they want anything; variables of types.Unify
//     stand for what is not known yet, and are resolved when the body ends;
//  4. what only the whole shows: constraints of type parameters (constraint.go), effects of helpers (effect.go), the
//     graph of streams and portals (graph.go), names that nobody uses (unused.go).
//
// An expression that makes no sense has the type Invalid, which fits everywhere, so that one mistake is reported once.
// Nothing panics on a tree with Bad nodes: the parser has reported them, the checker passes over.
package typecheck

import (
	"path"
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/diag"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
	"github.com/portals-lang/portals/typecheck/match"
)

// Options are what a check needs to know beside the files.
type Options struct {
	// Name is the app's name where no `app` declaration overrides it; "" takes that of the file.
	Name string
	// Resolve finds the files of an import, whose path arrives joined with the directory of the file that imports
	// (`import "./money"` in a/b.ptl: "a/money"); app tells `import app`. Nil: only the library can be imported.
	Resolve func(path string, app bool) ([]*ast.File, error)
	// Library is what a bare name imports.
	Library Library
	// Go finds the Go packages of some paths, as they are seen from a directory of source files. Nil: an `extern fun`
	// cannot be checked, which is an error.
	Go func(dir string, paths []string) map[string]*GoPackage
}

// Library is the standard library. The zero Library has no modules.
type Library struct {
	Names  []string
	Module func(name string) *ast.File // nil: there is none of that name
}

// Check checks the files of one app and returns what it found out about them. Everything that is wrong goes to diags;
// Info is complete only if diags has no errors afterwards.
func Check(files []*ast.File, opts Options, diags *diag.List) *Info {
	c := &checker{
		opts: opts, diags: diags, info: newInfo(), pkgs: map[string]*pkg{}, quiet: map[*source.File]bool{},
		inline: map[*ast.TaskUse]*Task{}, misfits: map[ast.Pattern]bool{}, ors: map[*match.Or]*ast.OrPattern{}, captured: map[capture]bool{}, doubled: map[Object]bool{}, unserved: map[*Task]bool{}, odd: map[oddMatch]bool{}, allows: allowances(files), garbled: garbledLines(diags),
	}
	c.app = c.newPkg(appName(files, opts), files, appPkg)
	c.info.App.Name = c.app.name
	c.info.App.Files = files
	c.declareAll(c.app)
	c.app.isDefined = true // from here on: an app that imports it back must not define it once more
	c.defineAll(c.app)
	c.collect(c.app, true, map[*pkg]bool{})
	c.linkExterns()
	c.checkBodies(c.app)
	c.checkExpansion()
	c.closeEffects()
	c.checkStaleState()
	if !c.outgrown {
		c.solveConstraints() // goes through types with all that is put in
	}
	c.checkGraph()
	c.checkUnused()
	return c.info
}

func newInfo() *Info {
	return &Info{
		App:      &App{},
		Types:    map[ast.Expr]types.Type{},
		Uses:     map[*ast.Ident]Object{},
		Selected: map[*ast.Field]Selection{},
		Calls:    map[*ast.Call]*Call{},
		Asks:     map[*ast.Ask]*Portal{},
		Patterns: map[ast.Pattern]types.Type{},
		Ctors:    map[ast.Pattern]*types.Variant{},
		Bindings: map[ast.Node]*Local{},
		Written:  map[ast.Type]types.Type{},
		Defaults: map[*types.Field]ast.Expr{},
		Captures: map[*ast.Lambda][]*Local{},
		Insts:    map[ast.Expr][]types.Type{},
	}
}

// checker is the state of one Check.
type checker struct {
	opts   Options
	diags  *diag.List
	info   *Info
	supply types.Supply

	app     *pkg
	pkgs    map[string]*pkg // imported, by path
	loading []loading       // the packages whose imports are being read, each by an import of the one before
	inline  map[*ast.TaskUse]*Task
	quiet   map[*source.File]bool // files of other apps: they report their mistakes when they are checked themselves
	allows  map[allowance]bool

	garbled map[line]bool
	offers  int // names that were offered as suggestions

	duties   []duty // constraints to be solved
	effects  effects
	misfits  map[ast.Pattern]bool // patterns that do not fit what they match
	ors      map[*match.Or]*ast.OrPattern
	odd      map[oddMatch]bool // that have been reported
	unserved map[*Task]bool    // used by `from` in place of `serve`
	outgrown bool              // a type that is too large has been reported
	captured map[capture]bool
	doubled  map[Object]bool // what shares its name with another declaration of the package
	idle     []func()        // warnings of names that nothing uses, for the end

	deadLetters *Stream // the built-in stream, once it is named
	handlers    []taskHandler
}

// taskHandler is a handler with its task.
type taskHandler struct {
	task    *Task
	handler *ast.Handler
}

// appName is the name that the app has unless Options or an `app` declaration give one: that of its only file.
func appName(files []*ast.File, opts Options) string {
	for _, f := range files {
		for _, d := range f.Decls {
			if d, ok := d.(*ast.AppDecl); ok && d.Name != nil {
				return d.Name.Text
			}
		}
	}
	if opts.Name != "" || len(files) == 0 || files[0].Source == nil {
		return opts.Name
	}
	return strings.TrimSuffix(path.Base(files[0].Source.Name()), ".ptl")
}

// checkBodies is the third pass: it goes over everything that has expressions in it.
func (c *checker) checkBodies(p *pkg) {
	for _, m := range p.modules() {
		c.checkBodies(m)
	}
	c.checkDefaults(p)
	c.checkFuns(p)
	c.checkFlags(p)
	c.checkParamCycles(p)
	c.checkPortalKeys(p)
	c.checkSources(p)
	c.checkTasks(p)
	if p.kind == appPkg {
		c.checkWorkflows(p)
		c.checkTests(p)
	}
}
