package gogen

import (
	"bytes"
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/portals-lang/portals/codegen/names"
	"github.com/portals-lang/portals/lang/ir"
	"github.com/portals-lang/portals/lang/source"
)

// body prints the inside of one Go function. Blocks and lambdas inside it have bodies of their own, which share all but
// the scope and what is said to be theirs.
type body struct {
	e      *emitter
	f      *goFile
	scope  *names.Scope
	labels *names.Scope       // Go's labels have a name space of their own
	vars   map[*ir.Var]string // the Go expression that reads a variable
	reads  map[*ir.Var]int    // how often each is read; Go refuses variables that never are
	copies []ir.Stmt          // those that read a variable for nothing but another one
	result *ir.Type           // of the function around; nil for none
	around []*target          // what `break` can leave, the innermost last
	at     source.Span        // of the statement being printed

	machine  *machineBody // of a handler that awaits, or nil
	replyTo  string       // an `on ask`: the result that a reply is assigned to; "" if every reply returns it
	hashless bool         // the hash of the running key is not at hand
	inTest   bool         // of a test, in which asks wait

	fits map[*ir.Operate]bool // operators for which Go's own will do
	late jen.Code             // what is to be printed before the first statement that may fail; nil if it has been

	task *ir.Task // whose handler or helper this is, or nil
	own  *taskNames
	lane laneAccess
}

// laneAccess says how a body gets at its *ptl.Lane.
type laneAccess int

const (
	noLane     laneAccess = iota
	laneMethod            // `l` is the generated lane, which embeds it
	laneParam             // `l` is a parameter
)

// target is a loop or switch of Go that encloses what is printed.
type target struct {
	label  *ir.Label // nil for a switch
	loop   bool
	name   string // of Go's label, when it needs one
	labels *names.Scope
}

// newBody prepares printing a function whose statements are list.
func (f *goFile) newBody(list []ir.Stmt, reserved ...string) *body {
	scope := f.e.scope.Inner()
	scope.Reserve(reserved...)
	b := &body{e: f.e, f: f, scope: scope, labels: names.NewScope(), vars: map[*ir.Var]string{}, reads: map[*ir.Var]int{}}
	b.count(list)
	b.prune()
	return b
}

// count counts what statements read; who counts more than one list of them prunes when all are counted.
func (b *body) count(list []ir.Stmt) {
	ir.Inspect(list, func(s ir.Stmt) {
		if a, ok := s.(*ir.Assign); ok {
			if l, ok := a.Place.(*ir.Local); ok {
				b.reads[l.Var]-- // to Go, an assignment is no use
			}
		}
		if _, of := copied(s); of != nil {
			b.copies = append(b.copies, s)
		}
	}, func(x ir.Expr) {
		if l, ok := x.(*ir.Local); ok {
			b.reads[l.Var]++
		}
	})
}

// prune takes back what only a variable reads that is never read: that is not printed.
func (b *body) prune() {
	for n := -1; n != len(b.copies); {
		n = len(b.copies)
		b.copies = slices.DeleteFunc(b.copies, func(s ir.Stmt) bool {
			to, of := copied(s)
			if b.reads[to] > 0 {
				return false
			}
			b.reads[of]--
			return true
		})
	}
}

// copied is the variable that a statement sets to the value of another one.
func copied(s ir.Stmt) (to, of *ir.Var) {
	var value ir.Expr
	switch s := s.(type) {
	case *ir.Define:
		to, value = s.Var, s.Init
	case *ir.Assign:
		if l, ok := s.Place.(*ir.Local); ok {
			to, value = l.Var, s.Value
		}
	}
	if l, ok := value.(*ir.Local); ok && to != nil {
		return to, l.Var
	}
	return nil, nil
}

// inner is a body for a block inside b.
func (b *body) inner() *body {
	c := *b
	c.scope = b.scope.Inner()
	return &c
}

// declare chooses the name of a variable that is about to be declared.
func (b *body) declare(v *ir.Var) string {
	want := names.Lower(v.Name)
	if v.Name == "" || v.Name == "_" {
		want = "v"
	}
	name := b.scope.Take(want)
	b.vars[v] = name
	return name
}

// param is declare for a parameter: one that is never read has no name.
func (b *body) param(v *ir.Var) string {
	if v == nil || b.reads[v] == 0 && !assigned(v) {
		return "_"
	}
	return b.declare(v)
}

// assigned tells whether a parameter needs its name although nothing reads it.
func assigned(v *ir.Var) bool { return v.Mutable }

// params are the parameters of a function.
func (b *body) params(vars []*ir.Var) []jen.Code {
	out := make([]jen.Code, len(vars))
	for i, v := range vars {
		out[i] = jen.Id(b.param(v)).Add(b.e.typ(v.Type))
	}
	return out
}

// block prints statements between braces.
func (b *body) block(list []ir.Stmt) *jen.Statement {
	return jen.BlockFunc(func(g *jen.Group) { b.inner().stmts(g, list) })
}

// function prints the statements of a whole function; one with a result ends in a way that Go accepts.
func (b *body) function(g *jen.Group, list []ir.Stmt) {
	b.stmts(g, list)
	if b.hasResult() && !terminates(list) {
		g.Panic(jen.Lit("unreachable"))
	}
}

func (b *body) hasResult() bool { return b.result != nil && b.result.Kind != ir.Unit }

// terminates tells whether Go sees that a list of statements, as printed, never ends by running off its end.
func terminates(list []ir.Stmt) bool {
	if len(list) == 0 {
		return false
	}
	switch s := list[len(list)-1].(type) {
	case *ir.Return, *ir.Fail:
		return true
	case *ir.If:
		return len(s.Then) > 0 && terminates(s.Then) && terminates(s.Else)
	case *ir.Switch:
		for _, c := range s.Cases {
			if !terminates(c.Body) {
				return false
			}
		}
		return s.HasDefault && terminates(s.Default)
	case *ir.Loop:
		return s.Cond == nil && !breaks(s.Body, s.Label)
	}
	return false
}

// breaks tells whether list leaves the loop of label by a break.
func breaks(list []ir.Stmt, label *ir.Label) bool {
	found := false
	ir.Inspect(list, func(s ir.Stmt) {
		if b, ok := s.(*ir.Break); ok && (b.Label == label || b.Label == nil) {
			found = true
		}
	}, nil)
	return found
}

// rawLimit is how long a function literal may be to stand on one line. gofmt breaks lines of literals of more than 100
// characters; the raw text that is measured has more spaces than the final one.
const rawLimit = 100

// short tells whether c, unformatted, is short enough for one line.
func short(c jen.Code) bool {
	f := jen.NewFile("x")
	f.ImportNames(imports)
	f.NoFormat = true
	f.Add(c)
	var raw bytes.Buffer
	if err := f.Render(&raw); err != nil {
		return false
	}
	text := raw.Bytes()
	if i := bytes.LastIndex(text, []byte("\n\n")); i >= 0 {
		text = text[i+2:]
	}
	text = bytes.TrimSpace(text)
	return len(text) <= rawLimit && !bytes.Contains(text, []byte("\n"))
}
