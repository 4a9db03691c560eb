package typecheck

import (
	"strings"

	"github.com/portals-lang/portals/lang/ast"
	"github.com/portals-lang/portals/lang/source"
	"github.com/portals-lang/portals/lang/types"
)

// site says what kind of code a body is, and so what it may do.
type site int

const (
	siteDecl    site = iota // initial values, arguments of generators and tasks: computed before anything runs
	siteFun                 // a function
	siteStep                // a lambda of a workflow, a portal's key, split: pure
	siteHelper              // a fun of a task
	siteHandler             // on …
	siteTest
)

// body checks the expressions of one declaration. Its tables of what it has met are resolved when it ends.
type body struct {
	*checker
	pkg     *pkg
	site    site
	task    *Task
	fun     *Fun         // the function or helper whose body this is
	handler *ast.Handler // siteHandler
	portal  *Portal      // what the handler answers
	vars    typeVars

	scope     *scope
	result    want // what `return` gives; the zero want in handlers
	loops     []*loop
	guards    int  // how many guards we are inside of
	refused   bool // inside of an await that cannot stand where it does
	lambdas   []*ast.Lambda
	assigned  *ast.Ident // the name that is looked up, if it is assigned to
	tried     *ast.Await // what the innermost `try` stands before
	statement *ast.Call  // the call that stands as a statement, until it is checked

	alternatives map[string]*Local // inside of a further alternative of `a | b`: what the first binds
	altBound     map[string]bool   // and which of these this alternative binds

	exprs    []ast.Expr
	patterns []ast.Pattern
	locals   []*Local
	made     []instantiation
	later    []func() // to be done when types are known

	grown bool // a type that is too large has been reported here

	optional   map[*Local]bool     // those of which a member was wanted that only their value has
	mismatched map[ast.Expr]misfit // what was reported to be of another type than is wanted
}

// instantiation is what type parameters stand for where something generic is used.
type instantiation struct {
	args []types.Type
	at   source.Span
}

// scope holds the locals of a block.
type scope struct {
	parent *scope
	names  map[string]*Local
}

func (c *checker) newBody(p *pkg, s site, vars typeVars) *body {
	return &body{checker: c, pkg: p, site: s, vars: vars, scope: &scope{}}
}

func (b *body) open()  { b.scope = &scope{parent: b.scope} }
func (b *body) close() { b.scope = b.scope.parent }

// bind declares a local in the innermost block. at is the node that declares it.
func (b *body) bind(at ast.Node, name string, t types.Type, mutable bool) *Local {
	l := &Local{Name: name, Type: t, Span: at.Span(), Mutable: mutable, depth: len(b.lambdas)}
	b.info.Bindings[at] = l
	b.enter(l)
	b.locals = append(b.locals, l)
	return l
}

// enter makes a local visible.
func (b *body) enter(l *Local) {
	if l.Name == "_" {
		return
	}
	if first := b.scope.names[l.Name]; first != nil && !l.Param {
		b.declaredTwice(l, first)
	}
	if b.scope.names == nil {
		b.scope.names = map[string]*Local{}
	}
	b.scope.names[l.Name] = l
}

func (b *body) declaredTwice(l, first *Local) {
	for _, p := range b.patterns {
		if within(l.Span, p.Span()) && within(first.Span, p.Span()) {
			b.err("PTL0202", l.Span, "bound again here", "`%s` is bound twice in this pattern", l.Name).
				at(first.Span, "first bound here").
				help("Give them two names; whether both are equal is asked by a guard, `… if a == b => …`.")
			return
		}
	}
	b.err("PTL0202", l.Span, "declared again here", "`%s` is declared twice in this block", l.Name).
		at(first.Span, "first declared here").
		help("Choose another name; or, to change it, declare it with `var` and assign.")
}

func within(at, whole source.Span) bool {
	return at.File == whole.File && whole.Start <= at.Start && at.End <= whole.End
}

// local finds a local by its name.
func (b *body) local(name string) *Local {
	for s := b.scope; s != nil; s = s.parent {
		if l := s.names[name]; l != nil {
			return l
		}
	}
	return nil
}

// localNames are the names to suggest from, innermost first.
func (b *body) localNames() []string {
	var names []string
	for s := b.scope; s != nil; s = s.parent {
		for name := range s.names {
			names = append(names, name)
		}
	}
	return names
}

// finish resolves the types of everything that the body has met. What is still unknown is reported once, at the
// innermost expression that shows it, and is Invalid from then on.
func (b *body) finish() {
	for _, e := range b.exprs {
		t := b.inBounds(b.info.Types[e], e.Span())
		if types.HasFree(t) {
			b.unknown(e, t)
		}
		b.info.Types[e] = types.Default(t)
	}
	for _, p := range b.patterns {
		b.info.Patterns[p] = types.Default(b.inBounds(b.info.Patterns[p], p.Span()))
	}
	for _, l := range b.locals {
		l.Type = types.Default(b.inBounds(l.Type, l.Span))
		b.mustBeLocal(l)
		b.warnUnused(l)
	}
	for _, m := range b.made {
		for i, t := range m.args {
			m.args[i] = types.Default(b.inBounds(t, m.at))
		}
	}
	for _, f := range b.later {
		f()
	}
}

// inBounds is t, or Invalid if it is too large. That is reported once in a body: what follows is as large.
func (b *body) inBounds(t types.Type, at source.Span) types.Type {
	if t == nil || !types.TooLarge(t) {
		return t
	}
	if !b.grown {
		b.grown = true
		b.tooLarge(at)
	}
	return types.Invalid
}

func (c *checker) tooLarge(at source.Span) finding {
	c.outgrown = true
	return c.err("PTL0309", at, "", "the type of this is too large").
		note("A type has at most %d parts, which stand in each other at most %d deep.", types.MaxParts, types.MaxDepth).
		note("A type counts with all that is written out in it; one that holds twice what it is made of doubles each time.").
		help("Put what grows into a record or an enum that is not generic, or into a list.")
}

// curb makes Invalid of the variables in t that have taken a type that is too large.
func curb(t types.Type) {
	switch t := t.(type) {
	case *types.Var:
		if _, ok := t.Bound.(*types.Var); ok {
			curb(t.Bound)
		}
		t.Bound = types.Invalid
	case *types.Named:
		curbAll(t.Args)
	case *types.Tuple:
		curbAll(t.Elems)
	case *types.Func:
		curbAll(t.Params)
		curb(t.Result)
	}
}

func curbAll(ts []types.Type) {
	for _, t := range ts {
		curb(t)
	}
}

// unknown reports a type that nothing determines, and settles it.
func (b *body) unknown(e ast.Expr, t types.Type) {
	f := b.err("PTL0304", e.Span(), "its type is not known", "the type of this cannot be found out")
	switch x := e.(type) {
	case *ast.ListLit:
		f.note("Nothing says what the elements of this list are.").help("Write the type where it is bound: `let xs: List[Int] = []`.")
	case *ast.MapLit:
		f.note("Nothing says what the keys and values of this map are.").
			help("Write the type where it is bound: `let m: Map[String, Int] = [:]`.")
	case *ast.Ident:
		f.note("Nothing says what `%s` holds: its type is %s.", x.Name, show(t)).
			help("Write the type where it is bound: `let x: Option[Int] = …`.")
	default:
		f.note("What is known of it is %s.", show(t)).help("Write the type where it is bound: `let x: … = …`.")
	}
	settle(t)
}

// settle binds the free variables of t to Invalid, so that they are not reported again.
func settle(t types.Type) {
	types.Any(t, func(t types.Type) bool {
		if v, ok := t.(*types.Var); ok {
			v.Bound = types.Invalid
		}
		return false
	})
}

// mustBeLocal refuses locals that hold futures otherwise than directly or in lists and tuples.
func (b *body) mustBeLocal(l *Local) {
	if !types.Contains(l.Type, types.FutureDef) || futureShaped(l.Type) {
		return
	}
	b.err("PTL0604", l.Span, "this is "+show(l.Type), "futures are kept in the wrong place").
		note("Futures live in local variables, and in lists and tuples held by them.").
		help("Await them first, or keep them in a list.")
}

func futureShaped(t types.Type) bool {
	switch t := types.Resolve(t).(type) {
	case *types.Tuple:
		for _, e := range t.Elems {
			if types.Contains(e, types.FutureDef) && !futureShaped(e) {
				return false
			}
		}
		return true
	case *types.Named:
		if t.Def == types.FutureDef {
			return !types.Contains(t.Args[0], types.FutureDef)
		}
		return t.Def == types.ListDef && futureShaped(t.Args[0])
	}
	return false
}

func (b *body) warnUnused(l *Local) {
	if l.used || l.quiet || l.Name == "_" {
		return
	}
	b.idle = append(b.idle, func() {
		f := b.warn("PTL0801", l.Span, "never read", "`%s` is never used", l.Name).
			help("Write `_` in its place if it is not needed.")
		if !l.Mutable {
			f.edit(l.Span, "_")
		}
	})
}

// because is where an expectation comes from: a place with what it says there. text may hold one %s for the type.
type because struct {
	at   source.Span
	text string
}

// want is what the surroundings of an expression expect of it.
type want struct {
	typ     types.Type // nil: anything
	discard bool       // the value is not used
	why     because
}

var (
	anything  = want{}
	discarded = want{discard: true}
)

func wants(t types.Type, why because) want { return want{typ: t, why: why} }

// part is what is wanted of a part of what w is about: of type t, for the reason that the whole has its type.
func (w want) part(t types.Type) want {
	return wants(t, because{w.why.at, strings.Replace(w.why.text, "%s", show(w.typ), 1)})
}
